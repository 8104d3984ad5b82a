"""What a coefficient's p is worth: set against panels without effects, and without each region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo_resilience.spatial._methods import REGRESSIONS
from geo_resilience.spatial.regression._design import Design
from geo_resilience.spatial.regression._estimates import Estimates
from geo_resilience.spatial.regression._impacts import impact_weights
from geo_resilience.spatial.regression._likelihood import log_jacobian
from geo_resilience.spatial.regression._space_time_null import draw_null, fit_null
from geo_resilience.statistics._certainty import ALPHA
from geo_resilience.statistics._multiplicity import holm
from geo_resilience.statistics._repetitions import DRAWS_PER_TEST, NULL_DRAWS, Rng

#: Values of rho or lambda that are tried in each panel that was drawn.
_POINTS = 61

#: Most numbers in the panels that are looked at together.
_TOGETHER = 5_000_000


@dataclass(frozen=True, eq=False)
class Calibration:
    """What stands behind the slopes of a model (rows term) and its impacts (variable, effect).

    Columns p_null and p_holm; low_null and high_null, the 95 % interval that belongs to p_null: the
    estimate and, on both sides, the t that 5 % of the panels exceed times its clustered error;
    without_low and without_high, the estimate's range when each region is left out in turn, and
    most_influential, the key of the region that moves it most. Holm's correction is over the
    regressors: own slopes, slopes of spatial lags, and each kind of impact are a family each.
    """

    terms: pd.DataFrame
    impacts: pd.DataFrame


def calibrate(
    models: Mapping[str, Estimates], taken: Estimates, *, draws: int = NULL_DRAWS, rng: Rng = None
) -> dict[str, Calibration]:
    """Set models of one question against panels in which no regressor matters.

    - ``models`` (mapping of str to Model): with the same rows and effects, on neighbors.
    - ``taken``: the one whose errors the panels have.

    Notes
    -----
    Each panel has errors u_t = phi u_t-1 + v_t, v_t = lambda W v_t + e_t, phi and lambda drawn by
    their likelihood (`fit_null`), the effects taken out, and nothing of the regressors. p_null is
    the share of panels (the data among them) in which t is as large as in the data, t being the
    estimate over its standard error clustered by region, at the rho or lambda of that panel. t
    hardly depends on phi and lambda, and their errors of estimation are in the panels; so is what
    few regions with unlike regressors do to its tails.
    """
    design, generator = taken.design, np.random.default_rng(rng)
    # Enough that the correction over the regressors does not make every verdict impossible.
    draws = max(draws, DRAWS_PER_TEST * max(map(_regressors, models.values())) - 1)
    null = fit_null(design)
    step = max(1, _TOGETHER // design.y.size)
    sizes = [1, *(min(step, draws - at) for at in range(0, draws, step))]
    found: dict[str, list[np.ndarray]] = {name: [] for name in models}
    for place, size in enumerate(sizes):
        y = draw_null(design, null, size, generator) if place else design.y[:, :, None]
        spatial = any(REGRESSIONS[model.kind].spatial for model in models.values())
        lag = design.lag(y) if spatial else y[:0]
        for name, model in models.items():
            found[name].append(_statistics(model, y, lag))
    return {name: _told(model, np.hstack(found[name])) for name, model in models.items()}


def _regressors(model: Estimates) -> int:
    """Count what a correction is over: the slopes that are not those of spatial lags."""
    slopes = model.coefficients.index.drop("constant", errors="ignore")
    return len(slopes) - len(model.design.lagged)


def _told(model: Estimates, statistics: np.ndarray) -> Calibration:
    """Make tables of the statistics, of the data first, and of the estimates without a region."""
    size = np.abs(statistics)
    estimates, without = _without_each(model)
    moved = np.nan_to_num(np.abs(without - estimates)).argmax(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = _critical(size[:, 1:]) * np.abs(estimates / statistics[:, 0])
    table = pd.DataFrame(
        {
            "p_null": (size >= size[:, :1] * (1 - 1e-10)).mean(axis=1),
            "low_null": estimates - reach,
            "high_null": estimates + reach,
            "without_low": np.nanmin(without, axis=0),
            "without_high": np.nanmax(without, axis=0),
            "most_influential": np.array(model.design.keys, dtype=object)[moved],
        }
    )
    # What is zero by assumption has no test: indirect impacts without spatial lags.
    table.loc[~_combinations(model).any(axis=0)] = np.nan
    slopes = model.coefficients.index.drop("constant", errors="ignore")
    lagged = slopes.isin([f"W_{name}" for name in model.design.lagged])
    terms = table.iloc[: len(slopes)].set_axis(slopes)
    impacts = table.iloc[len(slopes) :].set_axis(impact_weights(model).index)
    families = (lagged, impacts.index.get_level_values("effect"))
    return Calibration(
        *(
            each.assign(p_holm=each["p_null"].astype(float).groupby(family).transform(holm))
            for each, family in zip((terms, impacts), families, strict=True)
        )
    )


def _critical(size: np.ndarray) -> np.ndarray:
    """Give the size of t above which p_null is at most .05; infinite where no size is enough."""
    draws = size.shape[1]
    beyond = int(ALPHA * (draws + 1) + 1e-9) - 1
    if beyond < 0:
        return np.full(len(size), np.inf)
    return np.asarray(np.sort(size, axis=1)[:, draws - 1 - beyond])


def _combinations(model: Estimates) -> np.ndarray:
    """Give the slopes and the impacts as combinations of the coefficients, in columns."""
    slopes = np.eye(len(model.coefficients))[:, model.coefficients.index != "constant"]
    return np.hstack([slopes, impact_weights(model).to_numpy().T])


def _statistics(model: Estimates, y: np.ndarray, lag_y: np.ndarray) -> np.ndarray:
    """Give t of every combination in panels of shape (T, n, m): shape (combinations, m)."""
    design, spatial = model.design, REGRESSIONS[model.kind].spatial
    combinations = _combinations(model)
    if not spatial:
        return _clustered_t(design.X, y, combinations)
    grid = _grid(design)
    if spatial == "rho":
        taken = grid[_best_rho(design, y, lag_y, grid)]
        return _clustered_t(design.X, y - taken * lag_y, combinations)
    lag_X = design.lag(design.X)
    best = _best_lambda(design, lag_X, (y, lag_y), grid)
    found = np.empty((combinations.shape[1], y.shape[2]))
    for place in np.unique(best):
        lam, these = grid[place], best == place
        left = y[:, :, these] - lam * lag_y[:, :, these]
        found[:, these] = _clustered_t(design.X - lam * lag_X, left, combinations)
    return found


def _clustered_t(X: np.ndarray, y: np.ndarray, combinations: np.ndarray) -> np.ndarray:
    """Give combinations of least squares over their error clustered by region, a panel a column."""
    flat, left = X.reshape(-1, X.shape[2]), y.reshape(-1, y.shape[2])
    inverse = np.linalg.inv(flat.T @ flat)
    beta = inverse @ (flat.T @ left)
    pull = (flat @ inverse @ combinations).reshape(*X.shape[:2], -1)
    residuals = (left - flat @ beta).reshape(y.shape)
    scores = np.matmul(pull.transpose(1, 2, 0), residuals.transpose(1, 0, 2))
    with np.errstate(invalid="ignore"):
        return np.asarray((combinations.T @ beta) / np.sqrt(np.square(scores).sum(axis=0)))


def _grid(design: Design) -> np.ndarray:
    """Give the values of rho or lambda that are tried."""
    assert design.spectrum is not None
    low, high = max(design.spectrum.low, -0.98), min(design.spectrum.high, 1.0)
    return np.linspace(low, high, _POINTS + 2)[1:-1]


def _profile(design: Design, grid: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """Give the place of the best likelihood in a grid, of sums of squares (grid, panels)."""
    jacobian = np.array([log_jacobian(design, float(each)) for each in grid])
    likelihood = design.free_periods * jacobian[:, None] - design.free / 2 * np.log(squares)
    return np.asarray(likelihood.argmax(axis=0))


def _best_rho(design: Design, y: np.ndarray, lag_y: np.ndarray, grid: np.ndarray) -> np.ndarray:
    X = design.flat(design.X)
    basis = np.linalg.qr(X)[0]
    plain, lag = (each - basis @ (basis.T @ each) for each in map(design.flat, (y, lag_y)))
    a, b, c = ((one * two).sum(axis=0) for one, two in ((plain, plain), (plain, lag), (lag, lag)))
    rho = grid[:, None]
    return _profile(design, grid, a - 2 * rho * b + rho**2 * c)


def _best_lambda(
    design: Design, lag_X: np.ndarray, panels: tuple[np.ndarray, np.ndarray], grid: np.ndarray
) -> np.ndarray:
    y, lag_y, X, lags = map(design.flat, (*panels, design.X, lag_X))
    a, b, c = ((one * two).sum(axis=0) for one, two in ((y, y), (y, lag_y), (lag_y, lag_y)))
    first, mixed, last = X.T @ y, X.T @ lag_y + lags.T @ y, lags.T @ lag_y
    squares = np.empty((grid.size, y.shape[1]))
    for place, lam in enumerate(grid):
        right = X - lam * lags
        cross = first - lam * mixed + lam**2 * last
        explained = (cross * np.linalg.solve(right.T @ right, cross)).sum(axis=0)
        squares[place] = a - 2 * lam * b + lam**2 * c - explained
    return _profile(design, grid, squares)


def _without_each(model: Estimates) -> tuple[np.ndarray, np.ndarray]:
    """Give the combinations with all regions, and without each: (regions, combinations).

    Cross products are freed of a region's rows, and of what they did to the means of the years;
    rho or lambda stays. Blank where the regressors of the others are collinear.
    """
    design, spatial = model.design, REGRESSIONS[model.kind].spatial
    left, right = design.y, design.X
    if spatial:
        value = float(model.spatial["estimate"].iloc[0])
        left = left - value * design.lag_y
        right = right - value * design.lag(right) if spatial == "lambda" else right
    # Columns of length 1: their units must not decide what counts as collinear.
    length = np.sqrt(np.square(right).sum(axis=(0, 1)))
    scaled = right / length
    both = np.concatenate([scaled, left[:, :, None]], axis=2)
    rows = both.transpose(1, 2, 0)
    weight = design.regions / (design.regions - 1) if design.by_year else 1.0
    own = rows @ rows.transpose(0, 2, 1)
    products = np.concatenate([np.zeros((1, *own.shape[1:])), weight * own])
    products = own.sum(axis=0) - products
    gram, cross = products[:, :-1, :-1], products[:, :-1, -1:]
    firm = np.linalg.cond(gram) < 1e12
    found = np.full((len(gram), len(length)), np.nan)
    found[firm] = np.linalg.solve(gram[firm], cross[firm])[:, :, 0] / length
    values = found @ _combinations(model)
    return values[0], values[1:]
