"""Leontief and Ghosh systems: the textbook by hand, another program, identities."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_resilience import chain
from geo_resilience.chain.inputoutput._extraction import link_extraction
from geo_resilience.chain.inputoutput._flows import checked_flows
from geo_resilience.chain.inputoutput._upstreamness import import_dependence
from geo_resilience.errors import InputError, UndefinedError

# By hand for the two sectors of Miller and Blair: A = [[.15, .25], [.20, .05]],
# |I - A| = .85 * .95 - .25 * .20 = .8075 - .05 = .7575, L = [[.95, .25], [.20, .85]] / .7575.
L_HAND = np.array([[0.95, 0.25], [0.20, 0.85]]) / 0.7575
seeds = st.integers(0, 10_000)
sizes = st.integers(1, 9)


def test_leontief_is_that_of_the_textbook(textbook):
    found = chain.leontief(*textbook)
    np.testing.assert_allclose(found, L_HAND, rtol=1e-14)
    assert found.index.tolist() == found.columns.tolist() == ["agriculture", "manufacture"]
    # As printed there: 1.2541, .3300, .2640, 1.1221; f = (600, 1500) calls for 1247.5 and 1841.6:
    # .95 * 600 + .25 * 1500 = 945 and .20 * 600 + .85 * 1500 = 1395, over .7575.
    np.testing.assert_allclose(found @ [600, 1500], [945 / 0.7575, 1395 / 0.7575])


def test_ghosh_is_that_of_the_textbook(textbook):
    # B = [[.15, .50], [.10, .05]], |I - B| = .85 * .95 - .05 = .7575.
    expected = np.array([[0.95, 0.5], [0.1, 0.85]]) / 0.7575
    np.testing.assert_allclose(chain.ghosh(*textbook), expected, rtol=1e-14)


def test_linkages_by_hand(textbook):
    found = chain.linkages(*textbook)
    # Sums of L times .7575: columns 1.15 and 1.10, rows 1.20 and 1.05, all 2.25.
    np.testing.assert_allclose(found["multiplier"], [1.15 / 0.7575, 1.10 / 0.7575])
    np.testing.assert_allclose(found["backward"], [2 * 1.15 / 2.25, 2 * 1.10 / 2.25])
    np.testing.assert_allclose(found["forward"], [2 * 1.20 / 2.25, 2 * 1.05 / 2.25])
    # Row sums of G: 1.45 / .7575, .95 / .7575; sum 2.40 / .7575.
    np.testing.assert_allclose(found["forward_ghosh"], [2 * 1.45 / 2.4, 2 * 0.95 / 2.4])
    # Two values a and b have the standard deviation |a - b| / sqrt 2 (n - 1), mean (a + b) / 2.
    np.testing.assert_allclose(
        found["backward_cv"], [np.sqrt(2) * 0.75 / 1.15, np.sqrt(2) * 0.60 / 1.10]
    )
    np.testing.assert_allclose(
        found["forward_cv"], [np.sqrt(2) * 0.70 / 1.20, np.sqrt(2) * 0.65 / 1.05]
    )
    assert found["quadrant"].tolist() == ["key", "weak"]


def test_the_quadrant_may_rest_on_ghosh():
    # A star: everything sells to the last sector, which sells to final demand only.
    Z = np.zeros((3, 3))
    Z[0, 2], Z[1, 2] = 50, 10
    leontief = chain.linkages(Z, [100, 100, 100])
    assert leontief.loc[2, "quadrant"] == "backward"
    assert leontief.loc[0, "quadrant"] == "forward"
    # Row sums of L: 1.5, 1.1, 1; of G: 1.5, 1.1, 1 as outputs are equal.
    np.testing.assert_allclose(leontief["forward"], leontief["forward_ghosh"])
    # With a large output of sector 1 its sales weigh little: 1 + 10/1000 < mean.
    ghosh = chain.linkages(Z, [100, 1000, 100], by="ghosh")
    assert ghosh.loc[0, "quadrant"] == "forward"
    assert ghosh.loc[1, "quadrant"] == "weak"


def test_equal_sectors_are_at_the_mean_and_so_key():
    found = chain.linkages(np.full((3, 3), 10.0), [100.0, 100.0, 100.0])
    np.testing.assert_allclose(found[["backward", "forward"]], 1)
    assert set(found["quadrant"]) == {"key"}


def test_multipliers_of_the_closed_system_by_hand(textbook):
    # Miller and Blair, chapter 6: households earn 300 and 500 and buy 50 and 400 of 1,000 outlay.
    # Here their outlay is their income, 800: coefficients of consumption 50/800, 400/800.
    Z, x = textbook
    found = chain.multipliers(Z, x, income=[300, 500], consumption=[50, 400])
    closed = np.array([[0.15, 0.25, 50 / 800], [0.20, 0.05, 400 / 800], [0.3, 0.25, 0]])
    inverse = np.linalg.inv(np.eye(3) - closed)
    np.testing.assert_allclose(found["output_type2"], inverse[:2, :2].sum(axis=0))
    np.testing.assert_allclose(found["income_type2"], inverse[2, :2])
    # Type I by hand: (.3 * .95 + .25 * .20) / .7575 = .335 / .7575; (.3 * .25 + .25 * .85) / .7575.
    np.testing.assert_allclose(found["income"], [0.335 / 0.7575, 0.2875 / 0.7575])
    np.testing.assert_allclose(
        found["income_ratio"], [0.335 / 0.7575 / 0.3, 0.2875 / 0.7575 / 0.25]
    )
    assert (found["income_type2"] > found["income"]).all()


def test_a_sector_without_income_has_no_ratio(textbook):
    Z, x = textbook
    found = chain.multipliers(Z, x, income=[0, 500])
    assert np.isnan(found["income_ratio"].iloc[0])
    assert found["income"].iloc[0] > 0


def test_pymrio_finds_the_same_on_the_national_table(io_2018, reference):
    theirs = reference["linkages_2018"]
    ours = chain.linkages(io_2018.transactions, io_2018.output)
    assert io_2018.codes == theirs["sectors"]
    n = len(ours)
    np.testing.assert_allclose(ours["multiplier"], theirs["column_sums"], rtol=1e-9)
    rows = np.array(theirs["row_sums"])
    np.testing.assert_allclose(ours["forward"], n * rows / rows.sum(), rtol=1e-9)
    sold = np.array(theirs["ghosh_row_sums"])
    np.testing.assert_allclose(ours["forward_ghosh"], n * sold / sold.sum(), rtol=1e-9)
    first = chain.leontief(io_2018.transactions, io_2018.output).iloc[:, 0]
    np.testing.assert_allclose(first, theirs["first_column"], rtol=1e-9, atol=1e-15)
    pulls = chain.multipliers(
        io_2018.transactions,
        io_2018.output,
        value_added=io_2018.value_added.sum(),
        income=io_2018.income,
    )
    np.testing.assert_allclose(pulls["value_added"], theirs["value_added"], rtol=1e-9)
    np.testing.assert_allclose(pulls["income"], theirs["income"], rtol=1e-9)


def test_value_added_and_imports_together_make_one(io_2018):
    """A unit of final demand is paid for by value added at home and imports, nothing else."""
    home = chain.multipliers(
        io_2018.transactions, io_2018.output, value_added=io_2018.value_added.sum()
    )["value_added"]
    abroad = import_dependence(io_2018.transactions, io_2018.imports, io_2018.output)["total"]
    np.testing.assert_allclose(home + abroad, 1, atol=1e-7)


@given(seeds, sizes)
def test_identities_of_the_two_inverses(make_table, seed, n):
    Z, x, final = make_table(seed, n)
    L, G = chain.leontief(Z, x), chain.ghosh(Z, x)
    np.testing.assert_allclose(L @ final, x)
    np.testing.assert_allclose((x - Z.sum()) @ G, x)
    assert (np.diag(L) >= 1 - 1e-12).all()
    np.testing.assert_allclose(np.diag(L), np.diag(G))
    assert chain.linkages(Z, x)["backward"].mean() == pytest.approx(1)
    np.testing.assert_allclose(chain.multipliers(Z, x, value_added=x - Z.sum())["value_added"], 1)


@given(seeds, st.integers(2, 7))
def test_the_order_of_sectors_does_not_matter(make_table, seed, n):
    Z, x, _ = make_table(seed, n)
    turned = Z.iloc[::-1, np.roll(np.arange(n), 1)]
    found = chain.linkages(turned, x).loc[Z.index]
    pd.testing.assert_frame_equal(found, chain.linkages(Z, x), rtol=1e-9)


@given(seeds, st.integers(2, 6))
def test_checked_flows_give_the_same_and_share_one_inverse(make_table, seed, n):
    Z, x, _ = make_table(seed, n)
    flows = checked_flows(Z, x)
    for work in (
        chain.linkages,
        chain.multipliers,
        chain.upstreamness,
        chain.downstreamness,
        chain.propagation_lengths,
        chain.extraction,
        link_extraction,
        chain.leontief,
    ):
        plain, shared = work(Z, x), work(flows, x)
        np.testing.assert_allclose(
            plain.select_dtypes("number") if plain.ndim == 2 else plain,
            shared.select_dtypes("number") if shared.ndim == 2 else shared,
            rtol=1e-9,
            atol=1e-12,
        )
        assert plain.index.equals(shared.index)


class TestWrongInput:
    def test_output_of_zero_names_the_sector(self, textbook):
        Z, x = textbook
        with pytest.raises(InputError, match="manufacture has no output"):
            chain.leontief(Z, x.replace(2000.0, 0.0))

    def test_a_negative_flow_is_named(self, textbook):
        Z, x = textbook
        Z.loc["agriculture", "manufacture"] = -1
        with pytest.raises(InputError, match="from agriculture to manufacture is negative"):
            chain.linkages(Z, x)

    def test_an_unproductive_table_says_its_radius(self):
        # a_11 = 1.2: more goes in than comes out.
        with pytest.raises(UndefinedError, match=r"1\.2"):
            chain.leontief([[120, 0], [0, 1]], [100, 100])

    def test_multipliers_refuse_it_too(self):
        for Z in ([[120, 0], [0, 1]], [[50, 50], [50, 50]], [[0, 200], [200, 0]]):
            with pytest.raises(UndefinedError, match="spectral radius"):
                chain.multipliers(Z, [100, 100])

    def test_a_radius_of_one_has_no_inverse_either(self):
        with pytest.raises(UndefinedError, match="spectral radius"):
            chain.leontief([[50, 50], [50, 50]], [100, 100])

    def test_labels_that_differ(self, textbook):
        Z, x = textbook
        with pytest.raises(InputError, match="steel"):
            chain.leontief(Z.rename(columns={"manufacture": "steel"}), x)
        with pytest.raises(InputError, match="manufacture"):
            chain.leontief(Z, x.rename({"manufacture": "steel"}))

    @pytest.mark.parametrize("cell", [np.nan, np.inf, "n.a."])
    def test_a_cell_that_is_no_number(self, textbook, cell):
        Z, x = textbook
        Z = Z.astype(object)
        Z.iloc[1, 0] = cell
        with pytest.raises(InputError, match="row manufacture, column agriculture"):
            chain.ghosh(Z, x)

    def test_shapes(self):
        with pytest.raises(InputError, match=r"square.*2 x 3"):
            chain.leontief(np.ones((2, 3)), [1, 2])
        with pytest.raises(InputError, match=r"square.*5"):
            chain.leontief(5, [1])
        with pytest.raises(InputError, match="3 values"):
            chain.leontief(np.ones((2, 2)), [10, 20, 30])

    def test_a_sector_that_stands_twice(self):
        Z = pd.DataFrame(np.ones((2, 2)), ["a", "a"], ["a", "a"])
        with pytest.raises(InputError, match="twice"):
            chain.leontief(Z, [10, 10])

    def test_unknown_options(self, textbook):
        with pytest.raises(InputError, match="leontief"):
            chain.linkages(*textbook, by="neither")
        with pytest.raises(InputError, match="income"):
            chain.multipliers(*textbook, consumption=[1, 2])
