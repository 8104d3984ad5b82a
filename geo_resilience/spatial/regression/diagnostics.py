"""What the residuals of least squares say about its assumptions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience.spatial.regression.design import Design
from geo_resilience.spatial.regression.lagrange import lagrange_table, test_table
from geo_resilience.spatial.regression.likelihood import Fit

__all__ = ["condition_number", "diagnose", "residual_moran"]


def condition_number(X: np.ndarray) -> float:
    """Give the condition number of columns scaled to length 1; beyond 30 they are near collinear.

    References
    ----------
    .. [1] Belsley, D. A., Kuh, E. and Welsch, R. E. (1980). Regression Diagnostics. Wiley.
    """
    return float(np.linalg.cond(X / np.sqrt((X**2).sum(axis=0))))


def diagnose(design: Design, fit: Fit) -> pd.DataFrame:
    """Test residuals of least squares: normal, of one variance, free of space.

    Parameters
    ----------
    design : Design
    fit : Fit
        By `fit_least_squares`.

    Returns
    -------
    DataFrame
        Columns statistic, df, p. Rows: condition number (no test), Jarque-Bera, Breusch-Pagan,
        Koenker-Bassett, White where rows allow; with neighbors Moran's I of the residuals
        (statistic z; one year without effects) and the LM tests.

    References
    ----------
    .. [1] Anselin, L. and Rey, S. J. (2014). Modern Spatial Econometrics in Practice. GeoDa
       Press.
    """
    from scipy import stats

    X, e = design.flat(design.X), design.flat(fit.residuals)
    rows = [jarque_bera(e), *heteroskedasticity(X, e)]
    table = test_table(rows)
    head = pd.DataFrame(
        {"statistic": [condition_number(X)], "df": [0], "p": [np.nan]},
        index=pd.Index(["condition number"], name="test"),
    )
    parts = [head, table]
    if design.spectrum is not None:
        if design.periods == 1:
            z = residual_moran(design, fit)[3]
            p = 2 * stats.norm.sf(abs(z))
            row = {"statistic": [z], "df": [1], "p": [p]}
            parts.append(pd.DataFrame(row, index=pd.Index(["Moran (z)"], name="test")))
        parts.append(lagrange_table(design))
    return pd.concat(parts)


def jarque_bera(e: np.ndarray) -> tuple[str, float, float]:
    """Test normality by skewness and kurtosis."""
    e = e - e.mean()
    variance = (e**2).mean()
    skewness, kurtosis = (e**3).mean() / variance**1.5, (e**4).mean() / variance**2
    return "Jarque-Bera", e.size / 6 * (skewness**2 + (kurtosis - 3) ** 2 / 4), 2


def heteroskedasticity(X: np.ndarray, e: np.ndarray) -> list[tuple[str, float, float]]:
    """Test one variance: Breusch-Pagan, its studentized form, White with squares and products."""
    n = e.size
    plain = X[:, np.ptp(X, axis=0) > 0]
    if plain.shape[1] == 0:
        return []
    Z = np.column_stack([np.ones(n), plain])
    squares = e**2
    share = _explained(Z, squares)
    scaled = squares / squares.mean()
    first = share * ((scaled - 1) ** 2).sum() / 2
    df = np.linalg.matrix_rank(Z) - 1
    rows = [("Breusch-Pagan", first, df), ("Koenker-Bassett", n * share, df)]
    k = plain.shape[1]
    products = [plain[:, i] * plain[:, j] for i in range(k) for j in range(i, k)]
    full = np.column_stack([Z, *products])
    full = full / np.sqrt((full**2).sum(axis=0))
    rank = np.linalg.matrix_rank(full)
    if rank < n - 5:
        rows.append(("White", n * _explained(full, squares), rank - 1))
    return rows


def _explained(Z: np.ndarray, values: np.ndarray) -> float:
    """Give R squared of the values on Z, which holds a constant."""
    fitted = Z @ np.linalg.lstsq(Z, values, rcond=None)[0]
    return float(1 - ((values - fitted) ** 2).sum() / ((values - values.mean()) ** 2).sum())


def residual_moran(design: Design, fit: Fit) -> tuple[float, float, float, float]:
    """Give Moran's I of least squares residuals, its mean, variance and z under normality.

    References
    ----------
    .. [1] Cliff, A. D. and Ord, J. K. (1981). Spatial Processes. Pion, chapter 8.
    """
    assert design.spectrum is not None
    W, X, e = design.spectrum.matrix, design.flat(design.X), design.flat(fit.residuals)
    n, k = X.shape
    scale = n / W.sum()
    inverse = np.linalg.inv(X.T @ X)
    WX, TX = W @ X, W.T @ X
    mixed = inverse @ (X.T @ WX)
    trace = W.diagonal().sum() - np.trace(mixed)
    same = (W.multiply(W.T)).sum() - 2 * np.trace(inverse @ (TX.T @ WX)) + np.trace(mixed @ mixed)
    cross = (
        (W.multiply(W)).sum()
        - np.trace(inverse @ (TX.T @ TX))
        - np.trace(inverse @ (WX.T @ WX))
        + np.trace(mixed @ inverse @ (X.T @ TX))
    )
    value = scale * float(e @ (W @ e)) / float(e @ e)
    expected = scale * trace / (n - k)
    second = scale**2 * (cross + same + trace**2) / ((n - k) * (n - k + 2))
    variance = float(second - expected**2)
    return value, float(expected), variance, float((value - expected) / np.sqrt(variance))
