"""Results in a schema of their own: what goes in comes out, whole or not at all, ours alone."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sqlite3
import time
from contextlib import closing

import duckdb
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_resilience.databases import (
    Address,
    DatabaseQuery,
    Stored,
    Target,
    _connections,
    _schemas,
    ask,
    settle_schema,
    write_schema,
)
from geo_resilience.errors import InputError, OutputError, Problems

pytestmark = pytest.mark.usefixtures("swept")

KINDS = ("postgresql", "sqlite", "duckdb")
SQUARE = shapely.to_wkb(shapely.MultiPolygon([shapely.box(100, 20, 101, 21)]))
FRAME = pd.DataFrame(
    {
        "adcode": pd.array(["07", "08", "09"], dtype="str"),
        "year": np.array([2020, 2021, 2022]),
        "n": pd.array([1, None, 2**53 + 1], dtype="Int64"),
        '值 %s "it\'s"': [0.1, np.nan, np.inf],
        "known": pd.array([True, None, False], dtype="boolean"),
        "grade": pd.Categorical(["Low", None, "High"], ["Low", "High"], ordered=True),
        "note": pd.array(["", "a,\n'\"\\:%", "地区"], dtype="str"),
        "Year": [1e-300, -0.0, 123456.789012],
    }
)


@pytest.fixture(params=KINDS)
def target(request, tmp_path):
    """A schema of each kind of database, where nothing is yet."""
    url = f"{request.param}:///results.{request.param}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").url
    return Target(Address(url, tmp_path), "geo_test", "[output]", ("study.toml", "A"))


def sql(target, *statements):
    """Carry out statements past our door, and give the rows of the last."""
    if target.address.kind == "postgresql":
        import pg8000.dbapi

        host, _, rest = target.address.text.partition("@")[2].partition(":")
        port = int(rest.partition("/")[0])
        connection = pg8000.dbapi.connect(
            "postgres", host, port=port, password=os.environ["PGPASSWORD"], ssl_context=False
        )
        connection.autocommit = True
    else:
        module = {"sqlite": sqlite3, "duckdb": duckdb}[target.address.kind]
        connection = module.connect(target.address.file)
    cursor = connection.cursor()
    for each in statements:
        cursor.execute(each)
    rows = cursor.fetchall() if cursor.description else []
    if target.address.kind == "sqlite":
        connection.commit()
    connection.close()
    return [tuple(row) for row in rows]


def named(target, table):
    """Name a table of the schema in statements."""
    return f"geo_test_{table}" if target.address.kind == "sqlite" else f"geo_test.{table}"


def stored(name="scores", frame=FRAME):
    told = {"adcode": "Key of the region: it's text.", "grade": "Grade %."}
    return Stored(name, frame, "Scores; one row a region.", told)


def test_what_goes_in_comes_out(target):
    settle_schema(target)
    write_schema(target, [stored(), stored("empty", FRAME.iloc[:0])])
    (rows, none) = (sql(target, f"SELECT * FROM {named(target, t)}") for t in ("scores", "empty"))
    assert none == []
    asked = DatabaseQuery(target.address, "", table=named(target, "scores"))
    (answer,) = ask([asked], Problems()).values()
    assert answer.names == (*FRAME.columns[:-1], "Year_2")  # capitals alone tell no columns apart
    wanted = FRAME.astype(object).where(FRAME.notna(), None).itertuples(index=False, name=None)
    wanted = list(wanted)
    got = [tuple(row) for row in sorted(rows)]
    if target.address.kind == "sqlite":  # keeps truths as 0 and 1
        got = [(*row[:4], None if row[4] is None else bool(row[4]), *row[5:]) for row in got]
    assert got == wanted
    assert all(
        type(a) is type(b)
        for row, want in zip(got, wanted, strict=True)
        for a, b in zip(row, want, strict=True)
    )


def test_large_tables_go_in_parts(target, monkeypatch):
    monkeypatch.setattr(_schemas, "_SENT", 7)
    frame = pd.DataFrame({"year": np.arange(100), "value": np.arange(100) / 7})
    write_schema(target, [stored("long", frame)])
    rows = sorted(sql(target, f"SELECT * FROM {named(target, 'long')}"))
    assert rows == list(zip(frame["year"], frame["value"], strict=True))


def test_comments_and_types_stand_in_the_database(target):
    write_schema(target, [stored()])
    if target.address.kind == "postgresql":
        found = sql(
            target,
            "SELECT a.attname, format_type(a.atttypid, a.atttypmod),"
            " col_description(a.attrelid, a.attnum) FROM pg_attribute a"
            " WHERE a.attrelid = 'geo_test.scores'::regclass AND a.attnum > 0",
        )
        assert found[0] == ("adcode", "text", "Key of the region: it's text.")
        kinds = [kind for _, kind, _ in found]
        assert kinds[1:6] == ["bigint", "bigint", "double precision", "boolean", "text"]
        (told,) = sql(target, "SELECT obj_description('geo_test.scores'::regclass)")
        assert told == ("Scores; one row a region.",)
    elif target.address.kind == "duckdb":
        found = sql(
            target,
            "SELECT column_name, data_type, comment FROM duckdb_columns()"
            " WHERE table_name = 'scores' ORDER BY column_index",
        )
        assert found[0] == ("adcode", "VARCHAR", "Key of the region: it's text.")
        assert [kind for _, kind, _ in found][1:5] == ["BIGINT", "BIGINT", "DOUBLE", "BOOLEAN"]


def test_a_run_replaces_its_own_tables_and_no_others(target):
    write_schema(target, [stored(), stored("old")])
    sql(target, f"CREATE TABLE {named(target, 'mine')} (a INT)")
    write_schema(target, [stored("scores", FRAME.iloc[:1]), stored("new")])
    assert len(sql(target, f"SELECT * FROM {named(target, 'scores')}")) == 1
    assert sql(target, f"SELECT * FROM {named(target, 'mine')}") == []
    with pytest.raises(Exception, match="old"):
        sql(target, f"SELECT * FROM {named(target, 'old')}")
    with pytest.raises(OutputError, match="mine"):
        write_schema(target, [stored("mine")])
    assert len(sql(target, f"SELECT * FROM {named(target, 'new')}")) == 3


def test_a_schema_that_is_not_ours_is_refused(target):
    if target.address.kind != "sqlite":
        sql(target, "CREATE SCHEMA geo_test")
        settle_schema(target)  # empty: as one that an administrator has made for us
    sql(target, f"CREATE TABLE {named(target, 'theirs')} (a INT)")
    for call in (settle_schema, lambda target: write_schema(target, [stored()])):
        with pytest.raises(OutputError, match="theirs"):
            call(target)
    assert sql(target, f"SELECT * FROM {named(target, 'theirs')}") == []


def test_another_study_needs_to_be_told_to_replace(target):
    write_schema(target, [stored()])
    other = Target(target.address, "geo_test", "[output]", ("study.toml", "B"))
    with pytest.raises(OutputError, match=r"study\.toml / A"):
        settle_schema(other)
    write_schema(Target(**{**vars(other), "replace": True}), [stored()])
    with pytest.raises(OutputError, match=r"study\.toml / B"):
        settle_schema(target)


def test_a_failing_write_leaves_the_old_tables_whole(target, monkeypatch):
    write_schema(target, [stored()])
    before = sql(target, f"SELECT * FROM {named(target, 'scores')}")
    filled = dict(_schemas._FILLED)

    def failing(link, place, *rest):
        if "second" in place:
            raise KeyboardInterrupt
        filled[link.kind](link, place, *rest)

    monkeypatch.setattr(_schemas, "_FILLED", dict.fromkeys(KINDS, failing))
    with pytest.raises(KeyboardInterrupt):
        write_schema(target, [stored("scores", FRAME.iloc[:1]), stored("second")])
    assert sql(target, f"SELECT * FROM {named(target, 'scores')}") == before


def test_what_ended_a_transaction_is_told_and_not_that_it_had_ended(target, monkeypatch):
    def full(link, target, tables):
        link.run("ROLLBACK")
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(_schemas, "_replace", full)
    with pytest.raises(InputError, match="disk is full"):
        write_schema(target, [stored()])


def _stuck(target):
    """Write, and stand still in the middle; another process ends this one."""

    def waiting(link, place, *rest):
        if "second" in place:
            (target.address.folder / "waiting").touch()
            signal.pause()

    _schemas._FILLED = dict.fromkeys(KINDS, waiting)
    write_schema(target, [stored("scores", FRAME.iloc[:1]), stored("second")])


def test_a_killed_write_leaves_the_old_tables_whole(target):
    write_schema(target, [stored()])
    before = sql(target, f"SELECT * FROM {named(target, 'scores')}")
    process = multiprocessing.get_context("fork").Process(target=_stuck, args=(target,))
    process.start()
    while not (target.address.folder / "waiting").exists():
        assert process.is_alive(), "it ended before it stood still"
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert sql(target, f"SELECT * FROM {named(target, 'scores')}") == before
    write_schema(target, [stored("scores", FRAME.iloc[:2])])
    assert len(sql(target, f"SELECT * FROM {named(target, 'scores')}")) == 2


def test_shapes_are_those_of_postgis_or_well_known_binary(target):
    frame = pd.DataFrame({"adcode": ["07", "08"], "geometry": [SQUARE, SQUARE]})
    given = Stored("regions", frame, "", {}, "adcode", "geometry", 4326)
    write_schema(target, [given])
    if target.address.kind == "postgresql":
        asked = "SELECT ST_Area(geometry), ST_SRID(geometry), GeometryType(geometry)"
        assert sql(target, f"{asked} FROM geo_test.regions")[0] == (1.0, 4326, "MULTIPOLYGON")
        known = sql(
            target, "SELECT type, srid FROM geometry_columns WHERE f_table_schema = 'geo_test'"
        )
        assert known == [("MULTIPOLYGON", 4326)]
    else:
        assert sql(target, f"SELECT geometry FROM {named(target, 'regions')}")[0] == (SQUARE,)
    with pytest.raises(InputError):  # the key names a row
        write_schema(target, [Stored("regions", frame.assign(adcode="07"), "", {}, "adcode")])
    assert len(sql(target, f"SELECT adcode FROM {named(target, 'regions')}")) == 2


def test_without_postgis_shapes_are_bytes(postgres, tmp_path):
    postgres.sql("CREATE DATABASE plain")
    try:
        target = Target(Address(postgres.url[:-8] + "plain", tmp_path), "geo_test", "", ("", ""))
        frame = pd.DataFrame({"adcode": ["07"], "geometry": [SQUARE]})
        write_schema(target, [Stored("regions", frame, "", {}, "adcode", "geometry", 4326)])
        query = DatabaseQuery(target.address, "", "SELECT geometry FROM geo_test.regions")
        (answer,) = ask([query], Problems()).values()
        assert bytes.fromhex(answer.rows[0][0]) == SQUARE
    finally:
        postgres.sql("DROP DATABASE plain WITH (FORCE)")


def test_views_on_the_results_are_told_and_kept(postgres, tmp_path):
    target = Target(Address(postgres.url, tmp_path), "geo_test", "[output]", ("s", "A"))
    write_schema(target, [stored()])
    postgres.sql("CREATE SCHEMA own", "CREATE VIEW own.best AS SELECT * FROM geo_test.scores")
    with pytest.raises(InputError, match="depend"):
        write_schema(target, [stored()])
    assert len(postgres.sql("SELECT * FROM own.best")) == 3


def test_tables_in_use_are_told(postgres, tmp_path, monkeypatch):
    """Others read the old results in a transaction of theirs, and do not come to an end."""
    monkeypatch.setattr(_schemas, "_WAITING", 1)
    monkeypatch.setattr(_connections, "CONNECTING", 0.5)
    server = Target(Address(postgres.url), "geo_test", "[output]", ("s", "A"))
    file = Target(Address("sqlite:///a.sqlite", tmp_path), "geo_test", "[output]", ("s", "A"))
    for target in (server, file):
        write_schema(target, [stored()])
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as reader:
        reader.execute("BEGIN IMMEDIATE")
        with pytest.raises(InputError, match="others are using"):
            write_schema(file, [stored()])
    import pg8000.dbapi

    place = {"host": "127.0.0.1", "port": postgres.port, "password": postgres.password}
    with closing(pg8000.dbapi.connect("postgres", **place, ssl_context=False)) as reader:
        reader.cursor().execute("SELECT * FROM geo_test.scores")
        with pytest.raises(InputError, match="others are using"):
            write_schema(server, [stored()])
    write_schema(server, [stored()])
    write_schema(file, [stored()])


def test_long_names_and_names_that_differ_in_capitals_fit():
    names = ["地区" * 20, "地区" * 20 + "x", "a", "A", "a_2"]
    fitting = list(_schemas._fitting(names))
    assert len({each.casefold() for each in fitting}) == 5
    assert all(len(each.encode()) <= 63 for each in fitting)


def test_the_mark_lists_what_is_ours(target):
    write_schema(target, [stored()])
    ((maker, file, title, tables),) = sql(target, f"SELECT * FROM {named(target, _schemas.MARK)}")
    assert (maker, file, title) == ("geo_resilience", "study.toml", "A")
    assert json.loads(tables) == ["scores", _schemas.MARK]


def test_rights_on_a_schema_are_enough_and_lacking_ones_are_told_before_the_run(
    postgres, monkeypatch
):
    postgres.sql("DROP ROLE IF EXISTS planner", "CREATE ROLE planner LOGIN PASSWORD 'of-a-test'")
    monkeypatch.setenv("PGPASSWORD", "of-a-test")
    url = postgres.url.replace("postgres@", "planner@")
    mine = Target(Address(url, postgres.folder), "geo_test", "[output]", ("study.toml", "A"))
    with pytest.raises(OutputError, match="CREATE SCHEMA geo_test"):
        settle_schema(mine)
    postgres.sql("CREATE SCHEMA geo_test")
    with pytest.raises(OutputError, match="GRANT CREATE ON SCHEMA geo_test"):
        settle_schema(mine)
    postgres.sql("GRANT CREATE, USAGE ON SCHEMA geo_test TO planner")
    settle_schema(mine)
    for _ in range(2):
        write_schema(mine, [Stored("scores", FRAME)])
    assert postgres.sql("SELECT count(*) FROM geo_test.scores") in ([[3]], [(3,)])
    postgres.sql("DROP SCHEMA geo_test CASCADE", "DROP ROLE planner")
