"""Inequality tables and specialization in depth: identities and hand calculations."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from maps_for_tests import province_figures

from geo_resilience import spatial
from geo_resilience.errors import InputError
from geo_resilience.regions import read_groups
from geo_resilience.spatial.concentration._specialization import zone_shares
from geo_resilience.spatial.groups._inequality_table import (
    esteban_ray,
    inequality_table,
    nested_theil,
)

FIGURES = province_figures()
Y = st.lists(st.floats(0.01, 100), min_size=6, max_size=6).map(
    lambda cells: pd.Series(cells, list("abcdef"))
)
COARSE = {"one": list("abc"), "two": list("def")}
FINE = {"p": ["a"], "q": ["b", "c", "d"], "r": ["e", "f"]}


@given(Y)
def test_nested_theil_sums_and_is_never_negative(y):
    parts = nested_theil(y, [COARSE, FINE])
    assert parts[["level_1", "level_2", "within"]].sum() == pytest.approx(parts["total"], abs=1e-12)
    assert (parts >= -1e-12).all()
    assert parts["level_1"] == pytest.approx(spatial.theil(y, COARSE).between, abs=1e-12)
    assert parts["total"] == pytest.approx(spatial.theil(y).total, abs=1e-12)


def test_esteban_ray_by_hand():
    y = pd.Series([1.0, 1, 1, 5], list("abcd"))
    # Shares .75 and .25, means 1 and 5 of 2: |1 - 5| / 2 = 2.
    groups = {"low": list("abc"), "high": ["d"]}
    expected = 2 * (0.75**2.3 * 0.25 + 0.25**2.3 * 0.75)
    assert esteban_ray(y, groups) == pytest.approx(expected)
    # Without identification it is twice the Gini of the groups' means.
    assert esteban_ray(y, groups, alpha=0) == pytest.approx(2 * spatial.gini(y))
    with pytest.raises(InputError, match="alpha"):
        esteban_ray(y, groups, alpha=2)


def test_table_of_the_provinces():
    index = pd.MultiIndex.from_product([FIGURES.index, [2022, 2023]], names=["adcode", "year"])
    scores = pd.Series(np.repeat(FIGURES["product"].to_numpy(), 2), index)
    people = pd.Series(np.linspace(1, 10, len(index)), index)
    groupings = read_groups()
    found = inequality_table(scores, groupings, weights=people)
    assert list(found.columns) == ["year", "measure", "grouping", "component", "value"]
    assert found["value"].notna().all()
    year = found[found["year"] == 2023].set_index(["measure", "grouping", "component"])["value"]
    assert not year.index.duplicated().any()
    y = FIGURES["product"]
    theil = spatial.theil(y, groupings["zones"])
    assert year["theil", "zones", "between"] == pytest.approx(theil.between)
    zones = list(groupings["zones"].members)
    for part in ("between", "within"):
        total = sum(year["theil", "zones", f"{part}:{zone}"] for zone in zones)
        assert total == pytest.approx(year["theil", "zones", part])
    assert year["theil_weighted", "zones", "between"] != pytest.approx(theil.between)
    dagum = [year["dagum", "zones", part] for part in ("within", "between", "transvariation")]
    assert sum(dagum) == pytest.approx(year["gini", "", "total"])
    assert ("dagum", "zones", "east|west") in year.index
    belt = year["theil", "coastal_belt", "between"] + year["theil", "coastal_belt", "within"]
    assert belt == pytest.approx(year["theil", "", "total"])
    nested = year.sort_index()["theil_nested", "zones/north_south"]
    assert nested[["level_1", "level_2", "within"]].sum() == pytest.approx(nested["total"])
    east = spatial.gap(
        y,
        groupings["zones"].members["east"],
        [*groupings["zones"].members["central"], *groupings["zones"].members["west"]],
    )
    assert year["mean_ratio", "east_west_gap", "total"] == pytest.approx(east.ratio)
    assert year["effect_size", "east_west_gap", "total"] == pytest.approx(east.effect_size)


def test_table_of_negative_scores_and_without_groups():
    found = inequality_table(pd.Series([-1.0, 2, 3], list("abc"))).set_index("measure")
    assert found.loc[["gini", "theil", "wolfson"], "value"].isna().all()
    assert found.loc["coefficient_of_variation", "value"] > 0
    plain = {"zones": {"one": ["a"], "two": ["b", "c"]}}
    groups = inequality_table(pd.Series([1.0, 2, 3], list("abc")), plain)
    assert (groups["grouping"] == "zones").any()
    cover = {"belts": SimpleNamespace(members={"one": ["a"]}, is_partition=False)}
    groups = inequality_table(pd.Series([1.0, 2, 3], list("abc")), cover)
    assert set(groups.loc[groups["grouping"] == "one", "component"]) == {"between", "within"}


TABLE = pd.DataFrame({"a": [30.0, 10, 10], "b": [20.0, 40, 40]}, ["x", "y", "z"])


def test_standardized_quotient():
    found = spatial.standardized_quotient(TABLE, rng=0)
    assert list(found.index[:2]) == [("x", "a"), ("x", "b")]
    industry = found.xs("a", level="industry")
    assert industry["standardized"].mean() == pytest.approx(0, abs=1e-12)
    assert industry["standardized"].std(ddof=0) == pytest.approx(1)
    assert industry["quotient"].tolist() == pytest.approx([1.8, 0.6, 0.6])
    assert industry["symmetric"].tolist() == pytest.approx([0.8 / 2.8, -0.25, -0.25])
    assert (industry["cutoff_low"] <= industry["cutoff"]).all()
    pd.testing.assert_frame_equal(found, spatial.standardized_quotient(TABLE, rng=0))


def test_standardized_logarithm_leaves_out_what_has_none():
    table = pd.DataFrame({"a": [0.0, 1, 2, 4], "b": [9.0, 9, 9, 9]}, list("wxyz"))
    found = spatial.standardized_quotient(table, logarithm=True, rng=0).xs("a", level="industry")
    assert np.isnan(found.loc["w", "standardized"]) and not found.loc["w", "stands_out"]
    assert found["standardized"].sum() == pytest.approx(0, abs=1e-9)


def test_cutoff_of_a_normal_spread_is_near_its_quantile():
    rng = np.random.default_rng(2)
    table = pd.DataFrame({"a": np.exp(0.3 * rng.normal(size=500)), "b": 100.0})
    found = spatial.standardized_quotient(table, logarithm=True, draws=999, rng=0)
    assert found.xs(0, level="region").loc["a", "cutoff"] == pytest.approx(1.645, abs=0.2)


def test_diversity_and_concentration_by_hand():
    assert spatial.industry_entropy(TABLE)["x"] == pytest.approx(
        -0.6 * np.log(0.6) - 0.4 * np.log(0.4)
    )
    assert spatial.concentration_ratio(TABLE, largest=1).tolist() == pytest.approx([0.6, 0.4])
    zones = zone_shares(TABLE, {"one": ["x"], "two": ["y", "z"]})
    assert zones.loc["one"].tolist() == pytest.approx([0.6, 0.2])
    np.testing.assert_allclose(zones.sum(), 1)


def test_ellison_glaeser_by_hand():
    plants = pd.Series({"a": 5.0, "b": 20.0})
    found = spatial.ellison_glaeser(TABLE, plants)
    x = np.array([50, 50, 50]) / 150
    g = np.square(np.array([0.6, 0.2, 0.2]) - x).sum()
    room = 1 - np.square(x).sum()
    assert found.loc["a", "raw"] == pytest.approx(g)
    assert found.loc["a", "gamma"] == pytest.approx((g - room / 5) / (room * 0.8))
    same = spatial.ellison_glaeser(TABLE, 1 / plants, herfindahl=True)
    pd.testing.assert_frame_equal(found, same)
    with pytest.raises(InputError, match="plants: nothing for the industries b"):
        spatial.ellison_glaeser(TABLE, plants[["a"]])


def test_dartboard_throws_have_gamma_near_zero():
    rng = np.random.default_rng(0)
    shares = rng.dirichlet(np.ones(20) * 5)
    gammas = []
    for _ in range(400):
        sizes = rng.dirichlet(np.ones(30))
        where = rng.choice(20, 30, p=shares)
        table = pd.DataFrame({"a": np.bincount(where, sizes, minlength=20)})
        plants = pd.Series({"a": np.square(sizes).sum()})
        found = spatial.ellison_glaeser(table, plants, base=pd.Series(shares), herfindahl=True)
        gammas.append(found.loc["a", "gamma"])
    assert np.mean(gammas) == pytest.approx(0, abs=0.004)
