"""A study over a base map of its user's: what is counted, what check says, what a folder keeps."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

sys.path.insert(0, str(Path(__file__).parents[1] / "regions"))
from base_for_tests import base_layers, write_layers

from geo_resilience import maps
from geo_resilience.cli import main
from geo_resilience.report import write
from geo_resilience.study import check, read_results

STUDY = """
title = "Trees"
title_zh = "树"
[[tables]]
file = "table.csv"
region = "id"
year = "year"
[framework]
file = "framework.toml"
[map]
base = "base.gpkg"
key = "code"
name = "title"
name_zh = "title_zh"
review_number = "GS(2024)0001"
no_data_note_zh = "资料暂缺。"
[[map.context]]
file = "rivers.gpkg"
name = "Rivers"
name_zh = "河流"
[output]
figures = ["graded_map"]
"""
FRAMEWORK = """
[[dimensions]]
code = "A"
name = "A"
[[indicators]]
code = "A1"
name = "A1"
direction = "+"
dimension = "A"
weight = 1.0
column = "A1"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A study of three of the four units, over 13 more that are counted."""
    layers = base_layers()
    write_layers(layers, tmp_path / "base.gpkg")
    layers["lines"].to_file(tmp_path / "rivers.gpkg")
    table = pd.DataFrame({"id": list("abc") * 2, "year": [2022] * 3 + [2023] * 3})
    table["A1"] = np.arange(6.0)
    table.to_csv(tmp_path / "table.csv", index=False)
    (tmp_path / "framework.toml").write_text(FRAMEWORK, "utf-8")
    (tmp_path / "study.toml").write_text(STUDY, "utf-8")
    return tmp_path


def changed(folder: Path, old: str, new: str) -> str:
    text = (folder / "study.toml").read_text("utf-8")
    assert old in text
    (folder / "study.toml").write_text(text.replace(old, new), "utf-8")
    return str(folder / "study.toml")


def test_units_that_no_table_has_are_no_data_with_one_note(folder: Path) -> None:
    found = check(folder / "study.toml")
    ground = found.inputs.ground
    assert ground.everywhere.keys == list("abcd") and ground.studied.keys == list("abc")
    assert ground.lacking == ground.excluded == ("d",)
    about = [note.say("en") for note in found.notes if "Date" in note.say("en")]
    said = "Units of the base map that no table has, drawn as no data and counted nowhere: Date."
    assert about == [said]


def test_a_unit_that_one_table_has_is_asked_of_every_table(folder: Path, capsys) -> None:
    table = pd.read_csv(folder / "table.csv")
    table.loc[len(table)] = ["d", 2022, 3.0]
    table.to_csv(folder / "table.csv", index=False)
    assert main(["check", str(folder / "study.toml")]) == 2
    assert "Date" in capsys.readouterr().err


def test_a_misspelled_name_is_no_unit_that_the_tables_lack(folder: Path, capsys) -> None:
    text = (folder / "table.csv").read_text("utf-8").replace("c,", "Cedarr,")
    (folder / "table.csv").write_text(text, "utf-8")
    assert main(["check", str(folder / "study.toml")]) == 2
    told = capsys.readouterr().err
    assert "Cedarr" in told and "Did you mean Cedar" in told


def test_check_tells_what_plays_which_role(folder: Path, capsys) -> None:
    assert main(["check", str(folder / "study.toml")]) == 0
    told = capsys.readouterr().out
    lines = told[told.index("Base map") :].split("\n\n")[0].splitlines()
    assert lines == [
        "Base map base.gpkg, supplied by the user:",
        "  Units (4): Ash, Birch, Cedar, Date",
        "  No table has, and the maps draw as no data (1): Date",
        "  Further areas, drawn as no data and never counted (2): Elm, Fir",
        "  Lines (2, 8 points), drawn as delivered: long, dashed",
        "  Rivers: 3 lines, 0 rings of areas and 0 points in the frame",
        "  In the inset (Southern isles) lie parts of Cedar, Fir; lines there: 0",
        "  Map review number: GS(2024)0001",
    ]


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.slow)])
def test_a_folder_read_back_gives_the_same_figure_and_report(folder: Path, language: str) -> None:
    study = changed(folder, 'title = "Trees"', f'title = "Trees"\nlanguage = "{language}"')
    assert main(["run", study, "--quiet", "--out", str(folder / "out")]) == 0
    results = read_results(folder / "out")
    sheet = maps.figures.graded_map(results)
    sheet.savefig(folder / "again.svg")
    drawn = (folder / "out" / "figures" / "graded_map.svg").read_bytes()
    assert (folder / "again.svg").read_bytes() == drawn
    write(results, folder / "again", audience="leader")
    page = (folder / "out" / "report.html").read_text("utf-8")
    assert (folder / "again" / "report.html").read_text("utf-8") == page
    number = {"en": "Map review number: GS(2024)0001.", "zh": "审图号：GS(2024)0001。"}[language]
    cover = page[page.index('class="cover"') : page.index("</header>")]
    assert number in cover and (language == "en" or "资料暂缺。" in cover)
    assert results.regions.base.told("zh") == check(study).inputs.ground.everywhere.base.told("zh")
    kept, given = results.regions.base.lines.geometry, base_layers()["lines"].geometry
    assert np.array_equal(shapely.get_coordinates(kept), shapely.get_coordinates(given))


def test_the_cover_in_chinese_says_that_nobody_reviewed_the_base_map(folder: Path) -> None:
    changed(folder, 'review_number = "GS(2024)0001"', "")
    study = changed(folder, 'title = "Trees"', 'title = "Trees"\nlanguage = "zh"')
    assert main(["run", study, "--quiet", "--out", str(folder / "out")]) == 0
    assert "底图未经审核" in (folder / "out" / "report.html").read_text("utf-8")
    write(read_results(folder / "out"), folder / "en", language="en", audience="leader")
    assert "reviewed" not in (folder / "en" / "report.html").read_text("utf-8")


GROUPS = """
[[groups]]
id = "west"
name = "West"
kind = "zone"
partition = "zones"
members = ["a", "b"]
[[groups]]
id = "east"
name = "East"
kind = "zone"
partition = "zones"
members = [{members}]
"""


@pytest.mark.parametrize(("members", "code"), [('"c"', 0), ('"c", "d"', 0), ('"d"', 2)])
def test_only_what_is_counted_needs_a_zone(folder: Path, capsys, members: str, code: int) -> None:
    (folder / "groups.toml").write_text(GROUPS.format(members=members), "utf-8")
    study = changed(folder, "[output]", '[groups]\nfile = "groups.toml"\n[output]')
    assert main(["check", study]) == code
    assert code == 0 or "Partition zones: Cedar (c) are in none" in capsys.readouterr().err


def test_the_groups_of_china_need_the_codes_of_its_provinces(folder: Path, capsys) -> None:
    study = changed(folder, "[output]", '[groups]\nfile = "china"\n[output]')
    assert main(["check", study]) == 2
    assert "none of the regions has such a code as its key (a, b, c, d" in capsys.readouterr().err


WRONG = {
    "no file": ('"base.gpkg"', '"bass.gpkg"', "line 11: map.base is bass.gpkg"),
    "no base": ('base = "base.gpkg"\n', "", "map.key"),
    "both": ("[map]", '[boundaries]\nfile = "rivers.gpkg"\nkey = "name"\n[map]', "rivers.gpkg"),
    "style": ('name = "Rivers"', 'name = "Rivers"\nstyle = "dots"', "map.context[1].style"),
    "no such layer": ("[[map.context]]", "[[map.contexts]]", "map.contexts"),
    "not a list": ("[[map.context]]\nfile", "[map]\ncontext", "map"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_in_the_study_file_is_told_with_its_place(
    folder: Path, capsys, case: str
) -> None:
    old, new, told = WRONG[case]
    assert main(["check", changed(folder, old, new)]) == 2
    assert told in capsys.readouterr().err
