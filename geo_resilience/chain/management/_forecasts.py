"""The next year of a short series, with an interval, so that a warning can come before."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience.chain.inputoutput._flows import Array, named
from geo_resilience.errors import InputError

_METHODS = ("trend", "level")
#: Signal-to-noise ratios tried for the local level: 0 is a constant mean, the last a random walk.
_RATIOS = np.concatenate([[0.0], np.logspace(-4, 6, 401)])


def _trend(y: Array, times: Array, ahead: float) -> tuple[float, float, int]:
    """Forecast, its standard error and the degrees of freedom of a straight line."""
    n = len(y)
    centered = times - times.mean()
    slope = (centered @ y) / (centered @ centered)
    residual = y - y.mean() - slope * centered
    distance = ahead - times.mean()
    spread = np.sqrt(residual @ residual / (n - 2))
    error = spread * np.sqrt(1 + 1 / n + distance**2 / (centered @ centered))
    return float(y.mean() + slope * distance), float(error), n - 2


def _level(y: Array) -> tuple[float, float, int]:
    """Forecast, standard error and degrees of freedom of a local level, ratio by likelihood."""
    q = _RATIOS
    mean, P = np.full(q.shape, y[0]), 1 + q
    squares, logs = np.zeros(q.shape), np.zeros(q.shape)
    for value in y[1:]:
        F, surprise = P + 1, value - mean
        squares += surprise**2 / F
        logs += np.log(F)
        gain = P / F
        mean = mean + gain * surprise
        P = P * (1 - gain) + q
    degrees = len(y) - 1
    variance = squares / degrees
    with np.errstate(divide="ignore"):
        likelihood = -0.5 * (degrees * np.log(variance) + logs)
    best = int(np.argmax(likelihood))
    return float(mean[best]), float(np.sqrt(variance[best] * (P[best] + 1))), degrees


def forecast_next(
    panel: pd.DataFrame, *, method: str = "trend", coverage: float = 0.95
) -> pd.DataFrame:
    """Give the next year of every row, with a prediction interval.

    ``trend``: a straight line by least squares; ``s sqrt(1 + 1/n + (t* - mean t)^2 / Sxx)`` with t
    quantiles of n - 2 degrees of freedom. ``level``: a random walk seen with noise, ``y_t = m_t +
    e_t``, ``m_t+1 = m_t + u_t`` (exponential smoothing), the ratio of the two variances by maximum
    likelihood with a diffuse start, t quantiles of n - 1 degrees (parameter error is not in it).

    Parameters
    ----------
    panel : DataFrame, rows regions (or anything), columns years
        Blanks are left out for the trend; the level needs consecutive years up to the last.
    method : "trend" or "level"
    coverage : float
        Of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        The panel's index; columns year (the last plus 1), forecast, low, high, n (values used).
        NaN below four values. Six years carry little: the interval is wide for that reason.

    Raises
    ------
    InputError
        If years are no integers in the columns, or coverage is not between 0 and 1.

    References
    ----------
    .. [1] Harvey, A. C. (1989). Forecasting, Structural Time Series Models and the Kalman Filter.
       Cambridge University Press, chapter 4.

    Examples
    --------
    >>> panel = pd.DataFrame([[1.0, 2.0, 3.0, 4.0]], ["11"], [2020, 2021, 2022, 2023])
    >>> forecast_next(panel).round(6)
        year  forecast  low  high  n
    11  2024       5.0  5.0   5.0  4
    """
    from scipy.special import stdtrit

    if method not in _METHODS:
        raise InputError("chain.choice", option="method", found=method, known=_METHODS)
    if not 0 < coverage < 1:
        raise InputError("chain.coverage", found=coverage)
    years_given = pd.api.types.is_integer_dtype(panel.columns) and len(panel.columns)
    if not years_given or panel.columns.duplicated().any():
        raise InputError("chain.years", found=named(panel.columns))
    ordered = panel.sort_index(axis=1).astype(float)
    years = ordered.columns.to_numpy(dtype=float)
    rows = []
    for values in ordered.to_numpy():
        there = np.isfinite(values)
        if method == "level":
            # Only the unbroken stretch that ends in the last year.
            blank = np.flatnonzero(~there)
            gap = np.flatnonzero(np.diff(years) != 1)
            there = np.arange(len(values)) > max([-1, *blank, *gap])
        n = int(there.sum())
        if n < 4:
            rows.append((np.nan, np.nan, np.nan, n))
            continue
        found = (
            _trend(values[there], years[there], years[-1] + 1)
            if method == "trend"
            else _level(values[there])
        )
        half = stdtrit(found[2], (1 + coverage) / 2) * found[1]
        rows.append((found[0], found[0] - half, found[0] + half, n))
    table = pd.DataFrame(rows, index=panel.index, columns=["forecast", "low", "high", "n"])
    table.insert(0, "year", int(years[-1]) + 1)
    return table
