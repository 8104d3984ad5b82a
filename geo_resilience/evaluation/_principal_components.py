"""Principal components of the indicators: how many ideas the index really holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.evaluation._checks import chosen, finite_values, refuse_constant


def correlation_matrix(values: pd.DataFrame, *, what: str) -> pd.DataFrame:
    """Give Pearson's correlations of the columns."""
    numbers = finite_values(values)
    if len(numbers) < 3:
        raise UndefinedError("evaluation.few_observations", what=what, found=len(numbers), least=3)
    refuse_constant(numbers, what=what)
    cells = np.corrcoef(numbers.to_numpy(), rowvar=False)
    cells = np.clip(np.atleast_2d(cells), -1.0, 1.0)
    return pd.DataFrame(cells, index=numbers.columns, columns=numbers.columns)


@dataclass(frozen=True, eq=False)
class Components:
    """Principal components of a correlation matrix.

    - ``loadings``: rows codes, a column a kept component (1, 2, ...): correlation of the two.
    - ``explained``: rows components (all of them unrotated, the kept ones rotated), columns
      ``eigenvalue`` (after rotation the sum of squared loadings), ``share`` and ``cumulative`` of
      the total variance.
    - ``rotation``: "varimax" or "none".
    """

    loadings: pd.DataFrame
    explained: pd.DataFrame
    rotation: str

    @property
    def communalities(self) -> pd.Series:
        """Share of each indicator's variance that the kept components explain."""
        return (self.loadings**2).sum(axis=1).rename("communality")


def pca_loadings(
    values: pd.DataFrame, *, components: int | None = None, rotation: str = "none"
) -> Components:
    r"""Calculate principal components of the indicators' correlation matrix.

    Parameters
    ----------
    values : DataFrame, shape (n, m)
    components : int, optional
        How many to keep; those with an eigenvalue above 1 (Kaiser's rule) by default, at least
        one.
    rotation : {"none", "varimax"}
        Varimax with Kaiser's normalization makes each component load on few indicators.

    Returns
    -------
    Components
        A component's sign is set so that its loadings sum to 0 or more.

    Raises
    ------
    InputError
        If a value is missing, or components is not between 1 and m.
    UndefinedError
        If there are fewer than three observations, or a column is constant.

    Notes
    -----
    .. math:: R = V \Lambda V', \quad L = V \Lambda^{1/2}

    References
    ----------
    .. [1] Kaiser, H. F. (1958). The varimax criterion for analytic rotation in factor analysis.
       Psychometrika, 23(3), 187-200.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [2.0, 4, 6, 8], "c": [1.0, -1, -1, 1]})
    >>> found = pca_loadings(values)
    >>> found.explained["eigenvalue"].round(6).abs().tolist()
    [2.0, 1.0, 0.0]
    """
    chosen({"none": 0, "varimax": 1}, rotation, "rotation")
    correlations = correlation_matrix(values, what="pca_loadings")
    eigenvalues, vectors = np.linalg.eigh(correlations.to_numpy())
    eigenvalues, vectors = np.clip(eigenvalues[::-1], 0, None), vectors[:, ::-1]
    count = len(eigenvalues)
    kept = max(1, int((eigenvalues > 1 + 1e-9).sum())) if components is None else components
    if not 1 <= kept <= count:
        raise InputError(
            "evaluation.not_between", option="components", found=kept, low=1, high=count
        )
    loadings = vectors[:, :kept] * np.sqrt(eigenvalues[:kept])
    if rotation == "varimax":
        loadings = varimax(loadings)
        eigenvalues = (loadings**2).sum(axis=0)
        order = np.argsort(-eigenvalues, kind="stable")
        loadings, eigenvalues = loadings[:, order], eigenvalues[order]
    loadings = loadings * np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    names = pd.RangeIndex(1, kept + 1, name="component")
    explained = pd.DataFrame({"eigenvalue": eigenvalues, "share": eigenvalues / count})
    explained.index = pd.RangeIndex(1, len(eigenvalues) + 1, name="component")
    explained["cumulative"] = explained["share"].cumsum()
    table = pd.DataFrame(loadings, index=correlations.columns, columns=names)
    return Components(table, explained, rotation)


def varimax(loadings: np.ndarray) -> np.ndarray:
    """Rotate loadings by Kaiser's varimax with normalized rows."""
    kept = loadings.shape[1]
    if kept < 2:
        return loadings
    lengths = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    lengths[lengths == 0] = 1.0
    rows = loadings / lengths
    rotation = np.eye(kept)
    before = 0.0
    for _ in range(1000):
        turned = rows @ rotation
        target = rows.T @ (turned**3 - turned * (turned**2).mean(axis=0))
        left, singular, right = np.linalg.svd(target)
        rotation = left @ right
        if singular.sum() < before * (1 + 1e-10):
            break
        before = singular.sum()
    return (rows @ rotation) * lengths
