"""Who changes places: ranks from year to year, and moves across the Moran scatterplot."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.spatial.dynamics._panel import wide_panel
from geo_resilience.spatial.neighbors._alignment import Linked, weight_matrix
from geo_resilience.spatial.regression._impacts import spawned
from geo_resilience.statistics._associations import agreement, kendall
from geo_resilience.statistics._repetitions import SLOW_PERMUTATIONS, Rng
from geo_resilience.statistics._trends import spans_of

#: Quadrants of the Moran scatterplot, counterclockwise: own value, then the neighbors'.
QUADRANTS = ("high-high", "low-high", "low-low", "high-low")


def rank_mobility(
    panel: pd.DataFrame,
    neighbors: Linked | None = None,
    *,
    permutations: int | None = None,
    rng: Rng = None,
) -> pd.DataFrame:
    """Compare ranks of each year with those of the year before, and of the last with the first.

    Rows (from, to): tau-b, p of no association, pairs, mean change of rank; with neighbors tau
    among linked pairs, its expectation and p_sim by relabelings (0 for none). Below its
    expectation, neighbors swap ranks more than other pairs do. Rey (2014), Computational Statistics
    29, 799-811.
    """
    from scipy.sparse import triu

    permutations = SLOW_PERMUTATIONS if permutations is None else permutations
    found = wide_panel(panel)
    years = list(found.columns)
    links = None
    if neighbors is not None:
        matrix = weight_matrix(neighbors, list(found.index))
        links = np.array(triu(matrix + matrix.T, 1).nonzero())
    generator = spawned(rng)
    rows = {
        pair: _pair(found[pair[0]], found[pair[1]], links, permutations, generator)
        for pair in spans_of(years)
    }
    return _by_pair(rows)


def _pair(
    first: pd.Series,
    second: pd.Series,
    links: np.ndarray | None,
    permutations: int,
    rng: np.random.Generator,
) -> dict[str, float]:
    tau, p = kendall(first, second)
    same, opposite = agreement(first, second)
    change = (first.rank(ascending=False) - second.rank(ascending=False)).abs()
    row = {
        "tau": tau,
        "p": p,
        "concordant": same,
        "discordant": opposite,
        "mean_rank_change": float(change.mean()),
    }
    if links is None:
        return row
    both = np.array([first.rank(), second.rank()])
    n = len(first)

    def among_linked(order: np.ndarray) -> float:
        apart = np.sign(both[:, order[links[0]]] - both[:, order[links[1]]])
        return float((apart[0] * apart[1]).mean())

    value = among_linked(np.arange(n))
    row["tau_neighbors"] = value
    row["tau_expected"] = (same - opposite) / (n * (n - 1) / 2)
    drawn = np.array([among_linked(rng.permutation(n)) for _ in range(permutations)])
    row["p_sim"] = np.nan
    if permutations:
        above, below = (drawn >= value - 1e-12).sum(), (drawn <= value + 1e-12).sum()
        row["p_sim"] = min(1.0, 2 * (min(above, below) + 1) / (permutations + 1))
    return row


def rank_theta(
    panel: pd.DataFrame,
    groups: Mapping[str, Sequence[Hashable]],
    *,
    permutations: int | None = None,
    rng: Rng = None,
) -> pd.DataFrame:
    r"""Say how far rank changes are shared within groups.

    .. math:: \theta = \sum_g \Big|\sum_{i \in g} \Delta r_i\Big| \Big/ \sum_i |\Delta r_i|

    with the change of rank :math:`\Delta r_i`: 1 when all regions of a group move the same way
    [1]_; NaN when no rank changed.

    Parameters
    ----------
    panel : DataFrame
        Rows regions, columns years.
    groups : mapping of name to members
        A partition of the regions.
    permutations : int, optional
        Relabelings behind p_sim, the share of draws at or above; 0 for none, the house's default
        for slow tests if left out.
    rng : None, int or numpy.random.Generator
        Source of the relabelings.

    Returns
    -------
    DataFrame
        Rows (from, to); columns theta, expected (mean of the draws), p_sim.

    References
    ----------
    .. [1] Rey, S. J. (2004). Spatial dependence in the evolution of regional income
       distributions. In Getis, Mur and Zoller (eds), Spatial Econometrics and Spatial Statistics.
       Palgrave.

    Examples
    --------
    >>> panel = pd.DataFrame({2022: [4.0, 3, 2, 1], 2023: [2.0, 1, 4, 3]}, list("abcd"))
    >>> groups = {"north": ["a", "b"], "south": ["c", "d"]}
    >>> rank_theta(panel, groups, permutations=0)["theta"].tolist()
    [1.0]
    """
    permutations = SLOW_PERMUTATIONS if permutations is None else permutations
    found = wide_panel(panel)
    group_of = {key: name for name, members in groups.items() for key in members}
    missing = [str(key) for key in found.index if key not in group_of]
    if missing or sum(len(members) for members in groups.values()) != len(group_of):
        raise InputError("regression.groups_no_partition", missing=missing)
    codes = pd.factorize(pd.Series([group_of[key] for key in found.index]))[0]
    onehot = np.eye(codes.max() + 1)[codes]
    ranks = found.rank()
    generator = spawned(rng)
    rows: dict[tuple[Any, Any], dict[str, float]] = {}
    for a, b in pairwise(found.columns):
        change = (ranks[b] - ranks[a]).to_numpy()
        rows[a, b] = _theta(change, onehot, permutations, generator)
    return _by_pair(rows)


def _theta(
    change: np.ndarray, onehot: np.ndarray, permutations: int, rng: np.random.Generator
) -> dict[str, float]:
    scale = np.abs(change).sum()
    found = {"theta": np.nan, "expected": np.nan, "p_sim": np.nan}
    if scale == 0:
        return found
    found["theta"] = value = float(np.abs(change @ onehot).sum() / scale)
    if permutations:
        orders = (rng.permutation(change) for _ in range(permutations))
        drawn = np.array([np.abs(order @ onehot).sum() / scale for order in orders])
        above = (drawn >= value - 1e-12).sum()
        found["expected"] = float(drawn.mean())
        found["p_sim"] = float((above + 1) / (permutations + 1))
    return found


def _by_pair(rows: Mapping[tuple[Any, Any], Mapping[str, float]]) -> pd.DataFrame:
    pairs = pd.MultiIndex.from_tuples(list(rows), names=["from", "to"])
    return pd.DataFrame(list(rows.values()), index=pairs)


@dataclass(frozen=True, eq=False)
class LisaTransitions:
    """Moves between the quadrants of the Moran scatterplot, and by region and year the quadrants.

    `expected` are the counts if own and neighbors' moves were independent, statistic, df and p the
    chi-squared test against them; `moves` counts transitions by kind: none, own (only the region
    changed sides), neighbors (only they), both.
    """

    quadrants: pd.DataFrame
    counts: pd.DataFrame
    probabilities: pd.DataFrame
    expected: pd.DataFrame
    statistic: float
    df: int
    p: float
    moves: pd.Series


def lisa_transitions(panel: pd.DataFrame, neighbors: Linked) -> LisaTransitions:
    """Count moves between the quadrants of the Moran scatterplot from year to year.

    High is above the mean of the year; the neighbors are high when the weighted sum of their
    deviations from that mean is positive [1]_.

    Parameters
    ----------
    panel : DataFrame
        Rows regions, columns years.
    neighbors : Neighbors or libpysal.graph.Graph

    Returns
    -------
    LisaTransitions
        ``quadrants`` by region and year; ``counts``, ``probabilities`` and the counts ``expected``
        if own and neighbors' moves were independent, with ``statistic``, ``df``, ``p`` of that
        test; ``moves``: how many are none, own, neighbors, both.

    References
    ----------
    .. [1] Rey, S. J. (2001). Spatial empirics for economic growth and convergence. Geographical
       Analysis, 33(3), 195-214.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6).transform("r")
    >>> panel = pd.DataFrame({2022: [4.0, 3, 2, 1], 2023: [4.0, 3, 1, 2]}, list("abcd"))
    >>> int(lisa_transitions(panel, row).counts.to_numpy().sum())
    4
    """
    from scipy.special import chdtrc

    found = wide_panel(panel)
    values = found.to_numpy()
    away = values - values.mean(axis=0)
    own, near = away > 0, weight_matrix(neighbors, list(found.index)) @ away > 0
    code = np.where(own, np.where(near, 0, 3), np.where(near, 1, 2))
    counts = np.bincount((code[:, :-1] * 4 + code[:, 1:]).ravel(), minlength=16).reshape(4, 4)
    expected = _independent(own, near, counts)
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = np.where(expected > 0, (counts - expected) ** 2 / expected, 0.0)
        probabilities = counts / counts.sum(axis=1, keepdims=True)
    statistic, df = float(parts.sum()), 9
    labels = pd.Index(QUADRANTS, name="quadrant")
    changed_own, changed_near = own[:, :-1] != own[:, 1:], near[:, :-1] != near[:, 1:]
    moves = {
        "none": int((~changed_own & ~changed_near).sum()),
        "own": int((changed_own & ~changed_near).sum()),
        "neighbors": int((~changed_own & changed_near).sum()),
        "both": int((changed_own & changed_near).sum()),
    }

    def square(cells: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame(cells, index=labels, columns=labels.rename("next"))

    return LisaTransitions(
        pd.DataFrame(np.array(QUADRANTS)[code], index=found.index, columns=found.columns),
        square(counts),
        square(probabilities),
        square(expected),
        statistic,
        df,
        float(chdtrc(df, statistic)),
        pd.Series(moves, name="moves"),
    )


def _independent(own: np.ndarray, near: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Give expected counts when own and neighbors' chains are independent, rows kept."""
    chains = []
    for side in (own, near):
        state = (~side).astype(int)
        pairs = np.bincount((state[:, :-1] * 2 + state[:, 1:]).ravel(), minlength=4).reshape(2, 2)
        with np.errstate(invalid="ignore", divide="ignore"):
            chains.append(np.nan_to_num(pairs / pairs.sum(axis=1, keepdims=True)))
    sides = [(0, 0), (1, 0), (1, 1), (0, 1)]
    shares = np.array([[chains[0][a, c] * chains[1][b, d] for (c, d) in sides] for (a, b) in sides])
    return np.asarray(counts.sum(axis=1, keepdims=True) * shares)
