"""Global statistics against R's spdep on the provinces, full enumeration and invariants."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from maps_for_tests import (
    graph_of,
    lattice,
    province_figures,
    provinces,
    reference,
    row_of,
)

from geo_resilience import spatial
from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.spatial.autocorrelation._tables import global_table

R = reference()
FIGURES = province_figures()


@pytest.mark.parametrize("column", ["product", "hightech"])
@pytest.mark.parametrize(
    ("test", "statistic", "transform"),
    [
        ("moran_W", "moran", "r"),
        ("moran_B", "moran", "b"),
        ("geary_W", "geary", "r"),
        ("getis_ord", "getis_ord", "b"),
        ("getis_ord", "getis_ord", "r"),  # links count as 1 whatever weights they carry
    ],
)
def test_same_as_spdep(test, statistic, transform, column):
    found = getattr(spatial, statistic)(
        FIGURES[column], provinces(transform), permutations=9, rng=0
    )
    for item, ours in {
        "value": found.value,
        "expected": found.expected,
        "variance": found.variance,
        "z": found.z,
        "p": found.p_normal,
    }.items():
        assert ours == pytest.approx(R[f"{test}_{column}", item], rel=1e-9), item


@pytest.mark.parametrize("column", ["product", "hightech"])
@pytest.mark.parametrize("statistic", ["moran", "geary"])
def test_under_normality_same_as_spdep(statistic, column):
    found = getattr(spatial, statistic)(FIGURES[column], provinces(), permutations=9, rng=0)
    expected = R[f"{statistic}_normality_{column}"]
    assert found.variance_normality == pytest.approx(expected["variance"], rel=1e-9)
    assert found.z_normality == pytest.approx(expected["z"], rel=1e-9)
    assert found.p_normality == pytest.approx(expected["p"], rel=1e-9)


def test_joins_same_as_spdep():
    found = spatial.join_counts(FIGURES["zone"], provinces(), permutations=999, rng=0)
    for first, second in found.index:
        names = [f"join_{first}:{second}", f"join_{second}:{first}"]
        name = "join_Jtot" if first == "all" else next(n for n in names if n in R.index)
        line = found.loc[(first, second)]
        assert line["count"] == R[name, "Joincount"]
        assert line["expected"] == pytest.approx(R[name, "Expected"])
        assert line["variance"] == pytest.approx(R[name, "Variance"])
        assert line["z"] == pytest.approx(R[name, "z-value"])


@pytest.mark.parametrize("statistic", ["moran", "geary", "getis_ord"])
def test_moments_and_p_are_those_of_all_arrangements(statistic):
    graph = graph_of([("a", "b"), ("b", "c"), ("c", "d"), ("d", "e"), ("a", "c"), ("e", "f")])
    y = pd.Series([1.0, 4, 2, 2, 9, 7], list("abcdef"))
    function = getattr(spatial, statistic)
    found = function(y, graph)
    values = [
        function(pd.Series(list(order), list("abcdef")), graph, permutations=1, rng=0).value
        for order in permutations(y)
    ]
    assert found.permutations == 720
    assert found.expected == pytest.approx(np.mean(values))
    assert found.variance == pytest.approx(np.var(values))
    above = np.mean(np.array(values) >= found.value - 1e-9)
    below = np.mean(np.array(values) <= found.value + 1e-9)
    assert found.p_sim == pytest.approx(min(1, 2 * min(above, below)))


def test_bivariate_moments_and_p_are_those_of_all_arrangements():
    graph = graph_of([("a", "b"), ("b", "c"), ("c", "d"), ("d", "e"), ("a", "c")])
    x = pd.Series([3.0, 1, 4, 1, 5], list("abcde"))
    y = pd.Series([2.0, 7, 1, 8, 2], list("abcde"))
    found = spatial.bivariate_moran(x, y, graph)
    values = [
        spatial.bivariate_moran(
            x, pd.Series(list(order), list("abcde")), graph, permutations=1
        ).value
        for order in permutations(y)
    ]
    assert found.expected == pytest.approx(np.mean(values), abs=1e-12)
    assert found.variance == pytest.approx(np.var(values))
    above = np.mean(np.array(values) >= found.value - 1e-9)
    below = np.mean(np.array(values) <= found.value + 1e-9)
    assert found.p_sim == pytest.approx(min(1, 2 * min(above, below)))


def test_bivariate_of_one_variable_is_moran_and_same_as_esda():
    from esda import Moran_BV

    graph = provinces()
    x, y = FIGURES["product"], FIGURES["hightech"]
    assert spatial.bivariate_moran(x, x, graph, permutations=9).value == pytest.approx(
        spatial.moran(x, graph, permutations=9).value
    )
    theirs = Moran_BV(x.to_numpy(), y.to_numpy(), graph, permutations=0)
    assert spatial.bivariate_moran(x, y, graph, permutations=9).value == pytest.approx(theirs.I)


def test_every_z_is_positive_where_like_lies_near_like():
    graph = lattice(4, 4)
    y = pd.Series(np.repeat([1.0, 2, 8, 9], 4), sorted(graph.unique_ids))
    for statistic in ("moran", "geary", "getis_ord"):
        assert getattr(spatial, statistic)(y, graph, permutations=99, rng=0).z > 1


def test_geary_permutes_alike_on_large_and_small_maps(monkeypatch):
    from geo_resilience.spatial.autocorrelation import _arrangements as arrangements

    graph = lattice(5, 5)
    y = pd.Series(np.random.default_rng(5).normal(size=25), sorted(graph.unique_ids))
    tabled = spatial.geary(y, graph, permutations=999, rng=1)
    monkeypatch.setattr(arrangements, "_PAIRS", 0)
    assert spatial.geary(y, graph, permutations=999, rng=1) == tabled


def test_table_of_several_statistics_shares_permutations():
    graph = lattice(4, 4)
    frame = pd.DataFrame(
        np.random.default_rng(0).uniform(size=(16, 2)), sorted(graph.unique_ids), ["a", "b"]
    )
    names = ["moran", "geary", "getis_ord"]
    for rng in (5, np.random.default_rng(5)):
        table = global_table(frame, graph, statistics=names, permutations=99, rng=rng)
        assert table["statistic"].tolist() == names * 2
        assert table["variable"].tolist() == ["a"] * 3 + ["b"] * 3
    alone = spatial.geary(frame["b"], graph, permutations=99, rng=5)
    table = global_table(frame, graph, statistics=names, permutations=99, rng=5)
    assert table.loc[4, "p_sim"] == alone.p_sim and table.loc[4, "z"] == pytest.approx(alone.z)


def test_join_counts_of_all_arrangements():
    graph = graph_of([("a", "b"), ("b", "c"), ("c", "d"), ("d", "e"), ("a", "c")], "b")
    kinds = pd.Series(["x", "x", "y", "y", "y"], list("abcde"))
    found = spatial.join_counts(kinds, graph)
    values = np.array(
        [
            spatial.join_counts(pd.Series(list(order), list("abcde")), graph, permutations=1)
            .sort_index()["count"]
            .to_numpy()
            for order in permutations(kinds)
        ]
    )
    found = found.sort_index()
    np.testing.assert_allclose(found["expected"], values.mean(axis=0))
    np.testing.assert_allclose(found["variance"], values.var(axis=0))
    observed = found["count"].to_numpy()
    above, below = (values >= observed).mean(axis=0), (values <= observed).mean(axis=0)
    np.testing.assert_allclose(found["p_sim"], np.minimum(1, 2 * np.minimum(above, below)))


def test_join_counts_keep_the_order_of_grades():
    graph = row_of(*"abcd")
    grades = pd.Series(["High", "Low", "Low", "High"], list("abcd"), dtype="category")
    grades = grades.cat.set_categories(["Low", "Medium", "High"], ordered=True)
    assert list(spatial.join_counts(grades, graph).index) == [
        ("Low", "Low"), ("Low", "High"), ("High", "High"), ("all", "different"),
    ]  # fmt: skip


def test_scatter_has_slope_moran():
    y = FIGURES["product"]
    points = spatial.moran_points(y, provinces())
    slope = np.polyfit(points["z_value"], points["z_lag"], 1)[0]
    assert slope == pytest.approx(spatial.moran(y, provinces(), permutations=9).value)
    assert points.loc["110000", "quadrant"] == "high-high"


def test_scatter_knows_no_neighbors():
    points = spatial.moran_points(FIGURES["product"], provinces(island=True))
    assert points.loc["460000", "quadrant"] == "no neighbors"
    assert points.loc["460000", ["z_value", "z_lag"]].isna().all()
    assert points["z_value"].drop("460000").mean() == pytest.approx(0, abs=1e-12)


def test_correlogram_first_order_is_moran():
    y, graph = FIGURES["product"], provinces()
    found = spatial.correlogram(y, graph, orders=9, permutations=99, rng=0)
    assert found.loc[1, "value"] == pytest.approx(R["moran_W_product", "value"])
    assert found.loc[1, "links"] == 138
    # Every pair of regions is of one order.
    assert found["links"].sum() == 31 * 30
    assert (found["p_holm"] >= found["p_sim"]).all()


def test_distance_correlogram_holds_every_pair():
    rng = np.random.default_rng(0)
    points = rng.uniform(size=(20, 2))
    keys = [f"r{i}" for i in range(20)]
    apart = pd.DataFrame(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)), keys, keys)
    y = pd.Series(points[:, 0], keys)
    found = spatial.distance_correlogram(y, apart, permutations=99, rng=0)
    assert found["links"].sum() == 20 * 19 and len(found) == 8
    assert found["value"].iloc[0] > 0.5 > 0 > found["value"].iloc[-1]


def test_what_cannot_be_measured_is_named():
    graph = lattice(3, 3)
    y = pd.Series(np.arange(9.0), sorted(graph.unique_ids))
    with pytest.raises(UndefinedError, match="negative in: r000"):
        spatial.getis_ord(y - 1, graph)
    with pytest.raises(InputError, match="one category"):
        spatial.join_counts(pd.Series("a", y.index), graph)
    with pytest.raises(InputError, match="r004"):
        spatial.join_counts(pd.Series(["a", "b", None] * 3, y.index).where(y != 4), graph)
    with pytest.raises(InputError, match="nearest: geary"):
        global_table(y.to_frame("y"), graph, statistics=["gearry"])
    with pytest.raises(InputError, match="at least 2"):
        spatial.moran_change(y.to_frame("y"), graph)
    with pytest.raises(UndefinedError, match="x is the same"):
        spatial.bivariate_moran(y * 0, y, graph)
    with pytest.raises(InputError, match="orders"):
        spatial.correlogram(y, graph, orders=0)


def test_weights_that_are_no_weights_are_named():
    graph = provinces()
    wrong = graph.adjacency.copy()
    wrong.iloc[3] = -1.0
    from libpysal.graph import Graph

    broken = Graph(wrong, transformation="O", is_sorted=True)
    with pytest.raises(InputError, match="negative or not finite"):
        spatial.moran(province_figures()["product"], broken)


def test_global_g_of_one_value_is_undefined_and_says_so():
    y = pd.Series([5.0, 0, 0, 0], [f"r{i:03d}" for i in range(4)])
    found = spatial.getis_ord(y, lattice(2, 2))
    assert np.isnan([found.value, found.z, found.p_sim]).all()
