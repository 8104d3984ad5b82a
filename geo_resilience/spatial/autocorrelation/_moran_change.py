"""Whether clustering has grown: Moran's I by year with a test of its change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_resilience.errors import InputError
from geo_resilience.spatial._permutations import asked_for
from geo_resilience.spatial.autocorrelation._global import deviations, linked
from geo_resilience.spatial.autocorrelation._tables import wide_of
from geo_resilience.spatial.neighbors._alignment import Linked, align
from geo_resilience.statistics._permutation import two_sided
from geo_resilience.statistics._repetitions import PERMUTATIONS, Rng

Array = NDArray[np.float64]
_CELLS = 4_000_000


def moran_change(
    frame: pd.DataFrame, neighbors: Linked, *, permutations: int | None = None, rng: Rng = None
) -> pd.DataFrame:
    """Test whether Moran's I changed from the first year to the last, and over all years.

    Parameters
    ----------
    frame : DataFrame
        Index (adcode, year), at least two years; a column a variable.
    neighbors : Neighbors or libpysal.graph.Graph
        Over the same keys, the same for every year.
    permutations : int, optional
        Exchanges drawn; the house's default if left out.
    rng : None, int or numpy.random.Generator

    Returns
    -------
    DataFrame
        A row a variable (index): first, last, change, p_change, slope (of I on the year), p_slope,
        first_year, last_year, permutations. p-values are two-sided.

    Notes
    -----
    Each year is standardized first. Then the years of each region are exchanged at random,
    independently from region to region: where no year differs from another but by chance, the
    exchanged panel is as likely as the observed. Levels that persist keep the exchange from
    breaking the pattern that all years share, so what is tested is the change alone.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6).transform("r")
    >>> index = pd.MultiIndex.from_product([list("abcd"), [2022, 2023]])
    >>> y = pd.DataFrame({"score": [1.0, 1, 2, 1, 1, 2, 2, 2]}, index)
    >>> found = moran_change(y, row, permutations=99, rng=0)
    >>> found[["first", "last", "change"]].round(3).values.tolist()
    [[-1.0, 0.5, 1.5]]
    """
    draws = asked_for(permutations) or PERMUTATIONS
    wide = wide_of(frame)
    years = np.array(wide.columns.get_level_values(0).unique())
    if len(years) < 2:
        raise InputError("spatial.years_needed", found=len(years), least=2)
    kept = linked(align(wide, neighbors, name="frame"))
    generator = np.random.default_rng(rng)
    exchanges = _exchanges(len(kept.values), len(years), draws, generator)
    panel = kept.values.reshape(len(kept.values), len(years), -1)
    rows: dict[Any, tuple[float, ...]] = {}
    for place, variable in enumerate(frame.columns):
        z, flat = deviations(panel[:, :, place])
        if flat.any():
            rows[variable] = (np.nan,) * 6
            continue
        z = z / z.std(axis=0)
        rows[variable] = _tested(z, kept.links.matrix, years, exchanges)
    columns = ["first", "last", "change", "p_change", "slope", "p_slope"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("variable")
    return table.assign(first_year=years[0], last_year=years[-1], permutations=draws)


def _exchanges(n: int, years: int, draws: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw an order of the years for each region of each draw, shape (draws, n, years)."""
    orders = np.broadcast_to(np.arange(years, dtype=np.int8), (draws * n, years))
    return rng.permuted(orders, axis=1).reshape(draws, n, years)


def _morans(panel: Array, matrix: Any) -> Array:
    """Give Moran's I of each year of each draw: panel (draws, n, years) -> (draws, years)."""
    draws, n, years = panel.shape
    z = panel - panel.mean(axis=1, keepdims=True)
    flat = z.transpose(1, 0, 2).reshape(n, -1)
    lag = (matrix @ flat).reshape(n, draws, years).transpose(1, 0, 2)
    cross = (z * lag).sum(axis=1)
    return n / matrix.sum() * cross / np.square(z).sum(axis=1)


def _tested(
    z: Array, matrix: Any, years: NDArray[Any], exchanges: NDArray[np.int64]
) -> tuple[float, ...]:
    apart = (years - years.mean()).astype(float)
    weights = np.column_stack(
        [np.eye(len(years))[-1] - np.eye(len(years))[0], apart / np.square(apart).sum()]
    )
    observed = _morans(z[None], matrix)[0]
    statistic = observed @ weights
    above, below = np.zeros(2), np.zeros(2)
    for part in np.array_split(exchanges, 1 + exchanges.size // _CELLS):
        dealt = np.take_along_axis(np.broadcast_to(z, part.shape), part, axis=2)
        found = _morans(dealt, matrix) @ weights
        above += (found >= statistic - 1e-12).sum(axis=0)
        below += (found <= statistic + 1e-12).sum(axis=0)
    p = two_sided(above, below, len(exchanges), exact=False)
    return *observed[[0, -1]].tolist(), statistic[0], p[0], statistic[1], p[1]
