"""Other orders of the regions, to hold the composite against."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.evaluation._aggregation import Mean, composite
from geo_resilience.evaluation._benefit_of_the_doubt import benefit_of_the_doubt
from geo_resilience.evaluation._checks import finite_values
from geo_resilience.evaluation._grading import DECIMALS
from geo_resilience.evaluation._scores import rank
from geo_resilience.evaluation.weighting._weights import Weights, weights_for
from geo_resilience.statistics._associations import spearman


def topsis(values: pd.DataFrame, weights: Weights | pd.Series) -> pd.Series:
    r"""Give each row its relative closeness to the ideal (TOPSIS).

    Parameters
    ----------
    values : DataFrame, shape (n, m)
        Standardized, more is better; no further normalization is done.
    weights : Weights or Series
        By code.

    Returns
    -------
    Series
        In [0, 1], called ``topsis``. Ideal and anti-ideal are the best and worst values of all
        rows, so that years compare.

    Raises
    ------
    InputError
        If codes do not match or a value is missing.
    UndefinedError
        If all rows are alike.

    Notes
    -----
    .. math:: C_i = \frac{d_i^-}{d_i^+ + d_i^-}, \quad
              d_i^{\pm} = \Big(\sum_j w_j^2 (z_{ij} - z_j^{\pm})^2\Big)^{1/2}

    [1]_.

    References
    ----------
    .. [1] Hwang, C.-L., Yoon, K. (1981). Multiple Attribute Decision Making. Springer.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [0.0, 1.0, 0.5], "b": [0.0, 1.0, 0.5]})
    >>> topsis(values, pd.Series({"a": 0.5, "b": 0.5})).tolist()
    [0.0, 1.0, 0.5]
    """
    numbers = finite_values(values)
    weighted = numbers.to_numpy() * weights_for(numbers, weights)
    above = np.sqrt(((weighted - weighted.max(axis=0)) ** 2).sum(axis=1))
    below = np.sqrt(((weighted - weighted.min(axis=0)) ** 2).sum(axis=1))
    if not (above + below > 0).all():
        raise UndefinedError("evaluation.all_constant", what="topsis")
    return pd.Series(below / (above + below), index=values.index, name="topsis")


def grey_relation(
    values: pd.DataFrame, weights: Weights | pd.Series, *, distinguishing: float = 0.5
) -> pd.Series:
    r"""Give each row its grey relational degree with the best values.

    Parameters
    ----------
    values : DataFrame, shape (n, m)
        Standardized, more is better.
    weights : Weights or Series
        By code.
    distinguishing : float
        In (0, 1]; the smaller, the more distances count.

    Returns
    -------
    Series
        In (0, 1], called ``grey_relation``; 1 for a row that is best in every indicator.

    Raises
    ------
    InputError
        If codes do not match, a value is missing, or distinguishing is out of range.

    Notes
    -----
    With :math:`\Delta_{ij} = \max_k z_{kj} - z_{ij}` over all rows [1]_:

    .. math:: \xi_{ij} = \frac{\min \Delta + \rho \max \Delta}{\Delta_{ij} + \rho \max \Delta},
              \quad \gamma_i = \sum_j w_j \xi_{ij}

    References
    ----------
    .. [1] Deng, J. L. (1989). Introduction to grey system theory. The Journal of Grey System,
       1(1), 1-24.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [0.0, 1.0, 0.5]})
    >>> grey_relation(values, pd.Series({"a": 1.0})).round(4).tolist()
    [0.3333, 1.0, 0.5]
    """
    if not 0 < distinguishing <= 1:
        raise InputError(
            "evaluation.not_between",
            option="distinguishing",
            found=distinguishing,
            low=0,
            high=1,
        )
    numbers = finite_values(values)
    shares = weights_for(numbers, weights)
    cells = numbers.to_numpy()
    away = cells.max(axis=0) - cells
    if away.max() == 0:
        return pd.Series(1.0, index=values.index, name="grey_relation")
    scale = distinguishing * away.max()
    relation = (away.min() + scale) / (away + scale)
    return pd.Series(relation @ shares, index=values.index, name="grey_relation")


def rankings(
    values: pd.DataFrame,
    weights: Weights | pd.Series,
    *,
    how: str | Mean = "arithmetic",
    tolerance: float | None = 0.5,
    reference: Mapping[str, Collection[str]] | None = None,
) -> pd.DataFrame:
    """Put TOPSIS, grey relation and benefit of the doubt beside the composite.

    Parameters
    ----------
    values : DataFrame
        Standardized, in [0, 1].
    weights : Weights or Series
        By code.
    how : str or callable
        The mean of the composite, as in `composite`.
    tolerance, reference
        As in `benefit_of_the_doubt`.

    Returns
    -------
    DataFrame
        Columns ``composite``, ``topsis``, ``grey_relation``, ``benefit_of_the_doubt``, and each
        one's rank within the year (``composite_rank``, ...).

    Raises
    ------
    InputError, UndefinedError
        As the functions that it calls.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([list("abc"), [2023]], names=["adcode", "year"])
    >>> values = pd.DataFrame({"A": [0.9, 0.5, 0.1], "B": [0.8, 0.6, 0.2]}, index)
    >>> rankings(values, pd.Series({"A": 0.5, "B": 0.5}))["topsis_rank"].tolist()
    [1, 2, 3]
    """
    envelopment = benefit_of_the_doubt(values, weights, tolerance=tolerance, reference=reference)
    scores = {
        "composite": composite(values, weights, how=how),
        "topsis": topsis(values, weights),
        "grey_relation": grey_relation(values, weights),
        "benefit_of_the_doubt": envelopment.scores,
    }
    ranks = {f"{name}_rank": rank(found) for name, found in scores.items()}
    return pd.DataFrame({**scores, **ranks})


def ordering_correlations(scores: pd.DataFrame | Mapping[str, pd.Series]) -> pd.DataFrame:
    """Correlate the ranks by every method with those by the first."""
    table = finite_values(pd.DataFrame(scores)).round(DECIMALS)
    dated = "year" in table.index.names
    pieces = table.groupby(level="year") if dated else [(None, table)]
    first = table.columns[0]
    rows = []
    for year, piece in pieces:
        base = rank(piece[first])
        for method in table.columns[1:]:
            shift = (rank(piece[method]) - base).abs().mean()
            rows.append((year, method, spearman(piece[method], piece[first])[0], float(shift)))
    found = pd.DataFrame(rows, columns=["year", "method", "correlation", "mean_shift"])
    return found if dated else found.drop(columns="year")
