"""Forms of results: what stands in a folder, says what it holds, and is read back as it was."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pandas.testing import assert_frame_equal

import geo_resilience as gr
from geo_resilience.errors import InputError
from geo_resilience.report._teller import Teller
from geo_resilience.results import Results
from geo_resilience.study import read_plan
from geo_resilience.study._plan_sections import ANALYSES
from geo_resilience.study.output._files import write_files
from geo_resilience.tables import CATALOG, Form

#: Tables that other programs read by their names: CSV whatever is asked for.
PROMISED = {
    *("scores", "indicators", "trace", "weights", "global", "local", "specialization"),
    *("gaps", "pattern", "backtest", "regressions"),
}
ALL = ("csv", "parquet", "geoparquet", "geojson", "duckdb")


def written(results: Results, folder: Path, *formats: str) -> Results:
    """Write results in the formats; give them with the form that they were written in."""
    form = Form.asked(formats, bom=results.found.form.bom)
    changed = replace(results, found=replace(results.found, form=form))
    provenance = {**results.provenance, "found": changed.found.plain()}
    changed = replace(changed, provenance=provenance)
    write_files(changed, folder, formats)
    return changed


def small(formats, **rest):
    plan = read_plan()
    plan = replace(plan, analyses=replace(plan.analyses, skip=ANALYSES))
    output = replace(plan.output, figures=(), report=False, formats=formats, **rest)
    return replace(plan, output=output)


@pytest.fixture(scope="module")
def as_parquet(everything_run, tmp_path_factory):
    folder = tmp_path_factory.mktemp("parquet")
    return written(everything_run.results, folder, "parquet"), folder


def test_as_parquet_alone_what_is_promised_is_csv_too_and_all_is_read_back(as_parquet):
    results, folder = as_parquet
    found = {path.name for path in (folder / "tables").iterdir()}
    stems = set(results.tables) - {"codebook"}
    promised = {f"{stem}.csv" for stem in PROMISED & stems}
    assert found ^ {f"{stem}.parquet" for stem in stems} == promised
    back = gr.study.read_results(folder)
    assert set(back) == set(results)
    for stem in results:
        assert_frame_equal(back[stem], results[stem], check_exact=True, obj=stem)
    told = Teller(results, "zh")
    assert {told.file(stem) for stem in stems} <= found


@pytest.mark.parametrize("formats", [("geojson",), ("duckdb",), ()])
def test_tables_are_csv_where_no_form_of_theirs_is_named(formats):
    assert Form.asked(formats).formats == ("csv",)


def test_the_codebook_names_files_that_are_there(tmp_path):
    results = gr.study.run(small(("parquet",)), tmp_path / "out")
    files = set(results["codebook"]["file"]) - {"codebook.csv", "regions.gpkg"}
    there = {path.name for path in (tmp_path / "out" / "tables").iterdir()}
    assert files <= there and "scores.csv" in files
    assert results.found.form.formats == ("parquet",)


def test_every_form_is_written_the_same_twice_save_the_database(tmp_path):
    for name in ("a", "b"):
        results = gr.study.run(small(ALL), tmp_path / name)
    files = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*.*"))
    named = {path.as_posix() for path in files}
    assert named >= {"regions.parquet", "regions.geojson", "results.duckdb", "datapackage.json"}
    assert {f"tables/scores.{ending}" for ending in ("csv", "parquet")} <= named
    for path in files:
        first, second = ((tmp_path / name / path).read_bytes() for name in ("a", "b"))
        assert path.name == "results.duckdb" or first == second, path
    assert named == set(results_of(tmp_path / "b"))
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert len(contents(tmp_path / "a")) == len(results.tables)


def results_of(folder):
    return [*json.loads((folder / "provenance.json").read_text())["files"]]


def contents(folder):
    """Every table of a database with its columns, rows and comments."""
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect(folder / "results.duckdb", read_only=True) as database:
        tables = database.execute("SELECT table_name, comment FROM duckdb_tables()").fetchall()
        columns = database.execute(
            "SELECT table_name, column_name, data_type, comment FROM duckdb_columns()"
        ).fetchall()
        return {
            name: (
                comment,
                [column[1:] for column in columns if column[0] == name],
                database.execute(f'SELECT * FROM "{name}"').fetchall(),
            )
            for name, comment in tables
        }


def test_a_database_holds_every_table_with_what_it_means(everything_run, tmp_path):
    results = everything_run.results
    written(results, tmp_path, "duckdb")
    found = contents(tmp_path)
    assert set(found) == set(results.tables)
    meant = results["codebook"].set_index(["file", "column"])["meaning"]
    for stem, table in results.tables.items():
        comment, columns, rows = found[stem]
        assert comment == CATALOG[stem].about("zh")
        assert [name for name, *_ in columns] == list(table)
        for name, _, said in columns:
            assert said.startswith(meant[f"{stem}.csv", name].rstrip())
        ours = table.astype(object).where(table.notna(), None)
        assert rows == [tuple(row) for row in ours.itertuples(index=False)], stem
    kinds = {name: kind for name, kind, _ in found["scores"][1]}
    assert (kinds["adcode"], kinds["year"], kinds["composite"]) == ("VARCHAR", "BIGINT", "DOUBLE")
    [km] = [said for name, _, said in found["ellipse"][1] if name == "semi_major_km"]
    assert km.endswith("单位：km。")


def test_without_duckdb_a_study_that_asks_for_it_is_refused_before_it_runs(monkeypatch, tmp_path):
    study = tmp_path / "study.toml"
    study.write_text('[output]\nformats = ["csv", "duckdb"]\n')
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(InputError) as caught:
        gr.study.run(study, tmp_path / "out")
    [told] = [line for line in str(caught.value).splitlines() if "duckdb" in line]
    assert "geo-resilience[duckdb]" in told and "line 2" in told and "output.formats" in told
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("given", ['["xls"]', '"csv"', '["csv", "csv"]', "[1]"])
def test_an_unknown_form_is_refused_with_those_that_there_are(given, tmp_path):
    study = tmp_path / "study.toml"
    study.write_text(f"[output]\nformats = {given}\n")
    with pytest.raises(InputError) as caught:
        read_plan(study)
    assert all(f'"{name}"' in str(caught.value) for name in ALL)


def test_columns_of_parquet_say_what_they_hold(as_parquet):
    results, folder = as_parquet
    book = results["codebook"].set_index(["file", "column"])["meaning"]
    for stem, table in results.tables.items():
        if stem == "codebook":
            continue
        schema = pq.read_schema(folder / "tables" / f"{stem}.parquet")
        assert schema.names == list(table)
        assert schema.metadata[b"description"].decode() == CATALOG[stem].about("zh")
        for column in schema:
            assert column.metadata[b"description"].decode() == book[f"{stem}.csv", column.name]
    schema = pq.read_schema(folder / "tables" / "ellipse.parquet")
    area = {
        key.decode(): value.decode() for key, value in schema.field("area_km2").metadata.items()
    }
    assert area["unit"] == "km²" and area["unitCode"] == "km2"
    assert area["unitTerm"] == "http://qudt.org/vocab/unit/KiloM2"
    scores = pq.read_schema(folder / "tables" / "scores.parquet")
    key, year = (scores.field(name).metadata[b"rdfType"].decode() for name in ("adcode", "year"))
    assert key.endswith("dimension#refArea") and year.endswith("dimension#timePeriod")


def test_rows_stand_in_their_order_whatever_the_form(as_parquet):
    results, folder = as_parquet
    for stem in PROMISED & set(results.tables):
        csv, parquet = (
            CATALOG[stem].read(folder / "tables" / f"{stem}.{ending}", results.context)
            for ending in ("csv", "parquet")
        )
        assert_frame_equal(csv, parquet, check_exact=True, obj=stem)
