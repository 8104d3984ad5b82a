"""Comparing and picking where thousands of regions are drawn on canvases."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from test_maps_canvas import usual_step

from geo_resilience import maps
from geo_resilience.maps.drawing._style import GRADE_COLORS, class_of

pytestmark = pytest.mark.browser
SIDE = 54
CUTS = [2, 4, 6, 8]


@pytest.fixture(scope="module")
def values():
    steps = np.random.default_rng(5).uniform(0, 10, (SIDE * SIDE, 3))
    keys = [f"{place:04d}" for place in range(SIDE * SIDE)]
    return pd.DataFrame(steps, index=keys, columns=[2021, 2022, 2023])


@pytest.fixture(scope="module")
def html(values):
    boxes = [shapely.box(x, y, x + 1, y + 1) for y in range(SIDE) for x in range(SIDE)]
    shapes = shapely.transform(np.array(boxes), lambda points: points * 10_000.0)
    frame = gpd.GeoDataFrame({"name": values.index}, geometry=shapes, index=values.index, crs=3857)
    return maps.choropleth(values, frame, classes=CUTS, title="Lattice").html


PIXEL = """
([within, x, y]) => {
  const canvas = document.querySelector(`${within} canvas.leaflet-zoom-animated`);
  const box = canvas.getBoundingClientRect();
  const ratio = canvas.width / box.width;
  const copy = document.createElement('canvas');
  Object.assign(copy, { width: canvas.width, height: canvas.height });
  const pen = copy.getContext('2d', { willReadFrequently: true });
  pen.drawImage(canvas, 0, 0);
  const at = [(x - box.left) * ratio, (y - box.top) * ratio];
  const [red, green, blue] = pen.getImageData(...at, 1, 1).data;
  return '#' + [red, green, blue].map((value) => value.toString(16).padStart(2, '0')).join('');
}
"""


def color(values, key, year):
    return GRADE_COLORS[int(class_of(np.array([values.loc[key, year]]), CUTS)[0])]


def test_both_canvases_show_their_year_and_are_hovered_together(open_page, html, values):
    view = open_page(html, hash_="#year=2023&vs=2021")
    assert view.page.locator("canvas.leaflet-zoom-animated").count() == 2
    box = view.page.locator("#second").bounding_box()
    width = view.page.locator("#atlas_map").bounding_box()["width"]
    seen = 0
    for share in np.linspace(0.3, 0.75, 30):
        x, y = box["x"] + share * box["width"], box["y"] + share * box["height"]
        view.page.mouse.move(x, y)
        key = view.page.inner_text("#tooltip b")
        second = view.page.evaluate(PIXEL, ["#second", x, y])
        first = view.page.evaluate(PIXEL, ["#atlas_map", x - width, y])
        if {first, second} <= set(GRADE_COLORS):
            assert (first, second) == (color(values, key, 2023), color(values, key, 2021))
            seen += 1
        card = view.page.inner_text("#tooltip")
        assert f"{values.loc[key, 2021]:.3g}"[:3] in card
    assert seen >= 8


def test_shift_picks_on_a_canvas_and_the_rest_fades(open_page, html):
    view = open_page(html, hash_="#year=2023")
    box = view.page.locator("#atlas_map").bounding_box()
    x, y = box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"]
    before = view.page.evaluate(PIXEL, ["#atlas_map", x - 80, y])
    view.page.keyboard.down("Shift")
    view.page.mouse.click(x, y)
    view.page.keyboard.up("Shift")
    address = view.page.evaluate("location.hash")
    assert "picked=" in address and "region=" not in address
    assert view.page.evaluate(PIXEL, ["#atlas_map", x - 80, y]) != before
    view.page.focus("#atlas_map")
    view.page.keyboard.press("ArrowRight")
    view.page.keyboard.press("Shift+Enter")
    assert "picked=1485,0000" in view.page.evaluate("location.hash")
    view.page.keyboard.press("Escape")
    assert "picked=" not in view.page.evaluate("location.hash")


def test_small_maps_join_regions_of_a_color_and_know_what_the_pointer_is_on(
    open_page, html, values
):
    view = open_page(html, hash_="#vs=years")
    cells = view.page.locator(".cell")
    assert cells.count() == 3 and view.page.locator(".cell path").count() < 60
    fills = view.page.evaluate(
        "[...document.querySelectorAll(\".cell[data-place='0'] g path\")].map((path) =>"
        " [path.getAttribute('fill'), (path.getAttribute('d').match(/M/g) || []).length])"
    )
    counts = np.bincount(class_of(values[2021].to_numpy(), CUTS), minlength=5)
    assert dict(fills) == dict(zip(GRADE_COLORS, counts.tolist(), strict=True))
    box = view.page.locator(".cell svg").nth(1).bounding_box()
    view.page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.6 * box["height"])
    told = view.page.locator(".cell-head .muted").all_inner_texts()
    assert len(told) == 3 and all(told)
    assert any([f"{value:.2f}" for value in row] == told for row in values.to_numpy()), told


@pytest.mark.slow
@pytest.mark.parametrize("hash_", ["#vs=2021", "#vs=2021&how=swipe", "#vs=years"])
def test_a_step_beside_another_view_costs_little_more(open_page, html, hash_):
    view = open_page(html)
    alone = usual_step(view)
    view.visit(hash_)
    assert usual_step(view) < 2.5 * alone + 40
