"""Borders simplified together and put on a grid, mended where they come to cross."""

from __future__ import annotations

import numpy as np
import shapely

__all__ = ["polygons_of", "simplified"]

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
    for _ in range(len(SHIFTS)):
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
    rings = shapely.get_rings(shapely.get_parts(snapped))
    if (shapely.area(shapely.polygons(rings)) == 0).any():
        snapped = np.array([_without_collapsed(shape) for shape in snapped], dtype=object)
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
