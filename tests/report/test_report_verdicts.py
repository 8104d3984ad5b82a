"""Verdicts in words: each finding with its corrected p, its rules and how certain it is."""

import pandas as pd
import pytest

from geo_resilience.report._verdicts import told_verdicts
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
        "agree": [4, 3, 2],
        "rules": [4, 4, 4],
    }
)


def test_findings_carry_corrected_p_rules_and_certainty():
    higher, lower, nothing, few = told_verdicts(ROWS, "en", RULES)
    assert higher == (
        "higher: East +0.200 (corrected p = 0.004, the same under 4 of 4 neighbor rules) [firm]"
    )
    assert lower == (
        "lower: West -0.180 (corrected p = 0.031, the same under 3 of 4 neighbor rules) [likely]"
    )
    assert nothing.startswith("not significant: Coast, North (least corrected p = 0.13, Coast")
    assert few.endswith(": Delta")
    for p in ROWS["p_spatial"].drop(3):
        assert f"{p:.3g}" not in higher + lower + nothing + few


def test_without_other_rules_nothing_is_said_of_them():
    for rules in (pd.DataFrame(), RULES.assign(rules=1, agree=1), RULES.iloc[2:]):
        told = told_verdicts(ROWS, "en", rules, only_found=True)
        assert told[0] == "higher: East +0.200 (corrected p = 0.004) [firm]"


@pytest.mark.parametrize(("agree", "word"), [(4, "firm"), (3, "likely"), (2, "cannot be told")])
def test_the_rules_decide_how_certain_a_finding_is(agree, word):
    rules = RULES.assign(agree=agree)
    assert sureness(0.001, rules, "group", "en", "east")["certainty"] == word


def test_groups_with_the_same_verdict_are_told_by_their_number():
    rows = ROWS.assign(verdict="not significant")
    (told,) = told_verdicts(rows, "zh", RULES)
    assert told.startswith("不显著：全部5组（校正p最小为0.004：East")
