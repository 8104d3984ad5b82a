"""Boundary files as they come: through one door, whatever their format."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from geo_resilience.databases import Answer
from geo_resilience.errors import InputError, did_you_mean
from geo_resilience.notes import Note
from geo_resilience.regions import _archives
from geo_resilience.regions._boundary_tables import shapes_of
from geo_resilience.regions._formats import ARCHIVES, DRAWN, GEODATABASE, format_of, is_json
from geo_resilience.regions._geopackages import check_layer, layers_inside
from geo_resilience.regions._reference_systems import json_system, system_of
from geo_resilience.tables._reading import kind_of
from geo_resilience.words import Phrase

#: Formats that are databases of SQLite.
_SQLITE = ("GeoPackage", "SQLite")

#: Text of a feature a line: by the name of the file, or by how it begins.
_LINES = {".geojsonl", ".geojsons"}
_FEATURE = re.compile(rb'[\xef\xbb\xbf\x1e]*\{("id":[^{\[]{0,99},)?"type":"Feature",')

#: Settings of GDAL while a file is read: it asks nothing of the network nor of
#: other files, and a code like 07 stays text.
_OFFLINE = {
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}",
    "GDAL_HTTP_PROXY": "127.0.0.1:9",
    "GDAL_HTTPS_PROXY": "127.0.0.1:9",
    "GDAL_HTTP_CONNECTTIMEOUT": "1",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "GML_DOWNLOAD_SCHEMA": "NO",
    "GML_FIELDTYPES": "ALWAYS_STRING",
    "LIBKML_RESOLVE_STYLE": "NO",
    "LIBKML_EXTERNAL_STYLE": "NO",
}


def open_boundaries(
    path: str | Path | Answer, layer: str | None = None, *, empty: bool = False
) -> tuple[gpd.GeoDataFrame, tuple[Note, ...]]:
    """Read a boundary file, or what a database gave, as it is; empty only where that may be."""
    if isinstance(path, Answer):
        return _flat(shapes_of(path)), ()
    file = Path(path)
    _check_place(file)
    with _telling_damage(file), _archives.opened(file, layer) as (inside, read):
        if format_of(inside) == "GeoParquet":
            frame, notes = _read_parquet(inside, file)
            for name in frame.columns.drop(frame.geometry.name):
                frame[name].to_list()  # Arrow believes texts to be letters until they are read
        else:
            frame, notes = _read_vector(inside, file, layer)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise InputError("regions.no_geometry", file=file, columns=list(frame.columns))
    if frame.empty and not empty:
        raise InputError("regions.no_regions", file=file)
    return _flat(frame), (*read, *notes)


def _flat(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame.set_geometry(shapely.force_2d(frame.geometry.array))


@contextmanager
def _telling_damage(file: Path) -> Iterator[None]:
    """Say of a damaged file that it cannot be read, whatever GDAL, Arrow and GEOS raise on it."""
    try:
        yield
    except (InputError, MemoryError):
        raise
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError("regions.unreadable", file=file, reason=reason) from error


def layer_names(path: str | Path) -> list[str]:
    """Name the layers of a file, or the files of a zip archive that holds several."""
    file = Path(path)
    _check_place(file)
    with _telling_damage(file):
        if file.suffix.casefold() in ARCHIVES:
            inside = _archives.members(file)
            if len(inside) > 1:
                return [PurePosixPath(name).stem for name in inside]
        with _archives.opened(file) as (place, _):
            return _layers_of(place, file)


def _check_place(file: Path) -> None:
    """Demand that a file is there (a file geodatabase is a folder)."""
    kind = kind_of(file)
    if kind == "folder" and file.suffix.casefold() != GEODATABASE:
        inside = sorted(e.name for e in file.iterdir() if e.suffix.casefold() in DRAWN)
        hint = Phrase("problem.regions.hint_inside", {"files": inside[:5]}) if inside else ""
        raise InputError("regions.is_folder", file=file, hint=hint)
    if kind == "other":
        raise InputError("regions.no_plain_file", file=file)
    if not kind:
        names = [e.name for e in file.parent.iterdir()] if kind_of(file.parent) == "folder" else []
        raise InputError("regions.no_file", file=file, hint=did_you_mean(file.name, names))
    if kind == "file" and file.stat().st_size == 0:
        raise InputError("regions.empty_file", file=file)


def _read_parquet(file: Path, called: Path) -> tuple[Any, tuple[Note, ...]]:
    """Read GeoParquet, or Parquet whose columns are of a type of geometry."""
    from pyarrow import parquet

    about = json.loads((parquet.read_schema(file).metadata or {}).get(b"geo", b"null"))
    if about is not None:
        columns = about["columns"].values()
        edges = {each.get("edges", "planar") for each in columns}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return gpd.read_parquet(file), _edge_notes(edges, called)
    stored = parquet.ParquetFile(file)
    kinds = _geometry_types(stored.schema)
    if not kinds:
        raise InputError("regions.no_geometry", file=called, columns=stored.schema_arrow.names)
    table = stored.read()
    name = "geometry" if "geometry" in kinds else next(iter(kinds))
    column = table[name].combine_chunks()
    shapes = shapely.from_wkb(getattr(column, "storage", column).to_numpy(zero_copy_only=False))
    frame = table.drop_columns(list(kinds)).to_pandas()
    said = kinds[name].get("crs") or "OGC:CRS84"
    crs = system_of(_parquet_system(said, stored.schema_arrow.metadata or {}))
    edges = {"spherical" if kinds[name]["Type"] == "Geography" else "planar"}
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=crs), _edge_notes(edges, called)


def _geometry_types(schema: Any) -> dict[str, dict[str, Any]]:
    """Give the columns of a type of geometry, and what the type says."""
    columns = [schema.column(place) for place in range(len(schema.names))]
    told = {each.path: json.loads(each.logical_type.to_json()) for each in columns}
    return {
        name: kind for name, kind in told.items() if kind.get("Type") in ("Geometry", "Geography")
    }


def _parquet_system(said: str, metadata: dict[bytes, bytes]) -> str:
    """Give the reference system of a type of geometry as PROJ knows it."""
    kind, _, rest = said.partition(":")
    if kind == "projjson":
        return metadata.get(rest.encode(), b"").decode("utf-8", "replace")
    return f"EPSG:{rest}" if kind == "srid" else said


def _edge_notes(edges: set[str], called: Path) -> tuple[Note, ...]:
    return (Note("regions.round_edges", called.name),) if edges - {"planar"} else ()


def _read_vector(file: Path, called: Path, layer: str | None) -> tuple[Any, tuple[Note, ...]]:
    """Read with GDAL; text of a Shapefile without a stated encoding is found out."""
    if called.suffix.casefold() in ARCHIVES and len(_archives.members(called)) > 1:
        layer = None  # it named the file
    layer = _layer(file, called, layer)
    source, options = _source(file)
    is_shapefile = format_of(file) == "Shapefile"
    if not is_shapefile or any(file.with_suffix(each).exists() for each in (".cpg", ".CPG")):
        try:
            frame = _quietly(pyogrio.read_dataframe, source, layer=layer, **options)
        except UnicodeDecodeError:
            if not is_shapefile:
                raise
        else:
            has_shapes = isinstance(frame, gpd.GeoDataFrame)
            return json_system(file, frame) if is_json(file) and has_shapes else frame, ()
    raw = _quietly(pyogrio.read_dataframe, source, layer=layer, encoding="ISO-8859-1")
    return _decoded(raw, called)


def _source(file: Path) -> tuple[str | bytes, dict[str, str]]:
    """Say what GDAL opens, by which of its drivers, and the options of that.

    A text names its driver, so that no other looks into it; XML is handed over as it was read, so
    that nothing beside the file counts.
    """
    if is_json(file):
        return f"{_json_driver(file)}:{file}", {}
    if format_of(file) == "GML":
        return file.read_bytes(), {"DOWNLOAD_SCHEMA": "NO", "WRITE_GFS": "NO"}
    if format_of(file) == "KML":
        return file.read_bytes(), {}
    return str(file), {}


def _json_driver(file: Path) -> str:
    """Tell GeoJSON, a feature a line or all in one, from what else is written as JSON."""
    with file.open("rb") as stream:
        start = b"".join(stream.read(1 << 16).split())
    if file.suffix == ".topojson" or b'"type":"Topology"' in start:
        return "TopoJSON"
    if b'"geometryType":"esri' in start:
        return "ESRIJSON"
    return "GeoJSONSeq" if file.suffix in _LINES or _FEATURE.match(start) else "GeoJSON"


def _quietly(call: Callable[..., Any], source: str | bytes, **options: Any) -> Any:
    """Read offline, without GDAL's remarks on headers and rings; what matters is checked later."""
    with warnings.catch_warnings(), gdal_options(_OFFLINE):
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.simplefilter("ignore", UserWarning)
        return call(source, **options)


@contextmanager
def gdal_options(wanted: dict[str, str]) -> Iterator[None]:
    """Set options of GDAL for a while."""
    before = {name: pyogrio.get_gdal_config_option(name) for name in wanted}
    pyogrio.set_gdal_config_options(wanted)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


def _layers_of(file: Path, called: Path) -> list[str]:
    if format_of(file) == "GeoParquet":
        return [file.stem]
    if format_of(file) in _SQLITE:
        return layers_inside(file, str(called))
    return [str(name) for name in _quietly(pyogrio.list_layers, _source(file)[0])[:, 0]]


def _layer(file: Path, called: Path, layer: str | None) -> str | None:
    """Find the layer: the one named, or the only one."""
    names = _layers_of(file, called)
    if layer is not None and layer not in names:
        raise InputError("regions.layer_unknown", file=called, layer=layer, layers=names)
    if layer is None and len(names) > 1:
        raise InputError("regions.layer_unnamed", file=called, layers=names)
    if format_of(file) in _SQLITE and names:
        layer = layer or names[0]
        check_layer(file, layer, str(called))
    return layer


def _decoded(frame: pd.DataFrame, file: Path) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """Turn text that was read byte for byte into what it says."""
    texts = [name for name in frame.columns if pd.api.types.is_string_dtype(frame[name].dtype)]
    cells = [str(name).encode("latin-1") for name in frame.columns if not str(name).isascii()]
    cells += [cell.encode("latin-1") for cell in _non_ascii(frame[texts])]
    if not cells:
        return frame, ()
    encoding = _found_encoding(cells)

    def read(text: Any) -> Any:
        if not isinstance(text, str):
            return text
        return text.encode("latin-1").decode(encoding)

    frame = frame.copy()
    for name in texts:
        frame[name] = frame[name].map(read)
    # a column name may be cut in the middle of a character: Shapefiles keep ten bytes
    frame.columns = pd.Index(
        [str(name).encode("latin-1").decode(encoding, "ignore") for name in frame.columns]
    )
    return frame, (Note("regions.encoding", file.name, {"encoding": encoding}),)


def _non_ascii(frame: pd.DataFrame) -> Iterator[str]:
    """Give the cells that hold more than ASCII."""
    for name in frame.columns:
        for cell in frame[name]:
            if isinstance(cell, str) and not cell.isascii():
                yield cell


def _found_encoding(cells: list[bytes]) -> str:
    """Find the encoding of some cells: UTF-8, else Chinese, else Western European."""
    if all(_decodes(cell, "utf-8") for cell in cells):
        return "utf-8"
    # two bytes at or above A1 make one of the common characters; accents rarely come in pairs
    chinese = sum(_decodes(cell, "gb2312") for cell in cells)
    if 2 * chinese >= len(cells) and all(_decodes(cell, "gb18030") for cell in cells):
        return "gb18030"
    return "cp1252" if all(_decodes(cell, "cp1252") for cell in cells) else "latin-1"


def _decodes(cell: bytes, encoding: str) -> bool:
    try:
        cell.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
