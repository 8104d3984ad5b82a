"""The summary says what the tables say, in both languages, and nothing about what was skipped."""

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from geo_resilience.report import brief_lines, summary_lines
from geo_resilience.report._teller import Teller
from geo_resilience.report.chapters import _space
from geo_resilience.report.chapters._findings import findings
from geo_resilience.results._changes import change_told
from geo_resilience.statistics._certainty import certainty
from geo_resilience.study import read_plan, read_results, run
from geo_resilience.study._plan_sections import ANALYSES
from geo_resilience.words import joined, say
from geo_resilience.words._wrapping import columns_of


@pytest.fixture(params=["bundled", "everything"], ids=["en", "zh"])
def made(request):
    return request.getfixturevalue(f"{request.param}_run")


@pytest.fixture
def results(made):
    return made.results


def test_a_folder_read_back_says_the_same(made):
    results, folder = made
    assert summary_lines(read_results(folder)) == summary_lines(results)


def test_no_field_is_left_open_and_no_line_is_empty(results):
    lines = [line for line in summary_lines(results) if line]
    assert all(line.strip() for line in lines)
    assert not [line for line in lines if re.search(r"[{}]|\bNone\b|\bnan\b", line)]
    assert not [line for line in lines if "…" in line.removeprefix("… ").removeprefix("…… ")]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_the_end_of_a_run_fits_on_a_screen(results, width):
    folder = Path("a very long folder " * 4) / "results"
    lines = brief_lines(results, folder, width=width)
    assert sum(-(-columns_of(line) // width) for line in lines) <= 15
    assert not [line for line in lines if re.search(r"[{}]|\bNone\b|\bnan\b", line)]
    said = "".join(lines).replace(" ", "")
    for needed in (results.title, "summary.txt", "atlas.html"):
        assert needed.replace(" ", "") in said


def test_the_end_of_a_run_says_what_the_tables_say(results):
    lines = brief_lines(results, Path("results"))
    best = results.in_year().sort_values("rank").iloc[0]
    unsure = summary_lines(results)
    moran = results["global"].query("variable == 'composite' and statistic == 'moran'").iloc[-1]
    said = "\n".join(lines)
    assert f"{best['name']} {best['composite']:.3f}" in said
    assert f"{moran['value']:.3f}" in said
    assert f"{moran['p_sim']:.3g}" in said
    defined = [re.findall(r"\d+ ?%", line) for line in (unsure[1], lines[1])]
    assert defined[1] == defined[0][:1]
    counts = dict.fromkeys(("firm", "likely", "open"), 0)
    table = results["uncertainty"].query(f"year == {results.years[-1]}").set_index("adcode")
    for key, grade in results.in_year()["grade"].items():
        counts[certainty(None, table.at[key, f"p_{grade.lower()}"])] += 1
    parts = [
        say(
            "summary.grade",
            results.language,
            count=count,
            grade=say(f"certainty.{word}", results.language),
        )
        for word, count in counts.items()
    ]
    told = joined(parts, results.language)
    assert any(told in line for line in unsure)
    assert told.replace(" ", "") in said.replace("\n", "").replace(" ", "")


def test_an_order_that_most_draws_turn_around_is_named(results):
    """Of the first five; where no draw turns them, nothing of the kind is said."""
    pairs = results["rank_pairs"].query(f"year == {results.years[-1]}")
    names = results.in_year()["name"]
    turned = pairs[(pairs["rank"] < 5) & (pairs["probability"] < 0.5)]
    if results.language == "en":  # Guangdong stands ahead of Beijing
        assert ("440000", "110000") in set(zip(turned["lower"], turned["upper"], strict=True))
    draws = f"{results.found.draws:,}"
    start = {"en": f"The order in {draws} other indices: ", "zh": f"在{draws}个其他指数中的次序："}
    (line,) = [x for x in summary_lines(results) if x.startswith(start[results.language])]
    for row in turned.itertuples():
        share = f"{100 * (1 - row.probability):.0f}"
        ahead, behind = names[row.lower], names[row.upper]
        assert {
            "en": f"{ahead} stands ahead of {behind} in {share} %",
            "zh": f"{share}%的指数中{ahead}领先{behind}",
        }[results.language] in line
    firm = int((pairs["probability"] >= 0.9).sum())
    counts = {
        "en": f"of {len(pairs)} neighboring pairs of places {firm} hold in 90 %",
        "zh": f"{len(pairs)}对相邻名次中，{firm}对在90%以上",
    }
    assert counts[results.language] in line
    doubt = (
        results["sensitivity"].query(f"year == {results.years[-1]}").set_index("source")["total"]
    )
    assert say(f"varied.{doubt.idxmax()}.meaning", results.language) in line
    assert f"{100 * doubt.max():.0f}" in line
    sure = pairs.assign(probability=0.97)
    other = replace(results, tables={**results.tables, "rank_pairs": sure})
    word = {"en": "stands ahead of", "zh": "领先"}[results.language]
    (line,) = [x for x in summary_lines(other) if x.startswith(start[results.language])]
    assert word not in line and str(len(sure)) in line
    assert not [x for x in brief_lines(other, Path("results")) if "ahead" in x]


def test_notes_stand_by_seriousness_whatever_their_order(results):
    turned = replace(results, notes=results.notes[::-1])
    for each in (results, turned):
        said = summary_lines(each)
        levels = {note.say(each.language): note.level for note in each.notes}
        told = [levels[line[2:]] for line in said if line.startswith("- ")]
        assert len(told) == len(levels)
        assert told == sorted(told)
        assert set(told) == {1, 2, 3}


def test_both_ends_and_the_counts_follow_from_the_scores(results):
    text = "\n".join(summary_lines(results))
    last = results.in_year().sort_values("rank")
    for name in [*last["name"].head(5), *last["name"].tail(5)]:
        assert name in text
    assert f"{last['composite'].iloc[0]:.3f}" in text
    counts = last["grade"].value_counts()
    told = "{} Medium" if results.language == "en" else "中等{}个"
    assert told.format(counts["Medium"]) in text


def test_the_gap_stands_in_it_with_its_interval_and_how_certain_it_is(results):
    row = results["gaps"].query("year == 2023 and measure == 'east_west_gap'").iloc[0]
    start = {"en": "East minus central and western regions: ", "zh": "东部与中西部之差："}
    (told,) = (line for line in summary_lines(results) if line.startswith(start[results.language]))
    for number in (row["value"], row["low"], row["high"]):
        assert f"{number:.3f}" in told
    assert f"p = {row['p_value']:.3g}" in told
    assert 0.01 < row["p_value"] <= 0.05
    assert told.endswith({"en": "[likely]", "zh": "［较可能］"}[results.language])
    assert {"en": "not corrected for others", "zh": "未作多重校正"}[results.language] in told


def test_a_gap_that_cannot_be_told_says_in_how_many_indices_it_cannot_either(results):
    """The share that holds is then that of the draws without a significant gap."""
    gaps, held = (results[stem].copy() for stem in ("gaps", "holds"))
    last = gaps["year"] == 2023
    gaps.loc[last & (gaps["measure"] == "east_west_gap"), "p_value"] = 0.45
    found = held.query("year == 2023 and finding == 'gap' and item == 'east_west_gap'").index
    held.loc[found, ["same_test", "holds"]] = 0.81
    lines = summary_lines(replace(results, tables={**results.tables, "gaps": gaps, "holds": held}))
    start = {"en": "East minus central and western regions: ", "zh": "东部与中西部之差："}
    (told,) = (line for line in lines if line.startswith(start[results.language]))
    said = {"en": "as little told from chance in 81 %", "zh": "在81%的其他指数中同样无法与随机区分"}
    assert said[results.language] in told and told.endswith(ANSWERS[results.language])
    assert {"en": "the same sign", "zh": "符号相同"}[results.language] not in told


CHANGES = {
    "east_west_gap": {"en": "Is the gap growing?", "zh": "差距是否在扩大？"},
    "moran": {
        "en": "Has Moran's I of the composite changed?",
        "zh": "综合指数的莫兰指数是否变化？",
    },
}
ANSWERS = {"en": "[cannot be told]", "zh": "［无法判断］"}


@pytest.mark.parametrize("measure", CHANGES)
def test_what_changed_is_told_with_its_numbers_and_how_certain(results, measure):
    if measure == "moran":
        row = results["moran_change"].set_index("variable").loc["composite"]
    else:
        row = results["gaps_trend"].set_index("measure").loc[measure]
    language = results.language
    (told,) = (
        line for line in summary_lines(results) if line.startswith(CHANGES[measure][language])
    )
    for number in ("first", "last"):
        assert f"{row[number]:.3f}" in told
    assert f"{row['change']:+.3f}" in told and f"p = {row['p_change']:.3g}" in told
    if measure != "moran":
        assert f"{row['low']:.3f}" in told and f"{row['high']:.3f}" in told
    assert told.endswith(ANSWERS[language]) == (row["p_change"] > 0.05)


def mean_line(results):
    start = {"en": "Has the mean composite changed?", "zh": "综合指数均值是否变化？"}
    (told,) = (line for line in summary_lines(results) if line.startswith(start[results.language]))
    return told


def test_the_change_of_the_mean_stands_by_its_own_facts_and_the_test_by_its_constant(results):
    row = results["gaps_trend"].set_index("measure").loc["mean"]
    scores = results["scores"].pivot(index="adcode", columns="year", values="composite")
    moved = scores[results.years[-1]] - scores[results.years[0]]
    held = results["holds"].query("finding == 'change' and item == 'mean'")["holds"].item()
    told = mean_line(results)
    facts, test = re.split(r"\. |。", told, maxsplit=1)
    rose, regions = int((moved > 0).sum()), len(moved)
    assert moved.mean() == pytest.approx(row["change"]) and row["change"] > 0
    share = f"{min(100 * held, 99):.0f}"
    assert {
        "en": f"rose by {row['change']:.3f}; {rose} of {regions} regions rose, and so did the mean"
        f" in {share} % of other indices",
        "zh": f"上升{row['change']:.3f}；{regions}个地区中{rose}个上升，{share}%的其他指数中",
    }[results.language] in facts
    for number in ("low", "high"):
        assert f"{row[number]:.3f}" in test and f"{row[number]:.3f}" not in facts
    assert f"{row['estimate']:+.3f}" in test and f"p = {row['p_change']:.3g}" in test
    assert row["low"] <= row["estimate"] <= row["high"]
    assert told.endswith(ANSWERS[results.language]) and row["p_change"] > 0.05


@pytest.mark.parametrize(
    ("p", "share", "estimate", "end"),
    [
        (0.004, 0.95, 0.03, "[firm]"),
        (0.004, 0.7, 0.03, "[likely]"),
        (0.004, 0.5, 0.03, "[cannot be told]"),
        (0.004, 0.95, -0.03, "[cannot be told]"),
    ],
)
def test_the_word_of_the_mean_allows_for_other_indices_and_the_sign(
    bundled_run, p, share, estimate, end
):
    results = bundled_run.results
    trend, held = (results[stem].copy() for stem in ("gaps_trend", "holds"))
    trend.loc[trend["measure"] == "mean", ["p_change", "estimate"]] = p, estimate
    held.loc[(held["finding"] == "change") & (held["item"] == "mean"), "holds"] = share
    told = mean_line(
        replace(results, tables={**results.tables, "gaps_trend": trend, "holds": held})
    )
    assert told.endswith(end)
    assert ("went the other way" in told) == (estimate < 0)
    assert ("cannot be told (" in told) == ("cannot" in end and estimate > 0)


def test_few_regions_are_said_to_be_worth_fewer(results):
    count = results["gaps_trend"].set_index("measure").at["mean", "n_effective"]
    start = {"en": "31 regions are few (", "zh": "仅31个地区，样本较少（"}[results.language]
    (told,) = [line for line in summary_lines(results) if line.startswith(start)]
    assert re.search(rf"\D{count:.0f}( |个)", told) and 1 < count < 31


@pytest.mark.parametrize(
    ("first", "last", "p", "end"),
    [
        (0.1, 0.2, 0.004, "it grew [firm]"),
        (-0.1, -0.2, 0.03, "it grew [likely]"),
        (0.2, 0.1, 0.03, "it shrank [likely]"),
        (0.2, 0.1, 0.06, "no change can be told from chance [cannot be told]"),
    ],
)
def test_a_gap_grows_away_from_zero_and_only_where_its_change_is_told(first, last, p, end):
    row = {"measure": "east_west_gap", "first_year": 2018, "last_year": 2023, "years": 6}
    row |= {"first": first, "last": last, "change": last - first, "p_change": p}
    table = pd.DataFrame([{**row, "low": float("nan"), "high": 0.4}])
    told = change_told(SimpleNamespace(tables={"gaps_trend": table}), "east_west_gap", "en")
    assert told.endswith(end) and "95 % interval no limit to 0.400" in told


def test_verdicts_name_every_group_that_cannot_be_tested(results):
    groups = {
        group.id: group for grouping in results.groupings.values() for group in grouping.groups
    }
    pattern = results["pattern"].query("year == 2023 and variable == 'composite'")
    text = "\n".join(summary_lines(results))
    named = set()
    for key in pattern.loc[pattern["verdict"] == "cannot be tested", "group"]:
        if groups[key].members not in named:  # the same regions are told once, by the first name
            assert groups[key].name[results.language] in text
        named.add(groups[key].members)


def test_both_languages_tell_as_many_groups(bundled_run):
    lines = (
        summary_lines(replace(bundled_run.results, language=language)) for language in ("en", "zh")
    )
    heads = ("Groups against the rest", "2023年各组与其余")
    more = [
        re.findall(r"(?:and |其余)(\d+)(?: more|个)", line)
        for told in lines
        for line in told
        if line.startswith(heads)
    ]
    assert len(more) == 2 and more[0] == more[1] != []


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


def test_findings_say_in_how_many_other_indices_they_hold(results):
    said = "\n".join(summary_lines(results))
    last = results["holds"].query(f"year == {results.years[-1]}").set_index(["finding", "item"])
    moran, gap = last.loc[("moran", "composite")], last.loc[("gap", "east_west_gap")]
    moran_line, gap_line = (
        next(line for line in said.splitlines() if value in line and "%" in line)
        for value in (f"{moran['value']:.3f}", f"{gap['value']:.3f}")
    )
    for number in (f"{moran['holds']:.0%}", f"{moran['low']:.3f}", f"{moran['high']:.3f}"):
        assert number.rstrip("%") in moran_line
    assert f"{gap['holds']:.0%}".rstrip("%") in gap_line
    word = re.search(r"[\[［](.*?)[\]］]", moran_line)[1]
    p = (
        results["global"]
        .query("variable == 'composite' and statistic == 'moran'")["p_sim"]
        .iloc[-1]
    )
    if p > 0.01 or moran["holds"] < 0.9:  # then nothing makes it firm
        assert word != say("certainty.firm", results.language)


def test_certainty_of_the_top_is_that_of_the_draws(results):
    table = results["uncertainty"].query(f"year == {results.years[-1]}")
    start = {"en": "How certain the top 5 are", "zh": "前5名的稳固程度"}[results.language]
    (line,) = [line for line in summary_lines(results) if line.startswith(start)]
    assert f"{results.found.draws:,}" in line
    top = results.in_year().nsmallest(5, "rank").index
    for row in table[table["adcode"].isin(top)].itertuples():
        told = re.search(rf"{row.name}[^\[［]*[\[［]([^\]］]*)", line)
        numbers = list(map(int, re.findall(r"\d+", told[0])))
        assert numbers[1:] == [row.rank_low, row.rank_high]
        assert abs(numbers[0] - 100 * row.p_top_5) <= 1
        word = "firm" if row.p_top_5 >= 0.9 else "likely" if row.p_top_5 >= 2 / 3 else "open"
        assert told[1] == say(f"certainty.{word}", results.language)
    for name in results.found.varied:
        assert say(f"varied.{name}.meaning", results.language) in line


def test_a_cell_that_decides_a_place_is_named(results):
    cells = results["driving_cells"].set_index("adcode")
    beijing = cells.loc["110000"]
    # an indicator of 0 under the geometric mean, which half of the draws take
    assert beijing["indicator"] == "D322" and beijing["value"] == 0 and beijing["drives"]
    lines = [line for line in summary_lines(results) if "D322" in line and beijing["name"] in line]
    (line,) = [line for line in lines if "0.000" in line]
    keys = ("rank_low", "rank_high", "rank_low_without", "rank_high_without")
    told = " ".join(re.findall(r"(?<![\d.D])\d+(?![\d.])", line))
    assert " ".join(str(beijing[key]) for key in keys) in told
    assert say("summary.half", results.language) in line
    named = {name for name in cells["name"] if f"{name}" in line}
    assert named == {beijing["name"]}
    for key, row in cells[~cells["drives"]].iterrows():
        assert row["rank_high"] - row["rank_low"] < 5 or 2 * (
            row["rank_high_without"] - row["rank_low_without"]
        ) > (row["rank_high"] - row["rank_low"]), key


def test_skewed_draws_tell_grades_by_place(bundled_run):
    results = bundled_run.results
    shifted = replace(results, found=replace(results.found, skewed=True))
    plain, told = (
        [line for line in summary_lines(each) if "50 %" in line] for each in (results, shifted)
    )
    assert len(plain) == len(told) == 1 and plain != told
    assert "told by rank" in told[0] and told[0].split("): ")[1] == plain[0].split("): ")[1]


def test_where_no_cluster_survives_its_share_and_word_stand(bundled_run):
    results = bundled_run.results
    rows = results["local"].query("year == 2023 and variable == 'composite'")
    assert not rows["cluster"].isin(["high-high", "low-low", "high-low", "low-high"]).any()
    share = results["holds"].query("year == 2023 and item == 'all'")["holds"].item()
    (line,) = [x for x in summary_lines(results) if x.startswith("Local clusters")]
    assert line.endswith(f"(holds in {100 * share:.0f} % of other indices) [cannot be told]")


def test_without_a_group_that_differs_the_terminal_says_of_how_many(results):
    rows = results["pattern"].query(f"year == {results.years[-1]} and variable == 'composite'")
    groups = {
        group.id: group.members
        for grouping in results.groupings.values()
        for group in grouping.groups
    }
    tested = {groups[key] for key in rows.loc[rows["q_spatial"].notna(), "group"] if key in groups}
    start = {"en": "Groups that differ", "zh": "2023年与其余地区"}[results.language]
    said = "".join(brief_lines(results, Path("r"), width=400))
    line = said[said.index(start) :]
    count = {"en": f"of {len(tested)} tested: ", "zh": f"（共检验{len(tested)}组）："}
    assert count[results.language] in line
    if not rows["verdict"].isin(["higher", "lower"]).any():
        none = {"en": "none [cannot be told]", "zh": "无［无法判断］"}[results.language]
        assert count[results.language] + none in line


def test_the_word_of_a_change_allows_for_other_indices():
    row = {"measure": "east_west_gap", "first_year": 2018, "last_year": 2023, "years": 6}
    row |= {"first": 0.1, "last": 0.2, "change": 0.1, "p_change": 0.004, "low": 0.01, "high": 0.4}
    held = {"year": 2023, "finding": "change", "item": "east_west_gap"}
    ends = {
        0.95: "it grew [firm]",
        0.7: "it grew [likely]",
        0.5: "told from chance [cannot be told]",
    }
    for share, end in ends.items():
        tables = {
            "gaps_trend": pd.DataFrame([row]),
            "holds": pd.DataFrame([held | {"holds": share}]),
        }
        assert change_told(SimpleNamespace(tables=tables), "east_west_gap", "en").endswith(end)


def test_moran_that_cannot_be_told_says_in_how_many_indices_it_cannot_either(results):
    table = results["global"].copy()
    last = (table["year"] == 2023) & (table["variable"] == "composite")
    table.loc[last & (table["statistic"] == "moran"), "p_sim"] = 0.3
    lines = summary_lines(replace(results, tables={**results.tables, "global": table}))
    start = {"en": "Moran's I of the composite: ", "zh": "综合指数的莫兰指数（"}[results.language]
    (line,) = [x for x in lines if x.startswith(start)]
    assert {"en": "as little told from chance in", "zh": "同样无法与随机区分"}[
        results.language
    ] in line
    assert {"en": "holds in", "zh": "成立"}[results.language] not in line


@pytest.mark.parametrize(
    ("tell", "statistic", "measure"),
    [(_space.moran, "moran", ""), (_space.gap, "gap", "east_west_gap")],
)
def test_the_report_weighs_other_neighbor_rules_as_the_summary_does(
    results, tell, statistic, measure
):
    table = results["neighbors_sensitivity"].copy()
    table["measure"] = table["measure"].fillna("")
    mine = (table["statistic"] == statistic) & (table["measure"] == measure)
    mine &= (table["variable"] == "composite") & (table["year"] == results.years[-1])
    assert mine.any()
    table.loc[mine, ["agree", "rules"]] = [1, 4]
    doubted = replace(results, tables={**results.tables, "neighbors_sensitivity": table})
    found = tell(Teller(doubted, results.language))
    assert found.certainty == "open"


def test_limits_of_all_years_are_said_to_move_and_trends_to_have_an_exact_size(bundled_run):
    results = bundled_run.results
    notes = {note.code: note.say("en") for note in results.notes}
    assert "moves the limits" in notes["study.pooled_limits"]
    # Six years: 12 of 720 orders have |S| of at least 13.
    orders = 12 / 720
    assert (
        f"in {100 * orders:.1f} % of regions ({31 * orders:.1f} of 31)"
        in (notes["study.short_series"])
    )


def test_without_east_and_west_the_surest_group_is_a_finding(bundled_run):
    results = bundled_run.results
    gaps, pattern = results["gaps"], results["pattern"].copy()
    last = (pattern["year"] == 2023) & (pattern["variable"] == "composite")
    for group, q, verdict in (("coastal_belt", 0.02, "higher"), ("middle_yangtze", 0.03, "lower")):
        row = last & (pattern["group"] == group)
        pattern.loc[row, ["q_spatial", "verdict"]] = [q, verdict]
    difference = pattern.loc[last & (pattern["group"] == "coastal_belt"), "difference"].iloc[0]

    def told(gaps):
        tables = {**results.tables, "gaps": gaps, "pattern": pattern}
        found = findings(Teller(replace(results, tables=tables), "en"))
        return [str(each.claim) + str(each.numbers) for each in found if "group" in each.claim]

    assert told(gaps) == []  # the gap is asked for first
    (said,) = told(gaps[gaps["measure"] != "east_west_gap"])
    assert "“Coastal belt” stand above the rest" in said and "p = 0.02" in said
    assert f"{difference:+.3f}".replace("-", "−") in said
