"""Boundaries in every format, and everything that can be wrong with them, one by one."""

import json
import shutil
import zipfile

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from geo_resilience.errors import InputError
from geo_resilience.regions import _regions as ground
from geo_resilience.regions import read_boundaries
from geo_resilience.regions._regions import boundaries_folder


def frame_of(
    keys=("02", "01", "10"), names=("甲市", "乙市", "丙县"), shapes=None, crs=4326, **more
):
    shapes = shapes or [box(i, 0, i + 1, 1) for i in range(len(keys))]
    columns = {"code": list(keys), "label": list(names[: len(keys)]), **more}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)


def written(frame, path, **options):
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path, engine="pyogrio", **options)
    return path


def said(path, key="code", **options):
    with pytest.raises(InputError) as caught:
        read_boundaries(path, key, **options)
    assert caught.value.say("zh")
    return str(caught.value)


def test_the_bundled_provinces():
    regions = read_boundaries()
    assert regions.bundled and regions.source == "bundled" and regions.notes == ()
    assert regions.frame.index.name == "adcode" and regions.frame.crs.to_epsg() == 4326
    assert regions.keys == sorted(regions.keys) and len(regions.keys) == 31
    assert pd.api.types.is_string_dtype(regions.frame.index.dtype)
    assert all(a < b for a, b in regions.links)
    assert {"name", "name_zh", "name_zh_full", "iso", "area_km2", "label_lon"} <= set(regions.frame)
    assert regions.names("en")["540000"] == "Tibet" and regions.names("zh")["540000"] == "西藏"


def test_leaving_regions_out_leaves_their_links_out():
    regions = read_boundaries().without(["130000", "460000"])
    assert len(regions.keys) == 29
    assert not any("130000" in pair for pair in regions.links)
    assert ("110000", "120000") in regions.links
    with pytest.raises(InputError, match="13000 is the key of none"):
        regions.without(["13000"])


def test_the_folder_is_found_in_a_wheel_and_in_a_checkout(tmp_path, monkeypatch):
    assert (boundaries_folder() / "groups.toml").is_file()
    package = tmp_path / "site" / "geo_resilience"
    (package / "regions").mkdir(parents=True)
    monkeypatch.setattr(ground, "__file__", str(package / "regions" / "ground.py"))
    with pytest.raises(InputError, match="install the package again"):
        boundaries_folder()
    (tmp_path / "site" / "boundaries").mkdir()
    (tmp_path / "site" / "boundaries" / "provinces.geojson").touch()
    assert boundaries_folder() == tmp_path / "site" / "boundaries"
    (package / "boundaries").mkdir()
    (package / "boundaries" / "provinces.geojson").touch()
    assert boundaries_folder() == package / "boundaries"


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".shp", ".parquet", ".fgb"])
def test_every_format_gives_the_same_regions(tmp_path, suffix):
    path = written(frame_of(), tmp_path / f"own{suffix}")
    regions = read_boundaries(path, "code", name="label")
    assert regions.keys == ["01", "02", "10"]
    assert regions.frame["name"].to_list() == ["乙市", "甲市", "丙县"]
    assert regions.frame["name_zh"].to_list() == ["乙市", "甲市", "丙县"]
    assert regions.frame.loc["01"].geometry.equals(box(1, 0, 2, 1))
    assert list(regions.frame.columns) == ["name", "name_zh", "geometry"]
    assert regions.source == path.name and regions.links is None and not regions.bundled


def test_a_zipped_shapefile_in_a_folder_of_the_archive(tmp_path):
    written(frame_of(), tmp_path / "own.shp")
    archive = tmp_path / "own.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for part in tmp_path.glob("own.*"):
            if part.suffix != ".zip":
                file.write(part, f"数据/{part.name}")
    assert read_boundaries(archive, "code", name="label").frame["name"]["01"] == "乙市"
    with zipfile.ZipFile(archive, "a") as file:
        file.writestr("other.geojson", "{}")
    assert "exactly one boundary file" in said(archive)
    (tmp_path / "no.zip").write_text("text")
    assert "no zip archive" in said(tmp_path / "no.zip")
    (tmp_path / "cut.zip").write_bytes(archive.read_bytes()[:200])
    assert "no zip archive" in said(tmp_path / "cut.zip")


def strip_encoding(folder, language_byte=0):
    """Make a Shapefile say nothing of its encoding."""
    for file in folder.glob("*.cpg"):
        file.unlink()
    for file in folder.glob("*.dbf"):
        content = bytearray(file.read_bytes())
        content[29] = language_byte
        file.write_bytes(bytes(content))


@pytest.mark.parametrize("language_byte", [0, 0x57])
@pytest.mark.parametrize("encoding", ["GB18030", "UTF-8"])
def test_chinese_shapefiles_that_do_not_state_their_encoding(tmp_path, encoding, language_byte):
    frame = frame_of(names=("延边朝鲜族自治州", "濮阳市", "堃县"))
    written(frame, tmp_path / "own.shp", encoding=encoding)
    strip_encoding(tmp_path, language_byte)
    regions = read_boundaries(tmp_path / "own.shp", "code", name="label")
    assert regions.frame["name"].to_list() == ["濮阳市", "延边朝鲜族自治州", "堃县"]
    assert encoding.lower() in str(regions.notes[0])


def test_chinese_column_names_are_read_too(tmp_path):
    frame = frame_of().rename(columns={"code": "代码", "label": "名称"})
    written(frame, tmp_path / "own.shp", encoding="GB18030")
    strip_encoding(tmp_path)
    regions = read_boundaries(tmp_path / "own.shp", "代码", name="名称")
    assert regions.frame["name"]["10"] == "丙县"


def test_a_western_shapefile_that_does_not_state_its_encoding(tmp_path):
    frame = frame_of(names=("Île-de-France", "Graubünden", "A Coruña"))
    written(frame, tmp_path / "own.shp", encoding="ISO-8859-1")
    strip_encoding(tmp_path)
    regions = read_boundaries(tmp_path / "own.shp", "code", name="label")
    assert regions.frame["name"].to_list() == ["Graubünden", "Île-de-France", "A Coruña"]
    assert "cp1252" in str(regions.notes[0])


def test_a_shapefile_that_states_the_wrong_encoding(tmp_path):
    written(frame_of(), tmp_path / "own.shp", encoding="GB18030")
    (tmp_path / "own.cpg").write_text("UTF-8")
    regions = read_boundaries(tmp_path / "own.shp", "code", name="label")
    assert regions.frame["name"]["10"] == "丙县"


def test_an_ascii_shapefile_needs_no_note(tmp_path):
    written(frame_of(names=("a", "b", "c")), tmp_path / "own.shp")
    strip_encoding(tmp_path)
    assert read_boundaries(tmp_path / "own.shp", "code").notes == ()


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".shp", ".parquet"])
@pytest.mark.parametrize(
    "keys",
    [[320100, 320200, 320300], [320100.0, 320200.0, 320300.0], ["320100", "320200", "320300"]],
)
def test_keys_are_text_whatever_the_column_holds(tmp_path, suffix, keys):
    path = written(frame_of(keys), tmp_path / f"own{suffix}")
    assert read_boundaries(path, "code").keys == ["320100", "320200", "320300"]


def test_without_names_the_keys_stand_for_them_and_usual_columns_are_taken(tmp_path):
    path = written(frame_of(), tmp_path / "own.gpkg")
    assert read_boundaries(path, "code").names().to_list() == ["01", "02", "10"]
    usual = frame_of().rename(columns={"code": "adcode", "label": "name_zh"})
    usual["name"] = ["A", None, " "]
    path = written(usual, tmp_path / "usual.gpkg")
    regions = read_boundaries(path)
    assert regions.names("en").to_list() == ["01", "A", "10"]
    assert regions.names("zh").to_list() == ["乙市", "甲市", "丙县"]


def test_projected_and_three_dimensional_boundaries_keep_their_crs_and_lose_height(tmp_path):
    shapes = [shapely.force_3d(box(500_000 + i, 0, 500_001 + i, 1), 9.0) for i in range(3)]
    path = written(frame_of(shapes=shapes, crs=32650), tmp_path / "own.gpkg")
    regions = read_boundaries(path, "code")
    assert regions.frame.crs.to_epsg() == 32650
    assert not regions.frame.has_z.any()


def test_layers_must_be_named_where_there_are_several(tmp_path):
    path = tmp_path / "own.gpkg"
    written(frame_of(), path, layer="cities")
    assert len(read_boundaries(path, "code").keys) == 3
    written(frame_of(["1"]), path, layer="rivers")
    assert "several layers (cities, rivers)" in said(path)
    assert read_boundaries(path, "code", layer="rivers").keys == ["1"]
    assert "no layer city; it has cities, rivers" in said(path, layer="city")


def test_places_that_are_no_boundary_file(tmp_path):
    assert "no such file" in said(tmp_path / "none.geojson")
    written(frame_of(), tmp_path / "own.geojson")
    assert "Did you mean own.geojson" in said(tmp_path / "ovn.geojson")
    assert "no such file" in said(tmp_path / "no" / "folder.shp")
    assert "is a folder" in said(tmp_path) and "own.geojson" in said(tmp_path)
    (tmp_path / "empty.geojson").touch()
    assert "0 bytes" in said(tmp_path / "empty.geojson")
    with pytest.raises(InputError, match="belong to a boundary file"):
        read_boundaries(None, "code")


@pytest.mark.parametrize(
    "name, content",
    [
        ("cut.geojson", b'{"type":"FeatureCollection","features":[{"type":"Feature","prop'),
        ("noise.gpkg", b"SQLite format 3\x00" + b"\x07" * 200),
        ("noise.shp", b"\x00\x00\x27\x0a" + b"\x01" * 40),
        ("noise.parquet", b"PAR1 nothing PAR1"),
    ],
)
def test_damaged_files_are_named(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert name in said(tmp_path / name)
    assert "cannot be read" in said(tmp_path / name)


def test_a_cut_geopackage_is_named(tmp_path):
    path = written(frame_of(), tmp_path / "own.gpkg")
    path.write_bytes(path.read_bytes()[:3000])
    assert "own.gpkg" in said(path)


def test_a_table_without_geometry_and_a_file_without_regions(tmp_path):
    pd.DataFrame({"code": ["1"]}).to_parquet(tmp_path / "table.parquet")
    assert "table.parquet" in said(tmp_path / "table.parquet")
    (tmp_path / "none.geojson").write_text('{"type":"FeatureCollection","features":[]}')
    assert "no regions" in said(tmp_path / "none.geojson")


def test_a_shapefile_without_its_companions(tmp_path):
    written(frame_of(), tmp_path / "own.shp")
    (tmp_path / "own.prj").unlink()
    assert "coordinate reference system" in said(tmp_path / "own.shp")
    (tmp_path / "own.shx").unlink()
    assert "own.shp" in said(tmp_path / "own.shp")


def test_an_unknown_crs_in_each_format(tmp_path):
    bare = frame_of(crs=None)
    for name in ("own.gpkg", "own.parquet", "own.shp"):
        with pytest.warns(UserWarning, match="crs") if name != "own.parquet" else nothing():
            written(bare, tmp_path / name)
        assert "does not say its coordinate reference system" in said(tmp_path / name)


def nothing():
    from contextlib import nullcontext

    return nullcontext()


def test_meters_in_a_file_that_claims_degrees(tmp_path):
    shapes = [box(500_000 + i, 3_000_000, 500_001 + i, 3_000_001) for i in range(3)]
    frame_of(shapes=shapes).to_parquet(tmp_path / "own.parquet")
    sentence = said(tmp_path / "own.parquet")
    assert "in degrees" in sentence and "500000" in sentence


def test_columns_that_are_not_there(tmp_path):
    path = written(frame_of(), tmp_path / "own.gpkg")
    sentence = said(path, "codes", name="lable")
    assert "no column codes" in sentence and "Did you mean code?" in sentence
    assert "no column lable" in sentence and "Did you mean label?" in sentence
    assert "no column is named as key" in said(path, None)


def test_keys_that_are_blank_or_stand_twice(tmp_path):
    path = written(frame_of(["1", None, " "]), tmp_path / "blank.gpkg")
    sentence = said(path, name="label")
    assert "2 regions have no key" in sentence and "2 (乙市), 3 (丙县)" in sentence
    path = written(frame_of(["1", "2", " 1"]), tmp_path / "twice.gpkg")
    assert "key 1 stands 2 times in column code (region number 1, 3)" in said(path)


BOWTIE = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
SPIKE = Polygon([(0, 0), (1, 0), (1, 1), (1, 1.4), (1, 1), (0, 1)])
PINCHED = Polygon([(0, 0), (2, 0), (2, 2), (1, 0), (0, 2)])


@pytest.mark.parametrize(
    "shape, sentence",
    [
        (BOWTIE, "is invalid (Self-intersection"),
        (MultiPolygon([box(0, 0, 1, 1), box(0.2, 0, 1, 1)]), "is invalid"),
        (Polygon([(0, 0), (1, 1), (0, 0), (0, 0)]), "is invalid"),
        (None, "has no geometry"),
        (Polygon(), "has no geometry"),
        (Point(1, 1), "is made of Point"),
        (LineString([(0, 0), (1, 1)]), "is made of LineString"),
        (GeometryCollection([LineString([(0, 0), (1, 1)]), Point(0, 0)]), "LineString, Point"),
    ],
    ids=["figure of eight", "overlap", "no extent", "null", "empty", "point", "line", "mixture"],
)
def test_shapes_that_leave_a_doubt_are_errors_that_name_the_region(tmp_path, shape, sentence):
    path = tmp_path / "own.parquet"
    frame_of(shapes=[box(5, 5, 6, 6), shape, box(7, 7, 8, 8)]).to_parquet(path)
    found = said(path, name="label")
    assert sentence in found and "01 (乙市)" in found
    assert "02" not in found


@pytest.mark.parametrize("shape, area", [(SPIKE, 1.0), (PINCHED, 2.0)], ids=["spike", "pinched"])
def test_shapes_with_a_small_fault_are_repaired_with_a_note(tmp_path, shape, area):
    assert not shape.is_valid
    path = tmp_path / "own.parquet"
    frame_of(shapes=[box(5, 5, 6, 6), shape, box(7, 7, 8, 8)]).to_parquet(path)
    regions = read_boundaries(path, "code", name="label")
    assert regions.frame.is_valid.all()
    assert regions.frame.geometry["01"].area == pytest.approx(area)
    (note,) = regions.notes
    assert "01 (乙市)" in str(note) and "repaired" in str(note) and "own.parquet" in note.say("zh")


def test_a_collection_of_polygons_is_taken_as_one_region(tmp_path):
    shape = GeometryCollection([box(0, 0, 1, 1), MultiPolygon([box(3, 0, 4, 1)])])
    path = written(
        frame_of(shapes=[box(5, 5, 6, 6), shape, box(7, 7, 8, 8)]), tmp_path / "o.geojson"
    )
    assert read_boundaries(path, "code").frame.geometry["01"].geom_type == "MultiPolygon"


@pytest.mark.parametrize("deep", [False, True])
def test_points_and_lines_beside_polygons_are_dropped_with_a_note(tmp_path, deep):
    stray = [box(0, 0, 1, 1), Point(0, 0), LineString([(3, 3), (4, 4)])]
    shape = GeometryCollection([GeometryCollection(stray)] if deep else stray)
    file = tmp_path / "own.geojson"
    written(frame_of(shapes=[box(5, 5, 6, 6), shape, box(7, 7, 8, 8)]), file)
    regions = read_boundaries(file, "code", name="label")
    assert regions.frame.geometry["01"].equals(box(0, 0, 1, 1))
    (note,) = regions.notes
    assert "region 01 (乙市) also holds LineString, Point, left out" in note.say("en")
    assert "LineString、Point" in note.say("zh")


def test_a_coordinate_that_is_no_number_is_named(tmp_path):
    shape = Polygon([(0, 0), (1, 0), (1, np.inf), (0, 1)])
    frame_of(shapes=[box(5, 5, 6, 6), shape, box(7, 7, 8, 8)]).to_parquet(tmp_path / "own.parquet")
    assert "01" in said(tmp_path / "own.parquet")


def test_everything_is_said_at_once(tmp_path):
    path = tmp_path / "own.parquet"
    frame_of(["1", "1", None], shapes=[BOWTIE, Point(0, 0), box(1, 1, 2, 2)], crs=None).to_parquet(
        path
    )
    sentence = said(path, name="nam", crs="EPSG:nothing")
    assert "EPSG:nothing" in sentence
    assert "no column is named as key" in (bare := said(path, None)) and "made of Point" in bare
    for part in (
        "no column nam",
        "coordinate reference system",
        "stands 2 times",
        "no key",
        "is invalid",
        "made of Point",
    ):
        assert part in sentence


def test_a_hand_written_geojson_with_numbers_and_nulls(tmp_path):
    def feature(code, shape):
        return {"type": "Feature", "properties": {"code": code}, "geometry": shape}

    square = shapely.geometry.mapping(box(0, 0, 1, 1))
    path = tmp_path / "own.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature(7, square)]}))
    assert read_boundaries(path, "code").keys == ["7"]
    content = {"type": "FeatureCollection", "features": [feature("07", square), feature("8", None)]}
    path.write_text(json.dumps(content))
    assert "region 8 has no geometry" in said(path)


def test_paths_with_chinese_signs_and_blanks(tmp_path):
    folder = tmp_path / "数据 文件"
    folder.mkdir()
    path = written(frame_of(), folder / "边界 一.geojson")
    assert read_boundaries(path, "code").source == "边界 一.geojson"
    shutil.copy(path, folder / "b.json")
    assert read_boundaries(str(folder / "b.json"), "code").source == "b.json"


def test_gdal_is_asked_for_nothing_on_the_net(tmp_path, monkeypatch):
    monkeypatch.setattr(pyogrio, "read_dataframe", lambda *_, **__: pytest.fail("asked GDAL"))
    assert "no such file" in said("https://example.org/own.geojson")
    assert "no such file" in said("/vsicurl/https://example.org/own.geojson")
