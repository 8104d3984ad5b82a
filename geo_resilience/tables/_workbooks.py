"""Sheets of workbooks (XLSX) as rows of text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from geo_resilience.errors import InputError, Problems, nearest
from geo_resilience.notes import Note
from geo_resilience.tables._headings import years_in
from geo_resilience.tables._sheetxml import (
    MOST_CELLS,
    Formats,
    Merge,
    Parts,
    SheetCells,
    SheetReader,
    place_of,
    read_formats,
    read_strings,
)
from geo_resilience.words import Phrase

_SHOWN = 8
#: A table of more places than this, of which fewer than one in so many is filled, is stretched by
#: a cell that somebody forgot.
_SPARSE, _ONE_IN = 200_000, 50
#: Merged cells that are worded one by one.
_MOST_MERGED = 100


@dataclass(frozen=True)
class SheetPart:
    """A sheet of a workbook: its part of the archive, and whether it is hidden or a mere chart."""

    part: str
    hidden: bool
    chart: bool


@dataclass(frozen=True, eq=False)
class Workbook:
    """A workbook that is open: its sheets are read when they are asked for.

    - ``file``: name of the file, for messages.
    - ``sheets``: the sheets by name, in order.
    """

    file: str
    sheets: Mapping[str, SheetPart]
    parts: Parts
    strings: Sequence[str]
    formats: Formats

    def page(self, sheet: str) -> SheetCells:
        """Read what a sheet holds."""
        with _broken(self.file):
            return SheetReader(self.parts, self.strings, self.formats).read(self.sheets[sheet].part)

    @property
    def tables(self) -> list[str]:
        """The sheets that have cells."""
        return [name for name, each in self.sheets.items() if not each.chart]


@contextmanager
def open_workbook(content: bytes, file: str) -> Iterator[Workbook]:
    """Open a workbook, its shared texts and formats read."""
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

    with _broken(file), zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = Parts(archive, file)
        top = next(part for kind, part in parts.related("").values() if kind == "officeDocument")
        related = parts.related(top)
        sheets: dict[str, SheetPart] = {}
        epoch = CALENDAR_WINDOWS_1900

        def opened(name: str, said: Mapping[str, str]) -> None:
            nonlocal epoch
            if name == "workbookPr" and said.get("date1904") in ("1", "true"):
                epoch = CALENDAR_MAC_1904
            elif name == "sheet":
                number = next((said[key] for key in said if key.endswith("relationships id")), "")
                kind, part = related.get(number, ("", ""))
                hidden = said.get("state", "visible") != "visible"
                sheets[said.get("name", "")] = SheetPart(part, hidden, kind != "worksheet")

        parts.walk(top, opened, lambda name, text: None, 50_000_000)
        beside = dict(related.values())
        strings = read_strings(parts, beside.get("sharedStrings", ""))
        formats = read_formats(parts, beside.get("styles", ""), epoch)
        yield Workbook(file, sheets, parts, strings, formats)


@contextmanager
def _broken(file: str) -> Iterator[None]:
    """Say of whatever an archive or its XML may raise that the workbook is broken."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        what = str(error) or type(error).__name__
        raise InputError("indicators.workbook_broken", file=file, what=what) from None


def read_sheet(
    content: bytes, file: str, sheet: str | None = None
) -> tuple[list[list[str]], list[Merge], list[Note]]:
    """Read one sheet of a workbook: the one named, or the only one that holds anything.

    Rows are numbered as in the sheet, blank ones too, all of one width; a cell shown as a
    percentage has its sign. Merges are those that reach over several columns.
    """
    with open_workbook(content, file) as book:
        title, page, passed_over = _choose(book, sheet)
    if page.valueless:
        more = len(page.valueless) - _SHOWN
        cells = page.valueless[:_SHOWN] + ([f"+{more}"] if more > 0 else [])
        raise InputError("indicators.formula_value", file=file, sheet=title, cells=cells)
    rows = rows_of(page, file, title)
    merges, filled = _fill_down(page, rows, file)
    notes = []
    if passed_over:
        values = {"sheet": title, "others": passed_over[:_SHOWN]}
        notes.append(Note("indicators.sheet_chosen", file, values))
    if filled:
        notes.append(Note("indicators.merged_down", file, {"cells": filled[:_SHOWN]}))
    return rows, merges, notes


def filled_sheets(content: bytes, file: str) -> list[str]:
    """Name the sheets of a workbook that hold anything."""
    with open_workbook(content, file) as book:
        return [name for name in book.tables if book.page(name).held]


def rows_of(page: SheetCells, file: str, sheet: str) -> list[list[str]]:
    """Give the rows of a sheet up to the last row and column that hold anything."""
    height, width = page.tall, page.wide
    size = height * width
    if size > MOST_CELLS or size > max(_SPARSE, _ONE_IN * page.held):
        row, column = _far(page, height, width)
        raise InputError(
            "indicators.cell_far",
            file=file,
            sheet=sheet,
            cell=place_of(row, column),
            rows=height,
            columns=width,
            most=MOST_CELLS,
        )
    none: list[str] = []
    return [
        [*line, *[""] * (width - len(line))]
        for line in (page.cells.get(row, none) for row in range(1, height + 1))
    ]


def _far(page: SheetCells, height: int, width: int) -> tuple[int, int]:
    """Find the cell that stretches a table most; the last of each row is looked at."""
    ends = ((row, len(line)) for row, line in page.cells.items())
    return max(ends, key=lambda place: (place[0] / height + place[1] / width, place))


def _fill_down(page: SheetCells, rows: list[list[str]], file: str) -> tuple[list[Merge], list[str]]:
    """Repeat what is merged downward; give the other merges, and the areas that were filled."""
    across: list[Merge] = []
    filled: list[str] = []
    cells = 0
    for merge in page.merges:
        first, left, last, right = merge
        if first > len(rows) or left > len(rows[0]):
            continue
        area = f"{place_of(first, left)}:{place_of(last, right)}"
        cells += min(last, len(rows)) - first + 1
        if cells > MOST_CELLS:
            raise InputError("indicators.merged_wide", file=file, cells=area, most=MOST_CELLS)
        if left != right:
            across.append(merge)
        elif value := rows[first - 1][left - 1]:
            for row in rows[first:last]:
                row[left - 1] = value
            filled.append(area)
    return across, filled


def several_sheets(file: str, known: Sequence[str]) -> InputError:
    """Give the error that no sheet of several is named, and how else they may be read."""
    dated = all(len(years_in(name)) == 1 for name in known)
    hint = Phrase("problem.indicators.sheets_dated") if dated else ""
    return InputError("indicators.sheet_unnamed", file=file, known=known, hint=hint)


def _choose(book: Workbook, sheet: str | None) -> tuple[str, SheetCells, list[str]]:
    """Find the sheet, and the names of those that hold a line and were passed over unasked."""
    if sheet is not None:
        if sheet not in book.tables:
            known = nearest(sheet, book.tables) or book.tables
            raise InputError("indicators.sheet_unknown", file=book.file, sheet=sheet, known=known)
        return sheet, book.page(sheet), []
    chosen: tuple[str, SheetCells] | None = None
    filled, others = [], []
    for name in book.tables:
        page = book.page(name)
        if page.tall > 1 or page.wide > 1:
            filled.append(name)
            chosen = chosen or (name, page)
        elif page.held:
            others.append(name)
    if len(filled) > 1:
        raise several_sheets(book.file, filled)
    if chosen is None:
        raise InputError("indicators.table_empty", file=book.file)
    return *chosen, others


def check_merges(
    merges: Sequence[Merge], rows: Sequence[Sequence[str]], header: int, file: str
) -> None:
    """Refuse merged cells that leave a heading or a number without its own cell.

    Titles above the headings and remarks alone in their row may be merged.
    """
    held = [sum(map(bool, row)) for row in rows]
    problems = Problems()
    for first, left, last, right in merges:
        alone = all(count <= 1 for count in held[first - 1 : last])
        if last >= header and not (alone and first > header) and len(problems) < _MOST_MERGED:
            cells = f"{place_of(first, left)}:{place_of(last, right)}"
            problems.add("indicators.merged_across", file=file, cells=cells)
    problems.raise_if_any()
