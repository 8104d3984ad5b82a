"""Figures of gathering in space: each region against its neighbors."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from geo_resilience import tables, words
from geo_resilience.maps.figures._charts import (
    chart_axes,
    dots,
    fitting,
    inside,
    legend_inside,
    scatter_axes,
    zero_line,
)
from geo_resilience.maps.figures._context import Scene, drawing, number, some
from geo_resilience.maps.figures._figure import Sheet
from geo_resilience.maps.figures._names import label_points
from geo_resilience.maps.figures._style import INK, MUTED
from geo_resilience.spatial._methods import LOCAL_STATISTICS, UNTOLD
from geo_resilience.statistics._certainty import ALPHA

#: Marks of clusters, apart in gray print too.
CLUSTER_MARKS = {
    "high-high": "o",
    "low-low": "s",
    "high-low": "^",
    "low-high": "v",
    "not significant": "o",
    "no neighbors": "x",
}


#: Where each kind lies: right of the mean or not, above its neighbors' or not.
QUADRANTS = {
    "high-high": (True, True),
    "low-low": (False, False),
    "high-low": (True, False),
    "low-high": (False, True),
}


@drawing("local")
def moran_scatter(scene: Scene, *, variable: str = "composite") -> Sheet:
    """Draw each region's standardized value against its neighbors' mean.

    variable : str
        ``composite`` or a dimension's code.
    """
    table = scene.of_year("local", statistic="local_moran", variable=variable)
    table = table.set_index("adcode").rename(columns={"z_value": "x", "z_lag": "y"})
    drawn = some(table[table[["x", "y"]].notna().all(axis=1)], "local", variable)
    title = scene.titled("moran_scatter", variable=scene.variable(variable))
    told = _moran(scene, variable)
    side = min(max(scene.layout.width * 0.62, 68), 118)
    sheet = scene.sheet(side, title, told, scene.word("moran_scatter.note"))
    axes = chart_axes(sheet, right=8)
    reach_x = max(float(drawn["x"].abs().max()), 0.1) * 1.14
    reach_y = max(float(drawn["y"].abs().max()), 0.1) * 1.18
    axes.set_xlim(-reach_x, reach_x)
    axes.set_ylim(-reach_y, reach_y)
    zero_line(axes)
    zero_line(axes, "y")
    several = len(drawn["cluster"].unique()) > 1
    _corners(axes, scene, legend=several)
    square = float((drawn["x"] ** 2).sum())
    slope = float((drawn["x"] * drawn["y"]).sum()) / square if square else 0.0
    axes.plot([-reach_x, reach_x], [-slope * reach_x, slope * reach_x], color=INK, linewidth=1.0)
    for cluster, mark in CLUSTER_MARKS.items():
        held = drawn[drawn["cluster"] == cluster]
        faint = cluster in UNTOLD
        color, edge = (
            ("#aeb5bb", MUTED) if faint else (LOCAL_STATISTICS["local_moran"].colors[cluster], INK)
        )
        told_cluster = words.say(f"cluster.{cluster}", scene.language)
        size = fitting(len(drawn), 4.2 if faint else 5.6)
        dots(axes, held["x"], held["y"], mark, color, size=size, edge=edge, label=told_cluster)
    scatter_axes(axes, scene.word("axis.z_value"), scene.word("axis.z_lag"))
    faint = drawn["cluster"].isin(list(UNTOLD))
    order = drawn.assign(faint=faint, far=-(drawn["x"].abs() + drawn["y"].abs()))
    order = order.sort_values(["faint", "far"], kind="stable")
    cross = [(-reach_x, 0), (reach_x, 0)], [(0, -reach_y), (0, reach_y)]
    line = [(-reach_x, -slope * reach_x), (reach_x, slope * reach_x)]
    label_points(
        axes,
        sheet,
        order,
        scene.names,
        size=scene.layout.text * 0.82,
        mark=fitting(len(order)),
        lines=[*cross, line],
    )
    if several:
        legend_inside(axes, scene)
    sheet.alternative_text = _told_scatter(scene, title, told, drawn)
    return sheet


def _moran(scene: Scene, variable: str) -> str:
    """Tell Moran's I of the year in words, where the results hold it."""
    rows = tables.of(scene.results, "global", year=scene.year, variable=variable, statistic="moran")
    if rows.empty:
        return ""
    row = rows.iloc[0]
    p = row["p_sim"] if pd.notna(row["p_sim"]) else row["p_normal"]
    if pd.isna(p) or pd.isna(row["value"]):
        return ""
    key = "moran_more" if p <= ALPHA else "moran_no_more"
    return scene.word(f"{key}", value=number(float(row["value"])), p=p_text(p), n=int(row["n"]))


def p_text(p: float) -> str:
    """Write a p-value with its sign of relation."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _corners(axes: Axes, scene: Scene, *, legend: bool) -> None:
    """Name the quadrants, but for one that the legend stands in."""
    for cluster, (right, upper) in QUADRANTS.items():
        if legend and cluster == "high-low":
            continue
        x, y = 0.985 if right else 0.015, 0.985 if upper else 0.015
        name = words.say(f"cluster.{cluster}", scene.language)
        inside(axes, x, y, name, color=MUTED, size=scene.layout.text * 0.9)


def _told_scatter(scene: Scene, title: str, told: str, drawn: pd.DataFrame) -> str:
    x, y = np.sign(drawn["x"]), np.sign(drawn["y"])
    counts = {
        name: ((x == 2 * right - 1) & (y == 2 * upper - 1)).sum()
        for name, (right, upper) in QUADRANTS.items()
    }
    parts = [
        scene.word("count_of", label=words.say(f"cluster.{name}", scene.language), count=count)
        for name, count in counts.items()
    ]
    return scene.word("moran_scatter.alt", title=title, told=told, parts=parts)
