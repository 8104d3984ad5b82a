"""Many studies as changes to one: the bytes of `run`, nothing run twice, nothing lost."""

from __future__ import annotations

import html
import json
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from studies_for_tests import Study, call, snapshot

import geo_resilience as gr
from geo_resilience.errors import InputError
from geo_resilience.study import _portfolio as conductor
from geo_resilience.study._portfolio_plan import merged, read_portfolio, unfit
from geo_resilience.tables import Context
from geo_resilience.tables._catalog_index import PORTFOLIO_SCORES

PROGRAM = [sys.executable, "-m", "geo_resilience", "portfolio"]
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals as on POSIX")

#: Analyses whose tables the page tells of.
SHOWN = ["global", "gaps"]


@pytest.fixture
def study(provinces: Study) -> Study:
    """The same of nine squares, which is run in half the time."""
    return provinces.squares()


def write(text: str, name: str = "portfolio.toml") -> Path:
    file = Path(name)
    file.write_text('base = "study/study.toml"\n' + text, encoding="utf-8")
    return file


def listed(*studies: str) -> Path:
    return write("".join(f"[[studies]]\n{study}\n" for study in studies))


def stamps(folder: str) -> dict[str, int]:
    """When the folder of each study was put in place."""
    return {place.name: place.stat().st_ino for place in Path(folder).iterdir() if place.is_dir()}


def ran(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 0) -> str:
    answer = call(capsys, "portfolio", *arguments)
    assert answer.code == code, answer.err
    return answer.out


# The bytes of run

ENTROPY = (
    'name = "entropy"\nyears = [2023]\nweights.method = "entropy"\n"cleaning.median_of" = "year"'
)
CHINESE = """name = "几何"
language = "zh"
title = "甲"
analyses.skip = ["local"]
[[studies.tables]]
file = "other.csv"
region = "region"
year = "year"
"""


def test_every_file_is_that_of_run_on_the_study_as_changed(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    other = (study.folder / "table.csv").read_bytes().replace(b",1", b",2")
    study.write("other.csv", other)
    ran(capsys, listed('name = "plain"', ENTROPY, CHINESE), "-o", "out")
    for name, edits in {
        "plain": [],
        "entropy": [
            ("permutations", "years = [2023]\npermutations"),
            ("[framework]", '[weights]\nmethod = "entropy"\n[framework]'),
            ("[framework]", '[cleaning]\nmedian_of = "year"\n[framework]'),
        ],
        "几何": [
            ('title = "Small"', 'title = "甲"\nlanguage = "zh"'),
            ("[table]", "[[tables]]"),
            ("table.csv", "other.csv"),
            (re.search(r"skip = \[.*\]", study.file.read_text())[0], 'skip = ["local"]'),
        ],
    }.items():
        copy = shutil.copytree(study.folder, Path(f"as {len(name)}"))
        changed = Study.__new__(Study)
        changed.folder = copy
        for old, new in edits:
            changed.change("study.toml", old, new)
        assert call(capsys, "run", copy / "study.toml", "--out", f"alone/{name}").code == 0
        assert snapshot(Path("out") / name) == snapshot(Path("alone") / name), name
    assert (Path("out") / "几何" / "tables" / "global.csv").is_file()


@pytest.mark.slow
def test_a_table_of_studies_is_as_the_same_entries(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    study.write("second.csv", (study.folder / "table.csv").read_bytes())
    entries = [
        'name = "a"\nyears = [2022, 2023]\ntable.file = "second.csv"\ncomposite.how = "geometric"',
        'name = "b"\nyears = [2022]\nseed = 7\noutput.bom = true\ntable.exclude = ["05", "R07"]',
        'name = "c"\nweights = { method = "own", values = { A = 0.3, B = 0.7 } }',
    ]
    ran(capsys, listed(*entries), "-o", "one")
    rows = [
        "name,years,table.file,composite.how,table.exclude,output.bom,seed,weights.method,"
        "weights.values.A,weights.values",
        'a,"2022; 2023",second.csv,geometric,,,,,,',
        "b,2022,,,05、R07,TRUE,7,,,",
        'c,,,,,,,own,0.3,"{ A = 0.3, B = 0.7 }"',
    ]
    Path("studies.csv").write_text("\n".join(rows), encoding="utf-8")
    ran(capsys, write('studies = "studies.csv"'), "-o", "two")
    for name in "abc":
        assert snapshot(Path("one") / name) == snapshot(Path("two") / name)
    for file in ("scores.csv", "index.html"):
        assert Path("one", file).read_bytes() == Path("two", file).read_bytes()


@pytest.mark.slow
def test_any_number_of_processes_gives_the_same_bytes(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    file = listed('name = "plain"', ENTROPY)
    ran(capsys, file, "-o", "one")
    done = subprocess.run([*PROGRAM, file, "-o", "two", "--workers", "2"], check=False)
    assert done.returncode == 0
    assert snapshot(Path("one")) == snapshot(Path("two"))


@pytest.mark.slow
def test_a_scheduler_s_workers_give_the_same_bytes(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    distributed = pytest.importorskip("distributed")
    file = listed('name = "plain"', ENTROPY)
    ran(capsys, file, "-o", "one")
    options = {"n_workers": 1, "threads_per_worker": 2, "dashboard_address": None}
    with distributed.LocalCluster(**options, processes=True) as cluster:
        ran(capsys, file, "-o", "two", "--scheduler", cluster.scheduler_address)
    assert snapshot(Path("one")) == snapshot(Path("two"))


def test_the_table_over_all_holds_the_cells_of_each(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    ran(capsys, listed('name = "plain"', ENTROPY), "-o", "out")
    scores = pd.read_csv("out/scores.csv", dtype=str)
    columns = ["adcode", "year", "composite", "grade", "rank"]
    assert list(scores) == ["study", *columns]
    for name in ("plain", "entropy"):
        own = pd.read_csv(f"out/{name}/tables/scores.csv", dtype=str)[columns]
        mine = scores[scores["study"] == name].reset_index(drop=True)
        pd.testing.assert_frame_equal(mine[columns], own)
    found = gr.study.portfolio("portfolio.toml", "out")
    assert found.unchanged == ("plain", "entropy") and not found.ran
    grades = tuple(found.scores["grade"].cat.categories)
    assert PORTFOLIO_SCORES.check(found.scores, Context(grades=grades)) == []
    assert found.scores["composite"].tolist() == scores["composite"].astype(float).tolist()


# What is run again


def test_only_what_a_change_touches_is_run_again(
    study: Study, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    study.write("own.csv", (study.folder / "table.csv").read_bytes())
    own = 'name = "b"\ntable.file = "own.csv"'
    file = listed('name = "a"', own)

    def again(*expected: str) -> None:
        before, bytes_before = stamps("out"), snapshot(Path("out"))
        said = ran(capsys, file, "-o", "out")
        after, count = stamps("out"), len(expected)
        assert sorted(name for name in after if after[name] != before.get(name)) == [*expected]
        assert f"{count} {'study' if count == 1 else 'studies'} run" in said
        if not expected:
            assert snapshot(Path("out")) == bytes_before

    Path("out").mkdir()
    again("a", "b")
    again()
    study.change("own.csv", ",3,", ",4,")
    again("b")
    listed('name = "a"', own + "\nseed = 4")
    again("b")
    study.change("study.toml", "Small", "Another title")
    again("a", "b")
    (Path("out") / "a" / "atlas.html").unlink()
    again("a")
    monkeypatch.setattr("geo_resilience.study.output._files.version", lambda package: "99")
    again("a", "b")


def test_all_the_files_of_a_shapefile_are_hashed(provinces: Study, tmp_path: Path) -> None:
    gr.regions.read_boundaries().frame.reset_index()[["adcode", "name", "geometry"]].to_file(
        provinces.folder / "land.shp", encoding="utf-8"
    )
    provinces.add('[boundaries]\nfile = "land.shp"\nkey = "adcode"')
    inputs = gr.study.read_plan(provinces.file).inputs
    assert {"land.shp", "land.dbf", "land.shx", "land.prj", "land.cpg"} <= set(inputs)


#: The command line, halting in a step of the second study.
HALTING = """
import sys, time
from geo_resilience.cli import main
from geo_resilience.study import _run as conductor
step, seen = conductor.write_files, []
def halting(*args, **kwargs):
    done = step(*args, **kwargs)
    seen.append(args)
    if len(seen) == 2:
        print("halted", file=sys.stderr, flush=True)
        time.sleep(60)
    return done
conductor.write_files = halting
sys.exit(main(["portfolio", "portfolio.toml", "-o", "out"]))
"""


def signaled(number: int, command: list[str], until: str) -> subprocess.CompletedProcess[str]:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(command, text=True, encoding="utf-8", **pipes)
    assert process.stderr is not None
    said = ""
    while until not in said:
        line = process.stderr.readline()
        assert line, f"the program ended before it was there: {said}"
        said += line
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(command, process.returncode, out, said + err)


@POSIX
def test_a_killed_portfolio_goes_on_where_it_was(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    file = listed(*(f'name = "{name}"\nseed = {place}' for place, name in enumerate("abc")))
    done = signaled(signal.SIGKILL, [sys.executable, "-c", HALTING], "halted")
    assert done.returncode == -signal.SIGKILL
    before = stamps("out")
    assert "a" in before and "b" not in before
    assert any(name.startswith(".b.geo-resilience-") for name in before)
    assert "2 studies run, 1 unchanged" in ran(capsys, file, "-o", "out")
    assert stamps("out")["a"] == before["a"]
    ran(capsys, file, "-o", "whole")
    assert snapshot(Path("out")) == snapshot(Path("whole"))
    assert sorted(path.name for path in Path().iterdir()) == [
        *("out", "portfolio.toml", "study", "whole")
    ]


@POSIX
def test_an_interrupt_ends_at_once_and_leaves_whole_studies_only(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    file = listed(*(f'name = "{name}"' for name in "abc"))
    done = signaled(signal.SIGINT, [sys.executable, "-c", HALTING], "halted")
    assert done.returncode == 130, done.stderr
    assert "goes on with the rest" in done.stderr and "Traceback" not in done.stderr
    assert sorted(path.name for path in Path("out").iterdir()) == ["a", "provenance.json"]
    assert "2 studies run, 1 unchanged" in ran(capsys, file, "-o", "out")


SLOW = 'name = "slow"\npermutations = 10_000_000\nanalyses.skip = ["pattern", "uncertainty"]'


@POSIX
@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["interrupt", "kill"])
def test_no_process_outlives_the_command(provinces: Study, number: int) -> None:
    listed('name = "quick"', SLOW)
    command = [*PROGRAM, "portfolio.toml", "-o", "out", "--workers", "2"]
    done = signaled(number, command, "1 of 2 studies: quick")
    assert done.returncode == (130 if number == signal.SIGINT else -number), done.stderr
    assert "Traceback" not in done.stderr
    left = sorted(path.name for path in Path("out").iterdir())
    if number == signal.SIGINT:
        assert left == ["provenance.json", "quick"]
    assert not working(Path.cwd())


def working(folder: Path) -> list[str]:
    """Processes in a folder; one that is told to end has ten seconds."""
    if sys.platform != "linux":
        return []
    for _ in range(100):
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if (entry / "cwd").resolve() == folder and int(entry.name) != os.getpid():
                    found.append((entry / "cmdline").read_text())
            except OSError:
                continue
        if not any("spawn" in command for command in found):
            return []
        time.sleep(0.1)
    return found


# Studies that fail


def test_one_study_that_fails_leaves_the_others_alone(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    study.write("spoilt.csv", (study.folder / "table.csv").read_bytes().replace(b",1", b",x", 3))
    file = listed('name = "good"', 'name = "spoilt"\ntable.file = "spoilt.csv"', 'name = "better"')
    answer = call(capsys, "portfolio", file, "-o", "out")
    assert answer.code == 2
    assert "1 study has no results" in answer.err
    assert re.search(r"^- spoilt: .*spoilt\.csv", answer.err, re.MULTILINE)
    scores = pd.read_csv("out/scores.csv", dtype=str)
    assert scores[scores["composite"].isna()].dropna(axis=1).to_dict("records") == [
        {"study": "spoilt"}
    ]
    assert set(scores["study"]) == {"good", "spoilt", "better"}
    page = Path("out/index.html").read_text(encoding="utf-8")
    assert "1 without results" in page and "spoilt.csv" in page
    assert "spoilt/atlas.html" not in page and "better/atlas.html" in page
    study.write("spoilt.csv", (study.folder / "table.csv").read_bytes())
    assert "1 study run, 2 unchanged" in ran(capsys, file, "-o", "out")


def test_a_fault_of_ours_in_one_study_is_told_with_its_log(
    study: Study, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    measure = gr.study._run.measure

    def broken(plan: object, inputs: object) -> object:
        if plan.seed == 3:
            raise ZeroDivisionError("a screw is loose")
        return measure(plan, inputs)

    monkeypatch.setattr("geo_resilience.study._run.measure", broken)
    file = listed('name = "good"', 'name = "bad"\nseed = 3')
    answer = call(capsys, "portfolio", file, "-o", "out")
    assert answer.code == 1
    assert "Traceback" not in answer.err
    log = Path(re.search(r"- bad: .*a screw is loose.* (\S+\.log)", answer.err)[1])
    assert "in measure" in log.read_text() or "in broken" in log.read_text()
    log.unlink()
    assert (Path("out") / "good" / "atlas.html").is_file()


@POSIX
@pytest.mark.slow
def test_a_study_that_ends_its_process_is_told_from_the_others(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    from geo_resilience.indicators.records import _engines

    tasks = [conductor._Task(name, Path(name), Path(), False) for name in ("a", "poison", "b")]
    monkeypatch.setattr(conductor, "_conduct", deadly)
    monkeypatch.setattr(_engines, "_PATIENCE", 2)
    with _engines.Processes(1) as processes:
        found = dict(conductor._outcomes(tasks, processes))
    assert found["a"] is None and found["b"] is None
    assert "ended" in InputError(found["poison"].problems).say()


def deadly(task: conductor._Task) -> tuple[str, None]:
    if task.name == "poison":
        os.kill(os.getpid(), signal.SIGKILL)
    return task.name, None


def test_errors_come_whole_from_another_process() -> None:
    error = InputError("study.no_such_year", year=2030, known=[2022, 2023])
    assert pickle.loads(pickle.dumps(error)).say("zh") == error.say("zh")


# Wrong input


def test_everything_that_is_wrong_is_told_before_anything_is_run(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    study.add('[grades]\nmehtod = "cuts"')
    file = listed(
        'name = "a"\ntable.file = "nowhere.csv"',
        'name = "b"\nweights.method = "entropie"',
        'name = "c"\nweights = { method = "own", values = { A = 1, B = 1 } }\nwithout = ["chain"]',
        "seed = 1",
        'name = "A"',
    )
    with file.open("a") as more:
        more.write("[else]\nkey = 1\n")
    answer = call(capsys, "portfolio", file, "-o", "out")
    assert answer.code == 2 and not Path("out").exists()
    for part in (
        "portfolio.toml, line 12: the study has no name",
        "A is taken already by a",
        "else is not known",
        f"portfolio.toml, line 4, study “a”: table.file is nowhere.csv, but there is no such file "
        f"in {study.folder}",
        "portfolio.toml, line 7, study “b”: weights.method is ",
        "Did you mean entropy?",
        "study “c”: without names chain, which is no key of study.toml",
        "study.toml, line 16: grades.mehtod is not known",
    ):
        assert part in answer.err, (part, answer.err)
    assert answer.err.count("mehtod") == 1, "what is wrong with the base is told once"


def test_a_key_of_the_base_can_be_left_out(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    study.add('[weights]\nmethod = "own"\nvalues = { A = 0.3, B = 0.7 }')
    file = listed('name = "a"\nweights.method = "equal"')
    answer = call(capsys, "portfolio", file, "-o", "out")
    assert answer.code == 2 and "weights.values has no effect" in answer.err
    file = listed('name = "a"\nweights.method = "equal"\nwithout = ["weights.values"]')
    ran(capsys, file, "-o", "out")
    plan = json.loads(Path("out/a/provenance.json").read_text())["plan"]
    assert plan["weights"]["method"] == "equal"


def test_studies_that_would_share_a_schema_are_told(study: Study, tmp_path, capsys) -> None:
    old = "output = { figures = [], report = false }"
    new = 'output = { figures = [], report = false, database = "sqlite:///results.sqlite" }'
    study.change("study.toml", old, new)
    text = 'base = "study/study.toml"\n[[studies]]\nname = "a"\n[[studies]]\nname = "b"\nseed = 2\n'
    (tmp_path / "portfolio.toml").write_text(text, encoding="utf-8")
    answer = call(capsys, "portfolio", tmp_path / "portfolio.toml", "-o", tmp_path / "out")
    assert answer.code == 2 and "output.schema" in answer.err and "a, b" in answer.err
    own = text.replace("seed = 2", '"output.schema" = "other"')
    assert not (tmp_path / "out").exists()
    (tmp_path / "portfolio.toml").write_text(own, encoding="utf-8")
    assert len(read_portfolio(tmp_path / "portfolio.toml").plans) == 2


def test_cells_of_a_table_that_are_wrong_are_named(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("studies.csv").write_text("name,sead,composite.how\na,1,\nb,,mean\n\nCON,,\n")
    answer = call(capsys, "portfolio", write('studies = "studies.csv"'), "-o", "out")
    assert answer.code == 2
    assert "studies.csv, row 5: CON is the name of a device" in answer.err
    assert "studies.csv, row 2, column sead, study “a”: sead is not known" in answer.err
    assert "studies.csv, row 3, column composite.how, study “b”: composite.how is " in answer.err
    Path("studies.csv").write_text("study,seed\na,1\n")
    answer = call(capsys, "portfolio", write('studies = "studies.csv"'), "-o", "out")
    assert "studies.csv has no column name" in answer.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "base is missing"),
        ('base = "nowhere.toml"\n[[studies]]\nname = "a"', "base is nowhere.toml"),
        ('base = 3\n[[studies]]\nname = "a"', "base is 3"),
        ('base = "study/study.toml"', "no studies are named"),
        ('base = "study/study.toml"\nstudies = []', "no studies are named"),
        ('base = "study/study.toml"\nstudies = "nowhere.csv"', "studies is nowhere.csv"),
        ('base = "study/study.toml"\n[[studies]\n', "line 2"),
    ],
)
def test_a_portfolio_that_is_none(
    study: Study, capsys: pytest.CaptureFixture[str], text: str, told: str
) -> None:
    Path("portfolio.toml").write_text(text)
    answer = call(capsys, "portfolio", "portfolio.toml", "-o", "out")
    assert answer.code == 2 and told in answer.err, answer.err
    assert not Path("out").exists()


def test_a_portfolio_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    answer = call(capsys, "portfolio", "nowhere.toml", "-o", "out")
    assert answer.code == 2 and "no such portfolio file" in answer.err


@pytest.mark.parametrize(
    "name",
    [
        *("a/b", "a\\b", "..", ".", ".hidden", "end.", "con", "Com1.txt", "LPT³", "a:b", 'say "a"'),
        *("a\tb", "index.html", "Scores.CSV", "provenance.json", "x" * 300, "研" * 100, " ", "<b>"),
    ],
)
def test_names_that_are_no_folders_are_refused(study: Study, name: str) -> None:
    with pytest.raises(InputError) as error:
        read_portfolio({"base": str(study.file), "studies": [{"name": name}]})
    assert all(problem.key.startswith("portfolio.name_") for problem in error.value.problems)
    assert all("{" not in error.value.say(language) for language in ("en", "zh"))


@given(st.text(min_size=1, max_size=80))
def test_what_is_no_folder_beside_the_others_is_refused(name: str) -> None:
    place = Path("/out") / name
    if not unfit(name):
        assert place.parent == Path("/out") and place.name == name
        assert "\0" not in name and name not in ("..", ".")


nested = st.recursive(
    st.integers() | st.lists(st.integers()),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=12,
)
tables = st.dictionaries(st.sampled_from("abc"), nested)


@given(tables, tables)
def test_changes_are_set_in_and_all_else_stays(base: dict, changes: dict) -> None:
    found = merged(base, changes)
    assert merged(base, {}) == base and merged({}, changes) == changes
    assert merged(found, changes) == found
    assert set(found) == set(base) | set(changes)
    for key, value in found.items():
        if key not in changes:
            assert value == base[key]
        elif isinstance(changes[key], dict) and isinstance(base.get(key), dict):
            assert value == merged(base[key], changes[key])
        else:
            assert value == changes[key]


# The folder


def test_studies_that_are_no_longer_there_are_kept_or_removed_but_nothing_else(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    listed(*(f'name = "{name}"' for name in "abc"))
    ran(capsys, "portfolio.toml", "-o", "out")
    Path("out/b/figures").mkdir()
    Path("out/b/figures/mine.txt").write_text("mine")
    Path("out/mine").mkdir()
    listed('name = "a"')
    said = ran(capsys, "portfolio.toml", "-o", "out")
    assert "No longer in the portfolio, and kept: b, c." in said
    assert (Path("out") / "b" / "atlas.html").is_file()
    assert set(pd.read_csv("out/scores.csv")["study"]) == {"a"}
    said = ran(capsys, "portfolio.toml", "-o", "out", "--replace")
    assert "No longer in the portfolio, and removed: b, c." in said
    left = {path.relative_to("out").as_posix() for path in Path("out").rglob("*")}
    left = {path for path in left if not path.startswith("a/")}
    assert left == {
        *("a", "b", "b/figures", "b/figures/mine.txt", "mine"),
        *("index.html", "provenance.json", "scores.csv"),
    }


def test_a_record_that_leads_elsewhere_removes_nothing(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    listed('name = "a"', 'name = "b"')
    ran(capsys, "portfolio.toml", "-o", "out")
    assert call(capsys, "run", study.file, "--out", "elsewhere").code == 0
    before = snapshot(Path("elsewhere"))
    record = json.loads(Path("out/provenance.json").read_text())
    record["studies"] += ["../elsewhere", str(Path("elsewhere").resolve())]
    Path("out/provenance.json").write_text(json.dumps(record))
    own = json.loads(Path("out/b/provenance.json").read_text())
    own["files"] += ["../../elsewhere/atlas.html", "../../study/table.csv"]
    Path("out/b/provenance.json").write_text(json.dumps(own))
    listed('name = "a"')
    ran(capsys, "portfolio.toml", "-o", "out", "--replace")
    assert not Path("out/b").exists()
    assert snapshot(Path("elsewhere")) == before
    assert (study.folder / "table.csv").is_file()


def test_folders_of_others_are_refused_before_anything_is_run(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    file = listed('name = "a"', 'name = "b"')
    Path("full").mkdir()
    Path("full/mine.txt").write_text("mine")
    assert "holds no provenance.json" in call(capsys, "portfolio", file, "-o", "full").err
    assert call(capsys, "run", study.file, "--out", "single").code == 0
    for more in ([], ["--replace"]):
        answer = call(capsys, "portfolio", file, "-o", "single", *more)
        assert answer.code == 2 and "results of a single study" in answer.err
    ran(capsys, file, "-o", "out")
    assert call(capsys, "run", study.file, "--out", "out").code == 2
    with pytest.raises(InputError, match="studies of a portfolio: a, b"):
        gr.study.read_results("out")
    other = write('[[studies]]\nname = "a"\n[[studies]]\nname = "c"\n', "other.toml")
    answer = call(capsys, "portfolio", other, "-o", "out")
    assert answer.code == 2 and "another portfolio, portfolio.toml" in answer.err
    Path("out/c").mkdir()
    Path("out/c/mine.txt").write_text("mine")
    answer = call(capsys, "portfolio", other, "-o", "out", "--replace")
    assert answer.code == 2 and Path("out/b/atlas.html").is_file()
    shutil.rmtree("out/c")
    assert "removed: b" in ran(capsys, other, "-o", "out", "--replace")


# What a person sees


def test_the_page_tells_what_the_tables_hold_and_opens_each(
    provinces: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    skip = json.loads(re.search(r"skip = (\[.*\])", provinces.file.read_text())[1])
    skip = json.dumps([name for name in skip if name not in SHOWN])
    hostile = "R&D 100% #1 'x'=?"[:-1]
    file = listed(
        f'name = "{hostile}"\nanalyses.skip = {skip}', 'name = "one year"\nyears = [2023]'
    )
    ran(capsys, file, "-o", "out")
    page = Path("out/index.html").read_text(encoding="utf-8")
    assert hostile not in page and "<script" not in page
    links = [unquote(html.unescape(link)) for link in re.findall(r'href="([^"]+)"', page)]
    assert len(links) == 5 and all((Path("out") / link).is_file() for link in links)
    rows = re.findall(r"<tr>(<th scope=\"row\">.*?)</tr>", page)
    cells = [
        [html.unescape(re.sub("<.*?>", "", cell)) for cell in re.findall("<t[hd].*?</t[hd]>", row)]
        for row in rows
    ]
    tables = Path("out") / hostile / "tables"
    scores = pd.read_csv(tables / "scores.csv").query("year == 2023")
    world = pd.read_csv(tables / "global.csv").query("year == 2023 and variable == 'composite'")
    moran = world[world["statistic"] == "moran"].iloc[0]
    gap = pd.read_csv(tables / "gaps.csv").query("year == 2023 and measure == 'east_west_gap'")
    first = scores.sort_values(["rank", "adcode"])["name"].iloc[0]
    told = [hostile, "31", "2022–2023", f"{scores['composite'].mean():.3f}", first]
    assert cells[0][:5] == told
    for cell, value, p in (
        (cells[0][5], moran["value"], moran["p_sim"]),
        (cells[0][6], gap["value"].iloc[0], gap["p_value"].iloc[0]),
    ):
        assert cell.replace("\u2212", "-") == f"{value:.3f} (p = {p:.3g})"
    assert cells[1][:3] == ["one year", "31", "2023"] and cells[1][5:7] == ["–", "–"]


def test_the_time_left_is_what_the_rest_takes_at_this_pace(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from geo_resilience.cli import _portfolio as command

    now = [100.0]
    monkeypatch.setattr(command.time, "monotonic", lambda: now[0])
    count = command.Count("en", quiet=False)
    for done, seconds in ((4, 0), (5, 30), (6, 10), (10, 5)):
        now[0] += seconds
        count(done, 10, "x" if done > 4 else "")
    assert capsys.readouterr().err.splitlines() == [
        "4 of 10 studies",
        "5 of 10 studies: x, about 2 min left",
        "6 of 10 studies: x, about 80 s left",
        "10 of 10 studies: x",
    ]


def test_the_language_is_that_of_the_base(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    study.change("study.toml", 'title = "Small"', 'title = "小"\nlanguage = "zh"')
    answer = call(capsys, "portfolio", listed('name = "a"\nsede = 1'), "-o", "out")
    assert "研究“a”：未知的键 sede" in answer.err
    assert "运行1项研究" in ran(capsys, listed('name = "a"'), "-o", "out")
    assert '<html lang="zh">' in Path("out/index.html").read_text(encoding="utf-8")
    assert Path("out/scores.csv").read_bytes().startswith(b"\xef\xbb\xbfstudy,")


@pytest.mark.parametrize("more", ["", ", spreadsheet_safe = true, bom = true"])
def test_the_table_over_all_is_written_as_the_base_study_asks(study: Study, more: str) -> None:
    text = study.file.read_text(encoding="utf-8")
    asks = text.replace("report = false }", f"report = false{more} }}")
    assert (asks != text) == bool(more)
    study.file.write_text(asks, encoding="utf-8")
    asked = read_portfolio({"base": str(study.file), "studies": [{"name": "=one"}]})
    assert (asked.form.safe, asked.form.bom) == (bool(more), bool(more))
