"""Fields like one that was seen, but without relation to anything: space and time are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special, stats

from geo_resilience.statistics._arrays import Array
from geo_resilience.statistics._permutation import shuffled_orders

#: Units up to which every pattern is found by itself; beyond, patterns alike are taken together, in
#: so many bands, parted by polynomials of such a degree, so many powers at once.
MOST_PATTERNS, _BANDS, _DEGREE, _POWERS = 1_000, 64, 512, 32


@dataclass(frozen=True, eq=False)
class Bands:
    """The spatial patterns of a large graph, those of like scale taken together.

    - ``weights``: symmetric sparse matrix, its eigenvalues within [-1, 1].
    """

    weights: Any

    def parts(self, away: Array) -> Array:
        r"""Part fields of mean 0, shape (fields, n), into bands that add up to them.

        With eigenvalues :math:`\lambda = \cos \theta`, band b holds the patterns of
        :math:`\theta` in the b-th of 64 equal parts of [0, pi]: the coarsest patterns of a map are
        parted almost one by one. The parts are Chebyshev polynomials of the weights with Jackson's
        damping [1]_, so that each costs products with the links only.

        .. [1] Weiße, A., Wellein, G., Alvermann, A., Fehske, H. (2006). The kernel polynomial
           method. Reviews of Modern Physics 78(1), 275-306.
        """
        k, size = np.arange(_DEGREE), np.pi / (_DEGREE + 1)
        damping = (_DEGREE + 1 - k) * np.cos(size * k) + np.sin(size * k) / np.tan(size)
        ends = np.pi * np.arange(_BANDS + 1)[:, None] / _BANDS
        waves = np.where(k == 0, ends / np.pi, 2 * np.sin(k * ends) / (np.maximum(k, 1) * np.pi))
        shares = np.diff(waves, axis=0) * damping / (_DEGREE + 1)
        found = np.zeros((_BANDS, away.size))
        earlier, now = away.T, self._times(away.T)
        held = []
        for power in range(_DEGREE):
            held.append(earlier.T.ravel())
            if len(held) == _POWERS or power == _DEGREE - 1:
                found += shares[:, power + 1 - len(held) : power + 1] @ np.stack(held)
                held = []
            earlier, now = now, 2 * self._times(now) - earlier
        return found.reshape(_BANDS, *away.shape)

    def _times(self, fields: Array) -> Array:
        product = self.weights @ fields
        return np.asarray(product - product.mean(axis=0))


def link_patterns(links: pd.Series | None, units: pd.Index) -> Array | Bands | None:
    """Give the spatial patterns of a graph: eigenvectors of its weights, the constant apart.

    - ``links`` (Series by (focal, neighbor) or None): weights; the mean of both sides counts.

    Returns orthonormal columns, shape (n, n - 1), each of mean 0 (Moran's eigenvectors); of more
    than 1,000 units `Bands` of them, for which no eigenvector is needed.
    """
    if links is None:
        return None
    focal, other = (units.get_indexer(links.index.get_level_values(level)) for level in (0, 1))
    linked = (focal >= 0) & (other >= 0) & (focal != other)
    if len(units) > MOST_PATTERNS:
        return _banded(focal[linked], other[linked], links.to_numpy(float)[linked], len(units))
    matrix = np.zeros((len(units), len(units)))
    matrix[focal[linked], other[linked]] = links.to_numpy(float)[linked]
    matrix = (matrix + matrix.T) / 2
    # Within the room at right angles to the constant, so that no eigenvector mixes with it.
    room = np.linalg.qr(np.column_stack([np.ones(len(units)), np.eye(len(units))[:, 1:]]))[0][:, 1:]
    return np.asarray(room @ np.linalg.eigh(room.T @ matrix @ room)[1])


def _banded(focal: Array, other: Array, weights: Array, count: int) -> Bands:
    from scipy.sparse import coo_array
    from scipy.sparse.linalg import eigsh

    one_way = coo_array((weights / 2, (focal, other)), shape=(count, count)).tocsr()
    matrix = (one_way + one_way.T).tocsr()
    start = np.ones(count)
    largest = eigsh(matrix, k=1, which="LM", v0=start, tol=1e-3, return_eigenvectors=False)
    return Bands(matrix / (1.002 * abs(float(largest[0]))))


def surrogates(
    values: Array, patterns: Array | Bands | None, draws: int, rng: np.random.Generator
) -> Array:
    """Draw so many panels at once, shape (draws, years, n), as `surrogate_source` gives them."""
    return surrogate_source(values, patterns)(draws, rng)


def surrogate_source(
    values: Array, patterns: Array | Bands | None
) -> Callable[[int, np.random.Generator], Array]:
    r"""Give what draws panels as dependent in space and time as one that was seen, by chance alone.

    The normal scores of the values are written as a sum of the graph's patterns, each year with
    its own mean; each draw turns the sign of every pattern by a coin, the same coin in all years.
    Moran's I of each year and every covariance between years stay as they are (Moran spectral
    randomization, singleton procedure [1]_), and a Gaussian field whose covariance is a function of
    the links has the same distribution before and after. Of bands the patterns in one share a coin:
    the distribution stays the same, up to their blurred edges. Without patterns whole regions are
    exchanged.

    - ``values``, shape (years, n): blanks count as the middle.
    - ``patterns``: from `link_patterns`.

    Returns a function of draws and rng that gives normal scores, shape (draws, years, n).

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
    mean = scores.mean(axis=1, keepdims=True)
    if isinstance(patterns, Bands):
        parts = patterns.parts(scores - mean).reshape(_BANDS, -1)

    def drawn(draws: int, rng: np.random.Generator) -> Array:
        if patterns is None:
            order = shuffled_orders(scores.shape[1], draws, rng)
            return np.moveaxis(scores[:, order], 0, 1)
        if isinstance(patterns, Bands):
            signs = rng.choice([-1.0, 1.0], (draws, _BANDS))
            return np.asarray(mean + (signs @ parts).reshape(draws, *scores.shape))
        signs = rng.choice([-1.0, 1.0], (draws, 1, patterns.shape[1]))
        return np.asarray(mean + (signs * ((scores - mean) @ patterns)) @ patterns.T)

    return drawn


def normal_scores(values: Array) -> Array:
    """Give normal scores over all values; a blank has the score of the middle, 0."""
    there = np.isfinite(values)
    scores = np.zeros(values.shape)
    if there.any():
        ranks = stats.rankdata(values[there])
        scores[there] = special.ndtri((ranks - 0.5) / len(ranks))
    return scores
