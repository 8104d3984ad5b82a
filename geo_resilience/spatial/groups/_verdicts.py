"""Verdicts on many groups at once: families in a tree, judged by joint draws of one null.

Every group is tested by its likelihood ratio (`ErrorModel`), and all tests of a field see the same
draws: how small the least of several p-values falls by chance is counted, not bounded. Families
(the zones of a partition, belts, clusters, areas) are held against each other first, each by its
least p; then the groups of a family among themselves.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from geo_resilience.spatial.groups._likelihood_ratio import ErrorModel, as_large, aside, dummy
from geo_resilience.statistics._arrays import Array, Whole
from geo_resilience.statistics._certainty import ALPHA
from geo_resilience.statistics._repetitions import DRAWS_PER_TEST, VERDICT_DRAWS


def draws_needed(tests: int, asked: int) -> int:
    """Give the draws that leave no verdict out of reach, however many tests: those asked at least.

    The largest of a test's draws has its least p, so that among B draws of m tests up to m have a
    least p of 1/B: the least corrected p is about m/B.
    """
    return max(asked, VERDICT_DRAWS, DRAWS_PER_TEST * (tests + 1) - 1)


@dataclass(frozen=True)
class Ranked:
    """Where the ratios of some tests stand among those of the draws, the largest being first.

    ``found`` (tests,) are the ranks of what was found, ``drawn`` (tests, draws) those of each draw.
    """

    found: Whole
    drawn: Whole

    @property
    def p(self) -> Array:
        """Each test's own p: the share of draws as large, what was found included."""
        return self.found / (1.0 + self.drawn.shape[1])

    def of(self, tests: Sequence[int]) -> Ranked:
        """Keep some tests."""
        return Ranked(self.found[list(tests)], self.drawn[list(tests)])


class GroupTests:
    """Tests of groups in any number of fields: the joint null is drawn once a lambda.

    Sides are positions of a group and of what it is held against; regions in neither have a mean
    of their own. A ratio does not change with the mean and the scale of a field, so that its null
    depends on the field by lambda alone.
    """

    def __init__(self, model: ErrorModel, sides: Sequence[tuple[Any, Any]]) -> None:
        self._model, self._count = model, len(sides)
        by_aside: dict[bytes, tuple[Array, list[int]]] = {}
        for place, pair in enumerate(sides):
            nuisance = aside(model.n, *pair)
            by_aside.setdefault(nuisance.tobytes(), (nuisance, []))[1].append(place)
        self._parts = [
            (nuisance, places, [dummy(model.n, sides[place][0]) for place in places])
            for nuisance, places in by_aside.values()
        ]
        self._nulls: dict[int, list[tuple[Array, Whole]]] = {}

    def ranked(self, fields: Array) -> Iterator[Ranked]:
        """Rank all tests in each field; fields have shape (n, fields)."""
        scaled = fields / np.where(np.ptp(fields, axis=0) > 0, np.ptp(fields, axis=0), 1.0)
        observed = [
            self._model.ratios(scaled, dummies, nuisance) for nuisance, _, dummies in self._parts
        ]
        for column in range(fields.shape[1]):
            found = np.empty(self._count, dtype=np.int64)
            parts = []
            for part, (ratios, at) in enumerate(observed):
                ordered, ranks = self._null(part, int(at[column]))
                found[self._parts[part][1]] = 1 + as_large(ordered, ratios[:, column])
                parts.append(ranks)
            yield Ranked(found, self._joined(parts))

    def _joined(self, parts: Sequence[Whole]) -> Whole:
        """Put the ranks of all parts in the order of the sides."""
        if len(parts) == 1:
            return parts[0]
        drawn = np.empty((self._count, parts[0].shape[1]), dtype=np.int64)
        for (_, places, _), ranks in zip(self._parts, parts, strict=True):
            drawn[places] = ranks
        return drawn

    def _null(self, part: int, place: int) -> tuple[Array, Whole]:
        """Give the ratios drawn at a lambda in order, and the rank of each draw, by test."""
        if place not in self._nulls:
            asked = [(self._model.base(nuisance), dummies) for nuisance, _, dummies in self._parts]
            drawn = self._model.drawn_ratios(place, asked)
            ordered = [np.sort(ratios, axis=1) for ratios in drawn]
            ranks = map(as_large, ordered, drawn)
            self._nulls[place] = list(zip(ordered, ranks, strict=True))
        return self._nulls[place][part]


@dataclass(frozen=True)
class Family:
    """Tests that answer one question, by their places; those ``after`` others wait for them."""

    name: str
    tests: tuple[int, ...]
    after: tuple[str, ...] = ()


def families_of(
    tests: Sequence[Hashable], named: Sequence[str], after: Mapping[str, Sequence[str]]
) -> tuple[list[int], list[Family]]:
    """Sort rows into families; rows of the same test count once, in the first family that has it.

    Gives the place of each row's test among the distinct ones, and the families of these places.
    """
    first: dict[Hashable, int] = {}
    families: dict[str, list[int]] = {}
    for test, family in zip(tests, named, strict=True):
        if test not in first:
            families.setdefault(family, []).append(len(first))
            first[test] = len(first)
    found = [
        Family(name, tuple(places), tuple(each for each in after.get(name, ()) if each in families))
        for name, places in families.items()
    ]
    return [first[test] for test in tests], found


def corrected(ranked: Ranked, families: Sequence[Family]) -> Array:
    """Correct every test's p within the tree of families: q by test.

    - ``families``: each test in one of them.

    Notes
    -----
    A family's gate is the least p among its groups. Gates are held against each other by the
    step-down least p of Westfall and Young: the smallest against the least p over all families, the
    next against that over the families left, and so on. Within a family the groups are held
    against each other likewise. A group's q is the larger of its gate's and its own, so that

    - where nothing is there at all, a verdict needs a gate, and the error over the whole tree is
      the level;
    - where some groups differ, a gate that was opened rightly lets the others of its family pass
      by their own correction, whose error is the level again.

    A family that comes after others (belts and clusters taken together) waits for one of their
    gates and takes no part in holding the gates against each other.

    .. [1] Westfall, P. H. and Young, S. S. (1993). Resampling-based multiple testing. Wiley.
    .. [2] Goeman, J. J. and Solari, A. (2010). The sequential rejection principle of familywise
       error control. Annals of Statistics 38(6), 3782-3810.
    """
    q = np.full(len(ranked.found), np.nan)
    gated = [family for family in families if not family.after]
    parts = [ranked.of(family.tests) for family in gated]
    if not parts:
        return q
    gates = stepped(
        Ranked(
            np.array([part.found.min() for part in parts]),
            np.array([part.drawn.min(axis=0) for part in parts]),
        )
    )
    opened = {family.name: gate for family, gate in zip(gated, gates, strict=True)}
    for family in families:
        gate = min((opened[each] for each in (family.after or (family.name,))), default=0.0)
        q[list(family.tests)] = np.maximum(gate, stepped(ranked.of(family.tests)))
    return q


def stepped(ranked: Ranked) -> Array:
    """Correct the p of some tests by their joint least p, step by step from the smallest."""
    order = np.argsort(ranked.found, kind="stable")
    least = np.minimum.accumulate(ranked.drawn[order[::-1]], axis=0)[::-1]
    as_small = 1 + (least <= ranked.found[order][:, None]).sum(axis=1)
    q = np.empty(len(order))
    q[order] = np.maximum.accumulate(as_small) / (1.0 + ranked.drawn.shape[1])
    return q


def verdict(difference: float, p_min: float, q: float) -> str:
    """Judge a group by its corrected p; one whose p_free cannot fall to the level is not judged."""
    if p_min > ALPHA:
        return "cannot be tested"
    if np.isnan(q):
        return "not tested"
    if q > ALPHA:
        return "not significant"
    return "higher" if difference > 0 else "lower"
