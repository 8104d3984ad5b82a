"""Ground for drawing: projected to equal area, simplified as a coverage, rounded, framed.

Never used for neighbors, areas or any other number: those take the full resolution.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo_resilience.errors import InputError
from geo_resilience.regions._base import Base, parts_of

#: Extent over tolerance: 3,000 m for a country 5,200 km wide, a third of a pixel on a screen.
DETAIL = 1750.0


#: A part is left out below this share of the squared tolerance, unless it is a unit's largest.
SMALL_PART = 1.0


#: Parts outside the frame that would widen it by more than this go into the inset.
WIDENING = 1.12

#: A part overseas that by itself makes the frame this many times as large is framed apart, if it
#: has less than this share of all area.
SPREAD, OVERSEAS = 2.0, 0.05


@dataclass(frozen=True)
class BaseLine:
    """A line of a base map: how it is drawn, and its points in steps of the grid."""

    stroke: str
    points: np.ndarray


@dataclass(frozen=True)
class Ground:
    """Drawing geometry of the regions, in whole steps of a grid (metres a step).

    The frame and the inset are west, south, east, north; what lies outside the frame is in the
    inset. The tolerance, by which borders were simplified, is in metres; 0 when they could not be.
    Areas and lines are those of the base map; lines keep every point that was delivered.
    """

    shapes: dict[str, shapely.MultiPolygon]
    step: float
    crs: str
    frame: tuple[float, float, float, float]
    inset: tuple[float, float, float, float] | None
    tolerance: float
    areas: tuple[shapely.MultiPolygon, ...] = ()
    lines: tuple[BaseLine, ...] = ()


def draw_ground(
    frame: gpd.GeoDataFrame, base: Base | None = None, *, tolerance: float | None = None
) -> Ground:
    """Prepare the regions for drawing; metres of tolerance, by default the extent over 1,750.

    The areas of a base map are simplified with them; its lines never are.

    The polygons are simplified together [1]_, so that a border shared by two regions stays
    shared. When simplifying or rounding would break a valid coverage, it is tried again with a
    smaller tolerance, at last with none.

    .. [1] Visvalingam, M. and Whyatt, J. D. (1993). "Line generalisation by repeated elimination
       of points". The Cartographic Journal 30(1), 46-51.
    """
    if frame.crs is None:
        raise InputError("maps.no_crs")
    keys = [str(key) for key in frame.index]
    whole = _as_polygons(np.asarray(frame.geometry.array, dtype=object))
    _refuse_bare(frame, shapely.area(whole) == 0)
    base = base or Base()
    parts = [frame.geometry, base.areas.geometry]
    degrees = gpd.GeoSeries(pd.concat([each.to_crs(4326) for each in parts], ignore_index=True))
    crs = projection(degrees)
    projected = np.asarray(degrees.to_crs(crs).array, dtype=object)
    shapes = _as_polygons(shapely.force_2d(projected))
    extent = _extent(shapes)
    if tolerance is None:
        tolerance = _round_two(extent / DETAIL)
    drawn, used, step = simplified(_without_specks(shapes, tolerance), tolerance)
    lines = _lines_of(base, crs, step)
    window = None if base.inset is None else _window(base.inset, crs, step)
    view, inset = _views(drawn, len(keys), window)
    boxes = np.array([[*line.points.min(axis=0), *line.points.max(axis=0)] for line in lines])
    view, inset = _holding(view, inset, boxes.reshape(-1, 4), fixed=window is not None)
    held = dict(zip(keys, drawn[: len(keys)], strict=True))
    return Ground(held, step, crs, view, inset, used, tuple(drawn[len(keys) :]), tuple(lines))


def _lines_of(base: Base, crs: str, step: float) -> list[BaseLine]:
    """Count the points of lines in steps of the grid; none is left out, moved or added."""
    frame = base.lines.to_crs(crs)
    return [
        BaseLine(stroke, shapely.get_coordinates(part) / step)
        for shape, stroke in zip(frame.geometry, frame.get("style", ()), strict=True)
        for part in parts_of([shape])
    ]


def _window(inset: gpd.GeoSeries, crs: str, step: float) -> Bounds:
    """Give the frame of an inset that a base map states."""
    shapes = np.asarray(inset.to_crs(crs).array, dtype=object)
    return _bounds(np.asarray(shapely.total_bounds(shapes)) / step)


def _refuse_bare(frame: gpd.GeoDataFrame, bare: np.ndarray) -> None:
    if len(frame) == 0 or bare.any():
        raise InputError("maps.no_geometry", names=_called(frame, bare) or ["-"])


def _called(frame: gpd.GeoDataFrame, chosen: np.ndarray) -> list[str]:
    names = frame["name"] if "name" in frame.columns else frame.index.to_series()
    return [f"{key} {name}" for key, name in names[chosen].items()]


def _as_polygons(shapes: np.ndarray) -> np.ndarray:
    """Keep what has an area of each shape; most are sound and only need to be wrapped."""
    kinds = shapely.get_type_id(shapes)
    sound = ((kinds == 3) | (kinds == 6)) & shapely.is_valid(shapes) & ~shapely.is_empty(shapes)
    out = np.empty(len(shapes), dtype=object)
    for place in np.flatnonzero(sound & (kinds == 6)):
        out[place] = shapes[place]
    for place in np.flatnonzero(sound & (kinds == 3)):
        out[place] = shapely.MultiPolygon([shapes[place]])
    for place in np.flatnonzero(~sound):
        out[place] = polygons_of(shapes[place])
    return out


def _extent(shapes: np.ndarray) -> float:
    west, south, east, north = shapely.total_bounds(shapes)
    return max(east - west, north - south)


def _round_two(value: float) -> float:
    """Round to one significant digit, as a stated tolerance should be."""
    power = 10.0 ** math.floor(math.log10(value))
    return round(value / power) * power


def projection(degrees: gpd.GeoSeries) -> str:
    """Choose an equal-area projection from the extent, as a PROJ string.

    .. [1] Snyder, J. P. (1987). "Map projections: a working manual". US Geological Survey
       Professional Paper 1395, p. 99 (standard parallels).
    """
    parts, owner = shapely.get_parts(np.asarray(degrees.array, dtype=object), return_index=True)
    bounds = shapely.bounds(parts)
    weights = shapely.area(parts)
    heavy = weights >= min(0.001 * weights.sum(), 0.1 * weights.max())
    main = bounds[heavy & ~_overseas(parts, owner, heavy, _degrees_wide)]
    west, width = _longitudes(main)
    south, north = float(main[:, 1].min()), float(main[:, 3].max())
    center, middle = round(west + width / 2), round((south + north) / 2)
    center = (center + 180) % 360 - 180
    first, second = (round(south + share * (north - south)) for share in (1 / 6, 5 / 6))
    if width > 200 or north - south > 120:
        return f"+proj=eqearth +lon_0={center} +datum=WGS84 +units=m +no_defs"
    steep = first < 0 < second or abs(first + second) < 20 or max(-south, north) > 84
    if steep or second - first < 2:
        return f"+proj=laea +lat_0={middle} +lon_0={center} +datum=WGS84 +units=m +no_defs"
    return (
        f"+proj=aea +lat_1={first} +lat_2={second} +lat_0={middle} +lon_0={center} "
        "+datum=WGS84 +units=m +no_defs"
    )


def _longitudes(bounds: np.ndarray) -> tuple[float, float]:
    """West end and width of the shortest arc that holds all parts, also across 180 degrees."""
    order = np.argsort(bounds[:, 0], kind="stable")
    wests, easts = bounds[order, 0], np.maximum.accumulate(bounds[order, 2])
    gaps = np.r_[wests[1:] - easts[:-1], wests[0] + 360 - easts[-1]]
    widest = int(np.argmax(gaps))
    west = float(wests[(widest + 1) % len(wests)])
    return west, 360.0 - max(float(gaps[widest]), 0.0)


def _degrees_wide(bounds: np.ndarray) -> float:
    """Size of a frame in square degrees, also across 180 degrees."""
    return _longitudes(bounds)[1] * float(bounds[:, 3].max() - bounds[:, 1].min())


def _overseas(
    parts: np.ndarray,
    owner: np.ndarray,
    main: np.ndarray,
    size: Callable[[np.ndarray], float],
) -> np.ndarray:
    """Which main parts lie so far from the regions' largest ones that the frame would be empty."""
    areas, bounds = shapely.area(parts), shapely.bounds(parts)
    largest = _largest(areas, owner)
    away = main & ~largest & _outside(parts, largest) & (areas < OVERSEAS * areas.sum())
    kept = bounds[main & ~away]
    for place in np.flatnonzero(away):
        away[place] = size(np.vstack([kept, bounds[place]])) > SPREAD * size(kept)
    return away


def _without_specks(shapes: np.ndarray, tolerance: float) -> np.ndarray:
    """Leave out tiny parts that touch no other region; never a region's largest part."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    areas = shapely.area(parts)
    largest = _largest(areas, owner)
    small = ~largest & (areas < SMALL_PART * tolerance**2)
    if not small.any():
        return shapes
    tree = shapely.STRtree(parts)
    here, there = tree.query(parts[small], predicate="intersects")
    tiny = np.flatnonzero(small)
    foreign = owner[tiny[here]] != owner[there]
    touching = set(tiny[here[foreign]].tolist())
    far = _outside(parts, largest)
    keep = ~small | far
    keep[sorted(touching)] = True
    return np.asarray(shapely.multipolygons(parts[keep], indices=owner[keep]), dtype=object)


def _largest(areas: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """Which part of each region is its largest; the first of several."""
    largest = np.zeros(len(areas), dtype=bool)
    order = np.lexsort((-areas, owner))
    largest[order[np.unique(owner[order], return_index=True)[1]]] = True
    return largest


def _outside(parts: np.ndarray, largest: np.ndarray) -> np.ndarray:
    """Which parts lie well outside the frame of the regions' largest parts."""
    west, south, east, north = shapely.total_bounds(parts[largest])
    margin = 0.02 * max(east - west, north - south)
    bounds = shapely.bounds(parts)
    return (
        (bounds[:, 2] < west - margin)
        | (bounds[:, 0] > east + margin)
        | (bounds[:, 3] < south - margin)
        | (bounds[:, 1] > north + margin)
    )


Bounds = tuple[float, float, float, float]


def _views(
    shapes: np.ndarray, counted: int, window: Bounds | None = None
) -> tuple[Bounds, Bounds | None]:
    """Frame what matters; parts that would shrink the map much go into an inset.

    Into a stated one go the parts within it, but for the main ones of the regions that are counted.
    """
    parts, owner = shapely.get_parts(shapes, return_index=True)
    areas = shapely.area(parts)
    totals = np.bincount(owner, weights=areas)
    largest = _largest(areas, owner)
    main = largest | (areas >= 0.05 * totals[owner])
    main &= ~_overseas(parts, owner, main, _frame_size)
    if window is not None:
        boxes = shapely.bounds(parts)
        inside = _within(boxes, window) & ~(main & (owner < counted))
        view = _bounds(shapely.total_bounds(parts[~inside]))
        cut = inside & main & shapely.intersects(parts, shapely.box(*view))
        return _around_all(view, boxes[cut]), window
    far = ~main & _outside(parts, main)
    near = shapely.total_bounds(parts[~far])
    whole = shapely.total_bounds(parts)
    if _size(whole) <= WIDENING * _size(near):
        return _bounds(whole), None
    beyond = shapely.total_bounds(parts[far])
    anchors = shapely.bounds(parts[largest & np.isin(owner, owner[far])])
    held = np.vstack([beyond[None, :], anchors])
    inset = np.r_[held[:, :2].min(axis=0), held[:, 2:].max(axis=0)]
    if _size(inset) > 0.5 * _size(near):
        inset = beyond
    return _bounds(near), _bounds(inset)


def _within(boxes: np.ndarray, bounds: Sequence[float]) -> np.ndarray:
    """Which boxes lie within bounds, but for a hair."""
    hair = 0.001 * max(bounds[2] - bounds[0], bounds[3] - bounds[1])
    west, south, east, north = bounds
    low = (boxes[:, 0] >= west - hair) & (boxes[:, 1] >= south - hair)
    return np.asarray(low & (boxes[:, 2] <= east + hair) & (boxes[:, 3] <= north + hair))


def _holding(
    view: Bounds, inset: Bounds | None, boxes: np.ndarray, *, fixed: bool
) -> tuple[Bounds, Bounds | None]:
    """Widen the frame, or an inset that is not stated, until every line is seen whole."""
    out = ~_within(boxes, view)
    if inset is not None:
        far = boxes[~shapely.intersects(shapely.box(*boxes.T), shapely.box(*view))]
        grown = _around_all(inset, far)
        if not fixed and _size(np.array(grown)) <= 0.5 * _size(np.array(view)):
            inset = grown
        out &= ~_within(boxes, inset)
    return _around_all(view, boxes[out]), inset


def _around_all(bounds: Bounds, boxes: np.ndarray) -> Bounds:
    held = np.vstack([np.array(bounds)[None, :], boxes])
    return _bounds(np.r_[held[:, :2].min(axis=0), held[:, 2:].max(axis=0)])


def _size(bounds: np.ndarray) -> float:
    return float((bounds[2] - bounds[0]) * (bounds[3] - bounds[1]))


def _frame_size(boxes: np.ndarray) -> float:
    """Size of the frame around boxes."""
    return _size(np.r_[boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])


def _bounds(bounds: np.ndarray) -> Bounds:
    west, south, east, north = (float(value) for value in bounds)
    return west, south, east, north


#: Moves, in steps of the grid, that are tried where rounding made borders cross.
SHIFTS = np.array([(place * 0.618 % 1 - 0.5, place * 0.382 % 1 - 0.5) for place in range(1, 25)])


#: How far around a crossing points are moved, in steps.
REACH = 2.5


#: Where rounding makes more regions cross than this share (and a few), a finer grid is taken.
MOST_CROSSED, FEW_CROSSED = 0.02, 12


def simplified(shapes: np.ndarray, tolerance: float) -> tuple[np.ndarray, float, float]:
    """Simplify as a coverage and round; fall back until the coverage holds.

    Gives the shapes, the tolerance used and the metres of a grid step.
    """
    source = shapes
    for coarser, grids in ((1, (10, 20, 60, 300)), (2, (300,)), (4, (600,)), (8, (1200,))):
        used = tolerance / coarser
        if coarser == 2:
            source = shapely.coverage_simplify(shapes, tolerance / 16)
        plain = shapely.coverage_simplify(source, used)
        for grid in grids:
            step = tolerance / grid
            drawn = _uncrossed(plain, step)
            if drawn is not None:
                return drawn, used, step
    step = tolerance / 1200
    drawn = _rounded(shapes, step)
    return (drawn if _sound(drawn) else _repaired(shapes, step)), 0.0, step


def _uncrossed(shapes: np.ndarray, step: float) -> np.ndarray | None:
    """Round; where borders come to cross, move the points around there until they do not.

    A point goes where its place says, whichever region it belongs to: borders stay shared.
    """
    drawn = _rounded(shapes, step)
    if (~shapely.is_valid(drawn)).sum() > max(MOST_CROSSED * len(shapes), FEW_CROSSED):
        return None
    places, tries = np.empty((0, 2)), np.empty(0, dtype=int)
    near = np.arange(len(shapes))
    for _ in range(len(SHIFTS)):
        # points move near the places alone: faults come and go there
        found = _faults(drawn[near], shapes[near])
        if not len(found) and len(near) < len(shapes):
            found = _faults(drawn, shapes)
        if not len(found):
            return drawn
        places, tries = _more_tries(places, tries, found)
        near = _around(shapes, places * step, REACH * step)
        drawn[near] = _rounded(_moved_around(shapes[near], places, tries, step), step)
    return None if len(_faults(drawn, shapes)) else drawn


def _more_tries(
    places: np.ndarray, tries: np.ndarray, found: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Count one more try for places with a fault near them; a fault elsewhere is a new place."""
    for fault in found:
        near = (np.abs(places - fault) <= REACH).all(axis=1)
        if near.any():
            tries = np.where(near, tries + 1, tries)
        else:
            places, tries = np.vstack([places, fault]), np.append(tries, 0)
    return places, tries


def _faults(drawn: np.ndarray, plain: np.ndarray) -> np.ndarray:
    """Give the places where shapes are not valid, else where borders no longer match."""
    crossed = drawn[~shapely.is_valid(drawn)]
    if len(crossed):
        return np.array([_fault(shape) for shape in crossed])
    if shapely.coverage_is_valid(drawn) or not shapely.coverage_is_valid(plain):
        return np.empty((0, 2))
    return np.unique(shapely.get_coordinates(shapely.coverage_invalid_edges(drawn)), axis=0)


def _fault(shape: shapely.MultiPolygon) -> tuple[float, float]:
    """Give the place where a shape is not valid."""
    reason = shapely.is_valid_reason(shape)
    x, y = reason[reason.index("[") + 1 : reason.index("]")].split()[:2]
    return float(x), float(y)


def _around(shapes: np.ndarray, places: np.ndarray, reach: float) -> np.ndarray:
    """Give the numbers of the shapes that come near any of the places."""
    boxes = shapely.box(*(places - 2 * reach).T, *(places + 2 * reach).T)
    return np.unique(shapely.STRtree(shapes).query(boxes)[1])


def _moved_around(
    shapes: np.ndarray, places: np.ndarray, tries: np.ndarray, step: float
) -> np.ndarray:
    """Move the points that lie near the places by a part of a step."""

    def move(points: np.ndarray) -> np.ndarray:
        moved = points.copy()
        for place, tried in zip(places * step, tries, strict=True):
            near = (np.abs(points - place) <= REACH * step).all(axis=1)
            moved[near] = points[near] + SHIFTS[tried % len(SHIFTS)] * step
        return moved

    return np.asarray(shapely.transform(shapes, move))


def _rounded(shapes: np.ndarray, step: float) -> np.ndarray:
    """Put coordinates on the grid; parts that collapse on it go, a region's last never does."""
    snapped = shapely.transform(shapes, lambda points: np.round(points / step))
    parts, owner = shapely.get_parts(snapped, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    for place in np.unique(owner[part[shapely.area(shapely.polygons(rings)) == 0]]):
        snapped[place] = _without_collapsed(snapped[place])
    return snapped


def _without_collapsed(shape: shapely.MultiPolygon) -> shapely.MultiPolygon:
    """Drop rings without an area; where nothing is left, one step of the grid stands for it."""
    kept = []
    for part in shape.geoms:
        shell, *holes = (shapely.Polygon(ring) for ring in (part.exterior, *part.interiors))
        if shell.area > 0:
            kept.append(
                shapely.Polygon(shell.exterior, [hole.exterior for hole in holes if hole.area > 0])
            )
    if not kept:
        west, south, _, _ = shape.bounds
        kept = [shapely.box(west, south, west + 1, south + 1)]
    return shapely.MultiPolygon(kept)


def _sound(shapes: np.ndarray) -> bool:
    return bool(shapely.is_valid(shapes).all())


def _repaired(shapes: np.ndarray, step: float) -> np.ndarray:
    """Last resort for input that was no coverage: each region snapped and repaired alone."""
    scaled = shapely.transform(shapes, lambda points: points / step)
    return np.array(
        [polygons_of(shapely.set_precision(shape, 1.0)) for shape in scaled], dtype=object
    )


def polygons_of(shape: shapely.Geometry | None) -> shapely.MultiPolygon:
    """Keep what has an area, as one MultiPolygon of valid parts."""
    if shape is None or shape.is_empty:
        return shapely.MultiPolygon()
    if not shapely.is_valid(shape):
        shape = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    parts = shapely.get_parts(shapely.get_parts([shape]))
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])
