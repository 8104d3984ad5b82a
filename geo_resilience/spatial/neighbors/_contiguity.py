"""Who touches whom: by the vertices that regions share, and by geometry where they share none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo_resilience.errors import InputError, unknown
from geo_resilience.notes import Note
from geo_resilience.spatial.neighbors._distances import in_meters, nearest_by_border
from geo_resilience.spatial.neighbors._graph import Pairs, Places
from geo_resilience.statistics._arrays import Array, Truths, Whole
from geo_resilience.words import Phrase

#: Degrees within which a point lies on the 180th meridian or at a pole: a tenth of a meter.
_ON_MERIDIAN = 1e-6

_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))


def shared_vertices(shapes: NDArray[Any]) -> Pairs:
    """Give the pairs of shapes that have a vertex in common, coordinates exactly equal.

    All vertices are sorted once by a 64-bit mix of their coordinates, so that equal ones stand
    together; the coordinates themselves decide. On a valid coverage this is queen contiguity.
    """
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    return _sharing([points[:, 0], points[:, 1]], owner, len(shapes))


def shared_edges(shapes: NDArray[Any]) -> Pairs:
    """Give the pairs of shapes that have an edge in common: rook contiguity of a valid coverage."""
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


def touching_regions(shapes: gpd.GeoSeries, *, edges: bool = False) -> Pairs:
    """Give the pairs of shapes that touch on the earth: over the 180th meridian, at a pole, too.

    In degrees the one meridian is two lines, and a pole is a line; in a projection they are as
    drawn.
    """
    drawn = np.asarray(shapes.array)
    pairs = touching_pairs(drawn, edges=edges)
    if shapes.crs is None or not shapes.crs.is_geographic or not len(drawn):
        return pairs
    found = [pairs, _over_180(drawn, edges), *([] if edges else _at_poles(drawn))]
    return _coded(np.vstack(found), len(drawn))


def _over_180(shapes: NDArray[Any], edges: bool) -> Pairs:
    """Give the pairs that touch where the map ends in the east and begins again in the west."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    west, _, east, _ = shapely.bounds(parts).T
    last = east >= west.min() + 360 - _ON_MERIDIAN
    first = west <= east.max() - 360 + _ON_MERIDIAN
    if not first.any():
        return np.empty((0, 2), dtype=np.int64)
    ends = [_shifted(parts[last], 0.0), _shifted(parts[first], 360.0)]
    owners = np.concatenate([owner[last], owner[first]])
    pairs = np.sort(owners[touching_pairs(np.concatenate(ends), edges=edges)], axis=1)
    return pairs[pairs[:, 0] < pairs[:, 1]].reshape(-1, 2)


def _shifted(shapes: NDArray[Any], degrees: float) -> NDArray[Any]:
    """Move shapes to the east; what lies all but on the 180th meridian then lies on it."""

    def moved(points: Array) -> Array:
        x = points[:, 0] + degrees
        x[np.abs(x - 180) < _ON_MERIDIAN] = 180.0
        return np.column_stack([x, points[:, 1]])

    return shapely.transform(shapes, moved)


def _at_poles(shapes: NDArray[Any]) -> list[Pairs]:
    """Give the pairs of those that meet at the north pole, and at the south pole."""
    _, south, _, north = shapely.bounds(shapes).T
    there = (np.flatnonzero(at >= 90 - _ON_MERIDIAN) for at in (north, -south))
    return [np.array(list(combinations(each, 2)), dtype=np.int64).reshape(-1, 2) for each in there]


def near_pairs(shapes: NDArray[Any], distance: float, known: Pairs) -> Pairs:
    """Give the pairs within a distance (in the unit of the coordinates) that are not known."""
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

    def where(self, predicate: Callable[..., Truths], *values: float) -> _Candidates:
        """Keep the pairs for which a predicate of the geometry holds."""
        shapely.prepare(self.one)
        return self.take(predicate(self.one, self.other, *values))

    def take(self, kept: Truths) -> _Candidates:
        """Keep some of the pairs."""
        return _Candidates(self.one[kept], self.other[kept], self.owners[kept])


def _sharing(columns: list[Array], owner: Whole, count: int) -> Pairs:
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
    columns: list[Array],
) -> tuple[NDArray[np.uint64], Whole]:
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


#: Stated rule for the bundled provinces: Hainan goes with the mainland across the strait.
BUNDLED_LINKS = {"460000": "440000"}

#: Gaps up to this share of a region's usual width are said to be almost touching.
_SLIVER = 1e-3

_SHOWN = 8

#: Islands that are noted one by one; more look like borders that do not meet.
_FEW = 5

_CHOICES = ("link", "leave")


def check_islands(islands: str) -> None:
    """Accept what can become of islands."""
    if islands not in _CHOICES:
        raise InputError(unknown("neighbors.islands", islands, _CHOICES))


def asked_links(
    ground: Places, link: Mapping[Any, Any | Iterable[Any]] | None
) -> list[tuple[int, int]]:
    """Give the links that the user asked for as pairs of positions."""
    pairs = []
    for key, others in (link or {}).items():
        several = (
            [others] if isinstance(others, str) or not isinstance(others, Iterable) else others
        )
        for other in several:
            if key == other:
                raise InputError("neighbors.own_link", key=key)
            pairs.append((ground.at(key), ground.at(other)))
    return pairs


def island_links(ground: Places, pairs: Pairs) -> tuple[list[tuple[int, int]], list[Note]]:
    """Tie every region without neighbors to another (island first), and say so."""
    added, notes = [], []
    nearest_ones: list[tuple[int, int, float]] = []
    shapes = ground.shapes if ground.shapes.crs is None else ground.shapes.to_crs("EPSG:4326")
    for position in np.setdiff1d(np.arange(len(ground.keys)), pairs):
        stated = BUNDLED_LINKS.get(ground.keys[position]) if ground.bundled else None
        if stated is not None and stated in ground.keys:
            other = ground.at(stated)
            notes.append(
                Note("neighbors.linked_by_rule", "", _called(ground, int(position), other))
            )
        elif len(ground.keys) > 1:
            other, meters = nearest_by_border(shapes, int(position))
            nearest_ones.append((int(position), other, meters / 1e3))
        else:
            continue
        added.append((int(position), other))
    return added, [*notes, *_nearest_notes(ground, nearest_ones)]


def _two_digits(value: float) -> str:
    """Write a number with two digits that count, never with an exponent."""
    return f"{float(f'{value:.2g}'):,.10g}"


def _nearest_notes(ground: Places, found: list[tuple[int, int, float]]) -> list[Note]:
    """Note links to the nearest border: a few one by one, many at once and with the way out."""
    if len(found) <= _FEW:
        return [
            Note(
                "neighbors.linked_to_nearest",
                "",
                {**_called(ground, position, other), "km": f"{km:.1f}"},
            )
            for position, other, km in found
        ]
    pairs = np.array([found[place][:2] for place in range(min(len(found), _SHOWN))])
    gaps = [km * 1e3 for *_, km in found]
    values = {
        "count": len(found),
        "all": len(ground.keys),
        "pairs": _told(ground, pairs),
        "least": _two_digits(min(gaps)),
        "most": _two_digits(max(gaps)),
    }
    return [Note("neighbors.many_linked", "", values)]


def _called(ground: Places, position: int, other: int) -> dict[str, str | Phrase]:
    return {"region": ground.told(position), "neighbor": ground.told(other)}


def tolerated_pairs(
    ground: Places, pairs: Pairs, tolerance: float | None
) -> tuple[Pairs, list[Note]]:
    """Give the pairs that come within a tolerance (meters) without touching."""
    if tolerance is None:
        return pairs[:0], []
    if isinstance(tolerance, bool) or not 0 <= tolerance < np.inf:
        raise InputError("neighbors.tolerance", found=tolerance)
    near = near_pairs(in_meters(ground.shapes), tolerance, pairs)
    if not len(near):
        return near, []
    values = {"count": len(near), "meters": f"{tolerance:g}", "pairs": _told(ground, near)}
    return near, [Note("neighbors.tolerated", "", values)]


def sliver_notes(ground: Places, pairs: Pairs) -> list[Note]:
    """Name the pairs that miss each other by a hair: polygons that should touch, perhaps."""
    shapes = np.asarray(ground.shapes.array)
    gap = _SLIVER * float(np.sqrt(np.median(shapely.area(shapes))))
    near = near_pairs(shapes, gap, pairs)
    if not len(near):
        return []
    few = ground.shapes.iloc[np.unique(near)]
    plane, at = in_meters(few), np.unique(near)
    first, second = (plane[np.searchsorted(at, near[:, side])] for side in (0, 1))
    widest = float(shapely.distance(first, second).max())
    values = {
        "count": len(near),
        "pairs": _told(ground, near),
        "meters": f"{max(widest, 0.001):.2g}",
    }
    return [Note("neighbors.slivers", "", values)]


def _told(ground: Places, pairs: Pairs) -> list[Phrase]:
    """Call the first pairs by their regions."""
    return [
        Phrase("note.neighbors.pair", {"one": ground.told(one), "two": ground.told(two)})
        for one, two in pairs[:_SHOWN]
    ]
