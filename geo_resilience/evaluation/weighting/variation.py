"""Weights from contrast: an indicator counts by how much it varies, and how little it repeats."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience.errors import UndefinedError
from geo_resilience.evaluation.checking import finite_values, unit_values
from geo_resilience.evaluation.weighting.weights import Weights

__all__ = ["critic_weights", "variation_weights"]


def critic_weights(values: pd.DataFrame) -> Weights:
    r"""Weight indicators by their contrast and their conflict with the others (CRITIC).

    Parameters
    ----------
    values : DataFrame, shape (n, m)
        Scaled to [0, 1]; the method is not invariant to other scalings.

    Returns
    -------
    Weights
        Diagnostics: ``deviation`` (standard deviation, n - 1), ``conflict``, ``information``
        (their product), Series by code.

    Raises
    ------
    InputError
        If a value is missing or no number.
    UndefinedError
        If there is one observation, a column is constant (its correlations are undefined), or
        all columns agree perfectly (no conflict anywhere).

    Notes
    -----
    .. math:: c_j = s_j \sum_k (1 - r_{jk}), \quad w_j = c_j / \sum_k c_k

    with the sample standard deviation s and Pearson's r [1]_.

    References
    ----------
    .. [1] Diakoulaki, D., Mavrotas, G., Papayannakis, L. (1995). Determining objective weights
       in multiple criteria problems: the CRITIC method. Computers & Operations Research, 22(7),
       763-770.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [0.0, 0.5, 1.0], "b": [0.0, 0.5, 1.0], "c": [1.0, 0.5, 0.0]})
    >>> critic_weights(values).values.round(6).tolist()
    [0.25, 0.25, 0.5]
    """
    numbers = finite_values(values)
    if len(numbers) < 2:
        raise UndefinedError("evaluation.one_observation", what="critic_weights")
    refuse_constant(numbers, what="critic_weights")
    deviation = numbers.std(ddof=1)
    correlations = np.corrcoef(numbers.to_numpy(), rowvar=False).reshape(len(deviation), -1)
    conflict = pd.Series((1 - correlations).sum(axis=1), index=numbers.columns).clip(lower=0)
    information = deviation * conflict.where(conflict > 1e-12, 0.0)
    if information.sum() == 0:
        raise UndefinedError("evaluation.no_conflict")
    diagnostics = {"deviation": deviation, "conflict": conflict, "information": information}
    return Weights(information / information.sum(), "critic", diagnostics)


def refuse_constant(numbers: pd.DataFrame, *, what: str) -> None:
    """Raise where a column is constant; all such columns are named."""
    constant = [code for code in numbers if numbers[code].nunique() == 1]
    if constant:
        raise UndefinedError("evaluation.constant_columns", what=what, codes=constant)


def variation_weights(values: pd.DataFrame) -> Weights:
    r"""Weight indicators by their coefficient of variation.

    Parameters
    ----------
    values : DataFrame, shape (n, m)
        Non-negative, with a true zero where that can be had.

    Returns
    -------
    Weights
        Diagnostics: ``coefficient`` (Series by code).

    Raises
    ------
    InputError
        If a value is negative, missing or no number.
    UndefinedError
        If there is one observation, a column is all zero, or every column is constant.

    Notes
    -----
    .. math:: w_j = \frac{s_j / \bar z_j}{\sum_k s_k / \bar z_k}

    with the population standard deviation (n), as `spatial.coefficient_of_variation` has it.

    Examples
    --------
    >>> variation_weights(pd.DataFrame({"a": [1.0, 3.0], "b": [2.0, 2.0]})).values.tolist()
    [1.0, 0.0]
    """
    numbers = unit_values(values, most=np.inf)
    if len(numbers) < 2:
        raise UndefinedError("evaluation.one_observation", what="variation_weights")
    means = numbers.mean()
    if (means == 0).any():
        raise UndefinedError("evaluation.all_zero", codes=list(means.index[means == 0]))
    spread = numbers.std(ddof=0).where(numbers.nunique() > 1, 0.0)
    coefficient = spread / means
    if coefficient.sum() == 0:
        raise UndefinedError("evaluation.all_constant", what="variation_weights")
    return Weights(coefficient / coefficient.sum(), "variation", {"coefficient": coefficient})
