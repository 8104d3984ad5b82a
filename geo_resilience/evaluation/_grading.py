"""Grades of scores: five by fixed cuts unless told otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.evaluation._checks import chosen, finite_scores
from geo_resilience.statistics._classes import jenks_cuts, quantile_cuts

#: Scores are rounded to this before they are graded or ranked: 0.6 reached by another order of
#: additions is still 0.6.
DECIMALS = 12


@dataclass(frozen=True)
class Grade:
    """One grade.

    - ``code``: as it stands in files; what people read is the word ``grade.<code>``.
    - ``color``: on maps, hexadecimal.
    - ``low``: its lower bound where grades are cut at fixed scores; the bound belongs to the grade.
    """

    code: str
    color: str
    low: float


#: From the weakest to the strongest. Colors go from light to dark in lightness steps of 13 to 19
#: (L* 91, 78, 63, 44, 25), so that a gray print keeps the order; neighbors stay at least 18 apart
#: (Lab distance) under simulated deuteranopia and protanopia.
GRADES: tuple[Grade, ...] = (
    Grade("Low", "#f3e79c", 0.0),
    Grade("Weaker", "#7ed49d", 0.2),
    Grade("Medium", "#17a7b4", 0.4),
    Grade("Strong", "#2c6aaa", 0.6),
    Grade("High", "#3d2c80", 0.8),
)

#: Codes of the grades.
CODES: tuple[str, ...] = tuple(each.code for each in GRADES)

#: Lower bounds of the grades above the lowest.
CUTS: tuple[float, ...] = tuple(each.low for each in GRADES[1:])

#: Colors of the grades; ordered classes of any number are drawn in them too.
GRADE_COLORS: tuple[str, ...] = tuple(each.color for each in GRADES)


@dataclass(frozen=True)
class GradingMethod:
    """A way to find where the grades part.

    - ``name``: as a study file has it.
    - ``function``: takes scores and a number of grades and gives the cuts; None where the cuts are
      given.
    """

    name: str
    function: Callable[[np.ndarray, int], list[float]] | None = None


#: Ways to part the grades, by name.
GRADINGS: Mapping[str, GradingMethod] = {
    each.name: each
    for each in (
        GradingMethod("cuts"),
        GradingMethod("quantile", quantile_cuts),
        GradingMethod("jenks", jenks_cuts),
    )
}


@dataclass(frozen=True)
class Grading:
    """The grades that a study uses, with the cuts as found.

    - ``cuts``: lower bounds of the grades above the lowest.
    - ``method``: one of `GRADINGS`.
    - ``names``: codes of the grades, as they stand in files.

    Examples
    --------
    >>> Grading.of(pd.Series([0.1, 0.2, 0.3, 0.5, 0.6, 0.9]), method="quantile").cuts
    (0.2, 0.25, 0.6, 0.8)
    """

    cuts: tuple[float, ...] = CUTS
    method: str = "cuts"
    names: tuple[str, ...] = CODES
    colors: tuple[str, ...] = GRADE_COLORS

    @classmethod
    def of(
        cls, scores: pd.Series, *, method: str = "cuts", cuts: Sequence[float] = CUTS
    ) -> Grading:
        """Take the cuts as given, or find them in the scores."""
        found = grade_cuts(scores, method=method) if is_relative(method) else tuple(cuts)
        return cls(found, method)

    @property
    def relative(self) -> bool:
        """Whether the cuts were found in the scores: a grade then says where among them."""
        return is_relative(self.method)

    @property
    def by_name(self) -> dict[str, str]:
        """Colors by name, the weakest grade first."""
        return dict(zip(self.names, self.colors, strict=True))

    def color(self, name: str) -> str | None:
        """Give a grade's color; None for what is no grade."""
        return self.by_name.get(name)


def is_relative(method: str) -> bool:
    """Whether a method finds its cuts in the scores."""
    return chosen(GRADINGS, method, "method").function is not None


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
    labels = tuple(CODES if labels is None else labels)
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


def grade_cuts(
    scores: pd.Series, *, method: str = "jenks", count: int = len(GRADES)
) -> tuple[float, ...]:
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
        ``count - 1`` increasing cuts, each the shortest number that parts the scores so.

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
    finders = {name: each.function for name, each in GRADINGS.items() if each.function is not None}
    finder = chosen(finders, method, "method")
    numbers = finite_scores(scores).round(DECIMALS)
    cuts = tuple(finder(numbers.to_numpy(), count))
    if len(cuts) != count - 1:
        raise UndefinedError(
            "evaluation.too_few_scores", found=numbers.nunique(), method=method, count=count
        )
    return cuts
