"""Further neighbor rules, and all rules by name: kernels, economic likeness, mixtures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, nearest
from geo_resilience.notes import Note
from geo_resilience.spatial._methods import NEIGHBOR_RULES, method_named
from geo_resilience.spatial.neighbors import _geographic as rules
from geo_resilience.spatial.neighbors._alignment import Linked, links_of, numbers_of
from geo_resilience.spatial.neighbors._distances import (
    ALL_PAIRS,
    REACH,
    great_circle_km,
    nearest_places,
    pairs_within,
)
from geo_resilience.spatial.neighbors._files import read_neighbors
from geo_resilience.spatial.neighbors._graph import Neighbors, Places, adjacency_of
from geo_resilience.spatial.neighbors._links import Links
from geo_resilience.statistics._arrays import Array, Whole

if TYPE_CHECKING:
    import geopandas as gpd
    from scipy.sparse import csr_array

    from geo_resilience.regions import Regions


#: Weight by distance over bandwidth, from 1 at the region itself.
KERNELS: Mapping[str, Callable[[Array], Array]] = {
    "triangular": lambda u: np.clip(1 - u, 0, None),
    "uniform": lambda u: (u <= 1).astype(float),
    "epanechnikov": lambda u: np.clip(1 - u**2, 0, None),
    "bisquare": lambda u: np.where(u <= 1, (1 - u**2) ** 2, 0.0),
    "gaussian": lambda u: np.exp(-(u**2) / 2),
}


#: Bandwidths beyond which a kernel that is never 0 is cut off, of very many regions.
_FAR = 4


def distances_km(regions: Regions | gpd.GeoDataFrame) -> pd.DataFrame:
    """Give the distance between the centers of every two regions.

    Parameters
    ----------
    regions : Regions or GeoDataFrame
        With a coordinate reference system.

    Returns
    -------
    DataFrame
        Rows and columns by key; great circles between centroids, in kilometers.

    Examples
    --------
    >>> from geo_resilience.regions import read_boundaries
    >>> away = distances_km(read_boundaries())
    >>> bool(90 < away.loc["110000", "120000"] < 150)
    True
    """
    ground = Places.of(regions)
    away = great_circle_km(rules.center_points(ground))
    return pd.DataFrame(away, ground.keys, ground.keys)


def kernel(
    regions: Regions | gpd.GeoDataFrame,
    *,
    km: float | None = None,
    k: int | None = None,
    function: str = "triangular",
    standardize: bool = True,
) -> Neighbors:
    """Link regions with weights that fall with distance, out to a bandwidth.

    Parameters
    ----------
    regions : Regions or GeoDataFrame
    km : float, optional
        Bandwidth, the same everywhere.
    k : int, optional
        Instead: the distance to each region's k-th nearest center as its own bandwidth
        (adaptive; not symmetric). Exactly one of ``km`` and ``k`` is needed.
    function : {"triangular", "uniform", "epanechnikov", "bisquare", "gaussian"}
    standardize : bool
        Whether each row's weights sum to 1.

    Returns
    -------
    Neighbors
        A region is no neighbor of its own. One with none inside its bandwidth is left without.

    Notes
    -----
    Weights are K(d / h) with K(0) = 1: triangular 1 - u, epanechnikov 1 - u^2, bisquare
    (1 - u^2)^2, uniform 1, each 0 beyond u = 1, and gaussian exp(-u^2 / 2), never 0, but that of
    more than 1,000 regions those farther than 4 bandwidths have no link (noted).

    Examples
    --------
    >>> from geo_resilience.regions import read_boundaries
    >>> kernel(read_boundaries(), km=800).rule
    'kernel(triangular, 800 km)'
    """
    if (km is None) == (k is None):
        raise InputError("spatial.bandwidth_wrong", km=km, k=k)
    if function not in KERNELS:
        near = nearest(function, KERNELS) or list(KERNELS)
        raise InputError("spatial.kernel_unknown", found=function, nearest=near)
    ground = Places.of(regions)
    points, notes = rules.center_points(ground), list[Note]()
    if k is None:
        rules.check_positive("km", km)
        band, told = np.full(len(points), km, dtype=float), f"{km:g} km"
    else:
        if not 1 <= k < len(points):
            raise InputError("neighbors.k", found=k, regions=len(points))
        band, told = nearest_places(points, k)[1][:, -1], f"k={k}"
    reach = band
    if function == "gaussian":
        cut = len(points) > ALL_PAIRS
        reach = _FAR * band if cut else np.full(len(points), np.inf)
        if cut:
            notes = [Note("neighbors.kernel_cut", "", {"regions": len(points), "far": _FAR})]
    focal, other, away = pairs_within(points, reach)
    weights = KERNELS[function](away / np.maximum(band, 1e-9)[focal])
    rule = f"kernel({function}, {told})"
    return _from_links(ground.keys, (focal, other, weights), rule, standardize, notes)


def economic(
    values: pd.Series,
    *,
    power: float = 1.0,
    standardize: bool = True,
) -> Neighbors:
    """Link every two regions by how alike they are: ``1 / |y_i - y_j|``.

    Parameters
    ----------
    values : Series
        By region key (output per head, say), taken before the period that is studied: weights
        made from the outcome itself would explain it by itself.
    power : float
        Exponent of the difference.
    standardize : bool
        Whether each row's weights sum to 1.

    Returns
    -------
    Neighbors
        Every region is linked to every other, of more than 1,000 each to the 20 most like it and to
        those to which it is (noted). Equal values would be infinitely near: they count
        as the smallest difference above 0 (noted).

    Raises
    ------
    InputError
        If a value is missing or all are the same.

    Examples
    --------
    >>> found = economic(pd.Series([1.0, 2.0, 4.0], list("abc")))
    >>> found.graph["a"].round(3).tolist()
    [0.75, 0.25]
    """
    numbers = numbers_of(values, name="values")
    rules.check_positive("power", power)
    ordered = np.sort(numbers)
    least = np.diff(ordered)[np.diff(ordered) > 0].min(initial=np.inf)
    if not np.isfinite(least):
        raise InputError("spatial.all_alike", name=str(values.name or "values"))
    notes: list[Note] = []
    if len(numbers) > ALL_PAIRS:
        focal, other = _most_alike(numbers)
        notes.append(rules.reach_note(len(numbers)))
    else:
        focal, other = np.nonzero(~np.eye(len(numbers), dtype=bool))
    apart = np.abs(numbers[focal] - numbers[other])
    equal = np.flatnonzero((apart == 0) & (focal < other))
    if len(equal):
        pairs = [f"{values.index[focal[at]]}-{values.index[other[at]]}" for at in equal[:8]]
        notes.append(Note("spatial.equal_values", "", {"pairs": pairs, "least": f"{least:g}"}))
    links = focal, other, np.maximum(apart, least) ** -power
    return _from_links(values.index, links, f"economic({power:g})", standardize, notes)


def _most_alike(numbers: Array) -> tuple[Whole, Whole]:
    """Link each number to those nearest to it, and to whoever counts it among its own."""
    order = np.argsort(numbers, kind="stable")
    n, steps = len(numbers), np.r_[-REACH:0, 1 : REACH + 1]
    at = np.arange(n)[:, None] + steps
    away = np.where(
        (at >= 0) & (at < n),
        np.abs(numbers[order][np.clip(at, 0, n - 1)] - numbers[order][:, None]),
        np.inf,
    )
    chosen = np.take_along_axis(at, np.argsort(away, axis=1, kind="stable")[:, :REACH], 1)
    focal, other, _ = rules.mutual(np.repeat(order, REACH), order[chosen], np.zeros(chosen.shape))
    return focal, other


def nested(
    geographic: Linked,
    other: Linked,
    *,
    share: float = 0.5,
    how: str = "sum",
    standardize: bool = True,
) -> Neighbors:
    """Mix two sets of weights, geographic and economic ones say.

    Parameters
    ----------
    geographic, other : Neighbors or libpysal.graph.Graph
        Over the same keys; each is row-standardized before it is mixed.
    share : float
        Share of the first in a sum, 0 to 1.
    how : {"sum", "product"}
        ``share W1 + (1 - share) W2``, or the entries multiplied (links of both only).
    standardize : bool
        Whether the rows of the mixture sum to 1.

    Returns
    -------
    Neighbors

    Examples
    --------
    >>> likeness = economic(pd.Series([1.0, 2.0, 4.0], list("abc")))
    >>> found = nested(likeness, likeness, share=0.3)
    >>> found.graph["a"].round(3).tolist(), found.rule
    ([0.75, 0.25], 'nested(economic(1), economic(1), 0.3)')
    """
    if how not in ("sum", "product"):
        raise InputError("spatial.mixture_unknown", found=how)
    if not 0 <= share <= 1:
        raise InputError("spatial.share_wrong", found=share)
    first, second = links_of(geographic), links_of(other)
    missing = first.keys.symmetric_difference(second.keys)
    if len(missing):
        raise InputError(
            "spatial.keys_not_linked", name="nested", regions=[str(key) for key in missing][:8]
        )
    one = _rows(first)
    two = _rows(second.take(second.keys.get_indexer(first.keys).astype(np.int64)))
    mixed = (share * one + (1 - share) * two if how == "sum" else one.multiply(two)).tocoo()
    names = [getattr(each, "rule", "own") for each in (geographic, other)]
    rule = f"nested({names[0]}, {names[1]}, {share:g})"
    if how == "product":
        rule = f"nested({names[0]} x {names[1]})"
    return _from_links(first.keys, (*mixed.coords, mixed.data), rule, standardize)


def _rows(links: Links) -> csr_array:
    """Give the weights with rows that sum to 1."""
    matrix = links.matrix.copy()
    sums = np.asarray(matrix.sum(axis=1)).ravel()
    matrix.data = matrix.data / np.repeat(np.where(sums > 0, sums, 1.0), links.counts)
    return matrix


def _from_links(
    keys: pd.Index,
    links: tuple[Whole, Whole, Array],
    rule: str,
    standardize: bool,
    notes: Sequence[Note] = (),
) -> Neighbors:
    """Make neighbors of links (from, to, weight); those without weight are none."""
    there = links[2] > 0
    focal, other, weights = links[0][there], links[1][there], links[2][there]
    adjacency = adjacency_of(keys, focal, other, weights, standardize)
    alone = keys[np.setdiff1d(np.arange(len(keys)), focal)]
    if len(alone):
        left = Note("neighbors.left", "", {"regions": [str(key) for key in alone]})
        notes = (*notes, left)
    return Neighbors(
        adjacency, rule, islands=tuple(alone), notes=tuple(notes), standardized=standardize
    )


def without_assumed(neighbors: Neighbors) -> Neighbors | None:
    """Take away the links that the rule did not give (islands tied on); None where there are none.

    Weights of the others stay, rows summing to 1 again where they did.
    """
    if not neighbors.added:
        return None
    keys = neighbors.unique_ids
    given = neighbors.adjacency[neighbors.adjacency != 0]
    assumed = {pair for one, two in neighbors.added for pair in ((one, two), (two, one))}
    given = given[[pair not in assumed for pair in given.index]]
    focal, other = (keys.get_indexer(given.index.get_level_values(level)) for level in (0, 1))
    weights = given.to_numpy(dtype=float)
    return Neighbors(
        adjacency_of(keys, focal, other, weights, neighbors.standardized),
        neighbors.rule,
        islands=tuple(keys[np.setdiff1d(np.arange(len(keys)), focal)]),
        standardized=neighbors.standardized,
    )


def without(neighbors: Neighbors, keys: pd.Index) -> Neighbors:
    """Take away regions with their links; rows sum to 1 again where they did."""
    if keys.empty:
        return neighbors
    kept = neighbors.unique_ids.drop(keys)
    given = neighbors.adjacency[neighbors.adjacency != 0]
    focal, other = (kept.get_indexer(given.index.get_level_values(level)) for level in (0, 1))
    both = (focal >= 0) & (other >= 0)
    focal, other = focal[both], other[both]
    weights = given.to_numpy(dtype=float)[both]
    return Neighbors(
        adjacency_of(kept, focal, other, weights, neighbors.standardized),
        neighbors.rule,
        islands=tuple(kept[np.setdiff1d(np.arange(len(kept)), focal)]),
        standardized=neighbors.standardized,
    )


def neighbors_by_rule(rule: str, regions: Regions | gpd.GeoDataFrame, **options: Any) -> Neighbors:
    """Make neighbors by the name of a rule; options of other rules and None are passed over.

    ``variable`` is a Series by region key, ``file`` a path.
    """
    record = method_named(NEIGHBOR_RULES, rule, "rule")
    others = {name for each in NEIGHBOR_RULES.values() for name in each.takes}
    given = {name: value for name, value in options.items() if value is not None}
    taken = [name for name in record.takes if name in given]
    passed = others - set(taken[:1] if record.first else taken)
    found: Neighbors = record.function(
        regions, **{name: value for name, value in given.items() if name not in passed}
    )
    return found


def alike(regions: Any, *, variable: pd.Series, standardize: bool = True) -> Neighbors:
    """Link regions by how alike they are in a variable."""
    return economic(variable, standardize=standardize)


def near_and_alike(
    regions: Any, *, variable: pd.Series, share: float = 0.5, standardize: bool = True
) -> Neighbors:
    """Mix shared borders and likeness in a variable."""
    bordering, likeness = rules.queen(regions), economic(variable)
    return nested(bordering, likeness, share=share, standardize=standardize)


def filed(regions: Any, *, file: Path, standardize: bool = True) -> Neighbors:
    """Read the neighbors of a file."""
    keys = Places.of(regions).keys
    return read_neighbors(file, keys, standardize=standardize)
