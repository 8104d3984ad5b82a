"""Boundary files that would reach the network or another file, and a server that listens."""

from __future__ import annotations

import json
import sqlite3
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import geopandas as gpd
import pyogrio
from shapely.geometry import box, mapping

#: Suffixes of every format that is read, and of two that never are.
SUFFIXES = (
    *(".geojson", ".json", ".geojsonl", ".topojson", ".shp", ".gpkg", ".sqlite", ".db", ".fgb"),
    *(".parquet", ".geoparquet", ".kml", ".gml", ".tab", ".mif", ".zip", ".kmz", ".vrt", ".xml"),
)


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """Give the address of a server that holds boundaries, and the requests that it got."""
    got: list[str] = []
    content = json.dumps(squares()).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            got.append(f"{self.command} {self.path}")
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        do_HEAD = do_POST = do_GET  # noqa: N815 - names of the library

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    # an older pyogrio holds the interpreter's lock while it asks, so that nothing could answer
    pyogrio.set_gdal_config_options({"GDAL_HTTP_TIMEOUT": "2"})
    try:
        yield f"http://127.0.0.1:{server.server_port}", got
    finally:
        pyogrio.set_gdal_config_options({"GDAL_HTTP_TIMEOUT": None})
        server.shutdown()
        server.server_close()


def squares(count: int = 12, **more: object) -> dict[str, object]:
    """A collection of squares in a row, as GeoJSON."""
    features = [
        {"type": "Feature", "properties": {"code": f"R{i:02d}"}, "geometry": mapping(box(*at))}
        for i, at in ((i, (110 + i, 30, 111 + i, 31)) for i in range(count))
    ]
    return {"type": "FeatureCollection", "features": features, **more}


def vrt(source: str) -> str:
    """Write a virtual dataset that takes its features from elsewhere."""
    layer = f'<OGRVRTLayer name="own"><SrcDataSource>{source}</SrcDataSource>'
    return f"<OGRVRTDataSource>{layer}<SrcLayer>own</SrcLayer></OGRVRTLayer></OGRVRTDataSource>"


def kml(more: str = "", style: str = "#none") -> str:
    ring = "<LinearRing><coordinates>110,30 111,30 111,31 110,30</coordinates></LinearRing>"
    shape = f"<Polygon><outerBoundaryIs>{ring}</outerBoundaryIs></Polygon>"
    mark = f"<Placemark><name>R00</name><styleUrl>{style}</styleUrl>{shape}</Placemark>"
    space = "http://www.opengis.net/kml/2.2"
    return f'<?xml version="1.0"?><kml xmlns="{space}"><Document>{more}{mark}</Document></kml>'


def gml(schema: str = "own.xsd", system: str = "EPSG:4326", more: str = "") -> str:
    ring = "<gml:coordinates>110,30 111,30 111,31 110,30</gml:coordinates>"
    ring = f"<gml:LinearRing>{ring}</gml:LinearRing>"
    shape = f"<gml:outerBoundaryIs>{ring}</gml:outerBoundaryIs>"
    shape = f'<gml:Polygon srsName="{system}">{shape}</gml:Polygon>'
    row = f"<o:geo>{shape}</o:geo><o:code>R00</o:code>{more}"
    spaces = (
        'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:gml="http://www.opengis.net/gml" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:o="http://ogr.maptools.org/" '
        f'xsi:schemaLocation="http://ogr.maptools.org/ {schema}"'
    )
    member = f'<gml:featureMember><o:own fid="1">{row}</o:own></gml:featureMember>'
    return f'<?xml version="1.0"?><o:FeatureCollection {spaces}>{member}</o:FeatureCollection>'


def hostile_files(folder: Path, address: str) -> list[Path]:
    """Write every hostile file that we know of, and give them."""
    there = f"{address}/own.geojson"
    link = {"type": "link", "properties": {"href": f"{address}/crs", "type": "proj4"}}
    linked = json.dumps(squares(crs=link))
    streamed = f'"command_line": "gdal vector pipeline read {there}"'
    wfs = f"<OGRWFSDataSource><URL>{address}/wfs</URL></OGRWFSDataSource>"
    far, near = vrt(f"/vsicurl/{there}"), vrt(str(folder / "secret.geojson"))
    (folder / "secret.geojson").write_text(json.dumps(squares()))
    texts = {
        **{f"far{suffix}": far for suffix in SUFFIXES},
        **{f"near{suffix}": near for suffix in SUFFIXES},
        **{f"wfs{suffix}": wfs for suffix in (".geojson", ".gml", ".kml", ".shp")},
        "marked.geojson": "\ufeff" + far,
        "link.geojson": linked,
        "link_upper.json": linked.replace('"crs"', '"CRS"'),
        "link_escaped.geojson": linked.replace('"crs"', '"\\u0063r\\u0053"'),
        "link_single.geojson": linked.replace('"crs"', "'crs'"),
        "link_first.geojson": json.dumps({"crs": link, **squares()}),
        "link_inside.geojson": json.dumps(_linked_inside(link)),
        "link_lines.geojsonl": json.dumps({**_linked_inside(link)["features"][0], "crs": link}),
        "url.geojson": json.dumps(squares(crs={**link, "type": "url"})),
        "streamed.json": f'{{"type": "gdal_streamed_alg", {streamed}}}',
        "streamed.geojson": f'{{"type": "Feature", "x": "gdal_streamed_alg", {streamed}}}',
        "two_roots.kml": kml() + far,
        "two_roots.gml": gml() + far,
        "inside.kml": kml(far),
        "utf16.kml": far,
        "entity.kml": f'<!DOCTYPE kml [<!ENTITY x SYSTEM "{there}">]><kml>&x;</kml>',
        "entity.gml": f'<!DOCTYPE a SYSTEM "{there}">{gml()}',
        "view.tab": f'!table\n!version 300\nOpen Table "{there}"\nCreate View x As Select *',
        "linked.tab": f'!table\nDefinition Table\n  Type SHAPEFILE\n  File "{there}"',
    }
    for name, text in texts.items():
        encoding = "utf-16" if name.startswith("utf16") else "utf-8"
        (folder / name).write_text(text, encoding=encoding)
    files = [folder / name for name in texts]
    for name in ("far.geojson", "near.shp", "link.geojson", "two_roots.kml", "far.gpkg"):
        for inside in (name, f"a/b/{name}", f"/etc/{name}", f"../../{name}"):
            files.append(folder / f"{len(files)}_{name}.zip")
            with zipfile.ZipFile(files[-1], "w") as archive:
                archive.writestr(inside, texts[name])
    return [*files, _link(folder), _geodatabase(folder, far), _virtual(folder, there)]


def _linked_inside(link: dict[str, object]) -> dict[str, list[dict[str, dict[str, object]]]]:
    found = squares(3)
    found["features"][0]["geometry"]["crs"] = link  # type: ignore[index]
    return found  # type: ignore[return-value]


def _link(folder: Path) -> Path:
    """Pack a symbolic link to a file of the system."""
    file = folder / "symlink.zip"
    with zipfile.ZipFile(file, "w") as archive:
        entry = zipfile.ZipInfo("own.geojson")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, str(folder / "secret.geojson"))
    return file


def _geodatabase(folder: Path, text: str) -> Path:
    place = folder / "own.gdb"
    gpd.GeoDataFrame({"code": ["a"]}, geometry=[box(0, 0, 1, 1)], crs=4326).to_file(
        place, driver="OpenFileGDB"
    )
    (place / "own.vrt").write_text(text)
    return place


def _virtual(folder: Path, there: str) -> Path:
    """Make a database with a table whose rows another file would give."""
    file = folder / "virtual.sqlite"
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE geometry_columns (f_table_name TEXT)")
        database.execute("INSERT INTO geometry_columns VALUES ('own')")
        database.execute("PRAGMA writable_schema = 1")
        made = f"CREATE VIRTUAL TABLE own USING VirtualOGR('/vsicurl/{there}')"
        row = "INSERT INTO sqlite_master VALUES ('table', 'own', 'own', 0, ?)"
        database.execute(row, (made,))
    database.close()
    return file


def doors() -> dict[str, Callable[[Path], object]]:
    """Everything in Python that reads boundaries, by name."""
    import geo_resilience as gr
    from geo_resilience.maps.drawing._context import layers_of
    from geo_resilience.regions._base_files import read_base, read_context

    return {
        "boundaries": lambda file: gr.regions.read_boundaries(file, "code"),
        "base": lambda file: read_base(file, "code"),
        "context": read_context,
        "atlas": layers_of,
    }
