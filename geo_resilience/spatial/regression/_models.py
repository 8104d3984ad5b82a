"""A model as it is handed back: estimates with their impacts and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from geo_resilience.errors import UndefinedError
from geo_resilience.notes import Note
from geo_resilience.spatial.regression._design import Design
from geo_resilience.spatial.regression._estimates import Estimates, coefficient_table
from geo_resilience.spatial.regression._impacts import impacts
from geo_resilience.spatial.regression._likelihood import Fit
from geo_resilience.spatial.regression._side_by_side import compare
from geo_resilience.statistics._repetitions import IMPACT_DRAWS, Rng


@dataclass(frozen=True, eq=False)
class Model(Estimates):
    """An estimated regression.

    - ``kind``, ``method``: ``ols``, ``slx``, ``lag``, ``error``, ``durbin`` or ``durbin_error`` by
      ``OLS``, ``ML``, ``GLS`` or ``GMM``.
    - ``coefficients``, ``spatial``: columns estimate, se, z, p; rows ``constant``, the names in X,
      ``W_`` + name; in `spatial` ``rho`` or ``lambda``, or none. For least squares z holds
      Student's t.
    - ``covariance``: of coefficients and rho or lambda.
    - ``sigma2``: variance of the innovations.
    - ``log_likelihood``: NaN for GMM. With fixed effects that of the data after they were taken
      out, so compare only models with the same effects and correction.
    - ``r2``: squared correlation of the dependent and its fitted values, effects out.
    - ``residuals``, ``fitted``: innovations and fitted values by row, effects out.
    - ``tests``: tests that belong below the table: columns statistic, df, p.
    - ``design``: the data as laid out.
    - ``degrees``: degrees of freedom of Student's t; None for the normal distribution.
    - ``se``: how standard errors were found: a kind of `ols_model`, ``information`` (the inverse of
      the expected information, for maximum likelihood) or ``robust``.
    - ``draws``, ``seed``: draws behind the intervals of impacts with rho, and where they come from.
    - ``phi``: share of the region means that random effects left in; None without random effects.
    """

    @cached_property
    def impacts(self) -> pd.DataFrame:
        """Direct, indirect and total impacts by variable: estimate, se, z, p, low, high."""
        return impacts(self, draws=self.draws, rng=self.seed)

    def summary(self, language: str = "en", *, names: Mapping[str, str] | None = None) -> str:
        """Give the model as a table in plain text, as in a paper; names as in `compare`."""
        return compare({"": self}, language=language, names=names).text()

    def to_csv(self, path: str | Path) -> None:
        """Write coefficients with intervals as CSV."""
        table = self.intervals().rename_axis("term").reset_index()
        table.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")

    def to_latex(self, language: str = "en", *, names: Mapping[str, str] | None = None) -> str:
        """Give the model's table as LaTeX."""
        return compare({"": self}, language=language, names=names).latex()

    def to_html(self, language: str = "en", *, names: Mapping[str, str] | None = None) -> str:
        """Give the model's table as HTML."""
        return compare({"": self}, language=language, names=names).html()

    def _repr_html_(self) -> str:
        return self.to_html()


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
    rng: Rng = None,
) -> Model:
    """Make a Model of raw estimates; `symbol` is ``rho`` or ``lambda``.

    A variance below zero is refused: the data do not tell the coefficients apart.
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
