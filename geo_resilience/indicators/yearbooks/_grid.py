"""A sheet as a grid of cells, each known to be blank, a figure, a mark for none, or text."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from geo_resilience.errors import InputError, Problems
from geo_resilience.indicators.yearbooks._names import without_marks
from geo_resilience.tables._cells import is_blank, missing_marks, read_number, read_year
from geo_resilience.tables._headings import spread
from geo_resilience.tables._reading import file_bytes, kind_of, read_rows
from geo_resilience.tables._sheets import NEW, OLD, WorkbookSheet, read_sheets
from geo_resilience.tables._sheetxml import Merge, place_of
from geo_resilience.tables._textfiles import TEXTS

#: What a cell is: blank, a figure, a mark that stands for none, text.
BLANK, FIGURE, MARK, TEXT = "", "figure", "mark", "text"

#: Ends of the names of files that hold tables.
_TABLES = (".xlsx", ".xlsm", ".xls", *TEXTS, ".parquet")


@dataclass(frozen=True, eq=False)
class SheetGrid:
    """A sheet, rows and columns counted from 0.

    - ``raw``: cells as they stand; of merged cells the first holds the text.
    - ``full``: the same with merged cells filled.
    - ``kinds``: what each cell of ``raw`` is.
    """

    file: str
    sheet: str
    raw: list[list[str]]
    merges: Sequence[Merge] = ()
    hidden: bool = False
    chart: bool = False
    valueless: Sequence[str] = ()
    marks: Collection[str] = field(default_factory=missing_marks)

    @property
    def label(self) -> str:
        """Name the file and its sheet."""
        return f"{self.file} [{self.sheet}]" if self.sheet else self.file

    @cached_property
    def full(self) -> list[list[str]]:
        return spread(self.raw, self.merges)

    @cached_property
    def kinds(self) -> list[list[str]]:
        known: dict[str, str] = {}
        return [[self._kind(cell, known) for cell in row] for row in self.raw]

    def _kind(self, cell: str, known: dict[str, str]) -> str:
        if cell not in known:
            known[cell] = kind_of_cell(cell, self.marks)
        return known[cell]

    @property
    def wide(self) -> int:
        return len(self.raw[0]) if self.raw else 0

    @cached_property
    def merged(self) -> dict[tuple[int, int], Merge]:
        """The merge in which a cell lies."""
        return {
            (row, column): merge
            for merge in self.merges
            for row in range(merge[0] - 1, min(merge[2], len(self.raw)))
            for column in range(merge[1] - 1, min(merge[3], self.wide))
        }

    def where(self, row: int, column: int) -> dict[str, str]:
        """Say where a cell stands, for sentences."""
        return {"file": self.label, "cell": place(row, column)}

    def cells(self, row: int, columns: Iterable[int]) -> list[int]:
        """Give the columns in which a row holds anything."""
        kinds = self.kinds[row]
        return [column for column in columns if kinds[column] != BLANK]


def kind_of_cell(text: str, marks: Collection[str]) -> str:
    """Tell what a cell is."""
    if not text.strip():
        return BLANK
    if is_blank(text, marks):
        return MARK
    return TEXT if math.isnan(read_number(without_marks(text))) else FIGURE


def is_year(text: str) -> bool:
    """Whether a cell is a year of the last or the next hundred."""
    year = read_year(text)
    return year is not None and 1800 <= year <= 2100


def place(row: int, column: int) -> str:
    """Name a cell; row and column from 0."""
    return place_of(row + 1, column + 1)


def read_grids(path: Path, marks: Collection[str]) -> tuple[list[SheetGrid], list[str]]:
    """Read every sheet of a workbook, or of the files of a folder; name the files passed over."""
    problems = Problems()
    grids: list[SheetGrid] = []
    passed: list[str] = []
    if kind_of(path) != "folder":
        return _grids(path, path.name, marks), passed
    for file in sorted(each for each in path.rglob("*") if each.is_file()):
        name = file.relative_to(path).as_posix()
        if file.name.startswith(("~$", ".")) or file.suffix.casefold() not in _TABLES:
            passed.append(name)
            continue
        with problems.caught():
            grids += _grids(file, name, marks)
    problems.raise_if_any()
    if not grids:
        raise InputError("yearbook.folder_empty", file=path, known=_TABLES)
    return grids, passed


def _grids(file: Path, name: str, marks: Collection[str]) -> list[SheetGrid]:
    content = file_bytes(file)
    if content.startswith((NEW, OLD)):
        sheets = read_sheets(content, name)
    else:
        rows = read_rows(file).rows
        width = max(map(len, rows), default=0)
        sheets = [WorkbookSheet("", [[*row, *[""] * (width - len(row))] for row in rows])]
    return [
        SheetGrid(
            name,
            each.name,
            [[cell.strip() for cell in row] for row in each.rows],
            each.merges,
            each.hidden,
            each.chart,
            each.valueless,
            marks,
        )
        for each in sheets
    ]
