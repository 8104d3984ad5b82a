"""Moran's I: hand calculation, every arrangement listed, esda and invariants."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libpysal.graph import Graph
from maps_for_tests import lattice, row_of

from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.spatial import moran
from geo_resilience.spatial.autocorrelation._tables import global_table


def test_by_hand():
    # z = -1.5 -.5 .5 1.5; sum z_i z_j over both directions of three links = 2(.75 - .25 + .75);
    # I = 4/6 * 2.5 / 5.
    found = moran(pd.Series([1.0, 2, 3, 4], list("abcd")), row_of(*"abcd"))
    assert found.value == pytest.approx(1 / 3)
    assert found.expected == pytest.approx(-1 / 3)
    assert found.n == 4


def test_weights_as_a_series_by_region_and_neighbor_are_those_of_the_graph():
    y = pd.Series([1.0, 4, 2, 2, 9, 7], list("abcdef"))
    graph = row_of(*"abcdef").transform("r")
    assert moran(y, graph.adjacency) == moran(y, graph)
    pairs = pd.MultiIndex.from_tuples([("a", "b"), ("b", "c"), ("c", "d"), ("d", "a")])
    found = moran(pd.Series([1.0, 2, 3, 4], list("abcd")), pd.Series(1.0, pairs))
    # one way around: I = 4/4 * (.75 - .25 + .75 - 2.25) / 5
    assert found.value == pytest.approx(-0.2)
    with pytest.raises(InputError, match="twice in the index: a-b"):
        moran(y, pd.concat([graph.adjacency, graph.adjacency.iloc[:1]]))


@pytest.mark.parametrize("from_end", [False, True])
def test_a_region_that_is_only_a_neighbor_has_no_neighbors_itself(from_end):
    pairs = [("a", "b"), ("b", "c")]
    weights = pd.Series(1.0, pd.MultiIndex.from_tuples(pairs[::-1] if from_end else pairs))
    found = moran(pd.Series([1.0, 2, 4], list("abc")), weights)
    z = np.array([-4, -1, 5]) / 3
    assert found.value == pytest.approx(3 / 2 * (z[0] * z[1] + z[1] * z[2]) / (z @ z))


def test_small_maps_count_every_arrangement():
    y = pd.Series([1.0, 4, 2, 2, 9, 7], list("abcdef"))
    found = moran(y, row_of(*"abcdef"))
    z = y.to_numpy() - y.mean()
    all_of_them = [sum(z[p[i]] * z[p[i + 1]] for i in range(5)) for p in permutations(range(6))]
    observed = all_of_them[0]
    above = np.mean([s >= observed - 1e-9 for s in all_of_them])
    below = np.mean([s <= observed + 1e-9 for s in all_of_them])
    assert found.permutations == 720 and found.exact
    assert found.p_sim == pytest.approx(min(1, 2 * min(above, below)))
    # Moments under randomization are those of all arrangements.
    scale = 6 / 10 * 2 / np.square(z).sum()
    assert found.expected == pytest.approx(scale * np.mean(all_of_them))
    assert found.variance == pytest.approx(scale**2 * np.var(all_of_them))


@pytest.mark.parametrize("transform", ["b", "r"])
def test_same_as_esda(transform):
    from esda import Moran

    graph = lattice(5, 6, transform)
    y = pd.Series(np.random.default_rng(3).gamma(2.0, size=30), graph.unique_ids)
    ours = moran(y, graph, permutations=99, rng=0)
    theirs = Moran(y.to_numpy(), graph, transformation=transform, permutations=0)
    assert ours.value == pytest.approx(theirs.I)
    assert ours.expected == pytest.approx(theirs.EI)
    assert ours.variance == pytest.approx(theirs.VI_rand)
    assert ours.z == pytest.approx(theirs.z_rand)
    assert ours.p_normal == pytest.approx(theirs.p_rand)
    assert ours.variance_normality == pytest.approx(theirs.VI_norm)
    assert ours.p_normality == pytest.approx(theirs.p_norm)


def test_aligned_by_key_not_by_position():
    graph = lattice(4, 4)
    y = pd.Series(np.random.default_rng(1).normal(size=16), graph.unique_ids)
    shuffled = y.sample(frac=1, random_state=3)
    assert moran(shuffled, graph, permutations=9).value == pytest.approx(
        moran(y, graph, permutations=9).value
    )


def test_seed_alone_decides():
    graph = lattice(4, 4)
    y = pd.Series(np.random.default_rng(1).normal(size=16), graph.unique_ids)
    first, again = moran(y, graph, rng=7), moran(y, graph, rng=np.random.default_rng(7))
    assert first == again and first.permutations == 9_999 and not first.exact
    assert (
        moran(y, graph, permutations=99, rng=8).p_sim
        != moran(y, graph, permutations=99, rng=9).p_sim
    )


def test_both_ways_of_permuting_agree(monkeypatch):
    from geo_resilience.spatial.autocorrelation import _arrangements as arrangements

    graph = lattice(5, 5)
    y = pd.Series(np.random.default_rng(5).normal(size=25), graph.unique_ids)
    tabled = moran(y, graph, rng=1)
    monkeypatch.setattr(arrangements, "_PAIRS", 0)
    assert moran(y, graph, rng=1) == tabled


def test_p_is_uniform_without_dependence():
    graph = lattice(6, 6)
    rng = np.random.default_rng(11)
    frame = pd.DataFrame(rng.normal(size=(36, 400)), graph.unique_ids)
    p = global_table(frame, graph, permutations=499, rng=2)["p_sim"]
    from scipy.stats import kstest

    assert kstest(p, "uniform").pvalue > 0.001


def test_island_left_unlinked_is_out_of_everything():
    graph = row_of(*"abcd")
    with_island = Graph.from_arrays(
        [*graph.adjacency.index.get_level_values(0), "z"],
        [*graph.adjacency.index.get_level_values(1), "z"],
        [*graph.adjacency, 0.0],
    )
    y = pd.Series([1.0, 2, 5, 4, 99], list("abcdz"))
    assert moran(y, with_island) == moran(y.drop("z"), graph)


def test_table_is_the_single_statistic_of_each_variable_and_year():
    graph = lattice(4, 4)
    index = pd.MultiIndex.from_product([graph.unique_ids, [2021, 2022]], names=["adcode", "year"])
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(32, 2)), index, ["D111", "composite"])
    table = global_table(frame, graph, permutations=199, rng=5)
    assert table[["year", "variable"]].values.tolist() == [
        [2021, "D111"], [2021, "composite"], [2022, "D111"], [2022, "composite"],
    ]  # fmt: skip
    for _, line in table.iterrows():
        alone = moran(
            frame[line["variable"]].xs(line["year"], level="year"), graph, permutations=199, rng=5
        )
        assert line["value"] == pytest.approx(alone.value)
        assert line["p_sim"] == alone.p_sim and line["n"] == 16 and line["permutations"] == 199
        assert line["z"] == pytest.approx(alone.z) and line["p_normal"] == pytest.approx(
            alone.p_normal
        )


def test_table_marks_what_does_not_vary():
    graph = lattice(3, 3)
    frame = pd.DataFrame({"flat": 0.1, "x": np.arange(9.0)}, graph.unique_ids)
    table = global_table(frame, graph, permutations=99, rng=0).set_index("variable")
    assert table.loc["flat", ["value", "z", "p_normal", "p_sim"]].isna().all()
    assert table.loc["x", "value"] > 0.3


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(-50, 50), st.floats(0.1, 20))
def test_shift_and_scale_do_not_matter(seed, shift, scale):
    graph = lattice(3, 4)
    y = pd.Series(np.random.default_rng(seed).normal(size=12), graph.unique_ids)
    plain, moved = (
        moran(y, graph, permutations=49, rng=0),
        moran(y * scale + shift, graph, permutations=49, rng=0),
    )
    assert moved.value == pytest.approx(plain.value, abs=1e-8)
    assert moved.p_sim == plain.p_sim


def test_what_cannot_be_measured_is_named():
    graph = lattice(3, 3)
    y = pd.Series(np.arange(9.0), graph.unique_ids)
    with pytest.raises(UndefinedError, match="same everywhere"):
        moran(y * 0 + 0.1, graph)
    with pytest.raises(InputError, match="r004"):
        moran(y.where(y != 4), graph)
    with pytest.raises(InputError, match="r008"):
        moran(y.drop("r008"), graph)
    with pytest.raises(InputError, match="among the neighbors"):
        moran(y.rename({"r008": "other"}), graph)
    with pytest.raises(InputError, match="stand twice"):
        moran(pd.concat([y, y.iloc[:1]]), graph)
    with pytest.raises(InputError, match="permutations"):
        moran(y, graph, permutations=0)
    with pytest.raises(InputError, match="Graph"):
        moran(y, np.eye(9))
    with pytest.raises(InputError, match="Series"):
        moran(y.to_numpy(), graph)
    with pytest.raises(InputError, match="no region has a neighbor"):
        moran(
            pd.Series([1.0, 2, 3], list("abc")),
            Graph.from_arrays(list("abc"), list("abc"), [0.0] * 3),
        )


def test_years_with_other_regions_are_named():
    graph = lattice(2, 2)
    index = pd.MultiIndex.from_tuples([(k, 1) for k in graph.unique_ids] + [("r000", 2)])
    with pytest.raises(InputError, match="r001"):
        global_table(pd.DataFrame({"x": np.arange(5.0)}, index), graph)
