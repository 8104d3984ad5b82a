"""Whether the index foretold what came: the p of a rank correlation of two dependent maps."""

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

#: What the level before explains of both, where it is taken out.
_LEVEL = 0.6


def _rejects(x: Array, y: Array, given: Array | None) -> Array:
    """Test each column of y against that of x."""
    neighbors, _ = provinces()
    found = [
        spatial.rank_association(
            pd.DataFrame({"x": x[:, place]}, keys()),
            pd.Series(y[:, place], keys()),
            neighbors,
            given=None if given is None else pd.Series(given[:, place], keys()),
            rng=1,
        ).at["x", "p_value"]
        for place in range(x.shape[1])
    ]
    return np.array(found) <= 0.05


def _alone(world: World, runs: int, rng: np.random.Generator) -> Array:
    """Two maps of equal dependence that correlate by the effect."""
    x, other = fields(world.sar, runs, rng), fields(world.sar, runs, rng)
    return _rejects(x, world.effect * x + np.sqrt(1 - world.effect**2) * other, None)


def _at_equal_level(world: World, runs: int, rng: np.random.Generator) -> Array:
    """Two maps that share a level and nothing else."""
    level, x, y = (fields(world.sar, runs, rng) for _ in range(3))
    rest = np.sqrt(1 - _LEVEL**2)
    return _rejects(_LEVEL * level + rest * x, rest * y - _LEVEL * level, level)


QUESTIONS = (
    Question("foretelling, p with space", SIZE, _alone, SPACE, 0.03, 0.07),
    Question("foretelling, at equal level", SIZE, _at_equal_level, SPACE, 0.03, 0.07),
    Question(
        "foretelling, p with space",
        POWER,
        _alone,
        tuple(World(s, None, 0.5) for s in (0, 0.5, 0.8)),
    ),
)
