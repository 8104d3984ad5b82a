"""Which region's polygon holds each record."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_resilience.indicators.records._exact import Array
from geo_resilience.indicators.records._geometries import known_crs, told_crs
from geo_resilience.regions import Regions

Positions = NDArray[np.int64]

#: Position of a record that no region holds.
NOWHERE = -1

#: Columns and rows of the grid by which points are put in order.
_GRID = 250


@dataclass(frozen=True, eq=False)
class Polygons:
    """The regions' polygons in the coordinates of the records, in the order of their keys."""

    geometry: NDArray[np.object_]
    crs: str
    degrees: bool

    @classmethod
    def of(cls, regions: Regions, crs: str) -> Polygons:
        """Take the polygons of regions to the records' coordinates."""
        system = known_crs(crs)
        geometry = regions.frame.geometry.to_crs(system).to_numpy()
        return cls(geometry, told_crs(system), system.is_geographic)

    def __reduce__(self) -> Any:
        # Without the tree, which each process grows for itself.
        return type(self), (self.geometry, self.crs, self.degrees)

    @cached_property
    def bounds(self) -> Array:
        """West, south, east and north end."""
        return np.asarray(shapely.total_bounds(self.geometry))

    @cached_property
    def _tree(self) -> shapely.STRtree:
        shapely.prepare(self.geometry)
        return shapely.STRtree(self.geometry)

    def holding(self, x: Array, y: Array) -> Positions:
        """Give the region of each point; a point on a border is the first region's in order.

        A tree of the polygons' boxes finds those that may hold a point, and each is asked as
        prepared once: time grows with the points, and hardly with the number of polygons or of
        their corners. Points near each other are asked in turn, so that what they need is at hand.
        """
        west, south, east, north = self.bounds
        near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
        column, row = (
            np.clip((at - low) / max(high - low, np.finfo(float).tiny) * _GRID, 0, _GRID)
            for at, low, high in ((x[near], west, east), (y[near], south, north))
        )
        cell = (column.astype(np.uint16) * (_GRID + 1) + row.astype(np.uint16)).astype(np.uint16)
        near = near[np.argsort(cell, kind="stable")]
        x_near, y_near = x[near], y[near]
        point, region = self._tree.query(shapely.points(x_near, y_near))
        held = shapely.intersects_xy(self.geometry[region], x_near[point], y_near[point])
        found = np.full(len(x), len(self.geometry))
        np.minimum.at(found, near[point[held]], region[held])
        found[found == len(self.geometry)] = NOWHERE
        return found
