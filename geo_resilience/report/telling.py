"""What the lines of the summary share: years in words, and the rows of the last year."""

from __future__ import annotations

import pandas as pd

from geo_resilience import tables
from geo_resilience.results import Results
from geo_resilience.words import say

__all__ = ["last_rows", "year_text"]


def year_text(results: Results, year: int) -> str:
    """Write a year; a study without years has one period."""
    if not year:
        return say("summary.no_year", results.language)
    return say("summary.year", results.language, year=year)


def last_rows(results: Results, stem: str, **where: str) -> pd.DataFrame:
    """Give the rows of a table for the last year; none where the study skips it."""
    return tables.of(results, stem, year=results.years[-1], **where)
