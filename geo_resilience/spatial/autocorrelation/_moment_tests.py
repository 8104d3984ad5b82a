"""Moran's I and local clusters of many maps at once, with p-values from moments."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo_resilience.spatial.autocorrelation._global import (
    deviations,
    moran_moments,
    quadrants,
    sums_of,
)
from geo_resilience.spatial.autocorrelation._results import NO_NEIGHBORS, NOT_SIGNIFICANT, normal_p
from geo_resilience.spatial.neighbors._links import Links
from geo_resilience.statistics._arrays import Array
from geo_resilience.statistics._multiplicity import benjamini_hochberg


def many_morans(values: Array, links: Links) -> tuple[Array, Array]:
    """Give Moran's I of each column, and its two-sided p by mean and variance under randomization.

    NaN for a column that does not vary.
    """
    z, flat = deviations(values)
    sums = sums_of(links)
    with np.errstate(divide="ignore", invalid="ignore"):
        cross = np.einsum("im,im->m", z, links.matrix @ z)
        found = sums.n / sums.s0 * cross / np.square(z).sum(axis=0)
        squares = np.square(z)
        b2 = len(z) * np.square(squares).sum(axis=0) / np.square(squares.sum(axis=0))
        expected, variance, _ = moran_moments(sums, b2)
        p = normal_p((found - expected) / np.sqrt(variance))
    return np.where(flat, np.nan, found), np.where(flat, np.nan, p)


def many_clusters(
    values: Array, links: Links, statistic: str, *, by: str, alpha: float
) -> tuple[Array, NDArray[np.str_]]:
    """Give the local statistic and the cluster of every region (rows) in every column.

    p is that of a Pearson type III distribution with mean, variance and skewness of conditional
    permutation, two-sided; labels as `local_moran`, `local_g` (with the region itself, ``gi_star``,
    or without) give them.
    """
    z, flat = deviations(values)
    z = z / np.where(flat, 1.0, z.std(axis=0))
    lag = links.matrix @ z
    above, below = conditional_tails(z, lag, links)
    p = np.minimum(1.0, 2 * np.minimum(above, below))
    tested = links.counts > 0
    p[~tested] = np.nan
    if statistic == "local_moran":
        p = np.where((z == 0) & tested[:, None], 1.0, p)
        found, names = z * lag, quadrants(z, lag)
    else:
        rows = np.asarray(links.matrix.sum(axis=1)).ravel()
        own = np.where(tested, rows / np.maximum(links.counts, 1), 0.0)[:, None]
        mean = 0.0 if statistic == "gi_star" else -z * rows[:, None] / (len(z) - 1)
        found = lag - mean + (own * z if statistic == "gi_star" else 0.0)
        hot, cold = (found > 0) & (above <= below), (found < 0) & (below <= above)
        names = np.where(hot, "hot", np.where(cold, "cold", NOT_SIGNIFICANT))
    judged = np.apply_along_axis(benjamini_hochberg, 0, p) if by == "q" else p
    labels = np.where(judged <= alpha, names, NOT_SIGNIFICANT)
    return found, np.where(tested[:, None], labels, NO_NEIGHBORS)


def conditional_tails(z: Array, lag: Array, links: Links) -> tuple[Array, Array]:
    """Give the probabilities of a lag at or above, and at or below, that found (rows regions).

    The neighbors of a region hold values of all others, drawn without replacement; the three
    moments of their weighted sum are exact, its distribution is taken as Pearson's type III.
    """
    from scipy.special import gammainc, gammaincc, ndtr

    n, matrix = len(z), links.matrix
    one, two, three = (
        np.asarray(matrix.power(power).sum(axis=1)).ravel()[:, None] for power in (1, 2, 3)
    )
    rest = n - 1
    mean = (z.sum(axis=0) - z) / rest
    raw = [(np.power(z, power).sum(axis=0) - np.power(z, power)) / rest for power in (2, 3)]
    second = raw[0] - mean**2
    third = raw[1] - 3 * mean * raw[0] + 2 * mean**3
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = second * (two - (one**2 - two) / (rest - 1))
        pairs, triples = one * two - three, one**3 - 3 * one * two + 2 * three
        cubed = third * (three - 3 * pairs / (rest - 1) + 2 * triples / ((rest - 1) * (rest - 2)))
        t = (lag - one * mean) / np.sqrt(variance)
        skew = cubed / np.power(variance, 1.5)
        sign = np.where(skew < 0, -1.0, 1.0)
        shape = np.minimum(4 / np.square(skew), 1e9)
        place = np.maximum(shape + sign * t * np.sqrt(shape), 0.0)
        upper, lower = gammaincc(shape, place), gammainc(shape, place)
    plain = ~(np.abs(skew) > 1e-3)
    upper = np.where(plain, ndtr(-sign * t), upper)
    lower = np.where(plain, ndtr(sign * t), lower)
    return np.where(sign > 0, upper, lower), np.where(sign > 0, lower, upper)
