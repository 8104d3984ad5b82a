"""Wrong input of regressions: a named error that says where, what and the way out."""

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.spatial.neighbors._alignment import weight_matrix
from geo_resilience.spatial.neighbors._spectrum import read_spectrum
from geo_resilience.spatial.regression._design import lay_out, logs
from geo_resilience.spatial.regression._detectable import minimal_detectable_effect
from geo_resilience.spatial.regression._diagnostics import lm_tests
from geo_resilience.spatial.regression._dynamic_panel import dynamic_model
from geo_resilience.spatial.regression._least_squares import ols_model, slx_model
from geo_resilience.spatial.regression._model_choice import choose_model
from geo_resilience.spatial.regression._model_tests import (
    durbin_tests,
    effects_tests,
    likelihood_ratio,
    wald_test,
)
from geo_resilience.spatial.regression._random_effects import hausman_test
from geo_resilience.spatial.regression._spatial_models import durbin_model, error_model, lag_model
from geo_resilience.spatial.regression._suite import regression_suite

KEYS = [f"{i:02d}" for i in range(12)]
YEARS = list(range(2018, 2024))
GRAPH = Graph.from_dicts({k: [KEYS[i - 1], KEYS[(i + 1) % 12]] for i, k in enumerate(KEYS)})
RING = GRAPH.transform("r")


@pytest.fixture
def section():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(12, 2)), index=KEYS, columns=["a", "b"])
    return pd.Series(rng.normal(size=12), index=KEYS, name="score"), X


@pytest.fixture
def panel():
    rng = np.random.default_rng(0)
    rows = pd.MultiIndex.from_product([KEYS, YEARS], names=["adcode", "year"])
    X = pd.DataFrame(rng.normal(size=(72, 2)), index=rows, columns=["a", "b"])
    return pd.Series(rng.normal(size=72), index=rows, name="score"), X


def test_blanks_are_named_by_column_and_row(panel):
    y, X = panel
    X.loc[("03", 2020), "a"] = np.nan
    y.loc[("05", 2021)] = np.inf
    with pytest.raises(InputError) as caught:
        durbin_model(y, X, RING, effects="two-way")
    said = str(caught.value)
    assert "a has 1 blank" in said and "03 2020" in said
    assert "score has 1 infinite" in said and "05 2021" in said
    assert len(caught.value.problems) == 2
    assert "空值" in caught.value.say("zh")


def test_an_unbalanced_panel_names_the_missing_rows(panel):
    y, X = panel
    y, X = y.drop(("04", 2019)), X.drop(("04", 2019))
    with pytest.raises(InputError, match=r"unbalanced.*04 2019"):
        lag_model(y, X, RING, effects="region")


def test_collinear_regressors_are_named(section):
    y, X = section
    X["c"] = 2 * X["a"] - X["b"]
    with pytest.raises(InputError, match="Column c is a linear combination of a, b"):
        ols_model(y, X)


def test_fewer_regions_than_coefficients(section):
    y, X = section
    for number in range(6):
        X[f"x{number}"] = np.random.default_rng(number).normal(size=12)
    with pytest.raises(InputError, match=r"12 observations .* cannot carry 17 coefficients"):
        durbin_model(y, X, RING)


def test_a_regressor_constant_within_regions(panel):
    y, X = panel
    X["coast"] = [float(key < "06") for key, _ in X.index]
    for effects in ("region", "two-way"):
        with pytest.raises(InputError, match="coast does not change within any region"):
            lag_model(y, X, RING, effects=effects)
    assert "coast" in lag_model(y, X, RING, effects="year").coefficients.index


def test_a_regressor_constant_within_years_or_within_both(panel):
    y, X = panel
    national = X.assign(rate=[float(year) for _, year in X.index])
    with pytest.raises(InputError, match="rate is the same for all regions in every year"):
        lag_model(y, national, RING, effects="year")
    sums = X.assign(sum=[float(int(key) + year) for key, year in X.index])
    with pytest.raises(InputError, match="region's constant plus a year's"):
        lag_model(y, sums, RING, effects="two-way")


def test_rho_at_its_bound():
    y = pd.Series([10.0, 10.0, 0.0, 0.0] * 3, index=KEYS, name="score")
    pairs = {k: [KEYS[i + 1 if i % 2 == 0 else i - 1]] for i, k in enumerate(KEYS)}
    X = pd.Series(np.tile([1.0, -1.0], 6) * np.arange(12), index=KEYS, name="a")
    with pytest.raises(UndefinedError, match="lies at the bound"):
        lag_model(y, X, Graph.from_dicts(pairs).transform("r"))


def test_log_of_zero_names_the_rows():
    frame = pd.DataFrame({"patents": [1.0, 0.0, 3.0]}, index=["11", "12", "13"])
    with pytest.raises(InputError, match="patents has no logarithm at 12"):
        logs(frame)
    assert logs(frame["patents"].iloc[[0, 2]]).columns.tolist() == ["ln_patents"]


def test_regions_that_do_not_meet(section):
    y, X = section
    with pytest.raises(InputError, match="y lacks these rows: 11"):
        lag_model(y.drop("11"), X, RING)
    with pytest.raises(InputError, match="X lacks these rows: 00"):
        lag_model(y, X.drop("00"), RING)
    with pytest.raises(InputError, match=r"1 region.s. have neighbors but no data: 11"):
        lag_model(y.drop("11"), X.drop("11"), RING)
    other = Graph.from_dicts({"x": ["y"], "y": ["x"]})
    with pytest.raises(InputError, match=r"12 region.s. of the data are not in the neighbors"):
        lag_model(y, X, other)


def test_double_rows_columns_and_reserved_names(section):
    y, X = section
    with pytest.raises(InputError, match="more than once: 00"):
        ols_model(pd.concat([y, y.iloc[:1]]), X)
    with pytest.raises(InputError, match="same name: a"):
        ols_model(y, X.set_axis(["a", "a"], axis=1))
    with pytest.raises(InputError, match="same name: W_a"):
        durbin_model(y, X.set_axis(["a", "W_a"], axis=1), RING)
    with pytest.raises(InputError, match="named constant"):
        ols_model(y, X.set_axis(["constant", "b"], axis=1))
    with pytest.raises(InputError, match="same value in every row"):
        ols_model(y, X.assign(one=1.0))
    with pytest.raises(InputError, match="holds text"):
        ols_model(y, X.assign(word="text"))
    with pytest.raises(InputError, match="nothing to explain"):
        ols_model(y * 0 + 1, X)


def test_effects_that_cannot_be(section, panel):
    y, X = section
    with pytest.raises(InputError, match="effects = both is unknown"):
        ols_model(y, X, effects="both")
    with pytest.raises(InputError, match="set_index"):
        ols_model(y, X, effects="region")
    y, X = panel
    one = y.index.get_level_values("year") == 2018
    with pytest.raises(InputError, match="at least two years"):
        ols_model(y[one], X[one], effects="two-way")
    with pytest.raises(InputError, match="is unknown"):
        hausman_test(y, X, effects="year")


def test_year_effects_need_row_standardized_weights(panel):
    y, X = panel
    with pytest.raises(InputError, match="row-standardized"):
        durbin_model(y, X, GRAPH, effects="two-way")
    assert durbin_model(y, X, GRAPH.transform("b"), effects="region").rho is not None
    island = {**{k: list(GRAPH[k].index) for k in KEYS[:-1]}, "11": []}
    island["00"], island["10"] = ["01"], ["09"]
    with pytest.raises(InputError, match="link the islands"):
        durbin_model(y, X, Graph.from_dicts(island).transform("r"), effects="year")


def test_no_neighbors_at_all(section):
    y, X = section
    with pytest.raises(InputError, match="needs neighbors"):
        lag_model(y, X, None)
    with pytest.raises(InputError, match="needs neighbors"):
        lm_tests(y, X, None)
    with pytest.raises(InputError, match="needs neighbors"):
        slx_model(y, X, None)
    with pytest.raises(InputError, match="spatial lag"):
        lag_model(y, X, Graph.from_dicts({key: [] for key in KEYS}))


def test_unknown_options_name_the_known(section, panel):
    y, X = section
    for call, words in (
        (lambda: lag_model(y, X, RING, method="bayes"), "ml, gmm"),
        (lambda: lag_model(y, X, RING, correction="full"), "lee-yu"),
        (lambda: ols_model(y, X, se="hc9"), "hc3"),
        (lambda: durbin_model(y, X, RING, lagged=["c"]), "has no column c"),
        (lambda: regression_suite(y, X, RING, model="gwr"), "durbin"),
        (lambda: choose_model(y, X, RING, alpha=5), "between 0 and 1"),
        (lambda: minimal_detectable_effect(1.0, power=2), "between 0 and 1"),
        (lambda: wald_test(ols_model(y, X), ["c"]), "no coefficient c"),
    ):
        with pytest.raises(InputError, match=words):
            call()
    with pytest.raises(InputError, match="one year without effects"):
        lag_model(*panel, RING, effects="region", method="gmm")
    with pytest.raises(InputError, match="have no cluster"):
        ols_model(y, X, se="clustered", clusters=pd.Series("x", index=KEYS[:5]))
    with pytest.raises(InputError, match="need several"):
        ols_model(y, X, se="clustered", clusters=pd.Series("x", index=KEYS))


def test_models_that_do_not_compare(section, panel):
    y, X = section
    lag, error = lag_model(y, X, RING), error_model(y, X, RING)
    with pytest.raises(InputError, match="no more coefficients"):
        likelihood_ratio(lag, error)
    with pytest.raises(InputError, match="do not share"):
        likelihood_ratio(ols_model(y * 2, X), lag_model(*panel, RING))
    with pytest.raises(InputError, match="needs a Durbin model"):
        durbin_tests(lag)


def test_dynamic_panels_need_years_without_gaps_and_enough(panel):
    y, X = panel
    gap = y.index.get_level_values("year") != 2020
    with pytest.raises(InputError, match="missing after 2019"):
        dynamic_model(y[gap], X[gap])
    few = y.index.get_level_values("year") < 2022
    with pytest.raises(InputError, match="too few"):
        dynamic_model(y[few], X[few])
    with pytest.raises(InputError, match="has no column c"):
        dynamic_model(y, X, interaction="c")
    with pytest.raises(InputError, match="set_index"):
        dynamic_model(y.droplevel("year"), X)


def test_regions_without_variance_have_no_random_effects(panel):
    y, X = panel
    flat = y - y.groupby(level="adcode").transform("mean")
    with pytest.raises(UndefinedError, match="differ no more than chance"):
        hausman_test(flat, X * 1.0)
    assert effects_tests(y, X)["p"].between(0, 1).all()


def test_a_spectrum_of_other_regions_or_another_order_is_refused(section, panel):
    turned = KEYS[::-1]
    for y, X in (section, panel):
        right = read_spectrum(weight_matrix(RING, KEYS), keys=KEYS)
        assert lay_out(y, X, spectrum=right).spectrum is right
        for wrong in (
            read_spectrum(weight_matrix(RING, turned), keys=turned),
            read_spectrum(weight_matrix(RING, KEYS)),
        ):
            with pytest.raises(InputError, match="in this order"):
                lay_out(y, X, spectrum=wrong)


def test_graphs_and_rows_in_any_order_give_the_same(panel):
    y, X = panel
    straight = durbin_model(y, X, RING, effects="two-way")
    turned = Graph.from_dicts(
        {k: sorted(RING[k].index, reverse=True) for k in np.random.default_rng(3).permutation(KEYS)}
    ).transform("r")
    assert list(turned.unique_ids) != KEYS
    other = durbin_model(y.sample(frac=1, random_state=1), X.iloc[::-1], turned, effects="two-way")
    assert other.rho == pytest.approx(straight.rho, abs=1e-9)
    np.testing.assert_allclose(
        other.coefficients["estimate"], straight.coefficients["estimate"], rtol=1e-7
    )
    np.testing.assert_allclose(other.residuals.loc[y.index], straight.residuals, atol=1e-8)


def test_no_regressor_and_one_region_are_named(panel):
    y, X = panel
    for effects in (None, "two-way"):
        with pytest.raises(InputError, match="X has no column"):
            lag_model(y, X[[]], GRAPH, effects=effects)
    first = y.index.get_level_values(0)[0]
    alone = y.index.get_level_values(0) == first
    with pytest.raises(InputError, match=f"one region alone \\({first}\\)"):
        ols_model(y[alone], X[alone], effects="region", se="clustered")


@pytest.mark.parametrize("fit", [lag_model, error_model, durbin_model])
def test_a_regressor_that_holds_the_dependent_is_refused(panel, fit):
    y, X = panel
    with pytest.raises(UndefinedError, match="without any error"):
        fit(y, X.assign(part=2 * y + X.iloc[:, 0]), RING, effects="two-way")


def test_two_regions_do_not_identify_a_two_way_lag(panel):
    y, X = panel
    two = list(y.index.get_level_values(0).unique()[:2])
    kept = y.index.get_level_values(0).isin(two)
    pair = Graph.from_dicts({two[0]: [two[1]], two[1]: [two[0]]})
    with pytest.raises(UndefinedError, match="do not identify"):
        lag_model(y[kept], X.loc[kept].iloc[:, :1], pair, effects="two-way")


def test_regions_without_a_neighbor_are_remarked_upon(panel):
    y, X = panel
    graph = GRAPH.to_W().neighbors
    alone = next(iter(graph))
    cut = {
        key: [] if key == alone else [other for other in near if other != alone]
        for key, near in graph.items()
    }
    model = error_model(y, X, Graph.from_dicts(cut).transform("r"), effects="region")
    assert [note.code for note in model.notes] == ["regression.islands"]
    assert str(alone) in model.notes[0].say() and str(alone) in model.summary("zh")


def test_text_for_years_has_no_lag(panel):
    y, X = (each.rename(index=str, level=1) for each in panel)
    with pytest.raises(InputError, match="whole numbers as years"):
        dynamic_model(y, X)
