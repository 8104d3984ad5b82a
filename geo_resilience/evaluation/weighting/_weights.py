"""The weights of indicators: what they promise, and those that need no calculation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problems
from geo_resilience.evaluation._checks import aligned, unique_codes
from geo_resilience.indicators._hierarchy import shares_down
from geo_resilience.notes import Note

if TYPE_CHECKING:
    from geo_resilience.indicators import Framework

#: A sum of given weights may miss 1 by this much (printed decimals); it is then made 1.
SUM_TOLERANCE = 1e-6


@dataclass(frozen=True, eq=False)
class Weights:
    """How much each indicator counts.

    Parameters
    ----------
    values : Series
        By code; non-negative, sum 1 (within 1e-6, then made exactly 1).
    method : str
        How they came about, ``"entropy"`` say.
    diagnostics : mapping
        What the method found on its way.

    Raises
    ------
    InputError
        If a weight is negative or no number, a code stands twice, or the sum is not 1.

    Examples
    --------
    >>> weights = Weights(pd.Series({"a": 0.25, "b": 0.75}), "own")
    >>> weights["b"]
    0.75
    >>> Weights(pd.Series({"a": 0.5, "b": 0.6}), "own")
    Traceback (most recent call last):
    ...
    geo_resilience.errors.InputError: Weights: the sum is 1.1, expected 1. ...
    """

    values: pd.Series
    method: str
    diagnostics: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        values = _checked(self.values)
        object.__setattr__(self, "values", values)

    def __getitem__(self, code: str) -> float:
        return float(self.values[code])

    @property
    def codes(self) -> list[str]:
        """Codes in order."""
        return list(self.values.index)

    @property
    def notes(self) -> tuple[Note, ...]:
        """Judgement calls that a reader must know of (a consistency ratio of 0.1 or more)."""
        return tuple(self.diagnostics.get("notes", ()))


def _checked(values: pd.Series) -> pd.Series:
    """Check the promises of weights and give them as floats that sum to exactly 1."""
    if not isinstance(values, pd.Series):
        raise InputError("evaluation.not_a_series", what="weights", found=type(values).__name__)
    codes = unique_codes(values.index)
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype="float64")
    problems = Problems()
    for code, number, found in zip(codes, numbers, values, strict=True):
        if not np.isfinite(number):
            problems.add("evaluation.weight_not_a_number", code=code, found=found)
        elif number < 0:
            problems.add("evaluation.weight_negative", code=code, found=f"{number:g}")
    problems.raise_if_any()
    total = float(numbers.sum())
    if abs(total - 1) > SUM_TOLERANCE:
        raise InputError("evaluation.weights_sum", total=f"{total:.9g}")
    return pd.Series(numbers / total, index=pd.Index(codes, name="code"), name="weight")


def equal_weights(codes: Iterable[str]) -> Weights:
    """Give every indicator the same weight, 1/m.

    Parameters
    ----------
    codes : iterable of str
        The m indicator codes (a DataFrame gives its columns).

    Returns
    -------
    Weights

    Raises
    ------
    InputError
        If there is no code or one stands twice.

    Examples
    --------
    >>> equal_weights(["a", "b", "c", "d"]).values.tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    codes = unique_codes(codes)
    return Weights(pd.Series(1.0 / len(codes), index=codes), "equal")


def equal_by_level(framework: Framework) -> Weights:
    r"""Give all that stand side by side the same weight: dimensions, groups in one, indicators.

    Parameters
    ----------
    framework : Framework
        With ``paths``: dimension and groups of every indicator.

    Returns
    -------
    Weights
        An indicator's is the product on the way to it, :math:`\prod_a 1 / n_a` with
        :math:`n_a` the number of those that stand beside it at a level, itself among them.

    Notes
    -----
    Equal weights over all indicators give more to a dimension with more of them [1]_; here every
    dimension counts alike, however many indicators it has.

    References
    ----------
    .. [1] OECD, JRC (2008). Handbook on Constructing Composite Indicators. OECD Publishing,
       step 6.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> framework = SimpleNamespace(paths={"a": ("A",), "b": ("A",), "c": ("B",)})
    >>> equal_by_level(framework).values.tolist()
    [0.25, 0.25, 0.5]
    """
    return Weights(pd.Series(shares_down(framework.paths), dtype=float), "equal_by_level")


def own_weights(values: Mapping[str, float] | pd.Series, codes: Iterable[str]) -> Weights:
    """Take weights that the user states.

    Parameters
    ----------
    values : mapping or Series
        Weight by code.
    codes : iterable of str
        The indicators that must each have one; the order of the result.

    Returns
    -------
    Weights

    Raises
    ------
    InputError
        If codes are missing or over, a weight is negative or no number, or the sum is not 1.

    Examples
    --------
    >>> own_weights({"b": 0.4, "a": 0.6}, ["a", "b"]).values.tolist()
    [0.6, 0.4]
    """
    series = pd.Series(dict(values), dtype="object")
    return Weights(aligned(series, unique_codes(codes), what="weights"), "own")


def published_weights(framework: Framework) -> Weights:
    """Take the weights that the framework prints.

    Parameters
    ----------
    framework : Framework
        With ``codes`` and ``published`` (Series by code, None when any weight is missing; products
        of the weights of every level where dimensions or groups have any).

    Returns
    -------
    Weights

    Raises
    ------
    InputError
        If an indicator has no weight (each is named), or they do not sum to 1.

    Examples
    --------
    >>> from geo_resilience.indicators import read_framework
    >>> published_weights(read_framework("high_tech")).values["D111"].round(3).item()
    0.086
    """
    if framework.published is None:
        without = [item.code for item in framework.indicators if item.weight is None]
        raise InputError("evaluation.no_published_weights", codes=without)
    published = aligned(framework.published, framework.codes, what="weights")
    return Weights(published, "published")


def weights_for(values: pd.DataFrame, weights: Weights | pd.Series) -> np.ndarray:
    """Give the weights as an array in the order of the columns of values.

    A plain Series of weights is held to the same promises as `Weights`.
    """
    if not isinstance(weights, Weights):
        weights = Weights(weights, "own")
    return aligned(weights.values, values.columns, what="weights").to_numpy(dtype="float64")
