"""What holds a region back: the share of each indicator in what is missing to the best."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from geo_resilience.evaluation._checks import aligned, unit_values
from geo_resilience.evaluation.weighting._weights import Weights, weights_for


def obstacle_degrees(values: pd.DataFrame, weights: Weights | pd.Series) -> pd.DataFrame:
    r"""Give each indicator's share in what a row lacks to the best possible composite.

    Parameters
    ----------
    values : DataFrame, shape (n, m)
        Scaled to [0, 1], more is better.
    weights : Weights or Series
        By code.

    Returns
    -------
    DataFrame
        Rows sum to 1; a row that lacks nothing is NaN.

    Raises
    ------
    InputError
        If a value is outside [0, 1], or codes do not match.

    Notes
    -----
    .. math:: O_{ij} = \frac{w_j (1 - z_{ij})}{\sum_k w_k (1 - z_{ik})}

    The denominator is 1 - E. A heavy indicator is an obstacle to almost everyone: compare
    regions, not indicators alone.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [0.5, 1.0], "b": [0.0, 1.0]}, index=["540000", "110000"])
    >>> obstacle_degrees(values, pd.Series({"a": 0.5, "b": 0.5})).round(4).loc["540000"].tolist()
    [0.3333, 0.6667]
    """
    numbers = unit_values(values)
    lack = (1 - numbers) * weights_for(numbers, weights)
    total = lack.sum(axis=1)
    return lack.div(total.where(total > 1e-12), axis="index")


def dimension_obstacles(degrees: pd.DataFrame, dimensions: pd.Series) -> pd.DataFrame:
    """Add the obstacle degrees of indicators up to dimensions."""
    places = aligned(dimensions, degrees.columns, what="dimensions")
    return pd.DataFrame(
        {
            name: degrees.loc[:, (places == name).to_numpy()].sum(axis=1, min_count=1)
            for name in dict.fromkeys(dimensions)
        },
        index=degrees.index,
    )


def obstacle_table(
    values: pd.DataFrame, weights: Weights | pd.Series, dimensions: pd.Series
) -> pd.DataFrame:
    """List the obstacle degrees of indicators and dimensions, the largest of a row first."""
    degrees = obstacle_degrees(values, weights)
    levels = {"dimension": dimension_obstacles(degrees, dimensions), "indicator": degrees}
    return pd.concat([_listed(table, level) for level, table in levels.items()], ignore_index=True)


def _listed(table: pd.DataFrame, level: str) -> pd.DataFrame:
    names = list(table.index.names) if table.index.names != [None] else ["row"]
    kept = table.dropna(how="all").rename_axis(columns="code")
    kept.index = kept.index.set_names(names)
    order = np.argsort(np.argsort(-kept.to_numpy().round(12), axis=1, kind="stable"), axis=1) + 1
    long = kept.stack().rename("degree").reset_index()
    long["order"] = order.ravel()
    long.insert(len(names), "level", level)
    return long.sort_values([*names, "order"], kind="stable")


def top_obstacles(
    degrees: pd.DataFrame,
    *,
    count: int = 3,
    groups: Mapping[str, Collection[str]] | None = None,
) -> pd.DataFrame:
    """Give the largest obstacles of each group of regions (of all together without groups).

    Parameters
    ----------
    degrees : DataFrame
        Of `obstacle_degrees` or `dimension_obstacles`.
    count : int
        How many.
    groups : mapping of name to region keys, optional
        Zones, say.

    Returns
    -------
    DataFrame
        Columns ``group`` (``all`` without groups), ``year`` (if there is one), ``order``,
        ``code``, ``degree`` (mean over the group's regions) and ``first_in`` (number of its
        regions whose largest obstacle it is).

    Examples
    --------
    >>> degrees = pd.DataFrame({"a": [0.7, 0.4], "b": [0.3, 0.6]}, index=["11", "12"])
    >>> top_obstacles(degrees, count=1)[["code", "first_in"]].values.tolist()
    [['a', 1]]
    """
    keys = degrees.index.droplevel("year") if "year" in degrees.index.names else degrees.index
    groups = {"all": list(keys.unique())} if groups is None else groups
    rows = []
    for group, members in groups.items():
        inside = degrees[keys.isin(list(members))].dropna(how="all")
        dated = "year" in inside.index.names
        for year, piece in inside.groupby(level="year") if dated else [(None, inside)]:
            means = piece.mean().sort_values(ascending=False, kind="stable")
            first = piece.idxmax(axis=1)
            rows += [
                (group, year, order, code, float(degree), int((first == code).sum()))
                for order, (code, degree) in enumerate(means.head(count).items(), start=1)
            ]
    columns = ["group", "year", "order", "code", "degree", "first_in"]
    found = pd.DataFrame(rows, columns=columns)
    return found if "year" in degrees.index.names else found.drop(columns="year")
