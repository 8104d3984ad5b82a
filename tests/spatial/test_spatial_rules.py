"""Further neighbor rules, files, reports and the same statistic under all of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from maps_for_tests import graph_of, province_figures, provinces, reference, row_of

from geo_resilience import spatial
from geo_resilience.errors import InputError
from geo_resilience.regions import read_boundaries
from geo_resilience.spatial._methods import NEIGHBOR_RULES
from geo_resilience.spatial.autocorrelation._tables import sensitivity_table
from geo_resilience.spatial.neighbors._alignment import links_of
from geo_resilience.spatial.neighbors._rules import KERNELS, neighbors_by_rule

FIGURES = province_figures()
REGIONS = read_boundaries()


def dense(neighbors):
    links = links_of(neighbors)
    return pd.DataFrame(links.matrix.toarray(), links.keys, links.keys)


def test_kernel_by_hand():
    away = spatial.distances_km(REGIONS)
    found = dense(spatial.kernel(REGIONS, km=900, standardize=False))
    expected = np.clip(1 - away / 900, 0, None).to_numpy().copy()
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert spatial.kernel(REGIONS, km=900).islands == ("650000",)
    rows = dense(spatial.kernel(REGIONS, km=1_700))
    np.testing.assert_allclose(rows.sum(axis=1), 1)


@pytest.mark.parametrize("function", KERNELS)
def test_kernels_fall_from_one(function):
    u = np.linspace(0, 2, 201)
    weights = KERNELS[function](u)
    assert weights[0] == 1 and (np.diff(weights) <= 0).all() and (weights >= 0).all()
    if function != "gaussian":
        assert (weights[u > 1] == 0).all()


def test_adaptive_kernel_reaches_its_kth_neighbor():
    found = dense(spatial.kernel(REGIONS, k=5, function="uniform", standardize=False))
    assert (found.sum(axis=1) == 5).all()
    nearest = dense(spatial.k_nearest(REGIONS, 5, standardize=False))
    pd.testing.assert_frame_equal(found, nearest)


def test_economic_by_hand():
    y = pd.Series([1.0, 3.0, 3.0, 7.0], list("abcd"))
    found = spatial.economic(y, standardize=False)
    table = dense(found)
    assert table.loc["a"].tolist() == pytest.approx([0, 1 / 2, 1 / 2, 1 / 6])
    # Equal values count as the smallest difference there is.
    assert table.loc["b", "c"] == pytest.approx(1 / 2)
    assert "b-c" in str(found.notes[0])
    squared = dense(spatial.economic(y, power=2, standardize=False))
    assert squared.loc["a", "d"] == pytest.approx(1 / 36)


def test_nested_mixes_rows():
    y = FIGURES["product"]
    queen, likeness = provinces(), spatial.economic(y)
    one, other = dense(queen), dense(likeness)
    found = dense(spatial.nested(queen, likeness, share=0.3))
    np.testing.assert_allclose(
        found, 0.3 * one + 0.7 * other.loc[one.index, one.columns], atol=1e-12
    )
    both = dense(spatial.nested(queen, likeness, how="product"))
    assert ((both > 0) == (one > 0)).all(axis=None)
    np.testing.assert_allclose(both.sum(axis=1), 1)


def test_every_rule_by_name(tmp_path):
    file = spatial.write_neighbors(spatial.queen(REGIONS), tmp_path / "own.csv")
    given = {"variable": FIGURES["product"].reindex(REGIONS.keys), "file": file, "tolerance": None}
    alone = {
        "queen": spatial.queen(REGIONS, islands="leave"),
        "rook": spatial.rook(REGIONS, islands="leave"),
        "k_nearest": spatial.k_nearest(REGIONS, 3),
        "distance_band": spatial.distance_band(REGIONS, 900, islands="leave"),
        "inverse_distance": spatial.inverse_distance(REGIONS, km=900),
        "kernel": spatial.kernel(REGIONS, km=900),
        "economic": spatial.economic(given["variable"]),
        "nested": spatial.nested(
            spatial.queen(REGIONS), spatial.economic(given["variable"]), share=0.3
        ),
        "file": spatial.read_neighbors(file, REGIONS.keys),
    }
    assert list(alone) == list(NEIGHBOR_RULES)
    for rule, expected in alone.items():
        options = {**given, "k": 3, "km": 900.0, "share": 0.3, "islands": "leave"}
        found = neighbors_by_rule(rule, REGIONS, **options)
        assert found.rule == expected.rule and found.islands == expected.islands
        pd.testing.assert_frame_equal(dense(found), dense(expected))
    assert neighbors_by_rule("kernel", REGIONS, km=None, k=3).rule.endswith("k=3)")
    with pytest.raises(InputError, match="nearest: queen"):
        neighbors_by_rule("quen", REGIONS)


@pytest.mark.parametrize("kind", ["csv", "gwt"])
def test_weights_survive_a_file(tmp_path, kind):
    graph = spatial.economic(FIGURES["product"])
    file = spatial.write_neighbors(graph, tmp_path / f"w.{kind}")
    again = spatial.read_neighbors(file, FIGURES.index)
    pd.testing.assert_frame_equal(dense(again), dense(graph), check_names=False)
    assert again.rule == f"file(w.{kind})" and not again.islands


def test_links_survive_a_gal_file_islands_too(tmp_path):
    graph = provinces("b", island=True)
    file = spatial.write_neighbors(graph, tmp_path / "w.gal")
    again = spatial.read_neighbors(file, FIGURES.index)
    assert again.islands == ("460000",) and "460000" in str(again.notes[0])
    pd.testing.assert_frame_equal(dense(again), dense(graph), check_names=False)


def test_libpysal_reads_what_we_write(tmp_path):
    from libpysal.io import open as open_weights

    graph = provinces()
    gal = spatial.write_neighbors(graph, tmp_path / "w.gal")
    theirs = open_weights(str(gal)).read()
    assert {key: sorted(near) for key, near in theirs.neighbors.items()} == {
        key: sorted(graph[key].index) for key in graph.unique_ids
    }
    gwt = spatial.write_neighbors(graph, tmp_path / "w.gwt")
    theirs = open_weights(str(gwt)).read()
    assert theirs.weights["460000"] == [1.0] and len(theirs.neighbors) == 31


def test_a_square_of_ones_own(tmp_path):
    file = tmp_path / "w.csv"
    file.write_text(",a,b,c\na,0,1,\nb,1,0,0.5\nc,0,2,0\n", encoding="utf-8")
    found = dense(spatial.read_neighbors(file, list("abc")))
    assert found.to_numpy().tolist() == [[0, 1, 0], [1, 0, 0.5], [0, 2, 0]]
    file.write_text("﻿region,neighbor\na,b\nb,a\n", encoding="utf-8")
    assert dense(spatial.read_neighbors(file, list("ab"))).loc["a", "b"] == 1
    file.write_text(",a,b\na,0,3\nb,1,0\n", encoding="utf-8")
    assert dense(spatial.read_neighbors(file, list("ab"))).loc["a", "b"] == 3


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("w.csv", "r,n,w\na,x,1\nb,a,-1\nb,c,many\n", ["row 2: x", "-1", "many"]),
        ("w.csv", "r,n,w\na,b,1\na,b,2\n", ["row 3", "row 2 already"]),
        ("w.csv", "r,n,w\na\n", ["found 1 cell"]),
        ("w.csv", "", ["holds nothing"]),
        ("w.gal", " \n", ["empty"]),
        ("w.gal", "2\na 2\nb\nb 0\n", ["found 1 neighbor", "announced 2"]),
        ("w.gal", "2\na b c\n", ["found 3 cells"]),
        ("w.gwt", "0 2 f i\na b\n", ["found 2 cells"]),
        ("w.txt", "", [".csv, .gal or .gwt"]),
    ],
)
def test_what_is_wrong_in_a_file_is_named(tmp_path, name, text, words):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        spatial.read_neighbors(file, list("abc"))
    for word in words:
        assert word in str(caught.value)


def test_other_wrong_input_is_named(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        spatial.read_neighbors(tmp_path / "w.csv", list("ab"))
    (tmp_path / "w.csv").write_bytes("地区,邻居\n北京,a\n".encode("gb18030"))
    with pytest.raises(InputError, match="row 2: 北京 is not the key"):
        spatial.read_neighbors(tmp_path / "w.csv", list("ab"))
    with pytest.raises(InputError, match="keys with blanks"):
        spatial.write_neighbors(graph_of([("a b", "c")]), tmp_path / "w.gal")
    with pytest.raises(InputError, match="exactly one"):
        spatial.kernel(REGIONS)
    with pytest.raises(InputError, match="nearest: gaussian"):
        spatial.kernel(REGIONS, km=500, function="gausian")
    with pytest.raises(InputError, match="same in all regions"):
        spatial.economic(FIGURES["product"] * 0)
    with pytest.raises(InputError, match="share"):
        spatial.nested(provinces(), provinces(), share=2)
    with pytest.raises(InputError, match="not among the neighbors"):
        spatial.nested(provinces(), row_of(*"ab"))


def test_report_of_the_provinces():
    found = spatial.describe_neighbors(provinces())
    assert found[["regions", "links", "islands", "components"]].tolist() == [31, 138, 0, 1]
    assert found["fewest"] == 1 and found["most"] == 8
    assert found["symmetric_links"] and not found["symmetric_weights"]
    assert found["row_standardized"] and found["eigenvalue_high"] == pytest.approx(1)
    assert -1 <= found["eigenvalue_low"] < 0
    left = spatial.describe_neighbors(provinces("b", island=True))
    assert left[["islands", "components"]].tolist() == [1, 2] and left["symmetric_weights"]
    linked = spatial.describe_neighbors(spatial.queen(REGIONS))
    assert linked["links_added"] == 1 and linked["rule"].startswith("queen")
    nearest = spatial.describe_neighbors(spatial.k_nearest(REGIONS, 4))
    assert not nearest["symmetric_links"] and nearest["density"] == pytest.approx(4 / 30)


def test_sensitivity_is_the_statistic_of_each_rule():
    rules = {
        "queen": provinces(),
        "binary": provinces("b"),
        "nearest": spatial.k_nearest(REGIONS, 4),
    }
    frame = FIGURES[["product", "hightech"]]
    found = sensitivity_table(frame, rules, statistics=["moran", "geary"], permutations=99, rng=1)
    assert set(found.columns) == {
        "year", "variable", "rule", "statistic", "value", "expected", "z", "p_normal", "p_sim",
        "permutations", "n", "links", "islands",
    }  # fmt: skip
    assert len(found) == 12 and found["rule"].tolist()[:3] == list(rules)
    expected = reference()
    line = found.set_index(["variable", "rule", "statistic"])
    assert line.loc[("product", "binary", "moran"), "value"] == pytest.approx(
        expected["moran_B_product", "value"]
    )
    for rule, neighbors in rules.items():
        alone = spatial.moran(frame["hightech"], neighbors, permutations=99, rng=1)
        assert line.loc[("hightech", rule, "moran"), "p_sim"] == alone.p_sim
