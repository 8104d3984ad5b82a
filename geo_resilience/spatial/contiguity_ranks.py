"""A group's rank among all contiguous sets of as many regions: a description, not a verdict."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo_resilience.spatial.alignment import Links
from geo_resilience.statistics.connected import (
    MOST_NODES,
    Level,
    connected_sets,
    is_connected,
)
from geo_resilience.statistics.counting import scaled_integers
from geo_resilience.statistics.permutation import two_sided

__all__ = ["ContiguousSets"]

#: Sizes for which sets about as ragged as the group are compared too.
COMPACT_SIZES = range(8, 15)

#: Cut links by which such sets may differ from the group.
RAGGED = 3


class ContiguousSets:
    """All contiguous sets of the sizes of some groups.

    Parameters
    ----------
    links : Links
        Followed both ways.
    groups : iterable of collections of int
        Positions of each group's regions.
    rng : None, int or numpy.random.Generator
        Used only where there are too many sets to list.
    """

    def __init__(self, links: Links, groups: Iterable[Iterable[int]], rng: Any = None) -> None:
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
        self._near: dict[tuple[int, ...], NDArray[np.bool_]] = {}

    def of(self, values: NDArray[np.float64]) -> Ranking:
        """Rank groups by the mean of some values."""
        return Ranking(self, scaled_integers(values))

    def level(self, group: tuple[int, ...]) -> Level | None:
        """Give the sets of a group's size; None where the group itself does not hang together."""
        level = self._levels.get(len(group))
        return level if level is not None and is_connected(self._linked, group) else None

    def compact(self, group: tuple[int, ...], level: Level) -> NDArray[np.bool_] | None:
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

    def __init__(self, sets: ContiguousSets, scaled: NDArray[np.int64]) -> None:
        self._sets, self._scaled = sets, scaled
        self._sums: dict[int, NDArray[np.int64]] = {}

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


def _p(sums: NDArray[np.int64], observed: int, level: Level) -> float:
    above = int((sums >= observed - level.size).sum())
    below = int((sums <= observed + level.size).sum())
    return float(two_sided(above, below, len(sums), exact=level.complete))
