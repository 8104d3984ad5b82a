"""Chains and mobility: US state incomes by giddy, closed forms, hand counts."""

import json
from pathlib import Path

import libpysal
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libpysal.graph import Graph

from geo_resilience.errors import InputError
from geo_resilience.spatial import lisa_transitions, markov, rank_theta, spatial_markov
from geo_resilience.spatial.dynamics._markov import chain_of
from geo_resilience.spatial.dynamics._mobility import rank_mobility
from geo_resilience.spatial.dynamics._tables import markov_records

GIDDY = json.loads(
    (Path(__file__).parents[1] / "reference" / "dynamics_giddy.json").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def incomes():
    table = libpysal.io.open(libpysal.examples.get_path("usjoin.csv"))
    values = np.array([table.by_col[str(year)] for year in range(1929, 2010)]).T
    weights = libpysal.io.open(libpysal.examples.get_path("states48.gal")).read()
    panel = pd.DataFrame(
        values / values.mean(axis=0), index=weights.id_order, columns=range(1929, 2010)
    )
    return panel, Graph.from_W(weights).transform("r")


@pytest.fixture(scope="module")
def states(incomes):
    return spatial_markov(*incomes, 5, permutations=99, rng=1)


def test_the_chain_is_that_of_giddy(incomes):
    found = markov(incomes[0], 5)
    np.testing.assert_array_equal(found.counts, GIDDY["counts"])
    np.testing.assert_allclose(found.probabilities, GIDDY["probabilities"], atol=1e-12)
    np.testing.assert_allclose(found.steady_state, GIDDY["steady_state"], atol=1e-10)
    np.testing.assert_allclose(found.first_passage, GIDDY["first_passage"], rtol=1e-8)
    assert found.shorrocks == pytest.approx(GIDDY["shorrocks"], abs=1e-12)
    np.testing.assert_allclose(found.prais, 1 / (1 - np.diag(GIDDY["probabilities"])))
    for name, value in GIDDY["mobility"].items():
        assert found.mobility[name] == pytest.approx(value, abs=1e-9), name


def test_the_spatial_chain_is_that_of_giddy(states):
    """Its documentation prints LR 170.659 and chi-squared 200.624 with 60 degrees of freedom."""
    counts = np.stack([states.chains[label].counts for label in range(1, 6)])
    np.testing.assert_array_equal(counts, GIDDY["lag_counts"])
    np.testing.assert_allclose(states.steady_state, GIDDY["lag_steady_state"], atol=1e-9)
    assert states.tests.at["LR", "statistic"] == pytest.approx(GIDDY["lr"], rel=1e-10)
    assert states.tests.at["chi-squared", "statistic"] == pytest.approx(GIDDY["chi2"], rel=1e-10)
    assert states.tests["df"].tolist() == [60, 60]
    assert states.tests.at["LR", "statistic"] == pytest.approx(170.659, abs=5e-4)
    assert (states.tests["p_sim"] <= 0.05).all()
    np.testing.assert_array_equal(states.overall.counts, GIDDY["counts"])
    assert states.counts.shape == (25, 5)


def test_quadrant_moves_are_those_of_giddy(incomes):
    found = lisa_transitions(*incomes)
    np.testing.assert_array_equal(found.counts, GIDDY["lisa_counts"])
    np.testing.assert_allclose(found.probabilities, GIDDY["lisa_probabilities"], atol=1e-12)
    assert found.moves.sum() == found.counts.to_numpy().sum() == 48 * 80
    assert found.moves["none"] == np.trace(found.counts)
    np.testing.assert_allclose(found.expected.sum(axis=1), found.counts.sum(axis=1))
    assert found.p < 1e-6


def test_theta_is_that_of_giddy(incomes):
    panel, _ = incomes
    groups = {str(k): [key for i, key in enumerate(panel.index) if i // 12 == k] for k in range(4)}
    found = rank_theta(panel.iloc[:, ::20], groups, permutations=99, rng=0)
    np.testing.assert_allclose(found["theta"], GIDDY["theta"], rtol=1e-12)
    assert found["p_sim"].between(0.01, 1).all()


def test_two_classes_have_closed_forms():
    """p = 0.2 up, q = 0.4 down: steady state q/(p+q), passage 1/p, return 1/pi."""
    found = chain_of(np.array([[80, 20], [40, 60]]), np.array([0.5]))
    np.testing.assert_allclose(found.steady_state, [2 / 3, 1 / 3])
    np.testing.assert_allclose(found.first_passage, [[1.5, 5.0], [2.5, 3.0]])
    assert found.shorrocks == pytest.approx(0.6)
    np.testing.assert_allclose(found.prais, [5.0, 2.5])
    np.testing.assert_allclose(found.se.iloc[0], np.sqrt(0.2 * 0.8 / 100))


def test_a_class_that_cannot_be_reached_is_infinitely_far():
    found = chain_of(np.array([[10, 10], [0, 20]]), np.array([0.5]))
    np.testing.assert_allclose(found.steady_state, [0, 1], atol=1e-12)
    assert found.first_passage.iloc[1, 0] == np.inf
    assert found.first_passage.iloc[0, 1] == pytest.approx(2)
    assert found.prais.iloc[1] == np.inf


def test_what_the_counts_do_not_determine_is_not_a_number():
    closed = chain_of(np.array([[10, 0], [0, 10]]), np.array([0.5]))
    assert closed.steady_state.isna().all() and closed.shorrocks == 0
    assert closed.mobility["second_eigenvalue"] == 0 and np.isnan(closed.mobility["bartholomew"])


def test_an_empty_class_is_blank_and_left_out_of_the_long_run():
    """The two classes that are there: p = 1/3, q = 1/2, so q/(p+q) = 3/5 and M = p + q."""
    found = chain_of(np.array([[8, 0, 4], [0, 0, 0], [7, 0, 7]]), np.array([0.3, 0.6]))
    assert found.probabilities.loc[2].isna().all()
    assert (found.probabilities.loc[[1, 3], 2] == 0).all()
    np.testing.assert_allclose(found.steady_state, [0.6, np.nan, 0.4])
    assert found.shorrocks == pytest.approx(5 / 6)
    assert found.mobility["determinant"] == pytest.approx(1 - (2 / 3 / 2 - 1 / 3 / 2))
    # From class 1 to 3 two steps of the scale are crossed, of the one that two classes have.
    assert found.mobility["bartholomew"] == pytest.approx(2 * (0.6 / 3 + 0.4 / 2))
    np.testing.assert_allclose(found.first_passage.loc[[1, 3], [1, 3]], [[5 / 3, 3], [2, 2.5]])
    assert found.first_passage[2].isna().all() and np.isnan(found.prais[2])
    assert [note.code for note in found.notes] == ["regression.empty_classes"]


def test_a_class_that_is_entered_last_leaves_the_long_run_open():
    found = chain_of(np.array([[10, 2, 0], [3, 4, 5], [0, 0, 0]]), np.array([0.3, 0.6]))
    assert found.steady_state.isna().all() and np.isnan(found.shorrocks)
    assert found.mobility.isna().all() and found.first_passage.isna().all(axis=None)
    np.testing.assert_allclose(found.prais.iloc[:2], [6, 12 / 8])


def test_empty_cells_of_the_lags_chains_are_told():
    keys = list("abcdef")
    panel = pd.DataFrame({y: [1, 2, 3, 4, 5, 6] for y in (1, 2, 3)}, index=keys, dtype=float)
    line = {k: [keys[j] for j in (i - 1, i + 1) if 0 <= j < 6] for i, k in enumerate(keys)}
    found = spatial_markov(panel, Graph.from_dicts(line).transform("r"), 2, permutations=0)
    assert found.chains[1].probabilities.loc[2].isna().all()
    notes = {note.code: note for note in found.notes}
    assert notes["regression.empty_lag_classes"].values["places"] == ["1/2", "2/1"]
    assert found.shorrocks.isna().all()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.integers(1, 30), min_size=3, max_size=3), min_size=3, max_size=3))
def test_a_chain_keeps_its_laws(rows):
    found = chain_of(np.array(rows), np.array([1.0, 2.0]))
    P, pi = found.probabilities.to_numpy(), found.steady_state.to_numpy()
    np.testing.assert_allclose(P.sum(axis=1), 1)
    np.testing.assert_allclose(pi @ P, pi, atol=1e-9)
    np.testing.assert_allclose(np.diag(found.first_passage), 1 / pi, rtol=1e-6)


def test_own_bounds_of_classes_include_the_bound():
    panel = pd.DataFrame({1: [0.2, 0.5, 0.9], 2: [0.2, 0.9, 0.2]}, index=list("abc"))
    found = markov(panel, [0.2, 0.5])
    assert found.counts.to_numpy().tolist() == [[1, 0, 0], [0, 0, 1], [1, 0, 0]]


def test_small_panels_are_remarked_upon_and_seeds_hold():
    rng = np.random.default_rng(0)
    keys = [f"{i:02d}" for i in range(31)]
    ring = Graph.from_dicts({k: [keys[i - 1], keys[(i + 1) % 31]] for i, k in enumerate(keys)})
    panel = pd.DataFrame(rng.random((31, 6)), index=keys, columns=range(2018, 2024))
    first, second = (spatial_markov(panel, ring.transform("r"), rng=4) for _ in range(2))
    pd.testing.assert_frame_equal(first.tests, second.tests)
    note = next(n for n in first.notes if n.code == "regression.few_transitions")
    assert "155 transitions for 64 cells" in note.say()
    assert first.tests["permutations"].tolist() == [999, 999]


@pytest.mark.slow
def test_independent_histories_rarely_show_the_lags_influence():
    """100 worlds of independent walks: p_sim below 5 % within 3 binomial errors."""
    rng = np.random.default_rng(6)
    keys = [f"{i:02d}" for i in range(31)]
    ring = Graph.from_dicts(
        {k: [keys[i - 1], keys[(i + 1) % 31]] for i, k in enumerate(keys)}
    ).transform("r")
    rejected = 0
    for _ in range(100):
        walk = rng.normal(size=(31, 1)) + 0.3 * rng.normal(size=(31, 6)).cumsum(axis=1)
        panel = pd.DataFrame(walk, index=keys, columns=range(6))
        rejected += (
            spatial_markov(panel, ring, 3, permutations=99, rng=rng).tests.at["LR", "p_sim"] <= 0.05
        )
    assert abs(rejected / 100 - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 100)


def test_tau_counts_pairs():
    panel = pd.DataFrame({1: [1, 2, 3, 4], 2: [1, 3, 2, 4], 3: [4, 3, 2, 1]}, index=list("abcd"))
    path = Graph.from_dicts({"a": ["b"], "b": ["a", "c"], "c": ["b", "d"], "d": ["c"]})
    found = rank_mobility(panel, path, permutations=199, rng=0)
    assert found.loc[(1, 2), ["concordant", "discordant"]].tolist() == [5, 1]
    assert found.loc[(1, 2), "tau"] == pytest.approx(4 / 6)
    # Of the links a-b, b-c, c-d only b-c changed its order.
    assert found.loc[(1, 2), "tau_neighbors"] == pytest.approx(1 / 3)
    assert found.loc[(1, 2), "mean_rank_change"] == 0.5
    assert found.loc[(1, 3), "tau"] == -1
    assert found["p_sim"].between(0, 1).all()


def test_theta_is_one_when_groups_move_together_and_needs_a_partition():
    panel = pd.DataFrame({1: [1, 2, 3, 4], 2: [3, 4, 1, 2]}, index=list("abcd"))
    groups = {"up": ["a", "b"], "down": ["c", "d"]}
    assert rank_theta(panel, groups, permutations=0)["theta"].iloc[0] == 1
    with pytest.raises(InputError, match="not a partition"):
        rank_theta(panel, {"up": ["a", "b"]})
    still = panel.assign(x=panel[1])[[1, "x"]].set_axis([1, 2], axis=1)
    assert rank_theta(still, groups)["theta"].isna().all()


def test_records_are_long(states):
    table = markov_records(states)
    assert table.columns.tolist() == ["chain", "measure", "class", "next", "value"]
    assert set(table["chain"]) == {"all", "1", "2", "3", "4", "5", "tests"}
    counts = table[(table["chain"] == "all") & (table["measure"] == "count")]["value"]
    np.testing.assert_array_equal(counts.to_numpy().reshape(5, 5), GIDDY["counts"])
    assert len(table[table["chain"] == "tests"]) == 8
    assert set(markov_records(states.overall)["chain"]) == {"all"}


def test_classes_that_cannot_be():
    panel = pd.DataFrame({1: [1, 1, 1, 2], 2: [1, 1, 1, 1]}, index=list("abcd"))
    with pytest.raises(InputError, match="ties"):
        markov(panel, 4)
    with pytest.raises(InputError, match="at least two"):
        markov(panel, 1)
    with pytest.raises(InputError, match="must rise"):
        markov(panel, [2.0, 1.0])
    with pytest.raises(InputError, match="1 year"):
        markov(panel[[1]])
