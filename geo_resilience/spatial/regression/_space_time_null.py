"""A panel in which no regressor matters: errors that persist and spill over, fitted and drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo_resilience.spatial.regression._design import Design, take_out
from geo_resilience.spatial.regression._likelihood import log_jacobian

#: Bounds of persistence. Region effects leave nothing of it that tells .99 from 1.
_PERSISTENCE = (-0.9, 0.99)

#: Points a side of the grid on which the likelihood is looked at, and then around its best.
_POINTS = 17


@dataclass(frozen=True)
class SpaceTimeNull:
    """Errors u_t = phi u_t-1 + v_t with v_t = lambda W v_t + e_t, e independent: phi and lambda."""

    phi: float
    lam: float


def fit_null(design: Design) -> SpaceTimeNull:
    """Fit the errors of a regression by restricted maximum likelihood.

    With U = y - X b, effects taken out, C the contrasts of the years (the identity without region
    effects) and R the correlations phi^|s - t|, C U (I - lambda W)' has rows of covariance
    sigma^2 C R C' and independent columns; the effects and b are integrated out, so that neither
    phi nor lambda has the bias that six years of estimated means leave in residuals (Patterson
    and Thompson, 1971, Biometrika 58(3), 545-554). One year has no phi.
    """
    assert design.spectrum is not None
    reach = max(design.spectrum.low, -0.95), min(design.spectrum.high, 1.0) - 0.02
    still = (0.0, 0.0) if design.periods == 1 else _PERSISTENCE
    bounds = [still, reach]
    for _ in range(3):
        grids = [np.unique(np.linspace(*each, _POINTS)) for each in bounds]
        logs = np.array([log_jacobian(design, float(lam)) for lam in grids[1]])
        likelihood = np.array([_restricted(design, float(phi), grids[1], logs) for phi in grids[0]])
        row, column = np.unravel_index(int(likelihood.argmax()), likelihood.shape)
        found = float(grids[0][row]), float(grids[1][column])
        steps = [float(each[1] - each[0]) if each.size > 1 else 0.0 for each in grids]
        bounds = [
            (max(at - step, float(grid[0])), min(at + step, float(grid[-1])))
            for at, step, grid in zip(found, steps, grids, strict=True)
        ]
    return SpaceTimeNull(*found)


def _restricted(design: Design, phi: float, lams: np.ndarray, jacobian: np.ndarray) -> np.ndarray:
    """Give the restricted log likelihood at one phi and many lambda, constants left out."""
    whitener, log_det = _whitener(design, phi)
    columns = np.concatenate([design.y[:, :, None], design.X], axis=2)
    lags = np.concatenate([design.lag_y[:, :, None], design.lag(design.X)], axis=2)
    own, lag = (
        np.tensordot(whitener, each, axes=1).reshape(-1, each.shape[2]) for each in (columns, lags)
    )
    plain, mixed, double = own.T @ own, own.T @ lag, lag.T @ lag
    l = lams[:, None, None]
    gram = plain - l * (mixed + mixed.T) + l**2 * double
    inner, cross = gram[:, 1:, 1:], gram[:, 1:, :1]
    squares = gram[:, 0, 0] - (cross * np.linalg.solve(inner, cross)).sum(axis=(1, 2))
    free = whitener.shape[0] * design.free_regions - design.X.shape[2]
    logs = np.linalg.slogdet(inner)[1]
    return np.asarray(
        -(free * np.log(squares) + design.free_regions * log_det + logs) / 2
        + whitener.shape[0] * jacobian
    )


def _whitener(design: Design, phi: float) -> tuple[np.ndarray, float]:
    """Give what makes the years' contrasts independent, and ln|C R C'|."""
    years = np.arange(design.periods)
    contrasts = np.eye(design.periods)
    if design.by_region:
        contrasts = np.linalg.qr(take_out(contrasts, "region")[:, 1:])[0].T
    root = np.linalg.cholesky(contrasts @ phi ** np.abs(years[:, None] - years) @ contrasts.T)
    return np.linalg.solve(root, contrasts), 2 * float(np.log(np.diag(root)).sum())


def draw_null(
    design: Design, null: SpaceTimeNull, draws: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw panels of the null, effects taken out: shape (T, n, draws)."""
    assert design.spectrum is not None
    shocks = rng.standard_normal((design.regions, design.periods * draws))
    spread = design.spectrum.solve(null.lam, shocks)
    found = spread.reshape(design.regions, design.periods, draws).transpose(1, 0, 2).copy()
    found[0] /= np.sqrt(1 - null.phi**2)
    for year in range(1, design.periods):
        found[year] += null.phi * found[year - 1]
    return take_out(found, design.effects)
