"""A mean that is lowered where a region is strong here and weak there."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.evaluation._checks import finite_values, row_text
from geo_resilience.evaluation.weighting._weights import Weights, weights_for


def mazziotta_pareto(
    values: pd.DataFrame, weights: Weights | pd.Series | None = None, *, penalty: str = "-"
) -> pd.Series:
    r"""Give each observation its mean less a penalty for unevenness (Mazziotta-Pareto).

    Parameters
    ----------
    values : DataFrame, shape (n, m)
        Standardized, more is better. The original index takes z-scores of mean 100 and standard
        deviation 10, the adjusted one values scaled by goalposts; both are taken as given here.
    weights : Weights or Series, optional
        By code; equal by default, as in the original.
    penalty : {"-", "+"}
        Taken off (for a good such as resilience), or added (for an ill).

    Returns
    -------
    Series
        Called ``composite``.

    Raises
    ------
    InputError
        If codes do not match, a value is missing, or penalty is neither.
    UndefinedError
        If an observation's mean is 0 or less while its values differ.

    Notes
    -----
    .. math:: M_i = \sum_j w_j z_{ij}, \quad S_i^2 = \sum_j w_j (z_{ij} - M_i)^2, \quad
              E_i = M_i \mp S_i \, cv_i = M_i \mp S_i^2 / M_i

    with the population variance (1/m for equal weights) [1]_. Equal values give their mean.

    References
    ----------
    .. [1] Mazziotta, M., Pareto, A. (2016). On a generalized non-compensatory composite index
       for measuring socio-economic phenomena. Social Indicators Research, 127(3), 983-1003.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [0.5, 0.2], "b": [0.5, 0.8]})
    >>> mazziotta_pareto(values).round(6).tolist()
    [0.5, 0.32]
    """
    if penalty not in ("-", "+"):
        raise InputError(
            "evaluation.unknown_option", option="penalty", found=penalty, known=["-", "+"]
        )
    numbers = finite_values(values)
    count = numbers.shape[1]
    shares = np.full(count, 1 / count) if weights is None else weights_for(numbers, weights)
    mean, taken = _mean_and_penalty(numbers.to_numpy(), shares)
    if np.isnan(taken).any():
        row = row_text(numbers.index[int(np.argmax(np.isnan(taken)))])
        raise UndefinedError("evaluation.mean_not_positive", row=row)
    found = mean - taken if penalty == "-" else mean + taken
    return pd.Series(found, index=values.index, name="composite")


def penalized_mean(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Take the penalty for unevenness off the mean: for ``how`` of `composite`.

    For values in [0, 1] the result is not below 0 unless a row is uneven in the extreme; it is
    held at 0 there, and a row of mean 0 has 0.
    """
    mean, taken = _mean_and_penalty(values, weights)
    return np.clip(mean - np.nan_to_num(taken), 0, None)


def _mean_and_penalty(values: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give mean and variance over mean; NaN where the mean is not positive but values differ."""
    mean = values @ weights
    variance = ((values - mean[:, None]) ** 2) @ weights
    variance[variance < 1e-30] = 0.0
    divisible = (variance > 0) & (mean > 0)
    taken = np.divide(variance, mean, where=divisible, out=np.zeros_like(mean))
    return mean, np.where((variance > 0) & (mean <= 0), np.nan, taken)
