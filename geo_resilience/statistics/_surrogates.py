"""Fields like one that was seen, but without relation to anything: space and time are kept."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special, stats

from geo_resilience.statistics._arrays import Array
from geo_resilience.statistics._permutation import shuffled_orders


def link_patterns(links: pd.Series | None, units: pd.Index) -> Array | None:
    """Give the spatial patterns of a graph: eigenvectors of its weights, the constant apart.

    - ``links`` (Series by (focal, neighbor) or None): weights; the mean of both sides counts.

    Returns orthonormal columns, shape (n, n - 1), each of mean 0 (Moran's eigenvectors).
    """
    if links is None:
        return None
    focal, other = (units.get_indexer(links.index.get_level_values(level)) for level in (0, 1))
    linked = (focal >= 0) & (other >= 0) & (focal != other)
    matrix = np.zeros((len(units), len(units)))
    matrix[focal[linked], other[linked]] = links.to_numpy(float)[linked]
    matrix = (matrix + matrix.T) / 2
    # Within the room at right angles to the constant, so that no eigenvector mixes with it.
    room = np.linalg.qr(np.column_stack([np.ones(len(units)), np.eye(len(units))[:, 1:]]))[0][:, 1:]
    return np.asarray(room @ np.linalg.eigh(room.T @ matrix @ room)[1])


def surrogates(
    values: Array, patterns: Array | None, draws: int, rng: np.random.Generator
) -> Array:
    r"""Draw panels that are as dependent in space and time as one that was seen, by chance alone.

    The normal scores of the values are written as a sum of the graph's patterns, each year with
    its own mean; each draw turns the sign of every pattern by a coin, the same coin in all years.
    Moran's I of each year and every covariance between years stay as they are (Moran spectral
    randomization, singleton procedure [1]_), and a Gaussian field whose covariance is a function of
    the links has the same distribution before and after. Without patterns whole regions are
    exchanged.

    - ``values``, shape (years, n): blanks count as the middle.
    - ``patterns``, shape (n, n - 1), or None: from `link_patterns`.

    Returns normal scores, shape (draws, years, n).

    References
    ----------
    .. [1] Wagner, H. H. and Dray, S. (2015). Generating spatially constrained null models for
       irregularly spaced data using Moran spectral randomization methods. Methods in Ecology and
       Evolution 6(10), 1169-1178.

    Examples
    --------
    >>> seen = np.array([[1.0, 2, 3, 4]])
    >>> drawn = surrogates(seen, None, 3, np.random.default_rng(1))
    >>> bool((np.sort(drawn) == np.sort(drawn[0])).all())
    True
    """
    scores = normal_scores(values)
    if patterns is None:
        order = shuffled_orders(scores.shape[1], draws, rng)
        return np.moveaxis(scores[:, order], 0, 1)
    mean = scores.mean(axis=1, keepdims=True)
    signs = rng.choice([-1.0, 1.0], (draws, 1, patterns.shape[1]))
    return np.asarray(mean + (signs * ((scores - mean) @ patterns)) @ patterns.T)


def normal_scores(values: Array) -> Array:
    """Give normal scores over all values; a blank has the score of the middle, 0."""
    there = np.isfinite(values)
    scores = np.zeros(values.shape)
    if there.any():
        ranks = stats.rankdata(values[there])
        scores[there] = special.ndtri((ranks - 0.5) / len(ranks))
    return scores
