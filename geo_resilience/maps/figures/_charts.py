"""Axes of charts: ticks with true minus signs, quiet grids, labels that keep apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from geo_resilience import words
from geo_resilience.maps.drawing._style import QUALITATIVE
from geo_resilience.maps.figures._context import Scene
from geo_resilience.maps.figures._figure import EDGE, Sheet
from geo_resilience.maps.figures._style import (
    INK,
    LINES,
    MARKERS,
    MUTED,
    POINTS_A_MM,
    shortened,
    text_width,
    wrapped,
)

#: Most rows of a chart with a row a region; of more, the first and last are drawn.
MOST_ROWS = 60

#: Marks that a chart has room for in their full size.
_CROWD = 300


def looks(count: int) -> list[dict[str, Any]]:
    """Give as many looks of lines as asked: color, dash and mark differ."""
    return [
        {
            "color": QUALITATIVE[place % len(QUALITATIVE)],
            "linestyle": LINES[place % len(LINES)],
            "marker": MARKERS[place % len(MARKERS)],
        }
        for place in range(count)
    ]


def chart_axes(
    sheet: Sheet, *, left: float = 13.0, right: float = 4.0, below: float = 9.0, above: float = 2.0
) -> Axes:
    """Add axes over the whole body with room for labels in millimetres."""
    wide = sheet.layout.width - 2 * EDGE - left - right
    return sheet.room(EDGE + left, below, wide, sheet.body - below - above)


def quiet_numbers(
    axes: Axes, which: Literal["x", "y"] = "y", *, most: int = 6, percent: bool = False
) -> None:
    """Give an axis few round ticks and a hairline grid."""
    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_locator(MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]))
    if percent:
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0%}"))
    else:
        axis.set_major_formatter(
            FuncFormatter(lambda value, _: f"{round(value, 10):g}".replace("-", "\u2212"))
        )
    axes.grid(axis=which)


def trimmed(ordered: Sequence[str]) -> tuple[list[str], int]:
    """Give the rows to draw, first and last of very many, and how many are left out."""
    keys = list(ordered)
    if len(keys) <= MOST_ROWS:
        return keys, 0
    half = MOST_ROWS // 2
    return [*keys[:half], *keys[-half:]], len(keys) - MOST_ROWS


def name_rows(scene: Scene, names: Sequence[str], most: float = 0.3) -> tuple[list[str], float]:
    """Shorten names of rows to a share of the width; give them and the room they take."""
    limit = most * scene.layout.width
    size = scene.layout.text * 0.93
    told = [shortened(name, limit, size) for name in names]
    return told, max([text_width(name, size) for name in told], default=0.0) + 2.5


def column_heads(names: Sequence[str], most: int, size: float) -> tuple[list[str], float]:
    """Fold names of columns into at most so many lines of 30 mm; give them and the room above."""
    folded = []
    for name in names:
        lines = wrapped(name, 30.0, size)
        last = shortened(" ".join(lines[most - 1 :]), 30.0, size)
        folded.append([*lines[: most - 1], last])
    room = max((text_width(line, size) for lines in folded for line in lines), default=0.0) + 2
    return ["\n".join(lines) for lines in folded], room


def row_axes(
    sheet: Sheet,
    names: Sequence[str],
    room: float,
    *,
    right: float = 4.0,
    below: float = 9.0,
    above: float = 2.0,
) -> Axes:
    """Add axes with a named row a place, the first on top."""
    axes = chart_axes(sheet, left=room, right=right, below=below, above=above)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    return axes


def region_rows(
    scene: Scene,
    ordered: Sequence[str],
    title: str,
    note: str,
    *,
    extra: float,
    above: float = 2.0,
    below: float = 9.0,
    source: str = "index",
) -> tuple[Sheet, Axes, list[str], float]:
    """Open a sheet with a row a region; give the regions drawn and the room of their names."""
    keys, left_out = trimmed([str(key) for key in ordered])
    names, room = name_rows(scene, [scene.name(key) for key in keys])
    left = scene.word("rows_left_out", count=left_out) if left_out else ""
    body = len(keys) * scene.layout.line * 0.9 + extra
    sheet = scene.sheet(body, title, note, left, source=source)
    return sheet, row_axes(sheet, names, room, below=below, above=above), keys, room


def spread(values: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move places apart until none is nearer to the next than a gap, as little as possible."""
    order = np.argsort(values, kind="stable")
    blocks: list[list[float]] = []
    for index in order:
        blocks.append([float(values[index]), 1.0])
        while len(blocks) > 1:
            (first, before), (second, after) = blocks[-2:]
            if second - first >= gap * (before + after) / 2 - 1e-12:
                break
            total = before + after
            middle = (first * before + second * after) / total
            blocks[-2:] = [[middle, total]]
    places: list[float] = []
    for middle, count in blocks:
        half = gap * (count - 1) / 2
        start = min(max(middle - half, low), high - 2 * half)
        places += [start + gap * step for step in range(int(count))]
    out = [0.0] * len(places)
    for place, index in zip(places, order, strict=True):
        out[index] = round(place, 9)
    return out


def label_ends(
    axes: Axes,
    sheet: Sheet,
    x: float,
    ends: Sequence[tuple[str, float, str]],
    *,
    room: float,
) -> None:
    """Name lines at their right ends, moved apart: label, height, color."""
    size = sheet.layout.text * 0.93
    low, high = axes.get_ylim()
    tall = axes.get_position().height * sheet.tall
    gap = size * 1.2 / POINTS_A_MM / tall * (high - low)
    spots = spread([height for _, height, _ in ends], gap, low + gap / 2, high - gap / 2)
    for (label, height, color), spot in zip(ends, spots, strict=True):
        axes.annotate(
            shortened(label, room - 4.5, size),
            (x, height),
            xytext=(3.6 * POINTS_A_MM, (spot - height) / (high - low) * tall * POINTS_A_MM),
            textcoords="offset points",
            va="center",
            size=size,
            color=INK,
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": color,
                "linewidth": 0.6,
                "shrinkA": 0.5,
                "shrinkB": 2.5,
            },
        )


def legend_above(axes: Axes, sheet: Sheet, handles: Sequence[Any] | None = None) -> None:
    """Put the legend above the axes, in as many columns as fit; the axes make room for it."""
    size = sheet.layout.text * 0.93
    own = handles if handles is not None else axes.get_legend_handles_labels()[0]
    if not own:
        return
    widest = max(text_width(str(handle.get_label()), size) for handle in own) + 5.5
    place = axes.get_position()
    columns = max(1, min(len(own), int(place.width * sheet.layout.width / widest)))
    needed = 1.5 + -(-len(own) // columns) * size * 1.45 / POINTS_A_MM
    free = sheet.below + sheet.body - place.y1 * sheet.tall
    height = place.height - max(0.0, needed - free) / sheet.tall
    axes.set_position((place.x0, place.y0, place.width, height))
    axes.legend(
        handles=list(own),
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=columns,
        frameon=False,
        fontsize=size,
        handlelength=1.6,
        handletextpad=0.4,
        columnspacing=1.0,
        borderaxespad=0.25,
        borderpad=0,
        labelspacing=0.25,
    )


def dots(
    axes: Axes,
    x: Any,
    y: Any,
    mark: str,
    color: str,
    *,
    size: float = 5.0,
    edge: str = INK,
    label: str = "_",
) -> None:
    """Draw marks with a thin edge; nothing, and no row of a legend, where there are none."""
    if len(x):
        look: dict[str, Any] = {
            "color": color,
            "markeredgecolor": edge,
            "markersize": size,
            "label": label,
        }
        axes.plot(x, y, mark, markeredgewidth=0.5, zorder=4, **look)


def fitting(count: int, size: float = 5.0) -> float:
    """Give the size of marks of which there are many, so that they do not hide each other."""
    return size * min(1.0, (_CROWD / max(count, 1)) ** 0.3)


def marked(
    scene: Scene,
    axes: Axes,
    table: pd.DataFrame,
    column: str,
    looks: Mapping[str, tuple[str, str]],
    name: str,
    *,
    size: float = 5.0,
) -> list[str]:
    """Draw points (x, y) with a mark and color a kind; give the rows of the legend, with counts."""
    told, size = [], fitting(len(table), size)
    for kind, (mark, color) in looks.items():
        held = table[table[column] == kind]
        if len(held):
            label = words.say(f"{name}.{kind}", scene.language)
            told.append(scene.word("count_in", name=label, count=len(held)))
            dots(axes, held["x"], held["y"], mark, color, size=size, label=told[-1])
    return told


def inside(axes: Axes, x: float, y: float, text: str, *, size: float, **look: Any) -> None:
    """Write into a corner of the axes, at shares of their width and height."""
    across, up = "left" if x < 0.5 else "right", "bottom" if y < 0.5 else "top"
    axes.text(x, y, text, transform=axes.transAxes, ha=across, va=up, size=size, **look)


def legend_inside(axes: Axes, scene: Scene) -> None:
    """Put the legend into the lower right corner."""
    size = scene.layout.text * 0.9
    axes.legend(frameon=False, fontsize=size, loc="lower right", handletextpad=0.2, borderpad=0)


def scatter_axes(axes: Axes, x: str, y: str) -> None:
    """Give a scatter plot round ticks, names of its axes and no grid."""
    quiet_numbers(axes)
    quiet_numbers(axes, "x")
    axes.grid(False)
    axes.set_xlabel(x)
    axes.set_ylabel(y)


def year_ticks(axes: Axes, years: Sequence[int]) -> None:
    """Tick whole years, a few of many."""
    step = max(1, -(-len(years) // 8))
    chosen = [year for place, year in enumerate(reversed(list(years))) if place % step == 0]
    axes.set_xticks(sorted(chosen), [str(year) for year in sorted(chosen)])


def zero_line(axes: Axes, which: str = "x", at: float = 0.0) -> None:
    """Draw the line that values are told apart by."""
    draw = axes.axvline if which == "x" else axes.axhline
    draw(at, color=MUTED, linewidth=0.7, zorder=1.5)
