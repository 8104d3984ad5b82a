"""Verdicts under other neighbor rules: each from its own test, counted by hand, told as counted."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

from geo_resilience import spatial
from geo_resilience.regions import read_boundaries
from geo_resilience.report import summary_lines
from geo_resilience.spatial.neighbors._rules import without_assumed
from geo_resilience.study._case import Findings
from geo_resilience.study._inputs import read_inputs
from geo_resilience.study._plan_reading import read_plan
from geo_resilience.study._preprocessing import measure
from geo_resilience.study._run import lay_out
from geo_resilience.study.analyses import _neighbor_rules
from geo_resilience.study.analyses._neighbor_rules import compared

FINDING = ["year", "variable", "statistic", "measure"]


@pytest.fixture(scope="module")
def results(bundled_run):
    return bundled_run.results


@pytest.fixture(scope="module")
def table(results):
    return results["neighbors_sensitivity"]


def test_under_the_rule_used_stands_what_the_other_tables_say(results, table):
    used = table[table["rule"] == "used"].set_index(["year", "variable", "statistic", "measure"])[
        "p"
    ]
    moran = results["global"].query("statistic == 'moran' and variable in ['composite', 'B1']")
    for row in moran.itertuples():
        assert used[row.year, row.variable, "moran", ""] == pytest.approx(row.p_sim, abs=0.002)
    for row in results["gaps"].query("year == 2023 and p_value == p_value").itertuples():
        assert used[2023, "composite", "gap", row.measure] == row.p_value
    judged = results["pattern"].query("year == 2023 and q_spatial == q_spatial")
    for row in judged.itertuples():
        assert used[2023, "composite", "group", row.group] == row.q_spatial
    for question, kind in results.found.models.items():
        before = "" if question == "main" else f"{question}: "
        totals = results["impacts"].query("effect == 'total'")
        totals = totals[totals["model"] == before + kind]
        assert len(totals) >= 3
        for row in totals.itertuples():
            own = used[2023, :, "regression", before + row.variable]
            assert own.item() == pytest.approx(row.p_holm)


def test_a_verdict_holds_where_level_and_direction_are_those_under_the_rule_used(table):
    for _, rows in table.groupby(FINDING):
        counted = rows[rows["holds"].notna()]
        direction = np.sign(counted["z"].fillna(counted["value"]))
        verdict = (direction * (counted["p"] <= 0.05)).to_numpy()
        own = verdict[(counted["rule"] == "used").to_numpy()].item()
        assert (counted["holds"].to_numpy(bool) == (verdict == own)).all()
        # The rule used does not vouch for itself.
        assert set(rows["agree"]) == {int((verdict == own).sum()) - 1}
        assert set(rows["rules"]) == {len(counted) - 1}
    # The provinces meet along borders alone: rook gives the links of queen and does not count.
    assert table.loc[table["rule"] == "rook", "holds"].isna().all()
    assert set(table.loc[table["rule"] == "rook", "statistic"]) == {"moran"}


def test_without_the_assumed_link_hainan_plays_no_part(results, table):
    row = table.query(
        "rule == 'without_assumed' and year == 2023 and variable == 'composite'"
        " and statistic == 'moran'"
    ).iloc[0]
    assert (row["n"], row["islands"], row["links"]) == (30, 1, 136)
    y = results.in_year(2023)["composite"].drop("460000")
    kept = spatial.queen(read_boundaries()).graph.to_W().to_adjlist()
    kept = kept[(kept["focal"] != "460000") & (kept["neighbor"] != "460000")]
    graph = Graph.from_arrays(kept["focal"], kept["neighbor"], np.ones(len(kept))).transform("r")
    assert row["value"] == pytest.approx(spatial.moran(y, graph, permutations=9).value)


def test_without_its_assumed_link_hainan_is_left_out_of_the_regression(results, table):
    row = table.query("rule == 'without_assumed' and measure == 'policy'").iloc[0]
    assert (row["n"], row["links"]) == (30, 136)
    assert results["impacts"].query("effect == 'total'")["most_influential"].eq("460000").any()
    # By hand: two-way demeaned least squares on own and neighbors' values of 30 provinces.
    panel = results.panel.variables.join(
        results["scores"].set_index(["adcode", "year"])["composite"]
    )
    averaged = panel[["broadband", "mobile_traffic", "optical_cable"]]
    panel["digitalization"] = ((averaged - averaged.mean()) / averaged.std(ddof=0)).mean(axis=1)
    kept = spatial.queen(read_boundaries()).graph.to_W().to_adjlist()
    kept = kept[(kept["focal"] != "460000") & (kept["neighbor"] != "460000")]
    links = kept.pivot(index="focal", columns="neighbor", values="weight").fillna(0)
    links = links.div(links.sum(axis=1), axis=0)
    columns = []
    for name in ("composite", "digitalization", "policy", "openness"):
        wide = panel[name].unstack("year").drop("460000").loc[links.index]
        wide = wide.sub(wide.mean(axis=1), axis=0).sub(wide.mean()).add(wide.to_numpy().mean())
        lagged = links.to_numpy() @ wide.to_numpy()
        lagged = lagged - lagged.mean(axis=1, keepdims=True) - lagged.mean(axis=0) + lagged.mean()
        columns.append((wide.to_numpy().ravel(), lagged.ravel()))
    x = np.column_stack([each for pair in columns[1:] for each in pair])
    beta = np.linalg.lstsq(x, columns[0][0], rcond=None)[0]
    assert row["value"] == pytest.approx(beta[2] + beta[3], rel=1e-6)


def test_neighbors_without_assumed_links_sum_to_one_again():
    own = spatial.queen(read_boundaries())
    found = without_assumed(own)
    keys, weights = found.dense()
    assert list(found.islands) == ["460000"] and not found.added
    assert weights[keys.get_loc("460000")].sum() == 0
    rest = keys != "460000"
    assert weights[rest].sum(axis=1) == pytest.approx(1.0)
    before = own.dense()[1]
    untouched = rest & (keys != "440000")
    assert weights[untouched] == pytest.approx(before[untouched], rel=1e-12)
    assert without_assumed(found) is None


def test_rules_that_tell_nothing_are_not_counted():
    rows = pd.DataFrame(
        {
            "year": 2023,
            "variable": "composite",
            "statistic": "gap",
            "measure": "east_west_gap",
            "rule": ["used", "k_nearest", "rook", "inverse_distance"],
            "verdict": ["higher", "lower", "higher", None],
        }
    )
    found = compared(rows, ("used", "k_nearest", "inverse_distance"))
    assert found["holds"].tolist()[:2] == [True, False] and found["holds"][2:].isna().all()
    assert found["agree"].eq(0).all() and found["rules"].eq(1).all()


def test_the_summary_tells_under_how_many_rules_a_finding_holds(results, table):
    lines = summary_lines(results)
    last = table.query("year == 2023 and variable == 'composite'")
    moran = last[last["statistic"] == "moran"].iloc[0]
    (line,) = [line for line in lines if line.startswith("Moran's I of the composite")]
    assert f"the same under {moran['agree']} of {moran['rules']} other neighbor rules" in line
    judged = results["pattern"].query("year == 2023 and q_spatial == q_spatial")
    least = judged.loc[judged["q_spatial"].idxmin()]
    group = last[last["measure"] == least["group"]].iloc[0]
    (line,) = [line for line in lines if line.startswith("Groups against the rest")]
    rules = f"the same under {group['agree']} of {group['rules']} other neighbor rules"
    told = f"East, by itself p = {least['p_spatial']:.3g}, {rules}"
    assert f"least corrected p = {least['q_spatial']:.3g}: {told}" in line
    assert f"{least['p_free']:.3g}" not in line
    tied = judged[judged["q_spatial"] == least["q_spatial"]]
    assert line.count("by itself p") == len(tied) == 2 and "; West, by itself" in line


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_summary_tells_which_regressors_other_rules_name(results, table, language):
    """The sentence on regressors counts every one, not the nearest alone."""
    totals = results["impacts"].query("effect == 'total' and model == 'slx'")
    assert (totals["p_holm"] > 0.05).all()
    others = table.query("statistic == 'regression' and rule != 'used' and holds == holds")
    others = others[~others["measure"].str.contains(":")]
    named = others[others["p"] <= 0.05].groupby("measure", sort=False)["p"].apply(list)
    assert named.index.tolist() == ["digitalization", "policy"]
    rules, found = others["rule"].nunique(), replace(results, language=language)
    start = {"en": "Associated factors (SLX", "zh": "与之相关的因素（自变量空间滞后模型"}[language]
    (line,) = [each for each in summary_lines(found) if each.startswith(start)]
    for name, p in zip(("Digitalization", "Policy"), named, strict=True):
        shown = [f"{value:.3g}" for value in p]
        if language == "en":
            assert f" in {len(p)} of {rules} (corrected p = {', '.join(shown)})" in line
            assert name in line.split("under others: ")[1].split("; nearest")[0]
        else:
            assert f"（{rules}种中的{len(p)}种，校正p = {'、'.join(shown)}）" in line
    assert "the same under" not in line and "种结论相同" not in line
    (other,) = [each for each in summary_lines(results) if "(e-commerce: SLX" in each]
    judged = table[table["measure"].str.startswith("e-commerce: ") & table["holds"].notna()]
    assert (judged["p"] > 0.05).all()
    assert f"from zero under any of {judged['rule'].nunique()} neighbor rules;" in other


def test_with_very_many_regions_only_morans_i_is_repeated_and_that_is_said(
    results, table, monkeypatch
):
    monkeypatch.setattr(_neighbor_rules, "REGIONS_REPEATED", 30)
    plan = read_plan(None)
    inputs = read_inputs(plan, lambda _: None)
    found = Findings({name: results[name] for name in ("gaps", "pattern")})
    _neighbor_rules.neighbors_sensitivity(lay_out(plan, inputs, measure(plan, inputs)), found)
    told = found.tables["neighbors_sensitivity"]
    moran = table[table["statistic"] == "moran"]
    assert told["statistic"].unique().tolist() == ["moran"]
    assert told["value"].tolist() == pytest.approx(moran["value"].tolist())
    assert found.notes[-1].say() == (
        "With 31 regions, more than 30, only Moran's I is repeated under other neighbor rules. "
        "Not repeated: Gaps between zones, The pattern test, Regressions."
    )
