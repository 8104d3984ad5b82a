"""Global statistics of many variables and years as one table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.spatial.alignment import align, by_year
from geo_resilience.spatial.autocorrelation.global_statistics import linked
from geo_resilience.spatial.effort import asked_for
from geo_resilience.spatial.methods import GLOBAL_STATISTICS, method_named

__all__ = ["global_table", "moran_table", "wide_of"]


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
