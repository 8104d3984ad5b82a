"""Small tables of records, in any kind of table file or in TOML."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from geo_resilience.errors import InputError, Problem, Problems
from geo_resilience.tables._cells import missing_marks
from geo_resilience.tables._reading import file_bytes, read_raw, with_numbers
from geo_resilience.tables._toml import decode_toml, parse_toml
from geo_resilience.words import Phrase

#: Fields of a sentence that may hold the code of a row, the most telling first.
_CODED = ("row", "indicator", "sector", "code")
#: Where a table keeps the number that each of its rows has in the file.
_ROWS = "rows"


def read_records(path: str | Path, *, encoding: str | None = None) -> pd.DataFrame:
    """Read a small table of records: any kind of table, or a TOML file with ``[[rows]]``."""
    file = Path(path)
    if file.suffix.lower() == ".toml":
        text, _ = decode_toml(file_bytes(file), file.name)
        table = pd.DataFrame(parse_toml(text, file.name).get("rows", []))
        table.attrs[_ROWS] = list(range(1, len(table) + 1))
    else:
        raw = read_raw(file, encoding=encoding, comment="#")
        table = with_numbers(raw, missing_marks(), ("code",)).reset_index(drop=True)
        table.attrs[_ROWS] = list(raw.frame.index)
    if table.empty:
        raise InputError("chain.file_empty", file=file.name)
    if "code" in table.columns:
        table = table.assign(code=table["code"].astype("str").fillna("")).set_index("code")
        problems = Problems()
        for code in table.index[table.index.duplicated()].unique():
            rows = [
                row
                for row, each in zip(table.attrs[_ROWS], table.index, strict=True)
                if each == code
            ]
            problems.add("chain.code_twice", file=file.name, code=code, rows=rows)
        problems.raise_if_any()
    return table


@contextmanager
def telling_rows(path: str | Path, table: pd.DataFrame) -> Iterator[None]:
    """Say of what is wrong with a table inside the block in which row of which file it stands."""
    row_of = dict(zip(map(str, table.index), table.attrs.get(_ROWS, ()), strict=False))
    try:
        yield
    except InputError as error:
        raise InputError(
            [_placed(each, Path(path).name, row_of) for each in error.problems]
        ) from None


def _placed(problem: Problem, file: str, row_of: dict[str, int]) -> Problem:
    codes = [str(problem.values[name]) for name in _CODED if name in problem.values]
    row = next((row_of[code] for code in codes if code in row_of), None)
    values = {"file": file, "what": Phrase(f"problem.{problem.key}", problem.values)}
    if row is None:
        return Problem("chain.of_file", values)
    return Problem("chain.of_row", values | {"row": row})


def coded(found: pd.DataFrame) -> pd.DataFrame:
    """Bring the code into a column of its own."""
    return found.rename_axis(found.index.name or "code").reset_index()
