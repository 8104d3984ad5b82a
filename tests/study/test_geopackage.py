"""regions.gpkg: every layer says what the tables say, to any program that reads it, in one form."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as Tree

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

import geo_resilience as gr
from geo_resilience.study.output._geopackage import write_geopackage
from geo_resilience.text import Text
from geo_resilience.words import say

TOPICS = ["scores", "clusters", "obstacles", "uncertainty"]


@pytest.fixture(scope="module")
def told(bundled_run):
    """The bundled study and the layers of its file, as geopandas reads them."""
    file = bundled_run.folder / "regions.gpkg"
    layers = {
        name: gpd.read_file(file, layer=name).set_index("adcode") for name in ["regions", *TOPICS]
    }
    return bundled_run.results, layers, file


def last(results, stem, **chosen):
    rows = results[stem]
    for name, value in {"year": results.years[-1], **chosen}.items():
        rows = rows[rows[name] == value]
    return rows.set_index("adcode")


def test_layers_are_the_topics_of_which_there_are_tables(told):
    _, _, file = told
    found = pyogrio.list_layers(file)
    assert found[:, 0].tolist() == ["regions", *TOPICS, "warnings", "layer_styles"]
    assert set(found[:-1, 1]) == {"MultiPolygon"}


def test_every_layer_lies_on_the_ground_of_the_regions(told):
    results, layers, _ = told
    for layer in layers.values():
        assert list(layer.index) == results.regions.keys
        assert layer.crs == results.regions.frame.crs
        assert layer.geometry.geom_equals(layers["regions"].geometry).all()
        assert layer["name"].tolist() == results.regions.names(results.language).tolist()
        assert layer["name_zh"].tolist() == results.regions.names("zh").tolist()


def test_scores_have_a_column_a_year(told):
    results, layers, _ = told
    layer = layers["scores"]
    for row in results["scores"].itertuples():
        assert layer.loc[row.adcode, f"composite_{row.year}"] == row.composite
        assert layer.loc[row.adcode, f"rank_{row.year}"] == row.rank
        assert layer.loc[row.adcode, f"grade_{row.year}"] == say(f"grade.{row.grade}", "en")
    kinds = [name.partition("_")[0] for name in layer.columns[3:-1]]
    assert kinds == [kind for kind in ("composite", "grade", "rank") for _ in results.years]


def test_clusters_have_a_column_a_statistic_and_variable(told):
    results, layers, _ = told
    local = last(results, "local")
    pairs = local[["statistic", "variable"]].drop_duplicates()
    assert len(layers["clusters"].columns) == 3 + 1 + len(pairs) + 1
    for key, row in local.iterrows():
        shown = layers["clusters"].loc[key, f"{row['statistic']}_{row['variable']}"]
        assert shown == say(f"cluster.{row['cluster']}", "en")


def test_obstacles_are_the_first_three_by_name(told):
    results, layers, _ = told
    ranked = last(results, "obstacles", level="indicator").query("order <= 3")
    assert len(ranked) == 3 * 31
    for key, row in ranked.iterrows():
        shown = layers["obstacles"].loc[key]
        assert shown[f"code_{row['order']}"] == row["code"]
        assert shown[f"obstacle_{row['order']}"] == results.framework.called(row["code"])["en"]
        assert shown[f"degree_{row['order']}"] == row["degree"]


def test_uncertainty_is_that_of_the_last_year(told):
    results, layers, _ = told
    drawn, own = last(results, "uncertainty"), results.in_year()
    layer = layers["uncertainty"]
    for name in ("rank_low", "rank_high", "composite_low", "composite_high", "p_medium", "p_top_5"):
        assert layer[name].tolist() == drawn[name].tolist()
    for key, grade in own["grade"].items():
        share = drawn.loc[key, f"p_{grade.lower()}"]
        assert layer.loc[key, "p_own"] == share
        bins = ("below 50 %", "50 to 80 %", "80 % and above")
        step = bins[int(share >= 0.5) + int(share >= 0.8)]
        assert layer.loc[key, "certainty"] == f"{say(f'grade.{grade}', 'en')}, {step}"


def test_warnings_are_those_of_the_last_year_not_of_the_forecast(told):
    results, _, file = told
    layer = gpd.read_file(file, layer="warnings").set_index("adcode")
    rows = last(results, "warnings")
    assert layer["level"].tolist() == [say(f"chain.warning.{each}", "en") for each in rows["level"]]
    for key, code in rows["indicator"].items():
        named = None if pd.isna(code) else results.framework.called(code)["en"]
        assert layer.loc[key, "code"] == code or named is None
        assert layer.loc[key, "indicator"] == named or named is None
    assert layer["fired"].tolist() == rows["fired"].tolist()


def test_other_programs_are_told_what_columns_and_codes_mean(told):
    results, _, file = told
    with closing(sqlite3.connect(file)) as package:
        described = package.execute(
            "SELECT table_name, column_name, title, description, constraint_name "
            "FROM gpkg_data_columns"
        ).fetchall()
        labels = dict(
            package.execute(
                "SELECT value, description FROM gpkg_data_column_constraints "
                "WHERE constraint_name = 'regions_grade'"
            ).fetchall()
        )
        faults = package.execute("PRAGMA integrity_check").fetchall()
        contents = dict(package.execute("SELECT table_name, identifier FROM gpkg_contents"))
    assert faults == [("ok",)]
    meaning = {(layer, column): (title, text) for layer, column, title, text, _ in described}
    assert meaning["regions", "B1"][0] == results.framework.called("B1")["en"]
    assert meaning["scores", "grade_2018"][0] == "Grade, 2018"
    assert meaning["clusters", "gi_star_B2"][0] == (
        f"Hot and cold spots: {results.framework.called('B2')['en']}"
    )
    assert meaning["uncertainty", "p_weaker"][0] == "Draws graded Fairly low"
    assert all(text.endswith(".") and "{" not in text for _, text in meaning.values())
    assert labels["Weaker"] == "Fairly low" and len(labels) == 5
    assert contents["obstacles"] == "Obstacles"


def test_the_same_results_give_the_same_bytes(bundled_run, tmp_path):
    for name in ("first", "again"):
        (tmp_path / name).mkdir()
        write_geopackage(gr.study.read_results(bundled_run.folder), tmp_path / name)
    for file in filter(Path.is_file, (tmp_path / "first").rglob("*")):
        name = file.relative_to(tmp_path / "first")
        assert file.read_bytes() == (tmp_path / "again" / name).read_bytes(), name
        assert file.read_bytes() == (bundled_run.folder / name).read_bytes(), name


def test_a_layer_stands_only_where_its_table_does(bundled_run, tmp_path):
    results = bundled_run.results
    scores = results["scores"].query("year == 2023")
    empty = results["uncertainty"].iloc[:0]
    write_geopackage(replace(results, tables={"scores": scores, "uncertainty": empty}), tmp_path)
    assert pyogrio.list_layers(tmp_path / "regions.gpkg")[:, 0].tolist() == [
        "regions",
        "layer_styles",
    ]
    assert sorted(file.name for file in (tmp_path / "styles").iterdir()) == [
        f"regions.{ending}" for ending in ("lyrx", "qml", "sld")
    ]


def test_regions_left_out_keep_their_place(bundled_run, tmp_path):
    results = bundled_run.results
    tables = {
        stem: results[stem].query("adcode != '540000'")
        for stem in ("scores", "local", "obstacles", "uncertainty", "warnings")
    }
    write_geopackage(replace(results, tables=tables, excluded=("540000",)), tmp_path)
    for layer in [*TOPICS, "warnings"]:
        rows = gpd.read_file(tmp_path / "regions.gpkg", layer=layer).set_index("adcode")
        assert len(rows) == 31
        told = rows.drop(columns=["name", "name_en", "name_zh", "geometry"])
        assert told.loc["540000"].isna().all()
        assert told.drop(index="540000").iloc[:, 0].notna().all()


def test_signs_that_no_program_shows_break_no_style(bundled_run, tmp_path):
    framework = bundled_run.results.framework
    called = tuple(
        replace(each, name=Text(f"<{each.code}> \x01\ufffe & {each.name['en']}"))
        for each in framework.dimensions
    )
    results = replace(bundled_run.results, framework=replace(framework, dimensions=called))
    write_geopackage(results, tmp_path)
    for ending in ("qml", "sld"):
        Tree.parse(tmp_path / "styles" / f"clusters.{ending}")
    aliases = Tree.parse(tmp_path / "styles" / "regions.qml").iter("alias")
    told = {each.get("field"): each.get("name") for each in aliases}
    assert told["B1"] == f"<B1>  & {framework.called('B1')['en']}"


def test_dimensions_of_the_same_name_are_told_apart(bundled_run, tmp_path):
    results = bundled_run.results
    framework = results.framework
    same = tuple(replace(each, name=framework.dimensions[0].name) for each in framework.dimensions)
    results = replace(results, framework=replace(framework, dimensions=same))
    write_geopackage(results, tmp_path)
    with closing(sqlite3.connect(tmp_path / "regions.gpkg")) as package:
        names = package.execute(
            "SELECT name FROM gpkg_data_columns WHERE column_name IN ('B1', 'B2')"
        ).fetchall()
    assert len(set(names)) == 2
