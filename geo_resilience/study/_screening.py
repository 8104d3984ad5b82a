"""Screening by availability, for a study: what is left of its regions, indicators and weights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.evaluation import Weights
from geo_resilience.evaluation.weighting._methods import WEIGHT_METHODS
from geo_resilience.indicators import Framework, screen
from geo_resilience.indicators._derivation import evaluate
from geo_resilience.notes import Note
from geo_resilience.study._inputs import Inputs
from geo_resilience.study._plan import Plan
from geo_resilience.words import Phrase


def screened(plan: Plan, inputs: Inputs) -> Inputs:
    """Leave out what the study's screening finds too little of; weights of the rest sum to 1.

    Indicators that cannot be computed are left to `measure`, which says what is wrong with them.
    """
    asked, framework = plan.cleaning, inputs.framework
    made = evaluate(framework, inputs.joined.frame, earlier=inputs.joined.earlier)
    if not asked.screen or made.problems:
        return inputs
    raw = made.indicators
    if asked.incomplete_windows == "blank":
        raw = raw.mask(made.short)
    _, table = screen(raw, **asked.screen, by=asked.screen_by)
    gone = {what: list(rows["key"].unique()) for what, rows in table.groupby("what")}
    codes, keys = gone.get("indicator", []), gone.get("region", [])
    rest = framework.without(codes)
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
        screened=_notes(plan, inputs, table, codes),
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


def _notes(plan: Plan, inputs: Inputs, table: pd.DataFrame, codes: list[str]) -> tuple[Note, ...]:
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
    emptied = [
        each.name
        for each in inputs.framework.dimensions
        if each not in inputs.framework.without(codes).dimensions
    ]
    if emptied:
        found.append(Note("study.screened_dimensions", values={"dimensions": emptied}))
    return tuple(found)
