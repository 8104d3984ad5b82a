"""What a panel must be before anything is computed from it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience.errors import Problems
from geo_resilience.indicators.framework import Framework
from geo_resilience.indicators.tracing import say_cells

__all__ = ["check_panel"]


def check_panel(frame: pd.DataFrame, framework: Framework | None = None) -> None:
    """Refuse indicators that say nothing and values that are no quantity.

    Parameters
    ----------
    frame : DataFrame, rows (adcode, year) or adcode alone, columns indicator codes
    framework : Framework, optional
        For the indicators' names.

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
        elif regions >= 2 and there.min() == there.max():
            value = f"{there.iloc[0]:g}"
            problems.add("indicators.constant", indicator=named.get(code, code), value=value)
    problems.raise_if_any()


def _columns(code: str, framework: Framework | None) -> list[str]:
    """Name the columns of the tables that an indicator is made from."""
    if framework is None or code not in framework.codes:
        return [code]
    return list(framework.indicator(code).columns)
