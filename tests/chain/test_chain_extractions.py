"""Extraction in closed form against solving the system without the sector."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_resilience import chain
from geo_resilience.chain.inputoutput._disruptions import supply_loss
from geo_resilience.chain.inputoutput._extraction import exposure, link_extraction
from geo_resilience.errors import InputError

seeds, sizes = st.integers(0, 10_000), st.integers(2, 8)


def solved(A, f):
    return np.linalg.solve(np.eye(len(A)) - A, f)


def test_the_textbook_by_hand(textbook):
    found = chain.extraction(*textbook)
    # Without agriculture manufacture makes 1700 / (1 - .05) = 1789.47; without manufacture
    # agriculture makes 350 / (1 - .15) = 411.76.
    np.testing.assert_allclose(found["loss"], [3000 - 1700 / 0.95, 3000 - 350 / 0.85])
    np.testing.assert_allclose(found["own"], [1000, 2000])
    assert found["rank"].tolist() == [2, 1]


@given(seeds, sizes)
def test_total_is_the_difference_of_solves(make_table, seed, n):
    Z, x, f = make_table(seed, n)
    A = (Z / x).to_numpy()
    losses = []
    for j in range(n):
        left = np.delete(np.delete(A, j, 0), j, 1)
        losses.append(x.sum() - solved(left, np.delete(f.to_numpy(), j)).sum())
    np.testing.assert_allclose(chain.extraction(Z, x)["loss"], losses, rtol=1e-9)


@given(seeds, sizes, st.floats(0.05, 1))
def test_backward_and_forward_are_differences_of_solves(make_table, seed, n, share):
    Z, x, f = make_table(seed, n)
    A, B = (Z / x).to_numpy(), Z.div(x, axis=0).to_numpy()
    primary = (x - Z.sum()).to_numpy()
    backward = chain.extraction(Z, x, how="backward", share=share)
    forward = chain.extraction(Z, x, how="forward", share=share)
    for j in range(n):
        cut = A.copy()
        cut[:, j] *= 1 - share
        left = solved(cut, f)
        assert backward["loss"].iloc[j] == pytest.approx(x.sum() - left.sum(), rel=1e-8, abs=1e-8)
        assert backward["own"].iloc[j] == pytest.approx(x.iloc[j] - left[j], rel=1e-8, abs=1e-8)
        cut = B.copy()
        cut[j] *= 1 - share
        left = solved(cut.T, primary)
        assert forward["loss"].iloc[j] == pytest.approx(x.sum() - left.sum(), rel=1e-8, abs=1e-8)


@given(seeds, st.integers(2, 6), st.floats(0.05, 1))
def test_a_link_is_a_difference_of_solves(make_table, seed, n, share):
    Z, x, f = make_table(seed, n)
    A = (Z / x).to_numpy()
    found = link_extraction(Z, x, share=share)
    for i in range(n):
        for j in range(n):
            cut = A.copy()
            cut[i, j] *= 1 - share
            loss = x.sum() - solved(cut, f).sum()
            assert found.iloc[i, j] == pytest.approx(loss, rel=1e-8, abs=1e-8)


@given(seeds, st.integers(3, 8))
def test_a_group_is_a_difference_of_solves(make_table, seed, n):
    Z, x, f = make_table(seed, n)
    A = (Z / x).to_numpy()
    group = [0, n - 1]
    rest = [i for i in range(n) if i not in group]
    loss = x.sum() - solved(A[np.ix_(rest, rest)], f.iloc[rest]).sum()
    names = Z.index[group].tolist()
    found = chain.extraction(Z, x, groups={"both": names, "first": names[:1]})
    assert found.loc["both", "loss"] == pytest.approx(loss)
    assert found.loc["first", "loss"] == pytest.approx(chain.extraction(Z, x)["loss"].iloc[0])


def test_a_regions_sector_in_an_interregional_table(make_table):
    Z, x, _ = make_table(3, 4)
    pairs = pd.MultiIndex.from_product([["11", "12"], ["A", "B"]])
    Z = Z.set_axis(pairs).set_axis(pairs, axis=1)
    x = x.set_axis(pairs)
    groups = {"11": [("11", "A"), ("11", "B")], "12 A": [("12", "A")]}
    found = chain.extraction(Z, x, groups=groups)
    assert found.loc["12 A", "loss"] == pytest.approx(chain.extraction(Z, x)["loss"].iloc[2])
    assert found.loc["11", "own"] == pytest.approx(x.loc["11"].sum())


@given(seeds, sizes, st.floats(0.01, 1))
def test_supply_loss_is_an_output_held_down(make_table, seed, n, share):
    Z, x, f = make_table(seed, n)
    found = supply_loss(Z, x, "s1", share=share)
    assert found.loc["s1", "upstream_share"] == pytest.approx(share)
    assert found.loc["s1", "downstream_share"] == pytest.approx(share)
    # Upstream: the others solve their own system with s1's output given.
    rest = Z.index.drop("s1")
    A = Z / x
    given_output = x["s1"] * (1 - share)
    others = solved(A.loc[rest, rest].to_numpy(), (f[rest] + A.loc[rest, "s1"] * given_output))
    np.testing.assert_allclose(found.loc[rest, "upstream"], x[rest] - others, atol=1e-8)
    row = exposure(Z, x, share=share).loc["s1"]
    np.testing.assert_allclose(row, found["downstream_share"])


def test_the_whole_share_equals_total_extraction(textbook):
    Z, x = textbook
    loss = supply_loss(Z, x, "agriculture", share=1)["upstream"].sum()
    assert loss == pytest.approx(chain.extraction(Z, x).loc["agriculture", "loss"])
    half = chain.extraction(Z, x, share=0.5)
    np.testing.assert_allclose(half["loss"], chain.extraction(Z, x)["loss"] / 2)


class TestWrongInput:
    def test_shares(self, textbook):
        for share in (-0.1, 1.5, np.nan):
            with pytest.raises(InputError, match="outside 0 to 1"):
                chain.extraction(*textbook, share=share)

    def test_names(self, textbook):
        with pytest.raises(InputError, match="backward"):
            chain.extraction(*textbook, how="sideways")
        with pytest.raises(InputError, match="No sector steel"):
            supply_loss(*textbook, "steel")
        with pytest.raises(InputError, match="agricultur") as caught:
            chain.extraction(*textbook, groups={"a": ["agricultural"], "b": []})
        assert "no members" in str(caught.value)
