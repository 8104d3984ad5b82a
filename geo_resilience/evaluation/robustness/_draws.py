"""What a draw of the simulation consists of, and the scores that it gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_resilience.evaluation._aggregation import LOWEST, Aggregation

#: Scores nearer than this are equal (scores are rounded to 12 decimals elsewhere).
TIE = 5e-13

#: Numbers in a block of scores: 16 MB, so that a block's few companions fit the caches.
BLOCK = 2_000_000

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Draws:
    """Weights (draws, m), and for each draw its variant and mean (as numbers)."""

    weights: Floats
    variant: Whole
    mean: Whole

    def __len__(self) -> int:
        return len(self.weights)


def drawn_weights(
    used: Floats, count: int, rng: np.random.Generator, *, concentration: float, uniform: bool
) -> Floats:
    """Draw weight vectors around the used ones (Dirichlet) or uniformly on the simplex."""
    shape = np.ones_like(used) if uniform else concentration * used
    raw = rng.standard_gamma(np.broadcast_to(shape, (count, len(used))))
    sums = raw.sum(axis=1, keepdims=True)
    # With a tiny concentration every gamma of a draw may underflow to 0: all on the largest.
    raw[sums[:, 0] == 0, int(np.argmax(used))] = 1.0
    return raw / raw.sum(axis=1, keepdims=True)


def without(weights: Floats, omitted: Whole) -> Floats:
    """Set the omitted indicator's weight (-1: none) to 0 and let the others share it."""
    left = weights.copy()
    rows = np.flatnonzero(omitted >= 0)
    left[rows, omitted[rows]] = 0.0
    sums = left.sum(axis=1, keepdims=True)
    return np.where(sums > 1e-12, left / np.where(sums > 1e-12, sums, 1.0), weights)


class Scorer:
    """Scores of all rows for any draws, block by block.

    Parameters
    ----------
    tables : ndarray, shape (variants, n, m)
        Standardized values.
    means : sequence of Aggregation
        A draw's ``mean`` counts into it; those that need positive values take these rescaled
        to [0.01, 1].
    """

    def __init__(self, tables: Floats, means: Sequence[Aggregation]) -> None:
        self.means = tuple(means)
        self.rows = tables.shape[1]
        self._prepared = [[_parts(mean, table) for mean in means] for table in tables]

    def scores(self, weights: Floats, variant: int, mean: int, rows: slice = slice(None)) -> Floats:
        """Give scores (draws, rows) of draws that share variant and mean."""
        parts = self._prepared[variant][mean]
        return self.means[mean].join(*(weights @ part[:, rows] for part in parts))

    def blocks(self, draws: Draws) -> Iterator[tuple[Whole, Floats]]:
        """Give blocks of draws (their numbers) with their scores (block, n)."""
        most = max(1, BLOCK // self.rows)
        for members, variant, mean in self.groups(draws):
            for start in range(0, len(members), most):
                block = members[start : start + most]
                yield block, self.scores(draws.weights[block], variant, mean)

    def groups(self, draws: Draws) -> Iterator[tuple[Whole, int, int]]:
        """Give the numbers of the draws that share variant and mean."""
        key = draws.variant * len(self.means) + draws.mean
        order = np.argsort(key, kind="stable")
        starts = np.flatnonzero(np.r_[True, np.diff(key[order]) > 0])
        for members in np.split(order, starts[1:]):
            variant, mean = divmod(int(key[members[0]]), len(self.means))
            yield members, variant, mean


def _parts(mean: Aggregation, table: Floats) -> list[Floats]:
    """Give the parts of a mean (m, n), ready to be weighed."""
    values = LOWEST + (1 - LOWEST) * table if mean.needs_positive else table
    return [np.ascontiguousarray(part.T) for part in mean.split(values)]


def places_of(scores: Floats) -> tuple[Whole, Whole]:
    """Order each draw's scores, the highest first, with places from 0; ties share the better."""
    turned = -scores
    order = np.argsort(turned, axis=1)
    ordered = np.take_along_axis(turned, order, axis=1)
    places = np.broadcast_to(np.arange(scores.shape[1]), scores.shape)
    tied = np.diff(ordered, axis=1) < TIE
    if tied.any():
        own = np.where(tied, 0, places[:, 1:])
        places = np.concatenate([places[:, :1], np.maximum.accumulate(own, axis=1)], axis=1)
    return order, places
