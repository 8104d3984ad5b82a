"""Every mean of the registry: what it needs is known by itself, however it is asked for."""

import warnings

import numpy as np
import pandas as pd
import pytest

from geo_resilience.errors import UndefinedError
from geo_resilience.evaluation import (
    composite,
    mazziotta_pareto,
    needed_value,
    power_mean,
    uncertainty,
)
from geo_resilience.evaluation._aggregation import AGGREGATIONS, LOWEST, above_zero
from geo_resilience.evaluation.robustness._draws import Draws, Scorer, Tables

CODES = ["a", "b", "c"]
WEIGHTS = pd.Series({"a": 0.5, "b": 0.3, "c": 0.2})
ZERO = pd.DataFrame({"a": [0.0, 0.4], "b": [0.5, 0.6], "c": [0.9, 0.2]}, index=["11", "12"])

#: A mean of each kind, by the name of what it is the same as.
MEANS = {
    **AGGREGATIONS,
    **{f"power {power:g}": power_mean(power) for power in (-3, -1, 0, 0.5, 1, 2)},
}
SAME = {"power 0": "geometric", "power -1": "harmonic", "power 1": "arithmetic"}


@pytest.fixture(autouse=True)
def no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize("name", MEANS)
def test_a_zero_is_refused_by_exactly_the_means_that_it_leaves_without_an_answer(name):
    mean = MEANS[name]
    power = mean.power if mean.power is not None else 1
    if name in ("geometric", "harmonic") or power <= 0:
        with pytest.raises(UndefinedError, match="row 11, column a is 0"):
            composite(ZERO, WEIGHTS, how=mean)
    else:
        assert composite(ZERO, WEIGHTS, how=mean).between(0, 1).all()
    unweighted = pd.Series({"a": 0.0, "b": 0.6, "c": 0.4})
    assert composite(ZERO, unweighted, how=mean).between(0.2, 0.9).all()
    assert np.isfinite(mean(ZERO.to_numpy(), WEIGHTS.to_numpy())).all()  # no warning either


@pytest.mark.parametrize(("power", "name"), SAME.items())
def test_a_power_mean_is_the_mean_that_it_is_the_same_as(power, name):
    values = above_zero(ZERO)
    one, other = (composite(values, WEIGHTS, how=MEANS[each]) for each in (power, name))
    np.testing.assert_allclose(one, other, rtol=1e-12)
    assert MEANS[power].needs_positive == MEANS[name].needs_positive
    assert MEANS[power].additive == MEANS[name].additive


def test_mazziotta_and_pareto_by_name_is_their_index():
    by_name = composite(ZERO, WEIGHTS, how="mazziotta_pareto")
    np.testing.assert_allclose(by_name, mazziotta_pareto(ZERO, WEIGHTS).clip(lower=0), rtol=1e-12)


@pytest.mark.parametrize("name", MEANS)
@pytest.mark.parametrize("seed", range(5))
def test_the_needed_value_is_the_least_that_is_enough(name, seed):
    """Held against every value of a fine grid: whatever the mean, the first that is enough."""
    mean, rng = MEANS[name], np.random.default_rng(seed)
    values = pd.DataFrame(rng.uniform(0.05, 0.9, (1, 3)), index=["11"], columns=CODES)
    weights = pd.Series(rng.dirichlet([1, 3, 3]), CODES)
    grid = np.linspace(1e-9, 1, 4001)
    tried = pd.concat([values] * len(grid), ignore_index=True).assign(a=grid)
    reached = composite(tried, weights, how=mean).to_numpy()
    for target in np.quantile(reached, [0.2, 0.6, 0.95]) - 1e-6:
        needed = needed_value(values, weights, region="11", code="a", target=target, how=mean)
        first = grid[np.argmax(reached >= target)]
        assert first - 1e-3 <= needed <= first + 1e-3
        exact = composite(values.assign(a=max(needed, 1e-12)), weights, how=mean).iloc[0]
        assert exact >= target - 1e-9
    beyond = reached.max() + 1e-3
    assert np.isnan(needed_value(values, weights, region="11", code="a", target=beyond, how=mean))


def test_a_power_of_zero_needs_what_the_geometric_mean_needs():
    values = above_zero(ZERO)
    asked = {"region": "11", "code": "a", "target": 0.3}
    one = needed_value(values, WEIGHTS, how="geometric", **asked)
    assert one == needed_value(values, WEIGHTS, how=power_mean(0), **asked)
    assert one > 0.1


@pytest.mark.parametrize("name", MEANS)
def test_drawn_scores_are_those_of_the_mean(name):
    mean, rng = MEANS[name], np.random.default_rng(3)
    values = pd.DataFrame(rng.uniform(0, 1, (7, 3)), columns=CODES)
    drawn = rng.dirichlet([1, 1, 1], 11)
    whole = np.zeros(11, dtype="int64")
    tables = Tables(values.to_numpy()[None], np.zeros((7, 3), bool), np.zeros((1, 0, 0)))
    scorer = Scorer(tables, [(mean, LOWEST)])
    ((_, scores),) = scorer.blocks(Draws(drawn, whole, whole, whole))
    weighed = above_zero(values) if mean.needs_positive else values
    for weights, found in zip(drawn, scores, strict=True):
        expected = composite(weighed, pd.Series(weights, CODES), how=mean)
        np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize("name", AGGREGATIONS)
def test_every_mean_can_be_simulated(name):
    found = uncertainty(ZERO, WEIGHTS, draws=200, rng=1, aggregations=[name, "arithmetic"])
    assert (found.grades.sum(axis=1).round(9) == 1).all()
    assert found.settings["aggregations"] == (name, "arithmetic")
