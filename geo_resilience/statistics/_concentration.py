"""Shares, concentration and inequality of plain arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["entropy", "gini", "herfindahl", "theil", "variation", "weighted_gini"]


def _ratio_to_mean(
    values: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    mean = float(weights @ values)
    with np.errstate(divide="ignore", invalid="ignore"):
        return values / mean if mean != 0 else np.full(values.shape, np.nan)


def _normalized(weights: ArrayLike | None, n: int) -> NDArray[np.float64]:
    if weights is None:
        return np.full(n, 1.0 / n) if n else np.zeros(0)
    given = np.asarray(weights, dtype=float)
    return given / given.sum()


def variation(values: ArrayLike) -> float:
    """Give the coefficient of variation with the population standard deviation (n).

    Parameters
    ----------
    values : array_like, shape (n,)

    Returns
    -------
    float
        Standard deviation over the mean; NaN where the mean is 0.

    Examples
    --------
    >>> variation([1, 3])
    0.5
    """
    given = np.asarray(values, dtype=float)
    mean = given.mean() if len(given) else 0.0
    return float(given.std() / mean) if mean != 0 else float("nan")


def gini(values: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Give the Gini coefficient, ``sum_ij w_i w_j |y_i - y_j| / (2 mean)``, weights summing to 1.

    Parameters
    ----------
    values : array_like, shape (n,)
        Non-negative values (of a unit, or per head).
    weights : array_like, shape (n,), optional
        Population of each; equal when left out.

    Returns
    -------
    float
        From 0 to 1 - 1/n (no small-sample correction); NaN where the mean is 0.

    Examples
    --------
    >>> round(gini([1, 2, 3, 4]), 12)
    0.25
    """
    given = np.asarray(values, dtype=float)
    share = _normalized(weights, len(given))
    order = np.argsort(given, kind="stable")
    ordered, share = _ratio_to_mean(given, share)[order], share[order]
    before = np.cumsum(share) - share
    # Each unit stands against those below it (+) and above it (-).
    after = share.sum() - before - share
    return float((share * ordered * (before - after)).sum())


def weighted_gini(part: ArrayLike, whole: ArrayLike) -> float:
    """Give the Gini of how a part is spread, against how the whole is spread.

    The Lorenz curve of cumulative shares of the part over cumulative shares of the whole, units
    in order of their quotient; the coefficient is twice the area between it and the diagonal.

    Parameters
    ----------
    part, whole : array_like, shape (n,)
        An industry and all industries in each region.

    Returns
    -------
    float
        0 where the part is spread as the whole; NaN where either is empty.

    Examples
    --------
    >>> weighted_gini([0, 10], [5, 5])
    0.5
    """
    x, total = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    present = total > 0
    if not present.any() or x[present].sum() == 0:
        return float("nan")
    return gini(x[present] / total[present], total[present])


def theil(values: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Give Theil's T, ``sum_i w_i (y_i / mean) ln(y_i / mean)``, weights summing to 1.

    Parameters
    ----------
    values : array_like, shape (n,)
        Non-negative values; 0 ln 0 = 0.
    weights : array_like, shape (n,), optional
        Population of each; equal when left out.

    Returns
    -------
    float
        NaN where the mean is 0.

    References
    ----------
    .. [1] Theil, H. (1967). Economics and Information Theory. North-Holland, Amsterdam.

    Examples
    --------
    >>> theil([2, 2, 2]), round(theil([0, 2]), 6)
    (0.0, 0.693147)
    """
    given = np.asarray(values, dtype=float)
    share = _normalized(weights, len(given))
    ratio = _ratio_to_mean(given, share)
    positive = np.where(ratio > 0, ratio, 1.0)
    total = share @ (np.where(np.isnan(ratio), np.nan, ratio) * np.log(positive))
    return float(total)


def herfindahl(shares: ArrayLike, axis: int = -1) -> NDArray[np.float64]:
    """Sum the squares of shares (Herfindahl-Hirschman index, from 1/n to 1).

    Parameters
    ----------
    shares : array_like
        Shares that sum to 1 along the axis.
    axis : int
        Axis of the things that share.

    Examples
    --------
    >>> herfindahl([0.5, 0.25, 0.25]).tolist()
    0.375
    """
    return np.square(np.asarray(shares, dtype=float)).sum(axis=axis)


def entropy(shares: ArrayLike, axis: int = -1) -> NDArray[np.float64]:
    """Give Shannon's entropy of shares, ``-sum s ln s`` in nats, 0 ln 0 = 0.

    Parameters
    ----------
    shares : array_like
        Shares that sum to 1 along the axis.
    axis : int
        Axis of the things that share.

    Examples
    --------
    >>> entropy([0.5, 0.5, 0.0]).round(6).tolist()
    0.693147
    """
    given = np.asarray(shares, dtype=float)
    positive = np.where(given > 0, given, 1.0)
    return -(np.where(np.isnan(given), np.nan, positive * np.log(positive))).sum(axis=axis)
