"""Layers of what a study found beyond its index: clusters, specialization, certainty, obstacles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience import tables
from geo_resilience.evaluation._coupling import STAGES
from geo_resilience.maps.atlas import _layers as layers
from geo_resilience.maps.atlas._columns import decimal_column, figure_column
from geo_resilience.maps.atlas._layers_chain import Layered, alarm_layers
from geo_resilience.maps.drawing._findings import (
    CERTAINTY_STRENGTHS,
    certainty_classes,
    certainty_step,
    obstacle_classes,
)
from geo_resilience.maps.drawing._series import Rows
from geo_resilience.maps.drawing._style import DIVERGING, class_colors
from geo_resilience.maps.drawing._topology import pack_numbers
from geo_resilience.results import Results
from geo_resilience.results._editions import MOVE_CUTS
from geo_resilience.spatial._methods import LOCAL_STATISTICS
from geo_resilience.text import Text

Columns = dict[str, dict[str, Any]]

#: A quotient of 1 is the nation's share; steps are alike on both sides of it.
QUOTIENT_CUTS = (0.25, 0.5, 0.8, 1.25, 2.0, 4.0)

#: So many obstacles of a region are told.
FIRST_OBSTACLES = 5


def further_layers(results: Results, rows: Rows) -> Layered:
    """Give columns and layers of the tables that the results hold beyond the index."""
    columns: Columns = {}
    shown: list[dict[str, Any]] = []
    for make in (_certainty, _coordination, _obstacles, _clusters, _quotients, _editions):
        own_columns, own_layers = make(results, rows)
        columns |= own_columns
        shown += own_layers
    own_columns, own_layers = alarm_layers(results, rows, variable_names(results.framework))
    return columns | own_columns, shown + own_layers


def variable_names(framework: Any) -> dict[str, Text]:
    """Give what composite, dimensions, indicators and variables are called, by code."""
    things = [*framework.dimensions, *framework.indicators, *getattr(framework, "variables", ())]
    composite = Text.worded("atlas.composite")
    return {"composite": composite} | {each.code: framework.called(each.code) for each in things}


#: What has an interval over the draws, and digits of its ends.
_BANDS = {"composite": 3, "rank": 0}


def _certainty(results: Results, rows: Rows) -> Layered:
    """Grade and how likely it is, from the draws of the uncertainty analysis."""
    grading = results.found.grading
    names = [f"p_{grade.lower()}" for grade in grading.names]
    table = tables.of(results, "uncertainty")
    if table.empty:
        return {}, []
    shares = np.stack([rows.column(table, name) for name in names])
    order = {grade: place for place, grade in enumerate(grading.names)}
    scores = results.tables["scores"]
    places = scores.assign(place=scores["grade"].astype(object).map(order))
    grades = rows.column(places, "place")
    given = np.where(np.isnan(grades), 0, grades).astype(int)
    likely = np.take_along_axis(shares, given[None], axis=0)[0]
    likely = np.where(np.isnan(grades), np.nan, likely)
    codes = given * len(CERTAINTY_STRENGTHS) + certainty_step(likely)
    codes = np.where(np.isnan(likely), np.nan, codes)
    columns = {
        "certainty": _percent(likely),
        "certainty class": decimal_column(codes).packed,
    } | {name: _percent(share) for name, share in zip(names, shares, strict=True)}
    bands = {what: {end: f"{what}_{end}" for end in ("low", "high")} for what in _BANDS}
    for what, digits in _BANDS.items():
        for name in bands[what].values():
            columns[name] = decimal_column(rows.column(table, name), digits).packed
    read = "certainty_places" if results.found.skewed else "certainty"
    layer = layers.certainty_layer(*certainty_classes(grading), read)
    return columns, [layer | {"shares": names, "bands": bands}]


def _percent(values: np.ndarray) -> dict[str, Any]:
    """Pack shares that the page writes as whole percent, to a thousandth."""
    return decimal_column(values, 3, shown=2).packed


def _coordination(results: Results, rows: Rows) -> Layered:
    table = tables.of(results, "coupling")
    if table.empty:
        return {}, []
    forms = set(table["form"])
    chosen = table[table["form"] == ("corrected" if "corrected" in forms else min(forms))]
    values = rows.column(chosen, "coordination")
    if not np.isfinite(values).any():
        return {}, []
    layer = layers.score_layer(
        "coordination",
        "findings",
        values,
        name=Text.worded("atlas_layer.coordination"),
        read="coordination",
    )
    low, high = layer["tenths"]
    layer["labels"] = [Text.worded(f"coordination.{stage}") for stage in STAGES[low : high + 1]]
    column = decimal_column(values, 4, shown=3, cuts=layers.TENTHS)
    return {"coordination": column.packed}, [layer]


def _obstacles(results: Results, rows: Rows) -> Layered:
    """Tell what holds each region back most; the first few obstacles for its panel."""
    own = tables.of(results, "obstacles", level="indicator")
    codes = [indicator.code for indicator in results.framework.indicators]
    own = own.assign(place=own["code"].map({code: place for place, code in enumerate(codes)}))
    columns: Columns = {}
    gravest = []
    for order in range(1, FIRST_OBSTACLES + 1):
        ranked = own[own["order"] == order]
        if ranked.empty:
            continue
        gravest.append({"indicator": f"obstacle {order}", "degree": f"obstacle degree {order}"})
        columns[f"obstacle {order}"] = decimal_column(rows.column(ranked, "place")).packed
        columns[f"obstacle degree {order}"] = decimal_column(
            rows.column(ranked, "degree"), 2
        ).packed
    classes = obstacle_classes(results)
    if not classes:
        return {}, []
    class_of = {code: place for place, (codes, *_) in enumerate(classes) for code in codes}
    first = own[own["order"] == 1]
    shown = rows.column(first.assign(kind=first["code"].map(class_of)), "kind")
    columns["obstacle class"] = decimal_column(shown).packed
    layer = layers.category_layer(
        "obstacle",
        "findings",
        Text.worded("atlas_layer.obstacle"),
        codes="obstacle class",
        labels=[label for _, label, _ in classes],
        colors=[color for *_, color in classes],
    )
    return columns, [layer | {"read": "obstacle", "obstacles": gravest}]


def _editions(results: Results, rows: Rows) -> Layered:
    """Tell the composite of the edition before, and the places won and lost since."""
    changes = tables.of(results, "changes")
    if changes.empty or len(tables.of(results, "alternatives")):
        return {}, []
    alike = (changes["year"] == changes["year_before"]).astype(int)
    changes = changes.assign(alike=alike).sort_values("alike", kind="stable")
    changes = changes.drop_duplicates(["adcode", "year", "measure"], keep="last")
    scores, ranks = (changes[changes["measure"] == name] for name in ("composite", "rank"))
    grading = results.found.grading
    moved = np.searchsorted(MOVE_CUTS, rows.column(ranks, "change")).astype(float)
    moved[np.isnan(rows.column(ranks, "change"))] = np.nan
    before = decimal_column(rows.column(scores, "before"), 3, cuts=grading.cuts)
    columns = {"edition_before": before.packed, "edition moves": decimal_column(moved).packed}
    earlier = layers.value_layer(
        "edition_before",
        "findings",
        name=Text.worded("atlas_layer.edition_before"),
        cuts=grading.cuts,
        colors=grading.colors,
        digits=3,
        read="edition_before",
    )
    moves = layers.category_layer(
        "edition_moves",
        "findings",
        Text.worded("atlas_layer.edition_moves"),
        codes="edition moves",
        labels=[Text.worded(f"edition_move.{place}") for place in range(len(MOVE_CUTS) + 1)],
        colors=class_colors(len(MOVE_CUTS) + 1, DIVERGING)[::-1],
    )
    return columns, [earlier, moves | {"read": "edition_moves"}]


def _clusters(results: Results, rows: Rows) -> Layered:
    """Local clusters, hot spots and the like of every variable that the study looked at."""
    table = tables.of(results, "local")
    if table.empty:
        return {}, []
    names = variable_names(results.framework)
    judged = results.found.clusters
    doubt = "p_sim" if judged.by == "p" else "q_value"
    columns: Columns = {}
    shown = []
    for statistic in LOCAL_STATISTICS.values():
        order = {label: place for place, label in enumerate(statistic.colors)}
        for variable in dict.fromkeys(table["variable"]):
            own = table[(table["variable"] == variable) & (table["statistic"] == statistic.name)]
            if own.empty or variable not in names:
                continue
            identity = " ".join([statistic.name, *([variable] if variable != "composite" else [])])
            layer = layers.local_layer(
                statistic, identity, f"{identity} code", names[variable], doubt[0], judged.alpha
            )
            codes = rows.column(own.assign(place=own["cluster"].astype(object).map(order)), "place")
            columns[f"{identity} code"] = decimal_column(codes).packed
            columns[f"{identity} {doubt[0]}"] = decimal_column(rows.column(own, doubt), 3).packed
            layer |= {"doubt": f"{identity} {doubt[0]}", "by": doubt[0]}
            nearly = _nearly(own, judged.alpha) if judged.by == "q" else None
            if nearly is not None and nearly.any():
                places = np.flatnonzero(rows.column(own.assign(nearly=nearly), "nearly") == 1)
                layer["nearly"] = pack_numbers(np.diff(places, prepend=0))
            shown.append(layer)
    return columns, shown


def _nearly(table: pd.DataFrame, alpha: float) -> pd.Series | None:
    """Whether only the correction for many tests keeps a region out of the clusters."""
    if "p_sim" not in table:
        return None
    held = (table["cluster"] == "not significant") & (table["p_sim"] <= alpha)
    return held.astype(float)


def _quotients(results: Results, rows: Rows) -> Layered:
    quotients = tables.of(results, "specialization", measure="location_quotient")
    names = variable_names(results.framework)
    columns: Columns = {}
    shown = []
    for industry in dict.fromkeys(quotients["industry"]):
        values = rows.column(quotients[quotients["industry"] == industry], "value")
        if not np.isfinite(values).any():
            continue
        identity = f"lq {industry}"
        columns[identity] = figure_column(values, QUOTIENT_CUTS).packed
        plain = Text(str(industry))
        shown.append(_quotient_layer(identity, names.get(industry, plain), QUOTIENT_CUTS))
    return columns, shown


def _quotient_layer(identity: str, name: Text, cuts: Sequence[float]) -> dict[str, Any]:
    return layers.value_layer(
        identity,
        "specialization",
        cuts=cuts,
        colors=DIVERGING,
        name=name,
        read="quotient",
    )
