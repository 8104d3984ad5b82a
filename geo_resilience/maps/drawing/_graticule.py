"""Meridians and parallels on the ground of the page, thinned to what a screen can show."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pyproj
import shapely

from geo_resilience.maps.drawing._geometry import Ground
from geo_resilience.maps.drawing._topology import pack_numbers

#: Steps in degrees, of which the first that gives so few lines is taken.
STEPS, MOST_LINES = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 20, 30), 9

#: Points of a line before it is thinned, and steps of the grid by which it may be off.
POINTS, OFF = 120, 2.0


def graticule_content(ground: Ground) -> dict[str, Any] | None:
    """Give the graticule: degrees of meridians and parallels, and their lines packed in that order.

    None for most of the world, where lines would cross the seam of the map.
    """
    back = pyproj.Transformer.from_crs(ground.crs, 4326, always_xy=True)
    there = pyproj.Transformer.from_crs(4326, ground.crs, always_xy=True)
    west, south, east, north = (value * ground.step for value in ground.frame)
    ring = shapely.segmentize(shapely.box(west, south, east, north), max(east - west, 1) / 60)
    lon, lat = back.transform(*shapely.get_coordinates(ring).T)
    if not np.isfinite([lon, lat]).all():
        return None
    middle = back.transform((west + east) / 2, (south + north) / 2)[0]
    lon = middle + (lon - middle + 180) % 360 - 180
    lons, lats = _round_between(lon), _round_between(lat)
    if lon.max() - lon.min() > 200 or not len(lons) or not len(lats):
        return None
    spread = np.linspace(0, 1, POINTS)
    along_lat = lat.min() + spread * (lat.max() - lat.min())
    along_lon = lon.min() + spread * (lon.max() - lon.min())
    lines = [there.transform(np.full(POINTS, each), along_lat) for each in lons]
    lines += [there.transform(along_lon, np.full(POINTS, each)) for each in lats]
    return {
        "meridians": [float(f"{(each + 180) % 360 - 180:.6g}") for each in lons],
        "parallels": [float(f"{each:.6g}") for each in lats],
        "lines": pack_lines([np.column_stack(line) / ground.step for line in lines], OFF),
    }


def _round_between(degrees: np.ndarray) -> np.ndarray:
    """Give round degrees between the least and the greatest, few enough to read."""
    low, high = float(degrees.min()), float(degrees.max())
    step = next((step for step in STEPS if (high - low) / step <= MOST_LINES), STEPS[-1])
    return np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step


def pack_lines(lines: list[np.ndarray], off: float | None) -> str:
    """Thin lines and pack them as arcs are: how many points, then each as a difference.

    With no distance by which they may be off, every point is kept.
    """
    flat: list[int] = []
    before = (0, 0)
    for line in lines:
        if off is not None:
            line = shapely.get_coordinates(shapely.simplify(shapely.LineString(line), off))
        points = [(int(x), int(y)) for x, y in np.round(line)]
        if off is not None:
            points = [points[0], *(there for here, there in pairwise(points) if here != there)]
        flat.append(len(points))
        for x, y in points:
            flat += (x - before[0], y - before[1])
            before = (x, y)
    return pack_numbers(flat)
