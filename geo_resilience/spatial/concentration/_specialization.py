"""What regions specialize in, and where industries concentrate.

Every function takes a table with regions in rows and industries in columns, of anything that adds
up (output, value added, employment). A region with a blank cell has no total, unless a base gives
it, and is then no part of the nation that others are held against.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.spatial.neighbors._alignment import by_year
from geo_resilience.statistics import _concentration as concentration

__all__ = [
    "herfindahl",
    "hoover",
    "krugman",
    "location_quotient",
    "locational_gini",
    "shares",
    "specialization_table",
]


def checked(table: pd.DataFrame, name: str = "table") -> pd.DataFrame:
    """Give the table as numbers; negative cells and text are named errors."""
    if isinstance(table, pd.Series):
        table = table.to_frame(table.name if table.name is not None else "industry")
    if not isinstance(table, pd.DataFrame):
        raise InputError("spatial.not_a_series", name=name, found=type(table).__name__)
    try:
        numbers = table.astype(float)
    except (TypeError, ValueError) as error:
        raise InputError("spatial.not_numbers", name=name, found=str(error)) from error
    wrong = (numbers < 0) | np.isinf(numbers)
    if wrong.to_numpy().any():
        at = [
            f"{region}/{industry} = {numbers.loc[region, industry]:g}"
            for region, industry in wrong.stack()[lambda cells: cells].index
        ]
        raise InputError("spatial.industry_negative", name=name, cells=at[:8])
    return numbers


def totals(table: pd.DataFrame, base: pd.Series | None) -> pd.Series:
    """Give the regions' totals: the base, or the sum over industries (blank if a cell is)."""
    if base is None:
        return table.sum(axis=1, skipna=False)
    missing = table.index.difference(base.index)
    if len(missing):
        raise InputError(
            "spatial.keys_without_value", name="base", regions=[str(key) for key in missing]
        )
    return base.reindex(table.index).astype(float)


def shares(table: pd.DataFrame) -> pd.DataFrame:
    """Give each industry's share of its region, ``x_ir / x_r``.

    Parameters
    ----------
    table : DataFrame
        Rows regions, columns industries; together all there is.

    Returns
    -------
    DataFrame
        Rows sum to 1; NaN where a region has a blank cell or nothing at all.

    Examples
    --------
    >>> shares(pd.DataFrame({"a": [1.0, 2], "b": [3.0, 2]}, ["x", "y"])).values.tolist()
    [[0.25, 0.75], [0.5, 0.5]]
    """
    numbers = checked(table)
    total = numbers.sum(axis=1, skipna=False)
    return numbers.div(total.where(total > 0), axis=0)


def _national(table: pd.DataFrame) -> pd.Series:
    """Give the nation's shares, over the regions without a blank cell."""
    total = table.dropna().sum()
    return total / total.sum() if total.sum() > 0 else total * np.nan


def location_quotient(table: pd.DataFrame, base: pd.Series | None = None) -> pd.DataFrame:
    """Compare an industry's share of a region with its share of the nation.

    Parameters
    ----------
    table : DataFrame
        Rows regions, columns industries.
    base : Series, optional
        The whole by region (output, all employment); by default the sum over the industries,
        which must then be all there are. A single industry needs a base.

    Returns
    -------
    DataFrame
        Same rows and columns; above 1 = more than the nation's share. NaN where the region or
        the industry has nothing, or the cell or the whole is blank.

    Raises
    ------
    InputError
        If a cell is negative, or one industry stands alone without a base.

    Notes
    -----
    ``LQ_ir = (x_ir / x_r) / (X_i / X)``, capitals summed over the regions where both the
    industry's cell and the whole are known.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [30.0, 10], "b": [70.0, 90]}, ["x", "y"])
    >>> location_quotient(table).round(3).values.tolist()
    [[1.5, 0.875], [0.5, 1.125]]
    """
    numbers = checked(table)
    if base is None and numbers.shape[1] < 2:
        raise InputError("spatial.base_needed", industry=", ".join(map(str, numbers.columns)))
    whole = totals(numbers, base)
    there = numbers.notna().mul(whole.notna(), axis=0)
    known = there.mul(whole.fillna(0), axis=0).sum()
    national = numbers.where(there).sum() / known.where(known > 0)
    quotient = numbers.div(whole.where(whole > 0), axis=0)
    return quotient / national.where(national > 0)


def herfindahl(table: pd.DataFrame) -> pd.Series:
    """Measure how concentrated each region is: the sum of its squared industry shares.

    Parameters
    ----------
    table : DataFrame
        Rows regions, columns industries; together all there is.

    Returns
    -------
    Series
        By region, from 1/industries to 1.

    Examples
    --------
    >>> herfindahl(pd.DataFrame({"a": [1.0, 2], "b": [3.0, 2]}, ["x", "y"])).tolist()
    [0.625, 0.5]
    """
    part = shares(table)
    found = concentration.herfindahl(part.to_numpy(), axis=1)
    return pd.Series(found, part.index, name="herfindahl")


def krugman(table: pd.DataFrame) -> pd.Series:
    """Measure how far each region's industry mix is from the nation's.

    Parameters
    ----------
    table : DataFrame
        Rows regions, columns industries; together all there is.

    Returns
    -------
    Series
        By region: 0 = the nation's mix, towards 2 = nothing in common.

    Notes
    -----
    ``K_r = sum_i |s_ir - s_i|``, against the nation (the sum over all rows without a blank cell,
    the region itself included) and not halved [1]_.

    References
    ----------
    .. [1] Krugman, P. (1991). Geography and Trade. MIT Press, Cambridge, Mass.

    Examples
    --------
    >>> krugman(pd.DataFrame({"a": [1.0, 3], "b": [3.0, 1]}, ["x", "y"])).tolist()
    [0.5, 0.5]
    """
    distance = shares(table).sub(_national(checked(table))).abs()
    return distance.sum(axis=1, skipna=False).rename("krugman")


def hoover(table: pd.DataFrame, base: pd.Series | None = None) -> pd.Series:
    """Measure how far each industry is spread differently from the whole.

    Parameters
    ----------
    table : DataFrame
        Rows regions, columns industries.
    base : Series, optional
        The whole by region; by default the sum over the industries.

    Returns
    -------
    Series
        By industry: 0 = spread like the whole, towards 1 = in places that have nothing else.
        Regions where the industry's cell or the whole is blank are passed over.

    Notes
    -----
    ``H_i = sum_r |x_ir / X_i - x_r / X| / 2`` [1]_.

    References
    ----------
    .. [1] Hoover, E. M. (1936). The measurement of industrial localization. Review of Economics
       and Statistics 18(4), 162-171.

    Examples
    --------
    >>> hoover(pd.DataFrame({"a": [3.0, 1], "b": [1.0, 3]}, ["x", "y"])).tolist()
    [0.25, 0.25]
    """
    numbers = checked(table)
    whole = totals(numbers, base)
    there = numbers.notna().mul(whole.notna(), axis=0)
    numbers = numbers.where(there)
    total = numbers.sum()
    part = numbers.div(total.where(total > 0), axis=1)
    wholes = pd.DataFrame({name: whole.where(there[name]) for name in numbers})
    distance = part.sub(wholes / wholes.sum()).abs()
    return (distance.sum() / 2).where(total > 0).rename("hoover")


def locational_gini(table: pd.DataFrame, base: pd.Series | None = None) -> pd.Series:
    """Give the Gini of where each industry is, against where the whole is.

    Parameters
    ----------
    table : DataFrame
        Rows regions, columns industries.
    base : Series, optional
        The whole by region; by default the sum over the industries.

    Returns
    -------
    Series
        By industry: 0 = spread like the whole. Regions where the industry's cell or the whole is
        blank are passed over.

    Notes
    -----
    Twice the area between the diagonal and the Lorenz curve of the industry's cumulative shares
    over the whole's, regions in order of their location quotient [1]_.

    References
    ----------
    .. [1] Krugman, P. (1991). Geography and Trade. MIT Press, Cambridge, Mass., appendix D.

    Examples
    --------
    >>> locational_gini(pd.DataFrame({"a": [3.0, 1], "b": [1.0, 3]}, ["x", "y"])).tolist()
    [0.25, 0.25]
    """
    numbers = checked(table)
    whole = totals(numbers, base)
    found = {}
    for industry, part in numbers.items():
        there = part.notna() & whole.notna()
        found[industry] = concentration.weighted_gini(part[there], whole[there])
    return pd.Series(found, name="locational_gini", dtype=float)


def specialization_table(industries: pd.DataFrame, base: pd.Series | None = None) -> pd.DataFrame:
    """Measure specialization in every year, one value a row.

    Parameters
    ----------
    industries : DataFrame
        Index (adcode, year), or region keys alone (the year is then 0); a column an industry.
    base : Series, optional
        The whole (output) by the same index; needed where there is one industry. Without it the
        industries must be all there are.

    Returns
    -------
    DataFrame
        Columns adcode, year, measure, industry, value. Measures of a region and industry:
        location_quotient, share (of the nation's industry); of a region, where there are several
        industries: herfindahl, krugman (industry empty); of an industry as a whole: hoover,
        locational_gini (adcode empty). Rows by adcode, year, measure, industry, the industries'
        own rows first.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [3.0, 1], "b": [1.0, 3]}, ["x", "y"])
    >>> specialization_table(table).query("measure == 'location_quotient'").value.tolist()
    [1.5, 0.5, 0.5, 1.5]
    """
    bases = dict(by_year(base)) if base is not None else {}
    rows: list[pd.DataFrame] = []
    for year, table in by_year(industries):
        rows += [part.assign(year=year) for part in _one_year(table, bases.get(year))]
    found = pd.concat(rows, ignore_index=True)
    found = found[["adcode", "year", "measure", "industry", "value"]]
    order = {name: place for place, name in enumerate(map(str, industries.columns))}
    places = found["industry"].map(lambda name: order.get(name, -1))
    found = found.assign(place=places).sort_values(
        ["adcode", "year", "measure", "place"], kind="stable", ignore_index=True
    )
    return found.drop(columns="place").astype({"adcode": "str", "industry": "str"})


def _one_year(table: pd.DataFrame, base: pd.Series | None) -> list[pd.DataFrame]:
    total = table.sum()
    cells = {
        "location_quotient": location_quotient(table, base),
        "share": table / total.where(total > 0),
    }
    rows = [_long(values, measure) for measure, values in cells.items()]
    if table.shape[1] > 1:
        for values in (herfindahl(table), krugman(table)):
            rows.append(_row(values.index, str(values.name), "", values))
    for values in (hoover(table, base), locational_gini(table, base)):
        rows.append(_row("", str(values.name), values.index.astype(str), values))
    return rows


def _row(adcode: Any, measure: str, industry: Any, values: pd.Series) -> pd.DataFrame:
    columns = {"adcode": adcode, "measure": measure, "industry": industry}
    return pd.DataFrame({**columns, "value": values.to_numpy()})


def _long(values: pd.DataFrame, measure: str) -> pd.DataFrame:
    return pd.concat(
        [_row(values.index, measure, str(name), values[name]) for name in values.columns]
    )
