"""Sheets of workbooks (XLSX) as rows of text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from geo_resilience.errors import InputError, Problems
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
            reader = SheetReader(sheet, self.parts, self.strings, self.formats)
            return reader.read(self.sheets[sheet].part)

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


def filled_sheets(content: bytes, file: str) -> list[str]:
    """Name the sheets of a workbook that hold anything."""
    with open_workbook(content, file) as book:
        return [name for name in book.tables if book.page(name).held]


def rows_of(page: SheetCells, file: str) -> list[list[str]]:
    """Give the rows of a sheet up to the last row and column that hold anything."""
    height, width = page.tall, page.wide
    size = height * width
    if size > MOST_CELLS or size > max(_SPARSE, _ONE_IN * page.held):
        row, column = _far(page, height, width)
        raise InputError(
            "indicators.cell_far",
            file=file,
            sheet=page.name,
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
