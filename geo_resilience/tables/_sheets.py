"""Every sheet of a workbook, XLSX or the old XLS, with what is merged and what is hidden."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Any

from geo_resilience.errors import InputError, nearest
from geo_resilience.notes import Note
from geo_resilience.tables._cells import seen
from geo_resilience.tables._sheetxml import MOST_CELLS, Merge, SheetCells, place_of
from geo_resilience.tables._workbooks import Workbook, open_workbook, rows_of

#: The first bytes of an old workbook, and of one with a password.
OLD = b"\xd0\xcf\x11\xe0"

_SHOWN = 8
_QUOTED = re.compile(r'"[^"]*"|\\.')


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


def read_sheets(content: bytes, file: str) -> list[WorkbookSheet]:
    """Read every sheet of a workbook, in its order."""
    if content.startswith(OLD):
        return _old_sheets(content, file)
    with open_workbook(content, file) as book:
        return [
            WorkbookSheet(name, [], chart=True) if part.chart else _sheet(book, name, part.hidden)
            for name, part in book.sheets.items()
        ]


def _sheet(book: Workbook, name: str, hidden: bool) -> WorkbookSheet:
    page = book.page(name)
    rows = rows_of(page, book.file, name)
    merges = _within(page.merges, rows, book.file)
    return WorkbookSheet(name, rows, merges, hidden, valueless=page.valueless)


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
    even = rows_of(SheetCells(cells, held=held), file, page.name)
    areas = ((top + 1, left + 1, last, right) for top, last, left, right in page.merged_cells)
    return WorkbookSheet(page.name, even, _within(areas, even, file), page.visibility != 0)


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
    whole = abs(value) < 2**53 and value == int(value)
    shown = str(int(value)) if whole else repr(float(value))
    form = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
    if "%" in _QUOTED.sub("", form):
        return f"{(Decimal(shown) * 100).normalize():f}%"
    return shown


def read_old_sheet(
    content: bytes, file: str, sheet: str | None = None
) -> tuple[list[list[str]], Sequence[Merge], list[Note]]:
    """Read one sheet of an old workbook, as `read_sheet` does of a new one."""
    sheets = _old_sheets(content, file)
    named = {each.name: each for each in sheets}
    notes = []
    if sheet is not None:
        if sheet not in named:
            known = nearest(sheet, named) or list(named)
            raise InputError("indicators.sheet_unknown", file=file, sheet=sheet, known=known)
        chosen = named[sheet]
    else:
        held = [each for each in sheets if any(map(any, each.rows))]
        filled = [each for each in held if len(each.rows) > 1 or len(each.rows[0]) > 1]
        if len(filled) > 1:
            known = [each.name for each in filled]
            raise InputError("indicators.sheet_unnamed", file=file, known=known)
        if not filled:
            raise InputError("indicators.table_empty", file=file)
        chosen = filled[0]
        others = [each.name for each in held if each is not chosen]
        if others:
            values = {"sheet": chosen.name, "others": others[:_SHOWN]}
            notes.append(Note("indicators.sheet_chosen", file, values))
    rows, across, filled_down = one_sheet(chosen, file)
    return rows, across, [*notes, *filled_down]


def one_sheet(sheet: WorkbookSheet, file: str) -> tuple[list[list[str]], list[Merge], list[Note]]:
    """Repeat what is merged downward in one column; give the other merges."""
    if sheet.valueless:
        more = len(sheet.valueless) - _SHOWN
        cells = [*sheet.valueless[:_SHOWN], *([f"+{more}"] if more > 0 else [])]
        raise InputError("indicators.formula_value", file=file, sheet=sheet.name, cells=cells)
    rows: list[list[str]] = [list(row) for row in sheet.rows]
    areas = []
    for first, left, last, right in sheet.merges:
        if left == right and first <= len(rows) and rows[first - 1][left - 1]:
            for row in rows[first:last]:
                row[left - 1] = rows[first - 1][left - 1]
            areas.append(f"{place_of(first, left)}:{place_of(last, right)}")
    across = [merge for merge in sheet.merges if merge[1] != merge[3]]
    notes = [Note("indicators.merged_down", file, {"cells": areas[:_SHOWN]})] if areas else []
    return rows, across, notes
