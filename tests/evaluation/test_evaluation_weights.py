"""Weights: hand calculations, promises, and what is refused."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo_resilience import evaluation
from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.evaluation.weighting._combination import all_weights

VALUES = pd.DataFrame(
    {"a": [0.1, 0.4, 0.5], "b": [0.2, 0.3, 0.5], "c": [0.0, 0.0, 1.0]},
    index=["110000", "120000", "130000"],
)


def series(**values: float) -> pd.Series:
    return pd.Series(values)


def framework(published: dict[str, float] | None) -> SimpleNamespace:
    codes = ["a", "b", "c"]
    weights = published or {}
    return SimpleNamespace(
        codes=codes,
        published=None if published is None else pd.Series(published),
        indicators=[SimpleNamespace(code=code, weight=weights.get(code)) for code in codes],
    )


def test_entropy_by_hand() -> None:
    # a: shares .1 .4 .5, entropy .943348 / ln 3 = .858673; b: .937306; c: one region holds all.
    e_a = -(0.1 * np.log(0.1) + 0.4 * np.log(0.4) + 0.5 * np.log(0.5)) / np.log(3)
    e_b = -(0.2 * np.log(0.2) + 0.3 * np.log(0.3) + 0.5 * np.log(0.5)) / np.log(3)
    found = evaluation.entropy_weights(VALUES)
    total = (1 - e_a) + (1 - e_b) + 1
    assert found.values.to_dict() == pytest.approx(
        {"a": (1 - e_a) / total, "b": (1 - e_b) / total, "c": 1 / total}
    )
    assert found.diagnostics["entropy"]["c"] == 0
    assert found.diagnostics["entropy"]["a"] == pytest.approx(0.858673, abs=1e-6)


def test_entropy_per_year_averages_the_years() -> None:
    panel = pd.concat({2022: VALUES, 2023: VALUES[::-1].set_axis(VALUES.index) ** 2})
    panel.index = panel.index.swaplevel().set_names(["adcode", "year"])
    found = evaluation.entropy_weights(panel, scope="per_year")
    each = [evaluation.entropy_weights(rows).values for _, rows in panel.groupby(level="year")]
    assert found.values.to_numpy() == pytest.approx(np.mean(each, axis=0))
    assert list(found.diagnostics["by_year"].index) == [2022, 2023]


def test_constant_column_gets_exactly_nothing() -> None:
    found = evaluation.entropy_weights(VALUES.assign(d=0.1))
    assert found["d"] == 0


@pytest.mark.parametrize(
    ("values", "error", "said"),
    [
        (VALUES.assign(b=[0.1, -0.2, 0.3]), InputError, "row 120000, column b: found -0.2"),
        (VALUES.assign(b=[0.1, np.nan, 0.3]), InputError, "row 120000, column b: found nan"),
        (VALUES.assign(b=["1", "x", "2"]), InputError, "row 120000, column b: found x"),
        (VALUES.assign(b=0.0), UndefinedError, "columns b are zero"),
        (VALUES.assign(a=1.0, b=1.0, c=1.0), UndefinedError, "every column is constant"),
        (VALUES[:1], UndefinedError, "one observation"),
        (VALUES[:0], InputError, "no rows"),
        (pd.concat([VALUES, VALUES[:1]]), InputError, "more than once: 110000"),
        (VALUES.to_numpy(), InputError, "expected a DataFrame"),
    ],
)
def test_entropy_refuses(values: pd.DataFrame, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        evaluation.entropy_weights(values)


@given(
    arrays("float64", (6, 4), elements=st.floats(0.001, 1)),
    st.floats(0.1, 10),
    st.permutations(range(6)),
)
def test_entropy_invariants(cells: np.ndarray, factor: float, order: list[int]) -> None:
    cells[0] = 0  # so that no column is constant
    frame = pd.DataFrame(cells, columns=list("abcd"))
    first = evaluation.entropy_weights(frame).values
    assert first.sum() == pytest.approx(1)
    assert (first >= 0).all()
    scaled = evaluation.entropy_weights(frame * factor).values
    assert scaled.to_numpy() == pytest.approx(first.to_numpy(), abs=1e-9)
    shuffled = evaluation.entropy_weights(frame.iloc[order][list("dcba")]).values
    assert shuffled[first.index].to_numpy() == pytest.approx(first.to_numpy(), abs=1e-9)


def test_weights_keep_their_promises() -> None:
    with pytest.raises(InputError, match=r"Weight of b: found -0\.1") as caught:
        evaluation.Weights(series(a=1.1, b=-0.1, c=np.nan), "own")
    assert "Weight of c: found nan" in str(caught.value)
    with pytest.raises(InputError, match=r"sum is 1\.2"):
        evaluation.Weights(series(a=0.6, b=0.6), "own")
    with pytest.raises(InputError, match="a stands twice"):
        evaluation.Weights(pd.Series([0.5, 0.5], index=["a", "a"]), "own")
    nearly = evaluation.Weights(series(a=0.3333333, b=0.6666666), "own")
    assert nearly.values.sum() == pytest.approx(1, abs=1e-15)


def test_own_weights_follow_the_codes_and_name_what_differs() -> None:
    assert evaluation.own_weights({"b": 0.25, "a": 0.75}, ["a", "b"]).codes == ["a", "b"]
    with pytest.raises(InputError, match="lack the code D111") as caught:
        evaluation.own_weights({"D11": 0.5, "D112": 0.5}, ["D111", "D112"])
    assert "D11" in str(caught.value).split("Did you mean")[1]
    with pytest.raises(InputError, match="expected one for every"):
        evaluation.own_weights({"a": 1.0}, ["a", "b"])
    with pytest.raises(InputError, match="found abc"):
        evaluation.own_weights({"a": "abc", "b": 1.0}, ["a", "b"])  # type: ignore[dict-item]


def test_published_weights() -> None:
    stated = {"a": 0.2, "b": 0.3, "c": 0.5}
    assert evaluation.published_weights(framework(stated)).values.to_dict() == stated
    with pytest.raises(InputError, match="prints no weight for a, b, c"):
        evaluation.published_weights(framework(None))


def test_combination_by_hand() -> None:
    first = evaluation.Weights(series(a=0.5, b=0.3, c=0.2), "ahp")
    second = evaluation.Weights(series(c=0.6, b=0.3, a=0.1), "entropy")
    root = np.sqrt([0.05, 0.09, 0.12])
    found = evaluation.combine_weights(first, second)
    assert found.values.tolist() == pytest.approx((root / root.sum()).tolist())
    assert found.codes == ["a", "b", "c"]
    with pytest.raises(UndefinedError, match="geometric mean is 0"):
        evaluation.combine_weights(series(a=1.0, b=0.0), series(a=0.0, b=1.0))
    with pytest.raises(InputError, match="lack the code b"):
        evaluation.combine_weights(first, series(a=0.5, c=0.5))


@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=8))
def test_combining_with_itself_or_equal(raw: list[float]) -> None:
    values = pd.Series(raw, index=[f"D{i}" for i in range(len(raw))])
    weights = evaluation.Weights(values / values.sum(), "own")
    same = evaluation.combine_weights(weights, weights)
    assert same.values.to_numpy() == pytest.approx(weights.values.to_numpy())


def test_all_weights_without_judgements_combines_published() -> None:
    stated = framework({"a": 0.2, "b": 0.3, "c": 0.5})
    table = all_weights(VALUES, stated, used=evaluation.equal_weights("abc"))
    assert list(table.columns) == [
        *("code", "published", "equal", "ahp", "entropy", "combined", "used"),
    ]
    assert table["ahp"].isna().all()
    expected = evaluation.combine_weights(
        evaluation.published_weights(stated), evaluation.entropy_weights(VALUES)
    )
    assert table["combined"].tolist() == pytest.approx(expected.values.tolist())


def test_all_weights_with_judgements() -> None:
    matrix = pd.DataFrame([[1, 2, 6], [1 / 2, 1, 3], [1 / 6, 1 / 3, 1]], list("abc"), list("abc"))
    table = all_weights(VALUES, framework(None), matrix.loc[list("cab"), list("cab")])
    assert table["ahp"].tolist() == pytest.approx([0.6, 0.3, 0.1])
    assert table["published"].isna().all()
    entropy = table["entropy"].to_numpy()
    root = np.sqrt(np.array([0.6, 0.3, 0.1]) * entropy)
    assert table["combined"].tolist() == pytest.approx((root / root.sum()).tolist())
    without = all_weights(VALUES, framework(None))
    assert without["combined"].isna().all()
    with pytest.raises(InputError, match="values lack the code c"):
        all_weights(VALUES[["a", "b"]], framework(None))
