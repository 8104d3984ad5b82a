"""What a change of the index is made of."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problems
from geo_resilience.evaluation._aggregation import Mean, aggregation, composite
from geo_resilience.evaluation._checks import aligned, finite_values, means_within
from geo_resilience.evaluation.weighting._weights import Weights, weights_for
from geo_resilience.statistics._shapley import shapley_values, subsets_of

#: Indicators up to which every subset is counted (4,096 for 12).
MOST_PLAYERS = 16


def _two_years(
    values: pd.DataFrame, before: Hashable, after: Hashable, *, what: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the rows of two years, by region, in the same order."""
    numbers = finite_values(values)
    if "year" not in numbers.index.names:
        raise InputError("evaluation.no_year_level", what=what)
    years = list(numbers.index.get_level_values("year").unique())
    problems = Problems()
    for year in (before, after):
        if year not in years:
            problems.add("evaluation.year_unknown", year=year, known=sorted(years))
    problems.raise_if_any()
    first, second = (numbers.xs(year, level="year") for year in (before, after))
    common = first.index.intersection(second.index)
    return first.loc[common], second.loc[common]


def decompose_change(
    values: pd.DataFrame, weights: Weights | pd.Series, before: Hashable, after: Hashable
) -> pd.DataFrame:
    r"""Split the change of the arithmetic composite between two years into indicators, exactly.

    Parameters
    ----------
    values : DataFrame, rows (adcode, year), columns codes
        Standardized.
    weights : Weights or Series
        By code.
    before, after : int
        The two years.

    Returns
    -------
    DataFrame
        Rows regions that have both years, columns codes; rows sum to the change of E.

    Raises
    ------
    InputError
        If there is no level ``year``, a year is unknown, or codes do not match.

    Notes
    -----
    .. math:: \Delta E_i = \sum_j w_j \Delta z_{ij}

    Sums over a dimension's columns are its contribution; means over regions a group's.

    Examples
    --------
    >>> rows = pd.MultiIndex.from_product([["11"], [2018, 2023]], names=["adcode", "year"])
    >>> values = pd.DataFrame({"a": [0.2, 0.6], "b": [0.5, 0.4]}, index=rows)
    >>> found = decompose_change(values, pd.Series({"a": 0.5, "b": 0.5}), 2018, 2023)
    >>> found.round(3).loc["11"].to_dict()
    {'a': 0.2, 'b': -0.05}
    """
    first, second = _two_years(values, before, after, what="decompose_change")
    return (second - first) * weights_for(first, weights)


def shapley_change(
    values: pd.DataFrame,
    weights: Weights | pd.Series,
    before: Hashable,
    after: Hashable,
    *,
    how: str | Mean = "geometric",
) -> pd.DataFrame:
    r"""Split the change of any composite between two years into indicators, by Shapley values.

    Parameters
    ----------
    values : DataFrame, rows (adcode, year), columns codes
        Standardized; above 0 for means that need it (`above_zero`).
    weights : Weights or Series
        By code.
    before, after : int
        The two years.
    how : str, Aggregation or callable
        The mean, as in `composite`.

    Returns
    -------
    DataFrame
        Rows regions that have both years, columns codes; rows sum to the change of E.

    Raises
    ------
    InputError
        As `decompose_change`; or if there are more than 16 indicators (use dimensions then).
    UndefinedError
        As `composite`.

    Notes
    -----
    An indicator's part is the mean, over all orders in which the indicators could change from
    one year's values to the other's, of the step that its change makes [1]_:

    .. math:: \phi_j = \sum_{S \not\ni j} \frac{|S|!\,(m - |S| - 1)!}{m!}
              \big(E(S \cup \{j\}) - E(S)\big)

    where E(S) takes the later values in S and the earlier elsewhere. For the arithmetic mean it
    is `decompose_change`.

    References
    ----------
    .. [1] Shorrocks, A. F. (2013). Decomposition procedures for distributional analysis: a
       unified framework based on the Shapley value. Journal of Economic Inequality, 11(1),
       99-126.

    Examples
    --------
    >>> rows = pd.MultiIndex.from_product([["11"], [2018, 2023]], names=["adcode", "year"])
    >>> values = pd.DataFrame({"a": [0.25, 1.0], "b": [0.25, 1.0]}, index=rows)
    >>> found = shapley_change(values, pd.Series({"a": 0.5, "b": 0.5}), 2018, 2023)
    >>> found.round(3).loc["11"].to_dict()
    {'a': 0.375, 'b': 0.375}
    """
    first, second = _two_years(values, before, after, what="shapley_change")
    count = first.shape[1]
    if count > MOST_PLAYERS:
        raise InputError("evaluation.too_many_players", found=count, most=MOST_PLAYERS)
    for year in (first, second):  # what holds for the two years holds for every mixture of them
        composite(year, weights, how=how)
    mean = aggregation(how)
    shares = weights_for(first, weights)
    members = subsets_of(count)
    scores = np.empty((2**count, len(first)))
    for subset, inside in enumerate(members.astype(bool)):
        scores[subset] = mean(np.where(inside, second.to_numpy(), first.to_numpy()), shares)
    return pd.DataFrame(shapley_values(scores, members), index=first.index, columns=first.columns)


def contribution_table(
    parts: pd.DataFrame,
    dimensions: pd.Series,
    *,
    groups: Mapping[str, Collection[str]] | None = None,
) -> pd.DataFrame:
    """List the parts of a change by region or group, for dimensions and indicators."""
    table = parts.rename_axis(index="adcode") if groups is None else means_within(parts, groups)
    key = table.index.name
    places = aligned(dimensions, parts.columns, what="dimensions")
    pieces = {"total": table.sum(axis=1).to_frame("composite")}
    pieces["dimension"] = pd.DataFrame(
        {
            name: table.loc[:, (places == name).to_numpy()].sum(axis=1)
            for name in dict.fromkeys(dimensions)
        }
    )
    pieces["indicator"] = table
    cells = np.hstack([piece.to_numpy() for piece in pieces.values()])
    total = cells[:, :1]
    shares = np.divide(cells, total, out=np.full(cells.shape, np.nan), where=abs(total) > 1e-12)
    of_row = [(level, code) for level, piece in pieces.items() for code in piece]
    levels, codes = (np.array(each, dtype=object) for each in zip(*of_row, strict=True))
    columns = {
        key: np.repeat(np.asarray(table.index, dtype=object), len(codes)),
        "level": np.tile(levels, len(table)),
        "code": np.tile(codes, len(table)),
        "contribution": cells.ravel(),
        "share": shares.ravel(),
    }
    return pd.DataFrame(columns)
