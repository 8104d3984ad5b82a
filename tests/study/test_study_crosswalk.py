"""A study whose tables know units of the past: its figures, trace, tables and doubt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from boxes_for_tests import boxes

from geo_resilience.errors import InputError
from geo_resilience.report import write
from geo_resilience.study import check, read_results, run
from geo_resilience.study._plan_sections import ANALYSES

KEYS = [f"{place:02d}" for place in range(1, 9)]
TOWNS = dict(zip(KEYS, ("Ash", "Birch", "Cedar", "Date", "Elm", "Fir", "Gum", "Holm"), strict=True))
CROSSWALK = """from,to,year,share,share_low,share_high
Oldtown,Ash,2021,0.6,0.5,0.7
Oldtown,Birch,2021,0.4,0.3,0.5
Beech,Cedar,2021,,,
"""
STUDY = """
title = "Towns"
language = "LANGUAGE"

[boundaries]
file = "towns.geojson"
key = "adcode"
crosswalk = "crosswalk.csv"

[table]
file = "towns.csv"
region = "town"
year = "year"
intensive = { rate = "people" }

[framework]
file = "framework.toml"

[weights]
method = "equal"

[uncertainty]
draws = 200

[analyses]
skip = SKIPPED
"""
FRAMEWORK = """
title = "Towns"

[[dimensions]]
code = "A"
name = "All"

[[indicators]]
code = "A1"
name = "Sales per head"
direction = "+"
dimension = "A"
expression = "sales / people"

[[indicators]]
code = "A2"
name = "Rate"
unit = "%"
direction = "+"
dimension = "A"
column = "rate"

[[indicators]]
code = "A3"
name = "Sales"
direction = "+"
dimension = "A"
column = "sales"
"""


def table() -> pd.DataFrame:
    drawn = np.random.default_rng(1).uniform(1, 9, (16, 3)).round(2)
    frame = pd.DataFrame(drawn, columns=["sales", "people", "rate"])
    frame.insert(0, "year", [2020, 2021] * 8)
    frame.insert(0, "town", np.repeat(list(TOWNS.values()), 2))
    old = frame["year"] == 2020
    frame.loc[old & frame["town"].eq("Birch"), "town"] = "Oldtown"
    frame.loc[old & frame["town"].eq("Cedar"), "town"] = "Beech"
    return frame


def study(folder: Path, language="en", study_text=STUDY) -> Path:
    boxes(TOWNS).frame.reset_index().to_file(folder / "towns.geojson")
    (folder / "crosswalk.csv").write_text(CROSSWALK, encoding="utf-8")
    (folder / "framework.toml").write_text(FRAMEWORK, encoding="utf-8")
    table().to_csv(folder / "towns.csv", index=False)
    skipped = [name for name in ANALYSES if name != "uncertainty"]
    text = study_text.replace("LANGUAGE", language).replace("SKIPPED", str(skipped))
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return folder / "study.toml"


def row(frame, town, year=2020):
    return frame[(frame["town"] == town) & (frame["year"] == year)].iloc[0]


def test_the_columns_are_carried_and_the_expressions_computed_of_them(tmp_path):
    raw = check(study(tmp_path)).measured.raw
    frame = table()
    ash, old = row(frame, "Ash"), row(frame, "Oldtown")
    people = ash["people"] + 0.6 * old["people"]
    assert raw.loc[("01", 2020), "A1"] == pytest.approx(
        (ash["sales"] + 0.6 * old["sales"]) / people
    )
    heavy = ash["people"] * ash["rate"] + 0.6 * old["people"] * old["rate"]
    assert raw.loc[("01", 2020), "A2"] == pytest.approx(heavy / people)
    # Birch is made of Oldtown alone: its ratios are those of the whole
    assert raw.loc[("02", 2020), "A1"] == pytest.approx(old["sales"] / old["people"])
    assert raw.loc[("02", 2020), "A2"] == old["rate"]
    assert raw.loc[("03", 2020), "A3"] == row(frame, "Beech")["sales"]
    assert raw["A3"].sum() == pytest.approx(frame["sales"].sum())


def test_doubt_in_the_shares_is_an_error_where_it_moves_a_figure(tmp_path):
    measured = check(study(tmp_path)).measured
    errors, old = measured.errors, row(table(), "Oldtown")
    assert errors.loc[("01", 2020), "A3"] == pytest.approx(0.2 * old["sales"] / 12**0.5)
    assert errors.loc[("02", 2020), "A1"] == pytest.approx(0)  # its share cancels
    assert errors.loc[("03", 2020)].eq(0).all() and errors.xs(2021, level="year").eq(0).all().all()


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.slow)])
def test_what_a_run_hands_on(tmp_path, language):
    run(study(tmp_path, language), tmp_path / "out")
    results = read_results(tmp_path / "out")
    told = results["crosswalk"]
    assert told[["table", "adcode", "year", "from", "kind"]].to_numpy().tolist() == [
        ["towns.csv", "01", 2020, "01", "merge"],
        ["towns.csv", "01", 2020, "Oldtown", "split"],
        ["towns.csv", "02", 2020, "Oldtown", "split"],
        ["towns.csv", "03", 2020, "Beech", "rename"],
    ]
    assert told["share_low"].tolist() == [1, 0.5, 0.3, 1]
    trace = results["trace"]
    shared = trace[trace["reason"] == "crosswalk"]
    assert shared[["adcode", "indicator"]].to_numpy().tolist() == [
        [key, code] for key in ("01", "02") for code in ("A1", "A2", "A3")
    ]
    assert shared["before"].isna().all() and shared["after"].notna().all()
    summary = (tmp_path / "out" / "summary.txt").read_text("utf-8")
    assert (
        "2 rows rest on shares" if language == "en" else "2行数据来自按份额拆分的单元"
    ) in summary
    assert ("renamed 1, merged 0" if language == "en" else "更名1个，合并0个") in summary
    assert "crosswalk.csv" in (tmp_path / "out" / "provenance.json").read_text("utf-8")
    write(results, tmp_path / "full", formats=("html",))
    page = (tmp_path / "full" / "report.html").read_text("utf-8")
    assert ("shared out by the crosswalk" if language == "en" else "按沿革份额分配") in page


def test_keys_of_a_table_that_need_a_crosswalk(tmp_path):
    path = study(tmp_path, study_text=STUDY.replace('crosswalk = "crosswalk.csv"\n', ""))
    with pytest.raises(InputError) as caught:
        check(path)
    lines = caught.value.lines("en")
    assert any("vintage and intensive tell how a crosswalk is applied" in line for line in lines)
    assert any("Oldtown" in line for line in lines) and caught.value.say("zh")


def test_an_excluded_region_needs_no_zone_and_others_are_named(tmp_path):
    groups = '[[groups]]\nid = "g"\nname = "G"\nkind = "zone"\npartition = "zones"\nmembers = ['
    groups += ", ".join(f'"{name}"' for name in list(TOWNS.values())[:6]) + "]\n"
    (tmp_path / "groups.toml").write_text(groups, encoding="utf-8")
    text = STUDY.replace("[boundaries]", '[groups]\nfile = "groups.toml"\n\n[boundaries]')
    some = text.replace('year = "year"', 'year = "year"\nexclude = ["Gum", "Holm"]')
    assert check(study(tmp_path, study_text=some)).inputs.ground.groupings["zones"].is_partition
    with pytest.raises(InputError) as caught:
        check(study(tmp_path, study_text=some.replace(', "Holm"', "")))
    assert "Holm (08)" in caught.value.say("en") and "Gum" not in caught.value.say("en")
    with pytest.raises(InputError) as caught:
        check(study(tmp_path, study_text=text))
    assert "Gum (07), Holm (08)" in caught.value.say("en")


def test_groups_aliases_and_crosswalk_are_refused_together(tmp_path):
    groups = '[[groups]]\nid = "g"\nname = "G"\nkind = "area"\nmembers = ["Ahs"]\n'
    (tmp_path / "groups.toml").write_text(groups, encoding="utf-8")
    (tmp_path / "aliases.csv").write_text("name,means\nAshy,Ash\nAshy,Birch\n", encoding="utf-8")
    more = STUDY.replace("[boundaries]", '[groups]\nfile = "groups.toml"\n\n[boundaries]')
    path = study(
        tmp_path, study_text=more.replace("crosswalk =", 'aliases = "aliases.csv"\ncrosswalk =')
    )
    bad = CROSSWALK.replace("Birch,2021,0.4,0.3,0.5", "Birch,2021,0.3,0.3,0.5")
    (tmp_path / "crosswalk.csv").write_text(bad, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        check(path)
    told = caught.value.say("en")
    assert "member Ahs" in told and "Ashy is given several" in told and "sum to 0.9" in told
