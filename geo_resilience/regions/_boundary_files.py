"""Boundary files as they come, and their polygons put in order."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from numpy.typing import NDArray

from geo_resilience.databases import Answer
from geo_resilience.errors import InputError, Problems, nearest
from geo_resilience.notes import Note
from geo_resilience.regions._boundary_tables import shapes_of
from geo_resilience.tables._reading import kind_of
from geo_resilience.words import Phrase

_PARQUET = {".parquet", ".geoparquet"}


#: A GeoPackage, a GeoDatabase folder and the like hold layers; these hold one.
_DRAWN = {".shp", ".geojson", ".json", ".gpkg", ".fgb", ".kml", ".gml", ".tab", ".sqlite", ".zip"}


def open_boundaries(
    path: str | Path | Answer, layer: str | None = None, *, empty: bool = False
) -> tuple[gpd.GeoDataFrame, tuple[Note, ...]]:
    """Read a boundary file, or what a database gave, as it is; empty only where that may be."""
    if isinstance(path, Answer):
        return _flat(shapes_of(path)), ()
    file = Path(path)
    _check_place(file)
    notes: tuple[Note, ...] = ()
    with _telling_damage(file):
        if file.suffix.casefold() in _PARQUET:
            frame = gpd.read_parquet(file)
        else:
            frame, notes = _read_vector(file, layer)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise InputError("regions.no_geometry", file=file, columns=list(frame.columns))
    if frame.empty and not empty:
        raise InputError("regions.no_regions", file=file)
    return _flat(frame), notes


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
    if file.suffix.casefold() in _PARQUET:
        return [file.stem]
    with _telling_damage(file):
        if file.suffix.casefold() == ".zip":
            inside = _drawn_inside(file)
            if len(inside) > 1:
                return [Path(name).stem for name in inside]
            return _layers_of(_zipped(file, None))
        return _layers_of(str(file))


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
    source = _zipped(file, layer) if file.suffix.casefold() == ".zip" else str(file)
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


def _zipped(file: Path, layer: str | None) -> str:
    """Give the address of the one boundary file inside an archive, or of the one so named."""
    inside = _drawn_inside(file)
    names = [name for name in inside if Path(name).stem == layer] if len(inside) > 1 else inside
    if len(names) != 1:
        raise InputError("regions.zip_content", file=file, found=inside or "-")
    return f"/vsizip/{file.resolve()}/{names[0]}"


def _drawn_inside(file: Path) -> list[str]:
    """Name the boundary files inside an archive."""
    if not zipfile.is_zipfile(file):
        raise InputError("regions.not_zip", file=file)
    with zipfile.ZipFile(file) as archive:
        names = (name for name in archive.namelist() if "__MACOSX" not in name)
        return sorted(each for each in names if Path(each).suffix.casefold() in _DRAWN - {".zip"})


def _layers_of(source: str) -> list[str]:
    return [str(name) for name in _quietly(pyogrio.list_layers, source)[:, 0]]


def _layer(file: Path, source: str, layer: str | None) -> str | None:
    """Find the layer: the one named, or the only one."""
    names = _layers_of(source)
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


_SHOWN = 8


#: A repair that changes the area by more is a question to the user, not a repair.
MOST_CHANGE = 0.01


#: Degrees of latitude beyond which hardly anyone lives.
_FEW_LIVE = 72


_POLYGONS = {3, 6}  # Polygon, MultiPolygon


def check_crs(frame: gpd.GeoDataFrame, file: str, problems: Problems) -> None:
    """Gather what is wrong with the coordinate reference system."""
    crs = frame.crs
    if crs is None or crs.is_engineering or crs.name.casefold().startswith("undefined"):
        problems.add("regions.no_crs", file=file)
        return
    if not crs.is_geographic:
        return
    west, south, east, north = frame.total_bounds
    if min(west, south) < -361 or east > 361 or south < -90.01 or north > 90.01:
        found = f"{west:g} {south:g} {east:g} {north:g}"
        swapped = min(west, east) >= -90 and max(west, east) <= 90 and max(-south, north) <= 361
        hint = Phrase("problem.regions.hint_swapped") if swapped else ""
        problems.add("regions.not_degrees", file=file, crs=crs.name, found=found, hint=hint)


def repair_shapes(
    shapes: Sequence[Any], labels: Sequence[Any], file: str, problems: Problems
) -> tuple[NDArray[Any], list[Note]]:
    """Give valid polygons; repair small faults, gather large ones.

    Notes
    -----
    A repair is taken only where it changes the polygon's area by at most 1 %: a spike, a ring that
    touches itself or a doubled ring leaves no doubt, a figure of eight or two parts on top of each
    other do.
    """
    repaired, notes = [], []
    for shape, label in zip(shapes, labels, strict=True):
        before = len(problems)
        _check_kind(shape, label, file, problems)
        if len(problems) == before and not shapely.is_valid(shape):
            fixed = _polygonal(shapely.make_valid(shape, method="structure", keep_collapsed=False))
            reason = shapely.is_valid_reason(shape)
            change = abs(fixed.area / shape.area - 1) if shape.area > 0 else np.inf
            if fixed.is_empty or change > MOST_CHANGE:
                problems.add("regions.invalid_shape", file=file, region=label, reason=reason)
            else:
                notes.append(Note("regions.repaired", file, {"region": label, "reason": reason}))
                shape = fixed
        repaired.append(shape)
    result = np.empty(len(repaired), dtype=object)
    result[:] = [shape if shape is None else _polygonal(shape) for shape in repaired]
    return result, notes


def shape_notes(frame: gpd.GeoDataFrame, labels: Sequence[Any], file: str) -> list[Note]:
    """Note what is valid, but hardly meant."""
    notes: list[Note] = []
    alike: dict[bytes, list[Any]] = {}
    for shape, label in zip(shapely.normalize(frame.geometry.to_numpy()), labels, strict=True):
        alike.setdefault(shapely.to_wkb(shape), []).append(label)
    same = [label for group in alike.values() if len(group) > 1 for label in group]
    if same:
        notes.append(Note("regions.same_shape", file, {"regions": same[:_SHOWN]}))
    west, _, east, _ = frame.total_bounds
    if frame.crs is not None and frame.crs.is_geographic and (west < -180 or east > 180):
        values = {"west": f"{west:g}", "east": f"{east:g}"}
        notes.append(Note("regions.beyond_180", file, values))
    if _exchanged(frame):
        bounds = [f"{bound:.6g}" for bound in frame.total_bounds]
        notes.append(Note("regions.axes_suspected", file, {"bounds": bounds}))
    return notes


def _exchanged(frame: gpd.GeoDataFrame) -> bool:
    """Whether the regions would lie where they may lie only if x and y changed places.

    That is: inside the area for which their reference system is made; or, where that is the whole
    earth, on this side of the 72nd parallel, beyond which few regions have statistics.
    """
    if frame.crs is None or frame.empty:
        return False
    west, south, east, north = frame.total_bounds
    x, y = (west + east) / 2, (south + north) / 2
    area = frame.crs.area_of_use
    whole = area is None or area.north - area.south > 140
    if whole and frame.crs.is_geographic:
        return min(abs(south), abs(north)) > _FEW_LIVE and south * north > 0 and abs(x) < _FEW_LIVE
    if whole:
        return False
    from pyproj import Transformer

    degrees = Transformer.from_crs(frame.crs, frame.crs.geodetic_crs, always_xy=True)
    found, turned = degrees.transform(x, y), degrees.transform(y, x)
    return not _within(found, area) and _within(turned, area)


def _within(place: tuple[float, float], area: Any) -> bool:
    """Whether longitude and latitude lie in an area of use, a tenth of its size around it too."""
    lon, lat = place
    wide = (area.east - area.west) % 360 or 360
    high = area.north - area.south
    across = (lon - area.west + wide / 10) % 360 <= 1.2 * wide
    return bool(across and area.south - high / 10 <= lat <= area.north + high / 10)


def _check_kind(shape: Any, label: Any, file: str, problems: Problems) -> None:
    """Only polygons with an extent will do."""
    if shape is None or shape.is_empty:
        problems.add("regions.no_shape", file=file, region=label)
        return
    kinds = {part.geom_type for part in shapely.get_parts([shape]) if not part.is_empty}
    if not kinds <= {"Polygon", "MultiPolygon"}:
        problems.add("regions.not_polygon", file=file, region=label, found=sorted(kinds))
    elif not np.isfinite(shapely.get_coordinates(shape)).all():
        problems.add("regions.infinite_shape", file=file, region=label)


def _polygonal(shape: Any) -> Any:
    """Keep the polygons of a geometry as one polygon or multipolygon."""
    if shapely.get_type_id(shape) in _POLYGONS:
        return shape
    parts = [p for p in shapely.get_parts(shapely.get_parts([shape])) if p.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts)
