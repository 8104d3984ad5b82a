"""The pattern test: every contiguous set listed, spatialreg's likelihoods, level and power."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from maps_for_tests import (
    graph_of,
    lattice,
    province_figures,
    provinces,
    reference,
)

from geo_resilience import spatial
from geo_resilience.errors import InputError
from geo_resilience.regions import read_groups
from geo_resilience.spatial.groups._likelihood_ratio import ErrorModel
from geo_resilience.spatial.groups._patterns import pattern_table
from geo_resilience.spatial.groups._permutation_nulls import ContiguousSets
from geo_resilience.spatial.neighbors._alignment import links_of

R = reference()
FIGURES = province_figures()
COLUMNS = [
    "year", "group", "kind", "variable", "n", "mean", "rest_mean", "difference", "p_free",
    "p_contiguous", "p_compact", "p_spatial", "q_spatial", "family", "p_min", "verdict",
]  # fmt: skip


@pytest.mark.parametrize("column", ["product", "hightech"])
def test_likelihood_ratios_are_those_of_spatialreg(column):
    links = links_of(provinces())
    model = ErrorModel(links, draws=9, rng=0, steps=1001)
    y = FIGURES[column].to_numpy()
    east = (FIGURES["zone"] == "east").to_numpy(dtype=float)
    apart = (FIGURES["zone"] == "northeast").to_numpy(dtype=float)
    found = model.test(y, [east])
    expected = R[f"error_model_{column}"]
    assert found.ratios[0] == pytest.approx(expected["lr_east"], abs=1e-3)
    assert found.lam == pytest.approx(expected["lambda_null"], abs=5e-3)
    beside = model.test(y, [east], apart[:, None])
    assert beside.ratios[0] == pytest.approx(expected["lr_east_west"], abs=1e-3)


def test_coarse_grid_is_fine_enough():
    links = links_of(provinces())
    y, east = FIGURES["product"].to_numpy(), (FIGURES["zone"] == "east").to_numpy(dtype=float)
    fine = ErrorModel(links, draws=199, rng=0, steps=801).test(y, [east])
    coarse = ErrorModel(links, draws=199, rng=0).test(y, [east])
    assert coarse.ratios[0] == pytest.approx(fine.ratios[0], abs=0.01)
    assert coarse.p[0] == pytest.approx(fine.p[0], abs=0.02)


def test_columns_tested_together_gain_at_least_as_much():
    links, rng = links_of(lattice(4, 5)), np.random.default_rng(0)
    model = ErrorModel(links, draws=19, rng=0)
    y, first, second = rng.normal(size=(3, 20))
    together = model.test(y, [np.c_[first, second], first, second]).ratios
    assert together[0] >= together[1:].max() - 1e-9
    # A column twice is one column.
    assert model.test(y, [np.c_[first, first]]).ratios[0] == pytest.approx(together[1])


def test_scale_and_shift_do_not_matter():
    links, rng = links_of(lattice(4, 4)), np.random.default_rng(2)
    model = ErrorModel(links, draws=99, rng=0)
    y, dummy = rng.normal(size=16), (np.arange(16) < 5).astype(float)
    plain, moved = model.test(y, [dummy]), model.test(1e6 + 3e4 * y, [dummy])
    assert moved.ratios[0] == pytest.approx(plain.ratios[0], rel=1e-5)
    assert moved.p[0] == plain.p[0]


@pytest.mark.parametrize("lam", [0.0, 0.6])
def test_p_spatial_keeps_its_level(lam):
    links, rng = links_of(provinces()), np.random.default_rng(5)
    model = ErrorModel(links, draws=99, rng=0)
    weights = links.matrix.toarray()
    coast = FIGURES.index.isin(read_groups()["belts"].members["coastal_belt"]).astype(float)
    fields = np.linalg.solve(np.eye(31) - lam * weights, rng.normal(size=(31, 200)))
    p = np.array([model.test(field, [coast]).p[0] for field in fields.T])
    # Binomial(200, .05): 10 with a deviation of 3.1.
    assert (p <= 0.05).mean() < 0.10


def test_contiguous_rank_by_listing_every_set():
    graph = lattice(3, 4, "b")
    keys = sorted(graph.unique_ids)
    y = pd.Series(np.random.default_rng(0).integers(0, 50, 12) / 10, keys)
    group = ["r000", "r001", "r004", "r005"]
    found = spatial.compare_groups(y, {"corner": group, "split": ["r000", "r011"]}, graph, draws=9)
    near = {key: set(graph[key].index) for key in keys}
    units = (y * 10).round().astype(int)
    sums = []
    for some in combinations(keys, 4):
        reached, front = {some[0]}, [some[0]]
        while front:
            new = (near[front.pop()] & set(some)) - reached
            reached |= new
            front += new
        if len(reached) == 4:
            sums.append(sum(units[list(some)]))
    observed = units[group].sum()
    tails = np.mean([s >= observed for s in sums]), np.mean([s <= observed for s in sums])
    assert found.loc[0, "p_contiguous"] == pytest.approx(min(1, 2 * min(tails)))
    # A group that does not hang together has no rank; one of two regions no compact sets.
    assert np.isnan(found.loc[1, "p_contiguous"]) and found["p_compact"].isna().all()


def test_compact_sets_have_about_as_many_cut_links():
    graph = lattice(4, 5, "b")
    links = links_of(graph)
    values = np.random.default_rng(1).normal(size=20)
    block = [0, 1, 2, 3, 5, 6, 7, 8]  # two rows of four: cut by 6 links
    sets = ContiguousSets(links, [block])
    level = sets.level(tuple(block))
    near = sets.compact(tuple(block), level)
    assert set(level.cuts[near]) <= set(range(3, 10)) and 0 < near.sum() < len(near)
    contiguous, compact = sets.of(values).p_values(block)
    sums = level.sums((values * 1e12).round().astype(np.int64))[near]
    observed = int((values[block] * 1e12).round().astype(np.int64).sum())
    tails = (sums >= observed).mean(), (sums <= observed).mean()
    assert compact == pytest.approx(min(1, 2 * min(tails)), abs=2 / near.sum())
    assert 0 < contiguous <= 1


def test_full_table_of_the_provinces():
    groupings = read_groups()
    frame = FIGURES[["product"]].rename(columns={"product": "composite"})
    found = pattern_table(frame, groupings, provinces(), full=True, draws=199, rng=1)
    assert list(found.columns) == COLUMNS
    table = found.set_index("group")
    members = groupings["clusters"].members
    assert table.loc["pearl_river_delta_cluster", "verdict"] == "cannot be tested"
    assert table.loc["pearl_river_delta_cluster", "p_min"] == pytest.approx(2 / 31)
    assert table.loc["coastal_belt", "n"] == 11 and table.loc["coastal_belt", "p_compact"] > 0.1
    assert table.loc["east", "p_spatial"] < 0.03
    # North and south are one test; an area with the members of a belt is judged with the belts.
    for one, other in (("north", "south"), ("yangtze_river_delta_cluster", "yangtze_river_delta")):
        assert table.loc[one, "p_spatial"] == pytest.approx(table.loc[other, "p_spatial"])
        assert table.loc[one, "q_spatial"] == table.loc[other, "q_spatial"]
    assert table.loc["beijing_tianjin_hebei", "family"] == "belts"
    assert table.loc["northeast_area", "family"] == "zones"
    # What is not judged has no corrected p and no family.
    assert np.isnan(table.loc["pearl_river_delta", "q_spatial"])
    assert table.loc["pearl_river_delta", "family"] == ""
    judged = table[table["q_spatial"].notna()]
    assert (judged["q_spatial"] >= judged["p_spatial"]).all()
    assert (judged["q_spatial"] <= 0.05).eq(judged["verdict"].isin(["higher", "lower"])).all()
    contrast = table.loc["belts_against_clusters"]
    clusters = sorted({key for group in members.values() for key in group})
    assert contrast["rest_mean"] == pytest.approx(FIGURES.loc[clusters, "product"].mean())
    assert table.loc["belts_and_clusters", "kind"] == "all"
    again = pattern_table(frame, groupings, provinces(), full=True, draws=199, rng=1)
    pd.testing.assert_frame_equal(found, again)


def test_a_strong_group_is_found_and_its_verdict_said():
    graph = lattice(5, 6)
    keys = sorted(graph.unique_ids)
    y = pd.Series(np.random.default_rng(4).normal(size=30), keys)
    block = [f"r{6 * row + column:03d}" for row in range(3) for column in range(3)]
    y[block] += 5
    found = spatial.compare_groups(y, {"block": block, "corner": keys[-4:]}, graph, rng=0)
    assert list(found.columns) == COLUMNS
    assert found.loc[0, "verdict"] == "higher" and found.loc[1, "verdict"] == "not significant"


def test_years_share_sets_and_draws():
    index = pd.MultiIndex.from_product([FIGURES.index, [2022, 2023]], names=["adcode", "year"])
    y = pd.Series(np.repeat(FIGURES["product"].to_numpy(), 2), index, name="score")
    east = list(FIGURES.index[FIGURES["zone"] == "east"])
    found = spatial.compare_groups(y, {"east": east}, provinces(), draws=99, rng=0)
    assert found["year"].tolist() == [2022, 2023]
    first, second = found.drop(columns="year").to_dict("records")
    assert first == second


def test_islands_and_bad_input():
    y = FIGURES["product"]
    groups = {"g": ["110000", "120000"], "with_island": ["440000", "460000"]}
    found = spatial.compare_groups(y, groups, provinces(island=True), draws=99, rng=0)
    assert found.loc[0, "p_contiguous"] <= 1 and np.isnan(found.loc[1, "p_contiguous"])
    with pytest.raises(InputError, match="among the neighbors"):
        spatial.compare_groups(y, groups, graph_of([("110000", "120000")]))
    with pytest.raises(InputError, match="needs neighbors"):
        pattern_table(y.to_frame(), {"g": groups}, full=True)
