"""Weights found in the values, improved AHP, hierarchies and combinations."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_resilience import evaluation
from geo_resilience.errors import InputError, UndefinedError

REFERENCE = Path(__file__).parents[1] / "reference" / "evaluation"
CRITERIA = pd.read_csv(REFERENCE / "criteria.csv", dtype={"code": str})
TABLES = {
    name: pd.read_csv(REFERENCE / f"{name}.csv", dtype={"adcode": str}).set_index("adcode")
    for name in ("high_tech", "digital")
}


@pytest.mark.parametrize("table", list(TABLES))
@pytest.mark.parametrize("method", ["critic", "entropy"])
def test_as_scikit_criteria(table: str, method: str) -> None:
    function = {"critic": evaluation.critic_weights, "entropy": evaluation.entropy_weights}[method]
    rows = CRITERIA[(CRITERIA["table"] == table) & (CRITERIA["method"] == method)]
    found = function(TABLES[table]).values
    assert found[rows["code"]].tolist() == pytest.approx(rows["value"].tolist(), abs=1e-9)


def test_variation_by_hand() -> None:
    # a: mean 2, population sd sqrt(2/3); b: mean 4, sd sqrt(8/3)
    values = pd.DataFrame({"a": [1.0, 2, 3], "b": [2.0, 4, 6], "c": [5.0, 5, 5]})
    found = evaluation.variation_weights(values)
    assert found.values.tolist() == pytest.approx([0.5, 0.5, 0])
    assert found.diagnostics["coefficient"]["a"] == pytest.approx(np.sqrt(2 / 3) / 2)


def test_pca_weights_of_two_blocks() -> None:
    # Two uncorrelated blocks of 3 and 2 identical indicators: loadings 1 on their component
    # and 0 on the other, so every indicator counts the same by squared loading.
    first, second = np.array([1.0, -1, 1, -1]), np.array([1.0, 1, -1, -1])
    frame = pd.DataFrame({**{f"a{i}": first for i in range(3)}, "b0": second, "b1": second})
    found = evaluation.pca_weights(frame)
    assert found.values.tolist() == pytest.approx([0.2] * 5)
    assert found.diagnostics["assigned"].tolist() == [1, 1, 1, 2, 2]
    assert found.diagnostics["explained"]["share"].tolist() == pytest.approx([0.6, 0.4])
    one = evaluation.pca_weights(frame, components=1, rotation="none")
    assert one.values.tolist() == pytest.approx([1 / 3] * 3 + [0, 0], abs=1e-12)


@pytest.mark.parametrize(
    "function",
    [evaluation.critic_weights, evaluation.variation_weights, evaluation.pca_weights],
)
@pytest.mark.parametrize("table", list(TABLES))
def test_order_of_rows_and_columns_is_free(function: object, table: str) -> None:
    frame = TABLES[table]
    first = function(frame).values  # type: ignore[operator]
    other = function(frame.iloc[::-1, ::-1]).values  # type: ignore[operator]
    assert other[first.index].to_numpy() == pytest.approx(first.to_numpy(), abs=1e-8)
    assert first.sum() == pytest.approx(1)


def test_undefined_weights() -> None:
    table = TABLES["high_tech"]
    with pytest.raises(UndefinedError, match="margin are constant"):
        evaluation.critic_weights(table.assign(margin=1.0))
    with pytest.raises(UndefinedError, match="agree perfectly"):
        evaluation.critic_weights(pd.DataFrame({"a": [0.0, 1.0], "b": [0.0, 0.5]}))
    with pytest.raises(UndefinedError, match="one observation"):
        evaluation.critic_weights(table[:1])
    with pytest.raises(UndefinedError, match="every column is constant"):
        evaluation.variation_weights(table * 0 + 1)
    with pytest.raises(UndefinedError, match="columns share are zero"):
        evaluation.variation_weights(table.assign(share=0.0))
    with pytest.raises(InputError, match="found -1"):
        evaluation.variation_weights(table.assign(share=-1.0))


def test_three_scale_by_hand() -> None:
    # sums 6, 4, 2, 4; range 4; log9 shares 1.5 1 .5 1: weights 27 : 9 : 3 : 9
    comparisons = pd.DataFrame(
        [[1, 2, 2, 1], [0, 1, 2, 1], [0, 0, 1, 1], [1, 1, 1, 1]], list("abcd"), list("abcd")
    )
    found = evaluation.improved_ahp_weights(comparisons)
    assert found.values.tolist() == pytest.approx([27 / 48, 9 / 48, 3 / 48, 9 / 48])
    assert found.diagnostics["judgements"].loc["a", "c"] == pytest.approx(9)
    assert found.diagnostics["circular"] == []
    matrix = found.diagnostics["judgements"]
    assert evaluation.ahp_weights(matrix).values.to_numpy() == pytest.approx(
        found.values.to_numpy()
    )


def test_three_scale_of_equal_sums_and_a_circle() -> None:
    circle = pd.DataFrame([[1, 2, 0], [0, 1, 2], [2, 0, 1]], list("abc"), list("abc"))
    found = evaluation.improved_ahp_weights(circle)
    assert found.values.tolist() == pytest.approx([1 / 3] * 3)
    assert found.diagnostics["circular"] == [("a", "b", "c")]
    (note,) = found.notes
    assert "1 circular triads of 1" in note.say()
    assert "a > b > c > a" in note.say("zh")


def test_three_scale_takes_a_reciprocal_matrix_by_its_order() -> None:
    ratios = [[1, 2, 7], ["1/2", 1, 5], ["1/7", "1/5", 1]]
    found = evaluation.improved_ahp_weights(ratios, base=4)
    # sums 5, 3, 1; range 4; base 4: 4^(5/4) : 4^(3/4) : 4^(1/4) = 4 : 2 : 1
    assert found.values.tolist() == pytest.approx([4 / 7, 2 / 7, 1 / 7])


def test_optimal_transfer_is_the_log_least_squares_solution() -> None:
    ratios = [[1, 2, 9], ["1/2", 1, 2], ["1/9", "1/2", 1]]
    found = evaluation.improved_ahp_weights(ratios, form="optimal_transfer")
    rows = evaluation.ahp_weights(ratios, solution="geometric_mean")
    assert found.values.to_numpy() == pytest.approx(rows.values.to_numpy())
    consistent = found.diagnostics["judgements"].to_numpy()
    assert consistent[0, 1] * consistent[1, 2] == pytest.approx(consistent[0, 2])


def test_improved_ahp_refuses() -> None:
    with pytest.raises(InputError, match="row a, column b: found 2 and across the diagonal 1"):
        evaluation.improved_ahp_weights(
            pd.DataFrame([[1, 2, 2], [1, 1, 2], [0, 0, 1]], list("abc"), list("abc"))
        )
    with pytest.raises(InputError, match="but its mirror"):
        evaluation.improved_ahp_weights([[1, 2], [2, 1]], form="optimal_transfer")
    with pytest.raises(InputError, match="base of the three-scale AHP is 1"):
        evaluation.improved_ahp_weights([[1, 2], [0, 1]], base=1)
    with pytest.raises(InputError, match="form is other"):
        evaluation.improved_ahp_weights([[1, 2], [0, 1]], form="other")


def pair(first: str, second: str, ratio: float) -> pd.DataFrame:
    names = [first, second]
    return pd.DataFrame([[1, ratio], [1 / ratio, 1]], names, names)


def test_hierarchy_of_three_levels() -> None:
    tree = {
        "index": pair("B1", "B2", 3),
        "B1": pair("C11", "C12", 1),
        "C11": pair("D111", "D112", 4),
        "C12": "D121",
        "B2": [pair("D211", "D212", 4), pair("D211", "D212", 1)],
    }
    found = evaluation.hierarchy_weights(tree, top="index")
    assert found.values.to_dict() == pytest.approx(
        {
            "D111": 0.75 * 0.5 * 0.8,
            "D112": 0.75 * 0.5 * 0.2,
            "D121": 0.75 * 0.5,
            "D211": 0.25 * 2 / 3,
            "D212": 0.25 / 3,
        }
    )
    assert found.diagnostics["consistency_ratio"] == 0
    assert set(found.diagnostics["nodes"]) == set(tree)


def test_ratio_of_the_whole_hierarchy() -> None:
    matrix = pd.DataFrame([[1, 2, 0.5], [0.5, 1, 4], [2, 0.25, 1]], list("abc"), list("abc"))
    alone = evaluation.ahp_weights(matrix).diagnostics["consistency_ratio"]
    found = evaluation.hierarchy_weights({"top": pair("x", "y", 3), "x": matrix}, top="top")
    assert found.diagnostics["consistency_ratio"] == pytest.approx(alone)
    assert len(found.notes) == 1


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ({"other": "a"}, "no node index, expected one of: other"),
        ({"index": "B1", "B1": pair("a", "index", 1)}, "top index stands below"),
        ({"index": pair("B1", "B2", 1), "B1": "a", "B2": "a"}, "holds a under two nodes"),
        ({"index": pair("B1", "B2", 1), "C": "a"}, "node C is nobody's child"),
    ],
)
def test_wrong_hierarchies(tree: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        evaluation.hierarchy_weights(tree, top="index")


def test_judgement_sensitivity() -> None:
    ratios = np.array([0.5, 0.3, 0.2])
    matrix = pd.DataFrame(ratios[:, None] / ratios, list("abc"), list("abc"))
    found = evaluation.judgement_sensitivity(matrix).set_index(["first", "second"])
    # Row geometric means are exact for three items: d ln(w_i/w_j) / d ln a_ij = 2/3.
    assert found["elasticity"].tolist() == pytest.approx([2 / 3] * 3, abs=1e-6)
    changed = matrix.copy()
    changed.loc["a", "b"], changed.loc["b", "a"] = 2.0, 0.5
    after = evaluation.ahp_weights(changed)
    shift = abs(after.values.to_numpy() - ratios).sum() / 2
    assert found.loc[("a", "b"), "shift_up"] == pytest.approx(shift)
    ratio = after.diagnostics["consistency_ratio"]
    assert found.loc[("a", "b"), "ratio_up"] == pytest.approx(ratio)
    ends = evaluation.judgement_sensitivity([[1, 9], ["1/9", 1]])
    assert np.isnan(ends.loc[0, "shift_up"])
    assert ends.loc[0, "shift_down"] == pytest.approx(0.9 - 8 / 9)


def test_additive_and_game_combinations() -> None:
    first, second = pd.Series({"a": 0.9, "b": 0.1}), pd.Series({"a": 0.5, "b": 0.5})
    added = evaluation.combine_weights(first, second, how="additive", share=0.25)
    assert added.values.tolist() == pytest.approx([0.6, 0.4])
    # own .82, other .5, cross .5: shares .5 (.82 - .5) : .82 (.5 - .5) = all to the first
    game = evaluation.combine_weights(first, second, how="game")
    assert game.diagnostics["shares"] == (1.0, 0.0)
    mirrored = evaluation.combine_weights(
        pd.Series({"a": 0.8, "b": 0.2}), pd.Series({"a": 0.2, "b": 0.8}), how="game"
    )
    assert mirrored.values.tolist() == pytest.approx([0.5, 0.5])
    same = evaluation.combine_weights(first, first, how="game")
    assert same.values.tolist() == pytest.approx([0.9, 0.1])
    with pytest.raises(InputError, match="share is 2"):
        evaluation.combine_weights(first, second, share=2)
    with pytest.raises(InputError, match="how is sum"):
        evaluation.combine_weights(first, second, how="sum")


@given(
    st.lists(st.floats(0.05, 1), min_size=4, max_size=4),
    st.lists(st.floats(0.05, 1), min_size=4, max_size=4),
)
def test_game_solves_its_conditions(raw: list[float], other: list[float]) -> None:
    first = pd.Series(raw, list("abcd")) / sum(raw)
    second = pd.Series(other, list("abcd")) / sum(other)
    found = evaluation.combine_weights(first, second, how="game")
    shares = found.diagnostics["shares"]
    assert sum(shares) == pytest.approx(1)
    assert min(shares) >= 0
    gram = np.array([[first @ first, first @ second], [first @ second, second @ second]])
    if abs(np.linalg.det(gram)) > 1e-6:
        solution = np.clip(np.linalg.solve(gram, np.diag(gram)), 0, None)
        assert shares[0] == pytest.approx(solution[0] / solution.sum(), abs=1e-6)


def test_comparison_with_the_used_weights() -> None:
    index = pd.MultiIndex.from_product([["x", "y", "z"], [2022, 2023]], names=["adcode", "year"])
    values = pd.DataFrame(
        {"a": [0.9, 0.9, 0.1, 0.1, 0.5, 0.5], "b": [0.1] * 2 + [0.8] * 2 + [0.5] * 2}, index
    )
    used = evaluation.own_weights({"a": 0.8, "b": 0.2}, ["a", "b"])
    sets = {
        "same": used,
        "equal": evaluation.equal_weights("ab"),
        "turned": pd.Series({"a": 0.2, "b": 0.8}),
    }
    found = evaluation.compare_weights(values, sets, used)
    assert list(found.columns)[:3] == ["year", "method", "distance"]
    assert found["year"].tolist() == [2022, 2023] * 3
    same = found[found["method"] == "same"].iloc[0]
    assert (same["distance"], same["scores_correlation"], same["mean_shift"]) == (0, 1, 0)
    turned = found[found["method"] == "turned"].iloc[1]
    assert turned["distance"] == pytest.approx(0.6)
    assert turned["weights_correlation"] == -1
    assert turned["scores_correlation"] == -1
    assert (turned["most_moved"], turned["rank_used"], turned["rank_other"]) == ("x", 1, 3)
    # x .74 -> .26, y .24 -> .66, z .50 -> .50: Strong -> Weaker, Weaker -> Strong, same
    assert turned["grades_changed"] == 2
    assert np.isnan(found[found["method"] == "equal"].iloc[0]["weights_correlation"])


def test_unevenness() -> None:
    values = pd.DataFrame({"a": [0.6, 0.2], "b": [0.6, 1.0]}, index=["even", "uneven"])
    found = evaluation.mazziotta_pareto(values)
    # mean .6, variance .16: .6 - .16/.6
    assert found.to_dict() == pytest.approx({"even": 0.6, "uneven": 0.6 - 0.16 / 0.6})
    added = evaluation.mazziotta_pareto(values, penalty="+")
    assert added["uneven"] == pytest.approx(0.6 + 0.16 / 0.6)
    weighted = evaluation.mazziotta_pareto(values, pd.Series({"a": 0.25, "b": 0.75}))
    assert weighted["uneven"] == pytest.approx(0.8 - (0.25 * 0.36 + 0.75 * 0.04) / 0.8)
    with pytest.raises(UndefinedError, match="in row uneven"):
        evaluation.mazziotta_pareto(values - 0.7)
    with pytest.raises(InputError, match="penalty is x"):
        evaluation.mazziotta_pareto(values, penalty="x")
