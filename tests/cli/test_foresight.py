"""What a run says of itself beforehand: memory that it cannot have, and the time that is left."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from studies_for_tests import Study, call, snapshot

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits and terminals of Linux")

#: The command line, its address space limited when it asks how much memory there is.
LIMITED = """
import resource, sys
from geo_resilience.cli import main
from geo_resilience.study import _foresight
from geo_resilience.study.analyses import Analysis
asked = _foresight.available
def limited():
    pages = int(open("/proc/self/statm").read().split()[0])
    most = pages * resource.getpagesize() + {more} * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))
    return asked()
_foresight.available = limited
Analysis.run = lambda *_: sys.exit("an analysis has begun")
sys.exit(main(["run", {study!r}, "--out", "results"]))
"""


def limited(study: Study, more: int) -> subprocess.CompletedProcess[str]:
    code = LIMITED.format(study=str(study.file), more=more)
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=False
    )


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            r"31 regions over 2 years need about 0\.(\d) GB of memory, and 0\.(\d) GB can be had",
        ),
        ("zh", r"31个地区、2年约需0\.(\d) GB 内存，可用0\.(\d) GB"),
    ],
)
def test_memory_that_cannot_be_had_is_refused_in_a_sentence(
    study: Study, language: str, told: str
) -> None:
    study.change("study.toml", 'title = "Small"', f'title = "Small"\nlanguage = "{language}"')
    before = snapshot(Path())
    done = limited(study, 4)
    assert done.returncode == 2, done.stderr
    needed, room = (int(digit) for digit in re.search(told, done.stderr).groups())
    assert needed > room
    assert "Traceback" not in done.stderr and "an analysis has begun" not in done.stderr
    assert snapshot(Path()) == before


def test_where_there_is_memory_nothing_is_said_of_it(study: Study) -> None:
    done = limited(study, 4_000)
    assert "an analysis has begun" in done.stderr and "GB" not in done.stderr


def test_analyses_that_alone_need_too_much_are_named(
    study: Study, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from geo_resilience.study import _costs, _foresight

    large = {"gaps": 9_000.0, "convergence": 8_000.0}
    monkeypatch.setattr(_costs, "_at", lambda step, column, rows: large.get(step, 100.0))
    monkeypatch.setattr(_foresight, "available", lambda: 1_000.0)
    answer = call(capsys, "run", study.file)
    assert answer.code == 2
    assert "about 10.5 GB" in answer.err
    assert "without gaps, convergence ([analyses] skip) it runs" in answer.err
    study.change("study.toml", '"pattern",', '"pattern", "gaps", "convergence",')
    assert call(capsys, "run", study.file).code == 0


#: The command line with a clock that runs 20 times as fast, on a machine half as fast as measured.
HASTY = """
import sys, time
from types import SimpleNamespace
import scipy.optimize, scipy.sparse.csgraph, scipy.special
from geo_resilience.cli import _progress, main
from geo_resilience.study import _foresight, _pace, _run
from geo_resilience.study.analyses import Analysis
_run._drawn, _run.write_files = lambda results, *_: results, lambda *_, **__: None
clock = SimpleNamespace(perf_counter=lambda: 20 * time.perf_counter())
_progress.time = _pace.time = clock
_foresight.seconds = lambda step, rows: {cost}
_foresight.may_fork = lambda: False
Analysis.run = lambda *_: time.sleep({cost} / 10)
sys.exit(main(["run", {study!r}, "--out", "results"]))
"""


def on_terminal(code: str) -> list[tuple[float, str]]:
    """Run code on a terminal; give what was written with the hasty clock's time."""
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        seen = []
        while True:
            try:
                text = os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
            if not text:
                break
            seen.append((20 * time.perf_counter(), text.decode()))
    os.close(ours)
    assert process.returncode == 0, seen
    return seen


def lefts(seen: list[tuple[float, str]]) -> list[tuple[float, int]]:
    return [
        (at, int(count) * (60 if unit == "min" else 1))
        for at, text in seen
        for count, unit in re.findall(r"about (\d+) (s|min) left", text)
    ]


@pytest.mark.slow
def test_time_left_is_shown_on_a_terminal_shrinks_and_is_true_by_half(study: Study) -> None:
    seen = on_terminal(HASTY.format(study=str(study.file), cost=2.0))
    shown = lefts(seen)
    start, end = shown[0][0], seen[-1][0]
    assert end - start > 40
    later = [left for at, left in shown if at > start + (end - start) / 4]
    assert len(set(later)) > 3
    assert all(after <= before + 5 for before, after in pairwise(later))
    at, left = max(each for each in shown if each[0] <= start + (end - start) / 2)
    assert (end - at) / 2 <= left <= 2 * (end - at)


def test_of_a_short_run_no_time_left_is_shown(study: Study) -> None:
    seen = on_terminal(HASTY.format(study=str(study.file), cost=0.0).replace("20 *", "0.01 *"))
    assert lefts(seen) == [] and "Spatial statistics" in "".join(text for _, text in seen)


@pytest.mark.slow
def test_lines_of_a_terminal_are_written_over_whole(study: Study) -> None:
    """No rest of a longer line is left to the right of a shorter one."""
    seen = "".join(text for _, text in on_terminal(HASTY.format(study=str(study.file), cost=2.0)))
    for line in seen.splitlines():
        if "\r" in line.strip("\r"):
            *before, last = [part for part in line.split("\r") if part]
            assert all(len(part.rstrip()) <= len(last) for part in before), line


def test_a_pipe_gets_a_line_a_stage(study: Study) -> None:
    code = HASTY.format(study=str(study.file), cost=0.5)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True
    )
    assert "left" not in done.stderr and "\r" not in done.stderr
    assert done.stderr.splitlines()[:3] == [
        "Starting",
        "Boundaries and groups",
        "Tables and indicators",
    ]
