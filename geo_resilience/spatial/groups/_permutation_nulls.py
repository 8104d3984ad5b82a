"""A group's rank among all sets of as many regions, free or contiguous: a description."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from geo_resilience.spatial._permutations import SECONDS
from geo_resilience.spatial.neighbors._alignment import Links
from geo_resilience.statistics._arrays import Array, Truths, Whole
from geo_resilience.statistics._connected import MOST_NODES, Level, connected_sets, is_connected
from geo_resilience.statistics._counting import SubsetSums, counting_cost, scaled_integers
from geo_resilience.statistics._permutation import sampled_subset_sums, two_sided
from geo_resilience.statistics._repetitions import PERMUTATIONS, Rng

#: Sizes for which sets about as ragged as the group are compared too.
COMPACT_SIZES = range(8, 15)


#: Cut links by which such sets may differ from the group.
RAGGED = 3


class ContiguousSets:
    """All contiguous sets of the sizes of some groups, links followed both ways.

    Groups are positions of regions; rng is used only where there are too many sets to list.
    """

    def __init__(self, links: Links, groups: Iterable[Iterable[int]], rng: Rng = None) -> None:
        linked = links.matrix.toarray() != 0
        self._linked = linked | linked.T
        self._levels: dict[int, Level] = {}
        if len(linked) <= MOST_NODES:
            whole = {
                len(group)
                for group in map(list, groups)
                if is_connected(self._linked, group) and len(group) < len(linked)
            }
            self._levels = connected_sets(self._linked, whole, rng=rng)
        self._near: dict[tuple[int, ...], Truths] = {}

    def of(self, values: Array) -> Ranking:
        """Rank groups by the mean of some values."""
        return Ranking(self, scaled_integers(values))

    def level(self, group: tuple[int, ...]) -> Level | None:
        """Give the sets of a group's size; None where the group itself does not hang together."""
        level = self._levels.get(len(group))
        return level if level is not None and is_connected(self._linked, group) else None

    def compact(self, group: tuple[int, ...], level: Level) -> Truths | None:
        """Mark the sets about as ragged as the group; None for sizes where that is not asked."""
        if len(group) not in COMPACT_SIZES:
            return None
        if group not in self._near:
            inside = np.zeros(len(self._linked), dtype=bool)
            inside[list(group)] = True
            cut = int(self._linked[inside][:, ~inside].sum())
            self._near[group] = np.abs(level.cuts.astype(int) - cut) <= RAGGED
        return self._near[group]


class Ranking:
    """The contiguous sets with the sums of one variable."""

    def __init__(self, sets: ContiguousSets, scaled: Whole) -> None:
        self._sets, self._scaled = sets, scaled
        self._sums: dict[int, Whole] = {}

    def p_values(self, group: Iterable[int]) -> tuple[float, float]:
        """Give p_contiguous and p_compact, two-sided; NaN where there is none."""
        members = tuple(sorted(int(member) for member in group))
        level = self._sets.level(members)
        if level is None:
            return float("nan"), float("nan")
        if level.size not in self._sums:
            self._sums[level.size] = level.sums(self._scaled)
        sums = self._sums[level.size]
        observed = int(self._scaled[list(members)].sum())
        ragged = self._sets.compact(members, level)
        compact = float("nan") if ragged is None else _p(sums[ragged], observed, level)
        return _p(sums, observed, level), compact


def _p(sums: Whole, observed: int, level: Level) -> float:
    above = int((sums >= observed - level.size).sum())
    below = int((sums <= observed + level.size).sum())
    return float(two_sided(above, below, len(sums), exact=level.complete))


def cheap(n: int, sizes: Iterable[int], times: int = 1) -> bool:
    """Whether groups of these sizes among ``n`` regions are counted, ``times`` over."""
    return n <= 50 and times * counting_cost(n, sizes) <= SECONDS


class Relabeling:
    """The values of some regions, and how rare the mean of a group of them is.

    Without permutations all groups of that size are counted, else so many are drawn.
    """

    def __init__(
        self, values: ArrayLike, permutations: int | None, rng: np.random.Generator | None
    ) -> None:
        self.values: Array = np.asarray(values, dtype=float)
        self._permutations = permutations
        self._rng = rng
        self._sums = SubsetSums(self.values) if permutations is None else None
        self._known: dict[frozenset[int], tuple[float, int]] = {}
        self._drawn: dict[int, Array] = {}

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
    permutations: int | None, n: int, sizes: Iterable[int], times: int, rng: Rng
) -> tuple[int | None, np.random.Generator | None]:
    """Decide between counting (None, None) and drawing (number, generator)."""
    if permutations is None and cheap(n, sizes, times):
        return None, None
    draws = PERMUTATIONS if permutations is None else permutations
    return draws, np.random.default_rng(rng)
