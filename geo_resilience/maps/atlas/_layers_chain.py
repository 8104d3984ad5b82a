"""Layers of the chain's tables: how regions took a shock, and how loudly they were warned of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geo_resilience import tables
from geo_resilience.chain.management._early_warning import WARNING_LEVELS
from geo_resilience.maps.atlas import _layers as layers
from geo_resilience.maps.atlas._columns import decimal_column
from geo_resilience.maps.drawing._series import Rows
from geo_resilience.maps.drawing._style import SHOCK_COLORS, WARNING_COLORS
from geo_resilience.results import Results
from geo_resilience.text import Text

Layered = tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]


def alarm_layers(results: Results, rows: Rows, names: dict[str, Text]) -> Layered:
    """Give columns and layers of shock and warnings, where the results hold them."""
    columns, shown = _warnings(results, rows)
    more_columns, more = _shocks(results, rows, names)
    return columns | more_columns, shown + more


def _warnings(results: Results, rows: Rows) -> Layered:
    """Level of the warning by region and year, and the gravest indicator with its own level."""
    table = tables.of(results, "warnings")
    if table.empty:
        return {}, []
    codes = {each.code: place for place, each in enumerate(results.framework.indicators)}
    order = {level: place for place, level in enumerate(WARNING_LEVELS)}
    level, gravest = (table[name].astype(object).map(order) for name in ("level", "gravest"))
    cause = table["indicator"].astype(object).map(codes).where(gravest > 0).astype(float)
    laid = table.assign(place=level.astype(float), gravest=gravest.astype(float), cause=cause)
    grid = rows.column(laid, "place")
    if not np.isfinite(grid).any():
        return {}, []
    columns = {
        "warning": decimal_column(grid).packed,
        "warning cause": decimal_column(rows.column(laid, "cause")).packed,
        "warning gravest": decimal_column(rows.column(laid, "gravest")).packed,
    }
    layer = layers.category_layer(
        "warning",
        "findings",
        Text.worded("atlas_layer.warning"),
        codes="warning",
        labels=[Text.worded(f"chain.warning.{name}") for name in WARNING_LEVELS],
        colors=WARNING_COLORS,
    )
    more = {"read": f"warning_{table['rule'].iloc[0]}", "ordered": True, "none": 0}
    return columns, [layer | more | {"cause": "warning cause", "gravest": "warning gravest"}]


def _shocks(results: Results, rows: Rows, names: dict[str, Text]) -> Layered:
    """How each region took the shock and came out of it: the same in every year."""
    table = tables.of(results, "shock", scope="region")
    order = {kind: place for place, kind in enumerate(SHOCK_COLORS)}
    columns: dict[str, dict[str, Any]] = {}
    shown = []
    for variable, own in table.groupby("variable", sort=False):
        places = own["type"].astype(object).map(order).astype(float).to_numpy()
        kinds = pd.Series(places, index=own["adcode"].astype(str))
        kinds = kinds[~kinds.index.duplicated()].reindex(rows.keys)
        if kinds.isna().all():
            continue
        key = f"shock {variable}"
        grid = np.repeat(kinds.to_numpy()[:, None], len(rows.years), axis=1)
        columns[key] = decimal_column(grid).packed
        plain = Text(str(variable))
        name = names.get(str(variable), plain)
        spans = {"shock": str(own["shock"].iloc[0]), "recovered": str(own["recovered"].iloc[0])}
        layer = layers.category_layer(
            key,
            "shock",
            Text.worded("atlas_layer.shock", variable=name, **spans),
            codes=key,
            labels=[Text.worded(f"chain.shock.{kind}") for kind in SHOCK_COLORS],
            colors=list(SHOCK_COLORS.values()),
        )
        shown.append(layer | {"read": "shock", "still": True})
    return columns, shown
