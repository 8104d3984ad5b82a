"""The chain itself, for a study: linkages, networks, regional tables, disruptions, shocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from geo_resilience import chain
from geo_resilience.errors import InputError, Problems, did_you_mean, nearest
from geo_resilience.notes import Note
from geo_resilience.regions import match_names
from geo_resilience.study.analyses import Analysis, Case, Findings
from geo_resilience.study.registers import give_warning, keep_registers

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


def _regional(case: Case, found: Findings) -> None:
    """Estimate each region's linkages from the national tables and the sizes of its sectors."""
    asked, given = case.plan.chain, case.inputs.chain
    if not given.broad or (asked.regional_sizes is None and not asked.regional_variables):
        return
    parts = []
    for table in given.broad:
        sizes = _sizes(case, table.year)
        if sizes is None:
            continue
        found.notes += _blank_note(case, sizes, table.year)
        parts.append(
            chain.regional_linkage_table(
                table,
                sizes,
                methods=asked.regional_methods,
                delta=asked.regional_delta,
                margins=_margins(case, table.year),
                names=case.names,
                language=case.plan.language,
            )
        )
    if not parts:
        raise InputError("study.no_sizes", years=case.years)
    found.tables["regional_linkages"] = pd.concat(parts, ignore_index=True)
    methods = [method.upper() for method in asked.regional_methods]
    values = {"methods": methods, "delta": asked.regional_delta}
    found.notes.append(Note("study.regional_estimate", values=values))


def _blank_note(case: Case, sizes: pd.DataFrame, year: int | None) -> list[Note]:
    """Name the regions that have no sizes."""
    lacking = [str(case.names[key]) for key in case.keys if key not in sizes.index]
    if not lacking:
        return []
    told = "" if year is None else str(year)
    return [Note("study.sizes_blank", where=told, values={"regions": lacking})]


def _sizes(case: Case, year: int | None) -> pd.DataFrame | None:
    """Give the sizes of sectors by region in the year of a table; None where there are none."""
    asked = case.plan.chain
    if asked.regional_sizes is not None:
        try:
            sizes = chain.read_sizes(asked.regional_sizes, year=year)
        except InputError as error:
            if any(problem.key != "chain.years_missing" for problem in error.problems):
                raise
            return None
        file = asked.regional_sizes.name
        sizes.index = pd.Index(_keys(case, list(sizes.index), file))
        _check_once(sizes.index, file)
        return sizes.loc[sizes.index.intersection(case.keys)]
    when = case.years[-1] if year is None else year
    if when not in case.years:
        return None
    columns = {}
    for sector, code in (asked.regional_variables or {}).items():
        _known_variable(case, code, "regional_variables")
        columns[sector] = case.variables[code].xs(when, level="year")
    return pd.DataFrame(columns).dropna()


def _margins(case: Case, year: int | None) -> pd.DataFrame | None:
    rows = case.inputs.chain.margins
    if rows is None:
        return None
    if "year" in rows.columns and year is not None:
        rows = rows[rows["year"] == year]
    keys = _keys(case, rows["adcode"].tolist(), "regional_margins")
    index = pd.MultiIndex.from_arrays([keys, rows["sector"]])
    _check_once(index.map(" / ".join), "regional_margins")
    return rows[["sales", "purchases"]].set_index(index) if len(rows) else None


def _keys(case: Case, names: list[str], file: str) -> list[str]:
    """Give the keys of regions that a file names in any usual spelling."""
    ground = case.inputs.ground
    regions = ground.everywhere
    found = match_names(names, regions, aliases=ground.aliases)
    problems = Problems()
    for name in [*found.unknown, *found.ambiguous]:
        known = did_you_mean(name, [*regions.names("en"), *regions.names("zh")])
        problems.add("study.sizes_region", file=file, name=name, known=known)
    problems.raise_if_any()
    return [str(key) for key in found.keys]


def _check_once(keys: pd.Index, file: str) -> None:
    """Refuse a region that stands twice, be it under two spellings."""
    problems = Problems()
    for key in keys[keys.duplicated()].unique():
        problems.add("chain.region_twice", what=file, region=key)
    problems.raise_if_any()


def _disruption(case: Case, found: Findings) -> None:
    """Let sectors recover from the study's disruption, on the last table."""
    asked, given = case.plan.chain, case.inputs.chain
    if given.disruption is None or not given.io:
        return
    found.tables["recovery_paths"] = chain.disruption_table(
        given.io[-1],
        given.disruption,
        steps=asked.disruption_steps,
        per_year=asked.steps_per_year,
        side=asked.disruption_side,
        form=asked.disruption_form,
        language=case.plan.language,
    )


def _known_variable(case: Case, code: str, key: str) -> None:
    if code not in case.variables:
        known = nearest(code, case.variables.columns) or list(case.variables.columns)
        raise InputError("study.variable_unknown", key=key, name=code, known=known)


def _shock(case: Case, found: Findings) -> None:
    """Resistance and recovery around a shock, and whether the index foretold them."""
    asked = case.plan.chain
    if not asked.shock:
        return
    panels = {}
    for code in asked.shock_variables:
        _known_variable(case, code, "shock_variables")
        panels[code] = case.variables[code].unstack("year")
    before, after = asked.shock
    if asked.recovered is None and after >= case.years[-1]:
        raise InputError("study.no_year_after", ends=after, last=case.years[-1])
    begins, ends = asked.recovered or (after, case.years[-1])
    shock, recovered = (before, after), (begins, ends)
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
    earlier = case.index.scores.composite.xs(before, level="year")
    parts = []
    for code, panel in panels.items():
        outcomes = chain.resistance_recovery(panel, shock=shock, recovered=recovered)
        note = chain.shock_note(outcomes, shock=shock, where=code)
        found.notes += [note] if note is not None else []
        part = chain.foretelling(earlier, outcomes[["resistance", "recovery"]])
        parts.append(part.rename_axis(index="outcome").reset_index().assign(variable=code))
    found.tables["foretelling"] = pd.concat(parts, ignore_index=True)


def _names(case: Case) -> pd.Series:
    """Names of regions and of zones, in the study's language."""
    grouping = case.inputs.ground.groupings.get("zones")
    if grouping is None:
        return case.names
    zh = case.plan.language == "zh"
    zones = {group.id: group.name_zh if zh else group.name for group in grouping.groups}
    return pd.concat([case.names, pd.Series(zones)])


#: In the order in which their files are written.
CHAIN_ANALYSES: Mapping[str, Analysis] = {
    "linkages": _linkages,
    "network": _network,
    "decomposition": _decomposition,
    "regional": _regional,
    "disruption": _disruption,
    "shock": _shock,
    "management": keep_registers,
    "warnings": give_warning,
}
