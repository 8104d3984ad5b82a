"""What regions specialize in, and where industries concentrate.

Every function takes a table with regions in rows and industries in columns, of anything that adds
up (output, value added, employment). A region with a blank cell has no total, unless a base gives
it, and is then no part of the nation that others are held against.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.spatial.concentration._membership import Groups, members_of, partition_of
from geo_resilience.spatial.neighbors._alignment import by_year
from geo_resilience.statistics import _concentration as concentration
from geo_resilience.statistics._repetitions import BOOTSTRAP_DRAWS, Rng


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
    """Give each industry's share of its region; NaN where a cell is blank or there is nothing."""
    numbers = checked(table)
    total = numbers.sum(axis=1, skipna=False)
    return numbers.div(total.where(total > 0), axis=0)


def _national(table: pd.DataFrame) -> pd.Series:
    """Give the nation's shares, over the regions without a blank cell."""
    total = table.dropna().sum()
    return total / total.sum() if total.sum() > 0 else total * np.nan


def location_quotient(table: pd.DataFrame, *, base: pd.Series | None = None) -> pd.DataFrame:
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


def hoover(table: pd.DataFrame, *, base: pd.Series | None = None) -> pd.Series:
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


def locational_gini(table: pd.DataFrame, *, base: pd.Series | None = None) -> pd.Series:
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


def specialization_table(
    industries: pd.DataFrame, *, base: pd.Series | None = None
) -> pd.DataFrame:
    """Measure specialization in every year, one value a row, as in specialization.csv.

    ``base`` is the whole (output); without it the industries must be all there are.
    """
    bases = dict(by_year(base)) if base is not None else {}
    rows = [
        (*row, year)
        for year, table in by_year(industries)
        for row in _one_year(table, bases.get(year))
    ]
    return pd.DataFrame(rows, columns=["adcode", "measure", "industry", "value", "year"])


def _one_year(table: pd.DataFrame, base: pd.Series | None) -> Iterator[tuple[str, str, str, float]]:
    """Give region, measure, industry and value; blank where a value is of no single one."""
    total = table.sum()
    for measure, found in (
        ("location_quotient", location_quotient(table, base=base)),
        ("share", table / total.where(total > 0)),
    ):
        for name, values in found.items():
            yield from ((key, measure, name, value) for key, value in values.items())
    if table.shape[1] > 1:
        for values in (herfindahl(table), krugman(table)):
            yield from ((key, str(values.name), "", value) for key, value in values.items())
    for values in (hoover(table, base=base), locational_gini(table, base=base)):
        yield from (("", str(values.name), str(name), value) for name, value in values.items())


def symmetric_quotient(quotient: pd.DataFrame) -> pd.DataFrame:
    """Bring location quotients to the range -1 to 1: ``(LQ - 1) / (LQ + 1)``.

    Parameters
    ----------
    quotient : DataFrame or Series
        As `location_quotient` gives it.

    Returns
    -------
    DataFrame or Series
        0 = the nation's share; a quotient and its reciprocal are equally far from it.

    Examples
    --------
    >>> symmetric_quotient(pd.Series([0.5, 1.0, 2.0])).round(3).tolist()
    [-0.333, 0.0, 0.333]
    """
    return (quotient - 1) / (quotient + 1)


def standardized_quotient(
    table: pd.DataFrame,
    *,
    base: pd.Series | None = None,
    logarithm: bool = False,
    draws: int = BOOTSTRAP_DRAWS,
    level: float = 0.95,
    rng: Rng = None,
) -> pd.DataFrame:
    """Say which quotients stand out among the regions, with a bootstrapped cut-off.

    Parameters
    ----------
    table : DataFrame
        Rows regions, columns industries.
    base : Series, optional
        As in `location_quotient`.
    logarithm : bool
        Standardize ln LQ (regions that have none of the industry are then left out).
    draws : int
        Bootstrap samples.
    level : float
        Quantile that a region must pass to stand out, and coverage of the cut-off's interval.
    rng : None, int or numpy.random.Generator

    Returns
    -------
    DataFrame
        Index (region, industry): quotient, symmetric, standardized (mean 0, deviation 1 over the
        regions), cutoff, cutoff_low, cutoff_high, stands_out.

    Notes
    -----
    A quotient above 1 says nothing of how far above others lie. The standardized quotient [1]_
    is compared not with 1.645, which would need normal quotients, but with the bootstrap
    distribution of the quantile: regions are resampled, the quantile taken each time, and its
    mean is the cut-off [2]_.

    References
    ----------
    .. [1] O'Donoghue, D. and Gleave, B. (2004). A note on methods for measuring industrial
       agglomeration. Regional Studies 38(4), 419-427.
    .. [2] Tian, Z. (2013). Measuring agglomeration using the standardized location quotient with
       a bootstrap method. Journal of Regional Analysis and Policy 43(2), 186-197.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [9.0, 1, 1, 1], "b": [1.0, 9, 9, 9]}, list("wxyz"))
    >>> found = standardized_quotient(table, rng=0)
    >>> found.loc[("w", "a"), ["quotient", "standardized"]].round(3).tolist()
    [3.0, 1.732]
    """
    quotient = location_quotient(table, base=base)
    generator = np.random.default_rng(rng)
    parts = []
    for industry, values in quotient.items():
        used = np.log(values.where(values > 0)) if logarithm else values
        spread = used.std(ddof=0)
        standard = (used - used.mean()) / spread if spread > 0 else used * np.nan
        cutoff, low, high = _cutoff(standard.dropna().to_numpy(), draws, level, generator)
        parts.append(
            pd.DataFrame(
                {
                    "quotient": values,
                    "symmetric": symmetric_quotient(values),
                    "standardized": standard,
                    "cutoff": cutoff,
                    "cutoff_low": low,
                    "cutoff_high": high,
                    "stands_out": standard > cutoff,
                }
            ).assign(industry=str(industry))
        )
    found = pd.concat(parts).set_index("industry", append=True)
    order = [(key, str(name)) for key in quotient.index for name in quotient.columns]
    return found.loc[order].rename_axis(["region", "industry"])


def _cutoff(
    values: np.ndarray, draws: int, level: float, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Bootstrap the quantile of standardized values."""
    if len(values) < 2:
        return (float("nan"),) * 3
    sampled = values[rng.integers(len(values), size=(draws, len(values)))]
    quantiles = np.quantile(sampled, level, axis=1)
    low, high = np.quantile(quantiles, [(1 - level) / 2, (1 + level) / 2])
    return float(quantiles.mean()), float(low), float(high)


def industry_entropy(table: pd.DataFrame) -> pd.Series:
    """Measure how diverse each region is: Shannon's entropy of its industry shares, in nats.

    Parameters
    ----------
    table : DataFrame
        Rows regions, columns industries; together all there is.

    Returns
    -------
    Series
        By region, from 0 (one industry) to ln(industries).

    Examples
    --------
    >>> industry_entropy(pd.DataFrame({"a": [1.0, 2], "b": [0.0, 2]}, ["x", "y"])).round(4).tolist()
    [0.0, 0.6931]
    """
    part = shares(table)
    found = concentration.entropy(part.to_numpy(), axis=1)
    return pd.Series(found + 0.0, part.index, name="entropy")


def concentration_ratio(table: pd.DataFrame, *, largest: int = 4) -> pd.Series:
    """Give the share of each industry that its largest regions hold.

    Parameters
    ----------
    table : DataFrame
        Rows regions, columns industries.
    largest : int
        How many regions.

    Returns
    -------
    Series
        By industry, 0 to 1.

    Examples
    --------
    >>> concentration_ratio(pd.DataFrame({"a": [5.0, 3, 2]}), largest=2).tolist()
    [0.8]
    """
    numbers = checked(table)
    total = numbers.sum()
    top = numbers.apply(lambda column: column.nlargest(largest).sum())
    return (top / total.where(total > 0)).rename(f"concentration_ratio_{largest}")


def zone_shares(table: pd.DataFrame, groups: Groups) -> pd.DataFrame:
    """Give the share of each industry that lies in each group (rows); groups may overlap."""
    numbers = checked(table)
    total = numbers.sum()
    rows = {
        name: numbers[numbers.index.isin(members)].sum()
        for name, members in members_of(groups).items()
    }
    found = pd.DataFrame(rows).T.reindex(columns=numbers.columns)
    return (found / total.where(total > 0)).rename_axis("group")


def ellison_glaeser(
    table: pd.DataFrame,
    plants: pd.Series,
    *,
    base: pd.Series | None = None,
    herfindahl: bool = False,
) -> pd.DataFrame:
    """Measure agglomeration beyond what a few large plants bring about.

    Parameters
    ----------
    table : DataFrame
        Rows regions, columns industries (employment).
    plants : Series
        By industry: the number of its plants, or (``herfindahl=True``) the sum of squared plant
        shares of its employment.
    base : Series, optional
        The whole by region; by default the sum over the industries.
    herfindahl : bool
        What ``plants`` holds. From a number the index is taken as 1 / number, plants of one
        size: the true index is larger, so gamma then comes out too large.

    Returns
    -------
    DataFrame
        By industry: raw (G), plant_herfindahl (H), gamma. G and gamma are NaN for an industry
        with a blank cell, since its plants could not be held against it, and for all where a
        region's whole is blank.

    Notes
    -----
    ``G = sum_r (s_r - x_r)^2``, ``gamma = (G - (1 - sum x_r^2) H) / ((1 - sum x_r^2) (1 - H))``
    with s the industry's and x the whole's shares by region [1]_. gamma near 0 = as dartboard
    throws would fall; above .05 is called highly concentrated.

    References
    ----------
    .. [1] Ellison, G. and Glaeser, E. L. (1997). Geographic concentration in U.S. manufacturing
       industries: a dartboard approach. Journal of Political Economy 105(5), 889-927.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [10.0, 0]}, ["x", "y"])
    >>> base = pd.Series([50.0, 50], ["x", "y"])
    >>> ellison_glaeser(table, pd.Series({"a": 10}), base=base)["gamma"].tolist()
    [1.0]
    """
    numbers = checked(table)
    whole = totals(numbers, base)
    missing = numbers.columns.difference(plants.index)
    if len(missing):
        raise InputError("spatial.plants_missing", industries=[str(name) for name in missing])
    given = plants.loc[numbers.columns].astype(float)
    concentrated = given if herfindahl else 1.0 / given.where(given > 0)
    part = numbers / numbers.sum().where(lambda total: total > 0)
    of_whole = whole / whole.sum(skipna=False)
    raw = np.square(part.sub(of_whole, axis=0)).sum(skipna=False)
    raw = raw.where(numbers.notna().all())
    room = 1 - float(np.square(of_whole).sum())
    gamma = (raw - room * concentrated) / (room * (1 - concentrated))
    return pd.DataFrame({"raw": raw, "plant_herfindahl": concentrated, "gamma": gamma})


def shift_share(
    before: pd.DataFrame, after: pd.DataFrame, *, groups: Groups = None, by_industry: bool = False
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


def _parts(first: pd.DataFrame, last: pd.DataFrame, groups: Groups) -> dict[str, pd.DataFrame]:
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
