"""Do regions come closer: in spread (sigma), by catching up (beta)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.spatial.dynamics._panel import wide_panel
from geo_resilience.spatial.neighbors._alignment import Linked
from geo_resilience.spatial.regression._models import Model
from geo_resilience.statistics._associations import kendall, pearson
from geo_resilience.statistics._repetitions import Rng


@dataclass(frozen=True, eq=False)
class SigmaConvergence:
    """Spread of the regions by year and its trend.

    `table` has sd_log (standard deviation of logarithms, n) and cv by year. slope, se, p: trend of
    sd_log by least squares, p by Student's t. tau, tau_p: Kendall's with the years, exact. ratio:
    variance of logarithms, last year over first; ratio_p two-sided by Pitman and Morgan.
    """

    table: pd.DataFrame
    slope: float
    se: float
    p: float
    tau: float
    tau_p: float
    ratio: float
    ratio_p: float


def sigma_convergence(panel: pd.DataFrame) -> SigmaConvergence:
    """Follow the spread of positive values over the years.

    Parameters
    ----------
    panel : DataFrame
        Rows regions, columns years (at least three).

    Returns
    -------
    SigmaConvergence
        ``table``: sd_log and cv by year; ``slope``, ``se``, ``p``: the trend of sd_log; ``tau``,
        ``tau_p``: Kendall's with the years; ``ratio``, ``ratio_p``: variances of the last year over
        the first.

    Notes
    -----
    The first and the last year are of the same regions, so their variances are not independent:
    with s and d the sum and difference of the two years' logarithms, equal variances mean no
    correlation of s and d, tested with n - 2 degrees of freedom [1]_, [2]_. Regions count as
    independent, which neighbors are not: ratio_p describes and is no verdict.

    References
    ----------
    .. [1] Pitman, E. J. G. (1939). A note on normal correlation. Biometrika, 31(1/2), 9-12.
    .. [2] Carree, M. and Klomp, L. (1997). Testing the convergence hypothesis: a comment. Review
       of Economics and Statistics, 79(4), 683-686.

    Examples
    --------
    >>> panel = pd.DataFrame({2018: [1.0, 4.0], 2019: [1.0, 2.0], 2020: [1.0, 1.0]})
    >>> sigma_convergence(panel).table["sd_log"].round(3).tolist()
    [0.693, 0.347, 0.0]
    """
    found = wide_panel(panel, least=3, positive=True, years=True)
    logs = np.log(found)
    table = pd.DataFrame(
        {"sd_log": logs.std(ddof=0), "cv": found.std(ddof=0) / found.mean()}
    ).rename_axis("year")
    years = np.array([float(year) for year in table.index])
    tau, tau_p = kendall(years, table["sd_log"])
    first, last = logs.iloc[:, 0].to_numpy(), logs.iloc[:, -1].to_numpy()
    total, change = first + last, last - first
    ratio_p = np.nan
    if len(found) > 2 and np.ptp(total) > 0 and np.ptp(change) > 0:
        ratio_p = pearson(total, change)[1]
    return SigmaConvergence(
        table,
        *_line(years, table["sd_log"].to_numpy()),
        tau,
        tau_p,
        float(last.var() / first.var()) if first.var() > 0 else np.nan,
        ratio_p,
    )


def _line(x: np.ndarray, y: np.ndarray) -> tuple[float, float, float]:
    """Give slope, standard error and two-sided p of a straight line through three or more."""
    from scipy.special import stdtr

    spread, shared, _, height = np.cov(x, y, bias=True).flat
    free = len(x) - 2
    r = float(np.clip(shared / np.sqrt(spread * height), -1, 1)) if height > 0 else np.nan
    t = r * np.sqrt(free / ((1 - r + 1e-20) * (1 + r + 1e-20)))
    se = np.sqrt((1 - r**2) * height / spread / free)
    return float(shared / spread), float(se), float(2 * stdtr(free, -abs(t)))


@dataclass(frozen=True, eq=False)
class BetaConvergence:
    """Growth regressed on the logarithm of the start.

    beta, se, p are of the initial logarithm; r2 of spatial models is the squared correlation of
    growth and its fitted values. speed = -ln(1 + beta T) / T a year with speed_se by the delta
    method, NaN where 1 + beta T <= 0; half_life = ln 2 / speed in years, infinite or NaN where
    there is no convergence; periods T is the last year minus the first; model the regression with
    its controls.
    """

    beta: float
    se: float
    p: float
    r2: float
    speed: float
    speed_se: float
    half_life: float
    periods: int
    rho: float | None
    lam: float | None
    log_likelihood: float
    model: Model = field(repr=False)


def beta_convergence(
    panel: pd.DataFrame,
    neighbors: Linked | None = None,
    *,
    controls: pd.DataFrame | pd.Series | None = None,
    model: str = "lag",
    se: str = "classic",
    rng: Rng = None,
) -> BetaConvergence:
    """Regress average growth on the logarithm of the initial value.

    Parameters
    ----------
    panel : DataFrame
        Rows regions, columns years, values positive.
    neighbors : Neighbors or libpysal.graph.Graph, optional
        With it the regression is spatial.
    controls : DataFrame or Series by region, optional
        Conditional convergence: what the long run depends on.
    model : {"lag", "error", "durbin"}
        The spatial form, with neighbors.
    se : str
        Standard errors without neighbors, as in `ols_model`.
    rng : None, int or numpy.random.Generator
        Source of the draws behind the model's impacts.

    Returns
    -------
    BetaConvergence
        ``beta``, ``se``, ``p`` of the initial logarithm, ``r2``; ``speed`` a year and ``half_life``
        in years, NaN where they are undefined; ``model``: the regression.

    Notes
    -----
    ln(y_T / y_0) / T = a + b ln y_0 (+ controls), T = last year - first;
    b = -(1 - exp(-s T)) / T, so s = -ln(1 + b T) / T [1]_. With a spatial lag b is the effect
    before neighbors answer; `model.impacts` has it with their answer [2]_. Negative b is also what
    errors of measurement in the first year give.

    References
    ----------
    .. [1] Barro, R. J. and Sala-i-Martin, X. (1992). Convergence. Journal of Political Economy,
       100(2), 223-251.
    .. [2] Rey, S. J. and Montouri, B. D. (1999). US regional income convergence: a spatial
       econometric perspective. Regional Studies, 33(2), 143-156.

    Examples
    --------
    >>> import numpy as np
    >>> start = np.array([1.0, 2.0, 4.0, 8.0])
    >>> panel = pd.DataFrame({2010: start, 2015: start**0.5}, index=list("abcd"))
    >>> found = beta_convergence(panel)
    >>> round(found.beta, 3), round(found.speed, 3), round(found.half_life, 1)
    (-0.1, 0.139, 5.0)
    """
    from geo_resilience.spatial.regression._least_squares import ols_model
    from geo_resilience.spatial.regression._spatial_models import (
        durbin_model,
        error_model,
        lag_model,
    )

    growth, X, periods = _growth(panel, controls)
    fits = {"lag": lag_model, "error": error_model, "durbin": durbin_model}
    if model not in fits:
        raise InputError("regression.model_unknown", given=model, known=list(fits))
    if neighbors is None:
        fitted = ols_model(growth, X, se=se)
    else:
        fitted = fits[model](growth, X, neighbors, rng=rng)
    row = fitted.coefficients.loc["ln_initial"]
    beta, error = float(row["estimate"]), float(row["se"])
    speed, speed_se, half_life = _speed(beta, error, periods)
    return BetaConvergence(
        beta,
        error,
        float(row["p"]),
        fitted.r2,
        speed,
        speed_se,
        half_life,
        periods,
        fitted.rho,
        fitted.lam,
        fitted.log_likelihood,
        fitted,
    )


def _growth(
    panel: pd.DataFrame, controls: pd.DataFrame | pd.Series | None
) -> tuple[pd.Series, pd.DataFrame, int]:
    """Give growth a year, the logarithm of the start with the controls, and the years between."""
    found = wide_panel(panel, positive=True, years=True)
    periods = int(found.columns[-1]) - int(found.columns[0])
    first, last = np.log(found.iloc[:, 0]), np.log(found.iloc[:, -1])
    X = first.rename("ln_initial").to_frame()
    if controls is not None:
        other = controls.to_frame() if isinstance(controls, pd.Series) else controls
        X = X.join(other.loc[other.index.intersection(X.index)], how="left")
    return ((last - first) / periods).rename("growth"), X, periods


def _speed(beta: float, se: float, periods: int) -> tuple[float, float, float]:
    """Give speed, its standard error and the half-life, NaN where they are undefined."""
    left = 1 + beta * periods
    if left <= 0:
        return np.nan, np.nan, np.nan
    speed = float(-np.log(left) / periods)
    return speed, se / left, float(np.log(2) / speed) if speed > 0 else np.inf
