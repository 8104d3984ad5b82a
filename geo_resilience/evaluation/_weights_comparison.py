"""What another set of weights would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from geo_resilience.evaluation._aggregation import Mean, composite
from geo_resilience.evaluation._checks import finite_values, row_text
from geo_resilience.evaluation._grading import CUTS, grade
from geo_resilience.evaluation._scores import rank
from geo_resilience.evaluation.weighting._weights import Weights, weights_for
from geo_resilience.statistics._associations import spearman


def compare_weights(
    values: pd.DataFrame,
    sets: Mapping[str, Weights | pd.Series],
    used: Weights | pd.Series,
    *,
    how: str | Mean = "arithmetic",
    cuts: Sequence[float] = CUTS,
) -> pd.DataFrame:
    r"""Compare sets of weights with the used one: how far apart, and who moves.

    Parameters
    ----------
    values : DataFrame
        Standardized values; with a level ``year`` each year is compared by itself.
    sets : mapping of str to Weights
        Sets by name (the columns of weights.csv that are not empty, say).
    used : Weights or Series
        The one they are held against.
    how : str or callable
        The mean, as in `composite`.
    cuts : sequence of float
        Where the grades part, as in `grade`.

    Returns
    -------
    DataFrame
        A row a set (and year), columns ``year`` (if there is one), ``method``; ``distance``
        (half the sum of absolute differences of the weights: the weight that would have to
        move); ``weights_correlation`` and ``scores_correlation`` (Spearman's, NaN for equal
        weights); ``mean_shift`` (mean absolute change of rank), ``grades_changed`` (how many
        regions change grade); ``most_moved`` (region; empty when no rank moves), ``rank_used``,
        ``rank_other``.

    Raises
    ------
    InputError
        If codes do not match.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [0.9, 0.1, 0.5], "b": [0.1, 0.8, 0.5]}, index=list("xyz"))
    >>> sets = {"other": pd.Series({"a": 0.2, "b": 0.8})}
    >>> found = compare_weights(values, sets, pd.Series({"a": 0.8, "b": 0.2}))
    >>> found[["distance", "mean_shift", "most_moved"]].round(3).values.tolist()
    [[0.6, 1.333, 'x']]
    """
    numbers = finite_values(values)
    used_shares = weights_for(numbers, used)
    before = composite(numbers, used, how=how)
    rows: list[dict[str, Any]] = []
    for method, weights in sets.items():
        shares = weights_for(numbers, weights)
        after = composite(numbers, weights, how=how)
        common = {
            "method": method,
            "distance": float(abs(shares - used_shares).sum() / 2),
            "weights_correlation": spearman(shares, used_shares)[0],
        }
        rows += [
            {**({} if year is None else {"year": year}), **common, **_moves(one, other, cuts)}
            for year, one, other in _by_year(before, after)
        ]
    return pd.DataFrame(rows)


def _by_year(before: pd.Series, after: pd.Series) -> list[tuple[Any, pd.Series, pd.Series]]:
    if "year" not in before.index.names:
        return [(None, before, after)]
    pieces = after.groupby(level="year")
    return [
        (year, piece.droplevel("year"), pieces.get_group(year).droplevel("year"))
        for year, piece in before.groupby(level="year")
    ]


def _moves(before: pd.Series, after: pd.Series, cuts: Sequence[float]) -> dict[str, Any]:
    """How the ranks of one year move."""
    ranks, others = rank(before), rank(after)
    shift = (others - ranks).abs()
    label = shift.idxmax()
    moved = bool(shift[label] > 0)
    return {
        "scores_correlation": spearman(before, after)[0],
        "mean_shift": float(shift.mean()),
        "grades_changed": int((grade(before, cuts=cuts) != grade(after, cuts=cuts)).sum()),
        "most_moved": row_text(label) if moved else "",
        "rank_used": float(ranks[label]) if moved else float("nan"),
        "rank_other": float(others[label]) if moved else float("nan"),
    }
