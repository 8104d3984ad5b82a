"""How sure the index is, what holds regions back and what moves: its analyses in a study.

Each analysis is one function from a `Case` to tables; one that has no answer for these data (too
few years, regions or indicators) is left out with a note that says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from geo_resilience import evaluation
from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.notes import Note
from geo_resilience.study.index import Index
from geo_resilience.study.inputs import Inputs
from geo_resilience.study.measuring import Measured
from geo_resilience.study.plan import Plan
from geo_resilience.study.plan_sections import ANALYSES
from geo_resilience.study.simulation import Case, sensitivity, uncertainty
from geo_resilience.words import Phrase

__all__ = ["Appraisal", "appraise"]

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True, eq=False)
class Appraisal:
    """Tables by the stem of their file, and what was left out."""

    tables: Mapping[str, pd.DataFrame]
    notes: tuple[Note, ...]


def appraise(plan: Plan, inputs: Inputs, measured: Measured, index: Index) -> Appraisal:
    """Carry out every analysis that the study does not skip."""
    case = Case(plan, inputs, measured, index)
    tables: Tables = {}
    notes: list[Note] = []
    for name in ANALYSES:
        if name in plan.analyses.skip:
            continue
        try:
            tables |= _BY_NAME[name](case)
        except (InputError, UndefinedError) as error:
            why = [Phrase(f"problem.{each.key}", each.values) for each in error.problems]
            values = {"analysis": Phrase(f"analysis.{name}"), "why": why}
            notes.append(Note("study.left_out", values=values))
    if "coupling" in tables:
        notes.append(Note("study.coupling_forms"))
    if "trends" in tables and len(case.years) < 10:
        short = {"years": len(case.years), "regions": len(case.names)}
        notes.append(Note("study.short_series", values=short))
    return Appraisal(tables, tuple(notes))


def _reliability(case: Case) -> Tables:
    table = evaluation.reliability_table(
        case.values, case.weights, case.dimensions, language=case.plan.language
    )
    return {"reliability": table}


def _weights_comparison(case: Case) -> Tables:
    side = case.index.tables["weights"].set_index("code")
    sets = {name: side[name] for name in side if name != "used" and side[name].notna().all()}
    return {"weights_comparison": evaluation.compare_weights(case.values, sets, case.weights)}


def _rankings(case: Case) -> Tables:
    table = evaluation.rankings(case.values, case.weights)
    order = evaluation.ordering_correlations(
        table[[name for name in table if not str(name).endswith("_rank")]]
    )
    return {"rankings": case.named(table), "rankings_correlation": order}


def _fuzzy(case: Case) -> Tables:
    asked = case.plan.fuzzy
    found = evaluation.fuzzy_evaluation(
        case.values,
        case.weights,
        shape=asked.shape,
        operator=asked.operator,
        cuts=case.index.cuts,
    )
    table = found.memberships.rename(columns=lambda grade: f"membership_{str(grade).lower()}")
    table = table.assign(
        by_maximum=found.by_maximum.astype("str"),
        by_average=found.by_average.astype("str"),
        average=found.average,
        differs=found.differs,
    )
    return {"fuzzy": case.named(table)}


def _obstacles(case: Case) -> Tables:
    table = evaluation.obstacle_table(case.values, case.weights, case.dimensions)
    degrees = evaluation.obstacle_degrees(case.values, case.weights)
    top = evaluation.top_obstacles(degrees, groups={"all": case.keys, **case.zones})
    return {"obstacles": table, "obstacles_by_zone": top}


def _coupling(case: Case) -> Tables:
    systems = case.index.scores.dimensions.clip(0, 1)
    parts = []
    for form in ("classic", "corrected"):
        found = evaluation.coupling_coordination(systems, form=form)
        stage = evaluation.coordination_stages(found["coordination"]).astype("str")
        parts.append(case.named(found.assign(stage=stage)).assign(form=form))
    table = pd.concat(parts, ignore_index=True)
    table.insert(3, "form", table.pop("form"))
    return {"coupling": table.sort_values(["adcode", "year", "form"], ignore_index=True)}


def _trends(case: Case) -> Tables:
    scores = case.index.scores
    courses = {"composite": scores.composite, **dict(scores.dimensions.items())}
    parts = []
    for variable, series in courses.items():
        part = case.named(evaluation.growth_and_trend(series))
        part.insert(2, "variable", variable)
        parts.append(part)
    table = pd.concat(parts, ignore_index=True).sort_values("adcode", kind="stable")
    return {"trends": table, "mobility": evaluation.rank_mobility(scores.composite)}


def _contributions(case: Case) -> Tables:
    """Every step from year to year, and the whole way from the first to the last."""
    years = case.years
    steps = list(pairwise(years))
    spans = [*steps, (years[0], years[-1])] if len(steps) > 1 else steps
    parts = []
    for before, after in spans:
        split = case.split_change(before, after)
        by_region = evaluation.contribution_table(split, case.dimensions)
        groups = {"all": case.keys, **case.zones}
        by_group = evaluation.contribution_table(split, case.dimensions, groups=groups)
        for part in (by_region, by_group):
            part.insert(0, "from", before)
            part.insert(1, "to", after)
            parts.append(part)
    if not parts:
        raise UndefinedError("study.one_year")
    table = pd.concat(parts, ignore_index=True)
    columns = ["from", "to", "adcode", "group", "level", "code", "contribution", "share"]
    return {"contributions": table[columns]}


def _peers(case: Case) -> Tables:
    zones = {key: zone for zone, members in case.zones.items() for key in members}
    table = evaluation.compare_with_peers(
        case.values, case.weights, zones or dict.fromkeys(case.keys, "")
    )
    return {"peers": case.named(table)}


def _distribution(case: Case) -> Tables:
    composite = case.index.scores.composite
    curves = evaluation.density_curves(composite)
    density = curves.unstack().rename("density").reset_index()  # a row a year and score
    return {
        "distribution": evaluation.score_distribution(composite).reset_index(),
        "density": density,
    }


_BY_NAME: Mapping[str, Callable[[Case], Tables]] = {
    "reliability": _reliability,
    "weights_comparison": _weights_comparison,
    "uncertainty": uncertainty,
    "sensitivity": sensitivity,
    "rankings": _rankings,
    "fuzzy": _fuzzy,
    "obstacles": _obstacles,
    "coupling": _coupling,
    "trends": _trends,
    "contributions": _contributions,
    "peers": _peers,
    "distribution": _distribution,
}
