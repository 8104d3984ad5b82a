"""Why each composite, rank and grade moved between two runs: Shapley values of what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.results._editions import CAUSES
from geo_resilience.statistics._arrays import Array, Whole
from geo_resilience.statistics._shapley import parts_of
from geo_resilience.study.editions._edition import Edition
from geo_resilience.study.editions._evaluation import BLOCKS, Exchange, Scored

#: Blocks that a cause takes together where it is not the block of its name: the ends of the scale
#: move with the way of scaling.
_BLOCKS: Mapping[str, tuple[str, ...]] = {"scaling": ("scaling", "limits")}

#: Blocks that are exchanged together where they cannot be one at a time, in the order tried.
_TOGETHER: tuple[tuple[str, ...], ...] = (
    (),
    ("data", "limits", "years", "cleaning", "scaling"),
    ("indicators", "weights", "data", "limits", "years", "cleaning", "scaling"),
    ("indicators", "weights", "data", "limits", "years", "cleaning", "scaling", "mean"),
)


@dataclass(frozen=True, eq=False)
class Pairs:
    """What is compared: a region in a year of the later run with one of the earlier.

    - ``before``, ``after``: (adcode, year) of each pair; ``ends``: the last years of both runs.
    """

    before: pd.MultiIndex
    after: pd.MultiIndex
    ends: tuple[int, int]

    @classmethod
    def of(cls, old: Edition, new: Edition) -> Pairs:
        """Pair the regions of both runs in every common year, and last year with last year."""
        regions = [key for key in new.ground.studied.keys if key in set(old.ground.studied.keys)]
        years = [(year, year) for year in new.years if year in old.years]
        last = (old.years[-1], new.years[-1])
        if last not in years:
            years.append(last)
        names = ["adcode", "year"]
        before, after = (
            pd.MultiIndex.from_tuples(
                [(key, pair[side]) for pair in years for key in regions], names=names
            )
            for side in (0, 1)
        )
        there = before.isin(old.raw.index) & after.isin(new.raw.index)
        return cls(before[there], after[there], last)

    @cached_property
    def last(self) -> Array:
        """Whether a pair is of the last years."""
        years = [side.get_level_values("year") for side in (self.before, self.after)]
        return (years[0] == self.ends[0]) & (years[1] == self.ends[1])

    def of_last(self) -> Pairs:
        """Give the pairs of the last years alone."""
        return replace(self, before=self.before[self.last], after=self.after[self.last])

    def taken(self, values: pd.Series | pd.DataFrame, later: bool) -> Array:
        """Take the pairs' rows of one side."""
        return values.reindex(self.after if later else self.before).to_numpy(dtype=float)


@dataclass(frozen=True, eq=False)
class Causes:
    """The index of two runs under every choice of what differs between them.

    - ``blocks``: those that differ, as they are exchanged.
    - ``together``: those that could only be exchanged as one.
    """

    exchange: Exchange
    blocks: tuple[str, ...]
    together: tuple[str, ...]
    _kept: dict[frozenset[str], Scored] = field(default_factory=dict)

    @classmethod
    def of(cls, old: Edition, new: Edition) -> Causes:
        """Find what differs, and which of it can be exchanged by itself."""
        exchange = Exchange(old, new)
        differing = _differing(exchange)
        alone = not exchange.common  # nothing of one run can be judged by the other's choices
        *partly, whole = (
            cls._merging(exchange, differing, together)
            for together in (_TOGETHER[2:] if alone else _TOGETHER)
        )
        for found in partly:
            try:
                found._try_all()
            except (InputError, UndefinedError):
                continue
            return found
        whole._try_all()
        return whole

    @classmethod
    def _merging(
        cls, exchange: Exchange, differing: list[str], together: tuple[str, ...]
    ) -> Causes:
        """Let some of the blocks in which the runs differ be exchanged as one."""
        merged = tuple(block for block in together if block in differing)
        blocks = tuple(each for each in differing if each not in merged[1:])
        return cls(exchange, blocks, merged if len(merged) > 1 else ())

    def _try_all(self) -> None:
        parts_of(self.blocks, lambda chosen: self.scored(chosen).composite.iloc[:1].to_numpy())

    def scored(self, chosen: frozenset[str]) -> Scored:
        """Evaluate the index with the chosen blocks, and what goes with them, from the later."""
        whole = self._whole(chosen & frozenset(self.blocks))
        if whole not in self._kept:
            self._kept[whole] = self.exchange.scored(whole)
        return self._kept[whole]

    @cached_property
    def ends(self) -> tuple[Scored, Scored]:
        """The two runs as they were."""
        return self.scored(frozenset()), self.scored(frozenset(self.blocks))

    def split(self, pairs: Pairs, of: Callable[[Scored], pd.Series | pd.DataFrame]) -> pd.DataFrame:
        """Split the change of something scored into causes, a row a pair (and column)."""

        def score(chosen: frozenset[str]) -> Array:
            return pairs.taken(of(self.scored(chosen)), "years" in self._whole(chosen)).ravel()

        return self._table(parts_of(self.blocks, score), score)

    def ranks(self, pairs: Pairs) -> pd.DataFrame:
        """Split the change of ranks into causes of the region's own score and the others' moves."""
        against = [_Standing.of(end.composite, side) for end, side in self._standings(pairs)]

        def score(chosen: frozenset[str]) -> Array:
            own = pairs.taken(self.scored(chosen).composite, "years" in self._whole(chosen))
            return against["others" in chosen].rank(own)

        blocks = (*self.blocks, "others") if self.blocks else ()
        return self._table(parts_of(blocks, score), score)

    def _standings(self, pairs: Pairs) -> Iterable[tuple[Scored, pd.MultiIndex]]:
        return zip(self.ends, (pairs.before, pairs.after), strict=True)

    def grades(self, pairs: Pairs) -> pd.DataFrame:
        """Split the change of grades, counted from 1 for the lowest."""
        exchange = self.exchange
        differs = exchange.old.plan.grades != exchange.new.plan.grades

        def score(chosen: frozenset[str]) -> Array:
            scored = self.scored(chosen)
            whose = exchange.new if "grading" in chosen else exchange.old
            cuts = exchange.grading(scored.composite, whose).cuts
            own = pairs.taken(scored.composite, "years" in self._whole(chosen))
            return np.searchsorted(np.asarray(cuts), own, side="right") + np.ones(len(own))

        blocks = (*self.blocks, *["grading"] * differs)
        try:
            parts = parts_of(blocks, score)
        except UndefinedError:  # a mixture has too few different scores for relative grades
            whole = frozenset(blocks)
            parts = parts_of(blocks[:1], lambda chosen: score(whole if chosen else chosen))
        return self._table(parts, score)

    def _whole(self, chosen: frozenset[str]) -> frozenset[str]:
        joined = self.together and self.together[0] in chosen
        return chosen | frozenset(self.together) if joined else chosen

    def _table(
        self, parts: Mapping[str, Array], score: Callable[[frozenset[str]], Array]
    ) -> pd.DataFrame:
        before, after = score(frozenset()), score(frozenset([*self.blocks, "others", "grading"]))
        table = pd.DataFrame({"before": before, "after": after, "change": after - before})
        for cause in CAUSES:
            own = (each for each in _BLOCKS.get(cause, (cause,)) if each in parts)
            table[cause] = sum((parts[each] for each in own), 0 * before)
        return table


@dataclass(frozen=True, eq=False)
class _Standing:
    """The scores among which ranks are taken, a year at a time.

    - ``own``: the score of each pair's own region among them.
    - ``scores``, ``rows``: by year, sorted scores, and the pairs of the year.
    """

    own: Array
    scores: Sequence[Array]
    rows: Sequence[Whole]

    @classmethod
    def of(cls, composite: pd.Series, side: pd.MultiIndex) -> _Standing:
        years = side.get_level_values("year")
        found = list(dict.fromkeys(years))
        return cls(
            composite.reindex(side).to_numpy(),
            [np.sort(composite.xs(year, level="year").to_numpy()) for year in found],
            [np.flatnonzero(years == year) for year in found],
        )

    def rank(self, scores: Array) -> Array:
        """Rank a score of each pair's region in the place of its own."""
        found = np.empty(len(scores))
        for among, rows in zip(self.scores, self.rows, strict=True):
            found[rows] = len(among) - np.searchsorted(among, scores[rows], side="right")
        return 1.0 + found - (self.own > scores)


def _differing(exchange: Exchange) -> list[str]:
    """Name the blocks in which the runs differ."""
    old, new = exchange.old, exchange.new
    revised = not _same(exchange)
    learned = old.learned or new.learned
    weights = (
        old.plan.weights != new.plan.weights or not _as_judged(old, new, exchange.common)
        if learned
        else not _as_weighed(old, new, exchange.common)
    )
    differs = {
        "data": revised,
        "limits": revised,
        "years": not old.raw.index.equals(new.raw.index),
        "indicators": not _as_measured(old, new),
        "weights": weights,
        "scaling": old.plan.scaling != new.plan.scaling,
        "cleaning": old.plan.cleaning != new.plan.cleaning,
        "mean": old.plan.composite != new.plan.composite,
    }
    return [block for block in BLOCKS if differs[block]]


def _same(exchange: Exchange) -> bool:
    """Whether the runs have the same figures where both have any."""
    rows = exchange.old.raw.index.intersection(exchange.new.raw.index)
    pieces = [each.raw.loc[rows, exchange.common] for each in (exchange.old, exchange.new)]
    return pieces[0].equals(pieces[1])


def _as_measured(old: Edition, new: Edition) -> bool:
    """Whether the runs have the same indicators, the same way round."""
    return old.framework.directions.to_dict() == new.framework.directions.to_dict()


def _as_judged(old: Edition, new: Edition, common: Sequence[str]) -> bool:
    """Whether what the weights of values are combined with is the same beside each other."""
    one, other = old.judged, new.judged
    return one is None or other is None or _alike(one, other, common)


def _as_weighed(old: Edition, new: Edition, common: Sequence[str]) -> bool:
    """Whether the common indicators weigh the same beside each other."""
    return _alike(old.used, new.used, common)


def _alike(one: pd.Series, other: pd.Series, common: Sequence[str]) -> bool:
    shares = [each.loc[list(common)] / each.loc[list(common)].sum() for each in (one, other)]
    return bool(np.allclose(shares[0], shares[1], rtol=0, atol=1e-15))
