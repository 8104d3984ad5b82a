"""What the text of a cell, a heading or a name says, worked out by hand."""

import math
import tomllib

import pandas as pd
import pytest

from geo_resilience.indicators._framework import sign_of
from geo_resilience.indicators._normalization import bounded_target, bounded_zscore
from geo_resilience.indicators._trace import say_cells
from geo_resilience.regions._provinces import provinces_spelled
from geo_resilience.regions._spelling import as_text, spelled
from geo_resilience.tables._cells import find_column, read_number, read_year, seen
from geo_resilience.tables._notation import tables
from geo_resilience.tables._toml import decode_toml, place_of


def test_a_cell_is_read_as_a_person_would() -> None:
    years = ["2018", "2018年", "2018.0", "２０１８", "18", "2018-12-31"]
    assert [read_year(text) for text in years] == [2018, 2018, 2018, 2018, None, None]
    assert math.isnan(read_number("1/3")) and math.isnan(read_number("1_0"))
    assert read_number(" ０.５ ") == 0.5
    assert seen("Ain\u202e") == seen("\ufeffAin") == "Ain"
    assert find_column("GDP(亿元)", ["GDP（亿元）", "人口"]) == "GDP（亿元）"
    assert [sign_of(each) for each in (" ＋", "−", "up")] == ["+", "-", None]
    keys = [as_text(each) for each in (110000.0, " 07 ", float("nan"), 1.5)]
    assert keys == ["110000", "07", "", "1.5"]
    assert (spelled(" Ｎei-Mongol　"), spelled("内 蒙古")) == ("neimongol", "内蒙古")
    found = [provinces_spelled(each) for each in ("Shǎnxī Shěng", "Shanxi", "Shan xi")]
    assert found == [("610000",), ("140000",), ("140000", "610000")]


def test_rows_are_named_by_region_and_year() -> None:
    rows = pd.MultiIndex.from_tuples([("11", 2022), ("12", 2023), ("13", 0)])
    assert say_cells(rows, most=1) == ["11 2022", "+2"]
    assert say_cells(rows[2:]) == ["13"]


def test_toml_is_decoded_and_its_faults_placed() -> None:
    written = "title = '研究'"
    text, (note,) = decode_toml(written.encode("gb18030"), "study.toml")
    assert text == written and note.where == "study.toml"
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads("a = 1\nb = x")
    assert place_of(caught.value, "a = 1\nb = x") == (2, 5, "Invalid value")


def test_what_lies_beyond_the_ends_of_a_scaling_is_traced() -> None:
    scaled, trace = bounded_zscore(pd.DataFrame({"a": [0.0] * 19 + [1.0]}))
    assert scaled["a"].iloc[-1] == 1.0
    assert trace["after"].round(3).tolist() == [0.704]  # 0.05 + 3 sqrt(0.05 * 0.95)
    scaled, trace = bounded_target(pd.DataFrame({"a": [10.0, 30.0]}), {"a": 20})
    assert scaled["a"].tolist() == [0.5, 1.0]
    assert trace[["before", "after"]].values.tolist() == [[30.0, 20.0]]


def test_the_notation_of_the_catalog() -> None:
    (table,) = tables(
        "space",
        "t: adcode year (always)\n    text adcode, number?*[per 1,000 km]@column.year p_{grade},\n"
        "    text~=cluster a b, grade g",
    )
    assert (table.stem, table.topic, table.keys) == ("t", "space", ("adcode", "year"))
    assert table.always and table.file == "t.csv"
    pattern, first, last = table.columns[1], table.columns[2], table.columns[-1]
    assert (pattern.name, pattern.per, pattern.unit) == ("p_{}", "grade", "per 1,000 km")
    assert (pattern.kind, pattern.blank, pattern.optional) == ("number", "missing", True)
    assert (first.name, first.labels, first.blank) == ("a", "cluster", "empty")
    assert (last.kind, last.labels) == ("category", "grade")
    for wrong in ("no heading", "t: a\n    year"):
        with pytest.raises(ValueError, match=r"^no "):
            tables("space", wrong)
