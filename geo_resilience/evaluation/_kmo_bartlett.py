"""Whether the correlations of the indicators hold enough in common to be made one index."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo_resilience.errors import UndefinedError
from geo_resilience.evaluation._principal_components import correlation_matrix


@dataclass(frozen=True, eq=False)
class SamplingAdequacy:
    """The Kaiser-Meyer-Olkin measure: ``overall`` and ``items`` (Series by code)."""

    overall: float
    items: pd.Series


@dataclass(frozen=True)
class Sphericity:
    """Bartlett's test that no two indicators are correlated."""

    statistic: float
    df: int
    p_value: float


def _regular(values: pd.DataFrame, what: str) -> pd.DataFrame:
    """Give the correlation matrix; raise where it cannot be inverted."""
    correlations = correlation_matrix(values, what=what)
    rows, count = len(values), len(correlations)
    if count < 2:
        raise UndefinedError("evaluation.few_items", what=what, found=count, least=2)
    if rows <= count:
        raise UndefinedError("evaluation.fewer_rows_than_items", what=what, found=rows, items=count)
    eigenvalues, vectors = np.linalg.eigh(correlations.to_numpy())
    if eigenvalues[0] < 1e-10:
        joined = np.abs(vectors[:, 0]) > 1e-6
        raise UndefinedError(
            "evaluation.singular", what=what, codes=list(correlations.columns[joined])
        )
    return correlations


def kmo(values: pd.DataFrame) -> SamplingAdequacy:
    r"""Calculate the Kaiser-Meyer-Olkin measure of sampling adequacy.

    Parameters
    ----------
    values : DataFrame, shape (n, m)
        One year at a time; n above m.

    Returns
    -------
    SamplingAdequacy

    Raises
    ------
    InputError
        If a value is missing or no number.
    UndefinedError
        If there are no more observations than indicators, a column is constant, or the
        correlation matrix is singular (the indicators that repeat each other are named).

    Notes
    -----
    .. math:: KMO = \frac{\sum_{i \ne j} r_{ij}^2}{\sum_{i \ne j} r_{ij}^2 +
              \sum_{i \ne j} p_{ij}^2}

    with partial correlations :math:`p_{ij} = -u_{ij}/\sqrt{u_{ii} u_{jj}}`, U the inverse of R;
    per item the sums run over its row only [1]_. 0.8 is called meritorious, below 0.5
    unacceptable.

    References
    ----------
    .. [1] Kaiser, H. F., Rice, J. (1974). Little jiffy, mark IV. Educational and Psychological
       Measurement, 34(1), 111-117.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [1.0, 3, 2, 4]})
    >>> round(kmo(values).overall, 6)
    0.5
    """
    correlations = _regular(values, "kmo")
    inverse = np.linalg.inv(correlations.to_numpy())
    scale = np.sqrt(np.diag(inverse))
    partial = (inverse / np.outer(scale, scale)) ** 2
    simple = correlations.to_numpy() ** 2
    for squares in (partial, simple):
        np.fill_diagonal(squares, 0.0)
    if simple.sum() + partial.sum() == 0:
        raise UndefinedError("evaluation.uncorrelated")
    own, others = simple.sum(axis=1), partial.sum(axis=1)
    whole = own + others
    items = np.divide(own, whole, out=np.full_like(own, np.nan), where=whole > 0)
    overall = float(simple.sum() / (simple.sum() + partial.sum()))
    return SamplingAdequacy(overall, pd.Series(items, index=correlations.columns, name="kmo"))


def bartlett_sphericity(values: pd.DataFrame) -> Sphericity:
    r"""Test that the indicators' correlation matrix is the identity.

    Parameters
    ----------
    values : DataFrame, shape (n, m)
        One year at a time; n above m.

    Returns
    -------
    Sphericity

    Raises
    ------
    InputError, UndefinedError
        As `kmo`.

    Notes
    -----
    .. math:: \chi^2 = -\Big(n - 1 - \frac{2m + 5}{6}\Big) \ln |R|, \quad df = m(m - 1)/2

    [1]_, under normality. It rejects for almost any set of real indicators.

    References
    ----------
    .. [1] Bartlett, M. S. (1951). The effect of standardization on a chi-square approximation
       in factor analysis. Biometrika, 38(3-4), 337-344.

    Examples
    --------
    >>> found = bartlett_sphericity(pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [1.0, 3, 2, 4]}))
    >>> found.df, round(found.statistic, 4)
    (1, 1.5325)
    """
    correlations = _regular(values, "bartlett_sphericity")
    rows, count = len(values), len(correlations)
    logarithm = np.linalg.slogdet(correlations.to_numpy())[1]
    statistic = float(-(rows - 1 - (2 * count + 5) / 6) * logarithm)
    df = count * (count - 1) // 2
    from scipy.special import chdtrc

    return Sphericity(statistic, df, float(chdtrc(df, max(statistic, 0.0))))
