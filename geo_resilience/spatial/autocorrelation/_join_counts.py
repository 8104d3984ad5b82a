"""Joins of categories: how often regions of two grades are neighbors."""

from __future__ import annotations

from math import perm
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.spatial._permutations import asked_for
from geo_resilience.spatial.autocorrelation._arrangements import counts_of
from geo_resilience.spatial.autocorrelation._global import Sums, linked, sums_of
from geo_resilience.spatial.autocorrelation._results import normal_p
from geo_resilience.spatial.neighbors._alignment import Linked, align
from geo_resilience.statistics._arrays import Array, Whole
from geo_resilience.statistics._permutation import two_sided
from geo_resilience.statistics._repetitions import Rng

_CELLS = 4_000_000


def join_counts(
    categories: pd.Series, neighbors: Linked, *, permutations: int | None = None, rng: Rng = None
) -> pd.DataFrame:
    """Count neighbors of each two categories against what chance alone would give.

    Parameters
    ----------
    categories : Series
        Category of each region by key (grades, say); an ordered categorical keeps its order.
    neighbors : Neighbors or libpysal.graph.Graph
        The links count as 1 each, whatever weights they carry; a one-way link counts half.
    permutations, rng
        As in `moran`.

    Returns
    -------
    DataFrame
        A row a pair of categories that occur (index first, second), and one for all unlike
        joins (index "all", "different"): count, expected, variance, z, p_normal, p_sim,
        permutations. p-values are two-sided.

    Raises
    ------
    InputError
        If a category is missing, keys do not match, or there are fewer than two categories.

    Notes
    -----
    Expectation and variance are those of dealing the categories to the regions without
    replacement (non-free sampling) [1]_. Islands left unlinked take no part.

    References
    ----------
    .. [1] Cliff, A. D. and Ord, J. K. (1981). Spatial Processes: Models and Applications. Pion,
       London, chapter 1.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6)
    >>> grades = pd.Series(["low", "low", "high", "high"], list("abcd"))
    >>> join_counts(grades, row)[["count", "expected"]].values.tolist()
    [[1.0, 0.5], [1.0, 2.0], [1.0, 0.5], [1.0, 2.0]]
    """
    draws = asked_for(permutations)
    codes, names = _codes(categories)
    kept = linked(align(codes, neighbors, name="categories"))
    at = kept.values.astype(np.int64)
    links = kept.links.binary()
    sizes = np.bincount(at, minlength=len(names))
    if (sizes > 0).sum() < 2:
        raise InputError("spatial.one_category", found=[str(names[code]) for code in set(at)])
    pairs = [(a, b) for a in range(len(names)) for b in range(a, len(names)) if sizes[a] * sizes[b]]
    counts, above, below, total, exact = _counted(at, links, pairs, draws, rng)
    expected, variance = _moments(sums_of(links), sizes, pairs)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (counts - expected) / np.sqrt(variance)
    labels = [(str(names[a]), str(names[b])) for a, b in pairs] + [("all", "different")]
    return pd.DataFrame(
        {
            "count": counts,
            "expected": expected,
            "variance": variance,
            "z": z,
            "p_normal": normal_p(z),
            "p_sim": two_sided(above, below, total, exact=exact),
            "permutations": total,
        },
        index=pd.MultiIndex.from_tuples(labels, names=["first", "second"]),
    )


def _codes(categories: pd.Series) -> tuple[pd.Series, pd.Index]:
    if not isinstance(categories, pd.Series):
        found = type(categories).__name__
        raise InputError("spatial.not_a_series", name="categories", found=found)
    if categories.isna().any():
        missing = [str(key) for key in categories.index[categories.isna()]]
        raise InputError(
            "spatial.value_missing", name="categories", regions=missing[:8], count=len(missing)
        )
    if isinstance(categories.dtype, pd.CategoricalDtype):
        return pd.Series(categories.cat.codes, categories.index), categories.cat.categories
    codes, names = pd.factorize(categories)
    return pd.Series(codes, categories.index), pd.Index(names)


def _counted(
    at: Whole,
    links: Any,
    pairs: list[tuple[int, int]],
    permutations: int | None,
    rng: Rng,
) -> tuple[Array, Whole, Whole, int, bool]:
    """Count joins as observed and in every arrangement; the last column holds unlike joins."""
    from scipy.sparse import coo_array, triu

    both = coo_array(triu(links.matrix + links.matrix.T, 1))
    left, right = both.coords
    weight = both.data / 2
    kinds = int(at.max()) + 1
    kind_of = np.full((kinds, kinds), len(pairs), dtype=np.int64)
    for place, (a, b) in enumerate(pairs):
        kind_of[a, b] = kind_of[b, a] = place
    alike = [place for place, (a, b) in enumerate(pairs) if a == b]

    def statistic(orders: Whole) -> Array:
        dealt = at[orders]
        kind = kind_of[dealt[:, left], dealt[:, right]]
        kind = kind + np.arange(len(orders))[:, None] * (len(pairs) + 1)
        weights = np.broadcast_to(weight, kind.shape)
        size = len(orders) * (len(pairs) + 1)
        summed = np.bincount(kind.ravel(), weights.ravel(), minlength=size)
        table = summed.astype(float).reshape(len(orders), -1)
        table[:, -1] = weight.sum() - table[:, alike].sum(axis=1)
        return table

    def in_parts(orders: Whole) -> Array:
        parts = np.array_split(orders, 1 + orders.shape[0] * len(left) // _CELLS)
        return np.concatenate([statistic(part) for part in parts])

    observed = statistic(np.arange(len(at))[None, :])[0]
    return observed, *counts_of(in_parts, 1e-9, len(at), permutations, rng, links.matrix.nnz)


def _moments(sums: Sums, sizes: Whole, pairs: list[tuple[int, int]]) -> tuple[Array, Array]:
    """Give expectation and variance of each pair's joins, and of all unlike ones, last."""
    n, s0 = sums.n, sums.s0
    two, three, four = (float(perm(n, k)) or np.nan for k in (2, 3, 4))
    triples, fours = sums.s2 - 2 * sums.s1, s0**2 + sums.s1 - sums.s2
    expected, variance = [], []
    for a, b in pairs:
        p, q = int(sizes[a]), int(sizes[b])
        if a == b:
            mean = s0 * perm(p, 2) / two
            square = sums.s1 * perm(p, 2) / two + triples * perm(p, 3) / three
            square += fours * perm(p, 4) / four
        else:
            mean = 2 * s0 * p * q / two
            square = 2 * sums.s1 * p * q / two + triples * p * q * (p + q - 2) / three
            square += 4 * fours * perm(p, 2) * perm(q, 2) / four
        expected.append(mean / 2)
        variance.append((square - mean**2) / 4)
    alike = [place for place, (a, b) in enumerate(pairs) if a == b]
    unlike = s0 / 2 - sum(expected[place] for place in alike)
    spread = sum(variance[place] for place in alike)
    for i, first in enumerate(alike):
        for second in alike[i + 1 :]:
            p, q = (int(sizes[pairs[place][0]]) for place in (first, second))
            joint = fours * perm(p, 2) * perm(q, 2) / four / 4
            spread += 2 * (joint - expected[first] * expected[second])
    return np.array([*expected, unlike]), np.array([*variance, spread])
