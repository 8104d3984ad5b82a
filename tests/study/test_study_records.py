"""Records as a table of a study: counted, joined, told, and wrong in every way that they can be."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

import geo_resilience as gr
from geo_resilience.cli._entry import answer
from geo_resilience.errors import InputError
from geo_resilience.study._plan_sections import ANALYSES
from geo_resilience.study.output._files import fingerprint

SKIPPED = [name for name in ANALYSES if name != "specialization"]
FRAMEWORK = """
[[dimensions]]
code = "A"
name = "Firms"
[[indicators]]
code = "A1"
name = "Revenue"
unit = "yuan"
direction = "+"
dimension = "A"
weight = 0.5
column = "sum_revenue"
[[indicators]]
code = "A2"
name = "Share of machines"
unit = ""
direction = "+"
dimension = "A"
weight = 0.5
expression = "lq(count_machines, count)"
[[variables]]
code = "food"
name = "Food"
role = "industry"
partition = "firms"
column = "count_food"
[[variables]]
code = "machines"
name = "Machines"
role = "industry"
partition = "firms"
column = "count_machines"
"""
STUDY = """
title = "Firms of sixteen squares"
seed = 1
[boundaries]
file = "squares.geojson"
key = "code"
[framework]
file = "framework.toml"
[[records]]
files = "firms/*"
longitude = "x"
latitude = "y"
year = "founded"
industry = "sector"
concordance = "sectors.csv"
sum = ["revenue"]
[analyses]
skip = {skip}
"""


def firms(n=4_000):
    rng = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "x": rng.uniform(0, 4.2, n),
            "y": rng.uniform(0, 4, n),
            "founded": rng.choice(["2021-05-01", "2022", "someday"], n, p=[0.5, 0.48, 0.02]),
            "sector": rng.choice(["c13", "c14", "c35", "x"], n, p=[0.3, 0.3, 0.35, 0.05]),
            "revenue": rng.lognormal(2, 1, n).round(3),
        }
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "framework.toml").write_text(FRAMEWORK)
    (tmp_path / "study.toml").write_text(STUDY.format(skip=json.dumps(SKIPPED)))
    (tmp_path / "sectors.csv").write_text("code,industry\nc13,food\nc14,food\nc35,machines\n")
    squares = [box(i, j, i + 1, j + 1) for i in range(4) for j in range(4)]
    codes = [f"r{i:02d}" for i in range(16)]
    gpd.GeoDataFrame({"code": codes}, geometry=squares, crs="EPSG:4326").to_file(
        tmp_path / "squares.geojson"
    )
    (tmp_path / "firms").mkdir()
    found = firms()
    found[:1500].to_csv(tmp_path / "firms" / "a.csv", index=False)
    found[1500:].to_parquet(tmp_path / "firms" / "b.parquet")
    return tmp_path


def by_hand():
    """The table that the records come to, by pandas alone."""
    found = firms()
    sectors = {"c13": "food", "c14": "food", "c35": "machines"}
    region = (np.floor(found.x) * 4 + np.floor(found.y)).astype(int).map("r{:02d}".format)
    found = found.assign(
        adcode=region.where(found.x < 4),
        year=pd.to_numeric(found.founded.str[:4], errors="coerce"),
        sector=found.sector.map(sectors),
    )
    return found, found.dropna(subset=["adcode", "year", "sector"]).astype({"year": int})


def test_a_study_of_records_alone_is_one_of_the_table_that_they_come_to(folder):
    results = gr.study.run(folder / "study.toml", folder / "results")
    kept = by_hand()[1]
    groups = kept.groupby(["adcode", "year"])
    expected = pd.DataFrame(
        {
            "sum_revenue": groups.revenue.sum(),
            "count": groups.size(),
            "count_food": groups.sector.agg(lambda each: (each == "food").sum()),
            "count_machines": groups.sector.agg(lambda each: (each == "machines").sum()),
        }
    ).reset_index()
    expected.to_csv(folder / "table.csv", index=False)
    text = (folder / "study.toml").read_text()
    head, _, rest = text.partition("[[records]]")
    table = '[table]\nfile = "table.csv"\nregion = "adcode"\nyear = "year"\n[analyses]'
    (folder / "other.toml").write_text(head + table + rest.partition("[analyses]")[2])
    other = gr.study.run(folder / "other.toml")
    for stem in ("scores", "indicators", "specialization"):
        pd.testing.assert_frame_equal(results[stem], other[stem], rtol=1e-9)
        assert len(results[stem]) > 30


def test_what_was_left_out_is_told_and_every_file_named(folder, capsys):
    results = gr.study.run(folder / "study.toml", folder / "results")
    everything, kept = by_hand()
    table = pd.read_csv(folder / "results" / "tables" / "records_left_out.csv")
    rows = table.set_index("reason")["rows"].to_dict()
    outside = everything.adcode.isna()
    undated = ~outside & everything.year.isna()
    unknown = ~outside & ~undated & everything.sector.isna()
    assert rows == {
        "read": 4000,
        "counted": len(kept),
        "outside": outside.sum(),
        "no_year": undated.sum(),
        "no_industry": unknown.sum(),
    }
    lost = 4000 - len(kept)
    told = f"{lost} of 4000 records ({100 * lost / 4000:.3g}%) are in no figure"
    assert told in (folder / "results" / "summary.txt").read_text()
    inputs = json.loads((folder / "results" / "provenance.json").read_text())["inputs"]
    for name in ("firms/a.csv", "firms/b.parquet", "sectors.csv"):
        assert inputs[name] == fingerprint(folder / name)
    assert results["codebook"]["file"].eq("records_left_out.csv").any()
    assert answer(["check", str(folder / "study.toml")]) == 0
    assert told in capsys.readouterr().out


def test_sections_stand_beside_each_other_and_beside_tables_by_their_name(folder):
    text = (folder / "study.toml").read_text().replace("[[records]]", '[[records]]\nname = "firms"')
    more = '[[records]]\nfiles = "p.csv"\nregion = "where"\nyear = 2021\n'
    more += '[[tables]]\nfile = "t.csv"\nregion = "code"\nyear = "year"\n[analyses]'
    (folder / "study.toml").write_text(
        text.replace("[analyses]", more).replace("seed", "years = [2021]\nseed")
    )
    (folder / "p.csv").write_text("where\nr00\nr00\nr01\nold\n")
    (folder / "t.csv").write_text(
        "code,year,heads\n" + "".join(f"r{i:02d},2021,{i + 1}\n" for i in range(16))
    )
    framework = FRAMEWORK.replace("sum_revenue", "firms_sum_revenue").replace(
        "count_", "firms_count_"
    )
    framework = framework.replace("lq(firms_count_machines, count)", "count / heads")
    (folder / "framework.toml").write_text(framework)
    results = gr.study.run(folder / "study.toml")
    assert results.raw["A2"].head(3).to_list() == [2.0, 0.5, 0.0]
    assert "1 record names a region that the boundaries do not have (old)" in "\n".join(
        map(str, results.notes)
    )


def test_values_that_are_missing_are_told_by_column(folder):
    found = firms()
    found.loc[found.index % 2 == 0, "revenue"] = np.nan
    found[1500:].to_parquet(folder / "firms" / "b.parquet")
    notes = gr.study.check(folder / "study.toml").notes
    blank = int(by_hand()[1].loc[1500:].index.to_series().mod(2).eq(0).sum())
    told = f"{blank} records without a number in revenue: counted, not summed"
    assert any(told in str(note) for note in notes)


def _wrong(folder, **changes):
    text = (folder / "study.toml").read_text()
    for old, new in changes.values():
        assert old in text
        text = text.replace(old, new)
    (folder / "study.toml").write_text(text)
    with pytest.raises(InputError) as raised:
        gr.study.check(folder / "study.toml")
    return str(raised.value)


def test_wrong_keys_of_records_are_named_with_their_line(folder):
    told = _wrong(
        folder,
        files=('"firms/*"', '"firm/*.parquet"'),
        year=('year = "founded"', "year = 20210"),
        more=('sum = ["revenue"]', 'sum = "revenue"\ntop = [["revenue", "x"]]\ncrs = 3'),
    )
    lines = told.splitlines()
    assert len(lines) == 5
    assert "line 10" in lines[0] and "records[1].files" in lines[0] and "firms" in lines[0]
    assert "records[1].year" in lines[1] and "a column of years" in lines[1]
    assert "records[1].top" in lines[3] and '[["revenue", "owner", 4]]' in lines[3]


def test_everything_wrong_with_records_and_tables_is_told_at_once(folder):
    (folder / "other.csv").write_text("x,y\n1,1\n")
    told = _wrong(
        folder,
        more=(
            "[analyses]",
            '[[records]]\nfiles = "other.csv"\nregion = "z"\nyear = 2020\n[analyses]',
        ),
        sum=('["revenue"]', '["revenu"]'),
    )
    assert "[[records]] 1: a.csv has no column revenu. Did you mean revenue" in told
    assert "[[records]] 1: b.parquet has no column revenu" in told
    assert "[[records]] 2: other.csv has no column z" in told
    assert "sum_revenue" not in told


def test_sections_that_give_the_same_columns_need_names(folder):
    twice = '[[records]]\nfiles = "firms/*"\nlongitude = "x"\nlatitude = "y"\nyear = 2021\n'
    told = _wrong(folder, more=("[analyses]", f"{twice}[analyses]"))
    assert "give the same columns: count" in told and 'name = "firms"' in told


def test_a_column_that_the_records_do_not_give_is_named(folder):
    framework = (folder / "framework.toml").read_text()
    (folder / "framework.toml").write_text(framework.replace("count_food", "count_foods"))
    with pytest.raises(InputError, match=r"count_foods.*count_food"):
        gr.study.check(folder / "study.toml")


def test_a_file_that_is_no_table_of_records_is_named(folder):
    (folder / "firms" / "notes.docx").touch()
    told = _wrong(folder)
    assert told.startswith("study.toml, line 10: records[1].files:") and "notes.docx" in told
