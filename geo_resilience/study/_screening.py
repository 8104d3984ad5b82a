"""Screening by availability, for a study: what is left of its regions, indicators and weights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from geo_resilience.errors import InputError, Problems
from geo_resilience.evaluation import Weights
from geo_resilience.evaluation.weighting._methods import WEIGHT_METHODS
from geo_resilience.indicators import Dimension, Framework, screen
from geo_resilience.indicators._derivation import evaluate
from geo_resilience.notes import Note
from geo_resilience.study._inputs import Inputs
from geo_resilience.study._plan import Plan
from geo_resilience.study._plan_sections import FurtherRegressionPlan, RegressionPlan
from geo_resilience.words import Phrase


def screened(plan: Plan, inputs: Inputs) -> Inputs:
    """Leave out what the study's screening finds too little of; weights of the rest sum to 1.

    Indicators that cannot be computed are left to `measure`, which says what is wrong with them.
    """
    asked, framework = plan.cleaning, inputs.framework
    if not asked.screen:
        return inputs
    made = evaluate(framework, inputs.joined.frame, earlier=inputs.joined.earlier)
    if made.problems:
        return inputs
    raw = made.indicators
    if asked.incomplete_windows == "blank":
        raw = raw.mask(made.short)
    _, table = screen(raw, **asked.screen, by=asked.screen_by)
    gone = {what: list(rows["key"].unique()) for what, rows in table.groupby("what")}
    codes, keys = gone.get("indicator", []), gone.get("region", [])
    rest = framework.without(codes)
    emptied = [each for each in framework.dimensions if each not in rest.dimensions]
    _check_asked(plan, inputs, {*codes, *(each.code for each in emptied)})
    names = inputs.ground.everywhere.names(plan.language)
    called = {
        **{code: framework.called(code)[plan.language] for code in codes},
        **{key: names[key] for key in keys},
    }
    table = table.assign(name=table["key"].map(called))
    return replace(
        inputs,
        framework=rest,
        joined=replace(
            inputs.joined,
            frame=_of_others(inputs.joined.frame, keys),
            earlier=_of_others(inputs.joined.earlier, keys),
            excluded=tuple(sorted({*inputs.joined.excluded, *keys})),
        ),
        ground=inputs.ground.screened_of(keys),
        judged=_rest(inputs.judged, rest.codes),
        stated=_stated(plan, inputs, rest),
        left_out={**inputs.left_out, "screening": table},
        screened=_notes(plan, table, emptied),
        dropped=tuple(codes),
    )


def _of_others(frame: pd.DataFrame, keys: Iterable[str]) -> pd.DataFrame:
    return frame[~frame.index.get_level_values("adcode").isin(list(keys))]


def _rest(weights: Weights | None, codes: list[str]) -> Weights | None:
    """Give the weights of some indicators, made to sum to 1."""
    if weights is None or weights.codes == codes:
        return weights
    values: pd.Series = weights.values.loc[codes]
    if not values.sum():
        raise InputError("study.screened_weightless", codes=codes)
    return Weights(values / values.sum(), weights.method, weights.diagnostics)


def _stated(plan: Plan, inputs: Inputs, rest: Framework) -> Weights | None:
    """Take the weights of a framework anew; own ones are made to sum to 1."""
    method = WEIGHT_METHODS[plan.weights.method]
    if method.needs == "framework":
        return method.function(rest)
    return _rest(inputs.stated, rest.codes)


def _check_asked(plan: Plan, inputs: Inputs, gone: set[str]) -> None:
    """Refuse a study that asks elsewhere for what screening leaves out."""
    chain, thresholds, problems = plan.chain, inputs.chain.thresholds, Problems()
    asked: dict[str, list[str]] = {}
    if chain.warn and "warnings" not in plan.analyses.skip:
        asked["[chain] watch"] = list(chain.watch)
        asked["[chain] thresholds"] = [] if thresholds is None else [*map(str, thresholds.index)]
        asked["[chain] crisis"] = [chain.crisis] if chain.crisis else []
    if "regressions" not in plan.analyses.skip:
        every: list[RegressionPlan | FurtherRegressionPlan] = [plan.regression, *plan.regressions]
        asked["[regression]"] = [
            code for each in every for code in (each.dependent, *each.regressors)
        ]
    for key, codes in asked.items():
        for code in gone.intersection(codes):
            problems.add("study.screened_asked", key=key, code=code)
    problems.raise_if_any()


def _notes(plan: Plan, table: pd.DataFrame, emptied: Iterable[Dimension]) -> tuple[Note, ...]:
    """Name what was left out, with the least share that was found of it."""
    least = table.groupby("key")["share"].min()
    found = []
    for what, rows in table.groupby("what", sort=True):
        told = [
            Phrase("study.screened_share", {"name": name, "share": f"{100 * least[key]:.3g}"})
            for key, name in rows[["key", "name"]].drop_duplicates().itertuples(index=False)
        ]
        share = f"{100 * plan.cleaning.screen[str(what) + 's']:.3g}"  # type: ignore[index]
        values = {"names": told, "count": len(told), "share": share}
        found.append(Note(f"study.screened_{what}s_{plan.cleaning.screen_by}", values=values))
    if names := [each.name for each in emptied]:
        found.append(Note("study.screened_dimensions", values={"dimensions": names}))
    return tuple(found)
