"""One column of any table: everything that applies, on the provinces and on a large map."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from maps_for_tests import lattice, province_figures, provinces, reference

from geo_resilience import spatial
from geo_resilience.errors import InputError
from geo_resilience.regions import read_boundaries, read_groups


def test_one_column_of_the_provinces():
    regions, y = read_boundaries(), province_figures()["product"]
    found = spatial.overview(
        y,
        spatial.queen(regions),
        regions=regions,
        groupings=read_groups(),
        names=regions.frame["name"],
        rng=1,
    )
    assert list(found) == [
        "neighbors", "global", "local", "correlogram", "distance_correlogram", "gradient",
        "inequality", "gaps", "pattern", "regionalization",
    ]  # fmt: skip
    line = found["global"].set_index("statistic")
    assert line.loc["moran", "value"] == pytest.approx(reference()["moran_W_product", "value"])
    assert found["neighbors"].loc["links", "value"] == 138
    assert found["local"].loc[0, "name"] == "Beijing"
    assert found["gradient"].loc["west_east", "slope"] > 0
    assert set(found["pattern"]["verdict"]) >= {"cannot be tested"}
    again = spatial.overview(
        y, spatial.queen(regions), regions=regions, groupings=read_groups(), rng=1
    )
    pd.testing.assert_frame_equal(found["pattern"], again["pattern"])
    pd.testing.assert_frame_equal(found["gaps"], again["gaps"])


def test_a_large_map_leaves_out_what_would_take_too_long():
    graph = lattice(32, 33)
    rng = np.random.default_rng(0)
    y = pd.Series(rng.normal(size=1056), [f"r{i:03d}" for i in range(1056)], name="score")
    groups = {"zones": {"one": list(y.index[:500]), "two": list(y.index[500:])}}
    found = spatial.overview(y, graph, groupings=groups, permutations=99, rng=0)
    assert found["global"]["statistic"].tolist() == ["moran", "geary"]
    assert "p_spatial" not in found["pattern"] and "gradient" not in found


def test_weights_that_are_no_weights_are_named():
    graph = provinces()
    wrong = graph.adjacency.copy()
    wrong.iloc[3] = -1.0
    from libpysal.graph import Graph

    broken = Graph(wrong, transformation="O", is_sorted=True)
    with pytest.raises(InputError, match="negative or not finite"):
        spatial.moran(province_figures()["product"], broken)


def test_global_g_of_one_value_is_undefined_and_says_so():
    y = pd.Series([5.0, 0, 0, 0], [f"r{i:03d}" for i in range(4)])
    found = spatial.getis_ord(y, lattice(2, 2))
    assert np.isnan([found.value, found.z, found.p_sim]).all()
