"""Verdicts in words: each finding with its corrected p, its rules and how certain it is."""

from types import SimpleNamespace

import pandas as pd
import pytest

from geo_resilience.report._verdicts import gap_values, labeled, told_verdicts
from geo_resilience.report._wording import sureness

ROWS = pd.DataFrame(
    {
        "group": ["east", "west", "coast", "north", "delta"],
        "label": ["East", "West", "Coast", "North", "Delta"],
        "difference": [0.2, -0.18, 0.1, 0.05, 0.3],
        "p_spatial": [0.0004, 0.003, 0.013, 0.2, 0.001],
        "q_spatial": [0.004, 0.031, 0.13, 0.7, float("nan")],
        "verdict": ["higher", "lower", "not significant", "not significant", "cannot be tested"],
    }
)
RULES = pd.DataFrame(
    {
        "statistic": "group",
        "measure": ["east", "west", "coast"],
        "agree": [3, 2, 1],
        "rules": [3, 3, 3],
    }
)


def test_findings_carry_corrected_p_rules_and_certainty():
    higher, lower, nothing, few = told_verdicts(ROWS, "en", RULES)
    assert higher == (
        "higher: East +0.200 (corrected p = 0.004, the same under 3 of 3 other neighbor rules)"
        " [firm]"
    )
    assert lower == (
        "lower: West -0.180 (corrected p = 0.031, the same under 2 of 3 other neighbor rules)"
        " [likely]"
    )
    assert nothing == (
        "not significant: Coast, North (least corrected p = 0.13: Coast, by itself p = 0.013,"
        " the same under 1 of 3 other neighbor rules) [cannot be told]"
    )
    assert few.endswith(": Delta")
    for p in ROWS["p_spatial"].drop([2, 3]):
        assert f"{p:.3g}" not in higher + lower + nothing + few


def test_groups_that_share_the_least_p_are_both_named():
    tied = ROWS.assign(q_spatial=[0.12, 0.12, 0.13, 0.7, float("nan")])
    tied["verdict"] = ["not significant"] * 4 + ["cannot be tested"]
    told, _ = told_verdicts(tied, "en", pd.DataFrame())
    assert told == (
        "not significant: East, West, Coast, North (least corrected p = 0.12: East, by itself"
        " p = 0.0004; West, by itself p = 0.003) [cannot be told]"
    )


def test_groups_count_once_by_their_members_and_not_by_their_names():
    def group(key, name, *members):
        return SimpleNamespace(id=key, name={"en": name}, members=members)

    groupings = {
        "zones": SimpleNamespace(groups=[group("a", "North", "1", "2"), group("b", "East", "3")]),
        "areas": SimpleNamespace(groups=[group("c", "Delta", "2", "1"), group("d", "East", "4")]),
    }
    rows = labeled(pd.DataFrame({"group": ["all", "c", "b", "a", "d"]}), groupings, "en")
    assert rows["group"].tolist() == ["c", "b", "d"]
    assert rows["label"].tolist() == ["Delta", "East", "East"]
    rows = pd.DataFrame({"label": ["East", "East"], "verdict": "not tested"})
    assert told_verdicts(rows, "en", pd.DataFrame()) == ["not tested: all 2 of them"]


@pytest.mark.parametrize(
    ("p", "english", "chinese"),
    [
        (
            0.012,
            ", the same sign and its own p at most 0.05 in 96 % of other indices",
            "，96%的其他指数中符号相同且单独检验p不大于0.05",
        ),
        (
            0.45,
            ", as little told from chance in 96 % of other indices",
            "，在96%的其他指数中同样无法与随机区分",
        ),
    ],
)
def test_a_gap_says_of_other_indices_what_their_share_counts(p, english, chinese):
    row = pd.Series({"value": 0.2, "low": 0.1, "high": 0.3, "p_value": p, "measure": "gap"})
    for language, told in (("en", english), ("zh", chinese)):
        assert gap_values(row, pd.DataFrame(), language, held=0.963)["held"] == told


def test_without_other_rules_nothing_is_said_of_them():
    for rules in (pd.DataFrame(), RULES.assign(rules=0, agree=0), RULES.iloc[2:]):
        told = told_verdicts(ROWS, "en", rules, only_found=True)
        assert told[0] == "higher: East +0.200 (corrected p = 0.004) [firm]"


@pytest.mark.parametrize(("agree", "word"), [(3, "firm"), (2, "likely"), (1, "cannot be told")])
def test_the_rules_decide_how_certain_a_finding_is(agree, word):
    rules = RULES.assign(agree=agree)
    assert sureness(0.001, rules, "group", "en", "east")["certainty"] == word


def test_groups_with_the_same_verdict_are_told_by_their_number():
    rows = ROWS.assign(verdict="not significant")
    (told,) = told_verdicts(rows, "zh", RULES)
    assert told.startswith("不显著：全部5组（校正p最小为0.004：East，单独检验p = 0.0004")


@pytest.mark.parametrize(("value", "told"), [(0.146, True), (0.11, False)])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_gap_outside_of_its_interval_says_what_the_interval_is_of(value, told, language):
    found = {"value": value, "low": 0.094, "high": 0.128, "estimate": 0.111, "p_value": 0.002}
    row = pd.Series({**found, "measure": "east_west_gap"})
    said = gap_values(row, pd.DataFrame(), language)
    assert ("0.111" in said["held"]) is told
