"""The index as a tree: the composite, dimensions, groups, indicators, and what each weighs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from geo_resilience.indicators._framework import FIDELITIES
from geo_resilience.indicators._hierarchy import Path, siblings_of
from geo_resilience.maps.drawing._style import QUALITATIVE
from geo_resilience.maps.figures._charts import trimmed
from geo_resilience.maps.figures._context import Scene, drawing, percent, some
from geo_resilience.maps.figures._figure import EDGE, Sheet
from geo_resilience.maps.figures._furniture import millimetres
from geo_resilience.maps.figures._style import HAIR, INK, MUTED, shortened, text_width, wrapped

#: Marks of indicators that are not measured as defined.
MARKS = {FIDELITIES[1]: "○", FIDELITIES[2]: "△"}

#: Most levels of groups that are drawn, the innermost, and the least width for any.
_LEVELS, _WIDE = 2, 120.0

#: Millimetres that a share behind a bar takes.
_SHARE = 11.0


@drawing("weights", "scores")
def index_tree(scene: Scene) -> Sheet:
    """Draw the composite, its dimensions, groups and indicators as a tree, each with its weight."""
    table = scene.table("weights").drop_duplicates("code").set_index("code")["used"].astype(float)
    known = {each.code: each for each in scene.results.framework.indicators}
    weights = some(table.dropna().reindex([code for code in known if code in table]).dropna(),
                   "weights", "used")  # fmt: skip
    codes, left_out = trimmed(list(weights.index))
    paths = _drawn_paths(scene, list(weights.index))
    at = _places(max(len(paths[code]) for code in codes))
    kinds = {known[code].fidelity for code in codes}
    marks = [scene.word(f"index_tree.{kind}") for kind in MARKS if kind in kinds]
    left = scene.word("rows_left_out", count=left_out) if left_out else ""
    title, wide = scene.word("index_tree.title"), scene.layout.width - 2 * EDGE
    labels = {
        code: _folded(
            f"{scene.variable(code)} {MARKS.get(known[code].fidelity, '')}".strip(),
            (at[-1] - at[-2]) * wide - 1,
            scene.layout.text,
        )
        for code in codes
    }
    step = scene.layout.line * (2.2 if any("\n" in label for label in labels.values()) else 1.5)
    body = len(codes) * step + 2
    sheet = scene.sheet(body, title, scene.word("index_tree.note"), *marks, left)
    axes = sheet.room(EDGE, 0, wide, body)
    millimetres(axes, wide, body)
    heights = {
        (*paths[code], code): body - (place + 0.5) * step - 1 for place, code in enumerate(codes)
    }
    tops = list(dict.fromkeys(path[0] for path in paths.values()))
    for code in codes:
        color = QUALITATIVE[tops.index(paths[code][0]) % len(QUALITATIVE)]
        height, share = heights[*paths[code], code], (weights[code], weights.max())
        _leaf(axes, scene, labels[code], height, share, color, at[-2:])
    named = _named_nodes(scene, paths, weights)
    _branches(axes, scene, heights, named, at)
    parts = [named[top,] for top in tops if (top,) in heights]
    sheet.alternative_text = scene.word("index_tree.alt", title=title, parts=scene.joined(parts))
    return sheet


def _drawn_paths(scene: Scene, codes: list[str]) -> dict[str, Path]:
    """Give the dimension and the innermost groups of indicators; a narrow sheet has no groups."""
    paths = scene.results.framework.paths
    groups = {code: paths[code][1:][-_LEVELS:] for code in codes}
    wide = scene.layout.width >= _WIDE
    return {code: (paths[code][0], *(groups[code] if wide else ())) for code in codes}


def _places(levels: int) -> tuple[float, ...]:
    """Give shares of the width at which root, levels, indicators and bars begin."""
    first, last, bars = (0.17, 0.47, 0.79) if levels == 1 else (0.15, 0.55 + 0.035 * levels, 0.87)
    return (0.0, *(first + (last - first) * k / levels for k in range(levels + 1)), bars)


def _named_nodes(scene: Scene, paths: dict[str, Path], weights: pd.Series) -> dict[Path, str]:
    """Name the composite, dimensions and groups, these with the sum of their weights."""
    sums: dict[Path, float] = {}
    for code, path in paths.items():
        for depth in range(1, len(path) + 1):
            sums[path[:depth]] = sums.get(path[:depth], 0.0) + float(weights[code])
    named = {
        node: scene.word("index_tree.part", name=scene.variable(node[-1]), weight=percent(share))
        for node, share in sums.items()
    }
    return {(): scene.variable("composite"), **named}


def _branches(
    axes: Axes,
    scene: Scene,
    heights: dict[Path, float],
    named: dict[Path, str],
    at: tuple[float, ...],
) -> None:
    """Write names in the middle of what stands below them, and lead branches there."""
    below = siblings_of(list(heights))
    for node in sorted(below, key=len, reverse=True):
        # What stands in no group has a branch past the columns of groups.
        parts = [(heights[child], at[len(child)] if child in below else at[-2])
                 for child in below[node]]  # fmt: skip
        heights[node] = float(np.mean([height for height, _ in parts]))
        _name(axes, scene, named[node], at[len(node) : len(node) + 2], heights[node], parts)


def _folded(label: str, room: float, size: float) -> str:
    """Fold the name of an indicator into at most two lines."""
    lines = wrapped(label, room, size)
    return "\n".join([*lines[:1], *[shortened(" ".join(lines[1:]), room, size)] * (len(lines) > 1)])


def _name(
    axes: Axes,
    scene: Scene,
    name: str,
    room: tuple[float, ...],
    height: float,
    parts: list[tuple[float, float]],
) -> None:
    """Write a name at its height between two shares of the width, with branches to its parts."""
    wide, size = axes.get_xlim()[1], scene.layout.text
    left, right = (share * wide for share in room)
    lines = wrapped(name, right - left - 8, size)
    _text(axes, left, height, "\n".join(lines), size, weight="bold")
    start = left + max(text_width(line, size) for line in lines) + 1
    bend = max(right - 5, start)
    for to, end in parts:
        path = ([start, bend, bend, end * wide - 1], [height, height, to, to])
        axes.plot(*path, color=HAIR, linewidth=0.8, zorder=1)


def _leaf(
    axes: Axes,
    scene: Scene,
    label: str,
    height: float,
    weights: tuple[float, float],
    color: str,
    at: tuple[float, ...],
) -> None:
    """Write an indicator with the bar of its weight, as a part of the largest."""
    wide, size = axes.get_xlim()[1], scene.layout.text
    weight, most = weights
    _text(axes, at[0] * wide, height, label, size)
    start, room = at[1] * wide, (1 - at[1]) * wide - _SHARE
    long = room * weight / most if most > 0 else 0.0
    axes.barh(height, long, scene.layout.line * 0.75, left=start, color=color)
    share = percent(weight, 1)
    _text(axes, start + long + 1, height, share, size * 0.9, color=MUTED)


def _text(axes: Axes, x: float, y: float, text: str, size: float, **look: Any) -> None:
    axes.text(x, y, text, size=size, va="center", **{"color": INK, **look})
