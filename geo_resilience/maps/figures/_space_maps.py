"""Maps of the index in space: local clusters, and where its weight lies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from geo_resilience import words
from geo_resilience.errors import InputError
from geo_resilience.maps.drawing._style import class_colors
from geo_resilience.maps.figures._context import Scene, drawing
from geo_resilience.maps.figures._figure import Sheet
from geo_resilience.maps.figures._furniture import Entry, degrees_told, grid_of
from geo_resilience.maps.figures._map_plate import Plate
from geo_resilience.maps.figures._regions import Canvas, canvas_of, outline
from geo_resilience.maps.figures._style import INK
from geo_resilience.spatial import ellipse_outlines
from geo_resilience.spatial._methods import LOCAL_STATISTICS, UNTOLD, LocalStatistic, method_named

__all__ = ["cluster_map", "ellipse_map"]


@drawing("local")
def cluster_map(scene: Scene, *, variable: str = "composite", statistic: str = "") -> Sheet:
    """Draw where like values gather more than chance explains.

    Parameters
    ----------
    results : Results
        With the table ``local``.
    year : int, optional
        The last one by default.
    language, width : str
        As in `graded_map`.
    variable : str
        ``composite`` or a dimension's code.
    statistic : str
        One of `LOCAL_STATISTICS`; the first of them that the results hold by default.

    Returns
    -------
    Sheet
    """
    chosen = _chosen(scene, statistic)
    colors_of = chosen.colors
    table = scene.of_year("local", variable=variable, statistic=chosen.name)
    found = table.set_index("adcode")["cluster"].astype(object)
    canvas = canvas_of(scene.results.regions.frame)
    colors = {key: colors_of.get(str(found.get(key, ""))) for key in canvas.keys}
    counts = found.value_counts()
    kinds = [kind for kind in colors_of if kind != "no neighbors" or counts.get(kind, 0)]
    entries = [
        Entry(
            words.say(f"cluster.{kind}", scene.language), colors_of[kind], int(counts.get(kind, 0))
        )
        for kind in kinds
    ]
    blank = [key for key in canvas.keys if colors[key] is None]
    entries += [Entry(scene.word("no_data"), None, len(blank))] if blank else []
    nearly = _nearly(scene, table)
    ink: dict[str, Any] = {"linewidth": 1.1, "linestyle": (0, (2.5, 1.2))}
    if nearly:
        label = scene.word("cluster_map.nearly")
        entries.append(Entry(label, count=len(nearly), line={"color": INK, **ink}))
    named = words.say(
        f"local_statistic.title.{chosen.name}", scene.language, name=scene.variable(variable)
    )
    title = scene.with_year(named)
    plate = Plate(scene.layout, canvas, entries)
    without = (
        scene.word("without", names=scene.listed([scene.name(key) for key in blank]))
        if blank
        else ""
    )
    told = scene.word("cluster_map.nearly_note") if nearly else ""
    below = (_how_judged(scene), told, scene.word("no_position"), without)
    sheet = scene.sheet(plate.body, title, *below)
    axes = plate.draw(
        sheet,
        colors,
        names=dict(scene.names),
        title=scene.word("legend.clusters"),
        language=scene.language,
        inset=scene.inset,
    )
    look = {"edgecolors": INK, "linewidths": ink["linewidth"], "linestyles": [ink["linestyle"]]}
    for key in nearly:
        outline(axes, canvas, [key], **look)
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
            parts.append(
                scene.word(
                    "graded_map.part", grade=label, count=len(held), names=scene.listed(held)
                )
            )
        elif held or kind in kinds[:2]:
            parts.append(scene.word("count_of", label=label, count=len(held)))
    if nearly:
        label, names = scene.word("cluster_map.nearly"), [scene.name(key) for key in nearly]
        values = {"grade": label, "count": len(nearly), "names": scene.listed(names)}
        parts.append(scene.word("graded_map.part", **values))
    joined = words.joined(parts, scene.language, "parts")
    return scene.word("map_alt", title=title, text=joined)


@drawing("ellipse")
def ellipse_map(scene: Scene, *, variable: str = "composite") -> Sheet:
    """Draw the standard deviational ellipse of the index and the path of its center.

    Parameters
    ----------
    results : Results
        With the table ``ellipse``.
    year : int, optional
        Taken for the others' sake; the first and the last year's ellipses are drawn.
    language, width : str
        As in `graded_map`.
    variable : str
        A variable of the table.

    Returns
    -------
    Sheet
    """
    table = scene.rows("ellipse", variable=variable).sort_values("year")
    table = table[table[["lon", "lat"]].notna().all(axis=1)]
    if table.empty:
        raise InputError("figures.nothing", table="ellipse", asked=[variable])
    canvas = canvas_of(scene.results.regions.frame)
    years = [int(year) for year in table["year"]]
    ends = sorted({years[0], years[-1]})
    lines, entries = _ellipse_legend(scene, ends)
    plate = Plate(scene.layout, canvas, entries)
    title = scene.spanned("ellipse_map", variable=scene.variable(variable))
    sheet = scene.sheet(plate.body, title, scene.word("ellipse_map.note"))
    axes = plate.draw(
        sheet,
        dict.fromkeys(canvas.keys, "#e9ecee"),
        names={},
        title=scene.word("legend.center"),
        language=scene.language,
        inset=scene.inset,
    )
    for year, line in zip(ends, lines, strict=True):
        _ellipse(axes, canvas, table[table["year"] == year].head(1), line)
    _path(sheet, scene, axes, canvas, table, plate)
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
    entries = [
        Entry(
            scene.word("ellipse_map.of", year=year)
            if scene.dated
            else scene.word("ellipse_map.one"),
            line=line,
        )
        for year, line in zip(ends, lines, strict=True)
    ]
    entries.append(
        Entry(
            scene.word("ellipse_map.path"),
            line={"color": INK, "linewidth": 0.9, "marker": "o", "markersize": 2.6},
        )
    )
    return lines, entries


def _ellipse(axes: Axes, canvas: Canvas, path: pd.DataFrame, line: dict[str, Any]) -> None:
    """Draw the ring of one year's ellipse, laid from its own projection onto the map's."""
    for ring in ellipse_outlines(path, points=180).values():
        axes.plot(*grid_of(canvas.ground)(*ring.T), zorder=5, **line)


def _path(
    sheet: Sheet, scene: Scene, axes: Axes, canvas: Canvas, table: pd.DataFrame, plate: Plate
) -> None:
    """Draw the centers year by year, large in a window of their own."""
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
    window.text(
        0.02,
        0.02,
        scene.word("ellipse_map.window", km=f"{km:.0f}"),
        transform=window.transAxes,
        ha="left",
        va="bottom",
        size=scene.layout.text * 0.78,
    )
