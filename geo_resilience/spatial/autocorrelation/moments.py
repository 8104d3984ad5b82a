"""What chance alone would give: expectation and variance of global statistics.

Under normality values are draws from one normal distribution; under randomization the observed
values are dealt to the regions at random [1]_. Both are exact moments; the z-scores built on them
are approximately normal.

References
----------
.. [1] Cliff, A. D. and Ord, J. K. (1981). Spatial Processes: Models and Applications. Pion,
   London, chapters 1 and 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from geo_resilience.spatial.alignment import Links

__all__ = ["Sums", "geary_moments", "getis_ord_moments", "kurtosis", "moran_moments", "sums_of"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sums:
    """The three sums of the weights that every variance needs.

    ``s0`` = sum w_ij; ``s1`` = sum (w_ij + w_ji)^2 / 2; ``s2`` = sum_i (row_i + column_i)^2.
    """

    n: int
    s0: float
    s1: float
    s2: float


def sums_of(links: Links) -> Sums:
    """Sum the weights of links without islands."""
    matrix = links.matrix
    both = matrix + matrix.T
    rows = np.asarray(matrix.sum(axis=1)).ravel()
    columns = np.asarray(matrix.sum(axis=0)).ravel()
    return Sums(
        n=len(links.keys),
        s0=float(matrix.data.sum()),
        s1=float(np.square(both.data).sum() / 2),
        s2=float(np.square(rows + columns).sum()),
    )


def kurtosis(z: Array) -> Array:
    """Give n sum z^4 / (sum z^2)^2 of each column of deviations from the mean."""
    return len(z) * np.power(z, 4).sum(axis=0) / np.square(np.square(z).sum(axis=0))


def moran_moments(sums: Sums, b2: Array) -> tuple[float, Array, float]:
    """Give Moran's expectation and its variance under randomization and under normality."""
    n, s0, s1, s2 = sums.n, sums.s0, sums.s1, sums.s2
    expected = -1.0 / (n - 1)
    normal = (n * n * s1 - n * s2 + 3 * s0**2) / ((n * n - 1) * s0**2) - expected**2
    if n < 4:
        return expected, np.full(np.shape(b2), np.nan), normal
    first = n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
    second = b2 * ((n * n - n) * s1 - 2 * n * s2 + 6 * s0**2)
    random = (first - second) / ((n - 1) * (n - 2) * (n - 3) * s0**2) - expected**2
    return expected, random, normal


def geary_moments(sums: Sums, b2: Array) -> tuple[float, Array, float]:
    """Give Geary's expectation and its variance under randomization and under normality."""
    n, s0, s1, s2 = sums.n, sums.s0, sums.s1, sums.s2
    normal = ((2 * s1 + s2) * (n - 1) - 4 * s0**2) / (2 * (n + 1) * s0**2)
    if n < 4:
        return 1.0, np.full(np.shape(b2), np.nan), normal
    random = (
        (n - 1) * s1 * (n * n - 3 * n + 3 - (n - 1) * b2)
        - 0.25 * (n - 1) * s2 * (n * n + 3 * n - 6 - (n * n - n + 2) * b2)
        + s0**2 * (n * n - 3 - (n - 1) ** 2 * b2)
    ) / (n * (n - 2) * (n - 3) * s0**2)
    return 1.0, random, normal


def getis_ord_moments(sums: Sums, y: Array) -> tuple[float, Array]:
    """Give the expectation and the variance under randomization of Getis and Ord's G [2]_.

    References
    ----------
    .. [2] Getis, A. and Ord, J. K. (1992). The analysis of spatial association by use of
       distance statistics. Geographical Analysis 24(3), 189-206.
    """
    n, s0, s1, s2 = sums.n, sums.s0, sums.s1, sums.s2
    expected = s0 / (n * (n - 1))
    if n < 4:
        return expected, np.full(y.shape[1:], np.nan)
    b0 = (n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0**2
    b1 = -((n * n - n) * s1 - 2 * n * s2 + 6 * s0**2)
    b2 = -(2 * n * s1 - (n + 3) * s2 + 6 * s0**2)
    b3 = 4 * (n - 1) * s1 - 2 * (n + 1) * s2 + 8 * s0**2
    b4 = s1 - s2 + s0**2
    m1, m2, m3, m4 = (np.power(y, power).sum(axis=0) for power in (1, 2, 3, 4))
    square = (b0 * m2**2 + b1 * m4 + b2 * m1**2 * m2 + b3 * m1 * m3 + b4 * m1**4) / (
        (m1**2 - m2) ** 2 * n * (n - 1) * (n - 2) * (n - 3)
    )
    return expected, square - expected**2
