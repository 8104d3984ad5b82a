"""The nulls of the pattern test: every arrangement listed, closed forms, the p-values beside."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from maps_for_tests import lattice, province_figures, provinces

from geo_resilience.errors import InputError
from geo_resilience.regions import read_groups
from geo_resilience.spatial.groups._likelihood_ratio import ErrorModel
from geo_resilience.spatial.groups._null_quantiles import null_quantiles
from geo_resilience.spatial.groups._patterns import comparisons_within
from geo_resilience.spatial.neighbors._alignment import links_of

QUANTILES = ["q005", "q025", "q250", "q500", "q750", "q975", "q995"]
SHARES = [0.005, 0.025, 0.25, 0.5, 0.75, 0.975, 0.995]


def test_the_free_null_is_that_of_all_arrangements():
    values = np.array([0.3, 1.1, 0.2, 4.0, 2.5, 0.9, 1.7, 3.3, 0.6, 2.2])
    y = pd.DataFrame({"score": values}, list("abcdefghij"))
    found = null_quantiles(y, {"belts": {"one": list("acfh")}}, rng=0)
    every = []
    for chosen in combinations(range(10), 4):
        inside = np.isin(np.arange(10), chosen)
        every.append(values[inside].mean() - values[~inside].mean())
    every = np.sort(every)
    assert found["null"].tolist() == ["free"]
    for name, share in zip(QUANTILES, SHARES, strict=True):
        at = found[name].item()
        assert np.isclose(every, at).any(), "an arrangement's own difference"
        below, upto = (every < at - 1e-9).mean(), (every <= at + 1e-9).mean()
        assert below - 0.015 <= share <= upto + 0.015, name


def test_a_contrast_plays_among_its_own_regions_only():
    y = pd.DataFrame({"score": np.arange(31.0) ** 2}, province_figures().index)
    groupings = read_groups()
    neighbors = provinces()
    found = null_quantiles(y, groupings, neighbors, draws=99, rng=0)
    found = found[found["group"] == "belts_against_clusters"].set_index("null")
    wanted = {each.id: each for each in comparisons_within(groupings, y.index, full=True)}[
        "belts_against_clusters"
    ]
    pool = y.loc[[*wanted.members, *wanted.rest], "score"]
    size, rng = len(wanted.members), np.random.default_rng(3)
    drawn = np.array([rng.permutation(pool.to_numpy()) for _ in range(4000)])
    differences = drawn[:, :size].mean(axis=1) - drawn[:, size:].mean(axis=1)
    wide = np.ptp(np.quantile(differences, [0.025, 0.975]))
    assert found.at["free", "q975"] - found.at["free", "q025"] == pytest.approx(wide, rel=0.06)
    assert set(found.index) == {"free", "spatial"}


def test_without_dependence_the_spatial_null_has_the_spread_of_a_difference_of_means():
    neighbors = lattice(7, 7)
    keys = list(links_of(neighbors).keys)
    values = np.random.default_rng(11).normal(size=49)
    y = pd.DataFrame({"score": values}, pd.Index(keys))
    found = null_quantiles(
        y, {"belts": {"some": keys[::4]}}, neighbors, draws=6000, rng=1
    ).set_index("null")
    size = len(keys[::4])
    lam = _lam(neighbors, values)
    assert abs(lam) < 0.25, "the field has next to no dependence"
    expected = 1.96 * values.std() * np.sqrt(1 / size + 1 / (49 - size))
    for name, sign in (("q025", -1), ("q975", 1)):
        assert found.at["spatial", name] == pytest.approx(sign * expected, rel=0.12)
        assert found.at["free", name] == pytest.approx(sign * expected, rel=0.12)


def _lam(neighbors, values):
    dummy = (np.arange(len(values)) < 5).astype(float)
    return ErrorModel(links_of(neighbors), draws=9, rng=0).test(values, [dummy]).lam


def test_dependence_widens_the_spatial_null_of_a_compact_group_alone():
    neighbors = lattice(7, 7)
    keys = list(links_of(neighbors).keys)
    slope = np.add.outer(np.arange(7.0), np.arange(7.0)).ravel()
    y = pd.DataFrame({"score": slope}, pd.Index(keys))
    groups = {"belts": {"edge": keys[:14], "scattered": keys[::4] + keys[2:3]}}
    found = null_quantiles(y, groups, neighbors, draws=1999, rng=1)
    wide = (found["q975"] - found["q025"]).set_axis([found["group"], found["null"]])
    assert wide["edge", "free"] == wide["scattered", "free"]
    assert wide["edge", "spatial"] > 1.5 * wide["scattered", "spatial"]


def test_units_carry_over():
    neighbors, figures = provinces(), province_figures()
    groupings = read_groups()
    y = figures[["product"]].astype(float)
    one = null_quantiles(y, groupings, neighbors, draws=99, rng=5)
    two = null_quantiles(1000 - 2 * y, groupings, neighbors, draws=99, rng=5)
    free = one["null"] == "free"
    for name, other in (("q025", "q975"), ("q500", "q500")):
        step = np.abs(one["q750"] - one["q250"])
        assert (np.abs(two[name] + 2 * one[other])[free] <= 0.1 * step[free]).all()
    spread = one["q975"] - one["q025"]
    assert np.allclose((two["q975"] - two["q025"])[~free], 2 * spread[~free])


def test_years_variables_and_equal_values():
    figures = province_figures()
    y = figures[["product", "hightech"]].astype(float)
    two = pd.concat({2020: y, 2021: y.assign(product=1.0)}, names=["year", "adcode"]).swaplevel()
    found = null_quantiles(two, read_groups(), provinces(), draws=49, rng=0)
    counted = found.groupby(["year", "variable"])["null"].agg(lambda names: sorted(set(names)))
    assert counted.to_dict() == {
        (2020, "hightech"): ["free", "spatial"],
        (2020, "product"): ["free", "spatial"],
        (2021, "hightech"): ["free", "spatial"],
        (2021, "product"): ["free"],
    }
    same = found[(found["year"] == 2021) & (found["variable"] == "product")]
    assert np.allclose(same[QUANTILES].to_numpy(dtype=float), 0, atol=1e-12)


def test_other_keys_than_the_neighbors_are_an_error():
    y = pd.DataFrame({"score": [1.0, 2, 3]}, ["x", "y", "z"])
    with pytest.raises(InputError, match="x"):
        null_quantiles(y, {"belts": {"one": ["x"]}}, provinces(), rng=0)
