"""Screening by availability: what is left out, counted by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_resilience.errors import InputError
from geo_resilience.indicators import screen

N = float("nan")
# Three regions, two years, four indicators; what is blank is marked.
ROWS = pd.MultiIndex.from_product([["11", "12", "13"], [2020, 2021]], names=["adcode", "year"])
TABLE = pd.DataFrame(
    {
        "a": [1, 1, 1, 1, 1, 1.0],
        "b": [1, 1, 1, N, 1, 1.0],
        "c": [1, 1, N, N, 1, 1.0],
        "d": [N, 1, N, 1, N, 1.0],
    },
    index=ROWS,
)


def left(table):
    kept, gone = table
    return sorted(set(kept.index.unique("adcode"))), list(kept.columns), gone


def test_a_region_goes_where_one_year_has_too_little():
    """Region 12 has a and b of four in 2020, a and d in 2021."""
    keys, codes, gone = left(screen(TABLE, regions=0.6))
    assert (keys, codes) == (["11", "13"], list("abcd"))
    told = gone.to_dict("records")
    assert [(row["key"], row["year"], row["measured"], row["of"]) for row in told] == [
        ("12", 2020, 2, 4),
        ("12", 2021, 2, 4),
    ]
    assert [row["share"] for row in told] == [0.5, 0.5]
    assert {row["least"] for row in told} == {0.6} and {row["what"] for row in told} == {"region"}


def test_an_indicator_goes_where_one_year_has_too_little_and_regions_are_asked_of_the_rest():
    """Nobody has d in 2020; without it region 12 has 2 of 3 in 2020 and 1 of 3 in 2021."""
    keys, codes, gone = left(screen(TABLE, indicators=0.5, regions=0.6))
    assert (keys, codes) == (["11", "13"], list("abc"))
    measured = {(row.key, row.year): (row.measured, row.of) for row in gone.itertuples()}
    assert measured == {
        ("d", 2020): (0, 3),
        ("d", 2021): (3, 3),
        ("12", 2020): (2, 3),
        ("12", 2021): (1, 3),
    }
    keys, codes, _ = left(screen(TABLE, indicators=0.5, regions=1 / 3))
    assert keys == ["11", "12", "13"]  # the least itself suffices


def test_over_all_years_together_a_poor_year_is_forgiven():
    _, codes, gone = left(screen(TABLE, indicators=0.5, by="all"))
    assert codes == list("abcd") and gone.empty
    _, codes, gone = left(screen(TABLE, indicators=0.6, by="all"))
    assert codes == list("abc")
    (row,) = gone.to_dict("records")
    assert (row["key"], row["measured"], row["of"]) == ("d", 3, 6) and np.isnan(row["year"])


def test_nothing_left_is_told():
    with pytest.raises(InputError, match="Screening leaves nothing"):
        screen(TABLE * N, regions=0.5)
    with pytest.raises(InputError, match="Screening leaves nothing"):
        screen(TABLE * N, indicators=0.5)


@given(
    st.integers(0, 2**32 - 1),
    st.floats(0, 1),
    st.floats(0, 1),
    st.sampled_from(["year", "all"]),
)
def test_what_is_kept_has_its_share_and_what_is_left_out_lacks_it(seed, regions, indicators, by):
    rng = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product([list("PQRS"), [1, 2, 3]], names=["adcode", "year"])
    frame = pd.DataFrame(rng.random((12, 5)), index=index, columns=list("vwxyz"))
    frame = frame.mask(rng.random(frame.shape) < rng.random())
    try:
        kept, gone = screen(frame, regions=regions, indicators=indicators, by=by)
    except InputError:
        return
    by_hand = set()
    for code in frame:
        there = frame[code].notna()
        shares = there.groupby("year").mean() if by == "year" else [there.mean()]
        by_hand |= {code} if min(shares) < indicators - 1e-9 else set()
    for key in "PQRS":
        there = frame.loc[key, [code for code in frame if code not in by_hand]].notna()
        shares = there.mean(axis=1) if by == "year" else [there.to_numpy().mean()]
        by_hand |= {key} if min(shares) < regions - 1e-9 else set()
    assert set(gone["key"]) == by_hand
    assert set(kept.columns) | set(kept.index.unique("adcode")) == set("PQRSvwxyz") - by_hand
    pd.testing.assert_frame_equal(kept, frame.loc[kept.index, kept.columns])
