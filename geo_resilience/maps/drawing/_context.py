"""Context from the user's files: other boundaries, rivers, cities, drawn thinly over the map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo_resilience.errors import InputError
from geo_resilience.maps.drawing._geometry import Ground
from geo_resilience.maps.drawing._graticule import pack_lines
from geo_resilience.maps.drawing._topology import pack_numbers

if TYPE_CHECKING:
    import geopandas as gpd

#: What can be given as context: tables of geometry or files, alone or by name.
Overlays = Any

#: So many points of a layer are drawn; more would hide the map.
MOST_POINTS = 2000


def context_content(context: Overlays, ground: Ground) -> list[dict[str, Any]]:
    """Give the context layers of the page: packed lines and points (with names) in the frame."""
    if not context:
        return []
    if isinstance(context, Mapping):
        named = [(str(name), each) for name, each in context.items()]
    elif isinstance(context, (str, Path)) or hasattr(context, "geometry"):
        named = [("", context)]
    elif isinstance(context, Iterable):
        named = [("", each) for each in context]
    else:
        raise InputError("maps.context_unknown", found=type(context).__name__)
    return [_layer(name, each, place, ground) for place, (name, each) in enumerate(named, 1)]


def _layer(name: str, given: Any, place: int, ground: Ground) -> dict[str, Any]:
    frame, found = _read(given)
    called = name or found or str(place)
    if frame.crs is None:
        raise InputError("maps.context_no_crs", name=called)
    shapes = np.asarray(frame.geometry.to_crs(ground.crs).array, dtype=object)
    shapes = shapely.transform(shapely.force_2d(shapes), lambda points: points / ground.step)
    west, south, east, north = ground.frame
    margin = 0.05 * max(east - west, north - south)
    box = (west - margin, south - margin, east + margin, north + margin)
    lines = _lines(shapes, box)
    points, names = _points(shapes, frame, box)
    if not lines and not points:
        raise InputError("maps.context_empty", name=called)
    layer: dict[str, Any] = {"id": f"context{place}", "name": called}
    if lines:
        layer["lines"] = pack_lines(lines, 1.5)
    if points:
        steps = np.diff(np.round(points).astype(int), axis=0, prepend=[[0, 0]])
        layer |= {"points": pack_numbers(steps.ravel().tolist()), "names": names}
    return layer


def _read(given: Any) -> tuple[gpd.GeoDataFrame, str]:
    """Give a table of geometry, and the name of the file it came from."""
    if hasattr(given, "geometry") and hasattr(given, "crs"):
        return given, ""
    if not isinstance(given, (str, Path)):
        raise InputError("maps.context_unknown", found=type(given).__name__)
    import geopandas as gpd

    try:
        return gpd.read_file(given), Path(given).stem
    except Exception as error:  # pyogrio raises several kinds
        raise InputError("maps.context_unreadable", file=given, reason=str(error)) from error


def _lines(shapes: np.ndarray, box: tuple[float, float, float, float]) -> list[np.ndarray]:
    """Give lines and borders of polygons inside a box, those of touching polygons once."""
    kinds = shapely.get_type_id(shapes)
    flat = shapes[np.isin(kinds, (3, 6))]
    drawn = shapes[np.isin(kinds, (1, 2, 5))]
    borders = [shapely.line_merge(shapely.union_all(shapely.boundary(flat)))] if len(flat) else []
    whole = np.array([*drawn, *borders], dtype=object)
    parts = shapely.get_parts(shapely.get_parts(shapely.clip_by_rect(whole, *box)))
    kept = [part for part in parts if part.geom_type in ("LineString", "LinearRing")]
    return [shapely.get_coordinates(part) for part in kept if part.length > 1]


def _points(
    shapes: np.ndarray, frame: gpd.GeoDataFrame, box: tuple[float, float, float, float]
) -> tuple[list[tuple[float, float]], list[str]]:
    """Give the points inside a box, and what they are called."""
    texts = frame["name"].astype(str) if "name" in frame.columns else None
    points: list[tuple[float, float]] = []
    names: list[str] = []
    for place in np.flatnonzero(shapely.get_type_id(shapes) == 0):
        x, y = shapes[place].x, shapes[place].y
        if box[0] <= x <= box[2] and box[1] <= y <= box[3] and len(points) < MOST_POINTS:
            points.append((x, y))
            names.append("" if texts is None else str(texts.iloc[place]))
    return points, names
