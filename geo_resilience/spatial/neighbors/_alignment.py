"""Values and neighbors brought together by identity, never by position."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problems
from geo_resilience.spatial.neighbors._links import Links, read_links
from geo_resilience.spatial.neighbors._spectrum import DENSE, Spectrum, read_spectrum
from geo_resilience.statistics._arrays import Array

if TYPE_CHECKING:
    from scipy.sparse import coo_array


class GraphLike(Protocol):
    """What holds neighbors and their weights: our Neighbors, a libpysal Graph."""

    @property
    def adjacency(self) -> pd.Series:
        """Weight by key of the region and of its neighbor."""

    @property
    def unique_ids(self) -> pd.Index:
        """Keys of the regions, in their order."""

    @property
    def sparse(self) -> coo_array:
        """The weights, rows and columns in the order of the keys."""


class WeightSeries(Protocol):
    """A Series of weights by region and neighbor, as the adjacency of a Graph.

    pandas says nothing of its types, so that its Series would let anything pass.
    """

    @property
    def iloc(self) -> Any:
        """What tells a Series from a text."""


#: Whatever links regions, with the weights that it carries.
Linked: TypeAlias = GraphLike | Links | WeightSeries


_SHOWN = 8


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


def spectrum_over(neighbors: Linked, keys: Sequence[Hashable], *, dense: int = DENSE) -> Spectrum:
    """Read the spectrum of neighbors in the order of some keys; once where that is their own."""
    links = getattr(neighbors, "links", None)
    if dense == DENSE and links is not None and list(links.keys) == list(keys) and links.matrix.nnz:
        known: Spectrum = links.spectrum
        return known
    return read_spectrum(weight_matrix(neighbors, keys), keys=keys, dense=dense)


def weight_matrix(neighbors: Linked, keys: Sequence[Hashable]) -> Any:
    """Give the sparse weights of a graph, rows and columns in the order of the keys.

    Row i holds the weights of the neighbors of region i; an island has an empty row.
    """
    from scipy.sparse import csr_array

    ids, weights = _ids_and_weights(neighbors)
    known = {key: place for place, key in enumerate(ids)}
    unknown = [str(key) for key in keys if key not in known]
    present = set(keys)
    over = [str(key) for key in known if key not in present]
    problems = Problems()
    if unknown:
        problems.add("regression.not_in_graph", regions=unknown[:10], count=len(unknown))
    if over:
        problems.add("regression.only_in_graph", regions=over[:10], count=len(over))
    problems.raise_if_any()
    order = np.array([known[key] for key in keys])
    matrix = csr_array(weights, dtype=float)[order][:, order]
    matrix.eliminate_zeros()
    if matrix.nnz == 0:
        problems.add("regression.no_links", count=len(order))
        problems.raise_if_any()
    return csr_array(matrix)


def _ids_and_weights(neighbors: Linked) -> tuple[pd.Index, Any]:
    """Give the regions of a graph, and its sparse weights."""
    if isinstance(neighbors, pd.Series):
        links = read_links(neighbors)
        return links.keys, links.matrix
    graph: Any = neighbors
    if not hasattr(graph, "unique_ids"):
        graph = graph.graph
    return graph.unique_ids, graph.sparse
