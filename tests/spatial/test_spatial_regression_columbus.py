"""Columbus, Ohio: Anselin (1988, table 12 and following), R's spatialreg, PySAL's spreg."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libpysal.graph import Graph

from geo_resilience.spatial.regression._diagnostics import lm_tests
from geo_resilience.spatial.regression._impacts import impacts
from geo_resilience.spatial.regression._least_squares import ols_model, slx_model
from geo_resilience.spatial.regression._spatial_models import (
    durbin_error_model,
    durbin_model,
    error_model,
    lag_model,
)

REFERENCE = Path(__file__).parents[1] / "reference"
R = pd.read_csv(REFERENCE / "regression_columbus.csv", keep_default_na=False)
R["value"] = pd.to_numeric(R["value"], errors="coerce")
TERMS = {"(Intercept)": "constant", "lag.INC": "W_INC", "lag.HOVAL": "W_HOVAL"}


def r(model, quantity):
    rows = R[(R["model"] == model) & (R["quantity"] == quantity)]
    return rows.assign(term=rows["term"].replace(TERMS)).set_index("term")["value"]


@pytest.fixture(scope="module")
def columbus():
    table = pd.read_csv(
        REFERENCE / "regression_columbus_data.csv", dtype={"id": str, "neighbors": str}
    ).set_index("id")
    graph = Graph.from_dicts({key: row.split() for key, row in table["neighbors"].items()})
    return table["CRIME"], table[["INC", "HOVAL"]], graph.transform("r"), table


def check(model, name, rtol=2e-6):
    for quantity in ("estimate", "se"):
        expected = r(name, quantity)
        found = pd.concat([model.coefficients, model.spatial])[quantity]
        np.testing.assert_allclose(
            found.loc[expected.index].to_numpy(), expected.to_numpy(), rtol=rtol, err_msg=name
        )
    expected = r(name, "log_likelihood")
    if len(expected):
        assert model.log_likelihood == pytest.approx(expected.iloc[0], abs=1e-8)


def test_least_squares_is_that_of_r(columbus):
    y, X, graph, _ = columbus
    check(ols_model(y, X), "ols", rtol=1e-9)
    check(slx_model(y, X, graph), "slx", rtol=1e-9)


@pytest.mark.parametrize(
    "fit, name",
    [
        (lag_model, "lag"),
        (durbin_model, "durbin"),
        (error_model, "error"),
        (durbin_error_model, "durbin_error"),
    ],
)
def test_likelihood_models_are_those_of_spatialreg(columbus, fit, name):
    y, X, graph, _ = columbus
    model = fit(y, X, graph)
    check(model, name)
    assert model.sigma2 == pytest.approx(r(name, "sigma2").iloc[0], rel=1e-6)


def test_lag_and_error_are_as_anselin_printed_them(columbus):
    """Anselin (1988), tables 12.2 to 12.5: to the digits printed."""
    y, X, graph, _ = columbus
    lag, error = lag_model(y, X, graph), error_model(y, X, graph)
    assert round(lag.rho, 3) == 0.431
    assert lag.coefficients["estimate"].round(3).tolist() == [45.079, -1.032, -0.266]
    assert round(lag.log_likelihood, 3) == -182.390
    assert round(error.lam, 3) == 0.562
    assert error.coefficients["estimate"].round(3).tolist() == [59.893, -0.941, -0.302]
    assert round(error.log_likelihood, 3) == -183.380


def test_lm_tests_are_those_of_spdep(columbus):
    y, X, graph, _ = columbus
    found = lm_tests(y, X, graph)
    expected = r("lm_tests", "statistic")
    names = ["LMlag", "LMerr", "RLMlag", "RLMerr", "SARMA"]
    np.testing.assert_allclose(found["statistic"], expected.loc[names], rtol=1e-9)
    assert found.index.tolist() == [
        "LM-lag",
        "LM-error",
        "robust LM-lag",
        "robust LM-error",
        "SARMA",
    ]
    assert found["df"].tolist() == [1, 1, 1, 1, 2]


def test_residual_moran_is_that_of_spdep(columbus):
    y, X, graph, _ = columbus
    value, expected, variance = (r("moran", q).iloc[0] for q in ("value", "expected", "variance"))
    z = ols_model(y, X, graph).tests.at["Moran (z)", "statistic"]
    assert z == pytest.approx((value - expected) / np.sqrt(variance), rel=1e-9)


@pytest.mark.parametrize("fit, name", [(lag_model, "lag"), (durbin_model, "durbin")])
def test_impacts_are_those_of_spatialreg(columbus, fit, name):
    y, X, graph, _ = columbus
    found = fit(y, X, graph, rng=1).impacts["estimate"]
    for effect in ("direct", "indirect", "total"):
        expected = r(name, effect)
        here = found.xs(effect, level="effect").loc[expected.index]
        np.testing.assert_allclose(here, expected, rtol=1e-6)


def test_quantiles_of_the_draws_agree_with_those_of_spatialreg(columbus):
    """Standard deviations would not: 1 / (1 - rho) of a normal rho has no variance."""
    y, X, graph, _ = columbus
    found = impacts(durbin_model(y, X, graph), draws=20_000, rng=1)
    for effect in ("direct", "indirect", "total"):
        here = found.xs(effect, level="effect")
        scale = (here["high"] - here["low"]).to_numpy()
        for end in ("low", "high"):
            expected = r("durbin_drawn", f"{effect} {end}").loc[here.index].to_numpy()
            assert (np.abs(here[end].to_numpy() - expected) < 0.05 * scale).all()


def test_diagnostics_are_those_of_spreg(columbus):
    import spreg

    y, X, graph, _ = columbus
    theirs = spreg.OLS(
        y.to_numpy()[:, None], X.to_numpy(), w=graph.to_W(), spat_diag=True, white_test=True
    )
    tests = ols_model(y, X, graph).tests["statistic"]
    assert tests["condition number"] == pytest.approx(theirs.mulColli, rel=1e-8)
    assert tests["Jarque-Bera"] == pytest.approx(theirs.jarque_bera["jb"], rel=1e-8)
    # spreg takes the squares of X by default; R's lmtest takes X itself, as published.
    assert tests["Breusch-Pagan"] == pytest.approx(r("bptest", "plain").iloc[0], rel=1e-9)
    assert tests["Koenker-Bassett"] == pytest.approx(r("bptest", "studentized").iloc[0], rel=1e-9)
    assert tests["White"] == pytest.approx(theirs.white["wh"], rel=1e-8)
    assert tests["LM-lag"] == pytest.approx(theirs.lm_lag[0], rel=1e-8)
    assert tests["robust LM-error"] == pytest.approx(theirs.rlm_error[0], rel=1e-6)


def test_white_standard_errors_are_those_of_spreg(columbus):
    import spreg

    y, X, _, _ = columbus
    theirs = spreg.OLS(y.to_numpy()[:, None], X.to_numpy(), robust="white", sig2n_k=True)
    mine = ols_model(y, X, se="hc1").coefficients["se"]
    np.testing.assert_allclose(mine, theirs.std_err, rtol=1e-8)


def test_hc3_and_clusters_by_hand(columbus):
    y, X, _, table = columbus
    Z = np.column_stack([np.ones(49), X])
    bread = np.linalg.inv(Z.T @ Z)
    e = y.to_numpy() - Z @ (bread @ Z.T @ y.to_numpy())
    hat = np.diag(Z @ bread @ Z.T)
    hc3 = bread @ (Z.T * (e / (1 - hat)) ** 2) @ Z @ bread
    found = ols_model(y, X, se="hc3").coefficients["se"]
    np.testing.assert_allclose(found, np.sqrt(np.diag(hc3)), rtol=1e-10)
    groups = (table["HOVAL"].rank() // 7).astype(int)
    meat = sum(np.outer(s, s) for s in (Z[groups == g].T @ e[groups == g] for g in groups.unique()))
    count = groups.nunique()
    cluster = count / (count - 1) * 48 / 46 * bread @ meat @ bread
    found = ols_model(y, X, se="clustered", clusters=groups)
    np.testing.assert_allclose(found.coefficients["se"], np.sqrt(np.diag(cluster)), rtol=1e-10)
    assert found.degrees == count - 1


def test_moments_are_those_of_spreg_and_near_the_likelihood(columbus):
    import spreg

    y, X, graph, _ = columbus
    theirs = spreg.GM_Lag(
        y.to_numpy()[:, None], X.to_numpy(), w=graph.to_W(), w_lags=2, spat_diag=False
    )
    mine = lag_model(y, X, graph, method="gmm", rng=0)
    found = pd.concat([mine.coefficients, mine.spatial])
    np.testing.assert_allclose(found["estimate"], theirs.betas.ravel(), rtol=1e-8)
    np.testing.assert_allclose(found["se"], theirs.std_err, rtol=1e-8)
    assert np.isnan(mine.log_likelihood)
    assert abs(mine.rho - lag_model(y, X, graph).rho) < 0.1
    assert np.isfinite(mine.impacts["se"]).all()
    error = error_model(y, X, graph, method="gmm")
    assert abs(error.lam - error_model(y, X, graph).lam) < 0.15
    durbin = durbin_model(y, X, graph, method="gmm")
    theirs = spreg.GM_Lag(
        y.to_numpy()[:, None], X.to_numpy(), w=graph.to_W(), w_lags=2, slx_lags=1, spat_diag=False
    )
    np.testing.assert_allclose(
        pd.concat([durbin.coefficients, durbin.spatial])["estimate"],
        theirs.betas.ravel(),
        rtol=1e-6,
    )
    durbin = durbin_model(y, X, graph, method="gmm", lagged=["HOVAL"])
    assert list(durbin.coefficients.index) == ["constant", "INC", "HOVAL", "W_HOVAL"]


def test_aic_counts_coefficients_rho_and_sigma(columbus):
    y, X, graph, _ = columbus
    lag, ols = lag_model(y, X, graph), ols_model(y, X)
    assert lag.aic == pytest.approx(-2 * lag.log_likelihood + 2 * 5)
    assert ols.aic == pytest.approx(-2 * ols.log_likelihood + 2 * 4)
    # spatialreg prints 374.78 and 382.75 for these models.
    assert round(lag.aic, 2) == 374.78
    assert round(ols.aic, 2) == 382.75


def test_rows_in_any_order_give_the_same(columbus):
    y, X, graph, _ = columbus
    turned = durbin_model(y.sample(frac=1, random_state=1), X.sample(frac=1, random_state=2), graph)
    straight = durbin_model(y, X, graph)
    np.testing.assert_allclose(
        turned.coefficients["estimate"], straight.coefficients["estimate"], rtol=1e-7
    )
    assert turned.residuals.loc["1010"] == pytest.approx(straight.residuals.loc["1010"], rel=1e-6)


def test_an_object_with_a_graph_does_as_well(columbus):
    from types import SimpleNamespace

    y, X, graph, _ = columbus
    held = lag_model(y, X, SimpleNamespace(graph=graph))
    assert held.rho == lag_model(y, X, graph).rho


@settings(max_examples=20, deadline=None)
@given(st.floats(0.01, 100), st.floats(-50, 50), st.floats(0.01, 100))
def test_units_do_not_matter(scale, shift, unit):
    """y in other units scales coefficients, X in other units their inverse; rho stays."""
    table = pd.read_csv(
        REFERENCE / "regression_columbus_data.csv", dtype={"id": str, "neighbors": str}
    ).set_index("id")
    graph = Graph.from_dicts({key: row.split() for key, row in table["neighbors"].items()})
    graph = graph.transform("r")
    y, X = table["CRIME"], table[["INC", "HOVAL"]]
    base = durbin_model(y, X, graph)
    other = durbin_model(scale * y + shift, X * unit, graph)
    assert other.rho == pytest.approx(base.rho, abs=1e-7)
    np.testing.assert_allclose(
        other.coefficients["estimate"].iloc[1:] * unit / scale,
        base.coefficients["estimate"].iloc[1:],
        rtol=1e-5,
    )
    np.testing.assert_allclose(
        other.coefficients["z"].iloc[1:], base.coefficients["z"].iloc[1:], rtol=1e-5
    )
