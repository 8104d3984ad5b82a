"""Cells: what text is a number, a year or nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_resilience.tables._cells import MISSING, missing_marks, read_numbers, read_year


def read(text: str, marks=None):
    found = read_numbers([text], missing_marks(marks))
    return found.values[0], [key for _, key in found.faults]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234.5", 1234.5),
        (" 12 ", 12),
        ("+3", 3),
        ("-3.5", -3.5),
        (".5", 0.5),
        ("5.", 5),
        ("1.2e3", 1200),
        ("1E-4", 0.0001),
        ("0", 0),
        ("007", 7),
        ("1,234.5", 1234.5),
        ("-1,234,567", -1234567),
        ("12,345", 12345),
        ("1 234.5", 1234.5),
        ("1\u00a0234\u00a0567", 1234567),
        ("1\u202f234", 1234),
        ("1\u2009234", 1234),
        ("１２３．５", 123.5),
        ("１，２３４", 1234),
        ("－５", -5),
        ("−5", -5),
        ("–5", -5),
        ("12.5%", 0.125),
        ("12.5 %", 0.125),
        ("１２．５％", 0.125),
        ("-3%", -0.03),
        ("1,234%", 12.34),
        ("\u3000８\u3000", 8),
    ],
)
def test_numbers(text, value):
    assert read(text) == (value, [])


@pytest.mark.parametrize("text", ["7%", "12.3%", "0.07%", "33.3%", "1e2%"])
def test_percentages_are_shifted_not_divided(text):
    shifted = f"{float(text[:-1])!r}e-2" if "e" not in text else "1.0"
    assert read(text)[0] == float(shifted)


@pytest.mark.parametrize("text", ["", "  ", *MISSING, "Na", "NULL", "－", "n/A", "N/a", "\u3000"])
def test_missing(text):
    value, faults = read(text)
    assert math.isnan(value)
    assert faults == []


def test_missing_marks_can_be_chosen():
    assert read("x", ["x"])[1] == []
    assert read("-", ["x"])[1] == ["not_a_number"]
    assert math.isnan(read("", ["x"])[0])  # a blank is always one
    assert read("", ["x"])[1] == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("12 万", "not_a_number"),
        ("1.2.3", "not_a_number"),
        ("12a", "not_a_number"),
        ("1_000", "not_a_number"),
        ("0x10", "not_a_number"),
        ("1,23,456", "not_a_number"),
        ("1,2345", "decimal_comma"),
        ("12 34", "not_a_number"),
        ("约100", "not_a_number"),
        ("100*", "not_a_number"),
        ("(5)", "not_a_number"),
        ("%", "not_a_number"),
        ("5%%", "not_a_number"),
        ("1/2", "not_a_number"),
        ("--5", "not_a_number"),
        ("TRUE", "not_a_number"),
        ("12,5", "decimal_comma"),
        ("1.234,5", "decimal_comma"),
        ("inf", "infinite_number"),
        ("-Infinity", "infinite_number"),
        ("∞", "infinite_number"),
        ("1e999", "infinite_number"),
        ("2018-01-02", "date_for_number"),
        ("2018年1月2日", "date_for_number"),
        ("#DIV/0!", "workbook_fault"),
        ("5,000①", "footnote_mark"),
        ("12①", "footnote_mark"),
        ("3²", "footnote_mark"),
        ("#REF!", "workbook_fault"),
    ],
)
def test_not_numbers(text, fault):
    value, faults = read(text)
    assert math.isnan(value)
    assert faults == [fault]


@pytest.mark.parametrize(
    "text", ["2018", " 2018 ", "2018年", "2018年度", "2018.0", "２０１８", "2018 年"]
)
def test_years(text):
    assert read_year(text) == 2018


@pytest.mark.parametrize(
    "text", ["", "18", "20181", "2018.5", "2018-12-31", "FY2018", "年", "3018"]
)
def test_not_years(text):
    assert read_year(text) is None


def test_signed_and_unsigned_cells_are_told_apart():
    found = read_numbers(["5%", "0", "5", "", "-"], missing_marks())
    assert (found.signed, found.unsigned) == ([0], [2])


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_python_writes_is_read_back(value):
    assert read(repr(value))[0] == value


@given(st.integers(-(10**12), 10**12))
def test_grouped_numbers_are_read_back(value):
    assert read(f"{value:,}") == (value, [])
    assert read(f"{value:,}".replace(",", " ")) == (value, [])


@given(st.text(max_size=12))
def test_any_text_is_a_number_missing_or_a_fault(text):
    value, faults = read(text)
    assert np.isfinite(value) or math.isnan(value)
    assert not (faults and not math.isnan(value))
