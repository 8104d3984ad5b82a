"""Random region effects, and Hausman's test of fixed against random."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.spatial.regression.design import Design, lay_out
from geo_resilience.spatial.regression.likelihood import Fit, fit_lag, fit_least_squares

__all__ = ["Hausman", "hausman_test", "likely_phi", "quasi", "swamy_arora"]


@dataclass(frozen=True, eq=False)
class Hausman:
    """Hausman's comparison of fixed and random region effects.

    Parameters
    ----------
    statistic, p : float
        NaN where the difference of the covariances is not positive definite.
    df : int
    table : DataFrame
        Columns fixed, random, difference, se by coefficient.
    phi : float
        Share of the region means that random effects leave in (0: they equal fixed effects).
    """

    statistic: float
    df: int
    p: float
    table: pd.DataFrame
    phi: float


def hausman_test(
    y: pd.Series,
    X: pd.DataFrame | pd.Series,
    neighbors: Any = None,
    *,
    effects: str = "region",
    durbin: bool = False,
) -> Hausman:
    """Test random region effects against fixed ones.

    Parameters
    ----------
    y : Series, T n rows by (region, year)
    X : DataFrame or Series
        Regressors that vary within regions.
    neighbors : libpysal.graph.Graph or object with ``.graph``, optional
        With it both models have a spatial lag (maximum likelihood), else none (random effects of
        Swamy and Arora).
    effects : {"region", "two-way"}
        With "two-way" both models have fixed year effects.
    durbin : bool
        Whether the spatial lags of X are in both.

    Returns
    -------
    Hausman

    Raises
    ------
    UndefinedError
        If the region effects have no variance to estimate.

    Notes
    -----
    d'(V_fixed - V_random)^-1 d with d the difference of the coefficients (and of rho) [1]_, [2]_.
    Both covariances use the same innovation variance, which keeps the difference positive more
    often. A small p speaks for fixed effects.

    References
    ----------
    .. [1] Hausman, J. A. (1978). Specification tests in econometrics. Econometrica, 46(6),
       1251-1271.
    .. [2] Elhorst, J. P. (2014). Spatial Econometrics. Springer, chapter 3.
    """
    if effects not in ("region", "two-way"):
        raise InputError("regression.effects_unknown", given=effects, known=["region", "two-way"])
    fixed = lay_out(y, X, neighbors, effects=effects, durbin=durbin)
    loose = _year_only(y, X, neighbors, effects, durbin, fixed)
    if neighbors is None:
        inside = fit_least_squares(fixed)
        variance = float((inside.residuals**2).sum()) / fixed.degrees
        phi = swamy_arora(loose, variance)
        outside = fit_least_squares(quasi(loose, phi))
        scale = variance / (outside.sigma2 * loose.free / quasi(loose, phi).degrees)
    else:
        inside = fit_lag(fixed)
        phi = likely_phi(loose)
        outside = fit_lag(quasi(loose, phi))
        scale = inside.sigma2 / outside.sigma2
    return _compare(fixed, loose, inside, outside, scale, phi)


def _year_only(
    y: pd.Series, X: Any, neighbors: Any, effects: str, durbin: bool, fixed: Design
) -> Design:
    """Lay the data out with a constant or year effects, region effects still in.

    With year effects the columns are centered by year, so that no constant is wanted.
    """
    kept = "year" if effects == "two-way" else None
    if neighbors is None:
        return lay_out(y, X, effects=kept, correction="none", durbin=durbin)
    return lay_out(y, X, effects=kept, correction="lee-yu", durbin=durbin, spectrum=fixed.spectrum)


def quasi(design: Design, phi: float) -> Design:
    """Take the share 1 - phi of the region means out."""

    def thin(values: np.ndarray) -> np.ndarray:
        return values - (1 - phi) * values.mean(axis=0, keepdims=True)

    return replace(design, y=thin(design.y), X=thin(design.X), lag_y=thin(design.lag_y))


def swamy_arora(design: Design, within: float) -> float:
    """Give phi from the variance between regions and within them.

    References
    ----------
    .. [1] Swamy, P. A. V. B. and Arora, S. S. (1972). The exact finite sample properties of the
       estimators of coefficients in the error components regression models. Econometrica, 40(2),
       261-275.
    """
    y, X = design.y.mean(axis=0), design.X.mean(axis=0)
    X = X[:, np.abs(X).max(axis=0) > 0]
    rest = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
    free = y.size - X.shape[1] - int(design.by_year)
    if free < 1:
        raise InputError(
            "regression.too_few", rows=y.size, coefficients=X.shape[1], names=list(design.names)
        )
    between = design.periods * float(rest @ rest) / free
    if between <= within:
        raise UndefinedError("regression.no_region_variance")
    return float(np.sqrt(within / between))


def likely_phi(design: Design) -> float:
    """Give phi at the maximum of the likelihood of the lag model with random effects.

    References
    ----------
    .. [1] Elhorst, J. P. (2014). Spatial Econometrics. Springer, chapter 3.
    """
    from scipy.optimize import minimize_scalar

    def loss(logarithm: float) -> float:
        phi = float(np.exp(logarithm))
        return -(fit_lag(quasi(design, phi)).log_likelihood + design.free_regions * np.log(phi))

    found = minimize_scalar(loss, bounds=(np.log(1e-3), 0), method="bounded")
    if found.x > -1e-4:
        raise UndefinedError("regression.no_region_variance")
    return float(np.exp(found.x))


def _compare(
    fixed: Design, loose: Design, inside: Fit, outside: Fit, scale: float, phi: float
) -> Hausman:
    from scipy import stats

    names = list(fixed.names)
    places = [loose.names.index(name) for name in names]
    first, second = inside.beta, outside.beta[places]
    if inside.spatial is not None:
        assert outside.spatial is not None
        first, second = np.append(first, inside.spatial), np.append(second, outside.spatial)
        places = [*places, len(loose.names)]
        names = [*names, "rho"]
    spread = inside.covariance - scale * outside.covariance[np.ix_(places, places)]
    gap = first - second
    positive = bool((np.linalg.eigvalsh(spread) > 0).all())
    statistic = float(gap @ np.linalg.solve(spread, gap)) if positive else float("nan")
    table = pd.DataFrame(
        {
            "fixed": first,
            "random": second,
            "difference": gap,
            "se": np.sqrt(np.maximum(np.diag(spread), 0)),
        },
        index=pd.Index(names, name="term"),
    )
    return Hausman(statistic, len(names), float(stats.chi2.sf(statistic, len(names))), table, phi)
