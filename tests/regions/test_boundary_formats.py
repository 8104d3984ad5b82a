"""Formats that GIS programs and databases write, each read to the same regions."""

from __future__ import annotations

import json
import shutil
import zipfile

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shapely.geometry import MultiPolygon, box, mapping

from geo_resilience.errors import InputError
from geo_resilience.regions import read_boundaries

NAMES = ["乙市", "甲市", "丙县"]


def frame_of(crs=4490):
    shapes = [box(110 + place, 30, 111 + place, 31) for place in range(3)]
    columns = {"code": ["02", "01", "10"], "label": ["甲市", "乙市", "丙县"]}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)


def as_expected(regions, crs=4490):
    assert regions.keys == ["01", "02", "10"]
    assert regions.frame["name"].to_list() == NAMES
    assert regions.frame.geometry["01"].equals(box(111, 30, 112, 31))
    assert regions.frame.crs.to_epsg() == crs


@pytest.mark.parametrize(
    ("name", "driver", "options"),
    [
        ("own.fgb", "FlatGeobuf", {}),
        ("own.gdb", "OpenFileGDB", {}),
        ("own.sqlite", "SQLite", {}),
        ("own.db", "SQLite", {}),
        ("own.tab", "MapInfo File", {"ENCODING": "UTF-8"}),
        ("own.mif", "MapInfo File", {"FORMAT": "MIF", "ENCODING": "UTF-8"}),
        ("own.gml", "GML", {"FORMAT": "GML2"}),
        ("own.geojson", "GeoJSON", {}),
        ("own.json", "GeoJSON", {}),
        ("own.shp", "ESRI Shapefile", {"ENCODING": "UTF-8"}),
        ("OWN.GPKG", "GPKG", {}),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_every_driver(tmp_path, name, driver, options, packed):
    file, crs = tmp_path / name, 4326 if name.endswith((".tab", ".mif")) else 4490
    frame_of(crs).to_file(file, driver=driver, engine="pyogrio", **options)
    if packed:
        file = pack(tmp_path)
    as_expected(read_boundaries(file, "code", name="label"), crs)


def pack(folder, inside="数据/"):
    """Pack all files of a folder, names in GB18030 as Windows in Chinese writes them."""
    file = folder / "packed.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for part in sorted(folder.rglob("*")):
            if part.is_file() and part != file:
                archive.write(part, f"{inside}{part.relative_to(folder).as_posix()}")
    return file


def test_names_in_archives_of_chinese_windows(tmp_path):
    frame_of().to_file(tmp_path / "a.geojson")
    content = (tmp_path / "a.geojson").read_text(encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        for name in ("aa.geojson", "bb.geojson"):
            archive.writestr(name, content)
    raw = (tmp_path / "b.zip").read_bytes().replace(b"aa.geo", "市".encode("gb18030") + b".geo")
    (tmp_path / "b.zip").write_bytes(raw)
    with pytest.raises(InputError, match=r"found: bb\.geojson, 市\.geojson"):
        read_boundaries(tmp_path / "b.zip", "code")
    as_expected(read_boundaries(tmp_path / "b.zip", "code", name="label", layer="市"))


def topology(**more):
    """Two squares that share an arc, written by hand (TopoJSON 1.0, quantized)."""
    arcs = [
        [[1, 0], [0, 1]],
        [[1, 1], [-1, 0], [0, -1], [1, 0]],
        [[1, 0], [1, 0], [0, 1], [-1, 0]],
    ]
    squares = [
        {"type": "Polygon", "arcs": [[0, 1]], "properties": {"code": "02", "label": "甲市"}},
        {"type": "Polygon", "arcs": [[2, -1]], "properties": {"code": "01", "label": "乙市"}},
    ]
    objects = {"cities": {"type": "GeometryCollection", "geometries": squares}, **more}
    grid = {"scale": [1, 1], "translate": [110, 30]}
    return {"type": "Topology", "transform": grid, "objects": objects, "arcs": arcs}


@pytest.mark.parametrize("name", ["own.topojson", "own.json"])
def test_topojson(tmp_path, name):
    file = tmp_path / name
    file.write_text(json.dumps(topology()), encoding="utf-8")
    with pytest.raises(InputError, match=r"does not say .* crs under \[boundaries\]"):
        read_boundaries(file, "code")
    regions = read_boundaries(file, "code", name="label", crs="EPSG:4490")
    assert regions.frame["name"].to_dict() == {"01": "乙市", "02": "甲市"}
    assert regions.frame.geometry["02"].equals(box(110, 30, 111, 31))
    assert regions.frame.geometry["01"].equals(box(111, 30, 112, 31))
    rivers = {"type": "GeometryCollection", "geometries": []}
    file.write_text(json.dumps(topology(rivers=rivers)), encoding="utf-8")
    with pytest.raises(InputError, match=r"several layers \(cities, rivers\)"):
        read_boundaries(file, "code", crs="EPSG:4490")
    assert len(read_boundaries(file, "code", layer="cities", crs="EPSG:4490").keys) == 2


def test_features_one_by_one_and_those_of_esri(tmp_path):
    features = json.loads(frame_of().to_crs(4326).to_json())["features"]
    lines = [json.dumps(each, ensure_ascii=False) for each in features]
    for name, text in (
        ("own.geojsonl", "\n".join(lines)),
        ("own.geojson", "\n".join(lines)),
        ("own.geojsons", "".join(f"\x1e{each}\n" for each in lines)),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        as_expected(read_boundaries(tmp_path / name, "code", name="label"), 4326)
    esri = {
        "geometryType": "esriGeometryPolygon",
        "spatialReference": {"wkid": 4490},
        "fields": [{"name": each, "type": "esriFieldTypeString"} for each in ("code", "label")],
        "features": [
            {"attributes": each["properties"], "geometry": {"rings": mapping(shape)["coordinates"]}}
            for each, shape in zip(features, frame_of().explode().geometry, strict=True)
        ],
    }
    (tmp_path / "esri.json").write_text(json.dumps(esri), encoding="utf-8")
    as_expected(read_boundaries(tmp_path / "esri.json", "code", name="label"))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize("packed", [False, True])
def test_geojson_in_other_encodings(tmp_path, encoding, packed):
    text = frame_of(4326).to_json(ensure_ascii=False)
    file = tmp_path / "own.geojson"
    file.write_text(text, encoding=encoding)
    if packed:
        file = pack(tmp_path)
    regions = read_boundaries(file, "code", name="label")
    as_expected(regions, 4326)
    assert [note.code for note in regions.notes] == (
        ["indicators.read_as_gb18030"] if encoding == "gb18030" else []
    )


def test_kml_and_its_archive(tmp_path):
    named = frame_of(4326)[["code", "geometry"]].rename(columns={"code": "Name"})
    named.to_file(tmp_path / "doc.kml", driver="KML", engine="pyogrio")
    plain = read_boundaries(tmp_path / "doc.kml", "Name")
    assert plain.keys == ["01", "02", "10"] and plain.frame.crs.to_epsg() == 4326
    assert plain.frame.geometry["01"].equals(box(111, 30, 112, 31))
    with zipfile.ZipFile(tmp_path / "own.kmz", "w") as archive:
        archive.write(tmp_path / "doc.kml", "doc.kml")
    assert read_boundaries(tmp_path / "own.kmz", "Name").frame.equals(plain.frame)


def test_a_geodatabase_with_another_file_in_it_or_none(tmp_path):
    frame_of().to_file(tmp_path / "own.gdb", driver="OpenFileGDB", layer="counties")
    (tmp_path / "own.gdb" / ".DS_Store").touch()
    as_expected(read_boundaries(tmp_path / "own.gdb", "code", name="label", layer="counties"))
    frame_of().to_file(tmp_path / "own.gdb" / "own.shp")
    with pytest.raises(InputError, match=r"no File Geodatabase.*own\.cpg"):
        read_boundaries(tmp_path / "own.gdb", "code")
    (tmp_path / "empty.gdb").mkdir()
    with pytest.raises(InputError, match="no File Geodatabase"):
        read_boundaries(tmp_path / "empty.gdb", "code")
    shutil.rmtree(tmp_path / "own.gdb")
    (tmp_path / "own.gdb").write_bytes(b"x")
    with pytest.raises(InputError, match=r"own\.gdb"):
        read_boundaries(tmp_path / "own.gdb", "code")


@pytest.mark.parametrize("encoding", ["WKB", "geoarrow"])
def test_geoparquet_1_1(tmp_path, encoding):
    file = tmp_path / "own.parquet"
    options = {"schema_version": "1.1.0", "geometry_encoding": encoding}
    shapes = frame_of()
    shapes["geometry"] = [MultiPolygon([each]) for each in shapes.explode().geometry]
    shapes.to_parquet(file, write_covering_bbox=True, **options)
    about = json.loads(pq.read_schema(file).metadata[b"geo"])
    assert about["version"] == "1.1.0"
    as_expected(read_boundaries(file, "code", name="label"))


@pytest.mark.parametrize("version", ["none", "2.0", "1.1"])
def test_parquet_with_a_type_of_geometry_as_sedona_writes_it(tmp_path, version):
    sedona = pytest.importorskip("sedonadb")
    sedona.connect().create_data_frame(frame_of()).to_parquet(
        tmp_path / "own.parquet", geoparquet_version=version
    )
    if version == "none":
        assert pq.read_schema(tmp_path / "own.parquet").metadata is None
    regions = read_boundaries(tmp_path / "own.parquet", "code", name="label")
    as_expected(regions)
    assert regions.notes == ()


def test_parquet_with_a_type_of_geometry_as_duckdb_writes_it(tmp_path):
    """Without a reference system the type means longitude and latitude of WGS 84."""
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect()
    connection.execute("CREATE TABLE own (code TEXT, label TEXT, geometry GEOMETRY)")
    for code, label, shape in frame_of().itertuples(index=False):
        connection.execute(f"INSERT INTO own VALUES ('{code}', '{label}', '{shape.wkt}'::GEOMETRY)")
    file = tmp_path / "own.parquet"
    connection.execute(f"COPY own TO '{file}' (FORMAT parquet, GEOPARQUET_VERSION 'NONE')")
    regions = read_boundaries(file, "code", name="label")
    assert regions.frame["name"].to_list() == NAMES
    assert regions.frame.crs.to_authority() == ("OGC", "CRS84")


def test_edges_that_follow_the_curve_of_the_earth_are_told(tmp_path):
    file = tmp_path / "own.parquet"
    frame_of().to_parquet(file)
    table = pq.read_table(file)
    about = json.loads(table.schema.metadata[b"geo"])
    about["columns"]["geometry"]["edges"] = "spherical"
    pq.write_table(table.replace_schema_metadata({b"geo": json.dumps(about)}), file)
    (note,) = read_boundaries(file, "code").notes
    assert "follow the curve of the earth" in str(note)
    plain = pa.table({"code": ["1"], "geometry": [b"no type"]})
    pq.write_table(plain, file)
    with pytest.raises(InputError, match=r"columns code, geometry\) but no geometry"):
        read_boundaries(file, "code")


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("own.geojson", b"SQLite format 3\x00", "no GeoJSON.*begins like GeoPackage"),
        ("own.gpkg", b'{"type": "FeatureCollection"}', 'no GeoPackage.*begins like {"type"'),
        ("own.parquet", b"PK\x03\x04", "no GeoParquet.*begins like zip archive"),
        ("own.shp", b"PAR1", "no Shapefile.*begins like GeoParquet"),
        ("own.zip", b"Rar!\x1a", "no zip archive.*begins like Rar!"),
        ("own.csv", b"code,name", r"\.csv is no format that boundaries are read from"),
        ("own", b"{}", "is no format that boundaries are read from"),
    ],
)
def test_contents_that_are_not_what_the_name_says(tmp_path, name, content, found):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=found) as caught:
        read_boundaries(tmp_path / name, "code")
    assert name in caught.value.say("zh")
