"""Densities: SciPy with the same bandwidth, closed forms of polarization."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from geo_resilience.statistics._densities import kernel_density, peaks, silverman_bandwidth, wolfson


def test_density_as_scipy() -> None:
    values = np.random.default_rng(0).normal(size=31)
    grid = np.linspace(-4, 4, 201)
    width = silverman_bandwidth(values)
    expected = stats.gaussian_kde(values, bw_method=width / values.std(ddof=1))(grid)
    found = kernel_density(values, grid)
    assert found == pytest.approx(expected)
    assert np.trapezoid(found, grid) == pytest.approx(1, abs=1e-3)
    # R 4.2.2: bw.nrd0 of the same numbers is 0.9 min(sd, IQR/1.34) n^-0.2
    quartiles = np.quantile(values, [0.25, 0.75])
    assert width == pytest.approx(
        0.9 * min(values.std(ddof=1), np.ptp(quartiles) / 1.34) * 31**-0.2
    )


def test_no_spread_no_density() -> None:
    assert np.isnan(kernel_density([1.0, 1.0], [0.0, 1.0])).all()
    assert silverman_bandwidth([5.0]) == 0
    assert silverman_bandwidth([0.0, 1, 1, 1, 1, 1, 9]) > 0  # no interquartile range


def test_peaks() -> None:
    grid = np.linspace(-5, 5, 401)
    two = kernel_density([-2.0, -2.1, 2.0, 2.1], grid, bandwidth=0.5)
    assert peaks(two) == 2
    assert peaks(kernel_density([-2.0, 2.0], grid, bandwidth=3.0)) == 1


def test_polarization_by_hand() -> None:
    # two equal camps a < b: L(.5) = a/(a + b), G = (b - a)/(2 (a + b)), median = mean:
    # 2 ((b - a)/(a + b) - (b - a)/(2 (a + b))) = (b - a)/(a + b)
    assert wolfson([1, 1, 3, 3]) == pytest.approx(0.5)
    assert wolfson([0, 0, 1, 1]) == pytest.approx(1)
    # 1 2 3: L(.5) = (1/6 + 3/6)/2 = 1/3, G = 2/9, median = mean: 2 (1/3 - 2/9)
    assert wolfson([3, 1, 2]) == pytest.approx(2 / 9)
    assert np.isnan(wolfson([0, 0, 0, 1]))


@given(st.lists(st.floats(0.1, 1), min_size=2, max_size=12), st.floats(0.5, 9))
def test_polarization_knows_no_unit(values: list[float], factor: float) -> None:
    scaled = [value * factor for value in values]
    assert wolfson(scaled) == pytest.approx(wolfson(values), abs=1e-9)
    assert wolfson(values) >= -1e-9
