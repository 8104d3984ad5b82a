"""How far likeness reaches: Moran's I by order of neighbors and by distance."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_resilience.errors import InputError
from geo_resilience.spatial.alignment import Links, align, links_of
from geo_resilience.spatial.autocorrelation.global_statistics import (
    linked,
    moran_batch,
    varying,
)
from geo_resilience.spatial.effort import asked_for
from geo_resilience.statistics.multiplicity import holm

__all__ = ["correlogram", "distance_correlogram"]


def correlogram(
    y: pd.Series,
    neighbors: Any,
    *,
    orders: int = 5,
    permutations: int | None = None,
    rng: Any = None,
) -> pd.DataFrame:
    """Measure Moran's I among first neighbors, second neighbors and so on.

    Parameters
    ----------
    y : Series
        Values by region key.
    neighbors : Neighbors or libpysal.graph.Graph
        First neighbors, followed both ways; an order holds the regions whose shortest way has
        that many links, with weights that are equal and sum to 1.
    orders : int
        Highest order; those beyond the widest way are left out.
    permutations, rng
        As in `moran`; every order sees the same permutations.

    Returns
    -------
    DataFrame
        A row an order (index): links (directed), value, expected, z, p_normal, p_sim, p_holm
        (p_sim corrected for the number of orders), n (regions with a neighbor of that order).

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6)
    >>> found = correlogram(pd.Series([1.0, 2, 3, 4], list("abcd")), row, orders=2)
    >>> found[["links", "value"]].round(3).values.tolist()
    [[6.0, 0.4], [4.0, -0.6]]
    """
    if orders < 1:
        raise InputError("spatial.orders_wrong", found=orders)
    aligned = align(y, neighbors)
    steps = _steps(aligned.links, orders)
    classes = {order: steps == order for order in range(1, orders + 1)}
    return _measured(y, classes, permutations, rng, "order")


def distance_correlogram(
    y: pd.Series,
    distances: pd.DataFrame,
    *,
    breaks: Sequence[float] | None = None,
    permutations: int | None = None,
    rng: Any = None,
) -> pd.DataFrame:
    """Measure Moran's I among regions of each class of distance.

    Parameters
    ----------
    y : Series
        Values by region key.
    distances : DataFrame
        Distance of each two regions, rows and columns by key (see `distances_km`).
    breaks : sequence of float, optional
        Limits of the classes, ascending; a class holds distances above its lower limit up to its
        upper one. By default eight classes of equally many pairs.
    permutations, rng
        As in `moran`; every class sees the same permutations.

    Returns
    -------
    DataFrame
        A row a class (index, "low-high"): links (directed), value, expected, z, p_normal, p_sim,
        p_holm, n.

    Examples
    --------
    >>> keys = list("abcd")
    >>> apart = pd.DataFrame(np.abs(np.subtract.outer(range(4), range(4))), keys, keys)
    >>> found = distance_correlogram(pd.Series([1.0, 2, 3, 4], keys), apart, breaks=[0, 1, 3])
    >>> found[["links", "value"]].round(3).values.tolist()
    [[6.0, 0.4], [6.0, -0.9]]
    """
    missing = y.index.difference(distances.index).union(y.index.difference(distances.columns))
    if len(missing):
        raise InputError(
            "spatial.keys_not_linked", name="y", regions=[str(key) for key in missing][:8]
        )
    square = distances.loc[y.index, y.index].to_numpy(dtype=float)
    pairs = square[np.triu_indices(len(square), 1)]
    limits = np.quantile(pairs, np.linspace(0, 1, 9)) if breaks is None else np.asarray(breaks)
    limits = np.unique(limits.astype(float))
    if len(limits) < 2:
        raise InputError("spatial.breaks_wrong", found=[f"{limit:g}" for limit in limits])
    apart = ~np.eye(len(square), dtype=bool)
    classes = {}
    for place, (low, high) in enumerate(pairwise(limits)):
        above = square >= low if breaks is None and place == 0 else square > low
        classes[f"{low:g}-{high:g}"] = above & (square <= high) & apart
    return _measured(y, classes, permutations, rng, "distance")


def _steps(links: Links, most: int) -> NDArray[np.int64]:
    """Give the number of links on the shortest way between each two regions, 0 = beyond."""
    from scipy.sparse.csgraph import dijkstra

    ways = dijkstra(links.binary().matrix, directed=False, unweighted=True, limit=most)
    return np.where(np.isfinite(ways), ways, 0).astype(np.int64)


def _measured(
    y: pd.Series, classes: dict, permutations: int | None, rng: Any, name: str
) -> pd.DataFrame:
    from scipy.sparse import csr_array

    draws = asked_for(permutations)
    seed = int(np.random.default_rng(rng).integers(2**63))
    rows = {}
    for label, member in classes.items():
        if not member.any():
            continue
        weights = member / np.maximum(member.sum(axis=1, keepdims=True), 1)
        kept = linked(align(y, links_of(Links(y.index, csr_array(weights)))))
        varying(kept.values, str(y.name or "y"))
        found = moran_batch(kept.values[:, None], kept, draws, seed).one()
        rows[label] = {
            "links": int(member.sum()),
            "value": found.value,
            "expected": found.expected,
            "z": found.z,
            "p_normal": found.p_normal,
            "p_sim": found.p_sim,
            "n": found.n,
        }
    if not rows:
        raise InputError("spatial.no_links")
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis(name)
    table.insert(6, "p_holm", holm(table["p_sim"]))
    return table
