"""Checks, outliers, missing values, scaling, prices: by hand, against SciPy, and invariants."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from geo_resilience.errors import InputError
from geo_resilience.indicators import deflate, fill_missing, minmax, read_framework, winsorize
from geo_resilience.indicators._derivation import nominal_note
from geo_resilience.indicators._outliers import _shape
from geo_resilience.indicators._panel import check_panel
from geo_resilience.tables import CATALOG

NAN = float("nan")


def panel(regions=("11", "12"), years=(2020, 2021, 2022), **columns) -> pd.DataFrame:
    rows = pd.MultiIndex.from_product([regions, years], names=["adcode", "year"])
    return pd.DataFrame(columns, index=rows, dtype=float)


def column(values) -> pd.DataFrame:
    return pd.DataFrame({"a": values}, index=[f"r{i:03}" for i in range(len(values))], dtype=float)


def refused(function, *arguments, **options) -> str:
    with pytest.raises(InputError) as caught:
        function(*arguments, **options)
    assert caught.value.say("zh")
    return caught.value.say("en")


# ---- outliers


def test_quantiles_by_hand():
    # 101 values 0..100: the 2 % quantile is 2, the 98 % quantile 98
    capped, trace = winsorize(column(np.arange(101)))
    assert capped["a"].min() == 2
    assert capped["a"].max() == 98
    assert trace["before"].tolist() == [0, 1, 99, 100]
    assert trace["after"].tolist() == [2, 2, 98, 98]
    assert trace["reason"].tolist() == ["winsorized_low"] * 2 + ["winsorized_high"] * 2
    assert list(trace.columns) == CATALOG["trace"].names


def test_only_reference_rows_set_the_limits_but_all_are_held_to_them():
    frame = column([*range(101), 1000, -1000])
    reference = pd.Series(frame["a"].between(0, 100))
    capped, trace = winsorize(frame, reference=reference.sample(frac=1, random_state=1))
    assert capped["a"].iloc[-2:].tolist() == [98, 2]
    assert len(trace) == 6


def test_fence_by_hand():
    # quartiles of 1 2 3 4 100 are 2 and 4: fences -1 and 7
    capped, _ = winsorize(column([1, 2, 3, 4, 100]), method="iqr")
    assert capped["a"].tolist() == [1, 2, 3, 4, 7]
    capped, trace = winsorize(column([1, 2, 3, 4, 100]), method="iqr", fence=100)
    assert capped["a"].tolist() == [1, 2, 3, 4, 100]
    assert trace.empty


def test_shape_is_that_of_scipy():
    values = np.random.default_rng(1).lognormal(size=40)
    skew, kurtosis = _shape(values)
    assert skew == pytest.approx(stats.skew(values, bias=False))
    assert kurtosis == pytest.approx(stats.kurtosis(values, bias=False))


def test_skewness_rule_caps_to_the_next_value():
    # one outlier: brought in to the next highest, after which the column passes
    values = [*range(1, 21), 200]
    skew, kurtosis = _shape(np.array(values, float))
    assert skew > 2
    assert kurtosis > 3.5
    capped, trace = winsorize(column(values), method="skewness")
    assert capped["a"].tolist() == [*range(1, 21), 20]
    assert trace["reason"].tolist() == ["winsorized_high"]
    mirrored, trace = winsorize(column([-value for value in values]), method="skewness")
    assert mirrored["a"].tolist() == [-value for value in [*range(1, 21), 20]]
    assert trace["reason"].tolist() == ["winsorized_low"]


def test_skewness_rule_leaves_the_rest_alone():
    capped, trace = winsorize(column(range(20)), method="skewness")
    assert capped["a"].tolist() == list(range(20))
    assert trace.empty


def test_skewness_rule_takes_logarithms_when_capping_is_not_enough():
    values = np.exp(np.linspace(0, 12, 60))
    capped, trace = winsorize(column(values), method="skewness", most=2)
    low, high = values[0], values[-1]
    expected = np.log(values - low + 0.01 * (high - low))
    np.testing.assert_allclose(capped["a"], expected)
    assert set(trace["reason"]) == {"log_transformed"}
    assert len(trace) == 60
    mirrored, _ = winsorize(column(-values), method="skewness", most=2)
    np.testing.assert_allclose(mirrored["a"], -expected)


def test_missing_values_stay_missing():
    for method in ("quantile", "iqr", "skewness"):
        capped, trace = winsorize(column([1, 2, NAN, 4, 500, 3, 2, 3, 1]), method=method)
        assert np.isnan(capped["a"].iloc[2])
        assert not trace["before"].isna().any()
    capped, trace = winsorize(column([NAN, NAN]))
    assert capped["a"].isna().all()
    assert trace.empty


def test_options_of_outliers():
    frame = column([1, 2, 3])
    assert "method is “quantil”" in refused(winsorize, frame, method="quantil")
    assert "not in order" in refused(winsorize, frame, lower=0.9, upper=0.1)
    assert "not in order" in refused(winsorize, frame, lower=-0.1)
    other = pd.Series(True, index=["x", "y", "z"])
    assert "another index" in refused(winsorize, frame, reference=other)
    nobody = pd.Series(False, index=frame.index)
    assert "No row is left" in refused(winsorize, frame, reference=nobody)


sensible = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3))


@given(st.lists(sensible, min_size=4, max_size=60), st.sampled_from(["quantile", "iqr"]))
def test_capping_keeps_order_and_stays_within_the_data(values, method):
    frame = column(values)
    capped, trace = winsorize(frame, method=method)
    order = np.argsort(values, kind="stable")
    assert (np.diff(capped["a"].to_numpy()[order]) >= 0).all()
    assert capped["a"].min() >= frame["a"].min()
    assert capped["a"].max() <= frame["a"].max()
    changed = (capped["a"] != frame["a"]).sum()
    assert len(trace) == changed
    again, _ = winsorize(capped, method=method)
    assert again["a"].between(capped["a"].min(), capped["a"].max()).all()


@given(st.lists(sensible, min_size=5, max_size=60))
def test_the_fence_is_idempotent_where_quartiles_are_values(values):
    values = values[: len(values) - (len(values) - 1) % 4]  # 4k + 1: nothing is interpolated
    once, _ = winsorize(column(values), method="iqr")
    twice, trace = winsorize(once, method="iqr")
    pd.testing.assert_frame_equal(once, twice)
    assert trace.empty


# ---- missing values


def test_interpolation_is_linear_in_calendar_years():
    frame = panel(years=(2018, 2019, 2023), a=[10, NAN, 20, 1, 2, 3])
    filled, trace = fill_missing(frame)
    assert filled["a"].tolist() == [10, 12, 20, 1, 2, 3]
    assert trace.iloc[0].tolist()[:3] == ["11", 2019, "a"]
    assert trace["after"].tolist() == [12]
    assert trace["before"].isna().all()
    assert trace["reason"].tolist() == ["interpolated"]


def test_ends_take_the_nearest_year():
    frame = panel(years=(2018, 2019, 2020, 2021), a=[NAN, 5, 6, NAN, 1, 2, 3, 4])
    filled, trace = fill_missing(frame)
    assert filled["a"].tolist()[:4] == [5, 5, 6, 6]
    assert trace["reason"].tolist() == ["nearest_year"] * 2


def test_nearest_alone_prefers_the_earlier_of_two():
    frame = panel(years=(2018, 2019, 2020), a=[5, NAN, 9, 1, 2, 3])
    filled, _ = fill_missing(frame, methods=["nearest"])
    assert filled["a"].tolist()[1] == 5


def test_order_of_rows_does_not_matter_for_filling():
    rng = np.random.default_rng(2)
    values = rng.normal(size=30)
    values[rng.choice(30, 9, replace=False)] = NAN
    frame = panel(regions=[f"{i}" for i in range(10, 15)], years=range(2018, 2024), a=values)
    filled, trace = fill_missing(frame)
    mixed, same = fill_missing(frame.sample(frac=1, random_state=4))
    pd.testing.assert_frame_equal(mixed.sort_index(), filled)
    pd.testing.assert_frame_equal(same, trace)


def test_median_of_the_group_and_of_the_year():
    frame = panel(regions=("1", "2", "3", "4", "5"), years=(2020, 2021), a=range(10))
    frame.loc["1", "a"] = NAN
    groups = pd.Series({"1": "w", "2": "w", "3": "w", "4": "e", "5": "e"})
    filled, trace = fill_missing(frame, groups=groups)
    assert filled.loc["1", "a"].tolist() == [3, 4]  # of 2 4 and 3 5
    assert trace["reason"].tolist() == ["group_median"] * 2
    filled, trace = fill_missing(frame)
    assert filled.loc["1", "a"].tolist() == [5, 6]  # of 2 4 6 8 and 3 5 7 9
    assert trace["reason"].tolist() == ["year_median"] * 2
    filled, trace = fill_missing(frame, groups=pd.Series({"1": "alone"}))
    assert trace["reason"].tolist() == ["year_median"] * 2


def test_the_median_is_of_what_was_found_not_of_what_was_filled():
    frame = panel(regions=("1", "2", "3"), years=(2020, 2021), a=[1, NAN, NAN, NAN, 9, 30])
    filled, trace = fill_missing(frame)
    assert filled.loc["1", "a"].tolist() == [1, 1]
    assert filled.loc["2", "a"].tolist() == [5, 30]
    assert trace["reason"].tolist() == ["nearest_year", "year_median", "year_median"]


def test_each_way_can_be_turned_off():
    frame = panel(a=[1, NAN, 3, 4, 5, 6])
    said = refused(fill_missing, frame, methods=[])
    assert said == (
        "a: 1 cell is missing and was not filled (11 2021). Fill them in, exclude the region or "
        "allow more ways of filling (now: -)."
    )
    assert "methods is “medain”" in refused(fill_missing, frame, methods=["medain"])
    _, trace = fill_missing(frame, methods=["median"])
    assert trace["reason"].tolist() == ["year_median"]


def test_what_nothing_can_fill():
    frame = panel(years=(2020, 2021), a=[1, NAN, 3, NAN], b=[1, 2, 3, 4])
    said = refused(fill_missing, frame, methods=["interpolate", "median"])
    assert "a: 2 cells are missing and were not filled (11 2021, 12 2021)" in said


def test_without_years_only_the_median_fills():
    filled, trace = fill_missing(column([1, NAN, 5]))
    assert filled["a"].tolist() == [1, 3, 5]
    assert trace["year"].tolist() == [0]


@given(st.lists(st.one_of(st.none(), sensible), min_size=12, max_size=12))
def test_filling_touches_nothing_that_was_there(values):
    assume(any(value is not None for value in values))
    frame = panel(regions=("1", "2", "3"), years=range(2020, 2024), a=values)
    try:
        filled, trace = fill_missing(frame)
    except InputError:
        assert frame["a"].groupby("year").count().min() == 0
        return
    there = frame["a"].notna()
    pd.testing.assert_series_equal(filled["a"][there], frame["a"][there])
    assert len(trace) == (~there).sum()
    assert filled["a"].between(frame["a"].min() - 1e-9, frame["a"].max() + 1e-9).all()


# ---- scaling


def test_minmax_by_hand():
    frame = panel(a=[1, 2, 5, 1, 2, 5], b=[3, 4, 7, 3, 4, 7])
    scaled, trace = minmax(frame, {"a": "+", "b": "−"})
    assert scaled["a"].tolist()[:3] == [0, 0.25, 1]
    assert scaled["b"].tolist()[:3] == [1, 0.75, 0]
    assert trace.empty
    assert list(trace.columns) == CATALOG["trace"].names


def test_minmax_within_years():
    frame = panel(years=(2020, 2021), regions=("1", "2", "3"), a=[1, 10, 2, 20, 3, 30])
    scaled, _ = minmax(frame, scope="per_year")
    assert scaled["a"].tolist() == [0, 0, 0.5, 0.5, 1, 1]
    pooled, _ = minmax(frame)
    assert pooled["a"].tolist()[1] == pytest.approx(9 / 29)


def test_goalposts_clip_and_trace():
    frame = column([0, 5, 12])
    scaled, trace = minmax(frame, {"a": "-"}, goalposts={"a": (2, 10)})
    assert scaled["a"].tolist() == [1, 0.625, 0]
    assert trace[["before", "after", "reason"]].to_numpy().tolist() == [
        [0, 2, "goalpost"],
        [12, 10, "goalpost"],
    ]
    table = pd.DataFrame({"low": [2.0], "high": [10.0]}, index=["a"])
    pd.testing.assert_frame_equal(minmax(frame, {"a": "-"}, goalposts=table)[0], scaled)
    constant, _ = minmax(column([5, 5]), goalposts={"a": (0, 10)})
    assert constant["a"].tolist() == [0.5, 0.5]  # fixed ends know what a constant is worth


def test_interval():
    scaled, _ = minmax(column([1, 2, 3]), interval=(0.01, 1))
    assert scaled["a"].tolist() == [0.01, pytest.approx(0.505), 1]


def test_scaling_keeps_blanks_and_refuses_what_it_cannot_scale():
    assert minmax(column([1, NAN, 3]))[0]["a"].isna().tolist() == [False, True, False]
    assert "a is 2 in every row" in refused(minmax, column([2, 2, NAN]))
    frame = panel(years=(2020, 2021), a=[1, 2, 1, 3])
    assert "a is the same for all regions in 2020" in refused(minmax, frame, scope="per_year")
    assert "a is infinite" in refused(minmax, column([1, np.inf]))
    assert "the direction is “up”" in refused(minmax, column([1, 2]), {"a": "up"})
    assert "a has no direction" in refused(minmax, column([1, 2]), {"b": "+"})
    assert "a: the goalposts 3 and 1" in refused(minmax, column([1, 2]), goalposts={"a": (3, 1)})
    assert "which is no indicator" in refused(minmax, column([1, 2]), goalposts={"z": (0, 1)})
    assert "scope is “yearly”" in refused(minmax, column([1, 2]), scope="yearly")
    assert "interval from 1 to 0" in refused(minmax, column([1, 2]), interval=(1, 0))


values_of_columns = st.lists(
    st.tuples(sensible, sensible),
    min_size=3,
    max_size=40,
    unique_by=(lambda t: t[0], lambda t: t[1]),
)


@settings(deadline=None)
@given(values_of_columns)
def test_invariants_of_minmax(rows):
    frame = pd.DataFrame(rows, columns=["a", "b"], index=[str(i) for i in range(len(rows))])
    up, _ = minmax(frame)
    down, _ = minmax(frame, {"a": "-", "b": "-"})
    assert ((up >= 0) & (up <= 1)).all().all()
    assert (up.min() == 0).all()
    assert (up.max() == 1).all()
    np.testing.assert_allclose(up + down, 1)
    for code in frame:
        order = frame[code].sort_values().index
        assert (np.diff(up.loc[order, code]) >= 0).all()
    again, _ = minmax(up)
    pd.testing.assert_frame_equal(again, up)
    moved, _ = minmax(frame * 3 + 7)
    np.testing.assert_allclose(moved, up, atol=1e-9)
    mirrored, _ = minmax(-frame, {"a": "-", "b": "-"})
    pd.testing.assert_frame_equal(mirrored, up)


# ---- checks


def test_check_panel_names_what_is_wrong():
    frame = panel(
        a=[1, 2, 3, 4, 5, 6],
        b=[1, 1, 1, 1, 1, 1],
        c=[NAN] * 6,
        d=[1, 2, np.inf, 4, 5, -np.inf],
    )
    said = refused(check_panel, frame).split("\n")
    assert said == [
        "b is 1 in every row: it tells regions apart by nothing and cannot be scaled. Correct it "
        "or leave it out.",
        "c is missing in every row. Fill in what it is made from (c) or leave it out.",
        "d is infinite in 11 2022, 12 2022. Correct the table or the expression.",
    ]
    check_panel(frame[["a"]])


def test_check_panel_calls_indicators_by_name():
    frame = panel(D121=[1] * 6)
    assert "D121 (Industry concentration) is 1" in refused(
        check_panel, frame, read_framework("high_tech")
    )
    with pytest.raises(InputError) as caught:
        check_panel(frame, read_framework("high_tech"))
    assert "D121（产业集中度）" in caught.value.say("zh")


def test_an_indicator_without_figures_names_its_columns():
    frame = panel(D311=[NAN] * 6)
    said = refused(check_panel, frame, read_framework("high_tech"))
    assert "(hightech_rd_expenditure_10k_yuan, hightech_revenue_100m_yuan)" in said


def test_one_region_is_too_few():
    assert "There is 1 region" in refused(check_panel, panel(regions=("11",), a=[1, 2, 3]))


# ---- prices


def test_deflating_by_hand():
    frame = panel(years=(2020, 2021), a=[100, 110, 50, 60], b=[1, 2, 3, 4])
    index = pd.Series([102, 107.1, 200, 200], index=frame.index, name="cpi")
    real = deflate(frame, index.sample(frac=1, random_state=1), codes=["a"])
    np.testing.assert_allclose(real["a"], [100, 110 / 1.05, 50, 60])
    assert real["b"].tolist() == frame["b"].tolist()


def test_a_deflator_must_be_there():
    frame = panel(years=(2020, 2021), a=[100, 110, 50, 60])
    index = pd.Series([100, 0, NAN, 100], index=frame.index, name="cpi")
    said = refused(deflate, frame, index, codes=["a"])
    assert "The deflator cpi is missing or not above zero in 11 2021, 12 2020" in said
    assert deflate(frame, index, codes=[])["a"].tolist() == [100, 110, 50, 60]


def test_nominal_money_is_noted():
    note = nominal_note(read_framework("high_tech"))
    assert "D212 (GRP per resident), D221 (Secondary value added per kWh)" in note.say("en")
    assert "D212（人均地区生产总值）、D221（每千瓦时电第二产业增加值）" in note.say("zh")
