"""Location quotients, RAS and GRAS."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_resilience import chain
from geo_resilience.chain.inputoutput._regional import (
    regional_linkage_table,
    regional_range_table,
    regional_table,
    trading_coefficients,
)
from geo_resilience.errors import InputError, UndefinedError

seeds = st.integers(0, 10_000)


class TestQuotients:
    # The region has 30 and 20 of 100 and 100: SLQ = .6 / .5 = 1.2 and .4 / .5 = .8.
    SIZES = ([30, 20], [100, 100])

    def test_simple(self):
        found = trading_coefficients(*self.SIZES, method="slq")
        np.testing.assert_allclose(found, [[1, 1], [0.8, 0.8]])

    def test_cross_industry(self):
        # Off the diagonal 1.2 / .8 = 1.5, cut at 1, and .8 / 1.2; on it the simple ones.
        found = trading_coefficients(*self.SIZES, method="cilq")
        np.testing.assert_allclose(found, [[1, 1], [2 / 3, 0.8]])

    def test_flegg(self):
        # lambda = log2(1.25) ^ .3 = .321928 ^ .3 = exp(.3 * -1.133427) = .71175.
        scale = 0.321928094887362**0.3
        assert scale == pytest.approx(0.71175, abs=1e-5)
        found = trading_coefficients(*self.SIZES, delta=0.3)
        np.testing.assert_allclose(found, [[1.2 * scale, 1], [2 / 3 * scale, 0.8 * scale]])

    def test_delta_of_zero_is_the_cross_industry_quotient(self):
        pd.testing.assert_frame_equal(
            trading_coefficients(*self.SIZES, delta=0),
            trading_coefficients(*self.SIZES, method="cilq"),
        )

    def test_the_nation_itself_supplies_itself(self):
        for method in ("slq", "cilq", "flq"):
            found = trading_coefficients([100, 50, 7], [100, 50, 7], method=method)
            np.testing.assert_allclose(found, 1)

    @given(seeds, st.integers(2, 8), st.sampled_from(["slq", "cilq", "flq"]))
    def test_no_region_supplies_more_than_it_needs(self, make_table, seed, n, method):
        Z, x, _ = make_table(seed, n)
        rng = np.random.default_rng(seed)
        sizes = pd.DataFrame(rng.random((3, n)) * x.to_numpy(), ["11", "12", "13"], Z.index)
        tables = chain.regional_tables(Z, x, sizes, method=method)
        national = Z / x
        for region, table in tables.items():
            A = table.transactions / table.output
            assert (national + 1e-12 >= A).all(axis=None)
            assert (table.imported >= -1e-9).all()
            inputs = table.transactions.sum() + table.imported
            np.testing.assert_allclose(inputs, national.sum() * table.output)
            assert table.notes[0].code == "chain.regional_estimate"
            share = sizes.loc[region] / sizes.sum()
            np.testing.assert_allclose(table.output, x * share)
        outputs = sum(table.output for table in tables.values())
        np.testing.assert_allclose(outputs, x)

    def test_a_sector_that_the_region_lacks_is_left_out(self):
        Z = pd.DataFrame([[20.0, 10], [30, 10]], ["a", "b"], ["a", "b"])
        table = regional_table(Z, [100, 100], [30, 0], [100, 100])
        assert table.transactions.index.tolist() == ["a"]
        # All inputs of b come from outside: .3 * 30, and what flq leaves of a's own.
        assert table.imported["a"] >= 9

    def test_the_three_broad_sectors_of_a_region(self, io_2018):
        three = chain.aggregate(
            io_2018,
            {c: "1" if c == "01" else "2" if int(c) <= 27 else "3" for c in io_2018.codes},
        )
        sizes = pd.DataFrame({"1": [5, 95], "2": [400, 600], "3": [300, 700]}, ["44", "rest"])
        tables = chain.regional_tables(three.transactions, three.output, sizes)
        lost = chain.extraction(tables["44"].transactions, tables["44"].output)
        assert lost["share"].idxmax() == "2"


class TestQuotientsWrongInput:
    def test_sizes(self):
        with pytest.raises(InputError, match="0: the region has -1, the nation 100"):
            trading_coefficients([-1, 5], [100, 100])
        with pytest.raises(InputError, match="the region has 200"):
            trading_coefficients([200, 5], [100, 100])
        with pytest.raises(InputError, match="no output in any sector"):
            trading_coefficients([0, 0], [100, 100])

    def test_options(self):
        with pytest.raises(InputError, match="flq"):
            trading_coefficients([1, 1], [2, 2], method="lq")
        with pytest.raises(InputError, match="delta"):
            trading_coefficients([1, 1], [2, 2], delta=1)

    def test_other_sectors(self, textbook):
        sizes = pd.DataFrame({"agriculture": [1.0], "services": [1.0]}, ["11"])
        with pytest.raises(InputError) as caught:
            chain.regional_tables(*textbook, sizes)
        assert "No sector services" in str(caught.value)
        assert "manufacture" in str(caught.value)


class TestRas:
    def test_two_by_two_by_hand(self):
        # The cross ratio 1 * 4 / (2 * 3) is kept: t (1 + t) / ((5 - t) (4 - t)) = 2 / 3, so
        # t^2 + 21 t - 40 = 0 and t = (sqrt 601 - 21) / 2.
        t = (np.sqrt(601) - 21) / 2
        found = chain.ras([[1, 2], [3, 4]], [5, 5], [4, 6])
        np.testing.assert_allclose(found, [[t, 5 - t], [4 - t, 1 + t]], rtol=1e-8)

    @given(seeds, st.integers(1, 6), st.integers(1, 6))
    def test_margins_are_met_and_zeros_and_cross_ratios_kept(self, seed, n, k):
        rng = np.random.default_rng(seed)
        start = rng.random((n, k)) + 0.1
        goal = rng.random((n, k)) + 0.1
        found = chain.ras(start, goal.sum(axis=1), goal.sum(axis=0)).to_numpy()
        np.testing.assert_allclose(found.sum(axis=1), goal.sum(axis=1))
        np.testing.assert_allclose(found.sum(axis=0), goal.sum(axis=0))
        factors = np.log(found / start)
        # r_i s_j: every double difference of the logs vanishes.
        np.testing.assert_allclose(
            factors - factors[:1] - factors[:, :1] + factors[0, 0], 0, atol=1e-6
        )

    def test_labels_align_the_margins(self):
        start = pd.DataFrame([[1.0, 2], [3, 4]], ["a", "b"], ["x", "y"])
        found = chain.ras(start, pd.Series({"b": 5, "a": 5}), pd.Series({"y": 6, "x": 4}))
        assert found.loc["a"].sum() == pytest.approx(5)

    def test_wrong_input(self):
        with pytest.raises(InputError, match="add up to 3"):
            chain.ras([[1, 2], [3, 4]], [1, 2], [1, 9])
        with pytest.raises(InputError, match=r"rows.*: 0"):
            chain.ras([[0, 0], [3, 4]], [1, 2], [1, 2])
        with pytest.raises(InputError, match="gras"):
            chain.ras([[1, -2], [3, 4]], [1, 2], [1, 2])
        with pytest.raises(UndefinedError, match="zeros stand in the way"):
            chain.ras([[1, 0], [0, 1]], [1, 2], [2, 1], rounds=50)
        with pytest.raises(InputError, match="no finite number"):
            chain.ras([[1, np.nan], [3, 4]], [1, 2], [1, 2])


class TestGras:
    def test_two_by_two_by_hand(self):
        # Positive cells scale by r s, negative ones by 1 / (r s): x11 x12 x22 / x21 stays -6, so
        # t (2 - t) (1 + t) = -6 (4 - t), a cubic: t^3 - t^2 - 8 t + 24 - ... = 0.
        roots = np.roots([-1, 1, 2 - 6, 24])
        (t,) = [root.real for root in roots if abs(root.imag) < 1e-9 and 2 < root.real < 4]
        found = chain.gras([[2, -1], [1, 3]], [2, 5], [4, 3])
        np.testing.assert_allclose(found, [[t, 2 - t], [4 - t, 1 + t]], rtol=1e-8)

    @given(seeds, st.integers(2, 6), st.integers(2, 6))
    def test_the_solution_has_the_form_of_the_optimum(self, seed, n, k):
        rng = np.random.default_rng(seed)
        start = rng.normal(size=(n, k)) + 0.3
        start[0], start[:, 0] = np.abs(start[0]) + 0.1, np.abs(start[:, 0]) + 0.1
        # Margins that some matrix of that form has.
        r, s = rng.uniform(0.7, 1.4, n)[:, None], rng.uniform(0.7, 1.4, k)
        goal = np.where(start > 0, start * r * s, start / (r * s))
        found = chain.gras(start, goal.sum(axis=1), goal.sum(axis=0)).to_numpy()
        np.testing.assert_allclose(found, goal, rtol=1e-5, atol=1e-7)

    @given(seeds, st.integers(2, 5))
    def test_without_negative_cells_it_is_ras(self, seed, n):
        rng = np.random.default_rng(seed)
        start, goal = rng.random((n, n)) + 0.1, rng.random((n, n)) + 0.1
        margins = goal.sum(axis=1), goal.sum(axis=0)
        np.testing.assert_allclose(
            chain.gras(start, *margins), chain.ras(start, *margins), rtol=1e-6
        )

    def test_a_matrix_with_a_row_of_negative_cells(self):
        # The row of -2 and -2 has to make -6: only negative cells to scale.
        found = chain.gras([[4, 4], [-2, -2]], [10, -6], [2, 2])
        np.testing.assert_allclose(found, [[5, 5], [-3, -3]])

    def test_unreachable_margins(self):
        with pytest.raises(InputError, match="cannot be made"):
            chain.gras([[1, 2], [3, 4]], [-1, 5], [2, 2])


def test_a_range_holds_the_means_of_every_method_and_ends_in_two_of_them(io_2018):
    codes, rng = list(io_2018.codes), np.random.default_rng(1)
    sizes = pd.DataFrame(rng.uniform(1, 9, (4, len(codes))), list("abcd"), codes)
    rows = regional_linkage_table(io_2018, sizes)
    ranges = regional_range_table(rows).set_index("adcode")
    assert (ranges["methods"] == 3).all()
    for region, part in rows.groupby("adcode"):
        for name in ("multiplier", "inside"):
            means = [
                np.average(each[name], weights=each["output"]) for _, each in part.groupby("method")
            ]
            found = ranges.loc[region, [f"{name}_low", f"{name}_high"]]
            assert found.tolist() == pytest.approx([min(means), max(means)])
