"""The interval of a gap is its test's own: against the test itself, and as the figures change."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maps_for_tests import lattice

from geo_resilience import spatial
from geo_resilience.spatial.groups._gaps import SpatialGap
from geo_resilience.spatial.groups._likelihood_ratio import ErrorModel, links_over

SQUARE = lattice(4, 4)
KEYS = sorted(SQUARE.unique_ids)
EAST, WEST = KEYS[:6], KEYS[6:13]


def drawn(seed: int) -> pd.Series:
    rng = np.random.default_rng(seed)
    return pd.Series(rng.normal(size=16) + rng.choice([0, 1.2]) * (np.arange(16) < 6), KEYS)


def own_p(y: pd.Series, gap: float, rng: np.random.Generator) -> float:
    """Give the p of a gap as the likelihood ratio test of its own file has it."""
    index = pd.Index(KEYS)
    east = index.isin(EAST).astype(float)
    aside = index.isin(KEYS[13:]).astype(float)[:, None]
    model = ErrorModel(links_over(SQUARE, index, "y"), draws=199, rng=rng)
    return float(model.test((y - gap * east).to_numpy(), [east], aside).p[0])


@pytest.mark.parametrize("seed", range(6))
def test_the_interval_holds_what_the_test_does_not_reject(seed):
    y = drawn(seed)
    found = spatial.gap_interval(y, EAST, WEST, SQUARE, draws=199, rng=3)

    def p(gap: float) -> float:
        return own_p(y, gap, np.random.default_rng(3).spawn(1)[0])

    assert found.p_value == p(0.0)
    wide = found.high - found.low
    for inner in np.linspace(found.low + 1e-6 * wide, found.high - 1e-6 * wide, 15):
        assert p(inner) > 0.05
    for out in (1e-6, 0.05, 0.3, 1.0):
        assert p(found.low - out * wide) <= 0.05 and p(found.high + out * wide) <= 0.05


@given(seed=st.integers(0, 10_000), level=st.sampled_from([0.8, 0.9, 0.95]))
@settings(deadline=None)
def test_0_is_outside_exactly_where_p_is_small_and_levels_nest(seed, level):
    y = drawn(seed).to_numpy()
    model = SpatialGap(pd.Index(KEYS), SQUARE, draws=99, rng=1)
    found, wider = (model.interval(y, EAST, WEST, level=each) for each in (level, 0.96))
    assert (found.low > 0 or found.high < 0) == (found.p_value <= round(1 - level, 12))
    assert wider.low <= found.low + 1e-9 and wider.high >= found.high - 1e-9


@given(seed=st.integers(0, 10_000), factor=st.sampled_from([1e-3, 0.5, 40.0]))
@settings(deadline=None, max_examples=25)
def test_it_knows_no_unit_and_turns_with_its_sides(seed, factor):
    y = drawn(seed)
    model = SpatialGap(pd.Index(KEYS), SQUARE, draws=99, rng=1)
    plain = model.interval(y.to_numpy(), EAST, WEST)
    scaled = model.interval((y * factor + 7).to_numpy(), EAST, WEST)
    turned = model.interval(y.to_numpy(), WEST, EAST)
    near = {"abs": 1e-6 * (plain.high - plain.low)}
    assert (scaled.low / factor, scaled.high / factor) == pytest.approx(
        (plain.low, plain.high), **near
    )
    assert (turned.low, turned.high) == pytest.approx((-plain.high, -plain.low), **near)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("raised", [-2.0, 0.7])
def test_it_moves_with_the_gap(seed, raised):
    y = drawn(seed)
    model = SpatialGap(pd.Index(KEYS), SQUARE, draws=99, rng=1)
    plain = model.interval(y.to_numpy(), EAST, WEST)
    moved = model.interval((y + raised * pd.Index(KEYS).isin(EAST)).to_numpy(), EAST, WEST)
    ends = (plain.low + raised, plain.high + raised)
    assert (moved.low, moved.high) == pytest.approx(ends, abs=1e-6)


def test_without_variation_there_is_none_and_without_noise_it_is_the_gap():
    found = spatial.gap_interval(pd.Series(1.0, KEYS), EAST, WEST, SQUARE, rng=0)
    assert found.value == 0 and np.isnan([found.low, found.high, found.p_value]).all()
    exact = pd.Series(1.0, KEYS) + 2.0 * pd.Index(KEYS).isin(EAST)
    found = spatial.gap_interval(exact, EAST, WEST, SQUARE, rng=0)
    assert (found.low, found.high) == pytest.approx((2, 2), abs=1e-4)
    assert found.p_value == pytest.approx(0.001)
