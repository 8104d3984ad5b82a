"""The trace: every cell that was changed on the way from the tables to the panel."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience.tables import CATALOG

#: The year of a table that has none.
NO_YEAR = 0


def say_cells(index: pd.Index, most: int = 8) -> list[str]:
    """Name rows by region and year, the first few and how many more."""
    dated = isinstance(index, pd.MultiIndex)
    shown = list(index[:most])
    rows = (
        [row if row[1] != NO_YEAR else row[:1] for row in shown]
        if dated
        else [(key,) for key in shown]
    )
    said = [" ".join(map(str, row)) for row in rows]
    return [*said, f"+{len(index) - most}"] if len(index) > most else said


def empty_trace() -> pd.DataFrame:
    """Give a trace without rows."""
    table = CATALOG["trace"]
    return table.empty()[table.names]


def trace_of(before: pd.DataFrame, after: pd.DataFrame, reasons: pd.DataFrame) -> pd.DataFrame:
    """List the cells that have a reason, sorted by region, year and the order of the columns."""
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
