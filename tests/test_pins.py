"""The pinned names hold for every Python that the package says it runs on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

packaging = pytest.importorskip("packaging")
from packaging.requirements import Requirement  # noqa: E402
from packaging.specifiers import SpecifierSet  # noqa: E402
from packaging.utils import canonicalize_name  # noqa: E402

ROOT = Path(__file__).parents[1]
PINS = dict(
    line.split("==") for line in (ROOT / "constraints.txt").read_text("utf-8").split() if line
)
PINNED = {canonicalize_name(name): version for name, version in PINS.items()}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
#: The first of 3.11 is older than Debian 12's own Python (3.11.2).
PYTHONS = ["3.11.0", "3.12.0", "3.13.0", "3.14.0"]
#: The extra of boundaries names the only version of what it needs.
EXTRAS = [name for name in PROJECT["optional-dependencies"] if name != "boundaries"]
REFUSED = re.compile("unsatisfiable|only supports")


def environment(python: str) -> dict[str, str]:
    return {
        "python_full_version": python,
        "python_version": ".".join(python.split(".")[:2]),
        "extra": "",
    }


def own_requirements() -> list[Requirement]:
    extra = [line for name in EXTRAS for line in PROJECT["optional-dependencies"][name]]
    return [Requirement(line) for line in [*PROJECT["dependencies"], *extra]]


def needed(python: str) -> Iterator[tuple[str, Requirement]]:
    """Walk what is needed, by whom, through what is installed of the pinned versions."""
    waiting = [("geo-resilience", each) for each in own_requirements()]
    done = {"geo-resilience"}
    while waiting:
        asking, requirement = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate(environment(python)):
            continue
        name = canonicalize_name(requirement.name)
        if name == "geo-resilience":
            continue
        yield asking, requirement
        if name in done or not installed(name):
            continue
        done.add(name)
        lines = metadata.requires(requirement.name) or []
        waiting += [(name, Requirement(line)) for line in lines]


def installed(name: str) -> bool:
    """Whether the pinned version is the one that is installed here."""
    try:
        return metadata.version(name) == PINNED.get(name)
    except metadata.PackageNotFoundError:
        return False


def test_a_name_is_pinned_once_to_one_version():
    assert len(PINNED) == len(PINS) > 50
    assert all(re.fullmatch(r"[0-9][0-9A-Za-z.+!]*", version) for version in PINS.values())


@pytest.mark.parametrize("python", PYTHONS)
def test_every_pin_admits_every_python(python):
    here = {name for name in PINNED if installed(name)}
    if len(here) < len(PINNED) / 2:
        pytest.skip(f"only {len(here)} of {len(PINNED)} pins are installed here")
    admitted = {name: metadata.metadata(name).get("Requires-Python") or "" for name in here}
    assert [n for n, said in admitted.items() if not SpecifierSet(said).contains(python)] == []
    assert SpecifierSet(PROJECT["requires-python"]).contains(python)


@pytest.mark.parametrize("python", PYTHONS)
def test_every_requirement_is_met_by_its_pin(python):
    wrong = [
        f"{asking} needs {each}: {PINNED.get(canonicalize_name(each.name), 'no pin')}"
        for asking, each in needed(python)
        if not each.specifier.contains(PINNED.get(canonicalize_name(each.name), "0"), True)
    ]
    assert wrong == []


def resolved(lines: list[str], folder: Path, *options: str, **environment: str) -> None:
    """Have uv find versions that fit the pins; skipped where no registry answers."""
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.defpath]))
    if uv is None:
        pytest.skip("uv, which resolves for another Python, is not installed")
    (folder / "needs.txt").write_text("\n".join(lines), "utf-8")
    command = [uv, "pip", "compile", "-q", *options, "needs.txt"]
    command += ["-c", str(ROOT / "constraints.txt")]
    told = {"capture_output": True, "text": True, "env": os.environ | environment}
    try:
        found = subprocess.run(command, cwd=folder, timeout=120, **told)
    except subprocess.TimeoutExpired:
        pytest.skip("no registry answers in time")
    if found.returncode and not REFUSED.search(found.stderr):
        pytest.skip(f"no registry is reached: {found.stderr.strip()[-200:]}")
    assert found.returncode == 0, found.stderr[-2000:]


@pytest.mark.slow
@pytest.mark.parametrize("python", PYTHONS)
def test_a_resolver_finds_the_pins_together(python, tmp_path):
    lines = [str(each) for each in own_requirements() if each.name != "geo-resilience"]
    resolved(lines, tmp_path, "--python-version", python)


@pytest.mark.slow
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", ["linux", "windows", "aarch64-apple-darwin"])
def test_every_system_has_wheels_of_all_that_a_run_can_use(system, python, tmp_path):
    """docs/install.md: nothing is compiled, on macOS from version 14 on."""
    extras = PROJECT["optional-dependencies"]
    (named,) = (each.extras for each in map(Requirement, extras["all"]))
    lines = [*PROJECT["dependencies"], *(line for name in named for line in extras[name])]
    options = ("--python-version", python, "--python-platform", system, "--only-binary", ":all:")
    resolved(lines, tmp_path, *options, MACOSX_DEPLOYMENT_TARGET="14.0")
