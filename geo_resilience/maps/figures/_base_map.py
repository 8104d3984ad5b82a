"""What a base map puts on a printed map beside its regions: context, and rows of the legend."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from geo_resilience.maps.drawing._context import Laid, lay
from geo_resilience.maps.figures._furniture import Entry
from geo_resilience.maps.figures._regions import Canvas
from geo_resilience.maps.figures._style import INK, PAPER

#: Color of context, apart from those of classes and outlines.
ACCENT = "#3b6f8f"

#: Looks of what lies over a map: lines, borders of filled areas, points.
_LINE: dict[str, Any] = {"color": ACCENT, "linewidth": 0.5, "alpha": 0.8, "zorder": 3.1}
_AREA: dict[str, Any] = {"facecolor": ACCENT, "alpha": 0.18, "zorder": 3.05}
_POINT: dict[str, Any] = {
    "marker": "o",
    "linestyle": "none",
    "markersize": 2.4,
    "markerfacecolor": PAPER,
    "markeredgecolor": INK,
    "markeredgewidth": 0.5,
    "zorder": 3.3,
}


def context_entries(canvas: Canvas, language: str) -> list[Entry]:
    """Give the rows of the legend of what lies over the map, those layers that the frame shows."""
    return [
        Entry(each.name[language], line=_key(each))
        for each in (lay(layer, canvas.ground) for layer in canvas.base.context)
        if each.lines or each.areas or each.points
    ]


def _key(laid: Laid) -> dict[str, Any]:
    """Give the look of a layer's row."""
    if laid.points and not laid.lines:
        return _POINT | {"markevery": 2}
    wide = {"linewidth": 4.0, "alpha": _AREA["alpha"]} if laid.areas else {}
    return _LINE | wide


def add_context(axes: Axes, canvas: Canvas, language: str, size: float) -> None:
    """Draw the context layers over the regions, points with their names."""
    still: dict[str, Any] = {"scalex": False, "scaley": False}
    for laid in (lay(layer, canvas.ground) for layer in canvas.base.context):
        for ring in laid.areas:
            axes.fill(*ring.T, **_AREA)
        for line in laid.lines:
            axes.plot(*line.T, **_LINE, **still)
        if laid.points:
            axes.plot(*zip(*laid.points, strict=True), **_POINT, **still)
        for point, name in zip(laid.points, _names(laid, language), strict=False):
            look: dict[str, Any] = {"textcoords": "offset points", "size": size, "va": "center"}
            look |= {"path_effects": [withStroke(linewidth=1.6, foreground=PAPER)]}
            axes.annotate(name, point, xytext=(2.5, 0), color=INK, zorder=6, clip_on=True, **look)


def _names(laid: Laid, language: str) -> list[str]:
    return laid.names.get(language) or next(iter(laid.names.values()), [])
