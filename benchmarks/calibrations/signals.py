"""Early warning: indicators that foretell crises in years left out, and warnings before growth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from calibrations._questions import (
    POWER,
    SIZE,
    Array,
    Question,
    World,
    keys,
    panels,
    provinces,
)
from geo_resilience import chain
from geo_resilience.chain.management._foretold import foretold

#: As the bundled study: six years, and crises in 12 % of the region-years.
_YEARS, _CRISES, _DRAWS = 6, 0.12, 199
#: Indicators of a study that are judged together.
_TOGETHER = 6


def _long(panel: Array) -> pd.Series:
    """Lay years by regions out as rows (region, year)."""
    years = pd.Index(range(2018, 2018 + len(panel)), name="year")
    return pd.DataFrame(panel, years, keys()).unstack().rename_axis(["adcode", "year"])


def _useful(world: World, runs: int, rng: np.random.Generator, count: int = 1) -> Array:
    """Learn from crises that follow an indicator by the effect, or nothing at all."""
    ar, links = world.ar or 0.0, provinces()[0].adjacency
    found = []
    for _ in range(runs):
        drawn = panels(world.sar, ar, _YEARS, count + 1, rng)
        seen, latent = drawn[..., :count], drawn[..., count]
        latent[1:] += world.effect * seen[:-1, :, 0]
        crisis = _long((latent < np.quantile(latent, _CRISES)).astype(float)) == 1
        codes = [f"D{place}" for place in range(count)]
        frame = pd.DataFrame({code: _long(seen[..., at]) for at, code in enumerate(codes)})
        options = {"links": links, "draws": _DRAWS, "rng": rng}
        table = chain.signal_thresholds(frame, crisis, dict.fromkeys(codes, "+"), **options)
        found.append(table["useful"].any())
    return np.array(found, float)


def _any_of_many(world: World, runs: int, rng: np.random.Generator) -> Array:
    return _useful(world, runs, rng, _TOGETHER)


def _foretold(world: World, runs: int, rng: np.random.Generator) -> Array:
    """Correlate a risk of few levels with growth that follows it by the effect, or not at all."""
    ar, links, found = world.ar or 0.0, provinces()[0].adjacency, []
    for _ in range(runs):
        risk, growth = np.moveaxis(panels(world.sar, ar, _YEARS, 2, rng), -1, 0)
        growth[1:] -= world.effect * risk[:-1]
        level = np.exp(np.cumsum(0.05 * growth, axis=0))
        years = range(2018, 2018 + _YEARS)
        frames = (pd.DataFrame(each.T, keys(), years) for each in (np.floor(risk * 2), level))
        seen, grown = frames
        table = foretold(seen, {"growth": grown}, links=links, draws=_DRAWS, rng=rng)
        found.append(table["p_holm"].iloc[-1] <= 0.05)
    return np.array(found, float)


_NOISE = (World(0.0, 0.0), World(0.0, 0.6), World(0.5, 0.6), World(0.8, 0.6))
_TRUE = (World(0.0, 0.6, 1.0), World(0.5, 0.6, 1.0), World(0.5, 0.6, 2.0))

QUESTIONS = (
    Question("signal called useful", SIZE, _useful, _NOISE, None, 0.07, runs=300),
    Question("signal called useful", POWER, _useful, _TRUE, runs=100),
    Question("signals, any of six", SIZE, _any_of_many, _NOISE[2:3], None, 0.07, runs=150),
    Question("warnings before growth", SIZE, _foretold, _NOISE, 0.03, 0.07, runs=300),
    Question(
        "warnings before growth",
        POWER,
        _foretold,
        tuple(World(s, 0.6, 0.3) for s in (0, 0.5)),
        runs=100,
    ),
)
