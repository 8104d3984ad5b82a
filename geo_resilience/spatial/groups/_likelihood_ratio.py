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
import pandas as pd
from numpy.typing import NDArray

from geo_resilience.errors import InputError
from geo_resilience.spatial.neighbors._alignment import Linked, Links, links_of
from geo_resilience.statistics._arrays import Array, Whole
from geo_resilience.statistics._repetitions import NULL_DRAWS, Rng

#: Beyond this many regions the dense calculation is not tried.
MOST_REGIONS = 1_000

_STEPS = 81

#: Ratios that differ by no more than this are the same.
TIE = 1e-10

#: Multiplications of one product of matrices, and the columns that it takes at least.
_PRODUCT, _FEWEST = 250_000, 64


def links_over(neighbors: Linked, keys: pd.Index, name: str) -> Links:
    """Give links in the order of some keys; refuse keys that only one of the two has."""
    links = links_of(neighbors)
    missing = keys.symmetric_difference(links.keys)
    if len(missing):
        shown = [str(key) for key in missing][:8]
        raise InputError("spatial.keys_not_linked", name=name, regions=shown)
    return links.take(links.keys.get_indexer(keys).astype(np.int64))


def dummy(n: int, at: Any) -> Array:
    """Give n zeros with ones at some places."""
    found = np.zeros(n)
    found[at] = 1.0
    return found


def aside(n: int, inside: Any, outside: Any) -> Array:
    """Give the dummy of what is on neither side, shape (n, 1); (n, 0) where all are on one."""
    found = 1.0 - dummy(n, np.concatenate([inside, outside]))
    return found[:, None] if found.any() else np.empty((n, 0))


def as_large(ordered: Array, found: Array) -> Whole:
    """Count in each row of sorted draws those at or above what was found; ties but for rounding."""
    pairs = zip(ordered, found, strict=True)
    return np.array([len(draws) - np.searchsorted(draws, own - TIE) for draws, own in pairs])


@dataclass(frozen=True)
class RatioTests:
    """Likelihood ratios of several regressors against one null, and lambda without any of them.

    p is the share of bootstrap ratios as large, the observed one included.
    """

    ratios: Array
    p: Array
    lam: float


class ErrorModel:
    """Spatial error models on one set of links, whose rows are standardized here.

    All variables, years and regressors share the bootstrap draws; lambda runs over a grid from -1
    to 1, denser towards both ends.
    """

    def __init__(
        self, links: Links, *, draws: int = NULL_DRAWS, rng: Rng = None, steps: int = _STEPS
    ) -> None:
        dense = links.matrix.toarray()
        rows = dense.sum(axis=1, keepdims=True)
        self._weights = dense / np.where(rows == 0, 1.0, rows)
        self.n = len(dense)
        self._errors = np.random.default_rng(rng).standard_normal((self.n, draws))
        angle = np.pi * np.arange(1, steps + 1) / (steps + 1)
        self.grid = -np.cos(angle)

    @cached_property
    def _scales(self) -> Array:
        """Give exp(-2 ln|I - lambda W| / n) for each lambda."""
        matrices = np.eye(self.n) - self.grid[:, None, None] * self._weights
        found = [np.linalg.slogdet(matrix) for matrix in matrices]
        return np.array(
            [np.exp(-2.0 * log / self.n) if sign > 0 else np.inf for sign, log in found]
        )

    def test(
        self, y: Array, regressors: Sequence[Array], nuisance: Array | None = None
    ) -> RatioTests:
        """Test regressors one by one against the model without them.

        The columns of one regressor are tested together; nuisance, shape (n, q), are further
        columns of both models beside the constant.
        """
        null, _ = self._smallest(y[:, None], self._base(nuisance), [])
        place = int(np.argmin(null[:, 0]))
        drawn = self.drawn(place)
        ratios, _ = self.ratios(np.c_[y / (np.ptp(y) or 1.0), drawn], regressors, nuisance)
        # Rounding must not turn a ratio of zero into one below it.
        larger = (ratios[:, 1:] >= ratios[:, :1] - TIE).sum(axis=1)
        p = (1.0 + larger) / (1.0 + drawn.shape[1])
        return RatioTests(np.maximum(ratios[:, 0], 0.0), p, float(self.grid[place]))

    def drawn(self, place: int) -> Array:
        """Draw fields of unit innovations under one lambda of the grid, shape (n, draws)."""
        return np.asarray(np.linalg.solve(self._filter(place), self._errors))

    def _filter(self, place: int) -> Array:
        return np.asarray(np.eye(self.n) - self.grid[place] * self._weights)

    def ratios(
        self, columns: Array, regressors: Sequence[Array], nuisance: Array | None = None
    ) -> tuple[Array, Whole]:
        """Give each regressor's likelihood ratio in each column, and where the null's lambda is.

        Shapes (regressors, columns) and (columns,), the place in the grid.
        """
        blocks = [np.reshape(block, (self.n, -1)) for block in regressors]
        without, with_each = self._smallest(columns, self._base(nuisance), blocks)
        least = without.min(axis=0)
        # A perfect fit leaves rounding errors, of either sign.
        ratios = self.n * np.log(least / np.maximum(with_each, 1e-14 * least))
        return ratios, np.argmin(without, axis=0)

    def null_fields(self, y: Array, nuisance: Array | None = None) -> Array:
        """Draw fields about zero, shape (n, draws), from the model fitted without any regressor.

        They are ``s (I - lambda W)^-1 e``, lambda by maximum likelihood and ``s^2`` the mean square
        of the fitted innovations.
        """
        null, _ = self._smallest(y[:, None], self._base(nuisance), [])
        best = int(np.argmin(null[:, 0]))
        spread = np.sqrt(max(float(null[best, 0]), 0.0) / self._scales[best] / self.n)
        return np.asarray(spread * self.drawn(best))

    def _base(self, nuisance: Array | None) -> Array:
        """Give the columns of both models: the constant, and what stands beside it."""
        return np.ones((self.n, 1)) if nuisance is None else np.c_[np.ones(self.n), nuisance]

    def sums(self, y: Array, regressor: Array, base: Array) -> Array:
        """Give y'y, y'x and x'x by lambda, filtered, the base taken out and scaled: (3, steps)."""
        frame = np.linalg.qr(self._filtered(base))[0]
        both = self._filtered(np.c_[y, regressor])
        both = both - frame @ (np.swapaxes(frame, 1, 2) @ both)
        pairs = np.swapaxes(both, 1, 2) @ both * self._scales[:, None, None]
        return np.array([pairs[:, 0, 0], pairs[:, 0, 1], pairs[:, 1, 1]])

    def null_ratios(self, place: int, regressor: Array, base: Array) -> Array:
        """Draw a regressor's ratios under one lambda of the grid, sorted."""
        without, with_it = self._smallest(self.drawn(place), base, [regressor[:, None]])
        return np.sort(self.n * np.log(without.min(axis=0) / with_it[0]))

    def likeliest(self, columns: Array) -> NDArray[np.intp]:
        """Give the place of each column's lambda by restricted likelihood, the mean taken out."""
        constant = np.ones((self.n, 1))
        without, _ = self._smallest(columns, constant, [])
        ones = np.square(self._filtered(constant)).sum(axis=(1, 2))
        penalty = np.log(self._scales) + np.log(ones)
        loss = (self.n - 1) * np.log(np.maximum(without, 1e-300)) + penalty[:, None]
        return np.argmin(loss, axis=0)

    def covariance(self, place: int) -> Array:
        """Give the covariance of a field about its mean under one lambda, of trace 1."""
        spread = np.linalg.inv(self._filter(place))
        spread = spread - spread.mean(axis=0)
        found = spread @ spread.T
        return np.asarray(found / np.trace(found))

    def independent(self, place: int) -> float:
        """Give ``(1'1)^2 / (1'R 1)``, R the correlations of a field under one lambda.

        The mean of the field varies as that of so many independent values of the same variance.
        """
        filtered = np.eye(self.n) - self.grid[place] * self._weights
        spread = np.linalg.inv(filtered)
        spread = spread / np.sqrt(np.square(spread).sum(axis=1, keepdims=True))
        return float(self.n**2 / np.square(spread.sum(axis=0)).sum())

    def _smallest(
        self, columns: Array, base: Array, blocks: Sequence[Array]
    ) -> tuple[Array, Array]:
        """Give scaled residual sums of squares: by lambda without, the least with each block."""
        frame = np.linalg.qr(self._filtered(base))[0]
        bases = [_basis(self._filtered(block), frame) for block in blocks]
        # Products so small that they stay in the cache, and on one processor.
        few = max(_FEWEST, _PRODUCT // (len(self.grid) * self.n))
        parts = [
            self._reduced(columns[:, start : start + few], frame, bases)
            for start in range(0, columns.shape[1], few)
        ]
        without, with_each = zip(*parts, strict=True)
        return np.concatenate(without, axis=1), np.concatenate(with_each, axis=1)

    def _reduced(self, columns: Array, frame: Array, bases: Sequence[Array]) -> tuple[Array, Array]:
        """Take frame and bases out of filtered columns.

        With u = columns and v = W u the filtered columns are u - lambda v, so that every product
        with them is one with u and one with v.
        """
        moved = self._weights @ columns
        lam = self.grid[:, None]
        rest = np.square(columns).sum(axis=0) - 2 * lam * (columns * moved).sum(axis=0)
        rest = rest + lam**2 * np.square(moved).sum(axis=0)

        def explained(basis: Array) -> Array:
            """Give the sum of squares that an orthonormal basis takes, by lambda."""
            taken = np.zeros(rest.shape)
            for turned in np.moveaxis(basis, 2, 0):
                taken += np.square(turned @ columns - (lam * turned) @ moved)
            return taken

        rest = rest - explained(frame)
        scale = self._scales[:, None]
        with_each = np.empty((len(bases), columns.shape[1]))
        for place, basis in enumerate(bases):
            with_each[place] = (scale * (rest - explained(basis))).min(axis=0)
        return scale * rest, with_each

    def _filtered(self, columns: Array) -> Array:
        """Give (I - lambda W) columns for each lambda, shape (steps, n, k)."""
        return columns - self.grid[:, None, None] * (self._weights @ columns)


def _basis(blocks: Array, frames: Array) -> Array:
    """Give orthonormal columns that span each block's part beyond its frame; 0 for what is not."""
    turned = np.swapaxes(frames, 1, 2)
    rest = blocks - frames @ (turned @ blocks)
    rest = rest - frames @ (turned @ rest)
    if rest.shape[2] == 1:
        length = np.sqrt(np.square(rest).sum(axis=1, keepdims=True))
        there = length > 1e-9 * np.sqrt(np.square(blocks).sum(axis=1, keepdims=True))
        return np.where(there, rest / np.where(there, length, 1.0), 0.0)
    left, sizes, _ = np.linalg.svd(rest, full_matrices=False)
    there = sizes > 1e-9 * np.maximum(sizes[:, :1], 1e-300)
    return left * there[:, None, :]
