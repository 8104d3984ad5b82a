"""What a statistic hands back: one variable's, or the same one of many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_resilience.errors import InputError
from geo_resilience.spatial._methods import LABELS, UNTOLD
from geo_resilience.statistics._arrays import Array, Whole
from geo_resilience.statistics._certainty import ALPHA
from geo_resilience.statistics._multiplicity import benjamini_hochberg
from geo_resilience.statistics._permutation import two_sided


@dataclass(frozen=True)
class GlobalStat:
    """A global statistic with its inference; ``z`` > 0 always means that like lies near like.

    Parameters
    ----------
    statistic : str
        "moran", "geary", "getis_ord" or "bivariate_moran".
    value, expected, variance : float
        The statistic, and its moments under randomization.
    z, p_normal : float
        Standard score and its two-sided normal p-value.
    p_sim : float
        Two-sided permutation p-value, ``min(1, 2 min(share at or above, share at or below))``.
    permutations : int
        Arrangements drawn, or all of them where ``exact``.
    n : int
        Regions that took part: islands left unlinked do not.
    exact : bool
        Whether every arrangement was counted.
    variance_normality, z_normality, p_normality : float
        The same under normality; NaN where there is no such formula.
    """

    statistic: str
    value: float
    expected: float
    variance: float
    z: float
    p_normal: float
    p_sim: float
    permutations: int
    n: int
    exact: bool = False
    variance_normality: float = float("nan")
    z_normality: float = float("nan")
    p_normality: float = float("nan")


@dataclass(frozen=True)
class Batch:
    """The same statistic of several variables: arrays of shape (m,), in their order."""

    statistic: str
    value: Array
    expected: Array
    variance: Array
    variance_normality: Array
    p_sim: Array
    permutations: int
    n: int
    exact: bool
    sign: int = 1

    @property
    def z(self) -> Array:
        """Standard scores under randomization."""
        return self._standard(self.variance)

    def _standard(self, variance: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.sign * (self.value - self.expected) / np.sqrt(variance)

    def one(self, at: int = 0) -> GlobalStat:
        """Give one variable's statistic."""
        z, z_normal = float(self.z[at]), float(self._standard(self.variance_normality)[at])
        return GlobalStat(
            statistic=self.statistic,
            value=float(self.value[at]),
            expected=float(self.expected[at]),
            variance=float(self.variance[at]),
            z=z,
            p_normal=float(normal_p(z)),
            p_sim=float(self.p_sim[at]),
            permutations=self.permutations,
            n=self.n,
            exact=self.exact,
            variance_normality=float(self.variance_normality[at]),
            z_normality=z_normal,
            p_normality=float(normal_p(z_normal)),
        )

    def rows(self, years: Any, variables: Any) -> pd.DataFrame:
        """Write the batch as rows of the table of global statistics."""
        return pd.DataFrame(
            {
                "year": np.asarray(years),
                "variable": np.asarray(variables, dtype=object),
                "statistic": self.statistic,
                "value": self.value,
                "expected": self.expected,
                "z": self.z,
                "p_normal": normal_p(self.z),
                "p_sim": self.p_sim,
                "permutations": self.permutations,
                "n": self.n,
            }
        )


def normal_p(z: Any) -> Any:
    """Give the two-sided normal p-value of a standard score."""
    from scipy.special import ndtr

    return 2 * ndtr(-np.abs(z))


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

    above: Whole
    below: Whole
    total: Whole
    exact: bool

    @property
    def p(self) -> Array:
        """Two-sided p-values."""
        return two_sided(self.above, self.below, self.total, exact=self.exact)


def labelled(
    names: NDArray[np.str_], p: Array, by: str, alpha: float
) -> tuple[Array, NDArray[np.str_]]:
    """Give q-values, and the name of each region where q (or p) is at most alpha."""
    if by not in LABELS:
        raise InputError("spatial.label_by", found=by)
    q = benjamini_hochberg(p)
    decisive = q if by == "q" else p
    return q, np.where(decisive <= alpha, names, NOT_SIGNIFICANT)
