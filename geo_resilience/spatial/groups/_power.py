"""What so few regions can show: rejection rates of the pattern test on simulated fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_resilience.spatial.concentration._membership import members_of
from geo_resilience.spatial.groups._likelihood_ratio import ErrorModel
from geo_resilience.spatial.groups._permutation_nulls import ContiguousSets, Relabeling
from geo_resilience.spatial.neighbors._alignment import Linked, links_of
from geo_resilience.statistics._repetitions import POWER_DRAWS, Rng

Array = NDArray[np.float64]


def simulated_fields(
    neighbors: Linked, fields: int, *, lam: float = 0.0, slope: Array | None = None, rng: Rng = None
) -> Array:
    """Simulate fields without any group effect, shape (n, fields), of mean 0 and deviation 1.

    ``u = lam W u + e`` with W row-standardized and e normal; a slope, shape (n,), is added with
    deviation 1.
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
    neighbors: Linked,
    *,
    level: float = 0.05,
    draws: int = POWER_DRAWS,
    rng: Rng = None,
) -> pd.DataFrame:
    """Say how often each p-value of the pattern test falls to a level: a row a group.

    Fields, shape (n, f), are in the order of the neighbors' keys; NaN where a p-value does not
    exist.
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
    neighbors: Linked,
    *,
    steps: Sequence[float] = (0.5, 1.0, 2.0),
    lam: float = 0.5,
    fields: int = 200,
    level: float = 0.05,
    draws: int = POWER_DRAWS,
    rng: Rng = None,
) -> pd.DataFrame:
    """Say how often a true difference of some size would be found (power of p_spatial).

    Steps are differences between group and rest in standard deviations of the field; a row a group,
    a column a step. Column 0 shows the level that the test keeps.
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
