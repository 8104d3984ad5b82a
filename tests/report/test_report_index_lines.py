"""What the summary says of weights, prices, validity and ranges is what the tables hold."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geo_resilience.report import summary_lines
from geo_resilience.study import read_plan, run
from geo_resilience.study._plan_reading import BUNDLED
from geo_resilience.study._plan_sections import ANALYSES
from geo_resilience.words import say


@pytest.fixture(params=["bundled", "everything"], ids=["en", "zh"])
def results(request):
    return request.getfixturevalue(f"{request.param}_run").results


def _told(results, english: str, chinese: str) -> str:
    """Give the one line that begins so in the study's language."""
    start = {"en": english, "zh": chinese}[results.language]
    (line,) = [line for line in summary_lines(results) if line.startswith(start)]
    return line


def _numbers(line: str) -> list[float]:
    return [float(each.replace("−", "-")) for each in re.findall(r"[−+]?\d+(?:\.\d+)?", line)]


def test_the_second_line_says_how_much_of_the_weight_is_measured_as_defined(results):
    used = results["weights"].set_index("code")["used"]
    kinds = pd.Series({each.code: each.fidelity for each in results.framework.indicators})
    line = summary_lines(results)[1]
    for kind, share in used.groupby(kinds).sum().items():
        key = f"summary.fidelity_{kind.replace(' ', '_')}"
        assert say(key, results.language, share=f"{100 * share:.0f}") in line


def test_what_prices_may_have_done_to_the_mean_is_the_contributions_of_its_indicators(results):
    first, last = results.years[0], results.years[-1]
    means = results["scores"].groupby("year")["composite"].mean()
    line = _told(results, "Mean composite: ", "综合指数均值：")
    change = means[last] - means[first]
    values = results.panel.values
    weights = results["weights"].set_index("code")["used"]
    parts = {
        code: weights[code]
        * (values.xs(last, level="year")[code] - values.xs(first, level="year")[code]).mean()
        for code in ("D212", "D221")
    }
    told = [f"{each:+.3f}".replace("-", "−") for each in (change, sum(parts.values()))]
    told += [f"{code} {part:+.3f}".replace("-", "−") for code, part in parts.items()]
    assert all(each in line for each in told), (told, line)


def test_margins_in_the_summary_are_those_of_the_table(results):
    table = results["weight_margins"]
    near = table[table["against"] == "neighbor"]
    counts = [len(near), (near["margin"] < 0.05).sum(), (near["margin"] < 0.2).sum()]
    line = _told(results, "How far weights", "2023年权重变动")
    found = _numbers(line)
    assert found[1] == counts[0] and {counts[1], counts[2]} <= set(found)
    assert found[-1] == pytest.approx(100 * near["margin"].iloc[0], abs=0.05)


def test_what_works_against_the_index_is_named_with_its_share(results):
    rows = results["effective_weights"].query("year == 2023").set_index("code")["effective"]
    line = _told(results, "What tells regions apart", "2023年区分")
    assert rows.sum() == pytest.approx(1)
    top = rows.sort_values(ascending=False).head(3)
    for code, share in {**top, **rows[rows < 0]}.items():
        stated = f"{100 * share:.0f}".replace("-", "−")
        assert re.search(rf"{code} [^%]* ?{stated} ?%", line), (code, stated, line)


def test_each_outcome_stands_with_its_corrected_p_its_benchmark_and_its_level(results):
    table = results["foretelling"]
    own = table[table["predictor"] == "composite"]
    start = {"en": "Did the index of 2019", "zh": "2019年的指数"}[results.language]
    lines = [line for line in summary_lines(results) if line.startswith(start)]
    text = "\n".join(lines).replace("−", "-")
    text = text.replace("（", " (").replace("）", ")")
    for row in own.itertuples():
        for value, p in ((row.spearman, row.p_holm), (row.spearman_level, row.p_level)):
            assert f"{value:.2f} (p = {p:.3g})" in text
    beside = table[table["predictor"] != "composite"]
    assert beside.empty or set(beside["predictor"]) == {"grp_per_head"}
    for row in beside.itertuples():
        assert f"{row.spearman:.2f} (p = {row.p_holm:.3g})" in text
    assert (own["p_holm"] > 0.05).all()
    assert text.count(say("certainty.open", results.language)) == len(own)


def test_the_composite_of_before_is_held_against_what_came_and_corrected_for_all_that_is_asked(
    results,
):
    table, shock = results["foretelling"], results["shock"].query("scope == 'region'")
    scores = results["scores"].query("year == 2019").set_index("adcode")["composite"]
    for row in table[table["predictor"] == "composite"].itertuples():
        came = shock[shock["variable"] == row.variable].set_index("adcode")[row.outcome]
        assert row.spearman == pytest.approx(scores.corr(came, method="spearman"), abs=1e-9)
    for _, rows in table.groupby("predictor"):
        p = np.sort(rows["p_space"])
        corrected = np.minimum(np.maximum.accumulate(p * np.arange(len(p), 0, -1)), 1)
        assert np.sort(rows["p_holm"]) == pytest.approx(corrected)


def test_ranges_of_multipliers_are_told_where_more_than_one_method_is_asked(bundled_run):
    results = bundled_run.results
    last = results["regional_ranges"].query("year == 2020")
    line = _told(results, "Regional multipliers", "")
    found = _numbers(line)
    width = last["multiplier_high"] - last["multiplier_low"]
    expected = [last["multiplier_low"].min(), last["multiplier_high"].max()]
    assert found[:2] == pytest.approx(expected, abs=0.005)
    assert found[-1] == pytest.approx(width.median(), abs=0.005) and len(last) in found


def test_with_a_deflator_the_index_at_current_prices_stands_beside():
    """The other column is the whole study without a deflator; any series may stand for prices."""
    plan = read_plan()
    skip = tuple(each for each in ANALYSES if each not in ("nominal", "contributions"))
    plan = replace(plan, analyses=replace(plan.analyses, skip=skip))
    plain = run(plan)
    nominal = plain["scores"].set_index(["adcode", "year"])
    assert "nominal" not in plain.tables
    # Of the bundled tables' columns none is a price index or a volume: read anew from the files.
    files = sorted(BUNDLED.parent.glob("[!i]*.csv"))
    columns = [column for file in files for column in pd.read_csv(file, nrows=0)]
    assert len(columns) > 30 and not any(
        word in column for column in columns for word in ("price", "index", "volume", "deflat")
    )
    told = "the part due to prices is unknown (no column that the study reads is named a price"
    assert told in _told(plain, "Mean composite", "")
    priced = replace(plain, found=replace(plain.found, priced=("cpi_index",)))
    assert "(columns that may tell: cpi_index)" in _told(priced, "Mean composite", "")
    deflated = run(replace(plan, framework=replace(plan.framework, deflator="grp_per_head")))
    table = deflated["nominal"].set_index(["adcode", "year"])
    assert table["nominal"].tolist() == pytest.approx(nominal["composite"].tolist(), abs=1e-11)
    assert table["nominal_rank"].tolist() == nominal["rank"].tolist()
    own = deflated["scores"].set_index(["adcode", "year"])["composite"]
    assert table["composite"].tolist() == pytest.approx(own.tolist(), abs=1e-11)
    assert not own.equals(nominal["composite"])
    means = nominal.groupby("year")["composite"].mean()
    line = _told(deflated, "Mean composite", "")
    assert f"at current prices {means.iloc[0]:.3f} and {means.iloc[-1]:.3f}" in line
    assert "no deflator" not in line
