"""Forecasts of the next year: the share of values that the study's intervals hold, 80 % asked."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from calibrations._questions import COVERAGE, Array, Question, World, fields, keys
from geo_resilience.chain.management._forecasts import outlook

#: As the bundled study: so many years and indicators, whose winner is taken over all.
_YEARS, _CODES = 6, 12
#: Years before the study, after which a persistent series has forgotten its start.
_BEFORE = 25


def _held(world: World, runs: int, rng: np.random.Generator, window: int = 1) -> Array:
    """Forecast studies by their own winner; a run is an indicator, with a hit a region.

    Series have an autoregression of the world's ar (1: random walks) and are summed over windows.
    """
    codes, found = [f"D{place}" for place in range(_CODES)], []
    index = pd.MultiIndex.from_product([range(_YEARS), keys()], names=["year", "region"])
    for _ in range(max(1, runs // _CODES)):
        values = [fields(world.sar, _CODES, rng)]
        for _ in range(_BEFORE + _YEARS):
            values.append((world.ar or 0.0) * values[-1] + fields(world.sar, _CODES, rng))
        sums = np.sum([values[lag : len(values) - window + 1 + lag] for lag in range(window)], 0)
        past, after = sums[-_YEARS - 1 : -1], pd.DataFrame(sums[-1], keys(), codes)
        frame = pd.DataFrame(past.reshape(-1, _CODES), index, codes).swaplevel().sort_index()
        rows = outlook(frame)[0].set_index(["code", "region"]).sort_index()
        true = after.unstack().sort_index()
        held = (true >= rows["low"].to_numpy()) & (true <= rows["high"].to_numpy())
        found.append(held.to_numpy(float).reshape(_CODES, -1))
    return np.concatenate(found)


_SPACE = (0.0, 0.5, 0.8)
_SERIES = tuple(World(sar, ar) for ar in (0.7, 1.0) for sar in _SPACE)
_SUMS = tuple(World(sar, ar) for ar in (0.0, 1.0) for sar in _SPACE[::2])

QUESTIONS = (
    Question("forecast, 80 % interval", COVERAGE, _held, _SERIES, 0.75, 0.85, runs=240),
    Question(
        "forecast of 3-year sums, 80 %",
        COVERAGE,
        partial(_held, window=3),
        _SUMS,
        0.75,
        0.85,
        runs=240,
    ),
)
