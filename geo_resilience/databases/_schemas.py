"""Tables into a schema of their own in one transaction, which stands in the old one's place whole.

PostgreSQL and DuckDB have schemas; in SQLite the names of the tables begin with the schema's. A
table of the schema says whose it is and which tables are ours; all others are left alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from geo_resilience.databases._address import Address
from geo_resilience.databases._connections import ROWS, Connection, linked, relations
from geo_resilience.errors import OutputError
from geo_resilience.tables._kinds import KIND_OF, kind_held
from geo_resilience.tables._sql import literal, quoted
from geo_resilience.text import first_few

#: The table by which a schema is known as ours, and what it says of its maker.
MARK, _MAKER = "geo_resilience_run", "geo_resilience"

#: Rows that are sent at a time, seconds to wait for others, and bytes of PostgreSQL's names.
_SENT, _WAITING, _NAME_MAX = 5_000, 30, 63
_SHOWN = 3


@dataclass(frozen=True)
class Target:
    """Where results go, and whose they are.

    - ``where``: the section of the study, for sentences.
    - ``maker``: by what a schema knows the study again: its file and title.
    - ``replace``: whether the schema of another study may be replaced.
    """

    address: Address
    schema: str
    where: str
    maker: tuple[str, str]
    replace: bool = False

    @property
    def shown(self) -> str:
        """Name the database in sentences."""
        return f"{self.where} ({self.address.shown})"

    def table(self, link: Connection, name: str) -> str:
        """Name a table of the schema as SQL has it."""
        if link.kind == "sqlite":
            return quoted(f"{self.schema}_{name}")
        return quoted(self.schema, name)


@dataclass(frozen=True, eq=False)
class Stored:
    """A table to be stored.

    - ``comments``: what its columns hold.
    - ``key``: the column that names a row.
    - ``shapes``: a column of polygons in well-known binary, by its name.
    - ``system``: EPSG code of their reference system.
    """

    name: str
    frame: pd.DataFrame
    comment: str = ""
    comments: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    shapes: str = ""
    system: int = 0


def settle_schema(target: Target) -> None:
    """Refuse, before anything is computed, a schema where the results may not go."""
    address = target.address.resolved(target.shown)
    if address.kind == "postgresql" or address.file.exists() or not address.file.parent.is_dir():
        with linked(target.address, target.shown, write=True) as link:
            _ours(link, target)
            _check_rights(link, target)


def _check_rights(link: Connection, target: Target) -> None:
    """Refuse a PostgreSQL schema in which, or a database in which, this user may make nothing."""
    if link.kind != "postgresql":
        return
    there = link.rows(
        "SELECT has_schema_privilege(oid, 'CREATE') FROM pg_catalog.pg_namespace"
        f" WHERE nspname = {literal(target.schema)}"
    )
    asked = "SELECT has_database_privilege(current_database(), 'CREATE')"
    if not (there or link.rows(asked))[0][0]:
        key = "databases.schema_closed" if there else "databases.database_closed"
        raise OutputError(key, where=target.shown, schema=target.schema)


def write_schema(target: Target, tables: Sequence[Stored]) -> None:
    """Put tables in the place of those of the last run, all at once or not at all."""
    with linked(target.address, target.shown, write=True) as link:
        link.run("BEGIN IMMEDIATE" if link.kind == "sqlite" else "BEGIN")
        try:
            _replace(link, target, tables)
            link.run("COMMIT")
        except BaseException:
            with suppress(Exception):  # a full disk has ended the transaction
                link.run("ROLLBACK")
            raise


def _replace(link: Connection, target: Target, tables: Sequence[Stored]) -> None:
    if link.kind == "postgresql":
        link.run("SET standard_conforming_strings = on")
        link.run(f"SET LOCAL lock_timeout = '{_WAITING}s'")
        link.rows(f"SELECT pg_advisory_xact_lock(hashtext({literal(target.schema)}))")
    ours = _ours(link, target)
    foreign = sorted({each.name for each in tables} & (set(_inside(link, target)) - set(ours)))
    if foreign:
        raise OutputError("databases.would_replace", where=target.shown, tables=foreign)
    for name in ours:
        link.run(f"DROP TABLE IF EXISTS {target.table(link, name)}")
    if link.kind != "sqlite" and not _schema_there(link, target):
        link.run(f"CREATE SCHEMA {quoted(target.schema)}")
    postgis = _postgis(link)
    for each in tables:
        _store(link, target, each, postgis)
    names = json.dumps([*(each.name for each in tables), MARK])
    told = dict(zip(("study_file", "title"), target.maker, strict=True))
    mark = pd.DataFrame([{"made_by": _MAKER, **told, "tables": names}], dtype="str")
    _store(link, target, Stored(MARK, mark), postgis)


def _schema_there(link: Connection, target: Target) -> bool:
    # asking is allowed where making one is not; IF NOT EXISTS wants the right even then
    asked = "SELECT 1 FROM information_schema.schemata WHERE schema_name = "
    if link.kind == "postgresql":
        asked = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = "
    return bool(link.rows(asked + literal(target.schema)))


def _inside(link: Connection, target: Target) -> list[str]:
    """Name the tables, views and sequences of the schema."""
    if link.kind == "sqlite":
        begin = f"{target.schema}_"
        found = [name for (name,) in relations(link) if name.startswith(begin)]
        return [name.removeprefix(begin) for name in found]
    return [name for schema, name in relations(link, f"{ROWS}S") if schema == target.schema]


def _ours(link: Connection, target: Target) -> list[str]:
    """Give the names of the tables of the last run; refuse a schema that may not be replaced."""
    inside = _inside(link, target)
    if not inside:
        return []
    mark = target.table(link, MARK)
    asked = f"SELECT made_by, study_file, title, tables FROM {mark}"
    found = link.rows(asked) if MARK in inside else []
    if len(found) != 1 or found[0][0] != _MAKER:
        shown = first_few(inside, _SHOWN)
        told = {"schema": target.schema, "found": shown, "count": len(inside)}
        raise OutputError("databases.not_ours", where=target.shown, **told)
    if tuple(found[0][1:3]) != target.maker and not target.replace:
        holds = " / ".join(filter(None, found[0][1:3]))
        raise OutputError(
            "databases.other_study", where=target.shown, schema=target.schema, found=holds
        )
    return [str(name) for name in json.loads(found[0][3]) if name in inside]


def _postgis(link: Connection) -> tuple[str, frozenset[int]] | None:
    """Give the schema where PostGIS is, and the reference systems that it knows."""
    if link.kind != "postgresql":
        return None
    found = link.rows(
        "SELECT n.nspname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n"
        " ON n.oid = e.extnamespace WHERE e.extname = 'postgis'"
    )
    if not found:
        return None
    known = link.rows(f"SELECT srid FROM {quoted(found[0][0], 'spatial_ref_sys')}")
    return str(found[0][0]), frozenset(int(srid) for (srid,) in known)


def _store(
    link: Connection, target: Target, stored: Stored, postgis: tuple[str, frozenset[int]] | None
) -> None:
    """Make a table with its comments, and fill it."""
    place = target.table(link, stored.name)
    kinds = _types(link, stored, postgis)
    names = [quoted(name) for name in _fitting(list(map(str, stored.frame.columns)))]
    lines = [f"{name} {kind}" for name, kind in zip(names, kinds.values(), strict=True)]
    if stored.key:
        lines.append(f"PRIMARY KEY ({names[list(kinds).index(stored.key)]})")
    statements = [f"CREATE TABLE {place} ({', '.join(lines)})"]
    if link.kind != "sqlite":
        told = {f"TABLE {place}": stored.comment}
        told |= {
            f"COLUMN {place}.{name}": stored.comments.get(column, "")
            for column, name in zip(kinds, names, strict=True)
        }
        statements += [f"COMMENT ON {it} IS {literal(text)}" for it, text in told.items() if text]
    if stored.shapes and postgis:
        column = names[list(kinds).index(stored.shapes)]
        statements.append(f"CREATE INDEX ON {place} USING gist ({column})")
    for statement in statements if link.kind != "postgresql" else ["; ".join(statements)]:
        link.run(statement)
    for begin in range(0, len(stored.frame), _SENT):
        part = stored.frame.iloc[begin : begin + _SENT]
        _FILLED[link.kind](link, place, [_cells(part[name]) for name in part], list(kinds.values()))


def _types(
    link: Connection, stored: Stored, postgis: tuple[str, frozenset[int]] | None
) -> dict[str, str]:
    """Give the type of every column."""
    binary = "BYTEA" if link.kind == "postgresql" else "BLOB"
    if postgis:
        system = stored.system if stored.system in postgis[1] else 0
        binary = f"{quoted(postgis[0])}.geometry(MultiPolygon, {system})"
    return {
        str(name): binary if name == stored.shapes else kind_held(column).sql
        for name, column in stored.frame.items()
    }


def _fitting(names: Sequence[str]) -> Iterator[str]:
    """Give names that are short enough and differ in more than capitals."""
    taken: set[str] = set()
    for name in names:
        fitting, number = _cut(name, _NAME_MAX), 2
        while fitting.casefold() in taken:
            fitting, number = f"{_cut(name, _NAME_MAX - 4)}_{number}", number + 1
        taken.add(fitting.casefold())
        yield fitting


def _cut(name: str, most: int) -> str:
    return name.encode()[:most].decode(errors="ignore")


def _cells(column: pd.Series) -> list[Any]:
    """Give cells as plain values, None where they are blank."""
    values = column.astype(object)
    return values.where(column.notna(), None).tolist()


def _fill_postgresql(
    link: Connection, place: str, columns: list[list[Any]], kinds: Sequence[str]
) -> None:
    """Send rows as one JSON text, which any driver can: the server parts it by the types."""
    names = [f"c{number}" for number in range(len(kinds))]
    typed = ", ".join(f"{name} {kind}" for name, kind in zip(names, kinds, strict=True))
    rows = [
        {name: _for_json(cell, kind) for name, kind, cell in zip(names, kinds, row, strict=True)}
        for row in zip(*columns, strict=True)
    ]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    taken = f"SELECT {', '.join(names)} FROM json_to_recordset(%s::json) AS sent({typed})"
    link.run(f"INSERT INTO {place} {taken}", (text,))


def _for_json(cell: Any, kind: str) -> Any:
    if isinstance(cell, bytes):
        return f"\\x{cell.hex()}" if kind == "BYTEA" else cell.hex()
    if isinstance(cell, float) and cell in (float("inf"), float("-inf")):
        return "Infinity" if cell > 0 else "-Infinity"
    return cell


def _fill_sqlite(
    link: Connection, place: str, columns: list[list[Any]], kinds: Sequence[str]
) -> None:
    marks = ", ".join("?" for _ in kinds)
    rows = zip(*columns, strict=True)
    link.cursor.executemany(f"INSERT INTO {place} VALUES ({marks})", rows)


def _fill_duckdb(
    link: Connection, place: str, columns: list[list[Any]], kinds: Sequence[str]
) -> None:
    import pyarrow as pa

    types = {"BLOB": "binary", **{each.sql: each.arrow for each in KIND_OF.values()}}
    arrays = [
        pa.array(cells, getattr(pa, types[kind])())
        for cells, kind in zip(columns, kinds, strict=True)
    ]
    names = [f"c{number}" for number in range(len(kinds))]
    link.cursor.register("geo_resilience_sent", pa.table(arrays, names=names))
    link.run(f"INSERT INTO {place} SELECT * FROM geo_resilience_sent")
    link.cursor.unregister("geo_resilience_sent")


_FILLED = {"postgresql": _fill_postgresql, "sqlite": _fill_sqlite, "duckdb": _fill_duckdb}
