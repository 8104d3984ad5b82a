"""The summary says what the tables say, in both languages, and nothing about what was skipped."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from geo_resilience.report import summary_lines
from geo_resilience.study import read_plan, run
from geo_resilience.study.plan_analyses import ANALYSES


@pytest.fixture(scope="module", params=["en", "zh"])
def results(request):
    return run(replace(read_plan(), language=request.param))


def test_no_field_is_left_open_and_no_line_is_empty(results):
    lines = summary_lines(results, folder=Path("results"))
    assert all(line.strip() for line in lines)
    assert not [line for line in lines if re.search(r"[{}]|\bNone\b|\bnan\b", line)]


def test_both_ends_and_the_counts_follow_from_the_scores(results):
    text = "\n".join(summary_lines(results))
    last = results.in_year().sort_values("rank")
    for name in [*last["name"].head(5), *last["name"].tail(5)]:
        assert name in text
    assert f"{last['composite'].iloc[0]:.3f}" in text
    counts = last["grade"].value_counts()
    told = "{} Medium" if results.language == "en" else "中等 {}个"
    assert told.format(counts["Medium"]) in text


def test_the_gap_and_its_two_p_values_stand_in_it(results):
    row = results["gaps"].query("year == 2023 and measure == 'east_west_gap'").iloc[0]
    text = "\n".join(summary_lines(results))
    assert f"{row['value']:.3f}" in text and f"{row['p_value']:.3g}" in text


def test_verdicts_name_every_group_that_cannot_be_tested(results):
    names = {
        group.id: group.name_zh if results.language == "zh" else group.name
        for grouping in results.groupings.values()
        for group in grouping.groups
    }
    pattern = results["pattern"].query("year == 2023 and variable == 'composite'")
    text = "\n".join(summary_lines(results))
    for group in pattern.loc[pattern["verdict"] == "cannot be tested", "group"]:
        assert names[group] in text


def test_notes_are_told(results):
    lines = summary_lines(results)
    for note in results.notes:
        assert any(note.say(results.language) in line for line in lines)


def test_what_was_skipped_is_not_told():
    plan = read_plan()
    plan = replace(plan, analyses=replace(plan.analyses, skip=ANALYSES))
    text = "\n".join(summary_lines(run(plan)))
    assert "Beijing" in text
    for word in ("Moran", "Warnings", "obstacles", "draws", "Associated factors", "Key sectors"):
        assert word not in text
