"""Inequality and concentration: hand calculations and identities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo_resilience.statistics._concentration import (
    entropy,
    gini,
    herfindahl,
    theil,
    variation,
    weighted_gini,
)

Y = arrays(float, st.integers(2, 12), elements=st.floats(0.01, 100))


def test_by_hand():
    # Mean absolute difference of 1, 3 over all pairs is 1; mean 2: 1 / (2 x 2).
    assert gini([1, 3]) == pytest.approx(0.25)
    # (1/2)(1/2 ln 1/2 + 3/2 ln 3/2)
    assert theil([1, 3]) == pytest.approx(0.5 * (0.5 * np.log(0.5) + 1.5 * np.log(1.5)))
    assert variation([1, 3]) == 0.5
    assert herfindahl([0.2, 0.3, 0.5]) == pytest.approx(0.38)
    assert entropy([0.25] * 4) == pytest.approx(np.log(4))
    assert weighted_gini([1, 3], [2, 2]) == pytest.approx(0.25)


@given(Y)
def test_gini_is_mean_absolute_difference(y):
    assert gini(y) == pytest.approx(
        np.abs(y[:, None] - y[None, :]).mean() / (2 * y.mean()), abs=1e-12
    )


@given(Y, st.floats(0.1, 10))
def test_scale_and_replication_do_not_matter(y, factor):
    for measure in (gini, theil, variation):
        assert measure(y * factor) == pytest.approx(measure(y), abs=1e-9)
        assert measure(np.tile(y, 3)) == pytest.approx(measure(y), abs=1e-9)


@given(Y, st.lists(st.integers(1, 4), min_size=12, max_size=12))
def test_integer_weights_are_repetitions(y, counts):
    weights = np.array(counts[: len(y)])
    for measure in (gini, theil):
        assert measure(y, weights) == pytest.approx(measure(np.repeat(y, weights)), abs=1e-9)


def test_no_mean_no_measure():
    assert np.isnan(
        [gini([0, 0]), theil([0, 0]), variation([-1, 1]), weighted_gini([0, 0], [1, 1])]
    ).all()


def test_gini_where_one_has_all():
    assert gini([0, 0, 0, 8]) == pytest.approx(0.75)
    assert theil([0, 0, 0, 8]) == pytest.approx(np.log(4))
