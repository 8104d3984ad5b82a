"""Who tells: results in one language for one audience, and where each number is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience import tables
from geo_resilience.maps.drawing._texts import names_by_language
from geo_resilience.report._blocks import Audience, Finding
from geo_resilience.results import Results
from geo_resilience.results._changes import p_text, percent
from geo_resilience.statistics._certainty import CERTAINTIES
from geo_resilience.words import Cell, Cited, joined, say

#: Letters of a name that a sentence holds; of longer ones it holds the beginning and the end.
LONGEST, _END = 72, 23

#: Written where there is no number.
BLANK = "–"


def _few(value: float) -> str:
    """Write four digits that count, all of a large number, never with an exponent."""
    if abs(value) >= 1000:
        return f"{value:,.0f}".replace("-", "\u2212")
    told = np.format_float_positional(value, 4, unique=False, fractional=False, trim="-")
    return str(told).replace("-", "\u2212")


#: How numbers are written, by what they are.
_WAYS: dict[str, Callable[[float], str]] = {
    "few": _few,
    "p": p_text,
    "percent": percent,
    "points": lambda value: f"{100 * value:.1f}".replace("-", "\u2212"),
    "whole": lambda value: f"{value:,.0f}",
}


@dataclass(frozen=True, eq=False)
class Teller:
    """Results told in a language; `cite` writes a number and says which cell it stands in."""

    results: Results
    language: str
    audience: Audience = "full"

    def say(self, key: str, /, **values: object) -> str:
        """Word a sentence."""
        return say(key, self.language, **values)

    def rows(self, stem: str, **chosen: Any) -> pd.DataFrame:
        """Give the rows of a table whose columns have given values; its index counts its rows."""
        return tables.of(self.results, stem, **chosen)

    def last(self, stem: str, **chosen: Any) -> pd.DataFrame:
        """Give such rows of the last year."""
        return self.rows(stem, year=self.results.years[-1], **chosen)

    def cite(
        self, stem: str, rows: pd.DataFrame, label: Any, column: str, how: str = ".3f"
    ) -> Cited:
        """Write the number of a cell.

        how is a format, ``p``, ``percent`` (whole), ``points`` (percent with a decimal),
        ``whole`` or ``few`` (four digits that count).
        """
        value = rows.at[label, column]
        return Cited(self.number(value, how)).cited(self.cell(stem, label, column))

    def cell(self, stem: str, label: Any, column: str) -> Cell:
        """Give the cell of a table by the label of its row."""
        return Cell(self.file(stem), int(label) + 1, column)

    @cached_property
    def _files(self) -> dict[str, str]:
        held, formats = self.results.tables.items(), self.results.found.form.formats
        return {stem: tables.CATALOG[stem].files(table, formats)[0] for stem, table in held}

    def file(self, stem: str) -> str:
        """Name the file of a table of the results: CSV, or Parquet where it is large."""
        return self._files[stem]

    def counted(self, stem: str, rows: pd.DataFrame, column: str) -> Cited:
        """Write how many rows there are, citing what was counted."""
        cells = (self.cell(stem, label, column) for label in rows.index)
        return Cited(f"{len(rows):,}").cited(*cells)

    def number(self, value: Any, how: str = ".3f") -> str:
        """Write a number with a true minus sign; a dash where there is none."""
        if pd.isna(value):
            return BLANK
        way = _WAYS.get(how)
        return way(value) if way else f"{value:{how}}".replace("-", "\u2212")

    def joined(self, parts: Sequence[str], what: str = "items") -> str:
        """Join names, parts or sentences with the marks of the language."""
        return joined(parts, self.language, what)

    def held(self, finding: str, item: str = "composite") -> str:
        """Say in how many other indices a finding of the last year holds; nothing if not asked."""
        rows = self.last("holds", finding=finding, item=item)
        rows = rows[rows["holds"].notna()]
        if rows.empty:
            return ""
        share = self.cite("holds", rows, rows.index[0], "holds", "percent")
        return self.say("report.held", share=share)

    def claimed(self, finding: Finding) -> str:
        """Write the claim of a finding with its word of certainty; one that is open says so."""
        if finding.certainty not in CERTAINTIES[:2]:
            return finding.claim
        word = self.say(f"certainty.{finding.certainty}")
        return self.say("report.claimed", claim=finding.claim, word=word)

    def paired(self, finding: Finding) -> str:
        """Write a finding as a sentence: its claim, and its numbers behind."""
        return self.say("report.pair", claim=self.claimed(finding), numbers=finding.numbers)

    def span_of(self, years: str) -> str:
        """Write a span of years, ``2019-2020``, with the dash of the language."""
        return years.replace("-", self.say("mark.span"))

    @cached_property
    def names(self) -> pd.Series:
        """Names of the regions by key."""
        frame = self.results.regions.frame
        return pd.Series(names_by_language(frame)[self.language], index=frame.index.astype(str))

    def name(self, key: object) -> str:
        """Give a region's name."""
        return held_short(str(self.names.get(str(key), key)))

    def grade(self, grade: object) -> str:
        """Word a grade."""
        return say(f"grade.{grade}", self.language)

    def variable(self, code: str) -> str:
        """Name the composite, a dimension, an indicator or a variable."""
        if code == "composite":
            return say("atlas.composite", self.language)
        return held_short(str(self.results.framework.called(code)[self.language]))

    def year(self, year: int) -> str:
        """Write a year; a study without years has one period."""
        return say("summary.year" if year else "summary.no_year", self.language, year=year)

    @property
    def span(self) -> tuple[int, int]:
        """First and last year."""
        years = self.results.years
        return years[0], years[-1]


def held_short(name: str) -> str:
    """Give a name as a sentence holds it: whole, or its beginning and its end.

    Examples
    --------
    >>> held_short("Beijing"), len(held_short("a" * 300))
    ('Beijing', 72)
    """
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - _END - 1].rstrip()}…{name[-_END:].lstrip()}"
