"""Files as grids of text, and small tables of records in CSV or TOML."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd

from geo_resilience.errors import InputError, nearest
from geo_resilience.notes import Note
from geo_resilience.toml_text import decode_toml, parse_toml

__all__ = ["number", "read_grid", "read_records"]

_WORKBOOK = b"PK\x03\x04"


def _existing(path: str | Path) -> Path:
    found = Path(path)
    if not found.is_file():
        folder = found.parent if found.parent.is_dir() else Path()
        known = nearest(found.name, [entry.name for entry in folder.iterdir()])
        raise InputError("chain.file_missing", file=str(path), known=known or ["-"])
    return found


def read_grid(
    path: str | Path, *, sheet: str | None = None, encoding: str | None = None
) -> tuple[list[list[str]], list[Note]]:
    """Read a CSV or XLSX file as rows of text cells, all of one length.

    Parameters
    ----------
    path : str or Path
    sheet : str, optional
        Of an XLSX file; the only one that holds anything if left out.
    encoding : str, optional
        Of a CSV file; UTF-8, then GB18030 if left out.

    Returns
    -------
    rows : list of list of str
    notes : list of Note
        Another encoding than UTF-8, merged cells.

    Raises
    ------
    InputError
        If the file, the sheet or a readable encoding is missing, the file is empty, or a formula
        has no value.
    """
    from geo_resilience.indicators.textfiles import read_delimited
    from geo_resilience.indicators.workbooks import read_sheet

    file = _existing(path)
    content = file.read_bytes()
    if content.startswith(_WORKBOOK) or file.suffix.lower() in {".xlsx", ".xlsm"}:
        rows, _, notes = read_sheet(content, file.name, sheet)
    else:
        rows, notes = read_delimited(content, file.name, encoding=encoding)
    width = max((len(row) for row in rows), default=0)
    if not width:
        raise InputError("chain.file_empty", file=file.name)
    return [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in rows], notes


def number(cell: str) -> float:
    """Give the number a cell holds: blank is 0, thousands commas are taken out.

    Returns
    -------
    float
        NaN where the cell holds no finite number.

    Examples
    --------
    >>> number("1,234.5"), number(""), number("n.a.")
    (1234.5, 0.0, nan)
    """
    plain = cell.replace(",", "").replace("，", "").replace("−", "-").strip()
    if plain in {"", "-", "—"}:
        return 0.0
    try:
        found = float(plain)
    except ValueError:
        return math.nan
    return found if math.isfinite(found) else math.nan


def _plain(cell: str) -> Any:
    """Give an integer or float where a cell reads as one, else the text; None where blank.

    Digits behind a leading zero are a code, not a number.
    """
    if cell == "":
        return None
    if len(cell) > 1 and cell[0] == "0" and cell.isdigit():
        return cell
    try:
        found = float(cell)
    except ValueError:
        return cell
    return int(found) if found.is_integer() and cell.lstrip("+-").isdigit() else found


def read_records(path: str | Path, *, encoding: str | None = None) -> pd.DataFrame:
    """Read a small table of records: a CSV or XLSX with a header, or a TOML file with ``[[rows]]``.

    Parameters
    ----------
    path : str or Path
        Lines that start with ``#`` before the header of a CSV are comments (source, units). Top
        keys of a TOML file other than rows likewise say what the table is.
    encoding : str, optional
        Of a CSV file.

    Returns
    -------
    DataFrame
        Plain index; a column is numeric where all its cells are. A column ``code`` becomes the
        index, as text.

    Raises
    ------
    InputError
        If the file is missing, empty or no TOML, or a code stands twice.
    """
    file = _existing(path)
    if file.suffix.lower() == ".toml":
        text, _ = decode_toml(file.read_bytes(), file.name, gb18030=True)
        table = pd.DataFrame(parse_toml(text, file.name).get("rows", []))
    else:
        grid, _ = read_grid(file, encoding=encoding)
        while grid and grid[0][0].startswith("#"):
            grid = grid[1:]
        rows = [row for row in grid[1:] if any(row)]
        table = pd.DataFrame(rows, columns=grid[0] if grid else None)
        for name in table.columns.difference(["code"]):
            values = [_plain(cell) for cell in table[name]]
            texts = any(isinstance(value, str) for value in values)
            table[name] = pd.Series(table[name].tolist() if texts else values, dtype=None)
    if table.empty:
        raise InputError("chain.file_empty", file=file.name)
    if "code" in table.columns:
        table = table.assign(code=table["code"].astype(str)).set_index("code")
        for code in table.index[table.index.duplicated()].unique():
            raise InputError("chain.sector_twice", sector=code, file=file.name)
    return table
