"""What a run knows of its regions as layers of a map: the regions with the last year's scores."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from geo_resilience.results import Results
from geo_resilience.tables._columns import SIGNIFICANT_DIGITS


def regions_layer(results: Results) -> gpd.GeoDataFrame:
    """Geometry of every region with the last year's results; none for excluded regions."""
    last = results.in_year().drop(columns="name").convert_dtypes(dtype_backend="numpy_nullable")
    layer = ground(results).join(last)
    layer["grade"] = layer["grade"].astype(object).where(layer["grade"].notna(), None)
    first = [name for name in layer if name != "geometry"]
    return layer.reset_index(names="adcode")[["adcode", *first, "geometry"]]


def ground(results: Results) -> gpd.GeoDataFrame:
    """Names and geometry of every region by its key; ``name`` in the language of the study."""
    frame = results.regions.frame[["name", "name_zh", "geometry"]].copy()
    frame.insert(0, "name_en", frame["name"])
    frame["name"] = results.regions.names(results.language)
    return frame[["name", "name_en", "name_zh", "geometry"]]


def write_geoparquet(results: Results, folder: Path) -> None:
    """Write the regions with the last year's scores as regions.parquet, GeoParquet 1.1.

    Geometry is as in the boundaries, in their reference system, with a box a region by which
    readers skip what they do not need.
    """
    regions_layer(results).to_parquet(
        folder / "regions.parquet",
        index=False,
        compression="zstd",
        schema_version="1.1.0",
        write_covering_bbox=True,
    )


def write_geojson(results: Results, folder: Path) -> None:
    """Write the regions with the last year's scores as regions.geojson, as RFC 7946 has it.

    That is: longitude and latitude in WGS 84, seven decimals (a centimeter), outer rings
    counterclockwise, polygons cut where they cross 180 degrees.
    """
    regions_layer(results).to_file(
        folder / "regions.geojson",
        driver="GeoJSON",
        engine="pyogrio",
        layer="regions",
        RFC7946="YES",
        COORDINATE_PRECISION=7,
        SIGNIFICANT_FIGURES=SIGNIFICANT_DIGITS,
    )
