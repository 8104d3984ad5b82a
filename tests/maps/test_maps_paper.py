"""Out of the page on paper and into pictures: lines and letters, with all that is switched on."""

from __future__ import annotations

import re
import unicodedata
import zlib

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from synthetic_results import synthetic_results

from geo_resilience import maps
from geo_resilience.maps.drawing._style import GRADE_COLORS, NO_DATA, class_of

pytestmark = pytest.mark.browser
CUTS = [2, 4, 6, 8]


@pytest.fixture(scope="module")
def values(lattice):
    found = pd.Series(np.random.default_rng(5).uniform(0, 10, len(lattice)), index=lattice.index)
    found.iloc[7] = np.nan
    return found


@pytest.fixture(scope="module")
def lattice_html(lattice, values):
    return maps.choropleth(values, lattice, classes=CUTS, title="Lattice of many").html


@pytest.fixture(scope="module")
def carried_html(full):
    river = shapely.LineString([(100, 33), (105, 30), (110, 30.5), (116, 30), (121, 31.5)])
    cities = gpd.GeoDataFrame(
        {"name": ["Wuhan", "<b>Xi'an</b>"]},
        geometry=[shapely.Point(114.3, 30.6), shapely.Point(108.9, 34.3)],
        crs=4326,
    )
    rivers = gpd.GeoDataFrame(geometry=[river], crs=4326)
    return maps.atlas(full, context={"Rivers": rivers, "Cities": cities}).html


def streams(pdf):
    for found in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.S):
        try:
            yield zlib.decompressobj().decompress(found[1])
        except zlib.error:
            yield found[1]


def letters(pdf):
    """Letters that the fonts of a PDF say they stand for: what a reader can pick and search."""
    found = set()
    for text in streams(pdf):
        if b"begincmap" not in text:
            continue
        for block in re.findall(rb"beginbfrange\n(.*?)endbfrange", text, re.S):
            for low, high, first in re.findall(rb"<(\w+)> <(\w+)> <(\w{4})>", block):
                reach = range(int(high, 16) - int(low, 16) + 1)
                found.update(chr(int(first, 16) + place) for place in reach)
        for row in re.findall(rb"\[([^\]]*)\]", text):
            for code in re.findall(rb"<(\w+)>", row):
                found.update(bytes.fromhex(code.decode()).decode("utf-16-be"))
        for block in re.findall(rb"beginbfchar\n(.*?)endbfchar", text, re.S):
            for code in re.findall(rb"<\w+> <(\w+)>", block):
                found.update(bytes.fromhex(code.decode()).decode("utf-16-be"))
    return set(unicodedata.normalize("NFKC", "".join(sorted(found)).replace("\u301c", "~")))


def is_one_landscape_page_of_vectors(pdf):
    assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) == 1
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
    assert float(box[1]) > float(box[2])
    assert not re.search(rb"/Subtype\s*/Image", pdf)
    curves = max(len(re.findall(rb"\n?[\d.-]+ [\d.-]+ l\n", text)) for text in streams(pdf))
    assert curves > 500
    return True


@pytest.mark.parametrize("state", ["#lang=en", "#lang=zh&theme=dark&show=names,scale,north"])
@pytest.mark.parametrize("outlines", ["", "&outlines=zones,ellipse+composite"])
def test_the_atlas_is_printed_as_vectors_with_letters(open_page, full_html, state, outlines):
    view = open_page(full_html, hash_=state + outlines)
    pdf = view.page.pdf(prefer_css_page_size=True)
    assert is_one_landscape_page_of_vectors(pdf)
    told = view.text("#title") + view.text("#sentence") + view.text("#legend ul")
    wanted = set(unicodedata.normalize("NFKC", re.sub(r"\s", "", told)))
    assert wanted - letters(pdf) == set()
    view.page.wait_for_selector("#paper", state="detached")


def test_a_map_on_a_canvas_is_printed_as_vectors_too(open_page, lattice_html):
    view = open_page(lattice_html, hash_="#theme=dark")
    pdf = view.page.pdf(prefer_css_page_size=True)
    assert is_one_landscape_page_of_vectors(pdf)
    assert set("Latticeofmany") <= letters(pdf)
    view.page.wait_for_selector("#paper", state="detached")
    assert view.page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert view.page.is_visible("#stage canvas")


def saved(view, way, path):
    view.page.click("#out_menu summary")
    with view.page.expect_download() as waiting:
        view.page.click(f"#out_{way}")
    waiting.value.save_as(path)
    return path


def opened_alone(chromium, path):
    """The picture as a browser reads it: texts, and how many elements of each kind."""
    page = chromium.new_page()
    page.goto(path.as_uri())
    found = page.evaluate(
        "() => ({ root: document.documentElement.tagName,"
        " texts: [...document.querySelectorAll('text')].map((n) => n.textContent),"
        " fills: [...document.querySelectorAll('path[fill-rule]')].map((n) =>"
        " n.getAttribute('fill')),"
        " dashed: document.querySelectorAll('path[stroke-dasharray]').length,"
        " lines: document.querySelectorAll('g[clip-path] path').length,"
        " dots: document.querySelectorAll('circle:not(.home)').length,"
        " pictures: document.querySelectorAll('image, script, foreignObject').length })"
    )
    page.close()
    return found


ALL = "#lang=en&layer=composite&show=context1,context2,graticule,names,north,scale"


def test_a_picture_holds_all_that_is_switched_on(open_page, chromium, carried_html, tmp_path):
    view = open_page(carried_html, hash_=f"{ALL}&outlines=coastal_belt,ellipse+composite")
    found = opened_alone(chromium, saved(view, "svg", tmp_path / "all.svg"))
    assert found["root"] == "svg" and found["pictures"] == 0
    texts = found["texts"]
    for expected in ("N", "500 km", "90°E", "40°N", "Xinjiang", "Wuhan", "<b>Xi'an</b>"):
        assert expected in texts, expected
    assert "Coastal belt" in texts and "Ellipse: Composite index" in texts
    assert any("+0.13, higher" in text for text in texts)
    assert found["dashed"] >= 1 and found["dots"] == 6 + 2
    plain = open_page(carried_html, hash_="#lang=en&layer=composite&show=")
    bare = opened_alone(chromium, saved(plain, "svg", tmp_path / "bare.svg"))
    assert bare["dots"] == 0 and bare["lines"] == 1  # the scale of the inset
    assert {"N", "Xinjiang", "Wuhan"}.isdisjoint(bare["texts"])
    assert bare["fills"] == found["fills"]


def test_names_in_a_picture_keep_clear_of_what_is_written_there(
    open_page, chromium, carried_html, tmp_path
):
    view = open_page(carried_html, hash_=f"{ALL}&outlines=zones")
    path = saved(view, "svg", tmp_path / "names.svg")
    page = chromium.new_page()
    page.goto(path.as_uri())
    boxes = page.evaluate(
        "(zones) => [...document.querySelectorAll('text')]"
        ".filter((n) => n.getAttribute('text-anchor') === 'middle' && n.textContent.length > 3"
        " || zones.includes(n.textContent)).map((n) => { const b = n.getBoundingClientRect();"
        " return [n.textContent, b.left + 1, b.top + 2, b.right - 1, b.bottom - 2]; })",
        ["East", "Central", "West", "Northeast"],
    )
    page.close()
    assert len(boxes) > 15
    for place, (name, *one) in enumerate(boxes):
        for other_name, *other in boxes[:place]:
            apart = (
                one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            )
            assert apart, (name, other_name)


@pytest.mark.parametrize("layer", ["grade", "warning", "certainty"])
def test_a_picture_has_the_colors_of_the_page(open_page, chromium, full_html, layer, tmp_path):
    view = open_page(full_html, hash_=f"#layer={layer}&year=2020")
    found = opened_alone(chromium, saved(view, "svg", tmp_path / "fills.svg"))
    expected = [fill.replace("url(#hatch)", NO_DATA) for fill in view.fills().values()]
    assert found["fills"][: len(expected)] == expected


def test_a_picture_of_a_large_map_is_made_of_lines(
    open_page, chromium, lattice_html, values, tmp_path
):
    view = open_page(lattice_html)
    found = opened_alone(chromium, saved(view, "svg", tmp_path / "large.svg"))
    classes = class_of(values.to_numpy(), CUTS)
    colors = [GRADE_COLORS[number] if number >= 0 else NO_DATA for number in classes]
    assert found["fills"] == colors and found["pictures"] == 0


def test_a_png_is_the_picture_in_pixels(open_page, chromium, carried_html, tmp_path):
    from PIL import Image

    view = open_page(carried_html, hash_=f"{ALL}&outlines=coastal_belt")
    png = saved(view, "png", tmp_path / "all.png")
    svg = saved(view, "svg", tmp_path / "all.svg")
    page = chromium.new_page(viewport={"width": 1200, "height": 860}, device_scale_factor=2)
    page.goto(svg.as_uri())
    page.screenshot(path=tmp_path / "seen.png")
    page.close()
    one, other = (
        np.asarray(Image.open(path).convert("L"), dtype=float)
        for path in (png, tmp_path / "seen.png")
    )
    assert one.shape == other.shape == (1720, 2400)
    assert np.abs(one - other).mean() < 1.0


def test_a_hostile_name_stays_text_in_a_picture(open_page, chromium, tmp_path):
    results = synthetic_results(title="</svg><script>window.broken = 1</script>")
    view = open_page(maps.atlas(results).html, hash_="#lang=en")
    found = opened_alone(chromium, saved(view, "svg", tmp_path / "hostile.svg"))
    assert results.title in found["texts"] and found["pictures"] == 0
