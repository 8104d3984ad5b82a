"""Rank correlation of two maps: its value by SciPy, its p against a known answer and by chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from maps_for_tests import lattice
from scipy import stats
from scipy.sparse.csgraph import shortest_path

from geo_resilience import spatial
from geo_resilience.errors import InputError

GRAPH = lattice(6, 6)
KEYS = pd.Index(GRAPH.unique_ids)
DENSE = GRAPH.sparse.toarray()
WEIGHTS = DENSE / DENSE.sum(axis=1, keepdims=True)


def _fields(sar: float, count: int, rng: np.random.Generator) -> np.ndarray:
    return np.linalg.solve(np.eye(36) - sar * WEIGHTS, rng.standard_normal((36, count)))


def _p(x: np.ndarray, y: np.ndarray, **options: object) -> float:
    frame = pd.DataFrame({"x": x}, KEYS)
    found = spatial.rank_association(frame, pd.Series(y, KEYS), GRAPH, rng=1, **options)
    return float(found.at["x", "p_value"])


def test_value_is_spearman_s_and_the_partial_one_that_of_residual_ranks():
    rng = np.random.default_rng(1)
    x, y, z = (pd.Series(column, KEYS) for column in rng.standard_normal((3, 36)))
    frame = pd.DataFrame({"x": x + y, "other": -y})
    found = spatial.rank_association(frame, y, GRAPH, draws=19, rng=0)
    for name in frame:
        assert found.at[name, "value"] == pytest.approx(stats.spearmanr(frame[name], y)[0])
    held = spatial.rank_association(frame, y, GRAPH, given=z, draws=19, rng=0)
    r = pd.DataFrame({"x": frame["x"], "y": y, "z": z}).corr(method="spearman")
    xy, xz, yz = r.at["x", "y"], r.at["x", "z"], r.at["y", "z"]
    expected = (xy - xz * yz) / np.sqrt((1 - xz**2) * (1 - yz**2))
    assert held.at["x", "value"] == pytest.approx(expected)
    assert held.at["other", "value"] == pytest.approx(-1)


def _effective(x: np.ndarray, y: np.ndarray) -> float:
    """Give the p of Clifford, Richardson and Hémon: a t test with an effective sample size."""
    steps = shortest_path(DENSE > 0, unweighted=True)
    x, y = (stats.rankdata(each) - 18.5 for each in (x, y))
    total = 0.0
    for step in range(int(steps.max()) + 1):
        pairs = (steps == step).astype(float)
        total += (x @ pairs @ x) * (y @ pairs @ y) / pairs.sum()
    variance = total / (36**2 * x.var() * y.var())
    free = min(max(1 + 1 / variance, 4), 36) - 2
    r = float(np.corrcoef(x, y)[0, 1])
    return float(2 * stats.t.sf(abs(r) * np.sqrt(free / (1 - r**2)), free))


def test_p_agrees_with_the_effective_number_of_regions_and_not_with_the_usual_p():
    rng = np.random.default_rng(2)
    x, y = _fields(0.8, 80, rng), _fields(0.8, 80, rng)
    own = np.array([_p(*pair) for pair in zip(x.T, y.T, strict=True)])
    usual = np.array([stats.spearmanr(*pair)[1] for pair in zip(x.T, y.T, strict=True)])
    known = np.array([_effective(*pair) for pair in zip(x.T, y.T, strict=True)])
    assert (usual <= 0.05).mean() > 0.15 > (own <= 0.05).mean()
    assert stats.spearmanr(own, known)[1] < 0.001
    assert abs(np.log(own).mean() - np.log(known).mean()) < abs(
        np.log(usual).mean() - np.log(known).mean()
    )


def test_what_is_there_is_found_and_is_gone_at_an_equal_level():
    rng = np.random.default_rng(3)
    level = _fields(0.5, 1, rng)[:, 0]
    x, y = level + 0.3 * rng.standard_normal(36), level + 0.3 * rng.standard_normal(36)
    assert _p(x, y) <= 0.002
    assert _p(x, y, given=pd.Series(level, KEYS)) > 0.05


def test_order_of_regions_and_scale_are_free_and_blanks_are_left_out():
    rng = np.random.default_rng(4)
    x, y = pd.DataFrame({"x": rng.standard_normal(36)}, KEYS), pd.Series(rng.random(36), KEYS)
    y.iloc[[3, 7]] = np.nan
    whole = spatial.rank_association(x, y, GRAPH, draws=99, rng=5)
    assert whole.at["x", "n"] == 34
    pd.testing.assert_frame_equal(
        spatial.rank_association(np.exp(3 * x), 10 * y - 4, GRAPH, draws=99, rng=5), whole
    )


def test_what_does_not_vary_or_is_too_short_has_no_answer():
    x, y = pd.DataFrame({"x": 1.0, "z": range(36)}, KEYS), pd.Series(range(36), KEYS, dtype=float)
    found = spatial.rank_association(x, y, GRAPH, draws=19, rng=0)
    assert found.loc["x", ["value", "p_value"]].isna().all()
    assert found.at["z", "value"] == pytest.approx(1) and found.at["z", "p_value"] == 0.05
    flat = spatial.rank_association(x, y * 0, GRAPH, draws=19, rng=0)
    same = spatial.rank_association(x, y, GRAPH, given=y, draws=19, rng=0)
    few = spatial.rank_association(x.head(3), y, GRAPH, draws=19, rng=0)
    for each in (flat, same, few):
        assert each[["value", "p_value"]].isna().all(axis=None)


def test_a_region_without_a_place_in_the_links_is_named():
    x, y = pd.DataFrame({"x": range(5)}, list("abcde")), pd.Series(range(5), list("abcde"))
    with pytest.raises(InputError, match="a, b, c"):
        spatial.rank_association(x.astype(float), y.astype(float), GRAPH)
