"""CITATION.cff, codemeta.json and the recipe say what pyproject.toml and CHANGELOG.md say."""

import doctest
import json
import re
import shutil
import tomllib

import pytest
from programs_for_tests import ROOT, load

metadata = load("metadata")
yaml = pytest.importorskip("yaml")


@pytest.fixture
def dated(tmp_path):
    """A version with a day and a DOI."""
    given = (ROOT / "pyproject.toml").read_text("utf-8")
    (tmp_path / "pyproject.toml").write_text(
        given.replace('doi = ""', 'doi = "10.5281/x"'), "utf-8"
    )
    version = tomllib.loads(given)["project"]["version"]
    (tmp_path / "CHANGELOG.md").write_text(f"## [{version}] - 2030-01-31\n\n- It.\n", "utf-8")
    return metadata.declared(tmp_path)


def test_its_examples_hold():
    assert doctest.testmod(metadata) == (0, 1)


@pytest.mark.parametrize("name", metadata.FILES)
def test_the_file_is_what_the_program_writes(name):
    written = metadata.FILES[name](metadata.declared())
    assert (ROOT / name).read_text("utf-8") == written, "run: make metadata"


def test_a_day_and_a_doi_are_said_once_there_are(dated):
    cited = yaml.safe_load(metadata.citation(dated))
    assert cited["doi"] == "10.5281/x" and str(cited["date-released"]) == "2030-01-31"
    described = json.loads(metadata.codemeta(dated))
    assert described["identifier"] == "https://doi.org/10.5281/x"
    assert described["datePublished"] == "2030-01-31"
    without = metadata.declared()._replace(doi="", date="")
    assert not {"doi", "date-released"} & set(yaml.safe_load(metadata.citation(without)))
    assert not {"identifier", "datePublished"} & set(json.loads(metadata.codemeta(without)))


def test_the_recipe_asks_for_what_the_package_asks_for(dated):
    recipe = yaml.safe_load(metadata.recipe(dated))
    run = {line.split()[0] for line in recipe["requirements"]["run"]}
    asked = {re.match(r"[\w-]+", line)[0] for line in dated.project["dependencies"]}
    assert run == asked - {"matplotlib"} | {"matplotlib-base", "python"}
    assert len(recipe["requirements"]["run"]) == len(asked) + 1
    assert str(recipe["context"]["version"]) == dated.version


def test_rattler_build_renders_the_recipe():
    rattler_build = pytest.importorskip("rattler_build")
    recipe = rattler_build.Stage0Recipe.from_file(str(ROOT / "recipe" / "recipe.yaml"))
    (rendered,) = recipe.render()
    assert "geo-resilience" in repr(rendered)


def test_an_old_citation_is_told(tmp_path):
    release = load("release")
    for name in ("pyproject.toml", "CHANGELOG.md", *metadata.FILES):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    release.check_metadata(tmp_path)
    file = tmp_path / "CITATION.cff"
    file.write_text(file.read_text("utf-8").replace("version: ", "version: 9"), "utf-8")
    with pytest.raises(release.RefusedError, match=r"^CITATION\.cff differ.*make metadata"):
        release.check_metadata(tmp_path)
