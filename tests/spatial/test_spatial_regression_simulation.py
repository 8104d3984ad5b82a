"""Simulated worlds of known parameters: recovery, coverage of intervals, size of tests."""

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

from geo_resilience.spatial.neighbors._alignment import weight_matrix
from geo_resilience.spatial.neighbors._spectrum import read_spectrum
from geo_resilience.spatial.regression._design import lay_out
from geo_resilience.spatial.regression._diagnostics import lm_tests
from geo_resilience.spatial.regression._dynamic_panel import dynamic_model, nickell_bias
from geo_resilience.spatial.regression._spatial_models import (
    durbin_model,
    fit_likelihood,
    lag_model,
)

pytestmark = pytest.mark.slow

RHO, BETA, THETA = 0.4, np.array([1.0, -0.5]), np.array([0.3, 0.2])


def lattice(rows, columns):
    keys = [f"{i:04d}" for i in range(rows * columns)]
    near = {k: [] for k in keys}
    for i, key in enumerate(keys):
        r, c = divmod(i, columns)
        for a, b in ((r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)):
            if 0 <= a < rows and 0 <= b < columns:
                near[key].append(keys[a * columns + b])
    return Graph.from_dicts(near).transform("r")


def spectrum_of(graph):
    keys = sorted(graph.unique_ids)
    return read_spectrum(weight_matrix(graph, keys), keys=keys)


def world(graph, years, rng, *, rho=RHO, theta=THETA, lam=0.0):
    """A two-way panel whose effects go with the regressors."""
    W = graph.sparse.toarray()
    n = len(W)
    home, time = rng.normal(size=n), rng.normal(size=years)
    x = rng.normal(size=(years, n, 2)) + 0.5 * home[:, None] + 0.5 * time[:, None, None]
    e = rng.normal(size=(years, n)) @ np.linalg.inv(np.eye(n) - lam * W).T
    push = x @ BETA + np.einsum("ij,tjk->tik", W, x) @ theta + home + time[:, None] + e
    y = push @ np.linalg.inv(np.eye(n) - rho * W).T
    rows = pd.MultiIndex.from_product(
        [range(2018, 2018 + years), graph.unique_ids], names=["year", "adcode"]
    ).swaplevel()
    return (
        pd.Series(y.ravel(), index=rows, name="score"),
        pd.DataFrame(x.reshape(-1, 2), index=rows, columns=["a", "b"]),
    )


def test_durbin_panels_recover_parameters_and_intervals_cover():
    """120 panels of 36 regions and 6 years: bias within 3 Monte Carlo errors, coverage of 95 %."""
    rng = np.random.default_rng(11)
    graph = lattice(6, 6)
    spectrum = spectrum_of(graph)
    total = float((BETA[0] + THETA[0]) / (1 - RHO))
    truth = np.array([*BETA, *THETA, RHO])
    estimates, covered, totals, total_covered = [], [], [], []
    for _ in range(120):
        y, X = world(graph, 6, rng)
        design = lay_out(y, X, effects="two-way", durbin=True, spectrum=spectrum)
        model = fit_likelihood(design, "durbin", rng=rng)
        table = pd.concat([model.coefficients, model.spatial])
        estimates.append(table["estimate"].to_numpy())
        covered.append(np.abs(estimates[-1] - truth) < 1.96 * table["se"].to_numpy())
        row = model.impacts.loc[("a", "total")]
        totals.append(row["estimate"])
        total_covered.append(abs(row["estimate"] - total) < 1.96 * row["se"])
    estimates = np.array(estimates)
    noise = estimates.std(axis=0, ddof=1) / np.sqrt(120)
    assert (np.abs(estimates.mean(axis=0) - truth) < 3 * noise + 0.01).all()
    assert abs(np.mean(totals) - total) < 3 * np.std(totals) / np.sqrt(120) + 0.05
    # Binomial bounds of 120 draws at 95 %: 0.95 -+ 3 x 0.02.
    assert (np.mean(covered, axis=0) > 0.89).all()
    assert 0.89 < np.mean(total_covered) <= 1


def test_short_two_way_panels_need_the_correction():
    """Without it rho is too small by about 1 / n, sigma squared by (1 - 1/T)(1 - 1/n)."""
    rng = np.random.default_rng(2)
    graph = lattice(5, 5)
    spectrum = spectrum_of(graph)
    found = {"lee-yu": [], "analytic": [], "none": []}
    for _ in range(80):
        y, X = world(graph, 4, rng, theta=np.zeros(2))
        for correction, rows in found.items():
            design = lay_out(y, X, effects="two-way", correction=correction, spectrum=spectrum)
            model = fit_likelihood(design, "lag")
            rows.append((model.rho, model.sigma2))
    means = {name: np.mean(rows, axis=0) for name, rows in found.items()}
    noise = np.std(found["lee-yu"], axis=0) / np.sqrt(80)
    assert abs(means["lee-yu"][0] - RHO) < 3 * noise[0] + 0.01
    assert means["none"][0] < RHO - 0.03
    assert means["lee-yu"][1] == pytest.approx(1, abs=3 * noise[1] + 0.05)
    assert means["none"][1] < 0.8
    assert abs(means["analytic"][0] - RHO) < abs(means["none"][0] - RHO)


@pytest.mark.parametrize("kind, truth", [("lag", 0.4), ("error", 0.5)])
def test_two_way_lag_and_error_panels_recover_and_cover(kind, truth):
    """150 panels of 36 regions and 6 years: bias, coverage of 95 % intervals, impacts."""
    rng = np.random.default_rng(14)
    graph = lattice(6, 6)
    spectrum = spectrum_of(graph)
    options = {"rho": truth} if kind == "lag" else {"rho": 0, "lam": truth}
    G = np.linalg.inv(np.eye(36) - options["rho"] * graph.sparse.toarray())
    impacts = BETA[0] * np.array([np.trace(G) / 36, G.sum() / 36])
    truth = np.array([*BETA, truth, *impacts])
    estimates, covered = [], []
    for _ in range(150):
        y, X = world(graph, 6, rng, theta=np.zeros(2), **options)
        design = lay_out(y, X, effects="two-way", spectrum=spectrum)
        model = fit_likelihood(design, kind, rng=rng)
        rows = model.impacts.loc[[("a", "direct"), ("a", "total")]]
        table = pd.concat([model.coefficients, model.spatial, rows])
        estimates.append(table["estimate"].to_numpy())
        covered.append(np.abs(estimates[-1] - truth) < 1.96 * table["se"].to_numpy())
    estimates = np.array(estimates)
    noise = estimates.std(axis=0, ddof=1) / np.sqrt(150)
    assert (np.abs(estimates.mean(axis=0) - truth) < 3 * noise + 0.01).all()
    # Binomial bounds of 150 draws at 95 %: 0.95 -+ 3 x 0.018.
    assert (np.mean(covered, axis=0) > 0.895).all()
    assert (np.mean(covered, axis=0)[:3] < 1).all()


@pytest.mark.parametrize("effects, years", [(None, 1), ("two-way", 5)])
def test_lm_tests_reject_a_true_null_about_as_often_as_they_say(effects, years):
    """400 worlds without space: 5 % within 3 binomial standard errors."""
    rng = np.random.default_rng(8)
    graph = lattice(5, 6)
    rejected = np.zeros(5)
    for _ in range(400):
        y, X = world(graph, years, rng, rho=0, theta=np.zeros(2))
        if years == 1:
            y, X = y.droplevel("year"), X.droplevel("year")
        rejected += (lm_tests(y, X, graph, effects=effects)["p"] < 0.05).to_numpy()
    assert (np.abs(rejected / 400 - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 400) + 0.005).all()


def test_uncorrected_lm_tests_reject_a_true_null_in_one_of_ten():
    """400 worlds without space; three standard errors of a rate of .1 are .045."""
    rng = np.random.default_rng(8)
    graph = lattice(5, 6)
    rejected = np.zeros(5)
    for _ in range(400):
        y, X = world(graph, 6, rng, rho=0, theta=np.zeros(2))
        plain = lm_tests(y, X, graph, effects="two-way", correction="none")
        rejected += (plain["p"] < 0.05).to_numpy()
    assert (np.abs(rejected / 400 - 0.1) < 0.045).all()


def test_lm_tests_find_what_is_there():
    rng = np.random.default_rng(9)
    graph = lattice(7, 7)
    lag = lm_tests(*world(graph, 5, rng, rho=0.5, theta=np.zeros(2)), graph, effects="two-way")
    error = lm_tests(
        *world(graph, 5, rng, rho=0, theta=np.zeros(2), lam=0.6), graph, effects="two-way"
    )
    assert lag.at["LM-lag", "p"] < 1e-4
    assert lag.at["robust LM-lag", "statistic"] > lag.at["robust LM-error", "statistic"]
    assert error.at["LM-error", "p"] < 1e-4
    assert error.at["robust LM-error", "statistic"] > error.at["robust LM-lag", "statistic"]


def test_no_lag_gives_no_lag():
    rng = np.random.default_rng(1)
    graph = lattice(7, 7)
    y, X = world(graph, 6, rng, rho=0, theta=np.zeros(2))
    model = lag_model(y, X, graph, effects="two-way")
    assert abs(model.rho) < 3 * model.spatial.at["rho", "se"]
    durbin = durbin_model(y, X, graph, effects="two-way", rng=0)
    assert durbin.impacts.loc[("a", "total"), "estimate"] == pytest.approx(1, abs=0.4)


def dynamic(n, years, phi, rng, beta=0.0):
    y, x = np.zeros(n), rng.normal(size=(years + 40, n))
    home, rows = rng.normal(size=n), []
    for t in range(years + 40):
        y = phi * y + beta * x[t] + home + rng.normal(size=n)
        rows.append(y)
    index = pd.MultiIndex.from_product(
        [range(2018, 2018 + years), [f"{i:05d}" for i in range(n)]], names=["year", "adcode"]
    ).swaplevel()
    values = np.array(rows[-years:]).ravel()
    frame = pd.DataFrame({"x": x[-years:].ravel()}, index=index)
    return pd.Series(values, index=index, name="score"), frame


@pytest.mark.parametrize("phi", [0.3, 0.7])
def test_fixed_effects_are_biased_as_nickell_says(phi):
    y, X = dynamic(6000, 6, phi, np.random.default_rng(3))
    model = dynamic_model(y, X, effects="region", draws=2, rng=0)
    lag = model.coefficients.at["score_lag", "estimate"]
    assert lag - phi == pytest.approx(nickell_bias(phi, 5), abs=0.015)
    assert model.implied == pytest.approx(phi, abs=0.03)
    moments = model.moments.coefficients.loc["score_lag"]
    assert abs(moments["estimate"] - phi) < 3 * moments["se"]
    assert model.moments.tests.at["AR(2)", "p"] > 0.01
    assert model.moments.tests.at["AR(1)", "p"] < 0.001


def test_the_jackknife_takes_most_of_the_bias_out():
    y, X = dynamic(4000, 9, 0.4, np.random.default_rng(5), beta=1.0)
    model = dynamic_model(y, X, draws=20, rng=0)
    within = abs(model.coefficients.at["score_lag", "estimate"] - 0.4)
    corrected = abs(model.jackknife.at["score_lag", "estimate"] - 0.4)
    assert corrected < within / 2
    assert model.jackknife.at["x", "estimate"] == pytest.approx(1, abs=0.06)
