"""Does a variable rise from west to east, or from south to north."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.spatial.groups._likelihood_ratio import ErrorModel, refuse_filled
from geo_resilience.spatial.neighbors._alignment import Linked, align
from geo_resilience.statistics._arrays import Array
from geo_resilience.statistics._repetitions import NULL_DRAWS, Rng

if TYPE_CHECKING:
    import geopandas as gpd

    from geo_resilience.regions import Regions


def center_coordinates(regions: Regions | gpd.GeoDataFrame) -> pd.DataFrame:
    """Give the centers of regions in kilometers: x (eastward), y (northward) by region key.

    They count from the middle of all regions, in Lambert's azimuthal equal-area projection there.
    """
    from geo_resilience.spatial.neighbors._distances import EARTH_RADIUS_KM, centers

    frame: Any = getattr(regions, "frame", regions)
    if frame.crs is None:
        raise InputError("neighbors.no_crs")
    longitude, latitude = np.radians(centers(frame.geometry)).T
    level = np.cos(latitude)
    points = np.column_stack(
        [level * np.cos(longitude), level * np.sin(longitude), np.sin(latitude)]
    )
    x, y, z = points.mean(axis=0)
    away, middle = longitude - np.arctan2(y, x), np.arctan2(z, np.hypot(x, y))
    height = np.sin(middle) * np.sin(latitude) + np.cos(middle) * level * np.cos(away)
    scale = EARTH_RADIUS_KM * np.sqrt(2.0 / (1.0 + height))
    north = np.cos(middle) * np.sin(latitude) - np.sin(middle) * level * np.cos(away)
    return pd.DataFrame({"x": scale * level * np.sin(away), "y": scale * north}, index=frame.index)


def gradient(
    y: pd.Series,
    coordinates: pd.DataFrame,
    neighbors: Linked,
    *,
    draws: int = NULL_DRAWS,
    rng: Rng = None,
) -> pd.DataFrame:
    """Test whether a variable changes steadily across the map.

    Parameters
    ----------
    y : Series
        Values by region key.
    coordinates : DataFrame
        Columns x (eastward) and y (northward) by region key, in kilometers.
    neighbors : Neighbors or libpysal.graph.Graph
        Over the same keys.
    draws : int
        Bootstrap draws.
    rng : None, int or numpy.random.Generator

    Returns
    -------
    DataFrame
        Rows west_east, south_north (each direction alone) and surface (both together); columns
        slope (least squares, per 1,000 km; NaN for the surface), r2, ratio (likelihood ratio in
        a spatial error model) and p_spatial (its parametric bootstrap, as in `compare_groups`).

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6)
    >>> points = pd.DataFrame({"x": [0.0, 100, 200, 300], "y": [0.0, 9, 0, 5]}, list("abcd"))
    >>> found = gradient(pd.Series([1.0, 2, 3, 4], list("abcd")), points, row, draws=19, rng=0)
    >>> found.loc["west_east", ["slope", "r2"]].round(6).tolist()
    [10.0, 1.0]
    """
    return gradients(y.to_frame(), coordinates, neighbors, draws=draws, rng=rng)[0]


def gradients(
    wide: pd.DataFrame,
    coordinates: pd.DataFrame,
    neighbors: Linked,
    *,
    draws: int = NULL_DRAWS,
    rng: Rng = None,
) -> list[pd.DataFrame]:
    """Test every column as `gradient` does; all share the draws."""
    aligned = align(wide, neighbors, least=4)
    missing = wide.index.difference(coordinates.index)
    if len(missing):
        shown = [str(key) for key in missing][:8]
        raise InputError("spatial.keys_without_value", name="coordinates", regions=shown)
    refuse_filled(aligned.links)
    at = coordinates.loc[wide.index, ["x", "y"]].to_numpy(dtype=float) / 1000.0
    apart = at - at.mean(axis=0)
    model = ErrorModel(aligned.links, draws=draws, rng=rng)
    return [_tested(values, apart, model) for values in aligned.values.T]


def _tested(values: Array, apart: Array, model: ErrorModel) -> pd.DataFrame:
    found = model.test(values, [apart[:, 0], apart[:, 1], apart])
    z = values - values.mean()
    total = float(z @ z)
    rows = []
    for columns in ([0], [1], [0, 1]):
        slopes, *_ = np.linalg.lstsq(apart[:, columns], z, rcond=None)
        rest = z - apart[:, columns] @ slopes
        share = 1.0 - float(rest @ rest) / total if total > 0 else np.nan
        rows.append((float(slopes[0]) if len(columns) == 1 else np.nan, share))
    table = pd.DataFrame(rows, ["west_east", "south_north", "surface"], ["slope", "r2"])
    return table.assign(ratio=found.ratios, p_spatial=found.p).rename_axis("direction")
