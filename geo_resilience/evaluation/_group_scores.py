"""Scores of the groups between indicators and dimensions, at any depth."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from geo_resilience.evaluation._aggregation import Mean, composite
from geo_resilience.evaluation._checks import finite_values
from geo_resilience.evaluation.weighting._weights import Weights, weights_for

_COLUMNS = ("group", "parent", "level", "weight", "score")


def group_scores(
    values: pd.DataFrame,
    weights: Weights | pd.Series,
    paths: Mapping[str, tuple[str, ...]],
    *,
    how: str | Mean = "arithmetic",
) -> pd.DataFrame:
    r"""Give each observation its weighted mean within each group of a hierarchy.

    Parameters
    ----------
    values : DataFrame, shape (n, m)
    weights : Weights or Series
        By code, of the whole; within a group they are made to sum to 1.
    paths : mapping of str to tuple of str
        Dimension and groups of each code, the outermost first, as `Framework.paths` has them.
    how : str, Aggregation or callable
        The mean, as in `composite`.

    Returns
    -------
    DataFrame
        The rows of values once a group; columns ``group``, ``parent`` (the dimension or the group
        that it stands in), ``level`` (1 in a dimension, 2 in a group of level 1, and so on),
        ``weight`` (of the group in the whole) and ``score``, missing where the weight is 0.

    Raises
    ------
    InputError, UndefinedError
        As in `composite`.

    Notes
    -----
    With weights :math:`w_g` of groups and :math:`w_{j|g}` within them, the power mean of power
    means is the power mean over all indicators under the products:

    .. math:: \Big(\sum_g w_g \big[(\sum_j w_{j|g} z_j^p)^{1/p}\big]^p\Big)^{1/p}
              = \Big(\sum_g \sum_j w_g w_{j|g} z_j^p\Big)^{1/p}

    So groups, dimensions and composite agree whatever the depth, for every power: arithmetic (1),
    geometric (the limit 0), harmonic (-1). The mean with a penalty for imbalance is no power mean;
    it is taken over the indicators at every level, so that its composite is not that of its groups.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [0.2], "b": [0.4], "c": [0.9]})
    >>> weights = pd.Series({"a": 0.3, "b": 0.3, "c": 0.4})
    >>> paths = {"a": ("A", "x"), "b": ("A", "x"), "c": ("A", "y")}
    >>> group_scores(values, weights, paths)[["group", "weight", "score"]].round(6).values.tolist()
    [['x', 0.6, 0.3], ['y', 0.4, 0.9]]
    """
    numbers = finite_values(values)
    shares = pd.Series(weights_for(numbers, weights), index=numbers.columns)
    nodes: dict[tuple[str, ...], list[str]] = {}
    for code in numbers.columns:
        path = paths[code]
        for depth in range(2, len(path) + 1):
            nodes.setdefault(path[:depth], []).append(code)
    parts = []
    for node, codes in nodes.items():
        inside, total = shares[codes], float(shares[codes].sum())
        score = pd.Series(float("nan"), index=values.index)
        if total > 0:
            score = composite(numbers[codes], inside / total, how=how)
        told = {"group": node[-1], "parent": node[-2], "level": len(node) - 1, "weight": total}
        parts.append(pd.DataFrame({"score": score}).assign(**told))
    if not parts:
        return pd.DataFrame(columns=list(_COLUMNS))
    return pd.concat(parts)[list(_COLUMNS)]
