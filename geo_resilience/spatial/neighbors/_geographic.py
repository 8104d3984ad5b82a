"""Who counts as whose neighbor: contiguity, nearest regions, distance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import geopandas as gpd
import numpy as np

from geo_resilience.errors import InputError
from geo_resilience.notes import Note
from geo_resilience.regions import Regions
from geo_resilience.spatial.neighbors._contiguity import (
    asked_links,
    check_islands,
    island_links,
    sliver_notes,
    tolerated_pairs,
    touching_regions,
)
from geo_resilience.spatial.neighbors._distances import (
    ALL_PAIRS,
    REACH,
    centers,
    great_circle_km,
    nearest_places,
    pairs_within,
)
from geo_resilience.spatial.neighbors._graph import (
    Neighbors,
    Pairs,
    Places,
    adjacency_of,
    both_ways,
)
from geo_resilience.statistics._arrays import Array, Whole


def queen(
    regions: Regions | gpd.GeoDataFrame,
    *,
    islands: str = "link",
    link: Mapping[str, str | Iterable[str]] | None = None,
    tolerance: float | None = None,
    standardize: bool = True,
) -> Neighbors:
    """Link regions that touch, in a border or a point.

    Parameters
    ----------
    regions : Regions or GeoDataFrame
        Links that came with the boundaries are used; else they are found from the polygons.
    islands : {"link", "leave"}
        What becomes of a region that touches no other: ``"link"`` ties it to one (Hainan to
        Guangdong in the bundled set, else the region with the nearest border), both ways.
    link : mapping of key to key or keys, optional
        Further links, both ways; they come before the rule for islands.
    tolerance : float, optional
        Regions within this many meters count as touching (for boundaries with gaps).
    standardize : bool
        Whether each row's weights sum to 1; else every weight is 1.

    Returns
    -------
    Neighbors

    Raises
    ------
    InputError
        For an unknown option, key or shape.

    Notes
    -----
    Regions that share a vertex touch; where boxes meet without one, the geometry decides. In
    degrees, regions on either side of the 180th meridian touch too, as do those at a pole. Pairs
    that miss each other by less than a thousandth of the usual width of a region (the square root
    of the median area) are named in a Note.

    Examples
    --------
    >>> from geo_resilience.regions import read_boundaries
    >>> neighbors = queen(read_boundaries())
    >>> neighbors.added, neighbors.islands
    ((('460000', '440000'),), ())
    >>> neighbors.graph["460000"].to_dict()
    {'440000': 1.0}
    """
    ground = Places.of(regions)
    if ground.links is None:
        pairs = touching_regions(ground.shapes)
    else:
        pairs = ground.positions(ground.links)
    return _contiguity(ground, "queen", pairs, islands, link, tolerance, standardize)


def rook(
    regions: Regions | gpd.GeoDataFrame,
    *,
    islands: str = "link",
    link: Mapping[str, str | Iterable[str]] | None = None,
    tolerance: float | None = None,
    standardize: bool = True,
) -> Neighbors:
    """Link regions that share a border, more than a point.

    Parameters
    ----------
    regions : Regions or GeoDataFrame
    islands, link, tolerance, standardize
        As for `queen`.

    Returns
    -------
    Neighbors

    Examples
    --------
    >>> from geo_resilience.regions import read_boundaries
    >>> int(rook(read_boundaries(), standardize=False).graph.cardinalities["110000"])
    2
    """
    ground = Places.of(regions)
    pairs = touching_regions(ground.shapes, edges=True)
    return _contiguity(ground, "rook", pairs, islands, link, tolerance, standardize)


def k_nearest(
    regions: Regions | gpd.GeoDataFrame, k: int = 4, *, standardize: bool = True
) -> Neighbors:
    """Link every region to the k regions whose centers are nearest.

    Parameters
    ----------
    regions : Regions or GeoDataFrame
    k : int
        Number of neighbors of each region, less than the number of regions.
    standardize : bool
        Whether each row's weights sum to 1; else every weight is 1.

    Returns
    -------
    Neighbors
        Not symmetric: a region need not be among the nearest of its own neighbors.

    Raises
    ------
    InputError
        If there are not more than k regions.

    Notes
    -----
    Centers are centroids in an equal-area projection, distances great circles. Of regions equally
    far (to a millimeter) the first in order is taken.

    Examples
    --------
    >>> from geo_resilience.regions import read_boundaries
    >>> k_nearest(read_boundaries(), 2).graph["460000"].index.to_list()
    ['440000', '450000']
    """
    ground = Places.of(regions)
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or not 1 <= k < len(ground.keys):
        raise InputError("neighbors.k", found=k, regions=len(ground.keys))
    order, _ = nearest_places(center_points(ground), k)
    focal = np.repeat(np.arange(len(order)), k)
    adjacency = adjacency_of(ground.keys, focal, order.ravel(), np.ones(len(focal)), standardize)
    return Neighbors(adjacency, f"k_nearest({k})", standardized=standardize)


def distance_band(
    regions: Regions | gpd.GeoDataFrame,
    km: float,
    *,
    islands: str = "link",
    standardize: bool = True,
) -> Neighbors:
    """Link regions whose centers are within a distance.

    Parameters
    ----------
    regions : Regions or GeoDataFrame
    km : float
        Kilometers between centers, as in `k_nearest`.
    islands : {"link", "leave"}
        Whether a region with none in reach is tied to the one with the nearest center, both ways.
    standardize : bool
        Whether each row's weights sum to 1; else every weight is 1.

    Returns
    -------
    Neighbors

    Examples
    --------
    >>> from geo_resilience.regions import read_boundaries
    >>> neighbors = distance_band(read_boundaries(), 130, islands="leave")
    >>> neighbors.graph["110000"].index.to_list()
    ['120000', '130000']
    """
    ground = Places.of(regions)
    check_positive("km", km)
    check_islands(islands)
    points = center_points(ground)
    first, second, _ = pairs_within(points, np.full(len(points), float(km)))
    pairs = np.column_stack([first, second])[first < second]
    added: list[tuple[int, int]] = []
    notes: list[Note] = []
    if islands == "link" and len(ground.keys) > 1:
        for position in np.setdiff1d(np.arange(len(ground.keys)), pairs):
            away = great_circle_km(points[[position]], points)[0].round(6)
            away[position] = np.inf
            other = int(np.argmin(away))
            added.append((int(position), other))
            values = {
                "region": ground.told(position),
                "neighbor": ground.told(other),
                "km": f"{away[other]:.0f}",
            }
            notes.append(Note("neighbors.linked_to_center", "", values))
    return both_ways(ground, f"distance_band({km:g} km)", pairs, added, notes, standardize)


def inverse_distance(
    regions: Regions | gpd.GeoDataFrame,
    *,
    power: float = 1.0,
    km: float | None = None,
    standardize: bool = True,
) -> Neighbors:
    """Link regions with weights that fall with the distance of their centers.

    Parameters
    ----------
    regions : Regions or GeoDataFrame
    power : float
        Exponent p of w = 1 / d^p, above 0.
    km : float, optional
        Regions farther apart have no link. Without it every two are linked; of more than 1,000
        each to its 20 nearest, and to those among whose nearest it is (noted).
    standardize : bool
        Whether each row's weights sum to 1; else they are per kilometer to the power of p.

    Returns
    -------
    Neighbors

    Raises
    ------
    InputError
        If two centers are the same: their weight would be infinite.

    Examples
    --------
    >>> from geo_resilience.regions import read_boundaries
    >>> neighbors = inverse_distance(read_boundaries())
    >>> neighbors.graph["460000"].idxmax()
    '450000'
    """
    ground = Places.of(regions)
    check_positive("power", power)
    if km is not None:
        check_positive("km", km)
    points, reach, notes = center_points(ground), "" if km is None else f", {km:g} km", list[Note]()
    if km is None and len(points) > ALL_PAIRS:
        near, far = nearest_places(points, REACH)
        focal, other, away = mutual(np.repeat(np.arange(len(points)), REACH), near, far)
        notes, reach = [reach_note(len(points))], f", {REACH} nearest"
    else:
        focal, other, away = pairs_within(points, np.full(len(points), km or np.inf))
    same = np.flatnonzero((away == 0) & (focal < other))
    if len(same):
        keys = [f"{ground.keys[focal[i]]} = {ground.keys[other[i]]}" for i in same[:8]]
        raise InputError("neighbors.same_center", keys=keys)
    adjacency = adjacency_of(ground.keys, focal, other, away**-power, standardize)
    left = np.setdiff1d(np.arange(len(points)), focal)
    if len(left):
        told = [ground.told(position) for position in left]
        notes.append(Note("neighbors.left", "", {"regions": told}))
    return Neighbors(
        adjacency,
        f"inverse_distance({power:g}{reach})",
        islands=tuple(ground.keys[left]),
        notes=tuple(notes),
        standardized=standardize,
    )


def mutual(focal: Whole, other: Whole, value: Array) -> tuple[Whole, Whole, Array]:
    """Add to each link its opposite, of the same value; each link once."""
    other, value, count = other.ravel(), value.ravel(), int(focal.max()) + 1
    codes = np.concatenate([focal * count + other, other * count + focal])
    links, first = np.unique(codes, return_index=True)
    return links // count, links % count, np.concatenate([value, value])[first]


def reach_note(regions: int) -> Note:
    """Say that a rule which links every two regions has linked the nearest alone."""
    return Note("neighbors.nearest_alone", "", {"regions": regions, "k": REACH, "most": ALL_PAIRS})


def _contiguity(
    ground: Places,
    rule: str,
    pairs: Pairs,
    islands: str,
    link: Mapping[str, str | Iterable[str]] | None,
    tolerance: float | None,
    standardize: bool,
) -> Neighbors:
    """Complete touching pairs by those within the tolerance, those asked for, and islands."""
    check_islands(islands)
    near, notes = tolerated_pairs(ground, pairs, tolerance)
    pairs = np.vstack([pairs, near])
    if tolerance is None and ground.links is None:
        notes = [*notes, *sliver_notes(ground, pairs)]
    known = {tuple(pair) for pair in pairs.tolist()}
    added = [pair for pair in asked_links(ground, link) if tuple(sorted(pair)) not in known]
    if islands == "link":
        linked, more = island_links(ground, np.vstack([pairs, *([added] if added else [])]))
        added, notes = [*added, *linked], [*notes, *more]
    return both_ways(ground, rule, pairs, added, notes, standardize)


def center_points(ground: Places) -> Array:
    """Give the centers in degrees."""
    if ground.shapes.crs is None:
        raise InputError("neighbors.no_crs")
    return centers(ground.shapes)


def check_positive(name: str, value: float | None) -> None:
    """Demand a number above zero."""
    if value is None or isinstance(value, bool) or not 0 < value < np.inf:
        raise InputError("neighbors.not_positive", name=name, found=value)
