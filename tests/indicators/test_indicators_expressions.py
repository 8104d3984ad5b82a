"""Expressions: what they mean, against hand calculations and NumPy, and what they refuse."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_resilience.errors import InputError
from geo_resilience.indicators import calculate
from geo_resilience.indicators._expression_functions import Scope
from geo_resilience.indicators._expressions import parse

NAN = float("nan")


def panel(years: list[int] | None = None, **columns: list[float]) -> pd.DataFrame:
    """Two regions, the years given."""
    years = years or [2020, 2021, 2022, 2023]
    rows = pd.MultiIndex.from_product([["11", "12"], years], names=["adcode", "year"])
    return pd.DataFrame(columns, index=rows)


def test_share_and_quotient_by_hand():
    frame = panel([2022, 2023], x=[10, 20, 30, 20], base=[1, 1, 3, 1])
    assert calculate("share(x)", frame).tolist() == [0.25, 0.5, 0.75, 0.5]
    # (10/40)/(1/4), (20/40)/(1/2), (30/40)/(3/4), (20/40)/(1/2)
    assert calculate("lq(x, base)", frame).tolist() == [1, 1, 1, 1]
    frame = panel([2023], x=[10, 30], base=[1, 1])
    assert calculate("lq(x, base)", frame).tolist() == [0.5, 1.5]


def test_national_totals_skip_blanks_and_zero_fills_them():
    frame = panel([2022, 2023], x=[10, NAN, 30, NAN])
    assert calculate("national(x)", frame).tolist()[::2] == [40, 40]
    assert calculate("national(x)", frame).isna().tolist() == [False, True, False, True]
    frame = panel([2023], x=[NAN, 30])
    assert np.isnan(calculate("share(x)", frame).iloc[0])
    assert calculate("share(zero(x))", frame).tolist() == [0, 1]


def test_windows_run_over_calendar_years_within_a_region():
    frame = panel(x=[1, 2, 4, 8, 10, 20, 40, 80])
    assert calculate("sum3(x)", frame).tolist() == [1, 3, 7, 14, 10, 30, 70, 140]
    assert calculate("mean3(x)", frame).tolist()[:4] == [1, 1.5, 7 / 3, 14 / 3]
    assert calculate("lag(x)", frame).tolist()[1:4] == [1, 2, 4]
    assert np.isnan(calculate("lag(x)", frame).iloc[4])  # the first year of the second region
    assert calculate("growth(x)", frame).tolist()[1:4] == [1, 1, 1]


def test_windows_see_gaps_between_years():
    frame = panel([2018, 2020, 2023], x=[1, 2, 4, 10, 20, 40])
    assert calculate("sum3(x)", frame).tolist() == [1, 3, 4, 10, 30, 40]
    assert calculate("lag(x)", frame).isna().all()


def test_order_of_rows_does_not_matter():
    frame = panel(x=[1, 2, 4, 8, 10, 20, 40, 80], y=[1, 1, 2, 2, 1, 3, 1, 1])
    shuffled = frame.sample(frac=1, random_state=3)
    for text in ("ratio3(x, y)", "share(x)", "growth(x)", "lq(x, y)"):
        there = calculate(text, shuffled)
        assert there.index.equals(shuffled.index)
        pd.testing.assert_series_equal(there.sort_index(), calculate(text, frame))


def test_blanks_in_windows():
    frame = panel(x=[1, NAN, 4, NAN] * 2, y=[2, 5, NAN, NAN] * 2)
    assert calculate("sum3(x)", frame).tolist()[:4] == [1, 1, 5, 4]
    assert calculate("mean3(x)", frame).tolist()[:4] == [1, 1, 2.5, 4]
    # both are there in 2020 only: 1/2 until 2022, nothing in 2023
    assert calculate("ratio3(x, y)", frame).tolist()[:3] == [0.5, 0.5, 0.5]
    assert np.isnan(calculate("ratio3(x, y)", frame).iloc[3])


def test_min_passes_blanks_on_but_mean_skips_them():
    frame = panel([2023], x=[NAN, 3.0], y=[2.0, 1.0])
    assert calculate("min(x, y, 2)", frame).tolist()[1] == 1
    assert np.isnan(calculate("min(1, x)", frame).iloc[0])
    assert np.isnan(calculate("max(1, x)", frame).iloc[0])
    assert calculate("mean(x, y)", frame).tolist() == [2, 2]
    assert calculate("count(x, y)", frame).tolist() == [1, 2]
    assert np.isnan(calculate("mean(x, x)", frame).iloc[0])


def test_comparison_and_where():
    frame = panel([2023], x=[0.0, 4.0], y=[0.0, 2.0])
    assert calculate("x > 1", frame).tolist() == [0, 1]
    assert calculate("where(y > 0, x / y, -1)", frame).tolist() == [-1, 2]
    blank = panel([2023], x=[NAN, 4.0])
    assert np.isnan(calculate("x >= 1", blank).iloc[0])
    assert np.isnan(calculate("where(x >= 1, 1, 0)", blank).iloc[0])


def test_precedence_is_that_of_arithmetic():
    frame = panel([2023], x=[3.0, 5.0])
    assert calculate("-x ** 2 + 2 * x / 4 - 1", frame).tolist() == [-8.5, -23.5]
    assert calculate("abs(-x) + log(1)", frame).tolist() == [3, 5]


def test_a_frame_without_years_is_one_year():
    frame = pd.DataFrame({"x": [1.0, 3.0]}, index=["11", "12"])
    assert calculate("share(x)", frame).tolist() == [0.25, 0.75]
    assert calculate("sum3(x)", frame).tolist() == [1, 3]


def test_columns_with_awkward_names():
    frame = panel(
        [2023], **{"GDP (亿元)": [1.0, 3.0], "营业收入": [2.0, 2.0], "ＧＤＰ": [5.0, 6.0]}
    )
    assert calculate('col("GDP (亿元)") / 营业收入', frame).tolist() == [0.5, 1.5]
    assert calculate("GDP", frame).tolist() == [5, 6]  # Python folds full-width letters
    assert parse('col("a b") + c').columns == ("a b", "c")


def test_division_by_zero_names_region_and_year():
    frame = panel([2022, 2023], x=[1.0, 1.0, 0.0, 1.0], y=[1.0, 0.0, 0.0, 2.0])
    with pytest.raises(InputError, match=r"divided by zero in 11 2023\.") as caught:
        calculate("x / y", frame)
    assert len(caught.value.problems) == 1  # nothing by nothing is a blank, not a problem


def test_a_capped_division_by_zero_is_still_one():
    frame = panel([2023], x=[1.0, 1.0], y=[0.0, 2.0])
    for text in ("min(1, x / y)", "1 / (x / y)", "mean(x / y, 1)", "share(x / y)", "ratio3(x, y)"):
        with pytest.raises(InputError, match="divided by zero in 11 2023"):
            calculate(text, frame)


def test_nothing_by_nothing_is_blank():
    frame = panel([2023], x=[0.0, 1.0], y=[0.0, 2.0])
    assert calculate("x / y", frame).isna().tolist() == [True, False]


def test_logarithms_and_roots_without_an_answer():
    frame = panel([2023], x=[-1.0, 4.0])
    with pytest.raises(InputError, match="logarithm of zero or of a negative number in 11 2023"):
        calculate("log(x)", frame)
    with pytest.raises(InputError, match="root of a negative number"):
        calculate("x ** 0.5", frame)
    assert calculate("log(x)", panel([2023], x=[NAN, 1.0])).isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("x +", "character"),
        ("share(x", "character"),
        ("x..y", "character"),
        ("a b", "character"),
        ("x.__class__", "not understood"),
        ("x[0]", "not understood"),
        ("().__class__.__bases__", "not understood"),
        ("lambda: x", "not understood"),
        ("[x for x in y]", "not understood"),
        ("x if y else z", "not understood"),
        ("x and y", "not understood"),
        ("1 < x < 2", "not understood"),
        ("x // y", "not understood"),
        ("x @ y", "not understood"),
        ("x := 3", "character"),
        ("'text'", "not understood"),
        ("True", "not understood"),
        ("1j", "not understood"),
        ("f'{x}'", "not understood"),
        ("open(x)", "unknown function “open” at character 1"),
        ("__import__(x)", "unknown function"),
        ("1 + shar(x)", "unknown function “shar” at character 5. Known: share"),
        ("share()", "share 0 argument"),
        ("lq(x)", r"lq 1 argument\(s\) at character 1\. It is written lq\(x, base\)"),
        ("share(x=1)", "share"),
        ("min(*x)", "min 1 argument"),
        ("min(*x, *y)", "not understood"),
        ("col(x)", r"col\(\) at character 1"),
        ("col('a', 'b')", r"col\(\)"),
        ("where(x, y)", "where"),
        ("x" * 3000, "3000 characters"),
        ("+".join("x" * 600), "too many parts"),
        ("(" * 300 + "x" + ")" * 300, "character|nested"),
        ("-" * 1500 + "x", "nested"),
    ],
)
def test_refused(text, message):
    with pytest.raises(InputError, match=message):
        parse(text)


def test_unknown_column_offers_the_nearest():
    with pytest.raises(InputError, match=r"no column “revnue”\. Did you mean revenue"):
        calculate("revnue + 1", panel([2023], revenue=[1.0, 2.0]))


def test_huge_powers_end_at_once():
    frame = panel([2023], x=[1.0, 2.0])
    assert np.isinf(calculate("9 ** 9 ** 9 ** 9", frame)).all()
    assert np.isinf(calculate("1" * 1900, frame)).all()


def test_position_counts_characters_not_bytes():
    with pytest.raises(InputError, match="at character 8"):
        parse("营业收入 + foo(x)")


def test_messages_exist_in_chinese():
    with pytest.raises(InputError) as caught:
        parse("1 + shar(x)")
    assert "未知" in caught.value.say("zh")
    assert "share" in caught.value.say("zh")


numbers = st.floats(-100, 100).map(lambda value: round(value, 2))
leaves = st.one_of(st.sampled_from(["x", "y"]), numbers.filter(lambda v: v >= 0).map(str))
expressions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda a: f"(-{a})"),
        st.tuples(inner, inner).map(lambda t: f"min({t[0]}, {t[1]})"),
        st.tuples(inner, inner).map(lambda t: f"max({t[0]}, {t[1]})"),
        inner.map(lambda a: f"abs({a})"),
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(
    expressions,
    st.lists(numbers, min_size=4, max_size=4),
    st.lists(numbers, min_size=4, max_size=4),
)
def test_arithmetic_equals_numpy(text, x, y):
    frame = panel([2022, 2023], x=x, y=y)
    names = {
        "x": np.array(x),
        "y": np.array(y),
        "min": np.minimum,
        "max": np.maximum,
        "abs": np.abs,
    }
    expected = np.broadcast_to(eval(text, {"__builtins__": {}}, names), 4)
    np.testing.assert_array_equal(calculate(text, frame).to_numpy(), expected)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_by_name(text):
    try:
        parse(text)
    except InputError as error:
        assert error.say("en")
        assert error.say("zh")


@pytest.mark.parametrize(
    ("text", "window"),
    [("x / y", 1), ("lag(x)", 1), ("1 + mean(sum3(x), y)", 3), ("ratio3(x, y)", 3)],
)
def test_an_expression_knows_the_years_that_it_sums_over(text, window):
    assert parse(text).window == window


def test_windows_that_lack_a_year_are_known_where_they_count():
    frame = panel(x=[1, 2, 4, 8, 10, NAN, 40, 80], y=[1, 1, 2, 2, 1, 3, 1, 1])
    for text, short in (
        ("ratio3(x, y)", [True, True, False, False, True, True, True, True]),
        ("sum3(y)", [True, True, False, False] * 2),
        ("where(y > 1, sum3(x), x)", [False, False, False, False, False, True, False, False]),
        ("x + y", [False] * 8),
    ):
        scope = Scope(frame)
        parse(text).evaluate(scope)
        assert scope.short_window.tolist() == short, text
        assert not scope.fresh().short_window.any()
