"""Context of the user's: other boundaries, rivers, cities, drawn thinly over the map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import shapely

from geo_resilience.errors import InputError
from geo_resilience.maps.drawing._geometry import Ground
from geo_resilience.maps.drawing._graticule import pack_lines
from geo_resilience.maps.drawing._topology import pack_numbers
from geo_resilience.regions import ContextLayer
from geo_resilience.regions._base import STYLES
from geo_resilience.regions._base_files import read_context
from geo_resilience.regions._spelling import as_text
from geo_resilience.tables._cells import seen
from geo_resilience.text import Text, keys_of

#: What can be given as context: tables of geometry or files, alone or by name.
Overlay: TypeAlias = "gpd.GeoDataFrame | str | Path"
Overlays: TypeAlias = "Overlay | Iterable[Overlay] | Mapping[str, Overlay] | None"

#: So many points of a layer are drawn; more would hide the map.
MOST_POINTS = 2000

#: Steps of the grid by which lines and borders may be off on the page.
_OFF = 1.5


@dataclass(frozen=True)
class Laid:
    """What the frame shows of a context layer, in steps of the grid; names of points by language.

    - ``areas``: their rings; ``lines``: of lines and, unless areas are filled, of borders.
    """

    name: Text
    lines: list[np.ndarray]
    areas: list[np.ndarray]
    points: list[tuple[float, float]]
    names: dict[str, list[str]]


def context_content(
    context: Overlays, ground: Ground, own: Sequence[ContextLayer] = ()
) -> list[dict[str, Any]]:
    """Give the context layers of the page, packed; those of the study's own are on from the start.

    Raises
    ------
    InputError
        For one that is given for this page and has nothing in the frame.
    """
    layers = [(each, True) for each in own] + [(each, False) for each in layers_of(context)]
    found = []
    for place, (layer, is_own) in enumerate(layers, 1):
        laid = lay(layer, ground)
        if laid.lines or laid.areas or laid.points:
            found.append({"id": f"context{place}", **_packed(laid), "on": is_own})
        elif not is_own:
            raise InputError("maps.context_empty", name=layer.name)
    return found


def _packed(laid: Laid) -> dict[str, Any]:
    packed: dict[str, Any] = {"name": laid.name}
    for kind in ("lines", "areas"):
        if drawn := getattr(laid, kind):
            packed[kind] = pack_lines(drawn, _OFF)
    if laid.points:
        steps = np.diff(np.round(laid.points).astype(int), axis=0, prepend=[[0, 0]])
        packed |= {"points": pack_numbers(steps.ravel().tolist()), "names": laid.names}
    return packed


def layers_of(context: Overlays) -> list[ContextLayer]:
    """Give the layers that a caller means, named by their place where nothing else names them."""
    if context is None:
        return []
    if isinstance(context, Mapping):
        named = [(str(name), each) for name, each in context.items()]
    elif isinstance(context, (str, Path)) or hasattr(context, "geometry"):
        named = [("", context)]
    elif isinstance(context, Iterable):
        named = [("", each) for each in context]
    else:
        raise InputError("maps.context_unknown", found=type(context).__name__)
    return [_layer(name, each, place) for place, (name, each) in enumerate(named, 1)]


def _layer(name: str, given: Any, place: int) -> ContextLayer:
    """Take a table of geometry, or read a file, after which it is called where nothing else is."""
    if isinstance(given, (str, Path)):
        return read_context(given, Text(name) if name else None)
    if not (hasattr(given, "geometry") and hasattr(given, "crs")):
        raise InputError("maps.context_unknown", found=type(given).__name__)
    called = name or str(place)
    if given.crs is None:
        raise InputError("maps.context_no_crs", name=called)
    return ContextLayer(Text(called), given)


def lay(layer: ContextLayer, ground: Ground) -> Laid:
    """Put a context layer on the ground: what lies in the frame and a little around it."""
    shapes = np.asarray(layer.frame.geometry.to_crs(ground.crs).array, dtype=object)
    shapes = shapely.transform(shapely.force_2d(shapes), lambda points: points / ground.step)
    west, south, east, north = ground.frame
    margin = 0.05 * max(east - west, north - south)
    box = (west - margin, south - margin, east + margin, north + margin)
    lines, areas = _drawn(shapes, box, layer.style)
    points, names = _points(shapes, layer, box)
    return Laid(layer.name, lines, areas, points, names)


def _drawn(
    shapes: np.ndarray, box: tuple[float, float, float, float], style: str
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Give lines inside a box, borders of touching polygons once, or the rings of filled areas."""
    geometry, lines, areas, _ = STYLES
    kinds = shapely.get_type_id(shapes)
    flat = shapes[np.isin(kinds, (3, 6))]
    drawn = shapes[np.isin(kinds, (1, 2, 5))] if style in (geometry, lines) else shapes[:0]
    filled: list[np.ndarray] = []
    borders = []
    if style in (geometry, lines) and len(flat):
        borders = [shapely.line_merge(shapely.union_all(shapely.boundary(flat)))]
    elif style == areas and len(flat):
        rings = shapely.get_rings(shapely.clip_by_rect(flat, *box))
        filled = [shapely.get_coordinates(ring) for ring in rings if ring.length > 1]
    whole = np.array([*drawn, *borders], dtype=object)
    parts = shapely.get_parts(shapely.get_parts(shapely.clip_by_rect(whole, *box)))
    kept = [part for part in parts if part.geom_type in ("LineString", "LinearRing")]
    return [shapely.get_coordinates(part) for part in kept if part.length > 1], filled


def _points(
    shapes: np.ndarray, layer: ContextLayer, box: tuple[float, float, float, float]
) -> tuple[list[tuple[float, float]], dict[str, list[str]]]:
    """Give the points inside a box, and what they are called in each language that names them."""
    if layer.style not in (STYLES[0], STYLES[3]):
        return [], {}
    parts, owner = shapely.get_parts(shapes, return_index=True)
    dots = shapely.get_type_id(parts) == 0
    x, y = shapely.get_x(parts), shapely.get_y(parts)
    inside = dots & (x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3])
    places = np.flatnonzero(inside)[:MOST_POINTS]
    names: dict[str, list[str]] = {}
    for language, column in keys_of("name").items():
        texts = layer.frame[column] if column in layer.frame else [""] * len(layer.frame)
        found = [seen(as_text(each)) for each in np.asarray(texts, dtype=object)[owner[places]]]
        first = next(iter(names.values()), None)
        if first is None or (any(found) and found != first):
            names[language] = found
    return list(zip(x[places], y[places], strict=True)), names
