"""Upstreamness, downstreamness, propagation lengths and import dependence."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_resilience import chain
from geo_resilience.chain.inputoutput._upstreamness import import_dependence
from geo_resilience.errors import InputError, UndefinedError

seeds, sizes = st.integers(0, 10_000), st.integers(2, 8)


def test_a_straight_chain_counts_its_steps():
    # ore -> steel -> car -> final use: 3, 2 and 1 steps to go, 1, 2 and 3 from the start.
    Z = pd.DataFrame(0.0, ["ore", "steel", "car"], ["ore", "steel", "car"])
    Z.loc["ore", "steel"] = Z.loc["steel", "car"] = 100
    x = pd.Series([100.0, 100.0, 100.0], Z.index)
    assert chain.upstreamness(Z, x).tolist() == [3, 2, 1]
    # All inputs of steel are ore, so its step weighs 1.
    assert chain.downstreamness(Z, x).tolist() == [1, 2, 3]
    lengths = chain.propagation_lengths(Z, x)
    assert lengths.loc["ore", "steel"] == 1
    assert lengths.loc["ore", "car"] == 2
    assert np.isnan(lengths.loc["car", "ore"])


def test_propagation_lengths_of_the_textbook_by_summing_rounds(textbook):
    Z, x = textbook
    A = (Z / x).to_numpy()
    weighted = beyond = np.zeros((2, 2))
    power = np.eye(2)
    for step in range(1, 200):
        power = power @ A
        weighted, beyond = weighted + step * power, beyond + power
    np.testing.assert_allclose(chain.propagation_lengths(Z, x), weighted / beyond)


@given(seeds, sizes)
def test_positions_are_the_sums_of_the_inverses(make_table, seed, n):
    Z, x, _ = make_table(seed, n)
    np.testing.assert_allclose(chain.upstreamness(Z, x), chain.ghosh(Z, x).sum(axis=1))
    np.testing.assert_allclose(chain.downstreamness(Z, x), chain.leontief(Z, x).sum())
    # The nation's chain is as long seen from either end.
    final, primary = x - Z.sum(axis=1), x - Z.sum()
    assert chain.upstreamness(Z, x) @ primary == pytest.approx(x.sum())
    assert chain.downstreamness(Z, x) @ final == pytest.approx(x.sum())


def test_net_exports_change_the_denominator():
    # Half of what is made is exported: of the 50 absorbed at home 25 are inputs, u = 1 + .5 * 1.
    Z = pd.DataFrame([[0.0, 25.0], [0.0, 0.0]])
    assert chain.upstreamness(Z, [100, 100])[0] == pytest.approx(1.25)
    assert chain.upstreamness(Z, [100, 100], net_exports=[50, 0])[0] == pytest.approx(1.5)
    with pytest.raises(InputError, match="Net exports take up the whole output of 0"):
        chain.upstreamness(Z, [100, 100], net_exports=[100, 0])


def test_uses_beyond_output_have_no_upstreamness():
    with pytest.raises(UndefinedError, match="spectral radius"):
        chain.upstreamness([[120, 0], [0, 1]], [100, 100])


def test_import_dependence_by_hand(textbook):
    # Imports 50 of product 1 by sector 1 (.05 of output) and 100 of product 2 by sector 2 (.05).
    # Total = .05 * column sums of L = .05 * 1.15 / .7575, .05 * 1.10 / .7575.
    Z, x = textbook
    imports = pd.DataFrame([[50.0, 0], [0, 100.0]], Z.index, Z.index)
    found = import_dependence(Z, imports, x)
    np.testing.assert_allclose(found["direct"], 0.05)
    np.testing.assert_allclose(found["total"], [0.05 * 1.15 / 0.7575, 0.05 * 1.10 / 0.7575])
    np.testing.assert_allclose(found["share_of_inputs"], [50 / 400, 100 / 700])
    # Sector 1's chain: product 1 counts .05 * .95, product 2 .05 * .20, of 1.15.
    assert found["main_product"].tolist() == ["agriculture", "manufacture"]
    np.testing.assert_allclose(found["main_share"], [0.95 / 1.15, 0.85 / 1.10])
    products = chain.imported_products(Z, imports.iloc[::-1, ::-1], x)
    np.testing.assert_allclose(products.sum(), found["total"])


def test_without_imports_there_is_no_main_product(textbook):
    Z, x = textbook
    found = import_dependence(Z, Z * 0, x)
    assert found["main_product"].isna().all()
    assert (found["total"] == 0).all()


def test_imports_of_other_sectors_are_refused(textbook):
    Z, x = textbook
    other = Z.rename(index={"manufacture": "steel"}, columns={"manufacture": "steel"})
    with pytest.raises(InputError, match="steel"):
        import_dependence(Z, other, x)


def test_the_external_dependence_of_electronics_is_large(io_2018, io_2020):
    """Over two fifths of the electronics chain are imported, the most of all 42 sectors."""
    for table in (io_2018, io_2020):
        found = import_dependence(table.transactions, table.imports, table.output)
        assert found["total"].idxmax() == "20"
        assert 0.4 < found.loc["20", "total"] < 0.5
        assert found.loc["20", "main_product"] == "20"
