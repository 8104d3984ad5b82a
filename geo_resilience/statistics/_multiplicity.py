"""Many tests at once: false discovery and familywise corrections."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from geo_resilience.statistics._arrays import Array


def _adjusted(p: ArrayLike, step: str) -> Array:
    given = np.asarray(p, dtype=float)
    adjusted = np.full(given.shape, np.nan)
    tested = np.flatnonzero(np.isfinite(given))
    m = len(tested)
    if m == 0:
        return adjusted
    order = tested[np.argsort(given[tested], kind="stable")]
    rank = np.arange(1, m + 1)
    if step == "up":
        scaled = given[order] * m / rank
        adjusted[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    else:
        scaled = given[order] * (m - rank + 1)
        adjusted[order] = np.maximum.accumulate(scaled)
    return np.minimum(adjusted, 1.0)


def benjamini_hochberg(p: ArrayLike) -> Array:
    """Give the q-values of Benjamini and Hochberg: the false discovery rate at which each falls.

    .. [1] Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate: a
       practical and powerful approach to multiple testing. Journal of the Royal Statistical
       Society B 57(1), 289-300.
    """
    return _adjusted(p, "up")


def holm(p: ArrayLike) -> Array:
    """Give the p-values of Holm, adjusted for the error over the whole family.

    .. [1] Holm, S. (1979). A simple sequentially rejective multiple test procedure.
       Scandinavian Journal of Statistics 6(2), 65-70.
    """
    return _adjusted(p, "down")
