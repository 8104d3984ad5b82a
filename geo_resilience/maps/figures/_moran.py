"""Figures of gathering in space: each region against its neighbors."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from geo_resilience import tables, words
from geo_resilience.errors import InputError
from geo_resilience.maps.figures._charts import chart_axes, dots, scatter_axes, zero_line
from geo_resilience.maps.figures._context import Scene, drawing, number
from geo_resilience.maps.figures._figure import Sheet
from geo_resilience.maps.figures._names import label_points
from geo_resilience.maps.figures._style import INK, MUTED
from geo_resilience.spatial._methods import LOCAL_STATISTICS, UNTOLD

#: Marks of clusters, apart in gray print too.
CLUSTER_MARKS = {
    "high-high": "o",
    "low-low": "s",
    "high-low": "^",
    "low-high": "v",
    "not significant": "o",
    "no neighbors": "x",
}


@drawing("local")
def moran_scatter(scene: Scene, *, variable: str = "composite") -> Sheet:
    """Draw each region's standardized value against its neighbors' mean.

    variable : str
        ``composite`` or a dimension's code.
    """
    table = scene.of_year("local", statistic="local_moran", variable=variable)
    table = table.set_index("adcode").rename(columns={"z_value": "x", "z_lag": "y"})
    drawn = table[table[["x", "y"]].notna().all(axis=1)]
    if drawn.empty:
        raise InputError("figures.nothing", table="local", asked=[variable])
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
    _corners(axes, scene, () if not several else ("high-low",))
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
        size = 4.2 if faint else 5.6
        dots(axes, held["x"], held["y"], mark, color, size=size, edge=edge, label=told_cluster)
    scatter_axes(axes, scene.word("axis.z_value"), scene.word("axis.z_lag"))
    faint = drawn["cluster"].isin(list(UNTOLD))
    order = drawn.assign(faint=faint, far=-(drawn["x"].abs() + drawn["y"].abs()))
    order = order.sort_values(["faint", "far"], kind="stable")
    cross = [(-reach_x, 0), (reach_x, 0)], [(0, -reach_y), (0, reach_y)]
    line = [(-reach_x, -slope * reach_x), (reach_x, slope * reach_x)]
    size = scene.layout.text * 0.82
    label_points(axes, sheet, order.head(60), scene.names, size=size, lines=[*cross, line])
    if several:
        axes.legend(
            frameon=False,
            fontsize=scene.layout.text * 0.9,
            loc="lower right",
            handletextpad=0.2,
            borderpad=0,
        )
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
    key = "moran_more" if p < 0.05 else "moran_no_more"
    return scene.word(f"{key}", value=number(float(row["value"])), p=p_text(p), n=int(row["n"]))


def p_text(p: float) -> str:
    """Write a p-value with its sign of relation."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _corners(axes: object, scene: Scene, without: Sequence[str]) -> None:
    """Name the quadrants, but for one that the legend stands in."""
    from matplotlib.axes import Axes

    assert isinstance(axes, Axes)
    places = {
        "high-low": (0.985, 0.015, "right", "bottom"),
        "high-high": (0.985, 0.985, "right", "top"),
        "low-high": (0.015, 0.985, "left", "top"),
        "low-low": (0.015, 0.015, "left", "bottom"),
    }
    for cluster, (x, y, across, up) in places.items():
        if cluster in without:
            continue
        axes.text(
            x,
            y,
            words.say(f"cluster.{cluster}", scene.language),
            transform=axes.transAxes,
            ha=across,
            va=up,
            color=MUTED,
            size=scene.layout.text * 0.9,
            style="normal",
        )


def _told_scatter(scene: Scene, title: str, told: str, drawn: pd.DataFrame) -> str:
    counts = {
        "high-high": ((drawn["x"] > 0) & (drawn["y"] > 0)).sum(),
        "low-low": ((drawn["x"] < 0) & (drawn["y"] < 0)).sum(),
        "high-low": ((drawn["x"] > 0) & (drawn["y"] < 0)).sum(),
        "low-high": ((drawn["x"] < 0) & (drawn["y"] > 0)).sum(),
    }
    parts = [
        scene.word("count_of", label=words.say(f"cluster.{name}", scene.language), count=count)
        for name, count in counts.items()
    ]
    return scene.word("moran_scatter.alt", title=title, told=told, parts=parts)
