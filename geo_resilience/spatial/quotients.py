"""Specialization in depth: standardized quotients, diversity, agglomeration, zones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.spatial.membership import members_of
from geo_resilience.spatial.specialization import checked, location_quotient, shares, totals
from geo_resilience.statistics import concentration
from geo_resilience.statistics.repetitions import BOOTSTRAP_DRAWS

__all__ = [
    "concentration_ratio",
    "ellison_glaeser",
    "industry_entropy",
    "standardized_quotient",
    "symmetric_quotient",
    "zone_shares",
]


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
    base: pd.Series | None = None,
    *,
    logarithm: bool = False,
    draws: int = BOOTSTRAP_DRAWS,
    level: float = 0.95,
    rng: Any = None,
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
    quotient = location_quotient(table, base)
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


def concentration_ratio(table: pd.DataFrame, largest: int = 4) -> pd.Series:
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
    >>> concentration_ratio(pd.DataFrame({"a": [5.0, 3, 2]}), 2).tolist()
    [0.8]
    """
    numbers = checked(table)
    total = numbers.sum()
    top = numbers.apply(lambda column: column.nlargest(largest).sum())
    return (top / total.where(total > 0)).rename(f"concentration_ratio_{largest}")


def zone_shares(table: pd.DataFrame, groups: Any) -> pd.DataFrame:
    """Give the share of each industry that lies in each zone or belt.

    Parameters
    ----------
    table : DataFrame
        Rows regions, columns industries.
    groups : mapping, Series or Grouping
        Name to members; groups may overlap.

    Returns
    -------
    DataFrame
        Rows groups, columns industries; a partition's column sums to 1.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [5.0, 3, 2]}, ["x", "y", "z"])
    >>> zone_shares(table, {"one": ["x"], "two": ["y", "z"]})["a"].tolist()
    [0.5, 0.5]
    """
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
    base: pd.Series | None = None,
    *,
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
    >>> ellison_glaeser(table, pd.Series({"a": 10}), base)["gamma"].tolist()
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
