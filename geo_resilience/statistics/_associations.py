"""Correlations of two variables, with their p-values."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


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
