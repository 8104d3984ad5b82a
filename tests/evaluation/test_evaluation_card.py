"""The method card: each check beside its threshold, in words, never a bare verdict."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geo_resilience import evaluation, words
from geo_resilience.errors import InputError
from geo_resilience.evaluation._diagnostics import reliability_table
from geo_resilience.evaluation._reliability import column_correlations

REFERENCE = Path(__file__).parents[1] / "reference" / "evaluation"
TABLE = pd.read_csv(REFERENCE / "high_tech.csv", dtype={"adcode": str}).set_index("adcode")
WEIGHTS = evaluation.equal_weights(TABLE.columns).values
DIMENSIONS = pd.Series({code: f"B{1 + place // 3}" for place, code in enumerate(TABLE.columns)})


def test_values_are_those_of_the_checks() -> None:
    card = evaluation.method_card(TABLE, WEIGHTS, DIMENSIONS)
    checks = card.checks.set_index(["check", "code"])["value"]
    alpha = evaluation.cronbach_alpha(TABLE)
    assert checks["alpha", ""] == alpha.value
    assert checks["item_rest", "margin"] == alpha.items.loc["margin", "item_rest"]
    assert checks["kmo", ""] == evaluation.kmo(TABLE).overall
    assert checks["bartlett", ""] == evaluation.bartlett_sphericity(TABLE).statistic
    scores = evaluation.dimension_scores(TABLE, WEIGHTS, DIMENSIONS)
    pairs = column_correlations(scores)
    assert checks["dimensions", ""] == pairs["correlation"].min()
    whole = evaluation.composite(TABLE, WEIGHTS)
    kept = TABLE.drop(columns="margin")
    fewer = evaluation.composite(kept, evaluation.equal_weights(kept.columns))
    expected = whole.corr(fewer, method="spearman")
    assert checks["without_weak", ""] == pytest.approx(expected)


def test_sentences_name_what_does_not_fit() -> None:
    card = evaluation.method_card(TABLE, WEIGHTS, DIMENSIONS)
    english, chinese = card.sentences(), card.sentences("zh")
    assert len(english) == len(chinese) == 6
    assert "0.78 (0.64 to 0.88)" in english[0]
    assert "margin do not go with the rest" in english[0]
    assert "margin" in chinese[0]
    assert all("{" not in sentence for sentence in [*english, *chinese])


def test_every_verdict_has_words() -> None:
    verdicts = {
        "alpha": ["high", "high_weak", "open", "open_weak", "low", "low_weak"],
        "without_weak": ["none", "same", "other"],
        "kmo": ["good", "fair", "poor"],
        "bartlett": ["correlated", "uncorrelated"],
        "first_component": ["one", "several"],
        "dimensions": ["fit", "alike", "apart", "opposed", "single"],
    }
    for check, names in verdicts.items():
        for name in [*names, "undefined"]:
            assert words.has(f"card.{check}.{name}")


def test_what_cannot_be_checked_is_said() -> None:
    card = evaluation.method_card(TABLE[:6], WEIGHTS, DIMENSIONS)
    assert set(card.undefined) == {"kmo", "bartlett"}
    said = card.sentences()
    assert any("KMO measure could not be calculated" in sentence for sentence in said)
    assert any("6 observations for 8 indicators" in sentence for sentence in said)
    assert any("无法计算 KMO" in sentence for sentence in card.sentences("zh"))
    flat = evaluation.method_card(TABLE.assign(margin=0.5), WEIGHTS, DIMENSIONS)
    assert "first_component" in flat.undefined


def test_a_table_for_every_year() -> None:
    both = pd.concat({2022: TABLE, 2023: TABLE**2}, names=["year"]).swaplevel()
    found = reliability_table(both, WEIGHTS, DIMENSIONS)
    assert found["year"].unique().tolist() == [2022, 2023]
    one = found[(found["year"] == 2022) & (found["check"] == "alpha")]["value"].iloc[0]
    assert one == evaluation.cronbach_alpha(TABLE).value
    single = reliability_table(TABLE, WEIGHTS, DIMENSIONS)
    assert single.columns[0] == "check"
    with pytest.raises(InputError, match="dimensions lack the code margin"):
        evaluation.method_card(TABLE, WEIGHTS, DIMENSIONS.drop("margin"))
