"""Cut points: by hand, by brute force, and on values that repeat."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_resilience.statistics._classes import (
    deviation_cuts,
    equal_cuts,
    jenks_cuts,
    quantile_cuts,
    shortest_between,
)

numbers = st.lists(st.integers(-1000, 1000).map(lambda n: n / 10), min_size=1, max_size=40)


def classes_of(values, cuts):
    return np.searchsorted(cuts, values, side="right")


def spread(values, classes):
    groups = [values[classes == c] for c in np.unique(classes)]
    return sum(((group - group.mean()) ** 2).sum() for group in groups)


def best_by_trying(values, count):
    """Least sum of squares over every way to cut the different values."""
    distinct = np.unique(values)
    least = np.inf
    for cuts in combinations(distinct[1:], min(count, len(distinct)) - 1):
        least = min(least, spread(values, classes_of(values, cuts)))
    return least


@given(st.lists(st.integers(0, 60).map(float), min_size=2, max_size=12), st.integers(2, 4))
def test_jenks_is_the_best_of_all_ways(values, count):
    values = np.array(values)
    cuts = jenks_cuts(values, count)
    found = spread(values, classes_of(values, cuts))
    assert found == pytest.approx(best_by_trying(values, count), abs=1e-9)


@given(numbers, st.integers(1, 9))
def test_no_class_is_empty_and_cuts_ascend(values, count):
    values = np.array(values)
    for method in (quantile_cuts, jenks_cuts):
        cuts = method(values, count)
        assert len(cuts) < max(count, 1) or count == 1
        assert all(low < high for low, high in pairwise(cuts))
        assert set(classes_of(values, cuts)) == set(range(len(cuts) + 1))


@given(numbers, st.integers(2, 7))
def test_classes_do_not_depend_on_order(values, count):
    values = np.array(values)
    for method in (quantile_cuts, jenks_cuts, equal_cuts, deviation_cuts):
        assert method(values, count) == method(values[::-1], count)


def test_quantiles_hold_equally_many():
    values = np.random.default_rng(5).lognormal(size=186)
    counts = np.bincount(classes_of(values, quantile_cuts(values, 5)))
    assert counts.sum() == 186 and np.ptp(counts) <= 4


def test_equal_and_deviation_by_hand():
    assert equal_cuts(np.array([0, 10.0]), 4) == [2.5, 5.0, 7.5]
    # mean 5, standard deviation of a population 5
    assert deviation_cuts(np.array([0.0, 10.0, 0.0, 10.0]), 2) == [5.0]
    assert deviation_cuts(np.array([0.0, 10.0, 0.0, 10.0]), 3) == [2.5, 7.5]


def test_missing_and_equal_values():
    for method in (quantile_cuts, jenks_cuts, equal_cuts, deviation_cuts):
        assert method(np.array([3.0, np.nan, 3.0]), 5) == []
        assert method(np.array([np.nan]), 5) == []


def test_jenks_of_many_values_stays_near_the_best():
    values = np.random.default_rng(6).gamma(2, size=5000)
    cuts = jenks_cuts(values, 5)
    sample = np.sort(values)[::5]
    exact = jenks_cuts(sample, 5)
    ours = spread(values, classes_of(values, cuts))
    theirs = spread(values, classes_of(values, exact))
    assert ours <= theirs * 1.001


@given(st.floats(-1e6, 1e6), st.floats(1e-9, 1e6))
def test_shortest_lies_between(low, width):
    high = low + width
    if low < high:
        found = shortest_between(low, high)
        assert low < found <= high
