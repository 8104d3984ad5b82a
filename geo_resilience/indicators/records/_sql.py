"""Records as a query gives them: SQL over the files, by DuckDB (extra ``duckdb``), read only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from geo_resilience.errors import InputError, Problems
from geo_resilience.indicators.records import _batches
from geo_resilience.tables._sql import literal
from geo_resilience.tables._textfiles import sniffed

#: What the query calls the records of the files.
VIEW = "records"


@dataclass(frozen=True)
class Query:
    """A query over files, which it knows as the table ``records``.

    The connection reads these files and no others, and writes nothing: its statement must be a
    SELECT. Columns of text files are text.
    """

    files: tuple[Path, ...]
    sql: str
    place: None = None

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Run it, and give its rows in batches of bounded size."""
        duckdb = _duckdb()
        with self._connection() as connection:
            try:
                for batch in connection.execute(self.sql).to_arrow_reader(_batches.BATCH):
                    yield batch.select(list(columns))
            except duckdb.Error as error:
                raise _refused(error) from None

    def names(self) -> list[str]:
        """Give the names of its columns."""
        duckdb = _duckdb()
        with self._connection() as connection:
            try:
                statements = connection.extract_statements(self.sql)
                if [each.type for each in statements] != [duckdb.StatementType.SELECT]:
                    raise InputError("records.sql_not_select", sql=self.sql)
                described = connection.execute(f"DESCRIBE {statements[0].query}").fetchall()
            except duckdb.Error as error:
                raise _refused(error) from None
        return [str(row[0]) for row in described]

    def _connection(self) -> Any:
        """Open a database in memory, with a view of the files and no way out of it."""
        duckdb = _duckdb()
        connection = duckdb.connect(":memory:")
        try:
            connection.execute(f"CREATE VIEW {VIEW} AS {' UNION ALL BY NAME '.join(self._read())}")
            allowed = ", ".join(map(literal, self.files))
            connection.execute(f"SET allowed_paths = [{allowed}]")
            connection.execute("SET autoinstall_known_extensions = false")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
        except duckdb.Error as error:
            connection.close()
            raise _refused(error) from None
        return connection

    def _read(self) -> Iterator[str]:
        """Say how the files are read: all of Parquet together, each text file by itself."""
        parquet = [each for each in self.files if _batches.kind_of(each) == "parquet"]
        if parquet:
            yield f"SELECT * FROM read_parquet([{', '.join(map(literal, parquet))}])"
        for file in self.files:
            if file in parquet:
                continue
            encoding, delimiter = sniffed(file)
            if not encoding.startswith("utf-8"):
                raise InputError("records.sql_encoding", file=file.name, encoding=encoding)
            how = f"header = true, all_varchar = true, delim = {literal(delimiter)}"
            yield f"SELECT * FROM read_csv({literal(file)}, {how})"


def query_of(records: Sequence[str | Path], sql: str, columns: Sequence[str]) -> Query:
    """Make a query over files; it must give the columns."""
    problems = Problems()
    query = Query(tuple(_batches.files_of(records, problems)), sql)
    problems.raise_if_any()
    names = query.names()
    for column in columns:
        if column not in names:
            problems.unknown("records.sql_no_column", column, names)
    problems.raise_if_any()
    return query


def _duckdb() -> Any:
    try:
        import duckdb
    except ImportError:
        raise InputError("records.no_duckdb") from None
    return duckdb


def _refused(error: Exception) -> InputError:
    told = [line for line in str(error).splitlines() if line.strip()]
    return InputError("records.sql_refused", what=told[0] if told else type(error).__name__)
