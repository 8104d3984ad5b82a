"""The chain itself, for a study: linkages, shocks, risks, targets and warnings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from geo_resilience import chain
from geo_resilience.errors import InputError, nearest
from geo_resilience.notes import Note
from geo_resilience.study.analyses import Analysis, Case, Findings

__all__ = ["CHAIN_ANALYSES"]


def _linkages(case: Case, found: Findings) -> None:
    """Linkages, extraction and inoperability of every input-output table that is named."""
    asked, language = case.plan.chain, case.plan.language
    if not asked.io:
        return
    linkages, extractions, losses = [], [], []
    years = asked.io_years or ()
    for number, file in enumerate(asked.io):
        year = years[number] if number < len(years) else None
        table = chain.read_io(file, year=year)
        if asked.concordance is not None:
            table = chain.aggregate(table, chain.read_concordance(asked.concordance))
        found.notes += table.notes
        linkages.append(chain.linkage_table(table, language=language))
        extractions.append(chain.extraction_table(table, language=language))
        losses.append(chain.inoperability_table(table, share=asked.loss, language=language))
    found.tables |= {
        "io_linkages": pd.concat(linkages, ignore_index=True),
        "extraction": pd.concat(extractions, ignore_index=True),
        "inoperability": pd.concat(losses, ignore_index=True),
    }


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
    table = chain.shock_table(
        panels, shock=shock, recovered=recovered, zones=case.zones or None, names=_names(case)
    )
    found.tables["shock"] = table
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
    asked = case.plan.chain
    if asked.risks is not None:
        risks = chain.read_records(asked.risks)
        found.tables["risks"] = chain.risk_table(risks, rule=asked.risk_rule)
    if asked.targets is not None:
        found.tables["targets"] = chain.target_table(chain.read_records(asked.targets))
    if asked.priorities is not None:
        found.tables["priorities"] = chain.priority_table(chain.read_records(asked.priorities))


def _warnings(case: Case, found: Findings) -> None:
    """Warning level of every region and year: by given thresholds, else by quantiles."""
    asked = case.plan.chain
    if not asked.warn:
        return
    raw, directions = case.measured.raw, case.inputs.framework.directions
    if asked.thresholds is not None:
        thresholds = chain.read_records(asked.thresholds)
    else:
        thresholds = chain.quantile_thresholds(raw, directions, quantiles=asked.quantiles)
    watched = raw[[code for code in raw if code in thresholds.index]]
    responses = _responses(asked.responses)
    if asked.responses is None:
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


def _responses(file: Path | None) -> pd.DataFrame:
    return chain.read_records(file) if file is not None else chain.read_example("table_4_8")


#: In the order in which their files are written.
CHAIN_ANALYSES: Mapping[str, Analysis] = {
    "linkages": _linkages,
    "shock": _shock,
    "management": _management,
    "warnings": _warnings,
}
