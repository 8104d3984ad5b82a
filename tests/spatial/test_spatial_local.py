"""Local statistics against spdep, esda and every arrangement; islands, labels, bad input."""

from __future__ import annotations

from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from maps_for_tests import graph_of, lattice, province_figures, provinces, reference

from geo_resilience import spatial
from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.regions import read_boundaries
from geo_resilience.spatial._methods import LOCAL_STATISTICS
from geo_resilience.spatial.autocorrelation._tables import local_table

R = reference()
FIGURES = province_figures()


@pytest.mark.parametrize("column", ["product", "hightech"])
def test_same_as_spdep(column):
    y, graph = FIGURES[column], provinces()

    def same(ours, test, factor=1.0):
        theirs = R[f"{test}_{column}"].reindex(y.index)
        np.testing.assert_allclose(ours["value"], factor * theirs, rtol=1e-9)

    same(spatial.local_moran(y, graph).table, "local_moran")
    same(spatial.local_g(y, graph, star=False).table, "gi")
    same(spatial.local_g(y, graph).table, "gi_star")
    # spdep standardizes by n - 1, we by n.
    same(spatial.local_geary(y, graph).table, "local_geary", 31 / 30)


@pytest.mark.filterwarnings("ignore")
def test_same_as_esda():
    from esda import Geary_Local, Moran_Local, Moran_Local_BV

    y, x, graph = FIGURES["product"], FIGURES["hightech"], provinces()
    ours = spatial.local_moran(y, graph).table
    theirs = Moran_Local(y.to_numpy(), graph, permutations=0)
    np.testing.assert_allclose(ours["value"] * 30 / 31, theirs.Is)
    np.testing.assert_allclose(ours["expected"], theirs.EIc)
    np.testing.assert_allclose(ours["variance"], theirs.VIc)
    two = spatial.local_bivariate_moran(x, y, graph).table
    np.testing.assert_allclose(
        two["value"] * 30 / 31, Moran_Local_BV(x, y, graph, permutations=0).Is
    )
    geary = Geary_Local(permutations=0, connectivity=graph.to_W()).fit(y.to_numpy())
    np.testing.assert_allclose(spatial.local_geary(y, graph).table["value"], geary.localG)


@pytest.mark.filterwarnings("ignore")
def test_exact_p_is_near_esdas_many_permutations():
    from esda import Moran_Local

    y, graph = FIGURES["product"], provinces()
    theirs = Moran_Local(y.to_numpy(), graph, permutations=99_999, seed=1)
    ours = spatial.local_moran(y, graph)
    assert ours.exact
    difference = np.abs(ours.table["p_sim"] - np.minimum(1, 2 * theirs.p_sim))
    # Hainan, one neighbor: esda misses the tie with the observed value (1 of 30, twice).
    assert difference.drop("460000").max() < 0.02
    assert difference["460000"] == pytest.approx(2 / 30, abs=0.01)


def test_every_arrangement_around_every_region():
    y, graph = FIGURES["product"], provinces()
    table = spatial.local_moran(y, graph).table
    units = (y * 10_000).round().astype(int)
    for key in ("110000", "460000", "310000", "120000"):
        near = graph[key].index
        others = units.drop(key)
        sums = [sum(some) for some in combinations(others, len(near))]
        observed = units[near].sum()
        tails = np.mean([s >= observed for s in sums]), np.mean([s <= observed for s in sums])
        assert table.loc[key, "p_sim"] == pytest.approx(min(1, 2 * min(tails)))
        assert table.loc[key, "permutations"] == len(sums)


def test_drawn_come_near_the_counted():
    y, graph = FIGURES["hightech"], provinces()
    for function in (spatial.local_moran, spatial.local_geary, spatial.local_g):
        counted, drawn = function(y, graph), function(y, graph, permutations=50_000, rng=2)
        assert counted.exact and not drawn.exact
        assert np.abs(counted.table["p_sim"] - drawn.table["p_sim"]).max() < 0.02
        assert (drawn.table["permutations"] == 50_000).all()


def test_unequal_weights_are_drawn():
    graph = provinces()
    weights = graph.adjacency * np.random.default_rng(0).uniform(0.5, 1.5, len(graph.adjacency))
    from libpysal.graph import Graph

    unequal = Graph.from_adjacency(weights.reset_index()).transform("r")
    found = spatial.local_moran(FIGURES["product"], unequal, rng=1)
    assert not found.exact and (found.table["permutations"] == 9_999).all()


def test_island_left_unlinked_is_no_part_of_anything():
    y = FIGURES["product"]
    with_island = spatial.local_moran(y, provinces(island=True)).table
    without = spatial.local_moran(y.drop("460000"), graph_of(_mainland())).table
    island = with_island.loc["460000"]
    assert island["cluster"] == "no neighbors" and island["permutations"] == 0
    assert island[["value", "z_value", "z_lag", "p_sim", "q_value"]].isna().all()
    pd.testing.assert_frame_equal(with_island.drop("460000"), without)


def _mainland():
    from maps_for_tests import ROOT

    links = pd.read_csv(ROOT / "boundaries" / "neighbors.csv", dtype=str)
    return list(zip(links["adcode"], links["neighbor"], strict=True))


def test_clusters_and_spots_are_found_where_they_are():
    graph = lattice(9, 9)
    keys = sorted(graph.unique_ids)
    y = pd.Series(np.random.default_rng(3).normal(size=81), keys)
    high = [f"r{9 * row + column:03d}" for row in range(4) for column in range(4)]
    y[high] += 6
    local = spatial.local_moran(y, graph, rng=0).table
    assert (local.loc[["r010", "r011", "r019"], "cluster"] == "high-high").all()
    assert local["q_value"].ge(local["p_sim"]).all()
    spots = spatial.local_g(y, graph, rng=0).table
    assert (spots.loc[["r010", "r011", "r019"], "cluster"] == "hot").all()
    assert not (spots["cluster"] == "cold").any()
    # A low region amid high ones is an outlier, and no hot spot.
    y["r010"] = -9
    assert spatial.local_moran(y, graph, rng=0).table.loc["r010", "cluster"] == "low-high"
    spots = spatial.local_g(y, graph, rng=0, by="p").table
    assert spots.loc["r010", "cluster"] in ("hot", "not significant")
    geary = spatial.local_geary(y, graph, rng=0, by="p").table
    assert geary.loc["r010", "cluster"] == "negative"


def test_few_are_significant_without_dependence():
    graph = lattice(8, 8)
    rng = np.random.default_rng(12)
    shares = []
    for _ in range(20):
        y = pd.Series(rng.normal(size=64), sorted(graph.unique_ids))
        table = spatial.local_moran(y, graph, rng=rng).table
        shares.append((table["p_sim"] <= 0.05).mean())
        assert (table["cluster"] != "not significant").mean() <= 0.05
    assert 0.02 < np.mean(shares) < 0.08


def test_bivariate_of_one_variable_is_local_moran():
    y, graph = FIGURES["product"], provinces()
    pd.testing.assert_frame_equal(
        spatial.local_bivariate_moran(y, y, graph).table,
        spatial.local_moran(y, graph).table.drop(columns=["expected", "variance"]),
    )


def test_table_is_the_single_statistic_of_each_map():
    index = pd.MultiIndex.from_product([FIGURES.index, [2022, 2023]], names=["adcode", "year"])
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(62, 2)), index, ["B1", "composite"])
    names = pd.Series([f"Name {key}" for key in FIGURES.index], FIGURES.index)
    table = local_table(frame, provinces(), names=names)
    assert list(table.columns) == [
        "adcode", "name", "year", "variable", "statistic", "value", "z_value", "z_lag", "p_sim",
        "q_value", "cluster",
    ]  # fmt: skip
    assert table["adcode"].is_monotonic_increasing
    assert table.loc[:3, ["year", "variable", "statistic"]].values.tolist() == [
        [2022, "B1", "local_moran"], [2022, "B1", "gi_star"],
        [2022, "composite", "local_moran"], [2022, "composite", "gi_star"],
    ]  # fmt: skip
    assert table.loc[0, "name"] == "Name 110000"
    y = frame["composite"].xs(2023, level="year")
    functions = {
        "local_moran": spatial.local_moran,
        "gi_star": spatial.local_g,
        "gi": lambda *given: spatial.local_g(*given, star=False),
        "local_geary": spatial.local_geary,
    }
    assert list(functions) == list(LOCAL_STATISTICS)
    table = local_table(frame, provinces(), statistics=list(functions))
    of_map = table[(table["variable"] == "composite") & (table["year"] == 2023)]
    for statistic, function in functions.items():
        chosen = of_map[of_map["statistic"] == statistic]
        alone = function(y, provinces()).table
        for column in ("value", "p_sim", "q_value", "cluster"):
            assert chosen[column].tolist() == alone[column].tolist()


def test_table_marks_what_does_not_vary():
    frame = pd.DataFrame({"flat": 0.1}, FIGURES.index)
    table = local_table(frame, provinces(island=True)).set_index(["adcode", "statistic"])
    assert table["p_sim"].isna().all()
    assert table.loc[("460000", "gi_star"), "cluster"] == "no neighbors"
    assert table.loc[("110000", "gi_star"), "cluster"] == "not significant"


def test_what_cannot_be_measured_is_named():
    y, graph = FIGURES["product"], provinces()
    with pytest.raises(UndefinedError, match="same everywhere"):
        spatial.local_moran(y * 0 + 1, graph)
    with pytest.raises(InputError, match="110000"):
        spatial.local_g(y.where(y.index != "110000"), graph)
    with pytest.raises(InputError, match="by: found"):
        spatial.local_moran(y, graph, by="x")
    with pytest.raises(InputError, match="local_moran"):
        local_table(y.to_frame(), graph, statistics=["local_morn"])


@pytest.mark.parametrize("name", list(LOCAL_STATISTICS))
def test_every_statistic_can_be_called_by_its_name(name):
    own = {
        "local_moran": spatial.local_moran,
        "local_geary": spatial.local_geary,
        "gi_star": spatial.local_g,
        "gi": partial(spatial.local_g, star=False),
    }
    regions = read_boundaries()
    neighbors = spatial.queen(regions)
    y = pd.Series(np.random.default_rng(4).normal(size=31), regions.keys, name="y")
    found = spatial.local_statistic(y, neighbors, statistic=name, permutations=99, rng=1)
    pd.testing.assert_frame_equal(
        found.table, own[name](y, neighbors, permutations=99, rng=1).table
    )
    assert found.statistic == name


def test_a_statistic_that_there_is_not_names_the_nearest():
    with pytest.raises(InputError, match="local_moran"):
        spatial.local_statistic(pd.Series([1.0]), None, statistic="local_moron")
