"""The pages in docs/ and the READMEs speak of just the files that there are."""

import importlib.util
import re
from importlib import import_module
from pathlib import Path

import pytest

from docs.builder.related import related
from geo_resilience.tables import CATALOG
from geo_resilience.words import subject

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"

pytestmark = pytest.mark.skipif(not DOCS.is_dir(), reason="only a checkout has docs")


def loaded(name):
    spec = importlib.util.spec_from_file_location(f"docs_{name}", DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def build():
    return loaded("build")


def test_no_meaning_begins_as_a_formula_does_in_a_spreadsheet():
    for row in subject("column").values():
        assert not any(said.startswith(("=", "+", "-", "@")) for said in row.values()), row


@pytest.mark.parametrize("language, name", [("en", "files.md"), ("zh", "files_zh.md")])
def test_the_page_of_files_is_what_the_build_makes(build, language, name):
    made = build.page(language)
    assert (DOCS / name).read_text(encoding="utf-8") == made, "run: python docs/build.py"


@pytest.mark.parametrize("language, name", [("en", "conclusions.md"), ("zh", "conclusions_zh.md")])
def test_the_page_of_conclusions_is_what_the_build_makes(build, language, name):
    made = build.conclusions(language)
    assert (DOCS / name).read_text(encoding="utf-8") == made, "run: python docs/build.py"


@pytest.mark.parametrize("name", ["README.md", "README_zh.md"])
def test_the_readme_names_only_tables_and_pages_that_there_are(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    named = set(re.findall(r"`tables/(\w+)\.csv`", text))
    assert len(named) > 10 and named <= set(CATALOG)
    pages = re.findall(r"\]\(([^)#]+)[^)]*\)", text)
    assert [page for page in pages if not (ROOT / page).exists()] == []


@pytest.mark.parametrize("name", ["files.md", "files_zh.md"])
def test_the_page_of_files_lists_every_table_with_a_link_to_its_section(name):
    text = (DOCS / name).read_text(encoding="utf-8")
    linked = re.findall(r"^\| \[(\w+\.\w+)\]\(#(\w+)\)", text, flags=re.MULTILINE)
    sections = re.findall(r"^## (\w+\.\w+)$", text, flags=re.MULTILINE)
    assert [file for file, _ in linked] == sections
    assert all(file.replace(".", "") == anchor for file, anchor in linked)


def test_names_beside_a_public_name_are_public_and_lead_back():
    beside = related()
    assert len(beside) > 150
    for path, others in beside.items():
        room, _, name = path.rpartition(".")
        shown = import_module(room).__all__
        assert name in shown and {*others} <= {*shown} - {name}, path
        assert all(name in beside[f"{room}.{other}"] for other in others), path
