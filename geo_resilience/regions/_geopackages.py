"""What a GeoPackage or SQLite file would compute while it is read, found before it is."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from geo_resilience.errors import InputError
from geo_resilience.tables._sql import quoted

#: Seconds in which the list of layers must be there.
_PATIENCE = 5.0

_STEPS = 100_000

#: Modules of virtual tables that keep an index; any other may open a file.
_INDEXES = {"rtree", "fts3", "fts4", "fts5", "virtualspatialindex", "virtualelementary"}
_INDEXES |= {"virtualknn", "virtualknn2"}

_VIRTUAL = re.compile(r"create\s+virtual\s+table.*?\busing\s+[\"'`\[]?(\w+)", re.I | re.S)

#: Tables that GDAL asks whatever layer is wanted, of GeoPackages and of other databases.
_DESCRIBING = re.compile(r"(gpkg|rtree_|layer_).*")
_DESCRIBING_OTHERS = re.compile(r"((views|virts)_)?geometry_columns|spatial_ref_sys")


def layers_inside(file: Path, called: str) -> list[str]:
    """Name the layers, those with geometry where there are any.

    Raises
    ------
    InputError
        For a description of the file that is itself computed: a view, a virtual table.
    """
    with _database(file, called) as database:
        kinds = dict(database.execute("SELECT lower(name), type FROM sqlite_master"))
        statements = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        for name, sql in statements:
            module = _VIRTUAL.match(sql or "")
            if module and module.group(1).casefold() not in _INDEXES:
                raise InputError("regions.virtual_table", file=called, layer=name)
        is_package = "gpkg_contents" in kinds
        for name, kind in kinds.items():
            describes = _DESCRIBING.fullmatch(name) or (
                not is_package and _DESCRIBING_OTHERS.fullmatch(name)
            )
            if kind == "view" and describes:
                raise InputError("regions.layer_is_view", file=called, layer=name)
        return _listed(database, kinds)


def _listed(database: sqlite3.Connection, kinds: dict[str, str]) -> list[str]:
    """Name the tables that the file says are layers, else all."""
    for told, column, where in (
        ("gpkg_contents", "table_name", " WHERE data_type = 'features'"),
        ("gpkg_contents", "table_name", ""),
        ("geometry_columns", "f_table_name", ""),
    ):
        if kinds.get(told) == "table":
            asked = f"SELECT {column} FROM {told}{where}"
            if names := [str(name) for (name,) in database.execute(asked)]:
                return sorted(dict.fromkeys(names))
    own = [name for name, kind in kinds.items() if kind == "table"]
    return sorted(name for name in own if not _DESCRIBING.fullmatch(name))


def check_layer(file: Path, layer: str, called: str) -> None:
    """Refuse a layer whose rows or cells are computed while it is read: that may never end."""
    with _database(file, called) as database:
        asked = "SELECT type FROM sqlite_master WHERE lower(name) = lower(?)"
        kinds = {kind for (kind,) in database.execute(asked, (layer,))}
        columns = database.execute(f"PRAGMA table_xinfo({quoted(layer)})").fetchall()
        if "view" in kinds or any(column[-1] in (2, 3) for column in columns):
            raise InputError("regions.layer_is_view", file=called, layer=layer)


@contextmanager
def _database(file: Path, called: str) -> Iterator[sqlite3.Connection]:
    """Open a file for reading, for a bounded time."""
    pending = file.with_name(f"{file.name}-wal")
    mode = "mode=ro" if pending.exists() else "mode=ro&immutable=1"
    end = time.monotonic() + _PATIENCE
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?{mode}", uri=True)) as database:
            database.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
            yield database
    except sqlite3.Error as error:
        raise InputError("regions.unreadable", file=called, reason=error) from None
