"""Resistance and recovery by hand, and what an index had foretold."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_resilience import chain
from geo_resilience.chain.shocks._recovery import shock_note
from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.text import Text

SHOCK = (2019, 2020)


def panel(**regions):
    return pd.DataFrame.from_dict(regions, orient="index", columns=[2019, 2020, 2023])


def test_a_falling_nation_by_hand():
    # 400 -> 360 (-10 %) -> 450 (+25 %).
    given_panel = panel(a=[100, 95, 130], b=[100, 80, 85], c=[200, 185, 235])
    found = chain.resistance_recovery(given_panel)
    # (change - expected) / |expected|: (-5 + 10) / 10, (-20 + 10) / 10, (-15 + 20) / 20.
    np.testing.assert_allclose(found["resistance"], [0.5, -1.0, 0.25])
    # Recovery: expected .25 * 95 = 23.75, 20, 46.25; changes 35, 5, 50.
    np.testing.assert_allclose(
        found["recovery"], [(35 - 23.75) / 23.75, (5 - 20) / 20, (50 - 46.25) / 46.25]
    )
    assert found["type"].tolist() == [
        "resistant, recovered",
        "not resistant, not recovered",
        "resistant, recovered",
    ]
    assert found["nation_fell"].all()
    assert found["fell"].all()
    assert shock_note(found, shock=SHOCK, variable="revenue") is None


def test_a_growing_nation_makes_it_relative_growth():
    found = chain.resistance_recovery(panel(a=[100, 120, 130], b=[100, 100, 120]))
    # The nation grows by 10 %: a by 20 is +1, b by 0 is -1.
    np.testing.assert_allclose(found["resistance"], [1, -1])
    assert not found["nation_fell"].any()
    note = shock_note(found, shock=SHOCK, variable=Text(en="Revenue", zh="收入"))
    assert {**note.values, "variable": ""} == {
        "variable": "",
        "first": 2019,
        "last": 2020,
        "growth": "+10.0%",
    }
    assert note.say().startswith("Revenue: ") and "relative to the nation" in note.say()
    assert note.say("zh").startswith("收入：") and "相对于全国" in note.say("zh")


def test_expected_by_sector():
    # Sector s falls by half, t stays: a region of s alone is expected to halve.
    index = pd.MultiIndex.from_tuples([("a", "s"), ("a", "t"), ("b", "s"), ("b", "t")])
    frame = pd.DataFrame(
        {2019: [80, 20, 20, 80], 2020: [44, 20, 6, 80], 2023: [50, 30, 10, 90]}, index
    )
    found = chain.resistance_recovery(frame)
    # Expected -40 and -10 (t: 0); changes -36 and -14.
    np.testing.assert_allclose(found["resistance"], [0.1, -0.4])
    # s: 50 -> 60 (+20 %), t: 100 -> 120 (+20 %): expected 64 * .2 and 86 * .2; changes 16 and 14.
    np.testing.assert_allclose(found["recovery"], [(16 - 12.8) / 12.8, (14 - 17.2) / 17.2])
    frame.loc[("b", "t"), 2023] = np.nan
    blank = chain.resistance_recovery(frame)
    assert np.isnan(blank.loc["b", "recovery"])
    assert blank["type"].isna().tolist() == [False, True]


def test_a_blank_leaves_the_region_out_of_the_nation():
    found = chain.resistance_recovery(panel(a=[100, 90, 99], b=[100, 90, 99], c=[50, np.nan, 60]))
    np.testing.assert_allclose(found.loc[["a", "b"], "resistance"], 0, atol=1e-12)
    assert np.isnan(found.loc["c", "resistance"])
    assert pd.isna(found.loc["c", "type"])
    assert pd.isna(found.loc["c", "fell"])


def test_years_that_were_read_as_text():
    plain = panel(a=[100, 95, 130], b=[100, 80, 85])
    text = plain.rename(columns=str)
    pd.testing.assert_frame_equal(chain.resistance_recovery(text), chain.resistance_recovery(plain))
    texts, numbers = (chain.years_to_regain(each, shock=SHOCK) for each in (text, plain))
    pd.testing.assert_frame_equal(texts, numbers)


def test_the_nation_may_be_given():
    nation = pd.Series({2019: 1000, 2020: 900, 2023: 990})
    found = chain.resistance_recovery(panel(a=[10, 9.5, 10]), national=nation)
    assert found.loc["a", "resistance"] == pytest.approx(0.5)


@given(st.integers(0, 10_000), st.integers(2, 12))
def test_the_expected_changes_sum_to_the_nation(seed, n):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.uniform(10, 100, (n, 3)), columns=[2019, 2020, 2023])
    found = chain.resistance_recovery(frame)
    g = found["national_shock_growth"].iloc[0]
    # Weighted by bases the index averages to zero: no nation resists itself.
    assert found["resistance"] @ frame[2019] == pytest.approx(
        0, abs=1e-6 * frame[2019].sum() / abs(g)
    )
    scaled = chain.resistance_recovery(frame * 7)
    np.testing.assert_allclose(scaled["resistance"], found["resistance"], rtol=1e-6, atol=1e-9)


def test_varied_base_years_say_what_is_stable():
    frame = pd.DataFrame(
        {2018: [90, 110], 2019: [100, 100], 2020: [90, 100], 2021: [95, 110], 2023: [140, 120]},
        index=["a", "b"],
    )
    shocks, recoveries = [(2018, 2020), SHOCK], [(2020, 2021), (2020, 2023)]
    found = chain.vary_base_years(frame, shocks=shocks, recoveries=recoveries)
    assert len(found) == 2 * 2 * 2
    assert not found["stable"].any()
    one = chain.vary_base_years(frame, shocks=[(2019, 2020)], recoveries=[(2020, 2023)])
    assert one["stable"].all()
    assert one["shock"].tolist() == ["2019-2020", "2019-2020"]


def test_years_to_regain_a_peak():
    frame = pd.DataFrame(
        {
            2018: [120, 90, 90, 90],
            2019: [100, 100, 100, 100],
            2020: [90, 90, 110, 90],
            2021: [110, 100, 120, 95],
            2022: [120, 100, 100, 99],
        },
        index=["early peak", "soon", "grew", "not yet"],
    )
    found = chain.years_to_regain(frame, shock=SHOCK)
    assert found["peak_year"].tolist() == [2018, 2019, 2019, 2019]
    assert found["years"].tolist() == [3, 2, pd.NA, pd.NA]
    assert found["regained"].tolist() == [True, True, pd.NA, False]
    assert found["fell"].tolist() == [True, True, False, True]


def test_foretelling_against_scipy_by_hand():
    before = pd.Series([1.0, 2, 3, 4, 5, np.nan], list("abcdef"))
    outcome = pd.DataFrame({"up": [2.0, 4, 6, 8, 10], "flat": 1.0, "type": "x"}, list("edcba"))
    found = chain.foretelling(before, outcome)
    assert found.index.tolist() == ["up", "flat"]
    assert found.loc["up", "pearson"] == pytest.approx(-1)
    assert found.loc["up", "n"] == 5
    assert np.isnan(found.loc["flat", "pearson"])
    # Ranks 1 2 3 4 5 against 1 3 2 5 4: 1 - 6 (0 + 1 + 1 + 1 + 1) / (5 * 24) = .8.
    mixed = chain.foretelling(pd.Series(range(5)), pd.DataFrame({"y": [1, 3, 2, 5, 4]}))
    assert mixed.loc["y", "spearman"] == pytest.approx(0.8)


class TestWrongInput:
    def test_years(self):
        with pytest.raises(InputError, match="lacks the years 2020"):
            chain.resistance_recovery(panel(a=[1, 2, 3]).drop(columns=2020))
        with pytest.raises(InputError, match="earlier first"):
            chain.resistance_recovery(panel(a=[1, 2, 3]), shock=(2020, 2019))

    def test_values(self):
        with pytest.raises(InputError, match="a, 2020: -5"):
            chain.resistance_recovery(panel(a=[100, -5, 3]))
        with pytest.raises(InputError, match="a stands twice"):
            chain.resistance_recovery(pd.concat([panel(a=[1, 2, 3])] * 2))
        with pytest.raises(InputError, match="No region"):
            chain.resistance_recovery(panel(a=[1, np.nan, 3]))

    def test_a_nation_that_stands_still(self):
        with pytest.raises(UndefinedError, match="did not change from 2019 to 2020"):
            chain.resistance_recovery(panel(a=[100, 110, 120], b=[100, 90, 120]))
