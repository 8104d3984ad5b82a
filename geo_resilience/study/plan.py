# ruff: noqa: RUF009 - option() is dataclasses.field() with metadata
"""The study as asked: one frozen dataclass a section of study.toml.

A field's type, default, allowed values and explanation key stand together in its declaration;
reading, the echo in provenance.json and the commented study.toml all follow from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from geo_resilience.notes import Note
from geo_resilience.study.plan_options import Option, option
from geo_resilience.words import LANGUAGES

__all__ = [
    "SECTIONS",
    "BoundariesPlan",
    "CleaningPlan",
    "CompositePlan",
    "FrameworkPlan",
    "GradesPlan",
    "GroupsPlan",
    "NeighborsPlan",
    "OutputPlan",
    "Plan",
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

    method: str = option("choice", default="pooled", allowed=("pooled", "per_year", "fixed"))
    goalposts: Mapping[str, tuple[float, float]] | None = option(
        "pairs_by_code",
        default=None,
        example="{ A1 = [0, 100], A2 = [0, 1] }",
        only_with=("method", ("fixed",)),
        needed_with=("method", ("fixed",)),
    )


@dataclass(frozen=True)
class WeightsPlan:
    """Which weights the composite uses."""

    method: str = option(
        "choice",
        default="published",
        allowed=("published", "equal", "entropy", "ahp", "combined", "own"),
    )
    values: Mapping[str, float] | None = option(
        "numbers_by_code",
        default=None,
        example="{ A1 = 0.6, A2 = 0.4 }",
        only_with=("method", ("own",)),
        needed_with=("method", ("own",)),
    )
    judgements: tuple[Path, ...] = option(
        "paths", default=(), example='["expert_1.csv"]', needed_with=("method", ("ahp",))
    )


@dataclass(frozen=True)
class CompositePlan:
    """How indicators become one number."""

    how: str = option(
        "choice", default="arithmetic", allowed=("arithmetic", "geometric", "harmonic")
    )


@dataclass(frozen=True)
class GradesPlan:
    """Where the grades part."""

    cuts: tuple[float, ...] = option("cuts", default=(0.2, 0.4, 0.6, 0.8))


@dataclass(frozen=True)
class GroupsPlan:
    """Zones, belts, clusters and areas; nothing set means the bundled ones for the provinces."""

    file: Path | None = option("path", default=None, example='"groups.toml"')


@dataclass(frozen=True)
class NeighborsPlan:
    """Who is whose neighbor."""

    rule: str = option("choice", default="queen", allowed=("queen", "rook", "k_nearest"))
    k: int = option("integer", default=4, least=1, only_with=("rule", ("k_nearest",)))
    islands: str = option(
        "choice", default="link", allowed=("link", "leave"), only_with=("rule", ("queen", "rook"))
    )
    tolerance: float | None = option(
        "number", default=None, example="100.0", least=0, only_with=("rule", ("queen", "rook"))
    )


@dataclass(frozen=True)
class OutputPlan:
    """How files are written."""

    bom: bool = option("truth", default=False, example="true")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A study as asked, checked: every key of study.toml with its value or default.

    Parameters
    ----------
    folder : Path
        Folder from which the study's relative paths start.
    names : mapping
        How the study names its files, by their full path: what may stand in provenance.json.
    notes : tuple of Note
        Judgement calls made while reading.
    """

    title: str = option("title", default="", example='"My study"')
    title_zh: str = option("title", default="", example='"我的研究"')
    language: str = option("choice", default="en", allowed=LANGUAGES)
    seed: int = option("integer", default=0, least=0, most=2**63 - 1)
    years: tuple[int, ...] | None = option("years", default=None, example="[2022, 2023]")
    permutations: int | None = option(
        "integer", default=None, least=99, most=10_000_000, example="9999"
    )
    tables: tuple[TablePlan, ...]
    framework: FrameworkPlan
    boundaries: BoundariesPlan = BoundariesPlan()
    cleaning: CleaningPlan = CleaningPlan()
    scaling: ScalingPlan = ScalingPlan()
    weights: WeightsPlan = WeightsPlan()
    composite: CompositePlan = CompositePlan()
    grades: GradesPlan = GradesPlan()
    groups: GroupsPlan = GroupsPlan()
    neighbors: NeighborsPlan = NeighborsPlan()
    output: OutputPlan = OutputPlan()
    folder: Path = field(default_factory=Path.cwd)
    names: Mapping[Path, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    @property
    def heading(self) -> str:
        """The title in the study's language, where there is one in it."""
        return (self.title_zh if self.language == "zh" else "") or self.title

    @property
    def exclude(self) -> tuple[str, ...]:
        """Regions that any of the tables leaves out, as the study spells them."""
        return tuple(dict.fromkeys(name for table in self.tables for name in table.exclude))

    @property
    def missing(self) -> tuple[str, ...] | None:
        """Marks of a missing cell, of all tables together; None when no table names any."""
        named = [table.missing for table in self.tables if table.missing is not None]
        return tuple(dict.fromkeys(mark for marks in named for mark in marks)) if named else None

    def name_of(self, path: Path) -> str:
        """Name a file without an absolute path: as the study does, or within its folder."""
        if path in self.names:
            return self.names[path]
        if path.is_relative_to(self.folder):
            return path.relative_to(self.folder).as_posix()
        return path.name

    @property
    def inputs(self) -> dict[str, Path]:
        """Every file that the study names, by its name there."""
        return {self.name_of(path): path for path in self._paths()}

    def _paths(self) -> Iterator[Path]:
        sections = [self.boundaries, *self.tables, self.framework, self.weights, self.groups]
        for section in sections:
            for key in options_of(type(section)):
                value = getattr(section, key)
                values = value if isinstance(value, tuple) else (value,)
                yield from (each for each in values if isinstance(each, Path))

    def echo(self) -> dict[str, Any]:
        """Give the plan as plain values, defaults included, without any absolute path."""
        out = {key: self._plain(getattr(self, key)) for key in options_of(Plan)}
        for name, section in SECTIONS.items():
            if section is not TablePlan:
                out[name] = self._echo_of(getattr(self, name))
        out["tables"] = [self._echo_of(table) for table in self.tables]
        return out

    def _echo_of(self, section: Any) -> dict[str, Any]:
        return {key: self._plain(getattr(section, key)) for key in options_of(type(section))}

    def _plain(self, value: Any) -> Any:
        if isinstance(value, Path):
            return self.name_of(value)
        if isinstance(value, Mapping):
            return {key: self._plain(each) for key, each in value.items()}
        return [self._plain(each) for each in value] if isinstance(value, tuple) else value


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
    "output": OutputPlan,
}
