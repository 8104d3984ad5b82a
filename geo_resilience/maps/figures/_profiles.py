"""Figures of what makes a region strong or weak: radar, obstacles, quotients, coupling."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib import patheffects
from matplotlib.axes import Axes

from geo_resilience import words
from geo_resilience.errors import InputError
from geo_resilience.maps.drawing._style import DIVERGING, class_colors, class_of
from geo_resilience.maps.figures._charts import (
    chart_axes,
    dots,
    fitting,
    legend_above,
    legend_inside,
    looks,
    name_rows,
    quiet_numbers,
    region_rows,
    row_axes,
    scatter_axes,
    zero_line,
)
from geo_resilience.maps.figures._context import Scene, drawing, number, one_of, some
from geo_resilience.maps.figures._figure import EDGE, Sheet
from geo_resilience.maps.figures._furniture import between, classed
from geo_resilience.maps.figures._map_plate import region_map
from geo_resilience.maps.figures._names import label_points
from geo_resilience.maps.figures._style import HAIR, MUTED, PAPER, shortened, wrapped

#: Ratios at which location quotients are cut into classes, alike on both sides of 1.
_RATIOS = (0.25, 0.5, 1.0, 2.0, 4.0)


@drawing("scores")
def radar(scene: Scene, *, grouping: str = "", indicators: bool | None = None) -> Sheet:
    """Draw the means of areas on each dimension as a radar.

    grouping : str
        Whose groups are compared; ``areas`` where there are, else the zones.
    indicators : bool, optional
        Whether the axes are indicators; by default where there are fewer than three dimensions.
    """
    chosen = _compared(scene, grouping)
    codes = [dimension.code for dimension in scene.results.framework.dimensions]
    wanted = len(codes) < 3 if indicators is None else indicators
    table = scene.of_year("scores" if not wanted else "indicators").set_index("adcode")
    codes = list(scene.results.framework.codes) if wanted else codes
    codes = [code for code in codes if code in table.columns]
    means = {
        group.id: table.loc[[key for key in group.members if key in table.index], codes].mean()
        for group in chosen.groups
    }
    means = {name: row for name, row in means.items() if row.notna().any()}
    if not means or len(codes) < 3:
        raise InputError("figures.nothing", table="scores", asked=[grouping or "areas"])
    title = scene.titled("radar_indicators" if wanted else "radar")
    wide = scene.layout.width > 100
    rows = 0 if wide else -(-len(means) // 2)
    size = min(0.5 * scene.layout.width, 92) if wide else 42.0
    below = 8 + rows * scene.layout.line * 1.05
    sheet = scene.sheet(size + below + 8, title, scene.word("radar.note"))
    left = EDGE + (22 if wide else (scene.layout.width - 2 * EDGE - size) / 2)
    axes = sheet.room(left, below, size, size, polar=True)
    _radar_axes(axes, scene, codes)
    angles = np.linspace(0, 2 * np.pi, len(codes), endpoint=False)
    handles = []
    most = 0.32 * scene.layout.width - 14 if wide else scene.layout.width / 2 - 16
    for (name, row), look in zip(means.items(), looks(len(means)), strict=True):
        values = np.r_[row.to_numpy(dtype=float), row.iloc[0]]
        label = shortened(scene.group(name), most, scene.layout.text)
        style = {"linewidth": 1.4, "markersize": 3.8, "label": label, **look}
        handles += axes.plot(np.r_[angles, angles[0]], values, **style)
    legend: dict[str, Any] = {"loc": "center left", "bbox_to_anchor": (0.68, 0.5), "ncols": 1}
    if not wide:
        place = (0.5, sheet.below / sheet.tall)
        legend = {"loc": "lower center", "bbox_to_anchor": place, "ncols": 2}
    sheet.legend(
        handles=handles, frameon=False, fontsize=scene.layout.text, handlelength=3, **legend
    )
    sheet.alternative_text = _told_radar(scene, title, means, codes)
    return sheet


def _compared(scene: Scene, grouping: str) -> Any:
    groupings = scene.results.groupings or {}
    if grouping and grouping not in groupings:
        raise InputError("figures.group_unknown", found=grouping, known=list(groupings))
    chosen = groupings.get(grouping) if grouping else groupings.get("areas") or scene.zones()
    if chosen is None:
        raise InputError("figures.no_zones")
    return chosen


def _radar_axes(axes: object, scene: Scene, codes: list[str]) -> None:
    from matplotlib.projections.polar import PolarAxes

    assert isinstance(axes, PolarAxes)
    axes.set_theta_zero_location("N")
    axes.set_theta_direction(-1)
    axes.set_ylim(0, 1)
    axes.set_yticks(
        [0.2, 0.4, 0.6, 0.8, 1.0],
        ["0.2", "0.4", "0.6", "0.8", "1"],
        size=scene.layout.text * 0.8,
        color=MUTED,
    )
    axes.set_rlabel_position(360 / len(codes) / 2)
    rim = [patheffects.withStroke(linewidth=1.8, foreground=PAPER)]
    for label in axes.get_yticklabels():
        label.set(path_effects=rim, zorder=6)
    axes.set_axisbelow(True)
    angles = np.linspace(0, 2 * np.pi, len(codes), endpoint=False)
    most = 34 if scene.layout.width > 100 else 18
    names = [_two_lines(scene.variable(code), most, scene.layout.text) for code in codes]
    labels = axes.set_thetagrids(np.degrees(angles), names)[1]
    for label, angle in zip(labels, angles, strict=True):
        side = np.sin(angle)
        label.set_horizontalalignment(
            "center" if abs(side) < 0.2 else "left" if side > 0 else "right"
        )
    axes.tick_params(axis="x", pad=1)
    axes.grid(color=HAIR, linewidth=0.5)
    axes.spines["polar"].set_color(HAIR)


def _two_lines(name: str, most: float, size: float) -> str:
    """Break a name into two lines at most."""
    first, *rest = wrapped(name, most, size)
    return first if not rest else f"{first}\n{shortened(' '.join(rest), most, size)}"


def _told_radar(scene: Scene, title: str, means: dict[str, pd.Series], codes: list[str]) -> str:
    frame = pd.DataFrame(means)
    parts = [
        scene.word(
            "radar.part",
            variable=scene.variable(code),
            high=scene.group(str(frame.loc[code].idxmax())),
            high_value=number(float(frame.loc[code].max()), 2),
            low=scene.group(str(frame.loc[code].idxmin())),
            low_value=number(float(frame.loc[code].min()), 2),
        )
        for code in codes
        if frame.loc[code].notna().any()
    ]
    return scene.word("radar.alt", title=title, parts=scene.joined(parts))


@drawing("obstacles")
def obstacle_bars(scene: Scene) -> Sheet:
    """Draw what holds the index back: the mean obstacle degree of each indicator."""
    table = scene.of_year("obstacles", level="indicator")
    wide = table.pivot(index="adcode", columns="code", values="degree")
    means = wide.mean().dropna().sort_values(ascending=False, kind="stable")
    codes = list(some(means, "obstacles", "degree").index[:20])
    names, room = name_rows(scene, [scene.variable(code) for code in codes], 0.38)
    title = scene.titled("obstacle_bars")
    body = len(codes) * scene.layout.line * 1.3 + 18
    sheet = scene.sheet(body, title, scene.word("obstacle_bars.note"))
    axes = row_axes(sheet, names, room, above=7, right=6)
    rows = np.arange(len(codes))
    axes.barh(rows, means[codes], height=0.62, color="#c8d3da", zorder=2)
    zones = scene.zones()
    groups = [] if zones is None else zones.groups
    handles = []
    for group, look in zip(groups, looks(len(groups)), strict=True):
        held = [key for key in group.members if key in wide.index]
        if held:
            mark: dict[str, Any] = {**look, "linestyle": "", "label": scene.group(group.id)}
            mark |= {"markeredgecolor": PAPER, "markeredgewidth": 0.4, "markersize": 5.2}
            handles += axes.plot(wide.loc[held, codes].mean(), rows, zorder=3, **mark)
    axes.set_xlim(left=0)
    quiet_numbers(axes, "x", percent=True)
    axes.set_xlabel(scene.word("axis.obstacle"))
    if handles:
        legend_above(axes, sheet, handles)
    told = [
        scene.word("name_value", name=scene.variable(code), value=f"{means[code]:.1%}")
        for code in codes[:3]
    ]
    sheet.alternative_text = scene.word("obstacle_bars.alt", title=title, first=told)
    return sheet


@drawing("specialization")
def quotient_dots(scene: Scene, *, industry: str = "") -> Sheet:
    """Draw how much a region specializes in an industry, a dot a region.

    industry : str
        Code of the industry; the first one of the table by default.
    """
    values, code = _quotients(scene, industry)
    ordered = values.sort_values(ascending=False, kind="stable")
    title = scene.titled("quotient_dots", industry=scene.variable(code))
    note = scene.word("quotient_dots.note")
    sheet, axes, keys, _ = region_rows(scene, list(ordered.index), title, note, extra=13)
    rows, shown = np.arange(len(keys)), ordered[keys].to_numpy()
    zero_line(axes, at=1.0)
    axes.hlines(rows, 1, shown, color=MUTED, linewidth=0.8)
    above = shown > 1
    for held, fill in ((above, "#2c6aaa"), (~above, PAPER)):
        dots(axes, shown[held], rows[held], "o", fill, edge="#2c6aaa")
    axes.set_xlim(0, max(float(shown.max()) * 1.05, 1.2))
    quiet_numbers(axes, "x", most=8)
    axes.set_xlabel(scene.word("axis.quotient"))
    counts = {"count": int((ordered > 1).sum()), "total": len(ordered)}
    ends = scene.ends(ordered, digits=2)
    sheet.alternative_text = scene.word("quotient_dots.alt", title=title, ends=ends, **counts)
    return sheet


@drawing("specialization")
def quotient_map(scene: Scene, *, industry: str = "") -> Sheet:
    """Draw on a map how much regions specialize in an industry, above and below the nation.

    industry : str
        Code of the industry; the first one of the table by default.
    """
    values, code = _quotients(scene, industry)
    colors = class_colors(len(_RATIOS) + 1, DIVERGING)
    classes = class_of(values.to_numpy(), _RATIOS)
    labels = between([f"{ratio:g}" for ratio in _RATIOS], scene.language)
    fills, entries = classed(values.index, classes, labels, colors)
    title = scene.titled("quotient_dots", industry=scene.variable(code))
    note = scene.word("quotient_map.note")
    sheet, *_ = region_map(scene, title, "quotient", fills, entries[::-1], note)
    sheet.alternative_text = scene.word(
        "quotient_map.alt",
        title=title,
        ends=scene.ends(values, digits=2),
        count=int((values > 1).sum()),
        total=len(values),
    )
    return sheet


def _quotients(scene: Scene, industry: str) -> tuple[pd.Series, str]:
    """Give the quotients of an industry by region, and which industry that is."""
    table = scene.of_year("specialization", measure="location_quotient")
    table, code = one_of(table, "specialization", "industry", industry)
    values = table[table["adcode"] != ""].set_index("adcode")["value"].astype(float).dropna()
    return some(values, "specialization", code), code


@drawing("coupling")
def coupling_scatter(scene: Scene, *, form: str = "corrected") -> Sheet:
    """Draw coupling against development, with lines of equal coordination.

    form : str
        ``corrected`` or ``classic``.
    """
    table = scene.of_year("coupling", form=form).set_index("adcode")
    table = table.rename(columns={"development": "x", "coupling": "y"})
    table = some(table[table[["x", "y"]].notna().all(axis=1)], "coupling", form)
    title = scene.titled("coupling_scatter")
    body = min(max(0.6 * scene.layout.width, 68), 110)
    sheet = scene.sheet(
        body, title, scene.word("coupling_scatter.note"), scene.word(f"coupling_{form}")
    )
    axes = chart_axes(sheet, right=8)
    reach = min(max(float(table["x"].max()) * 1.15, 0.2), 1.0)
    low = max(float(table["y"].min()) - 0.06, 0.0)
    axes.set_xlim(0, reach)
    axes.set_ylim(low, min(1.02, float(table["y"].max()) + 0.06))
    _equal_lines(axes, scene, reach)
    grades = scene.of_year("scores").set_index("adcode")["grade"].astype(object)
    for grade, color in scene.found.grading.by_name.items():
        held = table[[grades.get(key) == grade for key in table.index]]
        size = fitting(len(table))
        dots(axes, held["x"], held["y"], "o", color, size=size, label=scene.grade(grade))
    scatter_axes(axes, scene.word("axis.development"), scene.word("axis.coupling"))
    legend_inside(axes, scene)
    order = table.sort_values("coordination", ascending=False, kind="stable")
    mark = fitting(len(order))
    label_points(axes, sheet, order, scene.names, size=scene.layout.text * 0.82, mark=mark)
    stages = table["stage"].value_counts()
    parts = [
        scene.word(
            "count_of", label=words.say(f"coordination.{stage}", scene.language), count=int(count)
        )
        for stage, count in stages.items()
        if words.has(f"coordination.{stage}")
    ]
    ends = scene.ends(table["coordination"])
    sheet.alternative_text = scene.word("coupling_scatter.alt", title=title, ends=ends, parts=parts)
    return sheet


def _equal_lines(axes: Axes, scene: Scene, reach: float) -> None:
    """Draw lines on which the degree of coordination, sqrt(C T), is the same."""
    low, high = axes.get_ylim()
    labelled = -reach
    for place in range(1, 10):
        degree = place / 10
        ys = np.linspace(low, high, 60)
        xs = degree**2 / np.maximum(ys, 1e-9)
        if xs[-1] >= reach or xs[-1] < 0.02 * reach:
            continue
        axes.plot(xs, ys, color=HAIR, linewidth=0.7, zorder=1)
        if xs[-1] - labelled < 0.035 * reach * 180 / scene.layout.width:
            continue
        labelled = xs[-1]
        look: dict[str, Any] = {
            "size": scene.layout.text * 0.8,
            "color": MUTED,
            "annotation_clip": False,
        }
        above: dict[str, Any] = {
            "xytext": (0, 1),
            "textcoords": "offset points",
            "ha": "center",
            "va": "bottom",
        }
        axes.annotate(f"{degree:g}", (xs[-1], high), **above, **look)
