"""Sheets of workbooks (XLSX) as rows of text."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

from geo_resilience.errors import InputError, Problems, nearest
from geo_resilience.notes import Note
from geo_resilience.tables._cells import seen

#: First row, first column, last row, last column, counted from 1.
Merge = tuple[int, int, int, int]

_CELL = re.compile(rb"<c(?=[\s>])")
_PLACE = re.compile(rb'\br="([A-Z]+[0-9]+)"')
_VALUE = re.compile(rb"<v>\s*[^<\s]")
_MERGED = re.compile(rb'<mergeCell\s[^>]{0,99}?ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
_QUOTED = re.compile(r'"[^"]*"|\\.')
_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SHOWN = 8
#: Cells, blank ones inside counted, and bytes (unpacked) of the largest sheet that is read.
_MOST_CELLS = 5_000_000
_MOST_BYTES = 500_000_000


def read_sheet(
    content: bytes, file: str, sheet: str | None = None
) -> tuple[list[list[str]], list[Merge], list[Note]]:
    """Read one sheet of a workbook: the one named, or the only one that holds anything.

    Rows are numbered as in the sheet, blank ones too, all of one width; a cell shown as a
    percentage has its sign. Merges are those that reach over several columns.
    """
    book = _open(content, file)
    page, passed_over = _choose(book, file, sheet)
    missing = _formulas_without_value(content, page.title)
    if missing:
        cells = missing[:_SHOWN] + ([f"+{len(missing) - _SHOWN}"] if len(missing) > _SHOWN else [])
        raise InputError("indicators.formula_value", file=file, sheet=page.title, cells=cells)
    rows = _rows(page, file)
    filled, merges = [], []
    for area in sorted(page.merged_cells.ranges, key=lambda each: each.bounds):
        first_column, first, last_column, last = area.bounds
        if first > len(rows) or first_column > len(rows[0]):
            continue
        if first_column != last_column:
            merges.append((first, first_column, last, last_column))
        elif rows[first - 1][first_column - 1]:
            for row in rows[first:last]:
                row[first_column - 1] = rows[first - 1][first_column - 1]
            filled.append(area.coord)
    notes = []
    if passed_over:
        values = {"sheet": page.title, "others": passed_over[:_SHOWN]}
        notes.append(Note("indicators.sheet_chosen", file, values))
    if filled:
        notes.append(Note("indicators.merged_down", file, {"cells": filled[:_SHOWN]}))
    return rows, merges, notes


def _open(content: bytes, file: str) -> Any:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_size(archive, file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions that no number hangs on
            return load_workbook(io.BytesIO(content), data_only=True)
    except InputError:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers raise
        raise InputError("indicators.workbook_broken", file=file, what=error) from None


def _check_size(archive: zipfile.ZipFile, file: str) -> None:
    """Refuse what would fill the memory before a cell is looked at."""
    from openpyxl.utils import range_boundaries

    size = max((part.file_size for part in archive.infolist()), default=0)
    if size > _MOST_BYTES:
        most = _MOST_BYTES // 1_000_000
        raise InputError("indicators.workbook_heavy", file=file, size=size // 1_000_000, most=most)
    for part in archive.namelist():
        if not part.startswith("xl/worksheets/") or not part.endswith(".xml"):
            continue
        content = archive.read(part)
        cells = content.count(b"<c ")
        if cells > _MOST_CELLS:
            raise InputError("indicators.sheet_full", file=file, cells=cells, most=_MOST_CELLS)
        for merged in _MERGED.findall(content):
            left, first, right, last = range_boundaries(merged.decode())
            if (right - left + 1) * (last - first + 1) > _MOST_CELLS:
                area, most = merged.decode(), _MOST_CELLS
                raise InputError("indicators.merged_wide", file=file, cells=area, most=most)


def _held(page: Any) -> dict[tuple[int, int], Any]:
    """Give the cells that hold a value, by row and column; a mere format makes none."""
    return {place: cell for place, cell in page._cells.items() if cell.value not in (None, "")}


def _rows(page: Any, file: str) -> list[list[str]]:
    """Write the cells up to the last row and column that hold anything."""
    from openpyxl.utils import get_column_letter

    held = _held(page)
    height = max((row for row, _ in held), default=0)
    width = max((column for _, column in held), default=0)
    if height * width > _MOST_CELLS:
        far = max(held, key=lambda place: (place[0] / height + place[1] / width, place))
        raise InputError(
            "indicators.cell_far",
            file=file,
            sheet=page.title,
            cell=f"{get_column_letter(far[1])}{far[0]}",
            rows=height,
            columns=width,
            most=_MOST_CELLS,
        )
    rows = [[""] * width for _ in range(height)]
    for (row, column), cell in held.items():
        rows[row - 1][column - 1] = _text(cell)
    return rows


def _choose(book: Any, file: str, sheet: str | None) -> tuple[Any, list[str]]:
    """Find the sheet, and the names of those that hold a line and were passed over unasked."""
    pages = {page.title: page for page in book.worksheets}
    if sheet is not None:
        if sheet not in pages:
            known = nearest(sheet, pages) or list(pages)
            raise InputError("indicators.sheet_unknown", file=file, sheet=sheet, known=known)
        return pages[sheet], []
    held = {name: _held(page) for name, page in pages.items()}
    filled = [name for name, cells in held.items() if any(max(place) > 1 for place in cells)]
    if len(filled) > 1:
        raise InputError("indicators.sheet_unnamed", file=file, known=filled)
    if not filled:
        raise InputError("indicators.table_empty", file=file)
    others = [name for name, cells in held.items() if name != filled[0] and cells]
    return pages[filled[0]], others


def filled_sheets(content: bytes, file: str) -> list[str]:
    """Name the sheets of a workbook that hold anything."""
    return [page.title for page in _open(content, file).worksheets if _held(page)]


def _formulas_without_value(content: bytes, title: str) -> list[str]:
    """Find cells whose formula was written by a program that never computed it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        sheets = ElementTree.fromstring(archive.read("xl/workbook.xml")).iter()
        place = next((e.get(_RELATED) for e in sheets if e.get("name") == title), None)
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        target = next((e.get("Target", "") for e in relations if e.get("Id") == place), "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        return _valueless(archive.read(path)) if path in names else []


def _valueless(page: bytes) -> list[str]:
    """Find the cells with a formula for a number and no value, in one pass over the sheet."""
    found: list[str] = []
    cell = _CELL.search(page)
    while cell is not None:
        head = page.find(b">", cell.end())
        if head < 0:
            break
        stop = head + 1
        if page[head - 1 : head] != b"/":
            stop = page.find(b"</c>", head)
            if stop < 0:
                break
            opening, body = page[cell.end() : head], page[head + 1 : stop]
            place = _PLACE.search(opening)
            formula = body.lstrip().startswith((b"<f>", b"<f ", b"<f/"))
            if formula and place and b't="str"' not in opening and not _VALUE.search(body):
                found.append(place[1].decode())
        cell = _CELL.search(page, stop)
    return found


def _text(cell: Any) -> str:
    """Write a cell's value as text that reads back as the same value."""
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case int() | float():
            shown = str(int(value)) if value == _whole(value) else repr(float(value))
            if "%" in _QUOTED.sub("", cell.number_format or ""):
                return f"{(Decimal(shown) * 100).normalize():f}%"
            return shown
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat(*([" "] if isinstance(value, datetime) else []))
    return seen(str(value))


def _whole(value: float) -> int | None:
    """Give the whole number that a value is, if it is one that a float holds exactly."""
    return int(value) if abs(value) < 2**53 and value == int(value) else None


def check_merges(
    merges: Sequence[Merge], rows: Sequence[Sequence[str]], header: int, file: str
) -> None:
    """Refuse merged cells that leave a heading or a number without its own cell.

    Titles above the headings and remarks alone in their row may be merged.
    """
    from openpyxl.utils import get_column_letter

    problems = Problems()
    for first, left, last, right in merges:
        alone = all(sum(map(bool, row)) <= 1 for row in rows[first - 1 : last])
        if last >= header and not (alone and first > header):
            cells = f"{get_column_letter(left)}{first}:{get_column_letter(right)}{last}"
            problems.add("indicators.merged_across", file=file, cells=cells)
    problems.raise_if_any()
