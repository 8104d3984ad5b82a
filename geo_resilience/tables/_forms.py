"""The forms of a table's file: CSV, Parquet (also where CSV would be large), a DuckDB database."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from geo_resilience.tables._formulas import each_text, marked, unmarked
from geo_resilience.tables._sql import literal, quoted

#: Bytes of CSV beyond which a table is written as Parquet.
LARGE = 3_000_000

#: Rows that are written out to tell how large the CSV would be, and bytes that a cell never takes.
_SAMPLE, _WIDEST = 1_000, 100

#: Bytes of a block of a DuckDB database: the least that it takes, since most tables are small.
_BLOCK = 16_384


@dataclass(frozen=True)
class Form:
    """In which forms tables are written.

    - ``formats``: ``csv``, ``parquet`` or both; what is plain is there as CSV in any case.
    - ``bom``: whether CSV begins with a UTF-8 mark, by which Excel knows the encoding.
    - ``safe``: whether texts in CSV that a spreadsheet may calculate begin with an apostrophe.
    """

    formats: tuple[str, ...] = ("csv",)
    bom: bool = False
    safe: bool = False

    @classmethod
    def asked(cls, formats: Iterable[str], **rest: bool) -> Form:
        """Take those of formats that tables have; CSV where none is asked for."""
        known = tuple(name for name in ("csv", "parquet") if name in formats)
        return cls(known or ("csv",), **rest)


def large(frame: pd.DataFrame) -> bool:
    """Say whether the CSV of a table would be large, judged by rows taken at even distances."""
    if frame.size * _WIDEST <= LARGE:
        return False
    taken = frame.iloc[:: max(1, len(frame) // _SAMPLE)]
    text = taken.to_csv(index=False, header=False, lineterminator="\n")
    return len(text.encode()) / len(taken) * len(frame) > LARGE


def write_csv(frame: pd.DataFrame, file: Path, form: Form) -> None:
    """Write a table as CSV; every text is quoted where one holds a carriage return, which parts."""
    encoding = "utf-8-sig" if form.bom else "utf-8"
    safe = each_text(frame, marked) if form.safe else frame
    quoting = csv.QUOTE_NONNUMERIC if _parts(safe) else csv.QUOTE_MINIMAL
    safe.to_csv(file, index=False, encoding=encoding, lineterminator="\n", quoting=quoting)


def _parts(frame: pd.DataFrame) -> bool:
    """Whether a text of a frame holds a carriage return."""
    columns = (frame[name] for name in frame if not pd.api.types.is_numeric_dtype(frame[name]))
    return any(values.astype("str").str.contains("\r", regex=False).any() for values in columns)


def _arrow(frame: pd.DataFrame) -> Any:
    """Give a table as Arrow has it, what is one of some choices as text."""
    import pyarrow as pa

    kinds = {name: "str" for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype)}
    return pa.Table.from_pandas(frame.astype(kinds), preserve_index=False).replace_schema_metadata()


def write_parquet(
    frame: pd.DataFrame,
    file: Path,
    meant: Mapping[str, Mapping[str, str]],
    about: Mapping[str, str],
) -> None:
    """Write a table as Parquet, with what it and its columns mean and nothing else beside it."""
    import pyarrow as pa
    from pyarrow import parquet

    table = _arrow(frame)
    fields = [each.with_metadata(meant[each.name]) for each in table.schema]
    told = table.cast(pa.schema(fields)).replace_schema_metadata(about)
    parquet.write_table(told, file, compression="zstd", compression_level=9)


def write_duckdb(
    tables: Iterable[tuple[str, pd.DataFrame, str, Mapping[str, str]]], file: Path
) -> None:
    """Write tables into a new database: name, frame, what it holds, what each column means."""
    import duckdb

    with duckdb.connect(config={"threads": 1}) as database:
        database.execute(f"ATTACH {literal(file)} AS made (BLOCK_SIZE {_BLOCK})")
        database.execute("USE made")
        database.execute("BEGIN")
        for name, frame, about, meant in tables:
            database.register("found", _arrow(frame))
            database.execute(f"CREATE TABLE {quoted(name)} AS SELECT * FROM found")
            database.unregister("found")
            database.execute(f"COMMENT ON TABLE {quoted(name)} IS {literal(about)}")
            for column, meaning in meant.items():
                at = quoted(name, column)
                database.execute(f"COMMENT ON COLUMN {at} IS {literal(meaning)}")
        database.execute("COMMIT")


def read_csv(file: Path, *, safe: bool) -> pd.DataFrame:
    """Read a CSV with every cell as the text that stands there; of safe ones, that stood."""
    found = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    return each_text(found, unmarked) if safe else found


def read_parquet(file: Path) -> pd.DataFrame:
    """Read a Parquet file; whole numbers and truths may be missing."""
    import pyarrow as pa
    from pyarrow import parquet

    kinds = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    return parquet.read_table(file).to_pandas(types_mapper=kinds.get)
