"""Boundaries of one's own, without groups or with groups that no gap is told of: it runs."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_resilience.cli import main
from geo_resilience.study import read_results

KEYS = [f"{column}{row}" for column in range(4) for row in range(3)]


@pytest.fixture
def towns(tmp_path: Path) -> Path:
    shapes = [shapely.box(int(k[0]), 48 + int(k[1]), int(k[0]) + 1, 49 + int(k[1])) for k in KEYS]
    frame = gpd.GeoDataFrame({"id": KEYS, "name": KEYS, "geometry": shapes}, crs=4326)
    frame.to_file(tmp_path / "towns.geojson")
    drawn = np.random.default_rng(5).uniform(1, 9, (len(KEYS) * 2, 2)).round(3)
    table = pd.DataFrame(drawn, columns=["A1", "B1"])
    table.insert(0, "year", [2022, 2023] * len(KEYS))
    table.insert(0, "id", np.repeat(KEYS, 2))
    table.to_csv(tmp_path / "towns.csv", index=False)
    return tmp_path


def started(folder: Path) -> Path:
    asked = ["--blank", "2", "--boundaries", folder / "towns.geojson", "--boundaries-key", "id"]
    assert main(["init", str(folder / "own"), *map(str, asked), "--language", "en"]) == 0
    framework = folder / "own" / "framework.toml"
    text = framework.read_text("utf-8").replace('name = ""', 'name = "One"')
    framework.write_text(text.replace('direction = ""', 'direction = "+"'), "utf-8")
    study = folder / "own" / "study.toml"
    text = study.read_text("utf-8").replace('file = "table.csv"', 'file = "../towns.csv"')
    study.write_text(text.replace('region = "adcode"', 'region = "id"'), "utf-8")
    return study


GROUPS = """
[[groups]]
id = "coast"
name = "Coast"
kind = "zone"
partition = "zones"
source = "x"
members = ["00", "01", "02", "10", "11", "12"]

[[groups]]
id = "inland"
name = "Inland"
kind = "zone"
partition = "zones"
source = "x"
members = ["20", "21", "22", "30", "31", "32"]
"""


@pytest.mark.parametrize(
    "groups",
    [pytest.param("", id="none", marks=pytest.mark.slow), pytest.param(GROUPS, id="own zones")],
)
def test_a_study_of_ones_own_regions_runs(towns: Path, groups: str) -> None:
    study = started(towns)
    if groups:
        (towns / "own" / "groups.toml").write_text(groups, "utf-8")
        text = study.read_text("utf-8") + '\n[groups]\nfile = "groups.toml"\n'
        study.write_text(text, "utf-8")
    assert main(["check", str(study)]) == 0
    assert main(["run", str(study), "--quiet"]) == 0
    gaps = read_results(towns / "own" / "results")["gaps"]
    assert gaps["value"].notna().any() and gaps["p_value"].isna().all()


def test_space_tells_one_column_of_ones_own_regions(towns: Path) -> None:
    asked = ["--boundaries", towns / "towns.geojson", "--boundaries-key", "id", "--year", "2023"]
    given = ["--key", "id", "--value", "A1", "--year-column", "year"]
    out = ["--out", towns / "space"]
    call = ["space", towns / "towns.csv", *given, *asked, *out]
    assert main([str(each) for each in call]) == 0
    assert (towns / "space" / "gaps.csv").is_file()
