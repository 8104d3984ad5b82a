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
from geo_resilience.spatial.concentration._membership import Groups, members_of, partition_of
from geo_resilience.spatial.groups._gaps import groups_within, means_compared, sides_of
from geo_resilience.spatial.neighbors._alignment import by_year, numbers_of
from geo_resilience.statistics._densities import wolfson as wolfson_of
from geo_resilience.tables import CATALOG

Row = tuple[str, str, str, float]


def nested_theil(y: pd.Series, levels: Sequence[Any]) -> pd.Series:
    """Split Theil's T along partitions from coarse to fine.

    ``level_1`` lies between the coarsest groups, ``level_2`` between the parts within them, ...,
    ``within`` inside the finest; ``total`` is their sum. Where a partition cuts across those before
    it, their intersections count.
    """
    if not levels:
        raise InputError("spatial.levels_needed")
    found, before = {}, 0.0
    labels = pd.Series("", index=y.index)
    for number, level in enumerate(levels, start=1):
        labels = labels + "|" + partition_of(level, y.index)
        split = theil(y, labels)
        found[f"level_{number}"] = split.between - before
        before = split.between
    found["within"] = split.total - before
    found["total"] = split.total
    return pd.Series(found, name="theil").where(lambda parts: parts.abs() > 1e-15, 0.0)


def esteban_ray(y: pd.Series, groups: Groups, *, alpha: float = 1.3) -> float:
    """Measure polarization between groups: alike inside, far from each other.

    ``sum_gh p_g^(1 + alpha) p_h |m_g - m_h| / m`` with p the shares of regions and m the means,
    alpha from 0 (a Gini of the groups' means) to 1.6; NaN where the mean is not positive. Esteban
    and Ray (1994), Econometrica 62(4), 819-851.
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
    scores: pd.Series,
    groupings: Mapping[str, Groups] | None = None,
    *,
    weights: pd.Series | None = None,
) -> pd.DataFrame:
    """Measure inequality by year, with its parts by zone, belt and cluster: table inequality.

    Weights (population) add ``theil_weighted`` and ``gini_weighted``. Partitions have Theil, Dagum
    and Esteban-Ray, the first two together a nested Theil; each belt, cluster or area has Theil
    between it and the rest. A measure that is not defined for negative scores is NaN.
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


def _is_partition(grouping: Groups, keys: pd.Index) -> bool:
    """Whether every region is in exactly one group."""
    flag = getattr(grouping, "is_partition", None)
    if flag is not None:
        return bool(flag)
    members = [key for group in members_of(grouping).values() for key in group if key in keys]
    return len(members) == len(set(members)) == len(keys)


def _of_partition(
    y: pd.Series, name: str, grouping: Groups, weights: pd.Series | None, positive: bool
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


def _of_cover(y: pd.Series, grouping: Groups) -> Iterator[Row]:
    """Give Theil between each group and the rest."""
    for group, members in members_of(grouping).items():
        inside = y.index.isin(members)
        if inside.any() and not inside.all():
            split = theil(y, pd.Series(np.where(inside, "group", "rest"), y.index))
            yield "theil", group, "between", split.between
            yield "theil", group, "within", split.within


def _of_gaps(y: pd.Series, groupings: Mapping[str, Any]) -> Iterator[Row]:
    groups, _ = groups_within(groupings, y.index)
    for measure, sides in sides_of(groups).items():
        ratio, effect = means_compared(*(y.loc[side].to_numpy(dtype=float) for side in sides))
        yield "mean_ratio", measure, "total", ratio
        yield "effect_size", measure, "total", effect
