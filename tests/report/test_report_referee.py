"""What a referee recomputes: numbers without a cell of their own, words of certainty, sources."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from geo_resilience.report._blocks import DataTable
from geo_resilience.report._document import document
from geo_resilience.report._teller import Teller
from geo_resilience.report._trace import texts_of, traced
from geo_resilience.report.chapters import (
    _audit,
    _outlook,
    _profiles,
    _space,
    _standing,
    _strengths,
)
from geo_resilience.words import cells_of, say

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])
KMO_DRAGS = "D211"


def with_tables(results, **tables):
    return replace(results, tables={**results.tables, **tables})


def last(results, stem):
    table = results[stem]
    return table[table["year"] == results.years[-1]]


def numbers(text):
    """The numbers of a text as they are read."""
    found = re.findall(r"[−+]?\d[\d,]*\.?\d*", text)
    return [float(each.replace(",", "").replace("−", "-")) for each in found]


def said(chapter):
    return [text for block in chapter.blocks for _, text in texts_of(block)]


@LANGUAGES
def test_means_and_ranks_of_a_profile_are_those_of_all_regions(bundled, language):
    """They have no cell of their own: recomputed from the columns, rank 1 the highest."""
    tell = Teller(bundled, language)
    values, scores = last(bundled, "indicators"), last(bundled, "scores")
    codes = [
        code
        for dimension in bundled.framework.dimensions
        for code in (
            dimension.code,
            *(i.code for i in bundled.framework.indicators if i.dimension == dimension.code),
        )
    ]
    for key in ("420000", "540000"):
        for code, gauge in zip(codes, _profiles.gauges(tell, key), strict=True):
            table = values if code in values else scores
            column, own = table[code], table.loc[table["adcode"] == key, code].item()
            _, _, value, mean, rank = gauge.cells
            assert numbers(value) == [pytest.approx(own, abs=5.1e-4)]
            assert numbers(mean) == [pytest.approx(column.mean(), abs=5.1e-4)]
            assert numbers(rank) == [1 + (column > own).sum()]


@LANGUAGES
def test_counts_of_the_audit_are_recounted(bundled, language):
    tell = Teller(bundled, language)
    trace, cells = bundled["trace"], len(bundled["indicators"]) * 12
    filled = ~trace["reason"].str.startswith("winsorized")
    for check, some in ((_audit.missing, trace[filled]), (_audit.outliers, trace[~filled])):
        count, share, *_ = numbers(check(tell).found)
        assert (count, share) == (len(some), round(100 * len(some) / cells, 1))
    scores = last(bundled, "scores").set_index("adcode")
    ranks = scores[["B1", "B2", "B3", "composite"]].rank()
    most = ranks.corr()["composite"].drop("composite").max()
    assert numbers(_audit.added(tell).found)[-1] == pytest.approx(most, abs=5.1e-4)
    pairs = last(bundled, "rank_pairs")["probability"]
    assert {(pairs >= 0.9).sum(), len(pairs)} <= set(numbers(_audit.order(tell).found))


@LANGUAGES
def test_the_audit_names_the_question_and_an_interval_below_the_bound(bundled, language):
    tell = Teller(bundled, language)
    table = bundled["foretelling"]
    asked = table[(table["predictor"] == "composite") & table["p_holm"].notna()]
    found = _audit.validity(tell).found
    least = asked.loc[asked["p_holm"].idxmin()]
    assert say(f"report.audit.outcome.{least['outcome']}", language) in found
    assert float(len(asked)) in numbers(found)
    below = say("report.audit.alpha.below", language)
    assert below in _audit.alpha(tell).found
    checks = bundled["reliability"]
    high = checks.assign(low=checks["low"].where(checks["check"] != "alpha", 0.75))
    assert below not in _audit.alpha(Teller(with_tables(bundled, reliability=high), language)).found


def test_bounds_are_theirs_to_whom_they_are_ascribed():
    """Of nobody's bounds the report says that they are its own."""
    own = "rule of this report"
    theirs = {"coverage", "missing", "shape", "alpha", "sampling"}
    for _, check in _audit.CHECKS:
        name = check.__name__
        source = say(f"report.audit.{name}.source")
        if name in {"scaling", "back", "shown"}:
            continue
        assert (own in source) == (name not in theirs), name
        assert ("本报告的标准" in say(f"report.audit.{name}.source", "zh")) == (own in source)
    assert "65 %" in say("report.audit.coverage.source") and _audit.COVERED == 0.65


@pytest.mark.parametrize(("agree", "sure"), [(3, "firm"), (2, "likely"), (1, "open")])
def test_other_neighbor_rules_weigh_in_the_word_of_certainty(bundled, agree, sure):
    """As in the summary of the run: the weakest of p, draws and rules decides."""
    rules = bundled["neighbors_sensitivity"].assign(agree=agree, rules=3)
    table = bundled["global"].assign(p_sim=0.001)
    tables = {"neighbors_sensitivity": rules, "global": table}
    found = _space.moran(Teller(with_tables(bundled, **tables), "en"))
    assert found.certainty == sure
    assert f"the same under {agree} of 3 other neighbor rules" in found.numbers


@LANGUAGES
def test_a_gap_outside_its_interval_is_explained(bundled, language):
    inside = _space.gap(Teller(bundled, language)).numbers
    gaps = bundled["gaps"]
    table = gaps.assign(low=gaps["value"] + 0.1, high=gaps["value"] + 0.3, estimate=0.417)
    outside = _space.gap(Teller(with_tables(bundled, gaps=table), language)).numbers
    assert 0.417 in numbers(outside) and 0.417 not in numbers(inside)
    assert "estimate" in {cell.column for cell in cells_of(outside)}


def test_places_not_firm_are_not_said_to_be_equal(bundled):
    """The first pair is likely, and so stands among those that are not firm."""
    tell = Teller(bundled, "en")
    told, runs = _standing.apart(tell)
    assert "is firm where at least 90 %" in told.text and "told apart where" not in told.text
    assert _standing.lead(tell).certainty == "likely" and runs.texts[0].startswith("Places 1 to 2")
    pairs = last(bundled, "rank_pairs").set_index("rank")["probability"]
    for run in runs.texts:
        first, end = map(int, numbers(run)[:2])
        inside = pairs.loc[first : end - 1]
        assert inside.between(0.1, 0.9, inclusive="neither").all()
        assert len(cells_of(run)) == len(inside) + 1


def test_obstacles_that_share_a_count_stand_together(bundled):
    first = last(bundled, "obstacles").query("level == 'indicator' and order == 1")
    counts = first["code"].value_counts()
    found = _strengths.obstacle(Teller(bundled, "en")).numbers
    least = sorted(counts, reverse=True)[1]
    for code, count in counts.items():
        told = f"{Teller(bundled, 'en').variable(code)} in {count} region"
        assert (told in found) == (count >= least)
    assert _strengths._commonest(pd.Series(1, index=list("abcdefgh"))) == ["a", "b"]
    assert _strengths._commonest(pd.Series([5, *[1] * 7], index=list("abcdefgh"))) == ["a"]


@LANGUAGES
def test_an_obstacle_that_works_against_the_index_is_told_as_such(bundled, language):
    effects = last(bundled, "effective_weights").set_index("code")["effective"]
    told = _strengths.obstacle(Teller(bundled, language)).numbers
    assert effects[KMO_DRAGS] < 0 and round(100 * effects[KMO_DRAGS], 1) in numbers(told)
    table = bundled["effective_weights"]
    kinder = with_tables(bundled, effective_weights=table.assign(effective=table["stated"]))
    assert len(_strengths.obstacle(Teller(kinder, language)).numbers) < len(told)


@LANGUAGES
def test_warnings_say_whose_level_and_that_some_must_warn(bundled, language):
    """A region may be blue by an indicator that is red: its value stands beside red's threshold."""
    tell = Teller(bundled, language)
    table = next(block for block in _outlook.warnings(tell) if isinstance(block, DataTable))
    rows = last(bundled, "warnings").query("~forecast and level != 'none'").set_index("name")
    for row in table.rows:
        code = next(cell for cell in cells_of(row[4]))
        at = bundled["warnings"].loc[code.row - 1]
        assert row[1] == say(f"chain.warning.{at['level']}", language)
        assert row[3] == say(f"chain.warning.{at['gravest']}", language)
    assert len(table.rows) == len(rows)
    share = round(100 * bundled["thresholds"]["beyond"].mean())
    found = _outlook.warned(tell)
    assert share in numbers(found.numbers)
    assert numbers(found.claim)[:2] in ([len(rows), 31.0], [31.0, len(rows)])
    assert len(cells_of(found.claim)) == len(rows)


@LANGUAGES
def test_what_other_neighbor_rules_find_of_factors_is_not_kept_back(bundled, language):
    told = _outlook.associations(Teller(bundled, language))[0].text
    rules = last(bundled, "neighbors_sensitivity").query(
        "statistic == 'regression' and variable == 'composite' and rule != 'used' and p <= 0.05"
    )
    for variable, rows in rules.groupby("measure"):
        name = bundled.found.regressors.get(variable)
        shown = name[language] if name else Teller(bundled, language).variable(variable)
        assert shown in told and float(f"{rows['p'].min():.3g}") in numbers(told)
    assert len(rules)
    least = bundled["impacts"].query("model == 'slx' and effect == 'total'")["p_holm"].min()
    assert float(f"{least:.3g}") in numbers(told)
    assert ("impacts.csv", "p_holm") in {(cell.file, cell.column) for cell in cells_of(told)}


@LANGUAGES
def test_a_tiny_p_is_written_as_a_bound(language):
    told = say("report.moran.numbers", language, value=1, p="<0.0001", rules="", held="", year=1)
    assert "p < 0.0001" in told and "=" not in told


@LANGUAGES
def test_methods_tell_of_treatment_neighbors_and_the_statistic(bundled, language):
    made = document(bundled, language)
    (chapter,) = (each for each in made.chapters if each.anchor == "methods")
    texts = " ".join(said(chapter))
    trace = bundled["trace"]["reason"].value_counts()
    assert all(f"{count}" in texts for count in trace)
    tell = Teller(bundled, language)
    added = say("report.methods.link", language, one=tell.name("460000"), other=tell.name("440000"))
    assert added in texts and say("report.rule.queen", language) in texts
    assert say("local_statistic.group.local_moran", language) in texts
    assert f"{9.9}" in " ".join(
        text for each in made.chapters if each.anchor == "chain" for text in said(each)
    )


def test_languages_cite_the_same_cells_in_the_same_places(bundled):
    """What one language says with a number, the other says with the same."""
    english, chinese = (
        traced(document(bundled, language, profiles="420000"), bundled) for language in ("en", "zh")
    )
    same = ["place", "file", "row", "column"]
    assert set(map(tuple, english[same].to_numpy())) == set(map(tuple, chinese[same].to_numpy()))


@LANGUAGES
def test_chapters_and_captions_carry_the_word_of_certainty(bundled, language):
    """A bare claim would be read as a description, of which nothing was tested."""
    texts = said_by_anchor(document(bundled, language), "space")
    tell = Teller(bundled, language)
    for found in (_space.moran(tell), _space.gap(tell)):
        word = say(f"certainty.{found.certainty}", language)
        claims = [text for text in texts if found.claim in text]
        assert len(claims) >= 1 and found.certainty in ("firm", "likely")
        assert all(re.search(rf"[\[［]{re.escape(word)}[\]］]", text) for text in claims)


def test_options_warn_of_an_obstacle_that_works_against_the_index(bundled):
    told = said_by_anchor(document(bundled, "en"), "options")[0]
    name = Teller(bundled, "en").variable(KMO_DRAGS)
    assert "Take care where" in told and f"high: {name}." in told


def said_by_anchor(made, anchor):
    (chapter,) = (each for each in made.chapters if each.anchor == anchor)
    return said(chapter)
