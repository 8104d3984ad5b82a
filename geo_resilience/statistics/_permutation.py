"""Permutation p-values, and random arrangements drawn from one generator."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["sampled_subset_sums", "shuffled_orders", "two_sided"]


def two_sided(
    above: ArrayLike, below: ArrayLike, total: ArrayLike, *, exact: bool
) -> NDArray[np.float64]:
    """Turn counts of arrangements into two-sided p-values.

    Parameters
    ----------
    above, below : array_like of int
        Arrangements whose statistic is at or above, and at or below, the observed one.
    total : array_like of int
        Arrangements in all.
    exact : bool
        True if every arrangement was counted, the observed one among them; False if they were
        drawn: then the observed one is added to each count [1]_.

    Returns
    -------
    ndarray
        ``min(1, 2 min(share at or above, share at or below))``.

    References
    ----------
    .. [1] Phipson, B. and Smyth, G. K. (2010). Permutation p-values should never be zero:
       calculating exact p-values when permutations are randomly drawn. Statistical Applications
       in Genetics and Molecular Biology 9(1), article 39.

    Examples
    --------
    >>> two_sided(1, 6, 6, exact=True).tolist(), two_sided(0, 99, 99, exact=False).tolist()
    (0.3333333333333333, 0.02)
    """
    extra = 0 if exact else 1
    fewer = np.minimum(np.asarray(above, dtype=float), np.asarray(below, dtype=float)) + extra
    return np.minimum(1.0, 2.0 * fewer / (np.asarray(total, dtype=float) + extra))


def shuffled_orders(n: int, draws: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw random orders of ``n`` things.

    Parameters
    ----------
    n, draws : int
        Things, and orders to draw.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray of int64, shape (draws, n)

    Examples
    --------
    >>> orders = shuffled_orders(4, 100, np.random.default_rng(0))
    >>> orders.shape, orders.sum(axis=1).min().item(), orders.sum(axis=1).max().item()
    ((100, 4), 6, 6)
    """
    orders = np.broadcast_to(np.arange(n, dtype=np.int64), (draws, n))
    return rng.permuted(orders, axis=1)


def sampled_subset_sums(
    values: ArrayLike, size: int, draws: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw random subsets without replacement and sum their values.

    Parameters
    ----------
    values : array_like, shape (n,) or (n, m)
        Values of ``m`` variables; every variable sees the same subsets.
    size, draws : int
        Members of a subset, and subsets to draw.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray, shape (draws,) or (draws, m)

    Examples
    --------
    >>> sums = sampled_subset_sums([1.0, 2.0, 4.0], 2, 50, np.random.default_rng(0))
    >>> sorted(set(sums.tolist()))
    [3.0, 5.0, 6.0]
    """
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
