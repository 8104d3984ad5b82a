"""Where strength gathers, for a study: neighbors, and the analyses of the spatial room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from geo_resilience import spatial
from geo_resilience.errors import InputError, nearest
from geo_resilience.indicators import Panel
from geo_resilience.regions import Regions
from geo_resilience.study.analyses import Analysis, Case, Findings
from geo_resilience.study.inputs import Inputs
from geo_resilience.study.plan import Plan
from geo_resilience.study.plan_sections import NeighborsPlan
from geo_resilience.tables import CATALOG

__all__ = ["SPACE_ANALYSES", "geographic_neighbors", "link_regions"]


def link_regions(plan: Plan, inputs: Inputs, variables: pd.DataFrame) -> spatial.Neighbors:
    """Make the neighbors that the study asks for."""
    asked, regions = plan.neighbors, inputs.ground.studied
    if asked.rule == "file" and asked.file is not None:
        return spatial.read_neighbors(asked.file, regions.keys, standardize=asked.standardize)
    if asked.rule == "economic":
        return spatial.economic(_alike(asked, variables), standardize=asked.standardize)
    if asked.rule == "nested":
        return spatial.nested(
            geographic_neighbors(replace(asked, rule="queen"), regions),
            spatial.economic(_alike(asked, variables)),
            share=asked.share,
            standardize=asked.standardize,
        )
    return geographic_neighbors(asked, regions)


def geographic_neighbors(asked: NeighborsPlan, regions: Regions) -> spatial.Neighbors:
    """Make neighbors by borders or distance, with those of the options that the rule has."""
    rule = asked.rule
    options: dict[str, object] = {"standardize": asked.standardize}
    if rule in ("queen", "rook"):
        options |= {"islands": asked.islands, "tolerance": asked.tolerance}
    elif rule == "k_nearest" or (rule == "kernel" and asked.km is None):
        options |= {"k": asked.k}
    elif rule == "distance_band":
        options |= {"km": asked.km, "islands": asked.islands}
    elif asked.km is not None:  # inverse distance, kernel
        options |= {"km": asked.km}
    return spatial.neighbors_by_rule(rule, regions, **options)


def _alike(asked: NeighborsPlan, variables: pd.DataFrame) -> pd.Series:
    """Give the variable by which regions are alike, in the study's first year."""
    if asked.variable not in variables:
        known = nearest(asked.variable, variables.columns) or list(variables.columns)
        raise InputError("study.variable_unknown", key="variable", name=asked.variable, known=known)
    first = variables.index.get_level_values("year").min()
    return variables[asked.variable].xs(first, level="year")


def _global(case: Case, found: Findings) -> None:
    indicators = case.measured.panel.values
    asked = case.plan.space
    few = spatial.global_table(
        case.scores,
        case.neighbors,
        statistics=asked.statistics,
        permutations=case.plan.permutations,
        rng=case.stream("moran"),
    )
    single = spatial.moran_table(
        indicators,
        case.neighbors,
        permutations=case.plan.permutations,
        rng=case.stream("moran"),
    )
    table = pd.concat([few, single], ignore_index=True)
    found.tables["global"] = table.sort_values("year", kind="stable", ignore_index=True)


def _local(case: Case, found: Findings) -> None:
    asked = case.plan.space
    found.tables["local"] = spatial.local_table(
        case.scores,
        case.neighbors,
        statistics=asked.local,
        names=case.names,
        permutations=case.plan.permutations,
        rng=case.stream("local"),
        by=asked.labels,
        alpha=asked.alpha,
    )


def _specialization(case: Case, found: Findings) -> None:
    found.tables["specialization"] = _specialized(case.measured.panel)


def _specialized(panel: Panel) -> pd.DataFrame:
    """Each partition of industries within itself; a single industry against the output."""
    variables = panel.variables
    industries = panel.framework.with_role("industry")
    outputs = [each.code for each in panel.framework.with_role("output")]
    base = variables[outputs[0]] if outputs else None
    parts = []
    for partition in dict.fromkeys(each.partition for each in industries):
        codes = [each.code for each in industries if each.partition == partition]
        if not partition and base is None:
            continue
        part = spatial.specialization_table(variables[codes], None if partition else base)
        whole = part["industry"].isna() | (part["industry"] == "")
        parts.append(part.assign(industry=part["industry"].mask(whole, partition)))
    if not parts:
        return CATALOG["specialization"].empty()
    return pd.concat(parts, ignore_index=True).sort_values(
        ["adcode", "year", "measure"], kind="stable", ignore_index=True
    )


def _gaps(case: Case, found: Findings) -> None:
    found.tables["gaps"] = spatial.gaps_table(
        case.index.scores.composite,
        case.inputs.ground.groupings,
        case.neighbors,
        permutations=case.plan.permutations,
        rng=case.stream("gaps"),
    )
    if len(case.years) > 3:
        found.tables["gaps_trend"] = spatial.gaps_trend(found.tables["gaps"]).reset_index()


def _pattern(case: Case, found: Findings) -> None:
    """Test the composite in full; describe the dimensions, or test them too where asked."""
    groupings, scores = case.inputs.ground.groupings, case.scores
    if not groupings:
        return
    tested = ["composite"] if case.plan.space.tested == "composite" else list(scores)
    options = {"permutations": case.plan.permutations, "rng": case.stream("pattern")}
    full = spatial.pattern_table(
        scores[tested], groupings, case.neighbors, full=True, draws=case.plan.space.draws, **options
    )
    found.tables["pattern_null"] = spatial.null_quantiles(
        scores[tested],
        groupings,
        case.neighbors,
        draws=case.plan.space.draws,
        rng=case.stream("pattern_null"),
    )
    described = scores.drop(columns=tested)
    if described.columns.empty:
        found.tables["pattern"] = full
        return
    free = spatial.pattern_table(described, groupings, **options).assign(verdict="not tested")
    table = pd.concat([full, free.reindex(columns=full.columns)], ignore_index=True)
    found.tables["pattern"] = table.sort_values("year", kind="stable", ignore_index=True)


def _inequality(case: Case, found: Findings) -> None:
    people = [each.code for each in case.inputs.framework.with_role("population")]
    found.tables["inequality"] = spatial.inequality_table(
        case.index.scores.composite,
        case.inputs.ground.groupings,
        case.variables[people[0]] if people else None,
    )


def _neighbors_sensitivity(case: Case, found: Findings) -> None:
    """Moran's I of the composite under other rules than the study's own."""
    regions = case.inputs.ground.studied
    rules = {"used": case.neighbors}
    fewer = min(case.plan.neighbors.k, len(case.keys) - 1)
    for rule in case.plan.space.other_rules:
        rules[rule] = geographic_neighbors(NeighborsPlan(rule=rule, k=fewer), regions)
    found.tables["neighbors_sensitivity"] = spatial.neighbors_sensitivity(
        case.index.scores.composite,
        rules,
        permutations=case.plan.permutations,
        rng=case.stream("moran"),
    )
    report = pd.DataFrame({name: spatial.describe_neighbors(each) for name, each in rules.items()})
    described = report.T.infer_objects().rename(columns={"rule": "description"})
    found.tables["neighbors"] = described.reset_index(names="rule")


def _correlogram(case: Case, found: Findings) -> None:
    """Moran's I of the last year's composite by order of neighbors."""
    last = case.index.scores.composite.xs(case.years[-1], level="year")
    table = spatial.correlogram(
        last,
        case.neighbors,
        permutations=case.plan.permutations,
        rng=case.stream("correlogram"),
    )
    found.tables["correlogram"] = table.reset_index().assign(
        year=case.years[-1], variable="composite"
    )


def _change(case: Case, found: Findings) -> None:
    table = spatial.moran_change(
        case.scores,
        case.neighbors,
        permutations=case.plan.permutations,
        rng=case.stream("change"),
    )
    found.tables["moran_change"] = table.rename_axis(index="variable").reset_index()


def _gradient(case: Case, found: Findings) -> None:
    places = spatial.center_coordinates(case.inputs.ground.studied)
    composite = case.index.scores.composite
    parts = {
        year: spatial.gradient(
            composite.xs(year, level="year"),
            places,
            case.neighbors,
            draws=case.plan.space.draws,
            rng=case.stream("gradient"),
        )
        for year in case.years
    }
    table = pd.concat(parts, names=["year"]).reset_index()
    found.tables["gradient"] = table


def _regionalization(case: Case, found: Findings) -> None:
    if not case.inputs.ground.groupings:
        return
    last = case.index.scores.composite.xs(case.years[-1], level="year")
    table = spatial.regionalization_table(last, case.neighbors, case.inputs.ground.groupings)
    found.tables["regionalization"] = table.rename_axis(index="grouping").reset_index()


#: In the order in which their files are written.
SPACE_ANALYSES: Mapping[str, Analysis] = {
    "global": _global,
    "local": _local,
    "specialization": _specialization,
    "gaps": _gaps,
    "pattern": _pattern,
    "inequality": _inequality,
    "neighbors_sensitivity": _neighbors_sensitivity,
    "correlogram": _correlogram,
    "moran_change": _change,
    "gradient": _gradient,
    "regionalization": _regionalization,
}
