"""The files of a run, written into a folder: tables, geopackage, summary and provenance."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import pandas as pd

from geo_resilience.notes import Note
from geo_resilience.report import summary_lines
from geo_resilience.results import Results
from geo_resilience.results._reading import study_facts, table_folder
from geo_resilience.study._folder import maker_of, replacing, settle, write_provenance
from geo_resilience.tables import CATALOG, LARGE, Context, made
from geo_resilience.words import LANGUAGES, Phrase

#: GDAL stamps a GeoPackage with the time of writing; a fixed one keeps the bytes the same.
FIXED_TIME = "2000-01-01T00:00:00.000Z"


def write_files(results: Results, folder: Path, *, bom: bool = False) -> None:
    """Write tables, regions.gpkg, base.gpkg, summary.txt and provenance.json into a folder."""
    for stem in results:
        place = table_folder(folder, stem)
        place.mkdir(exist_ok=True)
        CATALOG[stem].write(results[stem], place, bom=bom)
    with _fixed_time():
        _write_layer(region_layer(results), folder / "regions.gpkg", "regions")
        for name, layer in results.regions.base.layers.items():
            _write_layer(layer, folder / "base.gpkg", name)
    _write_text("\n".join(summary_lines(results)), folder / "summary.txt")
    write_provenance({**results.provenance, "study": study_facts(results)}, folder)


def _write_layer(layer: gpd.GeoDataFrame, file: Path, name: str) -> None:
    layer.to_file(file, layer=name, driver="GPKG", engine="pyogrio")


def large_notes(tables: Mapping[str, pd.DataFrame]) -> list[Note]:
    """Say which tables are written as Parquet for being large."""
    files = {stem: CATALOG[stem].files(table) for stem, table in tables.items()}
    told = [_large(names) for names in files.values() if names[-1].endswith(".parquet")]
    return [Note("study.large_tables", values={"most": LARGE // 10**6, "files": told})] * bool(told)


def _large(names: Sequence[str]) -> str | Phrase:
    """Name a Parquet file, and the CSV beside it."""
    *beside, parquet = names
    return Phrase("study.large_beside", {"parquet": parquet, "csv": beside}) if beside else parquet


def settle_command(command: str, out: Path | None) -> None:
    """Refuse, before anything is computed, a folder where a command's tables may not go."""
    if out is not None:
        settle(out, maker=maker_of({"plan": {"command": command}}))


def write_tables(
    tables: Mapping[str, pd.DataFrame],
    out: Path,
    *,
    asked: Mapping[str, Any],
    inputs: Mapping[str, Path],
    notes: Iterable[Note],
    language: str,
) -> None:
    """Write the tables of a single command into a folder of its own, with their provenance."""
    made_tables = made(dict(tables), Context(), language)
    notes = [*notes, *large_notes(made_tables)]
    with replacing(out, maker=maker_of({"plan": asked})) as folder:
        for stem, table in made_tables.items():
            CATALOG[stem].write(table, folder, bom=language != LANGUAGES[0])
        origin = origin_of({"seed": None, **asked}, inputs)
        write_provenance(describe(origin, notes, language), folder)


def _write_text(text: str, file: Path) -> None:
    file.write_text(text + "\n", encoding="utf-8", newline="\n")


def region_layer(results: Results) -> gpd.GeoDataFrame:
    """Geometry of every region with the last year's results; none for excluded regions."""
    last = results.in_year().drop(columns="name").convert_dtypes(dtype_backend="numpy_nullable")
    ground = results.regions.frame[["name", "name_zh", "geometry"]].copy()
    ground.insert(0, "name_en", ground["name"])
    ground["name"] = results.regions.names(results.language)
    ground = ground[["name", "name_en", "name_zh", "geometry"]]
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


#: Packages whose version can change a figure.
PACKAGES = (
    "geo-resilience",
    "folium",
    "geopandas",
    "libpysal",
    "matplotlib",
    "numpy",
    "pandas",
    "pyogrio",
    "pyproj",
    "scipy",
    "shapely",
)


def describe(
    origin: Mapping[str, Any], notes: Iterable[Note] = (), language: str = LANGUAGES[0]
) -> dict[str, Any]:
    """Give the content of provenance.json: neither a time nor an absolute path is in it."""
    return {"made_by": "geo_resilience", **origin, "notes": noted(notes, language)}


def origin_of(
    echo: Mapping[str, Any],
    inputs: Mapping[str, Path],
    *,
    study_file: str = "",
    hashed: Callable[[Path], str] | None = None,
    asked: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """Give what results hang on: where nothing of it has changed, they are the same bytes.

    ``asked``: the SHA-256 of what databases gave, by what was asked.
    """
    hashed = hashed or fingerprint
    read = {name: hashed(path) for name, path in inputs.items()} | dict(asked)
    return {
        "study_file": study_file,
        "versions": {"python": platform.python_version()}
        | {package: version(package) for package in PACKAGES},
        "seed": echo["seed"],
        "plan": dict(echo),
        "inputs": dict(sorted(read.items())),
    }


def noted(notes: Iterable[Note], language: str) -> list[dict[str, Any]]:
    """Give notes as plain values, worded in the language of the study and in every one."""
    return [
        {
            "code": each.code,
            "where": each.where,
            "text": each.say(language),
            "texts": {spoken: each.say(spoken) for spoken in LANGUAGES},
        }
        for each in notes
    ]


def fingerprint(path: Path) -> str:
    """Give the SHA-256 of a file as hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
