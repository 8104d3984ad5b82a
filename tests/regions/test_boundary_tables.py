"""Shapes that databases keep, each in its form: PostGIS, SpatiaLite, GeoPackage, DuckDB, bytes."""

from __future__ import annotations

import duckdb
import geopandas as gpd
import pytest
import shapely

from geo_resilience.databases import Address, DatabaseQuery, ask
from geo_resilience.errors import InputError, Problems
from geo_resilience.regions import read_boundaries
from geo_resilience.regions._boundary_tables import _shape

SHAPES = [
    shapely.box(100, 20, 101, 21),
    shapely.MultiPolygon(
        [
            shapely.box(102, 20, 103, 21).difference(shapely.box(102.2, 20.2, 102.4, 20.4)),
            shapely.box(104, 20, 105, 21),
        ]
    ),
    shapely.box(106, 20, 107, 21).difference(shapely.box(106.2, 20.2, 106.4, 20.4)),
]
TOWNS = gpd.GeoDataFrame({"code": ["01", "02", "3"]}, geometry=SHAPES, crs=4490)


def given(url, query, folder=None):
    problems = Problems()
    address = Address(url) if folder is None else Address(url, folder)
    answers = ask([DatabaseQuery(address, "[boundaries]", query)], problems)
    problems.raise_if_any()
    return next(iter(answers.values()))


def checked(regions, crs=4490):
    assert regions.frame.index.to_list() == ["01", "02", "3"]
    assert regions.frame.crs == crs
    for found, shape in zip(regions.frame.geometry, SHAPES, strict=True):  # some write all as many
        parts = shapely.MultiPolygon(shapely.get_parts(shape).tolist())
        found = shapely.MultiPolygon(shapely.get_parts(found).tolist())
        assert shapely.equals_exact(found, parts, normalize=True)


@pytest.mark.parametrize("high", [False, True])
@pytest.mark.parametrize(
    ("driver", "options", "column"),
    [
        ("GPKG", {}, "geom"),
        ("SQLite", {"SPATIALITE": "YES", "FORMAT": "SPATIALITE"}, "geometry"),
        ("SQLite", {"FORMAT": "WKB"}, "geometry"),
    ],
)
def test_shapes_are_those_that_gdal_has_written(driver, options, column, high, tmp_path):
    towns = TOWNS.set_geometry(shapely.force_3d(TOWNS.geometry, 7.0)) if high else TOWNS
    towns.to_file(tmp_path / "towns.sqlite.gpkg", driver=driver, layer="towns", **options)
    found = given("sqlite:///towns.sqlite.gpkg", f"SELECT code, {column} FROM towns", tmp_path)
    if options == {"FORMAT": "WKB"}:
        with pytest.raises(InputError, match="reference system"):
            read_boundaries(found, "code")
        return
    checked(read_boundaries(found, "code"))


def test_spatialite_with_high_bytes_first_is_read():
    """The same bytes in the other order, as SpatiaLite's page has them: there is no writer."""
    import struct

    ring = shapely.get_coordinates(SHAPES[0])
    head = b"\x00\x00" + struct.pack(">i4d", 4490, *SHAPES[0].bounds) + b"\x7c"
    body = struct.pack(">ii", 1, len(ring)) + ring.astype(">f8").tobytes()
    one = _shape(head + struct.pack(">i", 3) + body + b"\xfe")
    assert shapely.equals_exact(one, SHAPES[0]) and shapely.get_srid(one) == 4490
    part = b"\x69" + struct.pack(">i", 3) + body
    two = _shape(head + struct.pack(">ii", 6, 2) + part + part + b"\xfe")
    assert [each.equals(SHAPES[0]) for each in two.geoms] == [True, True]


def test_shapes_are_those_of_postgis_in_its_own_system_too(postgres):
    postgres.sql("CREATE TABLE towns (code text, geom geometry)")
    for code, shape in zip(TOWNS["code"], SHAPES, strict=True):
        wkb = shapely.to_wkb(shape, hex=True)
        postgres.sql(f"INSERT INTO towns VALUES ('{code}', ST_SetSRID('{wkb}'::geometry, 4490))")
    checked(read_boundaries(given(postgres.url, "SELECT * FROM towns"), "code"))
    own = "+proj=longlat +ellps=krass +no_defs"
    text = gpd.GeoSeries([], crs=own).crs.to_wkt("WKT1_GDAL").replace("'", "''")
    postgres.sql(
        "DELETE FROM spatial_ref_sys WHERE srid = 990001",
        f"INSERT INTO spatial_ref_sys (srid, srtext, proj4text) VALUES (990001, '{text}', '{own}')",
    )
    query = "SELECT code, ST_SetSRID(geom, 990001)::geography AS g FROM towns"
    found = given(postgres.url, query)
    checked(read_boundaries(found, "code"), crs=gpd.GeoSeries([], crs=text).crs)
    postgres.sql("DELETE FROM spatial_ref_sys WHERE srid = 990001")


def test_a_function_of_duckdb_gives_shapes_where_its_extension_is_there(tmp_path):
    pytest.importorskip("duckdb_extension_spatial")
    with duckdb.connect(tmp_path / "towns.duckdb") as connection:
        connection.execute("CREATE TABLE towns (code TEXT, x DOUBLE)")
        connection.execute("INSERT INTO towns VALUES ('a', 100), ('b', 101)")
    query = "SELECT code, ST_AsWKB(ST_MakeEnvelope(x, 20, x + 1, 21)) AS shape FROM towns"
    found = given("duckdb:///towns.duckdb", query, tmp_path)
    with pytest.raises(InputError, match="reference system"):  # bytes name none
        read_boundaries(found, "code")
    assert _shape(bytes.fromhex(found.rows[0][1])).equals(SHAPES[0])


@pytest.mark.parametrize(
    "cell", ["01" * 9, "47" * 20, "00" * 60, "0103" + "ff" * 40, "010600000012"]
)
def test_what_is_no_shape_is_told(cell, tmp_path):
    import sqlite3

    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        connection.execute("CREATE TABLE t (code TEXT, shape BLOB)")
        connection.execute("INSERT INTO t VALUES ('a', ?)", [bytes.fromhex(cell)])
    with pytest.raises(InputError, match="well-known binary"):
        read_boundaries(given("sqlite:///a.sqlite", "SELECT * FROM t", tmp_path), "code")
