"""Gradients, gaps under spatial dependence, and regions that the data draw."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from maps_for_tests import graph_of, lattice, province_figures, provinces, row_of

from geo_resilience import spatial
from geo_resilience.errors import InputError
from geo_resilience.regions import read_boundaries, read_groups
from geo_resilience.spatial.groups._gaps import gaps_table
from geo_resilience.spatial.groups._gradient import center_coordinates
from geo_resilience.spatial.groups._regionalization import regionalization_table

FIGURES = province_figures()


def test_centers_are_where_they_are_on_the_map():
    points = center_coordinates(read_boundaries())
    # Beijing to Shanghai: about 1,090 km between centroids, the latter to the south-east.
    away = points.loc["310000"] - points.loc["110000"]
    assert 1_000 < np.hypot(away["x"], away["y"]) < 1_150
    assert away["x"] > 0 > away["y"]


def test_plane_is_that_of_proj():
    regions = read_boundaries()
    points = center_coordinates(regions)
    frame = regions.frame
    from geo_resilience.spatial.neighbors._distances import centers

    degrees = centers(frame.geometry)
    unit = np.radians(degrees)
    around = np.column_stack(
        [
            np.cos(unit[:, 1]) * np.cos(unit[:, 0]),
            np.cos(unit[:, 1]) * np.sin(unit[:, 0]),
            np.sin(unit[:, 1]),
        ]
    ).mean(axis=0)
    middle = np.degrees(
        [np.arctan2(around[1], around[0]), np.arctan2(around[2], np.hypot(*around[:2]))]
    )
    from pyproj import Transformer

    plane = f"+proj=laea +lon_0={middle[0]} +lat_0={middle[1]} +R=6371008.8 +units=km"
    sphere = "+proj=longlat +R=6371008.8"
    x, y = Transformer.from_crs(sphere, plane, always_xy=True).transform(*degrees.T)
    np.testing.assert_allclose(points["x"], x, atol=1e-6)
    np.testing.assert_allclose(points["y"], y, atol=1e-6)


def test_gradient_is_found_and_direction_said():
    graph = lattice(6, 6)
    keys = sorted(graph.unique_ids)
    points = pd.DataFrame(
        {"x": np.tile(np.arange(6.0), 6) * 100, "y": np.repeat(np.arange(6.0), 6) * 100}, keys
    )
    noise = np.random.default_rng(0).normal(size=36)
    found = spatial.gradient(points["x"] / 100 + 0.5 * noise, points, graph, draws=199, rng=0)
    assert found.loc["west_east", "slope"] == pytest.approx(10, abs=1)
    assert found.loc["west_east", "p_spatial"] < 0.02 < found.loc["south_north", "p_spatial"]
    assert found.loc["surface", "r2"] >= found.loc["west_east", "r2"]


def test_gradient_shift_of_origin_does_not_matter():
    graph, rng = lattice(4, 4), np.random.default_rng(1)
    keys = sorted(graph.unique_ids)
    points = pd.DataFrame(rng.normal(size=(16, 2)) * 300, keys, ["x", "y"])
    y = pd.Series(rng.normal(size=16), keys)
    plain = spatial.gradient(y, points, graph, draws=49, rng=0)
    moved = spatial.gradient(y, points + 5_000, graph, draws=49, rng=0)
    pd.testing.assert_frame_equal(plain, moved, rtol=1e-6)


def test_gaps_carry_both_p():
    index = pd.MultiIndex.from_product([FIGURES.index, [2022, 2023]], names=["adcode", "year"])
    scores = pd.Series(np.repeat(FIGURES["product"].to_numpy(), 2), index)
    groupings = read_groups()
    free = gaps_table(scores, groupings, rng=3)
    both = gaps_table(scores, groupings, provinces(), rng=3)
    gaps = both["measure"].str.endswith("_gap")
    assert gaps.sum() == 10
    # The bootstrap's draws leave everything else as it was.
    alone = ["value", "p_free", "low_free", "high_free"]
    pd.testing.assert_frame_equal(both[alone], free[alone])
    assert free[["p_value", "low", "high"]].isna().all(axis=None)
    east = both[both["measure"] == "east_west_gap"].iloc[0]
    assert east["p_free"] < 0.001 < east["p_value"] < 0.05
    assert both.loc[~gaps, "p_value":].isna().all(axis=None)


def test_one_gap_is_that_of_the_table():
    y, zones = FIGURES["product"], read_groups()["zones"].members
    table = gaps_table(y, {"zones": read_groups()["zones"]}, provinces(), rng=3)
    alone = spatial.gap(y, zones["east"], [*zones["central"], *zones["west"]], provinces(), rng=3)
    line = table.set_index("measure").loc["east_west_gap"]
    assert line["value"] == pytest.approx(alone.value)
    sides = zones["east"], [*zones["central"], *zones["west"]]
    asked = spatial.gap_interval(y, *sides, provinces(), rng=3)
    for name in ("low", "high", "p_value"):
        assert line[name] == pytest.approx(getattr(alone, name)) == getattr(asked, name)
    for name in ("p_free", "low_free", "high_free"):
        assert line[name] == pytest.approx(getattr(alone, name))


def test_skater_draws_the_blocks_that_are_there():
    graph = lattice(6, 6)
    keys = sorted(graph.unique_ids)
    rng = np.random.default_rng(0)
    block = np.repeat([0, 0, 0, 1, 1, 1], 6) * 2 + np.tile([0, 0, 0, 1, 1, 1], 6)
    y = pd.Series(np.array([0.0, 10, 20, 40])[block] + rng.normal(size=36), keys)
    drawn = spatial.skater(y, graph, 4)
    assert spatial.adjusted_rand(drawn, pd.Series(block, keys)) == 1
    for part in drawn.unique():
        inside = drawn.index[drawn == part]
        assert graph.subgraph(inside).n_components == 1


def test_skater_keeps_parts_that_do_not_hang_together():
    graph = graph_of([("a", "b"), ("b", "c"), ("d", "e")])
    y = pd.Series([1.0, 2, 9, 1, 1], list("abcde"))
    assert spatial.skater(y, graph, 2).tolist() == [1, 1, 1, 2, 2]
    assert spatial.skater(y, graph, 3).tolist() == [1, 1, 2, 3, 3]
    with pytest.raises(InputError, match="from 2"):
        spatial.skater(y, graph, 1)


def test_skater_cuts_best_on_a_path():
    y = pd.Series([1.0, 1.2, 5, 5.1, 5.3, 9], list("abcdef"))
    cuts = [
        ((y[:k] - y[:k].mean()) ** 2).sum() + ((y[k:] - y[k:].mean()) ** 2).sum()
        for k in range(1, 6)
    ]
    drawn = spatial.skater(y, row_of(*"abcdef"), 2)
    assert (drawn == 1).sum() == int(np.argmin(cuts)) + 1


def test_adjusted_rand_same_as_scikit_learn():
    from sklearn.metrics import adjusted_rand_score

    rng = np.random.default_rng(0)
    for _ in range(20):
        one, other = (pd.Series(rng.integers(0, 4, 25)) for _ in range(2))
        assert spatial.adjusted_rand(one, other) == pytest.approx(adjusted_rand_score(one, other))


def test_plans_of_the_provinces_against_the_data():
    found = regionalization_table(FIGURES["product"], provinces(), read_groups())
    assert found.loc["zones", "parts"] == 4
    assert found["adjusted_rand"].between(-0.5, 1).all()
    # The data's own regions explain more than a plan they were not drawn for.
    assert found.loc["zones", "explained_by_data"] > found.loc["zones", "explained_by_plan"] > 0
