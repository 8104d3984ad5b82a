"""What a draw of the simulation consists of, and the scores that it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from geo_resilience.evaluation._aggregation import Aggregation
from geo_resilience.statistics._arrays import Array, Truths, Whole

#: Scores nearer than this are equal (scores are rounded to 12 decimals elsewhere).
TIE = 5e-13

#: Numbers in a block of scores: 16 MB, so that a block's few companions fit the caches.
BLOCK = 2_000_000

#: Numbers that the parts of means held ready may have together.
_READY = 16_000_000


#: Skewness of data errors that makes no difference.
_STRAIGHT = 0.05

#: Where a data error is looked at, in standard errors, and with what probability (Gauss-Hermite).
NODES, _CHANCES = np.polynomial.hermite_e.hermegauss(5)
CHANCES: Array = _CHANCES / _CHANCES.sum()


@dataclass(frozen=True, eq=False)
class Draws:
    """The draws of a simulation.

    - ``weights``, shape (draws, m)
    - ``table``, ``mean``, ``error``, shape (draws,): which table of values, which mean, and which
      vector of data errors (with none, all 0).
    """

    weights: Array
    table: Whole
    mean: Whole
    error: Whole

    def __len__(self) -> int:
        return len(self.weights)

    def first(self, count: int) -> Draws:
        """Give so many of the draws."""
        return Draws(
            self.weights[:count], self.table[:count], self.mean[:count], self.error[:count]
        )


@dataclass(frozen=True, eq=False)
class Tables:
    """Standardized values under every preparation, filled in several ways.

    - ``values``, shape (variants, n, m)
    - ``blanks``, shape (n, m): the cells that were missing.
    - ``fills``, shape (variants, fillings, blanks): what is drawn for them; with no fillings they
      stay as the variant has them.
    - ``nodes``, shape (variants, nodes, n, m): the values with a data error of `NODES` standard
      errors.
    """

    values: Array
    blanks: Truths
    fills: Array
    nodes: Array | None = None

    @property
    def fillings(self) -> int:
        """How many tables there are of a variant."""
        return max(1, self.fills.shape[1])

    def of(self, variant: int) -> Array:
        """Give a variant's values with every error there may be, shape (1 or nodes, n, m)."""
        return self.values[variant][None] if self.nodes is None else self.nodes[variant]


def without(weights: Array, kept: Truths) -> Array:
    """Set weights that are not kept to 0 and let the others share them, where any are left."""
    left = np.where(kept, weights, 0.0)
    sums = left.sum(axis=1, keepdims=True)
    return np.where(sums > 1e-12, left / np.where(sums > 1e-12, sums, 1.0), weights)


class Scorer:
    """Scores of all rows for any draws, block by block.

    A data error moves a row's weighted sum by the weighted sum of its cells' errors: their mean,
    variance and skewness are exact, and one number a row and draw, of a Pearson type III
    distribution with these moments, stands for the many.

    - ``means``: A draw's ``mean`` counts into it; means that need positive values take these
      rescaled to [floor, 1], the floor beside them.
    - ``noise``, shape (vectors, n): standard normal numbers; needed with nodes.
    """

    def __init__(
        self,
        tables: Tables,
        means: Sequence[tuple[Aggregation, float]],
        noise: Array | None = None,
    ) -> None:
        self.means, self._tables, self._noise = tuple(means), tables, noise
        _, self.rows, columns = tables.values.shape
        self._ready: dict[tuple[int, int], list[tuple[Array, ...]]] = {}
        moments = 1 if noise is None else 3
        self._most = max(1, _READY // (self.rows * columns * moments))

    def parts(self, table: int, mean: int) -> list[tuple[Array, ...]]:
        """Give the parts of a mean (m, n), ready to be weighed, with the moments of their errors.

        Beside each part stand the second and third central moment, where there are errors; what is
        filled in has none.
        """
        variant, filling = divmod(table, self._tables.fillings)
        ready = self._unfilled(variant, mean)
        if not self._tables.fills.size:
            return ready
        how, floor = self.means[mean]
        found = []
        fills = how.split(_lifted(how, floor, self._tables.fills[variant, filling]))
        for (part, *moments), fill in zip(ready, fills, strict=True):
            filled = part.copy()
            filled.T[self._tables.blanks] = fill
            found.append((filled, *moments))
        return found

    def _unfilled(self, variant: int, mean: int) -> list[tuple[Array, ...]]:
        """Give the parts of a variant as it stands; held ready for its fillings, as many as fit."""
        if (variant, mean) in self._ready:
            return self._ready[variant, mean]
        how, floor = self.means[mean]
        found = []
        for part in how.split(_lifted(how, floor, self._tables.of(variant))):
            moments = [part[0]]
            if self._noise is not None:
                middle = np.tensordot(CHANCES, part, 1)
                powers = _square_and_cube(part - middle)
                moments = [middle, *(np.tensordot(CHANCES, each, 1) for each in powers)]
            found.append(tuple(np.ascontiguousarray(each.T) for each in moments))
        if len(self._ready) >= self._most:
            self._ready.clear()
        self._ready[variant, mean] = found
        return found

    def scores(self, draws: Draws, members: Whole | None = None) -> Array:
        """Give the scores (members, rows) of some of the draws, or of all."""
        members = np.arange(len(draws)) if members is None else members
        found = np.empty((len(members), self.rows))
        for places, table, mean in self.alike(draws, members):
            own = members[places]
            sums = self.sums(draws.weights[own], draws.error[own], table, mean)
            found[places] = self.means[mean][0].join(*sums)
        return found

    def sums(self, weights: Array, error: Whole, table: int, mean: int) -> list[Array]:
        """Give the weighted sums of a mean's parts, shape (draws, rows), errors included."""
        found = []
        for part, *moments in self.parts(table, mean):
            total = weights @ part
            if self._noise is not None:
                second, third = (
                    power @ moment
                    for power, moment in zip(_square_and_cube(weights), moments, strict=True)
                )
                total += _spread(self._noise[error], second, third)
            found.append(total)
        return found

    def blocks(self, draws: Draws) -> Iterator[tuple[Whole, Array]]:
        """Give blocks of draws (their numbers) with their scores (block, n)."""
        most = max(1, BLOCK // self.rows)
        order = np.argsort(draws.table * len(self.means) + draws.mean, kind="stable")
        for start in range(0, len(order), most):
            block = order[start : start + most]
            yield block, self.scores(draws, block)

    def alike(self, draws: Draws, members: Whole) -> Iterator[tuple[Whole, int, int]]:
        """Give the places of the members that share table and mean."""
        key = draws.table[members] * len(self.means) + draws.mean[members]
        order = np.argsort(key, kind="stable")
        starts = np.flatnonzero(np.diff(key[order]) > 0) + 1
        for places in np.split(order, starts):
            table, mean = divmod(int(key[places[0]]), len(self.means))
            yield places, table, mean


@dataclass(frozen=True, eq=False)
class Scoring:
    """What scores any rows; their tables are laid out when they are asked for.

    - ``tables``: gives those of some rows, in their order.
    - ``means``, ``noise``: as `Scorer` has them, of all rows.
    - ``rows``: how many there are.
    """

    tables: Callable[[slice | Whole], Tables]
    means: Sequence[tuple[Aggregation, float]]
    noise: Array | None
    rows: int

    def among(self, rows: slice | Whole) -> Scorer:
        """Give what scores some rows alone, in their order."""
        noise = None if self.noise is None else self.noise[:, rows]
        return Scorer(self.tables(rows), self.means, noise)


def _lifted(how: Aggregation, floor: float, values: Array) -> Array:
    """Rescale values to [floor, 1] for a mean that needs them above 0."""
    return floor + (1 - floor) * values if how.needs_positive else values


def _square_and_cube(given: Array) -> tuple[Array, Array]:
    square = given * given
    return square, square * given


def _spread(normal: Array, second: Array, third: Array) -> Array:
    """Turn normal numbers into such of given second and third moments (Wilson and Hilferty)."""
    width = np.sqrt(second)
    skew = third / np.maximum(second * width, 1e-300)
    if max(skew.max(initial=0.0), -skew.min(initial=0.0)) < _STRAIGHT:
        return np.asarray(width * normal)
    flat = np.abs(skew) < 1e-4
    skew[flat] = 1.0
    np.clip(skew, -4.0, 4.0, out=skew)
    sixth = skew / 6
    base = np.maximum(1 + sixth * (normal - sixth), 0.0)
    bent = (base * base * base - 1) * 2 / skew
    bent[flat] = normal[flat]
    return np.asarray(width * bent)


def places_of(scores: Array) -> tuple[Whole, Whole]:
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


def ranks_of(scores: Array) -> Whole:
    """Give every score's place in its draw, from 0; ties share the better."""
    order, places = places_of(scores)
    found = np.empty(scores.shape, np.min_scalar_type(scores.shape[1]))
    np.put_along_axis(found, order, places.astype(found.dtype), axis=1)
    return found
