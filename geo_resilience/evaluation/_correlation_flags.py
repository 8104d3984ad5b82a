"""Pairs of indicators that say the same, or that speak against each other within a dimension."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pandas as pd

from geo_resilience.notes import Note
from geo_resilience.text import first_few
from geo_resilience.words import Phrase

#: Correlation from which on two indicators say the same, and down to which they are opposed.
COLLINEAR, OPPOSED = 0.9, -0.4

_COLUMNS = ("year", "one", "other", "together", "correlation", "flag")
#: Pairs that a note names.
_SHOWN = 5


def correlation_flags(
    values: pd.DataFrame,
    paths: Mapping[str, tuple[str, ...]],
    *,
    collinear: float = COLLINEAR,
    opposed: float = OPPOSED,
) -> pd.DataFrame:
    """Find pairs of indicators whose correlation speaks against weighing both as they are.

    Parameters
    ----------
    values : DataFrame, rows (adcode, year), columns codes
        Scaled, more is better.
    paths : mapping of str to tuple of str
        Dimension and groups of each code, as `Framework.paths` has them.
    collinear : float
        Correlation, of either sign, from which on a pair says the same.
    opposed : float
        Correlation down to which a pair of one dimension is opposed: each takes off what the other
        adds to the score.

    Returns
    -------
    DataFrame
        A row a flagged pair and year: ``year``, ``one``, ``other``, ``together`` (``group``: same
        groups all the way down; ``dimension``: no more than that; ``across``), ``correlation``
        (Pearson's, over the regions of the year) and ``flag`` (``collinear`` or ``opposed``).
        Indicators without variance in a year are in no pair of it.

    Notes
    -----
    The thresholds are those of COINr's flags of correlations [1]_. Over 31 regions a correlation
    of -0.4 is just beyond what chance gives (p = 0.03).

    References
    ----------
    .. [1] Becker, W., Caperna, G., Del Sorbo, M., Norlén, H., Papadimitriou, E., Saisana, M.
       (2022). COINr: An R package for developing composite indicators. Journal of Open Source
       Software, 7(78), 4567.

    Examples
    --------
    >>> rows = pd.MultiIndex.from_product([["11", "12", "13"], [2020]], names=["adcode", "year"])
    >>> values = pd.DataFrame({"a": [0.0, 0.5, 1], "b": [0.1, 0.6, 1], "c": [1, 0.4, 0]}, rows)
    >>> found = correlation_flags(values, {"a": ("A", "x"), "b": ("A", "x"), "c": ("A", "y")})
    >>> found[["one", "other", "together", "flag"]].values.tolist()[:2]
    [['a', 'b', 'group', 'collinear'], ['a', 'c', 'dimension', 'opposed']]
    """
    rows = []
    for year, part in values.groupby(level="year"):
        varying = part.loc[:, part.max() > part.min()]
        if varying.shape[1] < 2:
            continue
        matrix = np.corrcoef(varying.to_numpy(), rowvar=False)
        for (i, one), (j, other) in combinations(enumerate(varying.columns), 2):
            correlation, together = float(matrix[i, j]), _together(paths[one], paths[other])
            if correlation <= opposed and together != "across":
                rows.append((year, one, other, together, correlation, "opposed"))
            elif abs(correlation) >= collinear:
                rows.append((year, one, other, together, correlation, "collinear"))
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _together(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    if one[0] != other[0]:
        return "across"
    return "group" if one == other and len(one) > 1 else "dimension"


def flag_notes(table: pd.DataFrame, year: int) -> list[Note]:
    """Say which pairs are flagged in a year, those of the largest correlation first."""
    found = []
    for flag, rows in table[table["year"] == year].groupby("flag", sort=True):
        rows = rows.sort_values("correlation", key=abs, ascending=False, kind="stable")
        pairs = [
            Phrase("correlation_flag.pair", {"one": one, "other": other, "value": f"{r:.2f}"})
            for one, other, r in rows[["one", "other", "correlation"]].itertuples(index=False)
        ]
        values = {"count": len(pairs), "pairs": first_few(pairs, _SHOWN), "year": year}
        found.append(Note(f"study.flagged_{flag}", values=values))
    return found
