"""Which findings hold in other maps: against the single formulas, exact counts and simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo_resilience import spatial
from geo_resilience.regions import read_boundaries, read_groups
from geo_resilience.spatial.autocorrelation._moment_tests import (
    conditional_tails,
    many_clusters,
    many_morans,
)
from geo_resilience.spatial.groups._gaps import SpatialGap
from geo_resilience.spatial.groups._holding import holding_table
from geo_resilience.spatial.neighbors._alignment import links_of

YEARS = (2022, 2023)


@pytest.fixture(scope="module")
def ground():
    return spatial.queen(read_boundaries()), read_groups()


@pytest.fixture(scope="module")
def maps(ground):
    """Give an own map that clusters, and 60 draws near it, in two years."""
    neighbors, _ = ground
    keys = pd.Index(neighbors.graph.unique_ids, name="adcode")
    weights = neighbors.graph.sparse.toarray()
    weights = weights / weights.sum(axis=1, keepdims=True)
    rng = np.random.default_rng(4)
    field = np.linalg.solve(np.eye(len(keys)) - 0.7 * weights, rng.standard_normal(len(keys)))
    own = 0.5 + 0.1 * (field - field.mean()) / field.std()
    drawn = {
        year: pd.DataFrame(own + rng.normal(0.01, 0.03, (60, len(keys))), columns=keys)
        for year in YEARS
    }
    rows = pd.MultiIndex.from_product([keys, YEARS], names=["adcode", "year"])
    return pd.Series(np.repeat(own, 2), rows, name="composite"), drawn


@pytest.fixture(scope="module")
def table(ground, maps):
    own, drawn = maps
    return holding_table(own, drawn, *ground, local="local_moran", by="p", draws=199, rng=1)


def row_of(table, finding, item, year=2023):
    rows = table.query("finding == @finding and item == @item and year == @year")
    assert len(rows) == 1
    return rows.iloc[0]


def test_moran_is_that_of_each_map(ground, maps, table):
    own, drawn = maps
    found = [spatial.moran(each, ground[0], permutations=9) for _, each in drawn[2023].iterrows()]
    row = row_of(table, "moran", "composite")
    first = spatial.moran(own.xs(2023, level="year"), ground[0], permutations=9)
    assert row["value"] == pytest.approx(first.value)
    ends = np.quantile([each.value for each in found], [0.025, 0.975])
    assert row[["low", "high"]].tolist() == pytest.approx(ends)
    assert first.p_normal < 0.05  # so a draw has to pass with the same sign
    same = [each.p_normal <= 0.05 and each.value > 0 for each in found]
    assert 0 < row["holds"] == pytest.approx(np.mean(same))


def test_clusters_are_nearly_those_of_exact_counts(ground, maps):
    neighbors, drawn = ground[0], maps[1][2023]
    links = links_of(neighbors)
    values = drawn[links.keys].to_numpy().T[:, :12]
    for name in ("local_moran", "gi_star", "gi"):
        statistic, labels = many_clusters(values, links, name, by="p", alpha=0.05)
        agree, errors = [], []
        for place in range(values.shape[1]):
            y = pd.Series(values[:, place], links.keys)
            single = (
                spatial.local_moran(y, neighbors, by="p")
                if name == "local_moran"
                else spatial.local_g(y, neighbors, star=name == "gi_star", by="p")
            )
            assert single.exact
            agree.append(labels[:, place] == single.table["cluster"].to_numpy())
            z = ((y - y.mean()) / y.std(ddof=0)).to_numpy()[:, None]
            tails = np.minimum(*conditional_tails(z, links.matrix @ z, links))[:, 0]
            errors.append(np.abs(np.minimum(1, 2 * tails) - single.table["p_sim"]))
            if name == "local_moran":
                assert statistic[:, place] == pytest.approx(single.table["value"].to_numpy())
        assert np.mean(agree) > 0.97
        assert np.median(errors) < 0.02


def test_tails_are_those_of_drawing_without_replacement(ground):
    links = links_of(ground[0])
    rng = np.random.default_rng(0)
    z = rng.gamma(1.0, size=(31, 1))  # skewed
    z = (z - z.mean()) / z.std()
    above, below = conditional_tails(z, links.matrix @ z, links)
    lag = (links.matrix @ z)[:, 0]
    for region in np.flatnonzero(links.counts > 1)[::4]:  # one neighbor: a few single values
        count = links.counts[region]
        weight = links.matrix[[region]].toarray().max()
        others = np.delete(z[:, 0], region)
        drawn = rng.permuted(np.tile(others, (20_000, 1)), axis=1)[:, :count].sum(axis=1) * weight
        assert above[region, 0] == pytest.approx((drawn >= lag[region] - 1e-9).mean(), abs=0.03)
        assert below[region, 0] == pytest.approx((drawn <= lag[region] + 1e-9).mean(), abs=0.03)


def test_a_label_holds_where_a_draw_has_it_too(ground, maps, table):
    own, drawn = maps
    links = links_of(ground[0])
    both = np.column_stack([own.xs(2023, level="year")[links.keys], drawn[2023][links.keys].T])
    _, labels = many_clusters(both, links, "local_moran", by="p", alpha=0.05)
    assert (labels[:, 0] != "not significant").any()
    for place, key in enumerate(links.keys):
        row = row_of(table, "local_moran", key)
        assert row["holds"] == pytest.approx((labels[place, 1:] == labels[place, 0]).mean())
    every = row_of(table, "local_moran", "all")
    assert every["holds"] == pytest.approx((labels[:, 1:] == labels[:, :1]).all(axis=0).mean())


def test_corrected_labels_are_those_of_benjamini_and_hochberg(ground):
    links = links_of(ground[0])
    keys = links.keys
    y = pd.Series(np.where(keys.isin(["310000", "320000", "330000", "340000"]), 5.0, 0.0), keys)
    y += np.random.default_rng(1).normal(0, 0.3, len(keys))
    _, labels = many_clusters(y.to_numpy()[:, None], links, "local_moran", by="q", alpha=0.05)
    single = spatial.local_moran(y, ground[0])
    assert (single.table["q_value"] <= 0.05).any()
    assert (labels[:, 0] == single.table["cluster"]).mean() > 0.9


def test_gaps_and_groups_are_those_of_each_map(ground, maps, table):
    own, drawn = maps
    neighbors, groups = ground
    zones = groups["zones"].members
    east, rest = list(zones["east"]), [*zones["central"], *zones["west"]]
    apart = [list(zones["northeast"])]
    row = row_of(table, "gap", "east_west_gap")
    values = drawn[2023][east].mean(axis=1) - drawn[2023][rest].mean(axis=1)
    first = own.xs(2023, level="year")
    assert row["value"] == pytest.approx(first[east].mean() - first[rest].mean())
    assert row[["low", "high"]].tolist() == pytest.approx(values.quantile([0.025, 0.975]).tolist())
    assert row["same_sign"] == pytest.approx((np.sign(values) == np.sign(row["value"])).mean())
    # each draw against a null of its own says nearly the same as against that of the own map
    keys = drawn[2023].columns
    single = SpatialGap(keys, neighbors, draws=199, rng=1)
    p = [
        single.interval(each.to_numpy(), east, rest, apart).p_value
        for _, each in drawn[2023].iterrows()
    ]
    clear = single.interval(first[keys].to_numpy(), east, rest, apart).p_value <= 0.05
    same = (np.array(p) <= 0.05) == clear
    assert row["same_test"] == pytest.approx(same.mean(), abs=0.1)
    compared = spatial.compare_groups(first, {"east": east})
    assert row_of(table, "group", "east")["value"] == pytest.approx(compared["difference"].item())


def test_parts_of_inequality_are_those_of_each_map(ground, maps, table):
    _, drawn = maps
    zones = ground[1]["zones"]
    theil = [spatial.theil(each, zones) for _, each in drawn[2023].iterrows()]
    dagum = [spatial.dagum(each, zones) for _, each in drawn[2023].iterrows()]
    for finding, parts, found in (
        ("theil", ("between", "within"), theil),
        ("dagum", ("within", "between", "transvariation"), dagum),
    ):
        sizes = np.array([[getattr(each, part) for part in parts] for each in found])
        for place, part in enumerate(parts):
            row = row_of(table, finding, f"zones:{part}")
            assert row["low"] == pytest.approx(np.quantile(sizes[:, place], 0.025))
            assert 0 <= row["holds"] <= 1
    gini = [spatial.gini(each) for _, each in drawn[2023].iterrows()]
    row = row_of(table, "inequality", "gini")
    assert row[["low", "high"]].tolist() == pytest.approx(np.quantile(gini, [0.025, 0.975]))
    assert np.isnan(row["holds"])


def test_changes_pair_the_same_draw(ground, maps, table):
    _, drawn = maps
    zones = ground[1]["zones"].members
    change = drawn[2023] - drawn[2022]
    east, west = list(zones["east"]), list(zones["west"])
    gaps = change[east].mean(axis=1) - change[west].mean(axis=1)
    row = row_of(table, "change", "east_west_only_gap")
    assert row[["low", "high"]].tolist() == pytest.approx(gaps.quantile([0.025, 0.975]).tolist())
    mean = row_of(table, "change", "mean")
    assert mean["value"] == 0 and mean["same_sign"] == 0  # no draw leaves the mean as it was


def test_what_is_sure_holds_everywhere(ground):
    neighbors, groups = ground
    keys = pd.Index(neighbors.graph.unique_ids, name="adcode")
    east = keys.isin(groups["zones"].members["east"])
    rng = np.random.default_rng(0)
    one = pd.Series(0.3 + 0.4 * east + rng.normal(0, 0.02, len(keys)), keys)
    rows = pd.MultiIndex.from_product([keys, [2023]], names=["adcode", "year"])
    drawn = pd.DataFrame(one.to_numpy() + rng.normal(0, 0.02, (50, len(keys))), columns=keys)
    own = pd.Series(one.to_numpy(), rows)
    table = holding_table(own, {2023: drawn}, neighbors, groups, draws=99, rng=2)
    for finding, item in (("gap", "east_west_gap"), ("group", "east"), ("moran", "composite")):
        assert row_of(table, finding, item)["holds"] == 1
    assert set(table["finding"]) == {"moran", "gap", "group", "inequality", "theil", "dagum"}


def test_a_flat_map_has_no_answer(ground):
    neighbors, groups = ground
    keys = pd.Index(neighbors.graph.unique_ids, name="adcode")
    rows = pd.MultiIndex.from_product([keys, [0]], names=["adcode", "year"])
    own = pd.Series(0.5, rows)
    drawn = pd.DataFrame(0.5, range(5), keys)
    assert np.isnan(many_morans(drawn.to_numpy().T, links_of(neighbors))[0]).all()
    table = holding_table(own, {0: drawn}, neighbors, groups, draws=9, rng=0)
    assert "moran" not in set(table["finding"])
