"""Connections to databases: by which driver, for how long, and what is told when they fail."""

from __future__ import annotations

import importlib.util
import math
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from geo_resilience.databases._address import DRIVERS, Address, Credentials
from geo_resilience.errors import GeoResilienceError, InputError, did_you_mean
from geo_resilience.tables._sql import literal

#: Seconds within which a server must answer, and within which a query must have given its rows.
CONNECTING, ASKING = 10.0, 300.0

#: Steps of SQLite between two looks at the clock, and most bytes of a cell that it may give.
_STEPS, _CELL = 100_000, 2**26

#: What SQLite may do for a query: nothing that writes, opens another file or changes a setting.
_READS = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}

#: Modules whose exceptions are what a database says.
_SPEAKING = {"sqlite3", "duckdb", "_duckdb", "pg8000", "psycopg", "sqlalchemy", "duckdb_engine"}

#: PostgreSQL's codes: what is wrong with who asks, what writes, what takes too long.
_WHO, _WRITES, _TOO_LONG = ("28000", "28P01"), ("25006", "25001", "0A000", "42P11"), ("57014",)
_LOCKED, _DEPENDED = ("55P03", "40P01"), ("2BP01",)


@dataclass(eq=False)
class Connection:
    """An open connection, which commits nothing by itself.

    - ``kind``: of database.
    - ``raw``: the driver's own connection.
    - ``secrets``: what no sentence may hold.
    - ``deadline``: until when what is being asked must have been answered.
    """

    kind: str
    raw: Any
    cursor: Any
    secrets: tuple[str, ...] = ()
    deadline: float = math.inf

    def run(self, statement: str, values: Sequence[Any] = ()) -> None:
        """Carry out one of our own statements."""
        if values:
            self.cursor.execute(statement, values)
        else:
            self.cursor.execute(statement)

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """Carry out one of our own statements and give its rows."""
        self.run(statement, values)
        return list(self.cursor.fetchall())

    @property
    def late(self) -> bool:
        """Whether what is being asked has taken too long."""
        return time.monotonic() > self.deadline


#: Kinds of relations in PostgreSQL that give rows: tables, views, those kept, foreign, parted.
ROWS = "rvmfp"


def relations(link: Connection, kinds: str = ROWS) -> list[tuple[str, ...]]:
    """Name the tables and views, in PostgreSQL and DuckDB with their schemas before them."""
    if link.kind == "sqlite":
        found = link.rows("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    elif link.kind == "duckdb":
        found = link.rows("SELECT table_schema, table_name FROM information_schema.tables")
    else:
        found = link.rows(
            "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
            f" ON n.oid = c.relnamespace WHERE c.relkind IN ({', '.join(map(literal, kinds))})"
        )
    return sorted(tuple(map(str, each)) for each in found)


@contextmanager
def linked(
    address: Address, where: str, *, write: bool = False, spatial: bool = False
) -> Iterator[Connection]:
    """Connect to a database; without ``write`` nothing can be changed through the connection.

    ``spatial``: whether functions of geometry are called, which DuckDB has to load.
    """
    link = _connected(address.resolved(where), where, write=write)
    try:
        with explained(link, where):
            if not write:
                _shut_in(link, spatial=spatial)
            yield link
    finally:
        with suppress(Exception):
            link.raw.close()


@contextmanager
def explained(link: Connection, where: str) -> Iterator[None]:
    """Tell in our own words, without a password, what goes wrong, and what takes too long."""
    before, link.deadline = link.deadline, time.monotonic() + ASKING
    timer = threading.Timer(ASKING, getattr(link.cursor, "interrupt", int))
    timer.daemon = True
    if link.kind == "duckdb":
        timer.start()
    try:
        yield
    except GeoResilienceError:
        raise
    except Exception as error:
        speaks = type(error).__module__.partition(".")[0] in _SPEAKING
        if not speaks and not isinstance(error, TimeoutError | ConnectionError | UnicodeError):
            raise
        raise _told(error, link, where) from None
    finally:
        timer.cancel()
        link.deadline = before


def _connected(address: Address, where: str, *, write: bool) -> Connection:
    kind, driver = DRIVERS[address.text.partition("://")[0].lower()]
    needed = {"pysqlite": (), "duckdb_engine": ("duckdb", "duckdb_engine")}.get(driver, (driver,))
    absent = [each for each in ("sqlalchemy", *needed) if importlib.util.find_spec(each) is None]
    if absent:
        raise InputError("databases.no_driver", where=where, packages=absent)
    if kind == "postgresql":
        link = _to_server(address, driver, where)
    else:
        link = _to_file(address, kind, where, write=write)
    return link


def _engine(url: Any, **given: Any) -> Any:
    """Make an engine whose connections are ours alone: it keeps none, and ends none for us."""
    import sqlalchemy

    pool = {"poolclass": sqlalchemy.pool.NullPool, "pool_reset_on_return": None}
    return sqlalchemy.create_engine(url, **given, **pool)


def _to_file(address: Address, kind: str, where: str, *, write: bool) -> Connection:
    """Open a database that is a file; one to be written may be new."""
    import sqlalchemy

    file = address.file
    place = file.parent if write and not file.exists() else file
    if not (place.is_dir() if place != file else place.is_file()):
        there = [each.name for each in file.parent.iterdir()] if file.parent.is_dir() else []
        hint = did_you_mean(file.name, there)
        raise InputError("databases.no_file", where=where, hint=hint)
    try:
        if kind == "sqlite":
            mode = "rwc" if write else "ro"
            uri = f"file:{quote(file.resolve().as_posix())}?mode={mode}"

            def opened() -> Any:
                return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=CONNECTING)

            engine = _engine("sqlite://", creator=opened)
        else:
            url = sqlalchemy.URL.create("duckdb", database=str(file.resolve()))
            asked = {"read_only": not write}
            engine = _engine(url, connect_args=asked)
        raw = engine.raw_connection()
        link = Connection(kind, raw, raw.cursor())
        if kind == "sqlite":
            link.rows("SELECT count(*) FROM sqlite_master")  # it opens whatever file it is
    except Exception as error:
        what = _first_line(error)
        if kind == "sqlite" and file.with_name(f"{file.name}-journal").exists() and not write:
            raise InputError("databases.interrupted", where=where) from None
        raise InputError("databases.not_opened", where=where, what=what) from None
    return link


def _shut_in(link: Connection, *, spatial: bool) -> None:
    """Begin to look at a database as it stands now: nothing can be changed from here on.

    Files are read alone, no other file with them. PostgreSQL would let a transaction become one
    that writes until its first statement has looked.
    """
    if link.kind == "postgresql":
        link.run("SET standard_conforming_strings = on")
        link.run(f"SET statement_timeout = {int(1000 * ASKING)}")
        link.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        link.rows("SELECT count(*) FROM pg_catalog.pg_namespace")
        return
    if link.kind == "duckdb":
        if spatial:
            with suppress(Exception):  # where it is not there, the query says so
                link.run("LOAD spatial")
        link.run("SET autoinstall_known_extensions = false")
        link.run("SET enable_external_access = false")
        link.run("SET lock_configuration = true")
    link.run("BEGIN")
    if link.kind == "sqlite":
        link.rows("SELECT count(*) FROM sqlite_master")
        own = link.raw.driver_connection
        own.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _CELL)
        own.set_progress_handler(lambda: link.late, _STEPS)
        own.set_authorizer(
            lambda action, *_: sqlite3.SQLITE_OK if action in _READS else sqlite3.SQLITE_DENY
        )


def _to_server(address: Address, driver: str, where: str) -> Connection:
    """Connect to a PostgreSQL server."""
    import sqlalchemy

    asked = Credentials.of(address, where)
    secrets = tuple({asked.password, quote(asked.password)} if asked.password else ())
    url = sqlalchemy.URL.create(
        f"postgresql+{driver}", asked.user, asked.password, database=asked.database
    )
    arguments = _for_pg8000(asked) if driver == "pg8000" else _for_psycopg(asked)
    engine = _engine(url, connect_args=arguments)
    try:
        raw = _patiently(engine.raw_connection)
    except Exception as error:
        raise _unanswered(error, where, secrets) from None
    own: Any = raw.driver_connection
    if driver == "pg8000":
        own._usock.settimeout(ASKING + CONNECTING)  # until now that of connecting
    own.autocommit = True
    return Connection("postgresql", raw, own.cursor(), secrets)


def _patiently(connect: Callable[[], Any]) -> Any:
    """Try again where the server had hung up before its reason was read."""
    try:
        return connect()
    except Exception as error:
        if not isinstance(error.__cause__, BrokenPipeError | ConnectionResetError):
            raise
    return connect()


def _for_pg8000(asked: Credentials) -> dict[str, Any]:
    place: dict[str, Any] = {"host": asked.host, "port": asked.port}
    if asked.host.startswith("/"):
        place = {"host": None, "unix_sock": f"{asked.host}/.s.PGSQL.{asked.port}"}
    return {**place, "timeout": CONNECTING, "ssl_context": _encryption(asked)}


def _encryption(asked: Credentials) -> Any:
    """Give what pg8000 understands of ``sslmode``: none, whatever is there, or checked."""
    if asked.host.startswith("/") or asked.sslmode == "disable":
        return False
    if asked.sslmode in ("allow", "prefer"):
        return None
    if asked.sslmode == "require" and asked.sslrootcert is None:
        return True
    import ssl

    context = ssl.create_default_context(cafile=asked.sslrootcert)
    context.check_hostname = asked.sslmode == "verify-full"
    return context


def _for_psycopg(asked: Credentials) -> dict[str, Any]:
    given: dict[str, Any] = {"host": asked.host, "port": asked.port, "sslmode": asked.sslmode}
    if asked.sslrootcert:
        given["sslrootcert"] = asked.sslrootcert
    return {**given, "connect_timeout": int(CONNECTING)}


def _first_line(error: BaseException) -> str:
    """Give what a driver says, on one line."""
    said = error.args[0] if error.args else ""
    text = said.get("M", "") if isinstance(said, dict) else str(error)
    hint = said.get("H", "") if isinstance(said, dict) else ""
    lines = [line.strip() for line in str(text).splitlines() if line.strip()]
    told = lines[0] if lines else type(error).__name__
    return f"{told} ({hint})" if hint else told


def _code(error: BaseException) -> str:
    """Give PostgreSQL's code of an error."""
    said = error.args[0] if error.args else ""
    found = said.get("C") if isinstance(said, dict) else getattr(error, "sqlstate", None)
    return str(found or "")


def _clean(text: str, secrets: Sequence[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "…")
    return text


def _unanswered(error: Exception, where: str, secrets: Sequence[str]) -> InputError:
    """Say why there is no connection."""
    inner = getattr(error, "orig", None) or error
    code, said = _code(inner), _clean(_first_line(inner), secrets)
    if code in _WHO or "password authentication failed" in said:
        return InputError("databases.not_let_in", where=where)
    if code or "ssl" in said.lower():
        return InputError("databases.refused", where=where, what=said)
    silent = isinstance(inner, OSError) or isinstance(inner.__cause__, OSError)
    if secrets or silent or "timeout" in said.lower():
        return InputError("databases.no_answer", where=where, seconds=int(CONNECTING))
    return InputError("databases.not_let_in", where=where)


def _told(error: Exception, link: Connection, where: str) -> InputError:
    """Say what a database has answered to a statement."""
    code, said = _code(error), _clean(_first_line(error), link.secrets)
    late = code in _TOO_LONG or (link.kind != "postgresql" and "interrupt" in said.lower())
    if late or isinstance(error, TimeoutError):
        return InputError("databases.too_long", where=where, seconds=int(ASKING))
    if code in _LOCKED or "database is locked" in said:
        return InputError("databases.locked", where=where)
    if code in _DEPENDED:
        return InputError("databases.depended", where=where, what=said)
    if code in _WRITES or "not authorized" in said or "prohibited" in said or "read-only" in said:
        return InputError("databases.writes", where=where)
    return InputError("databases.said", where=where, what=said)
