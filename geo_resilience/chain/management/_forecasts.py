"""The next year of short series with intervals, and how each way of forecasting did in the past."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from geo_resilience.chain.inputoutput._flows import named
from geo_resilience.errors import InputError
from geo_resilience.statistics._arrays import Array

#: Forecast, its standard error and degrees of freedom, a series a row.
_Ahead = tuple[Array, Array, int]
#: Signal-to-noise ratios tried for the local level: 0 is a constant mean, the last a random walk.
_RATIOS = np.concatenate([[0.0], np.logspace(-4, 6, 401)])
#: Values that a forecast needs.
FEWEST = 4
#: Series whose ratios are tried at once, so that their figures stay in the cache.
_SOME = 500


def _last(y: Array, times: Array, ahead: float) -> _Ahead:
    """Take the last value; the error is that of a random walk without drift."""
    squares = (np.diff(y, axis=1) ** 2 / np.diff(times)).mean(axis=1)
    return y[:, -1], np.sqrt(squares * (ahead - times[-1])), len(times) - 1


def _level(y: Array, times: Array, ahead: float) -> _Ahead:
    """Take a local level, the ratio of its variances by likelihood; some series at a time."""
    parts = [_some_levels(y[start : start + _SOME]) for start in range(0, len(y), _SOME)]
    middle, error = (np.concatenate(each) for each in zip(*parts, strict=True))
    return middle, error, y.shape[1] - 2


def _some_levels(y: Array) -> tuple[Array, Array]:
    q, rows = _RATIOS, np.arange(len(y))
    mean, P = np.repeat(y[:, :1], len(q), axis=1), 1 + q
    squares, logs = np.zeros(mean.shape), np.zeros(q.shape)
    for value in y[:, 1:].T:
        F, surprise = P + 1, value[:, None] - mean
        squares += surprise**2 / F
        logs += np.log(F)
        gain = P / F
        mean = mean + gain * surprise
        P = P * (1 - gain) + q
    used = y.shape[1] - 1
    variance = squares / used
    with np.errstate(divide="ignore"):
        likelihood = -0.5 * (used * np.log(variance) + logs)
    best = likelihood.argmax(axis=1)
    return mean[rows, best], np.sqrt(variance[rows, best] * (P[best] + 1))


def _slope(y: Array, times: Array) -> tuple[Array, Array]:
    centered = times - times.mean()
    return y @ centered / (centered @ centered), centered


def _damped(y: Array, times: Array, ahead: float) -> _Ahead:
    """Add half the slope of the straight line to the last value."""
    half = _slope(y, times)[0] / 2
    steps, distance = np.diff(times), ahead - times[-1]
    squares = ((np.diff(y, axis=1) - half[:, None] * steps) ** 2 / steps).mean(axis=1)
    n = len(times)
    drift = 0.3 * (n**2 + 1) / (n * (n**2 - 1))  # variance of the half slope of a random walk
    error = np.sqrt(squares * (distance + drift * distance**2))
    return y[:, -1] + half * distance, error, n - 2


def _trend(y: Array, times: Array, ahead: float) -> _Ahead:
    """Go on along the straight line by least squares."""
    slope, centered = _slope(y, times)
    n, mean, distance = len(times), y.mean(axis=1), ahead - times.mean()
    residual = y - mean[:, None] - slope[:, None] * centered
    spread = np.sqrt(np.square(residual).sum(axis=1) / (n - 2))
    error = spread * np.sqrt(1 + 1 / n + distance**2 / (centered @ centered))
    return mean + slope * distance, error, n - 2


#: Ways to forecast, the simplest first.
FORECASTS: Mapping[str, Callable[[Array, Array, float], _Ahead]] = {
    "last": _last,
    "level": _level,
    "damped": _damped,
    "trend": _trend,
}


def forecast_next(
    panel: pd.DataFrame,
    *,
    method: str = "last",
    coverage: float = 0.95,
    widening: float | pd.Series = 1.0,
    floor: float | pd.Series | None = None,
) -> pd.DataFrame:
    """Give the next year of every row, with a prediction interval.

    ``last``: the last value; ``s sqrt(h)`` with s^2 the mean squared change a year, h years ahead,
    t quantiles of n - 1 degrees of freedom (exact for a random walk). ``level``: a random walk seen
    with noise, ``y_t = m_t + e_t``, ``m_t+1 = m_t + u_t`` (exponential smoothing [1]_), the ratio
    of the two variances by maximum likelihood with a diffuse start; n - 2 degrees. ``damped``: the
    last value and half the slope of the straight line (the theta method [2]_ with full weight on
    the last value); s^2 is that of the changes about the half slope, n - 2 degrees. ``trend``: the
    straight line by least squares; ``s sqrt(1 + 1/n + (t* - mean t)^2 / Sxx)``, n - 2 degrees.

    Parameters
    ----------
    panel : DataFrame, rows regions (or anything), columns years
        Blanks are left out; the level needs consecutive years up to the last.
    method : "last", "level", "damped" or "trend"
    coverage : float
        Of the interval, between 0 and 1.
    widening : float or Series by row
        Factor of the interval's half width.
    floor : float or Series by row, optional
        Forecast and interval stay at or above it.

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
    .. [2] Hyndman, R. J. and Billah, B. (2003). Unmasking the Theta method. International Journal
       of Forecasting 19(2), 287-290.

    Examples
    --------
    >>> panel = pd.DataFrame([[1.0, 2.0, 3.0, 4.0]], ["11"], [2020, 2021, 2022, 2023])
    >>> forecast_next(panel, method="trend").round(6)
        year  forecast  low  high  n
    11  2024       5.0  5.0   5.0  4
    """
    from scipy.special import stdtrit

    if method not in FORECASTS:
        raise InputError("chain.choice", option="method", found=method, known=list(FORECASTS))
    if not 0 < coverage < 1:
        raise InputError("chain.coverage", found=coverage)
    years_given = pd.api.types.is_integer_dtype(panel.columns) and len(panel.columns)
    if not years_given or panel.columns.duplicated().any():
        raise InputError("chain.years", found=named(panel.columns))
    ordered = panel.sort_index(axis=1).astype(float)
    years, values = ordered.columns.to_numpy(dtype=float), ordered.to_numpy()
    there = np.isfinite(values)
    if method == "level":
        there = _unbroken(there, years)
    found, factor = np.full((len(values), 3), np.nan), np.broadcast_to(widening, len(values))
    for pattern in np.unique(there, axis=0):
        if pattern.sum() < FEWEST:
            continue
        rows = (there == pattern).all(axis=1)
        way = FORECASTS[method]
        middle, error, degrees = way(values[rows][:, pattern], years[pattern], years[-1] + 1)
        half = stdtrit(degrees, (1 + coverage) / 2) * error * factor[rows]
        found[rows] = np.column_stack([middle, middle - half, middle + half])
    table = pd.DataFrame(found, panel.index, ["forecast", "low", "high"])
    table = table.clip(lower=floor, axis=0)
    table.insert(0, "year", int(years[-1]) + 1)
    return table.assign(n=there.sum(axis=1))


def _unbroken(there: np.ndarray, years: Array) -> np.ndarray:
    """Keep only the stretch of consecutive years with values that ends in the last year."""
    jumps = np.append(np.diff(years) != 1, False)
    ends = ~there | jumps
    return np.asarray(there & (np.cumsum(ends[:, ::-1], axis=1)[:, ::-1] == 0))


def _stacked(frame: pd.DataFrame) -> pd.DataFrame:
    """Lay indicators below one another: rows (code, region), columns years."""
    parts = {str(code): frame[code].unstack() for code in frame.columns}
    return pd.concat(parts, names=["code", "region"]).sort_index(axis=1).astype(float)


def _floors(panel: pd.DataFrame) -> pd.Series:
    """Keep forecasts of an indicator that was never negative at or above 0."""
    least = panel.min(axis=1).groupby(level="code").transform("min")
    return pd.Series(np.where(least >= 0, 0.0, np.nan), panel.index)


def backtest(frame: pd.DataFrame, *, coverage: float = 0.8) -> pd.DataFrame:
    """Forecast each year from those before it by every method, and see how far off it was.

    Years before which fewer than four lie are not forecast; only what every method can forecast is
    counted. Errors are in standard deviations of the indicator over all rows.

    - ``frame``, rows MultiIndex (region, year), columns indicators
    - ``coverage``: of the intervals.

    Returns a row an indicator and method, and last those of all indicators together (code empty);
    columns code, method, n (forecasts), years (years forecast), rmse, coverage (share of the values
    that lay in the interval), widening (factor of the half width by which the intervals would have
    held their share; 1 where they did) and chosen (the method with the least mean rmse over the
    indicators; the simplest of equals). Empty with fewer than five years.

    References
    ----------
    .. [1] Tashman, L. J. (2000). Out-of-sample tests of forecasting accuracy: an analysis and
       review. International Journal of Forecasting 16(4), 437-450.
    """
    misses = _missed(_stacked(frame), coverage)
    columns = ["code", "method", "n", "years", "rmse", "coverage", "widening", "chosen"]
    if misses.empty:
        return pd.DataFrame(columns=columns)
    groups = [
        *misses.groupby(["code", "method"], sort=False),
        *misses.assign(code="").groupby(["code", "method"], sort=False),
    ]
    rows = [
        {"code": code, "method": way, **_judged(part, coverage)} for (code, way), part in groups
    ]
    table = pd.DataFrame(rows)
    order = np.argsort(pd.factorize(table["code"])[0], kind="stable")
    table = table.iloc[order].reset_index(drop=True)
    each = table[table["code"] != ""].groupby("method", sort=False)["rmse"].mean()
    table.loc[table["code"] == "", "rmse"] = each.to_numpy()
    return table.assign(chosen=table["method"] == each.round(12).idxmin())[columns]


def _missed(panel: pd.DataFrame, coverage: float) -> pd.DataFrame:
    """Give the error of every forecast, in standard deviations and in half widths."""
    spread = panel.stack().groupby(level="code").std(ddof=0)
    spread = spread.reindex(panel.index.get_level_values("code")).set_axis(panel.index)
    panel = panel[spread > 0]
    parts = []
    for year in [each for each in panel.columns if each - 1 in panel.columns]:
        past = panel.loc[:, panel.columns < year]
        if past.shape[1] < FEWEST:
            continue
        ways = {}
        for way in FORECASTS:
            found = forecast_next(past, method=way, coverage=coverage)
            half = found["high"] - found["forecast"]
            off = (panel[year] - found["forecast"].clip(lower=_floors(past))).abs()
            ratio = (off / half).where(half > 0, np.where(off > 0, np.inf, 0.0)).where(off.notna())
            ways[way] = pd.DataFrame({"off": off / spread, "ratio": ratio, "year": year})
        common = np.logical_and.reduce([each["off"].notna() for each in ways.values()])
        parts += [each[common].assign(method=way) for way, each in ways.items()]
    if not parts:
        return pd.DataFrame()
    return pd.concat(parts).reset_index("code").reset_index(drop=True)


def _judged(misses: pd.DataFrame, coverage: float) -> dict[str, float]:
    ratios, off = misses["ratio"].to_numpy(float), misses["off"].to_numpy(float)
    finite = ratios[np.isfinite(ratios)]
    return {
        "n": len(misses),
        "years": len(np.unique(misses["year"])),
        "rmse": float(np.sqrt(np.square(off).mean())),
        "coverage": float((ratios <= 1).mean()),
        "widening": max(1.0, float(np.quantile(finite, coverage))) if len(finite) else 1.0,
    }


def outlook(
    frame: pd.DataFrame, *, method: str = "best", coverage: float = 0.8
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Forecast the year after the last of every indicator and region, by what forecast best so far.

    - ``frame``, rows MultiIndex (region, year), columns indicators
    - ``method``: ``best`` takes the winner of `backtest`, and the last value where the years are
      too few.
    - ``coverage``: of the intervals, widened where in the back-test they held less.

    Returns a row a region and code (columns region, year, code, method, forecast, low, high,
    coverage, n), and the back-test, its column chosen the method taken.
    """
    tried = backtest(frame, coverage=coverage)
    if method == "best":
        method = str(tried.loc[tried["chosen"], "method"].iloc[0]) if len(tried) else "last"
    tried["chosen"] = tried["method"] == method
    widths = tried[tried["chosen"]].set_index("code")["widening"]
    panel = _stacked(frame)
    codes = panel.index.get_level_values("code")
    ahead = forecast_next(
        panel,
        method=method,
        coverage=coverage,
        widening=pd.Series(codes.map(widths).to_numpy(float), panel.index).fillna(1.0),
        floor=_floors(panel),
    )
    ahead = ahead.reset_index().assign(method=method, coverage=coverage)
    ahead["place"] = pd.factorize(ahead["code"])[0]
    ahead = ahead.sort_values(["region", "place"], kind="stable", ignore_index=True)
    columns = ["region", "year", "code", "method", "forecast", "low", "high", "coverage", "n"]
    return ahead[columns], tried
