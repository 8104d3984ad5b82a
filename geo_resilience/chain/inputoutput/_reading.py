"""Reading a national input-output table in the layout that statistical offices publish."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd

from geo_resilience.chain.inputoutput._flows import named
from geo_resilience.chain.inputoutput._table import IOTable, checked_balance
from geo_resilience.errors import InputError, Problems, nearest
from geo_resilience.notes import Note
from geo_resilience.statistics._arrays import Array
from geo_resilience.tables._cells import NOTHING, missing_marks, read_numbers
from geo_resilience.tables._headings import is_chinese
from geo_resilience.tables._reading import read_rows

_DOMESTIC = {"domestic", "d", "国内", "国内产品"}
_IMPORTED = {"imports", "import", "imported", "m", "进口", "进口产品"}
_ROLES = {
    "column": ("final", "intermediate_total", "imports", "error", "output", "skip"),
    "row": ("value_added", "intermediate_total", "imported", "output", "skip"),
}


@dataclass(frozen=True)
class _Known:
    """A heading that offices print: its code, role and the totals that include it."""

    code: str
    role: str
    within: tuple[str, ...]


@cache
def _known(axis: str) -> Mapping[str, _Known]:
    text = files(__package__).joinpath("layouts.csv").read_text(encoding="utf-8")
    found = {}
    for row in csv.DictReader(text.splitlines()):
        if row["axis"] == axis:
            known = _Known(row["code"], row["role"], tuple(row["within"].split()))
            found.update({_folded(label): known for label in row["labels"].split("|")})
    return found


def _folded(label: str) -> str:
    return re.sub(r"[\s_]+", " ", label).strip().casefold()


def _tidied(cell: str) -> str:
    """Take line breaks and padding out of a cell; Chinese has no spaces of its own."""
    return re.sub(r"\s+", "" if is_chinese(cell) else " ", cell).strip()


def _code(label: str) -> str:
    """Give a sector label without the letter that some files put before a number."""
    return re.sub(r"^[cC](?=\d+$)", "", label.strip())


def _header(grid: list[list[str]], file: str) -> tuple[int, int]:
    """Find the row of headings and the column of labels: they name the same sectors."""
    best, place = (1, 0, 0), None
    taken: set[int] = set()
    for column in range(min(6, len(grid[0]))):
        if column in taken:
            break
        for row in range(min(20, len(grid))):
            # The sectors head columns to the right of the labels, and stand in rows below.
            labels = {_code(line[column]) for line in grid[row + 1 :] if line[column]}
            heads = {_code(cell): i for i, cell in enumerate(grid[row]) if i > column and cell}
            common = labels & set(heads)
            # Where both codes and names match, codes are the labels: digits, or shorter.
            coded = sum(any(map(str.isdigit, text)) for text in common)
            found = len(common), coded, -sum(map(len, common))
            if found[0] > 1:
                taken |= {heads[text] for text in common}
            if found > best:
                best, place = found, (row, column)
    if place is None:
        raise InputError("chain.no_layout", file=file)
    return place


@dataclass(frozen=True)
class _Layout:
    """Where in the grid what stands."""

    file: str
    head: int
    label: int
    sectors: dict[str, int]
    domestic: dict[str, int]
    imported: dict[str, int]
    columns: dict[int, _Known]
    rows: dict[int, _Known]


def _origin_column(grid: list[list[str]], head: int, stop: int) -> int | None:
    for column in range(stop):
        values = {_folded(row[column]) for row in grid[head + 1 :] if row[column]}
        if values and values <= _DOMESTIC | _IMPORTED:
            return column
    return None


def _classified(
    labels: Iterable[tuple[int, str]],
    axis: str,
    roles: Mapping[str, str],
    problems: Problems,
    file: str,
) -> dict[int, _Known]:
    """Give the role of each heading that is no sector; totals of printed parts are left out."""
    found: dict[int, _Known] = {}
    for place, label in labels:
        if label in roles:
            if roles[label] not in _ROLES[axis]:
                problems.add("chain.role", label=label, found=roles[label], known=_ROLES[axis])
            found[place] = _Known(label, roles[label], ())
        elif _folded(label) in _known(axis):
            found[place] = _known(axis)[_folded(label)]
        else:
            near = nearest(label, _known(axis)) or list(_ROLES[axis])
            key = "chain.row_unknown" if axis == "row" else "chain.column_unknown"
            problems.add(key, file=file, label=label, known=near)
    totals = {total for known in found.values() for total in known.within}
    # A total is left out where its parts are printed; user-named finals count as parts too.
    if any(
        known.role == "final" and not known.within
        for known in found.values()
        if known.code not in {"TFU"}
    ):
        totals.add("TFU")
    own = [known for known in found.values() if known.role == "value_added"]
    if len(own) > 1:
        totals.add("TVA")
    return {place: known for place, known in found.items() if known.code not in totals}


def _heading(grid: list[list[str]], head: int, column: int) -> str:
    """Give the heading of a column, from the rows above where the row of codes has none."""
    return next((grid[i][column] for i in range(head, -1, -1) if grid[i][column]), "")


def _labels(grid: list[list[str]], head: int, label: int, first: int) -> list[tuple[int, str]]:
    """Give the label of each row that has figures, from a column beside where it has none."""
    found = []
    for i, row in enumerate(grid):
        if i > head and any(row[first:]):
            text = row[label] or next((cell for cell in reversed(row[:first]) if cell), "")
            found.append((i, text))
    return found


def _layout(grid: list[list[str]], file: str, roles: Mapping[str, str]) -> _Layout:
    head, label = _header(grid, file)
    heads = {_code(cell): i for i, cell in enumerate(grid[head]) if i > label and cell}
    names = {_code(row[label]) for row in grid[head + 1 :] if row[label]}
    sectors = {code: i for code, i in heads.items() if code in names}
    first = min(sectors.values())
    below = _labels(grid, head, label, first)
    origin = _origin_column(grid, head, first)
    problems = Problems()
    domestic: dict[str, int] = {}
    imported: dict[str, int] = {}
    others = []
    for i, text in below:
        code = _code(text)
        if code not in sectors:
            others.append((i, text))
            continue
        abroad = origin is not None and _folded(grid[i][origin]) in _IMPORTED
        block = imported if abroad else domestic
        if code in block:
            problems.add("chain.sector_twice", sector=code, file=file)
        block[code] = i
    lacking = [code for code in sectors if code not in domestic]
    if lacking:
        problems.add("chain.sector_missing", what=file, sectors=named(lacking))
    headings = [
        (i, _heading(grid, head, i))
        for i in range(first + 1, len(grid[head]))
        if i not in sectors.values() and any(grid[row][i] for row in domestic.values())
    ]
    columns = _classified(headings, "column", roles, problems, file)
    rows = _classified(others, "row", roles, problems, file)
    problems.raise_if_any()
    return _Layout(file, head, label, sectors, domestic, imported, columns, rows)


class _Reader:
    """Takes blocks out of the grid and gathers the cells that hold no number."""

    def __init__(self, grid: list[list[str]], problems: Problems, file: str) -> None:
        self.grid, self.problems, self.file = grid, problems, file

    def block(self, rows: Iterable[int], columns: Iterable[int]) -> Array:
        """Give the numbers at these rows and columns of the file."""
        rows, columns = list(rows), list(columns)
        places = [(i, j) for i in rows for j in columns]
        cells = [self.grid[i][j] for i, j in places]
        found = read_numbers(cells, missing_marks(NOTHING), blank=0.0)
        for position, _ in found.faults:
            row, column = places[position]
            where = {"file": self.file, "row": row + 1, "column": column + 1}
            self.problems.add("chain.cell_not_number", **where, found=cells[position])
        return found.values.reshape(len(rows), len(columns))


def _names(grid: list[list[str]], layout: _Layout) -> pd.DataFrame:
    """Take names from the text columns left of the figures: Chinese and others told apart."""
    first = min(layout.sectors.values())
    texts: dict[str, list[str]] = {"name": [], "name_zh": []}
    rows = [grid[layout.domestic[code]] for code in layout.sectors]
    for column in range(first):
        cells = [row[column] for row in rows]
        if len(set(cells)) < len(cells) / 2:
            continue
        chinese = sum(is_chinese(cell) for cell in cells) > len(cells) / 2
        kind = "name_zh" if chinese else "name"
        if not chinese and not any(re.search(r"[A-Za-z]{3}", cell) for cell in cells):
            continue
        texts[kind] = texts[kind] or cells
    blank = [""] * len(rows)
    index = pd.Index(list(layout.sectors), name="sector")
    return pd.DataFrame({kind: found or blank for kind, found in texts.items()}, index=index)


def _of_role(places: Mapping[int, _Known], role: str) -> dict[str, int]:
    return {known.code: place for place, known in places.items() if known.role == role}


def read_io(
    path: str | Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    roles: Mapping[str, str] | None = None,
    year: int | None = None,
    unit: str = "",
    tolerance: float = 1e-3,
) -> IOTable:
    """Read an input-output table as statistical offices publish it, and check that it balances.

    One row of headings and one column of labels name the same sectors (a ``c`` before a number is
    passed over); title rows above and name columns beside are found. Right of the sectors stand
    final demand by category, imports, a discrepancy and output; below them primary inputs and
    total inputs; totals of parts that are printed too are left out. Imported products follow as
    rows of their own where a column says ``Domestic`` and ``Imports`` (国内, 进口). A blank is 0.

    Parameters
    ----------
    path : str or Path
        CSV (UTF-8, UTF-16 or GB18030), XLSX or Parquet.
    sheet, encoding : str, optional
        Of an XLSX or CSV file.
    roles : mapping of label to role, optional
        For headings that are not known: a column is final, imports, error, output,
        intermediate_total or skip; a row value_added, imported, output, intermediate_total or skip.
    year, unit : int, str, optional
        Kept with the table.
    tolerance : float
        Largest residual of a row or column, as a share of the sector's output.

    Returns
    -------
    IOTable
        Negative cells of final demand and value added (inventories drawn down, subsidies) are
        allowed and noted.

    Raises
    ------
    InputError
        If headings are not understood, a cell holds no number, a transaction is negative, a
        sector has no output, or a row or column does not balance: everything that is wrong.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> uses = {"code": ["a", "b", "value_added"], "a": [10, 30, 60], "b": [20, 0, 80]}
    >>> table = pd.DataFrame({**uses, "final use": [70, 70, None], "output": [100, 100, None]})
    >>> with TemporaryDirectory() as folder:
    ...     table.to_csv(Path(folder) / "io.csv", index=False)
    ...     read_io(Path(folder) / "io.csv").transactions.loc["a", "b"].item()
    20.0
    """
    found = read_rows(path, sheet=sheet, encoding=encoding)
    width = max(map(len, found.rows), default=0)
    grid = [[*map(_tidied, row), *[""] * (width - len(row))] for row in found.rows]
    file = Path(path).name
    if not width:
        raise InputError("indicators.table_empty", file=file)
    layout = _layout(grid, file, roles or {})
    problems = Problems()
    reader = _Reader(grid, problems, file)
    table = _table(reader, layout, _names(grid, layout), year, unit)
    problems.raise_if_any()
    _check_cells(table, problems)
    problems.raise_if_any()
    checked_balance(table, tolerance=tolerance)
    return replace(table, notes=(*found.notes, *table.notes))


def _table(
    reader: _Reader, layout: _Layout, sectors: pd.DataFrame, year: int | None, unit: str
) -> IOTable:
    codes, places = sectors.index, list(layout.sectors.values())
    home = [layout.domestic[code] for code in codes]
    final = _of_role(layout.columns, "final")
    primary = _of_role(layout.rows, "value_added")
    imported_row = _of_role(layout.rows, "imported")
    imports = imports_final = None
    if layout.imported:
        abroad = [layout.imported[code] for code in codes if code in layout.imported]
        there = [code for code in codes if code in layout.imported]
        frame = pd.DataFrame(reader.block(abroad, places), there, codes)
        imports = frame.reindex(codes, fill_value=0.0)
        frame = pd.DataFrame(reader.block(abroad, final.values()), there, list(final))
        imports_final = frame.reindex(codes, fill_value=0.0)
    elif imported_row:
        imports = pd.DataFrame(reader.block(imported_row.values(), places), ["IMP"], codes)
    transactions = pd.DataFrame(reader.block(home, places), codes, codes)
    demand = pd.DataFrame(reader.block(home, final.values()), codes, list(final))
    value_added = pd.DataFrame(reader.block(primary.values(), places), list(primary), codes)
    error = _single(reader, layout, home, "error", codes)
    competing = _single(reader, layout, home, "imports", codes)
    if competing is not None and competing.sum() < 0:
        # Offices print imports with either sign: the column's sum tells which. A cell of the other
        # sign stays one (returned goods), and is noted.
        competing = -competing
    return IOTable(
        sectors,
        transactions,
        demand,
        value_added,
        _output(reader, layout, home, codes),
        imports,
        imports_final,
        None if layout.imported else competing,
        error,
        year,
        unit,
        layout.file,
        _negative_notes(demand, value_added, competing, layout.file),
    )


def _single(
    reader: _Reader, layout: _Layout, home: list[int], role: str, codes: pd.Index
) -> pd.Series | None:
    found = _of_role(layout.columns, role)
    if not found:
        return None
    return pd.Series(reader.block(home, found.values())[:, 0], codes, name=role)


def _output(reader: _Reader, layout: _Layout, home: list[int], codes: pd.Index) -> pd.Series:
    """Give outputs from their column, or from the row of total inputs."""
    column, row = _of_role(layout.columns, "output"), _of_role(layout.rows, "output")
    if column:
        values = reader.block(home, column.values())[:, 0]
    elif row:
        values = reader.block(row.values(), layout.sectors.values())[0]
    else:
        raise InputError("chain.no_output_heading", file=layout.file)
    return pd.Series(values, codes, name="output")


def _negative(frame: pd.DataFrame) -> list[tuple[str, str, float]]:
    """Give row, column and value of every negative cell."""
    values = frame.to_numpy()
    return [(frame.index[i], frame.columns[j], values[i, j]) for i, j in np.argwhere(values < 0)]


def _negative_notes(
    demand: pd.DataFrame, value_added: pd.DataFrame, competing: pd.Series | None, file: str
) -> tuple[Note, ...]:
    frames = [demand, value_added, *([] if competing is None else [competing.to_frame()])]
    cells = [f"{row} {column}" for frame in frames for row, column, _ in _negative(frame)]
    if not cells:
        return ()
    return (Note("chain.negative_cells", where=file, values={"cells": cells, "n": len(cells)}),)


def _check_cells(table: IOTable, problems: Problems) -> None:
    for name, frame in (("transactions", table.transactions), ("imports", table.imports)):
        if frame is None:
            continue
        for row, column, found in _negative(frame):
            problems.add(
                "chain.negative_flow",
                what=f"{table.source}, {name}",
                row=row,
                column=column,
                found=f"{found:g}",
            )
    for code, found in table.output[table.output <= 0].items():
        problems.add("chain.no_output", sector=code, found=f"{found:g}")
