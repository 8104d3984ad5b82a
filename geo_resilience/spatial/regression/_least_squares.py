"""Least squares, with the spatial lags of X if wanted, and standard errors that assume less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.spatial.neighbors._alignment import Linked
from geo_resilience.spatial.regression._design import Design, lay_out
from geo_resilience.spatial.regression._diagnostics import diagnose
from geo_resilience.spatial.regression._likelihood import Fit, fit_least_squares
from geo_resilience.spatial.regression._models import Model, dress
from geo_resilience.statistics._repetitions import Rng

#: Kinds of standard errors of least squares.
STANDARD_ERRORS = ("classic", "hc0", "hc1", "hc2", "hc3", "clustered")


def ols_model(
    y: pd.Series,
    X: pd.DataFrame | pd.Series,
    neighbors: Linked | None = None,
    *,
    effects: str | None = None,
    se: str = "classic",
    clusters: pd.Series | None = None,
    rng: Rng = None,
) -> Model:
    """Estimate by least squares, with tests of its assumptions.

    Parameters
    ----------
    y, X, effects
        As in `lag_model`.
    neighbors : Neighbors or libpysal.graph.Graph, optional
        With it the residuals are tested for space.
    se : {"classic", "hc0", "hc1", "hc2", "hc3", "clustered"}
        Robust to heteroskedasticity, or to any dependence within clusters. z is Student's t, with
        the degrees of freedom that are left, or clusters - 1.
    clusters : Series, optional
        Cluster of each row; the region when left out.
    rng : None, int or numpy.random.Generator
        Source of the draws behind the impacts.

    Returns
    -------
    Model

    Examples
    --------
    >>> y = pd.Series([1.0, 2.1, 2.9, 4.2], index=list("abcd"), name="y")
    >>> x = pd.Series([0.0, 1.0, 2.0, 3.0], index=list("abcd"), name="x")
    >>> ols_model(y, x).coefficients["estimate"].round(3).to_dict()
    {'constant': 0.99, 'x': 1.04}
    """
    design = lay_out(y, X, neighbors, effects=effects)
    return _least_squares(design, "ols", se, clusters, rng)


def slx_model(
    y: pd.Series,
    X: pd.DataFrame | pd.Series,
    neighbors: Linked,
    *,
    effects: str | None = None,
    lagged: Sequence[str] | None = None,
    se: str = "classic",
    clusters: pd.Series | None = None,
    rng: Rng = None,
) -> Model:
    """Estimate y = X beta + W X theta + e by least squares.

    Impacts: direct beta, indirect theta times the mean row sum of W.

    Parameters
    ----------
    y, X, neighbors, effects, rng
        As in `lag_model`.
    lagged : sequence of str, optional
        Columns whose spatial lag is taken; all when left out.
    se, clusters
        As in `ols_model`.

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
    >>> model = slx_model(y, x, ring)
    >>> model.impacts["estimate"].round(1).to_dict()
    {('x', 'direct'): 2.0, ('x', 'indirect'): -1.0, ('x', 'total'): 1.0}
    """
    if neighbors is None:
        raise InputError("regression.neighbors_needed")
    durbin = True if lagged is None else list(lagged)
    design = lay_out(y, X, neighbors, effects=effects, durbin=durbin)
    return _least_squares(design, "slx", se, clusters, rng)


def _least_squares(
    design: Design, kind: str, se: str, clusters: pd.Series | None, rng: Rng
) -> Model:
    if se not in STANDARD_ERRORS:
        raise InputError("regression.se_unknown", given=se, known=STANDARD_ERRORS)
    fit = fit_least_squares(design)
    tests = diagnose(design, fit)
    degrees = design.degrees
    if se == "clustered":
        groups = _clusters(design, clusters)
        degrees = int(groups.max())
        fit = replace(fit, covariance=_clustered(design, fit, groups))
    elif se != "classic":
        fit = replace(fit, covariance=robust_covariance(design, fit, se))
    options: dict[str, Any] = {"method": "OLS", "tests": tests, "degrees": degrees}
    return dress(design, fit, kind=kind, se=se, rng=rng, **options)


def robust_covariance(design: Design, fit: Fit, kind: str) -> np.ndarray:
    """Give the covariance robust to heteroskedasticity, of kind hc0, hc1, hc2 or hc3.

    MacKinnon and White (1985), Journal of Econometrics, 29(3), 305-325.
    """
    X, e = design.flat(design.X), design.flat(fit.residuals)
    bread = np.linalg.inv(X.T @ X)
    leverage = np.einsum("ia,ab,ib->i", X, bread, X)
    # The rows' share of the fixed effects' own leverage: 1/T, 1/n, less the grand mean's.
    taken = X.shape[0] - design.degrees - X.shape[1]
    leverage = leverage + taken / X.shape[0]
    power = {"hc0": 0, "hc1": 0, "hc2": 1, "hc3": 2}[kind]
    squares = e**2 / (1 - leverage) ** power
    if kind == "hc1":
        squares = squares * X.shape[0] / design.degrees
    return np.asarray(bread @ (X.T * squares) @ X @ bread)


def _clusters(design: Design, clusters: pd.Series | None) -> np.ndarray:
    """Give a number from 0 for the cluster of each row of the flat arrays."""
    if clusters is None:
        return np.tile(np.arange(design.regions), design.periods)
    aligned = clusters.reindex(design.index)
    if aligned.isna().any():
        raise InputError("regression.cluster_missing", count=int(aligned.isna().sum()))
    codes = pd.factorize(aligned)[0]
    if codes.max() < 1:
        raise InputError("regression.one_cluster")
    found = np.empty_like(codes)
    found[design.order] = codes
    return found


def _clustered(design: Design, fit: Fit, groups: np.ndarray) -> np.ndarray:
    """Give the sandwich with scores summed by cluster, times G/(G-1) (N-1)/(N-K).

    K counts the coefficients and year effects; region effects are nested in regions (Cameron and
    Miller, 2015).
    """
    X, e = design.flat(design.X), design.flat(fit.residuals)
    rows, count = X.shape[0], int(groups.max()) + 1
    scores = np.zeros((count, X.shape[1]))
    np.add.at(scores, groups, X * e[:, None])
    bread = np.linalg.inv(X.T @ X)
    used = X.shape[1] + (design.periods - 1 if design.by_year else 0)
    scale = count / (count - 1) * (rows - 1) / (rows - used)
    return np.asarray(scale * bread @ scores.T @ scores @ bread)
