"""Lagrange multiplier tests: is there a lag or an error process that least squares left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.spatial.regression.design import Design, lay_out
from geo_resilience.spatial.regression.likelihood import fit_least_squares

__all__ = ["lagrange_table", "lm_tests", "test_table"]


def test_table(rows: Sequence[tuple[str, float, float]]) -> pd.DataFrame:
    """Give a table of chi-squared tests of rows (name, statistic, df): statistic, df, p."""
    from scipy.special import chdtrc

    names = pd.Index([name for name, _, _ in rows], name="test")
    statistic = np.array([value for _, value, _ in rows], dtype=float)
    df = np.array([degrees for _, _, degrees in rows], dtype=int)
    p = chdtrc(df, statistic)
    return pd.DataFrame({"statistic": statistic, "df": df, "p": p}, index=names)


def lm_tests(
    y: pd.Series,
    X: pd.DataFrame | pd.Series,
    neighbors: Any,
    *,
    effects: str | None = None,
    correction: str = "lee-yu",
) -> pd.DataFrame:
    """Test least squares for a left-out spatial lag or spatial error.

    Parameters
    ----------
    y : Series, n rows by region key or T n rows by (region, year)
    X : DataFrame or Series
        Regressors, without a constant.
    neighbors : libpysal.graph.Graph or object with ``.graph``
    effects : None, "region", "year" or "two-way"
    correction : {"lee-yu", "none"}
        With fixed effects, whether the tests are those of the n (T - 1) or (n - 1)(T - 1)
        independent combinations that are left, or of the T n demeaned rows as if independent.

    Returns
    -------
    DataFrame
        Rows LM-lag, LM-error, robust LM-lag, robust LM-error, SARMA; columns statistic, df, p.
        A robust statistic is NaN where W X b lies in the span of X.

    Raises
    ------
    InputError
        Wrong data, each problem with the way out.

    Notes
    -----
    With e and s2 the residuals and their variance, a = e'Wy / s2, c = e'We / s2,
    t = T tr(WW + W'W) and J = (W X b)'M (W X b) / s2 + t: LM-lag = a^2 / J, LM-error = c^2 / t,
    robust LM-lag = (a - c)^2 / (J - t), robust LM-error = (c - a t / J)^2 / (t (1 - t / J)) [1]_;
    panels as in [2]_, on the transformed data as in [3]_.

    Year effects leave an operator of trace -1, so that e'We has the mean -s2 a year where there
    is no space; the corrected form takes that out of a and c, and 2 (T tr)^2 / N out of t. The
    uncorrected form keeps it, and is too large by about T / (T - 1) besides: on 31 regions and
    six years it rejects a true null of 5 % in about one of ten.

    References
    ----------
    .. [1] Anselin, L., Bera, A. K., Florax, R. and Yoon, M. J. (1996). Simple diagnostic tests
       for spatial dependence. Regional Science and Urban Economics, 26(1), 77-104.
    .. [2] Elhorst, J. P. (2014). Spatial Econometrics: From Cross-Sectional Data to Spatial
       Panels. Springer, chapter 3.
    .. [3] Debarsy, N. and Ertur, C. (2010). Testing for spatial autocorrelation in a fixed
       effects panel data model. Regional Science and Urban Economics, 40(6), 453-470.
    """
    if neighbors is None:
        raise InputError("regression.neighbors_needed")
    return lagrange_table(lay_out(y, X, neighbors, effects=effects, correction=correction))


def lagrange_table(design: Design) -> pd.DataFrame:
    """Give the tests of `lm_tests` for data already laid out."""
    assert design.spectrum is not None
    matrix = design.spectrum.matrix
    fit = fit_least_squares(design)
    residuals, X = design.flat(fit.residuals), design.flat(design.X)
    a = float(residuals @ design.flat(design.lag_y)) / fit.sigma2
    c = float(residuals @ design.flat(design.lag(fit.residuals))) / fit.sigma2
    weight = float((matrix.T.multiply(matrix)).sum() + (matrix.multiply(matrix)).sum())
    trace = float(matrix.diagonal().sum())
    if design.adjusted:
        columns = np.asarray(matrix.sum(axis=0)).ravel()
        weight -= 1 + float(columns @ columns) / design.regions
        trace -= 1
    if design.correction != "none":
        # The score's mean; its share of the information goes to sigma squared.
        a, c = a - design.free_periods * trace, c - design.free_periods * trace
    t = design.free_periods * weight
    if design.correction != "none":
        t -= 2 * (design.free_periods * trace) ** 2 / design.free
    pull = design.flat(design.lag((X @ fit.beta).reshape(design.y.shape)))
    own = pull - X @ np.linalg.lstsq(X, pull, rcond=None)[0]
    extra = float(own @ own) / fit.sigma2
    J = extra + t
    lost = extra <= 1e-10 * t
    robust_lag = np.nan if lost else (a - c) ** 2 / extra
    robust_error = np.nan if lost else (c - a * t / J) ** 2 / (t * (1 - t / J))
    both = c**2 / t + (0.0 if lost else robust_lag)
    return test_table(
        [
            ("LM-lag", a**2 / J, 1),
            ("LM-error", c**2 / t, 1),
            ("robust LM-lag", robust_lag, 1),
            ("robust LM-error", robust_error, 1),
            ("SARMA", both, 2),
        ]
    )
