"""Neighbor weights as a graph, and the regions that they are made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo_resilience.errors import InputError, Problems, unknown
from geo_resilience.notes import Note
from geo_resilience.regions import Regions
from geo_resilience.spatial.neighbors._links import Links, read_links
from geo_resilience.statistics._arrays import Array, Whole
from geo_resilience.text import Text
from geo_resilience.words import Phrase

if TYPE_CHECKING:
    from libpysal.graph import Graph
    from scipy.sparse import coo_array


Pairs = Whole
_SHOWN = 8


@dataclass(frozen=True, eq=False)
class Neighbors:
    """Neighbor weights between regions, and how they came about.

    Parameters
    ----------
    adjacency : Series
        Weight by key of the region (focal) and of its neighbor, sorted in the order of the
        regions, as a libpysal Graph keeps it: a region without neighbors stands in it with a link
        of weight 0 to itself.
    rule : str
        What makes a neighbor, such as ``"queen"`` or ``"k_nearest(4)"``.
    added : tuple of pairs of keys
        Links that the rule did not give: islands tied to another region, both ways.
    islands : tuple of keys
        Regions left without neighbors.
    notes : tuple of Note
        Judgement calls: linked islands, polygons that almost touch.
    standardized : bool
        Whether each row was divided by its sum.

    Notes
    -----
    What statistics need of a Graph (`adjacency`, `unique_ids`, `sparse`) stands here too, so that
    PySAL is loaded only for those who ask for the `graph` itself.
    """

    adjacency: pd.Series
    rule: str
    added: tuple[tuple[str, str], ...] = ()
    islands: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    standardized: bool = True

    @cached_property
    def graph(self) -> Graph:
        """The neighbors as a libpysal Graph, its ids the keys in their order."""
        from libpysal.graph import Graph

        transformation = "R" if self.standardized else "O"
        return Graph(self.adjacency, transformation=transformation, is_sorted=True)

    @cached_property
    def links(self) -> Links:
        """The links as a sparse matrix, read once, with what is found of it on the way."""
        return read_links(self)

    @property
    def unique_ids(self) -> pd.Index:
        """Keys of the regions, in their order."""
        return self.adjacency.index.unique(level=0)

    @property
    def sparse(self) -> coo_array:
        """The weights as a sparse array, rows and columns in the order of the keys."""
        from scipy.sparse import coo_array

        keys, (focal, other) = self.unique_ids, map(self.adjacency.index.get_level_values, (0, 1))
        at = keys.get_indexer(focal), keys.get_indexer(other)
        return coo_array((self.adjacency.to_numpy(), at), shape=(len(keys), len(keys)))

    def dense(self) -> tuple[pd.Index, Array]:
        """Give the keys and the weights as a square array, rows and columns in their order."""
        return self.unique_ids.rename("adcode"), self.sparse.toarray()


@dataclass(frozen=True)
class Places:
    """Regions or a GeoDataFrame, as neighbors need them."""

    keys: pd.Index
    shapes: gpd.GeoSeries
    links: frozenset[tuple[str, str]] | None
    bundled: bool
    names: tuple[Text, ...] = ()

    @classmethod
    def of(cls, regions: Regions | gpd.GeoDataFrame) -> Places:
        """Take the regions; what cannot have neighbors is an error."""
        if isinstance(regions, Regions):
            frame = regions.frame
            names = tuple(map(regions.name, frame.index))
            ground = cls(frame.index, frame.geometry, regions.links, regions.bundled, names)
        elif isinstance(regions, gpd.GeoDataFrame):
            ground = cls(regions.index, regions.geometry, None, False)
        else:
            raise InputError("neighbors.not_regions", found=type(regions).__name__)
        problems = Problems()
        twice = ground.keys[ground.keys.duplicated()].unique()
        if len(twice):
            problems.add("neighbors.keys_twice", keys=list(twice[:_SHOWN]))
        shapes = ground.shapes.array
        bare = ground.keys[shapely.is_missing(shapes) | shapely.is_empty(shapes)]
        if len(bare):
            problems.add("neighbors.no_shape", keys=list(bare[:_SHOWN]))
        problems.raise_if_any()
        return ground

    def at(self, key: Any) -> int:
        """Give the position of a key."""
        if key not in self.keys:
            raise InputError(unknown("neighbors.key_unknown", key, self.keys))
        return int(self.keys.get_loc(key))

    def positions(self, links: Iterable[tuple[Any, Any]]) -> Pairs:
        """Give pairs of keys as pairs of positions, the lower first, sorted."""
        pairs = sorted({tuple(sorted((self.at(a), self.at(b)))) for a, b in links})
        return np.array(pairs, dtype=np.int64).reshape(-1, 2)

    def told(self, position: int) -> str | Phrase:
        """Call a region by key, and by name in the language of the sentence where it has one."""
        key = str(self.keys[position])
        if not self.names:
            return key
        return Phrase("note.neighbors.region", {"key": key, "name": self.names[position]})


def adjacency_of(
    keys: pd.Index,
    focal: Whole,
    other: Whole,
    weight: Array,
    standardize: bool,
) -> pd.Series:
    """Make the adjacency of links between positions, each once, as a libpysal Graph keeps it."""
    alone = np.setdiff1d(np.arange(len(keys)), focal)
    focal, other = np.concatenate([focal, alone]), np.concatenate([other, alone])
    weight = np.concatenate([weight, np.zeros(len(alone))])
    if standardize:
        sums = np.bincount(focal, weights=weight, minlength=len(keys))
        weight = weight / np.where(sums > 0, sums, 1.0)[focal]
    order = np.lexsort((other, focal))
    index = pd.MultiIndex(
        levels=[keys, keys], codes=[focal[order], other[order]], names=["focal", "neighbor"]
    )
    return pd.Series(weight[order], index=index, name="weight", dtype=float)


def both_ways(
    ground: Places,
    rule: str,
    pairs: Pairs,
    added: list[tuple[int, int]],
    notes: list[Note],
    standardize: bool,
) -> Neighbors:
    """Make neighbors of pairs and added pairs, each link in both directions."""
    every = np.vstack([pairs, np.sort(np.array(added, dtype=np.int64).reshape(-1, 2), axis=1)])
    every = np.unique(every, axis=0)
    focal = np.concatenate([every[:, 0], every[:, 1]])
    other = np.concatenate([every[:, 1], every[:, 0]])
    left = np.setdiff1d(np.arange(len(ground.keys)), focal)
    if len(left):
        told = [ground.told(position) for position in left]
        notes = [*notes, Note("neighbors.left", "", {"regions": told})]
    return Neighbors(
        adjacency_of(ground.keys, focal, other, np.ones(len(focal)), standardize),
        rule,
        added=tuple((ground.keys[one], ground.keys[two]) for one, two in added),
        islands=tuple(ground.keys[left]),
        notes=tuple(notes),
        standardized=standardize,
    )
