"""A supplier, a link or an imported product fails: against solving the changed system anew."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_resilience import chain
from geo_resilience.chain.inputoutput._extraction import link_extraction
from geo_resilience.chain.inputoutput._tables import cut_table, stacked
from geo_resilience.errors import InputError

seeds = st.integers(0, 10_000)


@given(seeds, st.integers(2, 7), st.floats(0, 1))
def test_a_cut_link_is_the_difference_of_two_solutions(make_table, seed, n, share):
    Z, x, f = make_table(seed, n)
    i, j = np.random.default_rng(seed).integers(n, size=2)
    found = chain.link_loss(Z, x, Z.index[i], Z.index[j], share=share)
    A, B = Z.to_numpy() / x.to_numpy(), Z.to_numpy() / x.to_numpy()[:, None]
    A[i, j] *= 1 - share
    B[i, j] *= 1 - share
    v = x - Z.sum()
    np.testing.assert_allclose(found["upstream"], x - np.linalg.solve(np.eye(n) - A, f), atol=1e-7)
    pushed = np.linalg.solve((np.eye(n) - B).T, v)
    np.testing.assert_allclose(found["downstream"], x - pushed, atol=1e-7)
    # All sectors together, the upstream loss is that of link_extraction.
    whole = link_extraction(Z, x, share=share).iloc[i, j]
    assert found["upstream"].sum() == pytest.approx(whole, abs=1e-7)


def test_imports_that_stay_away_are_missing_along_the_chain(io_2018):
    found = chain.cut_loss(io_2018, "20", share=0.5, abroad=True)
    # The series itself: first those that buy it, then those that buy from them.
    B = io_2018.transactions.to_numpy() / io_2018.output.to_numpy()[:, None]
    wave, total = 0.5 * io_2018.imports.loc["20"].to_numpy(), np.zeros(42)
    for _ in range(500):
        total += wave
        wave = wave @ B
    np.testing.assert_allclose(found["downstream"], total, rtol=1e-9)
    assert found["downstream_share"].idxmax() == "20"
    one = chain.cut_loss(io_2018, "20", buyer="18", share=0.5, abroad=True)
    assert (one["downstream"] <= found["downstream"] + 1e-9).all()
    others = [chain.cut_loss(io_2018, "20", buyer=b, abroad=True) for b in io_2018.codes]
    whole = chain.cut_loss(io_2018, "20", abroad=True)["downstream"]
    np.testing.assert_allclose(sum(each["downstream"] for each in others), whole)


def test_a_cut_is_listed_with_the_worst_hit_first(io_2018):
    found = stacked([io_2018], cut_table, "20", share=0.1, language="zh")
    assert found["sector"].iloc[0] == "20" and found["downstream_share"].iloc[0] == 0.1
    assert found["downstream_share"].is_monotonic_decreasing
    assert found["name"].str.contains("电气机械").any()


def test_wrong_cuts_are_named(io_2018, textbook):
    with pytest.raises(InputError, match="99"):
        chain.cut_loss(io_2018, "99")
    with pytest.raises(InputError, match="99"):
        chain.cut_loss(io_2018, "20", buyer="99")
    with pytest.raises(InputError, match=r"1\.5"):
        chain.cut_loss(io_2018, "20", buyer="18", share=1.5)
    with pytest.raises(InputError, match="imports"):
        chain.cut_loss(chain.example_table(), "1", abroad=True)
    zero = chain.link_loss(*textbook, "agriculture", "manufacture", share=0)
    assert (zero[["downstream", "upstream"]] == 0).all(axis=None)
    pd.testing.assert_index_equal(zero.index, textbook[0].index)
