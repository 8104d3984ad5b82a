"""Structural decomposition: exact, and right where one cause is at work."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_resilience import chain
from geo_resilience.errors import InputError

# Miller and Blair (2009), chapter 13: three sectors, years 0 and 1.
Z0 = np.array([[10, 20, 25], [15, 5, 30], [30, 40, 5]], dtype=float)
Z1 = np.array([[12, 15, 35], [24, 11, 30], [36, 50, 8]], dtype=float)
F0, F1 = np.array([45.0, 30, 25]), np.array([50.0, 35, 26])
X0, X1 = np.array([100.0, 80, 100]), np.array([112.0, 100, 120])


def test_three_sectors_of_the_textbook():
    found = chain.structural_decomposition((Z0, X0, F0), (Z1, X1, F1))
    # dx = (12, 20, 20). The two polar forms by plain inversion, which the function never does.
    L0 = np.linalg.inv(np.eye(3) - Z0 / X0)
    L1 = np.linalg.inv(np.eye(3) - Z1 / X1)
    first, second = (L1 - L0) @ F1, (L1 - L0) @ F0
    np.testing.assert_allclose(found["change"], [12, 20, 20])
    np.testing.assert_allclose(found["technology"], (first + second) / 2)
    np.testing.assert_allclose(found["technology"] + found["demand"], [12, 20, 20])


def test_only_demand_changes(textbook):
    Z, x = textbook
    # Everything doubles: no technology in it.
    found = chain.structural_decomposition(
        (Z, x, x - Z.sum(axis=1)), (2 * Z, 2 * x, 2 * (x - Z.sum(axis=1)))
    )
    np.testing.assert_allclose(found["technology"], 0, atol=1e-9)
    by_level = chain.structural_decomposition(
        (Z, x, x - Z.sum(axis=1)), (2 * Z, 2 * x, 2 * (x - Z.sum(axis=1))), by="level"
    )
    np.testing.assert_allclose(by_level["level"], x)
    np.testing.assert_allclose(by_level[["technology", "mix"]], 0, atol=1e-9)


@given(st.integers(0, 10_000), st.integers(1, 7), st.sampled_from(["categories", "level"]))
def test_the_parts_sum_to_the_change(make_table, seed, n, by):
    Z, x, f = make_table(seed, n)
    Y, y, g = make_table(seed + 1, n)
    shares = np.random.default_rng(seed).dirichlet([1, 1, 1], n)
    first = pd.DataFrame(f.to_numpy()[:, None] * shares, f.index, ["use", "invest", "export"])
    second = pd.DataFrame(
        g.to_numpy()[:, None] * shares[::-1], g.index, ["use", "invest", "export"]
    )
    found = chain.structural_decomposition((Z, x, first), (Y.iloc[::-1], y, second), by=by)
    parts = found.drop(columns=["before", "after", "change"])
    np.testing.assert_allclose(parts.sum(axis=1), found["change"], atol=1e-8 * x.max())
    # Swapping the years turns every sign.
    back = chain.structural_decomposition((Y, y, second), (Z, x, first), by=by)
    np.testing.assert_allclose(back[parts.columns], -parts, atol=1e-8 * x.max())


def test_the_national_tables(io_2018, io_2020):
    before, after = (
        (table.transactions, table.output, table.final_demand) for table in (io_2018, io_2020)
    )
    found = chain.structural_decomposition(before, after)
    parts = found[["technology", "TC", "FU201", "FU202", "EX"]]
    assert (parts.sum(axis=1) - found["change"]).abs().max() < 1e-3
    # Current prices: output grew by 8 %, over nine tenths of it by final demand.
    assert found["change"].sum() / found["before"].sum() == pytest.approx(0.0815, abs=1e-3)
    assert found["technology"].sum() < 0.1 * found["change"].sum()


class TestWrongInput:
    def test_a_table_that_does_not_balance(self):
        with pytest.raises(InputError, match="do not sum to output in 1"):
            chain.structural_decomposition((Z0, X0, F0 + np.array([0, 9, 0])), (Z1, X1, F1))

    def test_other_categories(self, textbook):
        Z, x = textbook
        f = (x - Z.sum(axis=1)).to_frame("use")
        with pytest.raises(InputError, match="export"):
            chain.structural_decomposition((Z, x, f), (Z, x, f.rename(columns={"use": "export"})))

    def test_other_sectors(self, textbook):
        Z, x = textbook
        with pytest.raises(InputError, match="agriculture"):
            chain.structural_decomposition((Z, x, x - Z.sum(axis=1)), (Z0, X0, F0))
