"""Is a difference more than spatial dependence explains: likelihood ratios with a bootstrap.

A regressor (a group's dummy, a coordinate) is tested in a spatial error model,
``y = X b + u, u = lambda W u + e``: the likelihood with it against that without it, both maximized
over lambda. The ratio's null distribution is drawn from the model fitted without it (parametric
bootstrap), since the chi-squared limit is far away with thirty regions.

Everything runs on one grid of lambda with all draws as columns, and the fit without the regressor
is shared by all regressors tested against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo_resilience.spatial.alignment import Links

__all__ = ["DRAWS", "MOST_REGIONS", "ErrorModel", "RatioTests"]

Array = NDArray[np.float64]

#: Bootstrap draws.
DRAWS = 999

#: Beyond this many regions the dense calculation is not tried.
MOST_REGIONS = 1_000

_STEPS = 81


@dataclass(frozen=True)
class RatioTests:
    """Likelihood ratios of several regressors against one null.

    Parameters
    ----------
    ratios : ndarray, shape (g,)
        Twice the gain in log-likelihood.
    p : ndarray, shape (g,)
        Share of bootstrap ratios as large, the observed one included.
    lam : float
        lambda of the model without any of them.
    """

    ratios: Array
    p: Array
    lam: float


class ErrorModel:
    """Spatial error models on one set of links.

    Parameters
    ----------
    links : Links
        Rows are standardized here, whatever weights they carry.
    draws : int
        Bootstrap draws.
    rng : None, int or numpy.random.Generator
        All variables, years and regressors share its draws.
    steps : int
        Values of lambda on the grid from -1 to 1, denser towards both ends.
    """

    def __init__(
        self, links: Links, *, draws: int = DRAWS, rng: Any = None, steps: int = _STEPS
    ) -> None:
        dense = links.matrix.toarray()
        rows = dense.sum(axis=1, keepdims=True)
        self._weights = dense / np.where(rows == 0, 1.0, rows)
        self.n = len(dense)
        self._errors = np.random.default_rng(rng).standard_normal((self.n, draws))
        angle = np.pi * np.arange(1, steps + 1) / (steps + 1)
        self.grid = -np.cos(angle)

    @cached_property
    def _filters(self) -> list[tuple[Array, float]]:
        """Give I - lambda W, and exp(-2 ln|I - lambda W| / n), for each lambda."""
        found = []
        for lam in self.grid:
            matrix = np.eye(self.n) - lam * self._weights
            sign, log_determinant = np.linalg.slogdet(matrix)
            scale = np.exp(-2.0 * log_determinant / self.n) if sign > 0 else np.inf
            found.append((matrix, float(scale)))
        return found

    def test(
        self, y: Array, regressors: Sequence[Array], nuisance: Array | None = None
    ) -> RatioTests:
        """Test regressors one by one against the model without them.

        Parameters
        ----------
        y : ndarray, shape (n,)
        regressors : sequence of ndarray, each of shape (n,) or (n, p)
            Each is tested alone; the columns of one are tested together.
        nuisance : ndarray, shape (n, q), optional
            Further columns of both models, beside the constant.

        Returns
        -------
        RatioTests
        """
        base = np.ones((self.n, 1)) if nuisance is None else np.c_[np.ones(self.n), nuisance]
        blocks = [np.reshape(block, (self.n, -1)) for block in regressors]
        null, _ = self._smallest(y[:, None], base, [])
        lam = float(self.grid[int(np.argmin(null[:, 0]))])
        drawn = np.linalg.solve(np.eye(self.n) - lam * self._weights, self._errors)
        both = np.c_[y / (np.ptp(y) or 1.0), drawn]
        without, with_each = self._smallest(both, base, blocks)
        least = without.min(axis=0)
        # A perfect fit leaves rounding errors, of either sign.
        ratios = self.n * np.log(least / np.maximum(with_each, 1e-14 * least))
        # Rounding must not turn a ratio of zero into one below it.
        as_large = (ratios[:, 1:] >= ratios[:, :1] - 1e-10).sum(axis=1)
        p = (1.0 + as_large) / (1.0 + drawn.shape[1])
        return RatioTests(np.maximum(ratios[:, 0], 0.0), p, lam)

    def null_fields(self, y: Array, nuisance: Array | None = None) -> Array:
        """Draw fields from the model fitted to y without any regressor.

        Parameters
        ----------
        y : ndarray, shape (n,)
        nuisance : ndarray, shape (n, q), optional
            Further columns of the model, beside the constant.

        Returns
        -------
        ndarray, shape (n, draws)
            Fields about zero, in the unit of y: ``s (I - lambda W)^-1 e`` with lambda by maximum
            likelihood and ``s^2`` the mean square of the fitted innovations.
        """
        base = np.ones((self.n, 1)) if nuisance is None else np.c_[np.ones(self.n), nuisance]
        null, _ = self._smallest(y[:, None], base, [])
        best = int(np.argmin(null[:, 0]))
        spread = np.sqrt(max(float(null[best, 0]), 0.0) / self._filters[best][1] / self.n)
        drawn = np.linalg.solve(np.eye(self.n) - self.grid[best] * self._weights, self._errors)
        return np.asarray(spread * drawn)

    def _smallest(
        self, columns: Array, base: Array, blocks: Sequence[Array]
    ) -> tuple[Array, Array]:
        """Give scaled residual sums of squares: by lambda without, the least with each block."""
        without = np.empty((len(self.grid), columns.shape[1]))
        with_each = np.full((len(blocks), columns.shape[1]), np.inf)
        single = [place for place, block in enumerate(blocks) if block.shape[1] == 1]
        beside = np.concatenate([blocks[place] for place in single], axis=1) if single else None
        for step, (matrix, scale) in enumerate(self._filters):
            filtered = matrix @ columns
            frame = np.linalg.qr(matrix @ base)[0]
            rest = np.square(filtered).sum(axis=0)
            rest -= np.square(frame.T @ filtered).sum(axis=0)
            without[step] = scale * rest
            if beside is not None:
                gain = np.square(_orthogonal(matrix @ beside, frame).T @ filtered)
                with_each[single] = np.minimum(with_each[single], scale * (rest - gain))
            for place, block in enumerate(blocks):
                if block.shape[1] > 1:
                    basis = _basis(matrix @ block, frame)
                    gain = np.square(basis.T @ filtered).sum(axis=0)
                    with_each[place] = np.minimum(with_each[place], scale * (rest - gain))
        return without, with_each


def _orthogonal(columns: Array, frame: Array) -> Array:
    """Give each column's part beyond the frame, of length 1 (0 where nothing is left)."""
    rest = columns - frame @ (frame.T @ columns)
    rest -= frame @ (frame.T @ rest)
    length = np.sqrt(np.square(rest).sum(axis=0))
    there = length > 1e-9 * np.sqrt(np.square(columns).sum(axis=0))
    return np.where(there, rest / np.where(there, length, 1.0), 0.0)


def _basis(block: Array, frame: Array) -> Array:
    """Give an orthonormal basis of a block's part beyond the frame."""
    rest = block - frame @ (frame.T @ block)
    left, sizes, _ = np.linalg.svd(rest, full_matrices=False)
    return left[:, sizes > 1e-9 * max(float(sizes[0]), 1e-300)]
