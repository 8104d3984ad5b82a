"""Studies from databases and into them: results as from files, and no password anywhere."""

from __future__ import annotations

import json
import re
import sqlite3
import tomllib
from pathlib import Path

import duckdb
import geopandas as gpd
import pandas as pd
import pytest
import shapely
from studies_for_tests import Study, call, keys, snapshot

from geo_resilience.databases import Address, DatabaseQuery, ask
from geo_resilience.databases._address import fault_of
from geo_resilience.errors import Problems
from geo_resilience.regions import read_boundaries
from geo_resilience.study import read_plan, read_results, run
from geo_resilience.study._inputs import read_inputs
from geo_resilience.study._portfolio import _stands
from geo_resilience.study.output._database import stored_tables
from geo_resilience.study.output._files import fingerprint

pytestmark = pytest.mark.usefixtures("swept")

KINDS = ("postgresql", "sqlite", "duckdb")
FROM_FILE = """[boundaries]
file = "towns.geojson"
key = "code"
name = "name"
"""


def ground():
    """Squares in rows of eight, each with the key of a province."""
    places = [(i % 8, i // 8) for i in range(len(keys()))]
    shapes = [shapely.box(100 + x, 20 + y, 101 + x, 21 + y) for x, y in places]
    names = [f"Town {key}" for key in keys()]
    return gpd.GeoDataFrame({"code": keys(), "name": names}, geometry=shapes, crs="EPSG:4490")


def small(folder):
    """A small study of squares, from files."""
    made = Study(folder).bare()
    ground().to_file(folder / "towns.geojson", driver="GeoJSON")
    made.change("study.toml", "[table]", f"{FROM_FILE}[table]")
    return made


@pytest.fixture
def study(tmp_path):
    return small(tmp_path)


@pytest.fixture(scope="module")
def from_files(tmp_path_factory):
    """What the study gives from files, but for provenance's inputs and plan."""
    made = small(tmp_path_factory.mktemp("files"))
    run(made.file, made.folder / "results")
    return whole(made.folder / "results")


def filled(kind, study, request):
    """Put the study's table, rows in another order, and its squares into a database."""
    rows = [(key, int(year), float(out), float(waste)) for key, year, out, waste in study.rows]
    rows, squares = rows[::-1], ground()
    shapes = [(c, n, shapely.to_wkb(g)) for c, n, g in squares.itertuples(index=False)][::-1]
    economy = "CREATE TABLE economy (region TEXT, year INTEGER, output NUMERIC, waste NUMERIC)"
    towns = "CREATE TABLE towns (code TEXT, name TEXT, geom BLOB)"
    if kind == "postgresql":
        server = request.getfixturevalue("postgres")
        server.sql(
            economy,
            towns.replace("BLOB", "geometry(Polygon, 4490)"),
            *(f"INSERT INTO economy VALUES {row}" for row in rows),
            *(
                f"INSERT INTO towns VALUES ('{c}', '{n}', ST_SetSRID('{g.hex()}'::geometry, 4490))"
                for c, n, g in shapes
            ),
        )
        return server.url
    file = study.folder / f"figures.{kind}"
    connection = (sqlite3 if kind == "sqlite" else duckdb).connect(
        file if kind == "sqlite" else ":memory:"
    )
    if kind == "duckdb":  # files of older versions keep no reference system
        connection.execute(f"ATTACH '{file}' AS figures (STORAGE_VERSION 'latest')")
        connection.execute("USE figures")
    connection.execute(economy)
    system = ground().crs.to_wkt().replace("'", "''")
    geometry = f"GEOMETRY('{system}')" if kind == "duckdb" else "BLOB"
    connection.execute(towns.replace("BLOB", geometry))
    connection.executemany("INSERT INTO economy VALUES (?, ?, ?, ?)", rows)
    mark = "?::GEOMETRY" if kind == "duckdb" else "?"
    if kind == "duckdb":
        shapes = [(c, n, shapely.from_wkb(g).wkt) for c, n, g in shapes]
    connection.executemany(f"INSERT INTO towns VALUES (?, ?, {mark})", shapes)
    connection.commit()
    connection.close()
    return f"{kind}:///figures.{kind}"


def whole(folder):
    """Everything in a folder but provenance.json, and that without inputs, plan and sizes."""
    found = snapshot(folder)
    origin = json.loads(found.pop("provenance.json"))
    return found, {k: v for k, v in origin.items() if k not in ("inputs", "plan")}


@pytest.mark.parametrize("kind", KINDS)
def test_files_and_databases_give_the_same_bytes(kind, from_files, study, request, capsys):
    url = filled(kind, study, request)
    study.change("study.toml", 'file = "table.csv"', f'url = "{url}"\ntable = "economy"')
    if kind != "sqlite":  # plain bytes say no reference system
        query = "SELECT code, name, geom FROM towns"
        place = f'url = "{url}"\nquery = """\n{query}\n"""'
        study.change("study.toml", 'file = "towns.geojson"', place)
    out = study.folder / "again"
    told = call(capsys, "run", study.file, "--out", out)
    assert told.code == 0, told.err
    assert whole(out) == from_files
    origin = json.loads((out / "provenance.json").read_text(encoding="utf-8"))
    shown = Address(url).shown
    assert origin["plan"]["table" if "table" in origin["plan"] else "tables"][0]["url"] == shown
    inputs = origin["inputs"]
    assert len(inputs[f"{shown} economy"]) == 64
    assert kind == "sqlite" or len(inputs[f"{shown} SELECT code, name, geom FROM towns"]) == 64
    assert "table.csv" not in inputs and "framework.toml" in inputs
    assert "planner" not in json.dumps(origin) and "postgres@" not in json.dumps(origin)


def test_what_a_hash_is_of_can_be_checked(postgres, study, request):
    """The same rows in another order have the same hash; another figure has another."""
    url = filled("postgresql", study, request)
    study.change("study.toml", 'file = "table.csv"', f'url = "{url}"\ntable = "economy"')

    def hashed():
        return read_inputs(read_plan(study.file), str).asked[f"{Address(url).shown} economy"]

    first = hashed()
    postgres.sql(
        "CREATE TABLE sorted AS SELECT * FROM economy ORDER BY waste",
        "DROP TABLE economy",
        "ALTER TABLE sorted RENAME TO economy",
    )
    assert hashed() == first
    postgres.sql("UPDATE economy SET waste = waste + 1 WHERE region = '110000' AND year = 2022")
    assert hashed() != first


def test_a_portfolio_runs_a_study_again_where_its_rows_have_changed(study, request):
    url = filled("sqlite", study, request)
    study.change("study.toml", 'file = "table.csv"', f'url = "{url}"\ntable = "economy"')
    plan, folder = read_plan(study.file), study.folder / "results"
    run(plan, folder)
    assert _stands(plan, folder, fingerprint)
    file = study.folder / "figures.sqlite"
    for change, stands in (("region || ''", True), ("'620000'", False)):
        with sqlite3.connect(file) as database:
            database.execute(f"UPDATE economy SET region = {change} WHERE region = '110000'")
        database.close()
        assert _stands(plan, folder, fingerprint) is stands
    file.unlink()
    assert not _stands(plan, folder, fingerprint)


@pytest.mark.parametrize("kind", KINDS)
def test_results_go_into_a_schema_and_come_out_again(kind, study, request, capsys):
    url = f"{kind}:///results.{kind}"
    if kind == "postgresql":
        url = request.getfixturevalue("postgres").url
    old = "output = { figures = [], report = false }"
    new = f'output = {{ figures = [], report = false, database = "{url}", schema = "atlas" }}'
    study.change("study.toml", old, new)
    told = call(capsys, "run", study.file, "--quiet")
    assert told.code == 0, told.err
    results = read_results(study.folder / "results")
    address, begin = Address(url, study.folder), "atlas_" if kind == "sqlite" else "atlas."
    queries = {
        each.name: DatabaseQuery(address, each.name, table=f"{begin}{each.name}")
        for each in stored_tables(results)
    }
    problems = Problems()
    answers = ask(queries.values(), problems)
    assert not list(problems) and len(answers) == len(results.tables) + 1
    for stem, table in results.tables.items():
        answer = answers[queries[stem]]
        assert list(answer.names) == list(table.columns), stem
        assert len(answer.rows) == len(table), stem
        read = pd.DataFrame(answer.rows, columns=table.columns)
        for name in table:
            wanted = table[name].astype(object).where(table[name].notna(), None)
            if pd.api.types.is_bool_dtype(table[name].dtype) and kind == "sqlite":
                wanted = [None if each is None else int(each) for each in wanted]
            if pd.api.types.is_float_dtype(table[name].dtype):
                got = [None if each is None else float(each) for each in read[name]]
            else:
                wanted = [None if each is None else str(each) for each in wanted]
                got = list(read[name])
            assert sorted(map(repr, got)) == sorted(map(repr, wanted)), (stem, name)
    regions = answers[queries["regions"]]
    if kind == "postgresql":
        assert regions.systems == {4490: "EPSG:4490"}
        drawn = read_boundaries(regions, "adcode").frame
        assert drawn.geometry.geom_equals(ground().set_index("code").geometry).all()
        assert drawn.crs == 4490
    other = study.folder / "other.toml"
    other.write_bytes(study.file.read_bytes().replace(b'title = "Small"', b'title = "Large"'))
    refused = call(capsys, "run", other, "--out", study.folder / "other")
    assert refused.code == 2 and "--replace" in refused.err and "Small" in refused.err
    assert not (study.folder / "other").exists()


def test_a_run_that_fails_in_the_database_keeps_the_old_results(
    postgres, study, capsys, monkeypatch
):
    old = "output = { figures = [], report = false }"
    new = f'output = {{ figures = [], report = false, database = "{postgres.url}" }}'
    study.change("study.toml", old, new)
    assert call(capsys, "run", study.file, "--quiet").code == 0
    folder = study.folder / "results"
    before, rows = snapshot(folder), postgres.sql("SELECT * FROM geo_resilience.scores")
    postgres.sql("CREATE VIEW public.best AS SELECT * FROM geo_resilience.scores")
    study.change("study.toml", "permutations = 99", "permutations = 199")
    told = call(capsys, "run", study.file, "--quiet")
    assert told.code == 2 and "depend" in told.err
    assert snapshot(folder) == before
    assert postgres.sql("SELECT * FROM geo_resilience.scores") == rows
    postgres.sql("DROP VIEW public.best")


def test_the_example_of_the_page_runs(study, capsys, monkeypatch):
    docs = Path(__file__).parents[2] / "docs"
    pages = [(docs / name).read_text("utf-8") for name in ("databases.md", "databases_zh.md")]
    code = [re.findall(r"```[a-z]+\n(.*?)```", each, flags=re.DOTALL) for each in pages]
    bare = [[re.sub(" +#.*", "", block) for block in blocks] for blocks in code]
    assert bare[0] == bare[1]
    text = pages[0]
    (program,) = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    blocks = re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)
    monkeypatch.chdir(study.folder)
    exec(program, {})
    (example,) = (block for block in blocks if block.startswith("[table]"))
    table, output = example.split("[output]")
    study.change(
        "study.toml", '[table]\nfile = "table.csv"\nregion = "region"\nyear = "year"\n', table
    )
    more = output.strip().replace("\n", ", ")
    study.change("study.toml", "report = false", f"report = false, {more}")
    told = call(capsys, "run", study.file, "--quiet")
    assert told.code == 0, told.err
    with sqlite3.connect(study.folder / "results.sqlite") as database:
        scores = "SELECT count(*) FROM geo_resilience_scores"
        assert database.execute(scores).fetchone() == (len(keys()) * 2,)
    for block in blocks:
        sections = tomllib.loads(block)
        asked = [sections.get("boundaries", {}), *sections.get("tables", [])]
        assert all(fault_of(each["url"]) == "" for each in asked if each)


SECRET = "S3cr3t-w0rd"


def searched(study, *told):
    """Find the secret in whatever was told or written."""
    places = [each.out + each.err for each in told]
    files = [path for path in study.folder.rglob("*") if path.is_file()]
    assert files
    for path in files:
        data = path.read_bytes()
        if SECRET.encode() in data and path.name != "study.toml":
            places.append(f"{path}: {SECRET}")
    return [each for each in places if SECRET in each]


def test_no_password_is_in_any_file_or_on_the_screen(postgres, study, request, capsys, monkeypatch):
    url = filled("postgresql", study, request)
    postgres.sql(
        f"DO $$ BEGIN CREATE ROLE planner LOGIN PASSWORD '{SECRET}';"
        " EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        "GRANT SELECT ON economy, towns TO planner",
        "GRANT CREATE ON DATABASE postgres TO planner",
    )
    mine = url.replace("postgres@", "planner@")
    monkeypatch.setenv("PGPASSWORD", SECRET)
    monkeypatch.setenv("GEO_DATABASE_URL", url.replace("postgres@", f"planner:{SECRET}@"))
    study.change("study.toml", 'file = "towns.geojson"', f'url = "{mine}"\ntable = "towns"')
    study.change(
        "study.toml",
        'file = "table.csv"',
        'url = "env:GEO_DATABASE_URL"\nquery = "SELECT * FROM economy"',
    )
    old = "output = { figures = [], report = false }"
    study.change("study.toml", old, f'output = {{ figures = [], database = "{mine}" }}')
    ran = call(capsys, "run", study.file, "--debug")
    checked = call(capsys, "check", study.file)
    assert ran.code == checked.code == 0, ran.err + checked.err
    assert (study.folder / "results" / "report.html").is_file()
    assert not searched(study, ran, checked)
    monkeypatch.setenv("PGPASSWORD", f"{SECRET}-wrong")
    failed = [call(capsys, "run", study.file, "--debug", "--out", study.folder / "no")]
    monkeypatch.setenv("PGPASSWORD", SECRET)
    for wrong in ("@no-such-host.invalid:1/x", "@127.0.0.1:1/x", "@127.0.0.1:x/x"):
        value = f"postgresql://planner:{SECRET}{wrong}"
        monkeypatch.setenv("GEO_DATABASE_URL", value)
        failed.append(call(capsys, "check", study.file))
    assert [each.code for each in failed] == [2] * 4
    assert "did not answer" in failed[1].err
    assert not searched(study, *failed)
    postgres.sql("DROP OWNED BY planner CASCADE", "DROP ROLE planner")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("", f'url = "postgresql://u:{SECRET}@h/d"\nquery = "SELECT 1"', "PGPASSWORD"),
        ("", f'url = "postgresql://h/d?password={SECRET}"\nquery = "SELECT 1"', "PGPASSWORD"),
        ("", f'file = "postgresql://u:{SECRET}@h/d"', "write it as url"),
        ("", f'url = "postgresql://u:{SECRET}@h/d', "line"),
        ("", f'urls = "postgresql://u:{SECRET}@h/d"', "url"),
        ("", f'url = ["postgresql://u:{SECRET}@h/d"]', "url"),
        ("", f'url = "mysql://u:{SECRET}@h/d"\nquery = "SELECT 1"', "PGPASSWORD"),
        ("", 'url = "figures.sqlite"\nquery = "SELECT 1"', "sqlite:///"),
        ("", 'url = "sqlite:///figures.sqlite"', "query is missing"),
        ("", 'url = "sqlite:///a"\nquery = "SELECT 1"\ntable = "a"', "exclude each other"),
        ("", 'file = "table.csv"\nurl = "sqlite:///a"\ntable = "a"', "exclude each other"),
        ("", 'url = "sqlite:///a"\ntable = "a"\nsheet = "S"', "exclude each other"),
        ("", 'file = "table.csv"\nquery = "SELECT 1"', "url"),
        ("", 'query = "SELECT 1"', "file is missing"),
    ],
)
def test_wrong_addresses_are_told_with_line_and_way_out(old, new, said, study, capsys):
    study.change("study.toml", 'file = "table.csv"', new)
    told = call(capsys, "check", study.file)
    assert told.code == 2
    assert said in told.err and "study.toml" in told.err, told.err
    assert SECRET not in told.err + told.out


def test_all_that_is_wrong_is_told_at_once(postgres, study, request, capsys):
    url = filled("postgresql", study, request)
    text = study.file.read_text(encoding="utf-8")
    table = text[text.index("[table]") : text.index("[framework]")]
    several = "".join(
        f'[[tables]]\nurl = "{place}"\ntable = "{name}"\nregion = "region"\nyear = "year"\n'
        for place, name in ((url, "econmy"), (url, "economy"), ("sqlite:///no.sqlite", "x"))
    )
    study.write("study.toml", text.replace(table, several))
    study.change("study.toml", 'file = "towns.geojson"', f'url = "{url}"\nquery = "SELECT nope"')
    study.change("framework.toml", 'direction = "-"', 'direction = "?"')
    told = call(capsys, "check", study.file)
    assert told.code == 2
    for part in (
        "study.toml [boundaries]",
        "nope",
        "[[tables]] 1",
        "econmy",
        "economy?",
        "[[tables]] 3",
        "no.sqlite",
        "direction",
    ):
        assert part in told.err, (part, told.err)
    assert "[[tables]] 2" not in told.err


def test_rows_that_do_not_fit_are_told_with_their_section(postgres, study, request, capsys):
    url = filled("postgresql", study, request)
    postgres.sql(
        "ALTER TABLE economy ALTER waste TYPE TEXT",
        "UPDATE economy SET waste = 'much' WHERE region = '110000' AND year = 2022",
        "UPDATE economy SET region = 'Atlantis' WHERE region = '120000' AND year = 2022",
    )
    query = "SELECT * FROM economy ORDER BY region, year"
    study.change("study.toml", 'file = "table.csv"', f'url = "{url}"\nquery = "{query}"')
    told = call(capsys, "check", study.file)
    assert told.code == 2
    assert "[table]" in told.err and "much" in told.err and "row 1," in told.err
    assert "row 62" in told.err and "Atlantis" in told.err, told.err


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT code, name FROM towns", "well-known binary"),
        ("SELECT code, geom, ST_Centroid(geom) AS middle FROM towns", "geom, middle"),
        ("SELECT code, ST_SetSRID(geom, 0) AS geom FROM towns", "coordinate reference system"),
        ("SELECT code, ST_Centroid(geom) AS geom FROM towns", "Point"),
        ("SELECT name, geom FROM towns", "code"),
        (
            "SELECT code, ST_SetSRID(geom, 4325 + least(code::int - 110000, 1)) FROM towns",
            "SRID 4325, 4326",
        ),
        ("SELECT code, geom FROM towns WHERE false", "no rows"),
    ],
)
def test_boundaries_that_will_not_do_are_told(query, said, postgres, study, request, capsys):
    url = filled("postgresql", study, request)
    study.change(
        "study.toml",
        'file = "towns.geojson"\nkey = "code"\nname = "name"\n',
        f'url = "{url}"\nquery = "{query}"\nkey = "code"\n',
    )
    told = call(capsys, "check", study.file)
    assert told.code == 2
    assert "[boundaries]" in told.err and said in told.err, told.err


def test_the_plan_shows_addresses_without_users(tmp_path):
    study = Study(tmp_path)
    study.change(
        "study.toml", 'file = "table.csv"', 'url = "sqlite:////data/a.sqlite"\ntable = "a"'
    )
    plan = read_plan(study.file)
    assert tomllib.loads(study.file.read_text(encoding="utf-8"))["table"]["table"] == "a"
    assert plan.echo()["tables"][0]["url"] == "sqlite:///a.sqlite"
    assert [each.name for each in plan.queries] == ["sqlite:///a.sqlite a"]
