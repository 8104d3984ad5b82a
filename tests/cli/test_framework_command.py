"""``framework``, and a study begun with an index system of one's own, as a sheet."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from openpyxl import Workbook
from studies_for_tests import QUICK_SECTIONS, call, snapshot

from geo_resilience.indicators import read_framework
from geo_resilience.study import read_results

SHEET = [
    ["代码", "名称", "单位", "方向", "维度", "权重", "数据列"],
    ["S1", "本地配套率", "%", "正向", "结构", 0.5, "local"],
    ["S2", "能耗", "吨", "负向", "结构", 0.25, "energy"],
    ["F1", "产出率", "%", "正向", "功能", 0.25, "output"],
]


def book(path: Path, rows: list[list[object]]) -> Path:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    made.save(path)
    return path


def test_a_framework_goes_to_a_workbook_and_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheets, toml = tmp_path / "f.xlsx", tmp_path / "f.toml"
    for language in ("en", "zh"):
        asked = ["high_tech", "-o", sheets, "--language", language]
        answer = call(capsys, "framework", "to-xlsx", *asked)
        assert answer.code == 0 and "12" in answer.out and "19" in answer.out
        assert call(capsys, "framework", "to-toml", sheets, "-o", toml).code == 0
        assert read_framework(toml) == read_framework("high_tech")


def test_wrong_endings_and_wrong_sheets_write_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = book(tmp_path / "wrong.xlsx", [SHEET[0], ["S1", "a", "%", "好", "结构", 1, "x"]])
    before = snapshot(tmp_path)
    answer = call(capsys, "framework", "to-toml", wrong, "-o", tmp_path / "f.toml")
    assert answer.code == 2 and "row 2" in answer.err and "“方向” (column D)" in answer.err
    asked = ["high_tech", "-o", tmp_path / "f.csv"]
    assert call(capsys, "framework", "to-xlsx", *asked).code == 2
    assert call(capsys, "framework", "to-toml", "hightech", "-o", tmp_path / "f.toml").code == 2
    assert snapshot(tmp_path) == before


def test_a_study_begins_with_a_sheet_and_runs_once_its_table_is_filled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet, folder = book(tmp_path / "体系.xlsx", SHEET), tmp_path / "mine"
    asked = ["--framework", sheet, "--years", "2023", "--language", "zh"]
    assert call(capsys, "init", folder, *asked).code == 0
    assert sorted(snapshot(folder)) == ["judgements.csv", "study.toml", "table.csv", "体系.xlsx"]
    heads, *rows = csv.reader((folder / "table.csv").read_text("utf-8-sig").splitlines())
    assert heads[3:] == ["energy", "local", "output"] and len(rows) == 31
    for place, row in enumerate(rows):
        row[3:] = [str(place), str(place * 7 % 31), str(place * 3 % 31)]
    with (folder / "table.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heads, *rows])
    with (folder / "study.toml").open("a", encoding="utf-8") as file:
        file.write(QUICK_SECTIONS)
    assert call(capsys, "run", folder / "study.toml", "--quiet").code == 0
    found = read_results(folder / "results")
    weights = found["weights"].set_index("code")["used"]
    assert weights.to_dict() == {"S1": 0.5, "S2": 0.25, "F1": 0.25}  # published: the sheet's
    assert "体系.xlsx" in str(found.provenance["inputs"])
    row = found.in_year().loc["110000"]  # the first: no energy, 0 of 30 in the others
    assert row["结构"] == pytest.approx(0.25 / 0.75) and row["功能"] == 0


def test_without_weights_of_its_own_a_framework_begins_with_equal_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [[cell for i, cell in enumerate(row) if i != 5] for row in SHEET]
    sheet, folder = book(tmp_path / "table.xlsx", rows), tmp_path / "mine"
    assert call(capsys, "init", folder, "--framework", sheet).code == 0
    study = (folder / "study.toml").read_text("utf-8")
    assert 'method = "equal"' in study and 'file = "framework.xlsx"' in study
    both = ["--framework", sheet, "--blank", "3"]
    assert call(capsys, "init", tmp_path / "other", *both).code == 2
    assert not (tmp_path / "other").exists()


@pytest.mark.slow
def test_a_sheet_without_codes_calls_no_indicator_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = book(tmp_path / "f.xlsx", [row[1:] for row in SHEET])
    folder = tmp_path / "mine"
    asked = ["--framework", sheet, "--years", "2023", "--language", "zh"]
    assert call(capsys, "init", folder, *asked).code == 0
    heads, *rows = csv.reader((folder / "table.csv").read_text("utf-8-sig").splitlines())
    filled = [
        [*row[:3], *(str(place * step % 31) for step in (1, 7, 3))]
        for place, row in enumerate(rows)
    ]
    with (folder / "table.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heads, *filled])
    checked = call(capsys, "check", folder / "study.toml")
    ran = call(capsys, "run", folder / "study.toml")
    assert checked.code == ran.code == 0
    results = folder / "results"
    told = [checked.out, ran.out, (results / "summary.txt").read_text("utf-8-sig")]
    told.append((results / "codebook.csv").read_text("utf-8-sig"))
    for text in told:
        assert "本地配套率 本地配套率" not in text and "（结构）" not in text
    assert "本地配套率" in told[2]
