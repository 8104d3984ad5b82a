"""Fuzzy comprehensive evaluation: how far each region belongs to each grade."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.evaluation._checks import chosen, unit_values
from geo_resilience.evaluation._grading import CODES, CUTS, grade
from geo_resilience.evaluation.weighting._weights import Weights, weights_for


@dataclass(frozen=True, eq=False)
class FuzzyEvaluation:
    """Memberships of every row in the grades, and the two verdicts.

    Parameters
    ----------
    memberships : DataFrame
        A column a grade; rows sum to 1.
    by_maximum : Series
        Grade with the largest membership; of equal ones the lower.
    by_average : Series
        Grade of the mean of the grades' centers, weighted by membership.
    average : Series
        That mean.
    """

    memberships: pd.DataFrame
    by_maximum: pd.Series
    by_average: pd.Series
    average: pd.Series

    @property
    def differs(self) -> pd.Series:
        """Whether the two verdicts differ."""
        return (self.by_maximum != self.by_average).rename("differs")


def _checked_cuts(cuts: Sequence[float]) -> np.ndarray:
    bounds = np.asarray(cuts, dtype="float64")
    if len(bounds) != len(CODES) - 1:
        raise InputError("evaluation.cuts_not_fitting", found=len(bounds), expected=len(CODES) - 1)
    if not (np.diff(np.r_[0.0, bounds, 1.0]) > 0).all():
        raise InputError("evaluation.cuts_not_increasing", found=list(cuts))
    return bounds


def _triangular(bounds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places at which memberships bend, and which grade is full there."""
    ends = np.r_[0.0, bounds, 1.0]
    return (ends[:-1] + ends[1:]) / 2, np.arange(len(CODES))


def _trapezoidal(bounds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places at which memberships bend, and which grade is full there."""
    widths = np.diff(np.r_[0.0, bounds, 1.0])
    half = np.minimum(widths[:-1], widths[1:]) / 4
    places = np.column_stack([bounds - half, bounds + half]).ravel()
    full = np.column_stack([np.arange(len(bounds)), np.arange(1, len(bounds) + 1)]).ravel()
    return places, full


def _product_sum(shares: np.ndarray, single: np.ndarray) -> np.ndarray:
    return np.einsum("j,ijk->ik", shares, single)


def _min_max(shares: np.ndarray, single: np.ndarray) -> np.ndarray:
    return np.minimum(shares[None, :, None], single).max(axis=1)


#: Forms of the membership functions, by name.
SHAPES: Mapping[str, Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]] = {
    "triangular": _triangular,
    "trapezoidal": _trapezoidal,
}
#: Ways to join memberships (rows, indicators, grades) under weights, by name.
OPERATORS: Mapping[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "product_sum": _product_sum,
    "min_max": _min_max,
}


def grade_memberships(
    numbers: np.ndarray, *, cuts: Sequence[float] = CUTS, shape: str = "triangular"
) -> np.ndarray:
    """Give the membership of numbers in [0, 1] in the grades.

    Parameters
    ----------
    numbers : ndarray, any shape
    cuts : sequence of float
        One less than there are grades, inside (0, 1).
    shape : {"triangular", "trapezoidal"}
        Triangular: full at a grade's center, falling to 0 at its neighbors' centers.
        Trapezoidal: full inside the grade, changing over linearly within a quarter of the
        narrower grade on either side of a cut.

    Returns
    -------
    ndarray, shape (..., grades)
        Sums to 1; at a cut one half each for grades of equal width.

    Examples
    --------
    >>> grade_memberships(np.array([0.2, 0.55])).round(3).tolist()
    [[0.5, 0.5, 0.0, 0.0, 0.0], [0.0, 0.0, 0.75, 0.25, 0.0]]
    """
    places, full = chosen(SHAPES, shape, "shape")(_checked_cuts(cuts))
    return np.stack(
        [
            np.interp(numbers, places, (full == number).astype("float64"))
            for number in range(len(CODES))
        ],
        axis=-1,
    )


def fuzzy_evaluation(
    values: pd.DataFrame,
    weights: Weights | pd.Series,
    *,
    shape: str = "triangular",
    operator: str = "product_sum",
    cuts: Sequence[float] = CUTS,
) -> FuzzyEvaluation:
    r"""Evaluate every row by its indicators' memberships in the grades.

    Parameters
    ----------
    values : DataFrame, shape (n, m)
        Scaled to [0, 1], more is better.
    weights : Weights or Series
        By code.
    shape : {"triangular", "trapezoidal"}
        Of the membership functions, see `grade_memberships`.
    operator : {"product_sum", "min_max"}
        How memberships are joined.
    cuts : sequence of float
        Lower bounds of the grades above the lowest.

    Returns
    -------
    FuzzyEvaluation

    Raises
    ------
    InputError
        If a value is outside [0, 1], codes do not match, or an option is unknown.

    Notes
    -----
    With the membership :math:`r_{jk}` of indicator j in grade k [1]_:

    .. math:: b_k = \sum_j w_j r_{jk} \quad M(\cdot, +), \qquad
              b_k = \max_j \min(w_j, r_{jk}) \quad M(\wedge, \vee)

    normalized to sum 1. M(min, max) sees one indicator a grade only, and with many indicators
    little but the weights. With triangular memberships, M(product, sum) and values between the
    outermost centers, the average is the arithmetic composite itself.

    References
    ----------
    .. [1] Zadeh, L. A. (1965). Fuzzy sets. Information and Control, 8(3), 338-353.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [0.5, 0.9], "b": [0.3, 0.9]}, index=["360000", "110000"])
    >>> found = fuzzy_evaluation(values, pd.Series({"a": 0.6, "b": 0.4}))
    >>> found.memberships.loc["360000"].round(3).tolist()
    [0.0, 0.4, 0.6, 0.0, 0.0]
    >>> found.by_maximum.tolist(), found.average.round(3).tolist()
    (['Medium', 'High'], [0.42, 0.9])
    """
    numbers = unit_values(values)
    shares = weights_for(numbers, weights)
    single = grade_memberships(numbers.to_numpy(), cuts=cuts, shape=shape)
    joined = chosen(OPERATORS, operator, "operator")(shares, single)
    joined = joined / joined.sum(axis=1, keepdims=True)
    ends = np.r_[0.0, _checked_cuts(cuts), 1.0]
    average = pd.Series(joined @ ((ends[:-1] + ends[1:]) / 2), values.index, name="average")
    first = np.argmax(joined >= joined.max(axis=1, keepdims=True) - 1e-12, axis=1)
    verdict = pd.Categorical.from_codes(first.tolist(), categories=list(CODES), ordered=True)
    return FuzzyEvaluation(
        memberships=pd.DataFrame(joined, index=values.index, columns=list(CODES)),
        by_maximum=pd.Series(verdict, index=values.index, name="by_maximum"),
        by_average=grade(average, cuts=cuts).rename("by_average"),
        average=average,
    )
