"""What changed since an edition, as it is seen: legends, colors, sentences against their cells."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest
from editions_for_tests import moves, with_changes
from test_local_statistics_shown import legend_of, painted

import geo_resilience as gr
from geo_resilience import maps, words
from geo_resilience.maps import figures
from geo_resilience.report._teller import Teller
from geo_resilience.report._verdicts import _VERDICTS
from geo_resilience.report.chapters._editions import _counted, _verdict, since, told
from geo_resilience.results._editions import CAUSES, MOVE_CUTS, last_changes


@pytest.fixture(scope="module")
def edition(bundled_run):
    return with_changes(gr.study.read_results(bundled_run[1]))


def class_of(change: float) -> int:
    """Up by three or more, by one or two, none, and so downwards."""
    return sum(change > cut for cut in MOVE_CUTS)


@pytest.mark.browser
@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_atlas_colors_and_counts_the_moves(edition, open_page, language) -> None:
    page = maps.atlas(edition).html
    view = open_page(page, hash_=f"#lang={language}&year=2023&layer=edition_moves")
    classes = moves(edition).map(class_of)
    fills = view.fills()
    by_class = {
        place: {fills[key] for key in keys.index} for place, keys in classes.groupby(classes)
    }
    assert all(len(colors) == 1 for colors in by_class.values())
    assert len(set.union(*by_class.values())) == len(by_class) > 2
    counts = view.legend()
    for place, count in classes.value_counts().items():
        assert counts[words.say(f"edition_move.{place}", language)] == count


@pytest.mark.browser
def test_two_editions_stand_beside_each_other_in_the_same_grades(edition, open_page) -> None:
    page = maps.atlas(edition).html
    before = open_page(page, hash_="#year=2023&layer=edition_before").fills()
    rows = last_changes(edition, "grade").set_index("adcode")["before"]
    colors = edition.found.grading.colors
    assert {key: before[key] for key in rows.index} == {
        key: colors[int(place) - 1] for key, place in rows.items()
    }


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_map_counts_what_it_paints(edition, language) -> None:
    sheet = figures.edition_map(edition, language=language)
    legend = legend_of(sheet)
    counts = Counter(class_of(change) for change in moves(edition))
    told_counts = dict(legend.values())
    for place, count in counts.items():
        assert told_counts[words.say(f"edition_move.{place}", language)] == count
    drawn = painted(sheet)
    assert all(drawn.get(color, 0) >= count for color, (_, count) in legend.items())


def test_the_steps_lead_from_one_composite_to_the_other(edition) -> None:
    rows = last_changes(edition, "composite").set_index("adcode")
    sheet = figures.edition_steps(edition, region="420000")
    texts = [text.get_text().replace("−", "-") for text in sheet.axes[0].texts]
    row = rows.loc["420000"]
    steps = [row[cause] for cause in CAUSES if row[cause] != 0]
    assert texts == [
        f"{row['before']:.3f}",
        *(f"{step:+.3f}" for step in steps),
        f"{row['after']:.3f}",
    ]
    assert f"{row['before']:.3f}" in sheet.alternative_text


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_sentences_say_what_their_cells_hold(edition, language) -> None:
    lines = told(edition, language)
    change = moves(edition)
    assert str((change != 0).sum()) in lines[0] and "31" in lines[0]
    rows = last_changes(edition, "rank").set_index("adcode")
    names = edition.regions.names(language)
    farthest = change.abs().max()
    assert len(lines) == 4
    for line in lines[1:]:
        key = next(key for key in rows.index if names[key] in line)
        row = rows.loc[key]
        assert re.search(rf"\b{int(row['before'])}\b|第{int(row['before'])}位", line)
        assert re.search(rf"\b{int(row['after'])}\b|第{int(row['after'])}位", line)
        assert f"{round(100 * row['holds'])}" in line
        assert farthest >= abs(row["change"]) >= np.sort(change.abs())[-3]
        largest = rows.loc[key, list(CAUSES)].astype(float).abs().idxmax()
        assert words.say(f"cause.{largest}", language) in line


def test_the_chapter_lists_every_region_and_its_causes(edition) -> None:
    tables = [block for block in since(Teller(edition, "en")) if hasattr(block, "rows")]
    rows = last_changes(edition, "rank")
    heads = [column.head for column in tables[0].columns]
    active = [cause for cause in CAUSES if rows[cause].abs().max() >= 0.05]
    assert heads[4:-1] == [words.say(f"cause.{cause}", "en") for cause in active]
    assert len(tables[0].rows) == 31
    assert [int(row[2]) for row in tables[0].rows] == sorted(rows["after"].astype(int))


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("verdict", _VERDICTS)
def test_every_verdict_of_a_group_has_words(edition, language, verdict) -> None:
    said = _verdict(Teller(edition, language), "group", verdict)
    assert said and said != verdict


def test_one_region_has_and_two_have_another_rank(edition) -> None:
    tell, ranks = Teller(edition, "en"), last_changes(edition, "rank")
    one = ranks.index[ranks["change"] != 0][:1]
    assert _counted(tell, ranks, ranks.loc[one]).startswith("1 of 31 regions has another rank")
    assert _counted(tell, ranks, ranks[:2]).startswith("2 of 31 regions have another rank")
