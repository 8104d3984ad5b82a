"""Formats of boundary files: by what their first bytes tell them, and which files belong to one.

Nothing is opened by GDAL or Arrow before its content was held against its suffix. A file that says
by its name that it is GeoJSON and is XML inside could otherwise reach the network or another file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from xml.parsers import expat

from geo_resilience.errors import InputError
from geo_resilience.regions._reference_systems import check_json
from geo_resilience.tables._reading import kind_of

#: Bytes that GDAL looks at to tell a format.
_HEAD = 4096

_BLANK = b"\xef\xbb\xbf \t\r\n\x1e"


@dataclass(frozen=True)
class Format:
    """A format: what people call it, its suffixes, its first bytes, what lies beside a file.

    - ``begins``: any of them, in lower case for formats that are text.
    - ``check``: of the whole content, where first bytes do not tell enough.
    - ``beside``: suffixes in place of the file's own; ``after``: what is added to its name.
    """

    name: str
    suffixes: tuple[str, ...]
    begins: tuple[bytes, ...]
    text: bool = False
    check: Callable[[Path, str], None] | None = None
    beside: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def fits(self, head: bytes) -> bool:
        """Whether a file that begins so is of this format."""
        return (head.lstrip(_BLANK).lower() if self.text else head).startswith(self.begins)


def _check_xml(file: Path, called: str) -> None:
    """Demand one document of geometry, without a declaration that could draw in another file."""
    root = ""
    parser = expat.ParserCreate()

    def refuse(found: str) -> None:
        raise InputError("regions.xml_refused", file=called, found=found)

    def begin(name: str, _: dict[str, str]) -> None:
        nonlocal root
        root = root or name.rpartition(":")[2]

    parser.StartElementHandler = begin
    parser.StartDoctypeDeclHandler = lambda *_: refuse("<!DOCTYPE")
    content = file.read_bytes()
    foreign = _FOREIGN_XML.search(content)
    if foreign:
        refuse(foreign.group().decode("ascii"))
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise InputError("regions.unreadable", file=called, reason=error) from None
    if root not in _XML_ROOTS:
        refuse(f"<{root}>")


#: Descriptions of other sources, which GDAL finds anywhere in a file.
_FOREIGN_XML = re.compile(rb"<\s*(?:OGR(?:VRT|WFS)\w*|VRTDataset|OAPIF\w*|GDALTileIndex\w*)", re.I)

_XML_ROOTS = {"kml", "FeatureCollection", "SimpleFeatureCollection", "Dataset", "CityModel"}


def _check_tab(file: Path, called: str) -> None:
    """Demand a table of its own; a view or a seamless table names other files."""
    words = file.read_bytes()[: 1 << 20].lower().split()
    kinds = {after for word, after in pairwise(words) if word == b"type"}
    foreign = [word for word in (b"view", b"open", b"seamless") if word in words]
    if b"native" not in kinds or foreign:
        found = b" ".join(foreign or sorted(kinds) or [b"-"])
        raise InputError("regions.tab_refused", file=called, found=found.decode("latin-1"))


def _check_shx(file: Path, called: str) -> None:
    """Hold the index of a Shapefile against its name as well."""
    for part in companions(file):
        if part.suffix.casefold() == ".shx" and not _FORMATS[".shp"].fits(_head(part)):
            found = _looks_like(_head(part))
            raise InputError("regions.wrong_mark", file=called, format="Shapefile", found=found)


_SQLITE = (b"SQLite format 3\x00",)
_WAL = ("-wal", "-journal")
_SHAPE = (b"\x00\x00\x27\x0a",)
_PARTS = (".shx", ".dbf", ".prj", ".cpg")
_MAPINFO = (".dat", ".map", ".id", ".ind")

_JSON = (".geojson", ".json", ".geojsonl", ".geojsons")

FORMATS = (
    Format("GeoJSON", _JSON, (b"{",), text=True, check=check_json),
    Format("TopoJSON", (".topojson",), (b"{",), text=True, check=check_json),
    Format("Shapefile", (".shp",), _SHAPE, check=_check_shx, beside=_PARTS),
    Format("GeoPackage", (".gpkg",), _SQLITE, after=_WAL),
    Format("SQLite", (".sqlite", ".db"), _SQLITE, after=_WAL),
    Format("GeoParquet", (".parquet", ".geoparquet"), (b"PAR1",)),
    Format("FlatGeobuf", (".fgb",), (b"fgb\x03fgb",)),
    Format("KML", (".kml",), (b"<",), text=True, check=_check_xml),
    Format("GML", (".gml",), (b"<",), text=True, check=_check_xml),
    Format("MapInfo", (".tab",), (b"!table",), text=True, check=_check_tab, beside=_MAPINFO),
    Format("MapInfo", (".mif",), (b"version",), text=True, beside=(".mid",)),
    Format("zip archive", (".zip", ".kmz"), (b"PK\x03\x04", b"PK\x05\x06")),
)

_FORMATS = {suffix: each for each in FORMATS for suffix in each.suffixes}

#: A File Geodatabase is a folder.
GEODATABASE = ".gdb"

#: Archives, and what these are looked through for and folders told of.
ARCHIVES = {".zip", ".kmz"}
DRAWN = {GEODATABASE, *_FORMATS} - ARCHIVES

#: Files of a File Geodatabase, and what systems leave in folders.
_IN_GEODATABASE = re.compile(
    r"a[0-9a-f]{8}\.(gdbtable|gdbtablx|gdbindexes|atx|spx|freelist|horizon|cdf)|gdb|timestamps"
    r"|.*\.lock|thumbs\.db|desktop\.ini|\..*"
)


def format_of(file: Path) -> str:
    """Name the format of a file by its suffix; empty where none is known."""
    asked = _FORMATS.get(file.suffix.casefold())
    return "" if asked is None else asked.name


def is_json(file: Path) -> bool:
    """Whether a file is text of objects."""
    return format_of(file) in ("GeoJSON", "TopoJSON")


def is_source(path: Path) -> bool:
    """Whether there is a file, or a folder that counts as one."""
    wanted = "folder" if path.suffix.casefold() == GEODATABASE else "file"
    return kind_of(path) == wanted


def companions(file: Path) -> list[Path]:
    """Give the files beside a file that are read together with it."""
    asked = _FORMATS.get(file.suffix.casefold())
    if asked is None or not (asked.beside or asked.after) or not file.parent.is_dir():
        return []
    wanted = {file.name + more for more in asked.after}
    return sorted(
        each
        for each in file.parent.iterdir()
        if each.name in wanted
        or (each.stem == file.stem and each.suffix.casefold() in asked.beside)
    )


def check_content(file: Path, called: str | None = None) -> None:
    """Hold the content of a file, or of a geodatabase folder, against its suffix.

    Raises
    ------
    InputError
        For a suffix of no known format, first bytes of another one, or a content that would draw
        in something else.
    """
    called = called or str(file)
    if file.suffix.casefold() == GEODATABASE:
        _check_geodatabase(file, called)
        return
    asked = _FORMATS.get(file.suffix.casefold())
    if asked is None:
        known = sorted(DRAWN | ARCHIVES)
        raise InputError("regions.unknown_format", file=called, suffix=file.suffix, known=known)
    head = _head(file)
    if not asked.fits(head):
        found = _looks_like(head)
        raise InputError("regions.wrong_mark", file=called, format=asked.name, found=found)
    if asked.check is not None:
        asked.check(file, called)


def _head(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(_HEAD)


def _looks_like(head: bytes) -> str:
    """Say how a file begins: a known format, or its first signs."""
    known = [each.name for each in FORMATS if each.fits(head) and not each.text]
    start = "".join(map(chr, head.lstrip(_BLANK)[:20]))
    return known[0] if known else ascii(start).strip("'")


def _check_geodatabase(folder: Path, called: str) -> None:
    """Demand the files of a File Geodatabase and no others: GDAL would read those, too."""
    names = sorted(each.name for each in folder.iterdir())
    foreign = [name for name in names if not _IN_GEODATABASE.fullmatch(name.casefold())]
    first = folder / "a00000001.gdbtable"
    if foreign or not first.is_file() or _head(first)[:4] not in _GDB_VERSIONS:
        raise InputError("regions.no_geodatabase", file=called, found=(foreign or names)[:5])


_GDB_VERSIONS = (b"\x03\x00\x00\x00", b"\x04\x00\x00\x00")
