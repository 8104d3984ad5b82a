"""What the page reads from a packed column says the same as the numbers: text, class and place."""

from __future__ import annotations

import base64
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from test_maps_geometry import read_numbers

from geo_resilience.maps.atlas import _columns as columns
from geo_resilience.maps.drawing._style import class_of

CUTS = [0.2, 0.4, 0.6, 0.8]
shares = st.floats(0, 1) | st.sampled_from([0.2, 0.4, 0.0005, 0.1235, 0.12349999999, 0.2 - 1e-13])


def grid_of(numbers):
    return arrays(float, st.tuples(st.integers(1, 6), st.integers(1, 4)), elements=numbers)


def with_gaps(values):
    """The values with every fifth one missing."""
    flat = values.ravel().copy()
    flat[2::5] = np.nan
    return flat.reshape(values.shape)


def read(packed, others=None):
    """Read a column as its description says, not as the page's script does."""
    form = packed.get("form")
    if form == "d":
        return np.frombuffer(base64.b64decode(packed["data"]), "<f8").copy()
    if form is None:
        numbers, whole, found = packed["data"], 0, []
        for text in single(numbers):
            if text == "B":
                found.append(np.nan)
                continue
            whole += read_numbers(text)[0]
            found.append(whole / 10 ** packed.get("digits", 0))
        return np.array(found)
    if form == "w":
        weights = packed["weights"]
        values = sum(others[name].ravel() * weight for name, weight in weights.items())
        values = values / sum(weights.values())
    else:
        values = packed["low"] + others[packed["of"]].ravel() * (packed["high"] - packed["low"])
    if "places" in packed:
        values[np.cumsum(read_numbers(packed["places"]))] = read(packed["listed"])
    return values


def single(text):
    """The texts of the numbers one by one: each ends with a digit below 32."""
    start = 0
    for place, letter in enumerate(text):
        if letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef":
            yield text[start : place + 1]
            start = place + 1


def written(value, digits):
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


@given(grid_of(shares))
def test_decimals_are_written_and_classed_as_the_numbers(values):
    values = with_gaps(values)
    packed, told = columns.decimal_column(values, 5, shown=3, cuts=CUTS)
    np.testing.assert_array_equal(read(packed), told.ravel())
    np.testing.assert_array_equal(class_of(told, CUTS), class_of(values, CUTS))
    known = np.isfinite(values)
    assert (np.abs(told - values)[known] <= 1.5e-5).all()
    for value, one in zip(values[known], told[known], strict=True):
        if class_of(np.round(value, 5), CUTS) == class_of(value, CUTS):
            assert written(one, 3) == written(value, 3)


@given(grid_of(st.floats(-1e6, 1e6) | st.floats(1e-5, 1)))
def test_figures_are_written_as_the_page_writes_the_numbers(values):
    values = with_gaps(np.where(np.abs(values) < 1e-6, 0.0, values))
    packed, told = columns.figure_column(values)
    np.testing.assert_array_equal(read(packed), told.ravel())
    for value, one in zip(values.ravel(), told.ravel(), strict=True):
        if np.isfinite(value):
            digits = int(columns.decimals(np.array([value]))[0])
            assert written(one, digits) == written(value, digits)


@given(grid_of(st.floats(allow_nan=False, allow_infinity=False)))
def test_numbers_of_any_size_stay_what_they_are(values):
    packed, told = columns.figure_column(values, figures=columns.KEPT_FIGURES)
    np.testing.assert_array_equal(read(packed), told.ravel())
    known = values[values != 0]
    if len(known) and (np.abs(known).min() < 1e-6 or np.abs(known).max() >= 1e15):
        np.testing.assert_array_equal(told, values)


def test_a_line_of_scaled_values_is_written_as_what_was_measured():
    rng = np.random.default_rng(4)
    measured = rng.lognormal(3, 1.5, (400, 6)).round(4)
    scaled = np.clip((measured - 2) / (90 - 2), 0, 1)
    held = columns.score_column(scaled).told
    packed, told = columns.measured_column(measured, held, "std X")
    assert packed["form"] == "l" and len(packed["listed"]["data"]) < 0.3 * measured.nbytes
    np.testing.assert_array_equal(read(packed, {"std X": held}), told.ravel())
    for value, one in zip(measured.ravel(), told.ravel(), strict=True):
        digits = int(columns.decimals(np.array([value]))[0])
        assert written(one, digits) == written(value, digits)


@pytest.mark.parametrize("regions", [31, 3000])
def test_sums_of_parts_keep_class_and_place_of_every_region(regions):
    rng = np.random.default_rng(regions)
    exact = rng.uniform(0, 1, (regions, 3, 2))
    exact[1::7, :, 0] = exact[::7, :, 0][: len(exact[1::7])] + 3e-11  # nearly ties
    weights = {"a": 0.3, "b": 0.7}
    values = (exact @ [0.3, 0.7]).round(12)
    values[5] = values[4]
    exact[5] = exact[4]
    parts = {name: columns.score_column(exact[..., place]).told for place, name in enumerate("ab")}
    packed, told = columns.summed_column(values, parts, weights, CUTS)
    np.testing.assert_array_equal(read(packed, parts), told.ravel())
    np.testing.assert_allclose(told, values, rtol=0, atol=1e-9)
    np.testing.assert_array_equal(class_of(told, CUTS), class_of(values, CUTS))
    for year in range(3):
        below = [
            np.searchsorted(np.sort(table[:, year]), table[:, year]) for table in (told, values)
        ]
        np.testing.assert_array_equal(*below)
    assert columns.summed_column(values + 0.001, parts, weights, CUTS) is None
