"""Where change came from: the nation, the mix of industries, or the region itself."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.spatial.concentration._membership import partition_of
from geo_resilience.spatial.concentration._specialization import checked

__all__ = ["shift_share"]


def shift_share(
    before: pd.DataFrame, after: pd.DataFrame, *, groups: Any = None, by_industry: bool = False
) -> pd.DataFrame:
    """Split each region's change into national growth, industry mix and regional competition.

    Parameters
    ----------
    before, after : DataFrame
        Rows regions, columns industries, at the two dates.
    groups : mapping, Series or Grouping, optional
        Zones (each region in one): the regional part is then split into that of the zone and
        the rest.
    by_industry : bool
        Give a row a region and industry instead of a row a region.

    Returns
    -------
    DataFrame
        Columns national, mix, regional (with ``groups`` also zone, between mix and regional);
        each row sums to the change. A region with a cell blank at either date has NaN, and the
        nation and the zones grow by the cells that are there at both; an industry that is new to
        the nation has NaN.

    Raises
    ------
    InputError
        If regions or industries of the two tables differ.

    Notes
    -----
    With g the nation's growth, g_i that of industry i and g_ir that of i in region r, the change
    ``x_ir g_ir = x_ir g + x_ir (g_i - g) + x_ir (g_ir - g_i)`` [1]_. With zones the last term is
    ``x_ir (g_iz - g_i) + x_ir (g_ir - g_iz)``. An industry that a region (or zone) did not have
    before counts in full as regional (or zone) growth.

    References
    ----------
    .. [1] Dunn, E. S. (1960). A statistical and analytical technique for regional analysis.
       Papers of the Regional Science Association 6, 97-112.

    Examples
    --------
    >>> before = pd.DataFrame({"a": [150.0, 50], "b": [50.0, 150]}, ["x", "y"])
    >>> after = pd.DataFrame({"a": [200.0, 60], "b": [50.0, 150]}, ["x", "y"])
    >>> shift_share(before, after).round(9).values.tolist()
    [[30.0, 15.0, 5.0], [30.0, -15.0, -5.0]]
    """
    first, last = checked(before, "before"), checked(after, "after")
    differing = first.index.symmetric_difference(last.index).union(
        first.columns.symmetric_difference(last.columns)
    )
    if len(differing):
        raise InputError("spatial.tables_differ", names=[str(name) for name in differing])
    last = last.loc[first.index, first.columns]
    known = first.notna() & last.notna()  # a cell of one date alone would pass for growth
    first, last = first.where(known), last.where(known)
    parts = _parts(first, last, groups)
    if by_industry:
        return pd.DataFrame({name: part.stack() for name, part in parts.items()})
    return pd.DataFrame({name: part.sum(axis=1, skipna=False) for name, part in parts.items()})


def _parts(first: pd.DataFrame, last: pd.DataFrame, groups: Any) -> dict[str, pd.DataFrame]:
    """Give each component as a table of regions by industries."""
    total, total_after = first.sum(), last.sum()
    nation = total_after.sum() / total.sum() - 1
    industry = (total_after / total.where(total > 0)) - 1
    expected = first * (1 + industry)
    parts = {"national": first * nation, "mix": first * (industry - nation)}
    if groups is None:
        return {**parts, "regional": last - expected}
    zone = partition_of(groups, first.index)
    before, after = first.groupby(zone).sum(), last.groupby(zone).sum()
    rate = (after / before.where(before > 0)).loc[zone]
    # A zone that had none of an industry gained it as a zone, spread as its regions did.
    within = (first * rate.set_axis(first.index)).fillna(last)
    return {**parts, "zone": within - expected, "regional": last - within}
