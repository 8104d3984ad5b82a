"""What so few regions can show: rejection rates of the pattern test on simulated fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_resilience.spatial.alignment import links_of
from geo_resilience.spatial.contiguity_ranks import ContiguousSets
from geo_resilience.spatial.likelihood_ratios import ErrorModel
from geo_resilience.spatial.membership import members_of
from geo_resilience.spatial.relabeling import Relabeling
from geo_resilience.statistics.repetitions import POWER_DRAWS

__all__ = ["group_power", "rejection_rates", "simulated_fields"]

Array = NDArray[np.float64]


def simulated_fields(
    neighbors: Any,
    fields: int,
    *,
    lam: float = 0.0,
    slope: Array | None = None,
    rng: Any = None,
) -> Array:
    """Simulate fields without any group effect.

    Parameters
    ----------
    neighbors : Neighbors or libpysal.graph.Graph
    fields : int
    lam : float
        Spatial dependence: ``u = lam W u + e`` with W row-standardized and e normal.
    slope : ndarray, shape (n,), optional
        A trend that is added, standardized to deviation 1 beside noise of deviation 1.
    rng : None, int or numpy.random.Generator

    Returns
    -------
    ndarray, shape (n, fields)
        Each field standardized to mean 0 and deviation 1.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6)
    >>> found = simulated_fields(row, 3, lam=0.5, rng=0)
    >>> found.shape, found.std(axis=0).round(6).tolist()
    ((4, 3), [1.0, 1.0, 1.0])
    """
    links = links_of(neighbors)
    dense = links.matrix.toarray()
    rows = dense.sum(axis=1, keepdims=True)
    weights = dense / np.where(rows > 0, rows, 1.0)
    noise = np.random.default_rng(rng).standard_normal((len(dense), fields))
    found = np.linalg.solve(np.eye(len(dense)) - lam * weights, noise)
    if slope is not None:
        trend = np.asarray(slope, dtype=float)
        found = found + ((trend - trend.mean()) / trend.std())[:, None]
    found = found - found.mean(axis=0)
    return np.asarray(found / found.std(axis=0))


def rejection_rates(
    fields: Array,
    groups: Mapping[str, Any],
    neighbors: Any,
    *,
    level: float = 0.05,
    draws: int = POWER_DRAWS,
    rng: Any = None,
) -> pd.DataFrame:
    """Say how often each p-value of the pattern test falls to a level.

    Parameters
    ----------
    fields : ndarray, shape (n, f)
        Values by region, in the order of the neighbors' keys.
    groups : mapping, Series or Grouping
        Name to members.
    neighbors : Neighbors or libpysal.graph.Graph
    level : float
        Nominal level.
    draws : int
        Bootstrap draws of p_spatial.
    rng : None, int or numpy.random.Generator

    Returns
    -------
    DataFrame
        A row a group (index): p_free, p_contiguous, p_compact, p_spatial: the share of fields at
        or below the level (NaN where the p-value does not exist).

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6)
    >>> fields = simulated_fields(row, 5, rng=0)
    >>> rejection_rates(fields, {"g": ["a", "b"]}, row, draws=19, rng=0).loc["g", "p_free"]
    np.float64(0.0)
    """
    links = links_of(neighbors)
    members = {
        name: links.keys.get_indexer(list(keys)) for name, keys in members_of(groups).items()
    }
    generator = np.random.default_rng(rng)
    sets = ContiguousSets(links, members.values(), generator)
    model = ErrorModel(links, draws=draws, rng=generator)
    dummies = [np.isin(np.arange(len(links.keys)), at).astype(float) for at in members.values()]
    found = np.full((fields.shape[1], len(members), 4), np.nan)
    for place, values in enumerate(fields.T):
        free, ranking = Relabeling(values, None, None), sets.of(values)
        found[place, :, 3] = model.test(values, dummies).p
        for group, at in enumerate(members.values()):
            found[place, group, 0] = free.p_value(at)[0]
            found[place, group, 1:3] = ranking.p_values(at)
    rates = np.where(np.isnan(found), np.nan, found <= level).mean(axis=0)
    columns = ["p_free", "p_contiguous", "p_compact", "p_spatial"]
    return pd.DataFrame(rates, list(members), columns).rename_axis("group")


def group_power(
    groups: Mapping[str, Any],
    neighbors: Any,
    *,
    steps: Sequence[float] = (0.5, 1.0, 2.0),
    lam: float = 0.5,
    fields: int = 200,
    level: float = 0.05,
    draws: int = POWER_DRAWS,
    rng: Any = None,
) -> pd.DataFrame:
    """Say how often a true difference of some size would be found (power of p_spatial).

    Parameters
    ----------
    groups : mapping, Series or Grouping
        Name to members.
    neighbors : Neighbors or libpysal.graph.Graph
    steps : sequence of float
        Differences between group and rest, in standard deviations of the field.
    lam : float
        Spatial dependence of the fields.
    fields : int
        Fields to simulate; every step and group sees the same ones.
    level, draws, rng
        As in `rejection_rates`.

    Returns
    -------
    DataFrame
        Rows groups, a column a step: share of fields in which the step is found. A column 0
        shows the level that the test keeps.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6)
    >>> found = group_power({"g": ["a", "b"]}, row, steps=[9.0], fields=5, draws=19, rng=0)
    >>> list(found.columns)
    [0.0, 9.0]
    """
    links = links_of(neighbors)
    generator = np.random.default_rng(rng)
    noise = simulated_fields(neighbors, fields, lam=lam, rng=generator)
    model = ErrorModel(links, draws=draws, rng=generator)
    rates: dict[float, list[float]] = {float(step): [] for step in (0.0, *steps)}
    names = members_of(groups)
    for keys in names.values():
        dummy = links.keys.isin(keys).astype(float)
        for step, found in rates.items():
            p = [model.test(field + step * dummy, [dummy]).p[0] for field in noise.T]
            found.append(float((np.array(p) <= level).mean()))
    return pd.DataFrame(rates, list(names)).rename_axis("group")
