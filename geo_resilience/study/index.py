"""How resilient, for a study: weights, composite, grades, and the tables that hold them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from geo_resilience import indicators
from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.evaluation import (
    Scores,
    Weights,
    above_zero,
    all_weights,
    combine_weights,
    composite,
    critic_weights,
    entropy_weights,
    equal_weights,
    grade_cuts,
    pca_weights,
    penalized_mean,
    power_mean,
    published_weights,
    score,
    variation_weights,
)
from geo_resilience.evaluation.aggregation import Mean
from geo_resilience.notes import Note
from geo_resilience.study.ground import Ground
from geo_resilience.study.inputs import Inputs
from geo_resilience.study.measuring import Measured
from geo_resilience.study.plan import Plan
from geo_resilience.study.plan_sections import CompositePlan
from geo_resilience.words import Phrase

__all__ = ["Index", "build_index"]


@dataclass(frozen=True, eq=False)
class Index:
    """Scores of every region and year, and their tables.

    Parameters
    ----------
    scores : Scores
    weighed : DataFrame
        The standardized values as they were weighed: lifted above zero where the mean needs it.
    mean : str or callable
        The mean, as `evaluation.composite` takes it.
    cuts : tuple of float
        Where the grades part.
    tables : mapping of str to DataFrame
    notes : tuple of Note
    """

    scores: Scores
    weighed: pd.DataFrame
    mean: str | Mean
    cuts: tuple[float, ...]
    tables: Mapping[str, pd.DataFrame]
    notes: tuple[Note, ...]


def build_index(plan: Plan, inputs: Inputs, measured: Measured) -> Index:
    """Weigh the standardized indicators and score every region and year."""
    values, framework = measured.panel.values, inputs.framework
    notes: list[Note] = []
    used = _used(plan, inputs, values)
    mean, weighed = _mean(plan.composite), values
    if _needs_positive(plan.composite):
        weighed = above_zero(values)
        how = Phrase(f"mean.{plan.composite.how}")
        notes.append(Note("study.above_zero", values={"how": how}))
    dimensions = framework.dimension_of
    cuts = plan.grades.cuts
    if plan.grades.method != "cuts":
        cuts = grade_cuts(composite(weighed, used, how=mean), method=plan.grades.method)
        shown = [f"{cut:.3f}" for cut in cuts]
        method = Phrase(f"grades.{plan.grades.method}")
        notes.append(Note("study.relative_grades", values={"method": method, "cuts": shown}))
    scores = score(weighed, used, dimensions, how=mean, cuts=cuts)
    if plan.composite.how == "mazziotta_pareto":
        notes += _held_at_zero(scores, composite(weighed, used))
    tables = {
        "scores": _score_table(scores, inputs.ground, plan.language),
        "indicators": values.reset_index(),
        "trace": measured.panel.trace,
        "weights": _side_by_side(inputs, values, used),
    }
    return Index(scores, weighed, mean, cuts, tables, tuple(notes))


def _held_at_zero(scores: Scores, plain: pd.Series) -> list[Note]:
    """Name the rows whose composite is 0 though the plain mean of their values is not."""
    held = scores.composite.index[(scores.composite <= 0) & (plain > 0)]
    if held.empty:
        return []
    counts = {"count": len(held), "rows": indicators.say_cells(held)}
    return [Note("study.held_at_zero", values=counts)]


def _needs_positive(asked: CompositePlan) -> bool:
    return asked.how in ("geometric", "harmonic") or (
        asked.how == "generalized" and asked.power <= 0
    )


def _mean(asked: CompositePlan) -> str | Mean:
    if asked.how == "generalized":
        return power_mean(asked.power)
    return penalized_mean if asked.how == "mazziotta_pareto" else asked.how


#: Weights that the values alone give.
_FROM_VALUES: Mapping[str, Callable[[pd.DataFrame], Weights]] = {
    "entropy": entropy_weights,
    "critic": critic_weights,
    "variation": variation_weights,
    "pca": pca_weights,
}


def _used(plan: Plan, inputs: Inputs, values: pd.DataFrame) -> Weights:
    """Give the weights that the study asks for."""
    method = plan.weights.method
    if inputs.stated is not None:
        return inputs.stated
    if method == "equal":
        return equal_weights(inputs.framework.codes)
    if method in _FROM_VALUES:
        return _FROM_VALUES[method](values)
    judged = inputs.judged or published_weights(inputs.framework)
    if method != "combined":
        return judged
    return combine_weights(judged, entropy_weights(values), how=plan.weights.combine)


def _side_by_side(inputs: Inputs, values: pd.DataFrame, used: Weights) -> pd.DataFrame:
    """Put all weights that can be computed beside those used; the later methods come last."""
    table = all_weights(values, inputs.framework, inputs.judged, used=used)
    for method in ("critic", "variation", "pca"):
        try:
            found = _FROM_VALUES[method](values).values
        except (InputError, UndefinedError):  # too few rows, or no variance, for this method
            found = pd.Series(dtype=float)
        table[method] = table["code"].map(found).astype(float)
    return table


def _score_table(scores: Scores, ground: Ground, language: str) -> pd.DataFrame:
    table = scores.frame.reset_index()
    table.insert(1, "name", table["adcode"].map(ground.studied.names(language)))
    return table
