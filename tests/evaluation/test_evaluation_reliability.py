"""Reliability and components against R psych 2.2.9 (tests/reference/evaluation/psych.R)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo_resilience import evaluation
from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.evaluation._reliability import column_correlations

REFERENCE = Path(__file__).parents[1] / "reference" / "evaluation"
PSYCH = pd.read_csv(REFERENCE / "psych.csv").set_index(["table", "name"])["value"]
TABLES = {
    name: pd.read_csv(REFERENCE / f"{name}.csv", dtype={"adcode": str}).set_index("adcode")
    for name in ("high_tech", "digital")
}

table_name = pytest.mark.parametrize("name", list(TABLES))


@table_name
def test_alpha_as_psych(name: str) -> None:
    expected = PSYCH[name]
    found = evaluation.cronbach_alpha(TABLES[name])
    assert found.value == pytest.approx(expected["alpha"], abs=1e-8)
    assert found.standardized == pytest.approx(expected["alpha_standardized"], abs=1e-8)
    assert found.low == pytest.approx(expected["alpha_low"], abs=1e-8)
    assert found.high == pytest.approx(expected["alpha_high"], abs=1e-8)
    for code in TABLES[name]:
        item = found.items.loc[code]
        assert item["alpha_without"] == pytest.approx(expected[f"drop:{code}"], abs=1e-8)
        assert item["item_rest"] == pytest.approx(expected[f"rest:{code}"], abs=1e-8)


@table_name
def test_kmo_and_bartlett_as_psych(name: str) -> None:
    expected = PSYCH[name]
    found = evaluation.kmo(TABLES[name])
    assert found.overall == pytest.approx(expected["kmo"], abs=1e-8)
    for code, value in found.items.items():
        assert value == pytest.approx(expected[f"kmo:{code}"], abs=1e-8)
    test = evaluation.bartlett_sphericity(TABLES[name])
    assert test.statistic == pytest.approx(expected["bartlett"], rel=1e-9)
    assert test.df == expected["bartlett_df"]
    assert np.log10(test.p_value) == pytest.approx(expected["bartlett_log10_p"], abs=1e-6)


@table_name
def test_components_as_psych(name: str) -> None:
    expected = PSYCH[name]
    plain = evaluation.pca_loadings(TABLES[name])
    printed = expected[expected.index.str.startswith("eigenvalue")]
    assert plain.explained["eigenvalue"].tolist() == pytest.approx(printed.tolist(), abs=1e-8)
    kept = max(2, int((printed > 1).sum()))
    rotated = evaluation.pca_loadings(TABLES[name], components=kept, rotation="varimax")
    columns = {
        place: expected[expected.index.str.startswith(f"varimax:{place}:")].to_numpy()
        for place in range(1, kept + 1)
    }
    for _, loadings in rotated.loadings.items():  # order and sign are free
        away = min(
            min(np.abs(loadings - other).max(), np.abs(loadings + other).max())
            for other in columns.values()
        )
        assert away < 2e-5
    assert rotated.communalities.to_numpy() == pytest.approx(
        evaluation.pca_loadings(TABLES[name], components=kept).communalities.to_numpy()
    )


def test_alpha_of_two_items_by_hand() -> None:
    # variances 5/3 and 5/3, covariance 4/3: alpha = 2 (1 - (10/3)/(10/3 + 8/3)) = 8/9
    values = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [1.0, 3, 2, 4]})
    found = evaluation.cronbach_alpha(values)
    assert found.value == pytest.approx(8 / 9)
    assert found.items["alpha_without"].isna().all()
    assert found.low < found.value < found.high


def test_items_against_the_rest_are_named() -> None:
    assert evaluation.cronbach_alpha(TABLES["high_tech"]).against_the_rest == ["margin"]
    assert evaluation.cronbach_alpha(TABLES["digital"]).against_the_rest == ["cable"]


@given(arrays("float64", (8, 3), elements=st.floats(0, 1)), st.floats(0.5, 5))
def test_alpha_invariants(cells: np.ndarray, factor: float) -> None:
    base = np.linspace(0, 1, 8)[:, None]
    frame = pd.DataFrame(cells * 0.3 + base, columns=list("abc"))
    found = evaluation.cronbach_alpha(frame)
    assert found.value <= 1 + 1e-12
    moved = evaluation.cronbach_alpha(frame * factor + 7)
    assert moved.value == pytest.approx(found.value, abs=1e-8)
    same = pd.DataFrame(dict.fromkeys("abc", frame["a"]))
    assert evaluation.cronbach_alpha(same).value == pytest.approx(1)


def test_refused_or_undefined() -> None:
    table = TABLES["high_tech"]
    with pytest.raises(UndefinedError, match="8 observations for 8 indicators"):
        evaluation.kmo(table[:8])
    with pytest.raises(UndefinedError, match="share, again repeat each other"):
        evaluation.kmo(table.assign(again=table["share"] * 2 + 1)[["share", "again", "margin"]])
    with pytest.raises(UndefinedError, match="margin are constant"):
        evaluation.bartlett_sphericity(table.assign(margin=0.5))
    with pytest.raises(UndefinedError, match="2 observations, expected at least 3"):
        evaluation.cronbach_alpha(table[:2])
    with pytest.raises(UndefinedError, match="1 indicator,"):
        evaluation.cronbach_alpha(table[["share"]])
    opposite = pd.DataFrame({"a": table["share"], "b": 1 - table["share"]})
    with pytest.raises(UndefinedError, match="sum of the items is the same"):
        evaluation.cronbach_alpha(opposite)
    with pytest.raises(InputError, match="column share: found nan"):
        evaluation.cronbach_alpha(table.assign(share=np.nan))
    with pytest.raises(InputError, match="components is 9"):
        evaluation.pca_loadings(table, components=9)
    with pytest.raises(InputError, match="rotation is oblimin"):
        evaluation.pca_loadings(table, rotation="oblimin")


def test_column_correlations() -> None:
    found = column_correlations(TABLES["high_tech"][["share", "per_head", "energy"]])
    assert list(zip(found["first"], found["second"], strict=True)) == [
        *(("share", "per_head"), ("share", "energy"), ("per_head", "energy")),
    ]
    expected = TABLES["high_tech"]["share"].corr(TABLES["high_tech"]["energy"])
    assert found.loc[1, "correlation"] == pytest.approx(expected)
