"""Borders once: polygons that share a border as arcs, written as a short text.

The arcs are those of TopoJSON; the numbers are written as base64 VLQ, as source maps do.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely

_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_ALPHABET = np.frombuffer(_LETTERS, dtype=np.uint8)

#: Stands where a number has no more digits.
NO_DIGIT = 255

Point = tuple[int, int]
Arc = tuple[Point, ...]


def pack_numbers(numbers: Iterable[int], missing: np.ndarray | None = None) -> str:
    """Write whole numbers as base64 VLQ: small ones take one character, missing ones a minus zero.

    >>> pack_numbers([0, 1, -1, 16, -400])
    'ACDgBhZ'
    >>> pack_numbers([0, 1], missing=np.array([True, False]))
    'BC'
    """
    whole = np.asarray(
        numbers if isinstance(numbers, np.ndarray) else list(numbers), dtype=np.int64
    )
    rest = np.abs(whole) << 1 | (whole < 0)
    if missing is not None:
        rest = np.where(missing, 1, rest)
    columns = []
    while True:
        shorter = rest >> 5
        digits = np.where(rest >= 0, (rest & 31) | np.where(shorter > 0, 32, 0), NO_DIGIT)
        columns.append(digits.astype(np.uint8))
        if not (shorter > 0).any():
            break
        rest = np.where(shorter > 0, shorter, -1)
    found = np.column_stack(columns).ravel()
    return _ALPHABET[found[found != NO_DIGIT]].tobytes().decode("ascii")


def pack_bytes(values: np.ndarray) -> str:
    """Write numbers of a fixed width, little-endian, as base64."""
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode("ascii")


def arcs_of(shapes: Sequence[shapely.MultiPolygon]) -> dict[str, Any]:
    """Cut the rings of polygons with whole coordinates into arcs, each kept once.

    ``arcs``: of each its number of points, then these as differences, packed; ``shapes``: parts,
    rings and numbers of arcs of each region, -1 - number where an arc runs backward.
    """
    rings = [
        [[_points(ring) for ring in (part.exterior, *part.interiors)] for part in shape.geoms]
        for shape in shapes
    ]
    nodes = _nodes(rings)
    numbers: dict[Arc, int] = {}
    found = [
        [[_as_arcs(ring, nodes, numbers) for ring in part] for part in shape] for shape in rings
    ]
    flat: list[int] = []
    x = y = 0
    for arc in numbers:
        flat.append(len(arc))
        for point in arc:
            flat += (point[0] - x, point[1] - y)
            x, y = point
    return {"arcs": pack_numbers(flat), "shapes": found}


def _points(ring: shapely.LinearRing) -> list[Point]:
    """Give the ring's points, each once where it is repeated, without the closing one."""
    points = np.round(shapely.get_coordinates(ring)).astype(int)
    moved = (np.diff(points, axis=0) != 0).any(axis=1)
    return [(x, y) for x, y in points[:-1][moved].tolist()]


def _nodes(rings: list[list[list[list[Point]]]]) -> set[Point]:
    """Points where arcs end: where the edges or the regions that meet them change."""
    edges: dict[tuple[Point, Point], list[int]] = {}
    for region, shape in enumerate(rings):
        for part in shape:
            for ring in part:
                for here, there in zip(ring, [*ring[1:], ring[0]], strict=True):
                    edge = (here, there) if here < there else (there, here)
                    edges.setdefault(edge, []).append(region)
    meeting: dict[Point, list[tuple[int, ...]]] = {}
    for (here, there), owners in edges.items():
        meeting.setdefault(here, []).append(tuple(owners))
        meeting.setdefault(there, []).append(tuple(owners))
    return {point for point, sides in meeting.items() if len(sides) != 2 or sides[0] != sides[1]}


def _as_arcs(ring: list[Point], nodes: set[Point], numbers: dict[Arc, int]) -> list[int]:
    """Cut a ring at the nodes; number each arc on first sight."""
    cuts = [place for place, point in enumerate(ring) if point in nodes]
    start = cuts[0] if cuts else ring.index(min(ring))
    turned = [*ring[start:], *ring[:start], ring[start]]
    ends = [place - start for place in cuts[1:]] + [len(ring)]
    found, begin = [], 0
    for end in ends:
        arc = tuple(turned[begin : end + 1])
        backward = arc[::-1]
        if backward in numbers:
            found.append(-1 - numbers[backward])
        else:
            found.append(numbers.setdefault(arc, len(numbers)))
        begin = end
    return found
