"""Conditional permutation: what the neighbors of each unit would hold if all others were dealt.

Unit i keeps its value; its k neighbors hold k of the n - 1 others. All units share one set of
ordered samples of K + 1 distinct units (K = the largest k). Where the weights of a row are equal,
the sums of the first k of each sample are sorted once and every unit with k neighbors finds its
rank by binary search; the few samples that drew the unit itself are corrected, the next one drawn
taking its place. By symmetry this is the exact conditional null; errors of different units move
together, since the samples are shared. Rows with unequal weights, and squared differences, are
compared sample by sample.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from geo_resilience.statistics._arrays import Array, Whole
from geo_resilience.statistics._counting import SubsetSums
from geo_resilience.statistics._repetitions import Rng

if TYPE_CHECKING:
    from scipy.sparse import csr_array


#: Bytes that the samples of one portion may take.
MEMORY = 200_000_000


def distinct_draws(n: int, draws: int, size: int, rng: np.random.Generator) -> NDArray[np.int32]:
    """Draw ordered samples of distinct positions, shape (draws, size)."""
    if size * size > 8 * n:
        everyone = np.broadcast_to(np.arange(n, dtype=np.int32), (draws, n))
        return np.ascontiguousarray(rng.permuted(everyone, axis=1)[:, :size])
    columns = [rng.integers(n, size=draws, dtype=np.int32)]
    for _ in range(1, size):
        column = rng.integers(n, size=draws, dtype=np.int32)
        again = np.arange(draws)
        while len(again):
            twice = np.zeros(len(again), dtype=bool)
            for before in columns:
                twice |= before[again] == column[again]
            again = again[twice]
            column[again] = rng.integers(n, size=len(again), dtype=np.int32)
        columns.append(column)
    return np.stack(columns, axis=1)


def counted_arrangements(
    values: Array, matrix: csr_array, of: Literal["sum", "square"] = "sum"
) -> tuple[Whole, Whole, Whole]:
    """Count, for each unit, all arrangements at or above and at or below the observed, and all.

    The statistic of unit i is the sum over its neighbors of v_j, or of (v_i - v_j)^2; weights are
    equal within a row. Units without neighbors have 1 of 1.
    """
    n = len(values)
    found = np.ones((3, n), dtype=np.int64)
    shared = SubsetSums(values) if of == "sum" else None
    for unit in range(n):
        near = matrix.indices[matrix.indptr[unit] : matrix.indptr[unit + 1]]
        if len(near):
            sums = shared or SubsetSums(np.square(values - values[unit]))
            found[:, unit] = sums.count(near, without=unit)
    return found[0], found[1], found[2]


def sampled_arrangements(
    values: Array,
    matrix: csr_array,
    draws: int,
    rng: Rng,
    of: Literal["sum", "square"] = "sum",
    memory: int = MEMORY,
) -> tuple[Whole, Whole]:
    """Count, for each unit, drawn arrangements at or above and at or below the observed.

    The statistic of unit i is the sum of w_ij v_j, or of w_ij (v_i - v_j)^2; all units share the
    ``draws``, and ``memory`` is what a portion may take in bytes. Units without neighbors have 0.
    """
    counts = np.diff(matrix.indptr)
    most = int(counts.max(initial=0))
    counter = _Counter(values, matrix, of, memory)
    generator = np.random.default_rng(rng)
    step = max(1, min(draws, memory // (24 * (most + 1))))
    for start in range(0, draws if most else 0, step):
        size = min(step, draws - start)
        picks = distinct_draws(len(values), size, most + 1, generator)
        for units, k in _by_size(counts):
            (counter.by_rank if counter.equal else counter.one_by_one)(picks, units, k)
    return counter.above, counter.below


def equal_rows(matrix: csr_array) -> bool:
    """Whether the weights of every row are the same, and above 0."""
    counts = np.diff(matrix.indptr)
    filled = matrix.indptr[:-1][counts > 0]
    if not len(filled):
        return True
    high, low = np.maximum.reduceat(matrix.data, filled), np.minimum.reduceat(matrix.data, filled)
    return bool((high - low <= 1e-12 * np.abs(high)).all() and (low > 0).all())


def _by_size(counts: NDArray[Any]) -> Iterator[tuple[Whole, int]]:
    """Give the units of each number of neighbors."""
    order = np.argsort(counts, kind="stable")
    sizes, starts = np.unique(counts[order], return_index=True)
    ends = [*starts[1:], len(order)]
    for size, start, end in zip(sizes, starts, ends, strict=True):
        if size > 0:
            yield order[start:end], int(size)


class _Counter:
    """The observed statistics, and the counts of arrangements held against them."""

    def __init__(self, values: Array, matrix: csr_array, of: str, memory: int) -> None:
        self._values, self._matrix, self._of, self._memory = values, matrix, of, memory
        self.above = np.zeros(len(values), dtype=np.int64)
        self.below = np.zeros(len(values), dtype=np.int64)
        self.equal = of == "sum" and equal_rows(matrix)
        self._observed = self._observe()
        most = float(np.diff(matrix.indptr).max(initial=0))
        scale = float(np.abs(values).max(initial=0.0)) ** (1 if of == "sum" else 2)
        weight = 1.0 if self.equal else float(np.abs(matrix.data).max(initial=0.0))
        # A tie is a tie although two sums were added in another order.
        self._tolerance = 1e-11 * scale * most * weight + np.finfo(float).tiny

    def _observe(self) -> Array:
        from scipy.sparse import csr_array

        values, matrix = self._values, self._matrix
        if self.equal:
            ones = np.ones(len(matrix.data))
            links = csr_array((ones, matrix.indices, matrix.indptr), shape=matrix.shape)
            return np.asarray(links @ values)
        if self._of == "sum":
            return np.asarray(matrix @ values)
        rows = np.asarray(matrix.sum(axis=1)).ravel()
        cross = 2 * values * (matrix @ values)
        return np.asarray(rows * values**2 - cross + matrix @ values**2)

    def by_rank(self, picks: NDArray[np.int32], units: Whole, k: int) -> None:
        """Equal weights: rank the observed sums among the sorted sums of the samples."""
        values = self._values
        sums = values[picks[:, 0]]
        for place in range(1, k):
            sums += values[picks[:, place]]
        ranked = np.sort(sums)
        high, low = self._observed - self._tolerance, self._observed + self._tolerance
        self.above[units] += len(sums) - np.searchsorted(ranked, high[units], "left")
        self.below[units] += np.searchsorted(ranked, low[units], "right")
        mine = np.zeros(len(values), dtype=bool)
        mine[units] = True
        following = values[picks[:, k]]
        for place in range(k):
            drawn = picks[:, place]
            at = np.flatnonzero(mine[drawn])
            unit, old = drawn[at], sums[at]
            new = old - values[unit] + following[at]
            up = (new >= high[unit]).astype(np.int64) - (old >= high[unit])
            down = (new <= low[unit]).astype(np.int64) - (old <= low[unit])
            np.add.at(self.above, unit, up)
            np.add.at(self.below, unit, down)

    def one_by_one(self, picks: NDArray[np.int32], units: Whole, k: int) -> None:
        """Any weights: lay out the statistic of every sample and unit, a block of units a time."""
        block = max(1, self._memory // (32 * len(picks)))
        for start in range(0, len(units), block):
            some = units[start : start + block]
            statistic = self._laid_out(picks, some, k)
            high, low = self._observed - self._tolerance, self._observed + self._tolerance
            self.above[some] += (statistic >= high[some]).sum(axis=0)
            self.below[some] += (statistic <= low[some]).sum(axis=0)

    def _laid_out(self, picks: NDArray[np.int32], some: Whole, k: int) -> Array:
        """Give the statistic of each sample (rows) and unit (columns)."""
        own = self._values[some]
        weights = self._matrix.data[self._matrix.indptr[some][:, None] + np.arange(k)].T
        column_of = np.full(len(self._values), -1, dtype=np.int64)
        column_of[some] = np.arange(len(some))
        sample, place = np.nonzero(column_of[picks[:, :k]] >= 0)
        column = column_of[picks[sample, place]]

        def dealt(drawn: Array) -> Array:
            sums = drawn[:, :k] @ weights
            instead = drawn[sample, k] - drawn[sample, place]
            sums[sample, column] += weights[place, column] * instead
            return sums

        drawn = self._values[picks[:, : k + 1]]
        if self._of == "sum":
            return dealt(drawn)
        squares = weights.sum(axis=0) * own**2
        return dealt(drawn**2) - 2 * own * dealt(drawn) + squares
