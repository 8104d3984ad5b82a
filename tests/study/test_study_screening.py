"""A study with a framework as a sheet, levels of groups, and what it has too little of left out."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook

import geo_resilience as gr
from geo_resilience.errors import InputError
from geo_resilience.study._plan_sections import ANALYSES

INDICATORS = [
    ["代码", "名称", "方向", "维度", "分组", "权重"],
    ["a", "甲", "正向", "B1", "", 1],
    ["b", "乙", "正向", "B1", "", 1],
    ["c", "丙", "正向", "B1", "", 2],
    ["d", "丁", "逆向", "B2", "", 1],
    ["e", "戊", "正向", "B3", "", 1],
]
DIMENSIONS = [["代码", "名称", "权重"], ["B1", "一", 2], ["B2", "二", 2], ["B3", "三", 1]]
STUDY = """
title = "Screened"
language = "zh"
seed = 1
[table]
file = "table.csv"
region = "adcode"
year = "year"
[framework]
file = "framework.xlsx"
[cleaning]
{cleaning}
[scaling]
method = "fixed"
goalposts = {{ a = [0, 1], b = [0, 1], c = [0, 1], d = [0, 1], e = [0, 1] }}
[output]
figures = []
report = false
[analyses]
skip = [{skip}]
"""
SCREEN = "screen = { regions = 0.65, indicators = 0.65 }"


@pytest.fixture
def write(tmp_path):
    """A study of all provinces in two years; e of 2020 has five of them, Tibet has little."""

    def _write(cleaning=SCREEN, **sheets):
        book = Workbook()
        book.remove(book.active)
        for title, rows in {"指标": INDICATORS, "维度": DIMENSIONS, **sheets}.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        book.save(tmp_path / "framework.xlsx")
        keys = gr.regions.read_boundaries().keys
        rows = pd.MultiIndex.from_product([keys, [2020, 2021]], names=["adcode", "year"])
        rng = np.random.default_rng(2)
        table = pd.DataFrame(rng.random((len(rows), 5)), rows, columns=list("abcde"))
        table.loc[(keys[5:], 2020), "e"] = np.nan
        table.loc[("540000", 2021), ["b", "c", "d"]] = np.nan
        table.reset_index().to_csv(tmp_path / "table.csv", index=False)
        skip = ", ".join(f'"{name}"' for name in ANALYSES)
        study = tmp_path / "study.toml"
        study.write_text(STUDY.format(cleaning=cleaning, skip=skip), encoding="utf-8")
        return study, table

    return _write


@pytest.fixture
def run(write, tmp_path):
    study, table = write()
    return gr.study.run(study, tmp_path / "out"), table, tmp_path / "out"


def test_what_has_too_little_is_in_nothing_but_the_map(run):
    found, table, folder = run
    assert found.excluded == ("540000",) and len(found.in_year()) == 30
    assert found.framework.codes == list("abcd")
    assert list(found["scores"].columns[3:5]) == ["B1", "B2"]  # B3 had nothing but e
    layer = gpd.read_file(folder / "regions.gpkg").set_index("adcode")
    assert len(layer) == 31 and np.isnan(layer.loc["540000", "composite"])
    row = table.loc[("110000", 2021)]  # B1 and B2 half each, in B1 1 : 1 : 2
    by_hand = (row["a"] + row["b"] + 2 * row["c"]) / 8 + (1 - row["d"]) / 2
    assert found.in_year(2021).at["110000", "composite"] == pytest.approx(by_hand)


def test_it_is_named_in_table_note_summary_and_page(run):
    found, _, folder = run
    held = found["screening"].set_index(["key", "year"])
    assert held.loc[("540000", 2021), ["measured", "of"]].to_list() == [1, 4]
    assert held.loc[("e", 2020), ["measured", "of"]].to_list() == [5, 31]
    assert held.loc["540000", "name"].unique().tolist() == ["西藏"]
    told = {note.code: note.say("zh") for note in found.notes}
    assert "西藏（25%）" in told["study.screened_regions_year"]
    assert "戊（16.1%）" in told["study.screened_indicators_year"]
    assert "三" in told["study.screened_dimensions"]
    assert "study.excluded" not in told
    said = "".join((folder / "summary.txt").read_text(encoding="utf-8").split())
    assert "西藏（25%）" in said and "戊（16.1%）" in said
    assert (folder / "tables" / "screening.csv").is_file()
    noted = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    assert any("西藏（25%）" in json.dumps(each, ensure_ascii=False) for each in noted["notes"])


def test_check_tells_the_same_as_the_run(run, tmp_path):
    found, *_ = run
    checked = gr.study.check(tmp_path / "study.toml")
    assert checked.inputs.ground.excluded == found.excluded
    assert {"study.screened_regions_year", "study.screened_indicators_year"} <= {
        note.code for note in checked.notes
    }


def test_groups_have_scores_of_their_own(write):
    groups = [["代码", "名称", "上级", "权重"], ["g", "组", "B1", 3], ["h", "另一组", "B1", 1]]
    at = {"a": "g", "b": "g", "c": "h", "代码": "分组"}
    indicators = [[*row[:4], at.get(row[0], ""), row[5]] for row in INDICATORS]
    study, table = write("missing = ['median']", 分组=groups, 指标=indicators)
    found = gr.study.run(study)
    weights = found["weights"].set_index("code")["used"]
    # by hand: dimensions 2 : 2 : 1; in B1 the groups 3 : 1; in g a and b alike
    assert weights.to_dict() == pytest.approx(
        {"a": 0.4 * 0.75 / 2, "b": 0.4 * 0.75 / 2, "c": 0.4 / 4, "d": 0.4, "e": 0.2}
    )
    scores = found["group_scores"].query("adcode == '110000' and year == 2021").set_index("group")
    row = table.loc[("110000", 2021)]
    assert scores.at["g", "score"] == pytest.approx((row["a"] + row["b"]) / 2)
    assert scores.at["h", "score"] == pytest.approx(row["c"])
    assert scores["parent"].to_list() == ["B1", "B1"] and scores["name"].unique() == ["北京"]
    whole = found.in_year(2021).loc["110000"]
    assert whole["B1"] == pytest.approx(0.75 * scores.at["g", "score"] + 0.25 * row["c"])
    by_hand = 0.4 * whole["B1"] + 0.4 * (1 - row["d"]) + 0.2 * row["e"]
    assert whole["composite"] == pytest.approx(by_hand)


def test_without_screening_all_stay_and_no_table_is_written(write):
    study, _ = write("outliers = 'none'")
    found = gr.study.run(study)
    assert found.excluded == () and "screening" not in found.tables
    assert found.framework.codes == list("abcde")


def test_a_poor_year_is_forgiven_where_all_years_count_together(write):
    study, _ = write("screen = { regions = 0.65 }\nscreen_by = 'all'")
    found = gr.study.run(study)  # Tibet: 6 of 10 cells, e of 2020 being blank too
    (row,) = found["screening"].to_dict("records")
    assert (row["key"], row["measured"], row["of"]) == ("540000", 6, 10) and pd.isna(row["year"])
    study, _ = write("screen = { regions = 0.6 }\nscreen_by = 'all'")
    assert gr.study.run(study).excluded == ()


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ("screen = 0.65", "regions, indicators"),
        ("screen = { region = 0.65 }", "regions, indicators"),
        ("screen = { regions = 65 }", "above 0 and up to 1"),
        ("screen = { regions = 0 }", "above 0 and up to 1"),
        ("screen_by = 'all'", "screen"),
    ],
)
def test_a_screen_that_says_nothing_is_refused(write, written, part):
    study, _ = write(written)
    with pytest.raises(InputError, match=part):
        gr.study.read_plan(study)


def test_a_study_that_asks_for_what_is_left_out_is_told(write):
    study, _ = write()
    text = study.read_text("utf-8").replace('"warnings"', '"fuzzy"').replace('"fuzzy", ', "", 1)
    study.write_text(text + "[chain]\nwarn = true\nwatch = ['a', 'e']\n", "utf-8")
    with pytest.raises(InputError, match=r"\[chain\] watch names e, of which too little"):
        gr.study.run(study)


def test_screening_that_leaves_nothing_is_told(write):
    study, table = write("screen = { indicators = 1 }")
    table.loc[("540000", 2021)] = np.nan
    table.reset_index().to_csv(study.parent / "table.csv", index=False)
    with pytest.raises(InputError, match="Screening leaves nothing"):
        gr.study.run(study)
    table.loc["110000":"500000"] = np.nan
    table.loc["520000":] = np.nan
    table.reset_index().to_csv(study.parent / "table.csv", index=False)
    study.write_text(study.read_text("utf-8").replace("indicators = 1", "regions = 0.2"), "utf-8")
    with pytest.raises(InputError, match="left after exclude and screen: 1"):
        gr.study.run(study)
