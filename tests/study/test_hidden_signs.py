"""Signs that nobody sees, planted in every text that a user can give: no output holds one."""

from __future__ import annotations

import html
import json
import sqlite3
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import LineString, box

from geo_resilience.report import write
from geo_resilience.study import run
from geo_resilience.study._plan_sections import ANALYSES
from geo_resilience.tables._cells import seen

#: Marks of direction, blanks without width, a soft hyphen, a tag.
SIGNS = "\u202e\u200b\u2066\u2069\u200e\u200f\u061c\ufeff\u2060\u00ad\u180e\U000e0041"
KEYS = list("abcdefgh")


def s(text: str) -> str:
    """Plant the signs within a text."""
    return f"{text[:1]}{SIGNS}{text[1:]}{SIGNS}"


def quoted(name: str) -> str:
    return f'"{s(name)}"'


def framework() -> str:
    text = f"title = {quoted('Framework')}\nsource = {quoted('Source of it')}\n"
    text += f"\n[[dimensions]]\ncode = {quoted('A')}\nname = {quoted('Dimension')}\n"
    for code in ("A1", "A2"):
        text += f"\n[[indicators]]\ncode = {quoted(code)}\nname = {quoted('Indicator ' + code)}\n"
        text += f'name_zh = {quoted("指标" + code)}\nunit = {quoted("yuan")}\ndirection = "+"\n'
        text += f"dimension = {quoted('A')}\nweight = 0.5\ncolumn = {quoted(code.lower())}\n"
        text += f"definition = {quoted('Defined so')}\nsource = {quoted('Book')}\n"
        text += f"measured_as = {quoted('Measured as ' + code)}\ngroup = {quoted('G1')}\n"
    text += f"\n[[groups]]\ncode = {quoted('G1')}\nname = {quoted('Group of indicators')}\n"
    return (
        text
        + f'\n[[variables]]\ncode = {quoted("x")}\nname = {quoted("Variable")}\nrole = "driver"\n'
    )


def groups() -> str:
    text = ""
    for name, members in (("north", KEYS[:4]), ("south", KEYS[4:])):
        text += (
            f'\n[[groups]]\nid = {quoted(name)}\nname = {quoted("Zone " + name)}\nkind = "zone"\n'
        )
        text += f"partition = {quoted('zones')}\nsource = {quoted('Plan')}\n"
        text += f"members = [{', '.join(quoted('Town ' + key) for key in members)}]\n"
    return text


REGISTERS = {
    "risks": f"code,name,factor,probability,impact\n{s('r1')},{s('Risk')},{s('Factor')},0.2,0.8\n",
    "targets": f"code,name,unit,current,target,direction\n{s('t1')},{s('Goal')},{s('%')},1,2,+\n",
    "priorities": f"code,name,relevance,spillover,growth\n{s('p1')},{s('Sector')},0.1,0.2,0.3\n",
    "maturity": f"code,name,share\n{s('m1')},{s('Stage')},40\n{s('m2')},{s('Later')},60\n",
    "responses": (
        "level,color,trigger,measure,hours,who\n"
        + "".join(
            f"{level},{color},{s('When')},{s('Measure')},{24 * level},{s('Office')}\n"
            for level, color in enumerate(("red", "orange", "yellow", "blue"), start=1)
        )
    ),
    "aliases": f"name,means\n{s('The a')},{s('Town a')}\n",
    "crosswalk": f"from,to,year,share\n{s('Old b')},{s('Town b')},2021,1\n",
}
STUDY = f"""
title = {quoted("Title")}
title_zh = {quoted("标题")}
source = {quoted("Source of the study")}

[boundaries]
file = "towns.gpkg"
layer = "towns"
key = {quoted("code")}
name = "called"
aliases = "aliases.csv"
crosswalk = "crosswalk.csv"

[table]
file = "towns.csv"
region = {quoted("town")}
year = {quoted("year")}

[framework]
file = "framework.toml"

[groups]
file = "groups.toml"

[map]
review_number = {quoted("GS 1")}
base_note = {quoted("Base note")}
no_data_note = {quoted("No data note")}

[[map.context]]
file = "rivers.gpkg"
name = {quoted("Rivers")}

[uncertainty]
draws = 100

[analyses]
skip = SKIPPED

[chain]
warn = true
risks = "risks.csv"
targets = "targets.csv"
priorities = "priorities.csv"
maturity = "maturity.csv"
responses = "responses.csv"

[[what_if]]
name = {quoted("Supposition")}
region = {quoted("Town a")}
values = {{ {quoted("A1")} = 1.0 }}

[[story]]
view = "layer=grade"
text = {quoted("A step of the story")}

[report]
institution = {quoted("Institute")}
date = {quoted("May")}
profiles = true
"""
KEPT = ("management", "warnings", "obstacles", "uncertainty")


def study(folder: Path) -> Path:
    shapes = [box(100 + i % 4, 30 + i // 4, 101 + i % 4, 31 + i // 4) for i in range(8)]
    frame = gpd.GeoDataFrame(
        {"code": [s(key) for key in KEYS], "called": [s(f"Town {key}") for key in KEYS]},
        geometry=shapes,
        crs=4326,
    )
    frame.to_file(folder / "towns.gpkg", layer="towns")
    river = {"name": [s("River")], "geometry": [LineString([(100, 30.5), (104, 31.5)])]}
    gpd.GeoDataFrame(river, crs=4326).to_file(folder / "rivers.gpkg")
    rows = [f"{s('town')},{s('year')},{s('a1')},{s('a2')},{s('x')}"]
    for year in (2019, 2020, 2021, 2022):
        for place, key in enumerate(KEYS):
            name = {"a": "The a", "b": "Old b" if year < 2021 else "b"}.get(key, f"Town {key}")
            value = 1 + (place * 7 + year * 3) % 11
            rows.append(f"{s(name)},{year},{value},{1 + place},{value + place}")
    rows.append(f"{s('Note: of the office')},,,,")
    texts = {f"{name}.csv": text for name, text in REGISTERS.items()}
    texts |= {"towns.csv": "\n".join(rows), "groups.toml": groups(), "framework.toml": framework()}
    skipped = [name for name in ANALYSES if name not in KEPT]
    texts["study.toml"] = STUDY.replace("SKIPPED", str(skipped))
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "study.toml"


def held(file: Path) -> list[tuple[str, str]]:
    """Give every text of a file, by where it stands in it."""
    if file.suffix == ".gpkg":
        with sqlite3.connect(file) as base:
            dumped = "\n".join(base.iterdump())
        return [("", dumped)]
    if file.suffix in (".xlsx", ".docx", ".pptx"):
        with zipfile.ZipFile(file) as packed:
            names = [name for name in packed.namelist() if name.endswith((".xml", ".rels"))]
            return [(name, html.unescape(packed.read(name).decode("utf-8"))) for name in names]
    if file.suffix in (".png", ".pdf"):
        return []
    text = file.read_bytes().decode("utf-8-sig")
    if file.suffix == ".json":
        text = json.dumps(json.loads(text), ensure_ascii=False)
    assert "\\u202e\\u200b" not in text.lower()  # as a script would write them
    return [("", html.unescape(text))]


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("hidden")
    results = run(study(folder), folder / "out")
    write(results, folder / "out" / "office", formats=("docx", "pptx"))
    return folder / "out"


def test_no_output_holds_a_sign_that_nobody_sees(finished):
    files = [file for file in sorted(finished.rglob("*")) if file.is_file()]
    suffixes = {file.suffix for file in files}
    assert {".csv", ".html", ".json", ".txt", ".gpkg", ".xlsx", ".svg", ".docx"} <= suffixes
    assert any(file.parent.name == "profiles" for file in files)
    found = {
        (str(file.relative_to(finished)), part, text[max(0, at - 30) : at + 10])
        for file in files
        for part, text in held(file)
        for at in [next((at for at, sign in enumerate(text) if seen(sign) != sign), None)]
        if at is not None
    }
    assert found == set()


@pytest.mark.parametrize(
    ("file", "texts"),
    [
        ("tables/scores.csv", ["Town a"]),
        ("tables/risks.csv", ["Risk", "Factor"]),
        ("tables/targets.csv", ["Goal"]),
        ("tables/priorities.csv", ["Sector"]),
        ("tables/maturity.csv", ["m1", "m2"]),
        ("tables/warnings.csv", ["Measure"]),
        ("tables/what_if.csv", ["Supposition"]),
        ("tables/crosswalk.csv", ["Old b"]),
        ("atlas.html", ["Title", "Base note", "Rivers", "Zone north", "A step of the story"]),
        ("report.html", ["Institute", "GS 1"]),
    ],
)
def test_the_texts_are_there_without_them(finished, file, texts):
    text = (finished / file).read_text("utf-8-sig")
    assert [each for each in texts if each not in text] == []


def test_that_they_were_taken_out_is_noted_once_a_door(finished):
    summary = (finished / "summary.txt").read_text("utf-8")
    lines = [line for line in summary.splitlines() if "that nobody sees" in line]
    assert len(lines) == 4, summary
    doors = [*(f"{name}.csv" for name in REGISTERS), "study.toml", "towns.csv", "framework.toml"]
    assert [sum(f" {name}" in line for line in lines) for name in doors] == [1] * len(doors)
    assert summary.count("marks of direction were taken out") == 1
