"""How resilient, for a study: weights, composite, grades, and the tables that hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from geo_resilience.evaluation import (
    Scores,
    Weights,
    above_zero,
    all_weights,
    combine_weights,
    entropy_weights,
    equal_weights,
    published_weights,
    score,
)
from geo_resilience.notes import Note
from geo_resilience.study.ground import Ground
from geo_resilience.study.inputs import Inputs
from geo_resilience.study.measuring import Measured
from geo_resilience.study.plan import Plan
from geo_resilience.words import Phrase

__all__ = ["Index", "build_index"]


@dataclass(frozen=True)
class Index:
    """Scores of every region and year, and their tables."""

    scores: Scores
    tables: Mapping[str, pd.DataFrame]
    notes: tuple[Note, ...]


def build_index(plan: Plan, inputs: Inputs, measured: Measured) -> Index:
    """Weigh the standardized indicators and score every region and year."""
    values, framework = measured.panel.values, inputs.framework
    used = _used(plan, inputs, values)
    how = plan.composite.how
    notes: tuple[Note, ...] = ()
    weighed = values
    if how != "arithmetic":
        weighed = above_zero(values)
        notes = (Note("study.above_zero", values={"how": Phrase(f"mean.{how}")}),)
    scores = score(weighed, used, framework.dimension_of, how=how, cuts=plan.grades.cuts)
    tables = {
        "scores": _score_table(scores, inputs.ground, plan.language),
        "indicators": values.reset_index(),
        "trace": measured.panel.trace,
        "weights": all_weights(values, framework, inputs.judged, used=used),
    }
    return Index(scores, tables, notes)


def _used(plan: Plan, inputs: Inputs, values: pd.DataFrame) -> Weights:
    """Give the weights that the study asks for."""
    method = plan.weights.method
    if inputs.stated is not None:
        return inputs.stated
    if method == "equal":
        return equal_weights(inputs.framework.codes)
    if method == "entropy":
        return entropy_weights(values)
    judged = inputs.judged or published_weights(inputs.framework)
    return judged if method == "ahp" else combine_weights(judged, entropy_weights(values))


def _score_table(scores: Scores, ground: Ground, language: str) -> pd.DataFrame:
    table = scores.frame.reset_index()
    table.insert(1, "name", table["adcode"].map(ground.studied.names(language)))
    table["grade"] = table["grade"].astype("str")
    return table
