"""Regressors of the bundled study beside figures that have nothing to do with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial

import numpy as np
import pandas as pd

from calibrations._questions import POWER, SIZE, Array, Question, World, keys, panels, provinces
from geo_resilience.spatial.regression._calibration import calibrate
from geo_resilience.spatial.regression._design import take_out
from geo_resilience.spatial.regression._model_choice import estimate_kind
from geo_resilience.spatial.regression._models import Model
from geo_resilience.statistics._repetitions import IMPACT_DRAWS
from geo_resilience.study import read_plan
from geo_resilience.study._inputs import read_inputs
from geo_resilience.study._preprocessing import measure
from geo_resilience.study._run import lay_out
from geo_resilience.study.analyses._regressions import _main_names, _regressors

#: Panels drawn behind each calibrated p.
_DRAWS = 199


@cache
def _regressors_found() -> pd.DataFrame:
    """Give the bundled study's own regressors."""
    plan = read_plan()
    inputs = read_inputs(plan, lambda stage: None)
    case = lay_out(plan, inputs, measure(plan, inputs))
    return _regressors(case, _main_names(case, plan.regression))


@cache
def _model(kind: str) -> Model:
    """Estimate a model once, for its layout; what is explained is exchanged afterwards."""
    X = _regressors_found()
    some = pd.Series(np.random.default_rng(0).standard_normal(len(X)), X.index)
    return estimate_kind(kind, some, X, provinces()[0], "two-way", IMPACT_DRAWS, 0)


@cache
def _tables(kind: str, world: World, runs: int) -> list[pd.DataFrame]:
    """Calibrate the total impacts in panels that persist and spill over, with an effect or none.

    An effect is that of every regressor at home, in standard deviations of the panel by one of the
    regressor's, both with the effects of region and year taken out.
    """
    model = _model(kind)
    design, rng = model.design, np.random.default_rng([runs, *map(ord, repr(world))])
    assert list(design.keys) == list(keys())
    years, count = design.periods, len(_regressors_found().columns)
    drawn = panels(world.sar, world.ar or 0.0, years, runs, rng).transpose(2, 0, 1)
    moved = (design.X[:, :, :count] / design.X[:, :, :count].std(axis=(0, 1))).sum(axis=2)
    found = []
    for panel in drawn:
        y = take_out(panel, design.effects)
        y = y + world.effect * y.std() * moved
        same = replace(model, design=replace(design, y=y, lag_y=design.lag(y)))
        calibrated = calibrate({kind: same}, same, draws=_DRAWS, rng=rng)[kind]
        found.append(calibrated.impacts.xs("total", level="effect"))
    return found


def _asked(kind: str, column: str) -> Callable[[World, int, np.random.Generator], Array]:
    """Ask for each regressor whether it is found in a world; both columns of the same panels."""

    def ask(world: World, runs: int, rng: np.random.Generator) -> Array:
        tables = _tables(kind, world, runs)
        return np.array([table[column].to_numpy(float) <= 0.05 for table in tables], float)

    return ask


_TIME = (World(0.3, 0.0), World(0.3, 0.6), World(0.3, 0.9), World(0.0, 0.6), World(0.8, 0.6))
_named = partial(_asked, column="p_holm")

QUESTIONS = (
    Question("regressor named (SLX)", SIZE, _named("slx"), _TIME, None, 0.06, runs=300),
    Question(
        "regressor, calibrated p (SLX)", SIZE, _asked("slx", "p_null"), _TIME, 0.03, 0.07, 300
    ),
    Question("regressor named (Durbin)", SIZE, _named("durbin"), _TIME[1:3], None, 0.06, runs=150),
    Question(
        "regressor, calibrated p (SLX)",
        POWER,
        _asked("slx", "p_null"),
        tuple(World(0.3, 0.6, effect) for effect in (0.2, 0.4)),
        runs=200,
    ),
)
