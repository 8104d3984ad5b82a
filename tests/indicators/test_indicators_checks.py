"""Figures that a study accepts, but that a reader must know of."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from geo_resilience.errors import InputError
from geo_resilience.indicators import read_framework
from geo_resilience.indicators._panel import check_panel, extreme_notes, negative_notes

FRAMEWORK = read_framework("high_tech")
CODE = FRAMEWORK.codes[0]
SMALL = replace(FRAMEWORK, indicators=FRAMEWORK.indicators[:1])
ROWS = pd.MultiIndex.from_product([["11", "12", "13", "14"], [2023]], names=["adcode", "year"])


def panel(*values: float) -> pd.DataFrame:
    return pd.DataFrame({CODE: values}, index=ROWS)


def test_a_value_far_above_the_median_is_noted():
    (note,) = extreme_notes(panel(1.0, 2.0, 3.0, 1e308), SMALL)
    assert "2.5" in note.say("en") and "14 2023" in note.say("en") and "1e+308" in note.say("zh")
    assert extreme_notes(panel(1.0, -2.0, 3.0, -1e6), SMALL)
    assert not extreme_notes(panel(1.0, 2.0, 3.0, 9_000.0), SMALL)
    assert not extreme_notes(panel(0.0, 0.0, 0.0, 5.0), SMALL)


def test_a_range_beyond_all_numbers_is_told_as_such():
    with pytest.raises(InputError, match=r"runs from -1e\+308 to 1e\+308"):
        check_panel(panel(1.0, 2.0, -1e308, 1e308), FRAMEWORK)


def test_negative_people_are_noted():
    variable = FRAMEWORK.with_role("population")[0]
    codes = [
        each.code
        for role in ("population", "output", "industry")
        for each in FRAMEWORK.with_role(role)
    ]
    variables = pd.DataFrame(1.0, index=ROWS, columns=codes)
    assert not negative_notes(variables, FRAMEWORK)
    variables.loc[("12", 2023), variable.code] = -5.0
    (note,) = negative_notes(variables, FRAMEWORK)
    assert note.where == variable.code
    assert "12 2023" in note.say("en") and variable.name["zh"] in note.say("zh")
