"""Surrogate fields keep what they promise, whatever the graph."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_resilience.statistics import _surrogates
from geo_resilience.statistics._surrogates import link_patterns, normal_scores, surrogates


def ring(n):
    """Each linked to the next, one way only: links count on either side."""
    units = pd.Index([f"r{place}" for place in range(n)])
    index = pd.MultiIndex.from_arrays([units, np.roll(units, -1)], names=["focal", "neighbor"])
    return pd.Series(1.0, index), units


def matrix_of(links, units):
    dense = links.unstack(fill_value=0.0).reindex(index=units, columns=units).to_numpy()
    return dense + dense.T


@settings(max_examples=25)
@given(st.integers(4, 20), st.integers(1, 5), st.integers(0, 10**6))
def test_moran_and_every_covariance_between_years_stay(n, years, seed):
    links, units = ring(n)
    matrix = matrix_of(links, units)
    values = np.random.default_rng(seed).normal(size=(years, n)).cumsum(axis=0)
    patterns = link_patterns(links, units)
    assert patterns.T @ patterns == pytest.approx(np.eye(n - 1), abs=1e-9)
    assert patterns.sum(axis=0) == pytest.approx(0, abs=1e-9)
    seen = normal_scores(values)
    center = seen - seen.mean(axis=1, keepdims=True)
    for drawn in surrogates(values, patterns, 3, np.random.default_rng(seed)):
        away = drawn - drawn.mean(axis=1, keepdims=True)
        assert drawn.mean(axis=1) == pytest.approx(seen.mean(axis=1))
        assert away @ away.T == pytest.approx(center @ center.T)
        assert np.diag(away @ matrix @ away.T) == pytest.approx(np.diag(center @ matrix @ center.T))


def test_each_of_two_regions_goes_one_way_or_the_other():
    links, units = ring(2)
    drawn = surrogates(
        np.array([[0.0, 1.0]]), link_patterns(links, units), 400, np.random.default_rng(1)
    )
    ups = (drawn[:, 0, 0] < drawn[:, 0, 1]).mean()
    assert 0.4 < ups < 0.6
    assert np.abs(drawn) == pytest.approx(
        np.abs(normal_scores(np.array([[0.0, 1.0]])))[None] + 0 * drawn
    )


def test_without_links_whole_regions_are_exchanged():
    values = np.random.default_rng(2).normal(size=(3, 7))
    seen = {tuple(column) for column in normal_scores(values).T.round(9)}
    for drawn in surrogates(
        values, link_patterns(None, pd.RangeIndex(7)), 5, np.random.default_rng(3)
    ):
        assert {tuple(column) for column in drawn.T.round(9)} == seen


def test_blanks_count_as_the_middle():
    scores = normal_scores(np.array([[np.nan, 1.0, 2.0], [3.0, np.nan, 4.0]]))
    assert scores[0, 0] == scores[1, 1] == 0
    assert scores[0, 1] == -scores[1, 2] and scores[0, 2] == -scores[1, 0]
    assert (normal_scores(np.full((1, 3), np.nan)) == 0).all()


def lattice(side):
    """Each cell of a square linked to those right and below, rows divided by their sums."""
    at = np.arange(side * side).reshape(side, side)
    pairs = np.vstack(
        [np.c_[at[:, :-1].ravel(), at[:, 1:].ravel()], np.c_[at[:-1].ravel(), at[1:].ravel()]]
    )
    pairs = np.vstack([pairs, pairs[:, ::-1]])
    index = pd.MultiIndex.from_arrays(pairs.T, names=["focal", "neighbor"])
    links = pd.Series(1.0, index)
    return links / links.groupby(level="focal").transform("sum"), pd.RangeIndex(side * side)


def smooth(links, units, count, seed):
    """Fields that are alike among neighbors."""
    field = np.random.default_rng(seed).normal(size=(len(units), count))
    weights = links.unstack(fill_value=0.0).to_numpy()
    return np.linalg.solve(np.eye(len(units)) - 0.9 * weights, field).T


def test_bands_of_patterns_tell_as_much_of_chance_as_every_pattern(monkeypatch):
    links, units = lattice(20)
    fields = smooth(links, units, 12, 3)
    fields -= fields.mean(axis=1, keepdims=True)
    every = link_patterns(links, units)
    monkeypatch.setattr(_surrogates, "MOST_PATTERNS", 10)
    bands = link_patterns(links, units)
    assert bands.parts(fields).sum(axis=0) == pytest.approx(fields, abs=1e-9)
    # how far a correlation with another field goes by chance: per pattern, and per band
    ratios = []
    for one, other in zip(fields[::2], fields[1::2], strict=True):
        exact = np.sqrt((((one @ every) * (other @ every)) ** 2).sum())
        told = np.sqrt(((bands.parts(one[None])[:, 0] @ other) ** 2).sum())
        ratios.append(told / exact)
    assert np.mean(ratios) == pytest.approx(1, abs=0.15)


def test_unrelated_smooth_fields_are_called_related_as_often_as_the_level_says(monkeypatch):
    links, units = lattice(24)
    monkeypatch.setattr(_surrogates, "MOST_PATTERNS", 10)
    bands = link_patterns(links, units)
    fields = smooth(links, units, 300, 5)
    rng, found = np.random.default_rng(1), []
    for one, other in zip(fields[:150], fields[150:], strict=True):
        drawn = surrogates(other[None], bands, 99, rng)[:, 0]
        far = np.abs(np.corrcoef(one, np.vstack([normal_scores(other[None]), drawn]))[0, 1:])
        found.append((far[1:] >= far[0]).sum() + 1)
    assert 0.01 <= np.mean(np.array(found) <= 5) <= 0.10
