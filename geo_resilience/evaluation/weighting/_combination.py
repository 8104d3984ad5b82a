"""Several sets of weights made one, and all that can be had side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.evaluation._checks import aligned, chosen, finite_values, matched
from geo_resilience.evaluation.weighting._ahp import ahp_weights
from geo_resilience.evaluation.weighting._contrast import entropy_weights
from geo_resilience.evaluation.weighting._weights import Weights, equal_weights, published_weights


def combine_weights(
    first: Weights, second: Weights, *, how: str = "geometric", share: float = 0.5
) -> Weights:
    r"""Combine two sets of weights, by their normalized geometric mean unless told otherwise.

    Parameters
    ----------
    first, second : Weights or Series
        Over the same codes.
    how : {"geometric", "additive", "game"}
        Normalized geometric mean; weighted sum; game-theoretic least squares.
    share : float
        Of the first in the geometric mean or the sum, from 0 to 1.

    Returns
    -------
    Weights
        In the order of the first. Diagnostics: ``of`` (the two methods), ``how``, ``shares``.

    Raises
    ------
    InputError
        If the codes differ, or share is not between 0 and 1.
    UndefinedError
        If no indicator has a weight in both sets (geometric).

    Notes
    -----
    .. math:: w_j \propto a_j^{s} b_j^{1-s}, \quad w = s a + (1 - s) b

    Geometric: an indicator with weight 0 in either set has none in the combination. Game: the
    shares :math:`\alpha` make :math:`\alpha_1 a + \alpha_2 b` lie as close as can be to both
    sets, by the first-order conditions

    .. math:: \alpha_1 a \cdot a + \alpha_2 a \cdot b = a \cdot a, \quad
              \alpha_1 a \cdot b + \alpha_2 b \cdot b = b \cdot b,

    a negative one set to 0, then made to sum to 1. Two equal sets share alike.

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
    if not 0 <= share <= 1:
        raise InputError("evaluation.not_between", option="share", found=share, low=0, high=1)
    mixed, share = chosen(COMBINATIONS, how, "how")(first.values, other, share)
    diagnostics = {"of": (first.method, second.method), "how": how, "shares": (share, 1 - share)}
    return Weights(mixed, "combined", diagnostics)


def _geometric(first: pd.Series, second: pd.Series, share: float) -> tuple[pd.Series, float]:
    mixed = first**share * second ** (1 - share)
    if mixed.sum() == 0:
        raise UndefinedError("evaluation.weights_disjoint")
    return mixed / mixed.sum(), share


def _additive(first: pd.Series, second: pd.Series, share: float) -> tuple[pd.Series, float]:
    return share * first + (1 - share) * second, share


def _game(first: pd.Series, second: pd.Series, _: float) -> tuple[pd.Series, float]:
    """Give the least-squares game of two sets its own share of the first."""
    one, two = first.to_numpy(), second.to_numpy()
    own, cross, other = one @ one, one @ two, two @ two
    if own * other - cross**2 <= 1e-12 * own * other:
        return _additive(first, second, 0.5)
    raw = max(0.0, other * (own - cross)), max(0.0, own * (other - cross))
    return _additive(first, second, float(raw[0] / sum(raw)))


#: Ways to make two sets of weights one, by name.
COMBINATIONS: Mapping[str, Callable[[pd.Series, pd.Series, float], tuple[pd.Series, float]]] = {
    "geometric": _geometric,
    "additive": _additive,
    "game": _game,
}


def all_weights(
    values: pd.DataFrame,
    framework: Any,
    judgements: Any = None,
    *,
    used: Weights | None = None,
) -> pd.DataFrame:
    """Put every set of weights that can be computed side by side."""
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
