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

__all__ = ["Merge", "read_sheet"]

#: First row, first column, last row, last column, counted from 1.
Merge = tuple[int, int, int, int]

# A formula of a cell that is no text, with no value or an empty one behind it.
_FORMULA_ALONE = re.compile(
    rb'<c\b(?![^>]*\bt="str")[^>]*?\br="([A-Z]+[0-9]+)"[^>]*>\s*'
    rb"<f\b(?:[^>]*/>|(?:(?!</c>).)*?</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>",
    re.DOTALL,
)
_QUOTED = re.compile(r'"[^"]*"|\\.')
_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SHOWN = 8


def read_sheet(
    content: bytes, file: str, sheet: str | None = None
) -> tuple[list[list[str]], list[Merge], list[Note]]:
    """Read one sheet of a workbook.

    Parameters
    ----------
    content : bytes
    file : str
        Its name, for messages.
    sheet : str, optional
        Name of the sheet; without it, the only one that holds anything.

    Returns
    -------
    rows : list of list of str
        As the sheet numbers them, blank ones too; all of one width. A cell shown as a percentage
        has its sign.
    merges : list of Merge
        Merged cells that reach over several columns.
    notes : list of Note
    """
    book = _open(content, file)
    page, passed_over = _choose(book, file, sheet)
    missing = _formulas_without_value(content, page.title)
    if missing:
        cells = missing[:_SHOWN] + ([f"+{len(missing) - _SHOWN}"] if len(missing) > _SHOWN else [])
        raise InputError("indicators.formula_value", file=file, sheet=page.title, cells=cells)
    rows = [[_text(cell) for cell in row] for row in page.iter_rows(min_row=1, min_col=1)]
    filled, merges = [], []
    for area in sorted(page.merged_cells.ranges, key=lambda each: each.bounds):
        first_column, first, last_column, last = area.bounds
        if first_column != last_column:
            merges.append((first, first_column, last, last_column))
        elif rows[first - 1][first_column - 1]:
            for row in range(first, last):
                rows[row][first_column - 1] = rows[first - 1][first_column - 1]
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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions that no number hangs on
            return load_workbook(io.BytesIO(content), data_only=True)
    except Exception as error:  # openpyxl raises whatever its parsers raise
        raise InputError("indicators.workbook_broken", file=file, what=error) from None


def _choose(book: Any, file: str, sheet: str | None) -> tuple[Any, list[str]]:
    """Find the sheet, and the names of those that hold a line and were passed over unasked."""
    pages = {page.title: page for page in book.worksheets}
    if sheet is not None:
        if sheet not in pages:
            known = nearest(sheet, pages) or list(pages)
            raise InputError("indicators.sheet_unknown", file=file, sheet=sheet, known=known)
        return pages[sheet], []
    filled = [page for page in pages.values() if page.max_row > 1 or page.max_column > 1]
    if len(filled) > 1:
        names = [page.title for page in filled]
        raise InputError("indicators.sheet_unnamed", file=file, known=names)
    if not filled:
        raise InputError("indicators.table_empty", file=file)
    others = [page.title for page in pages.values() if page is not filled[0] and _says(page)]
    return filled[0], others


def _says(page: Any) -> bool:
    return any(cell is not None for row in page.iter_rows(values_only=True) for cell in row)


def _formulas_without_value(content: bytes, title: str) -> list[str]:
    """Find cells whose formula was written by a program that never computed it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        sheets = ElementTree.fromstring(archive.read("xl/workbook.xml")).iter()
        place = next((e.get(_RELATED) for e in sheets if e.get("name") == title), None)
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        target = next((e.get("Target", "") for e in relations if e.get("Id") == place), "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if path not in names:
            return []
        return [found.decode() for found in _FORMULA_ALONE.findall(archive.read(path))]


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
    return str(value)


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
        alone = all(sum(map(bool, rows[row - 1])) <= 1 for row in range(first, last + 1))
        if last >= header and not (alone and first > header):
            cells = f"{get_column_letter(left)}{first}:{get_column_letter(right)}{last}"
            problems.add("indicators.merged_across", file=file, cells=cells)
    problems.raise_if_any()
