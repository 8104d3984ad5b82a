"""The index as a whole: composite, dimensions, grades and ranks of every region and year."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.evaluation._aggregation import Mean, composite, dimension_scores
from geo_resilience.evaluation._checks import finite_scores, means_within
from geo_resilience.evaluation._grading import CUTS, DECIMALS, grade
from geo_resilience.evaluation.weighting._weights import Weights


@dataclass(frozen=True, eq=False)
class Scores:
    """What the index says: one row a region and year.

    Parameters
    ----------
    composite : Series
        In [0, 1] for scaled values, rounded to 12 decimals.
    dimensions : DataFrame
        A column a dimension.
    grades : Series
        Ordered categorical.
    ranks : Series
        Whole numbers from 1 within each year.
    weights : Weights
        Those used.
    """

    composite: pd.Series
    dimensions: pd.DataFrame
    grades: pd.Series
    ranks: pd.Series
    weights: Weights

    @property
    def frame(self) -> pd.DataFrame:
        """All of it as one table: the dimensions, ``composite``, ``grade`` and ``rank``."""
        return self.dimensions.assign(composite=self.composite, grade=self.grades, rank=self.ranks)


def score(
    values: pd.DataFrame,
    weights: Weights | pd.Series,
    dimensions: pd.Series,
    *,
    how: str | Mean = "arithmetic",
    cuts: Sequence[float] = CUTS,
) -> Scores:
    """Calculate composite, dimension scores, grades and ranks.

    Parameters
    ----------
    values : DataFrame
        Rows observations (``(adcode, year)`` or any index), columns codes; scaled to [0, 1].
    weights : Weights or Series
        By code.
    dimensions : Series
        Dimension of each code.
    how : str, Aggregation or callable
        The mean, as in `composite`.
    cuts : sequence of float
        Lower bounds of the grades above the lowest.

    Returns
    -------
    Scores

    Raises
    ------
    InputError, UndefinedError
        As in `composite`, `dimension_scores` and `grade`.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [0.2, 0.9], "b": [0.4, 0.8]}, index=["540000", "110000"])
    >>> weights = pd.Series({"a": 0.5, "b": 0.5})
    >>> found = score(values, weights, pd.Series({"a": "B1", "b": "B2"}))
    >>> found.grades.to_dict(), found.ranks.to_dict()
    ({'540000': 'Weaker', '110000': 'High'}, {'540000': 2, '110000': 1})
    """
    weights = weights if isinstance(weights, Weights) else Weights(weights, "own")
    found = composite(values, weights, how=how).round(DECIMALS)
    return Scores(
        composite=found,
        dimensions=dimension_scores(values, weights, dimensions, how=how),
        grades=grade(found, cuts=cuts),
        ranks=rank(found),
        weights=weights,
    )


def group_means(scores: pd.Series, groups: Mapping[str, Collection[str]]) -> pd.DataFrame:
    """Give the unweighted mean of the scores of each group's regions.

    Parameters
    ----------
    scores : Series
        By region, or by ``(adcode, year)``.
    groups : mapping of str to collection of str
        Region keys by group; groups may overlap and leave regions out.

    Returns
    -------
    DataFrame
        Rows groups (index ``group``) in the order given; columns the years, or ``mean`` for
        scores without years. A group none of whose members has a score in a year is NaN there.

    Raises
    ------
    InputError
        If a member has no score at all (each is named with the nearest key), or a score is no
        number.

    Examples
    --------
    >>> scores = pd.Series({"110000": 0.7, "120000": 0.5, "130000": 0.3})
    >>> found = group_means(scores, {"north": ["110000", "120000"], "all": list(scores.index)})
    >>> found["mean"].round(3).to_dict()
    {'north': 0.6, 'all': 0.5}
    """
    scores = finite_scores(scores)
    by_year = "year" in scores.index.names
    table = scores.unstack("year") if by_year else scores.to_frame("mean")
    found = means_within(table, groups)
    return found.rename_axis(columns="year") if by_year else found


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
