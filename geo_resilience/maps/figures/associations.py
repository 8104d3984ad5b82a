"""Figures of gathering in space: the Moran scatter, and groups against chance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience import words
from geo_resilience.errors import InputError
from geo_resilience.maps.figures.charts import (
    chart_axes,
    dots,
    label_points,
    name_rows,
    quiet_numbers,
    row_axes,
    scatter_axes,
    zero_line,
)
from geo_resilience.maps.figures.scenes import Scene, drawing, number
from geo_resilience.maps.figures.sheets import EDGE, Sheet
from geo_resilience.maps.figures.style import INK, MUTED, PAPER
from geo_resilience.maps.page.layers import CLUSTERS

__all__ = ["moran_scatter", "pattern_test"]

#: Marks of clusters, apart in gray print too.
CLUSTER_MARKS = {
    "high-high": "o",
    "low-low": "s",
    "high-low": "^",
    "low-high": "v",
    "not significant": "o",
    "no neighbors": "x",
}

#: Columns of p-values of the pattern test that are shown, where there are.
P_COLUMNS = ("p_free", "p_contiguous", "p_compact", "p_spatial")


@drawing("local")
def moran_scatter(scene: Scene, *, variable: str = "composite") -> Sheet:
    """Draw each region's standardized value against its neighbors' mean.

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

    Returns
    -------
    Sheet
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
    _corners(axes, scene)
    square = float((drawn["x"] ** 2).sum())
    slope = float((drawn["x"] * drawn["y"]).sum()) / square if square else 0.0
    axes.plot([-reach_x, reach_x], [-slope * reach_x, slope * reach_x], color=INK, linewidth=1.0)
    for cluster, mark in CLUSTER_MARKS.items():
        held = drawn[drawn["cluster"] == cluster]
        faint = cluster in ("not significant", "no neighbors")
        color, edge = ("#aeb5bb", MUTED) if faint else (CLUSTERS[cluster], INK)
        told_cluster = words.say(f"atlas_cluster.{cluster}", scene.language)
        size = 4.2 if faint else 5.6
        dots(axes, held["x"], held["y"], mark, color, size=size, edge=edge, label=told_cluster)
    scatter_axes(axes, scene.word("axis.z_value"), scene.word("axis.z_lag"))
    faint = drawn["cluster"].isin(["not significant", "no neighbors"])
    order = drawn.assign(faint=faint, far=-(drawn["x"].abs() + drawn["y"].abs()))
    order = order.sort_values(["faint", "far"], kind="stable")
    label_points(axes, sheet, order.head(60), scene.names, size=scene.layout.text * 0.82)
    if len(drawn["cluster"].unique()) > 1:
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
    table = scene.results.tables.get("global")
    if table is None:
        return ""
    rows = table[
        (table["year"] == scene.year)
        & (table["variable"] == variable)
        & (table["statistic"] == "moran")
    ]
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


def _corners(axes: object, scene: Scene) -> None:
    from matplotlib.axes import Axes

    assert isinstance(axes, Axes)
    places = {
        "high-high": (0.985, 0.985, "right", "top"),
        "low-high": (0.015, 0.985, "left", "top"),
        "low-low": (0.015, 0.015, "left", "bottom"),
    }
    for cluster, (x, y, across, up) in places.items():
        axes.text(
            x,
            y,
            words.say(f"atlas_cluster.{cluster}", scene.language),
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
        scene.word(
            "count_of", label=words.say(f"atlas_cluster.{name}", scene.language), count=count
        )
        for name, count in counts.items()
    ]
    return scene.word("moran_scatter.alt", title=title, told=told, parts=parts)


@drawing("pattern")
def pattern_test(scene: Scene, *, variable: str = "composite") -> Sheet:
    """Draw how far each group lies above or below the rest, with the p-values of every null.

    Parameters
    ----------
    results : Results
        With the table ``pattern``.
    year : int, optional
        The last one by default.
    language, width : str
        As in `graded_map`.
    variable : str
        ``composite`` or a dimension's code.

    Returns
    -------
    Sheet
    """
    table = scene.of_year("pattern", variable=variable)
    table = table[table["difference"].notna()].drop_duplicates("group")
    if table.empty:
        raise InputError("figures.nothing", table="pattern", asked=[variable])
    shown = [column for column in P_COLUMNS if column in table and table[column].notna().any()]
    labels = [
        scene.word("count_in", name=scene.group(str(group)), count=int(n))
        for group, n in zip(table["group"], table["n"], strict=True)
    ]
    names, room = name_rows(scene, labels, 0.36)
    column = 3.0 * scene.layout.text * 0.9
    wide = column * len(shown) if scene.layout.width > 100 else 0.0
    title = scene.titled("pattern_test", variable=scene.variable(variable))
    body = len(names) * scene.layout.line * 1.12 + 19
    notes = [scene.word("pattern_test.note")]
    notes += [scene.word("pattern_test.nulls")] if wide else []
    sheet = scene.sheet(body, title, *notes)
    axes = row_axes(sheet, names, room, right=wide + 3, above=8)
    rows = np.arange(len(table))
    values = table["difference"].to_numpy(dtype=float)
    beyond = table["verdict"].isin(["higher", "lower"]).to_numpy()
    zero_line(axes)
    axes.hlines(rows, 0, values, color=MUTED, linewidth=0.9)
    for held, fill in ((beyond, "#2c6aaa"), (~beyond, PAPER)):
        axes.plot(
            values[held],
            rows[held],
            "o",
            color=fill,
            markeredgecolor=INK,
            markeredgewidth=0.8,
            markersize=5,
        )
    reach = max(float(np.abs(values).max()) * 1.15, 0.01)
    axes.set_xlim(-reach, reach)
    quiet_numbers(axes, "x", most=7)
    axes.set_xlabel(scene.word("axis.difference"))
    if wide:
        _p_columns(sheet, scene, table, shown, column)
    sheet.alternative_text = _told_pattern(scene, title, table)
    return sheet


def _p_columns(
    sheet: Sheet, scene: Scene, table: pd.DataFrame, shown: list[str], column: float
) -> None:
    """Write the p-values beside the rows, a column a null."""
    layout, size = scene.layout, scene.layout.text * 0.88
    start = layout.width - EDGE - column * len(shown)
    high = sheet.body - 9 - 8
    for place, name in enumerate(shown):
        x = (start + (place + 1) * column - 0.5) / layout.width
        head = (sheet.below + sheet.body - 2) / sheet.tall
        sheet.text(
            x, head, scene.word(f"null.{name}"), ha="right", va="top", size=size, color=MUTED
        )
        for row, p in enumerate(table[name]):
            y = sheet.below + 9 + high * (1 - (row + 0.5) / len(table))
            told = "–" if pd.isna(p) else ("<0.001" if p < 0.001 else f"{p:.3f}")
            weight = "bold" if pd.notna(p) and p < 0.05 else "normal"
            sheet.text(x, y / sheet.tall, told, ha="right", va="center", size=size, weight=weight)


def _told_pattern(scene: Scene, title: str, table: pd.DataFrame) -> str:
    found = table[table["verdict"].isin(["higher", "lower"])]
    names = [scene.group(str(group)) for group in found["group"]]
    ordered = table.sort_values("difference", kind="stable")

    def told(row: pd.Series) -> str:
        value = number(float(row["difference"]))
        return scene.word("name_value", name=scene.group(str(row["group"])), value=value)

    return scene.word(
        "pattern_test.alt",
        title=title,
        high=told(ordered.iloc[-1]),
        low=told(ordered.iloc[0]),
        count=len(found),
        names=scene.listed(names),
    )
