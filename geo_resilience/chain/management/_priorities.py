"""Several criteria to one order."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geo_resilience.chain._records import coded
from geo_resilience.chain.inputoutput._flows import named
from geo_resilience.errors import InputError, Problems


def _weights(weights: Mapping[str, float] | pd.Series, codes: pd.Index) -> pd.Series:
    given = pd.Series(dict(weights), dtype=float)
    apart = codes.symmetric_difference(given.index)
    if len(apart):
        raise InputError("chain.labels_differ", what="weights", labels=named(apart))
    given = given.reindex(codes)
    if not (given >= 0).all() or abs(given.sum() - 1) > 1e-6:
        raise InputError("chain.weights", sum=f"{given.sum():.6g}")
    return given / given.sum()


def rank_priorities(
    table: pd.DataFrame,
    *,
    weights: Mapping[str, float] | pd.Series | None = None,
    cost: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Give one overall rating from several criteria, and the order that follows.

    The mean of the criteria, weighted where weights are given. Ties share the better place.

    Parameters
    ----------
    table : DataFrame
        A row a candidate, a column a criterion, on one scale from 0 to 1.
    weights : mapping of criterion to weight, optional
        Non-negative, summing to 1; equal if left out.
    cost : tuple of str
        Criteria of which less is better: 1 minus the value counts.

    Returns
    -------
    DataFrame
        The table with columns overall and priority (1 = first), in the order given.

    Raises
    ------
    InputError
        If a cell is not between 0 and 1, or weights do not fit the criteria.

    Examples
    --------
    >>> fields = pd.DataFrame({"relevance": [0.8, 0.9], "growth": [0.9, 0.7]}, ["a", "b"])
    >>> rank_priorities(fields)
       relevance  growth  overall  priority
    a        0.8     0.9     0.85         1
    b        0.9     0.7     0.80         2
    """
    problems = Problems()
    numbers = table.apply(pd.to_numeric, errors="coerce").astype(float)
    for row, column in np.argwhere(~((numbers >= 0) & (numbers <= 1)).to_numpy(dtype=bool)):
        problems.add(
            "chain.not_a_share",
            column=table.columns[column],
            row=table.index[row],
            found=table.iat[row, column],
        )
    for name in cost:
        if name not in table.columns:
            problems.add("chain.column_missing", column=name, known=list(table.columns))
    if table.columns.empty:
        problems.add("chain.no_criteria")
    problems.raise_if_any()
    rated = numbers.copy()
    rated[list(cost)] = 1 - rated[list(cost)]
    equal = pd.Series(1 / rated.shape[1], rated.columns)
    overall = rated @ (equal if weights is None else _weights(weights, numbers.columns))
    found = numbers.assign(overall=overall.round(12))
    order = found["overall"].rank(ascending=False, method="min")
    return found.assign(priority=order.astype(int))


def priority_table(
    candidates: pd.DataFrame, *, weights: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Give the rows of priorities.csv, first place first."""
    criteria = candidates.select_dtypes("number")
    texts = candidates.drop(columns=criteria.columns)
    found = texts.join(rank_priorities(criteria, weights=weights))
    return coded(found.sort_values("priority", kind="stable"))
