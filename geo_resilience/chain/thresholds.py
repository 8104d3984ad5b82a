"""Thresholds of early warning: checked, or learned as quantiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problems

__all__ = ["COLORS", "checked_thresholds", "quantile_thresholds"]

#: Warning colors, mildest first.
COLORS: tuple[str, ...] = ("blue", "yellow", "orange", "red")

_SIGNS = {"+": 1.0, "-": -1.0, "−": -1.0}


def checked_thresholds(thresholds: pd.DataFrame) -> pd.DataFrame:
    """Check a table of thresholds and give it with every column it may have.

    Parameters
    ----------
    thresholds : DataFrame, index indicator codes
        Columns direction ("+": more is better, so low values warn; "-": high values warn), blue,
        yellow, orange, red (a value at or beyond it warns; a blank color is not used) and,
        optionally, hysteresis (how far a value must come back past a threshold before the warning
        ends, in the indicator's unit; 0 by default) and weight (1 by default).

    Returns
    -------
    DataFrame
        Columns direction (1 or -1), the four colors, hysteresis, weight.

    Raises
    ------
    InputError
        If thresholds stand in the wrong order, are no numbers or all blank, a direction is
        unknown, or a hysteresis or weight negative.

    Examples
    --------
    >>> given = pd.DataFrame(
    ...     {"direction": ["+"], "blue": [4], "yellow": [3], "orange": [2], "red": [1]}, ["D1"]
    ... )
    >>> checked_thresholds(given).loc["D1"].tolist()
    [1.0, 4.0, 3.0, 2.0, 1.0, 0.0, 1.0]
    """
    problems = Problems()
    for column in ("direction", *COLORS):
        if column not in thresholds.columns:
            problems.add("chain.column_missing", column=column, known=list(thresholds.columns))
    for label in thresholds.index[thresholds.index.duplicated()].unique():
        problems.add("chain.indicator_twice", indicator=label)
    problems.raise_if_any()
    found = thresholds.copy()
    for column, default in (("hysteresis", 0.0), ("weight", 1.0)):
        if column not in found.columns:
            found[column] = default
        blank = found[column].isna() | (found[column].astype(str).str.strip() == "")
        found[column] = pd.to_numeric(found[column], errors="coerce").mask(blank, default)
    found[list(COLORS)] = found[list(COLORS)].apply(pd.to_numeric, errors="coerce").astype(float)
    for code, row in found.iterrows():
        _check_row(str(code), row, thresholds.loc[code], problems)
    problems.raise_if_any()
    found["direction"] = [_SIGNS[str(sign).strip()] for sign in found["direction"]]
    return found[["direction", *COLORS, "hysteresis", "weight"]]


def _check_row(code: str, row: pd.Series, given: pd.Series, problems: Problems) -> None:
    sign = _SIGNS.get(str(row["direction"]).strip())
    if sign is None:
        problems.add("chain.direction", row=code, found=row["direction"], known=["+", "-"])
        return
    for column in (*COLORS, "hysteresis", "weight"):
        held = given.get(column)
        blank = pd.isna(held) or str(held).strip() == ""
        if not blank and not np.isfinite(row[column]):
            problems.add("chain.not_finite", what="thresholds", row=code, column=column, found=held)
    levels = row[list(COLORS)].dropna().to_numpy(dtype=float)
    if not len(levels):
        problems.add("chain.no_threshold", indicator=code)
    if (np.diff(levels) * sign > 0).any():
        problems.add(
            "chain.threshold_order",
            indicator=code,
            direction=row["direction"],
            found=[f"{color} {row[color]:g}" for color in COLORS if np.isfinite(row[color])],
        )
    if row["hysteresis"] < 0 or row["weight"] < 0:
        problems.add("chain.threshold_negative", indicator=code)


def quantile_thresholds(
    frame: pd.DataFrame,
    directions: Mapping[str, str] | pd.Series,
    *,
    quantiles: Sequence[float] = (0.25, 0.15, 0.10, 0.05),
    hysteresis: float = 0.0,
) -> pd.DataFrame:
    """Learn thresholds as quantiles of what was seen, the bad tail of each indicator.

    Parameters
    ----------
    frame : DataFrame, rows (region, year), columns indicators
        The rows to learn from (all years, or those before the ones to be judged).
    directions : mapping of indicator to "+" or "-"
    quantiles : four floats
        Shares of rows at or beyond blue, yellow, orange and red; falling, between 0 and 0.5.
    hysteresis : float
        As a share of the distance from blue to red.

    Returns
    -------
    DataFrame
        Thresholds for `warning_levels`.

    Examples
    --------
    >>> seen = pd.DataFrame({"D1": range(101)})
    >>> quantile_thresholds(seen, {"D1": "+"}).loc["D1", ["blue", "red"]].tolist()
    [25.0, 5.0]
    """
    shares = list(quantiles)
    falling = all(after < before for before, after in pairwise(shares))
    if len(shares) != len(COLORS) or not falling or not 0 < shares[-1] <= shares[0] <= 0.5:
        raise InputError("chain.quantiles", found=shares)
    if hysteresis < 0:
        raise InputError("chain.hysteresis", found=hysteresis)
    signs = _directions(frame, directions)
    rows = {}
    for code, sign in signs.items():
        seen = frame[code].dropna()
        if seen.empty:
            raise InputError("chain.no_values", indicator=code)
        cuts = [seen.quantile(q if sign == "+" else 1 - q) for q in shares]
        rows[code] = {
            "direction": sign,
            **dict(zip(COLORS, cuts, strict=True)),
            "hysteresis": hysteresis * abs(cuts[0] - cuts[-1]),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def _directions(frame: pd.DataFrame, directions: Mapping[str, str] | pd.Series) -> dict[str, str]:
    given = dict(directions)
    problems = Problems()
    for code in frame.columns:
        sign = str(given.get(code, "")).strip().replace("−", "-")
        if sign not in {"+", "-"}:
            problems.add("chain.direction", row=code, found=given.get(code), known=["+", "-"])
        given[code] = sign
    problems.raise_if_any()
    return {str(code): given[code] for code in frame.columns}
