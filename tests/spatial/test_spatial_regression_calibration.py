"""What stands behind coefficients: clustered errors, drawn panels, regions left out."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libpysal.graph import Graph
from scipy import stats

from geo_resilience.spatial._methods import REGRESSIONS
from geo_resilience.spatial.regression._calibration import calibrate
from geo_resilience.spatial.regression._design import lay_out, take_out
from geo_resilience.spatial.regression._least_squares import ols_model, slx_model
from geo_resilience.spatial.regression._likelihood import (
    Fit,
    clustered_covariance,
    information,
    lag_information,
)
from geo_resilience.spatial.regression._space_time_null import (
    SpaceTimeNull,
    _products,
    draw_null,
    fit_null,
    restricted_likelihood,
)
from geo_resilience.spatial.regression._spatial_models import (
    durbin_error_model,
    durbin_model,
    error_model,
    lag_model,
)
from geo_resilience.statistics._multiplicity import holm

YEARS = range(2018, 2024)


def ring(n=24, far=2):
    near = {f"{i:02d}": [f"{(i + s) % n:02d}" for s in (-far, -1, 1)] for i in range(n)}
    return Graph.from_dicts(near).transform("r")


RING = ring()
KEYS = list(RING.unique_ids)
WEIGHTS = RING.sparse.toarray()


def panel(seed=0, *, phi=0.5, lam=0.3, effect=0.0, years=YEARS, keys=KEYS, weights=WEIGHTS):
    rng = np.random.default_rng(seed)
    n, spread = len(keys), np.linalg.inv(np.eye(len(keys)) - lam * weights)
    u = [spread @ rng.normal(size=n) / np.sqrt(1 - phi**2)]
    for _ in years[1:]:
        u.append(phi * u[-1] + spread @ rng.normal(size=n))
    x = rng.normal(size=(len(years), n, 2)).cumsum(axis=0)
    y = np.array(u) + effect * x[:, :, 0] + rng.normal(size=n) + rng.normal(size=(len(years), 1))
    rows = pd.MultiIndex.from_product([years, keys], names=["year", "adcode"]).swaplevel()
    frame = pd.DataFrame(x.reshape(-1, 2), rows, ["a", "b"])
    return pd.Series(y.ravel(), rows, name="score"), frame


# Clustered errors of the likelihood.


@pytest.mark.parametrize("symbol", ["rho", "lambda"])
def test_where_the_model_holds_the_scores_have_the_variance_of_the_information(symbol):
    y, X = panel()
    design = lay_out(y, X, RING)
    beta, value, rng = np.array([0.3, 0.5, -0.2]), 0.4, np.random.default_rng(1)
    if symbol == "rho":
        expected, _ = lag_information(design, beta, value, 1.0)
    else:
        right = design.flat(design.X - value * design.lag(design.X))
        expected, _ = information(design, right, np.zeros(len(right)), value, 1.0)
    rows, found = design.y.size, []
    for _ in range(800):
        e = rng.normal(size=design.y.shape)
        fit = Fit(beta, value, 1.0, 0.0, np.eye(4), e)
        found.append(clustered_covariance(design, fit, symbol))
    scale = 24 / 23 * (rows - 1) / (rows - 4)
    expected = np.linalg.inv(expected)[:-1, :-1]
    mean = np.mean(found, axis=0) / scale
    size = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    np.testing.assert_allclose(mean / size, expected / size, atol=0.08)


def test_clustered_errors_do_not_hang_on_the_order_of_the_regions():
    y, X = panel()
    order = dict(zip(KEYS, np.random.default_rng(3).permutation(KEYS), strict=True))
    links = RING.adjacency.rename(index=order)
    turned = Graph(links.sort_index())
    moved = (each.rename(index=order, level="adcode") for each in (y, X))
    first = durbin_model(y, X, RING, effects="two-way", se="clustered").coefficients
    second = durbin_model(*moved, turned, effects="two-way", se="clustered").coefficients
    np.testing.assert_allclose(first, second, rtol=1e-6)


def test_an_error_model_without_space_has_the_clustered_errors_of_least_squares():
    y, X = panel(lam=0.0, seed=5)
    plain = ols_model(y, X, RING, effects="two-way", se="clustered")
    error = error_model(y, X, RING, effects="two-way", se="clustered")
    assert abs(error.lam) < 0.2 and error.degrees == plain.degrees == 23
    ratio = error.coefficients["se"] / plain.coefficients["se"]
    np.testing.assert_allclose(ratio, 1, atol=0.1)


@pytest.mark.parametrize("fit", [lag_model, error_model, durbin_model, durbin_error_model])
def test_persistence_within_regions_widens_clustered_errors_only(fit):
    """Errors that hardly change over the years count for less than the rows that they fill."""
    y, X = panel(phi=0.95, seed=2)
    X["a"] = X["a"].groupby(level="adcode").transform("cumsum")
    y = y - y.groupby(level="adcode").transform("mean")
    plain, robust = (fit(y, X, RING, se=se) for se in ("information", "clustered"))
    pd.testing.assert_series_equal(plain.coefficients["estimate"], robust.coefficients["estimate"])
    row = robust.coefficients.loc["a"]
    assert row["p"] == pytest.approx(2 * stats.t.sf(abs(row["z"]), 23))
    assert plain.degrees is None and plain.se == "information" and robust.se == "clustered"


# The panels that are drawn.


def dense_likelihood(design, phi, lam):
    """Restricted likelihood by the whole covariance of the rows and every dummy."""
    T, n = design.y.shape
    A = phi ** np.abs(np.subtract.outer(np.arange(T), np.arange(T)))
    spread = np.linalg.inv(np.eye(n) - lam * WEIGHTS)
    V = np.kron(A, spread @ spread.T)
    dummies = {
        None: np.empty((T * n, 0)),
        "region": np.kron(np.ones((T, 1)), np.eye(n)),
        "year": np.kron(np.eye(T), np.ones((n, 1))),
        "two-way": np.hstack(
            [np.kron(np.ones((T, 1)), np.eye(n)), np.kron(np.eye(T), np.ones((n, 1)))[:, 1:]]
        ),
    }[design.effects]
    full = np.hstack([design.flat(design.X), dummies])
    y, inverse = design.flat(design.y), np.linalg.inv(V)
    inner = full.T @ inverse @ full
    e = y - full @ np.linalg.solve(inner, full.T @ inverse @ y)
    free = T * n - full.shape[1]
    logs = np.linalg.slogdet(V)[1] + np.linalg.slogdet(inner)[1]
    return -(free * np.log(e @ inverse @ e) + logs) / 2


@pytest.mark.parametrize("effects", [None, "region", "year", "two-way"])
def test_the_restricted_likelihood_is_that_of_the_whole_covariance(effects):
    design = lay_out(*panel(), RING, effects=effects, durbin=True)
    phis, lams = np.array([-0.4, 0.0, 0.7]), np.array([-0.3, 0.0, 0.5])
    found = restricted_likelihood(design, _products(design), phis, lams)
    brute = np.array([[dense_likelihood(design, phi, lam) for lam in lams] for phi in phis])
    np.testing.assert_allclose(found - found[0, 0], brute - brute[0, 0], atol=1e-7)


def test_persistence_and_spillovers_are_found_without_the_bias_of_six_years():
    found, naive = [], []
    for seed in range(40):
        design = lay_out(*panel(seed, phi=0.6, lam=0.4), RING, effects="two-way")
        found.append(fit_null(design).mean)
        naive.append((design.y[1:] * design.y[:-1]).sum() / (design.y[:-1] ** 2).sum())
    assert np.mean(found, axis=0) == pytest.approx([0.6, 0.4], abs=0.05)
    assert np.mean(naive) < 0.4


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 50), st.floats(-3, 3), st.floats(0.1, 50))
def test_the_errors_found_are_those_of_any_level_effects_and_units(seed, slope, unit):
    y, X = panel(seed)
    regions, years = (y.index.get_level_values(level) for level in ("adcode", "year"))
    moved = unit * (y + slope * X["a"]) + 7 * regions.astype(int) + years
    one, two = (fit_null(lay_out(each, X, RING, effects="two-way")) for each in (y, moved))
    np.testing.assert_allclose(one.weights, two.weights, atol=1e-8)


def test_drawn_panels_have_the_covariance_that_was_asked_for():
    design, one = lay_out(*panel(), RING), np.ones((1, 1))
    null = SpaceTimeNull(np.array([0.6]), np.array([0.4]), one)
    drawn = draw_null(design, null, 20_000, np.random.default_rng(0))
    spread = np.linalg.inv(np.eye(24) - 0.4 * WEIGHTS)
    space = spread @ spread.T / (1 - 0.6**2)
    for year in range(4):
        cross = drawn[0] @ drawn[year].T / 20_000
        np.testing.assert_allclose(cross, 0.6**year * space, atol=0.1)
    two = lay_out(*panel(), RING, effects="two-way")
    taken = draw_null(two, null, 3, np.random.default_rng(0))
    np.testing.assert_allclose(taken, take_out(taken, "two-way"), atol=1e-12)


def test_panels_are_drawn_as_often_as_their_errors_are_likely():
    weights = np.array([[0.2, 0.0], [0.5, 0.3]])
    null = SpaceTimeNull(np.array([-0.5, 0.9]), np.array([-0.3, 0.6]), weights)
    drawn = draw_null(lay_out(*panel(), RING), null, 4_000, np.random.default_rng(0))
    time = (drawn[1:] * drawn[:-1]).sum(axis=(0, 1)) / (drawn[:-1] ** 2).sum(axis=(0, 1))
    lags = np.einsum("ij,tjd->tid", WEIGHTS, drawn)
    space = (lags * drawn).sum(axis=(0, 1)) / (drawn**2).sum(axis=(0, 1))
    assert np.mean(time > 0.3) == pytest.approx(0.8, abs=0.03)
    assert np.mean(space > 0.1) == pytest.approx(0.3, abs=0.06)
    assert np.mean((time < 0.3) & (space > 0.15)) < 0.02


# What is told of the coefficients.


def everything(y, X):
    fits = {kind: record.function for kind, record in REGRESSIONS.items()}
    return {k: fit(y, X, RING, effects="two-way", se="clustered") for k, fit in fits.items()}


def test_strong_effects_are_found_in_every_kind_and_absent_ones_are_not():
    y, X = panel(effect=1.0, seed=4)
    models = everything(y, X)
    for kind, found in calibrate(models, models["slx"], draws=199, rng=1).items():
        assert found.terms.at["a", "p_null"] < 0.01 < found.terms.at["b", "p_null"], kind
        assert found.impacts.at[("a", "total"), "p_null"] < 0.01, kind
        record = REGRESSIONS[kind]
        blank = not record.lags and record.spatial != "rho"
        assert pd.isna(found.impacts.at[("a", "indirect"), "p_null"]) == blank


@pytest.mark.parametrize("draws", [19, 99, 199, 250])
def test_the_interval_excludes_zero_exactly_where_its_p_is_a_finding(draws):
    seen = set()
    for seed in range(6):
        models = everything(*panel(seed=seed, effect=0.15))
        for found in calibrate(models, models["slx"], draws=draws, rng=seed).values():
            for table in (found.terms, found.impacts):
                own = table[table["p_null"].notna()].astype({"p_null": float})
                apart = (own["low_null"] > 0) | (own["high_null"] < 0)
                assert (apart == (own["p_null"] <= 0.05)).all()
                seen |= set(apart)
    assert seen == {True, False}


@pytest.mark.parametrize("kind", ["ols", "slx"])
def test_the_interval_moves_with_the_effect(kind):
    """So that it holds a true effect as often as it holds 0 where there is none."""
    y, X = panel(seed=5)
    still, moved = (
        calibrate({kind: model}, model, draws=199, rng=3)[kind].impacts.loc[("a", "direct")]
        for model in (
            REGRESSIONS[kind].function(own, X, RING, effects="two-way", se="clustered")
            for own in (y, y + 0.7 * X["a"])
        )
    )
    for end in ("low_null", "high_null"):
        assert moved[end] == pytest.approx(still[end] + 0.7, abs=1e-6)


def test_holm_is_over_the_regressors():
    models = everything(*panel(seed=8))
    found = calibrate(models, models["slx"], draws=99, rng=1)["slx"]
    for names in (["a", "b"], ["W_a", "W_b"]):
        rows = found.terms.loc[names].astype({"p_null": float})
        np.testing.assert_allclose(rows["p_holm"].astype(float), holm(rows["p_null"]))
    total = found.impacts.xs("total", level="effect")
    np.testing.assert_allclose(total["p_holm"].astype(float), holm(total["p_null"].astype(float)))


def test_the_number_of_draws_lets_every_regressor_be_found():
    y, X = panel(effect=3.0, seed=4)
    model = {"ols": ols_model(y, X, RING, effects="two-way", se="clustered")}
    found = calibrate(model, model["ols"], draws=19, rng=1)["ols"]
    assert found.terms.at["a", "p_holm"] <= 0.01


@settings(max_examples=6, deadline=None)
@given(st.floats(-5, 5), st.floats(0.01, 100), st.floats(0.01, 100))
def test_calibrated_p_does_not_hang_on_units(shift, scale, unit):
    y, X = panel(seed=6, effect=0.2)
    one, two = (
        calibrate({"slx": model}, model, draws=99, rng=3)["slx"].terms
        for model in (
            slx_model(y, X, RING, effects="two-way", se="clustered"),
            slx_model(scale * y + shift, X * unit, RING, effects="two-way", se="clustered"),
        )
    )
    np.testing.assert_allclose(one["p_null"].astype(float), two["p_null"].astype(float), atol=0.021)
    low = two["without_low"].astype(float) * unit / scale
    np.testing.assert_allclose(one["without_low"].astype(float), low, rtol=1e-6)


@pytest.mark.parametrize("effects", [None, "region", "year", "two-way"])
@pytest.mark.parametrize("kind", ["ols", "slx", "lag", "durbin_error"])
def test_ranges_are_those_of_every_region_left_out(effects, kind):
    """By rows dropped, effects taken out again and least squares, rho or lambda as found."""
    y, X = panel(seed=7)
    model = REGRESSIONS[kind].function(y, X, RING, effects=effects, se="clustered")
    found = calibrate({kind: model}, model, draws=19, rng=1)[kind].terms
    raw = lay_out(y, X, RING, durbin=REGRESSIONS[kind].lags)
    left, right = raw.y, raw.X if effects is None else raw.X[:, :, 1:]
    if REGRESSIONS[kind].spatial:
        value = model.spatial["estimate"].iloc[0]
        left = left - value * raw.lag_y
        if model.rho is None:
            right = right - value * np.einsum("ij,tjk->tik", WEIGHTS, right)
    rows = []
    for out in range(24):
        kept = np.arange(24) != out
        pair = [take_out(each[:, kept], effects) for each in (left, right)]
        columns = pair[1].reshape(-1, right.shape[2])
        rows.append(np.linalg.lstsq(columns, pair[0].ravel(), rcond=None)[0])
    rows = pd.DataFrame(rows, KEYS, model.coefficients.index)[list(found.index)]
    np.testing.assert_allclose(found["without_low"].astype(float), rows.min(), rtol=1e-6)
    np.testing.assert_allclose(found["without_high"].astype(float), rows.max(), rtol=1e-6)
    far = (rows - model.coefficients["estimate"].loc[rows.columns]).abs().idxmax()
    assert found["most_influential"].tolist() == far.loc[found.index].tolist()


def test_one_year_and_a_regressor_that_one_region_carries():
    y, X = panel(years=[2023], seed=9)
    y, X = y.droplevel("year"), X.droplevel("year")
    X["b"] = (X.index == "05").astype(float)
    model = ols_model(y, X, RING)
    found = calibrate({"ols": model}, model, draws=199, rng=1)["ols"].terms
    assert found["p_null"].between(0, 1).all() and np.isfinite(found.loc["b", "without_low"])


def test_panels_that_are_looked_at_in_parts_are_told_as_one(monkeypatch):
    import geo_resilience.spatial.regression._calibration as room

    models = everything(*panel(seed=8))
    models = {kind: models[kind] for kind in ("slx", "lag", "error")}
    monkeypatch.setattr(room, "_TOGETHER", 144 * 50)
    parts = calibrate(models, models["slx"], draws=599, rng=1)
    monkeypatch.undo()
    whole = calibrate(models, models["slx"], draws=599, rng=2)
    for kind in models:
        one, two = (each[kind].terms["p_null"].astype(float) for each in (parts, whole))
        np.testing.assert_allclose(one, two, atol=0.09)


def test_the_statistic_of_least_squares_is_the_t_of_the_table():
    from geo_resilience.spatial.regression._calibration import _statistics

    y, X = panel(seed=3)
    model = slx_model(y, X, RING, effects="two-way", se="clustered")
    design = model.design
    found = _statistics(model, design.y[:, :, None], design.lag_y[:, :, None])[:, 0]
    shown = np.concatenate([model.coefficients["z"], model.impacts["z"]])
    ratio = found / shown
    np.testing.assert_allclose(ratio, ratio[0])
