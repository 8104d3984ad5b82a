"""Polygons put in order: repaired where that leaves no doubt, and noted where they are odd."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo_resilience.errors import Problems
from geo_resilience.notes import Note

#: A repair that changes the area by more is a question to the user, not a repair.
MOST_CHANGE = 0.01

#: Degrees of latitude beyond which hardly anyone lives.
_FEW_LIVE = 72

_POLYGONS = {3, 6}  # Polygon, MultiPolygon


def repair_shapes(
    shapes: Sequence[Any], labels: Sequence[Any], file: str, problems: Problems
) -> tuple[NDArray[Any], list[Note]]:
    """Give valid polygons; repair small faults, gather large ones.

    Notes
    -----
    A repair is taken only where it changes the polygon's area by at most 1 %: a spike, a ring that
    touches itself or a doubled ring leaves no doubt, a figure of eight or two parts on top of each
    other do.
    """
    repaired, notes = [], []
    for shape, label in zip(shapes, labels, strict=True):
        before = len(problems)
        stray = _check_kind(shape, label, file, problems)
        if stray:
            notes.append(Note("regions.stray_parts", file, {"region": label, "found": stray}))
            shape = _polygonal(shape)
        if len(problems) == before and not shapely.is_valid(shape):
            fixed = _polygonal(shapely.make_valid(shape, method="structure", keep_collapsed=False))
            reason = shapely.is_valid_reason(shape)
            change = abs(fixed.area / shape.area - 1) if shape.area > 0 else np.inf
            if fixed.is_empty or change > MOST_CHANGE:
                problems.add("regions.invalid_shape", file=file, region=label, reason=reason)
            else:
                notes.append(Note("regions.repaired", file, {"region": label, "reason": reason}))
                shape = fixed
        repaired.append(shape)
    result = np.empty(len(repaired), dtype=object)
    result[:] = [shape if shape is None else _polygonal(shape) for shape in repaired]
    return result, notes


def shape_notes(frame: gpd.GeoDataFrame, file: str) -> list[Note]:
    """Note what is valid, but hardly meant."""
    notes: list[Note] = []
    if _exchanged(frame):
        bounds = [f"{bound:.6g}" for bound in frame.total_bounds]
        notes.append(Note("regions.axes_suspected", file, {"bounds": bounds}))
    return notes


def _exchanged(frame: gpd.GeoDataFrame) -> bool:
    """Whether the regions would lie where they may lie only if x and y changed places.

    That is: inside the area for which their reference system is made; or, where that is the whole
    earth, on this side of the 72nd parallel, beyond which few regions have statistics.
    """
    if frame.crs is None or frame.empty:
        return False
    west, south, east, north = frame.total_bounds
    x, y = (west + east) / 2, (south + north) / 2
    area = frame.crs.area_of_use
    whole = area is None or area.north - area.south > 140
    if whole and frame.crs.is_geographic:
        return min(abs(south), abs(north)) > _FEW_LIVE and south * north > 0 and abs(x) < _FEW_LIVE
    if whole:
        return False
    from pyproj import Transformer

    degrees = Transformer.from_crs(frame.crs, frame.crs.geodetic_crs, always_xy=True)
    found, turned = degrees.transform(x, y), degrees.transform(y, x)
    return not _within(found, area) and _within(turned, area)


def _within(place: tuple[float, float], area: Any) -> bool:
    """Whether longitude and latitude lie in an area of use, a tenth of its size around it too."""
    lon, lat = place
    wide = (area.east - area.west) % 360 or 360
    high = area.north - area.south
    across = (lon - area.west + wide / 10) % 360 <= 1.2 * wide
    return bool(across and area.south - high / 10 <= lat <= area.north + high / 10)


def _check_kind(shape: Any, label: Any, file: str, problems: Problems) -> list[str]:
    """Demand polygons with an extent; give the kinds of what lies beside them."""
    if shape is None or shape.is_empty:
        problems.add("regions.no_shape", file=file, region=label)
        return []
    kinds = {part.geom_type for part in _parts(shape)}
    if "Polygon" not in kinds:
        problems.add("regions.not_polygon", file=file, region=label, found=sorted(kinds))
    elif not np.isfinite(shapely.get_coordinates(shape)).all():
        problems.add("regions.infinite_shape", file=file, region=label)
    else:
        return sorted(kinds - {"Polygon"})
    return []


def _parts(shape: Any) -> list[Any]:
    """Take a geometry apart, collections in collections too."""
    if shape.geom_type in ("GeometryCollection", "MultiPolygon", "MultiPoint", "MultiLineString"):
        return [part for each in shape.geoms for part in _parts(each)]
    return [] if shape.is_empty else [shape]


def _polygonal(shape: Any) -> Any:
    """Keep the polygons of a geometry as one polygon or multipolygon."""
    if shapely.get_type_id(shape) in _POLYGONS:
        return shape
    return shapely.MultiPolygon([part for part in _parts(shape) if part.geom_type == "Polygon"])
