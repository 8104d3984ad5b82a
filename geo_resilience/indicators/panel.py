"""The measured panel and the trace of the cells that were changed on the way to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo_resilience.indicators.framework import Framework

__all__ = ["NO_YEAR", "TRACE_COLUMNS", "Panel", "empty_trace", "trace_of"]

#: The year of a table that has none.
NO_YEAR = 0

#: Columns of a trace, one row a changed cell.
TRACE_COLUMNS: tuple[str, ...] = ("adcode", "year", "indicator", "before", "after", "reason")


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
    trace : DataFrame with the columns of `TRACE_COLUMNS`
        The capped and filled cells, in the unit of the indicator.
    """

    values: pd.DataFrame
    variables: pd.DataFrame
    framework: Framework
    trace: pd.DataFrame


def empty_trace() -> pd.DataFrame:
    """Give a trace without rows."""
    nothing = {"year": "int64", "before": "float64", "after": "float64"}
    return pd.DataFrame(
        {name: pd.Series([], dtype=nothing.get(name, "str")) for name in TRACE_COLUMNS}
    )


def trace_of(before: pd.DataFrame, after: pd.DataFrame, reasons: pd.DataFrame) -> pd.DataFrame:
    """List the cells that have a reason, sorted by region, year and the order of the columns.

    Parameters
    ----------
    before, after : DataFrame of the same index and columns
    reasons : DataFrame of the same index and columns
        Text; empty where the cell was left alone.
    """
    found = reasons.to_numpy(dtype=object)
    rows, columns = np.nonzero(found != "")
    if not len(rows):
        return empty_trace()
    index = before.index
    dated = isinstance(index, pd.MultiIndex)
    keys = index.get_level_values(0).astype(str).to_numpy()
    years = index.get_level_values(1).to_numpy() if dated else np.full(len(index), NO_YEAR)
    trace = pd.DataFrame(
        {
            "adcode": keys[rows],
            "year": years[rows].astype("int64"),
            "indicator": before.columns.to_numpy(dtype=object)[columns].astype(str),
            "before": before.to_numpy(dtype=float)[rows, columns],
            "after": after.to_numpy(dtype=float)[rows, columns],
            "reason": found[rows, columns].astype(str),
        }
    )
    order = np.lexsort((columns, trace["year"].to_numpy(), trace["adcode"].to_numpy()))
    return trace.iloc[order].reset_index(drop=True)
