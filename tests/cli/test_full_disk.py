"""A disk that is full at whatever stage: one sentence, the old results, nothing left behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from studies_for_tests import Study

pytest.importorskip("resource")  # a limit to the size of a file stands for a disk without room

RUN = """
import resource, signal, sys
from geo_resilience.cli import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))
sys.exit(main(["run", {study!r}, "--out", "results", "--language", "en"]))
"""


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(300, marks=pytest.mark.slow),
        pytest.param(5_000, marks=pytest.mark.slow),
        pytest.param(60_000, marks=pytest.mark.slow),
        200_000,
    ],
)
def test_a_full_disk_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.chdir(tmp_path)
    study = Study(tmp_path).bare()
    code = RUN.format(size=size, study=str(study.file))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 2, done.stderr[-2000:]
    told = [line for line in done.stderr.splitlines() if "room" in line]
    assert len(told) == 1, done.stderr
    assert "fault" not in done.stderr and "geo-resilience-" not in told[0]
    assert not Path("results").exists()
    left = [each.name for each in tmp_path.iterdir() if each.name.startswith(".")]
    assert left == []
