"""What if an indicator, or the weights, were otherwise; what would it take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problems, did_you_mean, nearest
from geo_resilience.evaluation.aggregation import Mean, composite
from geo_resilience.evaluation.checking import finite_values
from geo_resilience.evaluation.grading import CUTS, DECIMALS, grade
from geo_resilience.evaluation.ranking import rank
from geo_resilience.evaluation.weighting.weights import Weights

__all__ = ["needed_value", "what_if"]


def _row(values: pd.DataFrame, region: str, year: Any) -> Any:
    """Find the label of a region's row (in a year, by default its last)."""
    dated = "year" in values.index.names
    keys = values.index.get_level_values(0) if dated else values.index
    if region not in keys:
        raise InputError(
            "evaluation.region_unknown", region=region, near=did_you_mean(region, keys)
        )
    if not dated:
        return region
    years = sorted(values.index.get_level_values("year")[keys == region])
    year = years[-1] if year is None else year
    if year not in years:
        raise InputError("evaluation.year_unknown", year=year, known=years)
    return (region, year)


def _changed(values: pd.DataFrame, label: Any, changes: Mapping[str, float]) -> pd.DataFrame:
    problems = Problems()
    for code, value in changes.items():
        if code not in values.columns:
            near = nearest(code, values.columns) or list(values.columns)
            problems.add("evaluation.code_unknown", what="changes", code=code, near=near)
        elif not (isinstance(value, (int, float)) and np.isfinite(value)):
            problems.add("evaluation.not_finite", row=label, column=code, found=value)
    problems.raise_if_any()
    after = values.copy()
    for code, value in changes.items():
        after.loc[[label], code] = float(value)
    return after


def what_if(
    values: pd.DataFrame,
    weights: Weights | pd.Series,
    *,
    region: str | None = None,
    year: Any = None,
    changes: Mapping[str, float] | None = None,
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
    region : str, optional
        Whose values change.
    year : int, optional
        In which year; the region's last by default.
    changes : mapping of code to value, optional
        The region's new standardized values.
    new_weights : Weights or Series, optional
        Weights in the place of the used ones.
    how, cuts
        As in `score`.

    Returns
    -------
    DataFrame
        By row of the year concerned (of all rows if no region is named): ``composite``,
        ``grade``, ``rank`` and ``new_composite``, ``new_grade``, ``new_rank``.

    Raises
    ------
    InputError
        If neither changes nor new weights are given, changes come without a region, or a
        region, year or code is unknown.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [0.3, 0.5], "b": [0.3, 0.5]}, index=["540000", "110000"])
    >>> weights = pd.Series({"a": 0.5, "b": 0.5})
    >>> found = what_if(values, weights, region="540000", changes={"a": 1.0})
    >>> found["new_grade"].to_dict(), found["new_rank"].to_dict()
    ({'540000': 'Strong', '110000': 'Medium'}, {'540000': 1, '110000': 2})
    """
    numbers = finite_values(values)
    if not changes and new_weights is None:
        raise InputError("evaluation.nothing_supposed")
    if changes and region is None:
        raise InputError("evaluation.change_without_region", codes=list(changes))
    after = numbers
    if region is not None:
        label = _row(numbers, region, year)
        if isinstance(label, tuple):
            numbers = numbers[numbers.index.get_level_values("year") == label[1]]
        after = _changed(numbers, label, changes or {})
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
    year: Any = None,
    how: str | Mean = "arithmetic",
) -> float:
    """Give the value of one indicator at which a region's composite reaches a target.

    Parameters
    ----------
    values, weights, region, year, how
        As in `what_if`.
    code : str
        The indicator that may change.
    target : float
        Of the composite (0.6 for the grade Strong, say).

    Returns
    -------
    float
        In [0, 1]: the least value that is enough; NaN where even 1 is not.

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
    label = _row(numbers, region, year)
    row = numbers.loc[[label]]

    def reached(value: float) -> bool:
        tried = composite(_changed(row, label, {code: value}), weights, how=how)
        return round(float(tried.iloc[0]), DECIMALS) >= round(target, DECIMALS)

    low, high = (1e-12 if how in ("geometric", "harmonic") else 0.0), 1.0
    if not reached(high):
        return float("nan")
    if reached(low):
        return 0.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    shown = round(high, DECIMALS - 1)
    return shown if reached(shown) else high
