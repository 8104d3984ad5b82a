"""The files of a run, written into a folder: tables, the geopackage and the provenance."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd

from geo_resilience.results import Results

__all__ = ["write_files"]

#: GDAL stamps a GeoPackage with the time of writing; a fixed one keeps the bytes the same.
FIXED_TIME = "2000-01-01T00:00:00.000Z"


def write_files(results: Results, folder: Path, *, bom: bool = False) -> None:
    """Write every table as CSV, regions.gpkg and provenance.json into a folder.

    Parameters
    ----------
    results : Results
    folder : Path
        An existing folder.
    bom : bool
        Begin each CSV with a UTF-8 mark, by which Excel knows the encoding.
    """
    for stem in results:
        results[stem].to_csv(
            folder / f"{stem}.csv",
            index=False,
            encoding="utf-8-sig" if bom else "utf-8",
            lineterminator="\n",
        )
    with _fixed_time():
        _layer(results).to_file(
            folder / "regions.gpkg", layer="regions", driver="GPKG", engine="pyogrio"
        )
    text = json.dumps(results.provenance, ensure_ascii=False, indent=2, sort_keys=True)
    (folder / "provenance.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def _layer(results: Results) -> gpd.GeoDataFrame:
    """Geometry of every region with the last year's results; none for excluded regions."""
    last = results.in_year().drop(columns="name").convert_dtypes(dtype_backend="numpy_nullable")
    ground = results.regions.frame[["name", "name_zh", "geometry"]]
    layer = ground.join(last)
    layer["grade"] = layer["grade"].astype(object).where(layer["grade"].notna(), None)
    return gpd.GeoDataFrame(layer.reset_index(names="adcode"), crs=ground.crs)


@contextmanager
def _fixed_time() -> Iterator[None]:
    import pyogrio

    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_TIME})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
