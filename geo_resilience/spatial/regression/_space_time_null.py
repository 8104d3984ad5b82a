"""A panel in which no regressor matters: errors that persist and spill over, fitted and drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo_resilience.spatial.regression._design import Design, take_out
from geo_resilience.spatial.regression._likelihood import log_jacobian

#: Bounds of persistence. Region effects leave nothing of it that tells .99 from 1.
_PERSISTENCE = (-0.9, 0.99)

#: Values of phi, and of lambda, that are weighed.
_POINTS = 48


@dataclass(frozen=True, eq=False)
class SpaceTimeNull:
    """Errors u_t = phi u_t-1 + v_t with v_t = lambda W v_t + e_t, e independent.

    `weights` say how likely each phi (rows) is with each lambda (columns); they sum to 1.
    """

    phis: np.ndarray
    lams: np.ndarray
    weights: np.ndarray

    @property
    def mean(self) -> tuple[float, float]:
        """Mean phi and lambda."""
        rows, columns = self.weights.sum(axis=1), self.weights.sum(axis=0)
        return float(rows @ self.phis), float(columns @ self.lams)


def fit_null(design: Design) -> SpaceTimeNull:
    """Weigh the errors that a regression may have by their restricted likelihood.

    With U = y - X b, effects taken out, C the contrasts of the years (the identity without region
    effects) and R the correlations phi^|s - t|, C U (I - lambda W)' has rows of covariance
    sigma^2 C R C' and independent columns; the effects and b are integrated out, so that neither
    phi nor lambda has the bias that six years of estimated means leave in residuals (Patterson
    and Thompson, 1971, Biometrika 58(3), 545-554). One year has no phi.
    """
    assert design.spectrum is not None
    reach = max(design.spectrum.low, -0.95), min(design.spectrum.high, 1.0) - 0.02
    still = (0.0, 0.0) if design.periods == 1 else _PERSISTENCE
    phis, lams = (np.unique(np.linspace(*each, _POINTS)) for each in (still, reach))
    likelihood = restricted_likelihood(design, _products(design), phis, lams)
    weights = np.exp(likelihood - likelihood.max())
    return SpaceTimeNull(phis, lams, weights / weights.sum())


def _products(design: Design) -> np.ndarray:
    """Give the cross products over regions of y, X and their spatial lags, by pair of years."""
    own = np.concatenate([design.y[:, :, None], design.X], axis=2)
    both = np.concatenate([own, design.lag(own)], axis=2).transpose(1, 0, 2)
    flat = both.reshape(design.regions, -1)
    years, columns = both.shape[1:]
    return (flat.T @ flat).reshape(years, columns, years, columns).transpose(0, 2, 1, 3)


def restricted_likelihood(
    design: Design, products: np.ndarray, phis: np.ndarray, lams: np.ndarray
) -> np.ndarray:
    """Give the restricted log likelihood at phi (rows) and lambda (columns), without constants."""
    count = products.shape[2] // 2
    likelihood = np.empty((phis.size, lams.size))
    jacobian = np.array([log_jacobian(design, float(each)) for each in lams])
    lam = lams[:, None, None]
    for row, phi in enumerate(phis):
        inverse, log_det, rank = _precision(design, float(phi))
        whole = np.tensordot(inverse, products, axes=2)
        plain, mixed, double = (
            whole[:count, :count],
            whole[:count, count:],
            whole[count:, count:],
        )
        gram = plain - lam * (mixed + mixed.T) + lam**2 * double
        inner, cross = gram[:, 1:, 1:], gram[:, 1:, :1]
        squares = gram[:, 0, 0] - (cross * np.linalg.solve(inner, cross)).sum(axis=(1, 2))
        free = rank * design.free_regions - design.X.shape[2]
        logs = free * np.log(squares) + np.linalg.slogdet(inner)[1]
        likelihood[row] = rank * jacobian - (logs + design.free_regions * log_det) / 2
    return likelihood


def _precision(design: Design, phi: float) -> tuple[np.ndarray, float, int]:
    """Give C'(C R C')^-1 C of the years' contrasts C, ln|C R C'|, and how many contrasts."""
    years = np.arange(design.periods)
    contrasts = np.eye(design.periods)
    if design.by_region:
        contrasts = np.linalg.qr((contrasts - contrasts.mean(axis=0))[:, 1:])[0].T
    spread = contrasts @ phi ** np.abs(years[:, None] - years) @ contrasts.T
    inverse = contrasts.T @ np.linalg.solve(spread, contrasts)
    return inverse, float(np.linalg.slogdet(spread)[1]), len(contrasts)


def draw_null(
    design: Design, null: SpaceTimeNull, draws: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw panels of the null, effects taken out: shape (T, n, draws); each with its own errors."""
    assert design.spectrum is not None
    cells = rng.choice(null.weights.size, size=draws, p=null.weights.ravel())
    rows, columns = np.divmod(cells, null.lams.size)
    found = rng.standard_normal((design.regions, design.periods, draws))
    for place in np.unique(columns):
        these = columns == place
        shocks = found[:, :, these]
        spread = design.spectrum.solve(float(null.lams[place]), shocks.reshape(len(shocks), -1))
        found[:, :, these] = spread.reshape(shocks.shape)
    panels, phi = found.transpose(1, 0, 2).copy(), null.phis[rows]
    panels[0] /= np.sqrt(1 - phi**2)
    for year in range(1, design.periods):
        panels[year] += phi * panels[year - 1]
    return take_out(panels, design.effects)
