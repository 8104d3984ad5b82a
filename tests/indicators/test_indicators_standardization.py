"""z-scores, ranks and distances to a target: hand calculations, directions, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo_resilience.errors import InputError
from geo_resilience.indicators._normalization import distance_to_target, minmax, rank_scale, zscore

ROWS = pd.MultiIndex.from_product([["11", "12", "13"], [2022, 2023]], names=["adcode", "year"])
FRAME = pd.DataFrame({"a": [1.0, 2, 3, 4, 8, 6], "b": [5.0, 4, 3, 2, 1, 0]}, index=ROWS)


def test_zscore_by_hand() -> None:
    found = zscore(FRAME[["a"]])["a"]
    assert found.iloc[0] == pytest.approx((1 - 4) / np.sqrt(34 / 6))
    yearly = zscore(FRAME[["a"]], scope="per_year")["a"].xs(2022, level="year")
    assert yearly.tolist() == pytest.approx(np.array([1 - 4, 3 - 4, 8 - 4]) / np.sqrt(26 / 3))


def test_rank_by_hand_with_ties_and_direction() -> None:
    frame = pd.DataFrame({"a": [1.0, 1.0, 5.0, np.nan, 9.0]})
    assert rank_scale(frame)["a"].tolist()[:3] == pytest.approx([1 / 6, 1 / 6, 2 / 3])
    assert np.isnan(rank_scale(frame)["a"][3])
    turned = rank_scale(frame, {"a": "−"})["a"]
    assert turned[4] == 0
    yearly = rank_scale(FRAME, scope="per_year").xs(2023, level="year")
    assert yearly["a"].tolist() == [0, 0.5, 1]


def test_targets_by_hand() -> None:
    frame = pd.DataFrame({"a": [10.0, np.nan], "b": [4.0, 8.0]})
    found = distance_to_target(frame, {"a": 20, "b": 4}, {"a": "+", "b": "-"})
    assert found["a"][0] == 0.5
    assert np.isnan(found["a"][1])
    assert found["b"].tolist() == [1.0, 0.5]


@given(arrays("float64", (6, 1), elements=st.floats(-5, 5), unique=True), st.floats(0.1, 9))
def test_invariants(cells: np.ndarray, factor: float) -> None:
    frame = pd.DataFrame(cells.round(6), columns=["a"])
    if frame["a"].nunique() < 6 or frame["a"].std() < 1e-3:
        return
    z = zscore(frame)["a"]
    assert z.mean() == pytest.approx(0, abs=1e-6)
    assert z.std(ddof=0) == pytest.approx(1)
    moved = zscore(frame * factor + 3)["a"]
    assert moved.to_numpy() == pytest.approx(z.to_numpy(), abs=1e-6)
    assert zscore(frame, {"a": "-"})["a"].to_numpy() == pytest.approx(-z.to_numpy())
    assert sorted(rank_scale(frame)["a"]) == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])


def test_refused() -> None:
    flat = FRAME.assign(a=[1.0, 2.0, 1.0, 3.0, 1.0, 4.0])
    with pytest.raises(InputError):
        zscore(flat, scope="per_year")
    with pytest.raises(InputError):
        rank_scale(FRAME * 0)
    for function in (zscore, rank_scale):
        with pytest.raises(InputError):
            function(FRAME.assign(a=np.inf))
        with pytest.raises(InputError):
            function(FRAME, {"a": "+"})
        with pytest.raises(InputError):
            function(FRAME, {"a": "+", "b": "up"})
        with pytest.raises(InputError):
            function(FRAME, scope="daily")
    with pytest.raises(InputError, match="Target of b: found None"):
        distance_to_target(FRAME, {"a": 1})
    with pytest.raises(InputError, match="Indicator b: found 0"):
        distance_to_target(FRAME, {"a": 1, "b": 1})


@pytest.mark.parametrize("sign", ["-", "−", "–", "－", " - "])
def test_less_is_better_however_it_is_written(sign: str) -> None:
    frame = FRAME[["a"]]
    for scaled in (
        lambda written: minmax(frame, {"a": written})[0],
        lambda written: zscore(frame, {"a": written}),
        lambda written: rank_scale(frame, {"a": written}),
        lambda written: distance_to_target(frame, {"a": 4}, {"a": written}),
    ):
        pd.testing.assert_frame_equal(scaled(sign), scaled("-"))
        assert scaled(sign)["a"].idxmax() == ("11", 2022)
        with pytest.raises(InputError, match="a: the direction is “up”"):
            scaled("up")
        with pytest.raises(InputError, match="a has no direction"):
            scaled(None)
