"""Boundaries that a database gives: shapes as bytes, and the reference system that it names.

PostGIS gives well-known binary with the number of the system (EWKB), DuckDB without it. SpatiaLite
and GeoPackage have forms of their own ("BLOB-Geometry" of SpatiaLite 5; OGC 12-128r18, 2.1.3).
"""

from __future__ import annotations

import struct

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo_resilience.databases import Answer
from geo_resilience.errors import InputError

#: Bytes before the shape in SpatiaLite's form; bytes of a point by the kind of shape in thousands.
_HEAD, _POINT = 39, {0: 16, 1: 24, 2: 24, 3: 32}

#: Bytes of the envelope in GeoPackage's form, by what its flags say.
_ENVELOPES = (0, 32, 48, 48, 64)


def shapes_of(answer: Answer) -> gpd.GeoDataFrame:
    """Give rows as features: the one column of shapes is their geometry.

    The reference system is that whose number the shapes hold or that the column's type names, else
    none is known.
    """
    if not answer.rows:
        raise InputError("databases.no_rows", where=answer.file)
    columns = dict(zip(answer.names, zip(*answer.rows, strict=True), strict=True))
    found = {name: _read(cells) for name, cells in columns.items()}
    shapes = {name: each for name, each in found.items() if each is not None}
    if len(shapes) != 1:
        key = "databases.no_shapes" if not shapes else "databases.several_shapes"
        raise InputError(key, where=answer.file, columns=list(shapes or columns))
    (name, geometry), *_ = shapes.items()
    plain = {each: pd.Series(cells, dtype="str") for each, cells in columns.items() if each != name}
    return gpd.GeoDataFrame(
        pd.DataFrame(plain),
        geometry=shapely.set_srid(geometry, 0),
        crs=_system(answer, name, geometry),
    )


def _read(cells: tuple[str | None, ...]) -> np.ndarray | None:
    """Read a column as shapes; None where a cell is something else, or all are blank."""
    held = [cell for cell in cells if cell is not None]
    if not held or not all(len(cell) >= 18 and cell[:2] in ("00", "01", "47") for cell in held):
        return None
    try:
        return np.asarray([None if cell is None else _shape(bytes.fromhex(cell)) for cell in cells])
    except (IndexError, ValueError, struct.error, shapely.errors.ShapelyError):
        return None


def _shape(data: bytes) -> shapely.Geometry:
    """Read a shape in any of the forms, with the number of its reference system."""
    if data[:2] == b"GP":
        order = "<" if data[3] & 1 else ">"
        begin = 8 + _ENVELOPES[data[3] >> 1 & 7]
        return _numbered(data[begin:], struct.unpack_from(f"{order}i", data, 4)[0])
    if len(data) > _HEAD and data[0] == 0 and data[_HEAD - 1] == 0x7C and data[-1] == 0xFE:
        order = "<" if data[1] else ">"
        return _numbered(_plain(data, order), struct.unpack_from(f"{order}i", data, 2)[0])
    return shapely.from_wkb(data)


def _numbered(data: bytes, number: int) -> shapely.Geometry:
    return shapely.set_srid(shapely.from_wkb(data), max(number, 0))


def _plain(data: bytes, order: str) -> bytes:
    """Make well-known binary of SpatiaLite's form: each part begins with the order of its bytes."""
    mark = b"\x01" if order == "<" else b"\x00"
    kind, count = struct.unpack_from(f"{order}ii", data, _HEAD)
    if kind % 1000 != 6:
        return mark + data[_HEAD:-1]
    plain, place = bytearray(mark + data[_HEAD : _HEAD + 8]), _HEAD + 8
    for _ in range(count):
        end = place + 9
        for _ in range(struct.unpack_from(f"{order}i", data, place + 5)[0]):
            points = struct.unpack_from(f"{order}i", data, end)[0]
            end += 4 + points * _POINT.get(kind // 1000, 0)
        plain += mark + data[place + 1 : end]
        place = end
    return bytes(plain)


def _system(answer: Answer, column: str, shapes: np.ndarray) -> CRS | None:
    numbers = sorted({int(each) for each in shapely.get_srid(shapes) if each > 0})
    if len(numbers) > 1:
        raise InputError("databases.several_systems", where=answer.file, found=numbers)
    named = answer.systems.get(column)
    if numbers:
        named = answer.systems.get(numbers[0], f"EPSG:{numbers[0]}")
    try:
        return CRS.from_user_input(named) if named else None
    except CRSError:
        raise InputError("databases.system_unknown", where=answer.file, found=named) from None
