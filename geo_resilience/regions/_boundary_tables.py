"""Boundaries that a database gives: well-known binary, and the reference system that it names."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo_resilience.databases import Answer
from geo_resilience.errors import InputError


def shapes_of(answer: Answer) -> gpd.GeoDataFrame:
    """Give rows as features: the one column of well-known binary is their geometry.

    PostGIS writes the number of the reference system into each shape; elsewhere the column's type
    may name the system, else none is known.
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
    if not held or not all(len(cell) >= 18 and cell[:2] in ("00", "01") for cell in held):
        return None
    try:
        return np.asarray(
            shapely.from_wkb([None if cell is None else bytes.fromhex(cell) for cell in cells])
        )
    except (ValueError, shapely.errors.ShapelyError):
        return None


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
