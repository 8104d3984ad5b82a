"""The figures of a table whose layout is known, cell by cell."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from geo_resilience.errors import Problems
from geo_resilience.indicators.yearbooks._grid import BLANK, FIGURE, MARK, TEXT, SheetGrid
from geo_resilience.indicators.yearbooks._layout import Decisions, FigureColumn, TableLayout
from geo_resilience.indicators.yearbooks._names import without_marks
from geo_resilience.regions._spelling import spelled
from geo_resilience.tables._cells import folded, read_number, read_year
from geo_resilience.tables._headings import JOINT, plain, unit_in


@dataclass(frozen=True)
class Figure:
    """A figure: of a region and year, under a name, in a unit, from a cell (from 0)."""

    region: str
    year: int | None
    name: str
    unit: str
    value: float
    row: int
    column: int


def figures_of(
    grid: SheetGrid, layout: TableLayout, decisions: Decisions, problems: Problems
) -> Iterator[Figure]:
    """Read the figures of a table; what is not understood is noted and left blank."""
    left_out = {spelled(label) for label in layout.left_out}
    percent = _percent(grid, layout, decisions, problems)
    _tell_merged(grid, layout, decisions)
    last = ""
    for row in range(layout.rows[0], min(layout.rows[1] + 1, len(grid.raw))):
        label = layout.of_region
        if layout.region is not None:
            label = plain(grid.full[row][layout.region])
            if spelled(label) in left_out:
                continue
            bare = without_marks(label)
            if bare != label:
                values = {"found": label, "value": bare}
                decisions.add(grid, "footnote_mark", row, layout.region, **values)
            label = bare or _above(grid, layout, row, last, decisions)
            last = label
            if not label:
                continue
        year = layout.year
        if layout.year_column is not None:
            year = read_year(grid.full[row][layout.year_column])
            if year is None:
                _tell_not_year(grid, layout, row, decisions)
                continue
        yield from _row(grid, layout, row, label, year, percent, decisions)


def _above(grid: SheetGrid, layout: TableLayout, row: int, last: str, decisions: Decisions) -> str:
    """Give the region of a row that names none: that above it, where rows are years of it."""
    held = [each.at for each in layout.columns if grid.kinds[row][each.at] != BLANK]
    dated = layout.year_column is not None and grid.full[row][layout.year_column]
    if last and dated:
        decisions.add(grid, "region_above", row, layout.region or 0, region=last)
        return last
    if held:
        decisions.add(grid, "region_lacking", row, held[0], count=len(held))
    return ""


def _tell_not_year(grid: SheetGrid, layout: TableLayout, row: int, decisions: Decisions) -> None:
    column = layout.year_column or 0
    found = grid.full[row][column]
    if found or any(grid.kinds[row][each.at] != BLANK for each in layout.columns):
        decisions.add(grid, "not_a_year", row, column, found=found or "-")


def _row(
    grid: SheetGrid,
    layout: TableLayout,
    row: int,
    label: str,
    year: int | None,
    percent: set[int],
    decisions: Decisions,
) -> Iterator[Figure]:
    above = "" if layout.figure_column is None else plain(grid.full[row][layout.figure_column])
    unit = "" if layout.unit_column is None else unit_in(grid.full[row][layout.unit_column])
    for column in layout.columns:
        region = column.region or label
        name = JOINT.join(part for part in (above, column.figure) if part)
        if not (region and name):
            continue
        value = _value(grid, row, column, decisions)
        told = column.unit or unit
        told = "" if column.at in percent and folded(told) == "%" else told
        of = year if column.year is None else column.year
        yield Figure(region, of, name, told, value, row, column.at)


def _value(grid: SheetGrid, row: int, column: FigureColumn, decisions: Decisions) -> float:
    text, kind = grid.raw[row][column.at], grid.kinds[row][column.at]
    if kind in (BLANK, MARK):
        return math.nan
    if kind == TEXT:
        decisions.add(grid, "not_understood", row, column.at, found=text)
        return math.nan
    bare = without_marks(text)
    if bare != text:
        decisions.add(grid, "footnote_mark", row, column.at, found=text, value=bare)
    return read_number(bare)


def _percent(
    grid: SheetGrid, layout: TableLayout, decisions: Decisions, problems: Problems
) -> set[int]:
    """Find the columns written with percent signs; some with and some without is wrong."""
    found = set()
    for column in layout.columns:
        held = [
            row
            for row in range(layout.rows[0], min(layout.rows[1] + 1, len(grid.raw)))
            if grid.kinds[row][column.at] == FIGURE
        ]
        texts = {row: folded(without_marks(grid.raw[row][column.at])) for row in held}
        signed = [row for row, text in texts.items() if text.endswith("%")]
        if not signed:
            continue
        found.add(column.at)
        decisions.add(grid, "percent", signed[0], column.at, count=len(signed))
        bare = [r for r, t in texts.items() if not t.endswith("%") and read_number(t) != 0]
        if bare:
            where = grid.where(signed[0], column.at)
            other = grid.where(bare[0], column.at)["cell"]
            problems.add("yearbook.percent_mixed", **where, other=other)
    return found


def _tell_merged(grid: SheetGrid, layout: TableLayout, decisions: Decisions) -> None:
    """Note merged cells of figures: the figure is that of the first of them alone."""
    columns = {each.at for each in layout.columns}
    for first, left, *_ in grid.merges:
        row, column = first - 1, left - 1
        there = column in columns and layout.rows[0] <= row <= layout.rows[1]
        if there and grid.kinds[row][column] == FIGURE:
            decisions.add(grid, "merged_figure", row, column)
