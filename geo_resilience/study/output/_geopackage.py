"""regions.gpkg: layers by topic on one geometry, what columns are called, how layers are drawn."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo_resilience.maps.gis import ColumnTitle, Style, lyrx, qml, sld, styles_of
from geo_resilience.regions._boundary_files import gdal_options
from geo_resilience.report.writers._clean import printable
from geo_resilience.results import Results
from geo_resilience.study.output._layers import fields_of, regions_layer, topic_layers
from geo_resilience.tables._kinds import kind_held
from geo_resilience.tables._sql import quoted
from geo_resilience.words import say

#: GDAL stamps a GeoPackage with the time of writing; a fixed one keeps the bytes the same.
FIXED_TIME = "2000-01-01T00:00:00.000Z"

#: Of GeoPackage: what programs of the last years read without a warning.
VERSION = "1.2"

#: The layer that holds the geometry, and the file that holds the layers.
REGIONS, FILE = "regions", "regions.gpkg"

#: What GeoPackage has for the columns' names, and QGIS for the styles (of QGIS 3.22).
_TABLES = """
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
  mime_type TEXT, constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
  min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
INSERT INTO gpkg_extensions VALUES
  ('gpkg_data_columns', NULL, 'gpkg_schema',
   'http://www.geopackage.org/spec/#extension_schema', 'read-write'),
  ('gpkg_data_column_constraints', NULL, 'gpkg_schema',
   'http://www.geopackage.org/spec/#extension_schema', 'read-write');
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
  f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
  styleName TEXT, styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
  owner TEXT(30), ui TEXT(30), update_time DATETIME);
"""


def write_geopackage(results: Results, folder: Path) -> None:
    """Write regions.gpkg, and the style of each of its layers as files in ``styles``."""
    ground = regions_layer(results)
    file = folder / FILE
    with fixed_time():
        write_layer(ground, file, REGIONS, version=VERSION)
    layers = topic_layers(results)
    columns = {name: list(layer.columns) for name, layer in layers.items()}
    columns = {REGIONS: [name for name in ground if name != "geometry"], **columns}
    styles = {name: styles_of(results, name) for name in columns}
    fields = {name: fields_of(results, name, held) for name, held in columns.items()}
    with closing(sqlite3.connect(file)) as package, package:
        package.executescript(_TABLES)
        for name, layer in layers.items():
            _add_layer(package, name, layer)
        for name, own in fields.items():
            _describe(package, name, own, results.language)
            _add_styles(package, name, styles[name], own)
        _register_styles(package)
    _write_styles(results, folder / "styles", styles, fields)


def write_layer(layer: gpd.GeoDataFrame, file: Path, name: str, version: str = "AUTO") -> None:
    """Write a layer into a GeoPackage."""
    layer.to_file(file, layer=name, driver="GPKG", engine="pyogrio", VERSION=version)


def fixed_time() -> AbstractContextManager[None]:
    """Have GDAL write the same time whenever it writes."""
    return gdal_options({"OGR_CURRENT_DATE": FIXED_TIME})


def _add_layer(package: sqlite3.Connection, name: str, layer: pd.DataFrame) -> None:
    """Add a layer as a view: its own columns in a table, the geometry that of the regions.

    Geometry is most of the file; so it stands there once. A view is as good a layer to programs as
    a table is; its first column names the rows. GDAL and QGIS, which offer every table, pass over
    those that begin with gpkg.
    """
    names = [quoted(column) for column in layer]
    kinds = [kind_held(layer[column]).gpkg for column in layer]
    table = quoted(f"gpkgvalues_{name}")
    told = ", ".join(f"{column} {kind}" for column, kind in zip(names, kinds, strict=True))
    package.execute(f"CREATE TABLE {table} (fid INTEGER PRIMARY KEY, {told})")
    rows = layer.astype(object).where(layer.notna(), None).itertuples(index=False, name=None)
    marks = ", ".join("?" * len(names))
    package.executemany(
        f"INSERT INTO {table} VALUES (?, {marks})",
        ((number, *row) for number, row in enumerate(rows, start=1)),
    )
    shown = ", ".join(f"v.{column}" for column in names)
    package.execute(
        f"CREATE VIEW {quoted(name)} AS SELECT r.fid AS OGC_FID, r.geom, {shown} "
        f"FROM {REGIONS} r JOIN {table} v ON v.fid = r.fid"
    )
    package.execute(
        "INSERT INTO gpkg_contents SELECT ?, data_type, ?, '', last_change, "
        "min_x, min_y, max_x, max_y, srs_id FROM gpkg_contents WHERE table_name = ?",
        (name, name, REGIONS),
    )
    package.execute(
        "INSERT INTO gpkg_geometry_columns SELECT ?, column_name, geometry_type_name, srs_id, z, m "
        "FROM gpkg_geometry_columns WHERE table_name = ?",
        (name, REGIONS),
    )


def _describe(
    package: sqlite3.Connection, layer: str, fields: Sequence[ColumnTitle], language: str
) -> None:
    """Say what a layer holds, what its columns are called, and what codes in them mean."""
    package.execute(
        "UPDATE gpkg_contents SET identifier = ?, description = ? WHERE table_name = ?",
        (say(f"layer.{layer}", language), say(f"layer_holds.{layer}", language), layer),
    )
    used: set[str] = set()
    for field in fields:
        name = field.title if field.title not in used else f"{field.title} ({field.name})"
        used.add(name)
        codes = f"{layer}_{field.name}" if field.labels else None
        package.execute(
            "INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, NULL, ?)",
            (layer, field.name, name, field.title, field.meaning, codes),
        )
        package.executemany(
            "INSERT INTO gpkg_data_column_constraints "
            "VALUES (?, 'enum', ?, NULL, NULL, NULL, NULL, ?)",
            [(codes, code, label) for code, label in field.labels],
        )


def _add_styles(
    package: sqlite3.Connection, layer: str, styles: Sequence[Style], fields: Sequence[ColumnTitle]
) -> None:
    """Add the styles of a layer, of which QGIS takes the first by itself."""
    package.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
        "f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner, "
        "update_time) VALUES ('', '', ?, 'geom', ?, ?, ?, ?, ?, '', ?)",
        [
            (
                layer,
                style.title,
                printable(qml(style, fields)),
                printable(sld(style, layer)),
                place == 0,
                style.column,
                FIXED_TIME,
            )
            for place, style in enumerate(styles)
        ],
    )


def _register_styles(package: sqlite3.Connection) -> None:
    """Name the styles among the contents: programs then show no table that is not named there."""
    package.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, "
        "srs_id) VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?, 0)",
        (FIXED_TIME,),
    )


def _write_styles(
    results: Results,
    folder: Path,
    styles: dict[str, list[Style]],
    fields: dict[str, list[ColumnTitle]],
) -> None:
    """Write how each layer is drawn by default: for QGIS, for map servers, for ArcGIS Pro."""
    folder.mkdir(exist_ok=True)
    for layer, (style, *_) in styles.items():
        own, title = fields[layer], say(f"layer.{layer}", results.language)
        written = {
            "qml": printable(qml(style, own)),
            "sld": printable(sld(style, layer)),
            "lyrx": lyrx(style, layer, title, own),
        }
        for ending, text in written.items():
            file = folder / f"{layer}.{ending}"
            file.write_text(text, encoding="utf-8", newline="\n")
