"""The shape of a distribution: kernel density with a stated bandwidth, peaks, polarization."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from geo_resilience.statistics._arrays import Array


def silverman_bandwidth(values: ArrayLike) -> float:
    r"""Give Silverman's rule-of-thumb bandwidth of a Gaussian kernel.

    .. math:: h = 0.9 \min(s, IQR/1.34)\, n^{-1/5}

    [1]_; where the interquartile range is 0, s alone. It smooths two peaks that lie close into
    one.

    .. [1] Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis. Chapman
       and Hall, equation 3.31.
    """
    numbers = np.asarray(values, dtype="float64")
    if len(numbers) < 2 or np.ptp(numbers) == 0:
        return 0.0
    low, high = np.quantile(numbers, [0.25, 0.75])
    spread = float(numbers.std(ddof=1))
    if high > low:
        spread = min(spread, float(high - low) / 1.34)
    return 0.9 * spread * len(numbers) ** -0.2


def kernel_density(values: ArrayLike, grid: ArrayLike, *, bandwidth: float | None = None) -> Array:
    r"""Estimate a density by Gaussian kernels.

    .. math:: f(x) = \frac{1}{n h} \sum_i \phi\Big(\frac{x - x_i}{h}\Big)

    No correction is made at the ends of a bounded scale.
    """
    numbers, places = np.asarray(values, dtype="float64"), np.asarray(grid, dtype="float64")
    width = silverman_bandwidth(numbers) if bandwidth is None else bandwidth
    if not width > 0:
        return np.full(len(places), np.nan)
    away = (places[:, None] - numbers[None, :]) / width
    return np.exp(-0.5 * away**2).mean(axis=1) / (width * np.sqrt(2 * np.pi))


def peaks(density: ArrayLike) -> int:
    """Count the local maxima of a density on a grid."""
    heights = np.asarray(density, dtype="float64")
    change = np.diff(heights)
    change = change[np.abs(change) > 1e-12 * max(1e-300, np.nanmax(np.abs(heights)))]
    rises = np.r_[True, change > 0, False]
    return int((rises[:-1] & ~rises[1:]).sum())


def wolfson(values: ArrayLike) -> float:
    r"""Give Wolfson's index of polarization: how far the middle has thinned out.

    .. math:: P = \frac{2 \mu}{m} \big(2 (0.5 - L(0.5)) - G\big)

    with mean, median m, Gini coefficient G (n, no correction) and Lorenz curve L, linear between
    its points [1]_. The median of an even number of values is the mean of the middle two.

    .. [1] Wolfson, M. C. (1994). When inequalities diverge. American Economic Review, 84(2),
       353-358.
    """
    numbers = np.sort(np.asarray(values, dtype="float64"))
    count, total = len(numbers), numbers.sum()
    middle = float(np.median(numbers))
    if total <= 0 or middle <= 0:
        return float("nan")
    lorenz = np.r_[0.0, np.cumsum(numbers) / total]
    gini = 1 - (lorenz[1:] + lorenz[:-1]).mean()
    half = float(np.interp(0.5, np.arange(count + 1) / count, lorenz))
    found = 2 * numbers.mean() / middle * (2 * (0.5 - half) - gini)
    return float(found) if abs(found) > 1e-15 else 0.0
