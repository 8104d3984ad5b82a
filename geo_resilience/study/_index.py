"""How resilient, for a study: weights, composite, grades, and the tables that hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.evaluation import (
    Scores,
    Weights,
    composite,
    entropy_weights,
    group_scores,
    published_weights,
    score,
)
from geo_resilience.evaluation._aggregation import AGGREGATIONS, Aggregation, above_zero
from geo_resilience.evaluation._grading import Grading
from geo_resilience.evaluation.weighting._combination import all_weights
from geo_resilience.evaluation.weighting._methods import WEIGHT_METHODS
from geo_resilience.indicators._trace import say_cells
from geo_resilience.notes import Note
from geo_resilience.study._inputs import Inputs
from geo_resilience.study._plan import Plan
from geo_resilience.study._preprocessing import Measured
from geo_resilience.study._regions import StudyRegions
from geo_resilience.words import Phrase


@dataclass(frozen=True, eq=False)
class Index:
    """Scores of every region and year, and their tables.

    - ``weighed``: the standardized values as they were weighed: lifted above zero where the mean
      needs it.
    - ``grading``: the grades, with the cuts as found.
    - ``tables`` (mapping of str to DataFrame)
    """

    scores: Scores
    weighed: pd.DataFrame
    mean: Aggregation
    grading: Grading
    tables: Mapping[str, pd.DataFrame]
    notes: tuple[Note, ...]

    @property
    def cuts(self) -> tuple[float, ...]:
        """Where the grades part."""
        return self.grading.cuts


def build_index(plan: Plan, inputs: Inputs, measured: Measured) -> Index:
    """Weigh the standardized indicators and score every region and year."""
    values, framework = measured.panel.values, inputs.framework
    notes: list[Note] = []
    used = _used(plan, inputs, values)
    mean, weighed = AGGREGATIONS[plan.composite.how].with_power(plan.composite.power), values
    if mean.needs_positive:
        weighed = above_zero(values)
        notes.append(Note("study.above_zero", values={"how": mean.label}))
    found = composite(weighed, used, how=mean)
    grading = Grading.of(found, method=plan.grades.method, cuts=plan.grades.cuts)
    if grading.relative:
        shown = [f"{cut:g}" for cut in grading.cuts]
        method = Phrase(f"grades.{grading.method}")
        notes.append(Note("study.relative_grades", values={"method": method, "cuts": shown}))
    scores = score(weighed, used, framework.dimension_of, how=mean, cuts=grading.cuts)
    notes += _held_at_zero(scores, composite(weighed, used))
    tables = {
        "scores": _named(scores.frame, inputs.ground, plan.language),
        "indicators": values.reset_index(),
        "measured": _named(measured.raw, inputs.ground, plan.language),
        "trace": measured.panel.trace,
        "weights": _side_by_side(inputs, values, used),
    }
    groups = group_scores(weighed, used, framework.paths, how=mean)
    if not groups.empty:
        ordered = groups.sort_index(kind="stable")
        tables["group_scores"] = _named(ordered, inputs.ground, plan.language)
    return Index(scores, weighed, mean, grading, tables, tuple(notes))


def _held_at_zero(scores: Scores, plain: pd.Series) -> list[Note]:
    """Name the rows whose composite is 0 though the plain mean of their values is not."""
    held = scores.composite.index[(scores.composite <= 0) & (plain > 0)]
    if held.empty:
        return []
    counts = {"count": len(held), "rows": say_cells(held)}
    return [Note("study.held_at_zero", values=counts)]


def _used(plan: Plan, inputs: Inputs, values: pd.DataFrame) -> Weights:
    """Give the weights that the study asks for."""
    method = WEIGHT_METHODS[plan.weights.method]
    if method.needs == "codes":
        return method.function(inputs.framework.codes)
    if method.needs == "values":
        return method.function(values)
    if method.needs == "weights":
        judged = inputs.judged or published_weights(inputs.framework)
        return method.function(judged, entropy_weights(values), how=plan.weights.combine)
    stated = method.needs in ("framework", "stated")
    found = inputs.stated if stated else inputs.judged
    assert found is not None  # read with the inputs
    return found


def _side_by_side(inputs: Inputs, values: pd.DataFrame, used: Weights) -> pd.DataFrame:
    """Put all weights that can be computed beside those used; the later methods come last."""
    table = all_weights(values, inputs.framework, inputs.judged, used=used)
    later = [each for each in WEIGHT_METHODS.values() if each.needs == "values"]
    for method in (each for each in later if each.name not in table):
        try:
            found = method.function(values).values
        except (InputError, UndefinedError):  # too few rows, or no variance, for this method
            found = pd.Series(dtype=float)
        table[method.name] = table["code"].map(found).astype(float)
    return table


def _named(table: pd.DataFrame, ground: StudyRegions, language: str) -> pd.DataFrame:
    """Make columns of the index, region and year, with the region's name after its key."""
    out = table.reset_index()
    out.insert(1, "name", out["adcode"].map(ground.studied.names(language)))
    return out
