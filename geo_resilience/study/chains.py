"""The chain itself, for a study: linkages, shocks, risks, targets and warnings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from geo_resilience import chain
from geo_resilience.errors import InputError, nearest
from geo_resilience.notes import Note
from geo_resilience.study.analyses import Analysis, Case, Findings

__all__ = ["CHAIN_ANALYSES"]


def _linkages(case: Case, found: Findings) -> None:
    """Linkages, extraction and inoperability of every input-output table that is named."""
    tables, language = case.inputs.chain.io, case.plan.language
    if not tables:
        return
    loss = case.plan.chain.loss
    found.notes += [note for table in tables for note in table.notes]
    found.tables |= {
        "io_linkages": _stacked(tables, chain.linkage_table, language=language),
        "extraction": _stacked(tables, chain.extraction_table, language=language),
        "inoperability": _stacked(tables, chain.inoperability_table, share=loss, language=language),
        "propagation": _stacked(tables, chain.propagation_table, language=language),
    }


def _stacked(
    tables: Sequence[chain.IOTable], made: Callable[..., pd.DataFrame], **options: Any
) -> pd.DataFrame:
    return pd.concat([made(table, **options) for table in tables], ignore_index=True)


def _network(case: Case, found: Findings) -> None:
    """Find central sectors, single points of failure, and what removal leaves."""
    tables, language = case.inputs.chain.io, case.plan.language
    if not tables:
        return
    rng = case.stream("removal")
    found.tables |= {
        "network": _stacked(tables, chain.network_table, language=language),
        "single_points": _stacked(tables, chain.single_point_table, language=language),
        "removal": _stacked(tables, chain.removal_table, language=language, rng=rng),
    }


def _decomposition(case: Case, found: Findings) -> None:
    """Split the change of outputs between one table and the next."""
    pairs = list(pairwise(case.inputs.chain.io))
    if pairs:
        language = case.plan.language
        parts = [chain.decomposition_table(*pair, language=language) for pair in pairs]
        found.tables["decomposition"] = pd.concat(parts, ignore_index=True)
        found.notes.append(Note("study.decomposition_prices"))


def _shock(case: Case, found: Findings) -> None:
    """Resistance and recovery around a shock, and whether the index foretold them."""
    asked = case.plan.chain
    if not asked.shock:
        return
    panels = {}
    for code in asked.shock_variables:
        if code not in case.variables:
            known = nearest(code, case.variables.columns) or list(case.variables.columns)
            raise InputError(
                "study.variable_unknown", key="shock_variables", name=code, known=known
            )
        panels[code] = case.variables[code].unstack("year")
    shock = _two(asked.shock, "shock")
    recovered = _two(asked.recovered or (shock[1], case.years[-1]), "recovered")
    zones, names = case.zones or None, _names(case)
    found.tables |= {
        "shock": chain.shock_table(
            panels, shock=shock, recovered=recovered, zones=zones, names=names
        ),
        "shock_paths": chain.shock_path_table(panels, base=shock[0], zones=zones, names=names),
        "shock_variation": chain.shock_variation_table(
            panels, shock=shock, recovered=recovered, names=names
        ),
    }
    before = case.index.scores.composite.xs(shock[0], level="year")
    parts = []
    for code, panel in panels.items():
        outcomes = chain.resistance_recovery(panel, shock=shock, recovered=recovered)
        note = chain.shock_note(outcomes, shock=shock, where=code)
        found.notes += [note] if note is not None else []
        part = chain.foretelling(before, outcomes[["resistance", "recovery"]])
        parts.append(part.rename_axis(index="outcome").reset_index().assign(variable=code))
    found.tables["foretelling"] = pd.concat(parts, ignore_index=True)


def _two(years: tuple[int, ...], key: str) -> tuple[int, int]:
    if len(years) != 2:
        raise InputError("study.two_years", key=key, found=list(years))
    return years[0], years[1]


def _names(case: Case) -> pd.Series:
    """Names of regions and of zones, in the study's language."""
    grouping = case.inputs.ground.groupings.get("zones")
    if grouping is None:
        return case.names
    zh = case.plan.language == "zh"
    zones = {group.id: group.name_zh if zh else group.name for group in grouping.groups}
    return pd.concat([case.names, pd.Series(zones)])


def _management(case: Case, found: Findings) -> None:
    """Risks, targets and priorities: the study's own tables."""
    given = case.inputs.chain
    if given.risks is not None:
        found.tables["risks"] = chain.risk_table(given.risks, rule=case.plan.chain.risk_rule)
    if given.targets is not None:
        found.tables["targets"] = chain.target_table(given.targets)
    if given.priorities is not None:
        found.tables["priorities"] = chain.priority_table(given.priorities)


def _warnings(case: Case, found: Findings) -> None:
    """Warning level of every region and year: by given thresholds, else by quantiles."""
    asked = case.plan.chain
    if not asked.warn:
        return
    raw, directions = case.measured.raw, case.inputs.framework.directions
    thresholds = case.inputs.chain.thresholds
    if thresholds is None:
        thresholds = chain.quantile_thresholds(raw, directions, quantiles=asked.quantiles)
    watched = raw[[code for code in raw if code in thresholds.index]]
    responses = case.inputs.chain.responses
    if responses is None:
        responses = chain.read_example("table_4_8")
        found.notes.append(Note("study.responses_example"))
    table = chain.warning_table(
        watched.dropna(axis=0, how="all"),
        thresholds,
        responses=responses,
        rule=asked.warning_rule,
        forecast="trend" if len(case.years) > 3 else None,
    )
    table.insert(1, "name", table["adcode"].map(case.names))
    found.tables["warnings"] = table


#: In the order in which their files are written.
CHAIN_ANALYSES: Mapping[str, Analysis] = {
    "linkages": _linkages,
    "network": _network,
    "decomposition": _decomposition,
    "shock": _shock,
    "management": _management,
    "warnings": _warnings,
}
