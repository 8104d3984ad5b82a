"""Conditional permutation against the listing of every arrangement."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.stats import kstest

from geo_resilience.statistics import (
    _conditional as conditional,
)
from geo_resilience.statistics._conditional import (
    counted_arrangements,
    distinct_draws,
    sampled_arrangements,
)


def random_links(n, seed, weights=False):
    rng = np.random.default_rng(seed)
    dense = (rng.uniform(size=(n, n)) < 0.4) * (rng.uniform(0.2, 2, (n, n)) if weights else 1.0)
    np.fill_diagonal(dense, 0)
    dense[0] = 0  # a unit without neighbors
    dense[1, 2:] = dense[1, 0] = 1.0  # one with all others for neighbors
    return csr_array(dense)


def listed(values, links, of):
    """Shares of all arrangements at or above and at or below, by listing every one."""
    dense, n = links.toarray(), len(values)
    above, below = np.ones(n), np.ones(n)
    for unit in range(n):
        near = np.flatnonzero(dense[unit])
        if not len(near):
            continue
        terms = values if of == "sum" else (values - values[unit]) ** 2
        others = np.delete(np.arange(n), unit)
        dealt = np.array(list(permutations(others, len(near))))
        sums = terms[dealt] @ dense[unit, near]
        observed = terms[near] @ dense[unit, near]
        above[unit] = (sums >= observed - 1e-9).mean()
        below[unit] = (sums <= observed + 1e-9).mean()
    return above, below


VALUES = {
    "distinct": np.array([0.31, 1.2, -0.7, 2.4, 0.05, 1.9, -1.1]),
    "ties": np.array([1.0, 1, 2, 2, 2, 3, 1]),
    "tenths": np.array([0.1, 0.2, 0.3, 0.4, 0.3, 0.2, 0.5]),
}


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
@pytest.mark.parametrize("of", ["sum", "square"])
def test_counted_is_every_arrangement(values, of):
    links = random_links(7, 3)
    above, below, total = counted_arrangements(values, links, of)
    expected = listed(values, links, of)
    np.testing.assert_allclose(above / total, expected[0])
    np.testing.assert_allclose(below / total, expected[1])
    assert total[0] == 1 and total[1] == 1


@pytest.mark.parametrize("weights", [False, True])
@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
@pytest.mark.parametrize("of", ["sum", "square"])
def test_sampled_null_is_that_of_every_arrangement(values, of, weights):
    links = random_links(7, 3, weights)
    draws = 40_000
    above, below = sampled_arrangements(values, links, draws, 1, of)
    expected = listed(values, links, of)
    np.testing.assert_allclose(above[1:] / draws, expected[0][1:], atol=0.012)
    np.testing.assert_allclose(below[1:] / draws, expected[1][1:], atol=0.012)
    assert above[0] == below[0] == 0


def test_ranking_and_laying_out_agree_sample_by_sample(monkeypatch):
    values = np.random.default_rng(1).normal(size=40)
    links = random_links(40, 2)
    ranked = sampled_arrangements(values, links, 500, 9)
    monkeypatch.setattr(conditional, "equal_rows", lambda matrix: False)
    np.testing.assert_array_equal(ranked, sampled_arrangements(values, links, 500, 9))


def test_equal_weights_of_any_size_make_no_difference():
    values = np.random.default_rng(1).normal(size=30)
    links = random_links(30, 2)
    rows = csr_array(links.toarray() / np.maximum(links.toarray().sum(axis=1, keepdims=True), 1))
    np.testing.assert_array_equal(
        sampled_arrangements(values, links, 200, 0), sampled_arrangements(values, rows, 200, 0)
    )


def test_portions_do_not_lose_samples():
    values = np.random.default_rng(1).normal(size=20)
    for links in (random_links(20, 2), random_links(20, 2, weights=True)):
        above, below = sampled_arrangements(values, links, 999, 0, memory=20_000)
        # A sample is on one side, or on both where it drew the observed neighbors again.
        sides = (above + below)[2:]
        assert (sides >= 999).all() and (sides <= 1005).all()
        assert above[1] == below[1] == 999


def test_seed_alone_decides():
    values = np.random.default_rng(1).normal(size=50)
    links = random_links(50, 2)
    first = sampled_arrangements(values, links, 300, 4)
    np.testing.assert_array_equal(first, sampled_arrangements(values, links, 300, 4))
    np.testing.assert_array_equal(
        first, sampled_arrangements(values, links, 300, np.random.default_rng(4))
    )
    assert (first[0] != sampled_arrangements(values, links, 300, 5)[0]).any()


@pytest.mark.parametrize(("n", "size"), [(6, 6), (10, 3), (1000, 5)])
def test_draws_are_distinct_and_even(n, size):
    draws = distinct_draws(n, 20_000, size, np.random.default_rng(0))
    ordered = np.sort(draws, axis=1)
    assert (np.diff(ordered, axis=1) > 0).all() and ordered.min() >= 0 and ordered.max() < n
    for place in range(size):
        count = np.bincount(draws[:, place], minlength=n)
        assert ((count - 20_000 / n) ** 2 / (20_000 / n)).sum() < n + 5 * np.sqrt(2 * n)


@pytest.mark.slow
def test_p_is_uniform_without_dependence():
    rng = np.random.default_rng(6)
    links = random_links(25, 5)
    p_counted, p_sampled = [], []
    for _ in range(300):
        values = rng.normal(size=25)
        above, _, total = counted_arrangements(values, links)
        p_counted.append(above[4] / total[4])
        above, _ = sampled_arrangements(values, links, 499, rng)
        p_sampled.append((above[4] + 1) / 500)
    assert kstest(p_counted, "uniform").pvalue > 0.001
    assert kstest(p_sampled, "uniform").pvalue > 0.001


def test_no_links_at_all():
    empty = csr_array((4, 4))
    above, below = sampled_arrangements(np.arange(4.0), empty, 99, 0)
    assert above.tolist() == below.tolist() == [0, 0, 0, 0]
