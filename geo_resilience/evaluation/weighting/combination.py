"""Several sets of weights made one, and all that can be had side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import UndefinedError
from geo_resilience.evaluation.checking import aligned, finite_values, matched
from geo_resilience.evaluation.weighting.ahp import ahp_weights
from geo_resilience.evaluation.weighting.entropy import entropy_weights
from geo_resilience.evaluation.weighting.weights import (
    Weights,
    equal_weights,
    published_weights,
)

__all__ = ["all_weights", "combine_weights"]


def combine_weights(first: Weights, second: Weights) -> Weights:
    r"""Combine two sets of weights by their normalized geometric mean.

    Parameters
    ----------
    first, second : Weights or Series
        Over the same codes.

    Returns
    -------
    Weights
        In the order of the first.

    Raises
    ------
    InputError
        If the codes differ.
    UndefinedError
        If no indicator has a weight in both.

    Notes
    -----
    .. math:: w_j = \frac{\sqrt{a_j b_j}}{\sum_k \sqrt{a_k b_k}}

    An indicator with weight 0 in either set has none in the combination.

    Examples
    --------
    >>> first = Weights(pd.Series({"a": 0.8, "b": 0.2}), "ahp")
    >>> second = Weights(pd.Series({"a": 0.2, "b": 0.8}), "entropy")
    >>> combine_weights(first, second).values.tolist()
    [0.5, 0.5]
    """
    first = first if isinstance(first, Weights) else Weights(first, "own")
    second = second if isinstance(second, Weights) else Weights(second, "own")
    other = aligned(second.values, first.codes, what="weights")
    root = np.sqrt(first.values * other)
    if root.sum() == 0:
        raise UndefinedError("evaluation.weights_disjoint")
    return Weights(root / root.sum(), "combined", {"of": (first.method, second.method)})


def all_weights(
    values: pd.DataFrame,
    framework: Any,
    judgements: Any = None,
    *,
    used: Weights | None = None,
) -> pd.DataFrame:
    """Put every set of weights that can be computed side by side.

    Parameters
    ----------
    values : DataFrame
        Standardized values, columns the framework's codes.
    framework : Framework
        With ``codes`` and ``published``.
    judgements : DataFrame, list of them, or Weights, optional
        The AHP's matrices, or weights already found from them.
    used : Weights, optional
        The weights of the study: the last column.

    Returns
    -------
    DataFrame
        Columns ``code, published, equal, ahp, entropy, combined`` and, if given, ``used``; a
        row an indicator in the framework's order. ``published`` is empty where the framework
        prints none, ``ahp`` where there are no judgements; ``combined`` (with the entropy
        weights) then uses ``published`` in place of ``ahp``, and is empty without both.

    Raises
    ------
    InputError
        If the codes of values, framework and judgements differ.
    """
    codes = list(framework.codes)
    matched(values.columns, codes, what="values")
    numbers = finite_values(values)[codes]
    sets: dict[str, Weights | None] = {
        "published": None if framework.published is None else published_weights(framework),
        "equal": equal_weights(codes),
        "ahp": None if judgements is None else _ahp(judgements, codes),
        "entropy": entropy_weights(numbers),
    }
    judged = sets["ahp"] or sets["published"]
    sets["combined"] = combine_weights(judged, sets["entropy"]) if judged else None  # type: ignore[arg-type]
    if used is not None:
        sets["used"] = used
    table = pd.DataFrame({"code": codes})
    for name, found in sets.items():
        table[name] = np.nan if found is None else found.values.loc[codes].to_numpy()
    return table


def _ahp(judgements: Any, codes: list[str]) -> Weights:
    found = judgements if isinstance(judgements, Weights) else ahp_weights(judgements)
    matched(found.codes, codes, what="judgements")
    return found
