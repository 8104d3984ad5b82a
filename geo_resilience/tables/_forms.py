"""The forms of a table's file: CSV, and Parquet where CSV would be large."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

#: Bytes of CSV beyond which a table is written as Parquet.
LARGE = 3_000_000

#: Rows that are written out to tell how large the CSV would be, and bytes that a cell never takes.
_SAMPLE, _WIDEST = 1_000, 100


def large(frame: pd.DataFrame) -> bool:
    """Say whether the CSV of a table would be large, judged by rows taken at even distances."""
    if frame.size * _WIDEST <= LARGE:
        return False
    taken = frame.iloc[:: max(1, len(frame) // _SAMPLE)]
    text = taken.to_csv(index=False, header=False, lineterminator="\n")
    return len(text.encode()) / len(taken) * len(frame) > LARGE


def write_csv(frame: pd.DataFrame, file: Path, *, bom: bool) -> None:
    """Write a table as CSV, with a UTF-8 mark by which Excel knows the encoding."""
    encoding = "utf-8-sig" if bom else "utf-8"
    frame.to_csv(file, index=False, encoding=encoding, lineterminator="\n")


def write_parquet(frame: pd.DataFrame, file: Path) -> None:
    """Write a table as Parquet: texts by number, nothing in it but the table itself."""
    import pyarrow as pa
    from pyarrow import parquet

    kinds = {name: "str" for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype)}
    table = pa.Table.from_pandas(frame.astype(kinds), preserve_index=False)
    plain = table.replace_schema_metadata()
    parquet.write_table(plain, file, compression="zstd", compression_level=9, store_schema=False)


def read_csv(file: Path) -> pd.DataFrame:
    """Read a CSV with every cell as the text that stands there."""
    return pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def read_parquet(file: Path) -> pd.DataFrame:
    """Read a Parquet file; whole numbers and truths may be missing."""
    import pyarrow as pa
    from pyarrow import parquet

    kinds = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    return parquet.read_table(file).to_pandas(types_mapper=kinds.get)
