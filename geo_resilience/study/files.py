"""The files of a run, written into a folder: tables, the geopackage and the provenance."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geo_resilience.notes import Note
from geo_resilience.results import Results
from geo_resilience.saved import study_facts
from geo_resilience.study.folder import replacing
from geo_resilience.study.provenance import describe
from geo_resilience.tables import CATALOG, Context, made

__all__ = ["write_files", "write_tables"]

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
        CATALOG[stem].write(results[stem], folder / CATALOG[stem].file, bom=bom)
    with _fixed_time():
        _layer(results).to_file(
            folder / "regions.gpkg", layer="regions", driver="GPKG", engine="pyogrio"
        )
    _write_provenance({**results.provenance, "study": study_facts(results)}, folder)


def write_tables(
    tables: Mapping[str, pd.DataFrame],
    out: Path,
    *,
    asked: Mapping[str, Any],
    inputs: Mapping[str, Path],
    notes: Iterable[Note],
    language: str,
) -> None:
    """Write the tables of a single command into a folder of its own, with their provenance.

    Parameters
    ----------
    tables : mapping of stem to DataFrame
    out : Path
        Replaced as a whole, as by a run.
    asked : mapping
        What the command was asked; ``seed`` among it where it drew at random.
    inputs : mapping of name to Path
    notes : iterable of Note
    language : str
    """
    with replacing(out) as folder:
        for stem, table in made(tables, Context(), language).items():
            CATALOG[stem].write(table, folder / CATALOG[stem].file, bom=language == "zh")
        _write_provenance(describe({"seed": None, **asked}, inputs, notes, language), folder)


def _write_provenance(provenance: Mapping[str, Any], folder: Path) -> None:
    text = json.dumps(provenance, ensure_ascii=False, indent=2, sort_keys=True)
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
