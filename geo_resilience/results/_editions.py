"""What the tables of changes say of two editions: read alike by maps, figures and reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geo_resilience import tables

if TYPE_CHECKING:
    from geo_resilience.results._results import Results

#: What a change is split into: columns of the table changes, in their order.
CAUSES: tuple[str, ...] = (
    "data",
    "years",
    "indicators",
    "weights",
    "scaling",
    "cleaning",
    "mean",
    "grading",
    "others",
)

#: Moves of ranks at which classes part; where the number falls, a region rises.
MOVE_CUTS = (-2.5, -0.5, 0.5, 2.5)


def last_changes(results: Results, measure: str) -> pd.DataFrame:
    """Give the changes of a measure between the last years; none of several alternatives."""
    rows = tables.of(results, "changes", measure=measure)
    if rows.empty or "alternatives" in results.tables:
        return rows.iloc[:0]
    return of_last_years(rows)


def of_last_years(rows: pd.DataFrame) -> pd.DataFrame:
    """Give the changes from the last year of the earlier run to that of the later."""
    ends = rows[["year", "year_before"]].max()
    return rows[(rows["year"] == ends["year"]) & (rows["year_before"] == ends["year_before"])]
