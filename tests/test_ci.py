"""The file that tells a forge what to run: every system, every supported Python, the pins."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).parents[1]
FILE = ROOT / ".github" / "workflows" / "ci.yml"

pytestmark = pytest.mark.skipif(not FILE.is_file(), reason="only a checkout has it")


@pytest.fixture(scope="module")
def jobs():
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))["jobs"]


def test_every_system_and_every_python_is_tried(jobs):
    matrix = jobs["suite"]["strategy"]["matrix"]
    assert {name.partition("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    least = int(re.search(r">=3\.(\d+)", project["requires-python"])[1])
    assert matrix["python"] == [f"3.{minor}" for minor in range(least, 15)]


def test_every_job_has_a_limit_and_steps_that_do_one_thing(jobs):
    for job in jobs.values():
        assert 0 < job["timeout-minutes"] <= 360
        assert all(len({"uses", "run"} & set(step)) == 1 for step in job["steps"])


def test_the_suite_needs_no_make_and_uses_the_pins(jobs):
    commands = [step["run"] for step in jobs["suite"]["steps"] if "run" in step]
    assert not any("make " in command for command in commands)
    assert any("-c constraints.txt" in command for command in commands)


def test_make_targets_that_it_names_exist(jobs):
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    steps = [step.get("run", "") for job in jobs.values() for step in job["steps"]]
    assert set(re.findall(r"^make (\w+)", "\n".join(steps), re.MULTILINE)) <= targets
