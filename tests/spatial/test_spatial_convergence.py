"""Convergence: closed forms, known worlds, R's sandwich for the log t regression."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph
from scipy import stats

from geo_resilience.errors import InputError
from geo_resilience.spatial import (
    beta_convergence,
    convergence_clubs,
    log_t,
    sigma_convergence,
)
from geo_resilience.spatial.dynamics._clubs import _slope_errors

REFERENCE = Path(__file__).parents[1] / "reference"
KEYS = [f"{i:02d}" for i in range(30)]
RING = Graph.from_dicts(
    {k: [KEYS[i - 1], KEYS[(i + 1) % 30]] for i, k in enumerate(KEYS)}
).transform("r")


def converging(speed, years=11, seed=0, noise=0.0):
    """Each region closes the share 1 - exp(-speed) of its gap a year."""
    rng = np.random.default_rng(seed)
    logs = np.empty((30, years))
    logs[:, 0] = rng.normal(size=30)
    for year in range(1, years):
        logs[:, year] = logs[:, year - 1] * np.exp(-speed) + 0.02 + noise * rng.normal(size=30)
    return pd.DataFrame(np.exp(logs), index=KEYS, columns=range(2000, 2000 + years))


def test_speed_and_half_life_are_those_of_the_world():
    found = beta_convergence(converging(0.05))
    assert found.periods == 10
    assert found.speed == pytest.approx(0.05, abs=1e-9)
    assert found.half_life == pytest.approx(np.log(2) / 0.05)
    assert found.beta == pytest.approx(-(1 - np.exp(-0.5)) / 10)
    assert found.r2 == pytest.approx(1)
    assert found.rho is None and found.lam is None


def test_the_standard_error_of_speed_is_that_of_the_delta_method():
    found = beta_convergence(converging(0.05, noise=0.05))
    step = 1e-6
    slope = (np.log(1 + (found.beta + step) * 10) - np.log(1 + (found.beta - step) * 10)) / (
        2 * step * 10
    )
    assert found.speed_se == pytest.approx(abs(slope) * found.se, rel=1e-6)
    regression = stats.linregress(
        np.log(converging(0.05, noise=0.05).iloc[:, 0]),
        np.log(converging(0.05, noise=0.05).iloc[:, -1] / converging(0.05, noise=0.05).iloc[:, 0])
        / 10,
    )
    assert found.beta == pytest.approx(regression.slope)
    assert found.p == pytest.approx(regression.pvalue)


def test_divergence_has_no_half_life_and_overshooting_no_speed():
    assert beta_convergence(converging(-0.05)).half_life == np.inf
    start = pd.Series(np.exp(np.linspace(-1, 1, 30)), index=KEYS)
    over = pd.DataFrame({2018: start, 2019: 1 / start})
    found = beta_convergence(over)
    assert found.beta == pytest.approx(-2)
    assert np.isnan(found.speed) and np.isnan(found.half_life)


def test_controls_make_convergence_conditional():
    rng = np.random.default_rng(1)
    goal = pd.Series(rng.normal(size=30), index=KEYS, name="goal")
    first = goal + rng.normal(size=30)
    last = goal + (first - goal) * np.exp(-0.4)
    panel = np.exp(pd.DataFrame({2010: first, 2020: last}))
    found = beta_convergence(panel, controls=goal)
    assert found.speed == pytest.approx(0.04, abs=1e-9)
    assert beta_convergence(panel).speed < 0.03
    with pytest.raises(InputError, match="goal has 1 blank"):
        beta_convergence(panel, controls=goal.drop("00"))


@pytest.mark.parametrize("model", ["lag", "error", "durbin"])
def test_spatial_forms_have_rho_or_lambda(model):
    found = beta_convergence(converging(0.05, noise=0.05), RING, model=model, rng=0)
    assert np.isfinite(found.log_likelihood)
    assert (found.rho is None) == (model == "error")
    assert (found.lam is None) == (model != "error")
    assert found.speed == pytest.approx(0.05, abs=0.03)
    with pytest.raises(InputError, match="lag, error, durbin"):
        beta_convergence(converging(0.05), RING, model="gwr")


def test_sigma_follows_the_spread():
    panel = converging(0.1)
    found = sigma_convergence(panel)
    spread = np.log(panel).std(ddof=0)
    np.testing.assert_allclose(found.table["sd_log"], spread)
    np.testing.assert_allclose(spread.iloc[1:].to_numpy() / spread.iloc[:-1], np.exp(-0.1))
    np.testing.assert_allclose(found.table["cv"], panel.std(ddof=0) / panel.mean())
    assert found.slope < 0 and found.tau == -1
    assert found.tau_p == pytest.approx(2 / np.prod(np.arange(1.0, 12)))
    assert found.ratio == pytest.approx(np.exp(-2))


@pytest.mark.slow
def test_equal_spread_is_refused_as_often_as_the_level_says():
    """600 pairs of correlated years of one variance: 5 % within 3 binomial errors."""
    rng = np.random.default_rng(3)
    refused = 0
    for _ in range(600):
        first = rng.normal(size=30)
        last = 0.8 * first + 0.6 * rng.normal(size=30)
        frame = np.exp(pd.DataFrame({0: first, 1: (first + last) / 2, 2: last}, index=KEYS))
        refused += sigma_convergence(frame).ratio_p < 0.05
    assert abs(refused / 600 - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 600)


def test_the_robust_standard_error_is_that_of_sandwich():
    table = pd.read_csv(REFERENCE / "regression_plm.csv", keep_default_na=False)
    rows = table[table["model"] == "log_t"].set_index("quantity")["value"].astype(float)
    X = np.column_stack([np.ones(11), np.log(np.arange(2, 13))])
    y = np.array([0.31, 0.52, 0.44, 0.71, 0.93, 0.9, 1.2, 1.33, 1.25, 1.41, 1.62])
    beta = np.linalg.lstsq(X, y, rcond=None)[0]
    assert beta[1] == pytest.approx(rows["slope"], rel=1e-10)
    assert _slope_errors(X, (y - X @ beta)[:, None])[0] == pytest.approx(rows["se"], rel=1e-9)


def clubs_world(goals, years=40, seed=0):
    """Paths that close in on their goal as 1 / (t ln t)."""
    rng = np.random.default_rng(seed)
    t = np.arange(1, years + 1)
    rows = {}
    for number, goal in enumerate(goals):
        gap = rng.normal() * 0.3
        rows[f"{number:02d}"] = goal + gap / (np.log(t + 1) * t**0.7)
    return pd.DataFrame(rows, index=range(1980, 1980 + years)).T


def test_one_goal_converges_and_two_do_not():
    one = log_t(clubs_world([5.0] * 20))
    assert one.converges and one.b > 0
    two = log_t(clubs_world([5.0] * 10 + [3.0] * 10))
    assert not two.converges and two.t < -1.65
    assert one.observations == 40 - 12 + 1


def test_clubs_are_the_goals():
    panel = clubs_world([5.0] * 8 + [3.0] * 9)
    found = convergence_clubs(panel)
    assert found.table["n"].tolist() == [8, 9]
    assert set(found.members.iloc[:8]) == {1} and set(found.members.iloc[8:]) == {2}
    assert (found.table["t"] > -1.65).all() and not found.whole.converges
    assert found.notes == ()
    mixed = convergence_clubs(panel.sample(frac=1, random_state=1)).members
    pd.testing.assert_series_equal(mixed.sort_index(), found.members)


def test_six_years_are_called_too_short():
    found = log_t(clubs_world([5.0] * 20, years=6))
    assert found.observations == 5
    assert "6 years" in found.notes[0].say() and "6 年" in found.notes[0].say("zh")
    with pytest.raises(InputError, match="too few"):
        log_t(clubs_world([5.0] * 20, years=4))
    with pytest.raises(InputError, match="same value"):
        log_t(clubs_world([5.0] * 20, years=6) * 0 + 1)


def test_panels_that_cannot_be():
    panel = converging(0.05)
    panel.iloc[3, 2] = np.nan
    with pytest.raises(InputError, match="03 2002"):
        sigma_convergence(panel)
    panel.iloc[3, 2] = 0.0
    with pytest.raises(InputError, match=r"no logarithm.*03 2002"):
        beta_convergence(panel)
    with pytest.raises(InputError, match="twice"):
        sigma_convergence(pd.concat([panel, panel]))
    with pytest.raises(InputError, match="at least 2 regions and 3 year"):
        sigma_convergence(panel.iloc[:, :2])
    with pytest.raises(InputError, match="text"):
        sigma_convergence(panel.astype(str))
    with pytest.raises(InputError, match="no years"):
        beta_convergence(converging(0.05).rename(columns={2003: "later"}))


def test_years_in_any_order_give_the_same():
    panel = converging(0.05, noise=0.1)
    turned = panel[panel.columns[::-1]]
    assert beta_convergence(turned).beta == beta_convergence(panel).beta
