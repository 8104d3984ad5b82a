"""Weights from principal components."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience.evaluation._principal_components import pca_loadings
from geo_resilience.evaluation.weighting._weights import Weights


def pca_weights(
    values: pd.DataFrame, *, rotation: str = "varimax", components: int | None = None
) -> Weights:
    r"""Weight indicators by their squared loadings on the principal components.

    Parameters
    ----------
    values : DataFrame, shape (n, m)
    rotation : {"varimax", "none"}
        The handbook rotates; ``"none"`` weights by communality.
    components : int, optional
        How many to keep; those with an eigenvalue above 1 by default.

    Returns
    -------
    Weights
        Diagnostics: ``loadings``, ``explained``, ``rotation``, ``components``, ``assigned``
        (component on which each indicator loads most).

    Raises
    ------
    InputError, UndefinedError
        As `pca_loadings`.

    Notes
    -----
    Rotated [1]_: each indicator goes to the component on which its squared loading is largest;
    there it gets its squared loading as a share of the component's sum of squared loadings,
    times the component's share of the variance explained; so its weight is in proportion to
    :math:`\max_k L_{jk}^2`. Unrotated: in proportion to the communality
    :math:`\sum_k L_{jk}^2`. Correlation decides here, not importance: an indicator that goes
    with no other gets little weight.

    References
    ----------
    .. [1] OECD, JRC (2008). Handbook on Constructing Composite Indicators. OECD Publishing;
       Nicoletti, G., Scarpetta, S., Boylaud, O. (2000). Summary indicators of product market
       regulation. OECD Economics Department Working Papers, 226.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [2.0, 4, 6, 8], "c": [1.0, -1, -1, 1]})
    >>> pca_weights(values, components=2).values.round(6).tolist()
    [0.333333, 0.333333, 0.333333]
    """
    found = pca_loadings(values, components=components, rotation=rotation)
    squares = found.loadings.to_numpy() ** 2
    raw = squares.max(axis=1) if rotation == "varimax" else squares.sum(axis=1)
    codes = found.loadings.index
    assigned = pd.Series(found.loadings.columns.to_numpy()[squares.argmax(axis=1)], index=codes)
    diagnostics = {
        "loadings": found.loadings,
        "explained": found.explained,
        "rotation": rotation,
        "components": squares.shape[1],
        "assigned": assigned,
    }
    return Weights(pd.Series(np.asarray(raw / raw.sum()), index=codes), "pca", diagnostics)
