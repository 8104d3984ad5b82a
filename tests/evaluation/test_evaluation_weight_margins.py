"""Margins of weights and effective weights against programmes, corners and brute force."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog, minimize

from geo_resilience import evaluation
from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.evaluation._aggregation import AGGREGATIONS
from geo_resilience.evaluation._effective_weights import effective_weight_table
from geo_resilience.evaluation._weight_margins import weight_margin_table

CODES = ["a", "b", "c", "d", "e"]
CELLS = arrays(float, (2, 5), elements=st.integers(1, 20).map(lambda each: each / 20))
SHARES = arrays(float, 5, elements=st.integers(1, 9).map(float)).map(lambda w: w / w.sum())


def _pair(cells: np.ndarray, shares: np.ndarray) -> tuple[pd.DataFrame, pd.Series]:
    return pd.DataFrame(cells, ["x", "y"], CODES), pd.Series(shares, CODES)


def _ahead(cells: np.ndarray, weights: np.ndarray, how: str = "arithmetic") -> np.ndarray:
    """By how much x is ahead of y under weights, a set of them a row, as the means are defined."""
    used = weights / weights.sum(axis=-1, keepdims=True)
    means = {
        "arithmetic": lambda each: used @ each,
        "geometric": lambda each: np.exp(used @ np.log(each)),
        "harmonic": lambda each: 1 / (used @ (1 / each)),
    }
    return means[how](cells[0]) - means[how](cells[1])


@given(CELLS, SHARES, st.sampled_from(["arithmetic", "geometric", "harmonic"]))
def test_within_the_margin_no_corner_overturns_and_beyond_it_one_does(cells, shares, how):
    values, weights = _pair(cells, shares)
    assume(_ahead(cells, shares, how) > 1e-6)
    scores = evaluation.composite(values, weights, how=how)
    assert scores["x"] - scores["y"] == pytest.approx(_ahead(cells, shares, how), abs=1e-12)
    found = evaluation.weight_margin(values, weights, "x", "y", how=how)
    corners = np.array(list(product([-1, 1], repeat=5)))
    if not np.isfinite(found.margin):
        assert (cells[0] > cells[1]).all()
        return
    assert 0 < found.margin <= 1
    for share, held in ((0.999, True), (1.001, False)):
        if found.margin * share >= 1:
            continue
        moved = shares * (1 + found.margin * share * corners)
        assert (_ahead(cells, moved, how).min() > 0) == held


@given(CELLS, SHARES)
def test_the_nearest_weights_are_those_of_the_linear_programme(cells, shares):
    values, weights = _pair(cells, shares)
    d = cells[0] - cells[1]
    assume(shares @ d > 1e-6)
    found = evaluation.weight_margin(values, weights, "x", "y")
    # v = w + up - down, least sum of up and down.
    program = linprog(
        np.ones(10),
        A_ub=np.vstack([np.r_[d, -d], np.c_[-np.eye(5), np.eye(5)]]),
        b_ub=np.r_[-shares @ d, shares],
        A_eq=[np.r_[np.ones(5), -np.ones(5)]],
        b_eq=[0.0],
    )
    if program.status == 2:  # nothing overturns a lead in everything
        assert (d > 0).all() and found.overturning.isna().all() and np.isnan(found.moved)
        return
    assert found.moved == pytest.approx(program.fun / 2, abs=1e-9)
    nearest = found.overturning
    assert (nearest >= 0).all() and nearest.sum() == pytest.approx(1)
    assert abs(nearest - weights).sum() / 2 == pytest.approx(found.moved)
    assert nearest.to_numpy() @ d == pytest.approx(0, abs=1e-12)


@given(CELLS, SHARES)
def test_one_weight_alone_overturns_by_the_change_that_is_told_and_none_by_less(cells, shares):
    values, weights = _pair(cells, shares)
    assume(_ahead(cells, shares) > 1e-6)
    found = evaluation.weight_margin(values, weights, "x", "y")
    least = abs(found.change) if found.indicator else 50.0
    changes = np.r_[np.linspace(-1, 3, 41), least * 0.999, -least * 0.999]
    changes = changes[(abs(changes) < least) & (changes >= -1)]
    moved = shares * (1 + np.multiply.outer(changes, np.eye(5)))  # one change, one weight a row
    assert (_ahead(cells, moved) > -1e-12).all()
    if found.indicator:
        weights[found.indicator] *= 1 + found.change
        assert _ahead(cells, weights.to_numpy()) == pytest.approx(0, abs=1e-12)


def test_who_is_not_ahead_has_no_margin():
    values, weights = _pair(np.array([[0.1] * 5, [0.2] * 5]), np.full(5, 0.2))
    found = evaluation.weight_margin(values, weights, "x", "y")
    assert found.margin == 0 and found.moved == 0
    assert found.overturning.tolist() == weights.tolist()


def test_weight_on_what_had_none_can_overturn_where_no_relative_change_does():
    values = pd.DataFrame({"a": [0.9, 0.4], "b": [0.1, 0.6]}, index=["x", "y"])
    found = evaluation.weight_margin(values, pd.Series({"a": 1.0, "b": 0.0}), "x", "y")
    assert np.isinf(found.margin) and found.overturning.tolist() == pytest.approx([0.5, 0.5])


def test_margins_need_a_mean_of_one_sum_and_known_rows():
    values, weights = _pair(np.array([[0.5] * 5, [0.4] * 5]), np.full(5, 0.2))
    with pytest.raises(UndefinedError, match="Mazziotta"):
        evaluation.weight_margin(values, weights, "x", "y", how="mazziotta_pareto")
    with pytest.raises(InputError, match="z1"):
        evaluation.weight_margin(values, weights, "x", "z1")


@pytest.mark.parametrize("how", [each for each in AGGREGATIONS if each != "mazziotta_pareto"])
def test_what_a_mean_weighs_orders_rows_as_the_mean_does(how):
    rng = np.random.default_rng(3)
    values = pd.DataFrame(rng.uniform(0.05, 1, (40, 5)), columns=CODES)
    weights = pd.Series(rng.dirichlet(np.ones(5)), CODES)
    mean = AGGREGATIONS[how]
    sums = mean.weighed(values, weights) @ weights
    scores = evaluation.composite(values, weights, how=mean)
    assert sums.rank().tolist() == scores.rank().tolist()


def test_the_table_holds_each_pair_of_neighbors_and_each_region_against_the_first():
    rng = np.random.default_rng(4)
    values = pd.DataFrame(rng.uniform(0, 1, (6, 5)), list("uvwxyz"), CODES)
    weights = pd.Series(rng.dirichlet(np.ones(5) * 5), CODES)
    table = weight_margin_table(values, weights)
    order = evaluation.composite(values, weights).sort_values(ascending=False).index
    near, top = (table[table["against"] == name] for name in ("neighbor", "top"))
    assert list(zip(near["upper"], near["lower"], strict=True)) == list(pairwise(order))
    assert set(top["upper"]) == {order[0]} and top["lower"].tolist() == order[1:].tolist()
    for row in table.itertuples():
        found = evaluation.weight_margin(values, weights, row.upper, row.lower)
        moves = found.overturning - weights
        assert row.margin == pytest.approx(found.margin) and row.indicator == found.indicator
        assert (row.less, row.more) == (moves.idxmin(), moves.idxmax())


FIELD = arrays(float, (12, 4), elements=st.floats(0, 1).map(lambda each: round(each, 3)))


@given(FIELD, SHARES)
def test_effects_are_the_parts_of_the_variance(cells, shares):
    values = pd.DataFrame(cells, columns=CODES[:4])
    weights = pd.Series(shares[:4] / shares[:4].sum(), values.columns)
    scores = values @ weights
    assume(scores.var() > 1e-6)
    found = evaluation.effective_weights(values, weights)
    assert found.sum() == pytest.approx(1)
    for code in values:
        expected = weights[code] * np.cov(values[code], scores)[0, 1] / scores.var()
        assert found[code] == pytest.approx(expected, abs=1e-9)


def test_of_uncorrelated_indicators_the_effect_is_the_squared_correlation():
    rng = np.random.default_rng(5)
    raw = rng.standard_normal((30, 4))
    basis = np.linalg.qr(raw - raw.mean(axis=0))[0] * np.array([1.0, 2, 3, 0.5])
    values, weights = pd.DataFrame(basis, columns=CODES[:4]), pd.Series([0.4, 0.3, 0.2, 0.1])
    weights.index = values.columns
    found = evaluation.effective_weights(values, weights)
    assert found.tolist() == pytest.approx((values.corrwith(values @ weights) ** 2).tolist())


@given(st.integers(0, 10_000))
def test_meant_effects_come_out_and_no_other_weights_have_them(seed):
    rng = np.random.default_rng(seed)
    mix = rng.standard_normal((4, 4))
    values = pd.DataFrame(rng.standard_normal((30, 4)) @ mix, columns=CODES[:4])
    meant = pd.Series(rng.dirichlet(np.full(4, 2.0)), values.columns)
    found = evaluation.weights_for_effects(values, meant)
    assert found.sum() == pytest.approx(1) and (found > 0).all()
    assert evaluation.effective_weights(values, found).tolist() == pytest.approx(meant.tolist())
    covariances = np.cov(values.T, bias=True)
    other = minimize(
        lambda u: np.exp(u) @ covariances @ np.exp(u) / 2 - meant.to_numpy() @ u,
        np.zeros(4),
        method="BFGS",
        options={"gtol": 1e-9},
    )
    weights = np.exp(other.x) / np.exp(other.x).sum()
    assert found.tolist() == pytest.approx(weights.tolist(), rel=1e-4, abs=1e-6)


def test_an_indicator_that_is_meant_to_move_nothing_has_no_weight():
    rng = np.random.default_rng(6)
    values = pd.DataFrame(rng.uniform(size=(20, 3)), columns=list("abc"))
    found = evaluation.weights_for_effects(values, pd.Series({"a": 0.5, "b": 0.5, "c": 0.0}))
    assert found["c"] == 0 and found.sum() == pytest.approx(1)


def test_no_weights_have_the_effects_where_an_indicator_is_constant_or_undone_by_another():
    x = np.random.default_rng(7).uniform(size=20)
    for values in (pd.DataFrame({"a": x, "b": 0.5}), pd.DataFrame({"a": x, "b": 1 - x})):
        half = pd.Series({"a": 0.5, "b": 0.5})
        with pytest.raises(UndefinedError, match="No weights"):
            evaluation.weights_for_effects(values, half)
        rows = pd.concat({2020: values}, names=["year", "adcode"]).swaplevel()
        if values["b"].nunique() == 1:
            assert effective_weight_table(rows, half)["balanced"].isna().all()
    with pytest.raises(UndefinedError, match="same for every row"):
        evaluation.effective_weights(pd.DataFrame({"a": x, "b": 1 - x}), half)
