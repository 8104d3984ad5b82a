"""Impacts: what a regressor's change does at home, at the neighbors', in total."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.spatial.neighbors._spectrum import Spectrum
from geo_resilience.spatial.regression._estimates import Estimates, coefficient_table, interval
from geo_resilience.statistics._repetitions import IMPACT_DRAWS, Rng

#: The three impacts, in the order of their rows.
EFFECTS = ("direct", "indirect", "total")

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

    With S_k = (I - rho W)^-1 (beta_k I + theta_k W), direct = tr S_k / n, total = 1'S_k 1 / n,
    indirect = total - direct (LeSage and Pace, 2009, 2.7). Without rho they are combinations of
    coefficients, and all that is given of them is exact. With rho the standard error is that of
    the delta method, and low and high are quantiles of draws of the coefficients ("simulation", at
    least 1,000; draws of rho outside its bounds are drawn again): near rho = 1 the draws have no
    standard error that means anything, their quantiles do. With "delta" the interval is the
    estimate's error times a quantile. p and intervals follow the model's own distribution, Student
    where it has degrees. With an error model, or without neighbors, the indirect impact is 0 by
    assumption and has no test.
    """
    if method not in ("simulation", "delta"):
        raise InputError("regression.impact_method", given=method, known=["simulation", "delta"])
    if method == "simulation" and draws < FEWEST:
        raise InputError("regression.few_draws", given=draws, least=FEWEST)
    names, point, covariance, pairs = _parameters(model)
    estimate = _effects(model, point[None, :], pairs)[0]
    slope = _slope(model, point, pairs)
    rows = pd.MultiIndex.from_product([names, EFFECTS], names=["variable", "effect"])
    table = coefficient_table(estimate, slope @ covariance @ slope.T, rows, model.degrees)
    table = interval(table, model.degrees)
    if model.rho is not None and method == "simulation":
        taken = _draw(model, point, covariance, draws, spawned(rng))
        low, high = np.quantile(_effects(model, taken, pairs), [0.025, 0.975], axis=0)
        table = table.assign(low=low, high=high)
    return table


def impact_weights(model: Estimates) -> pd.DataFrame:
    """Give what each impact takes of each coefficient at the rho found: rows impacts."""
    names, point, _, pairs = _parameters(model)
    terms = model.coefficients.index
    rows = pd.MultiIndex.from_product([names, EFFECTS], names=["variable", "effect"])
    each = np.hstack([np.eye(len(terms)), np.tile(point[len(terms) :], (len(terms), 1))])
    return pd.DataFrame(_effects(model, each, pairs).T, rows, terms)


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
    """Draw coefficients as Student's t has them, again where rho falls outside its bounds."""
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0))
    kept: list[np.ndarray] = []
    found = 0
    for _ in range(20):
        errors = rng.standard_normal((draws, point.size)) @ root.T
        if model.degrees is not None:
            errors /= np.sqrt(rng.chisquare(model.degrees, (draws, 1)) / model.degrees)
        sample = point + errors
        if model.rho is not None and model.design.spectrum is not None:
            rho, spectrum = sample[:, -1], model.design.spectrum
            sample = sample[(rho > spectrum.low) & (rho < spectrum.high)]
        kept.append(sample)
        found += len(sample)
        if found >= draws:
            return np.concatenate(kept)[:draws]
    raise UndefinedError("regression.draws_outside", kept=found, drawn=20 * draws)


def _slope(model: Estimates, point: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Give the derivatives of the impacts in the coefficients; with rho, central differences."""
    if model.rho is None:
        return _effects(model, np.eye(point.size), pairs).T
    step = 1e-5 * np.maximum(1e-2, np.abs(point))
    step[-1] = 1e-5
    shift = np.diag(step)
    both = _effects(model, np.concatenate([point + shift, point - shift]), pairs)
    half = point.size
    return (both[:half] - both[half:]).T / (2 * step)
