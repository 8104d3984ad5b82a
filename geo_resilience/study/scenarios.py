"""What-ifs of a study: other weights, other values of a region, a target for it."""

from __future__ import annotations

import math

import pandas as pd

from geo_resilience.errors import Problems, nearest
from geo_resilience.evaluation import needed_value, own_weights, what_if
from geo_resilience.regions import match_names
from geo_resilience.study.index import Index
from geo_resilience.study.inputs import Inputs
from geo_resilience.study.plan import Plan
from geo_resilience.study.plan_analyses import WhatIfPlan

__all__ = ["suppose"]

_COLUMNS = [
    *("scenario", "adcode", "name", "year", "composite", "grade", "rank"),
    *("new_composite", "new_grade", "new_rank", "indicator", "needed"),
]


def suppose(plan: Plan, inputs: Inputs, index: Index) -> dict[str, pd.DataFrame]:
    """Calculate the study's suppositions; no table where it has none.

    Returns
    -------
    dict
        ``what_if``: a row a scenario, region and year concerned. For a target ``needed`` is the
        standardized value of ``indicator`` that reaches it; empty where it cannot.
    """
    if not plan.what_if:
        return {}
    problems = Problems()
    parts = []
    for asked in plan.what_if:
        with problems.caught():
            parts.append(_supposed(asked, inputs, index).assign(scenario=asked.name))
    problems.raise_if_any()
    table = pd.concat(parts, ignore_index=True)
    table.insert(1, "name", table["adcode"].map(inputs.ground.studied.names(plan.language)))
    return {"what_if": table.reindex(columns=_COLUMNS)}


def _supposed(asked: WhatIfPlan, inputs: Inputs, index: Index) -> pd.DataFrame:
    region = _region(asked, inputs)
    year = asked.year or inputs.joined.years[-1]
    changes = dict(asked.values or {})
    goal: dict[str, object] = {}
    if asked.indicator is not None and asked.target is not None:
        needed = needed_value(
            index.weighed,
            index.scores.weights,
            region=str(region),
            code=asked.indicator,
            target=asked.target,
            year=year,
            how=index.mean,
        )
        goal = {"indicator": asked.indicator, "needed": needed}
        # Out of reach: the row says so by an empty value and shows the best that can be had.
        changes[asked.indicator] = 1.0 if math.isnan(needed) else needed
    new = own_weights(asked.weights, inputs.framework.codes) if asked.weights else None
    found = what_if(
        index.weighed,
        index.scores.weights,
        region=region,
        year=year if region else None,
        changes=changes or None,
        new_weights=new,
        how=index.mean,
        cuts=index.cuts,
    ).reset_index()
    found = found[found["year"] == year].astype({"grade": "str", "new_grade": "str"})
    return found[found["adcode"] == region].assign(**goal) if goal else found


def _region(asked: WhatIfPlan, inputs: Inputs) -> str | None:
    if asked.region is None:
        return None
    regions = inputs.ground.studied
    found = match_names([asked.region], regions, aliases=inputs.ground.aliases)
    problems = Problems()
    if found.keys.isna().any():
        known = nearest(asked.region, [*regions.names("en"), *regions.names("zh")]) or ["-"]
        problems.add("study.what_if_region", scenario=asked.name, name=asked.region, known=known)
    problems.raise_if_any()
    return str(found.keys.iloc[0])
