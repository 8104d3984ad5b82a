"""Local statistics of many variables and years as one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.spatial.autocorrelation.grounds import Ground, ground_of, significance_of
from geo_resilience.spatial.autocorrelation.local_findings import (
    NO_NEIGHBORS,
    NOT_SIGNIFICANT,
    LocalStat,
    Significance,
)
from geo_resilience.spatial.autocorrelation.local_statistics import By
from geo_resilience.spatial.autocorrelation.tables import wide_of
from geo_resilience.spatial.effort import asked_for
from geo_resilience.spatial.methods import (
    ALPHA,
    LOCAL_STATISTICS,
    Counted,
    LocalStatistic,
    method_named,
)

__all__ = ["local_table"]

_COLUMNS = ["value", "z_value", "z_lag", "p_sim", "q_value", "cluster"]


def local_table(
    frame: pd.DataFrame,
    neighbors: Any,
    *,
    statistics: Sequence[str] = ("local_moran", "gi_star"),
    names: pd.Series | None = None,
    permutations: int | None = None,
    rng: Any = None,
    by: By = "q",
    alpha: float = ALPHA,
) -> pd.DataFrame:
    """Find local clusters of every variable in every year.

    Parameters
    ----------
    frame : DataFrame
        Index (adcode, year), or region keys alone (the year is then 0); a column a variable.
    neighbors : Neighbors or libpysal.graph.Graph
        Over the same keys, the same for every year.
    statistics : sequence of {"local_moran", "gi_star", "gi", "local_geary"}
    names : Series, optional
        Name of each region by key; the key itself without it.
    permutations, rng, by, alpha
        As in `local_moran`; the cost of counting is that of all variables and years together.

    Returns
    -------
    DataFrame
        Columns adcode, name, year, variable, statistic, value, z_value, z_lag, p_sim, q_value,
        cluster; rows by adcode, year, then in the order of variables and statistics. The
        q-values are over the regions of one map (variable, year, statistic). A variable that is
        the same everywhere in a year has NaN and "not significant" there.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6).transform("r")
    >>> frame = pd.DataFrame({"score": [1.0, 1, 2, 2]}, list("abcd"))
    >>> local_table(frame, row, statistics=["local_moran"])["value"].tolist()
    [1.0, 0.0, 0.0, 1.0]
    """
    records = [method_named(LOCAL_STATISTICS, name) for name in statistics]
    draws = asked_for(permutations)
    wide = wide_of(frame)
    ground = ground_of(wide, neighbors)
    seed = int(rng.integers(2**63)) if isinstance(rng, np.random.Generator) else rng
    maps, labels = [], []
    for at, (year, variable) in enumerate(wide.columns):
        one = replace(ground, values=ground.values[:, at])
        found = {
            counted: _found(one, counted, draws, seed, wide.shape[1])
            for counted in dict.fromkeys(record.counted for record in records)
        }
        for record in records:
            maps.append(_around(record, one, found[record.counted], by, alpha))
            labels.append((year, str(variable), record.name))
    return _laid_out(wide.index, maps, labels, names)


def _laid_out(
    keys: pd.Index, maps: list[pd.DataFrame], labels: list[tuple], names: pd.Series | None
) -> pd.DataFrame:
    """Put the maps (years by variables by statistics) together, region by region."""
    order = np.argsort(keys.to_numpy().astype(str), kind="stable")
    shown = keys.astype(str) if names is None else keys.map(names).astype(str)
    columns: dict[str, Any] = {
        "adcode": np.repeat(np.asarray(keys)[order], len(maps)),
        "name": np.repeat(np.asarray(shown)[order], len(maps)),
    }
    for place, name in enumerate(("year", "variable", "statistic")):
        columns[name] = np.tile(
            np.array([label[place] for label in labels], dtype=None if place == 0 else object),
            len(keys),
        )
    for name in _COLUMNS:
        table = np.stack([local[name].to_numpy()[order] for local in maps], axis=1)
        columns[name] = table.ravel()
    text = ["adcode", "name", "variable", "statistic", "cluster"]
    return pd.DataFrame(columns).astype(dict.fromkeys(text, "str"))


def _found(
    ground: Ground, counted: Counted, draws: int | None, seed: Any, times: int
) -> Significance | None:
    """Count the arrangements once for all statistics of them; None where nothing varies."""
    size = np.abs(ground.values).max(initial=0.0)
    if np.ptp(ground.values) <= 1e-12 * max(size, np.finfo(float).tiny):
        return None
    return significance_of(ground.values, ground.links, draws, seed, counted, times=times)


def _around(
    record: LocalStatistic, ground: Ground, found: Significance | None, by: By, alpha: float
) -> pd.DataFrame:
    if found is None:
        labels = np.full(len(ground.index), NO_NEIGHBORS, dtype=object)
        labels[ground.kept[ground.tested]] = NOT_SIGNIFICANT
        empty = pd.DataFrame(np.nan, ground.index, _COLUMNS[:-1])
        return empty.assign(cluster=labels)
    local: LocalStat = record.function(ground, found, by, alpha, **record.options)
    return local.table[_COLUMNS]
