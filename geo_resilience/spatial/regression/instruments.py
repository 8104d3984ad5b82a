"""The difference estimator of Arellano and Bond: older levels as instruments of changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.spatial.regression.design import lay_out
from geo_resilience.spatial.regression.estimates import coefficient_table
from geo_resilience.spatial.regression.lags import with_lag

__all__ = ["Moments", "arellano_bond"]


@dataclass(frozen=True, eq=False)
class Moments:
    """A difference estimator with its tests.

    Parameters
    ----------
    coefficients : DataFrame
        estimate, se (robust), z, p.
    tests : DataFrame
        Rows "AR(1)", "AR(2)" (z of the autocorrelation of changes of residuals: the first is
        expected, the second refuses the instruments) and "Sargan"; columns statistic, df, p.
    instruments : int
        Number of instruments.
    regions, periods : int
        Regions and years of changes behind it.
    """

    coefficients: pd.DataFrame
    tests: pd.DataFrame
    instruments: int
    regions: int
    periods: int


def arellano_bond(
    y: pd.Series,
    X: pd.DataFrame | pd.Series,
    *,
    interaction: str | None = None,
    center: bool = True,
    year_effects: bool = True,
    collapse: bool = True,
) -> Moments:
    """Estimate a dynamic panel in differences, one step, robust standard errors.

    Parameters
    ----------
    y : Series by (region, year), years without gaps
    X : DataFrame or Series
        Strictly exogenous regressors: their changes are their own instruments.
    interaction : str, optional
        Column whose product with last year's y is a regressor, instrumented as the lag is.
    center : bool
        Whether both are centered before they are multiplied.
    year_effects : bool
        Whether each year of changes has a constant.
    collapse : bool
        One instrument a distance in time, not one a distance and year: few regions bear no more.

    Returns
    -------
    Moments

    References
    ----------
    .. [1] Arellano, M. and Bond, S. (1991). Some tests of specification for panel data: Monte
       Carlo evidence and an application to employment equations. Review of Economic Studies,
       58(2), 277-297.
    .. [2] Roodman, D. (2009). A note on the theme of too many instruments. Oxford Bulletin of
       Economics and Statistics, 71(1), 135-158.
    """
    X = X.to_frame() if isinstance(X, pd.Series) else X
    left, right = with_lag(y, X, interaction=interaction, center=center)
    design = lay_out(left, right)
    names = list(design.names[1:])
    values = design.X[:, :, 1:]
    if design.periods < 3:
        raise InputError("regression.too_few_years", years=design.periods + 1, least=4)
    inner = 2 if interaction is not None else 1
    change_y, change_X = np.diff(design.y, axis=0), np.diff(values, axis=0)
    blocks = [_levels(values[:, :, i], collapse) for i in range(inner)]
    Z = np.concatenate([*blocks, change_X[:, :, inner:]], axis=2)
    if year_effects:
        steps = change_y.shape[0]
        dummies = np.broadcast_to(np.eye(steps)[:, None, :], (steps, design.regions, steps))
        change_X, Z = (np.concatenate([part, dummies], axis=2) for part in (change_X, Z))
        names = names + [f"year {year}" for year in design.years[1:]]
    return _solve(change_y, change_X, Z, names, len(names) - (steps if year_effects else 0))


def _levels(values: np.ndarray, collapse: bool) -> np.ndarray:
    """Give for each year of changes the predetermined levels that stand before it.

    Row t of `values` is known one year before the innovation of row t, so the change from t - 1
    to t has the rows 0 ... t - 1 as instruments.
    """
    T, n = values.shape
    columns: list[np.ndarray] = []
    if collapse:
        for distance in range(1, T):
            column = np.zeros((T - 1, n))
            for t in range(distance, T):
                column[t - 1] = values[t - distance]
            columns.append(column)
    else:
        for t in range(1, T):
            for earlier in range(t):
                column = np.zeros((T - 1, n))
                column[t - 1] = values[earlier]
                columns.append(column)
    return np.stack(columns, axis=2)


def _solve(y: np.ndarray, X: np.ndarray, Z: np.ndarray, names: list[str], shown: int) -> Moments:
    """Give the one-step estimator, its sandwich and its tests; arrays (years, regions, ...)."""
    from scipy import stats

    steps, regions = y.shape
    y, X, Z = y.T, X.transpose(1, 0, 2), Z.transpose(1, 0, 2)
    band = 2 * np.eye(steps) - np.eye(steps, k=1) - np.eye(steps, k=-1)
    middle = np.einsum("ita,ts,isb->ab", Z, band, Z)
    # Instruments of size 1: their units must not decide which of them count as none.
    size = np.sqrt(np.diag(middle))
    size = np.where(size > 0, size, 1.0)
    Z, middle = Z / size, middle / np.outer(size, size)
    A = np.linalg.pinv(middle)
    ZX, Zy = np.einsum("ita,itb->ab", Z, X), np.einsum("ita,it->a", Z, y)
    bread = np.linalg.inv(ZX.T @ A @ ZX)
    beta = bread @ ZX.T @ A @ Zy
    e = y - X @ beta
    scores = np.einsum("ita,it->ia", Z, e)
    meat = ZX.T @ A @ scores.T @ scores @ A @ ZX
    covariance = bread @ meat @ bread
    rows = {}
    for order in (1, 2):
        if order < steps:
            z = _autocorrelation(e, X, ZX, A, bread, scores, covariance, order)
            rows[f"AR({order})"] = {"statistic": z, "df": 1, "p": 2 * stats.norm.sf(abs(z))}
    count = int(np.linalg.matrix_rank(middle))
    sigma2 = float((e**2).sum()) / (2 * (e.size - X.shape[2]))
    total = scores.sum(axis=0)
    sargan, over = float(total @ A @ total) / sigma2, count - X.shape[2]
    p = float(stats.chi2.sf(sargan, over)) if over > 0 else np.nan
    rows["Sargan"] = {"statistic": sargan, "df": over, "p": p}
    table = coefficient_table(beta, covariance, names, None).iloc[:shown]
    tests = pd.DataFrame.from_dict(rows, orient="index").rename_axis("test")
    return Moments(table, tests, count, regions, steps)


def _autocorrelation(
    e: np.ndarray,
    X: np.ndarray,
    ZX: np.ndarray,
    A: np.ndarray,
    bread: np.ndarray,
    scores: np.ndarray,
    covariance: np.ndarray,
    order: int,
) -> float:
    """Give z of the autocorrelation of changes of residuals, as Arellano and Bond's equation 8."""
    before = np.zeros_like(e)
    before[:, order:] = e[:, :-order]
    products = (before * e).sum(axis=1)
    pull = np.einsum("it,ita->a", before, X)
    cross = pull @ bread @ ZX.T @ A @ (scores.T @ products)
    variance = float(products @ products - 2 * cross + pull @ covariance @ pull)
    return float(products.sum() / np.sqrt(variance)) if variance > 0 else float("nan")
