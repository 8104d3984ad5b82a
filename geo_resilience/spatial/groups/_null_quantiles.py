"""What chance would make of the groups' differences: the nulls of the pattern test, drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.spatial.groups._likelihood_ratio import (
    ErrorModel,
    aside,
    dummy,
    fitted_on,
    links_over,
)
from geo_resilience.spatial.groups._patterns import GroupComparison, comparisons_within, sides_among
from geo_resilience.spatial.neighbors._alignment import Linked, by_year, numbers_of
from geo_resilience.statistics._arrays import Array, Whole
from geo_resilience.statistics._permutation import shuffled_orders
from geo_resilience.statistics._repetitions import NULL_DRAWS, Rng
from geo_resilience.tables import CATALOG

#: Column by share of the draws that lie below.
QUANTILE_COLUMNS: Mapping[str, float] = {
    "q005": 0.005,
    "q025": 0.025,
    "q250": 0.25,
    "q500": 0.5,
    "q750": 0.75,
    "q975": 0.975,
    "q995": 0.995,
}

#: Relabelings of which the free null is drawn; all groups, years and variables share them.
RELABELINGS = 4_999

#: Regions times relabelings listed at once at most.
_MOST_CELLS = 6_000_000


def null_quantiles(
    frame: pd.DataFrame,
    groupings: Mapping[str, Any],
    neighbors: Linked | None = None,
    *,
    draws: int = NULL_DRAWS,
    rng: Rng = None,
) -> pd.DataFrame:
    """Give the differences that the nulls of the pattern test would bring: the table pattern_null.

    **free** deals the group's name to any regions; p_free counts the same arrangements, all of them
    where that is cheap. **spatial** draws fields from the spatial error model fitted without the
    group, as p_spatial does; there the likelihood ratio is compared, which weighs regions by what
    they add, so that a plain difference may lie inside its range and p_spatial still be small.
    Without neighbors, or where very many regions have many each, only the free null.
    """
    years = by_year(frame)
    keys = years[0][1].index
    wanted = comparisons_within(groupings, keys, full=neighbors is not None)
    generator = np.random.default_rng(rng)
    sides = sides_among(wanted, keys)
    relabelings = max(99, min(RELABELINGS, _MOST_CELLS // len(keys)))
    orders = shuffled_orders(len(keys), relabelings, generator)
    links = None if neighbors is None else links_over(neighbors, keys, "frame")
    model = None
    if links is not None and fitted_on(links):
        model = ErrorModel(links, draws=draws, rng=generator)
    rows: list[tuple[Any, ...]] = []
    for year, part in years:
        numbers = numbers_of(part.loc[keys], name="frame")
        for variable, values in zip(part.columns, numbers.T, strict=True):
            found = {"free": _relabeled(values, sides, orders)}
            if model is not None and np.ptp(values) > 0:
                found["spatial"] = _fields(values, sides, model)
            for null, differences in found.items():
                rows += _told(wanted, differences, (year, str(variable), null))
    return pd.DataFrame(rows, columns=CATALOG["pattern_null"].names)


def _relabeled(values: Array, sides: Sequence[tuple[Any, Any]], orders: Whole) -> list[Array]:
    """Give the differences under free relabeling; one listing serves all sizes."""
    n = len(values)
    running = np.cumsum(values[orders], axis=1)
    by_size: dict[int, Array] = {}
    found = []
    for inside, outside in sides:
        size = len(inside)
        if size + len(outside) == n:
            if size not in by_size:
                first, whole = running[:, size - 1], running[:, -1]
                by_size[size] = first / size - (whole - first) / (n - size)
            found.append(by_size[size])
            continue
        within = np.isin(orders, np.concatenate([inside, outside]))
        mixed = values[orders[within].reshape(len(orders), -1)]
        found.append(mixed[:, :size].mean(axis=1) - mixed[:, size:].mean(axis=1))
    return found


def _fields(values: Array, sides: Sequence[tuple[Any, Any]], model: ErrorModel) -> list[Array]:
    """Give the differences in fields that are as alike among neighbors as the values are."""
    n = len(values)
    by_aside: dict[bytes, tuple[Array, list[int]]] = {}
    for place, pair in enumerate(sides):
        nuisance = aside(n, *pair)
        by_aside.setdefault(nuisance.tobytes(), (nuisance, []))[1].append(place)
    found = [np.empty(0)] * len(sides)
    for nuisance, places in by_aside.values():
        means = [
            dummy(n, one) / len(one) - dummy(n, other) / len(other)
            for one, other in map(sides.__getitem__, places)
        ]
        drawn = model.null_contrasts(values, np.column_stack(means), nuisance)
        for place, differences in zip(places, drawn, strict=True):
            found[place] = differences
    return found


def _told(
    wanted: Sequence[GroupComparison], differences: Sequence[Array], where: tuple[Any, str, str]
) -> list[tuple[Any, ...]]:
    year, variable, null = where
    shares = list(QUANTILE_COLUMNS.values())
    return [
        (
            *(year, each.id, each.kind, variable, null, len(drawn)),
            *np.quantile(drawn, shares, method="inverted_cdf"),
        )
        for each, drawn in zip(wanted, differences, strict=True)
    ]
