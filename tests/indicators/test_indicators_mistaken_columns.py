"""One cause, one line: a wrong column is told once, with the one that was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo_resilience.errors import InputError
from geo_resilience.indicators._joining import join_tables
from geo_resilience.indicators._sources import TableSource
from geo_resilience.regions import read_boundaries

REGIONS = read_boundaries()


def refused(folder: Path, heads: str, row, *, needed=("x",), **named) -> list[str]:
    lines = [heads, *(row(place, key) for place, key in enumerate(REGIONS.keys))]
    (folder / "t.csv").write_text("\n".join(lines), encoding="utf-8")
    source = TableSource(folder / "t.csv", **named)
    with pytest.raises(InputError) as caught:
        join_tables([source], REGIONS, needed_columns=set(needed))
    assert len(caught.value.lines("zh")) == len(caught.value.lines("en"))
    return caught.value.lines("en")


def test_a_column_without_regions_is_told_once(tmp_path):
    said = refused(
        tmp_path,
        "code,year,pop,x",
        lambda place, key: f"{key},2020,{1000 + place},1",
        region="pop",
        year="year",
    )
    assert said == [
        "t.csv: nothing in the column “pop” is a region (rows 2, 3, 4: 1000, 1001, 1002). "
        "Did you mean the column code?"
    ]


def test_a_column_without_years_is_told_once(tmp_path):
    said = refused(
        tmp_path,
        "code,year,jobs,x",
        lambda place, key: f"{key},2020,{50 + place},1",
        region="code",
        year="jobs",
    )
    assert said == [
        "t.csv: nothing in the column “jobs” is a year (rows 2, 3, 4: 50, 51, 52); years are "
        "written like 2018. Did you mean the column year?"
    ]


def test_columns_of_another_framework_are_told_once(tmp_path):
    said = refused(
        tmp_path,
        "code,year,x",
        lambda place, key: f"{key},2020,{place}",
        region="code",
        year="year",
        needed=[f"quantity_{letter}" for letter in "abcdefgh"],
    )
    assert len(said) == 1
    assert "quantity_a, quantity_b" in said[0] and "The tables have code, x, year" in said[0]


def test_two_tables_that_differ_everywhere_are_told_once(tmp_path):
    files = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for add, file in enumerate(files):
        rows = [f"{key},{place + add}" for place, key in enumerate(REGIONS.keys)]
        file.write_text("\n".join(["code,2020", *rows]), encoding="utf-8")
    sources = [TableSource(file, layout="wide", region="code", indicator="x") for file in files]
    with pytest.raises(InputError) as caught:
        join_tables(sources, REGIONS, needed_columns={"x"})
    (said,) = caught.value.lines("en")
    assert "differ in 31 cells; the first is Beijing (110000) in 2020" in said


def test_a_table_that_stands_with_its_axes_exchanged_is_told_once(tmp_path):
    lines = ["what," + ",".join(REGIONS.keys), *(f"{name},{'1,' * 30}1" for name in ("x", "z"))]
    (tmp_path / "t.csv").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        join_tables([TableSource(tmp_path / "t.csv", region="what")], REGIONS, needed_columns={"x"})
    said = caught.value.lines("en")
    assert said[0].startswith("t.csv: nothing in the column “what” is a region (rows 2, 3: x, z).")
    assert "exchange rows and columns" in said[0]
