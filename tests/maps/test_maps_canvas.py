"""Thousands of regions on one canvas: the same colors, reached by pointer and by keyboard."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo_resilience import maps
from geo_resilience.maps.drawing._style import GRADE_COLORS, class_of

pytestmark = pytest.mark.browser
YEARS = [2021, 2022, 2023]
#: Squares of the lattice on a side.
SIDE = 26


@pytest.fixture(scope="module")
def values(lattice):
    steps = np.random.default_rng(5).uniform(0, 10, (len(lattice), len(YEARS)))
    table = pd.DataFrame(steps, index=lattice.index, columns=YEARS)
    table.iloc[7] = np.nan
    return table


@pytest.fixture(scope="module")
def html(lattice, values):
    return maps.choropleth(values, lattice, classes=[2, 4, 6, 8], title="Lattice").html


PIXELS = """
(side) => {
  const canvas = document.querySelector('canvas.leaflet-zoom-animated');
  const copy = document.createElement('canvas');
  Object.assign(copy, { width: canvas.width, height: canvas.height });
  const pen = copy.getContext('2d', { willReadFrequently: true });
  pen.drawImage(canvas, 0, 0);
  const box = canvas.getBoundingClientRect();
  const ratio = canvas.width / box.width;
  const data = pen.getImageData(0, 0, canvas.width, canvas.height);
  const solid = (x, y) => data.data[4 * (y * data.width + x) + 3] > 0;
  let [west, east, north, south] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let y = 0; y < data.height; y++) for (let x = 0; x < data.width; x++) if (solid(x, y)) {
    west = Math.min(west, x); east = Math.max(east, x);
    north = Math.min(north, y); south = Math.max(south, y);
  }
  const hex = (value) => value.toString(16).padStart(2, '0');
  const colors = [];
  const at = [];
  for (let row = 0; row < side; row++) for (let column = 0; column < side; column++) {
    const x = Math.round(west + ((column + 0.72) * (east - west)) / side);
    const y = Math.round(south - ((row + 0.25) * (south - north)) / side);
    const start = 4 * (y * data.width + x);
    colors.push('#' + [0, 1, 2].map((place) => hex(data.data[start + place])).join(''));
    at.push([box.left + x / ratio, box.top + y / ratio]);
  }
  return { colors, at };
}
"""


def test_every_region_has_its_color_in_every_year(open_page, html, values):
    view = open_page(html)
    assert view.page.locator("path.region").count() == 0
    for place, year in enumerate(YEARS):
        view.go(place)
        found = view.page.evaluate(PIXELS, SIDE)["colors"]
        classes = class_of(values[year].to_numpy(), [2, 4, 6, 8])
        wrong = [
            number
            for number, (color, kind) in enumerate(zip(found, classes, strict=True))
            if kind >= 0 and color != GRADE_COLORS[kind]
        ]
        assert wrong == []
        assert found[7] not in GRADE_COLORS


def test_pointer_and_touch_reach_regions(open_page, html):
    view = open_page(html)
    at = view.page.evaluate(PIXELS, SIDE)["at"]
    view.page.mouse.move(*at[300])
    assert "0300" in view.page.inner_text("#tooltip")
    view.page.mouse.click(*at[301])
    view.page.wait_for_selector("#panel_title:text-is('0301')")
    assert "region=0301" in view.page.evaluate("location.hash")
    touched = open_page(html, touch=True)
    touched.page.touchscreen.tap(*touched.page.evaluate(PIXELS, SIDE)["at"][40])
    touched.waits_for("() => location.hash.includes('region=0040')")


def test_keyboard_moves_among_regions(open_page, html):
    view = open_page(html)
    view.page.focus("#atlas_map")
    assert "arrow keys" in view.page.get_attribute("#atlas_map", "aria-label")
    view.page.keyboard.press("ArrowRight")
    first = view.page.inner_text("#tooltip b")
    view.page.keyboard.press("ArrowRight")
    second = view.page.inner_text("#tooltip b")
    assert int(second) == int(first) + 1
    view.page.keyboard.press("Enter")
    assert f"region={second}" in view.page.evaluate("location.hash")
    view.page.keyboard.press("Escape")
    assert "region=" not in view.page.evaluate("location.hash")


def test_long_lists_are_cut_until_asked_for(open_page, html):
    view = open_page(html)
    assert 0 < view.page.locator(".ranking li").count() < 300
    view.page.click("button:text('List all')")
    rows = "(count) => document.querySelectorAll('.ranking li').length === count"
    view.waits_for(rows, SIDE * SIDE)


def usual_step(view):
    """The middle of what seven steps of the years cost, in milliseconds of a processor."""
    costs = []
    for turn in range(7):
        costs.append(view.cost(STEP, turn % len(YEARS)))
        view.waits_for("(year) => location.hash.includes(`year=${year}`)", YEARS[turn % len(YEARS)])
    return sorted(costs)[3]


STEP = """
(place) => {
  const slider = document.getElementById('slider');
  slider.value = place;
  slider.dispatchEvent(new Event('input', { bubbles: true }));
}
"""


def test_a_year_step_is_quick(open_page, html):
    assert usual_step(open_page(html)) < 50


AT_POINTS = """
(points) => {
  const canvas = document.querySelector('canvas.leaflet-zoom-animated');
  const copy = document.createElement('canvas');
  Object.assign(copy, { width: canvas.width, height: canvas.height });
  const pen = copy.getContext('2d', { willReadFrequently: true });
  pen.drawImage(canvas, 0, 0);
  const box = canvas.getBoundingClientRect();
  const ratio = canvas.width / box.width;
  const hex = (value) => value.toString(16).padStart(2, '0');
  return points.map(([x, y]) => {
    if (document.elementFromPoint(x, y) !== canvas) return "under the legend";
    const at = [(x - box.left) * ratio, (y - box.top) * ratio];
    const [red, green, blue] = pen.getImageData(...at, 1, 1).data;
    return `#${hex(red)}${hex(green)}${hex(blue)}`;
  });
}
"""


def points_over(view, count=7):
    """Points spread over the middle of the map."""
    box = view.page.locator("#atlas_map").bounding_box()
    shares = [0.2 + 0.6 * place / (count - 1) for place in range(count)]
    return [
        [box["x"] + box["width"] * x, box["y"] + box["height"] * y] for y in shares for x in shares
    ]


def assert_regions_lie_under_their_color(view, values):
    """At every point the region that the pointer reports has the color that is painted there."""
    points = points_over(view)
    seen = 0
    for point, color in zip(points, view.page.evaluate(AT_POINTS, points), strict=True):
        if color not in GRADE_COLORS:  # a border, the hatching, or another thing
            continue
        view.page.mouse.move(*point)
        key = view.page.inner_text("#tooltip b")
        assert color == GRADE_COLORS[class_of(values.loc[key].to_numpy(), [2, 4, 6, 8])[-1]], point
        seen += 1
    assert seen > 20


@pytest.mark.slow
def test_zooming_and_dragging_draw_the_map_anew(open_page, html, values):
    view = open_page(html)
    before = view.drawn()
    assert_regions_lie_under_their_color(view, values)
    view.page.click("#closer")
    nearer = view.drawn(before)
    assert_regions_lie_under_their_color(view, values)
    x, y = points_over(view)[24]
    view.page.mouse.move(x, y)
    view.page.mouse.wheel(0, -300)
    nearest = view.drawn(nearer)
    assert_regions_lie_under_their_color(view, values)
    view.page.mouse.move(x, y)
    view.page.mouse.down()
    view.page.mouse.move(x + 150, y + 70, steps=6)
    view.page.mouse.up()
    moved = view.drawn(nearest)
    assert_regions_lie_under_their_color(view, values)
    view.page.click("#reset")
    view.drawn(moved)
    assert_regions_lie_under_their_color(view, values)
