"""Verdicts on many groups: closed testing by brute force, closed forms, no verdict out of reach."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from maps_for_tests import lattice, province_figures, provinces

from geo_resilience import spatial
from geo_resilience.regions import read_groups
from geo_resilience.spatial.groups._likelihood_ratio import ErrorModel
from geo_resilience.spatial.groups._patterns import comparisons_within
from geo_resilience.spatial.groups._verdicts import (
    Family,
    GroupTests,
    Ranked,
    corrected,
    draws_needed,
    families_of,
    stepped,
    verdict,
)
from geo_resilience.spatial.neighbors._alignment import links_of
from geo_resilience.statistics._multiplicity import holm


def _drawn(tests, draws, seed, alike=0.0):
    """Rank correlated normal draws, and rows found among them."""
    rng = np.random.default_rng(seed)
    values = np.sqrt(alike) * rng.normal(size=draws) + np.sqrt(1 - alike) * rng.normal(
        size=(tests, draws)
    )
    ranks = draws - np.argsort(np.argsort(values, axis=1), axis=1)
    found = rng.integers(1, draws // 4, size=tests)
    return Ranked(found, ranks)


@pytest.mark.parametrize("seed", range(4))
def test_steps_are_the_closed_test_of_all_sets_of_groups(seed):
    ranked, count = _drawn(5, 199, seed, 0.4), 5
    closed = np.zeros(count)
    for size in range(1, count + 1):
        for some in map(list, combinations(range(count), size)):
            least = ranked.drawn[some].min(axis=0) <= ranked.found[some].min()
            p = (1 + least.sum()) / 200
            closed[some] = np.maximum(closed[some], p)
    assert stepped(ranked) == pytest.approx(closed)


def test_independent_groups_are_corrected_as_sidak_does():
    draws, tests = 40_000, 6
    ranked = _drawn(tests, draws, 1)
    p = 0.01
    q = stepped(Ranked(np.full(tests, int(p * draws)), ranked.drawn))
    assert q == pytest.approx(1 - (1 - p) ** tests, rel=0.05)
    # Groups that are one and the same need no correction.
    same = Ranked(np.full(3, 400), np.repeat(ranked.drawn[:1], 3, axis=0))
    assert stepped(same) == pytest.approx(p, rel=0.01)


@given(st.integers(0, 10_000))
def test_trees_lie_between_the_plain_p_and_the_correction_by_holm(seed):
    ranked = _drawn(7, 499, seed, 0.3)
    tree = [Family("zones", (0, 1, 2)), Family("belts", (3, 4)), Family("clusters", (5, 6))]
    q = corrected(ranked, tree)
    assert (q >= ranked.p).all()
    # One rank and one draw of each test of leeway: p are counts.
    assert (q <= holm(ranked.p) + 8 / 500).all()
    # A family at a time is never held against more than all groups at once are.
    assert (q <= stepped(ranked) + 1e-12).all()
    swapped = corrected(ranked, tree[::-1])
    assert swapped == pytest.approx(q)
    assert corrected(ranked, [Family("groups", tuple(range(7)))]) == pytest.approx(stepped(ranked))


def test_what_waits_for_others_costs_them_nothing():
    ranked = _drawn(6, 499, 3)
    before = [Family("zones", (0, 1)), Family("belts", (2, 3))]
    q = corrected(ranked.of(range(4)), before)
    after = corrected(ranked, [*before, Family("together", (4, 5), ("belts",))])
    assert after[:4] == pytest.approx(q)
    assert (after[4:] >= q[2:4].min()).all()


def test_rows_of_one_test_count_once_in_the_first_family_that_has_it():
    rows, families = families_of(
        ["a", "b", "a", "c"], ["zones", "zones", "areas", "areas"], {"areas": ["zones", "belts"]}
    )
    assert rows == [0, 1, 0, 2]
    assert families == [Family("zones", (0, 1)), Family("areas", (2,), ("zones",))]


def test_fields_at_once_have_the_p_of_each_alone():
    groupings, keys = read_groups(), province_figures().index
    wanted = comparisons_within(groupings, keys, full=True)
    sides = [(keys.get_indexer(one.members), keys.get_indexer(one.rest)) for one in wanted]
    model = ErrorModel(links_of(provinces()), draws=199, rng=2)
    fields = np.random.default_rng(1).normal(size=(31, 3)) * 40 + 1e4
    order = links_of(provinces()).keys.get_indexer(keys)
    assert (order == np.arange(31)).all()
    for field, ranked in zip(fields.T, GroupTests(model, sides).ranked(fields), strict=True):
        for (inside, outside), p in zip(sides, ranked.p, strict=True):
            own = np.isin(np.arange(31), inside).astype(float)
            aside = (~np.isin(np.arange(31), np.r_[inside, outside])).astype(float)
            nuisance = aside[:, None] if aside.any() else None
            assert model.test(field, [own], nuisance).p[0] == pytest.approx(p)


def test_no_verdict_is_out_of_reach_however_many_groups():
    graph = lattice(8, 8)
    keys = sorted(graph.unique_ids)
    y = pd.Series(np.random.default_rng(4).normal(size=64), keys)
    groups = {f"g{start}": keys[start : start + 4] for start in range(60)}
    y[groups["g30"]] += 100
    found = spatial.compare_groups(y, groups, graph, rng=0).set_index("group")
    assert found.at["g30", "verdict"] == "higher" and found.at["g30", "q_spatial"] <= 0.01
    assert found["family"].eq("groups").all()
    assert draws_needed(60, 99) == 6_099 and draws_needed(3, 99_999) == 99_999


def test_verdicts_rest_on_the_corrected_p():
    assert verdict(1.0, 0.001, 0.05) == "higher" and verdict(-1.0, 0.001, 0.05) == "lower"
    assert verdict(1.0, 0.001, 0.051) == "not significant"
    assert verdict(1.0, 0.06, np.nan) == "cannot be tested"
    assert verdict(1.0, 0.001, np.nan) == "not tested"
