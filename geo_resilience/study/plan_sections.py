# ruff: noqa: RUF009 - option() is dataclasses.field() with metadata
"""The sections of study.toml: one frozen dataclass each, those of the analyses apart.

A field's type, default, allowed values and explanation key stand together in its declaration;
reading, the echo in provenance.json and the commented study.toml all follow from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from geo_resilience.spatial.methods import NEIGHBOR_RULES, rules_taking
from geo_resilience.study.plan_analyses import (
    AnalysesPlan,
    DynamicsPlan,
    FurtherRegressionPlan,
    FuzzyPlan,
    RegressionPlan,
    SpacePlan,
    UncertaintyPlan,
    WhatIfPlan,
)
from geo_resilience.study.plan_chain import ChainPlan
from geo_resilience.study.plan_options import Option, option

__all__ = [
    "REPEATED",
    "SECTIONS",
    "BoundariesPlan",
    "CleaningPlan",
    "CompositePlan",
    "FrameworkPlan",
    "GradesPlan",
    "GroupsPlan",
    "NeighborsPlan",
    "OutputPlan",
    "ScalingPlan",
    "TablePlan",
    "WeightsPlan",
    "options_of",
]


@dataclass(frozen=True)
class BoundariesPlan:
    """Where the regions come from; nothing set means the bundled provinces."""

    file: Path | None = option("path", default=None, example='"boundaries.geojson"')
    layer: str | None = option("text", default=None, example='"counties"', beside="file")
    key: str | None = option("text", default=None, example='"code"', beside="file")
    name: str | None = option("text", default=None, example='"name"', beside="file")
    name_zh: str | None = option("text", default=None, example='"name_zh"', beside="file")
    aliases: Path | None = option("path", default=None, example='"aliases.csv"')


@dataclass(frozen=True)
class TablePlan:
    """One table of figures."""

    file: Path = option("path", example='"table.csv"')
    region: str = option("text", example='"adcode"')
    year: str | None = option(
        "text", default=None, example='"year"', only_with=("layout", ("long",))
    )
    layout: str = option("choice", default="long", allowed=("long", "wide"))
    indicator: str | None = option(
        "text",
        default=None,
        example='"revenue"',
        only_with=("layout", ("wide",)),
        needed_with=("layout", ("wide",)),
    )
    exclude: tuple[str, ...] = option("names", default=(), example='["Tibet"]')
    sheet: str | None = option("text", default=None, example='"Sheet1"')
    encoding: str | None = option("encoding", default=None, example='"gb18030"')
    delimiter: str | None = option("delimiter", default=None, example='";"')
    missing: tuple[str, ...] | None = option(
        "marks", default=None, example='["", "-", "—", "..", "NA", "n/a", "缺失"]'
    )


@dataclass(frozen=True)
class FrameworkPlan:
    """The indicator framework: a shipped one by name, or a file."""

    file: str | Path = option("framework", example='"high_tech"')
    deflator: str | None = option("text", default=None, example='"price_index"')


@dataclass(frozen=True)
class CleaningPlan:
    """Outliers and missing cells."""

    outliers: str = option(
        "choice", default="none", allowed=("none", "quantile", "iqr", "skewness")
    )
    lower: float = option(
        "number", default=0.02, least=0, most=0.5, only_with=("outliers", ("quantile",))
    )
    upper: float = option(
        "number", default=0.98, least=0.5, most=1, only_with=("outliers", ("quantile",))
    )
    fence: float = option("number", default=1.5, least=0, only_with=("outliers", ("iqr",)))
    most: int = option("integer", default=5, least=1, only_with=("outliers", ("skewness",)))
    limits_without: tuple[str, ...] = option(
        "names",
        default=(),
        example='["Tibet"]',
        only_with=("outliers", ("quantile", "iqr", "skewness")),
    )
    missing: tuple[str, ...] = option(
        "choices",
        default=("interpolate", "nearest", "median"),
        allowed=("interpolate", "nearest", "median"),
    )
    median_of: str = option("choice", default="zone", allowed=("zone", "year"))


@dataclass(frozen=True)
class ScalingPlan:
    """How indicators are brought to [0, 1]."""

    method: str = option(
        "choice",
        default="pooled",
        allowed=("pooled", "per_year", "fixed", "zscore", "rank", "target"),
    )
    goalposts: Mapping[str, tuple[float, float]] | None = option(
        "pairs_by_code",
        default=None,
        example="{ A1 = [0, 100], A2 = [0, 1] }",
        only_with=("method", ("fixed",)),
        needed_with=("method", ("fixed",)),
    )
    targets: Mapping[str, float] | None = option(
        "numbers_by_code",
        default=None,
        example="{ A1 = 100, A2 = 0.8 }",
        only_with=("method", ("target",)),
        needed_with=("method", ("target",)),
    )


@dataclass(frozen=True)
class WeightsPlan:
    """Which weights the composite uses."""

    method: str = option(
        "choice",
        default="published",
        allowed=(
            *("published", "equal", "entropy", "ahp", "improved_ahp", "combined", "own"),
            *("critic", "variation", "pca"),
        ),
    )
    values: Mapping[str, float] | None = option(
        "numbers_by_code",
        default=None,
        example="{ A1 = 0.6, A2 = 0.4 }",
        only_with=("method", ("own",)),
        needed_with=("method", ("own",)),
    )
    judgements: tuple[Path, ...] = option(
        "paths",
        default=(),
        example='["judgements.csv"]',
        needed_with=("method", ("ahp", "improved_ahp")),
    )
    improved_form: str = option(
        "choice",
        default="three_scale",
        allowed=("three_scale", "optimal_transfer"),
        only_with=("method", ("improved_ahp",)),
    )
    combine: str = option(
        "choice",
        default="geometric",
        allowed=("geometric", "additive", "game"),
        only_with=("method", ("combined",)),
    )


@dataclass(frozen=True)
class CompositePlan:
    """How indicators become one number."""

    how: str = option(
        "choice",
        default="arithmetic",
        allowed=("arithmetic", "geometric", "harmonic", "generalized", "mazziotta_pareto"),
    )
    power: float = option(
        "number", default=0.5, least=-20, most=20, only_with=("how", ("generalized",))
    )


@dataclass(frozen=True)
class GradesPlan:
    """Where the grades part."""

    method: str = option("choice", default="cuts", allowed=("cuts", "quantile", "jenks"))
    cuts: tuple[float, ...] = option(
        "cuts", default=(0.2, 0.4, 0.6, 0.8), only_with=("method", ("cuts",))
    )


@dataclass(frozen=True)
class GroupsPlan:
    """Zones, belts, clusters and areas; nothing set means the bundled ones for the provinces."""

    file: Path | None = option("path", default=None, example='"groups.toml"')


def _of_rules(name: str) -> dict[str, Any]:
    """Give the neighbor rules with which an option means something, and which need it."""
    with_it, need_it = rules_taking(name), rules_taking(name, needed=True)
    needed = {"needed_with": ("rule", need_it)} if need_it else {}
    return {"only_with": ("rule", with_it), **needed}


@dataclass(frozen=True)
class NeighborsPlan:
    """Who is whose neighbor."""

    rule: str = option(
        "choice",
        default="queen",
        allowed=tuple(NEIGHBOR_RULES),
    )
    k: int = option("integer", default=4, least=1, **_of_rules("k"))
    km: float | None = option(
        "number",
        default=None,
        example="500.0",
        least=0,
        **_of_rules("km"),
    )
    variable: str | None = option(
        "text",
        default=None,
        example='"grp"',
        **_of_rules("variable"),
    )
    share: float = option("number", default=0.5, least=0, most=1, **_of_rules("share"))
    file: Path | None = option(
        "path",
        default=None,
        example='"neighbors.csv"',
        **_of_rules("file"),
    )
    standardize: bool = option("truth", default=True, example="false")
    islands: str = option(
        "choice",
        default="link",
        allowed=("link", "leave"),
        **_of_rules("islands"),
    )
    tolerance: float | None = option(
        "number", default=None, example="100.0", least=0, **_of_rules("tolerance")
    )


@dataclass(frozen=True)
class OutputPlan:
    """How files are written."""

    bom: bool = option("truth", default=False, example="true")
    figures: tuple[str, ...] | None = option(
        "figures", default=None, example='["graded_map", "zone_trends"]'
    )


def options_of(section: type) -> dict[str, Option]:
    """Give the options of a section's dataclass by key, in the order in which they stand."""
    found = {each.name: each.metadata.get("option") for each in fields(section)}
    return {key: option for key, option in found.items() if option is not None}


#: Sections of study.toml in the order in which they are explained.
SECTIONS: Mapping[str, type] = {
    "boundaries": BoundariesPlan,
    "table": TablePlan,
    "framework": FrameworkPlan,
    "cleaning": CleaningPlan,
    "scaling": ScalingPlan,
    "weights": WeightsPlan,
    "composite": CompositePlan,
    "grades": GradesPlan,
    "groups": GroupsPlan,
    "neighbors": NeighborsPlan,
    "analyses": AnalysesPlan,
    "uncertainty": UncertaintyPlan,
    "fuzzy": FuzzyPlan,
    "space": SpacePlan,
    "regression": RegressionPlan,
    "dynamics": DynamicsPlan,
    "chain": ChainPlan,
    "what_if": WhatIfPlan,
    "regressions": FurtherRegressionPlan,
    "output": OutputPlan,
}

#: Sections of which a study may have several.
REPEATED: Mapping[str, type] = {
    "tables": TablePlan,
    "what_if": WhatIfPlan,
    "regressions": FurtherRegressionPlan,
}
