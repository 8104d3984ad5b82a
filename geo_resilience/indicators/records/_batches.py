"""Files of records, read in batches of bounded size: Parquet and delimited text."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from geo_resilience.errors import InputError, Problems
from geo_resilience.indicators.records._exact import MOST_ROWS
from geo_resilience.indicators.records._geometries import GeometryColumn, geometry_column
from geo_resilience.tables._textfiles import TEXTS, sniffed
from geo_resilience.words import Phrase

#: Most rows of a batch.
BATCH = MOST_ROWS // 4

#: Bytes of text that are read at a time.
_BLOCK = 1 << 24

_PARQUET = (".parquet", ".geoparquet", ".pq")
_PACKED = (".gz", ".bz2", ".zst")


@dataclass(frozen=True)
class Piece:
    """A part of a file that is read at one go: a row group of Parquet, or a text file."""

    file: Path
    group: int | None = None
    encoding: str = "utf-8"
    delimiter: str = ","
    place: GeometryColumn | None = None

    def broken(self, error: BaseException) -> InputError:
        """Say that it cannot be read, and why."""
        told: Phrase | str = self.file.name
        if self.group is not None:
            told = Phrase("records.row_group", {"file": told, "group": self.group + 1})
        what = next(iter(str(error).splitlines()), "") or type(error).__name__
        return InputError("records.broken", file=told, what=what)

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Read some columns, and that of the place; those of text files as text."""
        if self.place is not None:
            columns = [*columns, self.place.name]
        try:
            if self.group is None:
                yield from self._text(columns)
            else:
                yield from self._parquet(columns)
        except (pa.ArrowException, OSError) as error:
            raise self.broken(error) from None

    def _parquet(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        import pyarrow.parquet as pq

        with pq.ParquetFile(self.file) as file:
            yield from file.iter_batches(BATCH, row_groups=[self.group], columns=list(columns))

    def _text(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        from pyarrow import csv

        convert = csv.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.string()),
            include_columns=list(columns),
            strings_can_be_null=True,
            null_values=[""],
        )
        with self._csv(convert) as reader:
            for batch in reader:
                yield from (batch.slice(at, BATCH) for at in range(0, batch.num_rows, BATCH))

    def _csv(self, convert: Any = None) -> Any:
        from pyarrow import csv

        return csv.open_csv(
            self.file,
            csv.ReadOptions(encoding=self.encoding, use_threads=False, block_size=_BLOCK),
            csv.ParseOptions(delimiter=self.delimiter, newlines_in_values=True),
            convert,
        )

    def names(self) -> list[str]:
        """Give the names of the columns of a text file."""
        try:
            with self._csv() as reader:
                return list(reader.schema.names)
        except pa.ArrowException as error:
            raise self.broken(error) from None


def pieces_of(
    records: Iterable[str | Path], columns: Sequence[str], *, placed: bool = False
) -> list[Piece]:
    """Find the files that paths, folders and patterns mean; each must hold the columns.

    With ``placed`` each must be GeoParquet with a column of points, all in one reference system.

    Raises
    ------
    InputError
        With every path that is not there, every file that cannot be read or lacks a column.
    """
    problems = Problems()
    found: list[Piece] = []
    for file in files_of(records, problems):
        with problems.caught():
            names, pieces = _opened(file, placed)
            for column in columns:
                if column not in names:
                    problems.unknown("records.no_column", column, names, file=file.name)
            found += pieces
    problems.raise_if_any()
    systems = {piece.place.crs: piece.file.name for piece in found if piece.place}
    if len(systems) > 1:
        raise InputError("records.several_crs", files=list(systems.values()))
    return found


def kind_of(file: Path) -> str:
    """Give ``parquet``, ``text``, or nothing for a file that holds no records."""
    name = file.name.casefold()
    for packed in _PACKED:
        name = name.removesuffix(packed)
    if name.startswith((".", "_")) or name.endswith(".report.csv"):
        return ""
    return "parquet" if name.endswith(_PARQUET) else "text" if name.endswith(TEXTS) else ""


def files_of(
    paths: Iterable[str | Path],
    problems: Problems,
    *,
    what: str = "records",
    holds: Callable[[Path], object] = kind_of,
    endings: Sequence[str] = (*_PARQUET, *TEXTS),
) -> list[Path]:
    """Give the files of paths, folders and patterns, each once, in the order of their names."""
    found: dict[Path, None] = {}
    for each in map(str, paths):
        path = Path(each)
        if path.is_dir():
            files = [file for file in sorted(path.rglob("*")) if holds(file)]
        else:
            # Path.glob takes no absolute pattern.
            matching = glob.glob(each, recursive=True)  # noqa: PTH207
            files = [path] if path.is_file() else sorted(map(Path, matching))
        if not files:
            problems.add(f"{what}.nothing_there", path=each)
        for file in files:
            if holds(file):
                found[file] = None
            else:
                problems.add(f"{what}.kind_unknown", file=file, known=endings)
    return list(found)


def _opened(file: Path, placed: bool) -> tuple[list[str], list[Piece]]:
    """Give a file's columns and its pieces."""
    if kind_of(file) == "text":
        if placed:
            raise InputError("records.no_geometry", file=file.name)
        encoding, delimiter = sniffed(file)
        piece = Piece(file, None, encoding, delimiter)
        return piece.names(), [piece]
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file) as opened:
            schema, groups = opened.schema_arrow, opened.num_row_groups
    except (pa.ArrowException, OSError) as error:
        raise Piece(file).broken(error) from None
    place = geometry_column(file, schema.metadata) if placed else None
    return schema.names, [Piece(file, group, place=place) for group in range(groups)]
