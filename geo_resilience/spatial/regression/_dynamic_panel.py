"""Dynamic panels: last year's score on the right side, its bias, older levels as instruments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.notes import Note
from geo_resilience.spatial.regression._design import check_region_effects, lay_out
from geo_resilience.spatial.regression._estimates import coefficient_table
from geo_resilience.spatial.regression._impacts import spawned
from geo_resilience.spatial.regression._lags import with_lag
from geo_resilience.spatial.regression._least_squares import ols_model
from geo_resilience.spatial.regression._models import Model
from geo_resilience.statistics._certainty import ALPHA
from geo_resilience.statistics._repetitions import BIAS_DRAWS, Rng
from geo_resilience.words import Phrase


@dataclass(frozen=True, eq=False)
class Moments:
    """A difference estimator with its tests; coefficients have robust standard errors.

    Tests "AR(1)", "AR(2)" are z of the autocorrelation of changes of residuals: the first is
    expected, the second refuses the instruments; "Sargan" is of all. Regions and periods (years of
    changes) stand behind it.
    """

    coefficients: pd.DataFrame
    tests: pd.DataFrame
    instruments: int
    regions: int
    periods: int


def arellano_bond(
    y: pd.Series,
    X: pd.DataFrame | pd.Series,
    *,
    interaction: str | None = None,
    center: bool = True,
    effects: str = "two-way",
    collapse: bool = True,
) -> Moments:
    """Estimate a dynamic panel in differences, one step, robust standard errors [1]_.

    Parameters
    ----------
    y, X, interaction, center
        As in `dynamic_model`: the changes of X are their own instruments, a product is
        instrumented as the lag is.
    effects : {"two-way", "region"}
        Whether each year of changes has a constant ("two-way").
    collapse : bool
        One instrument a distance in time, not one a distance and year: few regions bear no
        more [2]_.

    Returns
    -------
    Moments
        ``coefficients`` with robust standard errors; ``tests``: AR(1), AR(2), Sargan;
        ``instruments``, ``regions``, ``periods``.

    References
    ----------
    .. [1] Arellano, M. and Bond, S. (1991). Some tests of specification for panel data: Monte
       Carlo evidence and an application to employment equations. Review of Economic Studies,
       58(2), 277-297.
    .. [2] Roodman, D. (2009). A note on the theme of too many instruments. Oxford Bulletin of
       Economics and Statistics, 71(1), 135-158.

    Examples
    --------
    >>> import numpy as np
    >>> index = pd.MultiIndex.from_product([range(30), range(2010, 2020)], names=["adcode", "year"])
    >>> drawn = np.random.default_rng(0).normal(size=(300, 2))
    >>> x = pd.Series(drawn[:, 0], index, name="x")
    >>> y = x.groupby("adcode").cumsum().rename("y")
    >>> found = arellano_bond(y, x)
    >>> found.coefficients["estimate"].round(1).to_dict()
    {'y_lag': 1.0, 'x': 1.0}
    """
    X = X.to_frame() if isinstance(X, pd.Series) else X
    left, right = with_lag(y, X, interaction=interaction, center=center)
    design = lay_out(left, right)
    names = list(design.names[1:])
    values = design.X[:, :, 1:]
    if design.periods < 3:
        raise InputError("regression.too_few_years", years=design.periods + 1, least=4)
    inner = 2 if interaction is not None else 1
    change_y, change_X = np.diff(design.y, axis=0), np.diff(values, axis=0)
    blocks = [_levels(values[:, :, i], collapse) for i in range(inner)]
    Z = np.concatenate([*blocks, change_X[:, :, inner:]], axis=2)
    shown = len(names)
    if effects == "two-way":
        steps = change_y.shape[0]
        dummies = np.broadcast_to(np.eye(steps)[:, None, :], (steps, design.regions, steps))
        change_X, Z = (np.concatenate([part, dummies], axis=2) for part in (change_X, Z))
        names = names + [f"year {year}" for year in design.years[1:]]
    return _solve(change_y, change_X, Z, names, shown)


def _levels(values: np.ndarray, collapse: bool) -> np.ndarray:
    """Give for each year of changes the predetermined levels that stand before it.

    Row t of `values` is known one year before the innovation of row t, so the change from t - 1
    to t has the rows 0 ... t - 1 as instruments.
    """
    T, n = values.shape
    pairs = [(t, earlier) for t in range(1, T) for earlier in range(t)]
    place = [t - earlier - 1 if collapse else at for at, (t, earlier) in enumerate(pairs)]
    found = np.zeros((T - 1, n, max(place) + 1))
    for at, (t, earlier) in zip(place, pairs, strict=True):
        found[t - 1, :, at] = values[earlier]
    return found


def _solve(y: np.ndarray, X: np.ndarray, Z: np.ndarray, names: list[str], shown: int) -> Moments:
    """Give the one-step estimator, its sandwich and its tests; arrays (years, regions, ...)."""
    from scipy.special import chdtrc, ndtr

    steps, regions = y.shape
    y, X, Z = y.T, X.transpose(1, 0, 2), Z.transpose(1, 0, 2)
    band = 2 * np.eye(steps) - np.eye(steps, k=1) - np.eye(steps, k=-1)
    middle = np.einsum("ita,ts,isb->ab", Z, band, Z)
    # Instruments of size 1: their units must not decide which of them count as none.
    size = np.sqrt(np.diag(middle))
    size = np.where(size > 0, size, 1.0)
    Z, middle = Z / size, middle / np.outer(size, size)
    A = np.linalg.pinv(middle)
    ZX, Zy = np.einsum("ita,itb->ab", Z, X), np.einsum("ita,it->a", Z, y)
    bread = np.linalg.inv(ZX.T @ A @ ZX)
    half = bread @ ZX.T @ A
    beta = half @ Zy
    e = y - X @ beta
    scores = np.einsum("ita,it->ia", Z, e)
    meat = ZX.T @ A @ scores.T @ scores @ A @ ZX
    covariance = bread @ meat @ bread
    rows = {}
    for order in (1, 2):
        if order < steps:
            z = _autocorrelation(e, X, half, scores, covariance, order)
            rows[f"AR({order})"] = {"statistic": z, "df": 1, "p": 2 * ndtr(-abs(z))}
    count = int(np.linalg.matrix_rank(middle))
    sigma2 = float((e**2).sum()) / (2 * (e.size - X.shape[2]))
    total = scores.sum(axis=0)
    sargan, over = float(total @ A @ total) / sigma2, count - X.shape[2]
    p = float(chdtrc(over, sargan)) if over > 0 else np.nan
    rows["Sargan"] = {"statistic": sargan, "df": over, "p": p}
    table = coefficient_table(beta, covariance, names, None).iloc[:shown]
    tests = pd.DataFrame.from_dict(rows, orient="index").rename_axis("test")
    return Moments(table, tests, count, regions, steps)


def _autocorrelation(
    e: np.ndarray,
    X: np.ndarray,
    half: np.ndarray,
    scores: np.ndarray,
    covariance: np.ndarray,
    order: int,
) -> float:
    """Give z of the autocorrelation of changes of residuals, as Arellano and Bond's equation 8."""
    before = np.zeros_like(e)
    before[:, order:] = e[:, :-order]
    products = (before * e).sum(axis=1)
    pull = np.einsum("it,ita->a", before, X)
    cross = pull @ half @ (scores.T @ products)
    variance = float(products @ products - 2 * cross + pull @ covariance @ pull)
    return float(products.sum() / np.sqrt(variance)) if variance > 0 else float("nan")


@dataclass(frozen=True, eq=False)
class DynamicModel:
    """A dynamic panel, estimated in three ways.

    `within`: least squares with fixed effects, clustered by region; `jackknife`: half-panel
    jackknife; `moments`: Arellano and Bond's difference estimator. `bias` is Nickell's of the
    within coefficient of the lag, at the coefficient `implied` by it.
    """

    within: Model
    jackknife: pd.DataFrame
    moments: Moments
    bias: float
    implied: float
    notes: tuple[Note, ...]

    @property
    def coefficients(self) -> pd.DataFrame:
        """The within coefficients: estimate, se, z, p."""
        return self.within.coefficients

    def table(self) -> pd.DataFrame:
        """Give the three side by side: columns (estimator, estimate / se / p)."""
        parts = {
            "within": self.within.coefficients,
            "jackknife": self.jackknife,
            "arellano_bond": self.moments.coefficients,
        }
        kept = {name: part[["estimate", "se", "p"]] for name, part in parts.items()}
        return pd.concat(kept, axis=1).loc[self.within.coefficients.index]

    def summary(self, language: str = "en") -> str:
        """Give the within model's table, the two checks and the notes as plain text."""
        lines = [self.within.summary(language), "", self.table().round(4).to_string(), ""]
        lines += [self.moments.tests.round(4).to_string(), ""]
        return "\n".join([*lines, *(note.say(language) for note in self.notes)])


def dynamic_model(
    y: pd.Series,
    X: pd.DataFrame | pd.Series,
    *,
    interaction: str | None = None,
    center: bool = True,
    effects: str = "two-way",
    draws: int = BIAS_DRAWS,
    rng: Rng = None,
) -> DynamicModel:
    """Estimate y_it = phi y_i,t-1 + X beta + effects + e, with checks of its bias.

    Parameters
    ----------
    y : Series by (region, year), years without gaps
        At least four with a lag: the halves of the jackknife need two each.
    X : DataFrame or Series
        Regressors, held to be strictly exogenous.
    interaction : str, optional
        Column of X whose product with last year's y is a regressor too.
    center : bool
        Whether both are centered before they are multiplied.
    effects : {"two-way", "region"}
    draws : int
        Bootstrap samples of regions behind the jackknife's standard errors.
    rng : None, int or numpy.random.Generator
        Source of the samples.

    Returns
    -------
    DynamicModel
        ``within``: least squares with fixed effects; ``jackknife``: the half-panel jackknife;
        ``moments``: as `arellano_bond` gives it; ``bias`` of the within coefficient of the lag, at
        the coefficient ``implied`` by it; ``notes``.

    Notes
    -----
    Fixed effects bias the lag's coefficient downward by about (1 + phi) / (T - 1), however many
    regions there are [1]_: with five usable years more than half of a coefficient of 0.5. The
    half-panel jackknife takes the bias out to first order [2]_ and pays with variance; the
    difference estimator (`arellano_bond`) is consistent for many regions, and weak where y is
    persistent.

    References
    ----------
    .. [1] Nickell, S. (1981). Biases in dynamic models with fixed effects. Econometrica, 49(6),
       1417-1426.
    .. [2] Dhaene, G. and Jochmans, K. (2015). Split-panel jackknife estimation of fixed-effect
       models. Review of Economic Studies, 82(3), 991-1030.

    Examples
    --------
    >>> import numpy as np
    >>> index = pd.MultiIndex.from_product([range(30), range(2010, 2020)], names=["adcode", "year"])
    >>> drawn = np.random.default_rng(0).normal(size=(300, 2))
    >>> x = pd.Series(drawn[:, 0], index, name="x")
    >>> y = x.groupby("adcode").transform(lambda part: part.ewm(alpha=0.5).mean()).rename("y")
    >>> model = dynamic_model(y, x, draws=9, rng=0)
    >>> list(model.coefficients.index)
    ['y_lag', 'x']
    """
    check_region_effects(effects)
    X = X.to_frame() if isinstance(X, pd.Series) else X
    left, right = with_lag(y, X, interaction=interaction, center=center)
    periods = left.index.get_level_values(1).nunique()
    if periods < 4:
        raise InputError("regression.too_few_years", years=periods + 1, least=5)
    within = ols_model(left, right, effects=effects, se="clustered")
    jackknife = half_panel_jackknife(left, right, effects=effects, draws=draws, rng=rng)
    moments = arellano_bond(y, X, interaction=interaction, center=center, effects=effects)
    phi = float(within.coefficients["estimate"].iloc[0])
    implied = _implied(phi, periods)
    bias = nickell_bias(implied, periods)
    note = Note(
        "regression.nickell",
        values={
            "years": periods,
            "phi": f"{phi:.3f}",
            "bias": f"{bias:.3f}",
            "implied": f"{implied:.3f}" if implied < 0.999 else "≥ 1",
            "jackknife": f"{jackknife['estimate'].iloc[0]:.3f}",
            "moments": f"{moments.coefficients['estimate'].iloc[0]:.3f}",
        },
    )
    return DynamicModel(within, jackknife, moments, bias, implied, (note, *_against(moments)))


def _against(moments: Moments) -> list[Note]:
    """Say which tests speak against the instruments, or that these are too many."""
    p = moments.tests["p"]
    told = [
        Phrase(f"regression.against_{key}", {"p": f"{p[test]:.2g}"})
        for test, key, refused in (
            ("AR(1)", "ar1", p.get("AR(1)", 0.0) > ALPHA),
            ("AR(2)", "ar2", p.get("AR(2)", 1.0) <= ALPHA),
            ("Sargan", "sargan", p.get("Sargan", 1.0) <= ALPHA),
        )
        if refused
    ]
    if moments.instruments > moments.regions:
        counts = {"instruments": moments.instruments, "regions": moments.regions}
        told.append(Phrase("regression.against_many", counts))
    return [Note("regression.instruments_refused", values={"told": told})] if told else []


def nickell_bias(phi: float, periods: int) -> float:
    """Give the bias of the within coefficient of the lag when regions are many and years are few.

    About -(1 + phi) / (T - 1) with T the years with a lag, without other regressors; |phi| < 1, 1
    is taken as its limit. Nickell (1981), equation 18.

    Examples
    --------
    >>> round(nickell_bias(0.5, 5), 3)
    -0.331
    """
    T = periods
    near = 1 - phi if abs(1 - phi) > 1e-6 else 1e-6
    phi = 1 - near
    inner = 1 - (1 - phi**T) / (T * near)
    return -(1 + phi) / (T - 1) * inner / (1 - 2 * phi * inner / (near * (T - 1)))


def _implied(phi: float, periods: int) -> float:
    """Give the coefficient whose biased estimate this would be, at most 1."""
    from scipy.optimize import brentq

    def gap(true: float) -> float:
        return true + nickell_bias(true, periods) - phi

    if gap(0.999) <= 0:
        return 0.999
    if gap(-0.999) >= 0:
        return -0.999
    return float(brentq(gap, -0.999, 0.999))


def half_panel_jackknife(
    y: pd.Series,
    X: pd.DataFrame,
    *,
    effects: str = "two-way",
    draws: int = BIAS_DRAWS,
    rng: Rng = None,
) -> pd.DataFrame:
    """Correct fixed-effects estimates by those of the two halves of the years.

    2 theta - (T_1 theta_1 + T_2 theta_2) / T; for odd T the mean over the two ways to halve (Dhaene
    and Jochmans, as in `dynamic_model`). X holds last year's y among its columns.
    """
    raw = lay_out(y, X, effects=None)
    columns = raw.X[:, :, 1:]
    generator = spawned(rng)
    estimate = _jackknife(raw.y[None], columns[None], effects)[0]
    chosen = generator.integers(0, raw.regions, size=(draws, raw.regions))
    parts = [
        _jackknife(np.moveaxis(raw.y[:, some], 1, 0), np.moveaxis(columns[:, some], 1, 0), effects)
        for some in np.array_split(chosen, max(1, chosen.size * raw.periods // 500_000))
    ]
    covariance = np.atleast_2d(np.cov(np.concatenate(parts), rowvar=False))
    return coefficient_table(estimate, covariance, list(raw.names[1:]), None)


def _jackknife(y: np.ndarray, X: np.ndarray, effects: str) -> np.ndarray:
    """Correct each of several samples, y of shape (samples, T, n); gives (samples, k)."""
    T = y.shape[1]
    whole = _within(y, X, effects)
    cuts = {T // 2, T - T // 2}
    halves = [
        (
            cut * _within(y[:, :cut], X[:, :cut], effects)
            + (T - cut) * _within(y[:, cut:], X[:, cut:], effects)
        )
        / T
        for cut in sorted(cuts)
    ]
    return 2 * whole - np.mean(halves, axis=0)


def _within(y: np.ndarray, X: np.ndarray, effects: str) -> np.ndarray:
    """Give least squares of each sample, its effects taken out; the shortest where several fit."""
    left, right = _less_means(y[..., None], effects), _less_means(X, effects)
    left, right = (each.reshape(len(y), -1, each.shape[-1]) for each in (left, right))
    # Columns of length 1: their units must not decide which of them count as none.
    length = np.sqrt(np.square(right).sum(axis=1))
    length = np.where(length > 0, length, 1.0)
    right = right / length[:, None, :]
    turned = np.swapaxes(right, 1, 2)
    found = np.linalg.pinv(turned @ right, rcond=1e-13, hermitian=True) @ (turned @ left)
    return np.asarray(found[:, :, 0] / length)


def _less_means(values: np.ndarray, effects: str) -> np.ndarray:
    values = values - values.mean(axis=1, keepdims=True)
    return values - values.mean(axis=2, keepdims=True) if effects == "two-way" else values
