"""Free relabeling: what a group's mean would be if its name were dealt to any other regions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo_resilience.spatial.effort import SECONDS
from geo_resilience.statistics.counting import SubsetSums, counting_cost
from geo_resilience.statistics.permutation import sampled_subset_sums, two_sided
from geo_resilience.statistics.repetitions import PERMUTATIONS

__all__ = ["Relabeling", "cheap", "drawing"]


def cheap(n: int, sizes: Iterable[int], times: int = 1) -> bool:
    """Whether groups of these sizes among ``n`` regions are counted, ``times`` over.

    Examples
    --------
    >>> cheap(31, [11, 15], times=24), cheap(60, [11, 15])
    (True, False)
    """
    return n <= 50 and times * counting_cost(n, sizes) <= SECONDS


class Relabeling:
    """The values of some regions, and how rare the mean of a group of them is.

    Parameters
    ----------
    values : array_like, shape (n,)
    permutations : int or None
        Random groups to draw; None = count all groups of that size.
    rng : numpy.random.Generator or None
        Needed where groups are drawn.
    """

    def __init__(
        self, values: ArrayLike, permutations: int | None, rng: np.random.Generator | None
    ) -> None:
        self.values: NDArray[np.float64] = np.asarray(values, dtype=float)
        self._permutations = permutations
        self._rng = rng
        self._sums = SubsetSums(self.values) if permutations is None else None
        self._known: dict[frozenset[int], tuple[float, int]] = {}
        self._drawn: dict[int, NDArray[np.float64]] = {}

    def p_value(self, members: Iterable[int]) -> tuple[float, int]:
        """Give the two-sided p of a group's mean, and how many groups it was held against.

        Members are positions in the values. The mean of the group, its difference from the mean
        of the rest, and its sum order all groups of one size alike.
        """
        group = frozenset(int(member) for member in members)
        if group not in self._known:
            self._known[group] = self._counted(group) if self._sums else self._sampled(group)
        return self._known[group]

    def _counted(self, group: frozenset[int]) -> tuple[float, int]:
        assert self._sums is not None
        above, below, total = self._sums.count(sorted(group))
        return float(two_sided(above, below, total, exact=True)), total

    def _sampled(self, group: frozenset[int]) -> tuple[float, int]:
        size = len(group)
        draws = self._permutations or PERMUTATIONS
        if size not in self._drawn:
            rng = np.random.default_rng(self._rng)
            self._drawn[size] = sampled_subset_sums(self.values, size, draws, rng)
        observed = self.values[sorted(group)].sum()
        tolerance = 1e-12 * max(1.0, float(np.abs(self.values).sum()))
        above = int((self._drawn[size] >= observed - tolerance).sum())
        below = int((self._drawn[size] <= observed + tolerance).sum())
        return float(two_sided(above, below, draws, exact=False)), draws


def drawing(
    permutations: int | None, n: int, sizes: Iterable[int], times: int, rng: Any
) -> tuple[int | None, np.random.Generator | None]:
    """Decide between counting (None, None) and drawing (number, generator)."""
    if permutations is None and cheap(n, sizes, times):
        return None, None
    draws = PERMUTATIONS if permutations is None else permutations
    return draws, np.random.default_rng(rng)
