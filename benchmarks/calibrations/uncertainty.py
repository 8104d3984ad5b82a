"""Intervals of composite and rank under data errors, and the tests that go through the draws."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from calibrations._questions import (
    COVERAGE,
    SIZE,
    SPACE,
    Array,
    Question,
    World,
    fields,
    keys,
    provinces,
)
from geo_resilience import evaluation
from geo_resilience.spatial.autocorrelation._moment_tests import conditional_tails, many_morans
from geo_resilience.spatial.groups._likelihood_ratio import ErrorModel
from geo_resilience.spatial.neighbors._alignment import links_of

#: Indicators of the index; a field of standard deviation .1 about the middle of the scale is one.
_CODES = list("abcdef")
_SPREAD = 0.1


def _intervals(error: float, what: str, world: World, runs: int, rng: np.random.Generator) -> Array:
    """Measure a true index with errors of a known size, and look for the truth in its interval.

    `error` is the standard error of the composite over the spread of the true composites.
    """
    weights = pd.Series(1 / len(_CODES), _CODES)
    drawn = fields(world.sar, runs * len(_CODES), rng).reshape(len(keys()), runs, len(_CODES))
    hits = []
    for each in np.moveaxis(drawn, 1, 0):
        true = pd.DataFrame(0.5 + _SPREAD * each, keys(), _CODES).clip(0, 1)
        measured = true + error * _SPREAD * rng.standard_normal(true.shape)
        found = evaluation.uncertainty(
            measured.clip(0, 1),
            weights,
            draws=1_000,
            rng=rng,
            sources=["errors"],
            errors=weights * 0 + error * _SPREAD,
        )
        score = evaluation.composite(true, weights)
        truth = evaluation.rank(score) if what == "ranks" else score
        ends = getattr(found, what)
        hits.append((ends["low"] <= truth) & (truth <= ends["high"]))
    return np.array(hits, float)


def _moran(world: World, runs: int, rng: np.random.Generator) -> Array:
    """Test fields without dependence by the moments of Moran's I."""
    return many_morans(fields(world.sar, runs, rng), links_of(provinces()[0]))[1] <= 0.05


def _local(world: World, runs: int, rng: np.random.Generator) -> Array:
    """Test every region of fields without dependence by three conditional moments."""
    links = links_of(provinces()[0])
    z = fields(world.sar, runs, rng)
    z = (z - z.mean(axis=0)) / z.std(axis=0)
    return (2 * np.minimum(*conditional_tails(z, links.matrix @ z, links)) <= 0.05).T


def _shared(world: World, runs: int, rng: np.random.Generator) -> Array:
    """Test the east in fields against the null distribution of one other field."""
    neighbors, groups = provinces()
    model = ErrorModel(links_of(neighbors), rng=rng)
    east = [keys().isin(groups["zones"].members["east"]).astype(float)]
    null = model.null_fields(fields(world.sar, 1, rng)[:, 0])
    (ratios,), _ = model.ratios(np.c_[fields(world.sar, runs, rng), null], east)
    return ratios[:runs] >= np.quantile(ratios[runs:], 0.95)


#: The interval may be wider than it need be, as ranks are whole numbers, but not narrower.
QUESTIONS = (
    *(
        Question(
            f"rank, 95 % interval, errors {error:g} of the spread",
            COVERAGE,
            partial(_intervals, error, "ranks"),
            SPACE,
            0.94,
            None,
            100,
        )
        for error in (0.1, 0.5)
    ),
    Question(
        "composite, 95 % interval, errors 0.5 of the spread",
        COVERAGE,
        partial(_intervals, 0.5, "composites"),
        SPACE,
        0.93,
        0.97,
        100,
    ),
    Question("Moran's I in a draw, p by moments", SIZE, _moran, (World(),), 0.03, 0.07, 4_000),
    Question("local Moran in a draw, p by moments", SIZE, _local, (World(),), 0.03, 0.07, 1_000),
    Question("group in a draw, shared null", SIZE, _shared, SPACE, 0.03, 0.08, 2_000),
)
