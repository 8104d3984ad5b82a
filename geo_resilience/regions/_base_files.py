"""Reading a base map by roles, and context layers, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo_resilience.errors import InputError, Problems
from geo_resilience.notes import Note
from geo_resilience.regions._base import ROLES, STROKES, STYLES, Base, ContextLayer, parts_of
from geo_resilience.regions._boundaries import checked_regions
from geo_resilience.regions._boundary_files import layer_names, open_boundaries
from geo_resilience.regions._reference_systems import check_crs
from geo_resilience.regions._regions import Regions, bundled_regions
from geo_resilience.regions._shapes import repair_shapes
from geo_resilience.regions._spelling import as_text, cleaned_names
from geo_resilience.text import Text, keys_of
from geo_resilience.words import Phrase

#: A part of a base map may lie so far from the regions, as a share of their extent.
_AWAY = 1.0

#: UnitColumns of the units that hold key, name and Chinese name.
UnitColumns = tuple[str | None, str | None, str | None]

_LINEAR = {"LineString", "MultiLineString", "LinearRing"}
_KINDS = {
    "lines": {"LineString", "LinearRing", "Polygon"},
    "areas": {"Polygon"},
    "points": {"Point"},
}


def read_base(
    path: str | Path | None,
    key: str | None = None,
    *,
    name: str | None = None,
    name_zh: str | None = None,
    over: Regions | None = None,
    review_number: str = "",
    note: str | Mapping[str, str] = "",
    no_data_note: str | Mapping[str, str] = "",
    context: tuple[ContextLayer, ...] = (),
) -> Regions:
    """Read a base map of the user's own: the regions of a map, and what is drawn beside them.

    Parameters
    ----------
    path : str or Path, optional
        A file with layers named ``units``, ``areas``, ``lines`` and ``inset`` (a GeoPackage, a
        zipped folder of Shapefiles), or with one layer whose column ``role`` holds these words.
        None: only the texts, over the regions.
    key, name, name_zh : str, optional
        UnitColumns of the units, as in `read_boundaries`.
    over : Regions, optional
        What is mapped where the base map has no units; None: the bundled provinces.
    review_number : str
        Under which the base map was reviewed.
    note, no_data_note : str or mapping of language to str
        On the base map, and on what is drawn as no data; shown as they are worded.
    context : tuple of ContextLayer
        Laid over the map for orientation.

    Returns
    -------
    Regions
        The units, or the regions that the base map was laid under; ``.base`` holds all else.

    Raises
    ------
    InputError
        With everything that is wrong: no file, no roles, a layer that is empty, without a
        coordinate reference system, of another kind of geometry or elsewhere on the earth; keys
        that are missing or stand twice; several insets.

    Notes
    -----
    Lines are taken as they are: never simplified, joined, closed or made up. No position on any
    border is implied: roles and wording are those of the user.

    Examples
    --------
    >>> regions = read_base(None, review_number="GS(2024)0001")
    >>> regions.bundled, regions.base.review_number
    (True, 'GS(2024)0001')
    """
    said = Base(
        review_number=review_number,
        note=Text(note),
        no_data_note=Text(no_data_note),
        context=context,
    )
    if path is None:
        return replace(over or bundled_regions(), base=said)
    return _laid_under(Path(path), (key, name, name_zh), over, said)


def _laid_under(file: Path, columns: UnitColumns, over: Regions | None, said: Base) -> Regions:
    """Read the parts of a base map by their roles, and all that is wrong with any of them."""
    layers, notes = _by_role(file)
    problems = Problems()
    regions = over
    with problems.caught():
        regions = _units(layers.get("units"), file, columns, over)
    areas, repairs = _areas(layers.get("areas"), _called(file, "areas"), problems)
    lines = _lines(layers.get("lines"), _called(file, "lines"), problems)
    inset, caption = _inset(layers.get("inset"), _called(file, "inset"), problems)
    problems.raise_if_any()
    assert regions is not None
    drawn = {"areas": areas, "lines": lines, "inset": inset, "caption": caption}
    base = replace(said, source=file.name, **drawn)
    _check_near(base, regions, file, problems)
    problems.raise_if_any()
    return replace(regions, base=base, notes=(*regions.notes, *notes, *repairs))


def _units(
    frame: gpd.GeoDataFrame | None, file: Path, columns: UnitColumns, over: Regions | None
) -> Regions:
    """Give the units as regions; where there are none, those that the base map lies under."""
    if frame is None:
        return over or bundled_regions()
    if over is not None:
        raise InputError("regions.base_and_boundaries", file=file.name, count=len(frame))
    regions = checked_regions(frame, _called(file, "units"), columns, Problems())
    return replace(regions, source=file.name)


def _called(file: Path, role: str) -> str:
    return f"{file.name} ({role})"


def _by_role(file: Path) -> tuple[dict[str, gpd.GeoDataFrame], list[Note]]:
    """Read what plays each role: layers of its name, or the rows of the one layer."""
    names = layer_names(file)
    known = {name.casefold(): name for name in names if name.casefold() in ROLES}
    if not known:
        return _by_column(file, names)
    problems, found = Problems(), {}
    notes: list[Note] = []
    for role, layer in known.items():
        with problems.caught():
            frame, more = open_boundaries(file, layer, empty=True)
            notes += more
            if frame.empty:
                problems.add("regions.base_empty", file=file.name, layer=layer)
            found[role] = frame
    problems.raise_if_any()
    others = [name for name in names if name not in known.values()]
    if others:
        notes.append(Note("regions.base_unused", file.name, {"layers": others}))
    return found, notes


def _by_column(file: Path, names: list[str]) -> tuple[dict[str, gpd.GeoDataFrame], list[Note]]:
    """Read the rows of the one layer by what their column ``role`` says."""
    if len(names) > 1:
        raise InputError("regions.base_roles", file=file.name, roles=ROLES, found=names)
    frame, notes = open_boundaries(file)
    column = next((each for each in frame.columns if str(each).casefold() == "role"), None)
    if column is None:
        found = [str(each) for each in frame.columns if each != frame.geometry.name]
        raise InputError("regions.base_roles", file=file.name, roles=ROLES, found=found)
    said = [as_text(each).casefold() for each in frame[column]]
    problems = Problems()
    for role in sorted(set(said) - set(ROLES)):
        rows = [row for row, each in enumerate(said, start=1) if each == role]
        values = {"file": file.name, "column": str(column), "rows": rows[:12]}
        problems.unknown("regions.base_role", role or "-", ROLES, **values)
    problems.raise_if_any()
    held = {role: np.array([each == role for each in said]) for role in ROLES}
    parts = {role: frame[rows].reset_index(drop=True) for role, rows in held.items() if rows.any()}
    return parts, list(notes)


def _named(frame: gpd.GeoDataFrame, file: str) -> tuple[dict[str, list[str]], list[Note]]:
    """Give the names of the shapes, cleaned of what no name holds."""
    named: dict[str, list[str]] = {}
    notes: list[Note] = []
    for column in keys_of("name").values():
        texts = [as_text(value) for value in frame[column]] if column in frame else None
        first = next(iter(named.values()), [""] * len(frame))
        texts = [own or other for own, other in zip(texts or first, first, strict=True)]
        named[column], told = cleaned_names(texts, file)
        notes += [note for note in told if note not in notes]
    return named, notes


def _label(names: Mapping[str, list[str]], place: int) -> str | Phrase:
    """Call a shape by its name, or by its row where it has none."""
    text = Text({language: names[column][place] for language, column in keys_of("name").items()})
    if not text:
        return Phrase("problem.regions.base_row", {"row": place + 1})
    return Phrase("problem.regions.base_named", {"name": text})


def _areas(
    frame: gpd.GeoDataFrame | None, file: str, problems: Problems
) -> tuple[gpd.GeoDataFrame, list[Note]]:
    """Check further areas: polygons, repaired where that leaves no doubt."""
    if frame is None:
        return Base().areas, []
    check_crs(frame, file, problems)
    names, notes = _named(frame, file)
    labels = [_label(names, place) for place in range(len(frame))]
    shapes, repairs = repair_shapes(list(frame.geometry), labels, file, problems)
    made = gpd.GeoDataFrame(names, geometry=np.asarray(shapes), crs=frame.crs)
    return made, [*notes, *repairs]


def _lines(frame: gpd.GeoDataFrame | None, file: str, problems: Problems) -> gpd.GeoDataFrame:
    """Check lines; they are never changed."""
    if frame is None:
        return Base().lines
    check_crs(frame, file, problems)
    names, _ = _named(frame, file)
    strokes = [_stroke(value) for value in frame.get("style", [""] * len(frame))]
    for place, (shape, stroke) in enumerate(zip(frame.geometry, strokes, strict=True)):
        where = {"file": file, "region": _label(names, place)}
        if stroke not in STROKES:
            problems.unknown("regions.base_stroke", stroke, STROKES, **where)
        _check_line(shape, where, problems)
    columns = {**names, "style": strokes}
    return gpd.GeoDataFrame(columns, geometry=np.asarray(frame.geometry.array), crs=frame.crs)


def _stroke(value: object) -> str:
    return as_text(value).casefold() or STROKES[0]


def _check_line(shape: Any, where: Mapping[str, Any], problems: Problems) -> None:
    if shape is None or shape.is_empty:
        problems.add("regions.no_shape", **where)
    elif kinds := {part.geom_type for part in parts_of([shape])} - _LINEAR:
        problems.add("regions.base_not_line", **where, found=sorted(kinds))
    elif not np.isfinite(shapely.get_coordinates(shape)).all():
        problems.add("regions.infinite_shape", **where)


def _inset(
    frame: gpd.GeoDataFrame | None, file: str, problems: Problems
) -> tuple[gpd.GeoSeries | None, Text]:
    """Check the inset: one polygon with its caption."""
    if frame is None:
        return None, Text()
    check_crs(frame, file, problems)
    if len(frame) > 1:
        problems.add("regions.base_insets", file=file, count=len(frame))
        return None, Text()
    texts, _ = _named(_captioned(frame), file)
    label = Phrase("problem.regions.base_row", {"row": 1})
    shapes, _ = repair_shapes(list(frame.geometry), [label], file, problems)
    caption = Text({language: texts[each][0] for language, each in keys_of("name").items()})
    return gpd.GeoSeries(np.asarray(shapes), crs=frame.crs), caption


def _captioned(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Call the inset by its caption, where it has one beside a name."""
    if "caption" not in frame:
        return frame
    names = list(keys_of("name").values())
    called = dict(zip(keys_of("caption").values(), names, strict=True))
    return frame.drop(columns=names, errors="ignore").rename(columns=called)


def read_context(
    path: str | Path, name: Text | None = None, style: str = STYLES[0]
) -> ContextLayer:
    """Read a context layer: lines, borders, areas or points, from what `read_boundaries` reads.

    Raises
    ------
    InputError
        If the file cannot be read, is empty, does not say its coordinate reference system, or
        holds nothing that is drawn in that style.
    """
    file = Path(path)
    frame, _ = open_boundaries(file)
    problems = Problems()
    check_crs(frame, file.name, problems)
    kinds = {part.geom_type for part in parts_of(frame.geometry)}
    wanted = _KINDS.get(style, set().union(*_KINDS.values()))
    if not kinds & wanted:
        values = {"file": file.name, "style": style, "found": sorted(kinds) or "-"}
        problems.add("regions.context_kind", **values)
    problems.raise_if_any()
    names, _ = _named(frame, file.name)
    made = gpd.GeoDataFrame(names, geometry=np.asarray(frame.geometry.array), crs=frame.crs)
    return ContextLayer(name or Text(file.stem), made, style)


def _check_near(base: Base, regions: Regions, file: Path, problems: Problems) -> None:
    """Refuse parts of a base map that lie elsewhere on the earth than the regions."""
    for role, frame in base.layers.items():
        if role in ROLES and not lies_near(frame, regions.frame):
            bounds = [f"{each:.4g}" for each in frame.to_crs(4326).total_bounds]
            problems.add("regions.base_elsewhere", file=_called(file, role), bounds=bounds)


def lies_near(frame: gpd.GeoDataFrame, regions: gpd.GeoDataFrame) -> bool:
    """Whether a layer lies where the regions do, or about as far from them as they are wide."""
    west, south, east, north = regions.to_crs(4326).total_bounds
    reach = _AWAY * max(east - west, north - south)
    near = shapely.box(west - reach, south - reach, east + reach, north + reach)
    found = frame.to_crs(4326).total_bounds
    return bool(np.isfinite(found).all() and shapely.box(*found).intersects(near))
