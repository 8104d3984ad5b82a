"""The parts of a workbook (XLSX) as they come out of its archive: one pass, within bounds.

Only values are held: blank cells, a format in the last row or a part that swells when unpacked
cost no memory, and what goes beyond the bounds is refused with its place.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from xml.parsers import expat

from geo_resilience.errors import InputError
from geo_resilience.tables._cells import seen

#: First row, first column, last row, last column, counted from 1.
Merge = tuple[int, int, int, int]

#: Cells, blank ones inside counted, and bytes (unpacked) of what is read of a workbook.
MOST_CELLS = 10_000_000
MOST_BYTES = 500_000_000
#: Bytes of a part that says how the others hang together, areas of merged cells.
_MOST_SMALL, _MOST_MERGES = 50_000_000, 500_000
#: Rows and columns of the largest sheet that a spreadsheet program makes.
_MOST_ROWS, _MOST_COLUMNS = 2**20, 2**14
#: Marks within one another, and bytes of a single mark: programs write few.
_DEEPEST, _LONGEST = 64, 2**22
_BLOCK = 2**18

_SPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main ",
    "http://purl.oclc.org/ooxml/spreadsheetml/main ",
    "http://schemas.openxmlformats.org/package/2006/relationships ",
)
_QUOTED = re.compile(r'"[^"]*"|\\.')
_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,9})?\s*")
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")

#: Whether the text inside an element is wanted, and what is done with it where it ends.
Opened = Callable[[str, Mapping[str, str]], Any]
Closed = Callable[[str, str], Any]


class Parts:
    """The parts of an archive, given piece by piece as long as they are within the bounds."""

    def __init__(self, archive: zipfile.ZipFile, file: str) -> None:
        self.file = file
        self._archive = archive
        self._read = 0

    def __contains__(self, part: str) -> bool:
        return part in self._archive.NameToInfo

    def walk(self, part: str, opened: Opened, closed: Closed, most: int = MOST_BYTES) -> None:
        """Parse a part; more than `MOST_BYTES` of all parts are refused before they are read."""
        size = self._archive.getinfo(part).file_size
        self._read += size
        if self._read > MOST_BYTES or size > most:
            values = {"size": max(size, self._read) // 10**6, "most": most // 10**6}
            raise InputError("indicators.workbook_heavy", file=self.file, **values)
        parser = _parser(opened, closed)
        read = 0
        with self._archive.open(part) as stream:
            while block := stream.read(_BLOCK):
                parser.Parse(block, False)
                read += len(block)
                if read - parser.CurrentByteIndex > _LONGEST:
                    raise ValueError("a mark without end")
        parser.Parse(b"", True)

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """Give what a part points to: kind and part, by the number it is called by."""
        folder, name = posixpath.split(part)
        place = posixpath.join(folder, "_rels", f"{name}.rels")
        found: dict[str, tuple[str, str]] = {}

        def opened(name: str, said: Mapping[str, str]) -> None:
            if name == "Relationship" and said.get("TargetMode") != "External":
                target = posixpath.join("/", folder, said.get("Target", ""))
                kind = said.get("Type", "").rpartition("/")[2]
                found[said.get("Id", "")] = kind, posixpath.normpath(target).lstrip("/")

        self.walk(place, opened, lambda name, text: None, _MOST_SMALL)
        return found


def _parser(start: Opened, end: Closed) -> expat.XMLParserType:
    """Make a parser of plain XML of little depth; names come without the space of workbooks."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    names: dict[str, str] = {}
    texts: list[str] = []
    depth = 0

    def opened(name: str, said: Mapping[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST or len(names) > _MOST_COLUMNS:
            raise ValueError("marks without end")
        if name not in names:
            names[name] = _short(name)
        if start(names[name], said):
            texts.clear()
            parser.CharacterDataHandler = texts.append

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        parser.CharacterDataHandler = None
        end(names[name], "".join(texts))
        texts.clear()

    def refused(*_: object) -> None:
        raise ValueError("a document type, as no workbook has")

    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.StartDoctypeDeclHandler = refused
    return parser


def _short(name: str) -> str:
    space = next((each for each in _SPACES if name.startswith(each)), "")
    return name[len(space) :]


@dataclass(frozen=True)
class Formats:
    """What a workbook makes of the numbers in cells, by the number of their style.

    - ``percent``, ``dates``, ``spans``: styles of percentages, of dates, of lengths of time.
    - ``epoch``: the day from which dates are counted.
    """

    percent: frozenset[str]
    dates: frozenset[str]
    spans: frozenset[str]
    epoch: datetime


def read_formats(parts: Parts, part: str, epoch: datetime) -> Formats:
    """Read which styles show percentages or dates."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

    formats: dict[str, str] = {str(number): code for number, code in BUILTIN_FORMATS.items()}
    styles: list[str] = []
    inside = False

    def opened(name: str, said: Mapping[str, str]) -> None:
        nonlocal inside
        if name == "numFmt":
            formats[said.get("numFmtId", "")] = said.get("formatCode", "")[:999]
        elif name == "cellXfs":
            inside = True
        elif name == "xf" and inside:
            styles.append(said.get("numFmtId", "0"))

    def closed(name: str, text: str) -> None:
        nonlocal inside
        inside = inside and name != "cellXfs"

    if part in parts:
        parts.walk(part, opened, closed, _MOST_SMALL)
    codes = {number: formats.get(number, "") for number in set(styles)}
    percent = {number for number, code in codes.items() if shows_percent(code)}
    dates = {number for number, code in codes.items() if is_date_format(code)}
    spans = {number for number in dates if is_timedelta_format(codes[number])}

    def of(numbers: set[str]) -> frozenset[str]:
        return frozenset(str(i) for i, number in enumerate(styles) if number in numbers)

    return Formats(of(percent), of(dates), of(spans), epoch)


def read_strings(parts: Parts, part: str) -> list[str]:
    """Read the texts that cells share; what is written above Chinese letters is left out."""
    found: list[str] = []
    pieces: list[str] = []
    above = False

    def opened(name: str, said: Mapping[str, str]) -> bool:
        nonlocal above
        above = above or name == "rPh"
        return name == "t" and not above

    def closed(name: str, text: str) -> None:
        nonlocal above
        if name == "t":
            pieces.append(text)
        elif name == "rPh":
            above = False
        elif name == "si":
            found.append(seen("".join(pieces).replace("x005F_", "")))
            pieces.clear()
            if len(found) > MOST_CELLS:
                values = {"cells": len(found), "most": MOST_CELLS}
                raise InputError("indicators.sheet_full", file=parts.file, **values)

    if part in parts:
        parts.walk(part, opened, closed)
    return found


@dataclass
class SheetCells:
    """What one sheet holds.

    - ``name``: of the sheet.
    - ``cells``: texts by row, each row up to its last value.
    - ``merges``: areas of merged cells, in order.
    - ``valueless``: cells with a formula that was never computed.
    - ``held``: number of cells with a value.
    """

    name: str
    cells: dict[int, list[str]] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    valueless: list[str] = field(default_factory=list)
    held: int = 0

    @property
    def tall(self) -> int:
        """Give the last row that holds a value."""
        return max(self.cells, default=0)

    @property
    def wide(self) -> int:
        """Give the last column that holds a value."""
        return max(map(len, self.cells.values()), default=0)


class SheetReader:
    """Reads one sheet, cell by cell."""

    def __init__(self, name: str, parts: Parts, strings: Sequence[str], formats: Formats) -> None:
        self._parts, self._strings, self._formats = parts, strings, formats
        self.page = SheetCells(name)
        self._row = self._column = self._cells = self._slots = self._letters = 0
        self._kind: str | None = None
        self._style, self._text = "", ""
        self._formula = self._above = False

    def read(self, part: str) -> SheetCells:
        """Walk over a sheet's part."""
        self._parts.walk(part, self._opened, self._closed)
        self.page.merges.sort()
        return self.page

    def _opened(self, name: str, said: Mapping[str, str]) -> bool:
        if name == "c":
            self._begin(said)
        elif name == "v":
            return self._kind is not None
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._row, self._column = int(said.get("r") or self._row + 1), 0
        elif name == "t":
            return self._kind == "inlineStr" and not self._above
        elif name == "rPh":
            self._above = True
        elif name == "mergeCell":
            self._merge(said.get("ref", ""))
        return False

    def _closed(self, name: str, text: str) -> None:
        if name == "v":
            self._text = text
        elif name == "c":
            self._hold()
            self._kind = None
        elif name == "t":
            self._text += text
        elif name == "rPh":
            self._above = False

    def _begin(self, said: Mapping[str, str]) -> None:
        place = said.get("r")
        if place is None:
            self._column += 1
        else:
            self._row, self._column = _at(place)
        if not (0 < self._row <= _MOST_ROWS and 0 < self._column <= _MOST_COLUMNS):
            raise ValueError(f"a cell in row {self._row}, column {self._column}")
        self._cells += 1
        if self._cells > MOST_CELLS:
            self._full(self._cells)
        self._kind, self._style = said.get("t", "n"), said.get("s", "")
        self._text, self._formula = "", False

    def _hold(self) -> None:
        """Keep the value of a cell, if it has one."""
        if self._formula and self._kind != "str" and not self._text.strip():
            self.page.valueless.append(place_of(self._row, self._column))
            return
        text = self._shown() if self._text else ""
        if not text:
            return
        line = self.page.cells.setdefault(self._row, [])
        lacking = self._column - len(line)
        if lacking > 0:
            self._slots += lacking
            line.extend([""] * lacking)
        self._letters += len(text)
        if self._slots > MOST_CELLS or self._letters > MOST_BYTES:
            self._full(max(self._slots, self._letters))
        self.page.held += not line[self._column - 1]
        line[self._column - 1] = text

    def _full(self, cells: int) -> None:
        values = {"cells": cells, "most": MOST_CELLS}
        raise InputError("indicators.sheet_full", file=self._parts.file, **values)

    def _shown(self) -> str:
        """Write a cell's value as text that reads back as the same value."""
        text = self._text
        match self._kind:
            case "s":
                return self._strings[_index(text)]
            case "n" if self._style in self._formats.dates:
                return _day(text, self._formats, self._style in self._formats.spans)
            case "n":
                return _figure(text, percent=self._style in self._formats.percent)
            case "b":
                return "FALSE" if text.strip().lower() in ("0", "false") else "TRUE"
            case "d":
                return _iso(text)
        return seen(text)

    def _merge(self, area: str) -> None:
        first, _, last = area.partition(":")
        top, left = _at(first)
        bottom, right = _at(last or first)
        merge = min(top, bottom), min(left, right), max(top, bottom), max(left, right)
        cells = (merge[2] - merge[0] + 1) * (merge[3] - merge[1] + 1)
        if cells > MOST_CELLS or len(self.page.merges) >= _MOST_MERGES:
            values = {"cells": area, "most": MOST_CELLS}
            raise InputError("indicators.merged_wide", file=self._parts.file, **values)
        if cells > 1:
            self.page.merges.append(merge)


def _index(text: str) -> int:
    found = int(text)
    if found < 0:
        raise ValueError(f"text number {found}")
    return found


def _at(place: str) -> tuple[int, int]:
    """Give row and column of a place like ``B3``."""
    found = _PLACE.fullmatch(place)
    if found is None:
        raise ValueError(f"a cell called {place[:20]!r}")
    return int(found[2]), column_number(found[1])


def column_number(letters: str) -> int:
    """Give the number of a column that spreadsheets name by capital letters.

    Examples
    --------
    >>> column_number("A"), column_number("AB")
    (1, 28)
    """
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - 64
    return column


def column_letter(column: int) -> str:
    """Name a column as spreadsheets do.

    Examples
    --------
    >>> column_letter(1), column_letter(28)
    ('A', 'AB')
    """
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def place_of(row: int, column: int) -> str:
    """Give the place of a row and a column.

    Examples
    --------
    >>> place_of(3, 28)
    'AB3'
    """
    return f"{column_letter(column)}{row}"


def _figure(text: str, *, percent: bool) -> str:
    """Write a number; what is none is left as it stands, to be told with its place."""
    if not _NUMBER.fullmatch(text):
        return seen(text)
    return number_text(float(text), percent=percent)


def shows_percent(code: str) -> bool:
    """Whether a format of cells shows numbers as percentages."""
    return "%" in _QUOTED.sub("", code)


def number_text(value: float, *, percent: bool) -> str:
    """Write a number as text that reads back as the same; a percentage with its sign."""
    shown = str(int(value)) if abs(value) < 2**53 and value == int(value) else repr(value)
    if percent and abs(value) < float("inf"):
        return f"{(Decimal(shown) * 100).normalize():f}%"
    return shown


def _day(text: str, formats: Formats, span: bool) -> str:
    from openpyxl.utils.datetime import from_excel

    if not _NUMBER.fullmatch(text):
        return seen(text)
    try:
        return _dated(from_excel(float(text), formats.epoch, timedelta=span))
    except (OverflowError, ValueError):
        return "#VALUE!"


def _iso(text: str) -> str:
    try:
        return _dated(datetime.fromisoformat(text))
    except ValueError:
        return seen(text)


def _dated(value: object) -> str:
    """Write a date; a time of day only where there is one."""
    match value:
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            return value.isoformat(" ")
        case date() | time():
            return value.isoformat()
    return str(value)
