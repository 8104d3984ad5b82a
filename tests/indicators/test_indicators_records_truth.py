"""The same table from the same records, by DuckDB, SedonaDB and geopandas."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest

REFERENCE = Path(__file__).parents[1] / "reference"
BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
if not BENCHMARKS.is_dir():
    pytest.skip("only a checkout has benchmarks", allow_module_level=True)


@pytest.fixture(scope="module")
def programs():
    """The ways to count of benchmarks/tally.py."""
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import tally
    finally:
        sys.path.remove(str(BENCHMARKS))
    return tally


def test_counts_are_those_that_duckdb_and_sedona_gave(programs):
    found = programs.by_tally(REFERENCE / "records.csv", programs.provinces())
    expected = pd.read_csv(REFERENCE / "records_counts.csv", dtype={"adcode": "str"})
    pd.testing.assert_frame_equal(programs.sorted_counts(found), expected, rtol=1e-12)


@pytest.mark.parametrize("small", [False, True], ids=["provinces", "cells"])
@pytest.mark.parametrize(
    ("name", "needs"),
    [
        ("geopandas", ()),
        ("DuckDB", ("duckdb_extensions", "duckdb_extension_spatial")),
        ("SedonaDB", ("sedonadb",)),
    ],
)
def test_another_program_gives_the_same_table(programs, tmp_path, name, needs, small):
    for module in needs:
        pytest.importorskip(module)
    file = programs.write_records(tmp_path / "records.parquet", 4_000)
    regions = programs.cells(500) if small else programs.provinces()
    found = programs.sorted_counts(programs.by_tally(file, regions))
    other = programs.sorted_counts(programs.OTHERS[name](file, regions))
    pd.testing.assert_frame_equal(found, other, rtol=1e-12)
    assert len(found) > 150
