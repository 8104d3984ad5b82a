"""Addresses of databases, which hold no password, and where the password comes from."""

from __future__ import annotations

import configparser
import getpass
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from geo_resilience.errors import InputError
from geo_resilience.words import Phrase

#: Kinds of databases by what an address begins with, and the driver that is meant.
DRIVERS: Mapping[str, tuple[str, str]] = {
    "postgresql": ("postgresql", "pg8000"),
    "postgresql+pg8000": ("postgresql", "pg8000"),
    "postgresql+psycopg": ("postgresql", "psycopg"),
    "sqlite": ("sqlite", "pysqlite"),
    "duckdb": ("duckdb", "duckdb_engine"),
}

#: How an address begins that stands in the environment.
FROM_ENVIRONMENT = "env:"

#: What may follow the question mark, as PostgreSQL's own programs know it.
_OPTIONS = ("host", "port", "service", "sslmode", "sslrootcert")
_SECRET = re.compile(r"pass|pwd|secret", re.IGNORECASE)
_HELD = re.compile(r"://[^:@/\s]*:.*@")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PORT = "5432"


@dataclass(frozen=True)
class Address:
    """Where a database is, as a study names it.

    - ``text``: a URL without a password, or ``env:NAME`` for one that stands in the environment.
    - ``folder``: where the path of a database file starts.

    Examples
    --------
    >>> Address("postgresql://planner@db.example/figures").shown
    'postgresql://db.example/figures'
    >>> Address("sqlite:////home/planner/figures.sqlite").shown
    'sqlite:///figures.sqlite'
    """

    text: str
    folder: Path = field(default_factory=Path)

    @property
    def shown(self) -> str:
        """The address without user, options and absolute path: what may be told and kept."""
        if self.text.startswith(FROM_ENVIRONMENT):
            return self.text
        url = urlsplit(self.text)
        if self.kind != "postgresql":
            path = _path_in(url)
            if PureWindowsPath(path).is_absolute() or path.startswith("/"):
                path = PureWindowsPath(path).name
            return f"{url.scheme}:///{path}"
        options = dict(parse_qsl(url.query))
        named = f"?service={options['service']}" if "service" in options else ""
        return f"{url.scheme}://{url.netloc.rpartition('@')[2]}{url.path}{named}"

    @property
    def kind(self) -> str:
        """The kind of database: ``postgresql``, ``sqlite`` or ``duckdb``; empty where unknown."""
        return DRIVERS.get(self.text.partition("://")[0].lower(), ("", ""))[0]

    def resolved(self, where: str) -> Address:
        """Give the address that stands in the environment, where the study names its variable."""
        if not self.text.startswith(FROM_ENVIRONMENT):
            return self
        name = self.text.removeprefix(FROM_ENVIRONMENT)
        found = os.environ.get(name, "").strip()
        if not found:
            raise InputError("databases.variable_unset", where=where, name=name)
        if fault := fault_of(found, secret=True):
            raise InputError("databases.variable_wrong", where=where, name=name, what=told(fault))
        return Address(found, self.folder)

    @property
    def file(self) -> Path:
        """The file of a database that is one."""
        return self.folder / _path_in(urlsplit(self.text))


def told(fault: str) -> Phrase:
    """Word what is wrong with an address, and how one is written."""
    return Phrase(f"problem.databases.fault_{fault}")


def _path_in(url: SplitResult) -> str:
    """Give the path of a database file: three slashes before a relative one, four before others."""
    return unquote(url.path.removeprefix("/"))


def fault_of(text: str, *, secret: bool = False) -> str:
    """Say by a key of the words what is wrong with an address; empty where nothing is.

    ``secret``: whether it may hold a password, since it stands in the environment.
    """
    if text.startswith(FROM_ENVIRONMENT):
        name = text.removeprefix(FROM_ENVIRONMENT)
        return "" if _VARIABLE.fullmatch(name) and not secret else "variable"
    if not secret and _HELD.search(text):
        return "password"
    try:
        url = urlsplit(text)
        port, names = url.port, [name for name, _ in parse_qsl(url.query, keep_blank_values=True)]
    except ValueError:
        return "form"
    if any(map(_SECRET.search, names)) and not secret:
        return "password"
    kind = Address(text).kind
    if not kind or "://" not in text:
        return "kind"
    if kind != "postgresql":
        return "" if not url.netloc and _path_in(url) and not names and not url.fragment else "path"
    known = set(names) <= {*_OPTIONS, *(["password", "user", "dbname"] if secret else [])}
    return "" if known and not url.fragment and port != 0 else "options"


@dataclass(frozen=True)
class Credentials:
    """With what a PostgreSQL server is asked, its parts as PostgreSQL's own programs find them.

    Of the address, the section of a service file, the environment and the password file, the first
    that says something about a part is followed.
    """

    host: str
    port: int
    user: str
    database: str
    password: str | None = field(default=None, repr=False)
    sslmode: str = "prefer"
    sslrootcert: str | None = None

    @classmethod
    def of(cls, address: Address, where: str) -> Credentials:
        """Find the parts of an address."""
        url = urlsplit(address.text)
        given = {"host": url.hostname, "port": url.port, "user": url.username}
        given |= {"password": url.password, "dbname": url.path.removeprefix("/")}
        parts = {name: unquote(str(part)) for name, part in given.items() if part}
        parts |= dict(parse_qsl(url.query))
        service = parts.pop("service", None) or os.environ.get("PGSERVICE")
        if service:
            parts = _service(service, where) | parts
        parts = _environment() | parts
        user = parts.get("user") or getpass.getuser()
        host, port = parts.get("host", "localhost"), parts.get("port", _PORT)
        database = parts.get("dbname") or user
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise InputError("databases.port", where=where, found=port)
        return cls(
            host,
            int(port),
            user,
            database,
            parts.get("password") or _from_file((host, port, database, user)),
            parts.get("sslmode", "prefer"),
            parts.get("sslrootcert"),
        )


def _environment() -> dict[str, str]:
    """Give the parts that PostgreSQL's variables of the environment hold."""
    names = ("host", "port", "user", "password", "sslmode", "sslrootcert")
    variables = {name: f"PG{name.upper()}" for name in names} | {"dbname": "PGDATABASE"}
    return {name: os.environ[each] for name, each in variables.items() if os.environ.get(each)}


def _service(name: str, where: str) -> dict[str, str]:
    """Read a section of the service file."""
    places = [os.environ.get("PGSERVICEFILE") or str(Path.home() / ".pg_service.conf")]
    if folder := os.environ.get("PGSYSCONFDIR"):
        places.append(str(Path(folder) / "pg_service.conf"))
    known: list[str] = []
    for place in places:
        reader = configparser.RawConfigParser(comment_prefixes=("#",), strict=False)
        try:
            reader.read(place, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):  # its text may hold a password
            raise InputError("databases.service_file", where=where, name=name) from None
        if reader.has_section(name):
            return {key: value for key, value in reader.items(name) if value}
        known += reader.sections()
    raise InputError("databases.service_unknown", where=where, name=name, known=known or "-")


def _from_file(wanted: tuple[str, str, str, str]) -> str | None:
    """Look a password up in the password file, if it is its owner's alone, as libpq does."""
    place = Path(os.environ.get("PGPASSFILE") or _usual_password_file())
    try:
        if os.name == "posix" and stat.S_IMODE(place.stat().st_mode) & 0o077:
            return None
        lines = place.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    wanted = ("localhost" if wanted[0].startswith("/") else wanted[0], *wanted[1:])
    for parts in map(_entry, lines):
        fits = zip(parts, wanted, strict=False)
        if len(parts) == 5 and all(part in ("*", each) for part, each in fits):
            return parts[4]
    return None


def _usual_password_file() -> Path:
    if os.name == "nt":
        return Path(os.environ.get("APPDATA", "")) / "postgresql" / "pgpass.conf"
    return Path.home() / ".pgpass"


def _entry(line: str) -> list[str]:
    r"""Part a line of the password file at its colons; a backslash keeps what follows."""
    if line.startswith("#"):
        return []
    return [re.sub(r"\\(.)", r"\1", part) for part in _parted(line)]


def _parted(line: str) -> Iterator[str]:
    begin = 0
    for found in re.finditer(r"\\.|:", line):
        if found[0] == ":":
            yield line[begin : found.start()]
            begin = found.end()
    yield line[begin:]
