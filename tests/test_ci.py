"""The file that tells a forge what to run: every system, every supported Python, the pins."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).parents[1]
FORGE = ROOT / ".github"
FILE = FORGE / "workflows" / "ci.yml"

pytestmark = pytest.mark.skipif(not FILE.is_file(), reason="only a checkout has it")


def jobs_of(file):
    return yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"]


@pytest.fixture(scope="module")
def jobs():
    return jobs_of(FILE)


each_workflow = pytest.mark.parametrize(
    "file", sorted(FILE.parent.glob("*.yml")), ids=lambda path: path.stem
)


def test_every_system_and_every_python_is_tried(jobs):
    matrix = jobs["suite"]["strategy"]["matrix"]
    assert {name.partition("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    least = int(re.search(r">=3\.(\d+)", project["requires-python"])[1])
    assert matrix["python"] == [f"3.{minor}" for minor in range(least, 15)]


@each_workflow
def test_every_job_has_a_limit_and_steps_that_do_one_thing(file):
    for job in jobs_of(file).values():
        assert 0 < job["timeout-minutes"] <= 360
        assert all(len({"uses", "run"} & set(step)) == 1 for step in job["steps"])


def test_the_suite_needs_no_make_and_uses_the_pins(jobs):
    commands = [step["run"] for step in jobs["suite"]["steps"] if "run" in step]
    assert not any("make " in command for command in commands)
    assert any("-c constraints.txt" in command for command in commands)


@each_workflow
def test_make_targets_that_it_names_exist(file):
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    steps = [step.get("run", "") for job in jobs_of(file).values() for step in job["steps"]]
    assert set(re.findall(r"^make (\w+)", "\n".join(steps), re.MULTILINE)) <= targets


@each_workflow
def test_files_of_the_project_that_it_names_exist(file):
    text = file.read_text(encoding="utf-8")
    named = re.findall(r"(?<![@\w])(?:tests|release)/[\w/]+(?:\.\w+)?", text)
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_lowest_and_newest_versions_and_pages_have_jobs(jobs):
    told = {name: " ".join(step.get("run", "") for step in jobs[name]["steps"]) for name in jobs}
    assert "test_lowest" in told["lowest"] and "make docs" in told["docs"]
    assert "--upgrade" in told["newest"] and "constraints" not in told["newest"]


def test_forms_for_issues_ask_for_what_can_be_answered():
    forms = [path for path in (FORGE / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config"]
    assert {path.stem for path in forms} == {"bug", "wrong_number", "question"}
    for path in forms:
        form = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert {"name", "description", "body"} <= set(form)
        fields = [field["id"] for field in form["body"]]
        assert len(fields) == len(set(fields))
        assert any(field.get("validations", {}).get("required") for field in form["body"])
