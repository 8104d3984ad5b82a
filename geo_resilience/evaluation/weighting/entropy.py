"""Weights from information: an indicator on which all regions are alike tells them apart least."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.evaluation.checking import unit_values
from geo_resilience.evaluation.weighting.weights import Weights

__all__ = ["entropy_weights"]


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
