"""Rasters as a table of a study: averaged, joined, told, drawn on the atlas."""

from __future__ import annotations

import json
from hashlib import sha256

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

import geo_resilience as gr
from geo_resilience.cli._entry import answer
from geo_resilience.errors import InputError
from geo_resilience.study._plan_sections import ANALYSES

rasterio = pytest.importorskip("rasterio")
pytest.importorskip("exactextract")

FRAMEWORK = """
[[dimensions]]
code = "A"
name = "Land"
[[indicators]]
code = "A1"
name = "Lights"
unit = ""
direction = "+"
dimension = "A"
weight = 0.5
column = "mean_lights"
[[indicators]]
code = "A2"
name = "Built land"
unit = ""
direction = "+"
dimension = "A"
weight = 0.5
column = "share_built"
"""
STUDY = """
title = "Lights of sixteen squares"
seed = 1
[boundaries]
file = "squares.geojson"
key = "code"
[framework]
file = "framework.toml"
[[rasters]]
files = "lights"
name = "lights"
year = "n{{year}}_*.tif"
[[rasters]]
files = ["cover.tif"]
band_years = [2021, 2022]
classes = {{ built = 8 }}
[analyses]
skip = {skip}
"""


def write(file, bands, nodata):
    grid = rasterio.transform.from_origin(0, 4, 0.5, 0.5)
    told = {"width": 8, "height": 8, "count": len(bands), "dtype": bands.dtype}
    with rasterio.open(file, "w", **told, crs="EPSG:4326", transform=grid, nodata=nodata) as raster:
        raster.write(bands)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "framework.toml").write_text(FRAMEWORK)
    (tmp_path / "study.toml").write_text(STUDY.format(skip=json.dumps(list(ANALYSES))))
    squares = [box(i, j, i + 1, j + 1) for i in range(4) for j in range(4)]
    codes = [f"r{i:02d}" for i in range(16)]
    gpd.GeoDataFrame({"code": codes}, geometry=squares, crs="EPSG:4326").to_file(
        tmp_path / "squares.geojson"
    )
    rng = np.random.default_rng(2)
    (tmp_path / "lights").mkdir()
    for year in (2021, 2022):
        cells = rng.gamma(1, 3, (1, 8, 8)).astype("float32")
        cells[0, 7, 0] = -1  # a quarter of the first square, at the lower left
        write(tmp_path / "lights" / f"n{year}_0101.tif", cells, -1)
    write(tmp_path / "cover.tif", rng.choice([1, 8], (2, 8, 8)).astype("uint8"), 0)
    return tmp_path


def by_hand(folder):
    """Means of the four cells of each square; parallels of half a degree differ by little."""
    rows = {}
    for place, year in enumerate((2021, 2022)):
        with rasterio.open(folder / "lights" / f"n{year}_0101.tif") as raster:
            lights = raster.read(1, masked=True)
        with rasterio.open(folder / "cover.tif") as raster:
            built = raster.read(place + 1) == 8
        for i in range(4):
            for j in range(4):
                part = np.s_[6 - 2 * j : 8 - 2 * j, 2 * i : 2 * i + 2]
                rows[f"r{4 * i + j:02d}", year] = lights[part].mean(), built[part].mean()
    return pd.DataFrame(rows, index=["A1", "A2"]).T


def test_a_study_of_rasters_reaches_the_atlas(folder, capsys):
    assert answer(["run", str(folder / "study.toml"), "--language", "en"]) == 0
    results = folder / "results"
    table = pd.read_csv(results / "tables" / "indicators.csv", dtype={"adcode": str})
    found = table.set_index(["adcode", "year"])
    expected = by_hand(folder)
    scaled = (expected - expected.min()) / (expected.max() - expected.min())
    assert found.index.to_list() == scaled.sort_index().index.to_list()
    assert found[["A1", "A2"]].to_numpy() == pytest.approx(scaled.sort_index().to_numpy(), abs=1e-3)
    lost = pd.read_csv(results / "tables" / "rasters_left_out.csv", dtype={"adcode": str})
    assert lost[["adcode", "year", "reason"]].to_numpy().tolist() == [
        ["r00", 2021, "no_data"],
        ["r00", 2022, "no_data"],
    ]
    assert lost["share"].to_list() == pytest.approx([0.25, 0.25], abs=1e-3)
    summary = (results / "summary.txt").read_text("utf-8")
    assert "1 region has a part without data in the raster, up to 25 % (r00, 202" in summary
    assert "Lights of sixteen squares" in (results / "atlas.html").read_text("utf-8")


def test_provenance_holds_each_file_s_hash(folder):
    results = gr.study.run(folder / "study.toml", folder / "results")
    told = json.loads((folder / "results" / "provenance.json").read_text("utf-8"))["inputs"]
    held = {name: each if isinstance(each, str) else each["sha256"] for name, each in told.items()}
    for name in ("lights/n2021_0101.tif", "lights/n2022_0101.tif", "cover.tif"):
        assert held[name] == sha256((folder / name).read_bytes()).hexdigest()
    assert len(results["rasters_left_out"]) == 2


def test_a_study_by_the_command_s_table_is_the_same(folder, capsys):
    first = gr.study.run(folder / "study.toml")
    ends = ["--boundaries", str(folder / "squares.geojson"), "--boundaries-key", "code"]
    lights = ["zonal", str(folder / "lights"), "--name", "lights", "--year", "n{year}_*.tif"]
    cover = ["zonal", str(folder / "cover.tif"), "--band-years", "2021:2022", "--class", "built=8"]
    for name, typed in (("lights", lights), ("cover", cover)):
        assert answer([*typed, *ends, "-o", str(folder / f"{name}.csv")]) == 0
    text = (folder / "study.toml").read_text()
    tables = "".join(
        f'[[tables]]\nfile = "{name}.csv"\nregion = "adcode"\nyear = "year"\n'
        for name in ("lights", "cover")
    )
    begin, end = text.index("[[rasters]]"), text.index("[analyses]")
    (folder / "tables.toml").write_text(text[:begin] + tables + text[end:])
    second = gr.study.run(folder / "tables.toml")
    pd.testing.assert_frame_equal(second["scores"], first["scores"])


def test_a_study_whose_rasters_lack_nothing_says_so(folder):
    for year in (2021, 2022):
        write(folder / "lights" / f"n{year}_0101.tif", np.full((1, 8, 8), float(year)), -1)
    results = gr.study.run(folder / "study.toml", folder / "results")
    assert len(results["rasters_left_out"]) == 0
    read = gr.study.read_results(folder / "results")
    pd.testing.assert_frame_equal(read["rasters_left_out"], results["rasters_left_out"])
    assert any("cells of 2 years" in str(note) for note in results.notes)


def test_what_is_wrong_in_a_study_is_told_at_once(folder):
    text = (folder / "study.toml").read_text()

    def told(*changes):
        changed = text
        for old, new in changes:
            assert old in changed
            changed = changed.replace(old, new)
        (folder / "wrong.toml").write_text(changed)
        with pytest.raises(InputError) as raised:
            gr.study.run(folder / "wrong.toml")
        return str(raised.value)

    said = told(('"lights"\nname', '"light/*.tif"\nname'), ('"n{year}_*.tif"', '"n_*.tif"'))
    assert "there are no rasters (GeoTIFF) there" in said and "{year}" in said
    (folder / "lights" / "n2021_0101.tif").write_bytes(b"II*\0spoilt")
    said = told(("[2021, 2022]", "[2021]"))
    assert "[[rasters]] 1: n2021_0101.tif cannot be read as a GeoTIFF" in said
    assert "[[rasters]] 2: cover.tif has 2 bands, not one a year of 2021" in said
