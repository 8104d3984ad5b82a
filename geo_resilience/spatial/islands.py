"""Regions that the rule gives no neighbor, and borders that do not quite meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import shapely

from geo_resilience.errors import InputError, unknown
from geo_resilience.notes import Note
from geo_resilience.spatial.contiguity import near_pairs
from geo_resilience.spatial.distances import in_meters, nearest_by_border
from geo_resilience.spatial.graphs import Ground, Pairs
from geo_resilience.words import Phrase

__all__ = ["asked_links", "check_islands", "island_links", "sliver_notes", "tolerated_pairs"]

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
    ground: Ground, link: Mapping[Any, Any | Iterable[Any]] | None
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


def island_links(ground: Ground, pairs: Pairs) -> tuple[list[tuple[int, int]], list[Note]]:
    """Tie every region without neighbors to another, and say so.

    Parameters
    ----------
    ground : Ground
    pairs : ndarray of int, shape (m, 2)
        Links there are.

    Returns
    -------
    added : list of pairs of positions
        The island first.
    notes : list of Note
    """
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


def _nearest_notes(ground: Ground, found: list[tuple[int, int, float]]) -> list[Note]:
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
        "least": f"{min(gaps):.2g}",
        "most": f"{max(gaps):.2g}",
    }
    return [Note("neighbors.many_linked", "", values)]


def _called(ground: Ground, position: int, other: int) -> dict[str, str | Phrase]:
    return {"region": ground.told(position), "neighbor": ground.told(other)}


def tolerated_pairs(
    ground: Ground, pairs: Pairs, tolerance: float | None
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


def sliver_notes(ground: Ground, pairs: Pairs) -> list[Note]:
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
    values = {"count": len(near), "pairs": _told(ground, near), "meters": f"{widest:.2g}"}
    return [Note("neighbors.slivers", "", values)]


def _told(ground: Ground, pairs: Pairs) -> list[Phrase]:
    """Call the first pairs by their regions."""
    return [
        Phrase("note.neighbors.pair", {"one": ground.told(one), "two": ground.told(two)})
        for one, two in pairs[:_SHOWN]
    ]
