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
from geo_resilience.evaluation.robustness._variants import Variant, panel_variants

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
    assert found.composites.loc["x"].tolist() == pytest.approx([0.05, 0.5, 0.95], abs=0.01)
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
    assert found.composites.loc["x"].tolist() == pytest.approx(law.ppf([0.05, 0.5, 0.95]), abs=0.01)
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
    for name, share in {"low": 0.05, "median": 0.5, "high": 0.95}.items():
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
    assert set(found.settings["sources"]) == {"weights", "aggregation", "omission", "scaling"}


def test_sensitivity_shares() -> None:
    values = random_values(12, seed=3, years=2)
    found = evaluation.uncertainty(values, WEIGHTS, draws=100, rng=0)
    table = found.sensitivity
    assert table["year"].tolist() == [2022] * 4 + [2023] * 4
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
    assert len(variants) == 3 * 3 * 2
    assert variants[0].choices == {
        "scaling": "pooled",
        "outliers": "quantile",
        "imputation": "interpolate > nearest > median",
    }
    for variant in variants:
        assert variant.values.to_numpy().min() >= 0
        assert variant.values.to_numpy().max() <= 1
    values = variants[0].values
    found = evaluation.uncertainty(values, WEIGHTS, draws=300, rng=0, variants=variants)
    assert found.settings["sources"] == (
        *("weights", "aggregation", "omission", "scaling", "outliers", "imputation"),
    )
    only = evaluation.uncertainty(
        values, WEIGHTS, draws=300, rng=0, variants=variants, sources=["outliers"]
    )
    assert [variant["outliers"] for variant in only.settings["variants"]] == [
        *("quantile", "none", "iqr fence 3"),
    ]
    with pytest.raises(InputError, match="no variant"):
        evaluation.uncertainty(
            values, WEIGHTS, draws=10, variants=[*variants[:4], *variants[6:]], sources=None
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
