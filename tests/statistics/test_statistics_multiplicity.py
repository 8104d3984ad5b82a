"""Corrections for many tests: worked examples and invariants."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import false_discovery_control

from geo_resilience.statistics._multiplicity import benjamini_hochberg, holm
from geo_resilience.statistics._permutation import two_sided

P = arrays(float, st.integers(1, 30), elements=st.floats(0, 1))


def test_example_of_benjamini_and_hochberg():
    # The fifteen p-values of their section 3.2: four are rejected at .05.
    p = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
        0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
    ]  # fmt: skip
    assert (benjamini_hochberg(p) <= 0.05).sum() == 4
    assert (holm(p) <= 0.05).sum() == 3


@given(P)
def test_same_as_scipy(p):
    np.testing.assert_allclose(benjamini_hochberg(p), false_discovery_control(p), atol=1e-12)


@given(P)
def test_adjusted_values_keep_order_and_bounds(p):
    for adjusted in (benjamini_hochberg(p), holm(p)):
        assert ((adjusted >= p - 1e-15) & (adjusted <= 1)).all()
        assert (np.diff(adjusted[np.argsort(p, kind="stable")]) >= 0).all()
    assert (holm(p) >= benjamini_hochberg(p) - 1e-15).all()


def test_not_tested_does_not_count():
    p = np.array([0.01, np.nan, 0.02, np.nan])
    np.testing.assert_allclose(benjamini_hochberg(p), [0.02, np.nan, 0.02, np.nan])
    assert np.isnan(holm([np.nan, np.nan])).all()


def test_a_drawn_p_counts_the_observed_arrangement_and_a_counted_one_does_not():
    assert two_sided([1, 4], [6, 3], 6, exact=True).tolist() == [1 / 3, 1.0]
    assert two_sided(0, 99, 99, exact=False) == 0.02
