"""Where the weight lies and how it spreads: mean center and standard deviational ellipse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geo_resilience.errors import InputError, Problems, UndefinedError
from geo_resilience.spatial.dynamics._panel import wide_panel
from geo_resilience.spatial.neighbors._distances import equal_area

#: Degrees from a pole within which a place counts as the pole itself: a tenth of a meter.
AT_POLE = 1e-6

#: Eight directions of the compass, clockwise from north.
COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


@dataclass(frozen=True)
class Ellipse:
    """A weighted mean center and standard deviational ellipse.

    The axes are one standard deviation long, in the unit of x; azimuth is the major axis's
    direction, degrees clockwise from grid north (the direction of y), in [0, 180); NaN for a
    circle.
    """

    center: tuple[float, float]
    semi_major: float
    semi_minor: float
    azimuth: float

    @property
    def area(self) -> float:
        """Pi times both axes."""
        return float(np.pi * self.semi_major * self.semi_minor)

    def outline(self, points: int = 72) -> np.ndarray:
        """Give a closed ring, shape (points + 1, 2), counterclockwise."""
        angle = np.linspace(0, 2 * np.pi, points + 1)
        turn = np.radians(0.0 if np.isnan(self.azimuth) else self.azimuth)
        along, across = self.semi_major * np.cos(angle), self.semi_minor * np.sin(angle)
        x = self.center[0] + along * np.sin(turn) - across * np.cos(turn)
        y = self.center[1] + along * np.cos(turn) + across * np.sin(turn)
        return np.column_stack([x, y])


def ellipse(x: ArrayLike, y: ArrayLike, weights: ArrayLike | None = None) -> Ellipse:
    """Give weighted mean center and standard deviational ellipse of points on a grid.

    Parameters
    ----------
    x, y : array-like, shape (n,)
        Coordinates on a plane, to grid east and grid north; Series are aligned by index.
    weights : array-like, shape (n,), optional
        Not negative; equal when left out.

    Returns
    -------
    Ellipse
        ``center``, ``semi_major`` and ``semi_minor`` in the unit of x, ``azimuth`` of the major
        axis in degrees clockwise from grid north; `outline` gives points on it.

    Notes
    -----
    The axes are the roots of the eigenvalues of the weighted covariance, sum w d d' / sum w,
    without a correction for degrees of freedom and without the factor sqrt(2) that some programs
    add [1]_. About 39 % of a normal distribution lie within.

    References
    ----------
    .. [1] Yuill, R. S. (1971). The standard deviational ellipse: an updated tool for spatial
       description. Geografiska Annaler B, 53(1), 28-39.

    Examples
    --------
    >>> found = ellipse([-2, 2, 0, 0], [0, 0, -1, 1])
    >>> round(found.semi_major, 3), round(found.semi_minor, 3), round(found.azimuth, 6)
    (1.414, 0.707, 90.0)
    """
    points, w = _points(x, y, weights)
    center = w @ points / w.sum()
    away = points - center
    covariance = (away.T * w) @ away / w.sum()
    (xx, xy), (_, yy) = covariance
    half, spread = (xx + yy) / 2, float(np.hypot((xx - yy) / 2, xy))
    if half <= 0:
        raise UndefinedError("regression.ellipse_one_place")
    azimuth = float("nan")
    if spread > 1e-12 * half:
        azimuth = _half_turn(float(np.degrees(np.arctan2(2 * xy, yy - xx)) / 2))
    return Ellipse(
        (float(center[0]), float(center[1])),
        float(np.sqrt(half + spread)),
        float(np.sqrt(max(half - spread, 0.0))),
        azimuth,
    )


def _half_turn(azimuth: float) -> float:
    """Bring the direction of an axis into [0, 180); the remainder of -1e-17 would be 180."""
    turned = azimuth % 180
    return 0.0 if turned == 180 else turned


def _points(x: ArrayLike, y: ArrayLike, weights: ArrayLike | None) -> tuple[np.ndarray, np.ndarray]:
    """Give coordinates of shape (n, 2) and weights, aligned and checked."""
    parts: list[Any] = [x, y] if weights is None else [x, y, weights]
    if all(isinstance(part, pd.Series) for part in parts):
        table = pd.concat(parts, axis=1)
        if any(len(part) != len(table) for part in parts):
            raise InputError("regression.ellipse_lengths", lengths=[len(p) for p in parts])
        parts = [table.iloc[:, place] for place in range(len(parts))]
    arrays = [np.asarray(part, dtype=float).ravel() for part in parts]
    if len({array.size for array in arrays}) > 1 or arrays[0].size == 0:
        raise InputError("regression.ellipse_lengths", lengths=[a.size for a in arrays])
    w = np.ones(arrays[0].size) if weights is None else arrays[2]
    problems = Problems()
    if not all(np.isfinite(array).all() for array in arrays):
        problems.add("regression.ellipse_blank")
    elif (w < 0).any() or w.sum() <= 0:
        problems.add("regression.ellipse_weights", least=float(w.min()))
    problems.raise_if_any()
    return np.column_stack(arrays[:2]), w


def ellipse_path(
    places: pd.DataFrame, panel: pd.DataFrame, *, projection: str | None = None
) -> pd.DataFrame:
    """Follow the weighted center and ellipse of regions over the years.

    Places are polygons (their centroids in the projection) or columns lon and lat; the projection
    is Lambert's azimuthal equal-area one around the middle unless given. On the grid the meridian
    of the center leans from the vertical; the azimuth is turned by that angle at the center. At a
    pole, where every meridian meets, lon is 0, the azimuth counts from that meridian and a shift
    has no direction. Distances are geodesics of the WGS 84 ellipsoid (Karney, 2013).
    """
    from pyproj import Geod, Transformer

    found = wide_panel(panel, least=1)
    chosen = _placed(places, found.index)
    if projection is None:
        projection = equal_area(chosen)
    x, y = _project(chosen, projection)
    back = Transformer.from_crs(projection, "EPSG:4326", always_xy=True)
    geod = Geod(ellps="WGS84")
    rows: dict[Any, dict[str, Any]] = {}
    before: tuple[float, float] | None = None
    first: tuple[float, float] | None = None
    for year in found.columns:
        shape = ellipse(x, y, found[year].to_numpy())
        lon, lat = back.transform(*shape.center)
        here = (0.0 if abs(lat) > 90 - AT_POLE else lon, lat)
        rows[year] = {
            "lon": here[0],
            "lat": here[1],
            "semi_major_km": shape.semi_major / 1000,
            "semi_minor_km": shape.semi_minor / 1000,
            "ratio": shape.semi_minor / shape.semi_major,
            "area_km2": shape.area / 1e6,
            "azimuth": _half_turn(shape.azimuth + grid_convergence(*here, projection)),
        }
        first = first or here
        rows[year].update(_shift(geod, before, here, first))
        before = here
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("year")
    return table.assign(projection=projection)


def _shift(geod: Any, before: Any, here: Any, first: Any) -> dict[str, Any]:
    """Give distance and direction from the year before, and distance from the first."""
    total = geod.inv(*first, *here)[2] / 1000
    nothing = {"shift_km": np.nan, "shift_azimuth": np.nan, "direction": ""}
    if before is None:
        return {**nothing, "total_shift_km": total}
    azimuth, _, meters = geod.inv(*before, *here)
    if meters < 1e-6:
        return {**nothing, "shift_km": 0.0, "total_shift_km": total}
    if abs(before[1]) > 90 - AT_POLE:
        return {**nothing, "shift_km": meters / 1000, "total_shift_km": total}
    name = COMPASS[int(((azimuth % 360) + 22.5) // 45) % 8]
    return {
        "shift_km": meters / 1000,
        "shift_azimuth": azimuth % 360,
        "direction": name,
        "total_shift_km": total,
    }


def grid_convergence(lon: float, lat: float, projection: str) -> float:
    """Give what an azimuth from grid north needs to count from true north, in degrees.

    At a pole it counts from the meridian named; NaN outside of the projection.
    """
    from pyproj import Proj

    turn = float(Proj(projection).get_factors(lon, lat).meridian_convergence)
    return turn if np.isfinite(turn) else float("nan")


def _placed(places: Any, keys: pd.Index) -> Any:
    """Give the places of the regions, in the order of the keys."""
    missing = [str(key) for key in keys if key not in places.index]
    if missing:
        raise InputError("regression.place_missing", regions=missing)
    chosen = places.loc[keys]
    if not hasattr(chosen, "geometry"):
        lacking = [name for name in ("lon", "lat") if name not in chosen.columns]
        if lacking:
            raise InputError("regression.place_columns", columns=lacking)
    return chosen


def _project(chosen: Any, projection: str) -> tuple[np.ndarray, np.ndarray]:
    """Give the coordinates of places on the grid."""
    if hasattr(chosen, "geometry"):
        centers = chosen.geometry.to_crs(projection).centroid
        return centers.x.to_numpy(), centers.y.to_numpy()
    from pyproj import Transformer

    forward = Transformer.from_crs("EPSG:4326", projection, always_xy=True)
    x, y = forward.transform(chosen["lon"].to_numpy(float), chosen["lat"].to_numpy(float))
    return np.asarray(x), np.asarray(y)


def ellipse_outlines(path: pd.DataFrame, *, points: int = 72) -> dict[Any, np.ndarray]:
    """Give the closed ring of each year's ellipse, shape (points + 1, 2): longitude, latitude."""
    from pyproj import Transformer

    rings: dict[Any, np.ndarray] = {}
    for year, row in path.iterrows():
        grid = str(row["projection"])
        forward = Transformer.from_crs("EPSG:4326", grid, always_xy=True)
        center = forward.transform(row["lon"], row["lat"])
        turn = grid_convergence(row["lon"], row["lat"], grid)
        major, minor = row["semi_major_km"] * 1000, row["semi_minor_km"] * 1000
        x, y = Ellipse(center, major, minor, row["azimuth"] - turn).outline(points).T
        lon, lat = forward.transform(x, y, direction="INVERSE")
        rings[year] = np.column_stack([lon, lat])
    return rings
