"""The chain itself, for a study: linkages, networks, regional tables, disruptions, shocks."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pandas as pd

from geo_resilience import chain, spatial
from geo_resilience.chain.inputoutput._decomposition import decomposition_table
from geo_resilience.chain.inputoutput._inoperability import disruption_table
from geo_resilience.chain.inputoutput._regional import (
    read_sizes,
    regional_linkage_table,
    regional_range_table,
)
from geo_resilience.chain.inputoutput._tables import (
    extraction_table,
    inoperability_table,
    linkage_table,
    network_table,
    propagation_table,
    removal_table,
    stacked,
)
from geo_resilience.chain.shocks._recovery import (
    shock_note,
    shock_path_table,
    shock_table,
    shock_variation_table,
)
from geo_resilience.errors import InputError, Problems
from geo_resilience.notes import Note
from geo_resilience.regions import match_names
from geo_resilience.statistics._multiplicity import holm
from geo_resilience.study._case import Case, ChainCase, Findings, SpaceCase
from geo_resilience.study._regions import StudyRegions


def linkages(case: ChainCase, found: Findings) -> None:
    """Linkages, extraction and inoperability of every input-output table that is named."""
    tables, language = case.chain.io, case.plan.language
    loss = case.plan.chain.loss
    found.notes += [note for table in tables for note in table.notes]
    found.tables |= {
        "io_linkages": stacked(tables, linkage_table, language=language),
        "extraction": stacked(tables, extraction_table, language=language),
        "inoperability": stacked(tables, inoperability_table, share=loss, language=language),
        "propagation": stacked(tables, propagation_table, language=language),
    }


def network(case: ChainCase, found: Findings) -> None:
    """Find central sectors, single points of failure, and what removal leaves."""
    tables, language = case.chain.io, case.plan.language
    found.tables |= {
        "network": stacked(tables, network_table, language=language),
        "single_points": stacked(
            tables, lambda table: chain.single_points(table.transactions), language=language
        ),
        "removal": stacked(tables, removal_table, rng=case.stream("removal"), language=language),
    }


def decomposition(case: ChainCase, found: Findings) -> None:
    """Split the change of outputs between one table and the next."""
    parts = []
    for before, after in pairwise(case.chain.io):
        part = decomposition_table(before, after)
        part.insert(1, "name", part["sector"].map(before.names(case.plan.language)))
        for place, (column, year) in enumerate((("first_year", before.year), ("year", after.year))):
            part.insert(place, column, pd.array([year] * len(part), dtype="Int64"))
        parts.append(part)
    found.tables["decomposition"] = pd.concat(parts, ignore_index=True)
    found.notes.append(Note("study.decomposition_prices"))


def regional(case: ChainCase, found: Findings) -> None:
    """Estimate each region's linkages from the national tables and the sizes of its sectors."""
    asked, given, ground = case.plan.chain, case.chain, case.ground
    names = None if ground is None else ground.studied.names(case.plan.language)
    parts, ranges = list[pd.DataFrame](), list[pd.DataFrame]()
    for table in given.broad:
        sizes = _sizes(case, table.year)
        if sizes is None:
            continue
        if names is not None:
            found.notes += _blank_note(names, sizes, table.year)
        part = regional_linkage_table(
            table,
            sizes,
            methods=asked.regional_methods,
            delta=asked.regional_delta,
            margins=_margins(case, table.year),
        )
        part["sector_name"] = part["sector"].map(table.names(case.plan.language))
        parts.append(part)
        ranges.append(regional_range_table(part))
        for each in (part, ranges[-1]):
            each["name"] = _spoken(each["adcode"], names)
            each["year"] = pd.array([table.year] * len(each), dtype="Int64")
    if not parts:
        years = case.years if isinstance(case, SpaceCase) else []
        raise InputError("study.no_sizes", years=years)
    found.tables["regional_linkages"] = pd.concat(parts, ignore_index=True)
    if len(asked.regional_methods) > 1:
        found.tables["regional_ranges"] = pd.concat(ranges, ignore_index=True)
    methods = [method.upper() for method in asked.regional_methods]
    values = {"methods": methods, "delta": asked.regional_delta}
    found.notes.append(Note("study.regional_estimate", values=values))


def _blank_note(names: pd.Series, sizes: pd.DataFrame, year: int | None) -> list[Note]:
    """Name the regions that have no sizes."""
    lacking = [str(name) for key, name in names.items() if key not in sizes.index]
    if not lacking:
        return []
    told = "" if year is None else str(year)
    return [Note("study.sizes_blank", where=told, values={"regions": lacking})]


def _sizes(case: ChainCase, year: int | None) -> pd.DataFrame | None:
    """Give the sizes of sectors by region in the year of a table; None where there are none."""
    asked, ground = case.plan.chain, case.ground
    if asked.regional_sizes is not None:
        if ground is None:  # regions are what the file calls them
            return read_sizes(asked.regional_sizes, year=year)
        try:
            sizes = read_sizes(asked.regional_sizes, year=year)
        except InputError as error:
            if any(problem.key != "chain.years_missing" for problem in error.problems):
                raise
            return None
        file = asked.regional_sizes.name
        sizes.index = pd.Index(_keys(ground, list(sizes.index), file))
        _check_once(sizes.index, file)
        return sizes.loc[sizes.index.intersection(ground.studied.keys)]
    assert isinstance(case, SpaceCase)
    when = case.years[-1] if year is None else year
    if when not in case.years:
        return None
    columns = {}
    for sector, code in (asked.regional_variables or {}).items():
        columns[sector] = case.variables[code].xs(when, level="year")
    return pd.DataFrame(columns).dropna()


def _margins(case: ChainCase, year: int | None) -> pd.DataFrame | None:
    rows, ground = case.chain.margins, case.ground
    if rows is None or ground is None:
        return None
    if "year" in rows.columns and year is not None:
        rows = rows[rows["year"] == year]
    keys = _keys(ground, rows["adcode"].tolist(), "regional_margins")
    index = pd.MultiIndex.from_arrays([keys, rows["sector"]])
    _check_once(index.map(" / ".join), "regional_margins")
    return rows[["sales", "purchases"]].set_index(index) if len(rows) else None


def _keys(ground: StudyRegions, names: list[str], file: str) -> list[str]:
    """Give the keys of regions that a file names in any usual spelling."""
    regions = ground.everywhere
    found = match_names(names, regions, aliases=ground.aliases)
    problems = Problems()
    for name in [*found.unknown, *found.ambiguous]:
        problems.unknown("study.sizes_region", name, [*regions.spelled], file=file)
    problems.raise_if_any()
    return [str(key) for key in found.keys]


def _check_once(keys: pd.Index, file: str) -> None:
    """Refuse a region that stands twice, be it under two spellings."""
    problems = Problems()
    for key in keys[keys.duplicated()].unique():
        problems.add("chain.region_twice", what=file, region=key)
    problems.raise_if_any()


def disruption(case: ChainCase, found: Findings) -> None:
    """Let sectors recover from the study's disruption, on the last table."""
    asked, given = case.plan.chain, case.chain
    assert given.disruption is not None
    found.tables["recovery_paths"] = stacked(
        given.io[-1:],
        disruption_table,
        given.disruption,
        steps=asked.disruption_steps,
        per_year=asked.steps_per_year,
        side=asked.disruption_side,
        form=asked.disruption_form,
        language=case.plan.language,
    )


def shock(case: Case, found: Findings) -> None:
    """Resistance and recovery around a shock, and whether the index foretold them."""
    asked = case.plan.chain
    assert asked.shock is not None
    panels = {}
    for code in asked.shock_variables:
        panels[code] = case.variables[code].unstack("year")
    before, after = asked.shock
    if asked.recovered is None and after >= case.years[-1]:
        raise InputError("study.no_year_after", ends=after, last=case.years[-1])
    begins, ends = asked.recovered or (after, case.years[-1])
    zones, names = case.zones or None, _names(case)
    years: dict[str, Any] = {"shock": (before, after), "recovered": (begins, ends)}
    tables = {
        "shock": shock_table(panels, zones=zones, **years),
        "shock_paths": shock_path_table(panels, base=before, zones=zones),
        "shock_variation": shock_variation_table(panels, **years),
    }
    for stem, table in tables.items():
        unit = table["adcode"]
        unit = unit.where(unit != "", table["group"]) if "group" in table else unit
        found.tables[stem] = table.assign(name=_spoken(unit, names))
    earlier = case.composite.xs(before, level="year")
    struck = found.tables["shock"]
    struck["composite_before"] = struck["adcode"].map(earlier)
    outcomes = {code: chain.resistance_recovery(panel, **years) for code, panel in panels.items()}
    for code, part in outcomes.items():
        named = case.inputs.framework.called(code)
        note = shock_note(part, shock=(before, after), variable=named)
        found.notes += [note] if note is not None else []
    found.tables["foretelling"] = _foretold(case, earlier, panels, outcomes, (before, begins))


def _foretold(
    case: Case,
    composite: pd.Series,
    panels: Mapping[str, pd.DataFrame],
    outcomes: Mapping[str, pd.DataFrame],
    starts: tuple[int, int],
) -> pd.DataFrame:
    """Hold the composite before the shock, and the naive benchmark, against what came of it."""
    naive, rng = case.plan.chain.benchmark, case.stream("foretelling")
    earlier = composite.to_frame("composite")
    if naive:
        earlier[naive] = case.variables[naive].xs(starts[0], level="year")
        earlier = earlier.dropna()
    parts = []
    for code, found in outcomes.items():
        for outcome, start in zip(("resistance", "recovery"), starts, strict=True):
            came, level = found[outcome], panels[code][start]
            asked: dict[str, Any] = {"draws": case.null_draws, "rng": rng}
            alone = spatial.rank_association(earlier, came, case.neighbors, **asked)
            held = spatial.rank_association(earlier, came, case.neighbors, given=level, **asked)
            plain = [chain.foretelling(x, {outcome: came}) for _, x in earlier.items()]
            part = pd.concat(plain).rename_axis("outcome").reset_index()
            part["p_space"] = alone["p_value"].to_numpy()
            part[["spearman_level", "p_level"]] = held[["value", "p_value"]].to_numpy()
            parts.append(part.assign(predictor=earlier.columns, variable=code))
    table = pd.concat(parts, ignore_index=True)
    by_predictor = table.groupby("predictor")
    table["p_holm"] = by_predictor["p_space"].transform(holm)
    table["p_level"] = by_predictor["p_level"].transform(holm)
    return pd.concat([table[table["predictor"] == name] for name in earlier], ignore_index=True)


def _spoken(units: pd.Series, names: pd.Series | None) -> list[str]:
    """Give the names of regions or zones; the label where there is none."""
    known = {} if names is None else names.to_dict()
    return [str(known.get(label, label)) for label in units]


def _names(case: SpaceCase) -> pd.Series:
    """Names of regions and of zones, in the study's language."""
    grouping = case.ground.groupings.get("zones")
    if grouping is None:
        return case.names
    zones = {group.id: group.name[case.plan.language] for group in grouping.groups}
    return pd.concat([case.names, pd.Series(zones)])
