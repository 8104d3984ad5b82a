"""What is done for thousands of regions gives what the plain way gives for few."""

from __future__ import annotations

from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from maps_for_tests import lattice
from scipy.sparse import csr_array

from geo_resilience import spatial
from geo_resilience.spatial.autocorrelation import _arrangements
from geo_resilience.spatial.groups import _likelihood_ratio
from geo_resilience.spatial.groups._likelihood_ratio import ErrorModel, dummy
from geo_resilience.spatial.groups._patterns import compare_groups
from geo_resilience.spatial.groups._permutation_nulls import free_p
from geo_resilience.spatial.neighbors import _distances
from geo_resilience.spatial.neighbors._alignment import links_of
from geo_resilience.spatial.neighbors._distances import (
    great_circle_km,
    nearest_places,
    pairs_within,
)
from geo_resilience.statistics._associations import agreement
from geo_resilience.statistics._concentration import mean_differences
from geo_resilience.statistics._permutation import subset_sums


@pytest.mark.parametrize("share", [0.02, 0.3])
@pytest.mark.parametrize("of", ["product", "square"])
def test_arrangements_laid_out_in_the_cache_are_each_what_they_should_be(share, of):
    rng = np.random.default_rng(1)
    links = rng.random((150, 150)) * (rng.random((150, 150)) < share)
    np.fill_diagonal(links, 0)
    values = rng.normal(size=(150, 70))
    orders = np.array([rng.permutation(150) for _ in range(9)])
    found = _arrangements._direct(values, csr_array(links), of)(orders)
    for row, order in zip(found, orders, strict=True):
        for got, z in zip(row, values[order].T, strict=True):
            pairs = np.outer(z, z) if of == "product" else np.square(z[:, None] - z)
            assert got == pytest.approx((links * pairs).sum(), rel=1e-9, abs=1e-9)


def test_drawn_subsets_are_as_rare_as_counted_ones():
    rng = np.random.default_rng(2)
    values, groups = rng.normal(size=(12, 3)), [[0, 1, 2], [3, 4, 5, 6, 7, 8, 9], [11], range(12)]
    exact, total = free_p(values, groups[:3], None, None)
    drawn, _ = free_p(values, groups[:3], 40_000, rng)
    assert total == 12
    assert drawn == pytest.approx(exact, abs=0.012)
    sums = subset_sums(values, map(len, groups), 500, rng)
    every = {
        size: [values[list(c)].sum(0) for c in combinations(range(12), size)] for size in (3, 7)
    }
    for size, possible in every.items():
        away = np.abs(sums[size][:, None] - np.array(possible)[None]).max(axis=2).min(axis=1)
        assert away.max() < 1e-12
    assert sums[12] == pytest.approx(np.tile(values.sum(0), (500, 1)))


def plain_ratio(y, x, base, weights, grid):
    """Give the likelihood ratio by least squares and determinants, lambda by lambda."""
    n, best = len(y), []
    for columns in (base, np.column_stack([base, x])):
        found = []
        for lam in grid:
            filtered = np.eye(n) - lam * weights
            rest = filtered @ y
            rest = rest - filtered @ columns @ np.linalg.lstsq(filtered @ columns, rest)[0]
            found.append(n * np.log(rest @ rest) - 2 * np.linalg.slogdet(filtered)[1])
        best.append(min(found))
    return best[0] - best[1]


def test_filtering_by_a_few_products_is_filtering_by_each_lambda():
    links, rng = links_of(lattice(6, 7)), np.random.default_rng(3)
    weights = links.matrix.toarray()
    weights = weights / weights.sum(axis=1, keepdims=True)
    model = ErrorModel(links, draws=9, rng=0)
    base = np.column_stack([np.ones(42), rng.normal(size=42)])
    x = [rng.normal(size=42), rng.normal(size=(42, 2))]
    columns = rng.normal(size=(42, 5))
    found, _ = model.ratios(columns, x, base[:, 1:])
    for place, block in enumerate(x):
        expected = [plain_ratio(y, block, base, weights, model.grid) for y in columns.T]
        assert found[place] == pytest.approx(expected, abs=1e-8)


def test_draws_in_portions_and_determinants_of_many_regions_keep_the_size(monkeypatch):
    """Fields of strong dependence on 1,225 regions: the share rejected is about the level."""
    links, rng = links_of(lattice(35, 35)), np.random.default_rng(4)
    monkeypatch.setattr(_likelihood_ratio, "_KEPT", 64 * 1225)
    model = ErrorModel(links, draws=199, rng=5)
    assert [part.shape[1] for part in model.portions(60)] == [64, 64, 64, 7]
    assert np.array_equal(model.drawn(60), model.drawn(60))
    east = dummy(1225, np.arange(400))
    fields = links.standardized.solve(0.8, rng.normal(size=(1225, 200)))
    p = np.array([model.test(field, [east]).p[0] for field in fields.T])
    assert 0.01 <= (p <= 0.05).mean() <= 0.095
    assert 0.4 <= (p <= 0.5).mean() <= 0.6
    shifted = [model.test(field + 3 * east, [east]).p[0] for field in fields.T[:5]]
    assert max(shifted) <= 0.05


def test_determinants_beyond_eigenvalues_are_those_of_the_plain_matrix():
    links = links_of(lattice(26, 26))
    spectrum = links.standardized
    assert spectrum.eigenvalues is None
    dense = spectrum.matrix.toarray()
    for lam in (-0.9, 0.3, 0.97):
        expected = np.linalg.slogdet(np.eye(676) - lam * dense)[1]
        assert spectrum.log_det(lam) == pytest.approx(expected, rel=1e-10)


def grid_of_places(rows: int, columns: int) -> gpd.GeoDataFrame:
    """Give squares in degrees around 0, 0: many centers are equally far from each other."""
    x, y = (each.ravel() * 0.1 for each in np.meshgrid(np.arange(columns), np.arange(rows)))
    keys = [f"{place:04d}" for place in range(rows * columns)]
    return gpd.GeoDataFrame(geometry=shapely.box(x, y, x + 0.1, y + 0.1), index=keys, crs=4326)


def test_nearest_centers_by_a_tree_are_those_of_all_distances():
    rng = np.random.default_rng(6)
    for degrees in (
        rng.uniform((-180, -90), (180, 90), (1200, 2)),
        np.round(rng.uniform(0, 3, (1200, 2)), 1),
    ):
        away = great_circle_km(degrees).round(6)
        np.fill_diagonal(away, np.inf)
        found, _ = nearest_places(degrees, 5)
        assert np.array_equal(found, np.argsort(away, axis=1, kind="stable")[:, :5])
        reach = rng.uniform(10, 50, 1200)
        focal, other, told = pairs_within(degrees, reach)
        expected = np.nonzero(away <= reach[:, None])
        assert set(zip(focal, other, strict=True)) == set(zip(*expected, strict=True))
        assert told.round(6) == pytest.approx(away[focal, other])


def test_rules_of_all_pairs_reach_the_nearest_of_very_many_and_say_so():
    places = grid_of_places(30, 35)
    found = spatial.inverse_distance(places, standardize=False)
    links = found.links
    assert [note.code for note in found.notes] == ["neighbors.nearest_alone"]
    assert links.counts.min() >= _distances.REACH and links.counts.max() < 3 * _distances.REACH
    assert abs(links.matrix - links.matrix.T).max() < 1e-12
    assert "1,050" in found.notes[0].say("en") or "1050" in found.notes[0].say("en")
    few = spatial.inverse_distance(grid_of_places(5, 5))
    assert few.links.counts.tolist() == [24] * 25 and not few.notes
    alike = spatial.economic(pd.Series(np.arange(1050.0), places.index), standardize=False)
    assert alike.links.counts.max() <= 2 * _distances.REACH
    one = alike.graph["0500"]
    assert sorted(one.index)[0] == "0490" and one["0501"] == 1.0
    cut = spatial.kernel(places, km=20, function="gaussian")
    assert [note.code for note in cut.notes] == ["neighbors.kernel_cut"]


def test_groups_of_thousands_are_judged_without_an_overflow():
    graph, rng = lattice(35, 35), np.random.default_rng(7)
    keys = sorted(graph.unique_ids)
    y = pd.Series(rng.normal(size=1225), keys)
    y.iloc[:500] += 1
    found = compare_groups(y, {"one": keys[:500]}, graph, permutations=99, draws=99, rng=0)
    assert found["p_min"].item() == 0.0
    assert found["verdict"].item() == "higher"


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=40))
def test_pairs_in_the_same_and_in_opposite_orders_are_counted(pairs):
    x, y = np.array(pairs).T
    signs = [np.sign(x[i] - x[j]) * np.sign(y[i] - y[j]) for i, j in combinations(range(len(x)), 2)]
    assert agreement(x, y) == (signs.count(1), signs.count(-1))


def test_mean_differences_of_groups_are_those_of_all_pairs():
    rng = np.random.default_rng(8)
    values = rng.integers(0, 9, (30, 4)).astype(float)
    inside = np.eye(3)[rng.integers(0, 3, 30)].T
    found = mean_differences(values, inside)
    for one, two in np.ndindex(3, 3):
        a, b = values[inside[one] > 0], values[inside[two] > 0]
        expected = np.abs(a[:, None] - b[None]).mean(axis=(0, 1))
        assert found[one, two] == pytest.approx(expected)
