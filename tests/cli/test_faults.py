"""Consoles, pipes, interrupts and faults of our own: what goes wrong that no input is guilty of."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from studies_for_tests import Study, call, snapshot

from geo_resilience.study._folder import replacing

PROGRAM = [sys.executable, "-m", "geo_resilience"]
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals as on POSIX")


@pytest.fixture
def study(provinces: Study) -> Study:
    """Nine squares without an analysis."""
    return provinces.squares()


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, **more}


# A fault of ours


def break_measuring(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise ZeroDivisionError("a screw is loose\nin two lines")

    monkeypatch.setattr("geo_resilience.study._run.measure", broken)


def test_a_fault_of_ours_is_one_sentence_and_a_log_file(
    study: Study, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    break_measuring(monkeypatch)
    answer = call(capsys, "run", study.file)
    assert answer.code == 1
    assert "Traceback" not in answer.err
    *_, sentence = answer.err.splitlines()
    assert "a screw is loose" in sentence
    file = Path(re.search(r"(\S+\.log)", sentence)[1])
    log = file.read_text(encoding="utf-8")
    file.unlink()
    for part in ("Traceback", "ZeroDivisionError", "in two lines", "Python", "geo-resilience"):
        assert part in log
    assert [path.name for path in Path().iterdir()] == ["study"]


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_fault_of_ours_with_debug_shows_the_traceback(
    study: Study, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    break_measuring(monkeypatch)
    arguments = ["--debug", "run"] if place == "before" else ["run", "--debug"]
    answer = call(capsys, *arguments, study.file)
    assert answer.code == 1
    assert "Traceback" in answer.err
    assert ".log" not in answer.err


def test_a_fault_where_no_log_can_be_written(
    study: Study, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    break_measuring(monkeypatch)
    monkeypatch.setattr("tempfile.tempdir", str(study.folder / "nowhere"))
    answer = call(capsys, "run", study.file)
    assert answer.code == 1
    assert "Traceback" in answer.err


# Consoles


@pytest.mark.parametrize(
    ("encoding", "language"), [("ascii", "zh"), ("cp936", "zh"), ("cp1252", "en")]
)
def test_no_console_fails_on_a_sign_that_it_lacks(
    study: Study, encoding: str, language: str
) -> None:
    text = f'language = "{language}"\n' + study.file.read_text().replace("Small", "Süß ²⁰ 韧性 𠮷")
    study.file.write_text(text, encoding="utf-8")
    spoiled = Study.__new__(Study)
    spoiled.folder = shutil.copytree(study.folder, Path("spoiled"))
    spoiled.rows = [["北京𠮷", *study.rows[0][1:]], *study.rows[1:]]
    spoiled.save()
    both = [["check", str(study.file)], ["run", str(spoiled.folder / "study.toml")]]
    code = f"import sys; from geo_resilience.cli import main; print([main(a) for a in {both!a}])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        env=environment(PYTHONIOENCODING=encoding, PYTHONUTF8="0"),
        check=False,
    )
    assert done.stdout.splitlines()[-1] == b"[0, 2]", done.stderr
    assert done.returncode == 0 and b"Traceback" not in done.stderr
    assert b"table.csv" in done.stderr


@POSIX
def test_a_reader_that_leaves_early_is_no_fault(study: Study) -> None:
    command = " ".join([*PROGRAM, "check", str(study.file)])
    done = subprocess.run(
        ["bash", "-c", f"{command} | head -1; echo ${{PIPESTATUS[0]}}"],
        capture_output=True,
        text=True,
        check=True,
    )
    first, code = done.stdout.splitlines()
    assert first == "9 regions, 2022–2023"
    assert code == "0"
    assert "Error" not in done.stderr
    assert "fault" not in done.stderr


@POSIX
def test_a_closed_standard_output_is_no_fault(study: Study) -> None:
    command = " ".join([*PROGRAM, "run", str(study.file), "--out", "results"])
    done = subprocess.run(
        ["bash", "-c", f"{command} >&-"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (Path("results") / "tables" / "scores.csv").is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_under_the_standard_output_is_no_fault(study: Study) -> None:
    run = " ".join([*PROGRAM, "run", str(study.file), "--out", "results"])
    for command in (run, " ".join([*PROGRAM, "--help"])):
        done = subprocess.run(
            ["bash", "-c", f"{command} > /dev/full"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 2, done.stderr
        assert "No space left on device" in done.stderr
        assert "fault" not in done.stderr
        assert "Traceback" not in done.stderr
        assert ("results of this run are complete" in done.stderr) == (command == run)
    assert (Path("results") / "atlas.html").is_file()


# Interrupts

#: Seconds until an interrupt has to be answered, with those that a busy machine takes to answer.
AT_ONCE = 10.0

#: The command line, halting after a step of the run, so that a signal meets it there.
HALTING = """
import sys, time
from geo_resilience.cli import main
from geo_resilience.study import _run as conductor
step = getattr(conductor, {step!r})
def halting(*args, **kwargs):
    done = step(*args, **kwargs)
    print("halted", file=sys.stderr, flush=True)
    time.sleep(60)
    return done
setattr(conductor, {step!r}, halting)
sys.exit(main(["run", {study!r}, "--out", "results"]))
"""


def signaled(
    study: Study, step: str, number: int, *, program: str = HALTING
) -> subprocess.CompletedProcess[str]:
    """Run a study and send a signal after a step; an empty step: as soon as it speaks."""
    code = program.format(step=step, study=str(study.file))
    process = subprocess.Popen(
        [sys.executable, "-c", code] if step else [*PROGRAM, "run"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # nohup ignores it
    )
    assert process.stderr is not None
    said = ""
    while not said.endswith("halted\n" if step else "Starting\n"):
        line = process.stderr.readline()
        assert line, f"the program ended before it was there: {said}"
        said += line
    process.send_signal(number)
    began = time.monotonic()
    out, err = process.communicate(timeout=60)
    assert time.monotonic() - began < AT_ONCE
    return subprocess.CompletedProcess(code, process.returncode, out, said + err)


def old_results() -> dict[str, bytes | None]:
    with replacing("results") as folder:
        (folder / "scores.csv").write_text("old", encoding="utf-8")
        (folder / "provenance.json").write_text('{"made_by": "geo_resilience"}', encoding="utf-8")
    return snapshot(Path())


@POSIX
@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("SIGINT", ""),
        pytest.param("SIGINT", "read_inputs", marks=pytest.mark.slow),
        ("SIGINT", "write_files"),
        pytest.param("SIGTERM", "_drawn", marks=pytest.mark.slow),
        pytest.param("SIGHUP", "write_files", marks=pytest.mark.slow),
    ],
)
def test_an_interrupt_leaves_old_results_and_nothing_else(
    study: Study, name: str, step: str
) -> None:
    before = old_results()
    done = signaled(study, step, getattr(signal, name))
    assert done.returncode == 130, done.stderr
    assert "Interrupted. Earlier results are untouched." in done.stderr
    assert "Traceback" not in done.stderr
    assert snapshot(Path()) == before


#: A calculation of a library that lets Python run beside it, but not in its own thread.
BUSY = """
import hashlib, sys
from geo_resilience.cli import main
from geo_resilience.study import _run as conductor
def busy(*args, **kwargs):
    print("halted", file=sys.stderr, flush=True)
    hashlib.pbkdf2_hmac("sha256", b"", b"", 10**9)
conductor.{step} = busy
sys.exit(main(["run", {study!r}, "--out", "results"]))
"""


@POSIX
def test_an_interrupt_is_answered_at_once_though_a_library_calculates(study: Study) -> None:
    before = old_results()
    done = signaled(study, "lay_out", signal.SIGINT, program=BUSY)
    assert done.returncode == 130, done.stderr
    assert "Interrupted. Earlier results are untouched." in done.stderr
    assert snapshot(Path()) == before


@POSIX
def test_an_interrupt_that_a_library_swallows_is_heeded_at_the_next_stage(
    study: Study, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from geo_resilience.study import _run as conductor

    read = conductor.read_inputs

    def swallowing(*args: object) -> object:
        try:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(1)
        except KeyboardInterrupt:
            pass
        return read(*args)

    monkeypatch.setattr(conductor, "read_inputs", swallowing)
    answer = call(capsys, "run", study.file)
    assert answer.code == 130
    assert [path.name for path in Path().iterdir()] == ["study"]


@POSIX
def test_an_interrupt_after_the_results_stand_says_so(
    study: Study, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("geo_resilience.report.brief_lines", late)
    answer = call(capsys, "run", study.file, "--out", "results")
    assert answer.code == 130
    assert "results of this run are complete" in answer.err
    assert (Path("results") / "atlas.html").is_file()


@POSIX
@pytest.mark.parametrize("step", [pytest.param("_drawn", marks=pytest.mark.slow), "write_files"])
def test_a_run_killed_while_writing_leaves_the_old_results_and_the_next_one_cleans_up(
    study: Study, capsys: pytest.CaptureFixture[str], step: str
) -> None:
    before = old_results()
    assert signaled(study, step, signal.SIGKILL).returncode == -signal.SIGKILL
    after = snapshot(Path())
    assert {name: after[name] for name in before} == before
    assert any(name.startswith(".results.geo-resilience-") for name in after)
    assert call(capsys, "run", study.file, "--out", "results", "--quiet").code == 0
    assert sorted(path.name for path in Path().iterdir()) == ["results", "study"]
    assert (Path("results") / "atlas.html").is_file()
