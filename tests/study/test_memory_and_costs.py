"""What a process may still have of memory, and what steps are expected to cost."""

import math
from pathlib import Path

import pytest

from geo_resilience.study import _costs, _memory
from geo_resilience.study._costs import megabytes, seconds
from geo_resilience.study.analyses import REGISTRY

GB = 2**30


def system(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


MACHINE = {"proc/meminfo": f"MemTotal: 99999999 kB\nMemAvailable: {8 * 2**20} kB\n"}


@pytest.mark.parametrize(
    "files, left",
    [
        ({}, 8192),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "max"}, 8192),
        (
            {
                "proc/self/cgroup": "0::/box/inner\n",
                "sys/fs/cgroup/box/memory.max": str(3 * GB),
                "sys/fs/cgroup/box/memory.current": str(2 * GB),
                "sys/fs/cgroup/box/memory.stat": f"anon 5\ninactive_file {GB // 2}\n",
                "sys/fs/cgroup/box/inner/memory.max": "max",
            },
            1536,
        ),
        (
            {
                "proc/self/cgroup": "5:memory:/job\n4:cpu:/job\n",
                "sys/fs/cgroup/memory/job/memory.limit_in_bytes": str(GB),
                "sys/fs/cgroup/memory/job/memory.usage_in_bytes": str(GB // 4),
                "sys/fs/cgroup/memory/job/memory.stat": "cache 7\n",
            },
            768,
        ),
    ],
)
def test_the_least_of_machine_and_container_is_what_is_left(tmp_path, monkeypatch, files, left):
    monkeypatch.setattr(_memory, "_of_process", lambda: math.inf)
    assert _memory.available(system(tmp_path, MACHINE | files)) == left


def test_a_system_that_says_nothing_refuses_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(_memory, "_of_process", lambda: math.inf)
    monkeypatch.setattr(_memory.sys, "platform", "other")
    monkeypatch.delattr(_memory.os, "sysconf")
    assert _memory.available(tmp_path) == math.inf and _memory.held() == 0


def test_costs_lie_between_what_was_measured_and_grow_beyond_as_they_last_did(monkeypatch):
    monkeypatch.setattr(
        _costs,
        "_measured",
        lambda: {"gaps": _costs.np.array([[100, 1, 200], [1_000, 10, 400], [10_000, 1_000, 800]])},
    )
    assert seconds("gaps", 100) == pytest.approx(1) and seconds("gaps", 1) == pytest.approx(1)
    assert seconds("gaps", 316.227766) == pytest.approx(math.sqrt(10))
    assert seconds("gaps", 100_000) == pytest.approx(100_000)
    assert megabytes(["gaps", "unheard of"], 100_000) == pytest.approx(1_600 * _costs._MARGIN)
    assert seconds("unheard of", 100) == 0


def test_every_analysis_of_the_bundled_study_has_a_measured_cost(bundled_run):
    written = {
        each.name
        for each in REGISTRY
        if each.chosen and set(each.tables) & set(bundled_run.results.tables)
    }
    written -= {"what_if"}  # over in no time
    assert written | {"atlas", "figures", "files"} <= set(_costs._measured())
