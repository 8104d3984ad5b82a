"""Weights from the values: by information, by contrast, and by how little an indicator repeats."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.evaluation._checks import finite_values, refuse_constant, unit_values
from geo_resilience.evaluation.weighting._weights import Weights


def entropy_weights(values: pd.DataFrame, *, scope: str = "pooled") -> Weights:
    r"""Weight indicators by the entropy of their shares.

    Parameters
    ----------
    values : DataFrame, shape (N, m)
        Rows observations, columns indicator codes; non-negative. Entropy is not invariant to
        a shift: the raw and the min-max scaled matrix give very different weights. What is
        passed here is what is used; a study passes the standardized values.
    scope : {"pooled", "per_year"}
        All rows together, or each year (level ``year`` of the index) by itself, the weights
        then averaged over the years.

    Returns
    -------
    Weights
        Diagnostics: ``entropy`` and ``divergence`` (Series by code), ``scope``, ``observations``;
        with ``per_year`` also ``by_year`` (DataFrame, rows years).

    Raises
    ------
    InputError
        If a value is negative, missing or no number.
    UndefinedError
        If there is only one observation, a column is all zero, or every column is constant.

    Notes
    -----
    .. math:: p_{ij} = \frac{z_{ij}}{\sum_i z_{ij}}, \quad
              e_j = -\frac{1}{\ln N}\sum_i p_{ij} \ln p_{ij}, \quad
              w_j = \frac{1 - e_j}{\sum_k (1 - e_k)}

    with :math:`0 \ln 0 = 0` [1]_, [2]_. A constant column has entropy 1 and weight 0.

    References
    ----------
    .. [1] Shannon, C. E. (1948). A mathematical theory of communication. Bell System Technical
       Journal, 27(3), 379-423.
    .. [2] Hwang, C.-L., Yoon, K. (1981). Multiple Attribute Decision Making. Springer.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [0.5, 0.5], "b": [0.0, 1.0]})
    >>> entropy_weights(values).values.tolist()
    [0.0, 1.0]
    """
    numbers = unit_values(values, most=np.inf)
    if scope == "pooled":
        entropy = _entropies(numbers)
        weights = _from_entropies(entropy)
        extra = {}
    elif scope == "per_year":
        if "year" not in numbers.index.names:
            raise InputError("evaluation.no_year_level", what="entropy_weights")
        each = {year: _entropies(rows) for year, rows in numbers.groupby(level="year")}
        entropy = pd.DataFrame(each).T.rename_axis(index="year")
        by_year = entropy.apply(_from_entropies, axis="columns")
        entropy, weights, extra = entropy.mean(), by_year.mean(), {"by_year": by_year}
    else:
        raise InputError(
            "evaluation.unknown_option",
            option="scope",
            found=scope,
            known=["pooled", "per_year"],
        )
    diagnostics = {
        "entropy": entropy,
        "divergence": 1.0 - entropy,
        "scope": scope,
        "observations": len(numbers),
    }
    return Weights(weights, "entropy", {**diagnostics, **extra})


def _entropies(numbers: pd.DataFrame) -> pd.Series:
    """Entropy of each column's shares, in [0, 1]."""
    if len(numbers) < 2:
        raise UndefinedError("evaluation.one_observation", what="entropy_weights")
    sums = numbers.sum()
    if (sums == 0).any():
        raise UndefinedError("evaluation.all_zero", codes=list(sums.index[sums == 0]))
    shares = (numbers / sums).to_numpy()
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    entropy = -(shares * logs).sum(axis=0) / np.log(len(shares))
    # A constant column's entropy is 1 up to rounding; it must not leave a weight of 1e-17.
    entropy[(numbers == numbers.iloc[0]).all().to_numpy()] = 1.0
    return pd.Series(np.clip(entropy, 0.0, 1.0), index=numbers.columns)


def _from_entropies(entropy: pd.Series) -> pd.Series:
    divergence = 1.0 - entropy
    if divergence.sum() == 0:
        raise UndefinedError("evaluation.all_constant", what="entropy_weights")
    return divergence / divergence.sum()


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
