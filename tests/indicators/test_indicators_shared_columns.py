"""Which columns several indicators share, and on which side of the bar they stand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_resilience.indicators import Dimension, Framework, Indicator, read_framework
from geo_resilience.indicators._expressions import calculate
from geo_resilience.indicators._shared_columns import shared_columns, shared_note
from geo_resilience.text import Text


def _framework(**expressions: str) -> Framework:
    made = tuple(
        Indicator(
            code, Text(code), Text(), direction="+", dimension="B", group="", weight=None,
            column=None, expression=expression, definition=Text(), fidelity="", source="",
            prices="",
        )
        for code, expression in expressions.items()
    )  # fmt: skip
    return Framework(Text("Small"), (Dimension("B", Text("B")),), made)


def _side(expression: str, column: str = "x") -> str:
    table = shared_columns(_framework(one=expression, two=column))
    return str(table.set_index(["column", "code"]).at[(column, "one"), "side"])


@pytest.mark.parametrize(
    ("expression", "side"),
    [
        ("x / y", "above"), ("y / x", "below"), ("y - x", "below"), ("-x", "below"),
        ("lq(x, y)", "above"), ("lq(y, x)", "below"), ("ratio3(y, x)", "below"),
        ("x / (x + y)", "both"), ("y / (z / x)", "above"), ("x ** 2", "above"),
        ("y * x ** -1", "below"), ("y ** x", "both"), ("abs(x)", "both"),
        ("where(x > y, 1, 0)", "both"), ("where(y > 1, y, y / x)", "below"),
        ("share(zero(x))", "above"), ("col('x') * 1e-4", "above"),
        ("min(1, mean(lq(x, y), log(y)))", "above"), ("growth(x)", "above"),
    ],
)  # fmt: skip
def test_sides(expression: str, side: str) -> None:
    assert _side(expression) == side


SHAPES = ["x / y", "y / x", "y - x", "lq(x, y)", "lq(y, x)", "y / (z / x)", "y * x ** -1", "-x"]


@given(st.sampled_from(SHAPES), st.integers(0, 1000))
def test_an_indicator_moves_with_a_column_as_its_side_says(shape: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = pd.MultiIndex.from_product([["a", "b", "c"], [2020]], names=["adcode", "year"])
    table = pd.DataFrame(rng.uniform(1, 2, (3, 3)), rows, ["x", "y", "z"])
    more = table.copy()
    more.iloc[0, 0] *= 1.1
    change = calculate(shape, more).iloc[0] - calculate(shape, table).iloc[0]
    assert np.sign(change) == {"above": 1, "below": -1}[_side(shape)]


def test_columns_of_one_indicator_alone_are_not_shared():
    table = shared_columns(_framework(one="x / y", two="x * z"))
    assert table[["column", "code"]].values.tolist() == [["x", "one"], ["x", "two"]]
    lonely = shared_columns(_framework(one="x", two="y"))
    assert lonely.empty and shared_note(lonely) == []


def test_the_bundled_indicators_share_high_tech_revenue_as_a_reader_of_the_framework_sees():
    table = shared_columns(read_framework("high_tech"))
    revenue = table[table["column"] == "hightech_revenue_100m_yuan"]
    sides = revenue.groupby("side")["code"].agg(list).to_dict()
    assert sides == {
        "above": ["D112", "D121", "D122"],
        "below": ["D211", "D311", "D321", "D322"],
    }
    (note,) = shared_note(table)
    assert "hightech_revenue_100m_yuan (above in D112/D121/D122, below in D211" in note.say("en")
    assert "D112/D121/D122 的分子" in note.say("zh")
