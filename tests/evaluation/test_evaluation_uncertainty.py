"""The simulation against closed forms, a plain pandas loop, and its own promises."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from geo_resilience import evaluation
from geo_resilience.errors import InputError
from geo_resilience.evaluation.robustness._sources import CLOSENESS, FLOORS, Choices
from geo_resilience.evaluation.robustness._variants import (
    Variant,
    doubted,
    drawn_fillings,
    panel_variants,
    scaling_variants,
)

HALF = pd.Series({"a": 0.5, "b": 0.5})
#: x scores w_a, y always 0.4: under uniform weights x is above y with probability 0.6.
TWO = pd.DataFrame({"a": [1.0, 0.4], "b": [0.0, 0.4]}, index=["x", "y"])


def random_values(rows: int, seed: int = 0, years: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.random((rows * max(years, 1), 4)), columns=list("abcd"))
    keys = [f"{10 + place}0000" for place in range(rows)]
    if years:
        span = range(2023 - years + 1, 2024)
        frame.index = pd.MultiIndex.from_product([keys, span], names=["adcode", "year"])
    else:
        frame.index = pd.Index(keys, name="adcode")
    return frame


WEIGHTS = pd.Series({"a": 0.4, "b": 0.3, "c": 0.2, "d": 0.1})


def test_uniform_weights_in_closed_form() -> None:
    found = evaluation.uncertainty(
        TWO, HALF, draws=40_000, rng=1, sources=["weights"], uniform=True
    )
    assert found.composites.loc["x"].tolist() == pytest.approx([0.025, 0.5, 0.975], abs=0.01)
    assert found.composites.loc["y"].tolist() == pytest.approx([0.4] * 3)
    assert found.grades.loc["x"].tolist() == pytest.approx([0.2] * 5, abs=0.01)
    assert found.grades.loc["y"].tolist() == [0, 0, 1, 0, 0]
    assert found.acceptability.loc["x"].tolist() == pytest.approx([0.6, 0.4], abs=0.01)
    assert found.pairs.iloc[0].tolist()[:3] == [1, "x", "y"]
    assert found.pairs["probability"].iloc[0] == pytest.approx(0.6, abs=0.01)
    assert found.ranks.loc["x"].tolist() == [1, 1, 2]
    assert found.top_probability(1).tolist() == pytest.approx([0.6, 0.4], abs=0.01)
    assert found.top_probability(2).tolist() == pytest.approx([1, 1])
    assert found.unsure_grades().index.tolist() == ["x"]
    assert found.unsure_grades(level=0.1).empty
    assert found.settings["weights"] == "uniform"


@pytest.mark.parametrize("concentration", [4.0, 100.0])
def test_dirichlet_weights_in_closed_form(concentration: float) -> None:
    weights = pd.Series({"a": 0.3, "b": 0.7})
    found = evaluation.uncertainty(
        TWO, weights, draws=40_000, rng=2, sources=["weights"], concentration=concentration
    )
    law = stats.beta(0.3 * concentration, 0.7 * concentration)
    assert found.composites.loc["x"].tolist() == pytest.approx(
        law.ppf([0.025, 0.5, 0.975]), abs=0.01
    )
    assert found.grades.loc["x", "Medium"] == pytest.approx(law.cdf(0.6) - law.cdf(0.4), abs=0.01)


def test_error_falls_with_the_root_of_the_draws() -> None:
    def error(draws: int) -> float:
        shares = [
            evaluation.uncertainty(
                TWO, HALF, draws=draws, rng=seed, sources=["weights"], uniform=True
            )
            .pairs["probability"]
            .iloc[0]
            for seed in range(80)
        ]
        return float(np.sqrt(np.mean((np.array(shares) - 0.6) ** 2)))

    coarse, fine = error(200), error(3200)
    assert coarse == pytest.approx(np.sqrt(0.6 * 0.4 / 200), rel=0.3)
    assert coarse / fine == pytest.approx(4, rel=0.4)


def test_leaving_one_out_and_the_mean_alone() -> None:
    values = pd.DataFrame({"a": [0.9, 0.5], "b": [0.1, 0.45]}, index=["x", "y"])
    left = evaluation.uncertainty(values, HALF, draws=30_000, rng=3, sources=["omission"])
    # nothing left out: .5 and .475; a out: .1 and .45; b out: .9 and .5 - a third each
    assert left.pairs["probability"].iloc[0] == pytest.approx(2 / 3, abs=0.01)
    assert left.composites.loc["x"].tolist() == pytest.approx([0.1, 0.5, 0.9])
    means = evaluation.uncertainty(values, HALF, draws=30_000, rng=3, sources=["aggregation"])
    low = np.sqrt(np.prod(0.01 + 0.99 * values.loc["x"]))
    assert means.composites.loc["x", ["low", "high"]].tolist() == pytest.approx([low, 0.5])
    assert means.pairs["probability"].iloc[0] == pytest.approx(0.5, abs=0.01)


def test_nothing_varies() -> None:
    values = random_values(6, years=2)
    found = evaluation.uncertainty(values, WEIGHTS, draws=10, rng=0, sources=())
    score = evaluation.composite(values, WEIGHTS)
    for column in found.composites:
        assert found.composites[column].to_numpy() == pytest.approx(score.to_numpy())
    assert (found.ranks["median"] == evaluation.rank(score)).all()
    assert (found.ranks["low"] == found.ranks["high"]).all()
    assert (found.pairs["probability"] == 1).all()
    assert found.sensitivity.empty
    assert (found.grades.idxmax(axis=1) == evaluation.grade(score).astype(str)).all()


def test_as_a_plain_loop() -> None:
    # the obvious loop over the same weights, in pandas
    values = random_values(7, seed=4, years=2)
    count = 300
    found = evaluation.uncertainty(values, WEIGHTS, draws=count, rng=9, sources=["weights"])
    rng = np.random.default_rng(9)
    rng.random((count, 1))  # the points, overwritten where only weights vary
    raw = rng.standard_gamma(np.broadcast_to(100 * WEIGHTS.to_numpy(), (count, 4)))
    scores = pd.DataFrame(
        {
            draw: evaluation.composite(values, pd.Series(row / row.sum(), WEIGHTS.index))
            for draw, row in enumerate(raw)
        }
    )
    for name, share in {"low": 0.025, "median": 0.5, "high": 0.975}.items():
        expected = scores.quantile(share, axis=1)
        assert found.composites[name].to_numpy() == pytest.approx(expected.to_numpy())
    ranks = scores.groupby(level="year").rank(ascending=False, method="min")
    for place in range(1, 8):
        shares = (ranks == place).mean(axis=1)
        assert found.acceptability[place].to_numpy() == pytest.approx(shares.to_numpy())
    medians = ranks.quantile(0.5, axis=1, interpolation="lower")
    assert (found.ranks["median"] == medians).all()
    last = scores.xs(2023, level="year") > scores.xs(2022, level="year")
    rise = found.changes["rise"].xs(2023, level="year")
    assert rise.to_numpy() == pytest.approx(last.mean(axis=1).to_numpy())
    assert found.changes["rise"].xs(2022, level="year").isna().all()


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 8), st.integers(0, 3), st.integers(0, 2**20))
def test_promises(rows: int, years: int, seed: int) -> None:
    values = random_values(rows, seed, years).round(2)
    assume((values.nunique() > 1).all())  # a constant column has no other scaling
    found = evaluation.uncertainty(values, WEIGHTS, draws=200, rng=seed)
    assert found.grades.sum(axis=1).to_numpy() == pytest.approx(1)
    assert not np.signbit(found.grades.to_numpy()).any()  # a grade never drawn has 0, not -0
    assert found.acceptability.sum(axis=1).to_numpy() == pytest.approx(1)
    assert (found.composites["low"] <= found.composites["median"]).all()
    assert (found.composites["median"] <= found.composites["high"]).all()
    assert found.ranks["low"].le(found.ranks["median"]).all()
    assert found.ranks["median"].le(found.ranks["high"]).all()
    assert found.ranks.to_numpy().min() >= 1
    assert found.ranks.to_numpy().max() <= rows
    changes = found.changes.dropna()
    assert ((changes["rise"] + changes["fall"]) <= 1 + 1e-12).all()
    # rows in another order: the same results (up to the order of additions)
    turned = evaluation.uncertainty(values.iloc[::-1], WEIGHTS, draws=200, rng=seed)
    assert turned.grades.loc[values.index].to_numpy() == pytest.approx(found.grades.to_numpy())
    assert turned.ranks.loc[values.index].equals(found.ranks)


def test_same_seed_same_bytes() -> None:
    values = random_values(9, years=3)
    one, other = (evaluation.uncertainty(values, WEIGHTS, draws=500, rng=7) for _ in range(2))
    for name in ("table", "pairs", "changes", "acceptability", "sensitivity"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)
    third = evaluation.uncertainty(values, WEIGHTS, draws=500, rng=8)
    assert not third.composites.equals(one.composites)
    assert list(one.table.columns) == [
        *("composite_low", "composite_median", "composite_high"),
        *("rank_low", "rank_median", "rank_high"),
        *("p_low", "p_weaker", "p_medium", "p_strong", "p_high"),
    ]


def test_a_dominant_region_stays_first_whatever_is_chosen() -> None:
    values = random_values(8) * 0.5
    values.iloc[3] = 1.0
    found = evaluation.uncertainty(values, WEIGHTS, draws=2000, rng=0, uniform=True)
    assert found.acceptability.iloc[3, 0] == 1
    # uniform weights have no concentration to vary
    varied = {"weights", "aggregation", "floor", "omission", "scaling"}
    assert set(found.settings["sources"]) == varied


def test_sensitivity_shares() -> None:
    values = random_values(12, seed=3, years=2)
    found = evaluation.uncertainty(values, WEIGHTS, draws=100, rng=0)
    table = found.sensitivity
    assert table["year"].tolist() == [2022] * 6 + [2023] * 6
    assert ((table["total"] > -0.05) & (table["total"] < 1.2)).all()
    sums = table.groupby("year")[["first", "total"]].sum()
    assert (sums["first"] < 1.15).all()
    assert (sums["total"] > 0.85).all()
    alone = evaluation.uncertainty(values, WEIGHTS, draws=100, rng=0, sources=["omission"])
    assert alone.sensitivity["total"].to_numpy() == pytest.approx(1, abs=0.1)


def test_panel_variants() -> None:
    raw = random_values(8, seed=5, years=3) * 100
    raw.iloc[0, 0] = np.nan
    raw.iloc[5, 1] = 5000.0
    directions = {"a": "+", "b": "+", "c": "-", "d": "+"}
    variants = panel_variants(raw, directions)
    assert len(variants) == 3 * 3
    assert variants[0].choices == {"scaling": "pooled", "outliers": "quantile"}
    for variant in variants:
        assert variant.values.to_numpy().min() >= 0
        assert variant.values.to_numpy().max() <= 1
    values = variants[0].values
    found = evaluation.uncertainty(values, WEIGHTS, draws=300, rng=0, variants=variants)
    assert found.settings["sources"] == (
        *("weights", "concentration", "aggregation", "floor", "omission", "scaling", "outliers"),
    )
    only = evaluation.uncertainty(
        values, WEIGHTS, draws=300, rng=0, variants=variants, sources=["outliers"]
    )
    assert [variant["outliers"] for variant in only.settings["variants"]] == [
        *("quantile", "none", "iqr fence 3"),
    ]
    with pytest.raises(InputError, match="no variant"):
        evaluation.uncertainty(
            values, WEIGHTS, draws=10, variants=[*variants[:4], *variants[5:]], sources=None
        )
    with pytest.raises(InputError, match="other rows or columns"):
        broken = Variant(variants[1].choices, variants[1].values[:-1])
        evaluation.uncertainty(values, WEIGHTS, draws=10, variants=[variants[0], broken])


def test_a_panel_is_taken_by_its_values() -> None:
    values = random_values(5)
    panel = SimpleNamespace(values=values)
    one = evaluation.uncertainty(panel, WEIGHTS, draws=50, rng=1)
    assert one.table.equals(evaluation.uncertainty(values, WEIGHTS, draws=50, rng=1).table)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"sources": ["weight"]}, "sources is weight, expected one of: weights"),
        ({"sources": ["imputation"]}, "imputation has nothing to vary over"),
        ({"sources": ["errors"]}, "errors has nothing to vary over"),
        ({"sources": ["proxies"]}, "proxies has nothing to vary over"),
        ({"sources": ["concentration"]}, "concentration has nothing to vary over"),
        ({"sources": ["floor"], "aggregations": ["arithmetic"]}, "floor has nothing to vary over"),
        ({"aggregations": ["median"]}, "aggregations is median"),
        ({"draws": 0}, "draws is 0"),
        ({"concentration": -1.0}, "concentration is -1"),
    ],
)
def test_refused(options: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        evaluation.uncertainty(random_values(4), WEIGHTS, **{"draws": 10, **options})


def test_values_must_be_scaled() -> None:
    with pytest.raises(InputError, match="expected a number from 0 to 1"):
        evaluation.uncertainty(random_values(4) * 3, WEIGHTS)
    with pytest.raises(InputError, match="lack the code d"):
        evaluation.uncertainty(random_values(4), WEIGHTS.drop("d") / 0.9)


def test_a_varying_concentration_mixes_the_distributions() -> None:
    weights = pd.Series({"a": 0.3, "b": 0.7})
    found = evaluation.uncertainty(
        TWO, weights, draws=40_000, rng=2, sources=["weights", "concentration"]
    )
    laws = [stats.beta(30 * each, 70 * each) for each in CLOSENESS]
    for name, share in {"low": 0.025, "median": 0.5, "high": 0.975}.items():
        reached = np.mean([law.cdf(found.composites.loc["x", name]) for law in laws])
        assert reached == pytest.approx(share, abs=0.005)


def test_weights_that_are_looked_up_have_the_same_distribution_under_every_concentration() -> None:
    used = np.array([0.1, 0.3, 0.6])
    own = scaling_variants(random_values(5)[list("abc")], scaling=())
    means = [evaluation._aggregation.AGGREGATIONS["arithmetic"]]
    levels = [400.0, 25.0]
    choices = Choices.of(
        ["weights", "concentration"], (), own, means, used, np.ones((0, 3), bool), levels
    )
    look = choices.looked_up(np.random.default_rng(0), 1)
    for level, concentration in enumerate(levels):
        u = np.random.default_rng(1).random(20_000)
        points = np.column_stack([u, np.full(len(u), (level + 0.5) / 2)])
        weights = look(points).weights
        law = stats.beta(0.1 * concentration, 0.9 * concentration)
        assert weights.mean(axis=0) == pytest.approx(used, abs=0.01)
        assert np.quantile(weights[:, 0], [0.1, 0.9]) == pytest.approx(
            law.ppf([0.1, 0.9]), abs=0.01
        )
    # the same vector under another concentration goes the same way
    u = (np.arange(1024) + 0.5) / 1024
    near, far = (look(np.column_stack([u, np.full(len(u), x)])).weights[:, 2] for x in (0.1, 0.9))
    assert np.corrcoef(near, far)[0, 1] > 0.9


def test_every_floor_of_the_geometric_mean_comes_up() -> None:
    values = pd.DataFrame({"a": [0.0, 0.5], "b": [0.8, 0.5]}, index=["x", "y"])
    found = evaluation.uncertainty(
        values, HALF, draws=12_000, rng=3, sources=["floor"], aggregations=["geometric"]
    )
    expected = sorted(np.sqrt(low * (low + (1 - low) * 0.8)) for low in FLOORS)
    seen, counts = np.unique(found.drawn()["x"].round(12), return_counts=True)
    assert seen == pytest.approx(expected)
    assert counts / 12_000 == pytest.approx(np.full(6, 1 / 6), abs=0.015)


def test_weaker_measures_are_left_out_together() -> None:
    values = pd.DataFrame({"a": [0.9, 0.1], "b": [0.2, 0.3], "c": [0.4, 0.6]}, index=["x", "y"])
    weights = pd.Series({"a": 0.5, "b": 0.25, "c": 0.25})
    found = evaluation.uncertainty(
        values, weights, draws=6000, rng=1, sources=["proxies"], proxies=[["a"], ["a", "b"]]
    )
    seen, counts = np.unique(found.drawn()["x"].round(12), return_counts=True)
    assert seen == pytest.approx([0.3, 0.4, 0.6])  # b and c; c alone; all
    assert counts / 6000 == pytest.approx(np.full(3, 1 / 3), abs=0.03)


def test_data_errors_in_closed_form() -> None:
    values = pd.DataFrame({"a": [0.6, 0.5], "b": [0.4, 0.45]}, index=["x", "y"])
    errors = pd.Series({"a": 0.03, "b": 0.05})
    found = evaluation.uncertainty(
        values, HALF, draws=40_000, rng=5, sources=["errors"], errors=errors
    )
    spread = np.hypot(0.015, 0.025)
    law = stats.norm(0.5, spread)
    assert found.composites.loc["x"].tolist() == pytest.approx(
        law.ppf([0.025, 0.5, 0.975]), abs=0.001
    )
    first = stats.norm.cdf((0.5 - 0.475) / (spread * np.sqrt(2)))
    assert found.acceptability.loc["x", 1] == pytest.approx(first, abs=0.01)
    # without errors among the sources nothing moves, whatever errors are stated
    still = evaluation.uncertainty(values, HALF, draws=50, rng=5, sources=(), errors=errors)
    assert still.composites.loc["x"].tolist() == pytest.approx([0.5] * 3)


@pytest.mark.parametrize(
    ("mean", "near"),
    [("arithmetic", 0.002), ("geometric", 0.003), ("harmonic", 0.012), ("mazziotta_pareto", 0.012)],
)
def test_data_errors_as_redrawing_every_cell_would_have_them(mean: str, near: float) -> None:
    values = random_values(9, seed=2) * 0.8 + 0.1
    errors = pd.DataFrame(0.02, values.index, values.columns)
    errors.iloc[:, 0] = 0.04
    found = evaluation.uncertainty(
        values, WEIGHTS, draws=20_000, rng=5, sources=["errors"], errors=errors, aggregations=[mean]
    )
    rng = np.random.default_rng(8)
    cells = values.to_numpy() + errors.to_numpy() * rng.standard_normal((20_000, *values.shape))
    how = evaluation._aggregation.AGGREGATIONS[mean]
    lifted = 0.01 + 0.99 * np.clip(cells, 0, 1) if how.needs_positive else np.clip(cells, 0, 1)
    drawn = np.array([how(table, WEIGHTS.to_numpy()) for table in lifted])
    expected = np.quantile(drawn, [0.025, 0.5, 0.975], axis=0)
    told = found.composites[["low", "median", "high"]].to_numpy().T
    assert told == pytest.approx(expected, abs=near)  # of intervals about 0.08 wide


def test_a_new_figure_is_scaled_as_those_around_it() -> None:
    raw = pd.DataFrame(
        {"a": [1.0, 2.0, 4.0, np.nan], "b": [9.0, 7.0, 5.0, 1.0]}, index=list("wxyz")
    )
    own = Variant(
        {}, pd.DataFrame({"a": [0.2, 0.4, 0.8, 0.5], "b": [0.0, 0.25, 0.5, 1.0]}, raw.index)
    )
    found = doubted([own], raw, fills=np.array([[3.0], [6.0], [0.0], [-9.0]]))[0]
    # between known figures, then beyond them with the slope of the whole, within [0, 1]
    assert found.fills[:, 0].tolist() == pytest.approx([0.6, 1.0, 0.0, 0.0])
    errors = pd.DataFrame({"b": [0.1, 0.0, 2.0, 0.5]}, raw.index)
    doubt = doubted([own], raw, errors=errors)[0].nodes
    assert doubt is not None
    nodes = doubt(np.arange(4))
    assert doubt(np.array([2, 0])) == pytest.approx(nodes[:, [2, 0]])
    assert nodes[:, :, 0] == pytest.approx(np.tile([0.2, 0.4, 0.8, 0.5], (5, 1)))
    assert nodes[:, 1, 1] == pytest.approx(np.full(5, 0.25))
    assert nodes[:, 0, 1].min() == 0 and nodes[:, 3, 1].max() == 1  # the scale ends there
    middle = 0.5 + np.polynomial.hermite_e.hermegauss(5)[0] * -2.0 / 8
    assert nodes[3, 2, 1] == pytest.approx(middle[3], abs=0.02)


def test_fillings_err_as_the_filling_errs_where_the_truth_is_known() -> None:
    rng = np.random.default_rng(0)
    level = rng.normal(50, 10, 40)
    rows = pd.MultiIndex.from_product([[f"{k}" for k in range(40)], [2022, 2023]])
    raw = pd.DataFrame({"a": np.repeat(level, 2) + rng.normal(0, 1, 80), "b": 1.0}, index=rows)
    raw.index.names = ["adcode", "year"]
    raw.loc[[("0", 2022), ("7", 2023)], "a"] = np.nan
    drawn = drawn_fillings(raw, [("median",)], count=4000, rng=1)
    assert drawn.shape == (4000, 2)
    # a median over regions errs by their spread, the nearest year by the noise of two years
    assert drawn.std(axis=0) == pytest.approx(np.full(2, raw["a"].std()), rel=0.15)
    near = drawn_fillings(raw, [("nearest",)], count=4000, rng=1)
    assert near.mean(axis=0) == pytest.approx([raw["a"][("0", 2023)], raw["a"][("7", 2022)]], abs=3)
    assert near.std(axis=0).max() < 4
    assert drawn_fillings(raw.fillna(0), [("median",)]).shape == (0, 0)


def test_a_filled_cell_takes_every_value_drawn_for_it() -> None:
    raw = pd.DataFrame({"a": [0.0, 1.0, np.nan], "b": [1.0, 0.0, 0.5]}, index=list("xyz"))
    own = Variant({}, raw.fillna(0.5))
    variants = doubted([own], raw, fills=np.array([[0.1], [0.3], [0.8]]))
    found = evaluation.uncertainty(
        own.values, HALF, draws=3000, rng=0, variants=variants, sources=["imputation"]
    )
    seen, counts = np.unique(found.drawn()["z"].round(12), return_counts=True)
    assert seen == pytest.approx([0.3, 0.4, 0.65])
    assert counts / 3000 == pytest.approx(np.full(3, 1 / 3), abs=0.03)
    assert found.drawn()[["x", "y"]].to_numpy() == pytest.approx(0.5)


def test_the_cell_that_drives_a_place_is_found() -> None:
    rng = np.random.default_rng(3)
    values = pd.DataFrame(rng.uniform(0.4, 0.6, (12, 4)), columns=list("abcd"))
    values.index = [f"r{place:02d}" for place in range(12)]
    values.loc["r00"] = [0.95, 0.0, 0.9, 0.9]
    found = evaluation.uncertainty(
        values, WEIGHTS, draws=1500, rng=0, sources=["weights", "aggregation", "floor"]
    )
    cells = found.driving_cells()
    wide = found.ranks["high"] - found.ranks["low"]
    assert wide["r00"] > 8
    row = cells.loc["r00"]
    assert (row["indicator"], row["rank_low_without"], row["rank_high_without"]) == ("b", 1, 1)
    assert row["top_without"] == 1


def test_leaving_a_cell_out_is_scoring_the_region_without_it() -> None:
    values = random_values(6, seed=8).set_axis(list("uvwxyz"))
    found = evaluation.uncertainty(values, WEIGHTS, draws=400, rng=4, sources=["weights"])
    rng = np.random.default_rng(4)
    rng.random((400, 1))
    raw = rng.standard_gamma(np.broadcast_to(100 * WEIGHTS.to_numpy(), (400, 4)))
    weights = raw / raw.sum(axis=1, keepdims=True)
    scores = weights @ values.to_numpy().T
    for place, (_, row) in enumerate(found.driving_cells().iterrows()):
        ends = {}
        for column, code in enumerate(values):
            left = np.delete(weights, column, axis=1)
            left = left / left.sum(axis=1, keepdims=True)
            own = left @ np.delete(values.to_numpy()[place], column)
            ranks = 1 + (np.delete(scores, place, axis=1) > own[:, None]).sum(axis=1)
            ends[code] = np.quantile(ranks, [0.025, 0.975], method="inverted_cdf")
        narrowest = min(np.ptp(each) for each in ends.values())
        assert np.ptp(ends[row["indicator"]]) == narrowest
        told = [row["rank_low_without"], row["rank_high_without"]]
        assert told == ends[row["indicator"]].tolist()


def test_skewed_draws_tell_grades_by_place() -> None:
    values = random_values(10, seed=1)
    values.iloc[:, 0] = 0.0  # the geometric mean pulls every region down
    plain = evaluation.uncertainty(values, WEIGHTS, draws=800, rng=0, sources=["weights"])
    assert not plain.skewed
    found = evaluation.uncertainty(
        values, WEIGHTS, draws=800, rng=0, sources=["floor"], aggregations=["geometric"]
    )
    mixed = evaluation.uncertainty(
        values,
        WEIGHTS,
        draws=800,
        rng=0,
        sources=["aggregation"],
        aggregations=["arithmetic", "geometric", "harmonic", "generalized"],
    )
    assert mixed.skewed and mixed.settings["position"] > 0.75
    assert found.skewed == (found.settings["position"] < 0.25 or found.settings["position"] > 0.75)
    own = evaluation.composite(values, WEIGHTS)
    grades, ranks = evaluation.grade(own).astype(str), evaluation.rank(own)
    for grade in mixed.grades:
        places = ranks[grades == grade].tolist()
        expected = mixed.acceptability[places].sum(axis=1)
        assert mixed.grades[grade].to_numpy() == pytest.approx(expected.to_numpy())


def test_draws_are_handed_on_as_they_were_counted() -> None:
    values = random_values(7, seed=4, years=2)
    found = evaluation.uncertainty(values, WEIGHTS, draws=500, rng=2, errors=0.01 + 0 * WEIGHTS)
    last = found.drawn()
    assert last.shape == (500, 7)
    composites = found.composites.xs(2023, level="year")
    assert last.quantile(0.975).to_numpy() == pytest.approx(composites["high"].to_numpy())
    rises = (last > found.drawn(0)).mean()
    expected = found.changes["rise"].xs(2023, level="year")
    assert rises.to_numpy() == pytest.approx(expected.to_numpy())


def test_ranks_taken_together_are_sums_of_single_ones() -> None:
    values = random_values(11, seed=6, years=2)
    found = evaluation.uncertainty(values, WEIGHTS, draws=400, rng=2)
    single = found.acceptability
    told = found.places(4)
    for first in (1, 5, 9):
        part = told[told["rank"] == first]["probability"].reindex(values.index).fillna(0)
        expected = single[[rank for rank in range(first, first + 4) if rank < 12]].sum(axis=1)
        assert part.to_numpy() == pytest.approx(expected.to_numpy())
    assert set(told["rank"]) <= {1, 5, 9}


def test_sensitivity_among_some_regions_is_near_that_among_all(monkeypatch) -> None:
    from geo_resilience.evaluation.robustness import _simulation

    values = random_values(240, seed=8)
    every = evaluation.uncertainty(values, WEIGHTS, draws=10, rng=4, sensitivity_draws=512)
    monkeypatch.setattr(_simulation, "SENSITIVITY_REGIONS", 10_000)
    whole = evaluation.uncertainty(values, WEIGHTS, draws=10, rng=4, sensitivity_draws=512)
    monkeypatch.setattr(_simulation, "SENSITIVITY_REGIONS", 60)
    few = evaluation.uncertainty(values, WEIGHTS, draws=10, rng=4, sensitivity_draws=512)
    for found in (every, few):
        for name in ("first", "total"):
            assert found.sensitivity[name].to_numpy() == pytest.approx(
                whole.sensitivity[name].to_numpy(), abs=0.05
            )
