"""A model as it was estimated: coefficients, fit, impacts, summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import UndefinedError
from geo_resilience.notes import Note
from geo_resilience.spatial.regression.design import Design
from geo_resilience.spatial.regression.likelihood import Fit
from geo_resilience.statistics.repetitions import IMPACT_DRAWS

__all__ = ["Model", "coefficient_table", "dress"]


@dataclass(frozen=True, eq=False)
class Model:
    """An estimated regression.

    Parameters
    ----------
    kind : str
        ``ols``, ``slx``, ``lag``, ``error``, ``durbin`` or ``durbin_error``.
    method : str
        ``OLS``, ``ML`` or ``GMM``.
    coefficients : DataFrame
        Columns estimate, se, z, p; rows ``constant``, the names in X, ``W_`` + name. For least
        squares z holds Student's t and p is by its distribution.
    spatial : DataFrame
        The same columns; row ``rho`` or ``lambda``, or none.
    covariance : DataFrame
        Of coefficients and rho or lambda.
    sigma2 : float
        Variance of the innovations.
    log_likelihood : float
        NaN for GMM. With fixed effects that of the data after they were taken out, so compare
        only models with the same effects and correction.
    r2 : float
        Squared correlation of the dependent and its fitted values, effects out.
    residuals, fitted : Series
        Innovations and fitted values by row, effects out.
    tests : DataFrame
        Tests that belong below the table: columns statistic, df, p.
    notes : tuple of Note
    design : Design
        The data as laid out.
    degrees : int or None
        Degrees of freedom of Student's t; None for the normal distribution.
    se : str
        How standard errors were found: a kind of `ols_model`, ``information`` (the inverse of
        the expected information, for maximum likelihood) or ``robust``.
    draws : int
        Draws behind the standard errors of impacts.
    seed : int
        Where they come from.
    phi : float or None
        Share of the region means that random effects left in; None without random effects.
    """

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

    @cached_property
    def impacts(self) -> pd.DataFrame:
        """Direct, indirect and total impacts by variable: estimate, se, z, p."""
        from geo_resilience.spatial.regression.marginal import impacts

        found = impacts(self, draws=self.draws, rng=self.seed)
        return found[["estimate", "se", "z", "p"]]

    def intervals(self, level: float = 0.95) -> pd.DataFrame:
        """Give coefficients and rho or lambda with the ends of their intervals, low and high."""
        from scipy import stats

        found = pd.concat([self.coefficients, self.spatial])
        tail = (1 + level) / 2
        reach = stats.norm.ppf(tail) if self.degrees is None else stats.t.ppf(tail, self.degrees)
        return found.assign(
            low=found["estimate"] - reach * found["se"],
            high=found["estimate"] + reach * found["se"],
        )

    def summary(self, language: str = "en", *, names: Mapping[str, str] | None = None) -> str:
        """Give the model as a table in plain text, as in a paper; names as in `compare`."""
        from geo_resilience.spatial.regression.layout import compare

        return compare({"": self}, language=language, names=names).text()

    def to_csv(self, path: str | Path) -> None:
        """Write coefficients with intervals as CSV."""
        table = self.intervals().rename_axis("term").reset_index()
        table.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")

    def to_latex(self, language: str = "en", *, names: Mapping[str, str] | None = None) -> str:
        """Give the model's table as LaTeX."""
        from geo_resilience.spatial.regression.layout import compare

        return compare({"": self}, language=language, names=names).latex()

    def to_html(self, language: str = "en", *, names: Mapping[str, str] | None = None) -> str:
        """Give the model's table as HTML."""
        from geo_resilience.spatial.regression.layout import compare

        return compare({"": self}, language=language, names=names).html()

    def _repr_html_(self) -> str:
        return self.to_html()


def coefficient_table(
    estimates: np.ndarray, covariance: np.ndarray, names: Sequence[str], degrees: int | None
) -> pd.DataFrame:
    """Give estimate, se, z and two-sided p; by Student's t where degrees are given."""
    from scipy import stats

    se = np.sqrt(np.diag(covariance))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(se > 0, estimates / se, np.nan)
    p = 2 * (stats.norm.sf(np.abs(z)) if degrees is None else stats.t.sf(np.abs(z), degrees))
    return pd.DataFrame(
        {"estimate": estimates, "se": se, "z": z, "p": p}, index=pd.Index(names, name="term")
    )


def dress(
    design: Design,
    fit: Fit,
    *,
    kind: str,
    method: str,
    tests: pd.DataFrame,
    symbol: str = "",
    degrees: int | None = None,
    se: str = "classic",
    notes: Sequence[Note] = (),
    draws: int = IMPACT_DRAWS,
    rng: Any = None,
) -> Model:
    """Make a Model of raw estimates.

    Parameters
    ----------
    design : Design
    fit : Fit
    kind, method, tests, degrees, se, draws
        As in Model.
    symbol : str
        ``rho`` or ``lambda``.
    notes : sequence of Note
    rng : None, int or Generator

    Returns
    -------
    Model

    Raises
    ------
    UndefinedError
        A variance below zero: the data do not tell the coefficients apart.
    """
    if not (np.diag(fit.covariance) >= 0).all():
        raise UndefinedError("regression.not_identified", model=kind)
    names = [*design.names, symbol] if fit.spatial is not None else list(design.names)
    values = fit.beta if fit.spatial is None else np.append(fit.beta, fit.spatial)
    table = coefficient_table(values, fit.covariance, names, degrees)
    y, e = design.flat(design.y), design.flat(fit.residuals)
    r2 = float(np.corrcoef(y, y - e)[0, 1] ** 2) if np.ptp(y - e) > 0 else 0.0
    found = list(notes)
    if fit.trace_error > 0:
        found.append(
            Note("regression.drawn_trace", values={"error": f"{100 * fit.trace_error:.2f}"})
        )
    return Model(
        kind=kind,
        method=method,
        coefficients=table.iloc[: len(design.names)],
        spatial=table.iloc[len(design.names) :],
        covariance=pd.DataFrame(fit.covariance, index=names, columns=names),
        sigma2=fit.sigma2,
        log_likelihood=fit.log_likelihood,
        r2=r2,
        residuals=design.series(fit.residuals, "residual"),
        fitted=design.series(design.y - fit.residuals, "fitted"),
        tests=tests,
        notes=tuple(found),
        design=design,
        degrees=degrees,
        se=se,
        draws=draws,
        seed=int(np.random.default_rng(rng).integers(2**63)),
    )
