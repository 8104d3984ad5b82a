"""Counts of subsets against the listing of every subset."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_resilience.statistics._counting import SubsetSums, counting_cost, scaled_integers


def listed(values, members, without=None):
    """Count by listing, in exact decimal hundredths."""
    units = [round(value * 100) for value in values]
    observed = sum(units[i] for i in members)
    free = [i for i in range(len(units)) if i != without]
    sums = [sum(units[i] for i in some) for some in combinations(free, len(members))]
    return sum(s >= observed for s in sums), sum(s <= observed for s in sums), len(sums)


@st.composite
def cases(draw):
    n = draw(st.integers(2, 11))
    values = draw(st.lists(st.integers(-300, 300), min_size=n, max_size=n))
    without = draw(st.none() | st.integers(0, n - 1))
    free = [i for i in range(n) if i != without]
    members = draw(st.lists(st.sampled_from(free), min_size=1, max_size=len(free), unique=True))
    return [value / 100 for value in values], members, without


@settings(max_examples=200, deadline=None)
@given(cases())
def test_counts_are_those_of_every_subset_listed(case):
    values, members, without = case
    assert SubsetSums(values).count(members, without=without) == listed(values, members, without)


def test_ties_of_decimals_are_ties():
    # 0.1 + 0.2 and 0.3 + 0.0 are one sum to a reader, two floats to a machine.
    assert SubsetSums([0.1, 0.2, 0.3, 0.0]).count([0, 1]) == (4, 4, 6)


def test_thirty_one_values_and_groups_of_any_size_add_up():
    values = np.random.default_rng(1).normal(size=31)
    sums = SubsetSums(values)
    for size in (1, 5, 15, 16, 30):
        above, below, total = sums.count(list(range(size)))
        assert total == comb(31, size)
        # No ties in real numbers: the observed subset alone is counted on both sides.
        assert above + below == total + 1


def test_complement_mirrors():
    values = np.random.default_rng(2).normal(size=15).round(2)
    sums = SubsetSums(values)
    group, rest = [0, 3, 7, 9], [i for i in range(15) if i not in (0, 3, 7, 9)]
    above, below, total = sums.count(group)
    assert sums.count(rest) == (below, above, total)


@pytest.mark.parametrize("scale", [1e-250, 1e-9, 1.0, 1e9, 1e200])
def test_scale_does_not_matter(scale):
    values = np.array([0.31, 0.12, 0.55, 0.23, 0.43])
    assert SubsetSums(values * scale).count([0, 1]) == SubsetSums(values).count([0, 1])


def test_scaled_integers_of_nothing_and_zero():
    assert scaled_integers([]).tolist() == []
    assert scaled_integers([0.0, 0.0]).tolist() == [0, 0]


def test_cost_grows_with_regions_and_counts():
    assert counting_cost(31) < counting_cost(36) < counting_cost(44)
    assert counting_cost(31, [5]) < counting_cost(31, [15] * 100)
