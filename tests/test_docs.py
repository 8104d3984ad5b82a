"""The pages in docs/ and the READMEs speak of just the files that there are."""

import importlib.util
import re
from pathlib import Path

import pytest

from geo_resilience.words import subject

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"

pytestmark = pytest.mark.skipif(not DOCS.is_dir(), reason="only a checkout has docs")


@pytest.fixture(scope="module")
def build():
    spec = importlib.util.spec_from_file_location("docs_build", DOCS / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_meaning_begins_as_a_formula_does_in_a_spreadsheet():
    for row in subject("column").values():
        assert not any(said.startswith(("=", "+", "-", "@")) for said in row.values()), row


@pytest.mark.parametrize("language, name", [("en", "files.md"), ("zh", "files_zh.md")])
def test_the_page_of_files_is_what_the_build_makes(build, language, name):
    made = build.page(language)
    assert (DOCS / name).read_text(encoding="utf-8") == made, "run: python docs/build.py"


@pytest.mark.parametrize("name", ["README.md", "README_zh.md"])
def test_the_readme_names_every_file_and_no_other(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    table = [line for line in text.splitlines() if line.startswith("| `")]
    named = set(re.findall(r"`(\w+)\.csv`", "\n".join(table)))
    of_commands = {"distance_correlogram", "cut"}
    assert named == set(subject("file")) - of_commands - {"regions"}
