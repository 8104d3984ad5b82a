"""``space`` and ``chain``: one table, no study."""

import json
from pathlib import Path

import pandas as pd
import pytest

from geo_resilience.cli import main
from geo_resilience.regions import read_boundaries
from geo_resilience.spatial import moran, queen
from geo_resilience.study.plan_reading import BUNDLED

IO = BUNDLED.parent / "io_2020.csv"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Two years of a figure that falls from north-east to south-west, by Chinese name."""
    frame = read_boundaries().frame
    rows = [
        {"地区": row.name_zh, "年份": year, "值": row.label_lon - row.label_lat + year}
        for row in frame.itertuples()
        for year in (2022, 2023)
    ]
    file = tmp_path / "值.csv"
    pd.DataFrame(rows).to_csv(file, index=False, encoding="gb18030")
    return file


def test_space_writes_what_the_functions_give(table, tmp_path, capsys):
    out = tmp_path / "out"
    arguments = ["space", str(table), "--key", "地区", "--value", "值"]
    arguments += ["--year-column", "年份", "--year", "2023", "--out", str(out), "--language", "en"]
    assert main(arguments) == 0
    assert "[global]" in capsys.readouterr().out
    found = pd.read_csv(out / "global.csv").set_index("statistic").loc["moran"]
    regions = read_boundaries()
    y = regions.frame["label_lon"] - regions.frame["label_lat"]
    assert found["value"] == pytest.approx(moran(y, queen(regions), permutations=99).value)
    assert found["year"] == 2023
    local = pd.read_csv(out / "local.csv", dtype={"adcode": str})
    assert len(local) == 62 and "110000" in set(local["adcode"])
    assert {"pattern.csv", "gaps.csv", "gradient.csv"} <= {file.name for file in out.iterdir()}
    provenance = json.loads((out / "provenance.json").read_text(encoding="utf-8"))
    assert provenance["plan"]["command"] == "space"
    assert str(tmp_path) not in json.dumps(provenance)


def test_space_asks_for_one_of_several_years(table, capsys):
    arguments = ["space", str(table), "--key", "地区", "--value", "值", "--year-column", "年份"]
    assert main(arguments) == 2
    assert "--year" in capsys.readouterr().err


def test_chain_prints_and_writes_the_tables_of_an_input_output_table(tmp_path, capsys):
    out = tmp_path / "chain"
    arguments = ["chain", str(IO), "--year", "2020", "--out", str(out), "--language", "en"]
    assert main(arguments) == 0
    assert "[domestic]" in capsys.readouterr().out
    linkages = pd.read_csv(out / "io_linkages.csv", dtype={"sector": str})
    domestic = linkages[linkages["technology"] == "domestic"]
    # Both linkages are scaled to a mean of 1, and their means over sectors are the same sum.
    assert domestic["backward"].mean() == pytest.approx(1)
    assert domestic["forward"].mean() == pytest.approx(1)
    assert (domestic["multiplier"] >= 1).all() and len(domestic) == 42
    assert main(arguments) == 0  # a folder of ours is replaced


def test_chain_refuses_what_is_no_input_output_table(table, capsys):
    assert main(["chain", str(table)]) == 2
    assert capsys.readouterr().err
