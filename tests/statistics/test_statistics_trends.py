"""Trends: exact null distributions by enumeration, published tables, SciPy."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from geo_resilience.statistics._trends import (
    compound_growth,
    mann_kendall,
    mean_growth,
    size_of_trends,
    theil_sen,
    trends_of_rows,
)

short = st.lists(st.integers(0, 6), min_size=3, max_size=6)


def test_six_years_as_tabulated() -> None:
    # Kendall's table for n = 6: P(S >= 15, 13, 11) = .0014, .0083, .028
    one_sided = {15: 1 / 720, 13: 6 / 720, 11: 20 / 720}
    series = {15: [1, 2, 3, 4, 5, 6], 13: [2, 1, 3, 4, 5, 6], 11: [2, 1, 3, 4, 6, 5]}
    for s, share in one_sided.items():
        found = mann_kendall(series[s])
        assert found.s == s
        assert found.p == pytest.approx(2 * share)
        assert found.exact
    assert mann_kendall(series[13]).p < 0.05 < mann_kendall(series[11]).p


@given(short)
def test_exact_by_brute_force(series: list[int]) -> None:
    def score(order: tuple[int, ...]) -> int:
        return sum(
            int(np.sign(order[j] - order[i]))
            for i in range(len(order))
            for j in range(i + 1, len(order))
        )

    own = score(tuple(series))
    every = np.array([score(order) for order in permutations(series)])
    share = min((every >= own).mean(), (every <= own).mean())
    found = mann_kendall(series)
    assert found.s == own
    assert found.p == pytest.approx(min(1, 2 * share))


@given(st.permutations(range(12)))
def test_long_series_without_ties_as_scipy(series: list[int]) -> None:
    expected = stats.kendalltau(range(12), series, method="exact")
    found = mann_kendall(series)
    assert found.s == pytest.approx(expected.statistic * 66)
    assert found.p == pytest.approx(expected.pvalue)
    assert found.exact


def test_long_series_with_ties() -> None:
    # pymannkendall 1.4.3, original_test: s 37, z 3.3093976, p 0.00093497, var 118.3333
    series = [1, 2, 2, 3, 3, 4, 5, 4, 5, 5]
    found = mann_kendall(series)
    assert found.s == 37
    assert found.p == pytest.approx(0.0009349694954940979)
    assert not found.exact
    assert mann_kendall([3.0] * 9).p == 1


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=9), st.floats(0.1, 4), st.floats(-3, 3))
def test_theil_sen(series: list[float], factor: float, slope: float) -> None:
    expected = stats.theilslopes(series, range(len(series))).slope
    assert theil_sen(series) == pytest.approx(expected, abs=1e-12)
    times = np.arange(len(series)) * 2 + 2018
    moved = np.array(series) * factor + slope * times
    assert theil_sen(moved, times) == pytest.approx(expected * factor / 2 + slope, abs=1e-6)


def test_growth() -> None:
    assert compound_growth([100, 1, 121]) == pytest.approx(0.1)
    assert compound_growth([100, 121], [2018, 2020]) == pytest.approx(0.1)
    assert mean_growth([100, 110, 99]) == pytest.approx(0)
    for series in ([0, 1], [1], [-1, 2], [1, 0]):
        assert np.isnan(compound_growth(series))
    for series in ([0, 1], [1], [1, -1, 2]):
        assert np.isnan(mean_growth(series))
    assert np.isnan(theil_sen([1.0]))
    assert np.isnan(mann_kendall([1]).p)
    assert mann_kendall([1, 2]).p == 1


@pytest.mark.parametrize("n", [3, 5, 6, 7])
def test_how_often_a_trend_is_found_by_chance_is_counted_over_all_orders(n):
    found = [mann_kendall(order).p <= 0.05 for order in permutations(range(n))]
    assert size_of_trends(n) == pytest.approx(sum(found) / len(found))


def test_trends_of_many_rows_are_those_of_each() -> None:
    rng = np.random.default_rng(0)
    rows = np.vstack([rng.normal(size=(20, 6)), rng.integers(0, 3, (20, 6))]).astype(float)
    s, p = trends_of_rows(rows)
    each = [mann_kendall(row) for row in rows]
    assert s.tolist() == [one.s for one in each]
    assert p.tolist() == [one.p for one in each]
    assert theil_sen(rows).tolist() == [one.slope for one in each]
    assert np.isnan(trends_of_rows(rows[:, :1])[1]).all()
