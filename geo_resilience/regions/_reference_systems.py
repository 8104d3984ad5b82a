"""Coordinate reference systems: what a file says of its own, and what is said for it."""

from __future__ import annotations

import json
import mmap
import re
from pathlib import Path
from typing import Any

import geopandas as gpd
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from geo_resilience.errors import InputError, Problems
from geo_resilience.words import Phrase

#: How a frame keeps what is wrong with its file's statement, or that there is none (attrs).
NAMED, ASSUMED = "crs_named", "crs_assumed"

#: How a frame keeps that the system stated for it is none, so that this is told once (attrs).
_REFUSED = "crs_refused"

#: Parts of a PROJ text that name files.
_FILES = re.compile(r"\binit\s*=|grids\s*=|\bgeoid", re.I)

# "crs", however it is written: GDAL takes it in any case, and JSON has escapes
_MEMBER = re.compile(
    rb"[\"'](?:c|\\u00[46]3)(?:r|\\u00[57]2)(?:s|\\u00[57]3)[\"']\s*:\s*", re.IGNORECASE
)
_FEATURES = re.compile(rb'"features"\s*:')

#: No reference system takes more text.
_MOST = 1 << 16


def system_of(said: Any) -> CRS | None:
    """Understand what stands for a reference system; None for what is none or names a file."""
    if isinstance(said, str) and (_FILES.search(said) or not said.strip()):
        return None
    try:
        return CRS.from_user_input(said)
    except (CRSError, TypeError, ValueError):
        return None


def with_system(
    frame: gpd.GeoDataFrame, stated: str | None, file: str, problems: Problems
) -> gpd.GeoDataFrame:
    """Give a frame the reference system stated for it; one of its own must be the same."""
    if stated is None:
        return frame
    asked = system_of(stated)
    if asked is None:
        problems.add("regions.crs_asked_unknown", file=file, found=stated)
        frame.attrs[_REFUSED] = stated
    elif lacks_system(frame) or frame.attrs.get(ASSUMED):
        frame = frame.set_crs(asked, allow_override=True)
        frame.attrs = {}
    elif not _same(frame.crs, asked):
        problems.add(
            "regions.crs_differs", file=file, stated=_called(asked), found=_called(frame.crs)
        )
    return frame


def lacks_system(frame: gpd.GeoDataFrame) -> bool:
    """Whether a file says nothing of its reference system, or calls it undefined."""
    crs = frame.crs
    return crs is None or crs.is_engineering or crs.name.casefold().startswith("undefined")


def check_crs(frame: gpd.GeoDataFrame, file: str, problems: Problems) -> bool:
    """Gather what is wrong with the coordinate reference system; whether nothing is."""
    before, crs = len(problems), frame.crs
    if NAMED in frame.attrs:
        problems.add("regions.crs_unknown", file=file, found=frame.attrs[NAMED])
    elif lacks_system(frame):
        if _REFUSED not in frame.attrs:  # told already
            problems.add("regions.no_crs", file=file)
        return False
    elif not _leads_to_degrees(crs):
        problems.add("regions.crs_unknown", file=file, found=crs.name)
    elif crs.is_geographic and not frame.geometry.is_empty.all():
        _check_degrees(frame, file, problems)
    return len(problems) == before


def _check_degrees(frame: gpd.GeoDataFrame, file: str, problems: Problems) -> None:
    west, south, east, north = frame.total_bounds
    if min(west, south) < -361 or east > 361 or south < -90.01 or north > 90.01:
        found = f"{west:g} {south:g} {east:g} {north:g}"
        swapped = min(west, east) >= -90 and max(west, east) <= 90 and max(-south, north) <= 361
        hint = Phrase("problem.regions.hint_swapped") if swapped else ""
        problems.add("regions.not_degrees", file=file, crs=frame.crs.name, found=found, hint=hint)


def _leads_to_degrees(crs: CRS) -> bool:
    """Whether coordinates can be turned into longitude and latitude."""
    try:
        Transformer.from_crs(crs, 4326, always_xy=True)
    except ProjError:
        return False
    return True


def _same(one: CRS, other: CRS) -> bool:
    """Whether two are the same, the order of axes aside: by definition, by code or by name."""
    if one.equals(other, ignore_axis_order=True) or one.name.casefold() == other.name.casefold():
        return True
    return one.to_epsg() is not None and one.to_epsg() == other.to_epsg()


def _called(crs: CRS) -> str:
    """Call a reference system by its name, and its code where it has one."""
    code = crs.to_authority()
    return f"{crs.name} ({':'.join(code)})" if code else str(crs.name)


def json_system(file: Path, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Take a GeoJSON file at its word: GDAL has WGS 84 for every name that it does not know."""
    found = _statements(file)
    if not found:
        frame.attrs[ASSUMED] = frame.crs is not None
        return frame
    systems = [_system_in(each) for each in found]
    if None in found:  # "null": no reference system can be assumed
        return frame.set_crs(None, allow_override=True)
    unknown = [said for said, system in zip(found, systems, strict=True) if system is None]
    if unknown:
        frame = frame.set_crs(None, allow_override=True)
        frame.attrs[NAMED] = _name_in(unknown[0])
        return frame
    if frame.crs is not None and (_is_wgs84(systems[-1]) or not _is_wgs84(frame.crs)):
        return frame
    return frame.set_crs(systems[-1], allow_override=True)


def _is_wgs84(crs: CRS | None) -> bool:
    return crs is not None and crs.is_geographic and "World Geodetic System 1984" in str(crs.datum)


def check_json(file: Path, called: str) -> None:
    """Refuse a reference system that is a link to another place."""
    for said in _statements(file):
        kind = str(said.get("type", "")).casefold() if isinstance(said, dict) else ""
        if kind in ("link", "url"):
            raise InputError("regions.crs_link", file=called, found=_name_in(said))


def _statements(file: Path) -> list[Any]:
    """Give what the members ``crs`` of a file say: objects anywhere, other values at the top."""
    found: list[Any] = []
    decoder = json.JSONDecoder()
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as text:
        features = _FEATURES.search(text)
        top = features.start() if features else 0
        for member in _MEMBER.finditer(text):
            after = text[member.end() : member.end() + _MOST].decode("utf-8", "replace")
            try:
                said, end = decoder.raw_decode(after)
            except ValueError:
                said, end = after[:40], 0
            last = end > 0 and after[end:].strip() == "}"
            is_system = isinstance(said, dict) and "type" in said
            if is_system or member.start() < top or last:
                found += [said] if said not in found else []
    return found


def _system_in(said: Any) -> CRS | None:
    """Understand a member ``crs``: a name, or a code of the EPSG."""
    if not isinstance(said, dict):
        return system_of(said) if isinstance(said, str) else None
    told = said.get("properties")
    name = told.get("name", told.get("code")) if isinstance(told, dict) else None
    if str(said.get("type", "")).casefold() == "epsg" and str(name).isdecimal():
        name = f"EPSG:{name}"
    return system_of(name) if isinstance(name, str) else None


def _name_in(said: Any) -> str:
    """Give the name, address or code that a member ``crs`` holds, as it stands."""
    told = said.get("properties") if isinstance(said, dict) else None
    if isinstance(told, dict):
        said = next((told[each] for each in ("name", "href", "code") if each in told), said)
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    return " ".join(text.split())[:80]
