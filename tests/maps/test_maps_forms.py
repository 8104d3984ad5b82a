"""Tiles and circles in the atlas: colored as the map, apart, reached, told, kept in the address."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from test_maps_atlas import data_of

from geo_resilience import maps
from geo_resilience.errors import Problems
from geo_resilience.maps.atlas._views import Nameable
from geo_resilience.maps.drawing._cartograms import tile_letters, tile_places
from geo_resilience.regions import read_boundaries

browser = pytest.mark.browser

#: Where each region stands on the screen, by key: left, top, width, height.
BOXES = """
() => Object.fromEntries([...document.querySelectorAll('#atlas_map path.region')].map((path) => {
  const { x, y, width, height } = path.getBBox();
  return [path.dataset.key, [x, y, width, height]];
}))
"""


def boxes(view):
    return pd.DataFrame(
        view.page.evaluate(BOXES), index=["x", "y", "width", "height"]
    ).T.sort_index()


def hash_of(view):
    return view.page.evaluate("location.hash")


def names_on(view):
    script = (
        "() => [...document.querySelectorAll('#atlas_map .name:not(.hidden) span')]"
        ".map((span) => span.textContent)"
    )
    return set(view.page.evaluate(script))


@browser
@pytest.mark.parametrize("form", ["tiles", "circles"])
def test_fills_are_those_of_the_map_in_every_year(open_page, atlas_html, colors, form):
    for year in (2018, 2023):
        on_map = colors(f"#year={year}&layer=grade")
        view = open_page(atlas_html, hash_=f"#layer=grade&year={year}&form={form}")
        assert view.fills() == on_map and len(set(on_map.values())) > 2
    view.go(0)
    assert view.fills() == colors("#year=2018&layer=grade")
    assert sum(view.legend().values()) == 31


@browser
def test_tiles_are_squares_alike_on_their_grid_and_none_overlaps(open_page, atlas_html):
    view = open_page(atlas_html, hash_="#form=tiles")
    found = boxes(view)
    side = found["width"].mean()
    assert found[["width", "height"]].to_numpy() == pytest.approx(side, abs=1.01)
    assert side > 60
    places = tile_places(list(found.index))
    wanted = np.array([places[key] for key in found.index]) * side
    drawn = found[["x", "y"]].to_numpy()
    assert drawn - drawn[0] == pytest.approx(wanted - wanted[0], abs=1.01)


@browser
def test_circles_stand_apart_near_their_regions(open_page, atlas_html):
    on_map = boxes(open_page(atlas_html))
    found = boxes(open_page(atlas_html, hash_="#form=circles"))
    assert found["width"].to_numpy() == pytest.approx(found["height"].to_numpy(), abs=1.01)
    middle = found[["x", "y"]].to_numpy() + found[["width", "height"]].to_numpy() / 2
    radius = found["width"].to_numpy() / 2
    one, two = np.triu_indices(len(found), 1)
    apart = np.hypot(*(middle[one] - middle[two]).T) - radius[one] - radius[two]
    assert apart.min() > -1.5  # paths are drawn in whole pixels
    assert spearmanr(middle[:, 0], on_map["x"] + on_map["width"] / 2).statistic > 0.9


@browser
def test_circles_are_as_large_as_a_total_of_the_last_year(open_page):
    regions = read_boundaries()
    numbers = np.arange(1.0, 63).reshape(31, 2)
    table = pd.DataFrame(numbers, index=sorted(regions.keys), columns=[2020, 2021])
    table.iloc[3] = np.nan
    html = maps.choropleth(table, regions, name="Firms", unit="firms").html
    view = open_page(html, hash_="#form=circles")
    assert view.page.locator("path.circle").count() == 0  # totals are told by size already
    widths = boxes(view)["width"].to_numpy()
    wanted = np.sqrt(table[2021].fillna(2.0).to_numpy())
    assert widths / widths[-1] == pytest.approx(wanted / wanted[-1], abs=0.03)
    said = view.page.inner_text("#form_said")
    assert "Firms, 2021" in said and "without that number" in said
    view.page.select_option("#choose_form", "")
    assert view.page.locator("path.circle").count() == 30
    plain = maps.choropleth(table / 62, regions, name="Firms", unit="share").html
    view = open_page(plain, hash_="#form=circles&lang=zh")
    assert boxes(view)["width"].std() < 1 and "大小相同" in view.page.inner_text("#form_said")


@browser
def test_the_form_is_chosen_in_the_legend_kept_in_the_address_and_left_again(open_page, atlas_html):
    view = open_page(atlas_html, hash_="#layer=grade&show=names,north,scale,graticule")
    before = boxes(view)
    view.page.select_option("#choose_form", "tiles")
    assert "form=tiles" in hash_of(view)
    assert view.page.evaluate("document.activeElement.id") == "choose_form"
    assert "sizes and borders mean nothing" in view.page.inner_text("#legend")
    tiles = boxes(view)
    assert not view.page.is_visible("#inset")
    assert view.page.locator(".graticule, .scale-bar, .north").count() == 0
    restored = open_page(atlas_html, hash_=hash_of(view))
    assert boxes(restored).equals(tiles)
    view.moves(lambda: view.page.click("#closer"))
    view.page.select_option("#choose_form", "")
    assert "form=" not in hash_of(view) and "view=" not in hash_of(view)
    assert boxes(view).equals(before)
    assert view.page.is_visible("#inset") and view.page.locator(".scale-bar").count() == 1
    assert "form=" not in hash_of(open_page(atlas_html, hash_="#form=hexagons"))


@browser
def test_names_are_letters_or_short_chinese_names_within_their_tile(open_page, atlas_html):
    letters = set(tile_letters(read_boundaries().keys).values())
    assert len(letters) == 31 and all(len(each) == 2 for each in letters)
    for size in ((1440, 900), (360, 740)):
        view = open_page(atlas_html, hash_="#form=tiles", size=size)
        assert names_on(view) == letters
        view.page.click("#language")
        names = names_on(view)
        assert "黑龙江" in names and len(names) == 31
        spilled = view.page.evaluate(
            "() => { const side = document.querySelector('path.region').getBBox().width;"
            "return [...document.querySelectorAll('#atlas_map .name:not(.hidden) span')]"
            ".filter((span) => span.offsetWidth > side).length }"
        )
        assert spilled == 0


@browser
def test_tiles_are_hovered_chosen_and_walked_through(open_page, atlas_html):
    view = open_page(atlas_html, hash_="#form=tiles")
    tile = view.page.locator('path.region[data-key="420000"]')
    tile.hover()
    assert "Hubei" in view.page.inner_text("#tooltip")
    tile.click()
    assert view.page.inner_text("#panel_title") == "Hubei"
    assert view.page.locator("path.chosen").first.bounding_box()["width"] == pytest.approx(
        tile.bounding_box()["width"], abs=3
    )
    tile.focus()
    column, row = tile_places(["420000"])["420000"]
    for way, step in {"ArrowRight": (1, 0), "ArrowDown": (0, 1), "ArrowLeft": (-1, 0)}.items():
        view.page.keyboard.press(way)
        column, row = column + step[0], row + step[1]
        focused = view.page.evaluate("document.activeElement.dataset.key")
        assert tile_places([focused])[focused] == (column, row), way
    view.page.keyboard.press("Enter")
    assert f"region={focused}" in hash_of(view)
    assert "Hubei" in tile.get_attribute("aria-label")


@browser
def test_a_belt_is_outlined_around_its_tiles_and_doubt_is_hatched(open_page, full_html):
    view = open_page(full_html, hash_="#layer=grade&form=tiles&outlines=middle_yangtze")
    d = view.page.locator("path.outline").first.get_attribute("d")
    # Hubei lies above Hunan and beside Jiangxi: of 12 sides 2 are shared, each by two tiles
    assert len(re.findall("M", d)) == 8
    doubted = view.page.evaluate("document.querySelector('path.doubt').getAttribute('d')")
    on_map = open_page(full_html, hash_="#layer=grade")
    assert bool(doubted) and doubted != on_map.page.evaluate(
        "document.querySelector('path.doubt').getAttribute('d')"
    )
    counts = [
        each.page.inner_text("#legend li:has(.doubt-swatch) .count") for each in (view, on_map)
    ]
    assert len(re.findall("M", doubted)) == int(counts[0]) == int(counts[1])


@browser
def test_beside_it_and_in_small_maps_the_form_is_the_same(open_page, atlas_html):
    view = open_page(atlas_html, hash_="#layer=grade&form=tiles&vs=2018")
    second = "#second path.region"
    side = view.page.locator(second).evaluate_all("(all) => all.map((p) => p.getBBox().width)")
    assert len(side) == 31 and max(side) - min(side) < 1.01
    assert not view.page.is_visible(".second-inset")
    view.page.click("#legend summary")
    view.page.select_option("#choose_form", "")
    assert view.page.is_visible(".second-inset")
    widths = view.page.locator(second).evaluate_all("(all) => all.map((p) => p.getBBox().width)")
    assert max(widths) > 3 * np.median(widths)
    many = open_page(atlas_html, hash_="#layer=grade&form=tiles&vs=years")
    assert many.page.get_attribute("#mini0", "d").count("L") == 4


@browser
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_picture_shows_the_form_and_says_what_it_means(open_page, atlas_html, language):
    view = open_page(atlas_html, hash_=f"#layer=grade&form=tiles&lang={language}&show=names,scale")
    view.page.click("#out_menu summary")
    with view.page.expect_download() as waiting:
        view.page.click("#out_svg")
    svg = Path(waiting.value.path()).read_text(encoding="utf-8")
    fills = re.findall(r'<path d="(M[^"]*)" fill="(#[0-9a-f]{6})" fill-rule="evenodd"', svg)
    squares = [fill for d, fill in fills if d.count("L") == 4]
    colored = sorted(fill for fill in view.fills().values() if fill.startswith("#"))
    assert len(squares) == 31 and len(colored) == 30
    assert sorted(fill for fill in squares if fill in colored) == colored
    said = {"en": "Each tile is a region", "zh": "每格为一个地区"}[language]
    assert said in svg and ({"en": ">HL<", "zh": ">黑龙江<"}[language]) in svg
    assert "km" not in re.sub(r"<style.*?</style>", "", svg).split("Each tile")[0]


@browser
def test_many_regions_have_no_form_but_the_map(open_page, lattice):
    values = pd.Series(np.arange(len(lattice), dtype=float), index=lattice.index)
    html = maps.choropleth(values, lattice).html
    assert data_of(html)["ground"]["forms"] == {}
    view = open_page(html, hash_="#form=circles")
    assert view.page.locator("#choose_form").count() == 0
    assert "form=" not in hash_of(view)
    view.page.click("#notes")
    assert "no circles apart" in view.page.inner_text("#dialog")


def test_forms_take_few_letters(atlas_html):
    forms = data_of(atlas_html)["ground"]["forms"]
    assert len(forms["tiles"]["at"]) < 4 * 31 and len(forms["circles"]["at"]) < 10 * 31


def test_a_view_may_name_a_form_that_there_is():
    known = Nameable([2020], ["grade"], [], [], [], lambda text: [text])
    problems = Problems()
    assert known.read("layer=grade&form=tiles", problems) == "layer=grade&form=tiles"
    assert len(problems) == 0
    known.read("form=hexagons", problems)
    assert len(problems) == 1
