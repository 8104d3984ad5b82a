"""Connected sets against the listing of every subset."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_resilience.statistics._connected import bit_counts, connected_sets, is_connected


def listed(adjacency, size):
    """Masks of all connected subsets, by walking from one member through the others."""
    found = []
    for some in combinations(range(len(adjacency)), size):
        reached, front = {some[0]}, [some[0]]
        while front:
            node = front.pop()
            new = {other for other in some if adjacency[node, other]} - reached
            reached |= new
            front += new
        if len(reached) == size:
            found.append(sum(1 << node for node in some))
    return sorted(found)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.floats(0.05, 0.8), st.integers(0, 10_000))
def test_all_sets_and_none_twice(n, density, seed):
    upper = np.triu(np.random.default_rng(seed).uniform(size=(n, n)) < density, 1)
    linked = upper | upper.T
    found = connected_sets(upper, range(1, n + 1))
    for size, level in found.items():
        assert sorted(level.masks.tolist()) == listed(linked, size)
        assert level.complete
        for mask, cut in zip(level.masks.tolist(), level.cuts, strict=True):
            inside = np.array([bool(mask >> node & 1) for node in range(n)])
            assert cut == linked[inside][:, ~inside].sum()
            assert is_connected(linked, np.flatnonzero(inside))


def grid(rows, columns):
    at = np.arange(rows * columns).reshape(rows, columns)
    linked = np.zeros((rows * columns,) * 2, dtype=bool)
    linked[at[:, :-1].ravel(), at[:, 1:].ravel()] = True
    linked[at[:-1].ravel(), at[1:].ravel()] = True
    return linked


def test_known_counts_of_a_path_and_a_complete_graph():
    assert len(connected_sets(np.eye(40, k=1), [7])[7].masks) == 34
    assert len(connected_sets(np.ones((12, 12)), [5])[5].masks) == 792


def test_sample_beyond_the_cap_is_even():
    linked = grid(4, 4)
    every = connected_sets(linked, [6])[6]
    values = np.random.default_rng(0).integers(0, 1000, 16)
    rng = np.random.default_rng(3)
    means, shares = [], []
    for _ in range(300):
        level = connected_sets(linked, [6], cap=300, sample=150, rng=rng)[6]
        assert not level.complete and len(set(level.masks.tolist())) == len(level.masks)
        means.append(level.sums(values).sum())
        shares.append(len(level.masks))
    # Every set is as likely as any other: the ratio of totals is the mean of all sets.
    assert np.sum(means) / np.sum(shares) == pytest.approx(every.sums(values).mean(), rel=0.02)


def test_sums_of_more_than_one_table():
    values = np.random.default_rng(0).integers(-(10**15), 10**15, 40)
    level = connected_sets(np.eye(40, k=1), [5])[5]
    expected = [values[start : start + 5].sum() for start in range(36)]
    assert sorted(level.sums(values).tolist()) == sorted(expected)


def test_too_many_nodes_is_said():
    with pytest.raises(ValueError, match="at most 62"):
        connected_sets(np.eye(63, k=1), [2])


def test_bits_counted_alike_without_numpys_function(monkeypatch):
    masks = np.random.default_rng(0).integers(0, 2**62, 100, dtype=np.uint64)
    expected = [int(mask).bit_count() for mask in masks]
    assert bit_counts(masks).tolist() == expected
    monkeypatch.delattr(np, "bitwise_count", raising=False)
    assert bit_counts(masks).tolist() == expected
