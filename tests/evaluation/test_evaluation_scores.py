"""Composite, dimensions, grades, ranks: the source study's table, hand calculations, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo_resilience import evaluation
from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.evaluation._aggregation import above_zero

# Table 3-1 of the source study: dimension scores, composite and grade of six areas, with the
# dimension weights of its Table 2-1.
AREAS = pd.DataFrame(
    [
        ("yangtze_river_delta", 0.856, 0.892, 0.873, 0.874, "High"),
        ("pearl_river_delta", 0.834, 0.867, 0.845, 0.849, "High"),
        ("beijing_tianjin_hebei", 0.812, 0.823, 0.798, 0.811, "High"),
        ("middle_yangtze", 0.767, 0.745, 0.723, 0.745, "Strong"),
        ("chengdu_chongqing", 0.743, 0.721, 0.698, 0.721, "Strong"),
        ("northeast_area", 0.654, 0.612, 0.587, 0.618, "Strong"),
    ],
    columns=["area", "B1", "B2", "B3", "printed", "grade"],
).set_index("area")
DIMENSION_WEIGHTS = pd.Series({"B1": 0.340, "B2": 0.344, "B3": 0.316})


def test_table_3_1() -> None:
    found = evaluation.composite(AREAS[["B1", "B2", "B3"]], DIMENSION_WEIGHTS)
    assert (found - AREAS["printed"]).abs().max() <= 0.001
    assert evaluation.grade(found).astype(str).tolist() == AREAS["grade"].tolist()
    assert found["middle_yangtze"] == pytest.approx(0.7455, abs=5e-5)  # printed 0.745
    assert evaluation.rank(found).tolist() == [1, 2, 3, 4, 5, 6]


VALUES = pd.DataFrame(
    {"D2": [0.5, 0.8], "D1": [0.2, 0.4], "D3": [1.0, 0.1]},
    index=pd.MultiIndex.from_tuples([("110000", 2023), ("310000", 2023)], names=["adcode", "year"]),
)
WEIGHTS = pd.Series({"D1": 0.5, "D2": 0.3, "D3": 0.2})
DIMENSIONS = pd.Series({"D1": "B1", "D2": "B1", "D3": "B2"})


def test_columns_are_matched_by_code_not_position() -> None:
    found = evaluation.composite(VALUES, WEIGHTS)
    assert found.tolist() == pytest.approx([0.45, 0.46])
    assert found.index.equals(VALUES.index)
    assert found.name == "composite"


def test_means_by_hand() -> None:
    geometric = evaluation.composite(VALUES, WEIGHTS, how="geometric")
    assert geometric.iloc[0] == pytest.approx(0.2**0.5 * 0.5**0.3 * 1.0**0.2)
    harmonic = evaluation.composite(VALUES, WEIGHTS, how="harmonic")
    assert harmonic.iloc[0] == pytest.approx(1 / (0.5 / 0.2 + 0.3 / 0.5 + 0.2 / 1.0))
    largest = evaluation.composite(VALUES, WEIGHTS, how=lambda z, w: z.max(axis=1))
    assert largest.tolist() == [1.0, 0.8]


def test_dimensions_add_up() -> None:
    found = evaluation.dimension_scores(VALUES, WEIGHTS, DIMENSIONS)
    assert list(found.columns) == ["B1", "B2"]
    assert found["B1"].iloc[0] == pytest.approx((0.5 * 0.2 + 0.3 * 0.5) / 0.8)
    total = 0.8 * found["B1"] + 0.2 * found["B2"]
    assert total.to_numpy() == pytest.approx(evaluation.composite(VALUES, WEIGHTS).to_numpy())


@given(
    arrays("float64", (5, 4), elements=st.floats(0.01, 1)),
    arrays("float64", 4, elements=st.floats(0.05, 1)),
)
def test_mean_invariants(cells: np.ndarray, raw: np.ndarray) -> None:
    frame = pd.DataFrame(cells, columns=list("abcd"))
    weights = pd.Series(raw / raw.sum(), index=list("abcd"))
    means = [
        evaluation.composite(frame, weights, how=how)
        for how in ("harmonic", "geometric", "arithmetic")
    ]
    assert (means[0] <= means[1] + 1e-12).all()
    assert (means[1] <= means[2] + 1e-12).all()
    assert (means[0] >= frame.min(axis=1) - 1e-12).all()
    assert (means[2] <= frame.max(axis=1) + 1e-12).all()
    for power, mean in zip((-1, 0, 1), means, strict=True):
        found = evaluation.generalized_mean(frame, weights, power=power)
        assert found.to_numpy() == pytest.approx(mean.to_numpy())
    near_zero = evaluation.generalized_mean(frame, weights, power=1e-7)
    assert near_zero.to_numpy() == pytest.approx(means[1].to_numpy(), rel=1e-5)
    high = evaluation.generalized_mean(frame, weights, power=2000)
    assert high.to_numpy() == pytest.approx(frame.max(axis=1).to_numpy(), rel=0.01)


def test_zero_is_named() -> None:
    values = VALUES.copy()
    values.loc[("310000", 2023), "D1"] = 0.0
    for how in ("geometric", "harmonic"):
        with pytest.raises(UndefinedError, match="row 310000, 2023, column D1 is 0"):
            evaluation.composite(values, WEIGHTS, how=how)
    with pytest.raises(UndefinedError, match="column D1 is 0"):
        evaluation.generalized_mean(values, WEIGHTS, power=-2)
    assert evaluation.generalized_mean(values, WEIGHTS, power=0.5).notna().all()
    without = pd.Series({"D1": 0.0, "D2": 0.5, "D3": 0.5})
    found = evaluation.composite(values, without, how="geometric")
    assert found.iloc[1] == pytest.approx(np.sqrt(0.8 * 0.1))
    lifted = above_zero(values)
    assert lifted.min().min() == pytest.approx(0.01)
    assert evaluation.composite(lifted, WEIGHTS, how="geometric").gt(0).all()


@pytest.mark.parametrize(
    ("values", "weights", "said"),
    [
        (VALUES.assign(D1=np.nan), WEIGHTS, "row 110000, 2023, column D1: found nan"),
        (VALUES.assign(D1=np.inf), WEIGHTS, "column D1: found inf"),
        (VALUES.drop(columns="D1"), WEIGHTS, "hold the code D1"),
        (VALUES, WEIGHTS.drop("D3") / 0.8, "lack the code D3"),
        (VALUES, WEIGHTS * 2, "sum is 2"),
        (VALUES, [0.5, 0.3, 0.2], "expected a pandas Series"),
    ],
)
def test_composite_refuses(values: pd.DataFrame, weights: pd.Series, said: str) -> None:
    with pytest.raises(InputError, match=said):
        evaluation.composite(values, weights)


def test_unknown_mean_and_dimension() -> None:
    with pytest.raises(InputError, match="option how is geometrical"):
        evaluation.composite(VALUES, WEIGHTS, how="geometrical")
    with pytest.raises(InputError, match="dimensions lack the code D3"):
        evaluation.dimension_scores(VALUES, WEIGHTS, DIMENSIONS.drop("D3"))
    nothing = pd.Series({"D1": 0.5, "D2": 0.5, "D3": 0.0})
    with pytest.raises(UndefinedError, match="dimension B2 has weight 0"):
        evaluation.dimension_scores(VALUES, nothing, DIMENSIONS)


def test_grades_include_their_lower_bound() -> None:
    scores = pd.Series([0.0, 0.2 - 1e-13, 0.2 - 1e-9, 0.4, 0.1 + 0.2 + 0.3, 0.8, 1.0, np.nan])
    found = evaluation.grade(scores)
    assert evaluation.grade(list(scores)).equals(found)
    assert found.isna().tolist() == [False] * 7 + [True]
    assert found.astype(object).tolist()[:7] == [
        *("Low", "Weaker", "Low", "Medium", "Strong", "High", "High"),
    ]
    assert found.dtype.ordered
    assert list(found.dtype.categories) == ["Low", "Weaker", "Medium", "Strong", "High"]


def test_other_cuts_and_labels() -> None:
    scores = pd.Series([0.1, 0.5, 0.9])
    assert evaluation.grade(scores, cuts=(0.05, 0.3, 0.6, 0.95)).tolist() == [
        *("Weaker", "Medium", "Strong"),
    ]
    assert evaluation.grade(scores, cuts=(0.5,), labels=("bad", "good")).tolist() == [
        *("bad", "good", "good"),
    ]
    for cuts in [(0.4, 0.2, 0.6, 0.8), (0.2, 0.2, 0.6, 0.8), (0.2, np.nan, 0.6, 0.8)]:
        with pytest.raises(InputError, match="strictly increasing"):
            evaluation.grade(scores, cuts=cuts)
    with pytest.raises(InputError, match="2 cuts, expected 4"):
        evaluation.grade(scores, cuts=(0.2, 0.4))
    with pytest.raises(InputError, match="row 1: found x"):
        evaluation.grade(pd.Series([0.1, "x"]))


def test_ranks_within_the_year_share_the_better_place() -> None:
    index = pd.MultiIndex.from_product([["a", "b", "c"], [2022, 2023]], names=["adcode", "year"])
    scores = pd.Series([0.3, 0.9, 0.1 + 0.2, 0.8, 0.1, 0.7], index=index)
    found = evaluation.rank(scores)
    assert found.tolist() == [1, 1, 1, 2, 3, 3]
    assert found.dtype == "int64"
    holed = evaluation.rank(pd.Series([0.5, np.nan, 0.6]))
    assert holed.dtype == "Int64"
    assert holed.isna().tolist() == [False, True, False]


def test_score_as_a_whole() -> None:
    found = evaluation.score(VALUES, WEIGHTS, DIMENSIONS)
    assert found.composite.tolist() == [0.45, 0.46]
    assert found.grades.tolist() == ["Medium", "Medium"]
    assert found.ranks.tolist() == [2, 1]
    assert list(found.frame.columns) == ["B1", "B2", "composite", "grade", "rank"]
    assert found.weights.method == "own"


def test_group_means() -> None:
    index = pd.MultiIndex.from_product([["1", "2", "3"], [2022, 2023]], names=["adcode", "year"])
    scores = pd.Series([0.1, 0.2, 0.3, 0.4, 0.8, 0.9], index=index)
    found = evaluation.group_means(scores, {"x": ["1", "2"], "y": ("2", "3"), "none": []})
    assert found.loc["x"].tolist() == pytest.approx([0.2, 0.3])
    assert found.loc["y", 2023] == pytest.approx(0.65)
    assert found.loc["none"].isna().all()
    assert list(found.columns) == [2022, 2023]
    with pytest.raises(InputError, match="Group x: the member 9"):
        evaluation.group_means(scores, {"x": ["9"]})
