"""Regions made up for tests: a box each."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd
from shapely import box

from geo_resilience.regions import Regions


def boxes(names: Mapping[str, str]) -> Regions:
    """Make regions of the user's own, by key, each called by its name."""
    frame = gpd.GeoDataFrame(
        {"name": list(names.values()), "name_zh": list(names.values())},
        index=pd.Index(list(names), name="adcode", dtype="str"),
        geometry=[box(i, 30, i + 1, 31) for i in range(100, 100 + len(names))],
        crs=4326,
    )
    return Regions(frame.sort_index(), "own.geojson")
