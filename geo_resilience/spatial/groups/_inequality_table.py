"""Inequality year by year: every measure, with its parts between and within groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.spatial.concentration._inequality import (
    coefficient_of_variation,
    dagum,
    gini,
    max_min_ratio,
    theil,
)
from geo_resilience.spatial.concentration._membership import members_of, partition_of
from geo_resilience.spatial.groups._gaps import GAPS, means_compared
from geo_resilience.spatial.neighbors._alignment import by_year, numbers_of
from geo_resilience.statistics._densities import wolfson as wolfson_of
from geo_resilience.tables import CATALOG

__all__ = ["esteban_ray", "inequality_table", "nested_theil"]


Row = tuple[str, str, str, float]


def nested_theil(y: pd.Series, levels: Sequence[Any], weights: Any = None) -> pd.Series:
    """Split Theil's T along groups within groups.

    Parameters
    ----------
    y : Series
        Non-negative values by region key.
    levels : sequence of mapping, Series or Grouping
        Partitions from coarse to fine; each later one splits the parts of those before it
        (where it cuts across them, their intersections count).
    weights : Series, optional
        Population by region key.

    Returns
    -------
    Series
        ``level_1`` (between the coarsest groups), ``level_2`` (between the parts within them),
        ..., ``within`` (inside the finest), ``total``, which is their sum.

    Examples
    --------
    >>> y = pd.Series([1.0, 2, 3, 6], list("abcd"))
    >>> found = nested_theil(y, [{"x": ["a", "b"], "y": ["c", "d"]}, {k: [k] for k in "abcd"}])
    >>> found.round(4).to_dict()
    {'level_1': 0.1308, 'level_2': 0.0566, 'within': 0.0, 'total': 0.1874}
    """
    if not levels:
        raise InputError("spatial.levels_needed")
    found, before = {}, 0.0
    labels = pd.Series("", index=y.index)
    for number, level in enumerate(levels, start=1):
        labels = labels + "|" + partition_of(level, y.index)
        split = theil(y, labels, weights=weights)
        found[f"level_{number}"] = split.between - before
        before = split.between
    found["within"] = split.total - before
    found["total"] = split.total
    return pd.Series(found, name="theil").where(lambda parts: parts.abs() > 1e-15, 0.0)


def esteban_ray(y: pd.Series, groups: Any, alpha: float = 1.3) -> float:
    """Measure polarization between groups: alike inside, far from each other.

    Parameters
    ----------
    y : Series
        Positive mean; values by region key.
    groups : mapping, Series or Grouping
        Each region in exactly one group.
    alpha : float
        Weight of identification, from 0 (a Gini of the groups' means) to 1.6.

    Returns
    -------
    float
        ``sum_gh p_g^(1 + alpha) p_h |m_g - m_h| / m``, p the shares of regions and m the means
        [1]_; NaN where the mean is not positive.

    References
    ----------
    .. [1] Esteban, J. M. and Ray, D. (1994). On the measurement of polarization. Econometrica
       62(4), 819-851.

    Examples
    --------
    >>> y = pd.Series([0.0, 0, 2, 2], list("abcd"))
    >>> esteban_ray(y, {"low": ["a", "b"], "high": ["c", "d"]}, alpha=1.0)
    0.5
    """
    if not 0 <= alpha <= 1.6:
        raise InputError("spatial.alpha_wrong", found=alpha)
    numbers_of(y)
    parts = y.groupby(partition_of(groups, y.index))
    share, mean = (parts.size() / len(y)).to_numpy(), parts.mean().to_numpy()
    if not y.mean() > 0:
        return float("nan")
    apart = np.abs(mean[:, None] - mean[None, :]) / y.mean()
    return float(share ** (1 + alpha) @ apart @ share)


def inequality_table(
    scores: pd.Series, groupings: Mapping[str, Any] | None = None, weights: Any = None
) -> pd.DataFrame:
    """Measure inequality in every year, with its parts by zone, belt and cluster.

    Parameters
    ----------
    scores : Series
        Index (adcode, year), or region keys alone (the year is then 0).
    groupings : mapping of name to Grouping, optional
        As `regions.read_groups` gives them.
    weights : Series, optional
        Population by the same index: adds ``theil_weighted`` and ``gini_weighted``.

    Returns
    -------
    DataFrame
        Columns year, measure, grouping, component, value. Without grouping:
        coefficient_of_variation, gini, theil, max_min_ratio, wolfson (component total). For a
        partition: theil (between, within, and between:group, within:group, which sum to them),
        dagum (within, between, transvariation, and group|group), esteban_ray, and for the first
        two partitions together theil_nested (level_1, level_2, within). For each belt, cluster
        or area: theil between it and the rest, and within both. For the gaps of `gaps_table`:
        mean_ratio and effect_size. A measure that is not defined for negative scores is NaN.

    Examples
    --------
    >>> table = inequality_table(pd.Series([1.0, 3], ["a", "b"]))
    >>> table[["measure", "value"]].head(2).values.tolist()
    [['coefficient_of_variation', 0.5], ['gini', 0.25]]
    """
    weighted = dict(by_year(weights)) if weights is not None else {}
    rows = []
    for year, y in by_year(scores):
        numbers_of(y, name="scores")
        of_year = _rows(y, groupings or {}, weighted.get(year))
        rows += [(year, *row) for row in of_year]
    return pd.DataFrame(rows, columns=CATALOG["inequality"].names)


def _rows(y: pd.Series, groupings: Mapping[str, Any], weights: pd.Series | None) -> Iterator[Row]:
    yield "coefficient_of_variation", "", "total", coefficient_of_variation(y)
    positive = bool((y >= 0).all() and y.sum() > 0)
    nan = float("nan")
    yield "gini", "", "total", gini(y) if positive else nan
    yield "theil", "", "total", theil(y).total if positive else nan
    yield "max_min_ratio", "", "total", max_min_ratio(y)
    yield "wolfson", "", "total", wolfson_of(y.to_numpy()) if positive else nan
    if weights is not None and positive:
        yield "gini_weighted", "", "total", gini(y, weights=weights)
        yield "theil_weighted", "", "total", theil(y, weights=weights).total
    partitions = {
        name: grouping for name, grouping in groupings.items() if _is_partition(grouping, y.index)
    }
    for name, grouping in partitions.items():
        yield from _of_partition(y, name, grouping, weights, positive)
    if len(partitions) > 1 and positive:
        (first, one), (second, other) = list(partitions.items())[:2]
        for component, value in nested_theil(y, [one, other]).items():
            yield "theil_nested", f"{first}/{second}", str(component), float(value)
    for name, grouping in groupings.items():
        if name not in partitions and positive:
            yield from _of_cover(y, grouping)
    yield from _of_gaps(y, groupings)


def _is_partition(grouping: Any, keys: pd.Index) -> bool:
    """Whether every region is in exactly one group."""
    flag = getattr(grouping, "is_partition", None)
    if flag is not None:
        return bool(flag)
    members = [key for group in members_of(grouping).values() for key in group if key in keys]
    return len(members) == len(set(members)) == len(keys)


def _of_partition(
    y: pd.Series, name: str, grouping: Any, weights: pd.Series | None, positive: bool
) -> Iterator[Row]:
    groups = partition_of(grouping, y.index)
    yield "esteban_ray", name, "total", esteban_ray(y, groups)
    if not positive:
        return
    for measure, of_weights in {"theil": None, "theil_weighted": weights}.items():
        if measure == "theil_weighted" and weights is None:
            continue
        split = theil(y, groups, weights=of_weights)
        yield measure, name, "between", split.between
        yield measure, name, "within", split.within
        for group, part in split.contributions.iterrows():
            yield measure, name, f"between:{group}", float(part["between"])
            yield measure, name, f"within:{group}", float(part["within"])
    overlap = dagum(y, groups)
    for component in ("within", "between", "transvariation"):
        yield "dagum", name, component, float(getattr(overlap, component))
    order = list(overlap.pairs.index)
    for place, group in enumerate(order):
        for other in order[place:]:
            yield "dagum", name, f"{group}|{other}", float(overlap.pairs.loc[group, other])


def _of_cover(y: pd.Series, grouping: Any) -> Iterator[Row]:
    """Give Theil between each group and the rest."""
    for group, members in members_of(grouping).items():
        inside = y.index.isin(members)
        if inside.any() and not inside.all():
            split = theil(y, pd.Series(np.where(inside, "group", "rest"), y.index))
            yield "theil", group, "between", split.between
            yield "theil", group, "within", split.within


def _of_gaps(y: pd.Series, groupings: Mapping[str, Any]) -> Iterator[Row]:
    groups: dict[str, list] = {}
    for grouping in groupings.values():
        for name, members in members_of(grouping).items():
            groups.setdefault(name, [key for key in members if key in y.index])
    for measure, sides in GAPS.items():
        names = [name for side in sides for name in side]
        if all(groups.get(name) for name in names):
            first, second = (
                y.loc[[key for name in side for key in groups[name]]].to_numpy(dtype=float)
                for side in sides
            )
            ratio, effect = means_compared(first, second)
            yield "mean_ratio", measure, "total", ratio
            yield "effect_size", measure, "total", effect
