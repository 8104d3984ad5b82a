"""Impacts: what a regressor's change does at home, at the neighbors', in total."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.spatial.regression._estimates import Estimates
from geo_resilience.spatial.regression._spectrum import Spectrum
from geo_resilience.statistics._repetitions import IMPACT_DRAWS, Rng

#: The three impacts, in the order of their rows.
EFFECTS = ("direct", "indirect", "total")

#: Standard errors from an estimate to the ends of its interval of 95 %.
REACH = 1.959964

#: Fewest draws that a standard error may rest on.
FEWEST = 1_000


def spawned(rng: Rng) -> np.random.Generator:
    """Give a Generator of one's own: fresh from None or an int, a child of a Generator."""
    if isinstance(rng, np.random.Generator):
        return rng.spawn(1)[0]
    return np.random.default_rng(rng)


def impacts(
    model: Estimates, *, method: str = "simulation", draws: int = IMPACT_DRAWS, rng: Rng = None
) -> pd.DataFrame:
    """Give direct, indirect and total impacts of every regressor: estimate, se, z, p, low, high.

    Standard errors come from draws of the coefficients ("simulation", at least 1,000) or by the
    delta method ("delta"); low and high are the 2.5 % and 97.5 % quantiles. With S_k = (I - rho
    W)^-1 (beta_k I + theta_k W), direct = tr S_k / n, total = 1'S_k 1 / n, indirect = total -
    direct (LeSage and Pace, 2009, 2.7). Draws of rho outside its bounds are drawn again. The
    estimate is that at the estimated coefficients, not the mean of the draws. With an error model,
    or without neighbors, the indirect impact is 0 by assumption and has no test.
    """
    if method not in ("simulation", "delta"):
        raise InputError("regression.impact_method", given=method, known=["simulation", "delta"])
    if method == "simulation" and draws < FEWEST:
        raise InputError("regression.few_draws", given=draws, least=FEWEST)
    from scipy.special import ndtr

    names, point, covariance, pairs = _parameters(model)
    if method == "delta":
        estimate = _effects(model, point[None, :], pairs)[0]
        slope = _slope(model, point, pairs)
        se = np.sqrt(np.einsum("ia,ab,ib->i", slope, covariance, slope))
        low, high = estimate - REACH * se, estimate + REACH * se
    else:
        taken = _draw(model, point, covariance, draws, spawned(rng))
        found = _effects(model, np.vstack([point, taken]), pairs)
        estimate, sample = found[0], found[1:]
        se = sample.std(axis=0, ddof=1)
        low, high = np.quantile(sample, [0.025, 0.975], axis=0)
    se = np.where(se < 1e-14 * np.maximum(1, np.abs(estimate)), 0.0, se)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(se > 0, estimate / se, np.nan)
    rows = pd.MultiIndex.from_product([names, EFFECTS], names=["variable", "effect"])
    return pd.DataFrame(
        {
            "estimate": estimate,
            "se": se,
            "z": z,
            "p": 2 * ndtr(-np.abs(z)),
            "low": low,
            "high": high,
        },
        index=rows,
    )


def _parameters(model: Estimates) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    """Give variables, coefficients, covariance, and the places of beta and theta (or -1)."""
    terms = list(model.coefficients.index)
    lags = {f"W_{name}" for name in model.design.lagged}
    names = [term for term in terms if term != "constant" and term not in lags]
    pairs = np.array(
        [(terms.index(n), terms.index(f"W_{n}") if n in model.design.lagged else -1) for n in names]
    )
    point = pd.concat([model.coefficients, model.spatial])["estimate"].to_numpy()
    return names, point, model.covariance.to_numpy(), pairs


def _effects(model: Estimates, values: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Give the impacts of rows of coefficients, shape (rows, 3 variables)."""
    padded = np.concatenate([values, np.zeros((values.shape[0], 1))], axis=1)
    beta, theta = padded[:, pairs[:, 0]], padded[:, pairs[:, 1]]
    own, neighbor, all_own, all_neighbor = _weights(model, values)
    direct = own[:, None] * beta + neighbor[:, None] * theta
    total = all_own[:, None] * beta + all_neighbor[:, None] * theta
    return np.stack([direct, total - direct, total], axis=2).reshape(values.shape[0], -1)


def _weights(model: Estimates, values: np.ndarray) -> tuple[np.ndarray, ...]:
    """Give tr (I - rho W)^-1 / n, tr (I - rho W)^-1 W / n, and the mean row sums of both."""
    rows = values.shape[0]
    spectrum: Spectrum | None = model.design.spectrum
    if spectrum is None:
        return np.ones(rows), np.zeros(rows), np.ones(rows), np.zeros(rows)
    rho = values[:, -1] if model.rho is not None else np.zeros(rows)
    if model.rho is None:
        diagonal = spectrum.matrix.diagonal().mean()
        mean = spectrum.matrix.sum() / spectrum.size
        one = np.ones(rows)
        return one, diagonal * one, one, mean * one
    neighbor = spectrum.traces(rho)[0] / spectrum.size
    own = 1 + rho * neighbor
    return (own, neighbor, *spectrum.sums(rho))


def _draw(
    model: Estimates,
    point: np.ndarray,
    covariance: np.ndarray,
    draws: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw coefficients, again where rho falls outside its bounds."""
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0))
    kept: list[np.ndarray] = []
    found = 0
    for _ in range(20):
        sample = point + rng.standard_normal((draws, point.size)) @ root.T
        if model.rho is not None and model.design.spectrum is not None:
            rho, spectrum = sample[:, -1], model.design.spectrum
            sample = sample[(rho > spectrum.low) & (rho < spectrum.high)]
        kept.append(sample)
        found += len(sample)
        if found >= draws:
            return np.concatenate(kept)[:draws]
    raise UndefinedError("regression.draws_outside", kept=found, drawn=20 * draws)


def _slope(model: Estimates, point: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Give the derivatives of the impacts in the coefficients, by central differences."""
    step = 1e-5 * np.maximum(1e-2, np.abs(point))
    if model.rho is not None:
        step[-1] = 1e-5
    shift = np.diag(step)
    both = _effects(model, np.concatenate([point + shift, point - shift]), pairs)
    half = point.size
    return (both[:half] - both[half:]).T / (2 * step)
