"""What a report is asked for: wrong input is told at once, files come whole, numbers are traced."""

import errno
import json
import os
import re
import shutil
import subprocess
import sys
import time
from html import unescape
from pathlib import Path

import pandas as pd
import pytest

from geo_resilience import report
from geo_resilience.cli import main
from geo_resilience.errors import InputError, OutputError
from geo_resilience.report import _writing
from geo_resilience.report._trace import COLUMNS
from geo_resilience.study import read_results
from geo_resilience.tables import CATALOG
from geo_resilience.words import LANGUAGES

LEADER = {"audience": "leader"}


@pytest.fixture
def copied(bundled_run, tmp_path):
    """A finished folder that a test may spoil; its large files are left out."""
    place = tmp_path / "results"
    left_out = shutil.ignore_patterns("figures", "atlas.html", "report.html", "results.xlsx")
    shutil.copytree(bundled_run.folder, place, ignore=left_out)
    return place


def left(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def told(capsys, *arguments):
    """What the command line says on its way out; it is wrong input, not a fault."""
    assert main(["report", *map(str, arguments)]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert not [line for line in lines if "Traceback" in line]
    return "\n".join(lines)


def test_a_folder_of_no_run_is_told(tmp_path, capsys):
    assert "no results folder" in told(capsys, tmp_path / "none")
    (tmp_path / "file").write_text("")
    assert "no results folder" in told(capsys, tmp_path / "file")
    assert "no results folder" in told(capsys, tmp_path)
    assert left(tmp_path) == ["file"]


@pytest.mark.parametrize("text", ["", "{", '{"made_by": "geo_resil', "\x00\xff"])
def test_a_broken_provenance_is_told(copied, capsys, text):
    (copied / "provenance.json").write_text(text, encoding="latin-1")
    assert "provenance.json in the results folder cannot be read" in told(capsys, copied)


@pytest.mark.parametrize("spoil", ["found", "opens_in", "framework", "weights"])
def test_results_of_an_older_version_are_told(copied, capsys, spoil):
    file = copied / "provenance.json"
    facts = json.loads(file.read_text("utf-8"))
    for part in (facts, facts["study"], facts["found"]):
        part.pop(spoil, None)
    facts.get("found", {}).update({"no such thing": 1} if spoil == "weights" else {})
    file.write_text(json.dumps(facts), "utf-8")
    assert "older version" in told(capsys, copied, "--language", "en")


def test_texts_of_a_framework_that_another_version_wrote_are_no_fault(copied):
    file = copied / "provenance.json"
    facts = json.loads(file.read_text("utf-8"))
    framework = facts["study"]["framework"]
    assert framework.pop("meaning")["en"]
    framework["motto"] = {"en": "Of a later version"}
    file.write_text(json.dumps(facts), "utf-8")
    found = read_results(copied).framework
    assert found.title["en"] == framework["title"]["en"] and not found.meaning


def test_every_table_that_is_gone_or_cut_is_told(copied, capsys):
    (copied / "tables" / "gaps.csv").unlink()
    half = copied / "tables" / "obstacles.csv"
    half.write_bytes(half.read_bytes()[: half.stat().st_size // 2])
    before = left(copied)
    lines = told(capsys, copied).splitlines()
    assert len(lines) == 3
    assert "tables/gaps.csv is not in" in lines[1]
    assert "tables/obstacles.csv" in lines[2] and "cut or changed" in lines[2]
    assert left(copied) == before


def test_scores_or_boundaries_that_are_gone_are_told(copied, capsys):
    (copied / "tables" / "scores.csv").unlink()
    assert "tables/scores.csv" in told(capsys, copied)


def test_a_table_in_other_columns_is_told(copied, capsys):
    file = copied / "tables" / "gaps.csv"
    text = file.read_text("utf-8").replace("p_value", "p_valve", 1)
    file.write_bytes(text.encode())
    assert "p_valve" in told(capsys, copied)


def test_everything_that_is_wrong_with_what_is_asked_is_told_at_once(bundled_run, tmp_path):
    with pytest.raises(InputError) as caught:
        report.write(
            bundled_run.results,
            tmp_path / "out",
            ("htm", "odt"),
            "fr",
            "leaders",
            profiles="Hubie,Beijing,Atlantis",
            template=tmp_path / "house.docx",
        )
    lines = caught.value.lines("en")
    assert len(lines) == 7
    for asked, hint in (("htm", "html"), ("odt", "docx"), ("fr", "en"), ("leaders", "leader")):
        assert any(f" {asked}:" in line and hint in line for line in lines)
    assert any("Hubie" in line and "Hubei" in line for line in lines)
    assert any("Atlantis" in line for line in lines)
    assert any("house.docx" in line and "docx" in line for line in lines)
    assert left(tmp_path) == []


@pytest.mark.parametrize("formats", [(), ("",)])
def test_no_format_is_no_report(bundled_run, tmp_path, formats):
    with pytest.raises(InputError, match="There are html"):
        report.write(bundled_run.results, tmp_path, formats)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_library_that_is_missing_is_told_before_anything_is_made(
    bundled_run, tmp_path, monkeypatch, language
):
    for module in ("docx", "xlsxwriter", "weasyprint", "pptx"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InputError) as caught:
        report.write(bundled_run.results, tmp_path / "out", ("docx", "xlsx", "pdf", "pptx"))
    lines = caught.value.lines(language)
    assert len(lines) == 4 and all("pip install" in line for line in lines)
    assert left(tmp_path) == []


def test_a_template_that_is_none_is_told_with_the_rest(bundled_run, tmp_path):
    (tmp_path / "house.docx").write_text("no document")
    with pytest.raises(InputError) as caught:
        report.write(
            bundled_run.results,
            tmp_path,
            ("docx",),
            audience="all",
            template=tmp_path / "house.docx",
        )
    assert len(caught.value.problems) == 2


@pytest.fixture
def quick(monkeypatch):
    """A workbook and a trace that take no time, where only their files matter."""
    monkeypatch.setitem(_writing.FORMATS, "xlsx", lambda edition: {"results.xlsx": bytes(1000)})
    monkeypatch.setattr(_writing, "_traces", lambda edition: {"trace_report.csv": b"place"})


@pytest.mark.usefixtures("quick")
def test_a_target_that_is_a_file_or_a_folder_is_told(bundled_run, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="file"):
        report.write(bundled_run.results, tmp_path / "file", ("xlsx",))
    (tmp_path / "out" / "trace_report.csv").mkdir(parents=True)
    with pytest.raises(OutputError, match=r"trace_report\.csv"):
        report.write(bundled_run.results, tmp_path / "out", ("xlsx",), **LEADER, trace=True)
    assert left(tmp_path) == ["file", "out", "out/trace_report.csv"]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_takes_no_more_leaves_the_old_files_and_no_other(
    bundled_run, tmp_path, monkeypatch, code
):
    old = tmp_path / "results_en.xlsx"
    old.write_text("old")
    write = Path.write_bytes

    def full(path, content):
        if "results_zh" in path.name:
            write(path, content[:100])
            raise OSError(code, os.strerror(code))
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError) as caught:
        report.write(bundled_run.results, tmp_path, ("xlsx",), "both", **LEADER)
    assert "results_zh.xlsx" in str(caught.value) and os.strerror(code) in str(caught.value)
    assert left(tmp_path) == ["results_en.xlsx"] and old.read_text() == "old"
    if code == errno.ENOSPC:  # folders that were made for it go with it
        with pytest.raises(OutputError):
            report.write(bundled_run.results, tmp_path / "a" / "b", ("xlsx",), "both", **LEADER)
        assert left(tmp_path) == ["results_en.xlsx"]


@pytest.mark.usefixtures("quick")
def test_an_interrupt_leaves_the_old_files_and_a_killed_process_s_go(
    bundled_run, tmp_path, monkeypatch
):
    def stopped(path, content):
        path.touch()
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", stopped)
        with pytest.raises(KeyboardInterrupt):
            report.write(bundled_run.results, tmp_path / "a", ("xlsx",))
    assert left(tmp_path) == []
    for name, age in ((".0a1b2c3d.results.xlsx", 7200), (".9a1b2c3d.results.xlsx", 0)):
        (tmp_path / name).write_text("half")
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    report.write(bundled_run.results, tmp_path, ("xlsx",))
    assert left(tmp_path) == [".9a1b2c3d.results.xlsx", "results.xlsx"]


def test_notes_are_told_in_every_language_after_they_were_read_back(bundled_run, everything_run):
    for run in (bundled_run, everything_run):
        read = read_results(run.folder)
        assert len(read.notes) == len(run.results.notes) > 10
        for own, back in zip(run.results.notes, read.notes, strict=True):
            for language in LANGUAGES:
                assert back.say(language) == own.say(language)
            assert (back.code, back.where, back.level) == (own.code, own.where, own.level)
        kept = json.loads((run.folder / "provenance.json").read_text("utf-8"))["notes"]
        assert [note["text"] for note in kept] == [
            note["texts"][run.results.language] for note in kept
        ]


def test_the_sizes_of_all_tables_are_in_provenance(bundled_run):
    sizes = json.loads((bundled_run.folder / "provenance.json").read_text("utf-8"))["sizes"]
    tables = bundled_run.folder / "tables"
    assert sizes == {f"tables/{file.name}": file.stat().st_size for file in tables.iterdir()}


@pytest.fixture(scope="module")
def traced(bundled_run, tmp_path_factory):
    """A full report with a profile and a workbook, in both languages, with its traces."""
    place = tmp_path_factory.mktemp("traced")
    asked = ["--format", "html, xlsx", "--profiles", "Hubei", "--language", "both", "--trace"]
    assert main(["report", str(bundled_run.folder), *asked, "-o", str(place)]) == 0
    return place


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_trace_lists_what_the_page_cites_and_nothing_else(traced, language):
    page = (traced / f"report_{language}.html").read_text("utf-8")
    cited = [
        cell
        for cells in re.findall(r' data-cell="([^"]*)"', page)
        for cell in unescape(cells).split()
    ]
    trace = pd.read_csv(traced / f"trace_report_{language}.csv", dtype=str, keep_default_na=False)
    assert tuple(trace.columns) == COLUMNS
    # What slides alone tell (story) stands on no page.
    trace = trace[(trace["row"] != "") & ~trace["place"].str.startswith("story/")]
    listed = trace["file"] + "#" + trace["row"] + "," + trace["column"]
    assert sorted(listed) == sorted(cited) and len(cited) > 500


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_trace_lists_the_files_of_every_figure(traced, language):
    page = (traced / f"report_{language}.html").read_text("utf-8")
    drawn = re.findall(r'<figure [^>]*id="figure-\d+" data-files="([^"]*)"', page)
    trace = pd.read_csv(traced / f"trace_report_{language}.csv")
    trace = trace[trace["row"].isna()]
    assert trace.groupby("place", sort=False)["file"].agg(" ".join).tolist() == drawn
    assert len(drawn) > 15 and all(drawn)
    files = trace.set_index("text")["file"]
    assert files["linkage_quadrants"] == "io_linkages.csv"
    assert "scores.csv" in list(files[["graded_map"]])


@pytest.mark.slow
def test_results_in_memory_and_their_folder_give_the_same_bytes(bundled_run, traced, tmp_path):
    formats = ("html", "xlsx")
    held = report.write(bundled_run.results, tmp_path / "held", formats, "zh", **LEADER)
    back = report.write(str(bundled_run.folder), tmp_path / "back", formats, "zh", **LEADER)
    for one, other in zip(held, back, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


SCRIPT = """
import locale, sys
locale.setlocale(locale.LC_ALL, "")
from geo_resilience import report
report.write(sys.argv[1], sys.argv[2], ("html", "xlsx", "docx"), "zh", "leader", trace=True)
"""


@pytest.mark.slow
def test_neither_hashes_nor_clock_nor_place_change_a_byte(bundled_run, tmp_path):
    around = {"0": ("C.UTF-8", "UTC"), "7": ("C", "Asia/Kathmandu")}
    for seed, (locale, zone) in around.items():
        settings = {"PYTHONHASHSEED": seed, "LC_ALL": locale, "TZ": zone, "PYTHONUTF8": "1"}
        call = [sys.executable, "-c", SCRIPT, bundled_run.folder, tmp_path / seed]
        subprocess.run(
            list(map(str, call)), check=True, env={**os.environ, **settings}, cwd=Path.cwd()
        )
    for file in (tmp_path / "0").iterdir():
        assert file.read_bytes() == (tmp_path / "7" / file.name).read_bytes(), file.name


def test_the_command_writes_the_names_of_the_contract(bundled_run, traced):
    names = ("audit.html", "profiles/420000.html", "report.html", "results.xlsx")
    expected = [*names, "trace_report.csv"]
    assert [name for name in left(traced) if "." in name] == sorted(
        name.replace(".", f"_{language}.") for name in expected for language in LANGUAGES
    )
    trace = pd.read_csv(traced / "trace_report_en.csv")
    assert list(trace.columns) == ["place", "text", "file", "row", "column", "value"]
    rows = trace["row"].dropna()
    assert rows.mod(1).eq(0).all() and rows.min() >= 1
    stems = {CATALOG[file.partition(".")[0]].file for file in trace["file"]}
    assert all((bundled_run.folder / "tables" / stem).is_file() for stem in stems)
