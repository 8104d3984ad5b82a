"""Grades of scores: five by fixed cuts unless told otherwise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.evaluation.checking import finite_series
from geo_resilience.statistics.classes import jenks_cuts, quantile_cuts

__all__ = ["CUTS", "DECIMALS", "GRADES", "grade", "grade_cuts"]

#: Grades from the weakest to the strongest.
GRADES: tuple[str, ...] = ("Low", "Weaker", "Medium", "Strong", "High")

#: Lower bounds of the grades above the lowest.
CUTS: tuple[float, ...] = (0.2, 0.4, 0.6, 0.8)

#: Scores are rounded to this before they are graded or ranked: 0.6 reached by another order of
#: additions is still 0.6.
DECIMALS = 12


def grade(
    scores: pd.Series | Sequence[float],
    *,
    cuts: Sequence[float] = CUTS,
    labels: Sequence[str] | None = None,
) -> pd.Series:
    """Grade scores by cuts, the lower bound of a grade included.

    Parameters
    ----------
    scores : Series or sequence of float
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
    scores = pd.Series(scores)
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


def grade_cuts(scores: pd.Series, *, method: str = "jenks", count: int = 5) -> tuple[float, ...]:
    """Find cuts for `grade` in the scores themselves.

    Parameters
    ----------
    scores : Series
        All years together, so that a grade means the same in each.
    method : {"jenks", "quantile"}
        Natural breaks, or groups of equal size. Such grades are relative: someone is always Low.
    count : int
        Number of grades.

    Returns
    -------
    tuple of float
        ``count - 1`` increasing cuts.

    Raises
    ------
    InputError
        If a score is missing or no number, or the method is unknown.
    UndefinedError
        If there are too few different scores for so many grades.

    Examples
    --------
    >>> grade_cuts(pd.Series([0.1, 0.11, 0.5, 0.52, 0.9]), count=3)
    (0.3, 0.7)
    """
    methods = {"jenks": jenks_cuts, "quantile": quantile_cuts}
    if method not in methods:
        raise InputError(
            "evaluation.unknown_option", option="method", found=method, known=list(methods)
        )
    numbers = finite_series(scores, what="scores").round(DECIMALS)
    cuts = tuple(methods[method](numbers.to_numpy(), count))
    if len(cuts) != count - 1:
        raise UndefinedError(
            "evaluation.too_few_scores", found=numbers.nunique(), method=method, count=count
        )
    return cuts
