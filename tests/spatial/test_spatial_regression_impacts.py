"""Impacts: against derivatives by brute force, and large matrices against small ones' way."""

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph
from scipy import stats

from geo_resilience.errors import InputError
from geo_resilience.spatial.neighbors._alignment import weight_matrix
from geo_resilience.spatial.neighbors._spectrum import (
    gram_trace,
    read_spectrum,
    scaled_symmetric,
)
from geo_resilience.spatial.regression._design import lay_out
from geo_resilience.spatial.regression._impacts import impacts
from geo_resilience.spatial.regression._least_squares import ols_model, slx_model
from geo_resilience.spatial.regression._spatial_models import (
    durbin_error_model,
    durbin_model,
    error_model,
    fit_likelihood,
    lag_model,
)


def lattice(side):
    keys = [f"{i:04d}" for i in range(side * side)]
    near = {k: [] for k in keys}
    for i, key in enumerate(keys):
        row, column = divmod(i, side)
        for r, c in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            if 0 <= r < side and 0 <= c < side:
                near[key].append(keys[r * side + c])
    return Graph.from_dicts(near).transform("r")


def nearest(n, k, seed=0):
    """Weights that no diagonal makes symmetric."""
    points = np.random.default_rng(seed).random((n, 2))
    away = ((points[:, None] - points[None]) ** 2).sum(axis=2)
    keys = [f"{i:04d}" for i in range(n)]
    order = np.argsort(away, axis=1)[:, 1 : k + 1]
    return Graph.from_dicts({keys[i]: [keys[j] for j in order[i]] for i in range(n)}).transform("r")


def draw(graph, rho=0.4, seed=1):
    rng = np.random.default_rng(seed)
    W = graph.sparse.toarray()
    n = len(W)
    x = rng.normal(size=(n, 2))
    push = 1 + x @ [1.0, -0.5] + W @ x @ [0.5, 0.2] + rng.normal(size=n)
    y = np.linalg.solve(np.eye(n) - rho * W, push)
    index = pd.Index(graph.unique_ids, name="adcode")
    return pd.Series(y, index=index, name="score"), pd.DataFrame(x, index=index, columns=["a", "b"])


def derivatives(model, graph):
    """Change each region's regressor in turn and solve the model again."""
    W = graph.sparse.toarray()
    n = len(W)
    b = model.coefficients["estimate"]
    out = {}
    for name in ("a", "b"):
        theta = b.get(f"W_{name}", 0.0)
        moved = np.empty((n, n))
        for region in range(n):
            x = np.zeros(n)
            x[region] = 1.0
            moved[:, region] = np.linalg.solve(
                np.eye(n) - (model.rho or 0) * W, b[name] * x + theta * (W @ x)
            )
        direct, total = np.trace(moved) / n, moved.sum() / n
        out[name, "direct"], out[name, "indirect"], out[name, "total"] = (
            direct,
            total - direct,
            total,
        )
    return pd.Series(out)


@pytest.mark.parametrize("fit", [lag_model, durbin_model, slx_model, durbin_error_model])
@pytest.mark.parametrize("graph", [lattice(5), nearest(40, 4)], ids=["lattice", "nearest"])
def test_impacts_are_the_derivatives(fit, graph):
    y, X = draw(graph)
    model = fit(y, X, graph)
    expected = derivatives(model, graph)
    found = model.impacts["estimate"]
    np.testing.assert_allclose(found.loc[expected.index], expected, atol=1e-10)


def test_impacts_are_the_derivatives_without_row_standardization():
    graph = lattice(5).transform("b")
    y, X = draw(graph, rho=0.1)
    model = durbin_model(y, X, graph)
    assert model.rho == pytest.approx(0.1, abs=0.15)
    expected = derivatives(model, graph)
    np.testing.assert_allclose(model.impacts["estimate"].loc[expected.index], expected, atol=1e-7)


def test_drawn_and_delta_intervals_agree_where_rho_is_far_from_its_bound():
    graph = lattice(12)
    y, X = draw(graph)
    model = durbin_model(y, X, graph)
    drawn = impacts(model, draws=20_000, rng=0)
    delta = impacts(model, method="delta")
    np.testing.assert_allclose(drawn["high"] - drawn["low"], delta["high"] - delta["low"], rtol=0.1)
    pd.testing.assert_frame_equal(
        drawn.drop(columns=["low", "high"]), delta.drop(columns=["low", "high"])
    )


def test_near_the_bound_of_rho_the_standard_error_does_not_hang_on_the_draws():
    graph = lattice(5)
    y, X = draw(graph, rho=0.97, seed=2)
    model = durbin_model(y, X, graph)
    assert model.rho > 0.8
    one, two = (impacts(model, rng=seed) for seed in (1, 2))
    pd.testing.assert_series_equal(one["se"], two["se"])
    total = one.xs("total", level="effect")
    # What the lag multiplies has a long tail away from zero: the interval is no reach both ways.
    far = np.maximum(total["high"] - total["estimate"], total["estimate"] - total["low"])
    near = np.minimum(total["high"] - total["estimate"], total["estimate"] - total["low"])
    assert (far > 1.5 * near).all()


@pytest.mark.parametrize("se", ["classic", "hc3"])
def test_without_a_lag_of_y_impacts_are_exact_sums_of_coefficients(se):
    graph = lattice(6)
    y, X = draw(graph)
    slx = slx_model(y, X, graph, se=se)
    found, terms = slx.impacts, slx.intervals()
    shared = ["estimate", "se", "z", "p", "low", "high"]
    for effect, term in (("direct", "a"), ("indirect", "W_a")):
        np.testing.assert_allclose(found.loc[("a", effect), shared], terms.loc[term, shared])
    pair = slx.covariance.loc[["a", "W_a"], ["a", "W_a"]].to_numpy()
    total = found.loc[("a", "total")]
    assert total["se"] == pytest.approx(np.sqrt(pair.sum()))
    t = total["estimate"] / total["se"]
    degrees = slx.degrees or np.inf
    assert total["p"] == pytest.approx(2 * stats.t.sf(abs(t), degrees))
    for model in (error_model(y, X, graph), ols_model(y, X)):
        indirect = model.impacts.xs("indirect", level="effect")
        assert (indirect["estimate"] == 0).all() and indirect["p"].isna().all()
        direct = model.impacts.xs("direct", level="effect")[shared]
        np.testing.assert_allclose(direct, model.intervals().loc[["a", "b"], shared])


def test_the_same_seed_gives_the_same_impacts_and_none_at_fewer_than_a_thousand_draws():
    graph = lattice(5)
    y, X = draw(graph)
    first, second = (durbin_model(y, X, graph, rng=7).impacts for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
    with pytest.raises(InputError, match="at least 1000"):
        impacts(durbin_model(y, X, graph), draws=500)
    with pytest.raises(InputError, match="delta"):
        impacts(durbin_model(y, X, graph), method="bootstrap")


def test_models_without_a_generator_are_not_the_same_draws():
    graph = lattice(5)
    y, X = draw(graph)
    assert not durbin_model(y, X, graph).impacts.equals(durbin_model(y, X, graph).impacts)


# Large matrices, on a size where both ways can be taken.


@pytest.mark.parametrize("graph", [lattice(15), nearest(225, 5)], ids=["lattice", "nearest"])
def test_sparse_and_dense_ways_agree(graph):
    y, X = draw(graph)
    models = [
        fit_likelihood(lay_out(y, X, graph, durbin=True, dense=dense), "durbin", rng=3)
        for dense in (600, 10)
    ]
    assert models[1].design.spectrum.eigenvalues is None
    dense, sparse = models
    assert sparse.rho == pytest.approx(dense.rho, abs=1e-7)
    assert sparse.log_likelihood == pytest.approx(dense.log_likelihood, abs=1e-8)
    np.testing.assert_allclose(
        sparse.impacts["estimate"], dense.impacts["estimate"], rtol=1e-6, atol=1e-8
    )
    np.testing.assert_allclose(sparse.impacts["se"], dense.impacts["se"], rtol=1e-4)


@pytest.mark.parametrize("graph", [lattice(15), nearest(225, 5)], ids=["lattice", "nearest"])
@pytest.mark.parametrize("rho", [-0.7, 0.0, 0.5, 0.95])
def test_determinant_traces_and_sums_are_those_of_the_inverse(graph, rho):
    W = weight_matrix(graph, list(graph.unique_ids))
    full = W.toarray()
    inverse = np.linalg.inv(np.eye(225) - rho * full)
    G = inverse @ full
    for dense in (600, 10):
        spectrum = read_spectrum(W, dense=dense)
        assert spectrum.log_det(rho) == pytest.approx(
            np.linalg.slogdet(np.eye(225) - rho * full)[1], abs=1e-9
        )
        first, second, error = spectrum.traces(np.array([rho]))
        assert first[0] == pytest.approx(np.trace(G), abs=1e-6)
        assert second[0] == pytest.approx(np.trace(G @ G), rel=1e-6, abs=1e-4)
        assert error < 1e-6
        one, two = spectrum.sums(np.array([rho]))
        assert one[0] == pytest.approx(inverse.sum() / 225)
        assert two[0] == pytest.approx(G.sum() / 225)
    exact = gram_trace(spectrum, rho)
    assert exact.value == pytest.approx((G**2).sum(), rel=1e-10)
    drawn = gram_trace(spectrum, rho, dense=10)
    assert abs(drawn.value - exact.value) < 4 * drawn.error
    assert drawn.column_sums == pytest.approx((G.sum(axis=0) ** 2).sum(), rel=1e-9)


def test_similar_symmetric_matrix_is_found_where_there_is_one():
    graph = lattice(6)
    W = weight_matrix(graph, list(graph.unique_ids))
    similar = scaled_symmetric(W)
    assert abs(similar - similar.T).max() == 0
    np.testing.assert_allclose(
        np.sort(np.linalg.eigvalsh(similar.toarray())),
        np.sort(np.linalg.eigvals(W.toarray()).real),
        atol=1e-10,
    )
    other = nearest(40, 4)
    assert scaled_symmetric(weight_matrix(other, list(other.unique_ids))) is None


def test_the_drawn_trace_is_told():
    graph = lattice(26)
    y, X = draw(graph)
    model = lag_model(y, X, graph, rng=0)
    assert [note.code for note in model.notes] == ["regression.drawn_trace"]
    assert "random" in model.notes[0].say("en") and "随机" in model.notes[0].say("zh")
