"""Nothing in a boundary file reaches out, whatever its name and whichever door it comes through."""

from __future__ import annotations

import json
import os
import sqlite3
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
from hostile_for_tests import SUFFIXES, doors, gml, hostile_files, kml, listening, squares, vrt
from shapely.geometry import box

from geo_resilience.errors import InputError
from geo_resilience.regions import read_boundaries
from geo_resilience.regions._formats import FORMATS


def test_every_suffix_is_tried():
    assert {suffix for each in FORMATS for suffix in each.suffixes} <= {*SUFFIXES, ".geojsons"}


def test_the_server_would_hear_a_request(tmp_path):
    with listening() as (address, got):
        (tmp_path / "own.vrt").write_text(vrt(f"/vsicurl/{address}/own.geojson"))
        with suppress(Exception):  # whatever it makes of the answer
            pyogrio.read_dataframe(tmp_path / "own.vrt")
        for _ in range(1000):
            if got:
                break
            time.sleep(0.01)
        assert got


def test_no_hostile_file_is_read_and_no_request_is_made(tmp_path):
    with listening() as (address, got):
        files = hostile_files(tmp_path, address)
        assert len(files) > 70
        for file in files:
            for name, door in doors().items():
                with pytest.raises(InputError) as caught:
                    door(file)
                assert caught.value.say("zh") and file.name in str(caught.value), (file, name)
            assert got == [], file


@pytest.mark.parametrize("door", ["boundaries", "base", "context", "atlas"])
def test_addresses_are_no_files(tmp_path, monkeypatch, door):
    monkeypatch.chdir(tmp_path)
    with listening() as (address, got):
        for way in ("", "/vsicurl/", "WFS:", "GeoJSON:", "/vsizip//vsicurl/", "zip+"):
            with pytest.raises(InputError, match="no such file"):
                doors()[door](f"{way}{address}/own.geojson")
        # a folder may be called like the beginning of an address
        host = Path("http:") / address.removeprefix("http://")
        host.mkdir(parents=True)
        (host / "own.geojson").write_text(json.dumps(squares()))
        if door != "base":
            doors()[door](f"{address}/own.geojson")
        assert got == []


def test_harmless_xml_is_read_without_what_it_names(tmp_path):
    with listening() as (address, got):
        more = f"<NetworkLink><Link><href>{address}/more.kml</href></Link></NetworkLink>"
        (tmp_path / "own.kml").write_text(kml(more, f"{address}/styles.kml#one"))
        assert len(read_boundaries(tmp_path / "own.kml", "Name").keys) == 1
        more = f'<o:more xlink:href="{address}/other.gml#1"/>'
        (tmp_path / "own.gml").write_text(gml(f"{address}/own.xsd", more=more))
        assert read_boundaries(tmp_path / "own.gml", "code").keys == ["R00"]
        (tmp_path / "system.gml").write_text(gml(system=f"{address}/crs"))
        with pytest.raises(InputError, match=r"system\.gml"):
            read_boundaries(tmp_path / "system.gml", "code")
        assert got == []
    # neither what lies beside the file counts, nor is anything laid beside it
    assert sorted(each.name for each in tmp_path.iterdir()) == ["own.gml", "own.kml", "system.gml"]


def test_the_settings_of_gdal_are_as_they_were(tmp_path):
    pyogrio.set_gdal_config_options({"GDAL_HTTP_PROXY": "mine:1"})
    try:
        (tmp_path / "own.geojson").write_text(json.dumps(squares()))
        read_boundaries(tmp_path / "own.geojson", "code")
        assert pyogrio.get_gdal_config_option("GDAL_HTTP_PROXY") == "mine:1"
        assert pyogrio.get_gdal_config_option("CPL_VSIL_CURL_ALLOWED_EXTENSIONS") is None
    finally:
        pyogrio.set_gdal_config_options({"GDAL_HTTP_PROXY": None})


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".shp"])
def test_a_file_with_a_mark_of_archives_in_its_name(tmp_path, suffix):
    file = tmp_path / f"a!b{suffix}"
    shapes = gpd.GeoDataFrame({"code": ["1", "2"]}, geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)])
    shapes.set_crs(4326).to_file(tmp_path / f"plain{suffix}")
    for part in tmp_path.glob("plain.*"):
        part.rename(part.with_name(part.name.replace("plain", "a!b")))
    assert read_boundaries(file, "code").keys == ["1", "2"]


def test_bombs_are_refused_before_they_are_unpacked(tmp_path):
    file = tmp_path / "own.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("own.geojson", b" " * (300 << 20))
    start = time.process_time()
    with pytest.raises(InputError, match="300 MB unpacked"):
        read_boundaries(file, "code")
    assert time.process_time() - start < 1


def test_pipes_and_long_names(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_boundaries(tmp_path / f"{'城' * 300}.geojson", "code")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "own.geojson")
        with pytest.raises(InputError, match="a pipe or a device"):
            read_boundaries(tmp_path / "own.geojson", "code")


@pytest.fixture
def package(tmp_path):
    """A GeoPackage with a layer of squares."""
    frame = gpd.GeoDataFrame.from_features(squares()["features"], crs=4326)
    frame.to_file(tmp_path / "own.gpkg", layer="own")
    return tmp_path / "own.gpkg"


ENDLESS = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n"


def changed(file, *statements):
    with sqlite3.connect(file) as database:
        for each in statements:
            database.execute(each)
    database.close()
    return file


def listed(name):
    columns = "(table_name, data_type, identifier, srs_id)"
    return (
        f"INSERT INTO gpkg_contents {columns} VALUES ('{name}', 'features', '{name}', 4326)",
        f"INSERT INTO gpkg_geometry_columns VALUES ('{name}', 'geom', 'POLYGON', 4326, 0, 0)",
    )


def test_views_that_never_end_are_refused_and_other_layers_are_read(package):
    view = f"CREATE VIEW endless AS {ENDLESS} AS fid, 'x' AS code FROM r ORDER BY n DESC"
    changed(package, view, *listed("endless"))
    start = time.process_time()
    with pytest.raises(InputError, match="several layers"):
        read_boundaries(package, "code")
    with pytest.raises(InputError, match="endless is a view"):
        read_boundaries(package, "code", layer="endless")
    assert len(read_boundaries(package, "code", layer="own").keys) == 12
    assert time.process_time() - start < 5


@pytest.mark.parametrize("table", ["gpkg_contents", "gpkg_extensions", "gpkg_metadata"])
def test_a_description_that_never_ends_is_refused(package, table):
    changed(
        package,
        f"DROP TABLE IF EXISTS {table}",
        f"CREATE VIEW {table} AS {ENDLESS} AS table_name, 'features' AS data_type FROM r",
    )
    if table == "gpkg_contents":
        changed(package, "CREATE VIEW gpkg_more AS SELECT 1")
    with pytest.raises(InputError, match=r"own\.gpkg"):
        read_boundaries(package, "code")


def test_computed_columns_are_refused(package):
    changed(package, "ALTER TABLE own ADD COLUMN big AS (hex(zeroblob(100000000)))")
    with pytest.raises(InputError, match="computed columns"):
        read_boundaries(package, "code")


def test_styles_beside_the_layer_are_no_layer(package):
    """QGIS keeps styles in a table of the GeoPackage."""
    changed(
        package,
        "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY, styleQML TEXT)",
        "INSERT INTO gpkg_contents (table_name, data_type, identifier) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles')",
    )
    assert len(read_boundaries(package, "code").keys) == 12
    with pytest.raises(InputError, match="no layer layer_styles; it has own"):
        read_boundaries(package, "code", layer="layer_styles")


@pytest.mark.parametrize("name", ["geometry_columns", "spatial_ref_sys", "own"])
def test_databases_that_never_end_are_refused(tmp_path, name):
    frame = gpd.GeoDataFrame.from_features(squares()["features"], crs=4326)
    frame.to_file(tmp_path / "own.sqlite", driver="SQLite", layer="own")
    assert len(read_boundaries(tmp_path / "own.sqlite", "code").keys) == 12
    view = f"CREATE VIEW {name} AS {ENDLESS} AS f_table_name, 'x' AS code FROM r ORDER BY n DESC"
    changed(tmp_path / "own.sqlite", f"DROP TABLE {name}", view)
    with pytest.raises(InputError, match=f"{name} is a view"):
        read_boundaries(tmp_path / "own.sqlite", "code")
