"""Trends of short series: Mann-Kendall with its exact null, Theil-Sen slopes, growth rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, permutations
from math import erfc, factorial, sqrt
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from geo_resilience.statistics._arrays import Array, Whole
from geo_resilience.statistics._certainty import ALPHA

Year = TypeVar("Year")

#: Up to this length every order of a series without ties is counted.
_EXACT = 50

#: Up to this length also those of a series with ties (40,320 of them).
_EXACT_TIES = 8


def spans_of(years: Sequence[Year]) -> list[tuple[Year, Year]]:
    """Give each year with the next, and the first with the last where there are more than two."""
    return [*pairwise(years), *([(years[0], years[-1])] if len(years) > 2 else [])]


@dataclass(frozen=True)
class Trend:
    """A monotone trend: s = rising less falling pairs, two-sided p, Theil-Sen slope."""

    s: int
    p: float
    slope: float
    exact: bool


def mann_kendall(y: ArrayLike, time: ArrayLike | None = None) -> Trend:
    """Test a short series for a monotone trend.

    ``S = sum over i < j of sign(y_j - y_i)`` [1]_ [2]_. Under no trend all orders of the values
    are equally likely; p is the share of orders with an ``|S|`` as large. They are counted for
    up to 50 values without ties and up to 8 with ties; beyond, the normal approximation with the
    variance for ties and a continuity correction of 1 is used. With six values ``|S|`` must
    reach 13 for p <= .05 (all pairs but one rise), and the least p is 2/720. Values that follow
    each other are alike, which makes p too small.

    .. [1] Mann, H. B. (1945). Nonparametric tests against trend. Econometrica 13(3), 245-259.
    .. [2] Kendall, M. G. (1975). Rank Correlation Methods, 4th edition. Griffin, London.
    """
    values = np.asarray(y, dtype=float)
    n = len(values)
    if n < 2:
        return Trend(0, float("nan"), float("nan"), True)
    first, second = np.triu_indices(n, 1)
    s = int(np.sign(values[second] - values[first]).sum())
    slope = float(theil_sen(values, time))
    places, ties = np.unique(values, return_inverse=True, return_counts=True)[1:]
    if ties.max() == 1 and n <= _EXACT:
        return Trend(s, share_of_orders(s, n), slope, True)
    if n <= _EXACT_TIES:
        every = _scores_of_orders(tuple(sorted(places.ravel().tolist())))
        return Trend(s, float((np.abs(every) >= abs(s)).mean()), slope, True)
    return Trend(s, _normal(s, n, ties), slope, False)


@cache
def _inversions(n: int) -> tuple[int, ...]:
    """Count the orders of n things by their number of inversions (Mahonian numbers)."""
    counts = [1]
    for length in range(2, n + 1):
        longer = [0] * (len(counts) + length - 1)
        for inversions, number in enumerate(counts):
            for more in range(length):
                longer[inversions + more] += number
        counts = longer
    return tuple(counts)


def share_of_orders(s: int, n: int) -> float:
    """Share of the n! orders whose S is at least as far from 0."""
    if s == 0:
        return 1.0
    pairs = n * (n - 1) // 2
    return 2 * sum(_inversions(n)[: (pairs - abs(s)) // 2 + 1]) / factorial(n)


def size_of_trends(n: int) -> float:
    """Give how often n independent values without ties have an exact p of at most 0.05."""
    pairs = n * (n - 1) // 2
    shares = (share_of_orders(s, n) for s in range(pairs % 2, pairs + 1, 2))
    return max((share for share in shares if share <= ALPHA), default=0.0)


@cache
def _scores_of_orders(places: tuple[int, ...]) -> Whole:
    """S of every order of values with ties."""
    orders = np.array(list(permutations(places)), dtype=np.int64)
    first, second = np.triu_indices(len(places), 1)
    return np.sign(orders[:, second] - orders[:, first]).sum(axis=1)


def _normal(s: int, n: int, ties: Whole) -> float:
    tied = (ties * (ties - 1) * (2 * ties + 5)).sum()
    variance = (n * (n - 1) * (2 * n + 5) - tied) / 18
    if variance <= 0:
        return 1.0
    return erfc(max(abs(s) - 1, 0) / sqrt(2 * variance))


def trends_of_rows(rows: Array) -> tuple[Whole, Array]:
    """Give S and p of `mann_kendall` for many series of equal length, a series a row."""
    n = rows.shape[1]
    first, second = np.triu_indices(n, 1)
    s = np.sign(rows[:, second] - rows[:, first]).sum(axis=1).astype("int64")
    p = np.full(len(rows), np.nan)
    plain = (np.diff(np.sort(rows, axis=1), axis=1) > 0).all(axis=1) & (2 <= n <= _EXACT)
    for size in np.unique(abs(s[plain])):
        p[plain & (abs(s) == size)] = share_of_orders(int(size), n)
    for row in np.flatnonzero(~plain):
        p[row] = mann_kendall(rows[row]).p
    return s, p


def theil_sen(y: ArrayLike, time: ArrayLike | None = None) -> Array:
    r"""Give the Theil-Sen slope: the median of the slopes between all pairs.

    .. math:: \operatorname{median}_{i<j} \frac{y_j - y_i}{t_j - t_i}

    See [1]_. Of a table a slope a row, as of all that follow.

    .. [1] Sen, P. K. (1968). Estimates of the regression coefficient based on Kendall's tau.
       Journal of the American Statistical Association 63(324), 1379-1389.
    """
    values = np.asarray(y, dtype=float)
    count = values.shape[-1]
    at = np.arange(count) if time is None else np.asarray(time, dtype=float)
    first, second = np.triu_indices(count, 1)
    if not len(first):
        return np.full(values.shape[:-1], np.nan)
    steps = (values[..., second] - values[..., first]) / (at[second] - at[first])
    return np.asarray(np.median(steps, axis=-1))


def compound_growth(y: ArrayLike, time: ArrayLike | None = None) -> Array:
    """Give the compound growth rate from first to last value; NaN where one is not positive."""
    values = np.asarray(y, dtype=float)
    count = values.shape[-1]
    span = count - 1 if time is None else float(np.ptp(np.asarray(time, dtype=float)))
    first, last = values[..., 0], values[..., -1]
    rising = (first > 0) & (last > 0) & (count > 1)
    ratio = np.divide(last, first, out=np.full(np.shape(first), np.nan), where=rising)
    return np.asarray(ratio ** (1 / max(span, 1e-300)) - 1)


def mean_growth(y: ArrayLike) -> Array:
    """Give the mean growth rate from each value to the next; NaN where one is not positive."""
    values = np.asarray(y, dtype=float)
    before, after = values[..., :-1], values[..., 1:]
    ratios = np.divide(after, before, out=np.full(before.shape, np.nan), where=before > 0)
    if not before.shape[-1]:
        return np.full(values.shape[:-1], np.nan)
    return np.asarray((ratios - 1).mean(axis=-1))
