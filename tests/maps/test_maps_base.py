"""The base map as seen: areas, lines as delivered, inset with caption and scale, what is said."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from synthetic_results import synthetic_results

from geo_resilience import maps
from geo_resilience.maps.drawing._geometry import draw_ground
from geo_resilience.regions import Base, ContextLayer, read_boundaries
from geo_resilience.text import Text

#: Points that any thinning would take out: on a straight, a hair apart, there and back.
WIGGLY = shapely.LineString(
    [(118, 22), (118.5, 20), (119, 18), (119.0001, 17.9999), (119, 18), (118.9, 16), (118.8, 14)]
)
HOSTILE = '<img src=x onerror=alert(1)> {{ 7*7 }} "'


def layer(shapes, **columns):
    return gpd.GeoDataFrame({**columns}, geometry=shapes, crs=4326)


CITY = layer([shapely.Point(114.3, 30.6)], name=["Wuhan"], name_zh=["武汉"])


def based(**changes):
    """Results over a base map of two areas, two lines, an inset and context."""
    base = Base(
        "base.gpkg",
        layer([shapely.box(127, 36, 130, 40), shapely.box(112, 8, 113, 9)], name=["A", HOSTILE]),
        layer([WIGGLY, shapely.LineString([(126, 42), (132, 47)])], style=["dashed", "solid"]),
        gpd.GeoSeries([shapely.box(107, 3, 120, 23)], crs=4326),
        Text(en="Southern waters", zh="南部海域"),
        review_number="GS(2024)0001",
        note=Text(en="Borders as on the base map.", zh="界线以底图为准。"),
        no_data_note=Text(en=HOSTILE, zh="资料暂缺。"),
        context=(
            ContextLayer(Text(en="Cities", zh="城市"), CITY),
            ContextLayer(Text("Park"), layer([shapely.box(100, 35, 106, 40)]), "areas"),
        ),
    )  # fmt: skip
    results = synthetic_results()
    results.regions = replace(results.regions, base=replace(base, **changes))
    return results


@pytest.fixture(scope="module")
def page():
    return maps.atlas(based()).html


def download(view, way, tmp_path):
    view.page.click("#out_menu summary")
    with view.page.expect_download() as waiting:
        view.page.click(f"#out_{way}")
    waiting.value.save_as(tmp_path / f"out.{way}")
    return (tmp_path / f"out.{way}").read_text(encoding="utf-8-sig")


def numbers_of(d):
    return [float(each) for each in re.findall(r"-?[\d.]+", d)]


@pytest.mark.browser
def test_the_page_draws_every_point_of_a_line_whatever_the_zoom(open_page, page):
    view = open_page(page, hash_="#lang=en")
    points = "() => document.querySelector('path.base-line').getAttribute('d')"
    near = numbers_of(view.page.evaluate(points))
    view.page.evaluate("atlas_map.setZoom(atlas_map.getMinZoom(), { animate: false })")
    far = numbers_of(view.page.evaluate(points))
    assert len(near) == len(far) == 2 * len(WIGGLY.coords)


@pytest.mark.browser
def test_areas_are_hatched_named_and_never_counted(open_page, page):
    view = open_page(page, hash_="#lang=en")
    areas = view.page.locator("#atlas_map path.area")
    assert (
        areas.evaluate_all("(all) => all.map((p) => p.getAttribute('fill'))") == ["url(#hatch)"] * 2
    )
    assert areas.evaluate_all("(all) => all.map((p) => p.textContent)") == ["A", HOSTILE]
    assert view.legend()["no data"] == 1  # Tibet, which the study leaves out
    assert view.page.inner_text("#panel h2").startswith("30 regions")


@pytest.mark.browser
@pytest.mark.parametrize(("language", "said"), [("en", "Southern waters"), ("zh", "南部海域")])
def test_the_inset_bears_caption_and_a_true_scale(open_page, page, language, said):
    view = open_page(page, hash_=f"#lang={language}")
    scale, caption = view.page.locator(".inset-foot span").all_inner_texts()
    assert caption == said and re.fullmatch(r"500 (km|千米)", scale)
    box = "(n) => n.getBoundingClientRect().width"
    bar = view.page.locator("#inset .inset-scale").evaluate(box)
    drawn = view.page.locator("#inset path.base-line").first.evaluate(
        "(n) => n.getBoundingClientRect().height"
    )
    ground = draw_ground(based().regions.frame, based().regions.base)
    high = np.ptp(ground.lines[0].points[:, 1]) * ground.step / 1000
    assert 500 / bar == pytest.approx(high / drawn, rel=0.06)  # strokes are counted, too
    assert view.page.locator("#inset path.base-line").count() == 2


@pytest.mark.browser
def test_the_bundled_inset_is_called_as_in_the_figures(open_page, atlas_html):
    view = open_page(atlas_html, hash_="#lang=zh")
    assert view.page.locator(".inset-foot span").all_inner_texts() == ["500 千米", "南海诸岛"]
    view.page.click("#language")
    assert view.page.locator(".inset-foot span").all_inner_texts() == ["500 km", "Far south"]


@pytest.mark.browser
def test_what_is_said_of_the_base_map_stands_on_the_page_and_in_what_leaves_it(
    open_page, page, tmp_path
):
    view = open_page(page, hash_="#lang=en")
    said = based().regions.base.told("en")
    assert said[0] == "The base map was supplied by the user (base.gpkg)."
    for each in said:
        assert each in view.page.inner_text("#note_line")
    head = list(csv.reader(io.StringIO(download(view, "csv", tmp_path))))
    assert [row for (*row,) in head[: len(said)]] == [[f"# {each}"] for each in said]
    assert head[len(said)][0] == "adcode"
    texts = [
        node.text for node in ET.fromstring(download(view, "svg", tmp_path)).iter() if node.text
    ]
    for each in [*said, "Southern waters"]:
        assert each in texts
    view.page.click("#notes")
    assert "GS(2024)0001" in view.page.inner_text("#dialog_body")


@pytest.mark.browser
@pytest.mark.parametrize("way", ["csv", "svg"])
def test_in_chinese_what_leaves_the_page_says_that_nobody_reviewed_the_base_map(
    open_page, atlas_html, tmp_path, way
):
    view = open_page(atlas_html, hash_="#lang=zh")
    assert "未经审核" not in view.page.inner_text("body")
    assert "底图未经审核" in download(view, way, tmp_path)
    view.page.click("#language")
    assert "reviewed" not in download(view, way, tmp_path)


@pytest.mark.browser
def test_the_picture_has_areas_lines_and_context(open_page, page, tmp_path):
    view = open_page(page, hash_="#lang=zh")
    root = ET.fromstring(download(view, "svg", tmp_path))
    space = "{http://www.w3.org/2000/svg}"
    lines = root.findall(f".//{space}g[@class='base-lines']")
    counts = [
        len(numbers_of(path.get("d"))) for each in lines for path in each.iter(f"{space}path")
    ]
    assert counts == [2 * len(WIGGLY.coords), 4] * 2  # on the map and in the inset
    assert {"武汉", "界线以底图为准。"} <= {node.text for node in root.iter()}


@pytest.mark.browser
def test_context_of_the_study_is_on_and_the_address_says_when_it_is_not(open_page, page):
    view = open_page(page, hash_="#lang=zh")
    assert view.page.locator(".context-name").all_inner_texts() == ["武汉"]
    assert view.page.locator("path.context-area").count() == 1
    assert "show=" not in view.page.evaluate("location.hash")
    view.page.click("#outlines_menu summary")
    view.page.uncheck('label:has-text("城市") input')
    assert "show=context2,names" in view.page.evaluate("location.hash")


def test_small_maps_draw_areas_and_lines_of_the_base(open_page, page):
    view = open_page(page, hash_="#vs=years")
    cells = view.page.locator(".cell").count()
    lines = view.page.locator(".cell g > .base-line")
    assert lines.count() == 2 * cells
    assert lines.first.get_attribute("d").count("L") == len(WIGGLY.coords) - 1
    bare = view.page.locator(".cell g > path[fill='url(#mini_hatch)']").count()
    assert bare == 2 * cells  # the two areas


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_figure_says_and_draws_the_same(language):
    results = based()
    sheet = maps.figures.graded_map(results, language=language)
    texts = " ".join(
        text.get_text() for text in sheet.findobj(match=lambda a: hasattr(a, "get_text"))
    )
    for each in results.regions.base.told(language):
        assert each.replace(" ", "") in texts.replace("\n", "").replace(" ", "")
    assert {"en": "Southern waters", "zh": "南部海域"}[language] in texts
    assert {"en": "Cities", "zh": "城市"}[language] in texts
    ground = draw_ground(results.regions.frame, results.regions.base)
    drawn = [line for axes in sheet.axes for line in axes.lines if len(line.get_xdata()) == 7]
    assert len(drawn) == 2
    for line in drawn:
        assert np.array_equal(np.column_stack(line.get_data()), ground.lines[0].points)


def test_no_position_is_taken_for_the_user():
    plain = maps.figures.graded_map(synthetic_results(), language="zh")
    texts = " ".join(
        text.get_text() for text in plain.findobj(match=lambda a: hasattr(a, "get_text"))
    )
    assert "底图" not in texts and "图中界线不代表对任何边界的立场" in texts.replace("\n", "")


def test_lines_stand_where_the_projection_puts_them_and_are_seen_whole():
    base = based().regions.base
    frame = read_boundaries().frame
    ground = draw_ground(frame, base)
    there = base.lines.to_crs(ground.crs).geometry[0]
    assert np.array_equal(ground.lines[0].points, shapely.get_coordinates(there) / ground.step)
    without = draw_ground(frame, replace(base, inset=None, areas=Base().areas))
    boxes = [shapely.box(*bounds) for bounds in (without.frame, without.inset)]
    for line in without.lines:
        path = shapely.LineString(line.points)
        assert any(shapely.buffer(box, 20).covers(path) for box in boxes)


def test_a_stated_inset_leaves_the_frame_as_it_is():
    frame = read_boundaries().frame
    base = based().regions.base
    ground = draw_ground(frame, base)
    island = max(ground.shapes["460000"].geoms, key=lambda part: part.area)
    assert ground.frame[1] == island.bounds[1]  # Hainan's own coast, not its reefs
    drawn = [*ground.shapes.values(), *ground.areas]
    assert ground.frame[2] == max(shape.bounds[2] for shape in drawn)
    window = np.array(base.inset.to_crs(ground.crs).total_bounds) / ground.step
    assert ground.inset == pytest.approx(tuple(window))
