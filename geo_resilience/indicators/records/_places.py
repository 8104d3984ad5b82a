"""Which region's polygon holds each record."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_resilience.indicators.records._exact import Array, Whole
from geo_resilience.indicators.records._geometries import known_crs, told_crs
from geo_resilience.regions import Regions

#: Position of a record that no region holds.
NOWHERE = -1

#: Fewest and most columns of the grid.
_LEAST, _MOST = 256, 1024

#: Most polygons of a cell that are gone through one by one.
_CROWD = 24

_TINY = np.finfo(float).tiny


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
    def _boxes(self) -> Array:
        """West, south, east and north end of each polygon."""
        return np.asarray(shapely.bounds(self.geometry))

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.geometry)

    @cached_property
    def _side(self) -> int:
        """Columns, and rows, of a grid over all polygons: some cells for each of them."""
        return int(np.clip(2 * np.sqrt(len(self.geometry)), _LEAST, _MOST))

    def _cells(self, x: Array, y: Array) -> tuple[Whole, Whole]:
        """Give column and row of places within the bounds."""
        west, south, east, north = self.bounds
        ends = ((x, west, east), (y, south, north))
        column, row = (
            np.minimum((at - low) / max(high - low, _TINY) * self._side, self._side - 1)
            for at, low, high in ends
        )
        return column.astype(np.int64), row.astype(np.int64)

    @cached_property
    def _near(self) -> tuple[Whole, Whole]:
        """List the polygons whose box meets each cell, cell after cell; and where each begins."""
        shapely.prepare(self.geometry)
        column, row = self._cells(self._boxes[:, 0], self._boxes[:, 1])
        last_column, last_row = self._cells(self._boxes[:, 2], self._boxes[:, 3])
        height = last_row - row + 1
        region, place = _spread((last_column - column + 1) * height)
        across, up = np.divmod(place, height[region])
        cell = (column[region] + across) * self._side + row[region] + up
        begins = np.append(0, np.cumsum(np.bincount(cell, minlength=self._side**2)))
        return region[np.argsort(cell, kind="stable")], begins

    def holding(self, x: Array, y: Array) -> Whole:
        """Give the region of each point; a point on a border is the first region's in order.

        A grid lists the polygons that each of its cells may meet; the box of each and then the
        polygon, prepared once, are asked for the points of the cell. So time grows with the points,
        and hardly with the number of polygons or of their corners. Where polygons crowd in a cell,
        a tree of their boxes finds those to ask. Points of a cell come one after the other, so
        that what they need is at hand.
        """
        west, south, east, north = self.bounds
        at = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
        column, row = self._cells(x[at], y[at])
        cell = column * self._side + row
        order = np.argsort(cell, kind="stable")
        at, cell = at[order], cell[order]
        point, region = self._candidates(x[at], y[at], cell)
        x_there, y_there = x[at][point], y[at][point]
        west, south, east, north = self._boxes[region].T
        asked = (x_there >= west) & (x_there <= east) & (y_there >= south) & (y_there <= north)
        point, region = point[asked], region[asked]
        held = shapely.intersects_xy(self.geometry[region], x_there[asked], y_there[asked])
        found = np.full(len(x), len(self.geometry))
        np.minimum.at(found, at[point[held]], region[held])
        found[found == len(self.geometry)] = NOWHERE
        return found

    def _candidates(self, x: Array, y: Array, cell: Whole) -> tuple[Whole, Whole]:
        """Pair points with the polygons that may hold them."""
        near, begins = self._near
        number = begins[cell + 1] - begins[cell]
        few = np.flatnonzero(number <= _CROWD)
        point, place = _spread(number[few])
        point = few[point]
        crowded = np.flatnonzero(number > _CROWD)
        other, region = self._tree.query(shapely.points(x[crowded], y[crowded]))
        return (
            np.concatenate([point, crowded[other]]),
            np.concatenate([near[begins[cell[point]] + place], region]),
        )


def _spread(numbers: Whole) -> tuple[Whole, Whole]:
    """Repeat each position as often as its number says, and count within each."""
    of = np.repeat(np.arange(len(numbers)), numbers)
    return of, np.arange(len(of)) - np.repeat(np.cumsum(numbers) - numbers, numbers)
