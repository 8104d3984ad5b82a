"""What the commands do when all is well."""

from __future__ import annotations

import csv
import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from studies_for_tests import QUICK, QUICK_SECTIONS, Study, call, snapshot

from geo_resilience.errors import InputError
from geo_resilience.regions import read_boundaries
from geo_resilience.study import read_plan, read_results
from geo_resilience.study._plan_sections import ANALYSES
from geo_resilience.study.analyses import Analysis

PROGRAM = [sys.executable, "-m", "geo_resilience"]


# Help


@pytest.mark.skipif(os.name != "posix", reason="counts processor time as on POSIX")
def test_help_names_every_command_within_a_moment() -> None:
    """Processor time of the fastest of five: others may be using the machine."""
    import resource

    taken = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([*PROGRAM, "--help"], capture_output=True, text=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    for command in ("run", "check", "init", "map"):
        assert f"\n  {command} " in done.stdout
    assert min(taken) < 0.3


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from geo_resilience.cli import main; code = main(['map', '--help']);"
        "heavy = {'numpy', 'pandas', 'geopandas', 'folium', 'libpysal', 'scipy'};"
        "print(code, sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []"


@pytest.mark.parametrize("command", ["run", "check", "init", "map"])
def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str], command: str) -> None:
    answer = call(capsys, command, "--help")
    assert answer.code == 0
    assert answer.out.startswith(f"Usage: geo-resilience {command} ")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    answer = call(capsys, "--version")
    assert answer.code == 0
    assert answer.out.startswith("geo-resilience ")


@pytest.mark.parametrize(
    "arguments",
    [["--nonsense"], ["fly"], ["check"], ["init"], ["map", "t.csv"], ["run", "a", "b"]],
)
def test_wrong_usage_ends_with_2(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    answer = call(capsys, *arguments)
    assert answer.code == 2
    assert "Usage:" in answer.err


def test_help_in_chinese_where_the_console_is() -> None:
    done = subprocess.run(
        [*PROGRAM, "--help"],
        capture_output=True,
        check=True,
        env={"LANG": "zh_CN.UTF-8", "PYTHONUTF8": "1", "PATH": ""},
    )
    assert "运行研究" in done.stdout.decode("utf-8")


def chinese(*arguments: str) -> str:
    """What the command line says on a Chinese console."""
    done = subprocess.run(
        [*PROGRAM, *arguments],
        capture_output=True,
        check=False,
        env={"LANG": "zh_CN.UTF-8", "PYTHONUTF8": "1", "PATH": "", "COLUMNS": "200"},
    )
    return (done.stdout + done.stderr).decode("utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--help"], ["用法：", "选项:", "显示本说明并退出。"]),
        (["map", "--help"], ["必填", "默认：map.html"]),
        (["fly"], ["没有命令 fly"]),
        (["map", "t.csv"], ["缺少选项 '--key'"]),
        (["check"], ["缺少参数"]),
        (["run", "--bogus"], ["没有选项 --bogus"]),
        (["run", "a", "b"], ["多出一个参数（b）"]),
        (["init", "x", "--language", "fr"], ["'--language' 的取值无效：fr 不在可选值之中"]),
    ],
)
def test_nothing_of_the_frame_is_english_on_a_chinese_console(
    arguments: list[str], said: list[str]
) -> None:
    told = chinese(*arguments)
    for each in said:
        assert each in told
    english = "Usage|Options|Show|Missing|Invalid|such|Got|Error|Try|default|required"
    assert not re.search(rf"\b({english})\b", told)


def test_figure_help_says_what_each_shows_and_needs() -> None:
    """A figure needs what its line says: without that table it is refused, else it is drawn."""
    from geo_resilience.maps import figures
    from geo_resilience.words import subject

    about = subject("figure_about")
    assert list(about) == figures.names()
    told = subprocess.run(
        [*PROGRAM, "figure", "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={"LANG": "en_US.UTF-8", "PATH": "", "COLUMNS": "200"},
    ).stdout
    tables = {"scores": pd.DataFrame({"adcode": ["110000"], "year": [2023]})}
    for name, row in about.items():
        assert f"{name} {row['en']}" in " ".join(told.split())
        needed = re.findall(r"(\w+)\.csv", row["en"])
        assert needed == re.findall(r"(\w+)\.csv", row["zh"])
        if needed:
            results = SimpleNamespace(
                tables=tables, language="en", regions=read_boundaries(), plan={}
            )
            with pytest.raises(InputError) as error:
                getattr(figures, name)(results)
            assert needed == [error.value.problems[0].values["table"]]


# run


def test_run_tells_stages_on_one_stream_and_the_summary_on_the_other(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    study.change("study.toml", QUICK.splitlines()[0], 'output = { figures = ["graded_map"] }')
    answer = call(capsys, "run", study.file)
    assert answer.code == 0
    assert answer.out.startswith("Small\n")
    assert f"Start here: {study.folder / 'results' / 'index.html'}\n" in answer.out
    assert "Spatial statistics" in answer.err.splitlines()
    results = study.folder / "results"
    assert sorted(path.name for path in Path().iterdir()) == ["study"]
    assert sorted(path.name for path in results.iterdir()) == [
        *("atlas.html", "codebook.csv", "datapackage.json", "figures", "index.html"),
        *("provenance.json", "regions.gpkg", "report.html", "results.xlsx", "styles"),
        *("summary.txt", "tables"),
    ]
    assert (results / "tables" / "scores.csv").is_file()
    whole = (results / "summary.txt").read_text(encoding="utf-8")
    assert whole.startswith("Small\n")
    assert read_results(results).notes[0].say() in whole


def test_run_quietly_says_nothing(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    study.bare()
    answer = call(capsys, "run", study.file, "--quiet", "--out", "out")
    assert (answer.code, answer.out, answer.err) == (0, "", "")
    assert (Path("out") / "atlas.html").is_file()


def test_run_speaks_the_studys_language(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    study.file.write_text('language = "zh"\n' + study.file.read_text())
    answer = call(capsys, "run", study.file)
    assert answer.code == 0
    assert "空间统计" in answer.err
    assert "结果文件：" in answer.out
    scores = (study.folder / "results" / "tables" / "scores.csv").read_bytes()
    assert scores.startswith(b"\xef\xbb\xbf")


def test_run_again_replaces_results_and_keeps_the_users_files(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    study.bare()
    results = study.folder / "results"
    call(capsys, "run", study.file, "--quiet")
    first = snapshot(results)
    (results / "mine.txt").write_text("mine")
    assert call(capsys, "run", study.file, "--quiet").code == 0
    second = snapshot(results)
    assert second.pop("mine.txt") == b"mine"
    assert second == first, "the same study gives the same bytes"


def test_run_takes_the_study_of_the_working_folder_and_says_so(
    study: Study, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    study.bare()
    monkeypatch.chdir(study.folder)
    answer = call(capsys, "run", "--language", "zh")
    assert answer.code == 0
    assert answer.err.startswith("研究文件：study.toml\n")
    assert answer.out.startswith("Small\n31个地区")
    scores = (study.folder / "results" / "tables" / "scores.csv").read_text(encoding="utf-8-sig")
    assert "110000,北京," in scores


def test_results_of_another_study_stay_unless_asked(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    study.bare()
    assert call(capsys, "run", study.file, "--out", "out", "--quiet").code == 0
    study.add("[grades]\nmethod = 'quantile'")
    study.file.write_text('language = "zh"\n' + study.file.read_text())
    assert call(capsys, "run", study.file, "--out", "out", "--quiet").code == 0, "the same study"
    study.change("study.toml", 'title = "Small"', 'title = "Another"')
    before = snapshot(Path("out"))
    answer = call(capsys, "run", study.file, "--out", "out", "--language", "en")
    assert answer.code == 2
    assert "“Small” (study.toml)" in answer.err
    assert "“Another” (study.toml)" in answer.err
    assert "Weights" not in answer.err, "refused before anything is computed"
    for command in (
        ["space", study.folder / "table.csv", "--key", "region", "--value", "output"],
        ["chain", "--example"],
    ):
        asked = [*command, "--out", "out", "--language", "en"]
        answer = call(capsys, *asked)
        assert (answer.code, answer.out) == (2, "")
        assert "another folder" in answer.err
    assert snapshot(Path("out")) == before
    assert call(capsys, "run", study.file, "--out", "out", "--quiet", "--replace").code == 0
    assert '"title": "Another"' in (Path("out") / "provenance.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["run", "space", "chain"])
def test_too_long_a_name_is_refused_before_anything_is_computed(
    study: Study, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    asked: list[object] = [command]
    if command == "run":
        asked += [study.file]
    elif command == "space":
        asked += [study.folder / "table.csv", "--key", "region", "--value", "output"]
    else:
        asked += ["--example"]
    answer = call(capsys, *asked, "--out", "韧" * 75)
    assert (answer.code, answer.out) == (2, "")
    assert "222" in answer.err
    assert sorted(path.name for path in Path().iterdir()) == ["study"]


class Terminal:
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        pass


def test_progress_on_a_terminal_has_elapsed_times(monkeypatch: pytest.MonkeyPatch) -> None:
    from geo_resilience.cli import _progress
    from geo_resilience.cli._console import Session

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    quarters = SimpleNamespace(perf_counter=itertools.count(0, 0.25).__next__)
    monkeypatch.setattr(_progress, "time", quarters)
    with _progress.Progress(Session("en")) as progress:
        progress("boundaries")
        progress("a stage without words")
    lines = terminal.text.split("\n")
    assert lines[0].rstrip() == "  Boundaries and groups ...\r  Boundaries and groups  0.2 s"
    assert "a stage without words" in lines[1]
    assert lines[2].startswith("Done in 1.2 s")


# check


def test_check_writes_nothing_and_tells_what_it_found(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    study.rows[0][2] = ""
    study.rows[2][0] = study.rows[3][0] = "天津市"
    study.rows.append(["全国", "2022", "1", "1"])
    study.rows[10][3] = str(10**9)
    study.save()
    before = snapshot(study.folder)
    answer = call(capsys, "check", study.file)
    assert answer.code == 0
    for part in (
        "31 regions, 2022–2023",
        "table.csv: 31 of 31 regions matched",
        "天津市 = 120000",
        "全国",
        "output: 1 of 62 (Beijing 2022)",
        "A Output",
        "taken from the nearest year",
        "B (Waste): more than 10,000 times its median",
        "The study can run",
    ):
        assert part in answer.out
    (row,) = [line for line in answer.out.splitlines() if line.startswith("  A Output")]
    assert row.split()[2:4] == ["30", "31"]
    assert snapshot(study.folder) == before
    assert sorted(path.name for path in Path().iterdir()) == ["study"]


def test_check_tells_nothing_that_a_run_does_not_find(
    study: Study, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few draws once let it announce rows outside their interval that the run did not find."""
    from geo_resilience.study import _run as conductor
    from geo_resilience.study import run

    rng = np.random.default_rng(3)
    for row in study.rows:
        row[2:4] = [f"{value:.6g}" for value in np.exp(rng.normal(0, 2.5, 2))]
    study.save()
    found = {note.say("en") for note in run(study.file).notes}

    def refuse(_: object, analyses: Iterable[Analysis], *__: object) -> None:
        assert {each.name for each in analyses} <= {"what_if"}, "check carries out no analysis"

    monkeypatch.setattr(conductor, "carry_out", refuse)
    answer = call(capsys, "check", study.file)
    assert answer.code == 0, answer.err
    told = [line[4:] for line in answer.out.splitlines() if line.startswith("  - ")]
    assert told and set(told) <= found


def test_check_of_one_year_without_a_year_column(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    study.rows = [[row[0], row[2], row[3]] for row in study.rows[::2]]
    study.save(heads=("region", "output", "waste"))
    study.change("study.toml", 'year = "year"\n', "")
    answer = call(capsys, "check", study.file)
    assert answer.code == 0, answer.err
    assert "31 regions, no year" in answer.out


def test_excluded_regions_are_told(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    study.change("study.toml", 'year = "year"', 'year = "year"\nexclude = ["Tibet"]')
    answer = call(capsys, "check", study.file)
    assert answer.code == 0
    assert "30 regions" in answer.out
    assert "2 rows of excluded regions left out (540000)" in answer.out
    assert "table.csv: 30 of 30 regions matched" in answer.out


@pytest.mark.parametrize(
    ("years", "text"),
    [([], ""), ([0], ""), ([2020], "2020"), ([2023, 2021, 2020], "2020–2021, 2023")],
)
def test_years_are_written_as_spans(years: list[int], text: str) -> None:
    from geo_resilience.cli._findings import spans

    assert spans(years) == text


# init


@pytest.mark.parametrize("language", ["en", "zh"])
def test_init_then_check_lists_the_empty_cells(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    folder = tmp_path / "new" / "study"
    answer = call(capsys, "init", folder, "--language", language, "--years", "2021-2023")
    assert answer.code == 0
    assert sorted(snapshot(folder)) == [
        *("high_tech.toml", "judgements.csv", "study.toml", "table.csv")
    ]
    rows = list(csv.reader((folder / "table.csv").read_text("utf-8-sig").splitlines()))
    assert len(rows) == 1 + 31 * 3
    before = snapshot(folder)
    checked = call(capsys, "check", folder / "study.toml")
    assert checked.code == 2
    told = checked.out + checked.err
    for column in rows[0][3:]:
        assert column in checked.out
    assert "93" in checked.out, "empty cells of each column"
    assert "D111" in checked.err
    assert len(told.splitlines()) < 60, "grouped, not a line a cell"
    assert snapshot(folder) == before


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.slow), "zh"])
def test_a_blank_framework_is_explained_by_check_and_runs_once_it_is_filled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    folder = tmp_path / "mine"
    asked = ["--blank", "3", "--years", "2023", "--language", language]
    begun = call(capsys, "init", folder, *asked)
    assert begun.code == 0 and begun.out.splitlines()[-1].count(str(folder)) == 3
    heads, *rows = csv.reader((folder / "table.csv").read_text("utf-8-sig").splitlines())
    assert heads[3:] == ["A1", "A2", "B1"]
    checked = call(capsys, "check", folder / "study.toml")
    assert checked.code == 2
    for code in heads[3:]:
        assert sum(code in line and "direction" in line for line in checked.err.splitlines()) == 1
    framework = folder / "framework.toml"
    filled = framework.read_text("utf-8").replace('direction = ""', 'direction = "+"')
    framework.write_text(filled, encoding="utf-8")
    for place, row in enumerate(rows):
        row[3:] = [str(place), str(place * 7 % 31), str(place * 3 % 31)]
    with (folder / "table.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heads, *rows])
    with (folder / "study.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[analyses]\nskip = {json.dumps(ANALYSES)}\n")
    assert call(capsys, "run", folder / "study.toml", "--quiet").code == 0
    assert (folder / "results" / "summary.txt").is_file()


def test_init_for_boundaries_of_ones_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import geopandas as gpd
    from shapely.geometry import box

    shapes = [box(100 + i % 3, 30 + i // 3, 101 + i % 3, 31 + i // 3) for i in range(9)]
    names = {"id": [f"0{i}" for i in range(9)], "town": [f"Town {i}" for i in range(9)]}
    maps = tmp_path / "my maps"
    maps.mkdir()
    gpd.GeoDataFrame(names, geometry=shapes, crs=4326).to_file(maps / "own.geojson")
    asked = ["init", tmp_path / "my study", "--boundaries", maps / "own.geojson"]
    refused = call(capsys, *asked)
    assert refused.code == 2 and "--boundaries-key" in refused.err
    assert not (tmp_path / "my study").exists()
    columns = ["--boundaries-key", "id", "--boundaries-name", "town", "--years", "2023"]
    answer = call(capsys, *asked, *columns)
    assert answer.code == 0, answer.err
    study = tmp_path / "my study" / "study.toml"
    assert f'check "{study}"' in answer.out, "ready to be pasted, blanks and all"
    assert sorted(snapshot(study.parent)) == [
        *("framework.toml", "judgements.csv", "study.toml", "table.csv")
    ]
    assert 'file = "../my maps/own.geojson"' in study.read_text(encoding="utf-8")
    table = study.parent / "table.csv"
    heads, *rows = csv.reader(table.read_text("utf-8-sig").splitlines())
    assert rows[4][:3] == ["04", "Town 4", "2023"]
    assert call(capsys, "check", study).code == 2
    with table.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(heads)
        for place, row in enumerate(rows):
            filled = [
                str(place * (column + 3) % 7 + 20 + place) for column in range(len(heads) - 3)
            ]
            writer.writerow([*row[:3], *filled])
    checked = call(capsys, "check", study)
    assert checked.code == 0, checked.err
    assert "9 of 9 regions matched" in checked.out


def test_a_single_region_is_told_as_such(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    import geopandas as gpd
    from shapely.geometry import box

    frame = gpd.GeoDataFrame(
        {"id": ["01"], "town": ["Ain"]}, geometry=[box(4, 46, 5, 47)], crs=4326
    )
    frame.to_file(study.folder / "own.geojson")
    study.add('[boundaries]\nfile = "own.geojson"\nkey = "id"\nname = "town"')
    study.rows = [["01", "2023", "1", "1"]]
    study.save()
    answer = call(capsys, "check", study.file)
    assert answer.code == 2
    assert "a single region (Ain)" in answer.err
    assert "exclude" not in answer.err


def test_the_judgement_matrix_of_init_names_the_cells_to_fill_and_then_weighs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from geo_resilience.evaluation import read_judgements

    folder = tmp_path / "study"
    call(capsys, "init", folder, "--full", "--language", "en", "--years", "2023")
    study, matrix = folder / "study.toml", folder / "judgements.csv"
    text = study.read_text(encoding="utf-8")
    assert '# judgements = ["judgements.csv"]' in text
    text = text.replace('# judgements = ["judgements.csv"]', 'judgements = ["judgements.csv"]')
    study.write_text(text.replace('# method = "published"', 'method = "ahp"', 1), "utf-8")
    answer = call(capsys, "check", study)
    assert answer.code == 2
    assert "judgements.csv, row D111, column D112: the cell and its mirror are both blank" in (
        answer.err
    )
    rows = [line.split(",") for line in matrix.read_text("utf-8").splitlines()]
    filled = [
        [cell or ("3" if column > row else "") for column, cell in enumerate(cells)]
        for row, cells in enumerate(rows)
    ]
    matrix.write_text("\n".join(map(",".join, filled)), "utf-8")
    assert read_judgements(matrix).loc["D112", "D111"] == pytest.approx(1 / 3)
    filled[1][3] = "three"
    matrix.write_text("\n".join(map(",".join, filled)), "utf-8")
    answer = call(capsys, "check", study)
    assert "judgements.csv, row D111, column D121: found three" in answer.err


def test_an_initial_study_runs_once_its_table_is_filled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    call(capsys, "init", "study", "--years", "2022-2023")
    figures: dict[tuple[str, str, str], str] = {}
    for source in read_plan().tables:
        for row in csv.DictReader(source.file.read_text("utf-8-sig").splitlines()):
            cells = {(row["adcode"], row["year"], name): cell for name, cell in row.items()}
            figures |= cells
    table = tmp_path / "study" / "table.csv"
    heads, *rows = csv.reader(table.read_text("utf-8-sig").splitlines())
    with table.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(heads)
        for key, name, year, *_ in rows:
            writer.writerow([key, name, year, *(figures[key, year, head] for head in heads[3:])])
    with (tmp_path / "study" / "study.toml").open("a", encoding="utf-8") as file:
        file.write(QUICK_SECTIONS)
    answer = call(capsys, "run", Path("study") / "study.toml")
    assert answer.code == 0, answer.err


def test_init_refuses_a_folder_in_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    for place in (tmp_path, tmp_path / "mine.txt", tmp_path / "mine.txt" / "deeper"):
        answer = call(capsys, "init", place)
        assert answer.code == 2
        assert str(place) in answer.err
    assert snapshot(tmp_path) == {"mine.txt": b"mine"}


def test_init_takes_an_empty_working_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call(capsys, "init", ".").code == 0
    # Two studies begun apart are not one: results of the other are not replaced.
    assert f'title = "{tmp_path.name}"' in (tmp_path / "study.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("years", ["2023-2018", "all", "18-23", ""])
def test_init_with_years_that_are_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], years: str
) -> None:
    assert call(capsys, "init", tmp_path / "new", "--years", years).code == 2
    assert list(tmp_path.iterdir()) == []


def test_init_takes_back_what_it_began(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("geo_resilience.indicators._templates.write_template", full)
    answer = call(capsys, "init", tmp_path / "a" / "b")
    assert answer.code == 2
    assert "No space left" in answer.err
    assert list(tmp_path.iterdir()) == []
