"""A base map made up for tests: four units, an area, three lines and an inset, in degrees."""

from __future__ import annotations

import geopandas as gpd
import shapely

DASHED = shapely.LineString([(114.0, 29.0), (114.25, 28.5), (114.3000001, 28.4), (114.3, 28.0)])
PARTED = shapely.MultiLineString([[(110, 33), (111, 33.5)], [(111.2, 33.6), (112, 34)]])


def base_layers() -> dict[str, gpd.GeoDataFrame]:
    """Units a to d in a row, area beside, a line parted in two, a dashed one, an inset."""
    boxes = [shapely.box(110 + place, 30, 111 + place, 32) for place in range(4)]
    far = shapely.box(112, 22, 112.3, 22.3)
    boxes[2] = shapely.MultiPolygon([boxes[2], far])
    units = {
        "code": list("abcd"),
        "title": ["Ash", "Birch", "Cedar", "Date"],
        "title_zh": ["甲", "乙", "丙", "丁"],
    }
    areas = {"name": ["Elm", "Fir"], "name_zh": ["戊", "己"]}
    lines = {"name": ["long", "dashed"], "style": [None, "dashed"]}
    near = [shapely.box(114.5, 30, 115, 31), shapely.box(112.5, 22.5, 112.7, 22.7)]
    box = [shapely.box(111.5, 21.5, 113, 23.5)]
    return {
        "units": gpd.GeoDataFrame(units, geometry=boxes, crs=4326),
        "areas": gpd.GeoDataFrame(areas, geometry=near, crs=4326),
        "lines": gpd.GeoDataFrame(lines, geometry=[PARTED, DASHED], crs=4326),
        "inset": gpd.GeoDataFrame(
            {"caption": ["Southern isles"], "caption_zh": ["南部岛屿"]}, geometry=box, crs=4326
        ),
    }


def write_layers(layers: dict[str, gpd.GeoDataFrame], file) -> None:
    """Write layers into one GeoPackage."""
    for name, layer in layers.items():
        layer.to_file(file, layer=name, driver="GPKG")
