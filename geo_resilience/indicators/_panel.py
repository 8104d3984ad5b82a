"""The measured panel, and what it must be before anything is computed from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo_resilience.errors import Problems
from geo_resilience.indicators._framework import Framework
from geo_resilience.indicators._trace import say_cells
from geo_resilience.notes import Note

#: A value of more than so many times the median of its indicator is worth a second look.
FAR = 10_000


#: Roles of variables that cannot be below zero.
COUNTED = ("population", "output", "industry")


def check_panel(frame: pd.DataFrame, framework: Framework | None = None) -> None:
    """Refuse indicators that say nothing and values that are no quantity.

    - ``frame``, rows (adcode, year) or adcode alone, columns indicator codes
    - ``framework``: for the indicators' names.

    Raises
    ------
    InputError
        Naming every indicator that is infinite somewhere, constant or missing everywhere, and when
        there are fewer than two regions.

    Examples
    --------
    >>> check_panel(pd.DataFrame({"a": [1.0, 1.0]}, index=["11", "12"]))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    geo_resilience.errors.InputError: a is 1 in every row: ...
    """
    problems = Problems()
    regions = frame.index.get_level_values(0).nunique()
    if regions < 2:
        problems.add("indicators.few_regions", count=regions)
    named = {} if framework is None else {each.code: each.label for each in framework.indicators}
    for code in frame.columns:
        values = frame[code].astype(float)
        there = values.dropna()
        infinite = frame.index[np.isinf(values.to_numpy())]
        if there.empty:
            columns = _columns(str(code), framework)
            problems.add("indicators.all_missing", indicator=named.get(code, code), columns=columns)
        elif len(infinite):
            problems.add(
                "indicators.infinite", indicator=named.get(code, code), cells=say_cells(infinite)
            )
        elif not np.isfinite(_range(there)):
            values_told = {"low": f"{there.min():g}", "high": f"{there.max():g}"}
            problems.add("indicators.range", indicator=named.get(code, code), **values_told)
        elif regions >= 2 and there.min() == there.max():
            value = f"{there.iloc[0]:g}"
            problems.add("indicators.constant", indicator=named.get(code, code), value=value)
    problems.raise_if_any()


def _range(there: pd.Series) -> float:
    with np.errstate(over="ignore"):
        return float(there.max() - there.min())


def extreme_notes(frame: pd.DataFrame, framework: Framework) -> list[Note]:
    """Note indicators of which some values lie orders of magnitude above the rest."""
    notes = []
    for indicator in framework.indicators:
        sizes = frame[indicator.code].abs()
        usual = sizes[sizes > 0].median()
        far = sizes.index[sizes / FAR > usual]
        if len(far):
            values = {"median": f"{usual:g}", "most": f"{sizes.max():g}", "cells": say_cells(far)}
            named = {"indicator": indicator.label, "times": f"{FAR:,}"}
            notes.append(Note("indicators.extreme", indicator.code, {**values, **named}))
    return notes


def negative_notes(variables: pd.DataFrame, framework: Framework) -> list[Note]:
    """Note negative values of variables that count something: people, output, an industry."""
    notes = []
    for variable in (each for role in COUNTED for each in framework.with_role(role)):
        below = variables.index[variables[variable.code] < 0]
        if len(below):
            values = {"variable": variable.label, "count": len(below), "cells": say_cells(below)}
            notes.append(Note("indicators.negative", variable.code, values))
    return notes


def _columns(code: str, framework: Framework | None) -> list[str]:
    """Name the columns of the tables that an indicator is made from."""
    if framework is None or code not in framework.codes:
        return [code]
    return list(framework.indicator(code).columns)


@dataclass(frozen=True, eq=False)
class Panel:
    """Indicators scaled to [0, 1], the variables beside them, and what was changed.

    Parameters
    ----------
    values : DataFrame, rows (adcode, year), columns indicator codes
        Scaled, more is better.
    variables : DataFrame, rows (adcode, year), columns variable codes
        As measured.
    framework : Framework
    trace : DataFrame with the columns of trace.csv
        The capped and filled cells, in the unit of the indicator.
    """

    values: pd.DataFrame
    variables: pd.DataFrame
    framework: Framework
    trace: pd.DataFrame
