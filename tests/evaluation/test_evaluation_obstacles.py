"""Obstacle degrees and coupling coordination: hand calculations, closed forms, edges."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo_resilience import evaluation, words
from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.evaluation._coupling import STAGES
from geo_resilience.evaluation._obstacles import dimension_obstacles, obstacle_table

INDEX = pd.MultiIndex.from_product([["11", "12"], [2022, 2023]], names=["adcode", "year"])
VALUES = pd.DataFrame(
    {"a": [0.5, 1.0, 0.2, 0.0], "b": [0.0, 1.0, 0.6, 1.0], "c": [1.0, 1.0, 0.4, 0.5]}, INDEX
)
WEIGHTS = pd.Series({"a": 0.5, "b": 0.3, "c": 0.2})
DIMENSIONS = pd.Series({"a": "B1", "b": "B2", "c": "B1"})


def test_obstacles_by_hand() -> None:
    found = evaluation.obstacle_degrees(VALUES, WEIGHTS)
    assert found.iloc[0].tolist() == pytest.approx([0.25 / 0.55, 0.3 / 0.55, 0])
    assert found.iloc[1].isna().all()  # lacks nothing
    assert found.iloc[2].tolist() == pytest.approx([0.4 / 0.64, 0.12 / 0.64, 0.12 / 0.64])
    whole = dimension_obstacles(found, DIMENSIONS)
    assert list(whole.columns) == ["B1", "B2"]
    assert whole.iloc[2].tolist() == pytest.approx([0.52 / 0.64, 0.12 / 0.64])
    assert whole.iloc[1].isna().all()


def test_obstacle_table() -> None:
    table = obstacle_table(VALUES, WEIGHTS, DIMENSIONS)
    assert list(table.columns) == ["adcode", "year", "level", "code", "degree", "order"]
    assert len(table) == 3 * (2 + 3)
    first = table[(table["adcode"] == "12") & (table["year"] == 2022)]
    inner = first[first["level"] == "indicator"]
    assert inner["code"].tolist() == ["a", "b", "c"]  # b and c tie: the order of codes
    assert inner["order"].tolist() == [1, 2, 3]


def test_top_obstacles_by_group() -> None:
    degrees = evaluation.obstacle_degrees(VALUES, WEIGHTS)
    found = evaluation.top_obstacles(
        degrees, count=1, groups={"east": ["11"], "both": ["11", "12"]}
    )
    east = found[(found["group"] == "east")]
    assert east["year"].tolist() == [2022]  # in 2023 the region lacks nothing
    assert east["code"].tolist() == ["b"]
    both = found[(found["group"] == "both") & (found["year"] == 2022)].iloc[0]
    assert both["code"] == "a"
    assert both["degree"] == pytest.approx((0.25 / 0.55 + 0.4 / 0.64) / 2)
    assert both["first_in"] == 1


@given(arrays("float64", (4, 3), elements=st.floats(0, 0.99)))
def test_obstacles_sum_to_one(cells: np.ndarray) -> None:
    frame = pd.DataFrame(cells, columns=list("abc"))
    found = evaluation.obstacle_degrees(frame, WEIGHTS)
    assert found.sum(axis=1).to_numpy() == pytest.approx(1)
    lack = 1 - evaluation.composite(frame, WEIGHTS)
    back = found.mul(lack, axis="index")
    assert back.to_numpy() == pytest.approx(((1 - frame) * WEIGHTS).to_numpy())


def test_obstacles_refuse() -> None:
    with pytest.raises(InputError, match="row 11, 2022, column a: found 1"):
        evaluation.obstacle_degrees(VALUES + 1, WEIGHTS)


def systems(*rows: list[float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[f"B{i + 1}" for i in range(len(rows[0]))])


def test_classic_by_hand() -> None:
    found = evaluation.coupling_coordination(systems([0.2, 0.4, 0.8]))
    coupling = 3 * (0.2 * 0.4 * 0.8) ** (1 / 3) / 1.4
    assert found.iloc[0].tolist() == pytest.approx([coupling, 1.4 / 3, np.sqrt(coupling * 1.4 / 3)])
    weights = pd.Series({"B1": 0.5, "B2": 0.25, "B3": 0.25})
    weighted = evaluation.coupling_coordination(systems([0.2, 0.4, 0.8]), weights)
    assert weighted["development"].iloc[0] == pytest.approx(0.4)
    assert weighted["coupling"].iloc[0] == pytest.approx(coupling)


def test_corrected_in_closed_form() -> None:
    # two systems: sqrt((1 - (a - b)) b/a); three: ((1 - 2/3 (a - c)) sqrt(b c)/a)^(1/2)
    two = evaluation.coupling_coordination(systems([0.9, 0.3]), form="corrected")
    assert two["coupling"].iloc[0] == pytest.approx(np.sqrt(0.4 / 3))
    three = evaluation.coupling_coordination(systems([0.8, 0.4, 0.2]), form="corrected")
    expected = np.sqrt((1 - 2 / 3 * 0.6) * np.sqrt(0.4 * 0.2) / 0.8)
    assert three["coupling"].iloc[0] == pytest.approx(expected)


@given(arrays("float64", (5, 3), elements=st.floats(0.001, 1)))
def test_coupling_is_one_just_when_all_are_equal(cells: np.ndarray) -> None:
    frame = systems(*cells.tolist())
    equal = systems(*np.repeat(cells[:, :1], 3, axis=1).tolist())
    for form in ("classic", "corrected"):
        found = evaluation.coupling_coordination(frame, form=form)
        assert found["coupling"].between(0, 1).all()
        assert (found["coordination"] ** 2).to_numpy() == pytest.approx(
            (found["coupling"] * found["development"]).to_numpy()
        )
        apart = np.ptp(cells, axis=1) > 1e-3
        assert (found["coupling"][apart] < 1 - 1e-9).all()
        same = evaluation.coupling_coordination(equal, form=form)
        assert same["coupling"].to_numpy() == pytest.approx(1)
    classic = evaluation.coupling_coordination(frame)["coupling"]
    corrected = evaluation.coupling_coordination(frame, form="corrected")["coupling"]
    assert (corrected <= classic + 1e-9).all()


def test_zeros_and_refusals() -> None:
    for form in ("classic", "corrected"):
        found = evaluation.coupling_coordination(systems([0.0, 0.5], [0.0, 0.0]), form=form)
        assert found["coupling"].iloc[0] == 0
        assert found["coordination"].iloc[0] == 0
        assert found["coupling"].isna().tolist() == [False, True]
    with pytest.raises(UndefinedError, match="1 indicator, expected at least 2"):
        evaluation.coupling_coordination(systems([0.5]))
    with pytest.raises(InputError, match="form is other"):
        evaluation.coupling_coordination(systems([0.5, 0.5]), form="other")
    with pytest.raises(InputError, match="found 2"):
        evaluation.coupling_coordination(systems([0.5, 2.0]))


def test_stages() -> None:
    degrees = pd.Series([0.0, 0.1, 0.3 - 1e-14, 0.1 + 0.2, 0.999, 1.0, np.nan])
    found = evaluation.coordination_stages(degrees)
    expected = [0, 1, 3, 3, 9, 9]
    assert found.cat.codes.tolist() == [*expected, -1]
    assert found.dtype.ordered
    for stage in STAGES:
        assert words.has(f"coordination.{stage}")
    with pytest.raises(InputError, match=r"found 1\.2"):
        evaluation.coordination_stages(pd.Series([1.2]))
