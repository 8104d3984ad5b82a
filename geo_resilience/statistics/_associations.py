"""Correlations of two variables, with their p-values."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from geo_resilience.statistics._trends import share_of_orders


def pearson(x: ArrayLike, y: ArrayLike) -> tuple[float, float]:
    """Give Pearson's correlation and its two-sided p-value under normality.

    t = r sqrt((n - 2)/(1 - r^2)) with n - 2 degrees of freedom.
    """
    first, second = np.asarray(x, dtype="float64"), np.asarray(y, dtype="float64")
    count = len(first)
    if count < 2 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan"), float("nan")
    first, second = first - first.mean(), second - second.mean()
    r = float(np.clip(first @ second / np.sqrt((first @ first) * (second @ second)), -1, 1))
    if count < 3:
        return r, float("nan")
    from scipy.special import betainc

    return r, float(betainc((count - 2) / 2, 0.5, 1 - r * r))


def average_ranks(values: ArrayLike) -> np.ndarray:
    """Rank values from 1, the lowest first; ties share the mean of their places."""
    numbers = np.asarray(values, dtype="float64")
    _, inverse, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[inverse.ravel()]


def spearman(x: ArrayLike, y: ArrayLike) -> tuple[float, float]:
    """Give Spearman's rank correlation and the p-value of Pearson's t for the ranks."""
    return pearson(average_ranks(x), average_ranks(y))


def agreement(x: ArrayLike, y: ArrayLike) -> tuple[int, int]:
    """Count the pairs that two variables put in the same order, and in opposite ones.

    Sorted by the first (and the second), pairs in opposite orders are the inversions of the second
    [1]_; runs twice as long are merged at each step, all of them at once.

    .. [1] Knight, W. R. (1966). A computer method for calculating Kendall's tau with ungrouped
       data. Journal of the American Statistical Association 61(314), 436-439.

    >>> agreement([1, 2, 3, 3], [10, 200, 30, 5])
    (2, 3)
    """
    codes = [np.unique(np.asarray(each), return_inverse=True)[1].ravel() for each in (x, y)]
    n = len(codes[0])
    pairs = n * (n - 1) // 2
    tied = [_pairs_of_equals(each) for each in (*codes, codes[0] * (n + 1) + codes[1])]
    runs, width, opposite = codes[1][np.lexsort((codes[1], codes[0]))], 1, 0
    places = np.arange(n)
    while width < n:
        order = np.lexsort((places, runs, places // (2 * width)))
        moved = order - places  # how far a value of the second run went to the front
        opposite += int(moved[order % (2 * width) >= width].sum())
        runs, width = runs[order], 2 * width
    return pairs - tied[0] - tied[1] + tied[2] - opposite, opposite


def _pairs_of_equals(codes: np.ndarray) -> int:
    counts = np.unique(codes, return_counts=True)[1]
    return int((counts * (counts - 1)).sum()) // 2


def kendall(x: ArrayLike, y: ArrayLike) -> tuple[float, float]:
    """Give Kendall's tau-b and its p-value: exact to 33 values without ties, else by the normal.

    Examples
    --------
    >>> kendall([1, 2, 3], [10, 200, 30])
    (0.33333333333333337, 1.0)
    """
    first, second = np.asarray(x, dtype="float64"), np.asarray(y, dtype="float64")
    same, opposite = agreement(first, second)
    size, agreed = len(first), same - opposite
    pairs = size * (size - 1) // 2
    counts = [np.unique(values, return_counts=True)[1].astype(float) for values in (first, second)]
    tied = [int((count * (count - 1)).sum()) // 2 for count in counts]
    if pairs in tied:
        return float("nan"), float("nan")
    tau = float(np.clip(agreed / np.sqrt(pairs - tied[0]) / np.sqrt(pairs - tied[1]), -1, 1))
    fewest = (pairs - abs(agreed)) // 2
    if not any(tied) and size <= 33:
        return tau, share_of_orders(agreed, size)
    if not any(tied) and fewest <= 1:
        return tau, 2 / math.factorial(size - fewest)
    from scipy.special import ndtr

    m = size * (size - 1.0)
    triple = [float((count * (count - 1) * (count - 2)).sum()) for count in counts]
    spread = [float((count * (count - 1) * (2 * count + 5)).sum()) for count in counts]
    variance = (m * (2 * size + 5) - sum(spread)) / 18 + 2 * tied[0] * tied[1] / m
    if size > 2:
        variance += triple[0] * triple[1] / (9 * m * (size - 2))
    return tau, float(2 * ndtr(-abs(agreed / np.sqrt(variance))))
