"""From the values of many indicators to one score: means that forgive weakness more or less."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.evaluation._checks import aligned, chosen, finite_values, row_text, unit_values
from geo_resilience.evaluation._mazziotta_pareto import penalized_mean
from geo_resilience.evaluation.weighting._weights import Weights, weights_for
from geo_resilience.statistics._arrays import Array
from geo_resilience.words import Phrase

#: A mean takes values (n, m) and weights (m,) that sum to 1, and gives (n,).
Mean = Callable[[np.ndarray, np.ndarray], np.ndarray]

#: What 0 becomes for means that need values above it.
LOWEST = 0.01


@dataclass(frozen=True)
class Aggregation:
    """A mean, and what it needs: the one object that knows it.

    A mean can be called with values (n, m) and weights (m,). For many weights at once it is
    ``join(weights @ part, ...)`` over the parts that ``split`` makes of the values, once.

    - ``name``: as a study file has it.
    - ``split``: makes parts of values, each of their shape.
    - ``join``: makes scores of the weighted sums of the parts.
    - ``exact``: the mean itself where the sums of the parts would be less exact.
    - ``needs_positive``: whether a weighted value of 0 or less leaves it without an answer.
    - ``additive``: whether it is the sum of the weighted values, so that changes split exactly.
    - ``rising``: whether it never falls when a value rises.
    - ``power``: of a power mean whose power a study chooses.

    Examples
    --------
    >>> mean = AGGREGATIONS["geometric"]
    >>> mean(np.array([[0.25, 1.0]]), np.array([0.5, 0.5])).tolist(), mean.needs_positive
    ([0.5], True)
    """

    name: str
    split: Callable[[Array], tuple[Array, ...]]
    join: Callable[..., Array]
    exact: Mean | None = None
    needs_positive: bool = False
    additive: bool = False
    rising: bool = True
    power: float | None = None

    def __call__(self, values: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Give the mean of each row."""
        if self.exact is not None:
            return self.exact(values, weights)
        return self.join(*(part @ weights for part in self.split(values)))

    def with_power(self, power: float) -> Aggregation:
        """Give the mean with the power that a study chooses; itself where it has none."""
        return self if self.power is None else power_mean(power)

    def lifted(self, values: pd.DataFrame) -> pd.DataFrame:
        """Give values in [0, 1] as it can weigh them: above zero where it needs that."""
        return above_zero(values) if self.needs_positive else values

    @property
    def label(self) -> Phrase:
        """What people call it."""
        return Phrase(f"mean.{self.name}")

    def weighed(self, values: pd.DataFrame, weights: Weights | pd.Series) -> pd.DataFrame:
        """Give what it weighs, more is better: rows stand in the order of the weighted sums.

        Raises UndefinedError for a mean that is no function of one weighted sum.
        """
        numbers = finite_values(values)
        if self.needs_positive:
            _refuse_zeros(numbers, weights_for(numbers, weights), self.label)
        parts = self.split(numbers.to_numpy())
        if not self.rising or len(parts) > 1:
            raise UndefinedError("evaluation.not_one_sum", how=self.label)
        (one,), (two,) = self.split(np.array([1.0])), self.split(np.array([2.0]))
        return pd.DataFrame(parts[0] * np.sign(two - one), numbers.index, numbers.columns)


def _itself(values: Array) -> Array:
    return values


def _alone(values: Array) -> tuple[Array, ...]:
    return (values,)


def _logarithms(values: Array) -> tuple[Array, ...]:
    return (np.log(values, where=values > 0, out=np.zeros_like(values)),)


def _inverse(values: Array) -> Array:
    return np.divide(1.0, values, where=values > 0, out=np.zeros_like(values))


def _inverses(values: Array) -> tuple[Array, ...]:
    return (_inverse(values),)


def _squared(values: Array) -> tuple[Array, ...]:
    return values, values**2


def _less_variance(mean: Array, square: Array) -> Array:
    """Take variance over mean off the mean, not below 0."""
    variance = np.clip(square - mean**2, 0, None)
    taken = np.divide(variance, mean, where=mean > 0, out=np.zeros_like(mean))
    return np.clip(mean - taken, 0, None)


def power_mean(power: float) -> Aggregation:
    """Give the power mean of a power, for ``how`` of `composite` and `dimension_scores`.

    Parameters
    ----------
    power : float
        1 arithmetic, 0 geometric (the limit), -1 harmonic.

    Returns
    -------
    Aggregation
        It needs positive values where the power is 0 or less.

    Examples
    --------
    >>> power_mean(0).needs_positive, power_mean(0.5).needs_positive
    (True, False)
    >>> power_mean(2)(np.array([[3.0, 4.0]]), np.array([0.5, 0.5])).round(3).tolist()
    [3.536]
    """
    if power == 0:
        return Aggregation("generalized", _logarithms, np.exp, needs_positive=True, power=power)

    def split(values: Array) -> tuple[Array, ...]:
        with np.errstate(divide="ignore"):  # to a power below 0, what is 0 is infinite
            return (np.asarray(values, dtype="float64") ** power,)

    def join(sums: Array) -> Array:
        with np.errstate(divide="ignore"):
            return np.asarray(sums ** (1 / power))

    def exact(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
        used = weights > 0
        # Scaled by the row's largest value, so that a high power neither over- nor underflows.
        top = values[:, used].max(axis=1)
        safe = np.where(top > 0, top, 1.0)
        return safe * join(split(values[:, used] / safe[:, None])[0] @ weights[used])

    return Aggregation(
        "generalized",
        split,
        join,
        exact,
        needs_positive=power < 0,
        additive=power == 1,
        power=power,
    )


#: The means that a study file may name, by name.
AGGREGATIONS: Mapping[str, Aggregation] = {
    each.name: each
    for each in (
        Aggregation("arithmetic", _alone, _itself, additive=True),
        Aggregation("geometric", _logarithms, np.exp, needs_positive=True),
        Aggregation("harmonic", _inverses, _inverse, needs_positive=True),
        power_mean(0.5),
        Aggregation("mazziotta_pareto", _squared, _less_variance, penalized_mean, rising=False),
    )
}


def aggregation(how: str | Mean, *, option: str = "how") -> Aggregation:
    """Give a mean by its name; a function of one's own becomes a mean that needs nothing."""
    if isinstance(how, Aggregation):
        return how
    if callable(how):
        return Aggregation("own", _alone, _itself, how, rising=False)
    return chosen(AGGREGATIONS, how, option)


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
    how : str, Aggregation or callable
        The mean: a name of `AGGREGATIONS`, or a callable that takes the values (n, m) and the
        weights (m,), such as `power_mean` gives.

    Returns
    -------
    Series
        With the index of values, called ``composite``.

    Raises
    ------
    InputError
        If codes do not match, or a value is missing or no number.
    UndefinedError
        If a mean that needs positive values (geometric, harmonic, a power of 0 or less) meets a
        weighted value of 0 or less; the cell is named.

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
    mean = aggregation(how)
    if mean.needs_positive:
        _refuse_zeros(numbers, shares, mean.label)
    found = mean(numbers.to_numpy(), shares)
    return pd.Series(found, index=values.index, name="composite")


def _refuse_zeros(numbers: pd.DataFrame, shares: np.ndarray, how: Phrase) -> None:
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


def above_zero(values: pd.DataFrame) -> pd.DataFrame:
    """Rescale values in [0, 1] to [0.01, 1], so that no mean meets a zero."""
    return LOWEST + (1 - LOWEST) * finite_values(values)


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
    if power > 0:
        unit_values(values, most=np.inf)
    return composite(values, weights, how=power_mean(power))


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
    how : str, Aggregation or callable
        As in `composite`.

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
