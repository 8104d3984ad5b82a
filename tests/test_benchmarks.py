"""Benchmarks have one form, and the page on performance shows what they wrote."""

import ast
import csv
import platform
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BENCHMARKS, DOCS = ROOT / "benchmarks", ROOT / "docs"
if not BENCHMARKS.is_dir():
    pytest.skip("only a checkout has benchmarks", allow_module_level=True)
sys.path.insert(0, str(BENCHMARKS))

import performance  # noqa: E402
from _table import COLUMNS, Row, timed, write  # noqa: E402


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_benchmark_with_rows_is_measured():
    having = {
        path.stem
        for path in BENCHMARKS.glob("[!_]*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name == "rows"
    }
    assert having == set(performance.NAMES) and len(performance.NAMES) == len(having)


def test_a_row_says_how_many_times_as_long_the_peer_takes(tmp_path):
    rows = [Row("sorted", 10, "numbers", 0.0123456, "a loop", 2.0), Row("read", 1, "file", 4321.0)]
    write([row.cells() for row in rows], tmp_path / "rows.csv")
    first, second = read(tmp_path / "rows.csv")
    assert list(first) == COLUMNS
    assert (first["seconds"], first["peer_seconds"], first["ratio"]) == ("0.0123", "2", "162")
    assert (second["seconds"], second["peer"], second["ratio"]) == ("4320", "", "")


def test_the_shortest_time_is_kept_with_the_last_result():
    ticks = iter([0.0, 5.0, 10.0, 12.0, 20.0, 29.0])
    results = iter("abc")
    assert timed(lambda: next(results), 3, lambda: next(ticks)) == (2.0, "c")


def test_the_page_tells_no_name_of_a_machine_and_no_path():
    told = (DOCS / "performance_machine.csv").read_text(encoding="utf-8")
    assert platform.node() not in told and str(Path.home()) not in told
    found = {row["what"]: row["found"] for row in read(DOCS / "performance_machine.csv")}
    assert {"processor", "cores", "memory", "load at the start", "date", "Python"} <= set(found)


def test_rows_of_the_page_have_the_form():
    rows = read(DOCS / "performance.csv")
    assert list(rows[0]) == COLUMNS
    for row in rows:
        assert float(row["seconds"]) > 0 and int(row["size"]) > 0
        assert bool(row["peer"]) == bool(row["peer_seconds"]) == bool(row["ratio"])
