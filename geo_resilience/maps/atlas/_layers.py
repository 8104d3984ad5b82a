"""Layers of the page: what is shown, in which classes and colors, and how to read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from geo_resilience import words
from geo_resilience.evaluation._grading import GRADE_COLORS, Grading
from geo_resilience.maps.drawing._findings import certainty_bins
from geo_resilience.maps.drawing._style import DIVERGING, class_colors, color_at
from geo_resilience.spatial._methods import LocalStatistic
from geo_resilience.text import Text

#: Steps of a change beyond which its classes would have no end.
WIDEST_STEP = 7e307

#: Cut points of scores.
TENTHS = tuple(place / 10 for place in range(1, 10))


def _layer(identity: str, group: str, kind: str, column: str, **fields: Any) -> dict[str, Any]:
    """Give a layer; what the page takes for granted is left out."""
    layer = {"id": identity, "group": group, "kind": kind, **fields}
    if column != identity:
        layer["column"] = column
    if layer.get("colors") == list(GRADE_COLORS):
        del layer["colors"]
    return {name: value for name, value in layer.items() if value is not None}


def grade_layer(grading: Grading) -> dict[str, Any]:
    """Give the layer of the grades, with the cuts as found."""
    return _layer(
        "grade",
        "index",
        "grades",
        "composite",
        codes="grade",
        cuts=[float(cut) for cut in grading.cuts],
        colors=list(grading.colors),
        labels=[Text.worded(f"grade.{grade}") for grade in grading.names],
        name=Text.worded("atlas_layer.grade"),
        read="grade_relative" if grading.relative else "grade",
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

    The lowest tenth is lighter than the lowest grade, the highest darker than the highest.
    """
    first, last, half = GRADE_COLORS[0], GRADE_COLORS[-1], 0.5 / len(GRADE_COLORS)
    inner = [color_at((place / 10 + 0.05 - half) / (1 - 2 * half)) for place in range(1, 9)]
    return [color_at(0.3, (first, "#ffffff")), *inner, color_at(0.25, (last, "#000000"))]


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


def change_layer(of: str, values: np.ndarray, name: Text, **fields: Any) -> dict[str, Any]:
    """Give the layer of changes of a column since a base year, in seven classes around zero."""
    with np.errstate(over="ignore"):
        changes = np.abs(values[:, 1:] - values[:, :1])
    changes = changes[np.isfinite(changes) & (changes > 0)]
    step = _nice(float(np.quantile(changes, 0.9)) / 2.5) if len(changes) else 0.02
    step = min(step, WIDEST_STEP)
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
        **fields,
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


def local_layer(
    statistic: LocalStatistic, identity: str, codes: str, of: Text, by: str, alpha: float
) -> dict[str, Any]:
    """Give the layer of a local statistic of a variable, judged by q or p at most alpha."""

    def read(language: str) -> str:
        judged = words.say(f"local_statistic.judged_{by}", language, alpha=f"{alpha:g}")
        return words.say(f"local_statistic.read.{statistic.name}", language, judged=judged)

    labels = [Text.worded(f"cluster.{label}") for label in statistic.colors]
    colors = list(statistic.colors.values())
    layer = category_layer(identity, statistic.name, of, codes=codes, labels=labels, colors=colors)
    none = list(statistic.colors).index("not significant")
    return layer | {"read": Text.each(read), "none": none}


def certainty_layer(colors: Sequence[str], labels: list[Text], read: str) -> dict[str, Any]:
    """Give the layer of grades by how certain they are, told as a share in the page."""
    return _layer(
        "certainty",
        "findings",
        "certainty",
        "certainty",
        codes="certainty class",
        colors=list(colors),
        labels=labels,
        name=Text.worded("atlas_layer.certainty"),
        steps=certainty_bins(),
        digits="share",
        read=read,
    )


#: What layers of a group may say once; `SHARED` in study.js names the same.
_SHARED = ("cuts", "colors", "labels", "read", "digits", "ordered", "by", "unit", "none")


def alike(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Say of layers in one group what they share with the first of it only there.

    Their classes, colors and labels may be told once: ``like`` names the layer to look at.
    """
    first: dict[tuple[str, str], dict[str, Any]] = {}
    kept = []
    for layer in shown:
        model = first.setdefault((layer["group"], layer["kind"]), layer)
        shared = [name for name in _SHARED if name in layer and layer.get(name) == model.get(name)]
        extra = set(model) & {"cuts", "colors", "labels", "tenths", "unit", "none"} - set(layer)
        if layer is model or not shared or extra:
            kept.append(layer)
            continue
        own = {name: value for name, value in layer.items() if name not in shared}
        kept.append({**own, "like": model["id"]})
    return kept
