"""Which region's polygon holds each record."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_resilience.regions import Regions

Positions = NDArray[np.int32]

#: Position of a record that no region holds.
NOWHERE = np.int32(-1)


@dataclass(frozen=True, eq=False)
class Polygons:
    """The regions' polygons in the coordinates of the records, in the order of their keys."""

    geometry: NDArray[np.object_]
    crs: str

    @classmethod
    def of(cls, regions: Regions, crs: str) -> Polygons:
        """Take the polygons of regions to the records' coordinates."""
        return cls(regions.frame.geometry.to_crs(crs).to_numpy(), crs)

    @property
    def bounds(self) -> NDArray[np.float64]:
        """West, south, east and north end."""
        return np.asarray(shapely.total_bounds(self.geometry))

    def meets(self, bounds: tuple[float, float, float, float]) -> bool:
        """Whether a box and that around the polygons have a part in common."""
        west, south, east, north = self.bounds
        return bool(
            west <= bounds[2] and bounds[0] <= east and south <= bounds[3] and bounds[1] <= north
        )

    def holding(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> Positions:
        """Give the region of each point; a point on a border is the first region's in order.

        The tree is one of points, so that each polygon is prepared once a batch, however large it
        is and however many there are.
        """
        found = np.full(len(x), NOWHERE)
        tree = shapely.STRtree(shapely.points(x, y))
        region, point = tree.query(self.geometry, predicate="intersects")
        # Written from the last region to the first, so that the first stands.
        order = np.argsort(region, kind="stable")[::-1]
        found[point[order]] = region[order]
        return found
