"""What a statistic hands back: one variable's, or the same one of many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["COLUMNS", "Batch", "GlobalStat", "normal_p"]

Array = NDArray[np.float64]

#: Columns of the table of global statistics.
COLUMNS = [
    "year",
    "variable",
    "statistic",
    "value",
    "expected",
    "z",
    "p_normal",
    "p_sim",
    "permutations",
    "n",
]


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
            },
            columns=COLUMNS,
        ).astype({"variable": "str", "statistic": "str"})


def normal_p(z: Any) -> Any:
    """Give the two-sided normal p-value of a standard score."""
    from scipy.special import ndtr

    return 2 * ndtr(-np.abs(z))
