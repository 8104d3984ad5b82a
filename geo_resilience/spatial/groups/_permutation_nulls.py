"""A group's rank among all sets of as many regions, free or contiguous: a description."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from geo_resilience.spatial._permutations import SECONDS
from geo_resilience.spatial.neighbors._links import Links
from geo_resilience.statistics._arrays import Array, Truths, Whole
from geo_resilience.statistics._connected import MOST_NODES, Level, connected_sets, is_connected
from geo_resilience.statistics._counting import SubsetSums, counting_cost, scaled_integers
from geo_resilience.statistics._permutation import subset_sums, two_sided
from geo_resilience.statistics._repetitions import Rng, permutations_over

#: Sizes for which sets about as ragged as the group are compared too.
COMPACT_SIZES = range(8, 15)


#: Cut links by which such sets may differ from the group.
RAGGED = 3


class ContiguousSets:
    """All contiguous sets of the sizes of some groups, links followed both ways.

    Groups are positions of regions; rng is used only where there are too many sets to list.
    """

    def __init__(self, links: Links, groups: Iterable[Iterable[int]], rng: Rng = None) -> None:
        self._levels: dict[int, Level] = {}
        self._near: dict[tuple[int, ...], Truths] = {}
        n = len(links.keys)
        if n > MOST_NODES:
            return
        linked = links.matrix.toarray() != 0
        self._linked = linked | linked.T
        whole = {
            len(group)
            for group in map(list, groups)
            if is_connected(self._linked, group) and len(group) < n
        }
        self._levels = connected_sets(self._linked, whole, rng=rng)

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


def free_p(
    values: Array,
    groups: Sequence[Sequence[int]],
    permutations: int | None,
    rng: np.random.Generator | None,
) -> tuple[Array, int]:
    """Say how rare the mean of each group is among all groups of its size, two-sided.

    The mean of a group, its difference from the mean of the rest, and its sum order all groups of
    one size alike. Without permutations all are counted, else so many are drawn.

    - ``values``, shape (n, columns); groups are positions in the rows.
    - Gives p, shape (groups, columns), and how many groups the last was held against.
    """
    if permutations is None:
        return _counted(values, groups)
    drawn = subset_sums(values, map(len, groups), permutations, np.random.default_rng(rng))
    tolerance = 1e-12 * np.maximum(1.0, np.abs(values).sum(axis=0))
    counts = []
    for group in groups:
        observed = values[np.sort(group)].sum(axis=0)
        sums = drawn[len(group)]
        above = (sums >= observed - tolerance).sum(axis=0)
        counts.append(
            two_sided(above, (sums <= observed + tolerance).sum(axis=0), permutations, exact=False)
        )
    return np.array(counts).reshape(len(groups), -1), permutations


def _counted(values: Array, groups: Sequence[Sequence[int]]) -> tuple[Array, int]:
    """Count all groups of the same sizes; two groups of the same members share a count."""
    found, total = np.empty((len(groups), values.shape[1])), 0
    for column, each in enumerate(values.T):
        sums = SubsetSums(each)
        known: dict[frozenset[int], float] = {}
        for place, group in enumerate(groups):
            members = frozenset(map(int, group))
            if members not in known:
                above, below, total = sums.count(sorted(members))
                known[members] = float(two_sided(above, below, total, exact=True))
            found[place, column] = known[members]
    return found, total


def drawing(
    permutations: int | None, n: int, sizes: Iterable[int], times: int, rng: Rng
) -> tuple[int | None, np.random.Generator | None]:
    """Decide between counting (None, None) and drawing (number, generator)."""
    if permutations is None and cheap(n, sizes, times):
        return None, None
    draws = permutations_over(n) if permutations is None else permutations
    return draws, np.random.default_rng(rng)
