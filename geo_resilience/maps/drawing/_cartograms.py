"""Regions alike in size or as large as a value: tiles on a fixed grid, circles that stand apart."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from geo_resilience.errors import InputError
from geo_resilience.regions._regions import boundaries_folder

Points = NDArray[np.float64]
Ordinals = NDArray[np.intp]

#: Rounds in which circles are pushed apart, and the share of the way back to their place in the
#: first; in the second half there is none.
ROUNDS, PULL = 150, 0.08

#: Overlaps below this share of the mean radius are left to the last, exact step.
SLIGHT = 1e-3

#: Golden angle: the way out for circles that stand on one point.
_GOLDEN = np.pi * (3 - np.sqrt(5))


def tile_places(keys: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Give column and row of the tiles of provincial units, rows counted from the north.

    Keys without a place on the grid are left out.

    Examples
    --------
    >>> tile_places(["230000", "460000", "x"])
    {'230000': (8, 0), '460000': (5, 8)}
    """
    tiles = _tiles()
    return {
        key: (int(tiles[key]["column"]), int(tiles[key]["row"])) for key in keys if key in tiles
    }


def tile_letters(keys: Iterable[str]) -> dict[str, str]:
    """Give the letters of provincial units (ISO 3166-2:CN) that fit a tile.

    >>> tile_letters(["230000", "x"])
    {'230000': 'HL'}
    """
    tiles = _tiles()
    return {key: tiles[key]["letters"] for key in keys if key in tiles}


@cache
def _tiles() -> dict[str, dict[str, str]]:
    """Read the tiles' table: a row a provincial code."""
    with (boundaries_folder() / "tiles.csv").open(encoding="utf-8", newline="") as file:
        return {row["adcode"]: row for row in csv.DictReader(file)}


def circles(places: Points, values: NDArray[np.float64], area: float) -> tuple[Points, Points]:
    r"""Lay circles without overlap near places, each as large as its value.

    The radii are :math:`r_i = \sqrt{A v_i / (\pi \sum_j v_j)}`. Circles that overlap push each
    other away in proportion to the other's radius, while each is drawn back to its place less and
    less [1]_; what overlap is left is taken away by spreading all places alike, which is exact.

    - ``places``, shape (n, 2); ``values``, shape (n,): none below 0; a blank counts as 0.
    - ``area``: of all circles together, in the square of the unit of the places.

    Gives the centers, shape (n, 2), and the radii, shape (n,). Nothing in it is drawn by chance.

    .. [1] Dorling, D. (1996). "Area cartograms: their use and creation". Concepts and Techniques
       in Modern Geography 59.

    Examples
    --------
    >>> centers, radii = circles(np.array([[0.0, 0], [1, 0]]), np.array([1.0, 4]), area=5 * np.pi)
    >>> radii.tolist(), bool(np.hypot(*(centers[1] - centers[0])) >= 3)
    ([1.0, 2.0], True)
    """
    sizes = np.nan_to_num(np.asarray(values, dtype=float))
    if (sizes < 0).any():
        raise InputError("maps.circle_negative", found=float(sizes.min()))
    total = sizes.sum()
    radii = np.sqrt(area * sizes / (np.pi * total)) if total else np.zeros(len(sizes))
    anchors = np.asarray(places, dtype=float)
    seen = np.flatnonzero(radii > 0)
    centers = anchors.copy()
    if len(seen) > 1:
        centers[seen] = _spread(_relaxed(anchors[seen], radii[seen]), radii[seen])
    return centers, radii


def _relaxed(anchors: Points, radii: Points) -> Points:
    """Push overlapping circles apart until hardly any overlap is left."""
    angles = _GOLDEN * np.arange(len(anchors))
    hair = 1e-6 * radii.mean()
    centers = anchors + hair * np.column_stack([np.cos(angles), np.sin(angles)])
    for turn in range(ROUNDS):
        pull = PULL * max(1 - 2 * turn / ROUNDS, 0)
        centers += pull * (anchors - centers)
        one, two, deep, way = _overlaps(centers, radii)
        if not pull and deep.max(initial=0) < SLIGHT * radii.mean():
            break
        share = radii[two] / (radii[one] + radii[two])
        moved = np.zeros_like(centers)
        np.add.at(moved, one, -(share * deep)[:, None] * way)
        np.add.at(moved, two, ((1 - share) * deep)[:, None] * way)
        pushed = np.bincount(np.r_[one, two], minlength=len(centers))
        centers += moved / np.sqrt(np.maximum(pushed, 1))[:, None]
    return centers


def _overlaps(centers: Points, radii: Points) -> tuple[Ordinals, Ordinals, Points, Points]:
    """Give the pairs of circles that overlap: both, how deep, and the way from one to the other."""
    from scipy.spatial import cKDTree

    pairs = cKDTree(centers).query_pairs(2 * radii.max(), output_type="ndarray")
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    one, two = pairs.T
    apart = centers[two] - centers[one]
    distance = np.hypot(*apart.T)
    deep = radii[one] + radii[two] - distance
    kept = (deep > 0) & (distance > 0)
    way = apart[kept] / distance[kept][:, None]
    return one[kept], two[kept], deep[kept], way


def _spread(centers: Points, radii: Points) -> Points:
    """Spread all centers alike until no two circles overlap: exact, whatever was left."""
    one, two, deep, _ = _overlaps(centers, radii)
    if not len(one):
        return centers
    needed = radii[one] + radii[two]
    factor = float((needed / (needed - deep)).max()) * (1 + 1e-12)
    middle = centers.mean(axis=0)
    return middle + factor * (centers - middle)
