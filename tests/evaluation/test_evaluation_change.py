"""Change over the years: exact decompositions, Shapley values, trends, peers, suppositions."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo_resilience import evaluation
from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.evaluation._contributions import contribution_table
from geo_resilience.evaluation._trends import density_curves

YEARS = range(2018, 2024)
INDEX = pd.MultiIndex.from_product([["11", "12", "13", "14"], YEARS], names=["adcode", "year"])
WEIGHTS = pd.Series({"a": 0.5, "b": 0.3, "c": 0.2})
DIMENSIONS = pd.Series({"a": "B1", "b": "B1", "c": "B2"})
ZONES = {"11": "east", "12": "east", "13": "west", "14": "west"}


def panel(seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(0.05 + 0.9 * rng.random((len(INDEX), 3)), INDEX, list("abc"))


def test_decomposition_by_hand_and_in_sum() -> None:
    values = panel()
    parts = evaluation.decompose_change(values, WEIGHTS, 2018, 2023)
    by_hand = 0.5 * (values.loc[("12", 2023), "a"] - values.loc[("12", 2018), "a"])
    assert parts.loc["12", "a"] == pytest.approx(by_hand)
    score = evaluation.composite(values, WEIGHTS).unstack()
    assert parts.sum(axis=1).to_numpy() == pytest.approx((score[2023] - score[2018]).to_numpy())


def test_contribution_table() -> None:
    parts = evaluation.decompose_change(panel(), WEIGHTS, 2018, 2023)
    table = contribution_table(parts, DIMENSIONS)
    assert list(table.columns) == ["adcode", "level", "code", "contribution", "share"]
    one = table[table["adcode"] == "13"].set_index(["level", "code"])
    total = one.loc[("total", "composite"), "contribution"]
    assert one.loc["dimension", "contribution"].sum() == pytest.approx(total)
    assert one.loc[("dimension", "B1"), "contribution"] == pytest.approx(
        parts.loc["13", ["a", "b"]].sum()
    )
    assert one.loc["indicator", "share"].sum() == pytest.approx(1)
    groups = {"east": ["11", "12"]}
    grouped = contribution_table(parts, DIMENSIONS, groups=groups)
    east = grouped.set_index(["group", "level", "code"])["contribution"]
    assert east["east", "indicator", "a"] == pytest.approx(parts.loc[["11", "12"], "a"].mean())
    still = contribution_table(parts * 0, DIMENSIONS)
    assert still["share"].isna().all()
    with pytest.raises(InputError, match="member 99"):
        contribution_table(parts, DIMENSIONS, groups={"x": ["99"]})


def by_orders(first: np.ndarray, second: np.ndarray, how: str) -> np.ndarray:
    """Shapley values straight from the definition: the mean over all orders."""
    codes = list("abc")
    parts = np.zeros(3)
    for order in permutations(range(3)):
        now = first.copy()
        for player in order:
            before = evaluation.composite(pd.DataFrame([now], columns=codes), WEIGHTS, how=how)
            now[player] = second[player]
            after = evaluation.composite(pd.DataFrame([now], columns=codes), WEIGHTS, how=how)
            parts[player] += (after - before).iloc[0] / 6
    return parts


@pytest.mark.parametrize("how", ["geometric", "harmonic", "arithmetic"])
def test_shapley_by_all_orders(how: str) -> None:
    values = panel(3)
    found = evaluation.shapley_change(values, WEIGHTS, 2018, 2021, how=how)
    first, second = (values.xs(year, level="year").loc["13"].to_numpy() for year in (2018, 2021))
    assert found.loc["13"].to_numpy() == pytest.approx(by_orders(first, second, how))
    score = evaluation.composite(values, WEIGHTS, how=how).unstack()
    assert found.sum(axis=1).to_numpy() == pytest.approx((score[2021] - score[2018]).to_numpy())
    if how == "arithmetic":
        additive = evaluation.decompose_change(values, WEIGHTS, 2018, 2021)
        assert found.to_numpy() == pytest.approx(additive.to_numpy())


@given(arrays("float64", (2, 3), elements=st.floats(0.05, 1)))
def test_shapley_promises(cells: np.ndarray) -> None:
    rows = pd.MultiIndex.from_product([["11"], [1, 2]], names=["adcode", "year"])
    frame = pd.DataFrame(cells, rows, list("abc"))
    frame.iloc[1, 2] = frame.iloc[0, 2]  # what does not change contributes nothing
    found = evaluation.shapley_change(frame, WEIGHTS, 1, 2).iloc[0]
    assert found["c"] == pytest.approx(0, abs=1e-12)
    own = evaluation.shapley_change(
        frame, WEIGHTS, 1, 2, how=lambda z, w: np.exp(np.log(z) @ w)
    ).iloc[0]
    assert own.to_numpy() == pytest.approx(found.to_numpy())


def test_decompositions_refuse() -> None:
    values = panel()
    with pytest.raises(InputError, match="year 2017 is not in the values"):
        evaluation.decompose_change(values, WEIGHTS, 2017, 2023)
    with pytest.raises(InputError, match="no level called year"):
        evaluation.decompose_change(values.xs(2018, level="year"), WEIGHTS, 2018, 2023)
    with pytest.raises(UndefinedError, match="column a is 0"):
        evaluation.shapley_change(values.assign(a=0.0), WEIGHTS, 2018, 2023)
    wide = pd.DataFrame(0.5, INDEX, [f"D{i}" for i in range(17)])
    with pytest.raises(InputError, match="Shapley split of 17"):
        evaluation.shapley_change(wide, evaluation.equal_weights(wide), 2018, 2023)


def test_growth_and_trend() -> None:
    rising = [0.2, 0.3, 0.4, 0.5, 0.7, 0.6]
    scores = pd.Series([*rising, *([0.5] * 6), 0.0, *rising[1:], *rising[::-1]], INDEX)
    found = evaluation.growth_and_trend(scores)
    first = found.loc["11"]
    assert first["compound_growth"] == pytest.approx(3 ** (1 / 5) - 1)
    assert first["mean_growth"] == pytest.approx((1 / 2 + 1 / 3 + 1 / 4 + 2 / 5 - 1 / 7) / 5)
    assert (first["s"], first["rank_first"], first["rank_last"]) == (13, 3, 1)
    assert first["p_value"] == pytest.approx(12 / 720)
    assert first["rank_change"] == 2
    assert (found.loc["12", "s"], found.loc["12", "p_value"]) == (0, 1)
    assert np.isnan(found.loc["13", "compound_growth"])  # from 0 nothing grows by a rate
    assert found.loc["14", "s"] == -13
    assert found["rank_first"].dtype == "int64"


def test_rank_changes() -> None:
    scores = pd.Series(
        [0.1, 0.5, 0.9, 0.2, 0.4, 0.3],
        pd.MultiIndex.from_product([["11", "12", "13"], [2022, 2023]], names=["adcode", "year"]),
    )
    # 2022: .1 .9 .4 -> ranks 3 1 2; 2023: .5 .2 .3 -> ranks 1 3 2
    (row,) = evaluation.rank_changes(scores).to_dict("records")
    assert row["correlation"] == -1
    assert row["mean_shift"] == pytest.approx(4 / 3)
    assert (row["most_risen"], row["rise"]) == ("11", 2)
    assert (row["most_fallen"], row["fall"]) == ("12", 2)
    longer = evaluation.rank_changes(evaluation.composite(panel(), WEIGHTS))
    assert longer[["from", "to"]].iloc[-1].tolist() == [2018, 2023]
    assert len(longer) == 6


def test_distribution_and_density() -> None:
    scores = evaluation.composite(panel(), WEIGHTS)
    found = evaluation.score_distribution(scores)
    one = scores.xs(2020, level="year")
    assert found.loc[2020, "q50"] == pytest.approx(one.median())
    assert found.loc[2020, "standard_deviation"] == pytest.approx(one.std(ddof=0))
    curves = density_curves(scores, grid=np.linspace(-1, 2, 600))
    assert list(curves.columns) == list(YEARS)
    for year in YEARS:
        assert np.trapezoid(curves[year], curves.index) == pytest.approx(1, abs=1e-3)
    flat = evaluation.score_distribution(scores * 0 + 0.5)
    assert (flat["bandwidth"] == 0).all()
    with pytest.raises(InputError, match="no level called year"):
        evaluation.score_distribution(one)


def test_peers() -> None:
    values = panel(5)
    found = evaluation.compare_with_peers(values, WEIGHTS, ZONES, count=2)
    scores = evaluation.composite(values, WEIGHTS)
    row = found.loc[("12", 2020)]
    year = scores.xs(2020, level="year")
    assert row["zone_mean"] == pytest.approx(year[["11", "12"]].mean())
    assert row["mean"] == pytest.approx(year.mean())
    assert (row["best"], row["best_region"]) == (year.max(), year.idxmax())
    profile = values.xs(2020, level="year")
    away = np.sqrt((((profile - profile.loc["12"]) ** 2) * WEIGHTS).sum(axis=1)).drop("12")
    nearest = away.sort_values().index[:2]
    assert row["similar"] == " ".join(nearest)
    assert row["similar_mean"] == pytest.approx(year[nearest].mean())
    single = evaluation.compare_with_peers(profile, WEIGHTS, ZONES, count=2)
    assert single.loc["12", "similar"] == row["similar"]
    with pytest.raises(InputError, match="zones lack the code 14"):
        fewer = {key: zone for key, zone in ZONES.items() if key != "14"}
        evaluation.compare_with_peers(values, WEIGHTS, fewer)
    with pytest.raises(InputError, match="count is 0"):
        evaluation.similar_regions(values, WEIGHTS, count=0)


def one_cell(code: str, label: object, value: float) -> pd.DataFrame:
    names = ["adcode", "year"] if isinstance(label, tuple) else ["adcode"]
    index = pd.MultiIndex.from_tuples([label], names=names) if len(names) > 1 else [label]
    return pd.DataFrame({code: [value]}, index=index)


def test_what_if() -> None:
    values = panel(6)
    found = evaluation.what_if(values, WEIGHTS, supposed=one_cell("a", ("13", 2021), 1.0))
    assert set(found.index.get_level_values("year")) == {2021}
    scores = evaluation.composite(values, WEIGHTS)
    gain = 0.5 * (1 - values.loc[("13", 2021), "a"])
    row = found.loc[("13", 2021)]
    assert row["new_composite"] == pytest.approx(scores["13", 2021] + gain)
    others = found.drop(index=[("13", 2021)])
    assert (others["composite"] == others["new_composite"]).all()
    expected = scores.xs(2021, level="year").copy()
    expected["13"] += gain
    assert found["new_rank"].tolist() == evaluation.rank(expected).tolist()
    weights = pd.Series({"a": 0.2, "b": 0.3, "c": 0.5})
    turned = evaluation.what_if(values, WEIGHTS, new_weights=weights)
    np.testing.assert_allclose(turned["new_composite"], evaluation.composite(values, weights))
    single = values.xs(2021, level="year")
    alone = evaluation.what_if(single, WEIGHTS, supposed=one_cell("a", "13", 1.0))
    np.testing.assert_allclose(alone["new_composite"], found["new_composite"])


@pytest.mark.parametrize(
    ("supposed", "said"),
    [
        (None, "Nothing is supposed"),
        (one_cell("a", ("99", 2021), 1.0), "99.* is not in the values"),
        (one_cell("a", ("11", 1999), 1.0), "1999.* is not"),
        (one_cell("q", ("11", 2021), 1.0), "supposed hold the code q"),
        (one_cell("a", ("11", 2021), np.nan), "column a: found nan"),
    ],
)
def test_what_if_refuses(supposed: pd.DataFrame | None, said: str) -> None:
    with pytest.raises(InputError, match=said):
        evaluation.what_if(panel(), WEIGHTS, supposed=supposed)


@given(st.floats(0.05, 0.95), st.sampled_from(["arithmetic", "geometric", "harmonic"]))
def test_needed_value_is_just_enough(target: float, how: str) -> None:
    values = panel(7).xs(2020, level="year")
    need = evaluation.needed_value(values, WEIGHTS, region="12", code="a", target=target, how=how)

    def reached(value: float) -> float:
        changed = values.copy()
        changed.loc["12", "a"] = value
        return evaluation.composite(changed, WEIGHTS, how=how)["12"]

    if np.isnan(need):
        assert reached(1.0) < target
    else:
        assert need == 0 or reached(need) >= target - 1e-12
        if need > 1e-6:
            assert reached(need - 1e-6) < target


@pytest.mark.parametrize("count", [1, 3, 50])
@pytest.mark.parametrize("steps", [2, 1000])
def test_similar_regions_as_all_distances_would_have_them(count: int, steps: int) -> None:
    rng = np.random.default_rng(steps)
    values = pd.DataFrame(rng.integers(0, steps, (40, 3)) / steps, columns=list("abc"))
    values.index = pd.Index([f"r{place:02d}" for place in range(40)], name="adcode")
    weights = pd.Series({"a": 0.5, "b": 0.3, "c": 0.2})
    found = evaluation.similar_regions(values, weights, count=count)
    cells = values.to_numpy() * np.sqrt(weights.to_numpy())
    away = np.sqrt(((cells[:, None] - cells[None]) ** 2).sum(axis=2)).round(12)
    np.fill_diagonal(away, np.inf)
    order = np.argsort(away, axis=1, kind="stable")[:, : min(count, 39)]
    assert found["similar"].tolist() == values.index[order.ravel()].tolist()
    expected = np.take_along_axis(away, order, axis=1).ravel()
    assert found["distance"].to_numpy() == pytest.approx(expected)
