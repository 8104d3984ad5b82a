"""What a batch of records comes to, and how two such parts become one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import add
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.indicators.records._exact import Array, all_rounded, carried, pieces

Bounds = tuple[float, float, float, float]

#: In place of a place: how many there are.
_NUMBER = -(1 << 30)

#: A piece beyond this is carried over.
_FULL = 1 << 60

#: Column of the number of records.
_RECORDS = ("", _NUMBER)

NO_BOUNDS: Bounds = (np.inf, np.inf, -np.inf, -np.inf)


@dataclass(frozen=True, eq=False)
class Partial:
    """Whole numbers by group of records, which add up in any order to the same.

    Parameters
    ----------
    added : DataFrame of int64, rows the groups
        Columns (name, place): the number of records, of values by name, the pieces of each sum.
    distinct : dict of DataFrame
        By column, the groups and values that occur, each once.
    held : dict of DataFrame
        By (column, holder's column), what ``added`` is, by group and holder.
    left_out : Counter
        Records, or values, that went into nothing, by reason.
    bounds : tuple of float
        West, south, east and north end of all points.
    """

    added: pd.DataFrame
    distinct: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    held: Mapping[tuple[str, str], pd.DataFrame] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    bounds: Bounds = NO_BOUNDS

    @classmethod
    def of(
        cls,
        groups: pd.DataFrame,
        values: Mapping[str, Array],
        distinct: Mapping[str, pd.Series],
        holders: Mapping[tuple[str, str], pd.Series],
    ) -> Partial:
        """Count and sum a batch; groups has a row a record, NaN among values is none."""
        return cls(
            _added(groups, values),
            {name: _once(groups.assign(value=column)) for name, column in distinct.items()},
            {
                (name, holder): _added(groups.assign(holder=column), {name: values[name]})
                for (name, holder), column in holders.items()
            },
        )

    def __add__(self, other: Partial) -> Partial:
        west, south, east, north = zip(self.bounds, other.bounds, strict=True)
        return Partial(
            _merged([self.added, other.added]),
            {
                each: _once(pd.concat([self.distinct[each], other.distinct[each]]))
                for each in self.distinct
            },
            {each: _merged([self.held[each], other.held[each]]) for each in self.held},
            self.left_out + other.left_out,
            (min(west), min(south), max(east), max(north)),
        )

    def renamed(self, keys: Mapping[Any, Any]) -> Partial:
        """Give the groups of other regions: those of one key become one; without a key, none."""

        def moved(frame: pd.DataFrame) -> pd.DataFrame:
            codes, names = pd.factorize(frame.index.get_level_values("region"))
            found = pd.Index([keys.get(name) for name in names], dtype=object).take(codes)
            rest = [frame.index.get_level_values(level) for level in frame.index.names[1:]]
            index = pd.MultiIndex.from_arrays([found, *rest], names=frame.index.names)
            return _summed(frame.set_axis(index)[found.notna()])

        return replace(
            self,
            added=moved(self.added),
            distinct={
                name: _once(each.assign(region=each["region"].map(keys)).dropna(subset="region"))
                for name, each in self.distinct.items()
            },
            held={name: moved(each) for name, each in self.held.items()},
        )

    def over(self, level: str) -> Partial:
        """Give the same of groups that are not told apart by a level."""

        def together(frame: pd.DataFrame) -> pd.DataFrame:
            return _summed(frame.droplevel(level))

        return replace(
            self,
            added=together(self.added),
            distinct={
                name: _once(each.drop(columns=level)) for name, each in self.distinct.items()
            },
            held={name: together(each) for name, each in self.held.items()},
        )

    @property
    def size(self) -> int:
        """Number of rows that it holds."""
        frames = (self.added, *self.distinct.values(), *self.held.values())
        return sum(map(len, frames))

    @property
    def records(self) -> pd.Series:
        """Number of records of each group."""
        return self.added[_RECORDS]

    def number(self, name: str) -> pd.Series:
        """Give the number of values of a column in each group."""
        return self.added[name, _NUMBER]

    def sums(self, name: str) -> pd.Series:
        """Give the sum of a column in each group, rounded once."""
        return _sums(self.added, name)

    def counted(self, name: str) -> pd.Series:
        """Give the number of different values of a column in each group."""
        levels = list(self.added.index.names)
        found = self.distinct[name].groupby(levels, dropna=False)["value"].count()
        return found.reindex(self.added.index, fill_value=0)

    def largest(self, name: str, holder: str, top: int) -> pd.Series:
        """Give the share of the largest holders in the sum of a column, by group."""
        by_holder = _sums(self.held[name, holder], name)
        levels = list(self.added.index.names)
        ordered = by_holder.sort_values(ascending=False, kind="stable").groupby(level=levels)
        return (ordered.head(top).groupby(level=levels).sum() / self.sums(name)).rename(name)


def total(parts: Iterable[Partial], nothing: Partial) -> Partial:
    """Add parts up, each to one of its size or less, so that large ones are seldom gone through.

    What waits is at most twice as large as the largest part.
    """
    waiting: list[Partial] = []
    for part in parts:
        while waiting and waiting[-1].size <= 2 * part.size:
            part = waiting.pop() + part
        waiting.append(part)
    return reduce(add, reversed(waiting), nothing)


def _added(groups: pd.DataFrame, values: Mapping[str, Array]) -> pd.DataFrame:
    """Count records and values, and sum the values in pieces, by group."""
    grouped = groups.groupby(list(groups), sort=True)
    number = grouped.size()
    code = grouped.ngroup().to_numpy()
    found: dict[tuple[str, int], Any] = {_RECORDS: number.to_numpy()}
    for name, column in values.items():
        there = np.isfinite(column) & (code >= 0)
        found[name, _NUMBER] = np.bincount(code[there], minlength=len(number))
        for place, part in pieces(code[there], column[there], len(number)).items():
            found[name, place] = part
    return pd.DataFrame(found, index=number.index, dtype=np.int64)


def _merged(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Add frames of whole numbers up; a column that one of them lacks is zero there."""
    columns = frames[0].columns.union(frames[1].columns)
    return _summed(pd.concat([each.reindex(columns=columns, fill_value=0) for each in frames]))


def _summed(frame: pd.DataFrame) -> pd.DataFrame:
    return _carried(frame.groupby(level=list(frame.index.names), sort=True).sum())


def _carried(frame: pd.DataFrame) -> pd.DataFrame:
    """Move what outgrows a piece to the next place, long before 64 bits are full."""
    for name, place in frame.columns[(frame.abs() > _FULL).any()]:
        low, high = carried(frame[name, place].to_numpy())
        above = frame.get((name, place + 1), 0)
        frame[name, place], frame[name, place + 1] = low, above + high
    return frame


def _once(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.dropna().drop_duplicates(ignore_index=True)


def _sums(frame: pd.DataFrame, name: str) -> pd.Series:
    places = [place for at, place in frame.columns if at == name and place != _NUMBER]
    parts = frame[[(name, place) for place in places]].to_numpy()
    return pd.Series(all_rounded(places, parts), frame.index, float)
