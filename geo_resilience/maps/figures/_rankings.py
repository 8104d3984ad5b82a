"""Figures of how sure a place in the ranking and a grade are."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from geo_resilience.maps.figures._charts import (
    dots,
    legend_above,
    name_rows,
    quiet_numbers,
    region_rows,
    row_axes,
    zero_line,
)
from geo_resilience.maps.figures._context import Scene, drawing, percent, some
from geo_resilience.maps.figures._figure import EDGE, Sheet
from geo_resilience.maps.figures._index_maps import sureness
from geo_resilience.maps.figures._style import HAIR, INK, MUTED, PAPER, text_width


@drawing("scores", "uncertainty")
def rank_intervals(scene: Scene) -> Sheet:
    """Draw the rank of each region with the range that other choices of method give."""
    table = _ranked(scene)
    title, note = scene.titled("rank_intervals"), scene.word("rank_intervals.note")
    sheet, axes, keys, _ = region_rows(scene, list(table.index), title, note, extra=16, above=6)
    rows = np.arange(len(keys))
    shown = table.loc[keys]
    axes.hlines(rows, shown["rank_low"], shown["rank_high"], color=HAIR, linewidth=3.2, zorder=2)
    axes.plot(
        shown["rank_median"], rows, "|", color=INK, markersize=5.5, markeredgewidth=1.1, zorder=3
    )
    for grade, color in scene.found.grading.by_name.items():
        held = (shown["grade"] == grade).to_numpy()
        dots(axes, shown["rank"][held], rows[held], "o", color)
    pad = max(0.8, 0.01 * len(table))  # half a dot, at least
    axes.set_xlim(1 - pad, len(table) + pad)
    quiet_numbers(axes, "x", most=8)
    ticks = [tick for tick in axes.get_xticks() if 1 < tick <= len(table)]
    axes.set_xticks([1, *ticks])
    axes.set_xlabel(scene.word("axis.rank"))
    _key_row(axes, sheet, scene, set(shown["grade"]))
    widths = (shown["rank_high"] - shown["rank_low"]).sort_values(ascending=False, kind="stable")
    ends = table.head(3)[["rank_low", "rank_high"]].astype(int).itertuples()
    first = [
        scene.word("rank_intervals.part", name=scene.name(key), low=low, high=high)
        for key, low, high in ends
    ]
    sheet.alternative_text = scene.word(
        "rank_intervals.alt",
        title=title,
        first=first,
        widest=scene.name(str(widths.index[0])),
        places=int(widths.iloc[0]) + 1,
        mean=f"{float(widths.mean()) + 1:.1f}",
    )
    return sheet


def _ranked(scene: Scene) -> pd.DataFrame:
    scores = scene.of_year("scores").set_index("adcode")[["rank", "grade", "composite"]]
    table = scene.of_year("uncertainty").set_index("adcode").drop(columns=["name", "year"])
    both = scores.join(table, how="inner").astype({"grade": object})
    known = both[["rank", "rank_low", "rank_median", "rank_high"]].notna().all(axis=1)
    both = some(both[known], "uncertainty", "rank")
    order = both.assign(key=both.index).sort_values(["rank", "key"], kind="stable").index
    return both.loc[order]


def _key_row(axes: Axes, sheet: Sheet, scene: Scene, grades: Collection[str]) -> None:
    """Say above the axes what marks mean."""
    look: dict[str, Any] = {"marker": "o", "markersize": 4.5}
    look |= {"linestyle": "", "markeredgecolor": INK, "markeredgewidth": 0.5}
    dots = [
        Line2D([], [], color=color, label=scene.grade(grade), **look)
        for grade, color in reversed(scene.found.grading.by_name.items())
        if grade in grades
    ]
    band, middle = scene.word("rank_intervals.range"), scene.word("rank_intervals.median")
    median: dict[str, Any] = {"marker": "|", "linestyle": "", "markersize": 5.5, "label": middle}
    marks = [
        Line2D([], [], color=HAIR, linewidth=3.2, label=band),
        Line2D([], [], color=INK, **median),
    ]
    legend_above(axes, sheet, [*dots, *marks])


@drawing("scores", "uncertainty")
def grade_bars(scene: Scene) -> Sheet:
    """Draw for each region the probability of each grade as a bar that sums to one."""
    table = _ranked(scene)
    title, note = scene.titled("grade_bars"), scene.word("grade_bars.note")
    sheet, axes, keys, room = region_rows(scene, list(table.index), title, note, extra=17, above=7)
    axes.set_xlim(0, 1)
    shown = table.loc[keys]
    start = np.zeros(len(keys))
    for grade, color in scene.found.grading.by_name.items():
        share = shown[f"p_{grade.lower()}"].fillna(0).to_numpy(dtype=float)
        look: dict[str, Any] = {"color": color, "edgecolor": PAPER, "linewidth": 0.4}
        axes.barh(np.arange(len(keys)), share, left=start, height=0.74, **look)
        own = (shown["grade"] == grade).to_numpy()
        frame: dict[str, Any] = {"facecolor": "none", "edgecolor": INK, "linewidth": 0.8}
        for row in np.flatnonzero(own & (share > 0)):
            corner = (start[row], row - 0.37)
            axes.add_patch(Rectangle(corner, share[row], 0.74, zorder=4, **frame))
        start = start + share
    quiet_numbers(axes, "x", percent=True)
    axes.set_xlabel(scene.word("axis.probability"))
    _grade_heads(sheet, scene, room)
    own = sureness(scene)
    sheet.alternative_text = scene.word(
        "grade_bars.alt",
        title=title,
        ends=scene.ends(own * 100, digits=0),
        count=int((own < 0.5).sum()),
    )
    return sheet


def _grade_heads(sheet: Sheet, scene: Scene, room: float) -> None:
    """Name the colors above the bars, from low to high."""
    x, y, size = EDGE + room, sheet.below + sheet.body - 3.2, scene.layout.text * 0.93
    for grade, color in scene.found.grading.by_name.items():
        box = (x / sheet.layout.width, (y - 1.1) / sheet.tall)
        wide, high = 3.6 / sheet.layout.width, 2.3 / sheet.tall
        look: dict[str, Any] = {"facecolor": color, "edgecolor": MUTED, "linewidth": 0.4}
        at: dict[str, Any] = {"transform": sheet.transFigure, "figure": sheet}
        sheet.patches.append(Rectangle(box, wide, high, **at, **look))
        word = scene.grade(grade)
        sheet.text((x + 4.6) / sheet.layout.width, y / sheet.tall, word, size=size, va="center")
        x += 4.6 + text_width(word, size) + 4


@drawing("effective_weights")
def weight_effects(scene: Scene) -> Sheet:
    """Draw what each indicator moves of the index beside what it weighs."""
    table = scene.of_year("effective_weights").set_index("code")
    table = some(table.dropna(subset=["effective", "stated"]), "effective_weights", "effective")
    table = table.sort_values("effective", ascending=False, kind="stable")
    names, room = name_rows(scene, [scene.variable(str(code)) for code in table.index], 0.4)
    title, note = scene.titled("weight_effects"), scene.word("weight_effects.note")
    sheet = scene.sheet(len(table) * scene.layout.line * 1.15 + 18, title, note)
    axes = row_axes(sheet, names, room, above=7)
    rows = np.arange(len(table))
    stated, effective = table["stated"].to_numpy(float), table["effective"].to_numpy(float)
    axes.hlines(rows, stated, effective, color=HAIR, linewidth=2.4, zorder=2)
    dots(axes, stated, rows, "|", INK, label=scene.word("weight_effects.stated"), size=8.0)
    dots(axes, effective, rows, "o", "#1d4f7c", label=scene.word("weight_effects.effective"))
    zero_line(axes)
    quiet_numbers(axes, "x", percent=True)
    legend_above(axes, sheet)
    far = (table["effective"] - table["stated"]).abs().idxmax()
    sheet.alternative_text = scene.word(
        "weight_effects.alt",
        title=title,
        name=scene.variable(str(far)),
        stated=percent(float(table.at[far, "stated"])),
        effective=percent(float(table.at[far, "effective"])).replace("-", "\u2212"),
    )
    return sheet
