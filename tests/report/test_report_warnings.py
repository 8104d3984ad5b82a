"""What the summary says of warnings is what their tables say, in both languages."""

import re
from dataclasses import replace

import pytest

from geo_resilience.report import summary_lines
from geo_resilience.statistics._certainty import certainty
from geo_resilience.study import read_plan, run
from geo_resilience.study._plan_sections import ANALYSES
from geo_resilience.words import joined, say


def studied(language="en", **options):
    plan = read_plan()
    skip = tuple(name for name in ANALYSES if name != "warnings")
    return run(
        replace(
            plan,
            language=language,
            chain=replace(plan.chain, **options),
            analyses=replace(plan.analyses, skip=skip),
        )
    )


@pytest.fixture(scope="module", params=["en", "zh"])
def results(request):
    return studied(request.param)


def line_of(results, key):
    """The line that begins as a sentence of the words does."""
    fixed = re.split(r"\{\w+\}", say(key, results.language, **dict.fromkeys(FIELDS[key], "{x}")))
    (found,) = [
        line
        for line in summary_lines(results)
        if all(part in line for part in fixed) and line.startswith(fixed[0])
    ]
    return found


FIELDS = {
    "summary.warnings_ahead": (
        *(
            "year",
            "method",
            "levels",
            "coverage",
            "best",
            "worst",
            "same",
            "count",
            "certainty",
            "tail",
            "lacking",
        ),
    ),
    "summary.backtest": (
        *("n", "regions", "indicators", "years", "rmse", "others", "coverage", "held", "widened"),
    ),
    "summary.led": ("told",),
}


def levels(table, column, language):
    counts = table[column].value_counts()
    names = {level: say(f"chain.warning.{level}", language) for level in counts.index}
    parts = [
        say("summary.level", language, count=int(counts[level]), level=names[level])
        for level in ("red", "orange", "yellow", "blue", "none")
        if counts.get(level, 0)
    ]
    return joined(parts, language)


def test_the_year_ahead_is_a_range(results):
    ahead = results["warnings"].query("forecast")
    line = line_of(results, "summary.warnings_ahead")
    for column in ("level", "best", "worst"):
        assert levels(ahead, column, results.language) in line
    same = (ahead["best"].astype(str) == ahead["worst"].astype(str)).sum()
    word = say(f"certainty.{certainty(None, same / len(ahead))}", results.language)
    assert str(same) in line and word in line
    assert say("summary.carried", results.language, year=2023) in line
    assert {"en": "far rarer than 10 in 100", "zh": "远小于10%"}[results.language] in line
    order = {"none": 0, "blue": 1, "yellow": 2, "orange": 3, "red": 4}
    places = ahead[["best", "level", "worst"]].astype(object).map(order.get)
    assert (places["best"] <= places["level"]).all()
    assert (places["level"] <= places["worst"]).all()
    assert (places["best"] < places["worst"]).any()


def test_regions_without_a_forecast_are_counted_apart(results):
    table = results["warnings"].copy()
    first = table.index[table["forecast"]][:3]
    table.loc[first, ["level", "best", "worst"]] = None
    blanked = replace(results, tables={**results.tables, "warnings": table})
    line = line_of(blanked, "summary.warnings_ahead")
    ahead = table[table["forecast"]].dropna(subset=["level"])
    assert levels(ahead, "level", results.language) in line
    lacking = {"en": "; 3 regions have no forecast", "zh": "；3个地区没有预测"}[results.language]
    assert lacking in line and lacking not in line_of(results, "summary.warnings_ahead")
    assert {"en": f"of {len(ahead)} regions", "zh": f"{len(ahead)}个地区"}[results.language] in line


def test_the_forecast_is_the_winner_of_the_backtest(results):
    tried = results["backtest"]
    whole = tried[tried["code"] == ""].set_index("method")
    won = whole["rmse"].idxmin()
    assert set(results["forecasts"]["method"]) == {won} == {results.found.forecast}
    assert set(tried.loc[tried["chosen"], "method"]) == {won}
    line = line_of(results, "summary.backtest")
    for method, row in whole.iterrows():
        assert f"{row['rmse']:.2f}" in line
        if method != won:
            assert say(f"choice.forecast.{method}", results.language) in line
    assert f"{whole.loc[won, 'n']:,}" in line
    assert f"{100 * whole.loc[won, 'coverage']:.0f}" in line
    regions, codes = (results["forecasts"][key].nunique() for key in ("adcode", "code"))
    years, wide = int(whole.at[won, "years"]), tried.query("chosen and code != '' and widening > 1")
    assert (regions * codes * years >= whole.at[won, "n"]) and len(wide)
    said = {
        "en": f"of {regions} regions and {codes} indicators in the last {years} years",
        "zh": f"对{regions}个地区、{codes}项指标、最近{years}年的",
    }
    assert said[results.language] in line
    assert line.endswith(say("summary.backtest_widened", results.language, count=len(wide)))


def test_whether_warnings_came_before_slower_growth(results):
    table = results["warnings_foretold"]
    line = line_of(results, "summary.led")
    for row in table.itertuples(index=False):
        assert f"{row.spearman:+.2f}" in line
    whole = table[table["year"].isna()]
    assert len(whole) == 2
    for row in whole.itertuples(index=False):
        assert f"p = {row.p_holm:.3g}" in line
        assert say(f"certainty.{certainty(row.p_holm)}", results.language) in line
    # One year by hand: the risk of 2021 and the growth from 2021 to 2022.
    risk = results["warnings"].query("year == 2021").set_index("adcode")["risk"]
    revenue = results.panel.variables["hightech_revenue"].unstack("year")
    growth = (revenue[2022] / revenue[2021]).reindex(risk.index)
    row = table.query("variable == 'hightech_revenue' and year == 2021").iloc[0]
    assert row["spearman"] == pytest.approx(risk.corr(growth, method="spearman"))


def test_a_share_that_must_warn_and_what_a_mean_hides_are_said(results):
    rows = results["warnings"].query("year == 2023")
    hidden = int(((rows["gravest"] == "red") & (rows["level"] != "red")).sum())
    assert hidden
    text = "\n".join(summary_lines(results))
    assert say("summary.warnings_hidden", results.language, count=hidden) in text
    beyond = results["thresholds"]["beyond"]
    assert beyond.min() >= 0.25
    share = f"{100 * beyond.mean():.0f}"
    assert say("summary.warnings_share", results.language, share=share) in text
    assert "study.thresholds_same_rows" in {note.code for note in results.notes}


def test_the_gravest_level_is_the_level_where_the_worst_decides(tmp_path):
    rules = tmp_path / "rules.csv"
    rules.write_text("code,direction,blue,yellow,orange,red\nD311,+,0.02,0.015,0.01,0.005\n")
    found = studied(warning_rule="worst", thresholds=rules, forecast="none")
    table = found["warnings"]
    assert (table["gravest"].astype(str) == table["level"].astype(str)).all()
    assert not found["thresholds"]["same_rows"].any()
    text = "\n".join(summary_lines(found))
    assert "milder" not in text and "must warn" not in text
    assert found.found.forecast == "" and "forecasts" not in found
