"""Grades of scores: five by fixed cuts unless told otherwise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError

__all__ = ["CUTS", "DECIMALS", "GRADES", "grade"]

#: Grades from the weakest to the strongest.
GRADES: tuple[str, ...] = ("Low", "Weaker", "Medium", "Strong", "High")

#: Lower bounds of the grades above the lowest.
CUTS: tuple[float, ...] = (0.2, 0.4, 0.6, 0.8)

#: Scores are rounded to this before they are graded or ranked: 0.6 reached by another order of
#: additions is still 0.6.
DECIMALS = 12


def grade(
    scores: pd.Series, *, cuts: Sequence[float] = CUTS, labels: Sequence[str] | None = None
) -> pd.Series:
    """Grade scores by cuts, the lower bound of a grade included.

    Parameters
    ----------
    scores : Series
        Rounded to 12 decimals first. A missing score has no grade.
    cuts : sequence of float
        Strictly increasing; one less than there are labels.
    labels : sequence of str, optional
        From weakest to strongest; Low, Weaker, Medium, Strong, High by default.

    Returns
    -------
    Series
        Ordered categorical with every label as a category, called ``grade``.

    Raises
    ------
    InputError
        If cuts are not increasing, do not fit the labels, or a score is infinite or text.

    Examples
    --------
    >>> grade(pd.Series([0.1, 0.2, 0.4, 0.6, 0.8])).tolist()
    ['Low', 'Weaker', 'Medium', 'Strong', 'High']
    """
    labels = tuple(GRADES if labels is None else labels)
    bounds = np.asarray(cuts, dtype="float64")
    if not np.isfinite(bounds).all() or (np.diff(bounds) <= 0).any():
        raise InputError("evaluation.cuts_not_increasing", found=list(cuts))
    if len(bounds) != len(labels) - 1 or len(set(labels)) != len(labels):
        raise InputError("evaluation.cuts_not_fitting", found=len(bounds), expected=len(labels) - 1)
    numbers = pd.to_numeric(scores, errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
    unread = np.isnan(numbers) & scores.notna().to_numpy() | np.isinf(numbers)
    if unread.any():
        at = int(np.argmax(unread))
        raise InputError(
            "evaluation.score_not_a_number", row=scores.index[at], found=scores.iloc[at]
        )
    codes = np.searchsorted(bounds, np.round(numbers, DECIMALS), side="right")
    codes = np.where(np.isnan(numbers), -1, codes)
    graded = pd.Categorical.from_codes(codes.tolist(), categories=list(labels), ordered=True)
    return pd.Series(graded, index=scores.index, name="grade")
