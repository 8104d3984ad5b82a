# ruff: noqa: RUF009 - option() is dataclasses.field() with metadata
"""The study as asked: study.toml, read and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geo_resilience.databases import Address, DatabaseQuery
from geo_resilience.notes import Note
from geo_resilience.regions._formats import companions
from geo_resilience.statistics._repetitions import PERMUTATIONS
from geo_resilience.study._folder import Maker, maker_of
from geo_resilience.study._plan_chain import ChainPlan, WhatIfPlan
from geo_resilience.study._plan_options import option
from geo_resilience.study._plan_sections import (
    REPEATED,
    SECTIONS,
    AnalysesPlan,
    BoundariesPlan,
    CleaningPlan,
    CompositePlan,
    ContextPlan,
    DynamicsPlan,
    FrameworkPlan,
    FurtherRegressionPlan,
    FuzzyPlan,
    GradesPlan,
    GroupsPlan,
    MapPlan,
    NeighborsPlan,
    OutputPlan,
    RastersPlan,
    RecordsPlan,
    RegressionPlan,
    ReportPlan,
    ScalingPlan,
    SpacePlan,
    StoryPlan,
    TablePlan,
    UncertaintyPlan,
    WeightsPlan,
    options_of,
)
from geo_resilience.words import LANGUAGES


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A study as asked, checked: every key of study.toml with its value or default.

    Parameters
    ----------
    file : str
        Name of the study file; empty for a mapping.
    opens_in : str, optional
        The language where it was named, in the study or when it was read; None where it was not.
    folder : Path
        Folder from which the study's relative paths start.
    names : mapping
        How the study names its files, by their full path: what may stand in provenance.json.
    notes : tuple of Note
        Judgement calls made while reading.
    """

    title: str = option("title", default="", example='"My study"')
    title_zh: str = option("title", default="", example='"我的研究"')
    source: str = option("title", default="", example='"Statistical Yearbook 2024"')
    source_zh: str = option("title", default="", example='"《统计年鉴2024》"')
    language: str = option("choice", default="en", allowed=LANGUAGES)
    seed: int = option("integer", default=0, least=0, most=2**63 - 1)
    years: tuple[int, ...] | None = option("years", example="[2022, 2023]")
    permutations: int | None = option(
        "integer", least=99, most=10_000_000, example=str(PERMUTATIONS)
    )
    tables: tuple[TablePlan, ...]
    framework: FrameworkPlan
    records: tuple[RecordsPlan, ...] = ()
    rasters: tuple[RastersPlan, ...] = ()
    boundaries: BoundariesPlan = BoundariesPlan()
    cleaning: CleaningPlan = CleaningPlan()
    scaling: ScalingPlan = ScalingPlan()
    weights: WeightsPlan = WeightsPlan()
    composite: CompositePlan = CompositePlan()
    grades: GradesPlan = GradesPlan()
    groups: GroupsPlan = GroupsPlan()
    map: MapPlan = MapPlan()
    context: tuple[ContextPlan, ...] = ()
    neighbors: NeighborsPlan = NeighborsPlan()
    analyses: AnalysesPlan = AnalysesPlan()
    uncertainty: UncertaintyPlan = UncertaintyPlan()
    fuzzy: FuzzyPlan = FuzzyPlan()
    space: SpacePlan = SpacePlan()
    regression: RegressionPlan = RegressionPlan()
    dynamics: DynamicsPlan = DynamicsPlan()
    chain: ChainPlan = ChainPlan()
    what_if: tuple[WhatIfPlan, ...] = ()
    regressions: tuple[FurtherRegressionPlan, ...] = ()
    story: tuple[StoryPlan, ...] = ()
    output: OutputPlan = OutputPlan()
    report: ReportPlan = ReportPlan()
    file: str = ""
    opens_in: str | None = None
    folder: Path = field(default_factory=Path.cwd)
    names: Mapping[Path, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    @property
    def exclude(self) -> tuple[str, ...]:
        """Regions that any of the tables leaves out, as the study spells them."""
        sections: tuple[Any, ...] = (*self.tables, *self.records, *self.rasters)
        return tuple(dict.fromkeys(name for section in sections for name in section.exclude))

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

    @property
    def queries(self) -> list[DatabaseQuery]:
        """What the study asks of databases."""
        sections: tuple[BoundariesPlan | TablePlan, ...] = (self.boundaries, *self.tables)
        return [query for query in map(self.query_of, sections) if query is not None]

    def query_of(self, section: BoundariesPlan | TablePlan) -> DatabaseQuery | None:
        """Give what a section asks of a database; None where it names a file or nothing."""
        if section.url is None:
            return None
        where = "[boundaries]"
        if isinstance(section, TablePlan):
            place = next(n for n, each in enumerate(self.tables, start=1) if each is section)
            where = f"[[tables]] {place}" if len(self.tables) > 1 else "[table]"
        where = f"{self.file} {where}".strip()
        return DatabaseQuery(section.url, where, section.query, section.table)

    @property
    def maker(self) -> Maker:
        """By what the folder of its results knows this study again."""
        return maker_of({"study_file": self.file, "plan": self.echo()})

    def _paths(self) -> Iterator[Path]:
        single = [
            getattr(self, name) for name, kind in SECTIONS.items() if kind not in REPEATED.values()
        ]
        sections = [*single, *self.tables, *self.records, *self.rasters, *self.context]
        for section in sections:
            for key in options_of(type(section)):
                value = getattr(section, key)
                values = value if isinstance(value, tuple) else (value,)
                files = [each for each in values if isinstance(each, Path)]
                yield from (part for file in files for part in (file, *companions(file)))

    def echo(self) -> dict[str, Any]:
        """Give the plan as plain values, defaults included, without any absolute path.

        What has no effect beside another choice (cuts where grades are quantiles) is left out.
        """
        out = {key: self._plain(getattr(self, key)) for key in options_of(Plan)}
        for name, section in SECTIONS.items():
            if section not in REPEATED.values():
                out[name] = self._echo_of(getattr(self, name))
        out["tables"] = [self._echo_of(table) for table in self.tables]
        out["records"] = [self._echo_of(records) for records in self.records]
        out["rasters"] = [self._echo_of(rasters) for rasters in self.rasters]
        out["map"]["context"] = [self._echo_of(layer) for layer in self.context]
        out["what_if"] = [self._echo_of(supposition) for supposition in self.what_if]
        out["story"] = [self._echo_of(stop) for stop in self.story]
        out["regressions"] = [self._echo_of(question) for question in self.regressions]
        return out

    def _echo_of(self, section: Any) -> dict[str, Any]:
        return {
            key: self._plain(getattr(section, key))
            for key, option in options_of(type(section)).items()
            if option.counts(section)
        }

    def _plain(self, value: Any) -> Any:
        if isinstance(value, Path):
            return self.name_of(value)
        if isinstance(value, Address):
            return value.shown
        if isinstance(value, Mapping):
            return {key: self._plain(each) for key, each in value.items()}
        return [self._plain(each) for each in value] if isinstance(value, tuple) else value
