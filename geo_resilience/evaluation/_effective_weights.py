"""What an indicator moves, beside what it weighs: effective weights, and weights that are meant."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience.errors import UndefinedError
from geo_resilience.evaluation._aggregation import Mean, aggregation
from geo_resilience.evaluation._checks import aligned, finite_values
from geo_resilience.evaluation.weighting._weights import Weights, weights_for
from geo_resilience.statistics._arrays import Array

#: Steps of Newton's method, the decrement at which it stands still, and weights (of indicators
#: with variance 1, for an index with variance 1) beyond which there is no minimum.
_STEPS, _STILL, _FAR = 200, 1e-13, 1e5


def effective_weights(
    values: pd.DataFrame, weights: Weights | pd.Series, *, how: str | Mean = "arithmetic"
) -> pd.Series:
    r"""Give the share of each indicator in what tells the composites of the rows apart.

    Parameters
    ----------
    values : DataFrame, shape (n, m)
        Standardized, more is better; the rows that are compared, so those of one year.
    weights : Weights or Series
        By code.
    how : str or Aggregation
        The mean, as in `composite`: any that is a function of one weighted sum.

    Returns
    -------
    Series
        By code, called ``effective``; sums to 1. Below 0 for an indicator that works against the
        index: it is low where the composite is high.

    Raises
    ------
    InputError
        If codes do not match or a value is missing.
    UndefinedError
        If the composite does not vary, or for a mean that is no function of one weighted sum.

    Notes
    -----
    .. math:: s_j = w_j \, \mathrm{cov}(z_j, E) / \mathrm{var}(E), \quad E = \sum_j w_j z_j

    A weight says what one unit of an indicator is traded for, not what it moves: that hangs on its
    variance and on what it goes with [1]_. This is the natural decomposition of the variance [2]_:
    exact, no remainder, 0 for an indicator without weight. For indicators that are uncorrelated it
    is the first-order sensitivity index of [1]_ (the squared correlation with the composite).
    Means other than the arithmetic are taken by what they weigh (logarithms for the geometric).

    References
    ----------
    .. [1] Paruolo, P., Saisana, M. and Saltelli, A. (2013). Ratings and rankings: voodoo or
       science? Journal of the Royal Statistical Society A 176(3), 609-634.
    .. [2] Shorrocks, A. F. (1982). Inequality decomposition by factor components. Econometrica
       50(1), 193-211.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [0.0, 1.0, 0.0, 1.0], "b": [0.0, 0.0, 1.0, 1.0]})
    >>> effective_weights(values, pd.Series({"a": 0.75, "b": 0.25})).round(3).to_dict()
    {'a': 0.9, 'b': 0.1}
    """
    weighed = aggregation(how).weighed(values, weights)
    shares, covariances = weights_for(weighed, weights), _covariances(weighed)
    parts = shares * (covariances @ shares)
    if parts.sum() <= 1e-15:
        raise UndefinedError("evaluation.composite_constant")
    return pd.Series(parts / parts.sum(), weighed.columns, name="effective")


def weights_for_effects(
    values: pd.DataFrame, effects: Weights | pd.Series, *, how: str | Mean = "arithmetic"
) -> pd.Series:
    r"""Give the weights under which each indicator moves the index by the share that is meant.

    Parameters
    ----------
    values, how
        As in `effective_weights`.
    effects : Weights or Series
        By code: the shares meant; not below 0, sum 1.

    Returns
    -------
    Series
        By code, called ``weight``; sums to 1, above 0 wherever the effect is.

    Raises
    ------
    InputError
        If codes do not match, an effect is negative, or their sum is not 1.
    UndefinedError
        If no weights have these effects: an indicator does not vary, or a mix of some does not.

    Notes
    -----
    :math:`w_j (C w)_j` is proportional to the effects t at the one minimum of the convex function

    .. math:: \tfrac{1}{2} w'Cw - \sum_j t_j \ln w_j

    with C the covariances of what is weighed: the weights exist and are the only ones whenever
    no mix with weights of one sign is constant. Weights of a portfolio are found so by the risk
    that each part is meant to bear [1]_. Newton's steps are damped as a self-concordant
    function allows, so that they cannot fail.

    References
    ----------
    .. [1] Spinu, F. (2013). An algorithm for computing risk parity weights. SSRN 2297383.

    Examples
    --------
    Of two uncorrelated indicators the one that varies twice as much needs half the weight:

    >>> values = pd.DataFrame({"a": [0.0, 1.0, 0.0, 1.0], "b": [0.0, 0.0, 0.5, 0.5]})
    >>> weights_for_effects(values, pd.Series({"a": 0.5, "b": 0.5})).round(6).to_dict()
    {'a': 0.333333, 'b': 0.666667}
    """
    meant = effects.values if isinstance(effects, Weights) else Weights(effects, "own").values
    values = finite_values(values)
    shares = aligned(meant, values.columns, what="effects").to_numpy(dtype="float64")
    weighed = aggregation(how).weighed(values, pd.Series(shares, values.columns))
    asked = shares > 0
    found = np.zeros(len(shares))
    found[asked] = _balanced(_covariances(weighed)[np.ix_(asked, asked)], shares[asked])
    return pd.Series(found / found.sum(), values.columns, name="weight")


def _covariances(weighed: pd.DataFrame) -> Array:
    apart = weighed.to_numpy() - weighed.to_numpy().mean(axis=0)
    return np.asarray(apart.T @ apart / len(apart))


def _balanced(covariances: Array, effects: Array) -> Array:
    """Minimize w'Cw / 2 - sum t ln w by damped Newton steps."""
    spread = np.sqrt(np.diag(covariances))
    if (spread < 1e-12).any():
        raise UndefinedError("evaluation.no_weights_for_effects")
    alike = covariances / np.outer(spread, spread)
    w, least = np.sqrt(effects), float(effects.min())
    for _ in range(_STEPS):
        slope = alike @ w - effects / w
        step = np.linalg.solve(alike + np.diag(effects / w**2), slope)
        decrement = float(np.sqrt(max(slope @ step, 0.0) / least))
        w = w - (step if decrement < 0.25 else step / (1 + decrement))
        if decrement < _STILL or w.max() > _FAR:
            break
    if not np.allclose(w * (alike @ w), effects, rtol=1e-6, atol=1e-9):
        raise UndefinedError("evaluation.no_weights_for_effects")
    return np.asarray(w / spread)


def effective_weight_table(
    values: pd.DataFrame, weights: Weights | pd.Series, *, how: str | Mean = "arithmetic"
) -> pd.DataFrame:
    """Put effective beside stated weights, and weights whose effects would be the stated ones.

    Values have a level ``year``, and each year is taken by itself. The latter are NaN where no
    weights have these effects.
    """
    parts = []
    for year, rows in values.groupby(level="year"):
        stated = pd.Series(weights_for(rows, weights), rows.columns, name="stated")
        effective = effective_weights(rows, weights, how=how)
        try:
            meant = weights_for_effects(rows, stated, how=how)
        except UndefinedError:
            meant = stated * np.nan
        part = pd.DataFrame({"stated": stated, "effective": effective, "balanced": meant})
        parts.append(part.rename_axis("code").reset_index().assign(year=year))
    return pd.concat(parts, ignore_index=True)
