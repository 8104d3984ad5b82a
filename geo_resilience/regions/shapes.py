"""Polygons put in order: valid, not empty, in a known coordinate reference system."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo_resilience.errors import Problems
from geo_resilience.notes import Note
from geo_resilience.words import Phrase

__all__ = ["check_crs", "repair_shapes", "shape_notes"]

_SHOWN = 8

#: A repair that changes the area by more is a question to the user, not a repair.
MOST_CHANGE = 0.01
#: Degrees of latitude beyond which hardly anyone lives.
_FEW_LIVE = 72
_POLYGONS = {3, 6}  # Polygon, MultiPolygon


def check_crs(frame: gpd.GeoDataFrame, file: str, problems: Problems) -> None:
    """Gather what is wrong with the coordinate reference system."""
    crs = frame.crs
    if crs is None or crs.is_engineering or crs.name.casefold().startswith("undefined"):
        problems.add("regions.no_crs", file=file)
        return
    if not crs.is_geographic:
        return
    west, south, east, north = frame.total_bounds
    if min(west, south) < -361 or east > 361 or south < -90.01 or north > 90.01:
        found = f"{west:g} {south:g} {east:g} {north:g}"
        swapped = min(west, east) >= -90 and max(west, east) <= 90 and max(-south, north) <= 361
        hint = Phrase("problem.regions.hint_swapped") if swapped else ""
        problems.add("regions.not_degrees", file=file, crs=crs.name, found=found, hint=hint)


def repair_shapes(
    shapes: Sequence[Any], labels: Sequence[Any], file: str, problems: Problems
) -> tuple[NDArray[Any], list[Note]]:
    """Give valid polygons; repair small faults, gather large ones.

    Parameters
    ----------
    shapes : sequence of geometries, length n
        As read.
    labels : sequence, length n
        How the region of each is called in a sentence.
    file : str
        Name of the file.
    problems : Problems
        Takes what cannot be repaired.

    Returns
    -------
    shapes : ndarray of geometries, shape (n,)
        Polygons and multipolygons.
    notes : list of Note
        One a repair.

    Notes
    -----
    A repair is taken only where it changes the polygon's area by at most 1 %: a spike, a ring that
    touches itself or a doubled ring leaves no doubt, a figure of eight or two parts on top of each
    other do.
    """
    repaired, notes = [], []
    for shape, label in zip(shapes, labels, strict=True):
        before = len(problems)
        _check_kind(shape, label, file, problems)
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


def shape_notes(frame: gpd.GeoDataFrame, labels: Sequence[Any], file: str) -> list[Note]:
    """Note what is valid, but hardly meant.

    Parameters
    ----------
    frame : GeoDataFrame, length n
        Valid polygons with a known coordinate reference system.
    labels : sequence, length n
        How the region of each is called in a sentence.
    file : str
        Name of the file.

    Returns
    -------
    list of Note
        Regions with the same polygon; longitudes beyond 180 degrees; axes that seem exchanged.
    """
    notes: list[Note] = []
    alike: dict[bytes, list[Any]] = {}
    for shape, label in zip(shapely.normalize(frame.geometry.to_numpy()), labels, strict=True):
        alike.setdefault(shapely.to_wkb(shape), []).append(label)
    same = [label for group in alike.values() if len(group) > 1 for label in group]
    if same:
        notes.append(Note("regions.same_shape", file, {"regions": same[:_SHOWN]}))
    west, _, east, _ = frame.total_bounds
    if frame.crs is not None and frame.crs.is_geographic and (west < -180 or east > 180):
        values = {"west": f"{west:g}", "east": f"{east:g}"}
        notes.append(Note("regions.beyond_180", file, values))
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


def _check_kind(shape: Any, label: Any, file: str, problems: Problems) -> None:
    """Only polygons with an extent will do."""
    if shape is None or shape.is_empty:
        problems.add("regions.no_shape", file=file, region=label)
        return
    kinds = {part.geom_type for part in shapely.get_parts([shape]) if not part.is_empty}
    if not kinds <= {"Polygon", "MultiPolygon"}:
        problems.add("regions.not_polygon", file=file, region=label, found=sorted(kinds))
    elif not np.isfinite(shapely.get_coordinates(shape)).all():
        problems.add("regions.infinite_shape", file=file, region=label)


def _polygonal(shape: Any) -> Any:
    """Keep the polygons of a geometry as one polygon or multipolygon."""
    if shapely.get_type_id(shape) in _POLYGONS:
        return shape
    parts = [p for p in shapely.get_parts(shapely.get_parts([shape])) if p.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts)
