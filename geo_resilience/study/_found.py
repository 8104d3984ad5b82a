"""What a run settled on, gathered from the rooms that decided it."""

from __future__ import annotations

import re
from typing import Any

from geo_resilience.results import Found
from geo_resilience.results._found import Judged, NeighborsUsed
from geo_resilience.spatial import Neighbors
from geo_resilience.study._case import Case, Findings
from geo_resilience.study._inputs import Inputs
from geo_resilience.text import Text
from geo_resilience.words import say

#: How a column is named that may tell prices from volumes.
_PRICED = re.compile("price|deflat|volume|constant|index|价格|指数|平减|可比价|不变价", re.I)


def gather(case: Case, findings: Findings) -> Found:
    """Say what was found, for whoever shows or tells the results."""
    plan, framework = case.plan, case.inputs.framework
    return Found(
        grading=case.index.grading,
        weights=case.weights,
        neighbors=_linked(case.neighbors),
        years=tuple(case.years),
        titles=Text.of(vars(plan), "title") or framework.title,
        sources={
            "index": Text.of(vars(plan), "source") or framework.source,
            "io": Text.of(vars(plan.chain), "io_source"),
        },
        scaling=plan.scaling.method,
        mean=plan.composite.how,
        clusters=Judged(plan.space.labels, plan.space.alpha),
        **_drawn(case, findings),
        risk_rule=plan.chain.risk_rule,
        forecast=next(iter(findings.tables.get("forecasts", {}).get("method", [])), ""),
        shock=tuple(plan.chain.shock or ()),
        nominal=() if plan.framework.deflator else tuple(framework.at_current_prices),
        priced=tuple(filter(_PRICED.search, map(str, case.inputs.joined.report.coverage.index))),
        regressors=plan.regression.called,
        models={
            str(note.values["regression"]): str(note.values["kind"])
            for note in findings.notes
            if "kind" in note.values and "regression" in note.values
        },
        cover={name: Text.of(vars(plan.report), name) for name in ("institution", "date")},
        handed_over=plan.output.report,
        profiled=plan.output.report and plan.report.profiles,
        story=case.inputs.story,
        story_alone=bool(case.inputs.story) and plan.output.story == "instead",
        form=plan.output.form,
    )


def names_of(inputs: Inputs, language: str) -> dict[str, dict[str, str]]:
    """Say what tables call regions, groups, dimensions and what is measured, by code."""
    framework = inputs.framework
    measured = [each.code for each in (*framework.indicators, *framework.variables)]
    groups = {
        each.id: each.name[language]
        for grouping in inputs.ground.groupings.values()
        for each in grouping.groups
    }
    return {
        "adcode": dict(inputs.ground.everywhere.names(language)),
        "group": {"all": say("group.all", language), **groups},
        "dimension": {each.code: each.name[language] for each in framework.dimensions},
        "measure": {
            "composite": say("atlas.composite", language),
            **{code: framework.called(code)[language] for code in measured},
        },
    }


def _drawn(case: Case, findings: Findings) -> dict[str, Any]:
    """Say what the simulation drew, where it was run."""
    if "uncertainty" not in findings.tables:
        return {}
    simulated = case.simulated
    return {
        "draws": simulated.settings["draws"],
        "varied": simulated.settings["sources"],
        "means": simulated.settings["aggregations"],
        "skewed": simulated.skewed,
    }


def _linked(neighbors: Neighbors) -> NeighborsUsed:
    focal, other = (neighbors.adjacency.index.get_level_values(level) for level in (0, 1))
    return NeighborsUsed(
        neighbors.rule,
        int((focal != other).sum()),
        neighbors.standardized,
        tuple((str(one), str(two)) for one, two in neighbors.added),
        tuple(map(str, neighbors.islands)),
    )
