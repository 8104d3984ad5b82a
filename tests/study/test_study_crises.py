"""Crises that warnings learn from: given as 0 and 1, or falls of a variable."""

import pandas as pd

from geo_resilience.study.analyses._management import _crises


def by_place(rows):
    index = pd.MultiIndex.from_tuples(list(rows), names=["adcode", "year"])
    return pd.Series(list(rows.values()), index)


def test_a_fall_beyond_the_share_is_a_crisis_and_a_missing_year_is_none():
    values = by_place(
        {
            ("11", 2018): 100.0,
            ("11", 2019): 89.0,
            ("11", 2021): 50.0,
            ("12", 2018): 100.0,
            ("12", 2019): 95.0,
            ("12", 2021): 96.0,
        }
    )
    found = _crises(values, 0.1)
    assert found.loc[("11", 2019)] and not found.loc[("12", 2019)]
    assert found.xs(2018, level="year").isna().all()  # nothing before it
    assert found.xs(2021, level="year").isna().all()  # 2020 is not there


def test_zeros_and_ones_say_it_themselves():
    found = _crises(by_place({("11", 2018): 0.0, ("11", 2019): 1.0}), 0.1)
    assert found.tolist() == [False, True]
