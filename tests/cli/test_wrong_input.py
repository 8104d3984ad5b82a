"""Wrong input of every kind: exit 2, where and what and how to mend it, and nothing written."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from studies_for_tests import FRAMEWORK, Study, call, keys, snapshot

Spoil = Callable[[Study], object]


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    folder = tmp_path / "study"
    folder.mkdir()
    return Study(folder)


def set_cell(row: int, column: int, text: str) -> Spoil:
    def spoil(study: Study) -> None:
        study.rows[row][column] = text
        study.save()

    return spoil


def set_column(column: int, text: str) -> Spoil:
    def spoil(study: Study) -> None:
        for row in study.rows:
            row[column] = text
        study.save()

    return spoil


def drop_rows(unwanted: Callable[[list[str]], bool]) -> Spoil:
    def spoil(study: Study) -> None:
        study.rows = [row for row in study.rows if not unwanted(row)]
        study.save()

    return spoil


def repeat_row(study: Study) -> None:
    study.rows.append(study.rows[0].copy())
    study.save()


def change(name: str, old: str, new: str) -> Spoil:
    return lambda study: study.change(name, old, new)


def add(text: str) -> Spoil:
    return lambda study: study.add(text)


def replace_file(name: str, content: str | bytes) -> Spoil:
    return lambda study: study.write(name, content)


def remove(name: str) -> Spoil:
    return lambda study: (study.folder / name).unlink()


def judged(matrix: str) -> Spoil:
    def spoil(study: Study) -> None:
        study.write("judgements.csv", matrix)
        study.add('[weights]\nmethod = "ahp"\njudgements = "judgements.csv"')

    return spoil


def square(west: float, south: float) -> list[list[list[float]]]:
    ring = [[west, south], [west + 1, south], [west + 1, south + 1], [west, south + 1]]
    return [[*ring, ring[0]]]


def bounded(
    text: str | bytes | None = None, *, name: str = "own.geojson", key: str = "id"
) -> Spoil:
    """Give the study boundaries of its own: two squares with ids 1 and 2, or a text."""

    def spoil(study: Study) -> None:
        if text is None:
            features = [feature(str(place), square(100 + place, 30)) for place in (1, 2)]
            study.write(name, json.dumps({"type": "FeatureCollection", "features": features}))
        else:
            study.write(name, text)
        entry = f'[boundaries]\nfile = "{name}"\n' + (f'key = "{key}"\n' if key else "")
        study.add(entry)
        study.rows = [[place, "2023", place, str(3 - int(place))] for place in ("1", "2")]
        study.save()

    return spoil


def feature(key: str, rings: list[list[list[float]]]) -> dict[str, object]:
    geometry = {"type": "Polygon", "coordinates": rings}
    return {"type": "Feature", "properties": {"id": key}, "geometry": geometry}


def bow_tie(study: Study) -> None:
    ring = [[100, 30], [102, 32], [102, 30], [100, 32], [100, 30]]
    features = [feature("1", [ring]), feature("2", square(110, 30))]
    bounded(json.dumps({"type": "FeatureCollection", "features": features}))(study)


def without_system(study: Study) -> None:
    import geopandas as gpd
    from shapely.geometry import box

    frame = gpd.GeoDataFrame({"id": ["1", "2"]}, geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)])
    frame.to_file(study.folder / "own.gpkg", driver="GPKG")
    bounded((study.folder / "own.gpkg").read_bytes(), name="own.gpkg")(study)


def two_sheets(study: Study) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for sheet in (book.active, book.create_sheet("Other")):
        sheet.append(["region", "year", "output", "waste"])
        for row in study.rows:
            sheet.append([row[0], int(row[1]), float(row[2]), float(row[3])])
    book.save(study.folder / "book.xlsx")
    study.change("study.toml", "table.csv", "book.xlsx")


FIRST, SECOND = keys()[:2]
TABLE = "table.csv"

#: What is wrong, and what the sentence must name: where, what was found, how to mend it.
WRONG: dict[str, tuple[Spoil, list[str]]] = {
    # regions and rows
    "unknown region": (set_cell(0, 0, "Bejing"), [TABLE, "2", "Bejing", "Beijing"]),
    "ambiguous region": (set_cell(0, 0, "Shan xi"), [TABLE, "Shan xi", "140000", "610000"]),
    "duplicate region-year": (repeat_row, [TABLE, "2", "64", "2022"]),
    "region missing": (drop_rows(lambda row: row[0] == FIRST), [TABLE, FIRST, "exclude"]),
    "region missing in a year": (
        drop_rows(lambda row: row[:2] == [SECOND, "2023"]),
        [TABLE, SECOND, "2023"],
    ),
    "year missing": (
        change("study.toml", "permutations", "years = [2022, 2024]\npermutations"),
        ["2024"],
    ),
    "region to exclude unknown": (
        change("study.toml", 'region = "region"', 'region = "region"\nexclude = ["Tibbet"]'),
        ["Tibbet", "Tibet"],
    ),
    # cells
    "text in a number": (set_cell(2, 2, "12 approx"), [TABLE, "4", "output", "12 approx"]),
    "infinity": (set_cell(1, 3, "inf"), [TABLE, "3", "waste", "inf"]),
    "constant indicator": (set_column(2, "5"), ["A", "Output", "5"]),
    "all-missing indicator": (set_column(3, ""), ["B", "Waste", "missing"]),
    "missing cell, filling turned off": (
        lambda study: (set_cell(0, 2, "")(study), study.add("[cleaning]\nmissing = []")),
        ["A", "2022"],
    ),
    "percent and plain": (set_cell(0, 2, "50%"), [TABLE, "output", "50%"]),
    "column missing": (
        lambda study: study.save(heads=("region", "year", "outputs", "waste")),
        [TABLE, "output", "outputs"],
    ),
    "region column missing": (
        change("study.toml", 'region = "region"', 'region = "regoin"'),
        [TABLE, "regoin", "region"],
    ),
    # framework and weights
    "weights negative": (
        add('[weights]\nmethod = "own"\nvalues = { A = -0.5, B = 1.5 }'),
        ["A", "-0.5"],
    ),
    "weights do not sum to 1": (
        add('[weights]\nmethod = "own"\nvalues = { A = 0.5, B = 0.4 }'),
        ["0.9", "1"],
    ),
    "weights of unknown codes": (
        add('[weights]\nmethod = "own"\nvalues = { A = 0.5, C = 0.5 }'),
        ["C", "B"],
    ),
    "published weights do not sum to 1": (
        change("framework.toml", "weight = 0.6", "weight = 0.7"),
        ["1.1"],
    ),
    "unknown direction": (
        change("framework.toml", 'direction = "-"', 'direction = "down"'),
        ["framework.toml", "B", "down"],
    ),
    "judgements not reciprocal": (judged(",A,B\nA,1,3\nB,1/2,1\n"), ["judgements.csv", "A", "B"]),
    "judgements not square": (judged(",A,B\nA,1,3\n"), ["judgements.csv"]),
    # study.toml
    "syntax": (add("[weights\n"), ["study.toml", "line 11", "column"]),
    "unknown key": (add('[weights]\nmetod = "equal"'), ["study.toml, line 12", "metod", "method"]),
    "wrong type": (add("[grades]\ncuts = 0.5"), ["study.toml, line 12", "cuts", "0.5"]),
    "both table and tables": (
        add('[[tables]]\nfile = "table.csv"\nregion = "region"'),
        ["study.toml", "[[tables]]"],
    ),
    "empty study": (replace_file("study.toml", ""), ["study.toml", "init"]),
    "study with NUL bytes": (replace_file("study.toml", b"\x00\x01"), ["study.toml", "zero bytes"]),
    # files
    "table missing": (remove("table.csv"), [TABLE, "study.toml, line 6"]),
    "folder instead of a table": (
        lambda study: ((study.folder / "table.csv").unlink(), (study.folder / "table.csv").mkdir()),
        [TABLE, "folder"],
    ),
    "framework missing": (remove("framework.toml"), ["framework.toml"]),
    "empty table": (replace_file("table.csv", ""), [TABLE, "nothing", "expected"]),
    "header only": (replace_file("table.csv", "region,year,output,waste\n"), [TABLE]),
    "NUL bytes": (replace_file("table.csv", b"region,year\x00\n1,2\x00\n"), [TABLE]),
    "wrong encoding": (
        replace_file("table.csv", b"r\xe9gion,year,output,waste\n\xff\xff,1,2,3\n"),
        [TABLE, "encoding"],
    ),
    "workbook with several sheets": (two_sheets, ["book.xlsx", "Sheet", "Other", "sheet"]),
    "framework that is no TOML": (
        replace_file("framework.toml", FRAMEWORK + "\n[[indicators]"),
        ["framework.toml", "line"],
    ),
    # boundaries
    "corrupt GeoJSON": (bounded('{"type": "FeatureCollection", "features": ['), ["own.geojson"]),
    "boundaries without a coordinate system": (without_system, ["own.gpkg", "coordinate"]),
    "boundaries without the key column": (bounded(key="code"), ["own.geojson", "code", "id"]),
    "boundaries without a key": (bounded(key=""), ["own.geojson", "key", "id"]),
    "self-intersecting polygon": (bow_tie, ["own.geojson", "1"]),
    "boundaries missing": (add('[boundaries]\nfile = "nix.geojson"\nkey = "id"'), ["nix.geojson"]),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_wrong_input_ends_with_2_and_says_what_to_do(
    study: Study, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    spoil, named = WRONG[name]
    spoil(study)
    before = snapshot(study.folder.parent)
    for command in (["check"], ["run", "--out", study.folder / "results"]):
        answer = call(capsys, command[0], study.file, *command[1:])
        assert answer.code == 2, answer.err
        assert "Traceback" not in answer.err
        for part in named:
            assert part in answer.err, answer.err
        assert snapshot(study.folder.parent) == before
    chinese = study.file.read_bytes()
    if name not in ("empty study", "study with NUL bytes"):
        study.file.write_bytes(b'language = "zh"\n' + chinese)
        told = call(capsys, "check", study.file).err
        assert any("一" <= sign <= "鿿" for sign in told), "problems in the study's language"


def test_the_study_is_sound_before_it_is_spoiled(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(capsys, "check", study.file).code == 0
    answer = call(capsys, "run", study.file, "--out", study.folder / "results")
    assert answer.code == 0
    assert (study.folder / "results" / "atlas.html").is_file()


def test_everything_wrong_with_the_data_is_told_at_once(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    set_cell(0, 0, "Bejing")(study)
    set_cell(5, 2, "many")(study)
    set_cell(6, 3, "-inf")(study)
    study.change("framework.toml", "weight = 0.6", "weight = 0.7")
    study.rows.append(study.rows[8].copy())
    study.save()
    answer = call(capsys, "run", study.file)
    assert answer.code == 2
    for part in ("Bejing", "many", "-inf", "1.1", "64"):
        assert part in answer.err
    assert answer.err.count("\n- ") >= 5


def test_old_results_stay_when_the_study_is_wrong(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    study.bare()
    out = study.folder / "results"
    assert call(capsys, "run", study.file, "--out", out, "--quiet").code == 0
    before = snapshot(out)
    set_cell(0, 2, "many")(study)
    assert call(capsys, "run", study.file, "--out", out).code == 2
    assert snapshot(out) == before


@pytest.mark.parametrize("where", ["a file", "in a file", "foreign", "working folder"])
def test_a_place_that_is_unfit_for_results(
    study: Study, capsys: pytest.CaptureFixture[str], where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (study.folder / "notes.txt").write_text("mine", encoding="utf-8")
    monkeypatch.chdir(study.folder.parent / "elsewhere")
    out = {
        "a file": study.folder / "notes.txt",
        "in a file": study.folder / "notes.txt" / "results",
        "foreign": study.folder,
        "working folder": Path(),
    }[where]
    before = snapshot(study.folder.parent)
    answer = call(capsys, "run", study.file, "--out", out)
    assert answer.code == 2
    assert "--out" in answer.err
    assert snapshot(study.folder.parent) == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_place_that_is_not_writable(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    locked = study.folder / "locked"
    locked.mkdir(mode=0o555)
    answer = call(capsys, "run", study.file, "--out", locked / "results")
    assert answer.code == 2
    assert "right" in answer.err


def test_a_full_disk(
    study: Study, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    study.bare()
    out = study.folder / "results"
    assert call(capsys, "run", study.file, "--out", out, "--quiet").code == 0
    before = snapshot(study.folder)

    def full(self: object, target: object = None, *args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(target))

    monkeypatch.setattr("pandas.DataFrame.to_csv", full)
    answer = call(capsys, "run", study.file, "--out", out)
    assert answer.code == 2
    assert "No space left" in answer.err
    assert snapshot(study.folder) == before
