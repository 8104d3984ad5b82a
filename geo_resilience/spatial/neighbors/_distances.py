"""How far regions are from each other: between their centers, and between their borders."""

from __future__ import annotations

from itertools import product
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from scipy.spatial import cKDTree

from geo_resilience.statistics._arrays import Array, Whole

#: Albers equal-area projection of China: parallels 25 and 47 north, meridian 105 east.
ALBERS_CHINA = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +datum=WGS84 +units=m"

#: For most of the globe.
EQUAL_EARTH = "+proj=eqearth +lon_0=0 +datum=WGS84 +units=m"

#: Cosine of how far from its middle an azimuthal projection is used: 120 degrees.
MOST_AROUND = -0.5

#: Mean radius of the Earth (IUGG), kilometers.
EARTH_RADIUS_KM = 6371.0088

#: Regions up to which rules that link every two of them do; of more each has its nearest or those
#: most like it, so many and whoever counts it among its own.
ALL_PAIRS, REACH = 1_000, 20

_SHORTEST_RADIUS = 6.33e6  # meters, below any radius of curvature of the ellipsoid
_AT_ONCE = 16


def _middle(shapes: gpd.GeoSeries) -> tuple[float, float]:
    """Give longitude and latitude of the middle of some shapes, wherever on the globe.

    Their parts are averaged on the sphere, since a shape can lie on both sides of the date line.
    """
    parts = shapely.get_parts(np.asarray(shapes.to_crs("EPSG:4326").array))
    west, south, east, north = shapely.bounds(parts).T
    return _middle_of(np.column_stack([(west + east) / 2, (south + north) / 2]))


def _middle_of(degrees: Array) -> tuple[float, float]:
    """Give the middle of points on the sphere, shape (n, 2) in degrees.

    Where they lie evenly around the axis or the globe, no rounding decides: 0 degrees.
    """
    x, y, z = np.round(_on_sphere(degrees).mean(axis=0), 12) + 0.0
    return float(np.degrees(np.arctan2(y, x))), float(np.degrees(np.arctan2(z, np.hypot(x, y))))


def _around(projection: str, middle: tuple[float, float]) -> str:
    """Give a projection around a point, in meters."""
    return f"+proj={projection} +lon_0={middle[0]:.6f} +lat_0={middle[1]:.6f} +datum=WGS84 +units=m"


def _plane(projection: str, middle: tuple[float, float]) -> CRS:
    return CRS.from_proj4(_around(projection, middle))


def equal_area(places: Any, *, bundled: bool = False) -> str:
    """Decide on which plane (PROJ text) areas and centers of places are measured.

    Albers of China for the bundled provinces; Lambert's azimuthal projection around the middle of
    other places; Equal Earth where these lie over most of the globe. Places are shapes or a
    DataFrame with columns lon and lat in degrees.
    """
    if bundled:
        return ALBERS_CHINA
    if hasattr(places, "geometry"):
        middle = _middle(places.geometry)
        parts = shapely.get_parts(np.asarray(places.geometry.to_crs("EPSG:4326").array))
        west, south, east, north = shapely.bounds(parts).T
        ends = np.concatenate(
            [np.column_stack(each) for each in product((west, east), (south, north))]
        )
    else:
        ends = places[["lon", "lat"]].to_numpy(dtype=float)
        middle = _middle_of(ends)
    toward = _on_sphere(ends) @ _on_sphere(np.array([middle]))[0]
    return _around("laea", middle) if toward.min() > MOST_AROUND else EQUAL_EARTH


def _on_sphere(degrees: Array) -> Array:
    """Turn longitude and latitude into unit vectors."""
    longitude, latitude = np.radians(degrees).T
    return np.column_stack(
        [
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        ]
    )


def in_meters(shapes: gpd.GeoSeries) -> NDArray[Any]:
    """Project shapes to an azimuthal equidistant plane around their middle; without CRS as is."""
    if shapes.crs is None:
        return np.asarray(shapes.array)
    return np.asarray(shapes.to_crs(_plane("aeqd", _middle(shapes))).array)


def centers(shapes: gpd.GeoSeries) -> Array:
    """Give longitude and latitude of every centroid, taken in an equal-area plane around all.

    Without a coordinate reference system: x and y.
    """
    if shapes.crs is None:
        return shapely.get_coordinates(shapely.centroid(shapes.array))
    plane = _plane("laea", _middle(shapes))
    points = gpd.GeoSeries(shapes.to_crs(plane).centroid, crs=plane).to_crs("EPSG:4326")
    return shapely.get_coordinates(points.array)


def great_circle_km(degrees: Array, to: Array | None = None) -> Array:
    """Give the great-circle distance of every pair of points.

    d = 2 R arcsin(|u - v| / 2) with u, v the unit vectors of the points, which is exact for near
    and far points alike.
    """
    start = _on_sphere(np.asarray(degrees, dtype=float))
    end = start if to is None else _on_sphere(np.asarray(to, dtype=float))
    square = np.zeros((len(start), len(end)))
    for here, there in zip(start.T, end.T, strict=True):
        square += (here[:, None] - there[None, :]) ** 2
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(np.sqrt(square) / 2, 1.0))


def pairs_within(degrees: Array, reach: Array) -> tuple[Whole, Whole, Array]:
    """Give the pairs of points no farther apart than the reach of the first, and their distance.

    - ``reach``, shape (n,), in km; infinite for all pairs.
    """
    n = len(degrees)
    if n <= ALL_PAIRS or np.isinf(reach).any():
        away = great_circle_km(degrees)
        np.fill_diagonal(away, np.inf)
        focal, other = np.nonzero((away <= reach[:, None]) & np.isfinite(away))
        return focal, other, away[focal, other]
    points = _on_sphere(degrees)
    chords = 2 * np.sin(np.minimum(reach / (2 * EARTH_RADIUS_KM), np.pi / 2)) * (1 + 1e-12)
    near = cKDTree(points).query_ball_point(points, chords, return_sorted=True)
    focal = np.repeat(np.arange(n), [len(each) for each in near])
    other = np.concatenate([np.asarray(each, dtype=np.int64) for each in near])
    away = _apart(points[focal], points[other])
    kept = (focal != other) & (away <= reach[focal])
    return focal[kept], other[kept], away[kept]


def nearest_places(degrees: Array, k: int) -> tuple[Whole, Array]:
    """Give the k nearest to each point, shape (n, k), and their distances in km.

    Of points equally far (to a millimeter) the first in order is taken.
    """
    points = _on_sphere(degrees)
    n, many = len(points), min(len(points), k + 9)
    near = cKDTree(points).query(points, many)[1].reshape(n, many)
    away = _apart(points[:, None], points[near]).round(6)
    away[near == np.arange(n)[:, None]] = np.inf
    order = np.lexsort((near, away), axis=1)[:, :k]
    found, last = np.take_along_axis(near, order, 1), np.take_along_axis(away, order, 1)[:, -1]
    # A tie may reach beyond those looked at.
    farthest = np.where(np.isfinite(away), away, -1.0).max(axis=1)
    for row in np.flatnonzero((many < n) & (last >= farthest - 1e-6)):
        whole = _apart(points[row], points).round(6)
        whole[row] = np.inf
        found[row] = np.argsort(whole, kind="stable")[:k]
    return found.astype(np.int64), _apart(points[:, None], points[found])


def _apart(one: Array, other: Array) -> Array:
    """Give the distance in km of unit vectors (last axis)."""
    chord = np.sqrt(np.square(one - other).sum(axis=-1))
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(chord / 2, 1.0)))


def nearest_by_border(shapes: gpd.GeoSeries, position: int) -> tuple[int, float]:
    """Find the shape whose border is nearest to that of another.

    The distance is measured in an azimuthal equidistant projection around the shape itself. Parts
    of the other shapes are taken in the order of how near they could be by their boxes, until none
    that is left can be nearer.
    """
    around = None
    if shapes.crs is not None:
        shapes = shapes.to_crs("EPSG:4326")
        around = _plane("aeqd", _middle(shapes.iloc[[position]]))
    parts, owner = shapely.get_parts(np.asarray(shapes.array), return_index=True)
    parts, owner = parts[owner != position], owner[owner != position]
    boxes = _boxes(shapes.iloc[position], in_degrees=around is not None)
    least = np.min(
        [_least_distance(shapely.bounds(parts), box, around is not None) for box in boxes], axis=0
    )
    order = np.argsort(least, kind="stable")
    best = (np.inf, -1)
    for start in range(0, len(order), _AT_ONCE):
        few = order[start : start + _AT_ONCE]
        if least[few[0]] > best[0]:
            break
        drawn = gpd.GeoSeries([shapes.iloc[position], *parts[few]], crs=shapes.crs)
        plane = np.asarray((drawn if around is None else drawn.to_crs(around)).array)
        shapely.prepare(plane[0])
        away = np.round(shapely.distance(plane[0], plane[1:]), 3)
        best = min(best, *zip(away.tolist(), owner[few].tolist(), strict=True))
    return best[1], best[0]


def _boxes(shape: Any, *, in_degrees: bool) -> list[Array]:
    """Give the box of a shape; two where it lies on both sides of the date line."""
    bounds = shapely.bounds(shapely.get_parts(shape))
    wide = in_degrees and bounds[:, 2].max() - bounds[:, 0].min() > 180
    east = bounds[:, 0] >= 0 if wide else np.ones(len(bounds), dtype=bool)
    return [
        np.concatenate([side[:, :2].min(axis=0), side[:, 2:].max(axis=0)])
        for side in (bounds[east], bounds[~east])
        if len(side)
    ]


def _least_distance(bounds: Array, box: Array, in_degrees: bool) -> Array:
    """Give how near shapes could be to a box, by their own boxes."""
    west, south, east, north = bounds.T
    up = np.maximum(0, np.maximum(south - box[3], box[1] - north))
    shifts = (-360.0, 0.0, 360.0) if in_degrees else (0.0,)
    across = np.min(
        [np.maximum(0, np.maximum(west + s - box[2], box[0] - east - s)) for s in shifts],
        axis=0,
    )
    if not in_degrees:
        return np.hypot(across, up)
    # degrees of longitude are narrowest at the higher latitude, and less far along a great circle
    highest = np.maximum(np.maximum(-south, north), max(-box[1], box[3]))
    narrow = np.cos(np.radians(np.minimum(highest, 90.0)))
    chord = 2 * np.sin(np.radians(np.minimum(across, 180.0)) / 2) * narrow
    return _SHORTEST_RADIUS * np.maximum(np.radians(up), chord)
