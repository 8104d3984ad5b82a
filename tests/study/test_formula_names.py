"""A study whose names of every kind begin like formulas: one note, and marked where asked."""

from __future__ import annotations

import csv
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook
from pandas.testing import assert_frame_equal
from shapely import box

import geo_resilience as gr
from geo_resilience.study._plan_sections import ANALYSES

RUN = ("obstacles", "contributions", "peers", "pattern", "management", "warnings")
FRAMEWORK = """
[[dimensions]]
code = "B"
name = "=DIMENSION(1)"
[[indicators]]
code = "D1"
name = "+INDICATOR(1)"
dimension = "B"
direction = "+"
weight = 0.5
column = "a"
[[indicators]]
code = "D2"
name = "Plain"
dimension = "B"
direction = "-"
weight = 0.5
column = "b"
"""
GROUPS = """
[[groups]]
id = "@west()"
name = "@WEST(A1)"
kind = "zone"
partition = "zones"
members = ["R0", "R1", "R4", "R5"]
source = "us"
[[groups]]
id = "east"
name = "East"
kind = "zone"
partition = "zones"
members = ["R2", "R3", "R6", "R7"]
source = "us"
"""
STUDY = """
title = "=TITLE(1)"
seed = 1
permutations = 99
[boundaries]
file = "own.geojson"
key = "id"
name = "town"
[groups]
file = "groups.toml"
[table]
file = "own.csv"
region = "id"
year = "year"
[framework]
file = "own.toml"
[chain]
risks = "risks.csv"
warn = true
responses = "responses.csv"
[[what_if]]
name = "=WHAT(IF)"
region = "R1"
values = {{ D1 = 1.0 }}
[output]
figures = []
spreadsheet_safe = {safe}
[analyses]
skip = {skip}
"""
TOWNS = ["=cmd|' /C calc'!A0", "+Upper(1)", "-Lower(2)", "@At", "Plain", "-7", "'=quoted", "Last"]

#: Kinds of names that the note must tell, by a name of each.
TOLD = {
    "regions": "=cmd|' /C calc'!A0",
    "groups": "@WEST(A1)",
    "indicators, dimensions and variables": "=DIMENSION(1)",
    "suppositions": "=WHAT(IF)",
    "risks": "-1+risk",
    "responses to warnings": "@call()",
    "the title": "=TITLE(1)",
    "headings of columns": "=heading()",
}


def write(folder, safe):
    shapes = [box(x, y, x + 1, y + 1) for y in range(2) for x in range(4)]
    keys = [f"R{place}" for place in range(8)]
    frame = gpd.GeoDataFrame({"id": keys, "town": TOWNS}, geometry=shapes, crs=4326)
    frame.to_file(folder / "own.geojson")
    rng = np.random.default_rng(8)
    rows = [(key, year, *rng.random(2) + 0.1) for key in keys for year in (2021, 2022, 2023)]
    pd.DataFrame(rows, columns=["id", "year", "a", "b"]).to_csv(folder / "own.csv", index=False)
    (folder / "own.toml").write_text(FRAMEWORK)
    (folder / "groups.toml").write_text(GROUPS)
    (folder / "risks.csv").write_text(
        "code,name,=heading(),probability,impact\nr1,-1+risk,-0.5,0.2,0.8\nr2,Flood,-0.25,0.4,0.6\n"
    )
    (folder / "responses.csv").write_text(
        "level,color,measure\n"
        + "".join(
            f"{level},{color},@call()\n"
            for level, color in enumerate(("red", "orange", "yellow", "blue"), start=1)
        )
    )
    skip = [name for name in ANALYSES if name not in RUN]
    study = STUDY.format(safe=str(safe).lower(), skip=skip)
    (folder / "study.toml").write_text(study)
    return folder / "study.toml"


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "safe"])
def hostile(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    results = gr.study.run(write(folder, request.param), folder / "results")
    return results, folder / "results", request.param


def calculated(cell):
    """Whether a program would calculate a cell: it begins so, and is no number."""
    number = re.fullmatch(r"[+-]?[\d.,]+(e[+-]?\d+)?\**", cell)
    return bool(re.match(r"[=+\-@\t\r]\s*\w|=", cell)) and not number


def cells(folder):
    for file in sorted([folder / "codebook.csv", *(folder / "tables").glob("*.csv")]):
        with file.open(encoding="utf-8", newline="") as text:
            for row in csv.reader(text):
                yield from ((file.name, cell) for cell in row)


def test_one_note_tells_every_kind(hostile):
    results, _, safe = hostile
    [note] = [note for note in results.notes if note.code.startswith("study.formulas")]
    said = note.say("en")
    for kind, name in TOLD.items():
        told = re.search(rf"{kind} \((.*?)\)(?=,|;|\.| and|$)", said)
        assert told is not None and name in told[1], (kind, said)
    for name in ("=cmd", "@WEST(A1)", "=WHAT(IF)", "-1+risk", "@call()", "=TITLE(1)", "=heading()"):
        assert name in said
    assert "-7" not in said and "Plain" not in said
    assert ("apostrophe" in said) == safe and ("spreadsheet_safe = true" in said) != safe
    assert "撇号" in note.say("zh") if safe else "spreadsheet_safe" in note.say("zh")


def test_files_are_as_found_or_hold_no_formula(hostile):
    _, folder, safe = hostile
    found = {(file, cell) for file, cell in cells(folder) if calculated(cell)}
    if safe:
        assert found - {(file, cell) for file, cell in found if cell.startswith("+proj")} == set()
        assert ("scores.csv", "'=cmd|' /C calc'!A0") in set(cells(folder))
    else:
        assert {cell for _, cell in found} >= set(TOLD.values()) - {"=TITLE(1)"}
    assert ("risks.csv", "-0.5") in set(cells(folder))


def test_reading_gives_back_the_texts(hostile):
    results, folder, _ = hostile
    back = gr.study.read_results(folder)
    assert set(back) == set(results)
    for stem in results:
        assert_frame_equal(back[stem], results[stem], check_exact=True, obj=stem)
    names = back["scores"].query("year == 2023")["name"].tolist()
    assert names == TOWNS


def test_no_cell_of_the_workbook_is_a_formula(hostile):
    _, folder, _ = hostile
    book = load_workbook(folder / "results.xlsx")
    texts = []
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate)
                if isinstance(cell.value, str) and calculated(cell.value):
                    texts.append(cell.value)
                    assert cell.quotePrefix, (sheet.title, cell.coordinate)
    assert set(texts) >= {"=cmd|' /C calc'!A0", "+INDICATOR(1)", "=WHAT(IF)", "=TITLE(1)"}


def test_a_table_to_fill_in_marks_names(tmp_path):
    from geo_resilience.indicators import read_framework
    from geo_resilience.indicators._templates import write_template

    write(tmp_path, False)
    regions = gr.regions.read_boundaries(tmp_path / "own.geojson", "id", name="town")
    write_template(tmp_path / "t.csv", read_framework(tmp_path / "own.toml"), regions, [2024])
    rows = pd.read_csv(tmp_path / "t.csv", dtype=str)
    assert not any(map(calculated, rows["region"]))
    assert rows["region"].tolist()[0] == "'=cmd|' /C calc'!A0"


def test_ordinary_studies_have_no_such_note(bundled_run, everything_run):
    for results, _ in (bundled_run, everything_run):
        assert not [note for note in results.notes if note.code.startswith("study.formulas")]
