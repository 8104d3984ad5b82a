"""What a set of neighbor weights is like, and how much of a finding hangs on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.spatial.autocorrelation._tables import global_table
from geo_resilience.spatial.neighbors._alignment import by_year, links_of

__all__ = ["describe_neighbors", "neighbors_sensitivity"]

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


def neighbors_sensitivity(
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
    >>> found = neighbors_sensitivity(y, {"plain": row, "mean": row.transform("r")})
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
