"""A table becomes a map: forms of data, classes, categories, and what is wrong with it."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_resilience.errors import InputError
from geo_resilience.maps import choropleth
from geo_resilience.maps.drawing._series import read_grid
from geo_resilience.maps.drawing._style import class_of


@pytest.fixture(scope="module")
def frame():
    boxes = [shapely.box(x, y, x + 1, y + 1) for x in range(4) for y in range(40, 43)]
    keys = [f"{number:02d}" for number in range(12)]
    return gpd.GeoDataFrame(
        {"name": [f"R{key}" for key in keys]}, index=keys, geometry=boxes, crs=4326
    )


def data_of(page):
    block = re.search(r'id="atlas_data">(.*?)</script>', page.html, re.S)
    return json.loads(block[1])


def test_forms_of_data_give_the_same_values(frame):
    table = pd.DataFrame({2020: [1.0, 2.0], 2021: [3.0, np.nan]}, index=["00", "05"])
    long = table.stack()
    text = table.rename(columns=str)
    grids = [read_grid(form, frame) for form in (table, long, text)]
    for grid in grids:
        assert grid.years == [2020, 2021]
        np.testing.assert_array_equal(grid.values, grids[0].values)
    assert grids[0].values[5].tolist()[0] == 2.0 and np.isnan(grids[0].values[1]).all()


def test_rows_in_any_order(frame):
    values = pd.Series(range(12), index=frame.index, dtype=float)
    mixed = values.sample(frac=1, random_state=3)
    assert choropleth(mixed, frame).html == choropleth(values, frame).html


@pytest.mark.parametrize("classes", ["quantile", "quantile:4", "equal:3", "jenks:4", "deviation:6"])
def test_cuts_part_the_values(frame, classes):
    values = pd.Series(np.random.default_rng(2).gamma(2, 3, 12), index=frame.index)
    layer = data_of(choropleth(values, frame, classes=classes))["layers"][0]
    colors = layer.get("colors") or data_of(choropleth(values, frame))["grades"]
    assert len(colors) == len(layer["cuts"]) + 1
    counts = np.bincount(class_of(values.to_numpy(), layer["cuts"]), minlength=len(colors))
    assert (counts > 0).all() or classes.startswith("deviation")


def test_colors_are_spread_over_the_classes(frame):
    values = pd.Series(range(12), index=frame.index, dtype=float)
    page = choropleth(values, frame, classes=[3, 6, 9], colors=["#ffffff", "#000000"])
    layer = data_of(page)["layers"][0]
    assert layer["cuts"] == [3, 6, 9]
    assert (layer["colors"][0], layer["colors"][-1], len(layer["colors"])) == (
        "#ffffff",
        "#000000",
        4,
    )


def test_all_values_equal_are_one_class(frame):
    layer = data_of(choropleth(pd.Series(5.0, index=frame.index), frame))["layers"][0]
    assert layer["cuts"] == [] and len(layer["colors"]) == 1


def test_missing_regions_are_named(frame):
    page = choropleth(pd.Series({"00": 1.0, "01": np.nan}), frame)
    note = data_of(page)["notes"]["en"][-1]
    assert "R01" in note and "R11" in note and "R00" not in note


@pytest.mark.browser
def test_categories_have_their_own_legend(frame, open_page):
    kinds = pd.Series(["rising", "falling", "rising"], index=["00", "01", "02"])
    view = open_page(choropleth(kinds, frame, title="Trend").html)
    assert view.legend() == {"falling": 1, "rising": 2, "no data": 9}
    fills = view.fills()
    assert fills["00"] == fills["02"] != fills["01"]
    ordered = kinds.astype(pd.CategoricalDtype(["rising", "steady", "falling"], ordered=True))
    assert list(open_page(choropleth(ordered, frame).html).legend()) == [
        "rising",
        "steady",
        "falling",
        "no data",
    ]


@pytest.mark.browser
def test_fills_counts_and_years_of_a_table(frame, open_page):
    rng = np.random.default_rng(4)
    table = pd.DataFrame(rng.normal(size=(12, 3)), index=frame.index, columns=[1990, 2000, 2020])
    table.loc["03", 2000] = np.nan
    page = choropleth(table, frame, classes="jenks:4", colors="purples", unit="%")
    layer = data_of(page)["layers"][0]
    view = open_page(page.html)
    for place, year in enumerate(table.columns):
        view.go(place)
        classes = class_of(table[year].to_numpy(), layer["cuts"])
        expected = [layer["colors"][c] if c >= 0 else "url(#hatch)" for c in classes]
        assert view.fills() == dict(zip(frame.index, expected, strict=True))
        counts = [int((classes == c).sum()) for c in reversed(range(4))]
        assert list(view.legend().values())[:4] == counts


def messages(frame, data, **options):
    with pytest.raises(InputError) as caught:
        choropleth(data, frame, **options)
    assert len(caught.value.say("zh").splitlines()) == len(str(caught.value).splitlines())
    return str(caught.value)


def test_everything_wrong_is_told_at_once(frame):
    data = pd.Series([1.0, 2.0, 3.0, np.inf], index=["00", "00", "99", "05"])
    told = messages(frame, data)
    assert "99" in told and "more than once" in told and "infinite" in told


@pytest.mark.parametrize(
    ("data", "options", "expected"),
    [
        (pd.Series({"00": 1.0, "01": "x"}), {}, "'x'"),
        (pd.Series({"00": np.nan}), {}, "no value at all"),
        (pd.Series({f"{n:02d}": f"kind {n}" for n in range(12)}), {}, "12 categories"),
        (pd.Series({"00": 1.0}), {"classes": "octile"}, "octile"),
        (pd.Series({"00": 1.0}), {"classes": "jenks:x"}, "jenks:x"),
        (pd.Series({"00": 1.0}), {"classes": [3, 2]}, "ascending"),
        (pd.Series({"00": 1.0}), {"colors": "grade"}, "grades"),
        (pd.Series({"00": "a", "01": "b"}), {"colors": ["#ffffff"]}, "1 colors"),
        (pd.DataFrame({"name": [1.0]}, index=["00"]), {}, "not understood"),
        ([1, 2, 3], {}, "list"),
    ],
)
def test_wrong_input_says_what_to_do(frame, data, options, expected):
    assert expected in messages(frame, data, **options)


@pytest.mark.browser
def test_sixty_years_have_bars_and_names_that_do_not_overlap(open_page, frame):
    years = list(range(1964, 2024))
    steps = np.random.default_rng(3).uniform(0, 10, (len(frame), len(years)))
    table = pd.DataFrame(steps, index=frame.index, columns=years)
    view = open_page(choropleth(table, frame, classes=[2, 4, 6, 8], title="t").html)
    bars = view.page.evaluate(
        "[...document.querySelectorAll('.chart .bar')].map((n) => n.getBoundingClientRect().width)"
    )
    assert len(bars) == 60 and min(bars) > 2
    assert_apart(view, "[data-fold=classes] .tick")
    assert_apart(view, "#ticks span")
    view.page.click("path.region[data-key='05']")
    assert_apart(view, "[data-fold=trend] .tick:not(.end)")
    narrow = open_page(choropleth(table, frame, title="t").html, size=(360, 640))
    assert_apart(narrow, "#ticks span")


def assert_apart(view, where):
    """What is written there leaves some room between."""
    boxes = view.page.evaluate(
        "(where) => [...document.querySelectorAll(where)].filter((n) => n.textContent)"
        ".map((n) => [n.getBoundingClientRect().left, n.getBoundingClientRect().right])",
        where,
    )
    assert len(boxes) > 4, where
    assert all(left[1] < right[0] for left, right in pairwise(sorted(boxes))), where
