"""Places in the order of scores."""

from __future__ import annotations

import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.evaluation.grading import DECIMALS

__all__ = ["rank"]


def rank(scores: pd.Series) -> pd.Series:
    """Rank scores, the highest first; ties share the better place.

    Parameters
    ----------
    scores : Series
        Rounded to 12 decimals first. With a level ``year`` in its index each year is ranked by
        itself.

    Returns
    -------
    Series
        Whole numbers from 1, called ``rank``; where a score is missing, so is its place (the
        type is then Int64).

    Raises
    ------
    InputError
        If a score is no number.

    Examples
    --------
    >>> rank(pd.Series([0.5, 0.9, 0.5, 0.1])).tolist()
    [2, 1, 2, 4]
    """
    numbers = pd.to_numeric(scores, errors="coerce")
    unread = numbers.isna() & scores.notna()
    if unread.any():
        at = scores[unread].index[0]
        raise InputError("evaluation.score_not_a_number", row=at, found=scores[unread].iloc[0])
    rounded = numbers.astype("float64").round(DECIMALS)
    pieces = rounded.groupby(level="year") if "year" in scores.index.names else rounded
    places = pieces.rank(method="min", ascending=False).rename("rank")
    return places.astype("Int64" if places.isna().any() else "int64")
