"""Missing values filled, each in the trace."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from geo_resilience.errors import Problems
from geo_resilience.indicators._trace import say_cells, trace_of


@dataclass(frozen=True, eq=False)
class _Column:
    """One indicator, filled in place.

    - ``regions``, ``years``, ``groups``: number of the region, year (0 where there are none) and
      group of every row.
    - ``dated``: whether there are years.
    - ``observed``: the values as they were found.
    """

    regions: np.ndarray
    years: np.ndarray
    groups: np.ndarray
    dated: bool
    observed: np.ndarray
    values: np.ndarray = field(init=False)
    why: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", self.observed.copy())
        object.__setattr__(self, "why", np.full(len(self.observed), "", dtype=object))

    @property
    def missing(self) -> np.ndarray:
        """Rows that are still to be filled."""
        return np.flatnonzero(np.isnan(self.values))

    @cached_property
    def around(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows of the same region's value next before and next after every row; -1 for none."""
        order = np.lexsort((self.years, self.regions))
        known, places = ~np.isnan(self.observed[order]), np.arange(len(order))
        before = np.maximum.accumulate(np.where(known, places, -1))
        after = np.minimum.accumulate(np.where(known, places, len(order))[::-1])[::-1]
        found = np.full((2, len(order)), -1)
        for side, at in zip(found, (before, after), strict=True):
            there = np.flatnonzero((at >= 0) & (at < len(order)))
            there = there[self.regions[order[there]] == self.regions[order[at[there]]]]
            side[order[there]] = order[at[there]]
        return found[0], found[1]

    def put(self, rows: np.ndarray, values: np.ndarray, why: str) -> None:
        """Fill rows and say how."""
        self.values[rows], self.why[rows] = values, why


def _interpolate(column: _Column) -> None:
    """Fill between two of the region's own years."""
    rows = column.missing if column.dated else np.zeros(0, int)
    before, after = (side[rows] for side in column.around)
    rows, before, after = (each[(before >= 0) & (after >= 0)] for each in (rows, before, after))
    years, known = column.years, column.observed
    slope = (known[after] - known[before]) / (years[after] - years[before])
    column.put(rows, slope * (years[rows] - years[before]) + known[before], "interpolated")


def _take_nearest(column: _Column) -> None:
    """Fill from the region's nearest year."""
    rows = column.missing if column.dated else np.zeros(0, int)
    before, after = (side[rows] for side in column.around)
    back, ahead = (
        np.where(side >= 0, abs(column.years[side] - column.years[rows]), np.inf)
        for side in (before, after)
    )
    nearest = np.where(back <= ahead, before, after)  # of two equally near the earlier
    there = nearest >= 0
    column.put(rows[there], column.observed[nearest[there]], "nearest_year")


def _take_median(column: _Column) -> None:
    """Fill from the other regions of the year."""
    there = ~np.isnan(column.observed)
    medians: dict[tuple[float, object], tuple[float, str]] = {}
    for row in column.missing:
        place = (column.years[row], column.groups[row])
        if place not in medians:
            same_year = there & (column.years == place[0])
            same_group = same_year & (column.groups == place[1])
            medians[place] = np.nan, ""
            if place[1] is not None and same_group.any():
                medians[place] = float(np.median(column.observed[same_group])), "group_median"
            elif same_year.any():
                medians[place] = float(np.median(column.observed[same_year])), "year_median"
        column.values[row], column.why[row] = medians[place]


@dataclass(frozen=True)
class FillMethod:
    """A way to fill missing values.

    - ``name``: as a study file has it.
    - ``function``: fills what it can of a column, in place.
    """

    name: str
    function: Callable[[_Column], None]


#: Ways to fill a missing value by name, in the order in which they are tried.
FILL_METHODS: Mapping[str, FillMethod] = {
    each.name: each
    for each in (
        FillMethod("interpolate", _interpolate),
        FillMethod("nearest", _take_nearest),
        FillMethod("median", _take_median),
    )
}


def fill_missing(
    frame: pd.DataFrame,
    *,
    methods: Sequence[str] = tuple(FILL_METHODS),
    groups: pd.Series | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fill missing values from the same region's other years, then from other regions.

    Parameters
    ----------
    frame : DataFrame, rows (adcode, year) or adcode alone, columns indicators
    methods : sequence of {"interpolate", "nearest", "median"}
        Those to try, always in this order; none leaves every missing cell as an error.
    groups : Series by adcode, optional
        Group of each region, for the median.

    Returns
    -------
    frame : DataFrame
        Without missing values.
    trace : DataFrame
        A row a filled cell; reason ``interpolated``, ``nearest_year``, ``group_median`` or
        ``year_median``.

    Raises
    ------
    InputError
        If cells stay missing (named by indicator, region and year), or a method is unknown.

    Notes
    -----
    Interpolation is linear in calendar years, between two years in which the region has a value.
    The nearest year is the region's own; of two equally near the earlier one. The median is that
    of the year over the values that were found (not filled): of the region's group, or of all
    regions where there are no groups or the group has none.

    Examples
    --------
    >>> rows = pd.MultiIndex.from_product([["11"], [2020, 2021, 2022]], names=["adcode", "year"])
    >>> filled, trace = fill_missing(pd.DataFrame({"a": [1.0, None, 2.0]}, index=rows))
    >>> filled["a"].tolist(), trace["reason"].tolist()
    ([1.0, 1.5, 2.0], ['interpolated'])
    """
    _check_methods(methods)
    before = frame.astype(float)
    after = before.copy()
    reasons = pd.DataFrame("", index=frame.index, columns=frame.columns, dtype=object)
    keys, years, dated = _coordinates(frame.index)
    of = {} if groups is None else groups.dropna().to_dict()
    own = np.array([of.get(key) for key in keys], dtype=object)
    regions = pd.factorize(keys)[0]
    for position, code in enumerate(frame.columns):
        column = _Column(regions, years, own, dated, before.iloc[:, position].to_numpy())
        if not len(column.missing):
            continue
        for name, method in FILL_METHODS.items():
            if name in methods:
                method.function(column)
        after[code], reasons[code] = column.values, column.why
    _check_filled(after, methods)
    return after, trace_of(before, after, reasons)


def _check_methods(methods: Sequence[str]) -> None:
    problems = Problems()
    for method in methods:
        if method not in FILL_METHODS:
            problems.add(
                "indicators.option", option="methods", found=method, known=list(FILL_METHODS)
            )
    problems.raise_if_any()


def _coordinates(index: pd.Index) -> tuple[np.ndarray, np.ndarray, bool]:
    """Give the region and the year of every row, and whether there are years."""
    keys = index.get_level_values(0).astype(str).to_numpy(dtype=object)
    dated = isinstance(index, pd.MultiIndex)
    years = index.get_level_values(1).to_numpy(dtype=float) if dated else np.zeros(len(keys))
    return keys, years, dated


def _check_filled(frame: pd.DataFrame, methods: Sequence[str]) -> None:
    """Name what is still missing, an indicator a problem."""
    problems = Problems()
    for code in frame.columns:
        gone = frame.index[frame[code].isna()]
        if len(gone):
            problems.add(
                "indicators.still_missing",
                indicator=code,
                count=len(gone),
                cells=say_cells(gone),
                methods=list(methods) or "-",
            )
    problems.raise_if_any()
