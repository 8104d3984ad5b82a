"""The interval of a gap is its test's own: against the test itself, and as the figures change."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libpysal.graph import Graph

from geo_resilience import spatial
from geo_resilience.spatial.groups._gaps import SpatialGap
from geo_resilience.spatial.groups._likelihood_ratio import ErrorModel, links_over

KEYS = [f"r{i:02d}" for i in range(16)]
EAST, WEST = KEYS[:6], KEYS[6:13]


def lattice() -> Graph:
    """Give 16 regions in a square, linked by their sides."""
    pairs = [
        (4 * row + column, 4 * (row + down) + column + right)
        for row in range(4)
        for column in range(4)
        for down, right in ((0, 1), (1, 0))
        if row + down < 4 and column + right < 4
    ]
    focal = [KEYS[one] for pair in pairs for one in pair]
    neighbor = [KEYS[one] for pair in pairs for one in pair[::-1]]
    return Graph.from_arrays(focal, neighbor, [1.0] * len(focal)).transform("r")


def drawn(seed: int) -> pd.Series:
    rng = np.random.default_rng(seed)
    return pd.Series(rng.normal(size=16) + rng.choice([0, 1.2]) * (np.arange(16) < 6), KEYS)


def own_p(y: pd.Series, gap: float, rng: np.random.Generator) -> float:
    """Give the p of a gap as the likelihood ratio test of its own file has it."""
    index = pd.Index(KEYS)
    east = index.isin(EAST).astype(float)
    aside = index.isin(KEYS[13:]).astype(float)[:, None]
    model = ErrorModel(links_over(lattice(), index, "y"), draws=199, rng=rng)
    return float(model.test((y - gap * east).to_numpy(), [east], aside).p[0])


@pytest.mark.parametrize("seed", range(6))
def test_the_interval_holds_what_the_test_does_not_reject(seed):
    y = drawn(seed)
    found = spatial.gap_interval(y, EAST, WEST, lattice(), draws=199, rng=3)

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
    model = SpatialGap(pd.Index(KEYS), lattice(), draws=99, rng=1)
    found, wider = (model.interval(y, EAST, WEST, level=each) for each in (level, 0.96))
    assert (found.low > 0 or found.high < 0) == (found.p_value <= round(1 - level, 12))
    assert wider.low <= found.low + 1e-9 and wider.high >= found.high - 1e-9


@given(
    seed=st.integers(0, 10_000),
    raised=st.floats(-3, 3),
    factor=st.sampled_from([1e-3, 0.5, 40.0]),
)
@settings(deadline=None)
def test_it_moves_with_the_gap_and_turns_with_its_sides(seed, raised, factor):
    y = drawn(seed)
    model = SpatialGap(pd.Index(KEYS), lattice(), draws=99, rng=1)
    east = pd.Index(KEYS).isin(EAST)
    plain = model.interval(y.to_numpy(), EAST, WEST)
    moved = model.interval(((y + raised * east) * factor + 7).to_numpy(), EAST, WEST)
    turned = model.interval(y.to_numpy(), WEST, EAST)
    for moved_end, end in ((moved.low, plain.low), (moved.high, plain.high)):
        assert moved_end == pytest.approx((end + raised) * factor, abs=1e-4 * factor)
    assert (turned.low, turned.high) == pytest.approx((-plain.high, -plain.low), abs=1e-3)


def test_without_variation_there_is_none_and_without_noise_it_is_the_gap():
    found = spatial.gap_interval(pd.Series(1.0, KEYS), EAST, WEST, lattice(), rng=0)
    assert found.value == 0 and np.isnan([found.low, found.high, found.p_value]).all()
    exact = pd.Series(1.0, KEYS) + 2.0 * pd.Index(KEYS).isin(EAST)
    found = spatial.gap_interval(exact, EAST, WEST, lattice(), rng=0)
    assert (found.low, found.high) == pytest.approx((2, 2), abs=1e-4)
    assert found.p_value == pytest.approx(0.001)
