"""What was estimated: coefficients, fit, criteria, intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from geo_resilience.notes import Note
from geo_resilience.spatial.regression._design import Design
from geo_resilience.statistics._repetitions import IMPACT_DRAWS


@dataclass(frozen=True, eq=False)
class Estimates:
    """What was estimated in a regression; `Model` says what each field holds."""

    kind: str
    method: str
    coefficients: pd.DataFrame
    spatial: pd.DataFrame
    covariance: pd.DataFrame
    sigma2: float
    log_likelihood: float
    r2: float
    residuals: pd.Series
    fitted: pd.Series
    tests: pd.DataFrame
    notes: tuple[Note, ...] = ()
    design: Design = field(default=None, repr=False)  # type: ignore[assignment]
    degrees: int | None = None
    se: str = "classic"
    draws: int = IMPACT_DRAWS
    seed: int = 0
    phi: float | None = None

    @property
    def dependent(self) -> str:
        """Name of the left side."""
        return self.design.dependent

    @property
    def effects(self) -> str | None:
        """Fixed effects taken out."""
        return self.design.effects

    @property
    def n(self) -> int:
        """Number of rows."""
        return self.design.periods * self.design.regions

    @property
    def rho(self) -> float | None:
        """Coefficient of W y, or None."""
        return float(self.spatial.at["rho", "estimate"]) if "rho" in self.spatial.index else None

    @property
    def lam(self) -> float | None:
        """Coefficient of W u in the error, or None."""
        found = self.spatial.index
        return float(self.spatial.at["lambda", "estimate"]) if "lambda" in found else None

    @property
    def parameters(self) -> int:
        """Coefficients, rho or lambda, sigma squared and phi; not the fixed effects."""
        random = int(self.phi is not None)
        return len(self.coefficients) + len(self.spatial) + 1 + random

    @property
    def aic(self) -> float:
        """Akaike's criterion, -2 ln L + 2 parameters."""
        return -2 * self.log_likelihood + 2 * self.parameters

    @property
    def bic(self) -> float:
        """Schwarz's criterion, -2 ln L + ln(rows that count) parameters."""
        return -2 * self.log_likelihood + np.log(self.design.free) * self.parameters

    def intervals(self, level: float = 0.95) -> pd.DataFrame:
        """Give coefficients and rho or lambda with the ends of their intervals, low and high."""
        return interval(pd.concat([self.coefficients, self.spatial]), self.degrees, level)


def interval(table: pd.DataFrame, degrees: int | None, level: float = 0.95) -> pd.DataFrame:
    """Add the ends of the interval of each estimate, low and high."""
    from scipy.special import ndtri, stdtrit

    tail = (1 + level) / 2
    reach = float(ndtri(tail) if degrees is None else stdtrit(degrees, tail)) * table["se"]
    return table.assign(low=table["estimate"] - reach, high=table["estimate"] + reach)


def coefficient_table(
    estimates: np.ndarray,
    covariance: np.ndarray,
    names: Sequence[str] | pd.MultiIndex,
    degrees: int | None,
) -> pd.DataFrame:
    """Give estimate, se, z and two-sided p; by Student's t where degrees are given."""
    from scipy.special import ndtr, stdtr

    se = np.sqrt(np.diag(covariance))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(se > 0, estimates / se, np.nan)
    p = 2 * (ndtr(-np.abs(z)) if degrees is None else stdtr(degrees, -np.abs(z)))
    index = names if isinstance(names, pd.MultiIndex) else pd.Index(names, name="term")
    return pd.DataFrame({"estimate": estimates, "se": se, "z": z, "p": p}, index=index)
