"""What was taken for what on a table of a yearbook: enough to read it again without looking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from geo_resilience.indicators.yearbooks._grid import SheetGrid, place


@dataclass(frozen=True)
class FigureColumn:
    """A column of figures, counted from 0, and what its heading says."""

    at: int
    figure: str
    unit: str = ""
    year: int | None = None
    region: str = ""


@dataclass(frozen=True)
class TableLayout:
    """A table: rows and columns counted from 0.

    - ``headings``, ``unit_row``: rows of headings and of units.
    - ``rows``: first and last row of figures.
    - ``region``, ``year_column``, ``figure_column``, ``unit_column``: columns of labels.
    - ``of_region``, ``year``: what the whole table is about.
    - ``left_out``: labels of rows that are totals, zones or headings of blocks.
    """

    file: str
    sheet: str
    headings: tuple[int, ...]
    rows: tuple[int, int]
    columns: tuple[FigureColumn, ...]
    unit_row: int | None = None
    region: int | None = None
    of_region: str = ""
    year: int | None = None
    year_column: int | None = None
    figure_column: int | None = None
    unit_column: int | None = None
    left_out: tuple[str, ...] = ()


#: Decisions that a person should look at: what was not understood, or taken for want of better.
DOUBTFUL = frozenset(
    (
        *("file_passed", "sheet_chart", "sheet_hidden", "units_several", "region_first"),
        *("region_headed", "region_lacking", "column_text", "column_unheaded", "column_again"),
        *("group_reaches", "left_out_label", "left_out_column", "year_otherwise", "year_none"),
        *("not_a_year", "not_understood", "merged_figure", "figure_file", "headings_before"),
        *("region_sheet", "no_figures", "region_unknown"),
    )
)


@dataclass(frozen=True)
class Decision:
    """What a place was taken for and why: keys of the ``yearbook.`` words."""

    file: str
    sheet: str
    cell: str
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


class Decisions:
    """Gathers decisions on a sheet."""

    def __init__(self) -> None:
        self.found: list[Decision] = []

    def add(
        self, grid: SheetGrid, key: str, row: int | None = None, column: int = 0, /, **values: Any
    ) -> None:
        """Note what a cell, or the sheet, was taken for."""
        cell = "" if row is None else place(row, column)
        self.found.append(Decision(grid.file, grid.sheet, cell, key, values))
