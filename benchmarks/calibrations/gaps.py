"""Gaps between zones: the p that allows for spatial dependence, and the interval by its test."""

from __future__ import annotations

import numpy as np
import pandas as pd

from calibrations._questions import (
    COVERAGE,
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
from geo_resilience.spatial.groups._coefficient import Interval
from geo_resilience.spatial.groups._gaps import SpatialGap, gap

#: Sets of bootstrap draws over which the fields are dealt: each has its own error.
DRAWN = 5


def sets_of(drawn: Array) -> list[Array]:
    """Deal fields to sets, each of which gets draws of its own."""
    return np.array_split(drawn, min(DRAWN, drawn.shape[1]), axis=1)


def intervals(drawn: Array, rng: np.random.Generator) -> list[Interval]:
    """Give the interval of east minus center and west in each field."""
    zones, found = provinces()[1]["zones"].members, []
    east, rest = list(zones["east"]), [*zones["central"], *zones["west"]]
    for part in sets_of(drawn):
        tested = SpatialGap(keys(), provinces()[0], rng=rng)
        found += [tested.interval(y, east, rest) for y in part.T]
    return found


def _fields(world: World, runs: int, rng: np.random.Generator) -> Array:
    east = keys().isin(provinces()[1]["zones"].members["east"])
    return fields(world.sar, runs, rng) + world.effect * east[:, None]


def _p(world: World, runs: int, rng: np.random.Generator) -> Array:
    found = intervals(_fields(world, runs, rng), rng)
    return np.array([each.p_value for each in found]) <= 0.05


def _coverage(world: World, runs: int, rng: np.random.Generator) -> Array:
    found = intervals(_fields(world, runs, rng), rng)
    return np.array([each.low <= world.effect <= each.high for each in found])


def _free(world: World, runs: int, rng: np.random.Generator) -> Array:
    """Ask the bootstrap within groups, as low_free and high_free are made."""
    zones = provinces()[1]["zones"].members
    east, rest = zones["east"], [*zones["central"], *zones["west"]]
    scores = pd.DataFrame(_fields(world, runs, rng), keys())
    found = [gap(y, east, rest, permutations=1, draws=499, rng=rng) for _, y in scores.items()]
    return np.array([each.low_free <= world.effect <= each.high_free for each in found])


RAISED = tuple(World(world.sar, None, 1.0) for world in SPACE)

QUESTIONS = (
    Question("gap, p", SIZE, _p, SPACE, 0.03, 0.07, 1000),
    Question("gap, p", POWER, _p, RAISED),
    Question("gap, interval", COVERAGE, _coverage, RAISED, 0.93, 0.97, 1000),
    Question("gap, interval of independent regions", COVERAGE, _free, RAISED),
)
