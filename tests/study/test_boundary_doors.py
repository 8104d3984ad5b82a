"""Boundaries of studies and commands: no request through any door, every file read has its hash."""

from __future__ import annotations

import json
from hashlib import sha256

import geopandas as gpd
import pytest
from hostile_for_tests import hostile_files, listening, squares, vrt
from shapely.geometry import box

from geo_resilience import study
from geo_resilience.cli._entry import answer
from geo_resilience.study._plan_sections import ANALYSES

FRAMEWORK = """
[[dimensions]]
code = "A"
name = "All"
[[indicators]]
code = "A1"
name = "One"
direction = "+"
dimension = "A"
column = "one"
"""
STUDY = f"""
title = "Squares"
output = {{ figures = [], report = false }}
analyses = {{ skip = {json.dumps(ANALYSES)} }}
[table]
file = "own.csv"
region = "code"
year = "year"
[framework]
file = "own.toml"
[weights]
method = "equal"
"""


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "study"
    place.mkdir()
    codes = [f"R{each:02d}" for each in range(12)]
    rows = [
        f"{code},{year},{i * year % 7}" for i, code in enumerate(codes) for year in (2022, 2023)
    ]
    (place / "own.csv").write_text("\n".join(["code,year,one", *rows]))
    (place / "own.toml").write_text(FRAMEWORK)
    (place / "own.geojson").write_text(json.dumps(squares()))
    return place


def asked(folder, text):
    (folder / "study.toml").write_text(STUDY + text)
    return str(folder / "study.toml")


BOUNDARIES = '[boundaries]\nfile = "{file}"\nkey = "code"\n'
DOORS = {
    "boundaries": BOUNDARIES,
    "base": '[map]\nbase = "{file}"\nkey = "code"\n',
    "context": BOUNDARIES.format(file="own.geojson") + '[[map.context]]\nfile = "{file}"\n',
}
CHOSEN = ("far.geojson", "far.shp", "link.geojson", "streamed.json", "near.kml", "own.gdb")


@pytest.mark.parametrize("door", DOORS)
def test_no_study_reaches_out(folder, tmp_path, capsys, door):
    with listening() as (address, got):
        hostile_files(tmp_path, address)
        for name in CHOSEN:
            file = asked(folder, DOORS[door].format(file=(tmp_path / name).as_posix()))
            assert answer(["run", file, "--out", str(tmp_path / "out")]) == 2, name
            assert name in capsys.readouterr().err
            assert not (tmp_path / "out").exists()
        assert got == []


@pytest.mark.parametrize(
    "command",
    [
        ["map", "own.csv", "--key", "code", "--value", "one", "--year", "2023", "--boundaries"],
        ["map", "own.csv", "--key", "code", "--value", "one", "--year", "2023", "--base"],
        ["space", "own.csv", "--key", "code", "--value", "one", "--year", "2023", "--boundaries"],
        ["tally", "own.csv", "--region", "code", "--year", "year", "-o", "t.csv", "--boundaries"],
        ["init", "new", "--boundaries"],
    ],
    ids=lambda each: f"{each[0]} {each[-1]}",
)
def test_no_command_reaches_out(folder, tmp_path, capsys, monkeypatch, command):
    monkeypatch.chdir(folder)
    with listening() as (address, got):
        hostile_files(tmp_path, address)
        for name in CHOSEN:
            key = ["--boundaries-key", "code"]
            assert answer([*command, str(tmp_path / name), *key]) == 2, name
            assert name in capsys.readouterr().err
        assert got == []


def test_a_raster_that_is_described_elsewhere_is_not_followed(folder, tmp_path, capsys):
    pytest.importorskip("rasterio")
    pytest.importorskip("exactextract")
    with listening() as (address, got):
        band = f"<VRTRasterBand><SimpleSource><SourceFilename>/vsicurl/{address}/a.tif"
        size = 'rasterXSize="4" rasterYSize="4"'
        end = "</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"
        texts = {
            "a_2023.tif": f"<VRTDataset {size}>{band}{end}",
            "b_2023.tif": vrt(f"/vsicurl/{address}/a.geojson"),
            "c_2023.tif": f"<GDAL_WMS><Service name='TMS'><ServerUrl>{address}",
        }
        for name, text in texts.items():
            (tmp_path / name).write_text(text)
            where = ["--boundaries", str(folder / "own.geojson"), "--boundaries-key", "code"]
            asked = ["zonal", str(tmp_path / name), *where, "-o", str(tmp_path / "z.csv")]
            assert answer(asked) == 2 and name in capsys.readouterr().err
        assert got == []


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("own.shp", {"own.shp", "own.dbf", "own.shx", "own.prj", "own.cpg"}),
        ("own.tab", {"own.tab", "own.dat", "own.map", "own.id"}),
        ("own.gdb", {"own.gdb"}),
        ("own.gpkg", {"own.gpkg"}),
    ],
)
def test_every_file_that_was_read_has_its_hash(folder, tmp_path, name, parts):
    shapes = gpd.GeoDataFrame.from_features(squares()["features"], crs=4326)
    (folder / "own.csv").rename(folder / "table.csv")
    (folder / "own.toml").rename(folder / "framework.toml")
    driver = {".tab": "MapInfo File", ".gdb": "OpenFileGDB"}.get(name[-4:])
    shapes.to_file(folder / name, driver=driver, engine="pyogrio")
    text = STUDY.replace("own.csv", "table.csv").replace("own.toml", "framework.toml")
    file = folder / "study.toml"
    file.write_text(text + BOUNDARIES.format(file=name))

    def inputs(out):
        study.run(file, tmp_path / out)
        told = json.loads((tmp_path / out / "provenance.json").read_text("utf-8"))["inputs"]
        return {each: found for each, found in told.items() if each.startswith(name[:4])}

    before = inputs("one")
    assert set(before) == parts
    for each in parts - {"own.gdb"}:
        assert before[each] == sha256((folder / each).read_bytes()).hexdigest()
    if name == "own.gdb":
        (folder / name / "timestamps").write_bytes(b"\x01" * 400)
        assert inputs("two")["own.gdb"] != before["own.gdb"]


def test_a_system_is_stated_in_a_study_and_on_the_command_line(
    folder, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(folder)
    shapes = [box(500_000 + 1e4 * i, 3e6, 510_000 + 1e4 * i, 3.01e6) for i in range(12)]
    codes = [f"R{each:02d}" for each in range(12)]
    gpd.GeoDataFrame({"code": codes}, geometry=shapes).to_parquet(folder / "own.parquet")
    plain = BOUNDARIES.format(file="own.parquet")
    assert answer(["check", asked(folder, plain)]) == 2
    assert "Name it as crs under [boundaries]" in capsys.readouterr().err
    checked = study.check(asked(folder, plain + 'crs = "EPSG:4547"\n'))
    assert checked.inputs.ground.everywhere.frame.crs.to_epsg() == 4547
    assert answer(["check", asked(folder, plain + 'crs = "EPSG:0"\n')]) == 2
    assert "crs is EPSG:0" in capsys.readouterr().err
    drawn = ["map", "own.csv", "--key", "code", "--value", "one", "--year", "2023"]
    drawn += ["--boundaries", "own.parquet", "--boundaries-key", "code"]
    assert answer(drawn) == 2 and "--boundaries-crs" in capsys.readouterr().err
    assert answer([*drawn, "--boundaries-crs", "EPSG:4547"]) == 0
    assert (folder / "map.html").exists()


def test_boundaries_and_groups_and_aliases_are_told_at_once(folder, capsys):
    groups = '[[groups]]\nid = "g"\nkind = "belt"\nmembers = ["R99"]\n'
    (folder / "groups.toml").write_text(groups + '[[groups]]\nid = "h"\nkind = "belts"')
    (folder / "aliases.csv").write_text("name,code\nOne,\n")
    (folder / "double.geojson").write_text(json.dumps(squares()).replace("R01", "R00"))
    more = '[groups]\nfile = "groups.toml"\n[boundaries]\naliases = "aliases.csv"\n'
    for name, member in (("own.geojson", True), ("double.geojson", False)):
        plain = BOUNDARIES.format(file=name).removeprefix("[boundaries]\n")
        assert answer(["check", asked(folder, more + plain)]) == 2
        told = capsys.readouterr().err
        assert "group h: kind is belts" in told and "aliases.csv" in told
        assert ("member R99" in told) == member and ("key R00 stands 2 times" in told) != member
