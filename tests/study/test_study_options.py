"""Every method that study.toml names runs from end to end and does what it says."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geo_resilience.errors import InputError
from geo_resilience.evaluation import composite, mazziotta_pareto
from geo_resilience.evaluation.robustness._sources import SOURCES
from geo_resilience.indicators import read_framework
from geo_resilience.study import plan_from_mapping, read_plan, run
from geo_resilience.study._inputs import read_inputs
from geo_resilience.study._plan_options import Unfit
from geo_resilience.study._plan_sections import (
    ANALYSES,
    UncertaintyPlan,
    WhatIfPlan,
    options_of,
)
from geo_resilience.study._preprocessing import measure
from geo_resilience.study._simulation import weaker_measures


def changed(section=None, skip=ANALYSES, **options):
    """The bundled plan with other options of one section, and no further analyses."""
    plan = read_plan()
    if section is not None:
        plan = replace(plan, **{section: replace(getattr(plan, section), **options)})
    return replace(plan, analyses=replace(plan.analyses, skip=tuple(skip)))


@pytest.fixture
def bundled(bundled_run):
    return bundled_run.results


@pytest.mark.parametrize("method", ["pooled", "per_year", "zscore", "rank"])
def test_every_scaling_gives_values_from_0_to_1(method):
    values = run(changed("scaling", method=method)).panel.values
    assert values.to_numpy().min() >= 0 and values.to_numpy().max() <= 1
    if method == "per_year":
        assert (values.groupby("year").max() == 1).all(axis=None)
        assert (values.groupby("year").min() == 0).all(axis=None)


def test_fixed_goalposts_are_the_ends(bundled):
    raw = bundled.raw
    posts = {code: (0.0, float(raw[code].max() * 2)) for code in raw}
    found = run(changed("scaling", method="fixed", goalposts=posts))
    capped = raw["D212"].loc[("330000", 2021)]  # not capped: Zhejiang is no extreme
    expected = capped / posts["D212"][1]
    assert found.panel.values["D212"].loc[("330000", 2021)] == pytest.approx(expected)


def test_a_missing_goalpost_is_named():
    with pytest.raises(InputError, match="D212"):
        run(changed("scaling", method="fixed", goalposts={"D111": (0.0, 1.0)}))


def test_targets_are_reached_at_1(bundled):
    targets = {code: float(bundled.raw[code].median()) for code in bundled.raw}
    found = run(changed("scaling", method="target", targets=targets)).panel.values
    assert found.loc[("440000", 2023), "D121"] == 1


def test_what_the_ends_of_the_scale_clip_is_traced(bundled):
    raw = bundled.raw
    targets = {code: float(raw[code].median()) for code in raw}
    found = run(changed("scaling", method="target", targets=targets))
    trace = found["trace"].query("reason == 'target'")
    assert (found.panel.values == 1).sum().sum() >= len(trace) > 0
    code = trace["indicator"].iloc[0]
    np.testing.assert_allclose(trace.loc[trace["indicator"] == code, "after"], targets[code])
    assert (trace["before"] != trace["after"]).all()
    plan = changed("scaling", method="zscore")
    plan = replace(plan, cleaning=replace(plan.cleaning, outliers="none", limits_without=()))
    found = run(plan)
    trace = found["trace"].query("reason == 'three_deviations'")
    assert not trace.empty
    for row in trace.itertuples():
        column = found.raw[row.indicator]
        filled = column.isna().any()  # the mean is then of the filled column
        if not filled:
            bound = column.mean() + np.sign(row.before - column.mean()) * 3 * column.std(ddof=0)
            assert row.after == pytest.approx(bound)
        assert found.panel.values.loc[(row.adcode, row.year), row.indicator] in (0.0, 1.0)


def test_files_beside_the_composite_take_the_study_s_mean_and_grades():
    plan = changed("composite", how="geometric")
    skip = [each for each in ANALYSES if each not in ("rankings", "peers", "weights_comparison")]
    plan = replace(plan, analyses=replace(plan.analyses, skip=tuple(skip)))
    found = run(replace(plan, grades=replace(plan.grades, cuts=(0.1, 0.2, 0.3, 0.4))))
    own = found["scores"].set_index(["adcode", "year"])["composite"]
    for stem in ("rankings", "peers"):
        beside = found[stem].set_index(["adcode", "year"])["composite"]
        pd.testing.assert_series_equal(beside.reindex(own.index), own, atol=1e-11, rtol=0)
    same = found["weights_comparison"].query("method == 'published'")
    assert (same["grades_changed"] == 0).all() and (same["most_moved"] == "").all()
    assert same[["rank_used", "rank_other"]].isna().all(axis=None)


def test_correlations_of_rankings_are_those_of_the_written_rankings(tmp_path):
    skip = [each for each in ANALYSES if each != "rankings"]
    run(changed(skip=skip), tmp_path)
    table, found = (
        pd.read_csv(next(tmp_path.rglob(f"{name}.csv")))
        for name in ("rankings", "rankings_correlation")
    )
    for row in found.itertuples():
        own = table[table["year"] == row.year]
        for one, other in (("composite", row.method), ("composite_rank", f"{row.method}_rank")):
            recomputed = own[one].corr(own[other], method="spearman")
            assert row.correlation == pytest.approx(recomputed, abs=1e-11), (row, other)


def test_a_penalty_beyond_the_mean_is_noted():
    """One indicator at 1 and the others near 0: mean 0.1, variance over it above that."""
    from geo_resilience.evaluation import score
    from geo_resilience.study._index import _held_at_zero

    values = pd.DataFrame(
        np.where(np.eye(12, dtype=bool)[:2], 1.0, 0.0),
        index=pd.MultiIndex.from_tuples([("11", 2023), ("12", 2023)], names=["adcode", "year"]),
        columns=[f"X{n}" for n in range(12)],
    )
    weights = pd.Series(1 / 12, values.columns)
    dimensions = pd.Series("D", values.columns)
    scores = score(values, weights, dimensions, how="mazziotta_pareto")
    notes = _held_at_zero(scores, composite(values, weights))
    assert "11 2023" in notes[0].say("en") and "2 rows" in notes[0].say("en")


@pytest.mark.parametrize(
    "method", ["equal", "entropy", "critic", "variation", "pca", "combined", "own"]
)
def test_every_method_of_weights_is_used(method, bundled):
    own = dict.fromkeys(bundled.framework.codes, 1 / 12)
    options = {"values": own} if method == "own" else {}
    table = run(changed("weights", method=method, **options))["weights"]
    assert table["used"].sum() == pytest.approx(1)
    beside = "equal" if method == "own" else method
    np.testing.assert_allclose(table["used"], table[beside], rtol=1e-9)


@pytest.mark.parametrize("combine", ["additive", "game"])
def test_combinations_differ_from_the_geometric_one(combine):
    table = run(changed("weights", method="combined", combine=combine))["weights"]
    assert not np.allclose(table["used"], table["combined"], rtol=1e-6)
    between = table[["published", "entropy"]]
    inside = table["used"].between(between.min(axis=1) - 1e-9, between.max(axis=1) + 1e-9)
    assert inside.all()


@pytest.mark.parametrize(("method", "form"), [("ahp", None), ("improved_ahp", "optimal_transfer")])
def test_judgements_give_the_weights(tmp_path, method, form, bundled):
    codes = bundled.framework.codes
    strength = pd.Series(np.arange(1, 13), index=codes)
    matrix = pd.DataFrame(np.divide.outer(strength.to_numpy(), strength.to_numpy()), codes, codes)
    file = tmp_path / "expert.csv"
    matrix.to_csv(file)
    options = {"improved_form": form} if form else {}
    table = run(changed("weights", method=method, judgements=(file,), **options))["weights"]
    # A consistent matrix has its own ratios as weights.
    np.testing.assert_allclose(table["used"], strength / strength.sum(), rtol=1e-6)


def test_the_penalized_mean_is_mazziotta_and_pareto(bundled):
    found = run(changed("composite", how="mazziotta_pareto"))
    weights = found["weights"].set_index("code")["used"]
    expected = mazziotta_pareto(found.panel.values, weights).clip(lower=0)
    scores = found["scores"].set_index(["adcode", "year"])["composite"]
    np.testing.assert_allclose(scores, expected.loc[scores.index], atol=1e-11)
    assert (scores <= bundled["scores"].set_index(["adcode", "year"])["composite"]).all()


def test_a_power_mean_of_power_one_is_the_arithmetic_mean(bundled):
    found = run(changed("composite", how="generalized", power=1.0))
    np.testing.assert_allclose(
        found["scores"]["composite"], bundled["scores"]["composite"], atol=1e-11
    )


@pytest.mark.parametrize("method", ["quantile", "jenks"])
def test_relative_grades_are_noted(method):
    found = run(changed("grades", method=method))
    assert set(found["scores"]["grade"]) == {"Low", "Weaker", "Medium", "Strong", "High"}
    assert "study.relative_grades" in {note.code for note in found.notes}
    if method == "quantile":
        assert found["scores"]["grade"].value_counts().between(36, 39).all()


def test_skipped_analyses_leave_no_file():
    fuzzy = run(changed(skip=[each for each in ANALYSES if each != "fuzzy"]))
    assert "fuzzy" in fuzzy
    assert not {"uncertainty", "obstacles", "reliability"} & set(fuzzy)


def supposed(*suppositions):
    return run(replace(changed(), what_if=suppositions))["what_if"]


def test_a_target_is_reached_by_the_value_that_is_needed(bundled):
    table = supposed(
        WhatIfPlan(name="up", region="湖北", target=0.53, indicator="D321"),
    )
    (row,) = table.to_dict("records")
    assert row["adcode"] == "420000" and row["year"] == 2023
    weights = bundled["weights"].set_index("code")["used"]
    values = bundled.panel.values.loc[("420000", 2023)].copy()
    values["D321"] = row["needed"]
    assert (values * weights).sum() == pytest.approx(0.53)
    assert row["new_composite"] == pytest.approx(0.53)


def test_a_target_out_of_reach_has_no_needed_value():
    (row,) = supposed(
        WhatIfPlan(name="far", region="Xinjiang", target=0.9, indicator="D312")
    ).to_dict("records")
    assert np.isnan(row["needed"]) and row["new_composite"] < 0.9


def test_other_weights_and_other_values_are_supposed(bundled):
    weights = dict.fromkeys(bundled.framework.codes, 0.0) | {"D121": 1.0}
    table = supposed(
        WhatIfPlan(name="size only", weights=weights),
        WhatIfPlan(name="perfect", region="Xinjiang", year=2020, values={"D121": 1.0}),
    )
    size = table[table["scenario"] == "size only"].set_index("adcode")
    assert size["new_rank"]["440000"] == 1
    expected = composite(bundled.panel.values, pd.Series(weights)).xs(2023, level="year")
    np.testing.assert_allclose(size["new_composite"], expected.loc[size.index])
    perfect = table[(table["scenario"] == "perfect") & (table["adcode"] == "650000")]
    assert perfect["new_composite"].item() > perfect["composite"].item()


def test_an_unknown_region_of_a_supposition_is_named():
    with pytest.raises(InputError, match="Hubay"):
        supposed(WhatIfPlan(name="typo", region="Hubay", values={"D121": 1.0}))


def test_one_year_is_a_study_and_what_needs_more_is_said(tmp_path):
    few = changed("uncertainty", skip=(), draws=99)
    found = run(replace(few, years=(2023,), permutations=99))
    assert "contributions" not in found
    left_out = [note for note in found.notes if note.code == "study.left_out"]
    assert left_out and all(note.say("zh") for note in left_out)
    assert len(found["scores"]) == 31


def test_a_mapping_is_a_study_too():
    study = {
        "table": {"file": "economy.csv", "region": "adcode", "year": "year"},
        "framework": {"file": "high_tech"},
    }
    folder = read_plan().folder
    with pytest.raises(InputError, match="hightech_revenue_100m_yuan"):
        run(plan_from_mapping(study, folder=folder))


def chances(results):
    """Every p of a random permutation or draw in the tables of a run, by where it stands."""
    for stem in results:
        table = results[stem]
        for name in table:
            drawn = name == "p_free" or (name == "p_spatial" and stem != "pattern")
            if str(name).endswith("p_sim") or drawn:
                yield f"{stem}.{name}", table[name]
    tests = results["markov"].query("chain == 'tests'")
    yield "markov", tests.loc[tests["measure"].str.endswith("p_sim"), "value"]
    gaps = results["gaps"]
    yield "gaps.p_value", gaps.loc[gaps["p_free"].notna(), "p_value"]


def test_as_many_permutations_and_draws_as_a_study_asks_for():
    """With 99 of each, every p is a whole number of hundredths; groups are judged by more."""
    kept = (
        *("global", "local", "gaps", "pattern", "neighbors_sensitivity", "correlogram"),
        *("moran_change", "gradient", "markov"),
    )
    plan = replace(
        changed("space", skip=[name for name in ANALYSES if name not in kept], draws=99),
        permutations=99,
    )
    plan = replace(plan, dynamics=replace(plan.dynamics, also=("rank_mobility",)))
    found = dict(chances(run(plan)))
    assert {"rank_mobility.p_sim", "rank_mobility.theta_p_sim", "global.p_sim", "markov"} <= {
        *found
    }
    for where, values in found.items():
        hundredths = 100 * values.dropna().to_numpy(dtype=float)
        assert hundredths.size and np.abs(hundredths - hundredths.round()).max() < 1e-6, where


def test_gaps_are_drawn_as_often_as_the_study_says():
    """A bootstrap of few samples has other ends than one of many, and the same value."""
    kept = [name for name in ANALYSES if name != "gaps"]
    few, many = (run(changed("space", skip=kept, gap_draws=n))["gaps"] for n in (99, 9_999))
    pd.testing.assert_frame_equal(
        few.drop(columns=["low_free", "high_free"]), many.drop(columns=["low_free", "high_free"])
    )
    assert (few["low_free"] != many["low_free"])[few["low_free"].notna()].all()


def test_defaults_of_chance_stand_in_one_file():
    """No default of permutations or draws is typed a second time."""
    import re
    from pathlib import Path

    package = Path(__file__).parents[2] / "geo_resilience"
    typed = re.compile(
        r"(permutations|draws)\w*: int( \| None)? = \d|default=9_?99|(?<!\d)9[_,]999"
    )
    found = [
        f"{file.relative_to(package)}: {line.strip()}"
        for file in sorted(package.rglob("*.py"))
        if file.name != "_repetitions.py"
        for line in file.read_text(encoding="utf-8").splitlines()
        if typed.search(line)
    ]
    assert found == []


WINDOWS = ["D111", "D211", "D222", "D322"]


def window_note(results):
    (note,) = [each for each in results.notes if each.code.startswith("study.short_windows")]
    return note.say("en")


def test_windows_that_lack_years_are_named_with_their_weight(bundled):
    told, weights = window_note(bundled), bundled["weights"].set_index("code")["used"]
    assert "lack a year or two in 2018, 2019, " in told
    assert all(code in told for code in WINDOWS)
    assert f"{100 * weights[WINDOWS].sum():.3g} % of the weight" in told


def test_short_windows_can_be_blanked_and_are_filled_as_missing_ones(bundled):
    plan = changed(
        "cleaning",
        incomplete_windows="blank",
        missing=("nearest", "median"),
        median_of="year",
        limits_without=(),
    )
    # Tibet has no D322 in any year, and nobody has one in 2018 once windows are blanked.
    tables = tuple(replace(table, exclude=("Tibet",)) for table in plan.tables)
    found = run(replace(plan, tables=tables))
    kept = found.raw.columns.difference([*WINDOWS, "D112", "D121", "D122"])
    pd.testing.assert_frame_equal(found.raw[kept], bundled.raw.loc[found.raw.index, kept])
    early = found.raw[WINDOWS].loc[(slice(None), [2018, 2019]), :]
    assert early.isna().all(axis=None)
    values = found.panel.values.loc["330000", WINDOWS]
    pd.testing.assert_series_equal(values.loc[2018], values.loc[2020], check_names=False)
    assert "were blanked and then filled" in window_note(found)


def test_years_before_those_of_the_study_complete_its_windows():
    plan = replace(changed(), years=(2020, 2021, 2022, 2023))
    told = window_note(run(plan))
    assert "2018" not in told and "cells of other years" in told


def measured(errors=None):
    """What the bundled study measured, with standard errors of one's own."""
    plan = changed("uncertainty", errors=errors)
    inputs = read_inputs(plan, lambda _: None)
    return measure(plan, inputs)


def test_standard_errors_are_shares_or_numbers_and_name_their_indicators():
    option = options_of(UncertaintyPlan)["errors"]
    found = measured(option.read({"D111": "3%", "D212": 0.5}))
    assert list(found.errors) == ["D111", "D212"]
    assert found.errors["D111"].to_numpy() == pytest.approx(0.03 * found.raw["D111"].abs())
    assert (found.errors["D212"] == 0.5).all()
    assert measured().errors is None
    every = measured("3%").errors
    assert list(every) == list(found.raw)
    with pytest.raises(InputError, match=r"D999 is no indicator"):
        measured({"D999": "3%"})
    for wrong in ("three", -1, True, {}, {"D111": "three"}):
        with pytest.raises(Unfit) as refused:
            option.read(wrong)
        assert refused.value.expected.say().startswith("a standard error for all indicators")


def test_a_standard_error_of_the_framework_joins_unless_the_study_says_another():
    plan = changed("uncertainty", errors={"D212": "1%"})
    inputs = read_inputs(plan, lambda _: None)
    indicators = [
        replace(each, standard_error="10%" if each.code in ("D111", "D212") else "")
        for each in inputs.framework.indicators
    ]
    framework = replace(inputs.framework, indicators=tuple(indicators))
    found = measure(plan, replace(inputs, framework=framework))
    assert found.errors["D111"].to_numpy() == pytest.approx(0.1 * found.raw["D111"].abs())
    assert found.errors["D212"].to_numpy() == pytest.approx(0.01 * found.raw["D212"].abs())


def test_weaker_measures_go_by_turns_while_half_of_the_weight_stays():
    framework = read_framework("high_tech")
    (substitutes,) = weaker_measures(framework, framework.published)
    assert substitutes == ["D111", "D221", "D222"]
    shifted = framework.published.where(
        [each.fidelity == "as defined" for each in framework.indicators], 0.01
    )
    assert len(weaker_measures(framework, shifted / shifted.sum())) == 2


def test_every_doubt_joins_the_bundled_draws(bundled):
    assert set(bundled.found.varied) == {*SOURCES}
    assert set(bundled["sensitivity"]["source"]) == {*SOURCES}
    assert bundled.found.means == ("arithmetic", "geometric") and not bundled.found.skewed
