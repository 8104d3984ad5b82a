"""Changes from one year to another: of a gap, of the mean, of Moran's I; years persist."""

from __future__ import annotations

import numpy as np
import pandas as pd

from calibrations._questions import (
    COVERAGE,
    POWER,
    SIZE,
    Array,
    Question,
    World,
    fields,
    keys,
    panels,
    provinces,
    spread,
)
from calibrations.gaps import intervals, sets_of
from geo_resilience import spatial
from geo_resilience.spatial.groups._gaps import SpatialGap

#: Dependence in space and from one year to the next.
PERSISTING = (
    *(World(0.0, 0.0), World(0.0, 0.6), World(0.5, 0.0)),
    *(World(0.5, 0.6), World(0.8, 0.0), World(0.8, 0.95)),
)

#: Changes alone know nothing of the years' persistence.
CHANGING = (World(0.0, 0.6), World(0.5, 0.6), World(0.8, 0.95))

#: A change of one standard deviation of the changes.
MOVED = (World(0.0, 0.6, 1.0), World(0.5, 0.6, 1.0), World(0.8, 0.95, 1.0))


def _changes(world: World, runs: int, rng: np.random.Generator) -> Array:
    """Draw what the regions change by between two years, of unit mean variance."""
    first, last = panels(world.sar, world.ar or 0.0, 2, runs, rng)
    return (last - first) / np.sqrt(2 * (1 - (world.ar or 0.0)))


def _east() -> Array:
    return keys().isin(provinces()[1]["zones"].members["east"])[:, None]


def _gap(world: World, runs: int, rng: np.random.Generator) -> Array:
    found = intervals(_changes(world, runs, rng) + world.effect * _east(), rng)
    return np.array([each.p_value for each in found]) <= 0.05


def _gap_covered(world: World, runs: int, rng: np.random.Generator) -> Array:
    found = intervals(_changes(world, runs, rng) + world.effect * _east(), rng)
    return np.array([each.low <= world.effect <= each.high for each in found])


def _mean(world: World, runs: int, rng: np.random.Generator) -> Array:
    found = []
    for part in sets_of(_changes(world, runs, rng) + world.effect):
        model = SpatialGap(keys(), provinces()[0], rng=rng)
        found += [model.mean(y).p_value for y in part.T]
    return np.array(found) <= 0.05


def _moran_of(first: Array, last: Array, rng: np.random.Generator) -> Array:
    """Test the change of Moran's I from a first to a last field, each set with its own draws."""
    index = pd.MultiIndex.from_product([keys(), [1, 2]])
    found = []
    for part in zip(sets_of(first), sets_of(last), strict=True):
        cells = np.stack(part, axis=1).reshape(len(index), -1)
        tested = spatial.moran_change(
            pd.DataFrame(cells, index), provinces()[0], draws=999, rng=rng
        )
        found.append(tested["p_change"].to_numpy() <= 0.05)
    return np.concatenate(found)


def _moran(world: World, runs: int, rng: np.random.Generator) -> Array:
    return _moran_of(*panels(world.sar, world.ar or 0.0, 2, runs, rng), rng)


def _moran_of_levels(world: World, runs: int, rng: np.random.Generator) -> Array:
    """Ask it where regions keep levels of their own and only the rest is like its neighbors."""
    levels = fields(0.0, runs, rng)
    first, last = panels(world.sar, 0.0, 2, runs, rng)
    return _moran_of(levels + first, levels + last, rng)


def _moran_risen(world: World, runs: int, rng: np.random.Generator) -> Array:
    """Let dependence rise from none to that of the world, as innovations persist."""
    ar = world.ar or 0.0
    first = fields(0.0, runs, rng)
    fresh = ar * first + np.sqrt(1 - ar**2) * fields(0.0, runs, rng)
    return _moran_of(first, spread(world.sar) @ fresh, rng)


QUESTIONS = (
    Question("change of a gap, p", SIZE, _gap, CHANGING, 0.04, 0.06, 500),
    Question("change of a gap, p", POWER, _gap, MOVED, runs=300),
    Question("change of a gap, interval", COVERAGE, _gap_covered, MOVED, 0.93, 0.97),
    Question("change of the mean, p", SIZE, _mean, CHANGING, 0.03, 0.06, 500),
    Question("change of the mean, p", POWER, _mean, MOVED, runs=300),
    Question("change of Moran's I, p", SIZE, _moran, PERSISTING, 0.03, 0.06, 500),
    Question(
        "change of Moran's I, p, levels of regions",
        SIZE,
        _moran_of_levels,
        (World(0.5), World(0.8)),
        0.03,
        0.08,
    ),
    Question(
        "change of Moran's I, p",
        POWER,
        _moran_risen,
        (World(0.5, 0.6), World(0.8, 0.6), World(0.8, 0.95)),
        runs=300,
    ),
)
