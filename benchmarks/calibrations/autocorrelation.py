"""Moran's I and local clusters: is like beside like, and where."""

from __future__ import annotations

import numpy as np
import pandas as pd

from calibrations._questions import (
    POWER,
    SIZE,
    SPACE,
    Array,
    Question,
    World,
    fields,
    keys,
    provinces,
)
from geo_resilience import spatial

_PERMUTATIONS = 999


def _global(world: World, runs: int, rng: np.random.Generator) -> Array:
    """Tell where Moran's I is significant, two-sided."""
    neighbors, _ = provinces()
    found = [
        spatial.moran(pd.Series(y, keys()), neighbors, permutations=_PERMUTATIONS, rng=rng).p_sim
        for y in fields(world.sar, runs, rng).T
    ]
    return np.array(found) <= 0.05


def _clusters(world: World, runs: int, rng: np.random.Generator) -> Array:
    """Tell where any region is a cluster after the correction for all of them."""
    neighbors, _ = provinces()
    found = [
        spatial.local_moran(pd.Series(y, keys()), neighbors).table["q_value"].min()
        for y in fields(world.sar, runs, rng).T
    ]
    return np.array(found) <= 0.05


QUESTIONS = (
    Question("Moran's I, p", SIZE, _global, SPACE[:1], 0.03, 0.07, 600),
    Question("Moran's I, p", POWER, _global, SPACE[1:], runs=200),
    Question("local clusters, any region", SIZE, _clusters, SPACE[:1], None, 0.07, 200),
    Question("local clusters, any region", POWER, _clusters, SPACE[1:], runs=100),
)
