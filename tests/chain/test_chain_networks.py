"""The chain as a graph: small graphs by hand, and what must hold of any."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_resilience import chain
from geo_resilience.chain.inputoutput._disruptions import supply_loss
from geo_resilience.errors import InputError


def square(labels, **flows):
    frame = pd.DataFrame(0.0, list(labels), list(labels))
    for pair, flow in flows.items():
        frame.loc[pair[0], pair[1]] = flow
    return frame


def test_the_graph_leaves_out_loops_and_weak_links():
    Z = square("abc", aa=50, ab=90, cb=10, bc=1)
    graph = chain.chain_graph(Z, least=0.2)
    assert sorted(graph.edges(data="weight")) == [("a", "b", 90.0), ("b", "c", 1.0)]
    # The strongest flow is the shortest way: 90 / 90 and 90 / 1.
    assert graph.edges["a", "b"]["distance"] == 1
    assert graph.edges["b", "c"]["distance"] == 90
    assert set(graph) == {"a", "b", "c"}


def test_measures_by_hand():
    # a and b sell to c, c to d: c lies on both ways of length two, of (4 - 1) (4 - 2) = 6 pairs.
    Z = square("abcd", ac=3, bc=1, cd=5)
    found = chain.node_measures(Z)
    assert found["in_strength"].tolist() == [0, 0, 4, 5]
    assert found["out_strength"].tolist() == [3, 1, 5, 0]
    assert found["betweenness"].tolist() == pytest.approx([0, 0, 2 / 6, 0])
    assert found["pagerank"].sum() == pytest.approx(1)
    # Walking from buyer to supplier: d has no buyer, a gets three times b's share of c.
    rank = found["pagerank"]
    base = rank["d"]
    # d gets nothing but the base; c the base and .85 d; a the base and .85 * 3/4 c.
    assert rank["c"] == pytest.approx(base + 0.85 * base)
    assert rank["a"] == pytest.approx(base + 0.85 * 0.75 * rank["c"])
    assert rank["b"] == pytest.approx(base + 0.85 * 0.25 * rank["c"])


def test_suppliers_by_hand():
    Z = square("abcd", ad=60, bd=30, cd=10, dd=900)
    found = chain.supplier_concentration(Z)
    assert found.loc["d", "hhi"] == pytest.approx(0.36 + 0.09 + 0.01)
    assert found.loc["d", "cr3"] == pytest.approx(1)
    assert found.loc["d", "largest"] == "a"
    assert found.loc["d", "suppliers"] == 3
    assert found["hhi"].isna().tolist() == [True, True, True, False]
    own = chain.supplier_concentration(Z, own=True)
    assert own.loc["d", "largest"] == "d"
    assert own.loc["d", "largest_share"] == pytest.approx(0.9)
    imports = square("abcd", bd=100)
    abroad = chain.supplier_concentration(Z, imports=imports)
    assert abroad.loc["d", "largest"] == "imports: b"
    assert abroad.loc["d", "hhi"] == pytest.approx(0.25 + 0.09 + 0.0225 + 0.0025)


def test_single_points_and_whether_they_split_the_chain():
    # a - b - c in a row: b splits. d buys of a and b by halves.
    Z = square("abc", ab=10, bc=10)
    found = chain.single_points(Z)
    assert found.to_dict("list") == {
        "supplier": ["a", "b"],
        "buyer": ["b", "c"],
        "share": [1.0, 1.0],
        "splits": [False, True],
    }
    assert chain.single_points(square("abcd", ad=40, bd=40, cd=20)).empty


def test_removal_of_a_star_and_of_a_ring():
    star = square("abcde", ab=9, ac=8, ad=7, ae=6)
    found = chain.node_removal(star, steps=2, draws=50, rng=0)
    assert found.loc[1, "sector"] == "a"
    assert found["flow"].tolist() == [1, 0, 0]
    assert found["component"].tolist() == [1, 0.2, 0.2]
    # In a ring all are equal: two removed next to each other leave three in a row and two links.
    ring = square("abcde", ab=1, bc=1, cd=1, de=1, ea=1)
    found = chain.node_removal(ring, steps=2, draws=300, rng=0)
    assert found["flow"].tolist() == pytest.approx([1, 3 / 5, 2 / 5])
    assert found["component"].tolist() == pytest.approx([1, 4 / 5, 3 / 5])
    # Of 10 pairs 5 are neighbors (2 links left) and 5 are not (1 left): mean 1.5 of 5.
    assert found.loc[2, "random_flow"] == pytest.approx(0.3, abs=0.02)


@given(st.integers(0, 10_000), st.integers(3, 8))
def test_what_remains_never_grows(make_table, seed, n):
    Z, _, _ = make_table(seed, n)
    if Z.to_numpy().sum() == np.trace(Z.to_numpy()):
        return
    found = chain.node_removal(Z, steps=n - 1, draws=3, rng=seed)
    for column in ("flow", "component", "random_flow", "random_component"):
        assert found[column].iloc[0] <= 1
        assert (found[column].diff().dropna() <= 1e-12).all()
    assert (found["random_flow_low"] <= found["random_flow_high"]).all()
    again = chain.node_removal(Z, steps=n - 1, draws=3, rng=seed)
    pd.testing.assert_frame_equal(found, again)


def test_every_measure_can_lead_the_attack(io_2018):
    for measure in ("in_strength", "out_strength", "betweenness", "pagerank"):
        found = chain.node_removal(io_2018.transactions, measure=measure, steps=3, draws=2, rng=1)
        expected = chain.node_measures(io_2018.transactions, least=0.05)[measure].nlargest(3)
        assert found["sector"].iloc[1:].tolist() == expected.index.tolist()


def test_sectors_may_be_pairs_of_region_and_sector(make_table):
    Z, x, _ = make_table(5, 6)
    pairs = pd.MultiIndex.from_product([["11", "12"], ["A", "B", "C"]])
    twice = Z.set_axis(pairs).set_axis(pairs, axis=1)
    np.testing.assert_allclose(chain.node_measures(twice), chain.node_measures(Z))
    curves = chain.node_removal(twice, steps=2, draws=2, rng=1)
    assert curves["sector"].iloc[1].startswith("('1")
    assert len(chain.supplier_concentration(twice)) == 6
    assert set(chain.single_points(twice, least_share=0.4)["supplier"]) <= set(pairs)
    lost = supply_loss(twice, x.set_axis(pairs), ("12", "B"))
    np.testing.assert_allclose(lost, supply_loss(Z, x, "s4"))
    closed = chain.multipliers(twice, x.to_numpy(), income=x.to_numpy() / 10, consumption=[1.0] * 6)
    assert closed["output_type2"].notna().all()


class TestWrongInput:
    def test_shares(self, textbook):
        with pytest.raises(InputError, match="outside 0 to 1"):
            chain.chain_graph(textbook[0], least=1)
        with pytest.raises(InputError, match="outside 0 to 1"):
            chain.single_points(textbook[0], least_share=0)

    def test_removals(self, textbook):
        Z = textbook[0]
        with pytest.raises(InputError, match="Cannot remove 2 of 2"):
            chain.node_removal(Z, steps=2)
        with pytest.raises(InputError, match="strength"):
            chain.node_removal(Z, measure="height")
        with pytest.raises(InputError, match="no network"):
            chain.node_removal(np.diag([1.0, 2.0]))
