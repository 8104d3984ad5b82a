"""The analytic hierarchy process against published examples; wrong judgements name their cell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_resilience import evaluation
from geo_resilience.errors import InputError
from geo_resilience.evaluation.weighting._consistency import circular_triads

# Saaty, T. L. (1990). How to make a decision: the analytic hierarchy process. European Journal
# of Operational Research, 48(1), 9-26: choosing a house, eight criteria. Printed there: eigenvalue
# 9.669, CI 0.238, CR 0.169, priorities .173 .054 .188 .018 .031 .036 .167 .333.
HOUSE = [
    [1, 5, 3, 7, 6, 6, "1/3", "1/4"],
    ["1/5", 1, "1/3", 5, 3, 3, "1/5", "1/7"],
    ["1/3", 3, 1, 6, 3, 4, 6, "1/5"],
    ["1/7", "1/5", "1/6", 1, "1/3", "1/4", "1/7", "1/8"],
    ["1/6", "1/3", "1/3", 3, 1, "1/2", "1/5", "1/6"],
    ["1/6", "1/3", "1/4", 4, 2, 1, "1/5", "1/6"],
    [3, 5, "1/6", 7, 5, 5, 1, "1/2"],
    [4, 7, 5, 8, 6, 6, 2, 1],
]


def test_saaty_house() -> None:
    found = evaluation.ahp_weights(HOUSE)
    assert found.diagnostics["eigenvalue"] == pytest.approx(9.669, abs=5e-4)
    assert found.diagnostics["consistency_index"] == pytest.approx(0.238, abs=1e-3)
    assert found.diagnostics["consistency_ratio"] == pytest.approx(0.169, abs=1e-3)
    assert found.diagnostics["random_index"] == 1.41
    printed = [0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333]
    assert found.values.tolist() == pytest.approx(printed, abs=6e-4)


def test_inconsistent_pair_of_the_house_and_its_repair() -> None:
    found = evaluation.ahp_weights(HOUSE).diagnostics
    # Saaty (2003) works on the same matrix: the judgement of size against modern facilities,
    # (3, 7) = 6, is by far the most inconsistent.
    assert found["most_inconsistent"] == ("3", "7")
    assert found["found"] == 6
    repaired = [row.copy() for row in HOUSE]
    repaired[2][6], repaired[6][2] = found["suggested"], 1 / found["suggested"]
    again = evaluation.ahp_weights(repaired).diagnostics["consistency_ratio"]
    assert again == pytest.approx(found["consistency_ratio_repaired"])
    assert again < 0.1
    (note,) = found["notes"]
    assert "3 against 7 (6)" in note.say("en")
    assert "CR 为 0.169" in note.say("zh")


def test_closed_form_of_three() -> None:
    # With three items: eigenvalue 1 + x + 1/x, x the cube root of a12 a23 / a13.
    a, b, c = 3.0, 4.0, 2.0
    found = evaluation.ahp_weights([[1, a, c], [1 / a, 1, b], [1 / c, 1 / b, 1]])
    x = (a * b / c) ** (1 / 3)
    assert found.diagnostics["eigenvalue"] == pytest.approx(1 + x + 1 / x)
    assert found.diagnostics["random_index"] == 0.58
    assert found.diagnostics["consistency_ratio_repaired"] == pytest.approx(0, abs=1e-9)
    # the two solutions coincide for three items (Saaty and Vargas 1984)
    rows = evaluation.ahp_weights(
        [[1, a, c], [1 / a, 1, b], [1 / c, 1 / b, 1]], solution="geometric_mean"
    )
    assert rows.values.to_numpy() == pytest.approx(found.values.to_numpy())


def test_planted_contradiction_is_found() -> None:
    weights = np.array([0.4, 0.25, 0.2, 0.1, 0.05])
    matrix = pd.DataFrame(weights[:, None] / weights, list("abcde"), list("abcde"))
    matrix.loc["b", "d"], matrix.loc["d", "b"] = 0.2, 5.0
    found = evaluation.ahp_weights(matrix).diagnostics
    assert found["most_inconsistent"] == ("d", "b")
    assert found["suggested"] == pytest.approx(0.1 / 0.25)
    assert found["consistency_ratio_repaired"] == pytest.approx(0, abs=1e-9)


def test_several_experts() -> None:
    first = pd.DataFrame([[1, 4], [1 / 4, 1]], list("ab"), list("ab"))
    second = pd.DataFrame([[1, 1], [1, 1]], list("ba"), list("ba"))
    joint = evaluation.ahp_weights([first, second])
    assert joint.values.to_dict() == pytest.approx({"a": 2 / 3, "b": 1 / 3})
    separate = evaluation.ahp_weights([first, second], aggregate="priorities")
    assert separate["a"] == pytest.approx(2 / 3)  # sqrt(.8 * .5) : sqrt(.2 * .5) = 2 : 1
    assert list(joint.diagnostics["experts"].columns) == ["a", "b", "consistency_ratio"]
    assert joint.diagnostics["consistency_ratio"] == 0


def test_the_two_aggregations_differ_where_they_should() -> None:
    experts = [HOUSE, np.array(evaluation.ahp_weights(HOUSE).diagnostics["judgements"]).T]
    judgements = evaluation.ahp_weights(experts)
    assert judgements.values.tolist() == pytest.approx([1 / 8] * 8)  # A and its mirror cancel
    priorities = evaluation.ahp_weights(experts, aggregate="priorities")
    assert max(abs(priorities.values - 1 / 8)) > 0.001
    rows = [
        evaluation.ahp_weights(experts, solution="geometric_mean", aggregate=how).values.tolist()
        for how in ("judgements", "priorities")
    ]
    assert rows[0] == pytest.approx(rows[1])  # equal for row geometric means, a known theorem
    numbers = [note.values.get("expert") for note in judgements.notes]
    assert numbers == [1, 2]


@given(st.lists(st.floats(0.05, 1), min_size=1, max_size=9))
def test_consistent_judgements_give_back_the_weights(raw: list[float]) -> None:
    weights = np.array(raw) / sum(raw)
    matrix = weights[:, None] / weights
    for solution in ("eigenvector", "geometric_mean"):
        found = evaluation.ahp_weights(matrix, solution=solution)
        assert found.values.to_numpy() == pytest.approx(weights)
        assert found.diagnostics["consistency_ratio"] == pytest.approx(0, abs=1e-9)
        assert found.notes == ()


@given(st.lists(st.sampled_from([1 / 9, 1 / 5, 1 / 2, 1, 2, 5, 9]), min_size=10, max_size=10))
def test_any_judgements_give_weights(cells: list[float]) -> None:
    matrix = np.ones((5, 5))
    matrix[np.triu_indices(5, 1)] = cells
    matrix[np.tril_indices(5, -1)] = (1 / matrix.T)[np.tril_indices(5, -1)]
    found = evaluation.ahp_weights(matrix)
    assert found.values.gt(0).all()
    ratio = found.diagnostics["consistency_ratio"]
    assert ratio >= 0
    if found.diagnostics["consistency_ratio_repaired"] is not None:
        assert found.diagnostics["consistency_ratio_repaired"] <= ratio + 1e-9


@pytest.mark.parametrize(
    ("matrix", "said"),
    [
        ([[1, 3], [3, 1]], "row 1, column 2: found 3, but its mirror .* is 3, expected 0.3333"),
        ([[1, 3, 1], ["1/3", 1, 1]], "2 rows and 3 columns"),
        ([[1, -3], ["1/3", 1]], "row 1, column 2: found -3, expected a positive"),
        ([[1, 0], [0, 1]], "row 1, column 2: found 0, expected a positive"),
        ([[1, "x"], ["1/3", 1]], "row 1, column 2: found x"),
        ([[1, "1/0"], [0.5, 1]], "row 1, column 2: found 1/0"),
        ([[2, 3], ["1/3", 1]], "row 1, column 1: found 2, expected 1"),
        ([[1, None], [None, 1]], "row 1, column 2: the cell and its mirror are both blank"),
        ([1, 2, 3], "expected a square matrix"),
        ([], "list of judgement matrices is empty"),
    ],
)
def test_wrong_judgements_name_the_cell(matrix: list[object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        evaluation.ahp_weights(matrix)


def test_every_wrong_cell_is_named_at_once() -> None:
    matrix = [[1, -1, 2], ["y", 1, 0], ["1/2", 3, 1]]
    with pytest.raises(InputError) as caught:
        evaluation.ahp_weights(matrix)
    assert len(caught.value.problems) == 3


def test_reading(tmp_path: Path) -> None:
    path = tmp_path / "judgements.csv"
    path.write_bytes("\ufeffcode,b,a\nb,1,1/3\na,,1\n".encode())
    frame = evaluation.read_judgements(path, ["a", "b"])
    assert frame.to_dict() == {"a": {"a": 1, "b": 1 / 3}, "b": {"a": 3, "b": 1}}
    path.write_text("code;a;b\n\na;1;0.33\nb;3;1\n")
    assert evaluation.read_judgements(path).loc["a", "b"] == 1 / 3
    path.write_bytes("代码,链条,创新\n链条,1,3\n创新,1/3,1\n".encode("gb18030"))
    assert list(evaluation.read_judgements(path).columns) == ["链条", "创新"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code,a,b\na,1,3\n", "1 row and 2 columns"),
        ("code,a,b\na,1\nb,1/3,1\n", "row a: found 1 cell, expected 2"),
        ("code,a,b\na,1,2,9\nb,1/2,1\n", "row a: found 3 cells, expected 2"),
        ("code,a,b\na,1,3\nc,1/3,1\n", "b stands in the header, c in the first column"),
        ("code,a,b\na,1,3\nb,1/2,1\n", "judgements.csv, row a, column b: found 3"),
        ("code,a,x\na,1,3\nx,1/3,1\n", "no row and column for b"),
        ("", "holds nothing"),
        ("code,a,b\n", "is empty"),
        ("code,a\0,b\na,1,2\n", "row 1: the text holds zero bytes"),
    ],
)
def test_reading_refuses(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "judgements.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        evaluation.read_judgements(path, ["a", "b"])


def test_missing_file_and_folder(tmp_path: Path) -> None:
    for path, said in ((tmp_path / "none.csv", "no such file"), (tmp_path, "is a folder")):
        with pytest.raises(InputError, match=said):
            evaluation.read_judgements(path)


def test_template_is_read_back_once_filled(tmp_path: Path) -> None:
    template = evaluation.judgement_template(["a", "b", "c"])
    path = tmp_path / "judgements.csv"
    template.to_csv(path)
    with pytest.raises(InputError, match=r"row a, column b: .* both blank"):
        evaluation.read_judgements(path)
    template.loc["a", "b"], template.loc["a", "c"], template.loc["b", "c"] = "2", "6", "3"
    template.to_csv(path)
    found = evaluation.ahp_weights(evaluation.read_judgements(path))
    assert found.values.tolist() == pytest.approx([0.6, 0.3, 0.1])


def test_circular_triads() -> None:
    beats = pd.DataFrame(1.0, list("abcd"), list("abcd"))
    for winner, loser in ["ab", "bc", "ca", "ad", "bd", "cd"]:
        beats.loc[winner, loser], beats.loc[loser, winner] = 3, 1 / 3
    assert circular_triads(beats) == [("a", "b", "c")]
    beats.loc["a", "b"] = beats.loc["b", "a"] = 1
    assert circular_triads(beats) == []


def test_a_header_that_differs_from_the_first_column_is_one_problem(tmp_path):
    file = tmp_path / "e1.csv"
    file.write_text("code,jobs,unemp\njobs,1,3\nunemployment,1/3,1\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        evaluation.read_judgements(file, ["jobs", "unemployment"])
    assert caught.value.lines("en") == [
        "e1.csv: the header and the first column differ: unemp stands in the header, unemployment "
        "in the first column. Write the same codes in both."
    ]


def test_codes_that_are_none_of_the_indicators_are_named_with_the_nearest(tmp_path):
    file = tmp_path / "e1.csv"
    file.write_text("code,jobs,unemp\njobs,1,3\nunemp,1/3,1\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        evaluation.read_judgements(file, ["jobs", "unemployment"])
    lack, over = caught.value.lines("en")
    assert lack.startswith("e1.csv: there is no row and column for unemployment")
    assert "none of the indicators" in over
