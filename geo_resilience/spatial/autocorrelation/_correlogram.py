"""How far likeness reaches: Moran's I by order of neighbors and by distance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.spatial._permutations import asked_for
from geo_resilience.spatial.autocorrelation._global import linked, moran_batch, varying
from geo_resilience.spatial.neighbors._alignment import Linked, align
from geo_resilience.spatial.neighbors._links import Links
from geo_resilience.statistics._multiplicity import holm
from geo_resilience.statistics._repetitions import Rng

if TYPE_CHECKING:
    from scipy.sparse import csr_array


_TOLD = ("value", "expected", "z", "p_normal", "p_sim", "n")


def correlogram(
    y: pd.Series,
    neighbors: Linked,
    *,
    orders: int = 5,
    permutations: int | None = None,
    rng: Rng = None,
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
        A row an order (index): links (directed), value, expected, z, p_normal, p_sim, n (regions
        with a neighbor of that order), p_holm (p_sim corrected for the number of orders).

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
    return _measured(y, _orders(aligned.links, orders), permutations, rng, "order")


def distance_correlogram(
    y: pd.Series,
    distances: pd.DataFrame,
    *,
    breaks: Sequence[float] | None = None,
    permutations: int | None = None,
    rng: Rng = None,
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
        n, p_holm.

    Examples
    --------
    >>> keys = list("abcd")
    >>> apart = pd.DataFrame(np.abs(np.subtract.outer(range(4), range(4))), keys, keys)
    >>> found = distance_correlogram(pd.Series([1.0, 2, 3, 4], keys), apart, breaks=[0, 1, 3])
    >>> found[["links", "value"]].round(3).values.tolist()
    [[6.0, 0.4], [6.0, -0.9]]
    """
    from scipy.sparse import csr_array

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
        within = above & (square <= high) & apart
        classes[f"{low:g}-{high:g}"] = csr_array(within.astype(float))
    return _measured(y, classes, permutations, rng, "distance")


def _orders(links: Links, most: int) -> dict[int, csr_array]:
    """Give, by order, the regions whose shortest way to each other has that many links."""
    from scipy.sparse import csr_array, eye_array

    binary = links.binary().matrix
    near = csr_array(((binary + binary.T) > 0).astype(float))
    found, reached = {1: near}, near + eye_array(len(links.keys), format="csr")
    for order in range(2, most + 1):
        further = csr_array(((found[order - 1] @ near) > 0).astype(float))
        further = csr_array(further - further.multiply(reached > 0))
        further.eliminate_zeros()
        if not further.nnz:
            break
        found[order], reached = further, reached + further
    return found


def _measured(
    y: pd.Series,
    classes: Mapping[Any, csr_array],
    permutations: int | None,
    rng: Rng,
    name: str,
) -> pd.DataFrame:
    draws = asked_for(permutations)
    seed = int(np.random.default_rng(rng).integers(2**63))
    rows = {}
    for label, member in classes.items():
        if not member.nnz:
            continue
        weights = member.copy()
        weights.data = weights.data / np.repeat(counts := np.diff(weights.indptr), counts)
        kept = linked(align(y, Links(y.index, weights)))
        varying(kept.values, str(y.name or "y"))
        found = moran_batch(kept.values[:, None], kept, draws, seed).one()
        told = {name: getattr(found, name) for name in _TOLD}
        rows[label] = {"links": int(member.nnz), **told}
    if not rows:
        raise InputError("spatial.no_links")
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis(name)
    return table.assign(p_holm=holm(table["p_sim"]))
