"""Rows that databases give: asked in one read-only look at each, as text, with their SHA-256."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from geo_resilience.databases._address import Address
from geo_resilience.databases._connections import ASKING, Connection, explained, linked, relations
from geo_resilience.errors import InputError, Problems, did_you_mean
from geo_resilience.tables._cells import seen
from geo_resilience.tables._reading import RawTable, check_headings
from geo_resilience.tables._sql import quoted

#: Most cells, and most bytes of text, that a query may give: what a computer holds with ease.
MOST_CELLS, MOST_BYTES = 5_000_000, 2**28

#: Rows between two looks at the clock, and those that a server sends at a time: one first, then
#: more, as many as hold about so many letters.
_FEW, _FETCHED, _LETTERS = 100, 5_000, 2**23

#: A reference system that DuckDB's type of a column names.
_TYPED = re.compile(r"GEOMETRY\('(.+)'\)", re.DOTALL)

#: How well-known binary begins: the order of its bytes, the kind of shape and, in EWKB, a number.
_EWKB, _NUMBERED = re.compile(r"(0[01])([0-9A-Fa-f]{16})", re.ASCII), 0x20000000


@dataclass(frozen=True)
class DatabaseQuery:
    """What a study asks of a database.

    - ``where``: the section of the study, for sentences.
    - ``query`` or ``table``: a SELECT statement, or the name of a table or view, which may have
      that of its schema before it.
    """

    address: Address
    where: str
    query: str | None = None
    table: str | None = None

    @property
    def label(self) -> str:
        """Name it in sentences, as a file is named."""
        return f"{self.where} ({self.address.shown})"

    @property
    def name(self) -> str:
        """Name it among the inputs of a study: address without credentials, and what was asked."""
        return f"{self.address.shown} {' '.join(str(self.table or self.query).split())}"


@dataclass(frozen=True, eq=False)
class Answer:
    """What a database gave.

    - ``names``: of the columns.
    - ``rows``: cells as text, None where they are blank, bytes as hexadecimal digits.
    - ``systems`` (mapping of number or column to str): definitions of the reference systems.
    """

    query: DatabaseQuery
    names: tuple[str, ...]
    rows: list[list[str | None]]
    systems: Mapping[int | str, str]

    @property
    def file(self) -> str:
        """Name it as a file is named."""
        return self.query.label

    @property
    def sha256(self) -> str:
        r"""Give the SHA-256 of the rows, whatever their order.

        It is that of the names and then the rows, these sorted, each a JSON list of texts and nulls
        followed by ``\n``, in UTF-8.
        """
        lines = sorted(_line(row) for row in self.rows)
        digest = hashlib.sha256(_line(self.names))
        for line in lines:
            digest.update(line)
        return digest.hexdigest()

    def table(self) -> RawTable:
        """Give the rows as those of a file, numbered from 1."""
        names = [" ".join(name.split()) for name in self.names]
        check_headings(names, self.file)
        if not self.rows:
            raise InputError("databases.no_rows", where=self.file)
        rows = [["" if cell is None else cell for cell in row] for row in self.rows]
        numbers = range(1, len(rows) + 1)
        return RawTable(self.file, pd.DataFrame(rows, index=numbers, columns=names, dtype="str"))


def _line(cells: Iterable[str | None]) -> bytes:
    text = json.dumps(list(cells), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass") + b"\n"


def fingerprints(answers: Iterable[Answer]) -> dict[str, str]:
    """Give the SHA-256 of what databases gave, by the name among the inputs of a study."""
    return {answer.query.name: answer.sha256 for answer in answers}


def ask(queries: Iterable[DatabaseQuery], problems: Problems) -> dict[DatabaseQuery, Answer]:
    """Ask what is asked of each database in one look: all as it stood at one moment.

    What goes wrong is gathered; such queries have no answer.
    """
    found: dict[DatabaseQuery, Answer] = {}
    by_address: dict[Address, list[DatabaseQuery]] = {}
    for query in queries:
        by_address.setdefault(query.address, []).append(query)
    for address, asked in by_address.items():
        spatial = any("st_" in str(query.query).lower() for query in asked)
        with problems.caught(), linked(address, asked[0].label, spatial=spatial) as link:
            for query in asked:
                with problems.caught(), explained(link, query.label):
                    found[query] = _answered(link, query)
    return found


def _answered(link: Connection, query: DatabaseQuery) -> Answer:
    statement = query.query if query.table is None else _whole(link, query)
    assert statement is not None
    if link.kind == "postgresql":
        link.run("SAVEPOINT asked")
    try:
        names, fetched, types = _STARTS[link.kind](link, statement, query)
        rows = _kept(fetched, len(names), link, query)
        return Answer(query, names, rows, _systems(link, names, rows, types))
    except BaseException:
        if link.kind == "postgresql":
            link.run("ROLLBACK TO SAVEPOINT asked")
        raise


def _whole(link: Connection, query: DatabaseQuery) -> str:
    """Ask for all of a table, which must be there; of several, for the one on the search path."""
    parts = str(query.table).split(".")
    known = relations(link)
    found = [each for each in known if each[-len(parts) :] == tuple(parts)]
    if not found:
        names = [".".join(each) for each in known]
        hint = did_you_mean(query.table, [*names, *(each[-1] for each in known)])
        raise InputError("databases.no_table", where=query.label, table=query.table, hint=hint)
    return f"SELECT * FROM {quoted(*(found[0] if len(found) == 1 else parts))}"


Started = tuple[tuple[str, ...], Iterator[Sequence[Any]], list[str]]


def _start_on_server(link: Connection, statement: str, query: DatabaseQuery) -> Started:
    """Open a cursor, which PostgreSQL does for one statement, and one that only reads.

    The statement is handed over as a text, so that nothing in it can end the transaction.
    """
    tag = f"q{secrets.token_hex(16)}"
    opening = f"OPEN geo_resilience_rows NO SCROLL FOR EXECUTE ${tag}$ {statement} ${tag}$;"
    declared = "DECLARE geo_resilience_rows refcursor := 'geo_resilience_rows';"
    link.run(f"DO $outer{tag}$ {declared} BEGIN {opening} END $outer{tag}$")
    first = link.rows("FETCH 1 FROM geo_resilience_rows")
    names = tuple(str(each[0]) for each in link.cursor.description)

    def fetched() -> Iterator[Sequence[Any]]:
        rows = first
        while rows:
            yield from rows
            rows = link.rows(f"FETCH {_next(rows)} FROM geo_resilience_rows")
        link.run("CLOSE geo_resilience_rows")

    return names, fetched(), []


def _next(rows: Sequence[Sequence[Any]]) -> int:
    """Say how many rows to fetch after these, at most twice as many, so that they fit."""
    widest = max(sum(len(each) for each in row if isinstance(each, str | bytes)) for row in rows)
    return max(1, min(2 * len(rows), _FETCHED, _LETTERS // (widest + 1)))


def _start_on_file(link: Connection, statement: str, query: DatabaseQuery) -> Started:
    """Carry out one statement, which must be a SELECT."""
    if link.kind == "duckdb":
        import duckdb

        kinds = [each.type for each in link.cursor.extract_statements(statement)]
        if kinds != [duckdb.StatementType.SELECT]:
            raise InputError("databases.writes", where=query.label)
    link.run(statement)
    described = link.cursor.description
    if not described:
        raise InputError("databases.writes", where=query.label)

    def fetched() -> Iterator[Sequence[Any]]:
        while (row := link.cursor.fetchone()) is not None:  # a row may be as large as it likes
            yield row

    types = [str(each[1]) for each in described]
    return tuple(str(each[0]) for each in described), fetched(), types


_STARTS = {
    "postgresql": _start_on_server,
    "sqlite": _start_on_file,
    "duckdb": _start_on_file,
}


def _kept(
    fetched: Iterator[Sequence[Any]], width: int, link: Connection, query: DatabaseQuery
) -> list[list[str | None]]:
    """Keep the rows as text, as many as a table may have."""
    rows, held = [], 0
    for row in fetched:
        cells = [_text(cell) for cell in row]
        held += sum(len(cell) for cell in cells if cell is not None)
        rows.append(cells)
        if len(rows) * width > MOST_CELLS or held > MOST_BYTES:
            raise InputError("databases.too_many", where=query.label, rows=f"{len(rows):,}")
        if len(rows) % _FEW == 0 and link.late:
            raise InputError("databases.too_long", where=query.label, seconds=int(ASKING))
    return rows


def _text(cell: Any) -> str | None:
    """Write a value as text that reads back as the same value."""
    match cell:
        case None:
            return None
        case float() | Decimal() if cell != cell:
            return None
        case float() if cell.is_integer() and abs(cell) < 2**53:
            return str(int(cell))
        case Decimal() if cell.is_finite():
            text = format(cell, "f")
            return text.rstrip("0").rstrip(".") if "." in text else text
        case bytes() | bytearray() | memoryview():
            return bytes(cell).hex()
    return seen(str(cell))


def _systems(
    link: Connection, names: Sequence[str], rows: list[list[str | None]], types: list[str]
) -> dict[int | str, str]:
    """Give the reference systems that the database knows of: PostGIS by number, or by column."""
    if link.kind == "duckdb":
        typed = zip(names, map(_TYPED.search, types), strict=True)
        return {name: found[1].replace("''", "'") for name, found in typed if found}
    if link.kind != "postgresql":
        return {}
    places = link.rows(
        "SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
        " ON n.oid = c.relnamespace WHERE c.relname = 'spatial_ref_sys'"
    )
    numbers = sorted({each for row in rows for each in map(_number, row) if each})
    if not places or not numbers:
        return {}
    found = link.rows(
        "SELECT srid, auth_name, auth_srid, srtext FROM "
        f"{quoted(places[0][0], 'spatial_ref_sys')} WHERE srid IN ({str(numbers)[1:-1]})"
    )
    return {
        int(srid): f"{name}:{code}" if name and code else str(text)
        for srid, name, code, text in found
    }


def _number(cell: str | None) -> int:
    """Give the number of the reference system that EWKB, as hexadecimal digits, holds; else 0."""
    head = _EWKB.match(cell or "")
    if head is None:
        return 0
    kind, number = struct.unpack(("<" if head[1] == "01" else ">") + "II", bytes.fromhex(head[2]))
    return number if kind & _NUMBERED else 0
