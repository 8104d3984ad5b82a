"""Groups against the rest: the p that allows for spatial dependence."""

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


def _found(world: World, runs: int, rng: np.random.Generator) -> Array:
    """Test the east against the rest, the east raised by the effect."""
    neighbors, groups = provinces()
    east = groups["zones"].members["east"]
    drawn = fields(world.sar, runs, rng) + world.effect * keys().isin(east)[:, None]
    found = [
        spatial.compare_groups(pd.Series(y, keys()), {"east": east}, neighbors, rng=1)["p_spatial"]
        for y in drawn.T
    ]
    return np.array(found, float).ravel() <= 0.05


QUESTIONS = (
    Question("group, p with space", SIZE, _found, SPACE, 0.03, 0.07),
    Question(
        "group, p with space", POWER, _found, tuple(World(s, None, 1.0) for s in (0, 0.5, 0.8))
    ),
)
