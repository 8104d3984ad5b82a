"""Studies of many regions: deflated data, one sheet, the same colors and numbers as the tables."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from synthetic_results import YEARS, ground, indicator_values, scores_table, synthetic_results
from test_maps_canvas import PIXELS, assert_regions_lie_under_their_color

from geo_resilience import maps
from geo_resilience.maps.drawing._style import GRADE_COLORS, class_of
from geo_resilience.regions import read_boundaries

pytestmark = pytest.mark.browser
SIDE = 26


def lattice(side, path, called="Place "):
    """Read boundaries of a square of square regions, rows from the south."""
    boxes = [shapely.box(x, y, x + 1, y + 1) for y in range(side) for x in range(side)]
    shapes = shapely.transform(np.array(boxes), lambda points: points * 0.01 + [100, 0])
    keys = [f"{place:06d}" for place in range(len(boxes))]
    names = [f"{called}{key}" for key in keys]
    frame = gpd.GeoDataFrame({"code": keys, "name": names}, geometry=shapes, crs=4326)
    frame.to_file(path, driver="GPKG")
    return read_boundaries(path, key="code", name="name")


def results_on(regions):
    """Results of made values on other regions than the bundled ones."""
    framework = ground()[2]
    values = indicator_values(regions.keys, YEARS, framework.codes)
    plain = synthetic_results()
    scores = scores_table(values, framework, regions.frame)
    fields = {"regions": regions, "groupings": {}, "excluded": ()}
    tables = {"scores": scores, "weights": plain.tables["weights"]}
    panel = type(plain.panel)(values=values)
    return synthetic_results(**fields, tables=tables, panel=panel, raw=values * 1000)


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    return results_on(lattice(SIDE, tmp_path_factory.mktemp("many") / "lattice.gpkg"))


@pytest.fixture(scope="module")
def many_html(many):
    return maps.atlas(many).html


def test_long_data_are_deflated_and_small(many, many_html):
    assert '<script type="application/json" id="atlas_data">"' in many_html
    cells = len(many.regions.keys) * len(YEARS)
    code = len(maps.atlas(synthetic_results()).html)
    # 12 indicators of 30 bits, base64 making 4 letters of 3 bytes, and half as much for all else
    assert len(many_html) - code < 1.5 * cells * 12 * 30 / 8 * 4 / 3


def test_grades_of_many_regions_are_drawn_and_told_in_every_year(open_page, many, many_html):
    view = open_page(many_html)
    scores = many.tables["scores"]
    for place, year in enumerate(YEARS[:3]):
        view.go(place)
        found = view.page.evaluate(PIXELS, SIDE)
        own = scores[scores["year"] == year].set_index("adcode")["composite"]
        classes = class_of(own.reindex(many.regions.keys).to_numpy(), [0.2, 0.4, 0.6, 0.8])
        assert found["colors"] == [GRADE_COLORS[kind] for kind in classes]
    row = scores[scores["year"] == YEARS[2]].set_index("adcode").loc["000300"]
    view.page.mouse.move(*found["at"][300])
    told = view.text("#tooltip")
    assert "Place 000300" in told
    assert f"{row['composite']:.3f}" in told and f"{row['rank']} of {SIDE**2}" in told
    for code in ("B1", "B2", "B3"):
        assert f"{row[code]:.3f}" in told


def test_the_table_and_the_search_reach_many_regions(open_page, many, many_html):
    view = open_page(many_html)
    assert view.page.locator("#names option").count() == 0
    view.page.locator("#search").press_sequentially("Place 00030")
    offered = view.page.eval_on_selector_all("#names option", "all => all.map((o) => o.value)")
    assert offered == [f"Place 00030{digit}" for digit in range(10)]
    view.page.fill("#search", "000301")
    view.page.press("#search", "Enter")
    view.page.wait_for_selector("#panel_title:text-is('Place 000301')")
    view.page.fill("#panel_body input[type=search]", "000302")
    view.page.press("#panel_body input[type=search]", "Enter")
    assert "with=zone,000302" in view.page.evaluate("location.hash")


@pytest.mark.parametrize(("language", "said"), [("en", "as you zoom in"), ("zh", "放大后显示")])
def test_the_page_says_what_it_shows_only_nearer(open_page, many_html, language, said):
    view = open_page(many_html, hash_=f"#lang={language}")
    view.page.click("#notes")
    assert said in view.text("#dialog_body")


def test_a_browser_that_cannot_inflate_is_told(open_page, many_html):
    blind = many_html.replace("<script>", "<script>delete window.DecompressionStream;", 1)
    head = '<meta http-equiv="Content-Security-Policy"'
    start = blind.index(head)
    view = open_page(blind[:start] + blind[blind.index(">", start) + 1 :])
    view.page.wait_for_selector("#plea", state="visible")


def test_what_is_thinned_from_afar_is_drawn_and_reached_where_it_lies(open_page, tmp_path):
    regions = lattice(77, tmp_path / "fine.gpkg", called="")
    steps = np.random.default_rng(3).uniform(0, 10, 77**2)
    values = pd.DataFrame({2020: steps, 2021: steps[::-1]}, index=regions.keys)
    view = open_page(maps.choropleth(values, regions, classes=[2, 4, 6, 8]).html)
    assert_regions_lie_under_their_color(view, values)
    before = view.drawn()
    for _ in range(2):
        view.page.click("#closer")
        before = view.drawn(before)
    assert_regions_lie_under_their_color(view, values)
    view.go(0)
    assert_regions_lie_under_their_color(view, values[[2020]])


@pytest.mark.slow
def test_forty_thousand_regions_open_and_step(open_page, tmp_path):
    regions = lattice(200, tmp_path / "finest.gpkg", called="")
    steps = np.random.default_rng(3).uniform(0, 10, 200**2)
    values = pd.DataFrame({2020: steps, 2021: steps[::-1]}, index=regions.keys)
    view = open_page(maps.choropleth(values, regions, classes=[2, 4, 6, 8]).html)
    assert sum(view.legend().values()) == 200**2
    before = view.drawn()
    view.go(0)
    view.drawn(before)
