"""Permutation p-values, and random arrangements drawn from one generator."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from geo_resilience.statistics._arrays import Array, Whole

#: Numbers laid out at once, so that they stay in the cache; cells of the orders drawn at once.
_CACHED, _SHUFFLED = 80_000, 2_000_000


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


def subset_sums(
    values: Array, sizes: Iterable[int], draws: int, rng: np.random.Generator
) -> dict[int, Array]:
    """Sum random subsets drawn without replacement: by size, shape (draws, columns of values).

    One random order serves all columns and sizes, its first few being a subset; of a size above
    half of all the others are summed.
    """
    n, count = values.shape
    wanted = set(sizes)
    ends = sorted({min(size, n - size) for size in wanted} - {0})
    sums = np.zeros((1 + len(ends), draws, count))
    most = ends[-1] if ends else 0
    step = max(1, _CACHED // max(1, most * count))
    for start in range(0, draws if ends else 0, portion := max(1, _SHUFFLED // n)):
        orders = shuffled_orders(n, min(portion, draws - start), rng)[:, :most]
        for at in range(0, len(orders), step):
            dealt = values[orders[at : at + step]]
            parts = np.add.reduceat(dealt, [0, *ends[:-1]], axis=1).cumsum(axis=1)
            sums[1:, start + at : start + at + len(dealt)] = parts.swapaxes(0, 1)
    place = {end: sums[number] for number, end in enumerate([0, *ends])}
    whole = values.sum(axis=0)
    return {
        size: place[size] if 2 * size <= n else whole - place[n - size] for size in sorted(wanted)
    }
