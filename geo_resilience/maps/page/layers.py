"""Layers of the page: what is shown, in which classes and colors, and how to read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from geo_resilience import words
from geo_resilience.maps.page.content import Text, in_all
from geo_resilience.maps.style import DIVERGING, GRADE_COLORS, class_colors, color_at
from geo_resilience.statistics import classes

__all__ = [
    "GRADES",
    "category_layer",
    "change_layer",
    "cluster_layer",
    "grade_layer",
    "score_layer",
    "tenth_colors",
    "value_layer",
]

GRADES = ("Low", "Weaker", "Medium", "Strong", "High")

CLUSTERS = {
    "high-high": "#b3203f",
    "low-low": "#2c6aaa",
    "high-low": "#f0a08c",
    "low-high": "#a9cbe6",
    "not significant": "#e6e6e3",
    "no neighbors": "#c9c3d4",
}


def _layer(identity: str, group: str, kind: str, column: str, **fields: Any) -> dict[str, Any]:
    """Give a layer; what the page takes for granted is left out."""
    layer = {"id": identity, "group": group, "kind": kind, **fields}
    if column != identity:
        layer["column"] = column
    if layer.get("colors") == list(GRADE_COLORS):
        del layer["colors"]
    return {name: value for name, value in layer.items() if value is not None}


def _worded(key: str) -> Text:
    return in_all(lambda language: words.say(key, language))


def grade_layer(cuts: Sequence[float]) -> dict[str, Any]:
    """Give the layer of the five grades."""
    return _layer(
        "grade",
        "index",
        "grades",
        "composite",
        codes="grade",
        cuts=[float(cut) for cut in cuts],
        colors=list(GRADE_COLORS),
        labels=[_worded(f"grade.{grade}") for grade in GRADES],
        name=_worded("atlas_layer.grade"),
        read="grade",
    )


def score_layer(
    column: str, group: str, values: np.ndarray, *, name: Text | None = None, **fields: Any
) -> dict[str, Any]:
    """Give a layer of scores from 0 to 1 in steps of a tenth, colored as the grades are."""
    known = np.asarray(values, dtype=float)
    known = known[np.isfinite(known)]
    low, high = (int(np.floor(edge * 10 + 1e-9)) for edge in (known.min(), known.max()))
    tenths = [min(max(low, 0), 9), min(max(high, 0), 9)]
    read = {"read": "score", **fields}
    return _layer(column, group, "classes", column, tenths=tenths, name=name, **read)


def tenth_colors() -> list[str]:
    """Give the colors of scores in steps of a tenth: a grade's own in the middle of the grade.

    Examples
    --------
    >>> len(tenth_colors()), tenth_colors()[0] == GRADE_COLORS[0]
    (10, True)
    """
    return [color_at((place / 10 - 0.05) / 0.8) for place in range(10)]


def value_layer(
    identity: str,
    group: str,
    *,
    cuts: Sequence[float],
    colors: Sequence[str] = GRADE_COLORS,
    **fields: Any,
) -> dict[str, Any]:
    """Give a layer of any numbers in classes between cut points."""
    return _layer(
        identity,
        group,
        "classes",
        identity,
        cuts=[float(cut) for cut in cuts],
        colors=class_colors(len(cuts) + 1, colors),
        **{"digits": "any", **fields},
    )


def change_layer(of: str, values: np.ndarray, name: Text) -> dict[str, Any]:
    """Give the layer of changes of a column since a base year, in seven classes around zero."""
    changes = np.abs(values[:, 1:] - values[:, :1])
    changes = changes[np.isfinite(changes) & (changes > 0)]
    step = _nice(float(np.quantile(changes, 0.9)) / 2.5) if len(changes) else 0.02
    cuts = [float(f"{place * step:.12g}") for place in (-2.5, -1.5, -0.5, 0.5, 1.5, 2.5)]
    return _layer(
        "change",
        "change",
        "change",
        of,
        cuts=cuts,
        colors=list(DIVERGING),
        name=name,
        of=of,
        read="change",
    )


def _nice(size: float) -> float:
    power = 10.0 ** np.floor(np.log10(size))
    return float(min((1, 2, 4, 10), key=lambda factor: abs(np.log(factor * power / size))) * power)


def category_layer(
    identity: str, group: str, name: Text, *, codes: str, labels: list[Text], colors: Sequence[str]
) -> dict[str, Any]:
    """Give a layer of categories, one color each."""
    return _layer(
        identity,
        group,
        "categories",
        codes,
        codes=codes,
        colors=list(colors),
        labels=labels,
        name=name,
        ordered=False,
        read="categories",
    )


def cluster_layer(identity: str, codes: str) -> dict[str, Any]:
    """Give the layer of local Moran clusters."""
    labels = [_worded(f"atlas_cluster.{cluster}") for cluster in CLUSTERS]
    name = _worded("atlas_layer.clusters")
    layer = category_layer(
        identity, "space", name, codes=codes, labels=labels, colors=list(CLUSTERS.values())
    )
    return layer | {"read": "clusters"}


def cut_points(values: np.ndarray, method: str, count: int) -> list[float]:
    """Give cut points by the name of a method."""
    methods = {
        "quantile": classes.quantile_cuts,
        "equal": classes.equal_cuts,
        "jenks": classes.jenks_cuts,
        "deviation": classes.deviation_cuts,
    }
    return methods[method](values, count)
