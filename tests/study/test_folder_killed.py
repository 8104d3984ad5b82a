"""Killed and interrupted runs: what they leave, and what the next one makes of it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from folders_for_tests import FILES, contents, fill, names, problem, write

from geo_resilience.errors import OutputError
from geo_resilience.study import _folder as folder_file
from geo_resilience.study._folder import replacing, settle

POSIX = pytest.mark.skipif(os.name != "posix", reason="signals as on POSIX")


# What a killed run leaves, and the next one makes of it


def killed_in_steps(place: Path, step: str) -> None:
    """Lay the folders out as a run leaves them that is killed after a step."""
    aside = place.with_name("results.old")
    new = place.with_name(".results.geo-resilience-0123456789abcdef")
    new.mkdir()
    fill(new, "two")
    folder_file._sign(new)
    (place / folder_file._MARK).touch()
    if step == "marked":
        return
    if step == "half taken away":  # copied aside, then removed file by file
        shutil.copytree(place, aside)
        (place / FILES[0]).unlink()
        (place / "provenance.json").unlink()
        return
    place.rename(aside)
    if step == "new stands":
        new.rename(place)


@pytest.mark.parametrize("step", ["marked", "set aside", "half taken away", "new stands"])
def test_the_next_run_restores_what_was_set_aside(tmp_path: Path, step: str) -> None:
    place = tmp_path / "results"
    write(place, "one")
    killed_in_steps(place, step)
    settle(place)
    assert contents(place) == {"two" if step == "new stands" else "one"}
    assert names(tmp_path) == ["results"]
    assert not (place / folder_file._MARK).exists()
    write(place, "three")
    assert contents(place) == {"three"}


def test_a_backup_of_the_users_is_never_taken_for_a_leftover(tmp_path: Path, way: str) -> None:
    place, backup = tmp_path / "results", tmp_path / "results.old"
    write(place, "one")
    shutil.copytree(place, backup)
    (tmp_path / ".results.geo-resilience-mine").mkdir()
    write(place, "two")
    assert contents(backup) == {"one"}
    shutil.rmtree(place)
    write(place, "three")
    assert contents(backup) == {"one"}
    assert contents(place) == {"three"}
    assert names(tmp_path) == [
        ".results.geo-resilience-mine",
        "results",
        "results.old",
    ]


WRITER = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from geo_resilience.study import _folder as folder_file
from folders_for_tests import write
if {steps}:
    folder_file.exchange = lambda first, second: False
print("ready", flush=True)
for number in range({times}):
    write(Path({place!r}), f"{{{name!r}}} {{number}}")
"""


def writer(place: Path, name: str, *, steps: bool, times: int) -> subprocess.Popen[str]:
    tests = str(Path(__file__).parent)
    code = WRITER.format(tests=tests, place=str(place), name=name, steps=steps, times=times)
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


@pytest.mark.slow
@pytest.mark.parametrize("steps", [False, True], ids=["exchanged", "in steps"])
def test_killed_at_any_moment_old_or_new_never_a_mixture(tmp_path: Path, steps: bool) -> None:
    place = tmp_path / "results"
    write(place, "first")
    chance = random.Random(7)
    for _ in range(6):
        process = writer(place, "run", steps=steps, times=100_000)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 0.05))
        process.kill()
        process.communicate()
        if not steps:
            assert len(contents(place)) == 1, "exchanged in one step: whole at every moment"
        settle(place)
        assert len(contents(place)) == 1
        assert not list(tmp_path.glob("results.old*"))
    write(place, "last")
    assert contents(place) == {"last"}
    assert names(tmp_path) == ["results"]


@pytest.mark.slow
@pytest.mark.parametrize("steps", [False, True], ids=["exchanged", "in steps"])
def test_runs_at_once_take_turns(tmp_path: Path, steps: bool) -> None:
    place = tmp_path / "results"
    processes = [writer(place, name, steps=steps, times=25) for name in ("a", "b", "c")]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    (text,) = contents(place)
    assert text[2:] == "24"
    assert names(tmp_path) == ["results"]


INTERRUPTED = """
import sys, time
from pathlib import Path
sys.path.insert(0, {tests!r})
from geo_resilience.study._folder import replacing
from folders_for_tests import fill
with replacing(Path({place!r})) as beside:
    fill(beside, "two")
    print("ready", flush=True)
    time.sleep(60)
"""


@POSIX
def test_ctrl_c_while_writing_leaves_the_old_results(tmp_path: Path) -> None:
    place = tmp_path / "results"
    write(place, "one")
    code = INTERRUPTED.format(tests=str(Path(__file__).parent), place=str(place))
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode != 0
    assert contents(place) == {"one"}
    assert names(tmp_path) == ["results"]


def test_another_run_that_never_ends_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from geo_resilience.files import locked

    with locked(tmp_path / ".results.geo-resilience.lock"):
        monkeypatch.setattr(folder_file, "locked", lambda path: locked(path, patience=0.2))
        with pytest.raises(OutputError) as error, replacing(tmp_path / "results"):
            pytest.fail("must not be reached")
    assert problem(error) == "study.out_busy"
    assert names(tmp_path) == []
