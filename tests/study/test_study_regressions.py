"""The regressions of a study: its questions, what is on both sides, what cannot be estimated."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from geo_resilience import evaluation
from geo_resilience.cli import main
from geo_resilience.errors import InputError
from geo_resilience.indicators import read_framework
from geo_resilience.report import summary_lines
from geo_resilience.study import read_plan, run
from geo_resilience.study._plan_reading import BUNDLED
from geo_resilience.study._plan_sections import ANALYSES, FurtherRegressionPlan


def asked(*questions, language="en", wanted=("regressions",), **options):
    """Run the bundled study with other regressions and nothing else beside the index."""
    plan = read_plan()
    skipped = tuple(each for each in ANALYSES if each not in wanted)
    return run(
        replace(
            plan,
            language=language,
            regression=replace(plan.regression, **options),
            regressions=questions,
            analyses=replace(plan.analyses, skip=skipped),
        )
    )


@pytest.fixture
def bundled(bundled_run):
    return bundled_run.results


def told(results):
    """The reasons for which analyses or models were left out."""
    codes = ("study.left_out", "regression.left_out")
    return "\n".join(note.say(results.language) for note in results.notes if note.code in codes)


def test_the_question_of_the_source_study_is_there(bundled):
    table = bundled["regressions"]
    found = table[table["model"] == "innovation: dynamic within"]["term"].tolist()
    lag = "composite_rebuilt_lag"
    wanted = [lag, f"{lag}:digitalization", "digitalization", "policy", "openness", "rd_intensity"]
    assert found == wanted
    assert table[table["model"] == "dynamic within"]["term"].tolist()[0] == "composite_lag"
    checks = {"dynamic jackknife", "dynamic arellano_bond"}
    assert checks <= set(table["model"])
    rows = table.groupby("model")["rows"].first()
    assert rows["dynamic within"] == 31 * 5 and rows["dynamic arellano_bond"] == 31 * 4
    assert rows["durbin"] == 31 * 6 and table["detectable"].notna().all()


def test_no_main_regressor_holds_an_indicator():
    """Drivers may share a denominator with an indicator, never a numerator of their own."""
    framework = read_framework("high_tech")
    inside = {column for each in framework.indicators for column in each.columns}
    shared = {
        each.code: sorted(inside & set(each.columns)) for each in framework.with_role("driver")
    }
    assert {column for columns in shared.values() for column in columns} == {
        "grp_100m_yuan",
        "population_10k_person",
    }
    covariates = framework.with_role("covariate")
    assert {each.code for each in covariates} == {"rd_intensity", "ecommerce", "grp_per_head"}


def test_what_stands_on_both_sides_is_said(bundled):
    (note,) = [each for each in bundled.notes if each.code == "study.shared_columns"]
    assert "grp_100m_yuan in Openness: trade over" in note.say()
    assert "and in D112/D122/D212" in note.say()
    assert "grp_100m_yuan in Digital market: e-commerce sales" in note.say()
    assert "hightech_rd_expenditure" not in note.say() and "openness" not in note.say()
    assert "“对外开放" in note.say("zh") and "Openness" not in note.say("zh")


def test_only_columns_of_what_is_explained_count_as_shared():
    of_one = FurtherRegressionPlan("one", ("ecommerce",), dependent="B2", model="ols")
    of_none = FurtherRegressionPlan("none", ("ecommerce",), dependent="policy", model="ols")
    found = asked(of_one, of_none, regressors=("policy",))
    (note,) = [each for each in found.notes if each.code == "study.shared_columns"]
    told = [each.values["codes"] for each in note.values["told"] if "e-commerce" in each.say()]
    framework = read_framework("high_tech")
    inside = [
        each.code
        for each in framework.indicators
        if each.dimension == "B2" and "grp_100m_yuan" in each.columns
    ]
    assert told == ["/".join(inside)]


def test_a_dynamic_model_that_cannot_be_leaves_the_others_of_its_question():
    question = FurtherRegressionPlan("far", ("policy",), interaction="polcy", model="ols")
    found = asked(question, regressors=("policy",))
    assert "far: ols" in set(found["regressions"]["model"])
    assert "far" in set(found["regression_path"]["regression"])
    assert "far: dynamic" in told(found) and "polcy" in told(found)


def test_a_further_question_explains_the_composite_without_its_indicators(bundled):
    out = ["D311", "D312", "D321", "D322"]
    values, weights = bundled.panel.values, bundled["weights"].set_index("code")["used"]
    kept = weights.drop(out)
    y = evaluation.composite(values[kept.index], kept / kept.sum()).unstack("year")
    x = bundled.panel.variables["rd_intensity"].unstack("year")
    alone = asked(
        FurtherRegressionPlan("alone", ("rd_intensity",), without=tuple(out), effects="two-way"),
        regressors=("policy",),
    )["regressions"]
    row = alone[(alone["model"] == "alone: ols")].iloc[0]

    def within(frame):
        return (frame - frame.mean()).sub((frame - frame.mean()).mean(axis=1), axis=0).to_numpy()

    left, right = within(y), within(x)
    assert row["estimate"] == pytest.approx((left * right).sum() / (right**2).sum())


def lines_of(results, start):
    return [line for line in summary_lines(results) if line.startswith(start)]


def test_effects_and_model_are_stated_beforehand(bundled):
    path = bundled["regression_path"]
    assert path["regression"].tolist() == ["main", "innovation", "e-commerce"]
    assert path["reason"].eq("as_asked").all()
    (step,) = lines_of(bundled, "Choice of the model")
    assert step.endswith("fixed effects: region and year; model: SLX.")
    assert not any(note.code == "regression.after_choosing" for note in bundled.notes)
    assert "chosen by tests" not in "\n".join(summary_lines(bundled))
    assert len(lines_of(bundled, "Associated factors (innovation: SLX, total)")) == 1


def test_the_path_of_choices_is_told_in_file_and_summary():
    further = FurtherRegressionPlan("other", ("openness", "policy"))
    results = asked(further, regressors=("policy",), effects="choose", model="choose")
    path = results["regression_path"]
    assert path.columns.tolist() == ["regression", "step", "finding", "reason"]
    main = path[path["regression"] == "main"]
    assert main["step"].tolist() == list(range(1, len(main) + 1))
    assert main["reason"].iloc[0].startswith("effects_") and "Hausman" in main["finding"].iloc[1]
    assert main["reason"].iloc[-1] == "after_choosing"
    text = "\n".join(summary_lines(results))
    for row in main.itertuples():
        assert f"step {row.step}: {row.finding}" in text
    chosen, stated = lines_of(results, "Associated factors")
    assert "p is too small" in chosen and "p is too small" not in stated
    (note,) = [note for note in results.notes if note.code == "regression.after_choosing"]
    assert note.level == 1 and note.values["regression"] == "main"


def totals(results, model):
    table = results["impacts"]
    return table[(table["model"] == model) & (table["effect"] == "total")].set_index("variable")


def test_the_summary_tells_the_cells_of_what_it_names(bundled):
    rows = totals(bundled, "slx")
    (line,) = lines_of(bundled, "Associated factors (SLX, total)")
    assert (rows["p_holm"] > 0.05).all() and "none distinguishable from zero" in line
    row = rows.loc[rows["p_null"].idxmin()]
    names = bundled["scores"].drop_duplicates("adcode").set_index("adcode")["name"]
    for told in (
        f"{row['estimate']:+.3g} (calibrated p = {row['p_null']:.3g}, {row['p_holm']:.3g} for 3",
        f"{row['without_low']:+.3g} to {row['without_high']:+.3g} with one region left out",
        f"moved most by {names[row['most_influential']]}) [cannot be told]",
    ):
        assert told in line
    assert line.endswith("[cannot be told]")


def test_a_regressor_that_is_there_is_named_with_its_certainty():
    """Revenue explains gross product, whatever single regions do."""
    results = asked(dependent="grp", regressors=("hightech_revenue", "policy"), model="ols")
    row = totals(results, "ols").loc["hightech_revenue"]
    (line,) = lines_of(results, "Associated factors")
    assert row["p_holm"] <= 0.05 and row["without_low"] > 0
    assert "the others are not distinguishable from zero" in line
    assert line.split("; the others")[0].endswith(("[firm]", "[likely]"))


def test_errors_are_of_one_kind_and_one_distribution(bundled):
    table = bundled["regressions"]
    static = table[~table["model"].str.contains("dynamic")]
    assert static["se_type"].eq("clustered").all()
    p = 2 * stats.t.sf(static["z"].abs(), 30)
    np.testing.assert_allclose(static["p"], p, rtol=1e-9)
    impacts = bundled["impacts"].dropna(subset="z")
    np.testing.assert_allclose(impacts["p"], 2 * stats.t.sf(impacts["z"].abs(), 30), rtol=1e-9)
    same = ["estimate", "se", "z", "p", "low", "high", "p_null", "without_low"]
    for term, effect in (("policy", "direct"), ("W_policy", "indirect")):
        row = static[(static["model"] == "slx") & (static["term"] == term)].iloc[0]
        other = impacts[(impacts["model"] == "slx") & (impacts["effect"] == effect)]
        other = other[other["variable"] == "policy"].iloc[0]
        np.testing.assert_allclose(row[same].astype(float), other[same].astype(float), rtol=1e-9)


def test_the_tests_of_the_dynamic_panels_are_written(bundled):
    table = bundled["dynamic_tests"]
    assert table["test"].tolist() == ["AR(1)", "AR(2)", "Sargan"] * 2
    own = table[table["model"] == "dynamic"].set_index("test")
    assert (own["regions"] == 31).all() and (own["periods"] == 4).all()
    # y_t-2 and older collapsed to four, the product likewise, three changes of X, four years.
    assert (own["instruments"] == 4 + 4 + 3 + 4).all()
    assert own.at["Sargan", "df"] == 15 - 9
    weights = bundled["weights"].set_index("code")["used"]
    windows = ["D111", "D211", "D222", "D322"]
    assert own["windows"].iloc[0] == pytest.approx(weights[windows].sum())
    text = "\n".join(note.say("en") for note in bundled.notes)
    sargan = own.at["Sargan", "p"]
    assert sargan < 0.05 and f"Sargan p = {sargan:.2g}" in text
    assert "no older value is a valid instrument" in text
    assert "Markov chain" in text and "overlap. Neighboring years are alike" in text


def test_a_model_that_the_study_names_is_taken_and_said():
    found = asked(model="lag", effects="region", language="zh")
    assert found["regression_path"]["reason"].tolist() == ["as_asked"]
    assert "空间滞后模型" in found["regression_path"]["finding"].iloc[0]
    table = found["regression_table"]
    assert table.columns.tolist()[2:4] == ["最小二乘", "自变量空间滞后模型"]
    assert {"数字化水平", "W × 数字化水平"} <= set(table["row"])
    assert "数字化水平" in "\n".join(summary_lines(found)) or "无法与零区分" in "\n".join(
        summary_lines(found)
    )


def test_convergence_is_also_conditional_on_the_drivers(bundled):
    table = bundled["convergence"].set_index(["model", "term"])["value"]
    composite = bundled["scores"].pivot(index="adcode", columns="year", values="composite")
    logs = np.log(composite[[2018, 2023]])
    growth = (logs[2023] - logs[2018]) / 5
    variables = bundled.panel.variables
    parts = variables[["broadband", "mobile_traffic", "optical_cable"]]
    parts = ((parts - parts.mean()) / parts.std(ddof=0)).mean(axis=1)
    X = pd.DataFrame({"digital": parts, **variables[["policy", "openness"]]})
    X = X.xs(2018, level="year").loc[growth.index]
    design = np.column_stack([np.ones(31), logs[2018], X])
    beta = np.linalg.lstsq(design, growth.to_numpy(), rcond=None)[0]
    assert table["conditional", "beta"] == pytest.approx(beta[1])
    assert {"absolute", "spatial lag", "spatial error"} <= set(bundled["convergence"]["model"])


def test_a_further_question_that_cannot_be_is_left_out_and_the_others_stay():
    found = asked(
        FurtherRegressionPlan(
            "nothing", ("policy",), without=tuple(read_framework("high_tech").codes)
        ),
        FurtherRegressionPlan("twice", ("grp", "hightech_revenue"), effects="two-way", model="ols"),
        regressors=("policy",),
    )
    assert "leaves no indicator" in told(found)
    assert set(found["regressions"]["model"]) >= {"ols", "durbin", "twice: ols"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"regressors": ("policy", "polcy")}, "polcy is none of the study's variables"),
        ({"without": ("D999",)}, "D999"),
        ({"dependent": "nothing"}, "nothing is none"),
    ],
)
def test_codes_that_are_none_are_told_before_anything_is_computed(options, said):
    further = FurtherRegressionPlan("far", ("nowhere",))
    with pytest.raises(InputError, match=said) as error:
        asked(further, further, **options)
    assert "nowhere is none of the study's variables" in str(error.value)
    assert "[[regressions]]: the name far stands 2 times" in str(error.value)


def test_collinear_regressors_are_named():
    found = asked(averages={"double": ("policy",)}, regressors=("policy", "double"))
    assert "Column double is a linear combination of ['policy']" in told(found) or (
        "Column double is a linear combination of policy" in told(found)
    )


def test_one_year_has_no_dynamics_and_two_have_no_lag():
    plan = read_plan()
    for years in ((2023,), (2022, 2023)):
        found = run(
            replace(
                plan,
                years=years,
                analyses=replace(
                    plan.analyses,
                    skip=tuple(
                        e for e in ANALYSES if e not in ("regressions", "convergence", "markov")
                    ),
                ),
            )
        )
        table = found["regressions"]
        assert not table["model"].str.contains("dynamic").any()
        assert (table["rows"] == 31 * len(years)).all()
        kind = "hc3" if len(years) == 1 else "clustered"
        assert table.loc[table["model"] == "ols", "se_type"].eq(kind).all()
        assert told(found)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"islands": "leave"}, "every region must have a neighbor"),
        ({"standardize": False}, "must be row-standardized"),
    ],
)
def test_weights_that_year_effects_cannot_bear_are_told_and_the_run_goes_on(options, said):
    plan = read_plan()
    skipped = tuple(each for each in ANALYSES if each not in ("regressions", "convergence"))
    plan = replace(
        plan,
        neighbors=replace(plan.neighbors, **options),
        analyses=replace(plan.analyses, skip=skipped),
    )
    found = run(replace(plan, regression=replace(plan.regression, effects="two-way")))
    assert said in told(found) and len(found["scores"]) == 186
    assert (found["convergence"]["model"] == "spatial lag").any()
    plan = replace(plan, analyses=replace(plan.analyses, skip=(*skipped, "convergence")))
    by_region = run(replace(plan, regression=replace(plan.regression, effects="region")))
    assert "lag" in set(by_region["regressions"]["model"])
    islands = [note for note in by_region.notes if note.code == "regression.islands"]
    assert bool(islands) == ("islands" in options)


def test_a_blank_driver_is_named_by_column_and_row(tmp_path):
    """Through a study file and the command, as a researcher meets it."""
    example = BUNDLED.parent
    for file in example.glob("*.csv"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    table = pd.read_csv(tmp_path / "economy.csv", dtype={"adcode": str})
    gone = (table["adcode"] == "150000") & (table["year"] == 2021)
    table.loc[gone, "trade_total_100m_yuan"] = np.nan
    table.to_csv(tmp_path / "economy.csv", index=False)
    skipped = [each for each in ANALYSES if each != "regressions"]
    quick = f"\n[analyses]\nskip = {skipped}\n[output]\nfigures = []\nreport = false\n"
    study = BUNDLED.read_text(encoding="utf-8") + quick
    (tmp_path / "study.toml").write_text(study, encoding="utf-8")
    out = tmp_path / "results"
    assert main(["run", str(tmp_path / "study.toml"), "--out", str(out)]) == 0
    told = (out / "summary.txt").read_text(encoding="utf-8")
    assert "Column openness has 1 blank(s), the first at 150000 2021" in told
    tables = out / "tables"
    assert (tables / "scores.csv").exists() and not (tables / "regressions.csv").exists()


def test_ranks_and_quadrants_are_written_where_asked():
    plan = read_plan()
    skipped = tuple(each for each in ANALYSES if each != "markov")
    plan = replace(plan, analyses=replace(plan.analyses, skip=skipped))
    assert not {"rank_mobility", "lisa_transitions"} & set(run(plan))
    both = ("rank_mobility", "lisa_transitions")
    found = run(replace(plan, dynamics=replace(plan.dynamics, also=both)))
    ranks = found["rank_mobility"]
    assert ranks[["from", "to"]].iloc[-1].tolist() == [2018, 2023] and len(ranks) == 6
    scores = found["scores"].pivot(index="adcode", columns="year", values="composite")
    tau = scores[2018].corr(scores[2023], method="kendall")
    assert ranks["tau"].iloc[-1] == pytest.approx(tau)
    change = scores.rank()[2023] - scores.rank()[2018]
    zones = found.groupings["zones"].members
    shared = sum(abs(change.loc[list(members)].sum()) for members in zones.values())
    assert ranks["theta"].iloc[-1] == pytest.approx(shared / change.abs().sum())
    moves = found["lisa_transitions"]
    counts = moves[moves["measure"] == "count"]
    assert counts["value"].sum() == 31 * 5 and len(counts) == 16
    assert moves.loc[moves["measure"] == "moves", "value"].sum() == 31 * 5
