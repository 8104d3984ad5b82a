"""The regressions of a study: one question, the usual models, what they found in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo_resilience import words
from geo_resilience.errors import GeoResilienceError, InputError
from geo_resilience.notes import Note
from geo_resilience.spatial._methods import REGRESSIONS
from geo_resilience.spatial.neighbors._alignment import Linked
from geo_resilience.spatial.regression._calibration import Calibration, calibrate
from geo_resilience.spatial.regression._diagnostics import lm_tests
from geo_resilience.spatial.regression._model_choice import Choice, choose_model, estimate_kind
from geo_resilience.spatial.regression._models import Model
from geo_resilience.spatial.regression._side_by_side import ComparisonTable, compare
from geo_resilience.statistics._repetitions import IMPACT_DRAWS, NULL_DRAWS, Rng


@dataclass(frozen=True, eq=False)
class Suite:
    """Several models of one question, in the order of `REGRESSIONS`.

    `chosen` is the kind that the path of choices, or the study, takes; `choice` that path, when it
    was asked for; `lm` the `lm_tests` with the effects used; `notes` tell of models that could not
    be estimated, reasons of the choice, and what the models remark on; `calibrations` hold by kind
    what stands behind the coefficients.
    """

    models: dict[str, Model]
    chosen: str
    lm: pd.DataFrame
    choice: Choice | None
    notes: tuple[Note, ...]
    calibrations: Mapping[str, Calibration]

    @property
    def model(self) -> Model:
        """The chosen model."""
        return self.models[self.chosen]

    def comparison(
        self, language: str = "en", *, names: Mapping[str, str] | None = None
    ) -> ComparisonTable:
        """Give all models side by side, stars by p_null; names as in `compare`."""
        called = {kind: words.say(f"regression.label_{kind}", language) for kind in self.models}
        named = {called[kind]: model for kind, model in self.models.items()}
        p = {called[kind]: each.terms["p_null"] for kind, each in self.calibrations.items()}
        return compare(named, language=language, names=names, p=p)


def regression_suite(
    y: pd.Series,
    X: pd.DataFrame,
    neighbors: Linked,
    *,
    effects: str | None = "choose",
    model: str = "choose",
    kinds: Sequence[str] = tuple(REGRESSIONS),
    draws: int = IMPACT_DRAWS,
    null_draws: int = NULL_DRAWS,
    rng: Rng = None,
) -> Suite:
    """Estimate the usual models of one question and take one.

    Effects and model may be "choose"; `kinds` are the models estimated beside the one taken. Every
    model draws with the same seed, and is set against the same `null_draws` panels (`calibrate`).
    """
    if model != "choose" and model not in REGRESSIONS:
        raise InputError("regression.model_unknown", given=model, known=["choose", *REGRESSIONS])
    seed = int(np.random.default_rng(rng).integers(2**63))
    choice = None
    if model == "choose" or effects == "choose":
        choice = choose_model(y, X, neighbors, effects=effects, draws=draws, rng=seed)
        effects = choice.model.effects
    wanted = choice.model.kind if choice is not None and model == "choose" else model
    models: dict[str, Model] = {}
    notes: list[Note] = list(choice.notes) if choice is not None else []
    for kind in (each for each in REGRESSIONS if each in kinds or each == wanted):
        try:
            models[kind] = estimate_kind(kind, y, X, neighbors, effects, draws, seed)
        except GeoResilienceError as problem:
            if kind == wanted:
                raise
            told = {"model": kind, "reason": problem.phrases}
            notes.append(Note("regression.left_out", values=told))
            continue
        notes += models[kind].notes
    lm = lm_tests(y, X, neighbors, effects=effects)
    calibrations = calibrate(models, models[wanted], draws=null_draws, rng=seed)
    return Suite(models, wanted, lm, choice, tuple(notes), calibrations)
