"""What if an indicator, or the weights, were otherwise; what would it take."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problems, unknown
from geo_resilience.evaluation._aggregation import Mean, aggregation, composite
from geo_resilience.evaluation._checks import finite_values
from geo_resilience.evaluation._grading import CUTS, DECIMALS, grade
from geo_resilience.evaluation._scores import rank
from geo_resilience.evaluation.weighting._weights import Weights

#: Values tried over the scale where a mean can fall when a value rises.
_STEPS = 2001


def _row(values: pd.DataFrame, region: str, year: Hashable) -> Hashable:
    """Find the label of a region's row (in a year, by default its last)."""
    dated = "year" in values.index.names
    keys = values.index.get_level_values(0) if dated else values.index
    if region not in keys:
        raise InputError(unknown("evaluation.region_unknown", region, keys))
    if not dated:
        return region
    years = sorted(values.index.get_level_values("year")[keys == region])
    year = years[-1] if year is None else year
    if year not in years:
        raise InputError("evaluation.year_unknown", year=year, known=years)
    return (region, year)


def _changed(values: pd.DataFrame, supposed: pd.DataFrame) -> pd.DataFrame:
    """Put the supposed values in the place of those of the same row and code."""
    problems = Problems()
    for code in supposed.columns.difference(values.columns, sort=False):
        problems.unknown("evaluation.code_unknown", code, values.columns, what="supposed")
    for label in supposed.index.difference(values.index, sort=False):
        problems.unknown("evaluation.region_unknown", label, values.index)
    problems.raise_if_any()
    after = values.copy()
    after.loc[supposed.index, supposed.columns] = finite_values(supposed)
    return after


def what_if(
    values: pd.DataFrame,
    weights: Weights | pd.Series,
    *,
    supposed: pd.DataFrame | None = None,
    new_weights: Weights | pd.Series | None = None,
    how: str | Mean = "arithmetic",
    cuts: Sequence[float] = CUTS,
) -> pd.DataFrame:
    """Say how composite, grade and rank would be under other values or weights.

    Parameters
    ----------
    values : DataFrame, rows (adcode, year) or adcode
        Standardized. What a new measured value is on this scale, ask `indicators.minmax` with
        the study's goalposts.
    weights : Weights or Series
        The used ones.
    supposed : DataFrame, optional
        Standardized values as supposed: some of the same rows and codes.
    new_weights : Weights or Series, optional
        Weights in the place of the used ones.
    how, cuts
        As in `score`.

    Returns
    -------
    DataFrame
        By row of the years concerned (of all rows if no value is supposed): ``composite``,
        ``grade``, ``rank`` and ``new_composite``, ``new_grade``, ``new_rank``.

    Raises
    ------
    InputError
        If nothing is supposed, or a row or code is unknown.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [0.3, 0.5], "b": [0.3, 0.5]}, index=["540000", "110000"])
    >>> weights = pd.Series({"a": 0.5, "b": 0.5})
    >>> found = what_if(values, weights, supposed=pd.DataFrame({"a": 1.0}, index=["540000"]))
    >>> found["new_grade"].to_dict(), found["new_rank"].to_dict()
    ({'540000': 'Strong', '110000': 'Medium'}, {'540000': 1, '110000': 2})
    """
    if supposed is None and new_weights is None:
        raise InputError("evaluation.nothing_supposed")
    numbers = after = finite_values(values)
    if supposed is not None:
        after = _changed(numbers, supposed)
        if "year" in numbers.index.names:
            years = set(supposed.index.get_level_values("year"))
            there = numbers.index.get_level_values("year").isin(years)
            numbers, after = numbers[there], after[there]
    columns = {}
    for prefix, table, used in (
        ("", numbers, weights),
        ("new_", after, weights if new_weights is None else new_weights),
    ):
        scores = composite(table, used, how=how).round(DECIMALS)
        columns[f"{prefix}composite"] = scores
        columns[f"{prefix}grade"] = grade(scores, cuts=cuts)
        columns[f"{prefix}rank"] = rank(scores)
    return pd.DataFrame(columns)


def needed_value(
    values: pd.DataFrame,
    weights: Weights | pd.Series,
    *,
    region: str,
    code: str,
    target: float,
    year: Hashable = None,
    how: str | Mean = "arithmetic",
) -> float:
    """Give the value of one indicator at which a region's composite reaches a target.

    Parameters
    ----------
    values, weights, how
        As in `what_if`.
    region : str
    year : int, optional
        The region's last by default.
    code : str
        The indicator that may change.
    target : float
        Of the composite (0.6 for the grade Strong, say).

    Returns
    -------
    float
        In [0, 1]: the least value that is enough; NaN where none is. A mean that can fall when
        a value rises (Mazziotta-Pareto) is searched over the whole scale.

    Raises
    ------
    InputError
        If a region, year or code is unknown.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [0.3], "b": [0.5]}, index=["540000"])
    >>> weights = pd.Series({"a": 0.5, "b": 0.5})
    >>> needed_value(values, weights, region="540000", code="a", target=0.6)
    0.7
    """
    numbers = finite_values(values)
    if code not in numbers.columns:
        raise InputError(unknown("evaluation.code_unknown", code, numbers.columns, what="values"))
    row = numbers.loc[[_row(numbers, region, year)]]

    def reached(value: float) -> bool:
        tried = composite(row.assign(**{code: value}), weights, how=how)
        return round(float(tried.iloc[0]), DECIMALS) >= round(target, DECIMALS)

    mean = aggregation(how)
    low, high = (1e-12 if mean.needs_positive else 0.0), 1.0
    if reached(low):
        return 0.0
    if not mean.rising:
        tried = np.linspace(low, high, _STEPS)
        rows = pd.concat([row] * _STEPS, ignore_index=True).assign(**{code: tried})
        enough = composite(rows, weights, how=mean).round(DECIMALS) >= round(target, DECIMALS)
        first = int(np.argmax(enough.to_numpy()))
        low, high = tried[max(first - 1, 0)], tried[first if enough.any() else -1]
    if not reached(high):
        return float("nan")
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    shown = round(high, DECIMALS - 1)
    return shown if reached(shown) else high
