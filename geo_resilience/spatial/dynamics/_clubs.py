"""Club convergence: which regions move toward each other (the log t test)."""

from __future__ import annotations

from collections.abc import Sequence
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

    Returns
    -------
    LogT
        ``b``, ``se``, ``t`` of the slope, ``converges`` (t above -1.65), ``observations``,
        ``notes``.

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
    b, se, t = _Runs(found.to_numpy(), start).together(np.arange(len(found)))
    notes = (_short(years),) if years < FEW else ()
    return LogT(b, se, t, bool(t > BOUND), years - start + 1, notes)


def _short(years: int) -> Note:
    untold = "_no_p" if years < LEAST else ""
    return Note(f"regression.log_t_short{untold}", values={"years": years, "least": FEW})


class _Runs:
    """The log t regression of any set of regions, by the sums of what each is away from the mean.

    With d = y / mean - 1 over all regions, the spread of a set is (mean d^2 - (mean d)^2) over
    (1 + mean d)^2, so that sets that grow region by region cost a step each. Of one set, and of
    two regions, it is taken from the values themselves.
    """

    def __init__(self, values: np.ndarray, start: int) -> None:
        away = values / values.mean(axis=0) - 1
        self._values, self._start = values, start
        self._parts = np.stack([np.ones(away.shape), away, away**2])

    def together(self, members: Sequence[int] | np.ndarray) -> tuple[float, float, float]:
        """Give slope, standard error and t of one set."""
        values = self._values[members]
        spread = ((values / values.mean(axis=0) - 1) ** 2).mean(axis=0)
        b, se, t = self._regressed(spread[None])
        return float(b[0]), float(se[0]), float(t[0])

    def growing(self, members: Sequence[int] | np.ndarray) -> np.ndarray:
        """Give t of the first member and the second, of the first three, and so on."""
        return self._by_sums(self._parts[:, members].cumsum(axis=1)[:, 1:])

    def pairs(self, members: Sequence[int]) -> np.ndarray:
        """Give t of each member and the next."""
        one, other = self._values[members[:-1]], self._values[members[1:]]
        return self._regressed(((one - other) / (one + other)) ** 2)[2]

    def joined(self, members: Sequence[int], others: np.ndarray) -> np.ndarray:
        """Give t of a set with each of some others."""
        return self._by_sums(self._parts[:, members].sum(axis=1)[:, None] + self._parts[:, others])

    def _by_sums(self, sums: np.ndarray) -> np.ndarray:
        """Give t by sums over the members, shape (3, sets, years)."""
        mean = sums[1] / sums[0]
        spread = (sums[2] / sums[0] - mean**2) / (1 + mean) ** 2
        return self._regressed(np.maximum(spread, 1e-30))[2]

    def _regressed(self, spread: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give slope, standard error and t by the spread of each set, shape (sets, years)."""
        if (spread <= 0).any():
            raise InputError("regression.no_spread")
        time = np.arange(self._start, spread.shape[1] + 1)
        left = np.log(spread[:, :1] / spread[:, self._start - 1 :]) - 2 * np.log(np.log(time))
        X = np.column_stack([np.ones(time.size), np.log(time)])
        beta = np.linalg.lstsq(X, left.T, rcond=None)[0]
        se = _slope_errors(X, left.T - X @ beta)
        with np.errstate(divide="ignore"):
            t = np.where(se > 0, beta[1] / se, np.sign(beta[1]) * np.inf)
        return beta[1], se, t


def _slope_errors(X: np.ndarray, e: np.ndarray) -> np.ndarray:
    """Give the slopes' standard errors, quadratic spectral kernel, bandwidth of Andrews."""
    scores = X[:, :, None] * e[:, None]
    n = len(e)
    past, now = (each - each.mean(axis=0) for each in (scores[:-1, 1], scores[1:, 1]))
    own = np.square(past).sum(axis=0)
    rho = np.where(own > 0, (past * now).sum(axis=0) / np.where(own > 0, own, 1.0), 0.0)
    rho = np.clip(rho, -0.97, 0.97)
    width = 1.3221 * (4 * rho**2 / (1 - rho) ** 4 * n) ** 0.2
    meat = np.einsum("nis,njs->sij", scores, scores)
    for lag in range(1, n):
        weight = np.array([_quadratic_spectral(lag / each) if each > 0 else 0.0 for each in width])
        product = np.einsum("nis,njs->sij", scores[lag:], scores[:-lag])
        meat = meat + weight[:, None, None] * (product + product.transpose(0, 2, 1))
    bread = np.linalg.inv(X.T @ X)
    return np.asarray(np.sqrt(np.maximum((bread @ meat @ bread)[:, 1, 1], 0.0)))


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
        The t above which a region joins a core group; raised in steps until the club as a whole
        passes.

    Returns
    -------
    Clubs
        ``members``: club by region, from 1 (the highest), 0 for those that join none; ``table``: n,
        b, se, t by club; ``whole``: the test over all regions; ``notes``.

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
    runs, rest = _Runs(found.loc[order].to_numpy(), start), list(range(len(order)))
    club = np.zeros(len(order), dtype=int)
    rows: dict[int, tuple[int, float, float, float]] = {}
    while len(rest) > 1:
        everyone = runs.together(rest)
        members = rest if everyone[2] > BOUND else _next_club(runs, rest, critical)
        if not members:
            break
        club[members] = len(rows) + 1
        rows[len(rows) + 1] = (len(members), *runs.together(members))
        taken = set(members)
        rest = [place for place in rest if place not in taken]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["n", "b", "se", "t"])
    series = pd.Series(club, index=order, name="club").reindex(found.index)
    return Clubs(series, table.rename_axis("club"), whole, whole.notes)


def _next_club(runs: _Runs, rest: list[int], critical: float) -> list[int]:
    """Give the members of the highest club among the rest, none when no core is found."""
    core = _core(runs, rest)
    if not core:
        return []
    taken = set(core)
    others = np.array([place for place in rest if place not in taken], dtype=int)
    joined = runs.joined(core, others)
    while True:
        members = sorted([*core, *others[joined > critical].tolist()])
        if len(members) == len(core) or runs.together(members)[2] > BOUND:
            return members
        critical += 0.1


def _core(runs: _Runs, rest: list[int]) -> list[int]:
    """Give the run of regions, from the top, whose t is largest while it stays above the bound."""
    near = np.flatnonzero(runs.pairs(rest) > BOUND)
    if not len(near):
        return []
    first = int(near[0])
    t = runs.growing(rest[first:])
    below = np.flatnonzero(t <= BOUND)
    held = t[: max(1, below[0])] if len(below) else t
    return rest[first : first + 2 + int(np.argmax(held))]
