"""What a printed map needs around its regions: graticule, scale, north, inset, legend."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Polygon, Rectangle

from geo_resilience import words
from geo_resilience.maps.drawing._geometry import Ground
from geo_resilience.maps.drawing._style import NO_DATA
from geo_resilience.maps.figures._regions import Canvas
from geo_resilience.maps.figures._style import (
    HAIR,
    INK,
    MUTED,
    Layout,
    shortened,
    text_width,
)

#: Rows of a legend in lines of text, and the width of a swatch in rows.
STEP, BOX = 1.12, 1.25

#: Degrees between lines of the graticule: the first that gives at most ten over the extent.
SPACINGS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30)


@dataclass(frozen=True)
class Entry:
    """A row of a legend: a fill (None: hatched as no data), a hatch or a line; a count."""

    label: str
    color: str | None = None
    count: int | None = None
    line: dict[str, Any] | None = None
    hatch: str = ""


def add_graticule(axes: Axes, canvas: Canvas, layout: Layout, language: str) -> None:
    """Draw meridians and parallels under the regions, with their degrees at the frame."""
    ground, view = canvas.ground, canvas.view()
    degrees, grid = _transforms(ground)
    west, south, east, north = view
    edge = np.linspace(0, 1, 25)
    xs = np.r_[west + edge * (east - west), west + edge * (east - west), 0 * edge + west]
    ys = np.r_[0 * edge + south, 0 * edge + north, south + edge * (north - south)]
    xs = np.r_[xs, 0 * edge + east]
    ys = np.r_[ys, south + edge * (north - south)]
    lon, lat = degrees(xs, ys)
    usable = np.isfinite(lon) & np.isfinite(lat)
    if not usable.any():
        return
    lons = _round_degrees(lon[usable].min(), lon[usable].max())
    lats = _round_degrees(lat[usable].min(), lat[usable].max())
    span_lon = np.linspace(lons[0] - 20, lons[-1] + 20, 160) if len(lons) else np.empty(0)
    span_lat = np.linspace(max(lats[0] - 20, -89), min(lats[-1] + 20, 89), 120)
    lines = [_line(grid, np.full(120, each), span_lat) for each in lons]
    meridians = len(lines)
    lines += [_line(grid, span_lon, np.full(160, each)) for each in lats]
    axes.add_collection(LineCollection(lines, colors=HAIR, linewidths=0.4, zorder=1), autolim=False)
    size = layout.text * 0.75
    for place, line in enumerate(lines):
        value = lons[place] if place < meridians else lats[place - meridians]
        text = degrees_told(value, language, meridian=place < meridians)
        _degree(axes, line, view, text, size, place < meridians)


def _degree(
    axes: Axes, line: np.ndarray, view: Sequence[float], text: str, size: float, meridian: bool
) -> None:
    """Write a line's degrees where it meets the lower or left side of the frame."""
    west, south, east, north = view
    along, across = (0, 1) if meridian else (1, 0)
    at, low, high = (south, west, east) if meridian else (west, south, north)
    before, after = line[:-1], line[1:]
    meets = (before[:, across] - at) * (after[:, across] - at) <= 0
    for place in np.flatnonzero(meets & np.isfinite(before).all(1) & np.isfinite(after).all(1)):
        step = after[place, across] - before[place, across]
        share = 0.5 if step == 0 else (at - before[place, across]) / step
        where = before[place, along] + share * (after[place, along] - before[place, along])
        margin = 0.03 * (high - low)
        if low + margin < where < high - margin:
            spot = (where, at) if meridian else (at, where)
            shift = (0, -1.5) if meridian else (-1.5, 0)
            side, up = ("center", "top") if meridian else ("right", "center")
            look: dict[str, Any] = {"ha": side, "va": up, "size": size, "color": MUTED}
            look |= {"textcoords": "offset points", "annotation_clip": False}
            axes.annotate(text, spot, xytext=shift, **look)
            return


def _transforms(ground: Ground) -> tuple[Any, Any]:
    from pyproj import Transformer

    there = Transformer.from_crs("EPSG:4326", ground.crs, always_xy=True)

    def grid(lon: Any, lat: Any) -> tuple[np.ndarray, np.ndarray]:
        x, y = there.transform(lon, lat)
        return np.asarray(x) / ground.step, np.asarray(y) / ground.step

    def degrees(x: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
        lon, lat = there.transform(
            np.asarray(x) * ground.step, np.asarray(y) * ground.step, direction="INVERSE"
        )
        return np.asarray(lon), np.asarray(lat)

    return degrees, grid


def grid_of(ground: Ground) -> Any:
    """Give the function from longitude and latitude to steps of the grid."""
    return _transforms(ground)[1]


def _line(grid: Any, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    x, y = grid(lon, lat)
    points = np.column_stack([x, y])
    return points[np.isfinite(points).all(axis=1)]


def _round_degrees(low: float, high: float) -> list[float]:
    spacing = next((each for each in SPACINGS if (high - low) / each <= 10), SPACINGS[-1])
    first = math.ceil(low / spacing - 1e-9)
    return [round(number * spacing, 6) for number in range(first, math.floor(high / spacing) + 1)]


def degrees_told(value: float, language: str, *, meridian: bool) -> str:
    """Write a longitude or latitude in a language, west and south as such."""
    turned = (value + 180) % 360 - 180 if meridian else value
    way = (("east", "west") if meridian else ("north", "south"))[int(turned < 0)]
    return words.say(f"atlas.degrees_{way}", language, value=f"{round(abs(turned), 6):g}")


def add_scale(axes: Axes, canvas: Canvas, map_mm: float, layout: Layout, language: str) -> float:
    """Draw a scale bar in axes of millimetres, its left end at (0, 0); give its length there."""
    west, _, east, _ = canvas.view()
    km_a_mm = (east - west) * canvas.ground.step / 1000 / map_mm
    length = _nice(0.2 * min(map_mm, 110) * km_a_mm)
    wide, high = length / km_a_mm, 1.0
    for place in range(2):
        look: dict[str, Any] = {"facecolor": "white" if place else INK, "edgecolor": INK}
        axes.add_patch(Rectangle((place * wide / 2, 0), wide / 2, high, linewidth=0.5, **look))
    size = layout.text * 0.82
    ends = words.say("atlas.kilometers", language, value=f"{length:g}")
    marks = ((0.0, "0"), (wide / 2, f"{length / 2:g}"), (wide, ends))
    for x, text in marks:
        axes.text(x, high + 0.7, text, size=size, ha="center" if x < wide else "left", va="bottom")
    return wide


def add_inset_scale(
    axes: Axes, bounds: Sequence[float], step: float, y: float, language: str, size: float
) -> None:
    """Draw the scale of an inset, whose map is smaller than the other, at a share of its height."""
    wide = bounds[2] - bounds[0]
    length = _nice(0.4 * wide * step / 1000)
    share = length * 1000 / step / wide
    look: dict[str, Any] = {"transform": axes.transAxes, "color": INK, "zorder": 6}
    xs, ys = [0.04, 0.04, 0.04 + share, 0.04 + share], [y + 0.012, y, y, y + 0.012]
    axes.plot(xs, ys, linewidth=0.6, scalex=False, scaley=False, **look)
    text = words.say("atlas.kilometers", language, value=f"{length:g}")
    axes.text(0.04 + share / 2, y + 0.012, text, ha="center", va="bottom", size=size, **look)


def _nice(size: float) -> float:
    power = 10.0 ** math.floor(math.log10(size))
    return max(step for step in (1, 2, 5) if step * power <= size * 1.0001) * power


def add_north(
    axes: Axes, canvas: Canvas, x: float, y: float, layout: Layout, language: str
) -> None:
    """Draw an arrow to the north of the map's middle, its foot at (x, y) in millimetres."""
    degrees, grid = _transforms(canvas.ground)
    west, south, east, north = canvas.view()
    lon, lat = degrees((west + east) / 2, (south + north) / 2)
    (ax, bx), (ay, by) = grid([lon, lon], [lat, lat + 0.05])
    angle = math.atan2(bx - ax, by - ay) if np.isfinite([ax, bx, ay, by]).all() else 0.0
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    for side, color in ((-1, "white"), (1, INK)):
        corners = np.array([[0, 6.0], [side * 1.7, 0], [0, 1.4]]) @ turn.T + [x, y]
        axes.add_patch(Polygon(corners, closed=True, facecolor=color, edgecolor=INK, linewidth=0.5))
    tip = np.array([0, 6.3]) @ turn.T + [x, y]
    word = words.say("atlas.north", language)
    axes.text(tip[0], tip[1], word, size=layout.text * 0.9, ha="center", va="bottom", weight="bold")


def legend_height(entries: Sequence[Entry], layout: Layout, columns: int = 1) -> float:
    """Give the millimetres that a legend needs, its title included."""
    rows = math.ceil(len(entries) / columns)
    return (rows + 1.5) * layout.line * STEP


def legend_width(entries: Sequence[Entry], layout: Layout) -> float:
    """Give the millimetres that a legend of one column needs to show every label whole."""
    rows = (text_width(each.label, layout.text) + _beside_label(each, layout) for each in entries)
    return max(rows, default=0.0)


def _beside_label(entry: Entry, layout: Layout) -> float:
    """Give the millimetres of a row of the legend that its label cannot have."""
    count = 0 if entry.count is None else layout.text * 0.9
    return BOX * STEP * layout.line + 1.8 + count


def classed(
    keys: Iterable[object], places: np.ndarray, labels: Sequence[str], colors: Sequence[str]
) -> tuple[dict[str, str | None], list[Entry]]:
    """Give each region's fill by its class (-1 for none), and the classes with their counts."""
    fills = {
        str(key): None if place < 0 else colors[place]
        for key, place in zip(keys, places, strict=True)
    }
    looks = enumerate(zip(labels, colors, strict=True))
    return fills, [Entry(*look, int((places == place).sum())) for place, look in looks]


def between(cuts: Sequence[str], language: str) -> list[str]:
    """Word the classes between cut points."""
    if not cuts:
        return [words.say("atlas.all_values", language)]
    return [
        words.say("figure.below", language, high=cuts[0]),
        *(
            words.say("figure.between", language, low=low, high=high)
            for low, high in pairwise(cuts)
        ),
        words.say("figure.above", language, low=cuts[-1]),
    ]


def add_legend(
    axes: Axes,
    entries: Sequence[Entry],
    layout: Layout,
    *,
    title: str,
    top: float,
    width: float,
    columns: int = 1,
) -> None:
    """Draw a legend in axes of millimetres, from the top down: swatch, label, count."""
    step = layout.line * STEP
    box_wide, box_high = BOX * step, 0.68 * step
    if title:
        told = shortened(title, width, layout.text)
        axes.text(0, top, told, size=layout.text, weight="bold", va="top")
    rows = math.ceil(len(entries) / columns)
    cell = width / columns
    for place, entry in enumerate(entries):
        column, row = divmod(place, rows)
        x, y = column * cell, top - (row + (1.95 if title else 0.95)) * step
        _swatch(axes, entry, x, y, box_wide, box_high)
        middle = y + box_high / 2
        count = "" if entry.count is None else f"{entry.count}"
        room = cell - _beside_label(entry, layout)
        label = shortened(entry.label, room, layout.text)
        axes.text(x + box_wide + 1.2, middle, label, size=layout.text, va="center")
        if count:
            look: dict[str, Any] = {"size": layout.text, "va": "center", "ha": "right"}
            axes.text(x + cell - 1.6, middle, count, color=MUTED, **look)


def _swatch(axes: Axes, entry: Entry, x: float, y: float, wide: float, high: float) -> None:
    if entry.line is not None:
        axes.plot([x, x + wide], [y + high / 2] * 2, solid_capstyle="butt", **entry.line)
        return
    look: dict[str, Any] = {"facecolor": entry.color or NO_DATA, "edgecolor": MUTED}
    look |= {"linewidth": 0.4, "hatch": entry.hatch or (None if entry.color else "//////")}
    axes.add_patch(Rectangle((x, y), wide, high, **look))


def millimetres(axes: Axes, width: float, height: float) -> None:
    """Let axes count millimetres from their lower left corner, nothing else drawn."""
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    axes.set_axis_off()
