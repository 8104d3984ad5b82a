"""The index as a tree: the composite, its dimensions, their indicators, and what each weighs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from geo_resilience.indicators._framework import FIDELITIES
from geo_resilience.maps.drawing._style import QUALITATIVE
from geo_resilience.maps.figures._charts import trimmed
from geo_resilience.maps.figures._context import Scene, drawing, percent, some
from geo_resilience.maps.figures._figure import EDGE, Sheet
from geo_resilience.maps.figures._furniture import millimetres
from geo_resilience.maps.figures._style import HAIR, INK, MUTED, shortened, text_width, wrapped

#: Marks of indicators that are not measured as defined.
MARKS = {FIDELITIES[1]: "○", FIDELITIES[2]: "△"}

#: Shares of the width at which dimensions, indicators and bars begin.
_AT = (0.17, 0.47, 0.79)

#: Millimetres that a share behind a bar takes.
_SHARE = 11.0


@drawing("weights", "scores")
def index_tree(scene: Scene) -> Sheet:
    """Draw the composite, its dimensions and indicators as a tree, each with its weight."""
    table = scene.table("weights").drop_duplicates("code").set_index("code")["used"].astype(float)
    known = {each.code: each for each in scene.results.framework.indicators}
    weights = some(table.dropna().reindex([code for code in known if code in table]).dropna(),
                   "weights", "used")  # fmt: skip
    dimensions = pd.Series({code: known[code].dimension for code in weights.index})
    codes, left_out = trimmed(list(weights.index))
    kinds = {known[code].fidelity for code in codes}
    marks = [scene.word(f"index_tree.{kind}") for kind in MARKS if kind in kinds]
    left = scene.word("rows_left_out", count=left_out) if left_out else ""
    title, wide = scene.word("index_tree.title"), scene.layout.width - 2 * EDGE
    labels = {
        code: _folded(
            f"{scene.variable(code)} {MARKS.get(known[code].fidelity, '')}".strip(), scene
        )
        for code in codes
    }
    step = scene.layout.line * (2.2 if any("\n" in label for label in labels.values()) else 1.5)
    body = len(codes) * step + 2
    sheet = scene.sheet(body, title, scene.word("index_tree.note"), *marks, left)
    axes = sheet.room(EDGE, 0, wide, body)
    millimetres(axes, wide, body)
    heights = {code: body - (place + 0.5) * step - 1 for place, code in enumerate(codes)}
    sums = weights.groupby(dimensions, sort=False).sum()
    middles = {}
    for place, dimension in enumerate(dict.fromkeys(dimensions[codes])):
        own = {code: heights[code] for code in codes if dimensions[code] == dimension}
        middles[dimension] = float(np.mean(list(own.values())))
        color = QUALITATIVE[place % len(QUALITATIVE)]
        name = scene.word(
            "index_tree.part", name=scene.variable(dimension), weight=percent(sums[dimension])
        )
        _name(axes, scene, name, (_AT[0], _AT[1]), (middles[dimension], own))
        for code, height in own.items():
            _leaf(axes, scene, labels[code], height, weights[code], weights.max(), color)
    root = float(np.mean(list(middles.values())))
    _name(axes, scene, scene.variable("composite"), (0.0, _AT[0]), (root, middles))
    parts = [
        scene.word("index_tree.part", name=scene.variable(each), weight=percent(sums[each]))
        for each in middles
    ]
    sheet.alternative_text = scene.word("index_tree.alt", title=title, parts=scene.joined(parts))
    return sheet


def _folded(label: str, scene: Scene) -> str:
    """Fold the name of an indicator into at most two lines."""
    room, size = (_AT[2] - _AT[1]) * (scene.layout.width - 2 * EDGE) - 1, scene.layout.text
    lines = wrapped(label, room, size)
    return "\n".join([*lines[:1], *[shortened(" ".join(lines[1:]), room, size)] * (len(lines) > 1)])


def _name(
    axes: Axes,
    scene: Scene,
    name: str,
    room: tuple[float, float],
    heights: tuple[float, dict[str, float]],
) -> None:
    """Write a name at its height between two shares of the width, with branches to its parts."""
    wide, size = axes.get_xlim()[1], scene.layout.text
    left, right = (share * wide for share in room)
    lines = wrapped(name, right - left - 8, size)
    height, parts = heights
    _text(axes, left, height, "\n".join(lines), size, weight="bold")
    start = left + max(text_width(line, size) for line in lines) + 1
    bend = max(right - 5, start)
    for to in parts.values():
        path = ([start, bend, bend, right - 1], [height, height, to, to])
        axes.plot(*path, color=HAIR, linewidth=0.8, zorder=1)


def _leaf(
    axes: Axes, scene: Scene, label: str, height: float, weight: float, most: float, color: str
) -> None:
    """Write an indicator with the bar of its weight."""
    wide, size = axes.get_xlim()[1], scene.layout.text
    _text(axes, _AT[1] * wide, height, label, size)
    start, room = _AT[2] * wide, (1 - _AT[2]) * wide - _SHARE
    long = room * weight / most if most > 0 else 0.0
    axes.barh(height, long, scene.layout.line * 0.75, left=start, color=color)
    share = percent(weight, 1)
    _text(axes, start + long + 1, height, share, size * 0.9, color=MUTED)


def _text(axes: Axes, x: float, y: float, text: str, size: float, **look: Any) -> None:
    axes.text(x, y, text, size=size, va="center", **{"color": INK, **look})
