"""Maximum likelihood of lag and error models, concentrated on rho or lambda."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from geo_resilience.errors import UndefinedError
from geo_resilience.spatial.neighbors._spectrum import gram_trace
from geo_resilience.spatial.regression._design import Design

_EDGE = 1e-4


@dataclass(frozen=True)
class Fit:
    """Estimates before they are dressed as a model.

    `spatial` is rho or lambda, `sigma2` the sum of squares over the observations that count in the
    likelihood, `covariance` that of (beta, spatial), residuals of shape (T, n), and `trace_error`
    the relative standard error of tr G'G where it was drawn.
    """

    beta: np.ndarray
    spatial: float | None
    sigma2: float
    log_likelihood: float
    covariance: np.ndarray
    residuals: np.ndarray
    trace_error: float = 0.0


def normal_log_likelihood(sum_of_squares: float, observations: int) -> float:
    """Give the normal log likelihood at its maximum over sigma squared."""
    return float(
        -observations / 2 * (np.log(2 * np.pi) + np.log(sum_of_squares / observations) + 1)
    )


def fit_least_squares(design: Design) -> Fit:
    """Estimate by least squares; the covariance takes the unbiased sigma squared."""
    X, y = design.flat(design.X), design.flat(design.y)
    beta, *_ = np.linalg.lstsq(X, y, rcond=None)
    residuals = y - X @ beta
    squares = float(residuals @ residuals)
    covariance = squares / design.degrees * np.linalg.inv(X.T @ X)
    likelihood = normal_log_likelihood(squares, design.free)
    shape = design.y.shape
    return Fit(beta, None, squares / design.free, likelihood, covariance, residuals.reshape(shape))


def log_jacobian(design: Design, rho: float) -> float:
    """Give ln|I - rho W| of one year, less the unit root that year effects took out."""
    assert design.spectrum is not None
    value = design.spectrum.log_det(rho)
    return value - float(np.log(1 - rho)) if design.adjusted else value


def traces(design: Design, rho: float) -> tuple[float, float, float, float]:
    """Give tr G, tr GG, tr G'G of one year and the relative error of the last.

    With year effects taken out, of the operator on what is left: its unit root gone, and G
    centered over the regions.
    """
    assert design.spectrum is not None
    first, second, _ = design.spectrum.traces(np.array([rho]))
    gram = gram_trace(design.spectrum, rho)
    one, two, three = float(first[0]), float(second[0]), gram.value
    if design.adjusted:
        one, two = one - 1 / (1 - rho), two - 1 / (1 - rho) ** 2
        three -= gram.column_sums / design.regions
    return one, two, three, gram.error / gram.value


def _polish(design: Design, value: float, slope: Callable[[float], float]) -> float:
    """Bring a maximum to machine precision by the root of the slope, where traces are cheap."""
    from scipy.optimize import brentq

    assert design.spectrum is not None
    if design.spectrum.eigenvalues is None:
        return value
    low, high = value - 1e-6, value + 1e-6
    if not (design.spectrum.low < low and high < design.spectrum.high):
        return value

    def whole(point: float) -> float:
        trace = float(design.spectrum.traces(np.array([point]))[0][0])  # type: ignore[union-attr]
        if design.adjusted:
            trace -= 1 / (1 - point)
        return slope(point) - design.free_periods * trace

    if whole(low) * whole(high) >= 0:
        return value
    return float(brentq(whole, low, high, xtol=1e-15))


def _maximize(
    design: Design,
    objective: Callable[[float], float],
    slope: Callable[[float], float],
    symbol: str,
) -> float:
    """Find the maximum within the bounds of rho; refuse one that leans on a bound.

    `slope` is the derivative of the objective without its determinant.
    """
    from scipy.optimize import minimize_scalar

    assert design.spectrum is not None
    low, high = design.spectrum.low, design.spectrum.high
    if design.spectrum.eigenvalues is not None:
        width = (high - low) / 41
        grid = np.linspace(low + width, high - width, 40)
        best = int(np.argmax([objective(float(value)) for value in grid]))
        inner = (
            low if best == 0 else float(grid[best - 1]),
            high if best == grid.size - 1 else float(grid[best + 1]),
        )
    else:
        inner = (low, high)
    margin = 1e-9 * (high - low)
    found = minimize_scalar(
        lambda value: -objective(value),
        bounds=(max(inner[0], low + margin), min(inner[1], high - margin)),
        method="bounded",
        options={"xatol": 1e-10, "maxiter": 200},
    )
    value = _polish(design, float(found.x), slope)
    _refuse_bound(design, value, symbol, _EDGE)
    return value


def _refuse_bound(design: Design, value: float, symbol: str, edge: float) -> None:
    """Refuse rho or lambda within a share of the range from its bounds, or beyond."""
    assert design.spectrum is not None
    low, high = design.spectrum.low, design.spectrum.high
    if not min(value - low, high - value) > edge * (high - low):
        told = {"symbol": symbol, "value": f"{value:.5f}", "low": low, "high": high}
        raise UndefinedError("regression.at_bound", **told)


def _refuse_perfect(squares: float, y: np.ndarray) -> None:
    """Refuse data without an error: their likelihood has no bound."""
    if squares <= 1e-20 * float(y @ y):
        raise UndefinedError("regression.perfect_fit")


def fit_lag(design: Design) -> Fit:
    """Estimate y = rho W y + X beta + e by maximum likelihood.

    With e0, e1 the residuals of y and W y on X, the concentrated log likelihood is
    -N/2 ln((e0 - rho e1)'(e0 - rho e1) / N) + T ln|I - rho W| (Anselin, 1988, chapter 12). The
    covariance is the inverse of the expected information.
    """
    X, y, lag = design.flat(design.X), design.flat(design.y), design.flat(design.lag_y)
    both, *_ = np.linalg.lstsq(X, np.column_stack([y, lag]), rcond=None)
    e0, e1 = (np.column_stack([y, lag]) - X @ both).T
    a, b, c = float(e0 @ e0), float(e0 @ e1), float(e1 @ e1)
    _refuse_perfect(a, y)
    free, periods = design.free, design.free_periods

    def objective(rho: float) -> float:
        squares = a - 2 * rho * b + rho**2 * c
        return normal_log_likelihood(squares, free) + periods * log_jacobian(design, rho)

    def slope(rho: float) -> float:
        return free * (b - rho * c) / (a - 2 * rho * b + rho**2 * c)

    rho = _maximize(design, objective, slope, "rho")
    beta = both[:, 0] - rho * both[:, 1]
    residuals = e0 - rho * e1
    sigma2 = float(residuals @ residuals) / free
    likelihood = objective(rho)
    if design.correction == "analytic" and design.effects is not None:
        beta, rho, sigma2 = _analytic(design, beta, rho, sigma2)
        residuals = y - rho * lag - X @ beta
    expected, error = lag_information(design, beta, rho, sigma2)
    covariance = np.linalg.inv(expected)[:-1, :-1]
    return Fit(beta, rho, sigma2, likelihood, covariance, residuals.reshape(design.y.shape), error)


def information(
    design: Design, X: np.ndarray, pull: np.ndarray, value: float, sigma2: float
) -> tuple[np.ndarray, float]:
    """Give the expected information of (beta, rho or lambda, sigma squared), and its traces' error.

    Of a lag model `pull` is W (I - rho W)^-1 X beta; of an error model 0, and X is X - lambda W X.
    """
    one, two, three, error = traces(design, value)
    k, periods = X.shape[1], design.free_periods
    found = np.zeros((k + 2, k + 2))
    found[:k, :k] = X.T @ X / sigma2
    found[:k, k] = found[k, :k] = X.T @ pull / sigma2
    found[k, k] = periods * (two + three) + pull @ pull / sigma2
    found[k, k + 1] = found[k + 1, k] = periods * one / sigma2
    found[k + 1, k + 1] = design.free / (2 * sigma2**2)
    return found, error


def lag_information(
    design: Design, beta: np.ndarray, rho: float, sigma2: float
) -> tuple[np.ndarray, float]:
    """Give that of a lag model."""
    pull = design.flat(_pull(design, beta, rho))
    return information(design, design.flat(design.X), pull, rho, sigma2)


def _pull(design: Design, beta: np.ndarray, rho: float) -> np.ndarray:
    """Give W (I - rho W)^-1 X beta, shape (T, n)."""
    assert design.spectrum is not None
    return np.asarray(design.lag(design.spectrum.solve(rho, (design.X @ beta).T).T))


def _analytic(
    design: Design, beta: np.ndarray, rho: float, sigma2: float
) -> tuple[np.ndarray, float, float]:
    """Correct direct estimates by the bias that Lee and Yu (2010) derived.

    Region effects scale sigma squared by T / (T - 1); year effects shift (beta, rho, sigma squared)
    by T times the inverse information times (0, 1 / (1 - rho), 1 / (2 sigma^2)) (Elhorst, 2014, 3).
    """
    if design.by_year:
        expected, _ = lag_information(design, beta, rho, sigma2)
        bias = np.zeros(beta.size + 2)
        bias[-2], bias[-1] = 1 / (1 - rho), 1 / (2 * sigma2)
        shift = design.periods * np.linalg.solve(expected, bias)
        beta, rho = beta + shift[:-2], rho + float(shift[-2])
        sigma2 = sigma2 + float(shift[-1])
        _refuse_bound(design, rho, "rho", 0.0)
    if design.by_region:
        sigma2 *= design.periods / (design.periods - 1)
    return beta, rho, sigma2


def fit_error(design: Design) -> Fit:
    """Estimate y = X beta + u, u = lambda W u + e by maximum likelihood.

    For given lambda beta is least squares of y - lambda W y on X - lambda W X; lambda maximizes
    -N/2 ln(e'e / N) + T ln|I - lambda W|. Information is block diagonal in beta and (lambda, sigma
    squared).
    """
    y, lag_y = design.flat(design.y), design.flat(design.lag_y)
    X, lag_X = design.flat(design.X), design.flat(design.lag(design.X))
    free, periods = design.free, design.free_periods
    _refuse_perfect(float((fit_least_squares(design).residuals ** 2).sum()), y)

    def regress(lam: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        left, right = y - lam * lag_y, X - lam * lag_X
        beta, *_ = np.linalg.lstsq(right, left, rcond=None)
        return beta, left - right @ beta, right

    def objective(lam: float) -> float:
        _, residuals, _ = regress(lam)
        likelihood = normal_log_likelihood(float(residuals @ residuals), free)
        return likelihood + periods * log_jacobian(design, lam)

    def slope(lam: float) -> float:
        beta, residuals, _ = regress(lam)
        return float(free * residuals @ (lag_y - lag_X @ beta) / (residuals @ residuals))

    lam = _maximize(design, objective, slope, "lambda")
    beta, residuals, right = regress(lam)
    sigma2 = float(residuals @ residuals) / free
    likelihood = objective(lam)
    if design.correction == "analytic" and design.by_region:
        sigma2 *= design.periods / (design.periods - 1)
    expected, error = information(design, right, np.zeros_like(y), lam, sigma2)
    covariance = np.linalg.inv(expected)[:-1, :-1]
    return Fit(beta, lam, sigma2, likelihood, covariance, residuals.reshape(design.y.shape), error)


def clustered_covariance(design: Design, fit: Fit, spatial: str) -> np.ndarray:
    """Give the sandwich of (beta, rho or lambda) with scores summed by region.

    The information's inverse around the scores' variance (Lee, 2004, Econometrica 72(6)). The score
    of rho or lambda is a quadratic form of the innovations, e'G e: its terms of one region with
    itself go to that region; those of two regions, uncorrelated between pairs, are squared a pair,
    so that no order of the regions matters. Times G/(G-1) (N-1)/(N-K) as for least squares, K with
    rho or lambda and the year effects.
    """
    assert design.spectrum is not None and fit.spatial is not None
    X, e, sigma2 = design.X, fit.residuals, fit.sigma2
    if spatial == "rho":
        pull = _pull(design, fit.beta, fit.spatial)
    else:
        X, pull = X - fit.spatial * design.lag(X), np.zeros_like(e)
    expected, _ = information(design, design.flat(X), design.flat(pull), fit.spatial, sigma2)
    weights = design.spectrum.matrix.toarray()
    G = np.linalg.solve(np.eye(design.regions) - fit.spatial * weights, weights)
    products = e.T @ e
    own = np.diag(products) - sigma2 * design.free / design.regions
    scores = np.column_stack(
        [
            np.einsum("tgk,tg->gk", X, e) / sigma2,
            ((pull * e).sum(axis=0) + np.diag(G) * own) / sigma2,
            own / (2 * sigma2**2),
        ]
    )
    middle = scores.T @ scores
    pairs = np.triu((G + G.T) * products, 1)
    middle[-2, -2] += float((pairs**2).sum()) / sigma2**2
    bread, count, rows = np.linalg.inv(expected), design.regions, e.size
    used = X.shape[2] + 1 + (design.periods - 1 if design.by_year else 0)
    scale = count / (count - 1) * (rows - 1) / (rows - used)
    return np.asarray(scale * bread @ middle @ bread)[:-1, :-1]
