"""Statistics of many variables, years and neighbor rules as one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.spatial._methods import (
    ALPHA,
    GLOBAL_STATISTICS,
    LOCAL_STATISTICS,
    Counted,
    LocalStatistic,
    method_named,
)
from geo_resilience.spatial._permutations import asked_for
from geo_resilience.spatial.autocorrelation._global import linked
from geo_resilience.spatial.autocorrelation._local import By, Ground, ground_of, significance_of
from geo_resilience.spatial.autocorrelation._results import (
    NO_NEIGHBORS,
    NOT_SIGNIFICANT,
    LocalStat,
    Significance,
)
from geo_resilience.spatial.neighbors._alignment import align, by_year, links_of


def moran_table(
    frame: pd.DataFrame, neighbors: Any, *, permutations: int | None = None, rng: Any = None
) -> pd.DataFrame:
    """Measure Moran's I of every variable in every year; see `global_table`.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6)
    >>> frame = pd.DataFrame({"x": [1.0, 1, 2, 2], "flat": 1.0}, list("abcd"))
    >>> moran_table(frame, row)[["year", "variable", "value"]].round(3).values.tolist()
    [[0, 'x', 0.333], [0, 'flat', nan]]
    """
    return global_table(frame, neighbors, permutations=permutations, rng=rng)


def global_table(
    frame: pd.DataFrame,
    neighbors: Any,
    *,
    statistics: Sequence[str] = ("moran",),
    permutations: int | None = None,
    rng: Any = None,
) -> pd.DataFrame:
    """Measure global autocorrelation of every variable in every year.

    Parameters
    ----------
    frame : DataFrame
        Index (adcode, year), or region keys alone (the year is then 0); a column a variable.
    neighbors : Neighbors or libpysal.graph.Graph
        Over the same keys, the same for every year.
    statistics : sequence of {"moran", "geary", "getis_ord"}
    permutations : int, optional
        As in `moran`.
    rng : None, int or numpy.random.Generator
        As in `moran`.

    Returns
    -------
    DataFrame
        Columns year, variable, statistic, value, expected, z, p_normal, p_sim, permutations, n;
        rows by year, then in the order of the columns, then of the statistics. A variable that
        is the same everywhere in a year has NaN there.

    Notes
    -----
    All variables, years and statistics share the random permutations: each row is what the
    single function gives for that variable with the same seed, and does not depend on which
    other variables are there.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6)
    >>> frame = pd.DataFrame({"x": [1.0, 1, 2, 2]}, list("abcd"))
    >>> found = global_table(frame, row, statistics=["moran", "geary"])
    >>> found[["statistic", "value"]].round(3).values.tolist()
    [['moran', 0.333], ['geary', 0.5]]
    """
    draws = asked_for(permutations)
    formulas = [method_named(GLOBAL_STATISTICS, name).function for name in statistics]
    wide = wide_of(frame)
    aligned = linked(align(wide, neighbors, name="frame"))
    years, variables = wide.columns.get_level_values(0), wide.columns.get_level_values(1)
    seed = rng
    if len(statistics) > 1 and isinstance(rng, np.random.Generator):
        seed = int(rng.integers(2**63))
    tables = [
        formula(aligned.values, aligned, draws, seed).rows(years, variables) for formula in formulas
    ]
    together = pd.concat(tables)
    return together.iloc[
        np.argsort(np.tile(np.arange(len(wide.columns)), len(tables)), kind="stable")
    ].reset_index(drop=True)


def wide_of(frame: pd.DataFrame) -> pd.DataFrame:
    """Lay the years side by side: rows regions, columns (year, variable)."""
    parts = dict(by_year(frame))
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


_SPECTRUM = 2_000


def describe_neighbors(neighbors: Any) -> pd.Series:
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
        parts; the lag and error models' rho and lambda lie between their reciprocals; NaN beyond
        2,000 regions).

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
    low = high = float("nan")
    if 0 < n <= _SPECTRUM:
        values = np.linalg.eigvals(matrix.toarray()).real
        low, high = float(values.min()), float(values.max())
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
    frame: pd.DataFrame | pd.Series,
    rules: Mapping[str, Any] | Sequence[Any],
    *,
    statistics: Sequence[str] = ("moran",),
    permutations: int | None = None,
    rng: Any = None,
) -> pd.DataFrame:
    """Measure the same statistic under several neighbor rules.

    Parameters
    ----------
    frame : DataFrame or Series
        Index (adcode, year), or region keys alone (the year is then 0); a column a variable.
    rules : mapping of name to Neighbors, or sequence of Neighbors
    statistics : sequence of {"moran", "geary", "getis_ord"}
    permutations, rng
        As in `moran`; every rule sees the same permutations.

    Returns
    -------
    DataFrame
        Columns year, variable, rule, statistic, value, expected, z, p_normal, p_sim,
        permutations, n, links, islands; rows by year, variable, statistic, then rule as given.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6)
    >>> y = pd.Series([1.0, 2, 3, 4], list("abcd"), name="y")
    >>> found = sensitivity_table(y, {"plain": row, "mean": row.transform("r")})
    >>> found[["rule", "value"]].round(3).values.tolist()
    [['plain', 0.333], ['mean', 0.4]]
    """
    if isinstance(frame, pd.Series):
        frame = frame.to_frame(str(frame.name) if frame.name is not None else "y")
    named = rules if isinstance(rules, Mapping) else {each.rule: each for each in rules}
    seed = int(rng.integers(2**63)) if isinstance(rng, np.random.Generator) else rng
    parts = []
    for name, neighbors in named.items():
        links = links_of(neighbors)
        table = global_table(
            frame, neighbors, statistics=statistics, permutations=permutations, rng=seed
        )
        table["rule"] = name
        table["links"] = int(links.counts.sum())
        table["islands"] = int((links.counts == 0).sum())
        parts.append(table)
    together = pd.concat(parts, ignore_index=True)
    width = len(by_year(frame)) * frame.shape[1] * len(statistics)
    order = np.argsort(np.tile(np.arange(width), len(parts)), kind="stable")
    columns = ["year", "variable", "rule", *together.columns[2:10], "links", "islands"]
    found = together.iloc[order].reset_index(drop=True)[columns]
    return found.astype({"rule": "str"})
