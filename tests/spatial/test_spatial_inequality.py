"""Inequality between and within groups: identities, hand calculations, bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_resilience import spatial
from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.spatial.concentration._inequality import max_min_ratio

GROUPS = {"one": ["a", "b", "c"], "two": ["d", "e"], "three": ["f"]}
Y = st.lists(st.floats(0.01, 100), min_size=6, max_size=6).map(
    lambda cells: pd.Series(cells, list("abcdef"))
)
POPULATION = st.lists(st.floats(0.1, 50), min_size=6, max_size=6).map(
    lambda cells: pd.Series(cells, list("fedcba"))
)


def test_theil_by_hand():
    y = pd.Series([2.0, 2, 6, 6], list("abcd"))
    found = spatial.theil(y, {"low": ["a", "b"], "high": ["c", "d"]})
    total = 0.5 * (0.5 * np.log(0.5) + 1.5 * np.log(1.5))
    assert found.total == pytest.approx(total) and float(found) == found.total
    assert found.between == pytest.approx(total) and found.within == 0
    assert found.contributions.loc["low", "value_share"] == 0.25


@given(Y, POPULATION)
def test_theil_parts_sum_to_the_whole(y, population):
    for weights in (None, population):
        found = spatial.theil(y, GROUPS, weights=weights)
        assert found.between + found.within == pytest.approx(found.total, abs=1e-12)
        parts = found.contributions
        assert parts["between"].sum() == pytest.approx(found.between, abs=1e-12)
        assert parts["within"].sum() == pytest.approx(found.within, abs=1e-12)
        assert found.between >= -1e-12 and found.within >= -1e-12
        assert found.total == pytest.approx(spatial.theil(y, weights=weights).total, abs=1e-12)


def test_theil_weights_meet_values_by_key():
    y = pd.Series([1.0, 3], ["a", "b"])
    straight = spatial.theil(y, weights=pd.Series([1.0, 9], ["a", "b"])).total
    assert spatial.theil(y, weights=pd.Series([9.0, 1], ["b", "a"])).total == straight


@given(Y)
def test_dagum_parts_sum_to_gini(y):
    found = spatial.dagum(y, GROUPS)
    assert found.total == pytest.approx(spatial.gini(y), abs=1e-12)
    assert found.within + found.between + found.transvariation == pytest.approx(found.total)
    assert min(found.within, found.between, found.transvariation) >= -1e-12


def test_groups_are_read_from_names_and_from_members_alike():
    y = pd.Series([1.0, 1, 3, 3], list("abcd"))
    named = pd.Series(["low", "low", "high", "high"], list("abcd"))
    assert spatial.theil(y, named).between == spatial.theil(y).total
    assert spatial.dagum(y, named[::-1]).between == spatial.dagum(y, named).between


def test_dagum_without_overlap_has_no_transvariation():
    y = pd.Series([1.0, 2, 2, 5, 6, 9], list("abcdef"))
    found = spatial.dagum(y, {"low": list("abc"), "high": list("def")})
    assert found.transvariation == pytest.approx(0, abs=1e-12)
    assert found.distances.loc["low", "high"] == pytest.approx(1)
    # Mean absolute difference 5 over the sum of the means, 5/3 + 20/3.
    assert found.pairs.loc["low", "high"] == pytest.approx(5 / (25 / 3))


def test_dagum_of_one_group_is_its_gini():
    y = pd.Series([1.0, 2, 7], list("abc"))
    found = spatial.dagum(y, {"all": list("abc")})
    assert found.within == pytest.approx(spatial.gini(y)) and found.between == 0


def test_simple_measures():
    y = pd.Series([1.0, 3], ["a", "b"])
    assert spatial.coefficient_of_variation(y) == 0.5
    assert max_min_ratio(y) == 3
    assert np.isnan(max_min_ratio(y - 1))
    assert spatial.gini([1, 3], weights=[3, 1]) == pytest.approx(spatial.gini([1, 1, 1, 3]))


def test_what_is_wrong_is_named():
    y = pd.Series([1.0, 2, 3], list("abc"))
    with pytest.raises(UndefinedError, match="negative in: a"):
        spatial.theil(y - 1.5)
    with pytest.raises(UndefinedError, match="zero everywhere"):
        spatial.theil(y * 0)
    with pytest.raises(InputError, match="in no group: c"):
        spatial.theil(y, {"one": ["a", "b"]})
    with pytest.raises(InputError, match="region b is in two groups"):
        spatial.dagum(y, {"one": ["a", "b"], "two": ["b", "c"]})
    with pytest.raises(InputError, match="no finite number: b"):
        spatial.gini(y.where(y != 2))
    with pytest.raises(InputError, match="list of region keys"):
        spatial.theil(y, {"one": "abc"})
    with pytest.raises(InputError, match="mapping"):
        spatial.theil(y, 3)
    with pytest.raises(InputError, match="weights"):
        spatial.gini(y, weights=pd.Series([1.0, 2], list("ab")))
