"""What a local statistic hands back, and how its regions are labelled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_resilience.errors import InputError
from geo_resilience.spatial.methods import ALPHA, LABELS, UNTOLD
from geo_resilience.statistics.multiplicity import benjamini_hochberg
from geo_resilience.statistics.permutation import two_sided

__all__ = ["LocalStat", "Significance"]

Array = NDArray[np.float64]

NOT_SIGNIFICANT, NO_NEIGHBORS = UNTOLD


@dataclass(frozen=True)
class LocalStat:
    """A local statistic, one row a region.

    Parameters
    ----------
    statistic : str
        One of `LOCAL_STATISTICS`, or "local_bivariate_moran".
    table : DataFrame
        By region key: value, z_value, z_lag, p_sim (two-sided), q_value (Benjamini-Hochberg over
        the tested regions), cluster, permutations. Regions without neighbors hold NaN and the
        label "no neighbors".
    exact : bool
        Whether every arrangement was counted; ``permutations`` then holds their number.
    by, alpha : str, float
        What decided the labels: "q" or "p", and the level.
    """

    statistic: str
    table: pd.DataFrame
    exact: bool
    by: str = LABELS[0]
    alpha: float = ALPHA


@dataclass(frozen=True)
class Significance:
    """Counts of arrangements around each tested region, turned into p, q and labels."""

    above: NDArray[np.int64]
    below: NDArray[np.int64]
    total: NDArray[np.int64]
    exact: bool

    @property
    def p(self) -> Array:
        """Two-sided p-values."""
        return two_sided(self.above, self.below, self.total, exact=self.exact)


def labelled(
    names: NDArray[np.str_], p: Array, by: Literal["q", "p"], alpha: float
) -> tuple[Array, NDArray[np.str_]]:
    """Give q-values, and the name of each region where q (or p) is at most alpha."""
    if by not in LABELS:
        raise InputError("spatial.label_by", found=by)
    q = benjamini_hochberg(p)
    decisive = q if by == "q" else p
    return q, np.where(decisive <= alpha, names, NOT_SIGNIFICANT)
