"""Boundary files as they come: formats, layers, text encodings."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from geo_resilience.errors import InputError, nearest
from geo_resilience.notes import Note
from geo_resilience.tables._reading import kind_of
from geo_resilience.words import Phrase

__all__ = ["open_boundaries"]

_PARQUET = {".parquet", ".geoparquet"}
#: A GeoPackage, a GeoDatabase folder and the like hold layers; these hold one.
_DRAWN = {".shp", ".geojson", ".json", ".gpkg", ".fgb", ".kml", ".gml", ".tab", ".sqlite", ".zip"}


def open_boundaries(
    path: str | Path, layer: str | None = None
) -> tuple[gpd.GeoDataFrame, tuple[Note, ...]]:
    """Read a boundary file as it is.

    Parameters
    ----------
    path : str or Path
        GeoJSON, GeoPackage, Shapefile (plain or zipped), GeoParquet or another format that GDAL
        reads.
    layer : str, optional
        Layer of a file that holds several.

    Returns
    -------
    frame : GeoDataFrame
        Columns and geometry as found, two-dimensional.
    notes : tuple of Note
        A text encoding that had to be found out.

    Raises
    ------
    InputError
        If the file is missing, a folder, damaged, without geometry, or of several layers of which
        none is named.
    """
    file = Path(path)
    _check_place(file)
    notes: tuple[Note, ...] = ()
    try:
        if file.suffix.casefold() in _PARQUET:
            frame = gpd.read_parquet(file)
        else:
            frame, notes = _read_vector(file, layer)
    except (InputError, MemoryError):
        raise
    except Exception as error:  # GDAL, Arrow and GEOS raise kinds of their own on damaged files
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError("regions.unreadable", file=file, reason=reason) from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise InputError("regions.no_geometry", file=file, columns=list(frame.columns))
    if frame.empty:
        raise InputError("regions.no_regions", file=file)
    return frame.set_geometry(shapely.force_2d(frame.geometry.array)), notes


def _check_place(file: Path) -> None:
    """Demand that a file is there (a file geodatabase is a folder)."""
    kind = kind_of(file)
    if kind == "folder" and file.suffix.casefold() != ".gdb":
        inside = sorted(e.name for e in file.iterdir() if e.suffix.casefold() in _DRAWN | _PARQUET)
        hint = Phrase("problem.regions.hint_inside", {"files": inside[:5]}) if inside else ""
        raise InputError("regions.is_folder", file=file, hint=hint)
    if not kind:
        names = [e.name for e in file.parent.iterdir()] if file.parent.is_dir() else []
        close = nearest(file.name, names)
        hint = Phrase("problem.regions.hint_meant", {"names": close}) if close else ""
        raise InputError("regions.no_file", file=file, hint=hint)
    if kind == "file" and file.stat().st_size == 0:
        raise InputError("regions.empty_file", file=file)


def _read_vector(file: Path, layer: str | None) -> tuple[Any, tuple[Note, ...]]:
    """Read with GDAL; text of a Shapefile without a stated encoding is found out."""
    source = _zipped(file) if file.suffix.casefold() == ".zip" else str(file)
    layer = _layer(file, source, layer)
    is_shapefile = source.casefold().endswith(".shp")
    if not is_shapefile or _encoding_is_stated(file, source):
        try:
            return _quietly(pyogrio.read_dataframe, source, layer=layer), ()
        except UnicodeDecodeError:
            if not is_shapefile:
                raise
    raw = _quietly(pyogrio.read_dataframe, source, layer=layer, encoding="ISO-8859-1")
    return _decoded(raw, file)


def _quietly(call: Callable[..., Any], source: str, **options: Any) -> Any:
    """Read without GDAL's remarks on headers and rings; what matters is checked later."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.simplefilter("ignore", UserWarning)
        return call(source, **options)


def _zipped(file: Path) -> str:
    """Give the address of the one boundary file inside an archive."""
    if not zipfile.is_zipfile(file):
        raise InputError("regions.not_zip", file=file)
    with zipfile.ZipFile(file) as archive:
        names = sorted(
            name
            for name in archive.namelist()
            if Path(name).suffix.casefold() in _DRAWN - {".zip"} and "__MACOSX" not in name
        )
    if len(names) != 1:
        raise InputError("regions.zip_content", file=file, found=names or "-")
    return f"/vsizip/{file.resolve()}/{names[0]}"


def _layer(file: Path, source: str, layer: str | None) -> str | None:
    """Find the layer: the one named, or the only one."""
    names = [str(name) for name in _quietly(pyogrio.list_layers, source)[:, 0]]
    if layer is not None:
        if layer not in names:
            raise InputError("regions.layer_unknown", file=file, layer=layer, layers=names)
        return layer
    if len(names) > 1:
        raise InputError("regions.layer_unnamed", file=file, layers=names)
    return None


def _encoding_is_stated(file: Path, source: str) -> bool:
    """Whether a .cpg file lies beside a Shapefile."""
    if source.startswith("/vsizip/"):
        inside = source.removeprefix(f"/vsizip/{file.resolve()}/")[:-4].casefold() + ".cpg"
        with zipfile.ZipFile(file) as archive:
            return inside in {name.casefold() for name in archive.namelist()}
    return any(file.with_suffix(suffix).exists() for suffix in (".cpg", ".CPG"))


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
