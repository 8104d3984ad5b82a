"""Who touches whom: by the vertices that regions share, and by geometry where they share none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["near_pairs", "shared_edges", "shared_vertices", "touching_pairs"]

Pairs = NDArray[np.int64]
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))


def shared_vertices(shapes: NDArray[Any]) -> Pairs:
    """Give the pairs of shapes that have a vertex in common, coordinates exactly equal.

    Parameters
    ----------
    shapes : ndarray of geometries, shape (n,)

    Returns
    -------
    ndarray of int, shape (m, 2)
        Positions, the lower first, sorted; each pair once.

    Notes
    -----
    All vertices are sorted once by a 64-bit mix of their coordinates, so that equal ones stand
    together; the coordinates themselves decide. On a valid coverage this is queen contiguity.
    """
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    return _sharing([points[:, 0], points[:, 1]], owner, len(shapes))


def shared_edges(shapes: NDArray[Any]) -> Pairs:
    """Give the pairs of shapes that have an edge in common, from vertex to vertex.

    Parameters
    ----------
    shapes : ndarray of geometries, shape (n,)

    Returns
    -------
    ndarray of int, shape (m, 2)
        Positions, the lower first, sorted; each pair once. On a valid coverage this is rook
        contiguity.
    """
    parts, of_part = shapely.get_parts(shapes, return_index=True)
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    start, end = points[:-1], points[1:]
    inside = ring[:-1] == ring[1:]
    start, end = start[inside], end[inside]
    turned = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    low = np.where(turned[:, None], end, start)
    high = np.where(turned[:, None], start, end)
    owner = of_part[of_ring[ring[:-1][inside]]]
    return _sharing([low[:, 0], low[:, 1], high[:, 0], high[:, 1]], owner, len(shapes))


def touching_pairs(shapes: NDArray[Any], *, edges: bool = False) -> Pairs:
    """Give the pairs of shapes that touch or overlap, whether or not they share vertices.

    Parameters
    ----------
    shapes : ndarray of geometries, shape (n,)
        Valid polygons.
    edges : bool
        Whether they must meet in more than points (rook).

    Returns
    -------
    ndarray of int, shape (m, 2)
        Positions, the lower first, sorted; each pair once.

    Notes
    -----
    Shared vertices settle nearly all pairs. The rest, whose boxes meet, is asked of the geometry:
    polygons digitized one by one may touch where only one of them has a vertex.
    """
    met = shared_edges(shapes) if edges else shared_vertices(shapes)
    rest = _Candidates.of(shapes, 0.0, met)
    touching = rest.where(shapely.intersects)
    if edges:
        common = shapely.intersection(touching.one, touching.other)
        touching = touching.take((shapely.length(common) > 0) | (shapely.area(common) > 0))
    return _coded(np.vstack([met, touching.owners]), len(shapes))


def near_pairs(shapes: NDArray[Any], distance: float, known: Pairs) -> Pairs:
    """Give the pairs within a distance of each other that are not known to touch.

    Parameters
    ----------
    shapes : ndarray of geometries, shape (n,)
    distance : float
        In the unit of the coordinates.
    known : ndarray of int, shape (m, 2)
        Pairs to leave out.

    Returns
    -------
    ndarray of int, shape (k, 2)
        Positions, the lower first, sorted; each pair once.
    """
    near = _Candidates.of(shapes, distance, known).where(shapely.dwithin, distance)
    return _coded(near.owners, len(shapes))


@dataclass(frozen=True)
class _Candidates:
    """Pairs of parts of different shapes whose boxes come near each other."""

    one: NDArray[Any]
    other: NDArray[Any]
    owners: Pairs

    @classmethod
    def of(cls, shapes: NDArray[Any], distance: float, known: Pairs) -> _Candidates:
        """Give the pairs of parts within a distance, but for shapes known to be linked."""
        parts, owner = shapely.get_parts(shapes, return_index=True)
        west, south, east, north = shapely.bounds(parts).T
        boxes = shapely.box(west - distance, south - distance, east + distance, north + distance)
        first, second = shapely.STRtree(parts).query(boxes)
        low, high = owner[first], owner[second]
        out = known[:, 0] * len(shapes) + known[:, 1]
        left = (low < high) & ~np.isin(low * len(shapes) + high, out)
        owners = np.column_stack([low, high])[left].astype(np.int64)
        return cls(parts[first[left]], parts[second[left]], owners)

    def where(self, predicate: Callable[..., NDArray[np.bool_]], *values: float) -> _Candidates:
        """Keep the pairs for which a predicate of the geometry holds."""
        shapely.prepare(self.one)
        return self.take(predicate(self.one, self.other, *values))

    def take(self, kept: NDArray[np.bool_]) -> _Candidates:
        """Keep some of the pairs."""
        return _Candidates(self.one[kept], self.other[kept], self.owners[kept])


def _sharing(columns: list[NDArray[np.float64]], owner: NDArray[np.int64], count: int) -> Pairs:
    """Give the pairs of owners that hold an equal row."""
    if not len(owner):
        return np.empty((0, 2), dtype=np.int64)
    columns = [np.ascontiguousarray(column) + 0.0 for column in columns]  # no negative zero
    key, order = _sorted_mix(columns)
    same = np.flatnonzero(key[1:] == key[:-1])
    found, step = [np.empty(0, dtype=np.int64)], 1
    while len(same):
        one, other = order[same], order[same + step]
        equal = owner[one] != owner[other]
        for column in columns:
            equal &= column[one] == column[other]
        low, high = owner[one[equal]], owner[other[equal]]
        found.append(np.unique(np.minimum(low, high) * count + np.maximum(low, high)))
        step += 1
        same = same[same + step < len(key)]
        same = same[key[same + step] == key[same]]
    codes = np.unique(np.concatenate(found))
    return np.column_stack([codes // count, codes % count])


def _sorted_mix(
    columns: list[NDArray[np.float64]],
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Sort rows by a mix of their bits; give the sorted mix and the row of each."""
    mix = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        for factor in _MIX:
            mix *= factor
            mix ^= mix >> np.uint64(29)
        mix ^= column.view(np.uint64)
    mix *= _MIX[0]
    # the row number stands in the low bits, so that one plain sort does for both
    bits = np.uint64(max(len(mix) - 1, 1).bit_length())
    mix >>= bits
    mix <<= bits
    mix |= np.arange(len(mix), dtype=np.uint64)
    mix.sort()
    order = (mix & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)
    mix >>= bits
    return mix, order


def _coded(pairs: Pairs, count: int) -> Pairs:
    """Sort pairs, each once."""
    codes = np.unique(pairs[:, 0] * count + pairs[:, 1])
    return np.column_stack([codes // count, codes % count])
