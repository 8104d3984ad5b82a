"""Two runs compared from the command line: true parts, sentences as their cells, clear refusals."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box
from studies_for_tests import LONG, Study, call, snapshot

import geo_resilience as gr
from geo_resilience.errors import InputError
from geo_resilience.results._editions import CAUSES
from geo_resilience.study.editions._alternatives import alternatives
from geo_resilience.words import LANGUAGES


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a study, its run, and a later run: revised, weighed otherwise."""
    place = tmp_path_factory.mktemp("editions")
    (place / "study").mkdir()
    study = Study(place / "study").bare()
    gr.study.run(study.file, place / "old")
    study.rows = [
        [key, year, str(float(output) + (5 if key == "110000" else 0)), waste]
        for key, year, output, waste in study.rows
    ]
    study.save()
    study.change("framework.toml", "weight = 0.6", "weight = 0.7")
    study.change("framework.toml", "weight = 0.4", "weight = 0.3")
    gr.study.run(study.file, place / "new")
    return place


def test_a_comparison_is_told_written_and_adds_up_and_is_the_same_again(
    runs, capsys, tmp_path: Path
) -> None:
    answer = call(capsys, "compare", runs / "old", runs / "new", "-o", tmp_path / "out")
    assert answer.code == 0
    call(capsys, "compare", runs / "old", runs / "new", "-o", tmp_path / "again")
    assert snapshot(tmp_path / "out") == snapshot(tmp_path / "again")
    table = pd.read_csv(tmp_path / "out" / "tables" / "changes.csv", dtype={"adcode": str})
    assert list(table)[:7] == ["adcode", "name", "year", "measure", "before", "after", "change"]
    assert list(table)[7:16] == list(CAUSES)
    assert table[list(CAUSES)].sum(axis=1).to_numpy() == pytest.approx(table["change"], abs=1e-11)
    for side, folder in (("before", "old"), ("after", "new")):
        scores = pd.read_csv(runs / folder / "tables" / "scores.csv", dtype={"adcode": str})
        told = table[table["measure"] == "composite"].set_index(["adcode", "year"])[side]
        assert told.to_numpy() == pytest.approx(
            scores.set_index(["adcode", "year"])["composite"].loc[told.index], abs=1e-12
        )
    changed = {cause for cause in CAUSES if table[cause].abs().max() > 0}
    assert changed == {"data", "scaling", "weights", "others"}
    others = table[(table["measure"] == "composite") & (table["adcode"] != "110000")]
    assert (others["data"] == 0).all()
    first = answer.out.splitlines()[0]
    last = table[(table["measure"] == "rank") & (table["year"] == 2023)]
    assert first.startswith(f"{(last['change'] != 0).sum()} of 31 regions")
    plan = pd.read_csv(tmp_path / "out" / "tables" / "changes_in_plan.csv").set_index("key")
    assert plan.loc["indicators.A.weight"].tolist() == ["0.6", "0.7"]
    assert {"inputs.table.csv", "inputs.framework.toml"} <= set(plan.index)
    cells = pd.read_csv(
        tmp_path / "out" / "tables" / "changes_in_values.csv", dtype={"adcode": str}
    )
    assert cells.groupby("kind").size().to_dict() == {"revised": 2}
    assert (cells["after"] - cells["before"]).tolist() == [5.0, 5.0]
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "Since the last edition" in page and 'src="http' not in page


def test_the_same_folder_twice_differs_in_nothing(runs, capsys) -> None:
    answer = call(capsys, "compare", runs / "old", runs / "old", "--language", "zh")
    assert answer.out == "没有地区的位次发生变化（31个地区，均为2023年）。\n"
    assert answer.code == 0


def test_a_finding_that_reads_otherwise_is_told(runs, capsys, tmp_path: Path) -> None:
    sides = []
    for p in ("0.01", "0.91"):
        side = shutil.copytree(runs / "old", tmp_path / p)
        file = side / "tables" / "global.csv"
        row = f"2023,composite,moran,0.3,-0.033,3.0,0.003,{p},999,31\n"
        file.write_text(file.read_text(encoding="utf-8") + row, encoding="utf-8")
        record = json.loads((side / "provenance.json").read_text(encoding="utf-8"))
        record["sizes"]["tables/global.csv"] = file.stat().st_size
        (side / "provenance.json").write_text(json.dumps(record), encoding="utf-8")
        sides.append(side)
    said = call(capsys, "compare", *sides).out.splitlines()
    assert said[1:] == ["1 finding reads otherwise: changes_in_findings.csv."]
    assert len(call(capsys, "compare", sides[0], sides[0]).out.splitlines()) == 1


def test_a_read_edition_answers_as_the_one_in_memory(runs) -> None:
    folders = gr.study.compare(runs / "old", runs / "new")
    again = gr.study.compare(
        gr.study.read_results(runs / "old"), gr.study.run(runs / "study" / "study.toml")
    )
    pd.testing.assert_frame_equal(folders.changes, again.changes, atol=1e-11, rtol=0)


def test_alternatives_make_a_sheet(runs, capsys, tmp_path: Path) -> None:
    file = runs / "study" / "study.toml"
    changes = ["--change", "weights.method=equal", "--change", "composite.how=geometric"]
    answer = call(capsys, "compare", file, *changes, "-o", tmp_path / "out")
    assert answer.code == 0
    sheet = pd.read_csv(tmp_path / "out" / "tables" / "alternatives.csv")
    assert sheet["alternative"].tolist() == ["weights.method=equal", "composite.how=geometric"]
    table = pd.read_csv(tmp_path / "out" / "tables" / "changes.csv")
    for row in sheet.itertuples():
        own = table[(table["alternative"] == row.alternative) & (table["year"] == 2023)]
        moves = own.loc[own["measure"] == "rank", "change"].abs()
        assert (row.regions_moved, row.mean_shift) == (
            (moves > 0).sum(),
            pytest.approx(moves.mean()),
        )
        assert f"{row.alternative}: {row.regions_moved} of 31" in answer.out
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert all(change in page for change in sheet["alternative"])


def test_alternatives_of_a_study_in_chinese_are_told_in_chinese(capsys, tmp_path: Path) -> None:
    study = Study(tmp_path)
    study.change("study.toml", 'title = "Small"', 'title = "Small"\nlanguage = "zh"')
    answer = call(capsys, "compare", study.file, "--change", "weights.method")
    assert answer.code == 2 and "键=值" in answer.err


def test_an_alternative_tells_what_two_whole_runs_tell(tmp_path: Path) -> None:
    file = Study(tmp_path).file
    alone = alternatives(file, ["weights.method=equal"])["weights.method=equal"]
    plan = gr.study.read_plan(file)
    other = replace(plan, weights=replace(plan.weights, method="equal"))
    whole = gr.study.compare(gr.study.run(plan), gr.study.run(other))
    assert {"obstacles", "inequality"} <= set(whole.new.tables) - set(alone.new.tables)
    for stem in set(whole.tables) - {"codebook"}:
        pd.testing.assert_frame_equal(alone.tables[stem], whole.tables[stem])


def test_what_the_study_leaves_out_is_told_as_it_asks_for_it(tmp_path: Path) -> None:
    study = Study(tmp_path).squares()
    study.change("study.toml", "analyses = { skip = [", 'analyses = { skip = ["trends", ')
    change = 'analyses.skip=["local"]'
    found = alternatives(study.file, [change])[change]
    ((key, before, after),) = found.plan.to_numpy().tolist()
    assert (key, after) == ("analyses.skip", '["local"]')
    assert json.loads(before) == ["trends", *LONG]
    assert len(found.old.tables["local"]) and found.new.tables["local"].empty


def test_a_study_tells_what_changed_since_its_last_edition(runs, tmp_path: Path) -> None:
    file = with_previous(runs, tmp_path / "study", runs / "old")
    results = gr.study.run(file, tmp_path / "out")
    back = gr.study.read_results(tmp_path / "out")
    pd.testing.assert_frame_equal(back["changes"], results["changes"])
    views = [stop.view for stop in gr.report.story(back)]
    assert any("layer=edition_moves" in view for view in views)
    codebook = set(back["codebook"]["file"])
    assert "changes.csv" in codebook
    assert any(name.endswith("old/provenance.json") or name == "provenance.json"
               for name in results.provenance["inputs"])  # fmt: skip


def spoiled(runs: Path, place: Path) -> Path:
    """Give a copy of a run of which a score was changed by hand."""
    shutil.copytree(runs / "old", place)
    scores = place / "tables" / "scores.csv"
    head, first, *rest = scores.read_text(encoding="utf-8").splitlines()
    cells = first.split(",")
    place_of = head.split(",").index("composite")
    cells[place_of] = "0." + cells[place_of][2:].translate(
        str.maketrans("0123456789", "1234567890")
    )
    scores.write_text("\n".join([head, ",".join(cells), *rest]) + "\n", encoding="utf-8")
    return place


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["old"], "needs two folders of results"),
        (["old", "new", "--change", "seed=1"], "needs two folders of results"),
        (["old", "nothing"], "no results folder"),
        (["old", "study"], "no results folder of a run"),
        (["study/study.toml", "--change", "weights.method"], "KEY=VALUE was expected"),
        (["study/study.toml", "--change", "name=other"], "KEY=VALUE was expected"),
        (["study/study.toml", "--change", "weights.method=entrpy"], "Did you mean entropy"),
    ],
)
def test_what_cannot_be_compared_is_told(
    runs, capsys, monkeypatch, arguments: list[str], told: str
) -> None:
    monkeypatch.chdir(runs)
    answer = call(capsys, "compare", *arguments)
    assert answer.code == 2
    assert told in answer.err


def test_a_table_changed_by_hand_is_told(runs, capsys, tmp_path: Path) -> None:
    answer = call(capsys, "compare", spoiled(runs, tmp_path / "spoiled"), runs / "new")
    assert answer.code == 2
    assert "the composite of 110000 in 2022 is not the one in tables/scores.csv" in answer.err


def cut(runs: Path, place: Path, key: str) -> Path:
    """Give a copy of a run of whose provenance a key was taken by hand."""
    shutil.copytree(runs / "old", place)
    file = place / "provenance.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    del told[key]
    file.write_text(json.dumps(told), encoding="utf-8")
    return place


@pytest.mark.parametrize("key", ["plan", "study", "found"])
def test_a_provenance_that_was_cut_is_told(runs, capsys, tmp_path: Path, key: str) -> None:
    answer = call(capsys, "compare", cut(runs, tmp_path / "cut", key), runs / "new")
    assert answer.code == 2
    assert "provenance.json" in answer.err and "Traceback" not in answer.err


def with_previous(runs: Path, place: Path, previous: Path) -> Path:
    """Give a copy of the study that names an earlier edition."""
    shutil.copytree(runs / "study", place)
    file = place / "study.toml"
    named = f'{file.read_text()}\n[report]\nprevious = "{previous.as_posix()}"\n'
    file.write_text(named, encoding="utf-8")
    return file


def test_an_edition_that_cannot_be_read_is_told_before_anything_is_computed(
    runs, capsys, tmp_path: Path
) -> None:
    edition = cut(runs, tmp_path / "cut", "study")
    asked: list[str] = []
    with pytest.raises(InputError, match=r"provenance\.json"):
        gr.study.run(with_previous(runs, tmp_path / "study", edition), progress=asked.append)
    assert asked == []


def test_an_edition_that_cannot_be_compared_costs_the_chapter_not_the_run(
    runs, tmp_path: Path
) -> None:
    edition = spoiled(runs, tmp_path / "spoiled")
    results = gr.study.run(with_previous(runs, tmp_path / "study", edition))
    assert "changes" not in results.tables
    note = next(note for note in results.notes if note.code == "compare.left_out")
    assert "110000 in 2022 is not the one in tables/scores.csv" in note.say("en")
    assert all(note.say(language) for language in LANGUAGES)


def test_renamed_units_are_compared_and_divided_ones_named(capsys, tmp_path: Path) -> None:
    """The same figures under old and new codes: nothing moved but the name."""
    codes = {"old": ["A", "B", "C", "D", "E"], "new": ["A", "B2", "C", "D", "E"]}
    for edition, keys in codes.items():
        folder = tmp_path / edition
        folder.mkdir()
        study = Study(folder).bare()
        study.rows = [
            [key, "2020", str(place * place + 1), str(5 - place)] for place, key in enumerate(keys)
        ]
        study.save()
        land = gpd.GeoDataFrame(
            {"code": keys, "name": [f"Town {key}" for key in keys]},
            geometry=[box(place, 0, place + 1, 1) for place in range(5)],
            crs=4326,
        )
        land.to_file(folder / "land.geojson")
        study.add('[boundaries]\nfile = "land.geojson"\nkey = "code"\nname = "name"')
        gr.study.run(study.file, tmp_path / f"r_{edition}")
    crosswalk = tmp_path / "crosswalk.csv"
    crosswalk.write_text("from,to,year,share\nB,B2,2021,1\n", encoding="utf-8")
    runs = (tmp_path / "r_old", tmp_path / "r_new")
    without = gr.study.compare(*runs)
    assert set(without.changes["adcode"]) == {"A", "C", "D", "E"}
    found = gr.study.compare(*runs, crosswalk=crosswalk)
    assert set(found.changes["adcode"]) == set(codes["new"])
    assert (found.changes["change"] == 0).all() and found.notes == ()
    crosswalk.write_text("from,to,year,share\nB,B2,2021,0.5\nB,C,2021,0.5\n", encoding="utf-8")
    answer = call(capsys, "compare", *runs, "--crosswalk", crosswalk)
    assert answer.code == 0
    assert "compared with none: Town B" in answer.err
