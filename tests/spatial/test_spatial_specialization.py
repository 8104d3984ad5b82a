"""Specialization and shift-share: hand calculations, identities and bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_resilience import spatial
from geo_resilience.errors import InputError
from geo_resilience.spatial.concentration._specialization import specialization_table

# Two regions, three industries; nation 40, 60, 100 of 200.
TABLE = pd.DataFrame({"a": [30.0, 10], "b": [20.0, 40], "c": [50.0, 50]}, ["x", "y"])


def random_table(seed, regions=5, industries=4):
    cells = np.random.default_rng(seed).integers(1, 100, (regions, industries)).astype(float)
    return pd.DataFrame(cells, [f"r{i}" for i in range(regions)], list("abcd")[:industries])


def test_location_quotient_by_hand():
    expected = pd.DataFrame({"a": [1.5, 0.5], "b": [2 / 3, 4 / 3], "c": [1.0, 1.0]}, ["x", "y"])
    pd.testing.assert_frame_equal(spatial.location_quotient(TABLE), expected)


def test_location_quotient_with_a_base():
    # 30 / 150 against 40 / 400, 10 / 250 against the same.
    base = pd.Series({"y": 250.0, "x": 150.0})
    found = spatial.location_quotient(TABLE[["a"]], base=base)
    assert found["a"].tolist() == pytest.approx([2.0, 0.4])


def test_region_measures_by_hand():
    assert spatial.herfindahl(TABLE).tolist() == pytest.approx([0.38, 0.42])
    # |.3 - .2| + |.2 - .3| + 0
    assert spatial.krugman(TABLE).tolist() == pytest.approx([0.2, 0.2])


def test_industry_measures_by_hand():
    # a: |.75 - .5| and |.25 - .5| halved; the Lorenz curve bends once, so the Gini is the same.
    assert spatial.hoover(TABLE).tolist() == pytest.approx([0.25, 1 / 6, 0.0])
    assert spatial.locational_gini(TABLE).tolist() == pytest.approx([0.25, 1 / 6, 0.0])


def test_a_region_whose_cell_is_blank_is_no_part_of_the_nation_of_that_industry():
    table = TABLE.copy()
    table.loc["y", "a"] = np.nan
    base = pd.Series({"x": 100.0, "y": 100.0})
    found = spatial.location_quotient(table, base=base)
    assert found.loc["x", "a"] == pytest.approx((30 / 100) / (30 / 100))
    assert found["b"].tolist() == pytest.approx([(20 / 100) / (60 / 200), (40 / 100) / (60 / 200)])
    assert np.isnan(found.loc["y", "a"])
    assert np.isnan(spatial.herfindahl(table)["y"])


def test_hoover_passes_over_the_regions_where_the_industry_is_blank():
    # Of x, y, z the industry is blank in z: 3/4 and 1/4 against 1/2 and 1/2.
    table = pd.DataFrame({"a": [3.0, 1, np.nan], "b": [1.0, 3, 4]}, list("xyz"))
    base = pd.Series([10.0, 10, 80], list("xyz"))
    found = spatial.hoover(table, base=base)
    assert found["a"] == pytest.approx(0.25)
    # b: 1/8, 3/8, 4/8 against 1/10, 1/10, 8/10
    assert found["b"] == pytest.approx((0.025 + 0.275 + 0.3) / 2)


def test_ellison_glaeser_has_no_value_where_a_cell_is_blank():
    table = pd.DataFrame({"a": [3.0, np.nan], "b": [1.0, 3]}, ["x", "y"])
    plants, base = pd.Series({"a": 5, "b": 5}), pd.Series([10.0, 10], ["x", "y"])
    with_base = spatial.ellison_glaeser(table, plants, base=base)
    assert np.isnan(with_base.loc["a", ["raw", "gamma"]].astype(float)).all()
    assert with_base.loc["b", "raw"] == pytest.approx(2 * 0.25**2)
    # Without a base y has no whole, and nothing can be held against it.
    assert spatial.ellison_glaeser(table, plants)["gamma"].isna().all()


def test_a_region_with_a_blank_and_no_base_is_no_part_of_the_nation():
    whole = TABLE.copy()
    table = pd.concat([whole, pd.DataFrame(7.0, ["z"], whole.columns)])
    table.loc["z", "a"] = np.nan
    for measure in (spatial.location_quotient, spatial.krugman):
        found, without = measure(table), measure(whole)
        np.testing.assert_allclose(found.loc[["x", "y"]], without, rtol=1e-12)
        assert np.isnan(found.loc[["z"]]).to_numpy().all()
    for measure in (spatial.hoover, spatial.locational_gini):
        np.testing.assert_allclose(measure(table), measure(whole), rtol=1e-12)


def test_nothing_there_is_nan_not_zero():
    table = pd.DataFrame({"a": [0.0, 0.0], "b": [1.0, 0.0]}, ["x", "y"])
    assert np.isnan(spatial.location_quotient(table)["a"]).all()
    assert np.isnan(spatial.krugman(table)["y"])
    assert np.isnan(spatial.hoover(table)["a"]) and np.isnan(spatial.locational_gini(table)["a"])


@given(st.integers(0, 1000))
def test_quotients_average_to_one(seed):
    table = random_table(seed)
    weight = table.sum(axis=1) / table.to_numpy().sum()
    mean = spatial.location_quotient(table).mul(weight, axis=0).sum()
    np.testing.assert_allclose(mean, 1)


@given(st.integers(0, 1000))
def test_bounds(seed):
    table = random_table(seed)
    assert spatial.krugman(table).between(0, 2).all()
    assert spatial.herfindahl(table).between(0.25, 1).all()
    # The Gini is twice an area that holds the Hoover triangle.
    assert (spatial.locational_gini(table) >= spatial.hoover(table) - 1e-12).all()
    assert spatial.locational_gini(table).between(0, 1).all()


def test_what_is_wrong_is_named():
    with pytest.raises(InputError, match=r"y/b = -1"):
        spatial.location_quotient(TABLE.replace(40.0, -1.0))
    with pytest.raises(InputError, match="needs a base"):
        spatial.location_quotient(TABLE[["a"]])
    with pytest.raises(InputError, match=r"base: .* y;"):
        spatial.location_quotient(TABLE[["a"]], base=pd.Series({"x": 1.0}))
    with pytest.raises(InputError, match="not numbers"):
        spatial.krugman(pd.DataFrame({"a": ["many", "few"]}))


def test_table_for_one_industry_with_base():
    index = pd.MultiIndex.from_product([["x", "y"], [2022, 2023]], names=["adcode", "year"])
    panel = pd.DataFrame({"hightech": [30.0, 33, 10, 11]}, index)
    base = pd.Series([150.0, 150, 250, 250], index)
    found = specialization_table(panel, base=base).sort_values(["adcode", "year"])
    assert set(found.columns) == {"adcode", "year", "measure", "industry", "value"}
    quotients = found.query("measure == 'location_quotient'")
    assert quotients[["adcode", "year"]].values.tolist() == [
        ["x", 2022], ["x", 2023], ["y", 2022], ["y", 2023],
    ]  # fmt: skip
    assert quotients["value"].tolist() == pytest.approx([2.0, 2.0, 0.4, 0.4])
    assert found.query("measure == 'share' and year == 2022")["value"].tolist() == [0.75, 0.25]
    assert not found["measure"].isin(["herfindahl", "krugman"]).any()
    assert set(found.loc[found["adcode"] == "", "measure"]) == {"hoover", "locational_gini"}


def test_table_for_a_whole_set_of_industries():
    found = specialization_table(TABLE)
    krugman = found.query("measure == 'krugman'")
    assert krugman[["adcode", "industry"]].values.tolist() == [["x", ""], ["y", ""]]
    assert (found["year"] == 0).all()


def test_shift_share_by_hand():
    # Nation +25 %: a 200 -> 300 (+50 %), b 200 -> 200. x: 150 a, 50 b -> 210 a, 60 b.
    before = pd.DataFrame({"a": [150.0, 50], "b": [50.0, 150]}, ["x", "y"])
    after = pd.DataFrame({"a": [210.0, 90], "b": [60.0, 140]}, ["x", "y"])
    found = spatial.shift_share(before, after)
    assert found.loc["x"].tolist() == pytest.approx([50, 150 * 0.25 - 50 * 0.25, -15 + 10])
    assert found.loc["y"].tolist() == pytest.approx([50, 50 * 0.25 - 150 * 0.25, 15 - 10])
    cells = spatial.shift_share(before, after, by_industry=True)
    assert cells.loc[("x", "a")].tolist() == pytest.approx([37.5, 37.5, -15])


@settings(max_examples=50)
@given(st.integers(0, 1000), st.integers(1001, 2000))
def test_shift_share_adds_up(first, second):
    before, after = random_table(first), random_table(second)
    change = after.sum(axis=1) - before.sum(axis=1)
    plain = spatial.shift_share(before, after)
    np.testing.assert_allclose(plain.sum(axis=1), change, atol=1e-9)
    # What some regions gain on others nets out over the nation.
    np.testing.assert_allclose(plain["regional"].sum(), 0, atol=1e-9)
    zones = {"one": ["r0", "r1"], "two": ["r2", "r3", "r4"]}
    split = spatial.shift_share(before, after, groups=zones)
    np.testing.assert_allclose(split["zone"] + split["regional"], plain["regional"], atol=1e-9)
    np.testing.assert_allclose(split["regional"].groupby([0, 0, 1, 1, 1]).sum(), 0, atol=1e-9)


def test_shift_share_with_an_industry_new_to_a_zone():
    before = pd.DataFrame({"a": [10.0, 0, 20], "b": [10.0, 10, 10]}, ["x", "y", "z"])
    after = pd.DataFrame({"a": [10.0, 5, 20], "b": [10.0, 10, 10]}, ["x", "y", "z"])
    found = spatial.shift_share(before, after, groups={"one": ["x", "z"], "two": ["y"]})
    np.testing.assert_allclose(found.sum(axis=1), [0, 5, 0], atol=1e-12)


def test_a_cell_of_one_date_alone_is_no_growth_of_the_nation():
    # Of the cells there at both dates a: 30 -> 33, b: 30 -> 30; the nation +5 %.
    before = pd.DataFrame({"a": [10.0, np.nan, 20], "b": [10.0, 10, 10]}, ["x", "y", "z"])
    after = pd.DataFrame({"a": [12.0, 90, 21], "b": [10.0, 10, 10]}, ["x", "y", "z"])
    for groups in (None, {"one": ["x", "z"], "two": ["y"]}):
        found = spatial.shift_share(before, after, groups=groups)
        assert found.loc["x", ["national", "mix"]].tolist() == pytest.approx([1, 0.5 - 0.5])
        assert found.loc[["x", "z"]].sum(axis=1).tolist() == pytest.approx([2, 1])
        assert found.loc["y"].isna().all()


def test_shift_share_needs_the_same_tables():
    with pytest.raises(InputError, match=r"\bz\b"):
        spatial.shift_share(TABLE, TABLE.rename({"y": "z"}))


def test_location_quotient_of_a_textbook():
    # Farhauer and Kroell (2013), Standorttheorien, as worked in the manual of R's REAT (locq):
    # 1,714 of 79,006 employed in the region, 879,213 of 15,593,224 in the nation: 0.3847623.
    table = pd.DataFrame({"industry": [1714.0, 879213 - 1714]}, ["region", "rest"])
    base = pd.Series([79006.0, 15593224 - 79006], ["region", "rest"])
    found = spatial.location_quotient(table, base=base)
    assert found.loc["region", "industry"] == pytest.approx(0.3847623, abs=5e-8)


def test_shift_share_of_a_textbook():
    # "Holukuluku", Gunter Krumme, University of Washington, Geography 350: four industries that
    # are 10, 20, 40, 30 % of a nation and grow there by 10, 20, 30, 40 %. Of the 630 employed
    # gained, 290 are national growth, -80 composition, 420 the differential effect.
    nation = np.array([0.1, 0.2, 0.4, 0.3]) * 1_000_000
    before, after = np.array([500.0, 100, 200, 200]), np.array([1000.0, 100, 250, 280])
    grown = nation * np.array([1.1, 1.2, 1.3, 1.4])
    rows, industries = ["Holukuluku", "rest"], ["I", "II", "III", "IV"]
    found = spatial.shift_share(
        pd.DataFrame([before, nation - before], rows, industries),
        pd.DataFrame([after, grown - after], rows, industries),
    )
    assert found.loc["Holukuluku"].to_dict() == pytest.approx(
        {"national": 290, "mix": -80, "regional": 420}
    )
