"""The pages on installing say of extras what is declared, and what was measured."""

import csv
import importlib.util
import re
import tomllib
from pathlib import Path

import pytest

pytest.importorskip("packaging")
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
FOR_DEVELOPERS = {"docs", "test", "release", "dev", "boundaries"}


@pytest.fixture(scope="module")
def extras():
    spec = importlib.util.spec_from_file_location("docs_extras", ROOT / "docs" / "extras.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return project["optional-dependencies"]


def test_all_takes_every_extra_that_a_run_can_use(declared):
    (taken,) = declared["all"]
    named = set(re.fullmatch(r"geo-resilience\[(.*)\]", taken)[1].split(","))
    assert named == set(declared) - FOR_DEVELOPERS - {"all"}


def test_every_extra_was_measured_and_is_told_of(extras, declared):
    with extras.FILE.open(encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened))
    assert {row["extra"] for row in rows} == set(extras.PURPOSES) == {*declared, extras.BASE}
    assert all(float(row["megabytes"]) > 0.5 for row in rows)


@pytest.mark.parametrize("language, name", [("en", "install.md"), ("zh", "install_zh.md")])
def test_the_page_has_what_was_measured(extras, language, name):
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert extras.page(text, language) == text, "run: python docs/extras.py --pages"
    assert all(f"| `{extra}` |" in text for extra in extras.PURPOSES if extra != extras.BASE)


@pytest.mark.parametrize("extra", ["", "all", "docs", "release"])
def test_all_that_an_extra_needs_is_pinned(extras, extra):
    lines = (ROOT / "constraints.txt").read_text("utf-8").split()
    pinned = {canonicalize_name(line.partition("==")[0]) for line in lines}
    if extra and extra not in extras.metadata.metadata(extras.NAME).get_all("Provides-Extra"):
        pytest.skip("the package was installed before it had this extra")
    try:
        needed = extras.needed(extra)
    except extras.metadata.PackageNotFoundError as error:
        pytest.skip(f"not installed here: {error}")
    assert needed - pinned <= {"setuptools"}
