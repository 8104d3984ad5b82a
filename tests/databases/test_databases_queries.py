"""What databases give: values as they stand, one look that only reads, errors in our own words."""

from __future__ import annotations

import hashlib
import importlib
import re
import socket
import sqlite3
import time
import tracemalloc
from contextlib import closing

import duckdb
import pandas as pd
import pytest

from geo_resilience.databases import Address, DatabaseQuery, _connections, _queries, ask
from geo_resilience.errors import Problems

pytestmark = pytest.mark.usefixtures("swept")

KINDS = ("postgresql", "sqlite", "duckdb")
COLUMNS = "code TEXT, year INTEGER, amount NUMERIC(12, 2), share DOUBLE PRECISION, day TEXT"
VALUES = "('07', 2020, 1234.50, 0.1, '2020-01-31'), ('08', 2021, NULL, 12, 'été 地区')"
ROWS = [
    ["07", "2020", "1234.5", "0.1", "2020-01-31"],
    ["08", "2021", None, "12", "été 地区"],
]


class Place:
    """A database of a kind, and a hand in it past our door."""

    def __init__(self, kind, url, sql):
        self.kind, self.url, self.sql = kind, url, sql


@pytest.fixture(params=KINDS)
def place(request, tmp_path):
    """A database with the table economy, of each kind."""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        found = Place("postgresql", server.url, server.sql)
    elif request.param == "sqlite":
        file = tmp_path / "figures 100%.sqlite"

        def by_sqlite(*statements):
            with sqlite3.connect(file) as connection:
                rows = [connection.execute(each).fetchall() for each in statements]
            connection.close()
            return rows[-1]

        found = Place("sqlite", "sqlite:///figures 100%25.sqlite", by_sqlite)
    else:
        file = tmp_path / "figures.duckdb"

        def by_duckdb(*statements):
            with duckdb.connect(file) as connection:
                rows = [connection.execute(each).fetchall() for each in statements]
            return rows[-1]

        found = Place("duckdb", "duckdb:///figures.duckdb", by_duckdb)
    found.folder = tmp_path
    found.sql(f"CREATE TABLE economy ({COLUMNS})", f"INSERT INTO economy VALUES {VALUES}")
    return found


def asked(place, *queries, **rest):
    """Ask queries, or for tables that begin with a dot, and give answers and problems."""
    address, problems = Address(place.url, place.folder), Problems()
    made = [
        DatabaseQuery(address, f"[[tables]] {number}", table=each[1:])
        if each.startswith(".")
        else DatabaseQuery(address, f"[[tables]] {number}", each)
        for number, each in enumerate(queries, start=1)
    ]
    answers = ask(made, problems)
    return [answers.get(each) for each in made], [str(each) for each in problems]


def test_values_come_as_they_stand(place, caplog, capfd):
    (table, query), problems = asked(place, ".economy", "SELECT * FROM economy ORDER BY code;")
    assert not problems
    assert list(table.names) == ["code", "year", "amount", "share", "day"]
    assert sorted(table.rows) == ROWS and query.rows == ROWS
    raw = query.table()
    assert raw.frame.loc[2].to_list() == ["08", "2021", "", "12", "été 地区"]
    assert not caplog.records and capfd.readouterr() == ("", "")
    assert raw.file.startswith("[[tables]] 2 (") and raw.frame.index.to_list() == [1, 2]


def test_the_hash_is_of_the_rows_as_documented_whatever_their_order(place):
    up, down = (f"SELECT code, amount FROM economy ORDER BY code {way}" for way in ("", "DESC"))
    (one, other, less), _ = asked(place, up, down, "SELECT code, amount FROM economy LIMIT 1")
    by_hand = '["code","amount"]\n["07","1234.5"]\n["08",null]\n'
    assert one.sha256 == other.sha256 == hashlib.sha256(by_hand.encode()).hexdigest()
    assert less.sha256 != one.sha256


@pytest.mark.parametrize(
    "query",
    [
        "DROP TABLE economy",
        "DELETE FROM economy",
        "INSERT INTO economy (code) VALUES ('09') RETURNING code",
        "SELECT 1 AS a; DROP TABLE economy",
        "COMMIT; DROP TABLE economy",
        "SELECT 1) q; COMMIT; DROP TABLE economy; SELECT (1",
        "CREATE TABLE other AS SELECT 1 AS a",
        "BEGIN",
        "ROLLBACK",
        " ",
    ],
)
def test_nothing_is_changed_by_a_query(place, query):
    (answer, after), problems = asked(place, query, "SELECT count(*) AS n FROM economy")
    assert answer is None and len(problems) == 1
    assert problems[0].startswith("[[tables]] 1 (")
    assert after.rows == [["2"]]
    assert place.sql("SELECT count(*) FROM economy")[0][0] == 2


def test_a_server_changes_nothing_by_any_other_way(postgres, tmp_path):
    postgres.sql("CREATE TABLE kept AS SELECT 1 AS a", "CREATE SEQUENCE counted")
    place = Place("postgresql", postgres.url, postgres.sql)
    place.folder = tmp_path
    out = postgres.folder / "written"
    answers, problems = asked(
        place,
        "WITH gone AS (DELETE FROM kept RETURNING a) SELECT * FROM gone",
        "SELECT set_config('transaction_read_only', 'off', false)",
        "SET TRANSACTION READ WRITE",
        f"COPY (SELECT 1) TO '{out}'",
        "SELECT nextval('counted')",
        "DO $$ BEGIN DELETE FROM kept; END $$",
    )
    assert answers == [None] * 6 and len(problems) == 6
    asked(place, "SELECT lo_from_bytea(0, 'x')")  # let through by PostgreSQL 15, then rolled back
    assert postgres.sql("SELECT count(*) FROM pg_largeobject_metadata")[0][0] == 0
    assert not out.exists() and postgres.sql("SELECT a FROM kept")[0][0] == 1


def test_a_file_is_read_alone(tmp_path):
    (tmp_path / "other.csv").write_text("a\n1\n")
    for url, maker, queries in (
        (
            "sqlite:///a.sqlite",
            lambda: sqlite3.connect(tmp_path / "a.sqlite").execute("CREATE TABLE t (a)"),
            [f"ATTACH '{tmp_path}/new.sqlite' AS new", "PRAGMA user_version = 3"],
        ),
        (
            "duckdb:///a.duckdb",
            lambda: duckdb.connect(tmp_path / "a.duckdb").execute("CREATE TABLE t (a INT)").close(),
            [
                f"SELECT * FROM '{tmp_path}/other.csv'",
                f"ATTACH '{tmp_path}/new.duckdb'",
                f"COPY (SELECT 1) TO '{tmp_path}/new.csv'",
                "SET enable_external_access = true",
                "INSTALL httpfs",
            ],
        ),
    ):
        maker()
        place = Place("", url, None)
        place.folder = tmp_path
        answers, problems = asked(place, *queries)
        assert answers == [None] * len(queries) and len(problems) == len(queries)
    assert not [each for each in tmp_path.iterdir() if each.name.startswith("new")]


def test_wrong_names_are_told_together_with_the_nearest(place):
    answers, problems = asked(place, ".economi", "SELECT nope FROM economy", ".economy")
    assert [each is None for each in answers] == [True, True, False]
    assert len(problems) == 2 and "economy" in problems[0] and "nope" in problems[1]


def test_too_many_rows_are_refused_in_bounded_memory(place, monkeypatch):
    monkeypatch.setattr(_queries, "MOST_CELLS", 6)
    (answer,), problems = asked(place, "SELECT * FROM economy")
    assert answer is None and "2 rows" in problems[0]
    monkeypatch.setattr(_queries, "MOST_CELLS", 10)
    monkeypatch.setattr(_queries, "MOST_BYTES", 10)
    assert "more than are read" in asked(place, "SELECT * FROM economy")[1][0]


def test_large_cells_are_refused_one_by_one(tmp_path):
    """A view of 40 MB a cell: not a hundred of them are held at once."""
    with sqlite3.connect(tmp_path / "a.sqlite") as link:
        ten = "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n LIMIT 50)"
        link.execute(f"CREATE VIEW wide AS {ten} SELECT a, hex(zeroblob(20000000)) AS t FROM n")
        link.execute("CREATE VIEW vast AS SELECT zeroblob(200000000) AS t")
    link.close()
    place = Place("sqlite", "sqlite:///a.sqlite", None)
    place.folder = tmp_path
    tracemalloc.start()
    answers, problems = asked(place, ".wide", ".vast")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answers == [None, None] and most < 600e6
    assert "more than are read" in problems[0] and "too big" in problems[1]


def test_a_database_whose_writer_was_killed_says_how_to_restore_it(tmp_path):
    file = tmp_path / "a.sqlite"
    with closing(sqlite3.connect(file, isolation_level=None)) as link:
        link.execute("PRAGMA cache_size = 5")
        link.execute("CREATE TABLE t (a TEXT)")
        link.execute("INSERT INTO t VALUES ('old')")
        link.execute("BEGIN")
        link.executemany("INSERT INTO t VALUES (?)", [("x" * 900,) for _ in range(2_000)])
        left = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    for name, content in left.items():
        (tmp_path / name).write_bytes(content)  # as a kill would leave it
    place = Place("sqlite", "sqlite:///a.sqlite", None)
    place.folder = tmp_path
    (answer,), problems = asked(place, ".t")
    assert answer is None and "interrupted" in problems[0] and file.read_bytes() == left["a.sqlite"]
    with closing(sqlite3.connect(file)) as link:
        assert link.execute("SELECT a FROM t").fetchall() == [("old",)]
    assert asked(place, ".t")[0][0].rows == [["old"]]


ENDLESS = {
    "postgresql": "SELECT pg_sleep(60)",
    "sqlite": "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a FROM n) SELECT sum(a) FROM n",
    "duckdb": "SELECT count(*) FROM range(10000000) a, range(10000000) b",
}


def test_a_query_without_end_is_stopped(place, monkeypatch):
    monkeypatch.setattr(_connections, "ASKING", 0.5)
    monkeypatch.setattr(_queries, "ASKING", 0.5)
    begun = time.monotonic()
    (answer,), problems = asked(place, ENDLESS[place.kind])
    assert answer is None and "took longer" in problems[0]
    assert time.monotonic() - begun < 10


def test_blank_columns_doubled_headings_and_no_rows(place):
    twice = "SELECT code, code FROM economy"
    (doubled, nothing), problems = asked(place, twice, "SELECT * FROM economy WHERE 1 = 0")
    assert not problems
    with pytest.raises(ValueError, match="no rows"):
        nothing.table()
    if doubled.names == ("code", "code"):  # DuckDB tells them apart
        with pytest.raises(ValueError, match="code"):
            doubled.table()


def test_a_host_that_never_answers_is_told_in_time(monkeypatch, tmp_path):
    for name in ("sqlalchemy", "pg8000"):  # what is loaded first takes its time
        importlib.import_module(name)
    monkeypatch.setattr(_connections, "CONNECTING", 0.5)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        place = Place("", f"postgresql://planner@127.0.0.1:{port}/figures", None)
        place.folder = tmp_path
        begun = time.monotonic()
        _, problems = asked(place, "SELECT 1")
    assert "did not answer" in problems[0] and time.monotonic() - begun < 5


def test_everything_asked_of_a_server_stands_at_one_moment(postgres, tmp_path, monkeypatch):
    postgres.sql("CREATE TABLE moving AS SELECT 1 AS a")
    place = Place("postgresql", postgres.url, postgres.sql)
    place.folder = tmp_path
    whole = _queries._answered

    def changed_meanwhile(link, query):
        found = whole(link, query)
        postgres.sql("UPDATE moving SET a = a + 1")
        return found

    monkeypatch.setattr(_queries, "_answered", changed_meanwhile)
    (first, second), _ = asked(place, "SELECT a FROM moving", "SELECT a AS b FROM moving")
    assert first.rows == second.rows == [["1"]]
    assert postgres.sql("SELECT a FROM moving")[0][0] == 3


def test_a_table_is_found_by_its_name_alone_in_whatever_schema(postgres, tmp_path):
    postgres.sql('CREATE SCHEMA "Stat A"', 'CREATE TABLE "Stat A"."Economy 1" AS SELECT 1 AS a')
    place = Place("postgresql", postgres.url, postgres.sql)
    place.folder = tmp_path
    answers, problems = asked(place, ".Economy 1", ".Stat A.Economy 1", ".economy 1")
    assert [each and each.rows for each in answers] == [[["1"]], [["1"]], None]
    assert "Stat A.Economy 1" in problems[0]
    postgres.sql('CREATE TABLE public."Economy 1" AS SELECT 2 AS a')
    (answer,), _ = asked(place, ".Economy 1")
    assert answer.rows == [["2"]]


def test_rows_of_any_width_come_whole_and_in_order(postgres, tmp_path, monkeypatch):
    monkeypatch.setattr(_queries, "_LETTERS", 5_000)
    fetched = []
    whole = _connections.Connection.run

    def counted(link, statement, values=()):
        fetched.extend(re.findall(r"^FETCH (\d+)", statement))
        whole(link, statement, values)

    monkeypatch.setattr(_connections.Connection, "run", counted)
    place = Place("postgresql", postgres.url, postgres.sql)
    place.folder = tmp_path
    wide = "SELECT i, repeat('x', i) AS t FROM generate_series(1, 1000) AS i"
    (answer,), _ = asked(place, wide)
    assert [int(row[0]) for row in answer.rows] == list(range(1, 1001))
    assert [len(row[1]) for row in answer.rows] == list(range(1, 1001))
    assert int(fetched[0]) == 1 and 20 < max(map(int, fetched)) <= 128 and int(fetched[-1]) < 10


def test_a_missing_driver_and_file_are_told(tmp_path, monkeypatch):
    found = _connections.importlib.util.find_spec
    monkeypatch.setattr(
        _connections.importlib.util,
        "find_spec",
        lambda name: None if name in ("sqlalchemy", "psycopg") else found(name),
    )
    place = Place("", "postgresql+psycopg://h/d", None)
    place.folder = tmp_path
    assert "needs sqlalchemy and psycopg" in asked(place, "SELECT 1")[1][0].replace(", ", " and ")
    monkeypatch.undo()
    (tmp_path / "figures.sqlite").write_text("no database, but text that is long enough " * 30)
    place.url = "sqlite:///figure.sqlite"
    assert "Did you mean figures.sqlite?" in asked(place, "SELECT 1")[1][0]
    assert not (tmp_path / "figure.sqlite").exists()
    for url in ("sqlite:///figures.sqlite", "duckdb:///figures.sqlite"):
        place.url = url
        assert "cannot be opened" in asked(place, "SELECT 1")[1][0]


def test_numbers_of_any_size_and_kind_of_a_server(postgres, tmp_path):
    place = Place("postgresql", postgres.url, postgres.sql)
    place.folder = tmp_path
    written = {
        "1e400::numeric": "1" + "0" * 400,
        "'NaN'::numeric": None,
        "'NaN'::float8": None,
        "'Infinity'::float8": "inf",
        "0.1::real": "0.1",
        "1e15::float8": "1000000000000000",
        "9007199254740993::bigint": "9007199254740993",
        "100.00::numeric": "100",
        "date '2020-02-29'": "2020-02-29",
        "'\\xff00'::bytea": "ff00",
        "true": "True",
    }
    query = "SELECT " + ", ".join(f"{each} AS c{i}" for i, each in enumerate(written))
    (answer,), problems = asked(place, query)
    assert not problems and answer.rows == [list(written.values())]


def test_the_table_is_read_as_a_file_of_the_same_rows(place, tmp_path):
    from geo_resilience.tables._reading import read_raw

    (answer,), _ = asked(place, "SELECT * FROM economy ORDER BY code")
    lines = ["code,year,amount,share,day", *(",".join(c or "" for c in row) for row in ROWS)]
    (tmp_path / "same.csv").write_text("\n".join(lines), encoding="utf-8")
    same = read_raw(tmp_path / "same.csv").frame
    pd.testing.assert_frame_equal(
        answer.table().frame.reset_index(drop=True), same.reset_index(drop=True)
    )
    assert not re.search("planner|password", answer.query.name)
