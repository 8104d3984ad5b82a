"""Shares, concentration and inequality of plain arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from geo_resilience.statistics._arrays import Array


def _ratio_to_mean(values: Array, weights: Array) -> Array:
    mean = float(weights @ values)
    with np.errstate(divide="ignore", invalid="ignore"):
        return values / mean if mean != 0 else np.full(values.shape, np.nan)


def _normalized(weights: ArrayLike | None, n: int) -> Array:
    if weights is None:
        return np.full(n, 1.0 / n) if n else np.zeros(0)
    given = np.asarray(weights, dtype=float)
    return given / given.sum()


def variation(values: ArrayLike) -> float:
    """Give the coefficient of variation with the population standard deviation (n)."""
    given = np.asarray(values, dtype=float)
    mean = given.mean() if len(given) else 0.0
    return float(given.std() / mean) if mean != 0 else float("nan")


def gini(values: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Give the Gini coefficient, ``sum_ij w_i w_j |y_i - y_j| / (2 mean)``, weights summing to 1.

    No small-sample correction: from 0 to 1 - 1/n; NaN where the mean is 0.
    """
    given = np.asarray(values, dtype=float)
    share = _normalized(weights, len(given))
    order = np.argsort(given, kind="stable")
    ordered, share = _ratio_to_mean(given, share)[order], share[order]
    before = np.cumsum(share) - share
    # Each unit stands against those below it (+) and above it (-).
    after = share.sum() - before - share
    return float((share * ordered * (before - after)).sum())


def mean_differences(values: Array, inside: Array) -> Array:
    """Give ``mean |a - b|`` with a of one group and b of another: (groups, groups, columns).

    Between two values that follow each other in order lie the differences of all pairs of which
    one is below and one above, so that sorting each column of values (n, columns) is enough;
    ``inside``, shape (groups, n), are ones and zeros.
    """
    order = np.argsort(values, axis=0)
    steps = np.diff(np.take_along_axis(values, order, 0), axis=0)
    size = inside.sum(axis=1)
    below = np.cumsum(inside[:, order[:-1]], axis=1)
    above = (size[:, None, None] - below) * steps
    found = np.array([[(one * other).sum(axis=0) for other in above] for one in below])
    return np.asarray((found + found.swapaxes(0, 1)) / np.outer(size, size)[:, :, None])


def weighted_gini(part: ArrayLike, whole: ArrayLike) -> float:
    """Give the Gini of how a part is spread, against how the whole is spread.

    The Lorenz curve of cumulative shares of the part over cumulative shares of the whole, units
    in order of their quotient; the coefficient is twice the area between it and the diagonal.
    """
    x, total = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    present = total > 0
    if not present.any() or x[present].sum() == 0:
        return float("nan")
    return gini(x[present] / total[present], total[present])


def theil(values: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Give Theil's T, ``sum_i w_i (y_i / mean) ln(y_i / mean)``, weights summing to 1, 0 ln 0 = 0.

    Theil, H. (1967). Economics and Information Theory. North-Holland, Amsterdam.
    """
    given = np.asarray(values, dtype=float)
    share = _normalized(weights, len(given))
    ratio = _ratio_to_mean(given, share)
    positive = np.where(ratio > 0, ratio, 1.0)
    total = share @ (np.where(np.isnan(ratio), np.nan, ratio) * np.log(positive))
    return float(total)


def herfindahl(shares: ArrayLike, axis: int = -1) -> Array:
    """Sum the squares of shares that sum to 1 along the axis (from 1/n to 1)."""
    return np.square(np.asarray(shares, dtype=float)).sum(axis=axis)


def entropy(shares: ArrayLike, axis: int = -1) -> Array:
    """Give Shannon's entropy of shares, ``-sum s ln s`` in nats, 0 ln 0 = 0."""
    given = np.asarray(shares, dtype=float)
    positive = np.where(given > 0, given, 1.0)
    return -(np.where(np.isnan(given), np.nan, positive * np.log(positive))).sum(axis=axis)
