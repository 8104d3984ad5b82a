# ruff: noqa: RUF009 - option() is dataclasses.field() with metadata
"""The sections of study.toml: one frozen dataclass each, options declared once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from geo_resilience.databases import Address
from geo_resilience.evaluation._aggregation import AGGREGATIONS
from geo_resilience.evaluation._fuzzy import OPERATORS, SHAPES
from geo_resilience.evaluation._grading import CUTS, GRADINGS
from geo_resilience.evaluation.robustness._sources import SOURCES
from geo_resilience.evaluation.weighting._combination import COMBINATIONS
from geo_resilience.evaluation.weighting._improved_ahp import IMPROVED_FORMS
from geo_resilience.evaluation.weighting._methods import WEIGHT_METHODS
from geo_resilience.indicators._imputation import FILL_METHODS
from geo_resilience.indicators._normalization import SCALINGS
from geo_resilience.indicators._outliers import OUTLIER_METHODS
from geo_resilience.indicators.rasters._zonal import STATISTICS
from geo_resilience.regions._base import STYLES
from geo_resilience.spatial._methods import (
    EFFECTS,
    GLOBAL_STATISTICS,
    LABELS,
    LOCAL_STATISTICS,
    NEIGHBOR_RULES,
    REGRESSIONS,
    rules_taking,
)
from geo_resilience.statistics._certainty import ALPHA
from geo_resilience.statistics._repetitions import BOOTSTRAP_DRAWS, NULL_DRAWS, UNCERTAINTY_DRAWS
from geo_resilience.study._plan_chain import ChainPlan, WhatIfPlan
from geo_resilience.study._plan_options import Option, option
from geo_resilience.study.analyses import chosen_by
from geo_resilience.tables import Form
from geo_resilience.text import Text, keys_of

#: What a run looks into beside the index itself.
ANALYSES = chosen_by("analyses.skip")

#: What a study can have beside the Markov chains.
DYNAMICS = chosen_by("dynamics.also")
_EFFECTS = ("choose", "none", *EFFECTS)
_MODELS = ("choose", *REGRESSIONS)


@dataclass(frozen=True)
class AnalysesPlan:
    """What is looked into beside the index itself."""

    skip: tuple[str, ...] = option("choices", default=(), allowed=ANALYSES)


@dataclass(frozen=True)
class UncertaintyPlan:
    """What the simulation lets vary, and how far."""

    draws: int = option("integer", default=UNCERTAINTY_DRAWS, least=100, most=1_000_000)
    weights: str = option("choice", default="dirichlet", allowed=("dirichlet", "uniform"))
    concentration: float = option(
        "number", default=100.0, least=1, most=1e6, only_with=("weights", ("dirichlet",))
    )
    sources: tuple[str, ...] = option(
        "choices",
        default=tuple(SOURCES),
        allowed=tuple(SOURCES),
        meanings="varied",
        example='["weights", "aggregation", "errors"]',
    )
    errors: str | Mapping[str, str] | None = option("errors", example='{ D111 = "3%", D212 = 0.5 }')


@dataclass(frozen=True)
class SpacePlan:
    """Spatial statistics."""

    statistics: tuple[str, ...] = option(
        "choices", default=tuple(GLOBAL_STATISTICS), allowed=tuple(GLOBAL_STATISTICS)
    )
    local: tuple[str, ...] = option(
        "choices", default=("local_moran", "gi_star"), allowed=tuple(LOCAL_STATISTICS)
    )
    labels: str = option("choice", default=LABELS[0], allowed=LABELS)
    alpha: float = option("number", default=ALPHA, least=0.0001, most=0.5)
    draws: int | None = option("integer", example=str(NULL_DRAWS), least=99, most=99_999)
    gap_draws: int | None = option(
        "integer", example=str(BOOTSTRAP_DRAWS), least=99, most=1_000_000
    )
    tested: str = option("choice", default="composite", allowed=("composite", "dimensions"))
    other_rules: tuple[str, ...] = option(
        "choices",
        default=("rook", "k_nearest", "inverse_distance"),
        allowed=tuple(name for name, rule in NEIGHBOR_RULES.items() if not rule.needs),
    )


@dataclass(frozen=True)
class RegressionPlan:
    """What is explained, by what, with which model."""

    dependent: str = option("text", default="composite")
    regressors: tuple[str, ...] = option("codes", default=(), example='["policy", "openness"]')
    averages: Mapping[str, tuple[str, ...]] | None = option(
        "lists_by_code", example='{ digitalization = ["broadband", "mobile"] }'
    )
    names: Mapping[str, str] | None = option(
        "texts_by_code", example='{ digitalization = "Digitalization" }'
    )
    names_zh: Mapping[str, str] | None = option(
        "texts_by_code", example='{ digitalization = "数字化水平" }'
    )
    interaction: str | None = option("text", example='"digitalization"')
    without: tuple[str, ...] = option("codes", default=(), example='["D112"]')
    effects: str = option("choice", default="two-way", allowed=_EFFECTS)
    model: str = option("choice", default="slx", allowed=_MODELS)

    @property
    def called(self) -> dict[str, Text]:
        """What the study calls its regressors, by code."""
        named = {key: getattr(self, key, None) or {} for key in keys_of("names").values()}
        codes = dict.fromkeys(code for names in named.values() for code in names)
        return {
            code: Text.of({key: names.get(code) for key, names in named.items()}, "names")
            for code in codes
        }


@dataclass(frozen=True)
class FurtherRegressionPlan:
    """A further question: other regressors, and the composite without what they contain."""

    name: str = option("text", example='"innovation"', required=True)
    regressors: tuple[str, ...] = option("codes", example='["policy", "openness"]', required=True)
    dependent: str = option("text", default="composite")
    interaction: str | None = option("text", example='"policy"')
    without: tuple[str, ...] = option("codes", default=(), example='["D112"]')
    effects: str = option("choice", default="two-way", allowed=_EFFECTS)
    model: str = option("choice", default="slx", allowed=_MODELS)


@dataclass(frozen=True)
class DynamicsPlan:
    """How the distribution moves."""

    classes: int = option("integer", default=4, least=2, most=10)
    also: tuple[str, ...] = option("choices", default=(), allowed=DYNAMICS)


@dataclass(frozen=True)
class FuzzyPlan:
    """How memberships of the grades are made and joined."""

    shape: str = option("choice", default="triangular", allowed=tuple(SHAPES))
    operator: str = option("choice", default="product_sum", allowed=tuple(OPERATORS))


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


#: A query stands in the place of a table, and one of the two beside the address of a database.
_ASKED: Mapping[str, Any] = {"beside": "url", "rival": "table", "one_needed": True}


@dataclass(frozen=True)
class BoundariesPlan:
    """Where the regions come from; nothing set means the bundled provinces."""

    file: Path | None = option("path", example='"boundaries.geojson"', rival="url")
    url: Address | None = option("url", example='"postgresql://planner@db.example/geography"')
    query: str | None = option("text", example='"SELECT code, name, geom FROM towns"', **_ASKED)
    table: str | None = option("text", example='"geography.towns"', beside="url")
    layer: str | None = option("text", example='"counties"', beside="file", rival="url")
    crs: str | None = option("text", example='"EPSG:4490"', beside="file", rival="url")
    key: str | None = option("text", example='"code"', beside="file")
    name: str | None = option("text", example='"name"', beside="file")
    name_zh: str | None = option("text", example='"name_zh"', beside="file")
    aliases: Path | None = option("path", example='"aliases.csv"')
    crosswalk: Path | None = option("path", example='"crosswalk.csv"')
    crosswalk_year: int | None = option(
        "integer", least=1, most=9999, example="2011", beside="crosswalk"
    )
    crosswalk_rescale: bool = option("truth", default=False, example="true", beside="crosswalk")


@dataclass(frozen=True, kw_only=True)
class TablePlan:
    """One table of figures."""

    file: Path | None = option("path", example='"table.csv"', rival="url", one_needed=True)
    url: Address | None = option("url", example='"postgresql://planner@db.example/figures"')
    query: str | None = option("text", example='"SELECT * FROM economy"', **_ASKED)
    table: str | None = option("text", example='"statistics.economy"', beside="url")
    region: str = option("text", example='"adcode"', required=True)
    year: str | int | None = option(
        "column_or_year", example='"year"', only_with=("layout", ("long",))
    )
    layout: str = option("choice", default="long", allowed=("long", "wide"))
    indicator: str | None = option(
        "text",
        example='"revenue"',
        only_with=("layout", ("wide",)),
        needed_with=("layout", ("wide",)),
    )
    exclude: tuple[str, ...] = option("names", default=(), example='["Tibet"]')
    sheet: str | None = option("text", example='"Sheet1"', rival="url")
    headings: tuple[int, ...] = option("rows", default=(), example="[2, 3]", rival="url")
    unit_row: int | None = option("integer", least=1, example="4", rival="url")
    year_from: str | None = option(
        "choice",
        allowed=("sheet", "title", "file"),
        example='"sheet"',
        rival="url",
        only_with=("layout", ("long",)),
    )
    encoding: str | None = option("encoding", example='"gb18030"', rival="url")
    delimiter: str | None = option("delimiter", example='";"', rival="url")
    missing: tuple[str, ...] | None = option(
        "marks", example='["", "-", "—", "..", "NA", "n/a", "缺失"]'
    )
    vintage: int | None = option("integer", least=1, most=9999, example="2010")
    intensive: Mapping[str, str] | tuple[str, ...] | None = option(
        "columns_weighed", example='{ unemployment_rate = "labor_force" }'
    )


@dataclass(frozen=True)
class RecordsPlan:
    """Records to count and sum into columns of a table."""

    files: tuple[Path, ...] = option("records", example='["firms/*.parquet"]', required=True)
    year: str | int = option("column_or_year", example='"founded"', required=True)
    name: str = option("title", default="", example='"firms"')
    longitude: str | None = option("text", example='"lon"', beside="latitude")
    latitude: str | None = option("text", example='"lat"', beside="longitude")
    crs: str | None = option("text", example='"EPSG:32650"')
    region: str | None = option("text", example='"county"')
    industry: str | None = option("text", example='"industry"')
    concordance: Path | None = option("path", example='"industries.csv"', beside="industry")
    sum: tuple[str, ...] = option("codes", default=(), example='["revenue"]')
    mean: tuple[str, ...] = option("codes", default=(), example='["employees"]')
    distinct: tuple[str, ...] = option("codes", default=(), example='["owner"]')
    top: tuple[tuple[str, str, int], ...] = option(
        "holders", default=(), example='[["revenue", "owner", 4]]'
    )
    sql: str | None = option("text", example='"SELECT * FROM records WHERE active"')
    exclude: tuple[str, ...] = option("names", default=(), example='["Tibet"]')


@dataclass(frozen=True)
class RastersPlan:
    """Rasters to average and sum into columns of a table."""

    files: tuple[Path, ...] = option("rasters", example='["lights/*.tif"]', required=True)
    name: str = option("title", default="value", example='"lights"')
    year: str | int | None = option("form_or_year", example='"lights_{year}_*.tif"')
    band: int | None = option("integer", least=1, example="1")
    band_years: tuple[int, ...] | None = option("years_as_listed", example="[2012, 2013]")
    statistics: tuple[str, ...] = option("choices", default=(), allowed=STATISTICS)
    classes: Mapping[str, tuple[float, ...]] | None = option(
        "classes", example="{ built = [8], farmed = [1, 2] }"
    )
    density: bool = option("truth", default=False, example="true")
    no_data: tuple[float, ...] = option("numbers", default=(), example="[255]")
    exclude: tuple[str, ...] = option("names", default=(), example='["Tibet"]')


@dataclass(frozen=True)
class FrameworkPlan:
    """The indicator framework: a shipped one by name, or a file."""

    file: str | Path = option("framework", example='"high_tech"', required=True)
    deflator: str | None = option("text", example='"price_index"')


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
        "names", default=(), example='["Tibet"]', only_with=("outliers", tuple(OUTLIER_METHODS))
    )
    screen: Mapping[str, float] | None = option(
        "shares",
        example="{ regions = 0.65, indicators = 0.65 }",
        allowed=("regions", "indicators"),
    )
    screen_by: str = option("choice", default="year", allowed=("year", "all"), beside="screen")
    missing: tuple[str, ...] = option(
        "choices", default=tuple(FILL_METHODS), allowed=tuple(FILL_METHODS), meanings="filling"
    )
    median_of: str = option("choice", default="zone", allowed=("zone", "year"))
    incomplete_windows: str = option("choice", default="keep", allowed=("keep", "blank"))


@dataclass(frozen=True)
class ScalingPlan:
    """How indicators are brought to [0, 1]."""

    method: str = option("choice", default="pooled", allowed=tuple(SCALINGS), meanings="scaling")
    goalposts: Mapping[str, tuple[float, float]] | None = option(
        "pairs_by_code",
        example="{ A1 = [0, 100], A2 = [0, 1] }",
        only_with=_that_need(SCALINGS, "goalposts"),
        needed_with=_that_need(SCALINGS, "goalposts"),
    )
    targets: Mapping[str, float] | None = option(
        "numbers_by_code",
        example="{ A1 = 100, A2 = 0.8 }",
        only_with=_that_need(SCALINGS, "targets"),
        needed_with=_that_need(SCALINGS, "targets"),
    )


@dataclass(frozen=True)
class WeightsPlan:
    """Which weights the composite uses."""

    method: str = option(
        "choice", default="published", allowed=tuple(WEIGHT_METHODS), meanings="weights"
    )
    values: Mapping[str, float] | None = option(
        "numbers_by_code",
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
        allowed=tuple(IMPROVED_FORMS),
        only_with=("method", ("improved_ahp",)),
    )
    combine: str = option(
        "choice",
        default="geometric",
        allowed=tuple(COMBINATIONS),
        only_with=_that_need(WEIGHT_METHODS, "weights"),
    )


@dataclass(frozen=True)
class CompositePlan:
    """How indicators become one number."""

    how: str = option("choice", default="arithmetic", allowed=tuple(AGGREGATIONS), meanings="mean")
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

    file: str | Path | None = option("groups", example='"groups.toml"')


@dataclass(frozen=True)
class MapPlan:
    """The base map, as the user supplies and words it."""

    base: Path | None = option("path", example='"base.gpkg"')
    key: str | None = option("text", example='"code"', beside="base")
    name: str | None = option("text", example='"name"', beside="base")
    name_zh: str | None = option("text", example='"name_zh"', beside="base")
    review_number: str = option("title", default="", example='"GS(2024)0001"')
    base_note: str = option("title", default="", example='"Borders as on the base map."')
    base_note_zh: str = option("title", default="", example='"界线以底图为准。"')
    no_data_note: str = option("title", default="", example='"Hatched: no data."')
    no_data_note_zh: str = option("title", default="", example='"斜线部分资料暂缺。"')


@dataclass(frozen=True)
class ContextPlan:
    """A layer laid over the map for orientation."""

    file: Path = option("path", example='"rivers.gpkg"', required=True)
    name: str = option("title", default="", example='"Rivers"')
    name_zh: str = option("title", default="", example='"河流"')
    style: str = option("choice", default=STYLES[0], allowed=STYLES)


def _of_rules(name: str) -> dict[str, Any]:
    """Give the neighbor rules with which an option means something, and which need it."""
    with_it, need_it = rules_taking(name), rules_taking(name, needed=True)
    needed = {"needed_with": ("rule", need_it)} if need_it else {}
    return {"only_with": ("rule", with_it), **needed}


@dataclass(frozen=True)
class NeighborsPlan:
    """Who is whose neighbor."""

    rule: str = option("choice", default="queen", allowed=tuple(NEIGHBOR_RULES))
    k: int = option("integer", default=4, least=1, **_of_rules("k"))
    km: float | None = option("number", example="500.0", least=0, **_of_rules("km"))
    variable: str | None = option("text", example='"grp"', **_of_rules("variable"))
    share: float = option("number", default=0.5, least=0, most=1, **_of_rules("share"))
    file: Path | None = option("path", example='"neighbors.csv"', **_of_rules("file"))
    standardize: bool = option("truth", default=True, example="false")
    islands: str = option(
        "choice", default="link", allowed=("link", "leave"), **_of_rules("islands")
    )
    tolerance: float | None = option("number", example="100.0", least=0, **_of_rules("tolerance"))


#: Forms in which results are handed over beside the GeoPackage.
FORMATS = ("csv", "parquet", "geoparquet", "geojson", "duckdb")


@dataclass(frozen=True)
class OutputPlan:
    """How files are written."""

    bom: bool = option("truth", default=False, example="true")
    formats: tuple[str, ...] = option(
        "choices", default=("csv",), allowed=FORMATS, example='["csv", "parquet", "duckdb"]'
    )
    spreadsheet_safe: bool = option("truth", default=False, example="true")
    figures: tuple[str, ...] | None = option("figures", example='["graded_map", "zone_trends"]')
    report: bool = option("truth", default=True, example="false")
    story: str = option("choice", default="after", allowed=("after", "instead"))
    database: Address | None = option("url", example='"postgresql://planner@db.example/results"')
    schema: str = option("schema", default="geo_resilience", beside="database")

    @property
    def form(self) -> Form:
        """In which tables are written."""
        return Form.asked(self.formats, bom=self.bom, safe=self.spreadsheet_safe)


@dataclass(frozen=True)
class StoryPlan:
    """A stop of the story: a view of the atlas and what is told of it."""

    view: str = option("text", example='"year=2023&layer=grade&region=Hubei"', required=True)
    text: str = option("title", default="", example='"Hubei is held back by one indicator."')
    text_zh: str = option("title", default="", example='"湖北受制于一项指标。"')


@dataclass(frozen=True)
class ReportPlan:
    """What the cover of a report says, and whether each region has a page."""

    institution: str = option("title", default="", example='"Institute of Regional Studies"')
    institution_zh: str = option("title", default="", example='"区域研究院"')
    date: str = option("title", default="", example='"May 2026"')
    date_zh: str = option("title", default="", example='"2026年5月"')
    profiles: bool = option("truth", default=False, example="true")
    previous: Path | None = option("results", example='"results_2023"')


def options_of(section: type) -> dict[str, Option]:
    """Give the options of a section's dataclass by key, in the order in which they stand."""
    found = {each.name: each.metadata.get("option") for each in fields(section)}
    return {key: option for key, option in found.items() if option is not None}


#: Sections of study.toml in the order in which they are explained.
SECTIONS: Mapping[str, type] = {
    "boundaries": BoundariesPlan,
    "table": TablePlan,
    "records": RecordsPlan,
    "rasters": RastersPlan,
    "framework": FrameworkPlan,
    "cleaning": CleaningPlan,
    "scaling": ScalingPlan,
    "weights": WeightsPlan,
    "composite": CompositePlan,
    "grades": GradesPlan,
    "groups": GroupsPlan,
    "map": MapPlan,
    "map.context": ContextPlan,
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
    "story": StoryPlan,
    "output": OutputPlan,
    "report": ReportPlan,
}

#: Sections of which a study may have several.
REPEATED: Mapping[str, type] = {
    "tables": TablePlan,
    "records": RecordsPlan,
    "rasters": RastersPlan,
    "map.context": ContextPlan,
    "what_if": WhatIfPlan,
    "regressions": FurtherRegressionPlan,
    "story": StoryPlan,
}
