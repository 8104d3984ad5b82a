"""What a run hands on: the tables that become the files, and what they were made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.notes import Note
from geo_resilience.results._found import Found
from geo_resilience.results._ranking import ranking_html, ranking_markdown
from geo_resilience.tables import Context

if TYPE_CHECKING:
    from geo_resilience.indicators import Framework, Panel
    from geo_resilience.regions import Grouping, Regions
    from geo_resilience.spatial import Neighbors


@dataclass(frozen=True)
class Results:
    """A study as found.

    ``results["scores"]`` gives the table of ``scores.csv`` (plain index, ``adcode`` as text);
    where the name is free it is an attribute too (``results.scores``).

    Parameters
    ----------
    title, language : str
        As the study file has them.
    plan : mapping
        The study as asked, without any absolute path.
    regions : Regions
        Every region of the boundaries, excluded ones too.
    excluded : tuple of str
        Keys of the regions that the study leaves out.
    groupings : mapping
        Zones, belts, clusters and areas by name; empty without groups.
    framework : Framework
    panel : Panel
        Standardized indicators, variables and the trace.
    raw : DataFrame
        Indicators as measured, before anything was capped, filled or scaled.
    neighbors : Neighbors
    found : Found
        What the run settled on where the study asked for a method: grading, weights, years.
    tables : mapping
        DataFrames by the stem of their file.
    notes : tuple of Note
        Judgement calls, in the order in which they were made.
    provenance : mapping
        Versions, seed, plan and the SHA-256 of every input.
    opens_in : str, optional
        Language in which the atlas opens where the study fixes it; None: that of the browser.
    """

    title: str
    language: str
    plan: Mapping[str, Any]
    regions: Regions
    excluded: tuple[str, ...]
    groupings: Mapping[str, Grouping]
    framework: Framework
    panel: Panel
    raw: pd.DataFrame
    neighbors: Neighbors
    tables: Mapping[str, pd.DataFrame]
    notes: tuple[Note, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    opens_in: str | None = None
    found: Found = field(default_factory=Found)

    def __getitem__(self, stem: str) -> pd.DataFrame:
        """Give the table of a file by its stem."""
        if stem not in self.tables:
            raise KeyError(f"no table {stem!r}; there are {', '.join(self.tables)}")
        return self.tables[stem]

    def __getattr__(self, name: str) -> pd.DataFrame:
        tables = self.__dict__.get("tables", {})
        if name in tables:
            return tables[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.tables})

    def __repr__(self) -> str:
        return f"<Results {self.title!r}: {', '.join(self.tables)}; {len(self.notes)} notes>"

    @property
    def context(self) -> Context:
        """What columns of its tables are named after."""
        return Context.of(self.framework, self.found.grading.names)

    @property
    def years(self) -> list[int]:
        """Years of the study in order."""
        return sorted(map(int, self.tables["scores"]["year"].unique()))

    def in_year(self, year: int | None = None) -> pd.DataFrame:
        """Give the scores of one year by key; the last year unless another is named.

        Raises
        ------
        InputError
            If the study has no such year.
        """
        scores = self.tables["scores"]
        chosen = self.years[-1] if year is None else year
        if chosen not in self.years:
            raise InputError("study.no_such_year", year=year, known=self.years)
        return scores[scores["year"] == chosen].set_index("adcode")

    def to_markdown(self, year: int | None = None, *, language: str | None = None) -> str:
        """Give the ranking of a year as a Markdown table.

        Parameters
        ----------
        year : int, optional
            The last one by default.
        language : str, optional
            Of heads, names and grades; the study's by default.

        Returns
        -------
        str
            Columns stand below each other in a fixed pitch, where a Chinese character takes two.
        """
        return ranking_markdown(self, year, language)

    def to_html(self, year: int | None = None, *, language: str | None = None) -> str:
        """Give the ranking of a year as an HTML table that pastes into Word, grades colored.

        Parameters
        ----------
        year, language
            As in `to_markdown`.

        Returns
        -------
        str
            One table with every style inline, since word processors drop style sheets.
        """
        return ranking_html(self, year, language)
