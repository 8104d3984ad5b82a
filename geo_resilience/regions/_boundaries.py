"""Reading boundaries: the bundled provinces or any file of the user's, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geo_resilience.databases import Answer
from geo_resilience.errors import InputError, Problems, did_you_mean
from geo_resilience.regions._boundary_files import open_boundaries
from geo_resilience.regions._coverage import check_coverage
from geo_resilience.regions._reference_systems import check_crs, with_system
from geo_resilience.regions._regions import Regions, bundled_regions
from geo_resilience.regions._shapes import repair_shapes, shape_notes
from geo_resilience.regions._spelling import as_text, cleaned_names
from geo_resilience.text import Text
from geo_resilience.words import Phrase

_SHOWN = 12


def read_boundaries(
    path: str | Path | Answer | None = None,
    key: str | None = None,
    *,
    name: str | None = None,
    name_zh: str | None = None,
    layer: str | None = None,
    crs: str | None = None,
) -> Regions:
    """Read the bundled provinces, or boundaries of the user's own.

    Parameters
    ----------
    path : str, Path or Answer, optional
        GeoJSON, TopoJSON, GeoPackage, SpatiaLite, Shapefile, GeoParquet (or Parquet with a type
        of geometry), FlatGeobuf, File Geodatabase, KML, GML or MapInfo, plain or zipped; or the
        answer of a database. None: the bundled 31 provincial units.
    key : str, optional
        Column that tells the regions apart; read as text, so that ``"07"`` stays ``"07"`` and a
        number 110000.0 becomes ``"110000"``. Without it a column ``adcode`` is taken.
    name : str, optional
        Column with the names. Without it a column ``name`` is taken, else the keys.
    name_zh : str, optional
        Column with the Chinese names. Without it a column ``name_zh`` is taken, else the names.
    layer : str, optional
        Layer of a file that holds several.
    crs : str, optional
        Coordinate reference system of a file that does not say its own, such as ``"EPSG:4490"``
        or well-known text; one that says another is an error.

    Returns
    -------
    Regions
        Sorted by key; what was repaired or assumed stands in ``.notes``.

    Raises
    ------
    InputError
        With everything that is wrong: the file (missing, a folder, damaged, of another format than
        its name says, or one that would draw in something from elsewhere), no known coordinate
        reference system, keys that are missing or stand twice, geometry that is no polygon, empty,
        or invalid in a way that leaves doubt, regions that lie on each other.

    Notes
    -----
    Invalid polygons are repaired, and a Note says so, where that changes their area by at most
    1 %; points and lines beside the polygons of a region are dropped with a Note. Overlaps from
    0.01 % of the smaller region on, and narrow gaps, are noted with the pairs and their area;
    overlaps from 10 % on are errors. A GeoJSON file without a member ``crs`` is in WGS 84 unless
    ``crs`` is given. Nothing but the file and what belongs to it is read. Text of a Shapefile that
    does not state its encoding is read as UTF-8 where it is, else as GB18030 or Western European,
    and a Note says which.

    Examples
    --------
    >>> regions = read_boundaries()
    >>> regions.frame.loc["110000", ["name", "iso"]].to_list()
    ['Beijing', 'CN-BJ']
    """
    if path is None:
        if any(each is not None for each in (key, name, name_zh, layer, crs)):
            raise InputError("regions.columns_without_file")
        return bundled_regions()
    raw, notes = open_boundaries(path, layer)
    file = path.file if isinstance(path, Answer) else Path(path).name
    regions = checked_regions(raw, file, (key, name, name_zh), Problems(), crs=crs)
    return replace(regions, notes=(*notes, *regions.notes))


def checked_regions(
    raw: gpd.GeoDataFrame,
    file: str,
    asked: tuple[str | None, str | None, str | None],
    problems: Problems,
    *,
    crs: str | None = None,
    coverage: bool = True,
) -> Regions:
    """Put a table of features in order, as regions: columns found, keys and shapes checked.

    - ``file``: what sentences call the source.
    - ``asked``: the columns with key, name and Chinese name; None: the usual ones.
    - ``crs``: stated for features that do not say it.
    - ``coverage``: whether to look for overlaps and gaps.
    """
    columns = [str(column) for column in raw.columns if column != raw.geometry.name]
    key = _column(asked[0], "adcode", "key", columns, file, problems)
    name = _column(asked[1], "name", "name", columns, file, problems)
    name_zh = _column(asked[2], "name_zh", "name_zh", columns, file, problems)
    raw = with_system(raw, crs, file, problems)
    placed = check_crs(raw, file, problems)
    if key is None and asked[0] is None:
        problems.add("regions.key_unnamed", file=file, columns=columns)
    numbers = [str(number) for number in range(1, len(raw) + 1)]
    keys = numbers if key is None else [as_text(value) for value in raw[key]]
    keys, noted = cleaned_names(keys, file)
    names, notes = cleaned_names(_names(raw, name, keys), file)
    if "regions.names_cleaned" not in [note.code for note in notes]:
        notes += [note for note in noted if note.code == "regions.names_cleaned"]
    names_zh, more = (
        (names, []) if name_zh is None else cleaned_names(_names(raw, name_zh, names), file)
    )
    notes += [note for note in more if note not in notes]
    if key is not None:
        _check_keys(keys, names, key, file, problems)
    labels = [_label(*each) for each in zip(keys, names, names_zh, strict=True)]
    shapes, repairs = repair_shapes(list(raw.geometry), labels, file, problems)
    if coverage and placed:
        repairs += check_coverage(shapes, labels, raw.crs, file, problems)
    problems.raise_if_any()
    frame = gpd.GeoDataFrame(
        {"name": names, "name_zh": names_zh},
        index=pd.Index(keys, name="adcode", dtype="str"),
        geometry=np.asarray(shapes),
        crs=raw.crs,
    ).astype({"name": "str", "name_zh": "str"})
    notes += [*repairs, *shape_notes(frame, file)]
    return Regions(frame.sort_index(), file, notes=tuple(notes))


def _label(key: str, name: str, name_zh: str) -> str | Phrase:
    """Call a region by its key and, in the language of the sentence, its name."""
    if name in ("", key):
        return key or "?"
    called = Text.of({"name": name, "name_zh": name_zh}, "name")
    return Phrase("problem.regions.region", {"key": key, "name": called})


def _column(
    named: str | None,
    usual: str,
    role: str,
    columns: Sequence[str],
    file: str,
    problems: Problems,
) -> str | None:
    """Find a column: the one named, or the one of the usual name where there is one."""
    if named is None:
        return usual if usual in columns else None
    if named in columns:
        return named
    hint = did_you_mean(named, columns)
    problems.add(
        "regions.no_column", file=file, column=named, role=role, columns=list(columns), hint=hint
    )
    return None


def _names(raw: gpd.GeoDataFrame, column: str | None, fallback: list[str]) -> list[str]:
    """Give the names in a column; where there is none, the fallback."""
    if column is None:
        return list(fallback)
    names = [as_text(value) for value in raw[column]]
    return [name or other for name, other in zip(names, fallback, strict=True)]


def _check_keys(
    keys: list[str], names: list[str], column: str, file: str, problems: Problems
) -> None:
    """Every region needs a key, and no two the same."""
    blank = [number for number, key in enumerate(keys, start=1) if not key]
    if blank:
        shown = [
            f"{number} ({names[number - 1]})" if names[number - 1] else str(number)
            for number in blank
        ]
        problems.add(
            "regions.key_blank", file=file, column=column, count=len(blank), rows=shown[:_SHOWN]
        )
    rows: dict[str, list[int]] = {}
    for number, key in enumerate(keys, start=1):
        rows.setdefault(key, []).append(number)
    for key, numbers in rows.items():
        if key and len(numbers) > 1:
            problems.add(
                "regions.key_twice",
                file=file,
                column=column,
                key=key,
                count=len(numbers),
                rows=numbers[:_SHOWN],
            )
