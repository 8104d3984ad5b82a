"""Neighbor weights as a sparse matrix, read once from whatever holds them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.spatial.neighbors._spectrum import Spectrum, read_spectrum
from geo_resilience.statistics._arrays import Truths, Whole

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_SHOWN = 8


@dataclass(frozen=True)
class Links:
    """Neighbor weights as a sparse matrix in the order of some keys; the diagonal is empty."""

    keys: pd.Index
    matrix: csr_array

    @property
    def counts(self) -> Whole:
        """Number of neighbors of each region."""
        return np.diff(self.matrix.indptr).astype(np.int64)

    @property
    def alone(self) -> Truths:
        """Regions without a neighbor that are no one's neighbor either."""
        named = np.bincount(self.matrix.indices, minlength=len(self.keys))
        return (self.counts == 0) & (named == 0)

    @cached_property
    def spectrum(self) -> Spectrum:
        """What likelihoods need of the weights as they are."""
        return read_spectrum(self.matrix, keys=self.keys)

    @cached_property
    def standardized(self) -> Spectrum:
        """The same with rows that sum to 1, but for those of islands."""
        from scipy.sparse import csr_array

        sums = np.asarray(self.matrix.sum(axis=1)).ravel()
        if np.allclose(sums[self.counts > 0], 1.0, rtol=0, atol=1e-12):
            return self.spectrum
        data = self.matrix.data / np.repeat(sums, self.counts)
        parts = (data, self.matrix.indices, self.matrix.indptr)
        return read_spectrum(csr_array(parts, shape=self.matrix.shape), keys=self.keys)

    def binary(self) -> Links:
        """Give the same links, each of weight 1."""
        matrix = self.matrix.copy()
        matrix.data = np.ones_like(matrix.data)
        return Links(self.keys, matrix)

    def take(self, positions: Whole) -> Links:
        """Give the links among some of the regions, in the order asked for."""
        if np.array_equal(positions, np.arange(len(self.keys))):
            return self
        matrix = self.matrix[positions][:, positions].tocsr()
        return Links(self.keys[positions], _settled(matrix))


def read_links(neighbors: Any) -> Links:
    """Read them anew."""
    from scipy.sparse import csr_array

    keys, adjacency = _adjacency_of(neighbors)
    focal = keys.get_indexer(adjacency.index.get_level_values(0))
    other = keys.get_indexer(adjacency.index.get_level_values(1))
    weight = adjacency.to_numpy(dtype=float)
    wrong = ~np.isfinite(weight) | (weight < 0)
    if wrong.any():
        pairs = [f"{a}-{b}" for a, b in adjacency.index[wrong][:_SHOWN]]
        raise InputError("spatial.weights_not_finite", pairs=pairs, count=int(wrong.sum()))
    real = (focal != other) & (weight != 0)
    matrix = csr_array((weight[real], (focal[real], other[real])), shape=(len(keys), len(keys)))
    return Links(keys, _settled(matrix))


def _adjacency_of(neighbors: Any) -> tuple[pd.Index, pd.Series]:
    """Give the regions, and the weights by region and neighbor, of a Graph or of itself."""
    if isinstance(neighbors, pd.Series) and neighbors.index.nlevels == 2:
        twice = neighbors.index[neighbors.index.duplicated()]
        if len(twice):
            pairs = [f"{a}-{b}" for a, b in twice[:_SHOWN]]
            raise InputError("spatial.links_twice", pairs=pairs, count=len(twice))
        focal, other = (neighbors.index.get_level_values(level) for level in (0, 1))
        return focal.append(other).unique(), neighbors
    graph = neighbors if hasattr(neighbors, "adjacency") else getattr(neighbors, "graph", neighbors)
    if not hasattr(graph, "adjacency") or not hasattr(graph, "unique_ids"):
        raise InputError("spatial.not_neighbors", found=type(neighbors).__name__)
    return pd.Index(graph.unique_ids), graph.adjacency


def _settled(matrix: csr_array) -> csr_array:
    """Sort the columns within each row; take 32-bit positions, which SciPy's graphs ask for."""
    matrix.sort_indices()
    if matrix.nnz < 2**31:
        matrix.indices = matrix.indices.astype(np.int32, copy=False)
        matrix.indptr = matrix.indptr.astype(np.int32, copy=False)
    return matrix
