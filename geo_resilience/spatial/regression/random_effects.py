"""Panels with random region effects: least squares, lag and Durbin."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.notes import Note
from geo_resilience.spatial.regression.design import Design, lay_out
from geo_resilience.spatial.regression.lagrange import test_table
from geo_resilience.spatial.regression.likelihood import (
    Fit,
    fit_lag,
    fit_least_squares,
    lag_information,
    normal_log_likelihood,
    traces,
)
from geo_resilience.spatial.regression.models import Model, dress
from geo_resilience.spatial.regression.randomness import likely_phi, quasi, swamy_arora
from geo_resilience.statistics.repetitions import IMPACT_DRAWS

__all__ = ["random_effects_model"]


def random_effects_model(
    y: pd.Series,
    X: pd.DataFrame | pd.Series,
    neighbors: Any = None,
    *,
    year_effects: bool = False,
    durbin: bool = False,
    draws: int = IMPACT_DRAWS,
    rng: Any = None,
) -> Model:
    """Estimate a panel whose region effects are random draws.

    Parameters
    ----------
    y : Series, T n rows by (region, year)
    X : DataFrame or Series
        Regressors, without a constant; they may be constant within regions, but must have
        nothing to do with the region effects (`hausman_test`).
    neighbors : libpysal.graph.Graph or object with ``.graph``, optional
        With it the model has a spatial lag, by maximum likelihood; else it is generalized least
        squares of Swamy and Arora.
    year_effects : bool
        Whether the years have fixed effects.
    durbin : bool
        With neighbors, whether the spatial lags of X are regressors too.
    draws, rng
        As in `lag_model`.

    Returns
    -------
    Model
        ``.phi`` is the share of the region means that is left in, sigma / sqrt(sigma^2 + T
        sigma_region^2): 0 where random effects equal fixed ones, 1 where there are none. `tests`
        and `aic` count it as a parameter.

    Raises
    ------
    InputError
        Wrong data; one year.
    UndefinedError
        If the region effects have no variance to estimate.

    Notes
    -----
    Least squares or the lag model of data less (1 - phi) times the region means. Standard errors
    of the lag model are those of the information of (beta, rho, sigma^2, phi) together [1]_. No
    region effects lie on the edge of what the variance may be, so that the chi-squared p of their
    likelihood ratio is twice what it should be: it errs on the side of no effects.

    References
    ----------
    .. [1] Elhorst, J. P. (2014). Spatial Econometrics. Springer, section 3.3.4.
    .. [2] Swamy, P. A. V. B. and Arora, S. S. (1972). The exact finite sample properties of the
       estimators of coefficients in the error components regression models. Econometrica, 40(2),
       261-275.
    """
    if not isinstance(y.index, pd.MultiIndex) or y.index.get_level_values(1).nunique() < 2:
        raise InputError("regression.effects_one_year", effects="random")
    if neighbors is None and durbin:
        raise InputError("regression.neighbors_needed")
    kept = "year" if year_effects else None
    correction = "none" if neighbors is None else "lee-yu"
    loose = lay_out(y, X, neighbors, effects=kept, correction=correction, durbin=durbin)
    fit, phi = _generalized(y, X, loose) if neighbors is None else _likely(loose)
    design = quasi(loose, phi)
    region = fit.sigma2 * (1 / phi**2 - 1) / loose.periods
    told = {"region": f"{region:.4g}", "own": f"{fit.sigma2:.4g}", "phi": f"{phi:.3f}"}
    return replace(
        dress(
            design,
            fit,
            kind="durbin" if durbin else "ols" if neighbors is None else "lag",
            method="GLS" if neighbors is None else "ML",
            tests=_tests(loose, fit, phi),
            symbol="rho" if fit.spatial is not None else "",
            se="classic" if neighbors is None else "information",
            notes=[Note("regression.random_effects", values=told)],
            draws=draws,
            rng=rng,
        ),
        phi=phi,
    )


def _generalized(y: pd.Series, X: Any, loose: Design) -> tuple[Fit, float]:
    """Give Swamy and Arora's estimate; the variance within regions comes from fixed effects."""
    frame = X.to_frame() if isinstance(X, pd.Series) else X
    moving = [name for name in frame if _moves(frame[name])]
    if not moving:
        raise InputError("regression.no_regressors")
    effects = "two-way" if loose.by_year else "region"
    fixed = lay_out(y, frame[moving], effects=effects, correction="none")
    inside = fit_least_squares(fixed)
    variance = float((inside.residuals**2).sum()) / fixed.degrees
    phi = swamy_arora(loose, variance)
    fit = fit_least_squares(quasi(loose, phi))
    squares = float((fit.residuals**2).sum())
    likelihood = normal_log_likelihood(squares, loose.free) + loose.free_regions * np.log(phi)
    return replace(fit, log_likelihood=likelihood), phi


def _moves(column: pd.Series) -> bool:
    """Whether a column changes within regions, and not only with the year."""
    wide = column.unstack().to_numpy(dtype=float)
    rest = wide - wide.mean(axis=0)
    rest = rest - rest.mean(axis=1, keepdims=True)
    return bool(np.abs(rest).max() > 1e-10 * max(np.abs(wide).max(), 1e-300))


def _likely(loose: Design) -> tuple[Fit, float]:
    phi = likely_phi(loose)
    design = quasi(loose, phi)
    fit = fit_lag(design)
    assert fit.spatial is not None
    inner, _ = lag_information(design, fit.beta, fit.spatial, fit.sigma2)
    k = len(fit.beta)
    whole = np.zeros((k + 3, k + 3))
    whole[:-1, :-1] = inner
    first = traces(design, fit.spatial)[0]
    whole[k, -1] = whole[-1, k] = -2 * first / phi
    whole[k + 1, -1] = whole[-1, k + 1] = -design.free_regions / (phi * fit.sigma2)
    whole[-1, -1] = 2 * design.free_regions / phi**2
    covariance = np.linalg.inv(whole)[: k + 1, : k + 1]
    likelihood = fit.log_likelihood + design.free_regions * float(np.log(phi))
    return replace(fit, log_likelihood=likelihood, covariance=covariance), phi


def _tests(loose: Design, fit: Fit, phi: float) -> pd.DataFrame:
    """Test the region effects and, with a lag, rho."""
    plain = fit_lag(loose) if fit.spatial is not None else fit_least_squares(loose)
    gain = 2 * (fit.log_likelihood - plain.log_likelihood)
    rows = [("LR region effects", max(gain, 0.0), 1)]
    if fit.spatial is not None:
        rows.append(("Wald", fit.spatial**2 / float(fit.covariance[-1, -1]), 1))
    return test_table(rows)
