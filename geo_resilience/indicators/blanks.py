"""Missing values filled, each in the trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from geo_resilience.errors import Problems
from geo_resilience.indicators.tracing import say_cells, trace_of

__all__ = ["FILL_METHODS", "fill_missing"]

#: Ways to fill a missing value, in the order in which they are tried.
FILL_METHODS: tuple[str, ...] = ("interpolate", "nearest", "median")


def fill_missing(
    frame: pd.DataFrame,
    *,
    methods: Sequence[str] = FILL_METHODS,
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
    if before.isna().to_numpy().any():
        keys, years = _coordinates(frame.index)
        rows_of = pd.Series(keys).groupby(keys).indices
        for position, code in enumerate(frame.columns):
            values = before.iloc[:, position].to_numpy().copy()
            why = np.full(len(values), "", dtype=object)
            _fill_in_time(values, why, rows_of, keys, years, methods)
            if "median" in methods:
                observed = before.iloc[:, position].to_numpy()
                _fill_by_median(values, why, observed, keys, years, groups)
            after[code], reasons[code] = values, why
    _check_filled(after, methods)
    return after, trace_of(before, after, reasons)


def _check_methods(methods: Sequence[str]) -> None:
    problems = Problems()
    for method in methods:
        if method not in FILL_METHODS:
            problems.add("indicators.option", option="methods", found=method, known=FILL_METHODS)
    problems.raise_if_any()


def _coordinates(index: pd.Index) -> tuple[np.ndarray, np.ndarray | None]:
    """Give the region and, where there are any, the year of every row."""
    keys = index.get_level_values(0).astype(str).to_numpy(dtype=object)
    dated = isinstance(index, pd.MultiIndex)
    return keys, index.get_level_values(1).to_numpy(dtype=float) if dated else None


def _fill_in_time(
    values: np.ndarray,
    why: np.ndarray,
    rows_of: Mapping[str, np.ndarray],
    keys: np.ndarray,
    years: np.ndarray | None,
    methods: Sequence[str],
) -> None:
    """Fill from the region's own years, in place."""
    if years is None or not {"interpolate", "nearest"}.intersection(methods):
        return
    for key in dict.fromkeys(keys[np.isnan(values)]):
        rows = rows_of[key]
        there = rows[~np.isnan(values[rows])]
        there = there[np.argsort(years[there])]
        if not len(there):
            continue
        known, at = values[there], years[there]
        for row in rows[np.isnan(values[rows])]:
            year = years[row]
            if "interpolate" in methods and at[0] < year < at[-1]:
                values[row], why[row] = np.interp(year, at, known), "interpolated"
            elif "nearest" in methods:
                values[row], why[row] = known[np.argmin(np.abs(at - year))], "nearest_year"


def _fill_by_median(
    values: np.ndarray,
    why: np.ndarray,
    observed: np.ndarray,
    keys: np.ndarray,
    years: np.ndarray | None,
    groups: pd.Series | None,
) -> None:
    """Fill from the other regions of the year, in place."""
    when = np.zeros(len(values)) if years is None else years
    there = ~np.isnan(observed)
    group = np.full(len(values), None, dtype=object)
    if groups is not None:
        of = groups.dropna().to_dict()
        group = np.array([of.get(key) for key in keys], dtype=object)
    medians: dict[tuple[float, object], tuple[float, str]] = {}
    for row in np.flatnonzero(np.isnan(values)):
        place = (when[row], group[row])
        if place not in medians:
            same_year = there & (when == when[row])
            same_group = same_year & (group == group[row])
            medians[place] = np.nan, ""
            if group[row] is not None and same_group.any():
                medians[place] = float(np.median(observed[same_group])), "group_median"
            elif same_year.any():
                medians[place] = float(np.median(observed[same_year])), "year_median"
        values[row], why[row] = medians[place]


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
