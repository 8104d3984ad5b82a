"""datapackage.json: what every table is, true of every row, as another program judges."""

from __future__ import annotations

import json
import shutil
from importlib import resources
from pathlib import Path
from textwrap import dedent

import pandas as pd
import pytest

from geo_resilience.cli import main
from geo_resilience.tables import CATALOG
from geo_resilience.tables._vocabulary import CONCEPTS, UNITS

frictionless = pytest.importorskip("frictionless")

TOWNS = Path(__file__).parents[2] / "examples" / "towns"


def faults(folder):
    """What frictionless finds wrong with the package of a folder or with any row of its tables."""
    report = frictionless.Package(str(folder / "datapackage.json")).validate()
    return report.flatten(["type", "fieldName", "note"])


def described(folder):
    return json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))


@pytest.fixture(params=["bundled_run", "everything_run"])
def ran(request):
    return request.getfixturevalue(request.param)


def test_every_row_of_every_table_is_as_described(ran):
    assert faults(ran.folder) == []


def test_every_table_is_in_it_as_its_file_and_the_codebook_have_it(ran):
    results, folder = ran
    package = described(folder)
    assert package["language"] == results.language and package["title"] == results.title
    assert package["sources"][0]["title"] == results.found.source(results.language)
    listed = {each["name"]: each for each in package["resources"]}
    assert list(listed) == list(results)
    book = results["codebook"].set_index(["file", "column"])["meaning"]
    for stem, resource in listed.items():
        head = pd.read_csv(folder / resource["path"], nrows=0, encoding="utf-8-sig")
        fields = resource["schema"]["fields"]
        assert [each["name"] for each in fields] == list(head)
        if stem != "codebook":
            for each in fields:
                assert each["description"] == book[f"{stem}.csv", each["name"]]
        assert resource["description"] == CATALOG[stem].about(results.language)


def test_it_says_types_choices_keys_and_what_columns_stand_for(bundled_run):
    listed = {each["name"]: each for each in described(bundled_run.folder)["resources"]}
    scores = {each["name"]: each for each in listed["scores"]["schema"]["fields"]}
    assert listed["scores"]["schema"]["primaryKey"] == ["adcode", "year"]
    assert scores["grade"]["constraints"]["enum"] == list(bundled_run.results.context.grades)
    assert scores["composite"]["constraints"] == {"required": True, "minimum": 0, "maximum": 1}
    assert scores["B1"]["title"].startswith("B1 (")
    assert [scores[name]["type"] for name in ("adcode", "year", "composite")] == [
        "string",
        "integer",
        "number",
    ]
    assert listed["specialization"]["schema"]["uniqueKeys"]
    [key] = listed["obstacles"]["schema"]["foreignKeys"]
    assert key == {"fields": ["adcode"], "reference": {"resource": "scores", "fields": ["adcode"]}}
    ellipse = {each["name"]: each for each in listed["ellipse"]["schema"]["fields"]}
    assert ellipse["area_km2"]["unitCode"] == "km2"
    assert ellipse["azimuth"]["quantityKind"].endswith("/Angle")


@pytest.mark.parametrize(
    ("old", "new", "kind", "field"),
    [
        (",Medium,", ",Splendid,", "constraint-error", "grade"),
        ("110000,Beijing,2018", "110000,,2018", "constraint-error", "name"),
        ("110000,Beijing,2018", "110000,Beijing,then", "type-error", "year"),
        ("110000,Beijing,2019", "110000,Beijing,2018", "primary-key", None),
    ],
)
def test_what_is_wrong_in_a_table_is_found(bundled_run, tmp_path, old, new, kind, field):
    for name in ("tables/scores.csv", "codebook.csv", "datapackage.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(bundled_run.folder / name, tmp_path / name)
    package = described(tmp_path)
    package["resources"] = [each for each in package["resources"] if each["name"] == "scores"]
    (tmp_path / "datapackage.json").write_text(json.dumps(package))
    file = tmp_path / "tables" / "scores.csv"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    assert [kind, field] in [[*fault[:2]] for fault in faults(tmp_path)]


def test_a_region_without_scores_is_found(bundled_run, tmp_path):
    shutil.copytree(bundled_run.folder / "tables", tmp_path / "tables")
    package = described(bundled_run.folder)
    kept = ("scores", "obstacles")
    package["resources"] = [each for each in package["resources"] if each["name"] in kept]
    (tmp_path / "datapackage.json").write_text(json.dumps(package))
    assert faults(tmp_path) == []
    file = tmp_path / "tables" / "obstacles.csv"
    file.write_text(file.read_text().replace("110000,Beijing", "999999,Beijing", 1))
    assert [fault[0] for fault in faults(tmp_path)] == ["foreign-key"]


def test_weights_that_no_framework_states_may_be_blank(tmp_path):
    towns = Path(shutil.copytree(TOWNS, tmp_path / "towns"), "study.toml")
    quick = """
        analyses = { skip = ["sensitivity", "holds", "neighbors_sensitivity", "pattern", "gaps"] }
        output = { report = false, figures = [] }
        permutations = 99
        uncertainty = { draws = 100 }
    """
    towns.write_text(dedent(quick) + towns.read_text("utf-8"), encoding="utf-8")
    assert main(["run", str(towns), "--out", str(tmp_path / "results"), "--quiet"]) == 0
    assert pd.read_csv(tmp_path / "results/tables/weights.csv")["published"].isna().all()
    assert faults(tmp_path / "results") == []


def test_a_command_describes_its_tables_too(tmp_path):
    table = resources.files("geo_resilience.study") / "example" / "io_2020.csv"
    assert main(["chain", str(table), "--year", "2020", "--out", str(tmp_path / "chain")]) == 0
    package = described(tmp_path / "chain")
    assert {each["path"] for each in package["resources"]} >= {"io_linkages.csv", "codebook.csv"}
    assert faults(tmp_path / "chain") == []


def test_every_unit_of_the_catalog_is_in_the_vocabulary_and_every_concept_in_the_catalog():
    columns = [column for table in CATALOG.values() for column in table.columns]
    assert {column.unit for column in columns if column.unit} <= set(UNITS)
    assert set(UNITS) - {"share"} <= {column.unit for column in columns}
    assert set(CONCEPTS) <= {column.name for column in columns}
