"""How the index moves over the years: growth, trend, places in the order, shape."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.evaluation._checks import finite_scores
from geo_resilience.evaluation._scores import rank
from geo_resilience.statistics._associations import spearman
from geo_resilience.statistics._densities import kernel_density, peaks, silverman_bandwidth, wolfson
from geo_resilience.statistics._trends import (
    compound_growth,
    mean_growth,
    spans_of,
    theil_sen,
    trends_of_rows,
)

_FRACTIONS = ("compound_growth", "mean_growth", "slope", "p_value")
_COURSE = (
    *("first_year", "last_year", "years", "compound_growth", "mean_growth", "slope", "s"),
    *("p_value", "rank_first", "rank_last", "rank_change"),
)
_QUANTILES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)


def _by_year(scores: pd.Series, what: str) -> pd.DataFrame:
    """Give scores as a table, rows regions, columns years in order."""
    numbers = finite_scores(scores)
    if "year" not in numbers.index.names:
        raise InputError("evaluation.no_year_level", what=what)
    return numbers.unstack("year").sort_index(axis=1)


def growth_and_trend(scores: pd.Series) -> pd.DataFrame:
    """Describe each region's course over the years.

    Parameters
    ----------
    scores : Series, index (adcode, year)
        A composite or dimension score.

    Returns
    -------
    DataFrame
        By region: ``first_year``, ``last_year``, ``years``; ``compound_growth`` and
        ``mean_growth`` (a year, as shares; NaN where a score is 0); ``slope`` (Theil-Sen, a
        year); ``s`` and ``p_value`` (Mann-Kendall, exact); ``rank_first``, ``rank_last``,
        ``rank_change`` (positive for a rise). A composite of scaled values has no true zero:
        its growth rates depend on the goalposts.

    Raises
    ------
    InputError
        If a score is missing or no number, or there is no level ``year``.

    Notes
    -----
    With six years p below 0.05 needs all pairs of years but one to rise (or fall); with 31
    regions one or two reach that by chance.

    Examples
    --------
    >>> rows = pd.MultiIndex.from_product([["11"], range(2018, 2024)], names=["adcode", "year"])
    >>> found = growth_and_trend(pd.Series([0.2, 0.3, 0.4, 0.5, 0.7, 0.6], index=rows))
    >>> found.loc["11", ["years", "s", "rank_change"]].tolist()
    [6, 13, 0]
    """
    table = _by_year(scores, "growth_and_trend")
    ranks = rank(scores).unstack("year").sort_index(axis=1)
    years, values = table.columns.to_numpy(), table.to_numpy()
    there, places = ~np.isnan(values), ranks.to_numpy(dtype=float, na_value=np.nan)
    found = pd.DataFrame(index=table.index, columns=list(_COURSE), dtype=float)
    for pattern in np.unique(there, axis=0):
        rows, at = (there == pattern).all(axis=1), years[pattern]
        known, placed = values[rows][:, pattern], places[rows][:, pattern]
        s, p = trends_of_rows(known)
        told = (at[0], at[-1], len(at), compound_growth(known, at), mean_growth(known))
        moved = (placed[:, 0], placed[:, -1], placed[:, 0] - placed[:, -1])
        found.loc[rows] = np.column_stack(
            np.broadcast_arrays(*told, theil_sen(known, at), s, p, *moved)
        )
    whole = [name for name in _COURSE if name not in _FRACTIONS]
    return found.astype(dict.fromkeys(whole, "int64"))


def rank_changes(scores: pd.Series) -> pd.DataFrame:
    """Say how far the order of the regions moves from each year to the next.

    Parameters
    ----------
    scores : Series, index (adcode, year)

    Returns
    -------
    DataFrame
        A row a pair of years, the last from the first to the last: ``from``, ``to``,
        ``correlation`` (Spearman's), ``mean_shift`` (mean absolute change of rank),
        ``most_risen`` and ``most_fallen`` (region; empty when none did), ``rise``, ``fall``.
        Only regions that have both years.

    Raises
    ------
    InputError
        As `growth_and_trend`.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([[2022, 2023], list("abc")], names=["year", "adcode"])
    >>> scores = pd.Series([0.9, 0.5, 0.1, 0.8, 0.2, 0.4], index).reorder_levels(["adcode", "year"])
    >>> rank_changes(scores).loc[0, ["most_risen", "most_fallen"]].tolist()
    ['c', 'b']
    """
    table = _by_year(scores, "rank_changes")
    rows = []
    for before, after in spans_of(list(table.columns)):
        both = table[[before, after]].dropna()
        change = rank(both[before]) - rank(both[after])
        up, down = int(change.max()), int(-change.min())
        rows.append(
            {
                "from": before,
                "to": after,
                "correlation": spearman(both[before], both[after])[0],
                "mean_shift": float(change.abs().mean()),
                "most_risen": str(change.idxmax()) if up > 0 else "",
                "rise": max(up, 0),
                "most_fallen": str(change.idxmin()) if down > 0 else "",
                "fall": max(down, 0),
            }
        )
    return pd.DataFrame(rows)


def score_distribution(scores: pd.Series) -> pd.DataFrame:
    """Describe the distribution of scores in each year.

    Parameters
    ----------
    scores : Series, index (adcode, year)

    Returns
    -------
    DataFrame
        By year: ``n``, ``mean``, ``standard_deviation`` (n), the quantiles ``q0`` to ``q100``,
        ``bandwidth`` (Silverman's rule), ``peaks`` of the density, ``polarization``
        (Wolfson's).

    Raises
    ------
    InputError
        As `growth_and_trend`.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([list("abc"), [2023]], names=["adcode", "year"])
    >>> score_distribution(pd.Series([0.9, 0.5, 0.1], index)).loc[2023, ["n", "q50"]].tolist()
    [3.0, 0.5]
    """
    table = _by_year(scores, "score_distribution")
    rows = {}
    for year in table:
        known = table[year].dropna().to_numpy()
        width = silverman_bandwidth(known)
        grid = np.linspace(known.min() - 3 * width, known.max() + 3 * width, 512)
        rows[year] = {
            "n": len(known),
            "mean": known.mean(),
            "standard_deviation": known.std(),
            **{f"q{share * 100:g}": np.quantile(known, share) for share in _QUANTILES},
            "bandwidth": width,
            "peaks": peaks(kernel_density(known, grid)) if width > 0 else 1,
            "polarization": wolfson(known),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(index="year")


def density_curves(scores: pd.Series, *, grid: Sequence[float] | None = None) -> pd.DataFrame:
    """Estimate the density of scores in each year, to be drawn."""
    table = _by_year(scores, "density_curves")
    places = np.linspace(0, 1, 201) if grid is None else np.asarray(grid, dtype="float64")
    bandwidth = float(np.mean([silverman_bandwidth(table[year].dropna()) for year in table]))
    curves = {
        year: kernel_density(table[year].dropna(), places, bandwidth=bandwidth) for year in table
    }
    return pd.DataFrame(curves, index=pd.Index(places, name="score")).rename_axis(columns="year")
