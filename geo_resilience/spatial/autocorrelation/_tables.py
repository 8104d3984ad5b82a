"""Statistics of many variables, years and neighbor rules as one table, and their change."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.spatial._methods import (
    GLOBAL_STATISTICS,
    LOCAL_STATISTICS,
    Counted,
    LocalStatistic,
    method_named,
)
from geo_resilience.spatial._permutations import asked_for
from geo_resilience.spatial.autocorrelation._global import linked
from geo_resilience.spatial.autocorrelation._local import Field, ground_of, significance_of
from geo_resilience.spatial.autocorrelation._results import (
    NO_NEIGHBORS,
    NOT_SIGNIFICANT,
    LocalStat,
    Significance,
)
from geo_resilience.spatial.neighbors._alignment import Linked, align, by_year, links_of
from geo_resilience.statistics._certainty import ALPHA
from geo_resilience.statistics._repetitions import Rng


def global_table(
    panel: pd.DataFrame,
    neighbors: Linked,
    *,
    statistics: Sequence[str] = ("moran",),
    permutations: int | None = None,
    rng: Rng = None,
) -> pd.DataFrame:
    """Measure global autocorrelation of every variable (columns) in every year, as in global.csv.

    All variables, years and statistics share the random permutations: each row is what the single
    function gives with the same seed, whatever else is there. NaN where a variable does not vary.
    """
    draws = asked_for(permutations)
    formulas = [method_named(GLOBAL_STATISTICS, name).function for name in statistics]
    wide = wide_of(panel)
    aligned = linked(align(wide, neighbors, name="panel"))
    years, variables = wide.columns.get_level_values(0), wide.columns.get_level_values(1)
    seed = rng
    if len(statistics) > 1 and isinstance(rng, np.random.Generator):
        seed = int(rng.integers(2**63))
    tables = [
        formula(aligned.values, aligned, draws, seed).rows(years, variables) for formula in formulas
    ]
    return _interleaved(tables)


def _interleaved(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Put tables of equal length together: the first rows of all, then the second ones."""
    places = np.concatenate([np.arange(len(table)) for table in tables])
    return pd.concat(tables).iloc[np.argsort(places, kind="stable")].reset_index(drop=True)


def wide_of(panel: pd.DataFrame) -> pd.DataFrame:
    """Lay the years side by side: rows regions, columns (year, variable)."""
    parts = dict(by_year(panel))
    first = next(iter(parts.values())).index
    for year, part in parts.items():
        if not part.index.sort_values().equals(first.sort_values()):
            raise InputError(
                "spatial.years_differ",
                year=year,
                regions=[str(key) for key in part.index.symmetric_difference(first)],
            )
    return pd.concat(parts, axis=1)


_COLUMNS = ["value", "z_value", "z_lag", "p_sim", "q_value", "cluster"]


def local_table(
    panel: pd.DataFrame,
    neighbors: Linked,
    *,
    statistics: Sequence[str] = ("local_moran", "gi_star"),
    names: pd.Series | None = None,
    permutations: int | None = None,
    rng: Rng = None,
    by: str = "q",
    alpha: float = ALPHA,
) -> pd.DataFrame:
    """Find local clusters of every variable (columns) in every year, as in local.csv.

    q-values are over the regions of one map (variable, year, statistic); what counting costs
    is summed over all maps. NaN and "not significant" where a variable does not vary.
    """
    records = [method_named(LOCAL_STATISTICS, name) for name in statistics]
    draws = asked_for(permutations)
    wide = wide_of(panel)
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
    keys: pd.Index,
    maps: list[pd.DataFrame],
    labels: list[tuple[Hashable, str, str]],
    names: pd.Series | None,
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
    return pd.DataFrame(columns)


def _found(
    ground: Field, counted: Counted, draws: int | None, seed: Rng, times: int
) -> Significance | None:
    """Count the arrangements once for all statistics of them; None where nothing varies."""
    size = np.abs(ground.values).max(initial=0.0)
    if np.ptp(ground.values) <= 1e-12 * max(size, np.finfo(float).tiny):
        return None
    return significance_of(ground.values, ground.links, draws, seed, counted, times=times)


def _around(
    record: LocalStatistic, ground: Field, found: Significance | None, by: str, alpha: float
) -> pd.DataFrame:
    if found is None:
        labels = np.full(len(ground.index), NO_NEIGHBORS, dtype=object)
        labels[ground.kept[ground.tested]] = NOT_SIGNIFICANT
        empty = pd.DataFrame(np.nan, ground.index, _COLUMNS[:-1])
        return empty.assign(cluster=labels)
    local: LocalStat = record.function(ground, found, by, alpha, **record.options)
    return local.table[_COLUMNS]


def describe_neighbors(neighbors: Linked) -> pd.Series:
    """Describe neighbor weights.

    Parameters
    ----------
    neighbors : Neighbors or libpysal.graph.Graph

    Returns
    -------
    Series
        rule, regions, links (directed), links_added, islands, components (parts that do not hang
        together, islands included), fewest, mean and most neighbors, density (share of all
        possible links), symmetric_links (each link has its opposite), symmetric_weights,
        row_standardized, and the ends of the spectrum: eigenvalue_low and eigenvalue_high (real
        parts; the lag and error models' rho and lambda lie between their reciprocals; NaN of many
        regions that are not linked both ways).

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6).transform("r")
    >>> found = describe_neighbors(row)
    >>> found["links"], found["components"], found["symmetric_links"], found["symmetric_weights"]
    (6, 1, True, False)
    """
    from scipy.sparse.csgraph import connected_components

    links = links_of(neighbors)
    matrix, counts, n = links.matrix, links.counts, len(links.keys)
    binary = links.binary().matrix
    sums = np.asarray(matrix.sum(axis=1)).ravel()[counts > 0]
    low, high = links.spectrum.ends if n else (float("nan"),) * 2
    return pd.Series(
        {
            "rule": getattr(neighbors, "rule", "own"),
            "regions": n,
            "links": int(counts.sum()),
            "links_added": len(getattr(neighbors, "added", ())),
            "islands": int((counts == 0).sum()),
            "components": int(connected_components(binary, directed=False)[0]),
            "fewest": int(counts.min()) if n else 0,
            "mean": float(counts.mean()) if n else float("nan"),
            "most": int(counts.max(initial=0)),
            "density": float(counts.sum() / (n * (n - 1))) if n > 1 else float("nan"),
            "symmetric_links": bool((binary != binary.T).nnz == 0),
            "symmetric_weights": bool(np.abs((matrix - matrix.T).data).max(initial=0) < 1e-12),
            "row_standardized": bool(len(sums) > 0 and np.allclose(sums, 1)),
            "eigenvalue_low": low,
            "eigenvalue_high": high,
        },
        dtype=object,
        name="neighbors",
    )


def sensitivity_table(
    panel: pd.DataFrame | pd.Series,
    rules: Mapping[str, Linked],
    *,
    statistics: Sequence[str] = ("moran",),
    permutations: int | None = None,
    rng: Rng = None,
) -> pd.DataFrame:
    """Measure global autocorrelation under several rules, as in neighbors_sensitivity.csv."""
    if isinstance(panel, pd.Series):
        panel = panel.to_frame(str(panel.name) if panel.name is not None else "y")
    seed = int(rng.integers(2**63)) if isinstance(rng, np.random.Generator) else rng
    parts = []
    for name, neighbors in rules.items():
        links = links_of(neighbors)
        table = global_table(
            panel, neighbors, statistics=statistics, permutations=permutations, rng=seed
        )
        alone = int((links.counts == 0).sum())
        parts.append(table.assign(rule=name, links=int(links.counts.sum()), islands=alone))
    return _interleaved(parts)
