"""Coordinate reference systems: unknown ones are told, stated ones are held against the file's."""

from __future__ import annotations

import json
import re

import geopandas as gpd
import pytest
from hostile_for_tests import squares
from pyproj import CRS
from shapely.geometry import box

from geo_resilience.errors import InputError
from geo_resilience.regions import read_boundaries
from geo_resilience.regions._base_files import read_context

NONSENSE = [
    *("EPSG:999999", "/etc/passwd", 'PROJCS[["x"', "urn:ogc:def:crs:EPSG::0", "", " "),
    *("+init=/etc/passwd:1", "+proj=longlat +nadgrids=/etc/passwd", "my own grid", "EPSG:"),
]


def written(folder, **more):
    file = folder / "own.geojson"
    file.write_text(json.dumps(squares(3, **more)), encoding="utf-8")
    return file


def named(name):
    return {"type": "name", "properties": {"name": name}}


@pytest.mark.parametrize("name", NONSENSE)
def test_an_unknown_name_is_never_taken_for_wgs_84(tmp_path, name):
    file = written(tmp_path, crs=named(name))
    for door in (lambda each: read_boundaries(each, "code"), read_context):
        with pytest.raises(InputError, match="names a coordinate reference system that is not"):
            door(file)
    assert read_boundaries(file, "code", crs="EPSG:4490").frame.crs.to_epsg() == 4490


@pytest.mark.parametrize(
    "said",
    [
        *("EPSG:999999", 4490, [], {}, {"type": "name"}, {"type": "name", "properties": {}}),
        *({"type": "proj4", "properties": {"x": 1}}, {"type": "EPSG", "properties": {"code": 9}}),
    ],
)
@pytest.mark.parametrize("last", [True, False])
def test_what_is_no_name_is_told_wherever_it_stands(tmp_path, said, last):
    content = squares(3)
    content = {**content, "crs": said} if last else {"crs": said, **content}
    file = tmp_path / "own.geojson"
    file.write_text(json.dumps(content))
    with pytest.raises(InputError, match="that is not known"):
        read_boundaries(file, "code")


def test_null_is_no_system(tmp_path):
    with pytest.raises(InputError, match="does not say its coordinate reference system"):
        read_boundaries(written(tmp_path, crs=None), "code")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (named("EPSG:4490"), 4490),
        (named("urn:ogc:def:crs:EPSG::4490"), 4490),
        (named("http://www.opengis.net/def/crs/EPSG/0/4490"), 4490),
        ({"type": "EPSG", "properties": {"code": 4490}}, 4490),
        (named("urn:ogc:def:crs:OGC:1.3:CRS84"), 4326),
        (named("urn:ogc:def:crs:EPSG::4326"), 4326),
        (named(CRS(4490).to_wkt()), 4490),
        (named("China Geodetic Coordinate System 2000"), 4490),
    ],
)
def test_names_that_are_known(tmp_path, said, code):
    regions = read_boundaries(written(tmp_path, crs=said), "code")
    assert regions.frame.crs.to_epsg() == code
    assert regions.frame.geometry["R00"].equals(box(110, 30, 111, 31))


def test_a_column_called_crs_says_nothing(tmp_path):
    content = squares(3)
    for each in content["features"]:
        each["properties"]["crs"] = "local grid"
    file = tmp_path / "own.geojson"
    file.write_text(json.dumps(content))
    assert read_boundaries(file, "code").frame.crs.to_epsg() == 4326
    content["features"][2]["properties"] = {"code": "R02", "crs": None}
    file.write_text(json.dumps(content))
    assert read_boundaries(file, "code").frame.crs.to_epsg() == 4326


@pytest.mark.parametrize("suffix", [".shp", ".gpkg", ".parquet", ".fgb"])
@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_file_without_a_system_takes_the_one_stated(tmp_path, suffix):
    file = tmp_path / f"own{suffix}"
    shapes = [box(500_000 + i, 3_000_000, 500_001 + i, 3_000_001) for i in range(3)]
    frame = gpd.GeoDataFrame({"code": list("abc")}, geometry=shapes)
    frame.to_parquet(file) if suffix == ".parquet" else frame.to_file(file)
    assert read_boundaries(file, "code", crs="EPSG:4547").frame.crs.to_epsg() == 4547
    with pytest.raises(InputError, match="does not say its coordinate reference system"):
        read_boundaries(file, "code")
    with pytest.raises(InputError, match="crs is EPSG:999999, which is no known"):
        read_boundaries(file, "code", crs="EPSG:999999")
    with pytest.raises(InputError, match="in degrees, but its coordinates run over 500000"):
        read_boundaries(file, "code", crs="EPSG:4490")


@pytest.mark.parametrize("suffix", [".shp", ".gpkg", ".parquet", ".geojson"])
def test_a_file_that_says_another_system_is_refused_and_both_are_said(tmp_path, suffix):
    file = tmp_path / f"own{suffix}"
    shapes = [box(110 + i, 30, 111 + i, 31) for i in range(3)]
    frame = gpd.GeoDataFrame({"code": list("abc")}, geometry=shapes, crs=4490)
    frame.to_parquet(file) if suffix == ".parquet" else frame.to_file(file)
    assert read_boundaries(file, "code", crs="EPSG:4490").frame.crs.to_epsg() == 4490
    both = r"China Geodetic Coordinate System 2000.*crs says WGS 84 \(EPSG:4326\)"
    with pytest.raises(InputError, match=re.compile(both, re.I)):
        read_boundaries(file, "code", crs="EPSG:4326")


@pytest.mark.parametrize("form", ["WKT1_ESRI", "WKT1_GDAL", "WKT2_2019"])
@pytest.mark.parametrize("code", [4490, 4547, 4214, 3857])
def test_the_same_system_in_other_words_is_the_same(tmp_path, code, form):
    shapes = [box(110 + i, 30, 111 + i, 31) for i in range(3)]
    frame = gpd.GeoDataFrame({"code": list("abc")}, geometry=shapes, crs=CRS(code).to_wkt(form))
    frame.to_parquet(tmp_path / "own.parquet")
    assert len(read_boundaries(tmp_path / "own.parquet", "code", crs=f"EPSG:{code}").keys) == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nonsense", "does not say its"),
        ("/etc/passwd", "does not say its"),
        ("EPSG:999999", "does not say its"),
        ('GEOGCS["x"]', "cannot be read: Missing DATUM"),
        (
            'PROJCS["Mine",GEOGCS["G",DATUM["D",SPHEROID["S",6378137,298]],PRIMEM["P",0],'
            'UNIT["Degree",0.0174]],PROJECTION["Fantasy"],UNIT["Meter",1]]',
            "system that is not known: Mine",
        ),
    ],
)
def test_a_shapefile_of_an_unknown_system(tmp_path, text, told):
    shapes = [box(110 + i, 30, 111 + i, 31) for i in range(3)]
    frame = gpd.GeoDataFrame({"code": list("abc")}, geometry=shapes, crs=4326)
    frame.to_file(tmp_path / "own.shp")
    (tmp_path / "own.prj").write_text(text)
    with pytest.raises(InputError, match=told):
        read_boundaries(tmp_path / "own.shp", "code")


def test_geojson_without_a_system_of_its_own_takes_the_one_stated(tmp_path):
    assert read_boundaries(written(tmp_path), "code", crs="EPSG:4490").frame.crs.to_epsg() == 4490
    with pytest.raises(InputError, match="belong to a boundary file"):
        read_boundaries(crs="EPSG:4490")


def test_a_stated_system_that_is_none_is_told_once(tmp_path):
    file = tmp_path / "own.shp"
    frame = gpd.GeoDataFrame({"code": ["a"]}, geometry=[box(100, 30, 101, 31)], crs=4490)
    frame.to_file(file)
    file.with_suffix(".prj").unlink()
    with pytest.raises(InputError) as caught:
        read_boundaries(file, "code", crs="CGCS2001")
    (problem,) = caught.value.problems
    assert "CGCS2001" in problem.say("en") and "CGCS2001" in problem.say("zh")
