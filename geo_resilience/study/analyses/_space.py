"""Where strength gathers, for a study: neighbors, and the analyses of the spatial room."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geo_resilience import spatial
from geo_resilience.errors import InputError, unknown
from geo_resilience.indicators import Panel
from geo_resilience.spatial._methods import LOCAL_STATISTICS
from geo_resilience.spatial.autocorrelation._tables import global_table, local_table
from geo_resilience.spatial.concentration._specialization import specialization_table
from geo_resilience.spatial.groups._changes import gaps_trend
from geo_resilience.spatial.groups._gaps import gaps_table
from geo_resilience.spatial.groups._gradient import center_coordinates, gradients
from geo_resilience.spatial.groups._holding import holding_table
from geo_resilience.spatial.groups._inequality_table import inequality_table
from geo_resilience.spatial.groups._likelihood_ratio import MOST_REGIONS
from geo_resilience.spatial.groups._null_quantiles import null_quantiles
from geo_resilience.spatial.groups._patterns import pattern_table
from geo_resilience.spatial.groups._regionalization import regionalization_table
from geo_resilience.spatial.neighbors._rules import neighbors_by_rule
from geo_resilience.study._case import Case, Findings, SpaceCase
from geo_resilience.study._plan import Plan
from geo_resilience.study._regions import StudyRegions
from geo_resilience.tables import CATALOG


def link_regions(plan: Plan, ground: StudyRegions, variables: pd.DataFrame) -> spatial.Neighbors:
    """Make the neighbors that the study asks for."""
    asked = plan.neighbors
    alike = None if asked.variable is None else _alike(asked.variable, variables)
    options = {**vars(asked), "variable": alike}
    return neighbors_by_rule(options.pop("rule"), ground.studied, **options)


def _alike(name: str, variables: pd.DataFrame) -> pd.Series:
    """Give the variable by which regions are alike, in the study's first year."""
    if name not in variables:
        every = variables.columns
        raise InputError(unknown("study.variable_unknown", name, every, key="variable"))
    first = variables.index.get_level_values("year").min()
    return variables[name].xs(first, level="year")


def _drawn(case: SpaceCase, name: str) -> dict[str, Any]:
    """Give what an analysis draws by."""
    return {"permutations": case.plan.permutations, "rng": case.stream(name)}


def autocorrelation(case: SpaceCase, found: Findings) -> None:
    """Global statistics of the scores, and Moran's I of each indicator."""
    indicators = case.indicators
    asked = case.plan.space
    few = global_table(
        case.scores, case.neighbors, statistics=asked.statistics, **_drawn(case, "moran")
    )
    if indicators.columns.empty:
        found.tables["global"] = few
        return
    single = global_table(indicators, case.neighbors, **_drawn(case, "moran"))
    table = pd.concat([few, single], ignore_index=True)
    found.tables["global"] = table.sort_values("year", kind="stable", ignore_index=True)


def local_clusters(case: SpaceCase, found: Findings) -> None:
    """Local clusters of the scores."""
    asked = case.plan.space
    found.tables["local"] = local_table(
        case.scores,
        case.neighbors,
        statistics=asked.local,
        names=case.names,
        **_drawn(case, "local"),
        by=asked.labels,
        alpha=asked.alpha,
    )


def specialization(case: Case, found: Findings) -> None:
    """Say what each region specializes in."""
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
        part = specialization_table(variables[codes], base=None if partition else base)
        whole = part["industry"].isna() | (part["industry"] == "")
        parts.append(part.assign(industry=part["industry"].mask(whole, partition)))
    if not parts:
        return CATALOG["specialization"].empty()
    return pd.concat(parts, ignore_index=True).sort_values(
        ["adcode", "year", "measure"], kind="stable", ignore_index=True
    )


def gaps(case: SpaceCase, found: Findings) -> None:
    """Gaps between zones, and how they changed."""
    found.tables["gaps"] = gaps_table(
        case.composite,
        case.groupings,
        case.neighbors,
        draws=case.bootstrap_draws,
        null_draws=case.null_draws,
        **_drawn(case, "gaps"),
    )
    if len(case.years) > 1:
        found.tables["gaps_trend"] = gaps_trend(
            case.composite,
            found.tables["gaps"],
            case.groupings,
            case.neighbors,
            draws=case.null_draws,
            rng=case.stream("gaps"),
        )


def pattern(case: SpaceCase, found: Findings) -> None:
    """Test the composite in full; describe the dimensions, or test them too where asked."""
    groupings, scores = case.groupings, case.scores
    tested = [scores.columns[0]] if case.plan.space.tested == "composite" else list(scores)
    full = pattern_table(
        scores[tested],
        groupings,
        case.neighbors,
        full=True,
        draws=case.null_draws,
        **_drawn(case, "pattern"),
    )
    found.tables["pattern_null"] = null_quantiles(
        scores[tested],
        groupings,
        case.neighbors,
        draws=case.null_draws,
        rng=case.stream("pattern_null"),
    )
    described = scores.drop(columns=tested)
    if described.columns.empty:
        found.tables["pattern"] = full
        return
    free = pattern_table(described, groupings, **_drawn(case, "pattern"))
    free = free.reindex(columns=full.columns).assign(family="", verdict="not tested")
    table = pd.concat([full, free], ignore_index=True)
    found.tables["pattern"] = table.sort_values("year", kind="stable", ignore_index=True)


def inequality(case: SpaceCase, found: Findings) -> None:
    """Inequality of the composite, within groups and between."""
    people = case.roles.get("population", ())
    found.tables["inequality"] = inequality_table(
        case.composite, case.groupings, weights=case.variables[people[0]] if people else None
    )


def holds(case: Case, found: Findings) -> None:
    """In which share of the draws of other indices each finding holds."""
    plan, simulated = case.plan.space, case.simulated
    local = [
        name
        for name, each in LOCAL_STATISTICS.items()
        if name in plan.local and each.counted == "sum"
    ]
    found.tables["holds"] = holding_table(
        case.composite,
        {year: simulated.drawn(place) for place, year in enumerate(case.years)},
        case.neighbors,
        case.groupings,
        local=local[0] if local else None,
        by=plan.labels,
        alpha=plan.alpha,
        draws=case.null_draws,
        rng=case.stream("holds"),
    )


def correlogram(case: SpaceCase, found: Findings) -> None:
    """Moran's I of the last year's composite by order of neighbors."""
    table = spatial.correlogram(case.last, case.neighbors, **_drawn(case, "correlogram"))
    found.tables["correlogram"] = _of_last_year(case, table)


def _of_last_year(case: SpaceCase, table: pd.DataFrame) -> pd.DataFrame:
    """Say of which year and variable a table is."""
    return table.reset_index().assign(year=case.years[-1], variable=str(case.composite.name))


def distance_correlogram(case: SpaceCase, found: Findings) -> None:
    """Moran's I of the last year by the distance between regions."""
    if len(case.keys) > MOST_REGIONS:
        raise InputError("spatial.too_many_regions", found=len(case.keys), most=MOST_REGIONS)
    table = spatial.distance_correlogram(
        case.last, spatial.distances_km(case.ground.studied), **_drawn(case, "correlogram")
    )
    found.tables["distance_correlogram"] = _of_last_year(case, table)


def moran_change(case: SpaceCase, found: Findings) -> None:
    """Whether Moran's I changed from the first year to the last."""
    table = spatial.moran_change(
        case.scores, case.neighbors, draws=case.bootstrap_draws, rng=case.stream("change")
    )
    found.tables["moran_change"] = table.rename_axis(index="variable").reset_index()


def gradient(case: SpaceCase, found: Findings) -> None:
    """Measure the slope from west to east and from south to north by year."""
    places = center_coordinates(case.ground.studied)
    found_by_year = gradients(
        case.composite.unstack("year").loc[case.keys, case.years],
        places,
        case.neighbors,
        draws=case.null_draws,
        rng=case.stream("gradient"),
    )
    parts = dict(zip(case.years, found_by_year, strict=True))
    found.tables["gradient"] = pd.concat(parts, names=["year"]).reset_index()


def regionalization(case: SpaceCase, found: Findings) -> None:
    """How well the groups agree with regions found from the data."""
    table = regionalization_table(case.last, case.neighbors, case.groupings)
    found.tables["regionalization"] = table.rename_axis(index="grouping").reset_index()
