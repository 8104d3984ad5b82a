"""Permutation p-values, and random arrangements drawn from one generator."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from geo_resilience.statistics._arrays import Array, Whole


def two_sided(above: ArrayLike, below: ArrayLike, total: ArrayLike, *, exact: bool) -> Array:
    """Turn counts of arrangements into two-sided p-values.

    .. [1] Phipson, B. and Smyth, G. K. (2010). Permutation p-values should never be zero:
       calculating exact p-values when permutations are randomly drawn. Statistical Applications
       in Genetics and Molecular Biology 9(1), article 39.
    """
    extra = 0 if exact else 1
    fewer = np.minimum(np.asarray(above, dtype=float), np.asarray(below, dtype=float)) + extra
    return np.minimum(1.0, 2.0 * fewer / (np.asarray(total, dtype=float) + extra))


def shuffled_orders(n: int, draws: int, rng: np.random.Generator) -> Whole:
    """Draw random orders of ``n`` things, shape (draws, n)."""
    orders = np.broadcast_to(np.arange(n, dtype=np.int64), (draws, n))
    return rng.permuted(orders, axis=1)


def sampled_subset_sums(
    values: ArrayLike, size: int, draws: int, rng: np.random.Generator
) -> Array:
    """Sum random subsets drawn without replacement; every column of values sees the same ones."""
    given = np.asarray(values, dtype=float)
    n = len(given)
    found = np.empty((draws, *given.shape[1:]))
    step = max(1, 2_000_000 // max(n, 1))
    for start in range(0, draws, step):
        keys = rng.random((min(step, draws - start), n))
        chosen = np.argpartition(keys, size - 1, axis=1)[:, :size] if size < n else None
        picked = (
            given[chosen]
            if chosen is not None
            else np.broadcast_to(given, (len(keys), *given.shape))
        )
        found[start : start + len(keys)] = picked.sum(axis=1)
    return found
