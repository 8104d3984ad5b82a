"""Points in a column of GeoParquet: which column, in which reference system, and where they lie."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyproj
import shapely

from geo_resilience.errors import InputError
from geo_resilience.indicators.records._exact import Array

#: What the specification of GeoParquet takes where a file names no system.
_UNNAMED = "OGC:CRS84"

#: A point as well-known binary, in the byte order of most machines.
_POINT = np.dtype([("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])


@dataclass(frozen=True)
class GeometryColumn:
    """A file's column of points, and their reference system; empty where the file leaves it open.

    The keys of the file's metadata are those of the specification of GeoParquet 1.1.
    """

    name: str
    crs: str = ""


def geometry_column(file: Path, metadata: Mapping[bytes, bytes] | None) -> GeometryColumn:
    """Find the column of places in a file's metadata; it must hold points."""
    told = (metadata or {}).get(b"geo")
    if told is None:
        raise InputError("records.no_geometry", file=file.name)
    geo = json.loads(told)
    name = geo["primary_column"]
    column = geo["columns"][name]
    others = [kind for kind in column.get("geometry_types", ()) if not kind.startswith("Point")]
    if others:
        raise InputError("records.no_points", file=file.name, column=name, found=others)
    crs = column.get("crs", _UNNAMED)
    return GeometryColumn(name, crs if isinstance(crs, str) else json.dumps(crs) if crs else "")


def points_of(column: Any) -> tuple[Array, Array]:
    """Give x and y of a column of points, as well-known binary or as numbers; NaN for the rest."""
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    if pa.types.is_struct(column.type):
        x, y = (column.field(name) for name in ("x", "y"))
        there = column.is_valid().to_numpy(zero_copy_only=False)
        return _of(x, there), _of(y, there)
    packed = column.cast(pa.binary())
    if len(packed) and not packed.null_count:
        held = _packed(packed)
        if held is not None:
            return held
    made = shapely.from_wkb(packed.to_numpy(zero_copy_only=False), on_invalid="ignore")
    filled = (shapely.get_type_id(made) == 0) & ~shapely.is_empty(made)
    points = np.where(filled, made, None)
    return shapely.get_x(points), shapely.get_y(points)


def _of(numbers: Any, there: Any) -> Array:
    return np.where(there, numbers.to_numpy(zero_copy_only=False), np.nan)


def _packed(column: Any) -> tuple[Array, Array] | None:
    """Read plain points all at once; none where any is of another form."""
    _, offsets, content = column.buffers()
    ends = np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1]
    if (
        ends[-1] - ends[0] != _POINT.itemsize * len(column)
        or (np.diff(ends) != _POINT.itemsize).any()
    ):
        return None
    found = np.frombuffer(content, _POINT, len(column), int(ends[0]))
    if (found["order"] != 1).any() or (found["kind"] != 1).any():
        return None
    return found["x"].astype(float), found["y"].astype(float)


def known_crs(crs: str) -> pyproj.CRS:
    """Read a reference system's code or definition."""
    try:
        return pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError:
        raise InputError("records.crs_unknown", found=crs) from None


def told_crs(crs: pyproj.CRS) -> str:
    """Call a reference system by its code, else by its name."""
    code = crs.to_authority()
    return ":".join(code) if code else crs.name
