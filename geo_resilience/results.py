"""What a run hands on: the tables that become the files, and what they were made from."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.notes import Note
from geo_resilience.words import say

if TYPE_CHECKING:
    from geo_resilience.indicators import Framework, Panel
    from geo_resilience.regions import Grouping, Regions
    from geo_resilience.spatial import Neighbors

__all__ = ["GRADE_COLORS", "Note", "Results", "source_of"]

#: Low, Weaker, Medium, Strong, High: light to dark in lightness steps of 13 to 19 (L* 91, 78, 63,
#: 44, 25), so that a gray print keeps the order; neighbors stay at least 18 apart (Lab distance)
#: under simulated deuteranopia and protanopia. Atlas, figures and tables share them.
GRADE_COLORS: tuple[str, ...] = ("#f3e79c", "#7ed49d", "#17a7b4", "#2c6aaa", "#3d2c80")

#: Grades in the order of their colors.
_GRADES = ("Low", "Weaker", "Medium", "Strong", "High")


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
    tables : mapping
        DataFrames by the stem of their file.
    notes : tuple of Note
        Judgement calls, in the order in which they were made.
    provenance : mapping
        Versions, seed, plan and the SHA-256 of every input.
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
    def years(self) -> list[int]:
        """Years of the study in order."""
        return sorted({int(year) for year in self.tables["scores"]["year"]})

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
        heads, rows = self._ranking(year, language)
        lines = [heads, *([cell.replace("|", "\\|") for cell in cells] for _, cells in rows)]
        widths = [max(3, *map(_columns, column)) for column in zip(*lines, strict=True)]
        numbers = [place not in (1, len(heads) - 1) for place in range(len(heads))]
        rule = [
            "-" * (wide - 1) + ":" if number else "-" * wide
            for wide, number in zip(widths, numbers, strict=True)
        ]
        padded = [
            [
                " " * (wide - _columns(cell)) + cell
                if number
                else cell + " " * (wide - _columns(cell))
                for cell, wide, number in zip(line, widths, numbers, strict=True)
            ]
            for line in lines
        ]
        shown = [padded[0], rule, *padded[1:]]
        return "\n".join(f"| {' | '.join(line)} |" for line in shown) + "\n"

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
        heads, rows = self._ranking(year, language)
        fonts = "Calibri,'Microsoft YaHei','Noto Sans CJK SC',sans-serif"
        cell = f"border:1px solid #c9ced3;padding:3px 8px;font-family:{fonts};font-size:10pt"
        sides = ["right", "left", *["right"] * (len(heads) - 3), "left"]
        lines = [
            '<table style="border-collapse:collapse">',
            "<thead><tr>"
            + "".join(
                f'<th style="{cell};background:#eef1f3;text-align:{side}">{html.escape(head)}</th>'
                for head, side in zip(heads, sides, strict=True)
            )
            + "</tr></thead>",
            "<tbody>",
        ]
        for grade, cells in rows:
            looks = [f"{cell};text-align:{side}" for side in sides]
            if grade in _GRADES:
                place = _GRADES.index(grade)
                ink = "#ffffff" if place > 2 else "#1b1f23"
                looks[-1] += f";background:{GRADE_COLORS[place]};color:{ink}"
            told = zip(looks, cells, strict=True)
            row = "".join(f'<td style="{look}">{html.escape(text)}</td>' for look, text in told)
            lines.append(f"<tr>{row}</tr>")
        return "\n".join([*lines, "</tbody>", "</table>"]) + "\n"

    def _ranking(
        self, year: int | None, language: str | None
    ) -> tuple[list[str], list[tuple[str, list[str]]]]:
        """Give heads and, by rank, each region's grade and cells as text."""
        spoken = language or self.language
        if year is not None and year not in self.years:
            raise InputError("results.year_unknown", found=year, known=self.years)
        table = self.in_year(year).sort_values(["rank", "name"], kind="stable")
        names = self.regions.names(spoken)
        dimensions = [each for each in self.framework.dimensions if each.code in table.columns]
        own = [(each.name_zh if spoken == "zh" else "") or each.name for each in dimensions]
        heads = [
            say("table.rank", spoken),
            say("table.region", spoken),
            say("table.composite", spoken),
            *own,
            say("table.grade", spoken),
        ]
        rows = []
        for key, row in table.iterrows():
            grade = str(row["grade"])
            told = say(f"grade.{grade}", spoken) if grade in _GRADES else ""
            numbers = [row["composite"], *(row[each.code] for each in dimensions)]
            cells = ["" if pd.isna(value) else f"{value:.3f}" for value in numbers]
            rank = "" if pd.isna(row["rank"]) else f"{row['rank']:.0f}"
            rows.append((grade, [rank, str(names.get(key, key)), *cells, told]))
        return heads, rows


def _columns(text: str) -> int:
    """Count the columns that a text takes in a fixed pitch."""
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )


def source_of(results: Any, language: str, *, of: str = "index") -> str:
    """Say where the figures of a study come from: as the study names it, else the framework.

    Parameters
    ----------
    results : Results
    language : str
        Where there is no source in it, the one there is.
    of : str
        ``index``, or ``io`` for the input-output tables.

    Returns
    -------
    str
        Empty where none is named.
    """
    plan = getattr(results, "plan", None) or {}
    framework = getattr(results, "framework", None)
    if of == "io":
        chain = plan.get("chain") or {}
        pairs = [(chain.get("io_source"), chain.get("io_source_zh"))]
    else:
        own = getattr(framework, "source", ""), getattr(framework, "source_zh", "")
        pairs = [(plan.get("source"), plan.get("source_zh")), own]
    for pair in pairs:
        first, second = reversed(pair) if language == "zh" else pair
        if first or second:
            return str(first or second).strip()
    return ""
