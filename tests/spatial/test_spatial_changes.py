"""Changes between two years: of Moran's I, of gaps, of the mean; each region against itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maps_for_tests import lattice

from geo_resilience import spatial
from geo_resilience.spatial.groups._changes import gaps_trend
from geo_resilience.spatial.groups._gaps import SpatialGap, gaps_table
from geo_resilience.spatial.groups._likelihood_ratio import ErrorModel
from geo_resilience.spatial.neighbors._alignment import links_of

SQUARE = lattice(5, 5)
KEYS = sorted(SQUARE.unique_ids)
INDEX = pd.MultiIndex.from_product([KEYS, [2021, 2022, 2023]], names=["adcode", "year"])
ZONES = {"east": KEYS[:6], "central": KEYS[6:13], "west": KEYS[13:20], "northeast": KEYS[20:]}


def panel(seed: int, raised: float = 0.0, everyone: float = 0.0) -> pd.Series:
    """Give levels that stay, with changes that raise the east and everyone in the last year."""
    rng = np.random.default_rng(seed)
    cells = np.repeat(rng.normal(size=(25, 1)), 3, axis=1) + 0.2 * rng.normal(size=(25, 3))
    cells[:, 2] += raised * (np.arange(25) < 6) + everyone
    return pd.Series(cells.ravel(), INDEX, name="composite")


def told(y: pd.Series, **options) -> pd.DataFrame:
    table = gaps_table(y, {"zones": ZONES}, SQUARE, null_draws=99, rng=1)
    return gaps_trend(y, table, {"zones": ZONES}, SQUARE, rng=1, **options).set_index("measure")


def test_a_change_of_a_gap_is_the_gap_of_the_changes():
    y = panel(2, raised=0.3)
    found = told(y).loc["east_west_gap"]
    change = y.xs(2023, level="year") - y.xs(2021, level="year")
    sides = ZONES["east"], [*ZONES["central"], *ZONES["west"]]
    alone = spatial.gap_interval(change, *sides, SQUARE, rng=1)
    assert found["change"] == pytest.approx(alone.value)
    assert found["change"] == pytest.approx(found["last"] - found["first"])
    for name, own in (("p_change", "p_value"), ("low", "low"), ("high", "high")):
        assert found[name] == pytest.approx(getattr(alone, own))


def test_what_changed_is_found_and_the_rest_is_not():
    grown, still = told(panel(3, raised=1.0)), told(panel(3))
    assert grown.loc["east_west_gap", "p_change"] <= 0.01
    assert grown.loc["east_west_gap", "low"] < 1 < grown.loc["east_west_gap", "high"]
    assert still.loc["east_west_gap", "p_change"] > 0.05
    risen = told(panel(3, everyone=1.0))
    assert risen.loc["mean", "p_change"] <= 0.01 and risen.loc["mean", "low"] > 0
    assert risen.loc["mean", "change"] == pytest.approx(still.loc["mean", "change"] + 1)
    assert risen.loc["east_west_gap", "p_change"] == still.loc["east_west_gap", "p_change"]
    assert still.loc["mean", "p_change"] > 0.05


def test_the_trend_describes_and_measures_of_inequality_have_no_test():
    found = told(panel(4) + 5)
    assert found.index[0] == "mean" and list(found["years"]) == [3] * len(found)
    assert found.loc["mean", ["first_year", "last_year"]].tolist() == [2021, 2023]
    assert found.loc["theil", ["p_change", "low", "high"]].isna().all()
    assert set(found["s"]) <= {-3, -1, 1, 3}
    alone = gaps_trend(panel(4), gaps_table(panel(4))).set_index("measure")
    assert alone[["p_change", "low", "high"]].isna().all(axis=None)


@pytest.mark.parametrize("b", [0.0, 0.15, -0.2])
def test_the_mean_is_tested_by_the_likelihood_of_the_field(b):
    """The ratio written out with dense matrices and log-determinants, on the same draws."""
    y = panel(6).xs(2023, level="year").to_numpy() * 0.3 + 0.2 - b
    matrix = SQUARE.sparse.toarray()
    matrix = matrix / matrix.sum(axis=1, keepdims=True)
    grid = -np.cos(np.pi * np.arange(1, 82) / 82)
    filters = np.eye(25) - grid[:, None, None] * matrix
    logs = np.linalg.slogdet(filters)[1]

    def ratio(column: np.ndarray) -> tuple[float, int]:
        plain, fitted = [], []
        for own, log in zip(filters, logs, strict=True):
            u, one = own @ column, own.sum(axis=1)
            rest = u - one * (one @ u) / (one @ one)
            plain.append(log - 12.5 * np.log(u @ u))
            fitted.append(log - 12.5 * np.log(rest @ rest))
        return 2 * (max(fitted) - max(plain)), int(np.argmax(plain))

    observed, place = ratio(y)
    drawn = np.random.default_rng(5).standard_normal((25, 49))
    chance = [ratio(each)[0] for each in np.linalg.solve(filters[place], drawn).T]
    model = SpatialGap(pd.Index(KEYS), SQUARE, draws=49, rng=5)
    expected = (1 + sum(each >= observed for each in chance)) / 50
    assert model.mean(y).p_value == pytest.approx(expected)


def test_a_mean_that_strong_dependence_hides_has_an_open_interval():
    """Where neighbors all but share their value, no level is excluded on one side at least."""
    filters = np.eye(25) - 0.999 * SQUARE.sparse.toarray() / SQUARE.sparse.sum(axis=1)[:, None]
    model = SpatialGap(pd.Index(KEYS), SQUARE, draws=99, rng=5)
    rng = np.random.default_rng(2)
    found = [model.mean(np.linalg.solve(filters, rng.normal(size=25))) for _ in range(5)]
    assert any(np.isinf([each.low, each.high]).any() for each in found)
    assert all(each.low < each.high for each in found)


@given(seed=st.integers(0, 10_000))
@settings(deadline=None, max_examples=20)
def test_the_change_of_morans_i_is_what_its_test_asks_for(seed):
    rng = np.random.default_rng(seed)
    first, last = rng.normal(size=(2, 25))
    cells = pd.DataFrame({"y": np.stack([first, first, last], 1).ravel()}, INDEX)
    found = spatial.moran_change(cells, SQUARE, draws=19, rng=0).loc["y"]
    s, t = ((each - each.mean()) / each.std() for each in (first, last))
    matrix = SQUARE.sparse.toarray()
    lag = (matrix + matrix.T) @ (s + t) / 4
    assert found["change"] == pytest.approx(2 * (t - s) @ lag / matrix.sum())
    single = [
        spatial.moran(pd.Series(each, KEYS), SQUARE, permutations=9) for each in (first, last)
    ]
    assert [found["first"], found["last"]] == pytest.approx([each.value for each in single])


def test_morans_test_knows_no_unit_and_no_order():
    y = panel(8).to_frame("y")
    plain = spatial.moran_change(y, SQUARE, draws=99, rng=0).loc["y"]
    turned = y.rename(index={2021: 2023, 2023: 2021}, level="year").sort_index()
    other = spatial.moran_change(turned * 7 - 3, SQUARE, draws=99, rng=0).loc["y"]
    assert other["p_change"] == pytest.approx(plain["p_change"])
    assert other["change"] == pytest.approx(-plain["change"])


def test_a_year_like_the_other_has_no_p():
    y = pd.DataFrame(
        {"y": np.repeat(np.random.default_rng(1).normal(size=25), 3), "flat": 1.0}, INDEX
    )
    found = spatial.moran_change(y, SQUARE, draws=19, rng=0)
    assert found.loc["y", "change"] == 0 and np.isnan(found.loc["y", "p_change"])
    assert found.loc["flat", ["first", "change", "p_change"]].isna().all()


def test_change_is_found_where_it_is_and_not_where_it_is_not():
    graph = lattice(6, 6)
    keys = sorted(graph.unique_ids)
    rng = np.random.default_rng(4)
    level = np.repeat(np.arange(6.0), 6)
    noise = rng.normal(size=(36, 4))
    panel = {
        "grown": [rng.permutation(level), level, level + 0.1 * noise[:, 0]],
        "same": [level + noise[:, 1], level + noise[:, 2], level + noise[:, 3]],
    }
    frame = pd.concat(
        {
            year: pd.DataFrame({name: years[place] for name, years in panel.items()}, keys)
            for place, year in enumerate([2021, 2022, 2023])
        }
    ).swaplevel()
    found = spatial.moran_change(frame, graph, draws=499, rng=0)
    assert found.loc["grown", "p_change"] < 0.01 and found.loc["grown", "change"] > 0.5
    assert found.loc["same", "p_change"] > 0.05
    last = spatial.moran(frame["grown"].xs(2023, level=1), graph, permutations=9).value
    assert found.loc["grown", "last"] == pytest.approx(last)


def test_change_keeps_its_level():
    graph = lattice(5, 5)
    keys, rng = sorted(graph.unique_ids), np.random.default_rng(8)
    index = pd.MultiIndex.from_product([keys, [1, 2]])
    level = np.repeat(rng.normal(size=(25, 200)), 2, axis=0)
    frame = pd.DataFrame(level + 0.3 * rng.normal(size=level.shape), index)
    p = spatial.moran_change(frame, graph, draws=199, rng=1)["p_change"]
    assert 0.01 < (p <= 0.05).mean() < 0.10


def test_gaps_of_a_year_are_corrected_for_each_other():
    table = gaps_table(panel(2, raised=0.3), {"zones": ZONES}, SQUARE, null_draws=99, rng=1)
    for _, rows in table[table["p_value"].notna()].groupby("year"):
        p = sorted(zip(rows["p_value"], rows["p_holm"], strict=True))
        least = 0.0
        for place, (own, corrected) in enumerate(p):
            least = max(least, min(1.0, own * (len(p) - place)))
            assert corrected == pytest.approx(least)
        assert len(p) > 1
    assert table.loc[table["p_value"].isna(), "p_holm"].isna().all()


def test_a_mean_is_worth_as_many_regions_as_its_variance_says():
    """Against simulated fields, and every region where nothing is alike."""
    model = ErrorModel(links_of(SQUARE), draws=20_000, rng=3)
    place = int(np.argmin(np.abs(model.grid - 0.7)))
    fields = model.drawn(place)
    fields = fields / fields.std(axis=1, keepdims=True)
    expected = 1.0 / fields.mean(axis=0).var()
    assert model.independent(place) == pytest.approx(expected, rel=0.04)
    none = int(np.argmin(np.abs(model.grid)))
    assert model.independent(none) == pytest.approx(model.n)
