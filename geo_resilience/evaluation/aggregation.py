"""From the values of many indicators to one score: means that forgive weakness more or less."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.evaluation.checking import aligned, finite_values, row_text, unit_values
from geo_resilience.evaluation.weighting.weights import Weights, weights_for

__all__ = [
    "AGGREGATIONS",
    "LOWEST",
    "above_zero",
    "composite",
    "dimension_scores",
    "generalized_mean",
    "power_mean",
]

#: A mean takes values (n, m) and weights (m,) that sum to 1, and gives (n,).
Mean = Callable[[np.ndarray, np.ndarray], np.ndarray]


def _arithmetic(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return values @ weights


def _geometric(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.exp(np.log(values, where=values > 0, out=np.zeros_like(values)) @ weights)


def _harmonic(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return 1 / (np.divide(1, values, where=values > 0, out=np.zeros_like(values)) @ weights)


#: The means that a study file may name.
AGGREGATIONS: dict[str, Mean] = {
    "arithmetic": _arithmetic,
    "geometric": _geometric,
    "harmonic": _harmonic,
}

#: What 0 becomes for means that need values above it.
LOWEST = 0.01

_NEEDS_POSITIVE = frozenset({"geometric", "harmonic"})


def composite(
    values: pd.DataFrame, weights: Weights | pd.Series, *, how: str | Mean = "arithmetic"
) -> pd.Series:
    r"""Give each observation its weighted mean.

    Parameters
    ----------
    values : DataFrame, shape (n, m)
        Scaled to [0, 1], more is better.
    weights : Weights or Series
        By code, the codes of the columns in any order.
    how : {"arithmetic", "geometric", "harmonic"} or callable
        The mean; a callable takes the values (n, m) and the weights (m,).

    Returns
    -------
    Series
        With the index of values, called ``composite``.

    Raises
    ------
    InputError
        If codes do not match, or a value is missing or no number.
    UndefinedError
        If a geometric or harmonic mean meets a weighted value of 0 or less; the cell is named.

    Notes
    -----
    .. math:: E = \sum_j w_j z_j, \quad E = \prod_j z_j^{w_j}, \quad
              E = \Big(\sum_j w_j / z_j\Big)^{-1}

    Arithmetic lets strength make up for weakness in full, geometric and harmonic less and
    less [1]_. One zero would make those 0 whatever the rest is, so it is an error; pooled
    min-max scaling makes such zeros, `above_zero` moves them away first.

    References
    ----------
    .. [1] OECD, JRC (2008). Handbook on Constructing Composite Indicators. OECD Publishing.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [0.25, 1.0], "b": [1.0, 1.0]}, index=["110000", "310000"])
    >>> weights = pd.Series({"a": 0.5, "b": 0.5})
    >>> composite(values, weights).to_dict()
    {'110000': 0.625, '310000': 1.0}
    >>> composite(values, weights, how="geometric").round(6).to_dict()
    {'110000': 0.5, '310000': 1.0}
    >>> composite(values, weights, how="harmonic").round(6).to_dict()
    {'110000': 0.4, '310000': 1.0}
    """
    numbers = finite_values(values)
    shares = weights_for(numbers, weights)
    if isinstance(how, str) and how in _NEEDS_POSITIVE:
        _refuse_zeros(numbers, shares, how)
    found = _mean(how)(numbers.to_numpy(), shares)
    return pd.Series(found, index=values.index, name="composite")


def _mean(how: str | Mean) -> Mean:
    if callable(how):
        return how
    if how not in AGGREGATIONS:
        raise InputError(
            "evaluation.unknown_option",
            option="how",
            found=how,
            known=list(AGGREGATIONS),
        )
    return AGGREGATIONS[how]


def _refuse_zeros(numbers: pd.DataFrame, shares: np.ndarray, how: str) -> None:
    """Raise where a weighted value is 0 or less; the first cell is named, the rest counted."""
    places = np.argwhere((numbers.to_numpy() <= 0) & (shares > 0)[None, :])
    if len(places):
        row, column = places[0]
        raise UndefinedError(
            "evaluation.zero_in_mean",
            how=how,
            row=row_text(numbers.index[row]),
            column=numbers.columns[column],
            found=f"{numbers.iat[row, column]:g}",
            count=len(places),
        )


def above_zero(values: pd.DataFrame, *, low: float = LOWEST) -> pd.DataFrame:
    """Rescale values in [0, 1] to [low, 1], so that no mean meets a zero.

    Parameters
    ----------
    values : DataFrame
        Scaled to [0, 1].
    low : float
        What 0 becomes, in (0, 1).

    Returns
    -------
    DataFrame

    Examples
    --------
    >>> above_zero(pd.DataFrame({"a": [0.0, 0.5, 1.0]}))["a"].tolist()
    [0.01, 0.505, 1.0]
    """
    if not 0 < low < 1:
        raise InputError("evaluation.not_between", option="low", found=low, low=0, high=1)
    return low + (1 - low) * finite_values(values)


def generalized_mean(
    values: pd.DataFrame, weights: Weights | pd.Series, *, power: float
) -> pd.Series:
    r"""Give each observation its weighted power mean.

    Parameters
    ----------
    values : DataFrame, shape (n, m)
        Non-negative; positive for a power of 0 or less.
    weights : Weights or Series
        By code.
    power : float
        1 arithmetic, 0 geometric (the limit), -1 harmonic; the lower, the less one strength
        makes up for one weakness.

    Returns
    -------
    Series
        Called ``composite``.

    Raises
    ------
    InputError
        If codes do not match, a value is missing or negative, or power is not finite.
    UndefinedError
        If power is 0 or less and a weighted value is 0.

    Notes
    -----
    .. math:: E = \Big(\sum_j w_j z_j^{p}\Big)^{1/p}

    Examples
    --------
    >>> values = pd.DataFrame({"a": [3.0], "b": [4.0]})
    >>> weights = pd.Series({"a": 0.5, "b": 0.5})
    >>> generalized_mean(values, weights, power=2).round(3).tolist()
    [3.536]
    """
    if not np.isfinite(power):
        raise InputError("evaluation.power_not_finite", found=power)
    numbers = finite_values(values)
    if power > 0:
        numbers = unit_values(values, most=np.inf)
    else:
        _refuse_zeros(numbers, weights_for(numbers, weights), f"power {power:g}")
    return composite(values, weights, how=power_mean(power))


def power_mean(power: float) -> Mean:
    """Give the power mean as a function, for ``how`` of `composite` and `dimension_scores`."""
    if power == 0:
        return _geometric

    def mean(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
        used = weights > 0
        # Scaled by the row's largest value, so that a high power neither over- nor underflows.
        top = values[:, used].max(axis=1)
        safe = np.where(top > 0, top, 1.0)
        return safe * ((values[:, used] / safe[:, None]) ** power @ weights[used]) ** (1 / power)

    return mean


def dimension_scores(
    values: pd.DataFrame,
    weights: Weights | pd.Series,
    dimensions: pd.Series,
    *,
    how: str | Mean = "arithmetic",
) -> pd.DataFrame:
    """Give each observation its weighted mean within each dimension.

    Parameters
    ----------
    values : DataFrame, shape (n, m)
    weights : Weights or Series
        By code; within a dimension they are made to sum to 1.
    dimensions : Series
        Dimension of each code; columns come in the order in which dimensions first appear.
    how : {"arithmetic", "geometric", "harmonic"} or callable

    Returns
    -------
    DataFrame
        A column a dimension. For the arithmetic mean the composite is the sum of the columns,
        each times the total weight of its dimension.

    Raises
    ------
    InputError
        If codes do not match or a value is missing.
    UndefinedError
        If a dimension has no weight at all.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [0.2], "b": [0.4], "c": [0.9]})
    >>> weights = pd.Series({"a": 0.3, "b": 0.3, "c": 0.4})
    >>> dimensions = pd.Series({"a": "B1", "b": "B1", "c": "B2"})
    >>> dimension_scores(values, weights, dimensions).round(6).to_dict("list")
    {'B1': [0.3], 'B2': [0.9]}
    """
    numbers = finite_values(values)
    shares = pd.Series(weights_for(numbers, weights), index=numbers.columns)
    places = aligned(dimensions, numbers.columns, what="dimensions")
    scores = {}
    for dimension in dict.fromkeys(dimensions):
        inside = shares[places == dimension]
        if inside.sum() == 0:
            raise UndefinedError("evaluation.dimension_without_weight", dimension=dimension)
        scores[dimension] = composite(numbers[inside.index], inside / inside.sum(), how=how)
    return pd.DataFrame(scores, index=values.index)
