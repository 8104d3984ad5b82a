"""Club convergence: which regions move toward each other (the log t test)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.notes import Note
from geo_resilience.spatial.dynamics._panel import wide_panel

#: One-sided 5 % bound of the t statistic below which convergence is refused.
BOUND = -1.65

#: Years below which the test's large-T theory carries little.
FEW = 20

#: Years below which it carries so little that a p would be read as what it is not.
LEAST = 10


@dataclass(frozen=True)
class LogT:
    """The log t regression: slope on ln t, standard error robust to autocorrelation, their ratio.

    It converges while t > -1.65, that is, convergence is not refused; observations are the years in
    the regression.
    """

    b: float
    se: float
    t: float
    converges: bool
    observations: int
    notes: tuple[Note, ...]


@dataclass(frozen=True, eq=False)
class Clubs:
    """Convergence clubs: members by region, from 1 (the highest), 0 for those that join none.

    `table` has n, b, se, t by club; `whole` is the test over all regions.
    """

    members: pd.Series
    table: pd.DataFrame
    whole: LogT
    notes: tuple[Note, ...]


def log_t(panel: pd.DataFrame, *, discard: float = 0.3) -> LogT:
    """Test whether all regions converge in level or growth.

    Parameters
    ----------
    panel : DataFrame
        Rows regions, columns years in sequence, values positive (logarithms, say, or an index;
        their trend, without the business cycle).
    discard : float
        Share of the years, from the first on, left out of the regression.

    Notes
    -----
    h_it = y_it / mean_i y_it, H_t = mean_i (h_it - 1)^2;
    ln(H_1 / H_t) - 2 ln ln t = a + b ln t for t = [r T], ..., T (from the second year on, since
    ln ln 1 is undefined) [1]_. Standard errors: quadratic spectral kernel with Andrews's
    automatic bandwidth [2]_.

    References
    ----------
    .. [1] Phillips, P. C. B. and Sul, D. (2007). Transition modeling and econometric convergence
       tests. Econometrica, 75(6), 1771-1855.
    .. [2] Andrews, D. W. K. (1991). Heteroskedasticity and autocorrelation consistent covariance
       matrix estimation. Econometrica, 59(3), 817-858.

    Examples
    --------
    >>> years = np.arange(1, 31)
    >>> gaps = zip("abcd", [4, 2, 1, 0])
    >>> log_t(pd.DataFrame({region: 10 + gap / years for region, gap in gaps}).T).converges
    True
    """
    found = wide_panel(panel, least=2, positive=True)
    if not 0 <= discard < 1:
        raise InputError("regression.level", given=discard)
    years = found.shape[1]
    start = max(int(discard * years), 2)
    if years - start + 1 < 4:
        raise InputError("regression.too_few_years", years=years, least=5)
    b, se, t = _log_t(found.to_numpy(), start)
    notes = (_short(years),) if years < FEW else ()
    return LogT(b, se, t, bool(t > BOUND), years - start + 1, notes)


def _short(years: int) -> Note:
    untold = "_no_p" if years < LEAST else ""
    return Note(f"regression.log_t_short{untold}", values={"years": years, "least": FEW})


def _log_t(values: np.ndarray, start: int) -> tuple[float, float, float]:
    relative = values / values.mean(axis=0)
    spread = ((relative - 1) ** 2).mean(axis=0)
    if (spread <= 0).any():
        raise InputError("regression.no_spread")
    time = np.arange(start, values.shape[1] + 1)
    left = np.log(spread[0] / spread[start - 1 :]) - 2 * np.log(np.log(time))
    X = np.column_stack([np.ones(time.size), np.log(time)])
    beta = np.linalg.lstsq(X, left, rcond=None)[0]
    se = _slope_error(X, left - X @ beta)
    return float(beta[1]), se, float(beta[1] / se) if se > 0 else float(np.sign(beta[1]) * np.inf)


def _slope_error(X: np.ndarray, e: np.ndarray) -> float:
    """Give the slope's standard error, quadratic spectral kernel, bandwidth of Andrews."""
    scores = X * e[:, None]
    n = e.size
    one = scores[:, 1]
    past, now = one[:-1] - one[:-1].mean(), one[1:] - one[1:].mean()
    rho = float(past @ now / (past @ past)) if past @ past > 0 else 0.0
    rho = float(np.clip(rho, -0.97, 0.97))
    width = 1.3221 * (4 * rho**2 / (1 - rho) ** 4 * n) ** 0.2
    meat = scores.T @ scores
    for lag in range(1, n):
        weight = _quadratic_spectral(lag / width) if width > 0 else 0.0
        product = scores[lag:].T @ scores[:-lag]
        meat = meat + weight * (product + product.T)
    bread = np.linalg.inv(X.T @ X)
    return float(np.sqrt(max((bread @ meat @ bread)[1, 1], 0.0)))


def _quadratic_spectral(x: float) -> float:
    y = 6 * np.pi * x / 5
    return float(3 / y**2 * (np.sin(y) / y - np.cos(y)))


def convergence_clubs(panel: pd.DataFrame, *, discard: float = 0.3, critical: float = 0.0) -> Clubs:
    """Sort regions into clubs that converge within themselves.

    Order by the last year; find a core group at the top; let each other region join that does not
    spoil it; repeat with the rest (Phillips and Sul, as in `log_t`).

    Parameters
    ----------
    panel, discard
        As in `log_t`.
    critical : float
        t above which a region joins a core group; raised in steps until the club as a whole passes.

    Examples
    --------
    >>> years = np.arange(1, 31)
    >>> rich = {region: 20 + gap / years for region, gap in zip("abcd", [4, 2, 1, 0])}
    >>> poor = {region: 10 + gap / years for region, gap in zip("wxyz", [4, 2, 1, 0])}
    >>> convergence_clubs(pd.DataFrame(rich | poor).T).members.to_dict()
    {'a': 1, 'b': 1, 'c': 1, 'd': 1, 'w': 2, 'x': 2, 'y': 2, 'z': 2}
    """
    whole = log_t(panel, discard=discard)
    found = wide_panel(panel, positive=True)
    start = max(int(discard * found.shape[1]), 2)
    order = found.iloc[:, -1].sort_values(ascending=False, kind="stable").index
    values, rest = found.loc[order].to_numpy(), list(range(len(order)))
    club = np.zeros(len(order), dtype=int)
    rows: dict[int, tuple[int, float, float, float]] = {}
    while len(rest) > 1:
        everyone = _log_t(values[rest], start)
        members = rest if everyone[2] > BOUND else _next_club(values, rest, start, critical)
        if not members:
            break
        club[members] = len(rows) + 1
        rows[len(rows) + 1] = (len(members), *_log_t(values[members], start))
        rest = [place for place in rest if place not in set(members)]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["n", "b", "se", "t"])
    series = pd.Series(club, index=order, name="club").reindex(found.index)
    return Clubs(series, table.rename_axis("club"), whole, whole.notes)


def _next_club(values: np.ndarray, rest: list[int], start: int, critical: float) -> list[int]:
    """Give the members of the highest club among the rest, none when no core is found."""
    core = _core(values, rest, start)
    if not core:
        return []
    others = [place for place in rest if place not in set(core)]
    joined = {place: _log_t(values[[*core, place]], start)[2] for place in others}
    while True:
        members = sorted([*core, *(place for place, t in joined.items() if t > critical)])
        if len(members) == len(core) or _log_t(values[members], start)[2] > BOUND:
            return members
        critical += 0.1


def _core(values: np.ndarray, rest: list[int], start: int) -> list[int]:
    """Give the run of regions, from the top, whose t is largest while it stays above the bound."""
    for first in range(len(rest) - 1):
        if _log_t(values[rest[first : first + 2]], start)[2] <= BOUND:
            continue
        best, size = -np.inf, 2
        for last in range(first + 2, len(rest) + 1):
            t = _log_t(values[rest[first:last]], start)[2]
            if t <= BOUND:
                break
            if t > best:
                best, size = t, last - first
        return rest[first : first + size]
    return []
