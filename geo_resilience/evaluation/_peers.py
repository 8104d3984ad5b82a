"""A region beside its zone, the nation, the best, and those most like it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.evaluation._aggregation import Mean, composite
from geo_resilience.evaluation._checks import aligned, finite_values
from geo_resilience.evaluation.weighting._weights import Weights, weights_for
from geo_resilience.statistics._arrays import Array, Whole


def similar_regions(
    values: pd.DataFrame, weights: Weights | pd.Series, *, count: int = 5
) -> pd.DataFrame:
    r"""Find the regions whose profiles are most like a region's.

    Parameters
    ----------
    values : DataFrame
        Standardized, one row a region (with a level ``year``: within each year).
    weights : Weights or Series
        By code.
    count : int
        How many; fewer where there are fewer others.

    Returns
    -------
    DataFrame
        The levels of the index as columns, then ``order``, ``similar`` (region) and
        ``distance``; ties in the order of the index.

    Raises
    ------
    InputError
        If codes do not match, a value is missing, or count is below 1.

    Notes
    -----
    .. math:: d_{ik} = \Big(\sum_j w_j (z_{ij} - z_{kj})^2\Big)^{1/2}

    Examples
    --------
    >>> values = pd.DataFrame({"a": [0.1, 0.2, 0.9]}, index=pd.Index(list("xyz"), name="adcode"))
    >>> similar_regions(values, pd.Series({"a": 1.0}), count=1)["similar"].tolist()
    ['y', 'x', 'y']
    """
    if count < 1:
        raise InputError("evaluation.not_between", option="count", found=count, low=1, high="∞")
    numbers = finite_values(values)
    scaled = numbers * np.sqrt(weights_for(numbers, weights))
    dated = "year" in numbers.index.names
    pieces = []
    for year, piece in scaled.groupby(level="year") if dated else [(None, scaled)]:
        order, away = _nearest(piece.to_numpy(), min(count, len(piece) - 1))
        keys = piece.index.droplevel("year") if dated else piece.index
        kept = order.shape[1]
        columns = {
            "adcode": np.repeat(keys, kept),
            "year": year,
            "order": np.tile(np.arange(1, kept + 1), len(keys)),
            "similar": keys[order.ravel()],
            "distance": away.ravel(),
        }
        pieces.append(pd.DataFrame(columns))
    found = pd.concat(pieces, ignore_index=True)
    if not dated:
        return found.drop(columns="year")
    return found.sort_values(["adcode", "year", "order"], kind="stable", ignore_index=True)


def _nearest(cells: Array, count: int) -> tuple[Whole, Array]:
    """Find the nearest other rows and their distances, (n, count); ties in the order of the rows.

    Where more rows are as far as the last one than were asked for, all within reach are ranked.
    """
    from scipy.spatial import KDTree

    tree, own = KDTree(cells), np.arange(len(cells))
    asked = min(count + 2, len(cells))
    away, found = (each.reshape(len(cells), -1) for each in tree.query(cells, k=asked))
    tied = away[:, -1].round(12) <= away[:, min(count, asked - 1)].round(12)
    away = np.where(found == own[:, None], np.inf, away)
    order = np.lexsort((found, away.round(12)))[:, :count]
    order, away = (np.take_along_axis(each, order, axis=1) for each in (found, away))
    for row in np.flatnonzero(tied & (asked < len(cells))):
        near = np.sort(tree.query_ball_point(cells[row], away[row, -1] + 1e-11))
        far = np.sqrt(((cells[near] - cells[row]) ** 2).sum(axis=1))
        far[near == row] = np.inf
        first = np.argsort(far.round(12), kind="stable")[:count]
        order[row], away[row] = near[first], far[first]
    return order, away


def compare_with_peers(
    values: pd.DataFrame,
    weights: Weights | pd.Series,
    zones: pd.Series | Mapping[str, str],
    *,
    count: int = 5,
    how: str | Mean = "arithmetic",
) -> pd.DataFrame:
    """Put each region's composite beside its zone's, the nation's, the best and its like.

    Parameters
    ----------
    values : DataFrame, rows (adcode, year) or adcode
        Standardized.
    weights : Weights or Series
        By code.
    zones : Series or mapping
        Zone of each region.
    count : int
        Number of similar regions.
    how : str or callable
        The mean, as in `composite`.

    Returns
    -------
    DataFrame
        By row: ``composite``, ``zone``, ``zone_mean``, ``mean``, ``best`` (score), ``best_region``,
        ``similar_mean`` and ``similar`` (keys, blank between), all of the same year; the region
        itself counts in the means of zone and nation.

    Raises
    ------
    InputError
        If codes do not match, a value is missing, or a region has no zone.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([list("abc"), [2023]], names=["adcode", "year"])
    >>> values = pd.DataFrame({"A": [0.9, 0.5, 0.1], "B": [0.8, 0.6, 0.2]}, index)
    >>> weights, zones = pd.Series({"A": 0.5, "B": 0.5}), {"a": "east", "b": "east", "c": "west"}
    >>> compare_with_peers(values, weights, zones, count=1)["similar"].tolist()
    ['b', 'a', 'b']
    """
    scores = composite(values, weights, how=how)
    dated = "year" in scores.index.names
    keys = scores.index.get_level_values(0) if dated else scores.index
    stated = pd.Series(dict(zones.items()), dtype="object")
    own = aligned(stated[stated.index.isin(keys)], keys.unique(), what="zones")
    table = scores.to_frame()
    table["zone"] = own.loc[keys].to_numpy()
    years = scores.index.get_level_values("year") if dated else np.zeros(len(scores))
    by_zone = table.groupby(["zone", years])["composite"]
    by_year = table["composite"].groupby(np.asarray(years))
    table["zone_mean"] = by_zone.transform("mean")
    table["mean"] = by_year.transform("mean")
    table["best"] = by_year.transform("max")
    first = by_year.idxmax()
    labels = first.map(lambda label: label[0] if dated else label)
    table["best_region"] = labels.loc[np.asarray(years)].to_numpy()
    near = similar_regions(values, weights, count=count)
    near["score"] = scores.loc[
        pd.MultiIndex.from_arrays([near["similar"], near["year"]]) if dated else near["similar"]
    ].to_numpy()
    pieces = near.groupby(["adcode", "year"] if dated else "adcode")
    table["similar_mean"] = pieces["score"].mean().reindex(scores.index)
    table["similar"] = pieces["similar"].agg(" ".join).reindex(scores.index)
    return table
