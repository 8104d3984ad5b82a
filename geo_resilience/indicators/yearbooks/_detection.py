"""How a table is found to be laid out, where its recipe does not say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any

from geo_resilience.errors import Problems
from geo_resilience.indicators.yearbooks._blocks import Block
from geo_resilience.indicators.yearbooks._columns import Roles, roles_of
from geo_resilience.indicators.yearbooks._figures import figure_columns
from geo_resilience.indicators.yearbooks._grid import TEXT, SheetGrid, is_year
from geo_resilience.indicators.yearbooks._layout import Decisions, FigureColumn, TableLayout
from geo_resilience.indicators.yearbooks._names import RegionNames, role_of
from geo_resilience.tables._cells import read_year
from geo_resilience.tables._headings import (
    is_chinese,
    is_translation,
    is_unit,
    plain,
    said_unit,
    several_units,
    unit_in,
    without_year,
    years_in,
)

_GENERIC = re.compile(
    r"(?:sheet|table|tab|工作表|表|页|续表|第)?\s*[0-9]*(?:[-–—－.][0-9]+)*(?:页|表)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"^(?:(?:附?表|table)\s*)?[0-9]+(?:\s*[-–—－.]\s*[0-9]+)*\s+|^(?:附?表|table)\s*[0-9]*[:：\s]+|"
    r"^[0-9]+(?:[-–—－.][0-9]+)+\s*",
    re.IGNORECASE,
)
_OF_ALL = re.compile(r"^(?:分地区|各地区|按地区分的?|各省[市区、（）()]*|全国各地区|各市县?|分省)")


@dataclass
class Before:
    """What the table before said, for one that continues it."""

    headings: tuple[int, ...] = ()
    file: str = ""
    year: int | None = None
    unit: str = ""
    figure: str = ""


@dataclass
class Search:
    """What is known while a sheet is laid out."""

    grid: SheetGrid
    names: RegionNames
    decisions: Decisions
    problems: Problems
    hints: Mapping[str, Any]
    before: Before = field(default_factory=Before)
    first_titles: Sequence[int] = ()

    def wrong(self, key: str, row: int, column: int, /, **values: Any) -> None:
        """Note what keeps the table from being read."""
        where = self.grid.where(row, column)
        self.problems.add(f"yearbook.{key}", **where, **values)

    def head(self, headings: Sequence[int], column: int, otherwise: int = 0) -> tuple[int, int]:
        """Give the cell of the lowest heading that stands over a column."""
        held = [row for row in headings if self.grid.raw[row][column]]
        return max(held, default=headings[-1] if headings else otherwise), column

    def note(self, key: str, row: int | None = None, column: int = 0, /, **values: Any) -> None:
        """Note a decision."""
        self.decisions.add(self.grid, key, row, column, **values)


def layouts_of(search: Search, block: Block) -> list[TableLayout]:
    """Lay out a block: one table, or several that share their headings."""
    titles = block.titles or list(search.first_titles)
    _tell_lines(search, block)
    headings = _headings(search, block)
    if headings is None:
        return []
    unit_row, headings = _unit_row(search, block, headings)
    if block.headings and headings:
        numbers = [row + 1 for row in headings]
        search.note("headings", headings[0], block.left, rows=numbers, count=len(headings))
    unit = _unit_said(search, block, titles)
    found: list[TableLayout] = []
    for roles in roles_of(search, block, headings):
        if not roles.figures:
            search.wrong("no_figures", min(block.body), block.left)
            continue
        columns = figure_columns(search, roles, headings, unit_row, unit)
        found += _tables(search, block, roles, headings, unit_row, columns, titles)
    year = found[-1].year if found else None
    search.before = Before(headings, search.grid.file, year, unit, search.before.figure)
    return found


def _tell_lines(search: Search, block: Block) -> None:
    """Note titles, remarks and rows that number the columns."""
    grid = search.grid
    lines = {"title": block.titles, "remark": block.remarks, "numbering": block.numbering}
    for key, rows in lines.items():
        for row in rows:
            held = grid.cells(row, block.columns)
            texts = [plain(grid.raw[row][column]) for column in held]
            units = [text for text in texts if said_unit(text) is not None or is_unit(text)]
            if key != "title" or len(units) < len(texts):
                search.note(key, row, held[0], text=" ".join(texts))
    if block.continues:
        search.note("continued", (block.titles or block.body)[0], block.left)


def _headings(search: Search, block: Block) -> tuple[int, ...] | None:
    """Find the rows of headings; those of the table before where a table continues it."""
    grid = search.grid
    if (asked := search.hints.get("headings")) is not None:
        return tuple(asked)
    rows = list(block.headings)
    while len(rows) > 1 and _NUMBER.match(_text(search, block, rows[0])):
        block.titles.append(rows.pop(0))
        _tell_lines(search, Block(block.left, block.right, titles=block.titles[-1:]))
    if not rows and search.before.headings and search.before.file == grid.file:
        search.note("headings_before", min(block.body), block.left)
        return search.before.headings
    if not rows:
        search.wrong("no_headings", min(block.body), block.left)
        return None
    if not block.body:
        search.note("no_figures", rows[0], block.left)
        return None
    kept = [row for row in rows if row == rows[0] or not _translates(search, block, row)]
    for row in rows:
        if row not in kept:
            search.note("translation", row, grid.cells(row, block.columns)[0])
    return tuple(kept)


def _text(search: Search, block: Block, row: int) -> str:
    held = search.grid.cells(row, block.columns)
    return search.grid.raw[row][held[0]] if held else ""


def _translates(search: Search, block: Block, row: int) -> bool:
    """Whether a row of headings says in Latin letters what the Chinese one above says."""
    grid = search.grid
    held = grid.cells(row, block.columns)
    texts = [grid.raw[row][column] for column in held]
    if any(map(is_chinese, texts)) or 2 * sum(map(is_translation, texts)) < len(texts):
        return False
    for column in held:
        over = [each for each in block.headings if each < row and grid.full[each][column]]
        if not over or not is_chinese(grid.full[over[-1]][column]):
            return False
        above = grid.merged.get((over[-1], column))
        below = grid.merged.get((row, column))
        spans = above is not None and above[1] != above[3] and above[1::2]
        if spans and (below is None or below[1::2] != spans):
            return False
    return True


def _unit_row(
    search: Search, block: Block, headings: tuple[int, ...]
) -> tuple[int | None, tuple[int, ...]]:
    """Find the row of units among those of headings."""
    grid = search.grid
    asked = search.hints.get("unit_row")
    if asked is not None:
        return asked, tuple(row for row in headings if row != asked)
    for row in reversed(headings):
        held = grid.cells(row, block.columns)
        texts = [grid.raw[row][column] for column in held if grid.kinds[row][column] == TEXT]
        said = bool(texts) and role_of(texts[0]) == "unit"
        texts = [text for text in texts if role_of(text) != "unit"]
        if texts and (said or len(headings) > 1) and all(map(is_unit, texts)):
            units = list(dict.fromkeys(map(unit_in, texts)))
            search.note("unit_row", row, held[0], units=units)
            return row, tuple(each for each in headings if each != row)
    return None, headings


def _unit_said(search: Search, block: Block, titles: Sequence[int]) -> str:
    """Find the unit that a line above the table says of all of it."""
    if (asked := search.hints.get("unit")) is not None:
        return str(asked)
    grid = search.grid
    for row in titles:
        for column in _of_line(search, block, row):
            unit = said_unit(grid.raw[row][column])
            if unit is None:
                continue
            if several_units(unit):
                search.note("units_several", row, column, unit=unit)
                return ""
            search.note("unit_said", row, column, unit=unit)
            return unit
    if block.continues and search.before.unit:
        search.note("unit_before", (titles or block.body)[0], block.left, unit=search.before.unit)
        return search.before.unit
    return ""


def _of_line(search: Search, block: Block, row: int) -> list[int]:
    """Give the columns of a line above a table; one that has a single text is of all tables."""
    grid = search.grid
    texts = [text for text in grid.raw[row] if text and said_unit(text) is None]
    shared = [] if len(texts) > 1 else [c for c in range(grid.wide) if c not in block.columns]
    return [*block.columns, *shared]


def _tables(
    search: Search,
    block: Block,
    roles: Roles,
    headings: tuple[int, ...],
    unit_row: int | None,
    columns: list[FigureColumn],
    titles: Sequence[int],
) -> list[TableLayout]:
    """Make the tables of a block: one, or one for each year or region named in a row alone."""
    grid, hints = search.grid, search.hints
    columns = _named(search, block, roles, columns, titles)
    year = _year(search, block, roles, columns, titles)
    found = []
    for rows, of_year, of_region in _runs(search, block, roles):
        region = hints.get("of_region") or of_region
        if roles.region is None and not roles.across and not region:
            region = _region_of_all(search, rows[0], block)
            if not region:
                continue
        found.append(
            TableLayout(
                grid.file,
                grid.sheet,
                headings,
                (rows[0], rows[-1]),
                tuple(columns),
                unit_row,
                roles.region,
                region,
                of_year if of_year is not None and hints.get("year") is None else year,
                roles.year,
                roles.figure,
                roles.unit,
                _left_out(search, block, roles, rows),
            )
        )
    return found


def _runs(search: Search, block: Block, roles: Roles) -> list[tuple[list[int], int | None, str]]:
    """Part the rows at those that hold a year, or a region of what follows, alone."""
    grid = search.grid
    runs: list[tuple[list[int], int | None, str]] = [([], None, "")]
    for row in sorted([*block.body, *block.labels]):
        if row in block.body:
            runs[-1][0].append(row)
            continue
        column = grid.cells(row, block.columns)[0]
        text = plain(grid.raw[row][column])
        if is_year(text):
            search.note("year_label", row, column, year=read_year(text))
            runs.append(([], read_year(text), ""))
        elif roles.region is None and not roles.across:
            search.note("region_label", row, column, region=text)
            runs.append(([], None, text))
        else:
            runs[-1][0].append(row)
    return [run for run in runs if any(row in block.body for row in run[0])]


def _left_out(search: Search, block: Block, roles: Roles, rows: Sequence[int]) -> tuple[str, ...]:
    """Find the labels of rows that are no regions: totals, zones, headings of blocks, remarks."""
    grid, names = search.grid, search.names
    if (asked := search.hints.get("left_out")) is not None:
        return tuple(asked)
    if roles.region is None:
        return ()
    found: dict[str, None] = {}
    between = [row for row in block.remarks if rows[0] < row < rows[-1]]
    for row in sorted([*rows, *between]):
        label = plain(grid.full[row][roles.region])
        if row in between:
            found.update({label: None} if label else {})
            continue
        kind = names.sum_of(label)
        if not kind and row in block.labels and not names.key(label):
            kind = "label"
            label = plain(grid.raw[row][grid.cells(row, block.columns)[0]])
        if kind:
            search.note(f"left_out_{kind}", row, roles.region, label=label)
            found[label] = None
        elif row in block.labels:
            search.note("region_blank", row, roles.region, region=label)
    return tuple(found)


def _region_of_all(search: Search, row: int, block: Block) -> str:
    """Find the region that a whole table is about; what no name tells is wrong."""
    grid = search.grid
    name = plain(without_year(grid.sheet))
    stem = plain(without_year(PurePath(grid.file).stem))
    for text in (name, stem):
        if search.names.key(text):
            search.note("region_sheet", row, block.left, region=text)
            return text
    if name and not _GENERIC.fullmatch(name):
        search.note("region_sheet", row, block.left, region=name)
        return name
    search.wrong("no_regions", row, block.left)
    return ""


def _year(
    search: Search,
    block: Block,
    roles: Roles,
    columns: Sequence[FigureColumn],
    titles: Sequence[int],
) -> int | None:
    """Find the year of a table that has none in rows or headings."""
    grid, asked = search.grid, search.hints.get("year_from")
    cell = ((titles or block.headings or block.body)[0], block.left)
    if (year := search.hints.get("year")) is not None:
        return int(year)
    if asked is None and (roles.year is not None or all(each.year for each in columns)):
        return None
    said = {
        "title": _title_years(search, block, titles),
        "sheet": years_in(grid.sheet),
        "file": _file_years(grid.file),
    }
    usable = {source: years[0] for source, years in said.items() if len(years) == 1}
    if asked is not None:
        usable = {source: year for source, year in usable.items() if source == asked}
        if not usable:
            search.wrong("no_year_there", *cell, source=asked)
            return None
    if usable:
        source, year = next(iter(usable.items()))
        others = sorted({other for other in usable.values() if other != year})
        search.note(f"year_{source}", *cell, year=year)
        if others:
            search.note("year_otherwise", *cell, year=year, others=others)
        return year
    if block.continues and search.before.year:
        search.note("year_before", *cell, year=search.before.year)
        return search.before.year
    if not any(is_year(plain(_text(search, block, row))) for row in block.labels):
        search.note("year_none", *cell)
    return None


def _title_texts(search: Search, block: Block, titles: Sequence[int]) -> list[str]:
    raw = search.grid.raw
    texts = [raw[row][column] for row in titles for column in _of_line(search, block, row)]
    return [text for text in texts if text and said_unit(text) is None]


def _title_years(search: Search, block: Block, titles: Sequence[int]) -> list[int]:
    texts = _title_texts(search, block, titles)
    return list(dict.fromkeys(year for text in texts for year in years_in(text)))


def _file_years(file: str) -> list[int]:
    """Find the years in the name of a file, else in that of the folder around it."""
    path = PurePath(file)
    parts = (path.stem, *(each.name for each in path.parents))
    return next((years for part in parts if (years := years_in(part))), [])


def _named(
    search: Search,
    block: Block,
    roles: Roles,
    columns: list[FigureColumn],
    titles: Sequence[int],
) -> list[FigureColumn]:
    """Name the figures that their own headings leave nameless after the sheet or the title."""
    asked = search.hints.get("figure")
    if roles.figure is not None or (asked is None and all(each.figure for each in columns)):
        return columns
    name = asked or _name_of_table(search, block, titles)
    search.before.figure = name
    return [replace(each, figure=each.figure or name) for each in columns]


def _name_of_table(search: Search, block: Block, titles: Sequence[int]) -> str:
    grid = search.grid
    sheet = without_year(grid.sheet)
    cell = ((titles or block.headings or block.body)[0], block.left)
    if sheet and not _GENERIC.fullmatch(sheet) and not search.names.tells(sheet):
        search.note("figure_sheet", *cell, figure=sheet)
        return sheet
    if block.continues and search.before.figure:
        return search.before.figure
    for text in _title_texts(search, block, titles):
        bare = _OF_ALL.sub("", without_year(_NUMBER.sub("", plain(text)))).strip()
        if bare and not _GENERIC.fullmatch(bare):
            search.note("figure_title", *cell, figure=bare)
            return bare
    stem = without_year(PurePath(grid.file).stem)
    search.note("figure_file", *cell, figure=stem)
    return stem or "value"
