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
    assert "Moran's I: " in capsys.readouterr().out
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
    assert "[domestic, 2020]" in capsys.readouterr().out
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


def chain_text(capsys, *arguments):
    assert main(["chain", *map(str, arguments), "--language", "en"]) == 0
    return capsys.readouterr().out


def test_chain_tells_two_tables_with_their_decomposition(tmp_path, capsys):
    out = tmp_path / "two"
    first = IO.with_name("io_2018.csv")
    text = chain_text(capsys, IO, first, "--year", 2020, "--year", 2018, "--out", out)
    assert text.index("[domestic, 2018]") < text.index("[domestic, 2020]")
    found = pd.read_csv(out / "decomposition.csv", dtype={"sector": str})
    assert len(found) == 42 and (found["first_year"] == 2018).all()
    stems = {file.stem for file in out.glob("*.csv")}
    assert stems >= {"network", "single_points", "removal", "propagation", "inoperability"}


def test_chain_shows_any_table_and_what_a_cut_costs(capsys):
    text = chain_text(capsys, IO, "--show", "network", "--cut", "20:18", "--share", "0.5")
    assert "[network]" in text and "pagerank" in text
    assert "[cut]" in text and "multiplier" not in text
    home = chain_text(capsys, IO, "--cut", "20", "--share", "0.5")
    abroad = chain_text(capsys, IO, "--cut", "20", "--share", "0.5", "--abroad")
    assert "downstream_share" in abroad and home != abroad


def test_chain_estimates_regional_tables(tmp_path, capsys):
    sizes = tmp_path / "sizes.csv"
    sizes.write_text("adcode,name,1,2,3\n44,Guangdong,5,400,300\n51,Sichuan,95,600,400\n")
    out = tmp_path / "out"
    text = chain_text(
        capsys, IO, "--sizes", sizes, "--broad", IO.with_name("io_broad_sectors.csv"), "--out", out
    )
    assert "estimate" in text
    found = pd.read_csv(out / "regional_linkages.csv", dtype={"adcode": str})
    assert found.groupby("method").size().to_dict() == {"cilq": 6, "flq": 6, "slq": 6}


def test_chain_follows_a_disruption_in_either_form(tmp_path, capsys):
    hit = tmp_path / "hit.csv"
    hit.write_text("code,initial,time\n20,0.5,6\nothers,0,3\n")
    ends = {}
    for form in ("discrete", "continuous"):
        out = tmp_path / form
        chain_text(capsys, IO, "--disruption", hit, "--form", form, "--steps", 6, "--out", out)
        found = pd.read_csv(out / "recovery_paths.csv", dtype={"sector": str})
        ends[form] = found.query("step == 6 and sector == '20'")["inoperability"].item()
    assert ends["discrete"] != ends["continuous"]
    assert min(ends.values()) > 0.005 and max(ends.values()) < 0.02


def test_chain_prints_the_worked_example_in_both_languages(capsys):
    text = chain_text(capsys, "--example")
    assert all(f"[table_4_{number}]" in text for number in (1, 3, 4, 5, 6, 7, 8))
    assert "0.903667" in text and "0.39949" in text and "24.322" in text
    assert main(["chain", "--example", "--language", "zh"]) == 0
    text = capsys.readouterr().out
    assert "断链风险" in text and "Biopharmaceuticals" not in text


def test_chain_judges_a_planners_own_tables(tmp_path, capsys):
    risks = tmp_path / "risks.csv"
    risks.write_text("code,probability,impact\nflood,0.9,0.7\n")
    assert "Medium" in chain_text(capsys, "--risks", risks)
    assert "High" in chain_text(capsys, "--risks", risks, "--risk-rule", "product")


@pytest.mark.parametrize(
    ("content", "option", "said"),
    [
        ("code,probability,impact\nflood,1.9,0.7\n", "--risks", "1.9"),
        ("name,share\na,50\n", "--maturity", "code"),
        ("code,share\na,50\nb,40\n", "--maturity", "90"),
        ("code,current,target,direction\na,1,2,up\n", "--targets", "up"),
        ("code,x\na,b\n", "--priorities", "criteria"),
    ],
)
def test_chain_says_what_is_wrong_with_them(tmp_path, capsys, content, option, said):
    file = tmp_path / "own.csv"
    file.write_text(content)
    assert main(["chain", option, str(file), "--language", "en"]) == 2
    assert said in capsys.readouterr().err


def test_chain_needs_something_to_tell(capsys):
    assert main(["chain", "--language", "en"]) == 2
    assert "--example" in capsys.readouterr().err
    assert main(["chain", str(IO), "--year", "2018", "--year", "2020", "--language", "en"]) == 2
    assert main(["chain", str(IO), "--role", "nothing", "--language", "en"]) == 2
    assert main(["chain", str(IO), "--cut", "99", "--language", "en"]) == 2
    assert "99" in capsys.readouterr().err


def test_space_names_the_regions_without_a_figure_and_dates_its_correlograms(
    table, tmp_path, capsys
):
    frame = pd.read_csv(table, encoding="gb18030")
    fewer = frame[(frame["地区"] != "西藏") & (frame["年份"] == 2023)]
    fewer.drop(columns="年份").to_csv(tmp_path / "fewer.csv", index=False)
    out = tmp_path / "out"
    arguments = ["space", str(tmp_path / "fewer.csv"), "--key", "地区", "--value", "值"]
    arguments += ["--neighbors", "kernel", "-k", "6", "--out", str(out), "--language", "en"]
    assert main(arguments) == 0
    assert "Left out, without a figure: 1 of the regions (Tibet)" in capsys.readouterr().out
    for stem in ("correlogram", "distance_correlogram"):
        found = pd.read_csv(out / f"{stem}.csv")
        assert list(found)[:2] == ["year", "variable"] and set(found["variable"]) == {"值"}
    described = pd.read_csv(out / "neighbors.csv").iloc[0]
    assert described["rule"] == "used" and described["description"] == "kernel(triangular, k=6)"
    codebook = pd.read_csv(out / "codebook.csv")
    assert codebook["meaning"].notna().all()
