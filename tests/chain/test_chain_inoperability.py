"""The inoperability model, at once and over time."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_resilience import chain
from geo_resilience.errors import InputError

seeds, sizes = st.integers(0, 10_000), st.integers(1, 8)


def test_demand_side_by_hand(textbook):
    # c* = (.1, 0): demand for agriculture falls by 100. dx = L (100, 0) = (95, 20) / .7575.
    found = chain.inoperability(*textbook, pd.Series({"agriculture": 0.1}))
    np.testing.assert_allclose(found["loss"], [95 / 0.7575, 20 / 0.7575])
    np.testing.assert_allclose(found["inoperability"], [0.095 / 0.7575, 0.01 / 0.7575])
    assert found["rank"].tolist() == [1, 2]


def test_supply_side_by_hand(textbook):
    # Value added of agriculture falls by 100: dx' = (100, 0) G = (95, 50) / .7575.
    found = chain.inoperability(*textbook, [0.1, 0], side="supply")
    np.testing.assert_allclose(found["loss"], [95 / 0.7575, 50 / 0.7575])


@given(seeds, sizes, st.sampled_from(["demand", "supply"]))
def test_all_demand_gone_stops_everything(make_table, seed, n, side):
    Z, x, f = make_table(seed, n)
    shock = (f if side == "demand" else x - Z.sum()) / x
    found = chain.inoperability(Z, x, shock.clip(upper=1), side=side)
    np.testing.assert_allclose(found["inoperability"], 1)
    half = chain.inoperability(Z, x, shock / 2, side=side)
    np.testing.assert_allclose(half["loss"], x / 2)


def test_more_than_there_is_cannot_be_lost(textbook):
    # Final demand of agriculture is .35 of output.
    with pytest.raises(InputError, match="would lose more than they make: agriculture"):
        chain.inoperability(*textbook, [1.0, 0.9])


def test_a_path_ends_where_the_static_model_is(textbook):
    Z, x = textbook
    shock = pd.Series({"agriculture": 0.1})
    path = chain.dynamic_inoperability(Z, x, [0, 0], resilience=[0.3, 0.6], shock=shock, steps=400)
    end = chain.inoperability(Z, x, shock)["inoperability"]
    np.testing.assert_allclose(path.iloc[-1], end, rtol=1e-9)
    assert path.index.name == "step"
    assert len(path) == 401


def test_recovery_without_a_lasting_shock(textbook):
    Z, x = textbook
    path = chain.dynamic_inoperability(Z, x, [0.5, 0], resilience=[0.4, 0.4], steps=3)
    # By hand, K (A* - I) q with A* = B = [[.15, .5], [.1, .05]]:
    # q1 = .5 + .4 (.075 - .5) = .33, q2 = 0 + .4 * .05 = .02.
    np.testing.assert_allclose(path.loc[1], [0.33, 0.02])
    # q1 = .33 + .4 (.0495 + .01 - .33) = .2218, q2 = .02 + .4 (.033 + .001 - .02) = .0256.
    np.testing.assert_allclose(path.loc[2], [0.2218, 0.0256])


def test_a_shock_may_change_with_time():
    shock = pd.DataFrame({0: [0.5, 0.0], 1: [0.0, 0.0]}, index=[0, 1])
    path = chain.dynamic_inoperability(
        np.zeros((2, 2)), [1, 1], [0, 0], resilience=[1, 1], shock=shock, steps=2
    )
    assert path[0].tolist() == [0, 0.5, 0]
    with pytest.raises(InputError, match="says nothing of these steps: 2"):
        chain.dynamic_inoperability(
            np.zeros((2, 2)), [1, 1], [0, 0], resilience=[1, 1], shock=shock, steps=3
        )


def test_resilience_coefficients_bring_a_sector_back_in_time(textbook):
    Z, x = textbook
    k = chain.resilience_coefficients(Z, x, [10, 20], remaining=0.01, form="continuous")
    # ln 100 / (10 (1 - .15)), ln 100 / (20 (1 - .05)).
    np.testing.assert_allclose(k, [np.log(100) / 8.5, np.log(100) / 19])
    # (1 - .01^(1/10)) / (1 - .15), (1 - .01^(1/20)) / (1 - .05).
    k = chain.resilience_coefficients(Z, x, [10, 20], remaining=0.01)
    np.testing.assert_allclose(k, [(1 - 0.01**0.1) / 0.85, (1 - 0.01**0.05) / 0.95])


@pytest.mark.parametrize("form", ["discrete", "continuous"])
def test_each_form_leaves_what_was_said_after_the_time_that_was_said(form):
    # Two sectors that buy from themselves alone: 20 % and 40 % of output.
    Z, x = np.diag([20.0, 40.0]), [100.0, 100.0]
    k = chain.resilience_coefficients(Z, x, [6, 12], remaining=0.05, form=form)
    path = chain.dynamic_inoperability(Z, x, [0.5, 0.8], resilience=k, steps=12, form=form)
    assert path.loc[6, 0] == pytest.approx(0.5 * 0.05)
    assert path.loc[12, 1] == pytest.approx(0.8 * 0.05)


def test_the_forms_are_not_to_be_mixed():
    Z, x = np.zeros((1, 1)), [1.0]
    k = chain.resilience_coefficients(Z, x, [6], remaining=0.05, form="continuous")
    mixed = chain.dynamic_inoperability(Z, x, [1.0], resilience=k, steps=6)
    # (1 - ln 20 / 6)^6 = 0.0158: a third of the 0.05 that was meant.
    assert mixed.loc[6, 0] == pytest.approx((1 - np.log(20) / 6) ** 6)


def test_a_continuous_path_solves_its_equation(textbook):
    from scipy.integrate import solve_ivp

    Z, x = textbook
    k, c = np.array([0.9, 1.7]), np.array([0.05, 0.02])
    B = Z.to_numpy() / x.to_numpy()[:, None]
    path = chain.dynamic_inoperability(
        Z, x, [0.5, 0.1], resilience=k, shock=c, steps=5, form="continuous"
    )
    other = solve_ivp(
        lambda _, q: k * (B @ q + c - q),
        (0, 5),
        [0.5, 0.1],
        t_eval=range(6),
        rtol=1e-10,
        atol=1e-12,
    )
    np.testing.assert_allclose(path.to_numpy(), other.y.T, atol=1e-8)
    long = chain.dynamic_inoperability(
        Z, x, [0.5, 0.1], resilience=k, shock=c, steps=200, form="continuous"
    )
    end = chain.inoperability(Z, x, c)["inoperability"]
    np.testing.assert_allclose(long.iloc[-1], end, rtol=1e-9)


@given(seeds, st.integers(1, 6), st.sampled_from(["demand", "supply"]))
def test_every_path_recovers(make_table, seed, n, side):
    Z, x, _ = make_table(seed, n)
    speed = np.random.default_rng(seed).uniform(0.2, 1, n)
    path = chain.dynamic_inoperability(
        Z, x, np.full(n, 0.1), resilience=speed, steps=2000, side=side
    )
    assert (path >= -1e-12).all(axis=None)
    assert path.iloc[-1].max() < 0.01


class TestWrongInput:
    def test_shocks(self, textbook):
        with pytest.raises(InputError, match="steel"):
            chain.inoperability(*textbook, pd.Series({"steel": 0.1}))
        with pytest.raises(InputError, match=r"agriculture is 1\.2"):
            chain.inoperability(*textbook, [1.2, 0])
        with pytest.raises(InputError, match="supply"):
            chain.inoperability(*textbook, [0.1, 0], side="both")

    def test_speeds_and_times(self, textbook):
        with pytest.raises(InputError, match="manufacture"):
            chain.dynamic_inoperability(*textbook, [0.1, 0], resilience=[0.5, 1.5])
        with pytest.raises(InputError, match="agriculture"):
            chain.resilience_coefficients(*textbook, [0, 3])
        with pytest.raises(InputError, match="remaining"):
            chain.resilience_coefficients(*textbook, [1, 3], remaining=1)
        with pytest.raises(InputError, match="number of steps is 0"):
            chain.dynamic_inoperability(*textbook, [0.1, 0], resilience=[0.5, 1], steps=0)
