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

from geo_resilience.evaluation import AGGREGATIONS, CUTS, GRADINGS, WEIGHT_METHODS
from geo_resilience.indicators import FILL_METHODS, OUTLIER_METHODS, SCALINGS
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


#: Means whose power a study chooses.
_POWERS = tuple(each for each in AGGREGATIONS.values() if each.power is not None)

_Rule = tuple[str, tuple[str, ...]]


def _capping(name: str) -> _Rule:
    """Give the rules for outliers that use an option."""
    used = tuple(each.name for each in OUTLIER_METHODS.values() if name in each.options)
    return "outliers", used


def _that_need(methods: Mapping[str, Any], what: str) -> _Rule:
    """Give the methods that need something."""
    return "method", tuple(each.name for each in methods.values() if each.needs == what)


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
        "choice", default="none", allowed=("none", *OUTLIER_METHODS), meanings="outliers"
    )
    lower: float = option("number", default=0.02, least=0, most=0.5, only_with=_capping("lower"))
    upper: float = option("number", default=0.98, least=0.5, most=1, only_with=_capping("upper"))
    fence: float = option("number", default=1.5, least=0, only_with=_capping("fence"))
    most: int = option("integer", default=5, least=1, only_with=_capping("most"))
    limits_without: tuple[str, ...] = option(
        "names",
        default=(),
        example='["Tibet"]',
        only_with=("outliers", tuple(OUTLIER_METHODS)),
    )
    missing: tuple[str, ...] = option(
        "choices", default=tuple(FILL_METHODS), allowed=tuple(FILL_METHODS), meanings="filling"
    )
    median_of: str = option("choice", default="zone", allowed=("zone", "year"))


@dataclass(frozen=True)
class ScalingPlan:
    """How indicators are brought to [0, 1]."""

    method: str = option(
        "choice",
        default="pooled",
        allowed=tuple(SCALINGS),
        meanings="scaling",
    )
    goalposts: Mapping[str, tuple[float, float]] | None = option(
        "pairs_by_code",
        default=None,
        example="{ A1 = [0, 100], A2 = [0, 1] }",
        only_with=_that_need(SCALINGS, "goalposts"),
        needed_with=_that_need(SCALINGS, "goalposts"),
    )
    targets: Mapping[str, float] | None = option(
        "numbers_by_code",
        default=None,
        example="{ A1 = 100, A2 = 0.8 }",
        only_with=_that_need(SCALINGS, "targets"),
        needed_with=_that_need(SCALINGS, "targets"),
    )


@dataclass(frozen=True)
class WeightsPlan:
    """Which weights the composite uses."""

    method: str = option(
        "choice",
        default="published",
        allowed=tuple(WEIGHT_METHODS),
        meanings="weights",
    )
    values: Mapping[str, float] | None = option(
        "numbers_by_code",
        default=None,
        example="{ A1 = 0.6, A2 = 0.4 }",
        only_with=_that_need(WEIGHT_METHODS, "stated"),
        needed_with=_that_need(WEIGHT_METHODS, "stated"),
    )
    judgements: tuple[Path, ...] = option(
        "paths",
        default=(),
        example='["judgements.csv"]',
        needed_with=_that_need(WEIGHT_METHODS, "judgements"),
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
        only_with=_that_need(WEIGHT_METHODS, "weights"),
    )


@dataclass(frozen=True)
class CompositePlan:
    """How indicators become one number."""

    how: str = option(
        "choice",
        default="arithmetic",
        allowed=tuple(AGGREGATIONS),
        meanings="mean",
    )
    power: float = option(
        "number",
        default=next(each.power for each in _POWERS),
        least=-20,
        most=20,
        only_with=("how", tuple(each.name for each in _POWERS)),
    )


@dataclass(frozen=True)
class GradesPlan:
    """Where the grades part."""

    method: str = option("choice", default="cuts", allowed=tuple(GRADINGS), meanings="grades")
    cuts: tuple[float, ...] = option("cuts", default=CUTS, only_with=("method", ("cuts",)))


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
