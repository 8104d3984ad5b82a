"""How many subsets of a set of values have a sum as large: counted, not drawn.

Every subset of ``n`` values is one subset of the first half and one of the second. The
``2 ** (n / 2)`` sums of each half are listed by size and sorted; pairs whose sum reaches a
threshold are then counted by binary search [1]_. With 31 values all arrangements of a group are
counted in milliseconds, so that a permutation p-value is exact.

References
----------
.. [1] Horowitz, E. and Sahni, S. (1974). Computing partitions with applications to the knapsack
   problem. Journal of the ACM 21(2), 277-292.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from math import comb, floor, log10

import numpy as np
from numpy.typing import ArrayLike

from geo_resilience.statistics._arrays import Whole

_DIGITS = 15


def scaled_integers(values: ArrayLike) -> Whole:
    """Write values as integers of fifteen digits, so that equal sums compare as equal."""
    given = np.asarray(values, dtype=float)
    top = np.abs(given).max(initial=0.0)
    if top == 0.0:
        return np.zeros(given.shape, dtype=np.int64)
    digits = floor(log10(top)) + 1
    if digits <= _DIGITS and _DIGITS - digits <= 300:
        return np.rint(given * 10.0 ** (_DIGITS - digits)).astype(np.int64)
    return np.rint(given / top * 10.0**_DIGITS).astype(np.int64)


def counting_cost(n: int, sizes: Iterable[int] = ()) -> float:
    """Estimate the seconds that counting subsets of these sizes takes, roughly, on one core."""
    small = n // 2
    searches = sum(
        comb(small, part) for size in sizes for part in range(min(size, n - size, small) + 1)
    )
    return 1e-7 * (2.0**small + 2.0 ** (n - small)) + 5e-8 * searches


@lru_cache(maxsize=4)
def _masks_by_size(length: int) -> tuple[Whole, ...]:
    """Give the bit masks of all subsets of ``length`` things, by the number of things."""
    masks = np.arange(2**length, dtype=np.int64)
    sizes = np.bitwise_count(masks) if hasattr(np, "bitwise_count") else _bits(masks)
    return tuple(masks[sizes == size] for size in range(length + 1))


def _bits(masks: Whole) -> Whole:
    """Count the bits of each mask (NumPy 1 has no function for it)."""
    count = np.zeros_like(masks)
    while masks.any():
        count += masks & 1
        masks = masks >> 1
    return count


class _Half:
    """The subset sums of one half, by size, sorted when first asked for."""

    def __init__(self, values: Whole) -> None:
        self.length = len(values)
        sums = np.zeros(1, dtype=np.int64)
        for value in values:
            sums = np.concatenate([sums, sums + value])
        self._sums = sums
        self._sorted: dict[int, tuple[Whole, Whole]] = {}

    def sums(self, size: int, without: int | None = None) -> Whole:
        """Give the sorted sums of all subsets of a size, of those without one position."""
        if size not in self._sorted:
            masks = _masks_by_size(self.length)[size]
            sums = self._sums[masks]
            order = np.argsort(sums)
            self._sorted[size] = sums[order], masks[order]
        sums, masks = self._sorted[size]
        return sums if without is None else sums[(masks >> without) & 1 == 0]


class SubsetSums:
    """The sums of all subsets of finite values, ready to be counted."""

    def __init__(self, values: ArrayLike) -> None:
        self.scaled = scaled_integers(values)
        self.n = len(self.scaled)
        self._cut = self.n // 2
        self._halves = _Half(self.scaled[: self._cut]), _Half(self.scaled[self._cut :])

    def count(self, members: ArrayLike, *, without: int | None = None) -> tuple[int, int, int]:
        """Count subsets of the members' size with a sum at or above theirs, at or below, and all.

        No subset holds the position ``without`` (the region itself, in a local statistic). They
        themselves are among them; ties (to the fifteenth digit) count on both sides.
        """
        chosen = np.asarray(members, dtype=np.int64)
        threshold = int(self.scaled[chosen].sum())
        size, tolerance = len(chosen), self.n
        free = self.n - (without is not None)
        # Fewer sums are searched when the smaller of a set and its complement is counted.
        if size > free - size:
            total = int(self.scaled.sum()) - (
                int(self.scaled[without]) if without is not None else 0
            )
            below, above = self._pairs(free - size, total - threshold, tolerance, without)
        else:
            above, below = self._pairs(size, threshold, tolerance, without)
        return above, below, comb(free, size)

    def _pairs(
        self, size: int, threshold: int, tolerance: int, without: int | None
    ) -> tuple[int, int]:
        first, second = self._halves
        in_first = without if without is not None and without < self._cut else None
        in_second = without - self._cut if without is not None and in_first is None else None
        above = below = 0
        longest = second.length - (in_second is not None)
        most = min(size, first.length - (in_first is not None))
        for part in range(max(0, size - longest), most + 1):
            a, b = first.sums(part, in_first), second.sums(size - part, in_second)
            few, many = (a, b) if len(a) <= len(b) else (b, a)
            need = threshold - few[::-1]
            above += len(few) * len(many) - int(
                np.searchsorted(many, need - tolerance, "left").sum()
            )
            below += int(np.searchsorted(many, need + tolerance, "right").sum())
        return above, below
