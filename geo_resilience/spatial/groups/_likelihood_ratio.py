"""Is a difference more than spatial dependence explains: likelihood ratios with a bootstrap.

A regressor (a group's dummy, a coordinate) is tested in a spatial error model,
``y = X b + u, u = lambda W u + e``: the likelihood with it against that without it, both maximized
over lambda. The ratio's null distribution is drawn from the model fitted without it (parametric
bootstrap), since the chi-squared limit is far away with thirty regions.

Everything runs on one grid of lambda with all draws as columns, and the fit without the regressor
is shared by all regressors tested against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_resilience.errors import InputError
from geo_resilience.spatial.neighbors._alignment import Linked, links_of
from geo_resilience.spatial.neighbors._links import Links
from geo_resilience.statistics._arrays import Array, Whole
from geo_resilience.statistics._repetitions import NULL_DRAWS, Rng

#: Regions of which any links will do; more must have few links each, so that factors stay sparse.
MOST_REGIONS, MOST_LINKS = 1_000, 30

#: Regions up to which variances are exact, and fields that stand for covariances of more.
EXACT, PROBES = 500, 64

_STEPS = 81

#: Ratios that differ by no more than this are the same.
TIE = 1e-10

#: Numbers of one product of matrices, and the columns that it takes at least.
_PRODUCT, _FEWEST = 500_000, 64

#: Numbers drawn at once, and kept.
_KEPT = 8_000_000


def links_over(neighbors: Linked, keys: pd.Index, name: str) -> Links:
    """Give links in the order of some keys; refuse keys that only one of the two has."""
    links = links_of(neighbors)
    missing = keys.symmetric_difference(links.keys)
    if len(missing):
        shown = [str(key) for key in missing][:8]
        raise InputError("spatial.keys_not_linked", name=name, regions=shown)
    return links.take(links.keys.get_indexer(keys).astype(np.int64))


def fitted_on(links: Links) -> bool:
    """Whether a spatial error model can be fitted: not where very many regions have many links."""
    n = len(links.keys)
    return n <= MOST_REGIONS or links.matrix.nnz <= MOST_LINKS * n


def refuse_filled(links: Links) -> None:
    """Refuse links on which no spatial error model can be fitted."""
    if not fitted_on(links):
        each = f"{links.matrix.nnz / len(links.keys):.3g}"
        raise InputError(
            "spatial.too_many_links",
            found=len(links.keys),
            links=each,
            most=MOST_REGIONS,
            few=MOST_LINKS,
        )


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
    to 1, denser towards both ends. Filtered columns are u - lambda W u: whatever is asked of them
    at any lambda follows from the products of u and W u with a frame of all regressors and their
    lags, so that the cost is that of a few products whatever the number of lambdas.
    """

    def __init__(
        self, links: Links, *, draws: int = NULL_DRAWS, rng: Rng = None, steps: int = _STEPS
    ) -> None:
        self._spectrum = links.standardized
        self._weights = self._spectrum.operator
        self.n = self._spectrum.size
        generator = np.random.default_rng(rng)
        most = max(_FEWEST, _KEPT // self.n)
        self._sizes = [min(most, draws - at) for at in range(0, draws, most)]
        self._seed = int(generator.integers(2**63)) if len(self._sizes) > 1 else 0
        self._errors = None if self._seed else generator.standard_normal((self.n, draws))
        self._drawn: dict[tuple[Any, ...], Array] = {}
        angle = np.pi * np.arange(1, steps + 1) / (steps + 1)
        self.grid = -np.cos(angle)

    @cached_property
    def _scales(self) -> Array:
        """Give exp(-2 ln|I - lambda W| / n) for each lambda."""
        return np.asarray(np.exp(-2.0 * self._spectrum.log_dets(self.grid) / self.n))

    def test(
        self, y: Array, regressors: Sequence[Array], nuisance: Array | None = None
    ) -> RatioTests:
        """Test regressors one by one against the model without them.

        The columns of one regressor are tested together; nuisance, shape (n, q), are further
        columns of both models beside the constant.
        """
        found, places = self.ratios((y / (np.ptp(y) or 1.0))[:, None], regressors, nuisance)
        base = self.base(nuisance)
        asked = (int(places[0]), *(np.asarray(each).tobytes() for each in (base, *regressors)))
        if asked not in self._drawn:
            self._drawn[asked] = self.drawn_ratios(int(places[0]), [(base, regressors)])[0]
        drawn = self._drawn[asked]
        # Rounding must not turn a ratio of zero into one below it.
        larger = (drawn >= found - TIE).sum(axis=1)
        p = (1.0 + larger) / (1.0 + drawn.shape[1])
        return RatioTests(np.maximum(found[:, 0], 0.0), p, float(self.grid[places[0]]))

    def drawn(self, place: int) -> Array:
        """Draw fields of unit innovations under one lambda of the grid, shape (n, draws)."""
        return np.concatenate(list(self.portions(place)), axis=1)

    def portions(self, place: int) -> Iterator[Array]:
        """Draw them a portion at a time: of very many regions they are never all there at once."""
        return (self._solved(place, errors) for errors in self._innovations())

    def _innovations(self) -> Iterator[Array]:
        if self._errors is not None:
            yield self._errors
            return
        for number, size in enumerate(self._sizes):
            generator = np.random.default_rng([self._seed, number])
            yield generator.standard_normal((self.n, size))

    def ratios(
        self, columns: Array, regressors: Sequence[Array], nuisance: Array | None = None
    ) -> tuple[Array, NDArray[np.intp]]:
        """Give each regressor's likelihood ratio in each column, and where the null's lambda is.

        Shapes (regressors, columns) and (columns,), the place in the grid.
        """
        return self._ratios(columns, self._frame(self.base(nuisance), regressors))

    def drawn_ratios(
        self, place: int, asked: Iterable[tuple[Array, Sequence[Array]]]
    ) -> list[Array]:
        """Draw the ratios of regressors beside a base under one lambda of the grid.

        One result of shape (regressors, draws) a pair of base and regressors asked for.
        """
        frames = [self._frame(*each) for each in asked]
        parts = [
            [self._ratios(fields, frame)[0] for frame in frames] for fields in self.portions(place)
        ]
        return [np.concatenate(each, axis=1) for each in zip(*parts, strict=True)]

    def _ratios(self, columns: Array, frame: _Frame) -> tuple[Array, NDArray[np.intp]]:
        without, with_each = self._smallest(columns, frame)
        least = without.min(axis=0)
        # A perfect fit leaves rounding errors, of either sign.
        ratios = self.n * np.log(least / np.maximum(with_each, 1e-14 * least))
        return ratios, np.argmin(without, axis=0)

    def null_contrasts(self, y: Array, contrasts: Array, nuisance: Array | None = None) -> Array:
        """Draw contrasts (n, k) of fields about zero from the model fitted without a regressor.

        The fields are ``s (I - lambda W)^-1 e``, lambda by maximum likelihood and ``s^2`` the mean
        square of the fitted innovations; shape (k, draws).
        """
        null, _ = self._smallest(y[:, None], self._frame(self.base(nuisance)))
        best = int(np.argmin(null[:, 0]))
        spread = np.sqrt(max(float(null[best, 0]), 0.0) / self._scales[best] / self.n)
        parts = [contrasts.T @ fields for fields in self.portions(best)]
        return np.asarray(spread * np.concatenate(parts, axis=1))

    def base(self, nuisance: Array | None) -> Array:
        """Give the columns of both models: the constant, and what stands beside it."""
        return np.ones((self.n, 1)) if nuisance is None else np.c_[np.ones(self.n), nuisance]

    def sums(self, y: Array, regressor: Array, base: Array) -> Array:
        """Give y'y, y'x and x'x by lambda, filtered, the base taken out and scaled: (3, steps)."""
        frame = self._frame(base, [np.c_[y, regressor]])
        both = frame.blocks[0] - frame.base @ (np.swapaxes(frame.base, 1, 2) @ frame.blocks[0])
        pairs = np.swapaxes(both, 1, 2) @ both * self._scales[:, None, None]
        return np.array([pairs[:, 0, 0], pairs[:, 0, 1], pairs[:, 1, 1]])

    def likeliest(self, columns: Array) -> NDArray[np.intp]:
        """Give the place of each column's lambda by restricted likelihood, the mean taken out."""
        without, _ = self._smallest(columns, self._frame(self.base(None)))
        rows = self._weights @ np.ones(self.n)
        ones = np.array([np.square(1.0 - lam * rows).sum() for lam in self.grid])
        penalty = np.log(self._scales) + np.log(ones)
        loss = (self.n - 1) * np.log(np.maximum(without, 1e-300)) + penalty[:, None]
        return np.argmin(loss, axis=0)

    def spread(self, place: int) -> Array:
        """Give a root R, shape (n, k), of the covariance of a field about its mean, of trace 1.

        Exactly of few regions; of more than twice `PROBES`, R R' is the mean of as many fields.
        """
        exact = self.n <= 2 * PROBES
        right = np.eye(self.n) if exact else next(self._innovations())[:, :PROBES]
        fields = self._solved(place, right)
        fields = fields - fields.mean(axis=0)
        return np.asarray(fields / np.sqrt(np.square(fields).sum()))

    def independent(self, place: int) -> float:
        """Give ``(1'1)^2 / (1'R 1)``, R the correlations of a field under one lambda.

        The mean of the field varies as that of so many independent values of the same variance.
        Of more than `EXACT` regions the variances are those of the draws.
        """
        if self.n <= EXACT:
            square = np.square(self._solved(place, np.eye(self.n))).sum(axis=1)
        else:
            drawn = [np.square(fields).sum(axis=1) for fields in self.portions(place)]
            square = np.sum(drawn, axis=0) / sum(self._sizes)
        total = self._spectrum.solve_columns(float(self.grid[place]), 1 / np.sqrt(square))
        return float(self.n**2 / np.square(total).sum())

    def _solved(self, place: int, right: Array) -> Array:
        return self._spectrum.solve(float(self.grid[place]), right)

    def _frame(self, base: Array, blocks: Sequence[Array] = ()) -> _Frame:
        """Lay out a base and blocks of regressors, filtered by each lambda."""
        parts = [np.reshape(part, (self.n, -1)) for part in (base, *blocks)]
        every = np.hstack([np.hstack([part, self._weights @ part]) for part in parts])
        axes, places = np.linalg.qr(every)
        filtered, start = [], 0
        for part in parts:
            width = part.shape[1]
            own, lag = places[:, start : start + width], places[:, start + width :][:, :width]
            filtered.append(own - self.grid[:, None, None] * lag)
            start += 2 * width
        return _Frame(axes, np.linalg.qr(filtered[0])[0], filtered[1:])

    def _smallest(self, columns: Array, frame: _Frame) -> tuple[Array, Array]:
        """Give scaled residual sums of squares: by lambda without, the least with each block."""
        bases = [_basis(block, frame.base) for block in frame.blocks]
        few = max(_FEWEST, _PRODUCT // (len(self.grid) * max(1, len(bases))))
        parts = [
            self._reduced(columns[:, start : start + few], frame, bases)
            for start in range(0, columns.shape[1], few)
        ]
        without, with_each = zip(*parts, strict=True)
        return np.concatenate(without, axis=1), np.concatenate(with_each, axis=1)

    def _reduced(
        self, columns: Array, frame: _Frame, bases: Sequence[Array]
    ) -> tuple[Array, Array]:
        """Take frame and bases out of filtered columns u - lambda v, with v = W u."""
        moved = self._weights @ columns
        lam, scale = self.grid[:, None], self._scales[:, None]
        rest = np.square(columns).sum(axis=0) - 2 * lam * (columns * moved).sum(axis=0)
        rest = rest + lam**2 * np.square(moved).sum(axis=0)
        inside = np.stack([frame.axes.T @ columns, frame.axes.T @ moved])

        def explained(basis: Array) -> Array:
            """Give the sum of squares that an orthonormal basis takes, by lambda."""
            taken = np.zeros(rest.shape)
            for turned in np.moveaxis(basis, 2, 0):
                taken += np.square(turned @ inside[0] - (lam * turned) @ inside[1])
            return taken

        rest = rest - explained(frame.base)
        with_each = np.empty((len(bases), columns.shape[1]))
        for place, basis in enumerate(bases):
            with_each[place] = (scale * (rest - explained(basis))).min(axis=0)
        return scale * rest, with_each


@dataclass(frozen=True)
class _Frame:
    """Regressors, filtered by each lambda, in the coordinates of a few orthonormal axes.

    - ``axes``, shape (n, p): they span all regressors and their lags.
    - ``base``, shape (steps, p, q): orthonormal columns that span the filtered base.
    - ``blocks``, each of shape (steps, p, k): filtered regressors, tested one block at a time.
    """

    axes: Array
    base: Array
    blocks: Sequence[Array]


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
