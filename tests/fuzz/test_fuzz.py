"""Spoiled files at every door: read or refused in words, never a fault, a hang or a full memory."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

resource = pytest.importorskip("resource")  # bounds of time and memory, as POSIX has them
from fuzz_doors import CORPUS, DOORS, READERS, STUDIES  # noqa: E402
from fuzz_running import Tally, case_of, tried  # noqa: E402

SEED = 99
#: Cases a door: a few in every test run, and those of `make slow`: 20,000 of files, 2,000 of
#: studies that are checked and 120 that are run.
FEW, MANY = 20, 20_000 // len(READERS) + 1
STUDY_CASES = {"study-check": 2_000, "study-run": 120}
#: What the largest process of them may hold.
MEGABYTES = 1_200


def corpus() -> list[Path]:
    return sorted(path for path in CORPUS.rglob("*") if path.is_file())


def succeed(tally: Tally) -> None:
    assert not tally.faults, str(tally)


@pytest.mark.parametrize("name", READERS)
def test_a_sound_file_is_read(tmp_path: Path, name: str) -> None:
    assert DOORS[name].given(DOORS[name].content, tmp_path)() is not None


@pytest.mark.parametrize("file", corpus(), ids=lambda file: f"{file.parent.name}-{file.name}")
def test_what_failed_once_is_read_or_refused_in_words(tmp_path: Path, file: Path) -> None:
    content = file.read_bytes()
    content = gzip.decompress(content) if file.suffix == ".gz" else content
    tally = Tally()
    tried(tally, file.name, DOORS[file.parent.name].given(content, tmp_path))
    succeed(tally)


@pytest.mark.parametrize("name", READERS)
def test_a_few_spoiled_files(tmp_path: Path, name: str) -> None:
    tally = Tally()
    for number in range(FEW):
        folder = tmp_path / str(number)
        folder.mkdir()
        tried(tally, folder.name, DOORS[name].case(case_of(name, SEED, number), folder))
    succeed(tally)


def test_a_few_spoiled_studies(tmp_path: Path) -> None:
    tally = Tally()
    for number in range(5):
        folder = tmp_path / str(number)
        folder.mkdir()
        case = DOORS["study-check"].case(case_of("study-check", SEED, number), folder)
        tried(tally, folder.name, case)
    succeed(tally)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*READERS, *STUDIES])
def test_many_spoiled_files_in_a_process_of_their_own(tmp_path: Path, name: str) -> None:
    count = STUDY_CASES.get(name, MANY)
    here = Path(__file__).parent
    paths = [str(here.parents[1]), str(here), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, str(here / "fuzz_running.py"), name, str(SEED), "0", str(count), tmp_path],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        timeout=3_600,
    )
    under_way = sorted(each.name for each in tmp_path.iterdir())
    assert done.returncode == 0, f"{under_way}\n{done.stderr[-2000:]}"
    told = json.loads(done.stdout)
    assert told["faults"] == {}
    assert told["read"] + told["refused"] == count and told["refused"] > told["read"] / 20
    assert told["megabytes"] < MEGABYTES


# The bounds themselves: a fuzzer that catches nothing would pass everything.


def _endless() -> None:
    while True:
        pass


def _swelling() -> object:
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return b"x" * (held + 100_000_000)


def _failing() -> object:
    return {}["a"]


@pytest.mark.parametrize(
    ("call", "kind"),
    [(_endless, "HangError"), (_swelling, "SwellError"), (_failing, "KeyError")],
    ids=["hang", "memory", "fault"],
)
def test_a_hang_a_full_memory_and_a_fault_are_caught(
    monkeypatch: pytest.MonkeyPatch, call: Callable[[], object], kind: str
) -> None:
    monkeypatch.setattr("fuzz_running.SECONDS", 0.3 if kind == "HangError" else 5.0)
    monkeypatch.setattr("fuzz_running.MEGABYTES", 50)
    tally = Tally()
    assert not tried(tally, "case", call)
    assert [place.partition(" ")[0] for place in tally.faults] == [kind]


def test_a_case_is_the_same_wherever_it_is_made(tmp_path: Path) -> None:
    door = DOORS["table"]
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        door.case(case_of("table", 5, 17), tmp_path / name)
        made.append((tmp_path / name / door.file).read_bytes())
    assert made[0] == made[1] != door.content
