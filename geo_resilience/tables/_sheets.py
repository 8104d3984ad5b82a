"""Every sheet of a workbook, XLSX or the old XLS, with what is merged and what is hidden."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any, TypeVar

from geo_resilience.errors import InputError, nearest
from geo_resilience.notes import Note
from geo_resilience.tables._cells import seen
from geo_resilience.tables._headings import years_in
from geo_resilience.tables._sheetxml import (
    MOST_CELLS,
    Merge,
    SheetCells,
    number_text,
    place_of,
    shows_percent,
)
from geo_resilience.tables._workbooks import open_workbook, rows_of
from geo_resilience.words import Phrase

#: The first bytes of a workbook, and of an old one or one with a password.
NEW, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

_SHOWN = 8


@dataclass(frozen=True, eq=False)
class WorkbookSheet:
    """A sheet as it stands.

    - ``rows``: cells as text, all rows of one width; of merged cells the first holds the text.
    - ``merges``: areas of merged cells that reach into the rows.
    - ``hidden``: whether the workbook does not show it.
    - ``chart``: whether it is a chart without cells.
    - ``valueless``: cells whose formula was never computed.
    """

    name: str
    rows: list[list[str]]
    merges: Sequence[Merge] = ()
    hidden: bool = False
    chart: bool = False
    valueless: Sequence[str] = ()

    @property
    def tall(self) -> int:
        """Give the number of rows."""
        return len(self.rows)

    @property
    def wide(self) -> int:
        """Give the number of columns."""
        return len(self.rows[0]) if self.rows else 0


_Page = TypeVar("_Page", WorkbookSheet, SheetCells)


def read_sheets(content: bytes, file: str) -> list[WorkbookSheet]:
    """Read every sheet of a workbook, in its order."""
    if content.startswith(OLD):
        return _old_sheets(content, file)
    with open_workbook(content, file) as book:
        return [
            WorkbookSheet(name, [], chart=True)
            if part.chart
            else _sheet(book.page(name), file, part.hidden)
            for name, part in book.sheets.items()
        ]


def _sheet(page: SheetCells, file: str, hidden: bool = False) -> WorkbookSheet:
    rows = rows_of(page, file)
    merges = _within(page.merges, rows, file)
    return WorkbookSheet(page.name, rows, merges, hidden, valueless=page.valueless)


def _within(areas: Iterable[Merge], rows: list[list[str]], file: str) -> list[Merge]:
    """Give the merged areas that reach into the rows, cut to them and in order."""
    tall, wide = len(rows), len(rows[0]) if rows else 0
    found, cells = [], 0
    for top, left, last, right in sorted(areas):
        if top > tall or left > wide:
            continue
        area = (top, left, min(last, tall), min(right, wide))
        cells += (area[2] - top + 1) * (area[3] - left + 1)
        if cells > MOST_CELLS:
            named = f"{place_of(top, left)}:{place_of(last, right)}"
            raise InputError("indicators.merged_wide", file=file, cells=named, most=MOST_CELLS)
        found.append(area)
    return found


def _old_sheets(content: bytes, file: str) -> list[WorkbookSheet]:
    """Read the sheets of an old workbook."""
    import xlrd

    try:
        book = xlrd.open_workbook(
            file_contents=content,
            formatting_info=True,
            ragged_rows=True,
            logfile=io.StringIO(),
        )
        return [_old_sheet(book, page, file) for page in book.sheets()]
    except InputError:
        raise
    except Exception as error:  # xlrd raises whatever a broken file makes it stumble over
        locked = "encrypted" in str(error) or b"E\x00n\x00c\x00r\x00y\x00p\x00t" in content
        if locked:
            raise InputError("indicators.workbook_locked", file=file) from None
        raise InputError("indicators.workbook_broken", file=file, what=error) from None


def _old_sheet(book: Any, page: Any, file: str) -> WorkbookSheet:
    cells, held = dict[int, list[str]](), 0
    for number in range(page.nrows):
        texts = [_old_text(book, cell) for cell in page.row(number)]
        if last := max((i for i, text in enumerate(texts, start=1) if text), default=0):
            cells[number + 1] = texts[:last]
            held += sum(map(bool, texts))
    areas = [(top + 1, left + 1, last, right) for top, last, left, right in page.merged_cells]
    return _sheet(SheetCells(page.name, cells, areas, held=held), file, page.visibility != 0)


def _old_text(book: Any, cell: Any) -> str:
    """Write a cell of an old workbook as those of a new one are written."""
    import xlrd

    kind, value = cell.ctype, cell.value
    if kind == xlrd.XL_CELL_TEXT:
        return seen(str(value))
    if kind == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(value, "#N/A"))
    if kind == xlrd.XL_CELL_BOOLEAN:
        return str(bool(value)).upper()
    if kind == xlrd.XL_CELL_DATE:
        stamp = xlrd.xldate_as_datetime(value, book.datemode)
        return str(stamp.date() if stamp.time() == time() else stamp)
    if kind != xlrd.XL_CELL_NUMBER:
        return ""
    form = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
    return number_text(float(value), percent=shows_percent(form))


def read_sheet(
    content: bytes, file: str, sheet: str | None = None
) -> tuple[list[list[str]], list[Merge], list[Note]]:
    """Read one sheet of a workbook: the one named, or the only one that holds anything.

    Rows are numbered as in the sheet, blank ones too, all of one width; a cell shown as a
    percentage has its sign. Merges are those that reach over several columns.
    """
    if content.startswith(OLD):
        sheets = {each.name: each for each in _old_sheets(content, file)}
        chosen, others = _choose(sheets, sheets.__getitem__, sheet, file)
    else:
        with open_workbook(content, file) as book:
            page, others = _choose(book.tables, book.page, sheet, file)
        chosen = _sheet(page, file)
    rows, merges, notes = one_sheet(chosen, file)
    if others:
        values = {"sheet": chosen.name, "others": others[:_SHOWN]}
        notes.insert(0, Note("indicators.sheet_chosen", file, values))
    return rows, merges, notes


def _choose(
    names: Iterable[str], read: Callable[[str], _Page], sheet: str | None, file: str
) -> tuple[_Page, list[str]]:
    """Find the sheet, and the names of those that hold a line and were passed over unasked."""
    known = list(names)
    if sheet is not None:
        if sheet not in known:
            near = nearest(sheet, known) or known
            raise InputError("indicators.sheet_unknown", file=file, sheet=sheet, known=near)
        return read(sheet), []
    chosen: _Page | None = None
    filled, others = [], []
    for name in known:
        page = read(name)
        if page.tall > 1 or page.wide > 1:
            filled.append(name)
            chosen = chosen or page
        elif page.wide:
            others.append(name)
    if len(filled) > 1:
        raise _several_sheets(file, filled)
    if chosen is None:
        raise InputError("indicators.table_empty", file=file)
    return chosen, others


def _several_sheets(file: str, known: Sequence[str]) -> InputError:
    """Give the error that no sheet of several is named, and how else they may be read."""
    dated = all(len(years_in(name)) == 1 for name in known)
    hint = Phrase("problem.indicators.sheets_dated") if dated else ""
    return InputError("indicators.sheet_unnamed", file=file, known=known, hint=hint)


def one_sheet(sheet: WorkbookSheet, file: str) -> tuple[list[list[str]], list[Merge], list[Note]]:
    """Repeat what is merged downward in one column; give the other merges."""
    if sheet.valueless:
        cells = first_cells(sheet.valueless)
        raise InputError("indicators.formula_value", file=file, sheet=sheet.name, cells=cells)
    rows: list[list[str]] = [list(row) for row in sheet.rows]
    areas = []
    for first, left, last, right in sheet.merges:
        if left == right and rows[first - 1][left - 1]:
            for row in rows[first:last]:
                row[left - 1] = rows[first - 1][left - 1]
            areas.append(f"{place_of(first, left)}:{place_of(last, right)}")
    across = [merge for merge in sheet.merges if merge[1] != merge[3]]
    notes = [Note("indicators.merged_down", file, {"cells": areas[:_SHOWN]})] if areas else []
    return rows, across, notes


def first_cells(cells: Sequence[str]) -> list[str]:
    """Name the first of some cells, and how many more there are."""
    more = len(cells) - _SHOWN
    return [*cells[:_SHOWN], *([f"+{more}"] if more > 0 else [])]
