"""Network, removal, propagation, decomposition and paths as files: against networkx and by hand."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from geo_resilience import chain
from geo_resilience.chain.inputoutput._decomposition import decomposition_table
from geo_resilience.chain.inputoutput._tables import (
    network_table,
    propagation_table,
    removal_table,
    stacked,
)
from geo_resilience.chain.shocks._recovery import shock_path_table, shock_variation_table
from geo_resilience.errors import InputError


def test_network_rows_hold_strengths_concentration_and_single_points(io_2018):
    found = stacked([io_2018], network_table, language="zh").set_index("sector")
    Z = io_2018.transactions.to_numpy().copy()
    np.fill_diagonal(Z, 0)
    np.testing.assert_allclose(found["out_strength"], Z.sum(axis=1))
    np.testing.assert_allclose(found["in_strength"], Z.sum(axis=0))
    shares = Z / Z.sum(axis=0)
    np.testing.assert_allclose(found["supplier_hhi"], (shares**2).sum(axis=0))
    np.testing.assert_allclose(found["supplier_cr3"], np.sort(shares, axis=0)[-3:].sum(axis=0))
    # Another route to PageRank: the power iteration of networkx on the shares of purchases.
    kept = np.where(shares >= 0.01, Z, 0)
    graph = nx.from_numpy_array(kept.T, create_using=nx.DiGraph)
    ranks = nx.pagerank(graph, tol=1e-12, max_iter=1000)
    np.testing.assert_allclose(found["pagerank"], list(ranks.values()), atol=1e-9)
    assert found["pagerank"].sum() == pytest.approx(1)
    # Food takes 63 % of what it buys elsewhere from agriculture.
    alone = chain.single_points(io_2018.transactions)
    assert alone.iloc[0][["supplier", "buyer"]].tolist() == ["01", "06"]
    assert alone["share"].iloc[0] == pytest.approx(shares[0, 5])
    assert (found["sole_for"] == (shares >= 0.5).sum(axis=1)).all()
    assert found.loc["01", "name"] == "农林牧渔产品和服务"
    assert found["splits"].isna().sum() == (found["sole_for"] == 0).sum()


def test_removal_curves_begin_whole_fall_and_share_their_random_orders(io_2018):
    found = removal_table(io_2018, draws=20, rng=3)
    assert set(found["measure"]) == {"strength", "betweenness", "pagerank"}
    for _, curve in found.groupby("measure"):
        assert curve["removed"].tolist() == list(range(22))
        assert curve["flow"].iloc[0] == curve["component"].iloc[0] == 1
        assert (curve["flow"].diff().dropna() <= 0).all()
        assert (curve["random_flow_low"] <= curve["random_flow_high"]).all()
    random = found.pivot(index="removed", columns="measure", values="random_flow")
    assert random["strength"].equals(random["pagerank"])
    first = found.query("measure == 'strength' and removed == 1").iloc[0]
    Z = io_2018.transactions.to_numpy().copy()
    np.fill_diagonal(Z, 0)
    gone = int((Z.sum(axis=0) + Z.sum(axis=1)).argmax())
    assert first["sector"] == io_2018.codes[gone]
    left = 1 - (Z[gone].sum() + Z[:, gone].sum()) / Z.sum()
    assert first["flow"] == pytest.approx(left)


def test_the_same_seed_gives_the_same_removal(io_2018):
    once, again = (removal_table(io_2018, draws=5, rng=8) for _ in range(2))
    pd.testing.assert_frame_equal(once, again)


def test_propagation_lists_strong_pairs_with_their_lengths(io_2018):
    found = propagation_table(io_2018)
    assert (found["linkage"] >= 0.02).all() and found["linkage"].is_monotonic_decreasing
    assert (found["supplier"] != found["buyer"]).all()
    A = io_2018.transactions.to_numpy() / io_2018.output.to_numpy()
    powers, total, weighted = np.eye(42), np.zeros((42, 42)), np.zeros((42, 42))
    for step in range(1, 400):  # the series itself, not the inverse
        powers = powers @ A
        total += powers
        weighted += step * powers
    total[total == 0] = np.nan
    row = found.iloc[0]
    i, j = io_2018.codes.index(row["supplier"]), io_2018.codes.index(row["buyer"])
    assert row["length"] == pytest.approx((weighted / total)[i, j])
    x = io_2018.output.to_numpy()
    cut = A.copy()
    cut[i, j] = 0
    final = x - A @ x
    lost = x.sum() - np.linalg.solve(np.eye(42) - cut, final).sum()
    assert row["loss"] == pytest.approx(lost)
    assert row["linkage"] == pytest.approx(total[i, j] * (1 + x[j] / x[i]) / 2)


def test_decomposition_rows_sum_to_the_change(io_2018, io_2020):
    found = decomposition_table(io_2018, io_2020)
    np.testing.assert_allclose(found["change"], io_2020.output - io_2018.output, rtol=1e-9)
    np.testing.assert_allclose(found["technology"] + found["demand"], found["change"], rtol=1e-6)
    parts = found[["TC", "FU201", "FU202", "EX"]].sum(axis=1)
    np.testing.assert_allclose(parts, found["demand"], rtol=1e-9, atol=1)


def test_decomposition_takes_competing_imports_as_demand_below_zero(io_2018, io_2020):
    from dataclasses import replace

    def competitive(table):
        bought = table.imports.sum(axis=1) + table.imports_final.sum(axis=1)
        return replace(
            table,
            transactions=table.total_flows,
            final_demand=table.final_demand + table.imports_final,
            imports=None,
            imports_final=None,
            competing=bought,
        )

    found = decomposition_table(competitive(io_2018), competitive(io_2020))
    assert "IM" in found.columns
    np.testing.assert_allclose(found["technology"] + found["demand"], found["change"], rtol=1e-6)


def test_paths_stand_at_100_in_the_base_year_and_at_the_nation():
    panel = pd.DataFrame(
        {2018: [90.0, 80.0, 10.0], 2019: [100, 100, 10], 2020: [90, 120, 12]}, ["11", "12", "54"]
    )
    panel.loc["54", 2018] = np.nan
    zones = {"east": ["11", "12"], "west": ["54"]}
    found = shock_path_table({"revenue": panel}, base=2019, zones=zones)
    at = found.set_index(["scope", "adcode", "group", "year"])
    assert at.loc[("nation", "", "", 2020), "value"] == 210  # Tibet has a blank: left out
    assert at.loc[("region", "11", "", 2020), "index"] == pytest.approx(90)
    assert at.loc[("region", "11", "", 2020), "relative"] == pytest.approx(90 / 105 * 100)
    assert at.loc[("zone", "", "east", 2018), "index"] == pytest.approx(85)
    assert np.isnan(at.loc[("zone", "", "west", 2018), "value"])
    assert (found.loc[found["year"] == 2019, "index"] == 100).all()
    with pytest.raises(InputError, match="2017"):
        shock_path_table({"revenue": panel}, base=2017)


def test_other_base_years_stand_beside_each_other():
    panel = pd.DataFrame(
        {2018: [130.0, 70], 2019: [100, 100], 2020: [95, 85], 2021: [94, 90], 2022: [104, 99]},
        ["11", "12"],
    )
    found = shock_variation_table({"revenue": panel}, shock=(2019, 2020), recovered=(2020, 2022))
    assert len(found) == 8
    # From 2018 on region 11 fell by more than the nation, from 2019 on by less.
    first = found[found["adcode"] == "11"]
    assert set(first["shock"]) == {"2018-2020", "2019-2020"}
    assert not first["stable"].any()
