"""Correlations and their p-values against SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from geo_resilience.statistics._associations import average_ranks, pearson, spearman

numbers = st.lists(st.integers(-5, 5), min_size=3, max_size=12)


@given(st.data(), numbers)
def test_as_scipy(data: st.DataObject, first: list[int]) -> None:
    second = data.draw(st.lists(st.integers(-5, 5), min_size=len(first), max_size=len(first)))
    if len(set(first)) == 1 or len(set(second)) == 1:
        assert np.isnan(pearson(first, second)[0])
        return
    # near |r| = 1 the p-value is as good as 1 - r^2 can be told from 0
    assert pearson(first, second) == pytest.approx(tuple(stats.pearsonr(first, second)), abs=1e-6)
    assert spearman(first, second)[0] == pytest.approx(stats.spearmanr(first, second)[0])
    assert average_ranks(first).tolist() == stats.rankdata(first).tolist()


def test_too_few() -> None:
    assert np.isnan(pearson([1], [2])).all()
    r, p = pearson([1, 2], [2, 4])
    assert r == 1
    assert np.isnan(p)
