"""Maps of the index in space: local clusters, and where its weight lies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from geo_resilience import words
from geo_resilience.maps.drawing._style import class_colors
from geo_resilience.maps.figures._charts import inside
from geo_resilience.maps.figures._context import Scene, drawing, some
from geo_resilience.maps.figures._figure import Sheet
from geo_resilience.maps.figures._furniture import Entry, degrees_told, grid_of
from geo_resilience.maps.figures._index_maps import told_part
from geo_resilience.maps.figures._map_plate import Plate, region_map
from geo_resilience.maps.figures._regions import Canvas, outline
from geo_resilience.maps.figures._style import INK
from geo_resilience.spatial._methods import LOCAL_STATISTICS, UNTOLD, LocalStatistic, method_named
from geo_resilience.spatial.dynamics._ellipse import ellipse_outlines


@drawing("local")
def cluster_map(scene: Scene, *, variable: str = "composite", statistic: str = "") -> Sheet:
    """Draw where like values gather more than chance explains.

    variable : str
        ``composite`` or a dimension's code.
    statistic : str
        One of `LOCAL_STATISTICS`; the first of them that the results hold by default.
    """
    chosen = _chosen(scene, statistic)
    colors_of = chosen.colors
    table = scene.of_year("local", variable=variable, statistic=chosen.name)
    found = table.set_index("adcode")["cluster"].astype(object)
    colors = {str(key): colors_of.get(str(kind)) for key, kind in found.items()}
    counts = found.value_counts()
    kinds = [kind for kind in colors_of if kind != "no neighbors" or counts.get(kind, 0)]
    entries = [
        Entry(
            words.say(f"cluster.{kind}", scene.language), colors_of[kind], int(counts.get(kind, 0))
        )
        for kind in kinds
    ]
    nearly = _nearly(scene, table)
    ink: dict[str, Any] = {"linewidth": 1.1, "linestyle": (0, (2.5, 1.2))}
    label, line = scene.word("cluster_map.nearly"), {"color": INK, **ink}
    lines = [Entry(label, count=len(nearly), line=line)] if nearly else []
    named = words.say(
        f"local_statistic.title.{chosen.name}", scene.language, name=scene.variable(variable)
    )
    title = scene.with_year(named)
    told = scene.word("cluster_map.nearly_note") if nearly else ""
    below = (_how_judged(scene), told, scene.word("no_position"))
    sheet, axes, plate = region_map(scene, title, "clusters", colors, entries, *below, lines=lines)
    look = {"edgecolors": INK, "linewidths": ink["linewidth"], "linestyles": [ink["linestyle"]]}
    for key in nearly:
        outline(axes, plate.canvas, [key], **look)
    sheet.alternative_text = _told_clusters(scene, title, found, kinds, nearly)
    return sheet


def _chosen(scene: Scene, name: str) -> LocalStatistic:
    """Give the local statistic asked for, else the first that the results hold."""
    held = set(scene.rows("local")["statistic"])
    first = next((known for known in LOCAL_STATISTICS if known in held), "local_moran")
    return method_named(LOCAL_STATISTICS, name or first)


def _nearly(scene: Scene, table: pd.DataFrame) -> list[str]:
    """Give the regions that only the correction for many tests keeps out of the clusters."""
    judged = scene.found.clusters
    if judged.by != "q" or "p_sim" not in table:
        return []
    held = (table["cluster"] == "not significant") & (table["p_sim"] <= judged.alpha)
    return [str(key) for key in table["adcode"][held]]


def _how_judged(scene: Scene) -> str:
    """Tell by which p the clusters are judged."""
    judged = scene.found.clusters
    return scene.word(f"judged_{judged.by}", alpha=f"{judged.alpha:g}")


def _told_clusters(
    scene: Scene, title: str, found: pd.Series, kinds: list[str], nearly: list[str]
) -> str:
    parts = []
    for kind in kinds:
        held = [scene.name(str(key)) for key in found.index[found == kind]]
        label = words.say(f"cluster.{kind}", scene.language)
        if held and kind not in UNTOLD:
            parts.append(told_part(scene, label, held))
        elif held or kind in kinds[:2]:
            parts.append(scene.word("count_of", label=label, count=len(held)))
    if nearly:
        names = [scene.name(key) for key in nearly]
        parts.append(told_part(scene, scene.word("cluster_map.nearly_alt"), names))
    return scene.word("map_alt", title=title, text=scene.joined(parts))


@drawing("ellipse")
def ellipse_map(scene: Scene, *, variable: str = "composite") -> Sheet:
    """Draw the standard deviational ellipse of the index and the path of its center.

    variable : str
        A variable of the table.
    """
    table = scene.rows("ellipse", variable=variable).sort_values("year")
    table = some(table[table[["lon", "lat"]].notna().all(axis=1)], "ellipse", variable)
    years = [int(year) for year in table["year"]]
    ends = sorted({years[0], years[-1]})
    lines, entries = _ellipse_legend(scene, ends)
    title = scene.spanned("ellipse_map", variable=scene.variable(variable))
    fills = dict.fromkeys(map(str, scene.names.index), "#e9ecee")
    note = scene.word("ellipse_map.note")
    sheet, axes, plate = region_map(scene, title, "center", fills, entries, note, named=False)
    for year, line in zip(ends, lines, strict=True):
        _ellipse(axes, plate.canvas, table[table["year"] == year].head(1), line)
    _path(sheet, scene, axes, table, plate)
    first, last = table.iloc[0], table.iloc[-1]
    sheet.alternative_text = scene.word(
        "ellipse_map.alt",
        title=title,
        lon=degrees_told(round(last["lon"], 2), scene.language, meridian=True),
        lat=degrees_told(round(last["lat"], 2), scene.language, meridian=False),
        moved=f"{last['total_shift_km']:.0f}",
        major=f"{last['semi_major_km']:.0f}",
        minor=f"{last['semi_minor_km']:.0f}",
        first_major=f"{first['semi_major_km']:.0f}",
        first_minor=f"{first['semi_minor_km']:.0f}",
    )
    return sheet


def _ellipse_legend(scene: Scene, ends: list[int]) -> tuple[list[dict[str, Any]], list[Entry]]:
    """Give the look of each year's ellipse, and the legend."""
    inks = class_colors(2, ("#7f8a94", "#b3203f"))
    lines: list[dict[str, Any]] = [
        {"color": ink, "linewidth": 1.4, "linestyle": dash}
        for ink, dash in zip(inks, ((0, (4, 2)), "-"), strict=True)
    ][-len(ends) :]
    key = "ellipse_map.of" if scene.dated else "ellipse_map.one"
    entries = [
        Entry(scene.word(key, **({"year": year} if scene.dated else {})), line=line)
        for year, line in zip(ends, lines, strict=True)
    ]
    path = {"color": INK, "linewidth": 0.9, "marker": "o", "markersize": 2.6}
    return lines, [*entries, Entry(scene.word("ellipse_map.path"), line=path)]


def _ellipse(axes: Axes, canvas: Canvas, path: pd.DataFrame, line: dict[str, Any]) -> None:
    """Draw the ring of one year's ellipse, laid from its own projection onto the map's."""
    for ring in ellipse_outlines(path, points=180).values():
        axes.plot(*grid_of(canvas.ground)(*ring.T), zorder=5, **line)


def _path(sheet: Sheet, scene: Scene, axes: Axes, table: pd.DataFrame, plate: Plate) -> None:
    """Draw the centers year by year, large in a window of their own."""
    canvas = plate.canvas
    xs, ys = grid_of(canvas.ground)(table["lon"].to_numpy(), table["lat"].to_numpy())
    axes.plot(xs, ys, color=INK, linewidth=0.9, marker="o", markersize=1.6, zorder=6)
    if len(table) < 2 or scene.layout.name == "half":
        return
    free = plate.free_beside()
    window = (
        axes.inset_axes((0.02, 0.02, 0.3, 0.2), zorder=7)
        if free is None
        else sheet.room(*free, zorder=7)
    )
    window.plot(xs, ys, color=INK, linewidth=1.0, marker="o", markersize=3)
    flat = plate.high * 0.2 / (plate.wide * 0.3) if free is None else free[3] / free[2]
    half = max(float(np.ptp(xs)), float(np.ptp(ys)) / flat, 1e-6) * 0.85
    middle_x, middle_y = float(xs.min() + xs.max()) / 2, float(ys.min() + ys.max()) / 2
    window.set_xlim(middle_x - half, middle_x + half)
    window.set_ylim(middle_y - half * flat, middle_y + half * flat)
    window.set_aspect("equal", anchor="SW")
    window.set_xticks([])
    window.set_yticks([])
    window.set_facecolor("#ffffff")
    for spine in window.spines.values():
        spine.set_visible(True)
        spine.set_linewidth(0.5)
    shown = table.iloc[[0, -1]]["year"].tolist()
    ends = {0: 1, len(table) - 1: len(table) - 2}
    for place, next_to in ends.items():
        if scene.dated:
            below = ys[next_to] > ys[place]
            window.annotate(
                str(shown[0 if place == 0 else 1]),
                (xs[place], ys[place]),
                xytext=(0, -3.5 if below else 3.5),
                textcoords="offset points",
                ha="center",
                va="top" if below else "bottom",
                size=scene.layout.text * 0.82,
            )
    km = 2 * half * canvas.ground.step / 1000
    told = scene.word("ellipse_map.window", km=f"{km:.0f}")
    inside(window, 0.02, 0.02, told, size=scene.layout.text * 0.78)
