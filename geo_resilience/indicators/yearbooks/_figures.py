"""What the headings of figures say: name, unit, year and, where they stand across, region."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from geo_resilience.indicators.yearbooks._columns import Roles
from geo_resilience.indicators.yearbooks._grid import is_year
from geo_resilience.indicators.yearbooks._layout import FigureColumn
from geo_resilience.indicators.yearbooks._names import is_role
from geo_resilience.tables._cells import read_year
from geo_resilience.tables._headings import (
    JOINT,
    paths,
    split_unit,
    unit_in,
    without_translation,
    without_year,
    years_in,
)

if TYPE_CHECKING:
    from geo_resilience.indicators.yearbooks._detection import Search

_OF_WHICH = re.compile(r"^(?:#|＃|其\s*中\s*[:：]?)\s*")


def figure_columns(
    search: Search,
    roles: Roles,
    headings: Sequence[int],
    unit_row: int | None,
    unit: str,
) -> list[FigureColumn]:
    """Read the headings of the columns of figures; a figure without a name of its own has none."""
    grid = search.grid
    rows = [
        [without_translation(cell) for cell in row] if place in headings else row
        for place, row in enumerate(grid.raw)
    ]
    if any(rows[row] != grid.raw[row] for row in headings):
        search.note("translation", headings[0], roles.figures[0] if roles.figures else 0)
    parts, reached = paths(rows, grid.merges, headings, roles.figures)
    if reached:
        search.note("group_reaches", *reached[0], count=len(reached))
    own = {} if unit_row is None else {at: grid.full[unit_row][at] for at in roles.figures}
    found = []
    whole = ""
    for at in roles.figures:
        column, whole = _column(search, at, parts[at], whole, across=roles.across)
        told = column.unit or (unit_in(own[at]) if own.get(at) else "") or unit
        found.append(replace(column, unit=told))
    found = (
        _of_regions(search, _years_within(found), headings)
        if roles.across
        else (_years_within(found))
    )
    for column in found:
        cell = search.head(headings, column.at)
        values = {"figure": column.figure, "unit": column.unit or "-", "year": column.year or "-"}
        search.note("figure" if column.figure else "figure_unnamed", *cell, **values)
        if _OF_WHICH.match(grid.raw[cell[0]][column.at]):
            search.note("of_which", *cell, figure=column.figure)
    return found


def _of_regions(
    search: Search, columns: Sequence[FigureColumn], headings: Sequence[int]
) -> list[FigureColumn]:
    """Leave out columns of totals and zones where regions stand across."""
    kept = []
    for column in columns:
        kind = search.names.sum_of(column.region) if column.region else "column"
        if kind:
            label = column.region or column.figure
            search.note(f"left_out_{kind}", headings[0], column.at, label=label)
        else:
            kept.append(column)
    return kept


def _column(
    search: Search, at: int, parts: Sequence[str], whole: str, *, across: bool
) -> tuple[FigureColumn, str]:
    """Read the parts of a heading; a part of the figure before it (#) stands under that."""
    year: int | None = None
    region = unit = ""
    kept: list[str] = []
    for part in parts:
        name, its = split_unit(part)
        unit = its or unit
        if is_year(name):
            year = read_year(name)
        elif across and search.names.tells(name):
            region = name
        else:
            kept.append(name)
    if kept and _OF_WHICH.match(kept[-1]):
        bare = _OF_WHICH.sub("", kept[-1])
        kept = [*kept[:-1], *([whole] if whole else []), bare]
    elif kept:
        whole = kept[-1]
    kept = [name for name in kept if name]
    if len(kept) == 1 and is_role(kept[0], "value"):
        kept = []
    return FigureColumn(at, JOINT.join(kept), unit, year, region), whole


def _years_within(columns: list[FigureColumn]) -> list[FigureColumn]:
    """Take years out of names that differ by nothing else (2015年产值, 2016年产值)."""
    rests: dict[int, tuple[str, int]] = {}
    for place, column in enumerate(columns):
        years = years_in(column.figure)
        if column.year is None and len(years) == 1:
            rests[place] = (without_year(column.figure), years[0])
    held = Counter(rest for rest, _ in set(rests.values()))
    out = list(columns)
    for place, (rest, year) in rests.items():
        if rest and held[rest] > 1:
            out[place] = replace(columns[place], figure=rest, year=year)
    return out
