"""What the functions of expressions mean, over rows of regions and years.

Every value is an array of one number a row; NaN is a blank. Windows run over calendar years within
a region; national totals run over the regions of a year and skip blanks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problem, unknown
from geo_resilience.indicators._trace import say_cells
from geo_resilience.tables._cells import find_column
from geo_resilience.words import Phrase

_WINDOW = 3


class Scope:
    """The rows that an expression is computed for.

    - ``frame``, rows (adcode, year) or adcode alone: numeric columns.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        index = frame.index
        dated = isinstance(index, pd.MultiIndex) and index.nlevels == 2
        self.keys = index.get_level_values(0).astype(str).to_numpy(dtype=object)
        self.years = index.get_level_values(1).to_numpy() if dated else np.zeros(len(index), int)
        self.zero_by_zero = np.zeros(len(index), bool)
        self.short_window = np.zeros(len(index), bool)
        self._year_codes, self._regions = pd.factorize(self.years)[0], pd.factorize(self.keys)[0]
        self._active = np.ones(len(index), bool)
        self._broken: dict[str, np.ndarray] = {}
        self._places: dict[int, np.ndarray] = {}

    def __len__(self) -> int:
        return len(self.frame)

    def column(self, name: str) -> np.ndarray:
        """Give a column as floats; an error names the nearest when it is not there."""
        found = find_column(name, self.frame.columns)
        if found is None:
            raise InputError(unknown("indicators.expression_column", name, self.frame.columns))
        return self.frame[found].to_numpy(dtype=float)

    def fresh(self) -> Scope:
        """Give the same rows without memory of what broke."""
        same = copy(self)
        same.zero_by_zero = np.zeros(len(self), bool)
        same.short_window = np.zeros(len(self), bool)
        same._broken = {}
        return same

    @contextmanager
    def looking_at(self, rows: np.ndarray) -> Iterator[None]:
        """Within, only these rows count as broken by a division."""
        outer = self._active
        self._active = outer & rows
        try:
            yield
        finally:
            self._active = outer

    def note_broken(self, key: str, rows: np.ndarray) -> None:
        """Remember rows for which an operation has no answer."""
        rows = rows & self._active
        self._broken[key] = self._broken.get(key, np.zeros(len(self), bool)) | rows

    def note_short(self, rows: np.ndarray) -> None:
        """Remember rows in which a window holds fewer years than it should."""
        self.short_window |= rows & self._active

    def problems(self, name: str | Phrase, rows: np.ndarray | None = None) -> list[Problem]:
        """Say which rows had no answer, of those asked for."""
        found = []
        for key, broken in self._broken.items():
            wanted = broken if rows is None else broken & rows
            if wanted.any():
                where = say_cells(self.frame.index[wanted])
                found.append(Problem(f"indicators.{key}", {"indicator": name, "where": where}))
        return found

    def lagged(self, values: np.ndarray, years: int) -> np.ndarray:
        """Give the value of the same region some calendar years before."""
        if years not in self._places:
            at = {pair: i for i, pair in enumerate(zip(self._regions, self.years, strict=True))}
            found = [
                at.get((region, year - years), -1)
                for region, year in zip(self._regions, self.years, strict=True)
            ]
            self._places[years] = np.array(found, dtype=int)
        places = self._places[years]
        return np.where(places >= 0, values[places], np.nan)

    def national(self, values: np.ndarray) -> np.ndarray:
        """Sum over the regions of the year, blanks skipped; blank where all are."""
        there = ~np.isnan(values)
        size = int(self._year_codes.max(initial=-1)) + 1
        totals = np.bincount(self._year_codes, np.where(there, values, 0.0), size)
        counts = np.bincount(self._year_codes, there, size)
        return np.where(counts > 0, totals, np.nan)[self._year_codes]

    def divide(self, above: np.ndarray, below: np.ndarray) -> np.ndarray:
        """Divide; nothing by nothing is a blank, something by nothing is remembered as broken."""
        zero = below == 0
        self.note_broken("division_by_zero", zero & ~np.isnan(above) & (above != 0))
        self.zero_by_zero |= zero & (above == 0) & self._active
        return np.divide(above, below, out=np.full(len(self), np.nan), where=~zero)

    def power(self, base: np.ndarray, exponent: np.ndarray) -> np.ndarray:
        """Raise; a root of a negative number or a power of zero below zero is broken."""
        with np.errstate(all="ignore"):
            values = np.power(base, exponent)
        there = ~np.isnan(base) & ~np.isnan(exponent)
        undefined = there & (np.isnan(values) | ((base == 0) & (exponent < 0)))
        self.note_broken("power_undefined", undefined)
        return np.where(undefined, np.nan, values)


@dataclass(frozen=True)
class Function:
    """A function of expressions: how it is written, how many arguments it takes, what it does.

    ``where`` has nothing to compute: the evaluator looks at its branches one by one. ``falling``
    and ``unknown`` are the places of arguments with which it falls, or may rise or fall; ``window``
    is the number of years that it sums over.
    """

    usage: str
    least: int
    most: int
    compute: Callable[..., np.ndarray] | None
    falling: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()
    window: int = 1


def _window(scope: Scope, values: np.ndarray) -> np.ndarray:
    """Stack the values of this year and the two before it, a row a year; note what is short."""
    window = np.stack([scope.lagged(values, years) for years in range(_WINDOW)])
    scope.note_short(np.isnan(window).any(axis=0))
    return window


def _sum3(scope: Scope, x: np.ndarray) -> np.ndarray:
    window = _window(scope, x)
    there = ~np.isnan(window)
    return np.where(there.any(axis=0), np.where(there, window, 0.0).sum(axis=0), np.nan)


def _mean3(scope: Scope, x: np.ndarray) -> np.ndarray:
    counts = (~np.isnan(_window(scope, x))).sum(axis=0)
    return _sum3(scope, x) / np.where(counts > 0, counts, 1)


def _ratio3(scope: Scope, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    both = ~np.isnan(x) & ~np.isnan(y)
    above = _sum3(scope, np.where(both, x, np.nan))
    return scope.divide(above, _sum3(scope, np.where(both, y, np.nan)))


def _share(scope: Scope, x: np.ndarray) -> np.ndarray:
    return scope.divide(x, scope.national(x))


def _quotient(scope: Scope, x: np.ndarray, base: np.ndarray) -> np.ndarray:
    return scope.divide(_share(scope, x), _share(scope, base))


def _mean(scope: Scope, *values: np.ndarray) -> np.ndarray:
    stacked = np.stack(values)
    there = ~np.isnan(stacked)
    counts = there.sum(axis=0)
    sums = np.where(there, stacked, 0.0).sum(axis=0)
    return np.where(counts > 0, sums / np.where(counts > 0, counts, 1), np.nan)


def _count(scope: Scope, *values: np.ndarray) -> np.ndarray:
    return (~np.isnan(np.stack(values))).sum(axis=0).astype(float)


def _zero(scope: Scope, x: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(x), 0.0, x)


def _log(scope: Scope, x: np.ndarray) -> np.ndarray:
    undefined = x <= 0
    scope.note_broken("log_undefined", undefined)
    return np.log(np.where(undefined, np.nan, x))


def _growth(scope: Scope, x: np.ndarray) -> np.ndarray:
    before = scope.lagged(x, 1)
    return scope.divide(x - before, before)


_ANY = 50

#: The functions by name.
FUNCTIONS: dict[str, Function] = {
    "share": Function("share(x)", 1, 1, _share),
    "lq": Function("lq(x, base)", 2, 2, _quotient, falling=(1,)),
    "national": Function("national(x)", 1, 1, lambda scope, x: scope.national(x)),
    "sum3": Function("sum3(x)", 1, 1, _sum3, window=_WINDOW),
    "mean3": Function("mean3(x)", 1, 1, _mean3, window=_WINDOW),
    "ratio3": Function("ratio3(x, y)", 2, 2, _ratio3, falling=(1,), window=_WINDOW),
    "lag": Function("lag(x)", 1, 1, lambda scope, x: scope.lagged(x, 1)),
    "growth": Function("growth(x)", 1, 1, _growth),
    "zero": Function("zero(x)", 1, 1, _zero),
    "min": Function("min(a, b, ...)", 2, _ANY, lambda scope, *all_: np.minimum.reduce(all_)),
    "max": Function("max(a, b, ...)", 2, _ANY, lambda scope, *all_: np.maximum.reduce(all_)),
    "mean": Function("mean(a, b, ...)", 1, _ANY, _mean),
    "count": Function("count(a, b, ...)", 1, _ANY, _count),
    "where": Function("where(condition, yes, no)", 3, 3, None, unknown=(0,)),
    "log": Function("log(x)", 1, 1, _log),
    "abs": Function("abs(x)", 1, 1, lambda scope, x: np.abs(x), unknown=(0,)),
}
