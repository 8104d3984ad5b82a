"""Lag, error and Durbin models by maximum likelihood, lag and error also by moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.notes import Note
from geo_resilience.spatial._methods import REGRESSIONS
from geo_resilience.spatial.neighbors._alignment import Linked
from geo_resilience.spatial.regression._design import Design, lay_out, some
from geo_resilience.spatial.regression._diagnostics import test_table
from geo_resilience.spatial.regression._likelihood import (
    Fit,
    clustered_covariance,
    fit_error,
    fit_lag,
    fit_least_squares,
)
from geo_resilience.spatial.regression._models import Model, dress
from geo_resilience.statistics._repetitions import IMPACT_DRAWS, Rng

#: Years below which fixed effects with a lag of space or time deserve a word.
SHORT = 10

#: Kinds of standard errors of the likelihood.
LIKELIHOOD_ERRORS = ("information", "clustered")


def lag_model(
    y: pd.Series,
    X: pd.DataFrame | pd.Series,
    neighbors: Linked,
    *,
    effects: str | None = None,
    method: str = "ml",
    correction: str = "lee-yu",
    se: str = "information",
    draws: int = IMPACT_DRAWS,
    rng: Rng = None,
) -> Model:
    """Estimate the spatial lag model y = rho W y + X beta + e.

    Parameters
    ----------
    y : Series, n rows by region key or T n rows by (region, year)
    X : DataFrame or Series
        Regressors, without a constant.
    neighbors : Neighbors or libpysal.graph.Graph
        Weights; with year effects they must be row-standardized.
    effects : None, "region", "year" or "two-way"
        Fixed effects; None adds a constant.
    method : {"ml", "gmm"}
        Maximum likelihood, or two-stage least squares with W X and W W X as instruments
        (one year only).
    correction : {"lee-yu", "analytic", "none"}
        With fixed effects: the likelihood of what is left after they were transformed away
        (consistent for n or T large); the direct likelihood, corrected by its known bias; or
        the direct likelihood.
    se : {"information", "clustered"}
        Standard errors of the likelihood: from its expected information, or robust to any
        dependence over the years of a region and to unequal variances, with Student's t of
        regions - 1 degrees. Beyond 600 regions always the first.
    draws : int
        Draws behind the intervals of impacts, at least 1,000.
    rng : None, int or Generator
        Where they come from.

    Returns
    -------
    Model
        ``.coefficients``, ``.rho``, ``.log_likelihood``, ``.aic``, ``.impacts``, ``.summary()``.

    Raises
    ------
    InputError
        Wrong data: blanks, rows or regions that do not meet, an unbalanced panel, collinear or
        constant regressors, too few rows.
    UndefinedError
        The likelihood grows up to the bound of rho.

    Notes
    -----
    The Lee-Yu transformation [1]_ leaves (n - 1)(T - 1) rows of a two-way panel, with
    ln|I - rho W| - ln(1 - rho) a year; region effects alone n (T - 1) rows. `aic` counts every
    coefficient, rho and sigma squared, not the fixed effects.

    References
    ----------
    .. [1] Lee, L.-F. and Yu, J. (2010). Estimation of spatial autoregressive panel data models
       with fixed effects. Journal of Econometrics, 154(2), 165-185.

    Examples
    --------
    >>> import numpy as np
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: [(i - 1) % 40, (i + 1) % 40] for i in range(40)}).transform("r")
    >>> drawn = np.random.default_rng(0).normal(size=(40, 2))
    >>> x, W = pd.Series(drawn[:, 0], name="x"), ring.sparse.toarray()
    >>> y = 1 + 2 * x + 0.01 * drawn[:, 1]
    >>> y = pd.Series(np.linalg.solve(np.eye(40) - 0.5 * W, y), name="y")
    >>> model = lag_model(y, x, ring, rng=0)
    >>> round(model.rho, 2), model.coefficients["estimate"].round(1).to_dict()
    (0.5, {'constant': 1.0, 'x': 2.0})
    """
    return estimate("lag", y, X, neighbors, effects, method, correction, None, se, draws, rng)


def error_model(
    y: pd.Series,
    X: pd.DataFrame | pd.Series,
    neighbors: Linked,
    *,
    effects: str | None = None,
    method: str = "ml",
    correction: str = "lee-yu",
    se: str = "information",
    draws: int = IMPACT_DRAWS,
    rng: Rng = None,
) -> Model:
    """Estimate the spatial error model y = X beta + u, u = lambda W u + e.

    The bias that "analytic" corrects is that of sigma squared alone, and "gmm" takes generalized
    moments robust to heteroskedasticity. Impacts have no indirect part.

    Parameters
    ----------
    y, X, neighbors, effects, method, correction, se, draws, rng
        As in `lag_model`.

    Returns
    -------
    Model

    Examples
    --------
    >>> import numpy as np
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: [(i - 1) % 40, (i + 1) % 40] for i in range(40)}).transform("r")
    >>> drawn = np.random.default_rng(0).normal(size=(40, 2))
    >>> x, W = pd.Series(drawn[:, 0], name="x"), ring.sparse.toarray()
    >>> y = pd.Series(1 + 2 * x + np.linalg.solve(np.eye(40) - 0.5 * W, drawn[:, 1]), name="y")
    >>> model = error_model(y, x, ring, rng=0)
    >>> model.kind, model.impacts.loc[("x", "indirect"), "estimate"].item()
    ('error', 0.0)
    """
    return estimate("error", y, X, neighbors, effects, method, correction, None, se, draws, rng)


def durbin_model(
    y: pd.Series,
    X: pd.DataFrame | pd.Series,
    neighbors: Linked,
    *,
    effects: str | None = None,
    lagged: Sequence[str] | None = None,
    method: str = "ml",
    correction: str = "lee-yu",
    se: str = "information",
    draws: int = IMPACT_DRAWS,
    rng: Rng = None,
) -> Model:
    """Estimate the spatial Durbin model y = rho W y + X beta + W X theta + e.

    Rows ``W_`` + name hold theta; "gmm" takes W W X and W W W X as instruments.

    Parameters
    ----------
    y, X, neighbors, effects
        As in `lag_model`.
    lagged : sequence of str, optional
        Columns whose spatial lag is a regressor; all when left out.
    method, correction, se, draws, rng
        As in `lag_model`.

    Returns
    -------
    Model

    Examples
    --------
    >>> import numpy as np
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: [(i - 1) % 40, (i + 1) % 40] for i in range(40)}).transform("r")
    >>> drawn = np.random.default_rng(0).normal(size=(40, 2))
    >>> x, W = pd.Series(drawn[:, 0], name="x"), ring.sparse.toarray()
    >>> y = 1 + 2 * x - W @ x + 0.01 * drawn[:, 1]
    >>> y = pd.Series(np.linalg.solve(np.eye(40) - 0.5 * W, y), name="y")
    >>> model = durbin_model(y, x, ring, rng=0)
    >>> round(model.rho, 2), model.coefficients["estimate"].round(1).to_dict()
    (0.5, {'constant': 1.0, 'x': 2.0, 'W_x': -1.0})
    """
    return estimate("durbin", y, X, neighbors, effects, method, correction, lagged, se, draws, rng)


def durbin_error_model(
    y: pd.Series,
    X: pd.DataFrame | pd.Series,
    neighbors: Linked,
    *,
    effects: str | None = None,
    lagged: Sequence[str] | None = None,
    method: str = "ml",
    correction: str = "lee-yu",
    se: str = "information",
    draws: int = IMPACT_DRAWS,
    rng: Rng = None,
) -> Model:
    """Estimate the Durbin error model y = X beta + W X theta + u, u = lambda W u + e.

    Impacts are beta and theta: spillovers stay with the neighbors.

    Parameters
    ----------
    y, X, neighbors, effects, lagged, method, correction, se, draws, rng
        As in `durbin_model`.

    Returns
    -------
    Model

    Examples
    --------
    >>> import numpy as np
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: [(i - 1) % 40, (i + 1) % 40] for i in range(40)}).transform("r")
    >>> drawn = np.random.default_rng(0).normal(size=(40, 2))
    >>> x, W = pd.Series(drawn[:, 0], name="x"), ring.sparse.toarray()
    >>> y = pd.Series(1 + 2 * x - W @ x + 0.01 * drawn[:, 1], name="y")
    >>> model = durbin_error_model(y, x, ring, rng=0)
    >>> model.coefficients["estimate"].round(1).to_dict()
    {'constant': 1.0, 'x': 2.0, 'W_x': -1.0}
    """
    return estimate(
        "durbin_error", y, X, neighbors, effects, method, correction, lagged, se, draws, rng
    )


def estimate(
    kind: str,
    y: pd.Series,
    X: pd.DataFrame | pd.Series,
    neighbors: Linked,
    effects: str | None,
    method: str,
    correction: str,
    lagged: Sequence[str] | None,
    se: str,
    draws: int,
    rng: Rng,
) -> Model:
    """Lay the data out and estimate a lag, error, durbin or durbin_error model."""
    if neighbors is None:
        raise InputError("regression.neighbors_needed")
    if method not in ("ml", "gmm"):
        raise InputError("regression.method_unknown", given=method, known=["ml", "gmm"])
    if se not in LIKELIHOOD_ERRORS:
        raise InputError("regression.se_unknown", given=se, known=LIKELIHOOD_ERRORS)
    durbin: bool | Sequence[str] = False
    if REGRESSIONS[kind].lags:
        durbin = True if lagged is None else list(lagged)
    design = lay_out(y, X, neighbors, effects=effects, correction=correction, durbin=durbin)
    if method == "gmm":
        from geo_resilience.spatial.regression._gmm import fit_moments

        return fit_moments(design, kind, draws=draws, rng=rng)
    return fit_likelihood(design, kind, se=se, draws=draws, rng=rng)


def fit_likelihood(
    design: Design,
    kind: str,
    *,
    se: str = "information",
    draws: int = IMPACT_DRAWS,
    rng: Rng = None,
) -> Model:
    """Estimate a model of data already laid out by maximum likelihood."""
    assert design.spectrum is not None
    symbol = REGRESSIONS[kind].spatial
    se = "information" if design.spectrum.eigenvalues is None else se
    fit = (fit_lag if symbol == "rho" else fit_error)(design)
    if se == "clustered":
        fit = replace(fit, covariance=clustered_covariance(design, fit, symbol))
    return dress(
        design,
        fit,
        kind=kind,
        method="ML",
        tests=_spatial_tests(design, fit),
        symbol=symbol,
        degrees=design.regions - 1 if se == "clustered" else None,
        se=se,
        notes=_notes(design),
        draws=draws,
        rng=rng,
    )


def _spatial_tests(design: Design, fit: Fit) -> pd.DataFrame:
    """Test rho or lambda = 0: likelihood ratio against least squares, and Wald."""
    assert fit.spatial is not None
    plain = fit_least_squares(design)
    ratio = 2 * (fit.log_likelihood - plain.log_likelihood)
    wald = fit.spatial**2 / fit.covariance[-1, -1]
    return test_table([("LR", max(ratio, 0.0), 1), ("Wald", wald, 1)])


def _notes(design: Design) -> list[Note]:
    found = []
    assert design.spectrum is not None
    alone = np.flatnonzero(np.diff(design.spectrum.matrix.indptr) == 0)
    if alone.size:
        regions = some(design.keys[place] for place in alone)
        found.append(Note("regression.islands", values={"regions": regions}))
    if design.by_region and design.periods < SHORT and design.correction == "none":
        found.append(Note("regression.uncorrected", values={"years": design.periods}))
    return found
