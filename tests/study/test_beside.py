"""Work beside one's own: what it gives, its errors, and that nothing outlives it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

ALONE = """
import os, sys, time
from geo_resilience.study import _beside
_beside.may_fork = lambda: {fork}
from geo_resilience.study._beside import beside
mine = os.getpid()
"""
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")


def ran(code: str, *, fork: bool = True) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own, which has one thread."""
    whole = ALONE.format(fork=fork) + code
    return subprocess.run(
        [sys.executable, "-c", whole], capture_output=True, text=True, timeout=300, check=False
    )


@LINUX
@pytest.mark.parametrize("fork", [True, False])
def test_the_work_is_done_in_another_process_only_where_one_is_forked(fork: bool) -> None:
    done = ran("with beside(os.getpid) as wait: print(wait() != mine)", fork=fork)
    assert (done.stdout, done.stderr) == (f"{fork}\n", "")


@LINUX
def test_an_error_of_the_work_is_raised_as_if_it_had_run_here() -> None:
    done = ran("with beside(lambda: 1 / 0) as wait: wait()")
    assert done.returncode == 1
    assert done.stderr.count("ZeroDivisionError") == 1


@LINUX
@pytest.mark.parametrize("ending", ["raise KeyboardInterrupt", "os.kill(mine, 9)"])
def test_nothing_outlives_the_one_who_asked(ending: str, tmp_path: Path) -> None:
    told = tmp_path / "pid"
    code = f"""
def work():
    open({str(told)!r}, "w").write(str(os.getpid()))
    time.sleep(50)
with beside(work) as wait:
    while not os.path.exists({str(told)!r}) or not open({str(told)!r}).read(): time.sleep(0.01)
    {ending}
"""
    assert ran(code).returncode != 0
    child = int(told.read_text())
    for _ in range(200):
        if not alive(child):
            return
        time.sleep(0.05)
    pytest.fail("the process beside is still there")


def alive(pid: int) -> bool:
    """Whether a process runs: one that has ended and is not yet collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@LINUX
def test_what_was_found_beside_comes_whole_through_the_pipe() -> None:
    code = """
from dataclasses import replace
from geo_resilience import study
from geo_resilience.study import _run
from geo_resilience.study._plan_sections import ANALYSES
plan = study.read_plan()
skip = tuple(each for each in ANALYSES if each not in ("gaps", "regressions"))
plan = replace(plan, analyses=replace(plan.analyses, skip=skip))
asked = []
apart = _run._apart
_run._apart = lambda *all: asked.append(os.getpid()) or apart(*all)
found = study.run(plan)
print(asked, found["regressions"].shape[0] > 0)
"""
    done = ran(code)
    assert (done.stdout, done.stderr) == ("[] True\n", "")
