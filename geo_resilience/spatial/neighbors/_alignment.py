"""Values and neighbors brought together by identity, never by position."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problems
from geo_resilience.statistics._arrays import Array, Truths, Whole

if TYPE_CHECKING:
    from libpysal.graph import Graph
    from scipy.sparse import csr_array

    from geo_resilience.spatial.neighbors._graph import Neighbors
    from geo_resilience.spatial.neighbors._spectrum import Spectrum

#: Whatever links regions, with the weights that it carries.
Linked: TypeAlias = "Neighbors | Links | Graph"


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
        from geo_resilience.spatial.neighbors._spectrum import read_spectrum

        return read_spectrum(self.matrix, keys=self.keys)

    @cached_property
    def standardized(self) -> Spectrum:
        """The same with rows that sum to 1, but for those of islands."""
        from scipy.sparse import csr_array

        from geo_resilience.spatial.neighbors._spectrum import read_spectrum

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


@dataclass(frozen=True)
class Aligned:
    """Values of regions in one order, and the links among them in the same order."""

    values: Array
    links: Links

    def without_islands(self) -> Aligned:
        """Leave out the regions that are linked to no other."""
        kept = np.flatnonzero(~self.links.alone)
        if len(kept) == len(self.values):
            return self
        return Aligned(self.values[kept], self.links.take(kept))


def links_of(neighbors: Linked) -> Links:
    """Read the links of a libpysal Graph, or of our Neighbors, with their weights as they are.

    A link to oneself is left out: no statistic counts a region as its own neighbor, but Gi*, which
    adds it by its own rule.
    """
    if isinstance(neighbors, Links):
        return neighbors
    known = getattr(neighbors, "links", None)
    return known if isinstance(known, Links) else read_links(neighbors)


def read_links(neighbors: Any) -> Links:
    """Read them anew."""
    graph = neighbors if hasattr(neighbors, "adjacency") else getattr(neighbors, "graph", neighbors)
    if not hasattr(graph, "adjacency") or not hasattr(graph, "unique_ids"):
        raise InputError("spatial.not_neighbors", found=type(neighbors).__name__)
    from scipy.sparse import csr_array

    keys = pd.Index(graph.unique_ids)
    adjacency = graph.adjacency
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


def _settled(matrix: csr_array) -> csr_array:
    """Sort the columns within each row; take 32-bit positions, which SciPy's graphs ask for."""
    matrix.sort_indices()
    if matrix.nnz < 2**31:
        matrix.indices = matrix.indices.astype(np.int32, copy=False)
        matrix.indptr = matrix.indptr.astype(np.int32, copy=False)
    return matrix


def numbers_of(values: pd.Series | pd.DataFrame, *, name: str = "y") -> Array:
    """Give the numbers of a Series or DataFrame; what is missing or infinite is named."""
    if not isinstance(values, pd.Series | pd.DataFrame):
        raise InputError("spatial.not_a_series", name=name, found=type(values).__name__)
    try:
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise InputError("spatial.not_numbers", name=name, found=str(error)) from error
    wrong = ~np.isfinite(numbers)
    if wrong.any():
        rows = wrong if wrong.ndim == 1 else wrong.any(axis=1)
        raise InputError(
            "spatial.value_missing", name=name, regions=_shown(values.index[rows]), count=rows.sum()
        )
    return numbers


def align(
    values: pd.Series | pd.DataFrame, neighbors: Linked, *, name: str = "y", least: int = 3
) -> Aligned:
    """Bring values and neighbors into one order, that of the values; keys must be the same."""
    numbers = numbers_of(values, name=name)
    links = links_of(neighbors)
    problems = Problems()
    twice = values.index[values.index.duplicated()].unique()
    if len(twice):
        problems.add("spatial.keys_twice", name=name, regions=_shown(twice))
    unknown = values.index.difference(links.keys)
    if len(unknown):
        problems.add("spatial.keys_not_linked", name=name, regions=_shown(unknown))
    unvalued = links.keys.difference(values.index)
    if len(unvalued):
        problems.add("spatial.keys_without_value", name=name, regions=_shown(unvalued))
    if len(values) < least:
        problems.add("spatial.too_few_regions", found=len(values), least=least)
    problems.raise_if_any()
    order = links.keys.get_indexer(values.index)
    return Aligned(numbers, links.take(order.astype(np.int64)))


def _shown(keys: pd.Index) -> list[str]:
    """Give the first keys as text, and how many more there are."""
    shown = [str(key) for key in keys[:_SHOWN]]
    return shown if len(keys) <= _SHOWN else [*shown, f"… (+{len(keys) - _SHOWN})"]


def by_year(frame: pd.DataFrame | pd.Series) -> list[tuple[Any, Any]]:
    """Split a panel (adcode, year) into years in order; region keys alone are of year 0."""
    if not isinstance(frame.index, pd.MultiIndex):
        return [(0, frame)]
    years = frame.index.get_level_values(1)
    return [(year, frame[years == year].droplevel(1)) for year in sorted(years.unique().tolist())]
