"""Tables as they come: text, workbooks and Parquet, with rows numbered as a person sees them."""

from __future__ import annotations

import errno
import io
import re
import stat
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problem, Problems, nearest
from geo_resilience.notes import Note
from geo_resilience.tables._cells import (
    Numbers,
    find_column,
    is_blank,
    missing_marks,
    read_numbers,
    seen,
)
from geo_resilience.tables._headings import (
    JOINT,
    is_unit,
    paths,
    said_unit,
    several_units,
    split_unit,
    unit_in,
    years_in,
)
from geo_resilience.tables._sheets import NEW, OLD, one_sheet, read_sheet, read_sheets
from geo_resilience.tables._sheetxml import Merge, column_letter
from geo_resilience.tables._textfiles import read_delimited
from geo_resilience.tables._workbooks import check_merges

_TITLES = 20
_SHOWN = 5
_MOST_FAULTS = 20
REMARK = re.compile(
    r"\s*(?:注|备注|说明|资料来源|数据来源|来源|数据库|note|source|data source|remark|\*|[①②③])",
    re.IGNORECASE,
)


@dataclass(frozen=True, eq=False)
class SheetRows:
    """The rows of a file as it numbers them, blank ones too: headings, squares or links alike.

    ``sheet`` says whether they are of a workbook, whose rows are all of one width.
    """

    file: str
    rows: list[list[str]]
    notes: list[Note]
    merges: Sequence[Merge] = ()
    sheet: bool = False

    def filled(self) -> list[tuple[int, list[str]]]:
        """Give number and cells of the rows that hold anything, up to the last column that does."""
        rows = [[cell.strip() for cell in row] for row in self.rows]
        width = max((i for row in rows for i, cell in enumerate(row, start=1) if cell), default=0)
        return [(number, row[:width]) for number, row in enumerate(rows, start=1) if any(row)]


@dataclass(frozen=True, eq=False)
class RawTable:
    """A table as found, cell by cell.

    - ``file``: name of the file, with the sheet if there are several.
    - ``frame``: index: the number that each row has in the file (the heading has one too).
    - ``notes``: what was understood rather than stated.
    - ``titles``: texts above the headings.
    - ``units``: unit by column, where heading rows are stated and it stands there or above.
    """

    file: str
    frame: pd.DataFrame
    notes: tuple[Note, ...] = ()
    titles: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)


def read_raw(
    path: str | Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    heading: str | None = None,
    headings: Sequence[int] = (),
    unit_row: int | None = None,
    comment: str = "",
) -> RawTable:
    """Read a table as text, nothing understood but its cells.

    - ``headings``: rows of the headings, counted from 1; parts are joined by `JOINT`.
    - ``unit_row``: row of the units below them.

    Notes
    -----
    Titles above the headings and remarks below the last row (alone in their row, starting with
    ``注``, ``Source`` and the like) are left out, with a Note.
    """
    found = read_rows(path, sheet=sheet, encoding=encoding, delimiter=delimiter)
    if comment:
        found.rows[:] = [[] if row and row[0].startswith(comment) else row for row in found.rows]
    return _arrange(found, heading, headings, unit_row)


def read_every(
    path: str | Path, headings: Sequence[int], unit_row: int | None, heading: str
) -> dict[tuple[str, int], RawTable]:
    """Read every shown sheet that is named after one year, as `read_raw` reads one.

    The first has a note of the others that hold anything.
    """
    path = Path(path)
    content = file_bytes(path)
    if not content.startswith((NEW, OLD)):
        raise InputError("indicators.sheets_none", file=path.name)
    problems = Problems()
    found: dict[tuple[str, int], RawTable] = {}
    sheets = [each for each in read_sheets(content, path.name) if any(map(any, each.rows))]
    years = {each.name: years_in(each.name) for each in sheets if not each.hidden}
    others = [each.name for each in sheets if len(years.get(each.name, ())) != 1]
    for sheet in sheets:
        if sheet.name in others:
            continue
        with problems.caught():
            rows, areas, notes = one_sheet(sheet, path.name)
            if others and not found:
                notes = [*notes, Note("indicators.sheets_left", path.name, {"others": others})]
            held = SheetRows(f"{path.name} [{sheet.name}]", rows, notes, areas, True)
            found[sheet.name, years[sheet.name][0]] = _arrange(held, heading, headings, unit_row)
    problems.raise_if_any()
    return found


def read_rows(
    path: str | Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> SheetRows:
    """Read a file as rows of text cells: the one door for tables, squares and links alike."""
    path = Path(path)
    content = file_bytes(path)
    file = f"{path.name} [{sheet}]" if sheet else path.name
    if content.startswith(b"PAR1"):
        return SheetRows(file, _parquet(content, file), [])
    if content.startswith((NEW, OLD)):
        rows, merges, notes = read_sheet(content, path.name, sheet)
        return SheetRows(file, rows, notes, merges, True)
    _refuse(content, path.name)
    return SheetRows(file, *read_delimited(content, file, encoding=encoding, delimiter=delimiter))


def file_bytes(path: str | Path) -> bytes:
    """Read a file, or say what stands in its place and what there is instead."""
    path = Path(path)
    if kind_of(path) == "folder":
        raise InputError("indicators.file_is_folder", file=path)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        if not path.parent.is_dir():
            raise InputError("indicators.folder_missing", file=path, folder=path.parent) from None
        there = sorted(each.name for each in path.parent.iterdir() if each.is_file())
        near = nearest(path.name, there) or there[:_SHOWN] or "-"
        raise InputError("indicators.file_missing", file=path, known=near) from None
    except (OSError, ValueError) as error:
        if getattr(error, "errno", None) == errno.ENAMETOOLONG:
            raise InputError("indicators.file_name_long", file=path) from None
        what = getattr(error, "strerror", None) or error
        raise InputError("indicators.file_closed", file=path, what=what) from None


def kind_of(path: Path) -> str:
    """Tell what stands at a path: a file, a folder, another thing (a pipe, say), or nothing."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):  # a name may be longer than any file's
        return ""
    return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else "other"


def _refuse(content: bytes, file: str) -> None:
    """Name the kinds of files that are no table."""
    if not content.strip():
        raise InputError("indicators.table_empty", file=file)
    start = content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        raise InputError("indicators.web_page", file=file)
    if start.startswith((b"%pdf", b"\x1f\x8b", b"rar!", b"7z\xbc")):
        raise InputError("indicators.no_table", file=file)


def _parquet(content: bytes, file: str) -> list[list[str]]:
    from pyarrow.parquet import read_table as read_parquet

    try:
        stored = read_parquet(io.BytesIO(content))
        stored.validate(full=True)  # texts are letters: Arrow believes them until they are read
        frame = stored.to_pandas()
    except Exception as error:  # Arrow, and whatever reads the JSON that it keeps for pandas
        raise InputError("indicators.parquet_broken", file=file, what=error) from None
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    columns = [[_stored(value) for value in frame.iloc[:, i]] for i in range(frame.shape[1])]
    return [[seen(str(column)) for column in frame.columns], *map(list, zip(*columns, strict=True))]


def _stored(value: Any) -> str:
    """Write a stored value as text that reads back as the same value."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return "" if value is None or pd.isna(value) else seen(str(value))


def _arrange(
    sheet: SheetRows, heading: str | None, stated: Sequence[int] = (), unit_row: int | None = None
) -> RawTable:
    """Find the headings and set the rows below them, under their numbers."""
    file, rows, notes = sheet.file, sheet.rows, sheet.notes
    tops = [row - 1 for row in (*stated, unit_row) if row is not None]
    if max(tops, default=-1) >= len(rows):
        values = {"row": max(tops) + 1, "last": len(rows)}
        raise InputError("indicators.row_beyond", file=file, **values)
    filled = [i for i, row in enumerate(rows) if any(cell.strip() for cell in row)]
    if not filled:
        raise InputError("indicators.table_empty", file=file)
    top = stated[0] - 1 if stated else _heading_row(rows, filled, heading)
    last = max([top, *tops])
    if sheet.merges:
        check_merges(sheet.merges, rows, last + 1 + bool(tops), file)
    titles = [" ".join(" ".join(rows[i]).split()) for i in filled if i < top]
    if titles:
        notes = [*notes, Note("indicators.titles_left_out", file, {"titles": titles})]
    body = [i for i in filled if i > last]
    remarks = _remarks(rows, body)
    if remarks:
        texts = [next(c for c in rows[i] if c.strip()).strip()[:60] for i in remarks]
        notes = [*notes, Note("indicators.remarks_left_out", file, {"remarks": texts})]
        body = body[: -len(remarks)]
    if not body:
        raise InputError("indicators.header_only", file=file)
    headings, units = _joined(sheet, [row - 1 for row in stated], top, unit_row)
    while headings and not headings[-1]:
        headings.pop()
    cells = _even(rows, body, headings, file, sheet=sheet.sheet)
    columns = [i for i, name in enumerate(headings) if name]
    unnamed = [i + 1 for i, name in enumerate(headings) if not name]
    unnamed = [i for i in unnamed if any(row[i - 1].strip() for row in cells)]
    if unnamed:
        notes = [*notes, Note("indicators.unnamed_columns", file, {"columns": unnamed})]
    names = [headings[i] for i in columns]
    check_headings(names, file)
    frame = pd.DataFrame(
        [[row[i] for i in columns] for row in cells],
        index=[i + 1 for i in body],
        columns=names,
        dtype="str",
    )
    told = {headings[i]: units[i] for i in columns if units[i]}
    return RawTable(file, frame, tuple(notes), tuple(titles), told)


def _joined(
    sheet: SheetRows, stated: Sequence[int], top: int, unit_row: int | None
) -> tuple[list[str], list[str]]:
    """Give heading and unit of each column; the parts of stated headings are joined."""
    rows, wide = sheet.rows, max(map(len, sheet.rows))
    units = [""] * wide
    if unit_row is not None:
        units = [unit_in(cell) if is_unit(cell) else "" for cell in rows[unit_row - 1]]
        units += [""] * (wide - len(units))
    if not stated:
        return [" ".join(cell.split()) for cell in rows[top]], units
    even = [[*row, *[""] * (wide - len(row))] for row in rows]
    above = [said_unit(cell) for row in rows[:top] for cell in row]
    said = next((unit for unit in above if unit and not several_units(unit)), "")
    headings = []
    for i, parts in paths(even, sheet.merges, stated, range(wide))[0].items():
        split = [split_unit(part) for part in parts]
        headings.append(JOINT.join(name for name, _ in split if name))
        within = [unit for _, unit in split if unit]
        units[i] = units[i] or (within[-1] if within else said)
    return headings, units


def _heading_row(rows: list[list[str]], filled: list[int], heading: str | None) -> int:
    """Find the row with a known heading, else the first of two cells or more."""
    top = filled[:_TITLES]
    if heading is not None:
        for i in top:
            if find_column(heading, [" ".join(cell.split()) for cell in rows[i]]) is not None:
                return i
    wide = (i for i in top if sum(bool(cell.strip()) for cell in rows[i]) > 1)
    return next(wide, filled[0])


def _remarks(rows: list[list[str]], body: list[int]) -> list[int]:
    """Find the rows at the end that hold one cell and say that they are a remark."""
    found: list[int] = []
    for i in reversed(body):
        texts = [cell for cell in rows[i] if cell.strip()]
        if len(texts) > 1 or not REMARK.match(texts[0]):
            break
        found.append(i)
    return found[::-1]


def _even(
    rows: list[list[str]], body: list[int], headings: list[str], file: str, *, sheet: bool
) -> list[list[str]]:
    """Give the rows with as many cells as there are headings, or say which have not."""
    width = len(headings)
    problems = Problems()
    if sheet:
        beyond = [i + 1 for i in body if any(cell.strip() for cell in rows[i][width:])]
        if beyond:
            column = column_letter(width + 1)
            values = {"row": beyond[0], "count": len(beyond), "column": column}
            raise InputError("indicators.sheet_ragged", file=file, expected=width, **values)
    even = []
    for i in body:
        row = rows[i]
        if len(row) < width or any(cell.strip() for cell in row[width:]):
            problems.add("indicators.ragged", file=file, row=i + 1, found=len(row), expected=width)
        even.append([*row[:width], *[""] * (width - len(row))])
    problems.raise_if_any()
    return even


def check_headings(names: list[str], file: str) -> None:
    problems = Problems()
    for name, count in Counter(names).items():
        if count > 1:
            places = [i for i, each in enumerate(names, start=1) if each == name]
            problems.add("indicators.column_twice", file=file, column=name, places=places)
    problems.raise_if_any()


def numbers_of(
    cells: Sequence[str],
    rows: Sequence[int],
    columns: Sequence[str],
    *,
    file: str,
    marks: Collection[str],
    blank: float = float("nan"),
) -> tuple[np.ndarray, list[Problem], list[Note]]:
    """Read cells of one quantity as numbers; rows and columns say where each stands."""
    found = read_numbers(cells, marks, blank=blank)

    def at(i: int) -> dict[str, Any]:
        return {"file": file, "row": rows[i], "column": columns[i], "found": cells[i].strip()}

    problems = [Problem(f"indicators.{key}", at(i)) for i, key in found.faults[:_MOST_FAULTS]]
    more = len(found.faults) - _MOST_FAULTS
    if more > 0:
        values = {"file": file, "column": columns[found.faults[-1][0]], "count": more}
        problems.append(Problem("indicators.more_faults", values))
    notes = []
    if found.signed:
        i = found.signed[0]
        signed = list(dict.fromkeys(columns[i] for i in found.signed))
        notes = [Note("indicators.percent_read", file, {"columns": signed})]
        if found.unsigned:
            bare = at(found.unsigned[0])
            other = {"other": bare["row"], "other_column": bare["column"], "bare": bare["found"]}
            problems.append(Problem("indicators.percent_mixed", {**at(i), **other}))
    return found.values, problems, notes


def read_table(
    path: str | Path,
    *,
    sheet: str | None = None,
    missing: Collection[str] | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    text: Collection[str] = (),
) -> pd.DataFrame:
    r"""Read a table, numbers as numbers.

    Parameters
    ----------
    path : str or Path
        CSV or other delimited text (UTF-8, UTF-16 or GB18030), XLSX, XLS, or Parquet.
    sheet : str, optional
        Sheet of a workbook; without it, the only one that holds anything.
    missing : collection of str, optional
        Texts that stand for a missing number, in place of the usual ones.
    encoding, delimiter : str, optional
        Of a text; found where not given.
    text : collection of str
        Columns to leave as text.

    Returns
    -------
    DataFrame
        A column is numbers when more than half of its filled cells are; codes with leading zeros
        (``"07"``) stay text. Whole numbers are integers where none is missing. ``12.5%`` is 0.125.

    Raises
    ------
    InputError
        For the file, its rows or headings, and for every cell of a column of numbers that cannot
        be read.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "table.csv"
    ...     _ = file.write_text("code;name;value\n07;Ain;1,234.5\n08;Aube;—\n")
    ...     read_table(file)
      code  name   value
    0   07   Ain  1234.5
    1   08  Aube     NaN
    """
    table = read_raw(path, sheet=sheet, encoding=encoding, delimiter=delimiter)
    return with_numbers(table, missing_marks(missing), text).reset_index(drop=True)


def with_numbers(table: RawTable, marks: Collection[str], text: Collection[str]) -> pd.DataFrame:
    """Read the columns that are meant as numbers; rows keep the numbers they have in the file."""
    problems = Problems()
    columns = {}
    for column in table.frame.columns:
        cells = table.frame[column].to_list()
        found = read_numbers(cells, marks)
        if column in text or not _numeric(cells, found, marks):
            bare = [cell.strip() or None for cell in cells]
            columns[column] = pd.Series(bare, dtype="str")
            continue
        rows, names = list(table.frame.index), [column] * len(cells)
        values, faults, _ = numbers_of(cells, rows, names, file=table.file, marks=marks)
        problems.extend(faults)
        whole = bool(np.all(values == np.floor(values))) and bool(np.all(np.abs(values) < 2**53))
        columns[column] = pd.Series(values.astype("int64") if whole else values)
    problems.raise_if_any()
    return pd.DataFrame(columns).set_axis(table.frame.index)


def _numeric(cells: Sequence[str], found: Numbers, marks: Collection[str]) -> bool:
    """Whether a column is meant as numbers: most of its filled cells, and no code like 07."""
    filled = sum(not is_blank(cell, marks) for cell in cells)
    read = int(np.count_nonzero(~np.isnan(found.values)))
    meant = [key for _, key in found.faults]
    read += meant.count("decimal_comma")
    most = read + meant.count("workbook_fault") + meant.count("infinite_number")
    codes = any(re.fullmatch(r"0[0-9]+", cell.strip()) for cell in cells)
    return read > 0 and 2 * most > filled and not codes
