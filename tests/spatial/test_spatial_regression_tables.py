"""Summaries, tables side by side, records of a study, the path of choices, detectable effects."""

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph
from scipy import stats

from geo_resilience import words
from geo_resilience.spatial._methods import REGRESSIONS
from geo_resilience.spatial.dynamics._tables import convergence_records
from geo_resilience.spatial.regression._detectable import (
    detectable_effects,
    minimal_detectable_effect,
)
from geo_resilience.spatial.regression._diagnostics import lm_tests
from geo_resilience.spatial.regression._dynamic_panel import dynamic_model
from geo_resilience.spatial.regression._lags import with_lag
from geo_resilience.spatial.regression._least_squares import ols_model, slx_model
from geo_resilience.spatial.regression._model_choice import choose_model
from geo_resilience.spatial.regression._side_by_side import compare
from geo_resilience.spatial.regression._spatial_models import durbin_model, error_model, lag_model
from geo_resilience.spatial.regression._suite import regression_suite
from geo_resilience.spatial.regression._tables import (
    dynamic_records,
    impact_records,
    lm_records,
    power_records,
    regression_records,
)
from geo_resilience.tables import CATALOG

KEYS = [f"{i:02d}" for i in range(36)]
YEARS = list(range(2018, 2024))


def lattice():
    near = {key: [] for key in KEYS}
    for i, key in enumerate(KEYS):
        r, c = divmod(i, 6)
        for a, b in ((r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)):
            if 0 <= a < 6 and 0 <= b < 6:
                near[key].append(KEYS[a * 6 + b])
    return Graph.from_dicts(near).transform("r")


GRAPH = lattice()


def world(rho=0.5, theta=0.0, lam=0.0, seed=3):
    rng = np.random.default_rng(seed)
    W = GRAPH.sparse.toarray()
    x = rng.normal(size=(6, 36))
    e = 0.5 * rng.normal(size=(6, 36)) @ np.linalg.inv(np.eye(36) - lam * W).T
    push = x + theta * x @ W.T + rng.normal(size=36) + rng.normal(size=(6, 1)) + e
    y = push @ np.linalg.inv(np.eye(36) - rho * W).T
    rows = pd.MultiIndex.from_product([YEARS, KEYS], names=["year", "adcode"]).swaplevel()
    frame = pd.DataFrame({"digital": x.ravel(), "policy": rng.normal(size=216)}, index=rows)
    return pd.Series(y.ravel(), index=rows, name="score"), frame


@pytest.fixture(scope="module")
def models():
    y, X = world()
    return {
        "OLS": ols_model(y, X, GRAPH, effects="two-way", se="clustered"),
        "SAR": lag_model(y, X, GRAPH, effects="two-way", rng=1),
        "SDM": durbin_model(y, X, GRAPH, effects="two-way", rng=1),
        "SEM": error_model(y, X, GRAPH, effects="two-way", rng=1),
    }


def test_a_summary_reads_like_a_table(models):
    text = models["SDM"].summary()
    lines = text.splitlines()
    assert lines[0] == "Dependent: score"
    row = next(line for line in lines if line.startswith("digital"))
    assert row.split()[1].endswith("***")
    below = lines[lines.index(row) + 1].strip()
    assert below.startswith("(") and below.endswith(")")
    for word in (
        "W_policy",
        "rho (spatial lag)",
        "log likelihood",
        "AIC",
        "216",
        "region and year",
    ):
        assert word in text
    assert len({len(line) for line in lines if set(line) == {"-"}}) == 1
    chinese = models["SDM"].summary("zh")
    assert "因变量" in chinese and "空间杜宾模型" in chinese


def test_models_stand_side_by_side(models):
    table = compare(models, digits=4)
    assert table.frame.columns.tolist() == list(models)
    rows = table.frame.xs("terms", level="section")
    assert rows.index[::2].tolist() == [
        "digital",
        "policy",
        "W_digital",
        "W_policy",
        "rho (spatial lag)",
        "lambda (spatial error)",
    ]
    assert rows.loc["W_digital", "SAR"] == "" and rows.loc["W_digital", "SDM"] != ""
    row = table.frame.xs("tests", level="section").loc["LM lag"]
    assert "[" in row["OLS"] and row["SDM"] == ""
    assert str(table) == table.text()


def test_exports(models, tmp_path):
    table = compare(models)
    table.to_csv(tmp_path / "table.csv")
    back = pd.read_csv(tmp_path / "table.csv", keep_default_na=False)
    assert back.columns.tolist() == ["section", "row", *models]
    assert len(back) == len(table.frame)
    models["SAR"].to_csv(tmp_path / "model.csv")
    back = pd.read_csv(tmp_path / "model.csv")
    assert back.columns.tolist() == ["term", "estimate", "se", "z", "p", "low", "high"]
    np.testing.assert_allclose(back["estimate"].iloc[-1], models["SAR"].rho)
    latex = table.latex()
    assert latex.startswith(r"\begin{tabular}{lrrrr}") and r"W\_digital" in latex
    assert latex.count(r"\\") == len(table.frame) + 2 + len(table.foot)
    assert "<table" in models["SAR"].to_html() and models["SAR"].to_latex("zh")


def test_names_are_escaped():
    y, X = world()
    X = X.rename(columns={"digital": "<b>&_%"})
    model = ols_model(y, X)
    assert "<b>" not in model.to_html() and "&lt;b&gt;&amp;_%" in model.to_html()
    assert r"$<$b$>$\&\_\%" in model.to_latex()
    odd = ols_model(y, X.rename(columns={"policy": "a\\b^{c}~$#"})).to_latex()
    assert r"a\textbackslash{}b\textasciicircum{}\{c\}\textasciitilde{}\$\#" in odd


def test_names_stand_for_columns_lags_and_products():
    y, X = world()
    names = {"score": "韧性", "digital": "数字化", "policy": "政策"}
    left, right = with_lag(y, X, interaction="digital")
    text = ols_model(left, right).summary("zh", names=names)
    for label in ("因变量：韧性", "上年韧性 × 数字化", "上年韧性 ", "政策"):
        assert label in text
    table = compare({"": slx_model(y, X, GRAPH)}, language="zh", names=names)
    assert "W × 政策" in table.html() and r"W $\times$ 政策" in table.latex()
    assert "digital" not in table.text()


def test_one_model_alone_says_what_it_could_have_shown(models):
    size = detectable_effects(models["SAR"]).at["policy", "detectable"]
    assert f"policy {size:.3g}" in models["SAR"].summary().splitlines()[-1]
    assert "four cases of five" not in compare(models).text()


def test_regressors_keep_their_names_in_every_language():
    y, X = world()
    X = X.rename(columns={"digital": "year", "policy": "n"})
    text = ols_model(y, X).summary("zh")
    assert [line.split()[0] for line in text.splitlines() if line.startswith(("year", "n "))] == [
        "year",
        "n",
    ]


def test_intervals_hold_the_estimate(models):
    found = models["OLS"].intervals()
    reach = stats.t.ppf(0.975, models["OLS"].degrees)
    np.testing.assert_allclose(found["high"] - found["estimate"], reach * found["se"])
    assert (found["low"] < found["estimate"]).all()


def test_records_have_the_columns_of_the_files(models):
    y, X = world()
    lm = lm_records({"main": lm_tests(y, X, GRAPH, effects="two-way")})
    assert set(lm) == set(CATALOG["lm_tests"].names) and len(lm) == 5
    suite = regression_suite(y, X, GRAPH, effects="two-way", model="slx", null_draws=19, rng=1)
    rows = regression_records(suite.models, suite.calibrations)
    assert set(rows) == set(CATALOG["regressions"].names)
    assert rows["se_type"].eq("clustered").all()
    found = impact_records(suite.models, suite.calibrations)
    assert set(found) == set(CATALOG["impacts"].names)
    rows = regression_records(models)
    kinds = rows.groupby("model", sort=False)["se_type"].unique().map(list).to_dict()
    assert kinds == {n: ["clustered" if n == "OLS" else "information"] for n in models}
    own = rows[rows["model"] == "SDM"].set_index("term")["detectable"]
    assert own["rho"] == detectable_effects(models["SDM"]).at["rho", "detectable"]
    assert set(rows.loc[rows["model"] == "SEM", "term"]) == {"digital", "policy", "lambda"}
    found = impact_records(models)
    assert len(found) == 4 * 2 * 3
    sdm = found[found["model"] == "SDM"].set_index(["variable", "effect"])
    pd.testing.assert_series_equal(sdm["se"], models["SDM"].impacts["se"])
    assert power_records(models)["rows"].eq(216).all()


def test_the_dynamic_model_has_three_estimators_and_says_the_bias():
    y, X = world(rho=0.0)
    model = dynamic_model(y, X, interaction="digital", draws=99, rng=2)
    terms = ["score_lag", "score_lag:digital", "digital", "policy"]
    assert model.coefficients.index.tolist() == terms
    assert model.table().index.tolist() == terms
    assert model.within.n == 36 * 5
    rows = dynamic_records("growth", model)
    assert rows["model"].unique().tolist() == [
        "growth within",
        "growth jackknife",
        "growth arellano_bond",
    ]
    kinds = rows.groupby("model", sort=False)[["se_type", "rows"]].first()
    assert kinds["se_type"].tolist() == ["clustered", "bootstrap", "robust"]
    assert kinds["rows"].tolist() == [180, 180, 144]
    assert (rows["detectable"] > 2.79 * rows["se"]).all()
    assert model.bias < 0
    assert "downward" in model.notes[0].say() and "Nickell" in model.notes[0].say("zh")
    assert "Arellano-Bond" in model.summary()
    again = dynamic_model(y, X, interaction="digital", draws=99, rng=2)
    pd.testing.assert_frame_equal(model.jackknife, again.jackknife)


def test_a_dynamic_panel_does_not_depend_on_units():
    y, X = world()
    X = X.assign(other=np.random.default_rng(4).normal(size=len(X)))
    units = pd.Series(np.where(np.arange(X.shape[1]) == 0, 1e5, 1e-5), index=X.columns)
    plain, scaled = (dynamic_model(y, each, draws=20, rng=1) for each in (X, X * units))
    for one, two in (
        (plain.jackknife, scaled.jackknife),
        (plain.moments.coefficients, scaled.moments.coefficients),
    ):
        factor = units.reindex(one.index).fillna(1.0)
        expected = (one["estimate"] / factor).to_numpy()
        assert two["estimate"].to_numpy() == pytest.approx(expected, rel=1e-6)
        assert two["z"].to_numpy() == pytest.approx(one["z"].to_numpy(), rel=1e-6)
    assert scaled.moments.instruments == plain.moments.instruments


def test_the_lag_is_last_years_value_of_the_same_region():
    y, X = world()
    left, right = with_lag(y, X, interaction="policy", center=False)
    assert left.index.get_level_values("year").min() == 2019
    row = ("07", 2021)
    assert right.loc[row, "score_lag"] == y.loc[("07", 2020)]
    assert right.loc[row, "score_lag:policy"] == y.loc[("07", 2020)] * X.loc[row, "policy"]
    _, centered = with_lag(y, X, interaction="policy")
    lag = right["score_lag"] - right["score_lag"].mean()
    policy = right["policy"] - right["policy"].mean()
    np.testing.assert_allclose(centered["score_lag:policy"], lag * policy)


@pytest.mark.parametrize(
    "options, kinds",
    [
        ({"rho": 0.6}, {"lag", "durbin"}),
        ({"rho": 0.0, "lam": 0.7}, {"error", "durbin"}),
        ({"rho": 0.5, "theta": 0.8}, {"durbin"}),
        ({"rho": 0.0, "theta": 0.0}, {"ols"}),
    ],
)
def test_choices_find_the_kind_of_the_world(options, kinds):
    choice = choose_model(*world(**options, seed=12), GRAPH, effects="two-way", alpha=0.01, rng=0)
    assert choice.model.kind in kinds
    assert all(choice.reasons("en")) and all(choice.reasons("zh"))


def test_a_lag_of_x_alone_is_no_reason_for_a_lag_of_y():
    y, X = world(rho=0.0, seed=0)
    policy = X["policy"].unstack("adcode")
    near = pd.DataFrame(policy.to_numpy() @ GRAPH.sparse.T, policy.index, policy.columns)
    y = y + 0.3 * near.stack().swaplevel().reindex(y.index)
    choice = choose_model(y.rename("score"), X, GRAPH, effects="two-way", rng=0)
    assert choice.model.kind == "slx" and choice.model.se == "clustered"
    row = choice.steps.set_index("test").loc["LR rho"]
    durbin = durbin_model(y, X, GRAPH, effects="two-way")
    plain = slx_model(y, X, GRAPH, effects="two-way")
    gain = 2 * (durbin.log_likelihood - plain.log_likelihood)
    assert row["statistic"] == pytest.approx(gain) and row["p"] > 0.05
    assert "SLX" in choice.reasons()[-1]


def test_choices_on_one_year_take_no_effects():
    y, X = world()
    late = y.index.get_level_values("year") == 2023
    choice = choose_model(y[late].droplevel("year"), X[late].droplevel("year"), GRAPH, rng=0)
    assert choice.model.effects is None
    assert "One year" in choice.reasons()[0]


def test_a_suite_estimates_the_usual_models():
    y, X = world()
    suite = regression_suite(y, X, GRAPH, rng=5)
    assert list(suite.models) == list(REGRESSIONS)
    assert suite.chosen in suite.models and suite.model is suite.models[suite.chosen]
    assert suite.models["lag"].effects == suite.choice.model.effects == "two-way"
    assert suite.comparison("zh").frame.shape[1] == 6
    fixed = regression_suite(y, X, GRAPH, effects="region", model="lag", rng=5)
    assert fixed.choice is None and fixed.chosen == "lag" and fixed.model.effects == "region"


def test_minimal_detectable_effect_is_found_with_the_power_asked_for():
    effect = minimal_detectable_effect(0.2, power=0.9)
    found = stats.norm.sf(stats.norm.ppf(0.975) - effect / 0.2)
    assert found == pytest.approx(0.9, abs=1e-4)
    assert minimal_detectable_effect(0.2, degrees=20) > minimal_detectable_effect(0.2)


def test_detectable_effects_in_standard_deviations(models):
    found = detectable_effects(models["SDM"])
    y, X = world()
    within = X["digital"] - X["digital"].groupby(level=0).transform("mean")
    within = within - within.groupby(level=1).transform("mean")
    left = y - y.groupby(level=0).transform("mean")
    left = left - left.groupby(level=1).transform("mean")
    scale = within.std() / left.std()
    row = found.loc["digital"]
    assert row["standardized"] == pytest.approx(row["detectable"] * scale)
    assert row["detectable"] == pytest.approx(2.8016 * row["se"], rel=1e-4)


def test_convergence_records_leave_out_what_cannot_be_and_say_so():
    rng = np.random.default_rng(0)
    panel = pd.DataFrame(rng.uniform(1, 2, size=(36, 6)), index=KEYS, columns=YEARS)
    table, notes = convergence_records(panel, GRAPH, rng=1)
    assert table.columns.tolist() == ["kind", "model", "term", "value", "se", "p"]
    assert {"absolute", "spatial lag", "spatial error"} <= set(table["model"])
    assert "regression.log_t_short_no_p" in {note.code for note in notes}
    assert table.loc[table["kind"] == "club", "p"].isna().all()
    short, notes = convergence_records(panel.iloc[:, :3], GRAPH)
    assert "club" not in set(short["kind"])
    assert any("log t" in note.say() for note in notes)


@pytest.mark.parametrize(
    "code",
    [
        *(f"effects_{name}" for name in ("none", "region", "year", "two_way")),
        *(f"space_leans_to_{name}" for name in ("lag", "error")),
        *(f"durbin_not_{name}" for name in ("lag", "error")),
        *(f"{name}_will_do" for name in ("lag", "error")),
        *(
            f"{name}{end}"
            for name in ("fixed_needed", "random_would_do", "hausman_undefined")
            for end in ("", "_with_lag")
        ),
        "durbin_stays",
        "least_squares_will_do",
        "neighbors_x_matter",
        "slx_will_do",
        "space_not_found",
        "one_year",
    ],
)
def test_every_reason_has_its_words(code):
    assert words.has(f"note.regression.{code}")


def test_clubs_have_a_p_from_ten_years_on_and_no_verdict_below_twenty():
    rng = np.random.default_rng(0)
    panel = pd.DataFrame(rng.uniform(1, 2, size=(36, 10)), index=KEYS, columns=range(2014, 2024))
    table, notes = convergence_records(panel, GRAPH, rng=1)
    whole = table[table["model"] == "all regions"].iloc[0]
    assert whole["p"] == pytest.approx(stats.norm.cdf(whole["value"] / whole["se"]))
    assert "regression.log_t_short" in {note.code for note in notes}
