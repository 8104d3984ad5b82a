"""Names on maps and charts that do not overlap: inside where they fit, else beside."""

from __future__ import annotations

import math
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import shapely
from matplotlib import patheffects
from matplotlib.axes import Axes

from geo_resilience.maps.figures._figure import Sheet
from geo_resilience.maps.figures._regions import Canvas
from geo_resilience.maps.figures._style import INK, MUTED, PAPER, POINTS_A_MM, shortened, text_width
from geo_resilience.results._ink import ink_on
from geo_resilience.statistics._arrays import Array

Box = tuple[float, float, float, float]


#: Directions in which a name may move away from its region, in the order of trying.
TURNS = tuple(math.radians(angle) for angle in (0, 315, 45, 270, 90, 225, 135, 180, 340, 20))


def add_names(
    axes: Axes,
    canvas: Canvas,
    names: Mapping[str, str],
    fills: Mapping[str, str | None],
    *,
    size: float,
    units_a_mm: float,
    halo: Container[str] = (),
) -> list[str]:
    """Write names so that no two overlap; give the keys that found no place.

    Names of regions in halo are kept clear of what is drawn over their fill.
    """
    anchors = {key: _anchor(canvas.ground.shapes[key]) for key in names}
    order = sorted(anchors, key=lambda key: -anchors[key][2])
    high = size * 1.15 / POINTS_A_MM * units_a_mm
    view = canvas.view()
    taken: list[Box] = []
    left_out = []
    homes = np.array([anchors[key][:2] for key in order])
    for key in order:
        x, y, radius = anchors[key]
        wide = text_width(names[key], size) * 0.95 * units_a_mm
        others = homes[(homes != [x, y]).any(axis=1)] if len(homes) > 1 else np.empty((0, 2))
        spot = _spot(x, y, radius, wide, high, view, taken, others)
        if spot is None:
            left_out.append(key)
            continue
        taken.append(_box(spot[0], spot[1], wide, high))
        inside = (x, y) == spot and _holds(canvas.ground.shapes[key], taken[-1])
        _write(axes, names[key], spot, (x, y), fills.get(key), inside, size, key in halo)
    return left_out


def _anchor(shape: shapely.MultiPolygon) -> tuple[float, float, float]:
    """Middle of the largest circle in the largest part, and its radius."""
    largest = max(shape.geoms, key=lambda part: part.area)
    west, south, east, north = largest.bounds
    near = max(east - west, north - south) / 40 or 1.0
    line = shapely.maximum_inscribed_circle(largest, tolerance=near)
    (x, y), _ = line.coords
    return x, y, line.length


def _holds(shape: shapely.MultiPolygon, box: Box) -> bool:
    """Whether a name stands on its own region alone, so that it needs no rim."""
    return bool(shapely.contains(shape, shapely.box(*box)))


def _box(x: float, y: float, wide: float, high: float) -> Box:
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def _spot(
    x: float,
    y: float,
    radius: float,
    wide: float,
    high: float,
    view: Sequence[float],
    taken: Sequence[Box],
    others: np.ndarray,
) -> tuple[float, float] | None:
    """Find the first place that is free: on the region, then in rings around it."""
    tried = [(x, y)]
    for ring in (0.75, 1.3, 1.9, 2.6, 3.4):
        for turn in TURNS:
            dx, dy = math.cos(turn), math.sin(turn)
            reach_x = wide / 2 * abs(dx) + ring * high
            reach_y = high / 2 * abs(dy) + ring * high
            tried.append((x + dx * (reach_x + radius * 0.4), y + dy * (reach_y + radius * 0.4)))
    for place, spot in enumerate(tried):
        box = _box(*spot, wide, high)
        if place == 0 and wide > 5.5 * radius:
            continue
        if _within(box, view) and not any(_meet(box, other) for other in taken):
            covers = (
                (others[:, 0] > box[0] - 0.1 * high)
                & (others[:, 0] < box[2] + 0.1 * high)
                & (others[:, 1] > box[1])
                & (others[:, 1] < box[3])
            )
            if not covers.any():
                return spot
    return None


def _within(box: Box, view: Sequence[float]) -> bool:
    return box[0] >= view[0] and box[1] >= view[1] and box[2] <= view[2] and box[3] <= view[3]


def _write(
    axes: Axes,
    name: str,
    spot: tuple[float, float],
    home: tuple[float, float],
    fill: str | None,
    inside: bool,
    size: float,
    halo: bool,
) -> None:
    color = ink_on(fill, INK) if inside and fill is not None else INK
    if spot != home:
        axes.plot([home[0], spot[0]], [home[1], spot[1]], color=MUTED, linewidth=0.4, zorder=4)
        axes.plot([home[0]], [home[1]], "o", color=INK, markersize=1.2, zorder=4)
    effects = []
    if not inside:
        effects = [patheffects.withStroke(linewidth=1.6, foreground=PAPER, alpha=0.9)]
    elif halo and fill is not None:
        effects = [patheffects.withStroke(linewidth=2.0, foreground=fill)]
    look: dict[str, Any] = {"ha": "center", "va": "center", "zorder": 5, "clip_on": True}
    axes.text(*spot, name, size=size, color=color, path_effects=effects, **look)


#: A line through the plot: its points in the data's units.
Line = Sequence[tuple[float, float]]


def label_points(
    axes: Axes,
    sheet: Sheet,
    points: pd.DataFrame,
    names: Mapping[str, str],
    *,
    size: float,
    mark: float = 5.0,
    longest: float = 32.0,
    lines: Sequence[Line] = (),
) -> None:
    """Name points (columns x and y by key) beside them where there is room, in the order given.

    Of many the first 60 may have a name; none lies on another point.
    """
    place = axes.get_position()
    wide, tall = place.width * sheet.layout.width, place.height * sheet.tall
    spots = _millimetres(axes, points[["x", "y"]].to_numpy(dtype=float), wide, tall)
    on_lines = [_stepped(_millimetres(axes, np.array(line), wide, tall)) for line in lines]
    passed = np.concatenate(on_lines) if on_lines else np.empty((0, 2))
    half = mark / POINTS_A_MM / 2
    taken = np.concatenate([spots - half, spots + half], axis=1)
    for own, (key, (x, y)) in enumerate(zip(points.index[:60], spots[:60], strict=True)):
        name = shortened(str(names.get(str(key), key)), longest, size)
        others = np.delete(taken, own, axis=0)
        free = [
            (box, shift, lift, across, up)
            for box, shift, lift, across, up in _choices(name, x, y, size, half)
            if box[0] >= 0
            and box[2] <= wide + 3
            and box[1] >= 0
            and box[3] <= tall
            and not _meets(box, others)
        ]
        if not free:
            continue
        clear = [choice for choice in free if not _crossed(choice[0], passed)]
        box, shift, lift, across, up = (clear or free)[0]
        taken = np.vstack([taken, box])
        look: dict[str, Any] = {"ha": across, "va": up, "size": size, "color": INK}
        offset = (shift * POINTS_A_MM, lift * POINTS_A_MM)
        spot = points.loc[key, ["x", "y"]].to_numpy(dtype=float)
        axes.annotate(name, spot, xytext=offset, textcoords="offset points", **look)


def _millimetres(axes: Axes, points: Array, wide: float, tall: float) -> np.ndarray:
    flat = axes.transAxes.inverted().transform(axes.transData.transform(points))
    return np.asarray(flat * [wide, tall])


def _stepped(line: np.ndarray) -> np.ndarray:
    """Give points about every millimetre along a line."""
    parts = [line[:1]]
    for before, after in pairwise(line):
        steps = max(1, int(np.ceil(np.hypot(*(after - before)))))
        parts.append(before + np.linspace(0, 1, steps + 1)[1:, None] * (after - before))
    return np.concatenate(parts)


def _choices(
    name: str, x: float, y: float, size: float, half: float
) -> Iterator[tuple[Box, float, float, str, str]]:
    """Give places around a point: the box of the name, its shift from the point, its anchor."""
    wide, high = text_width(name, size) * 0.97, size * 1.1 / POINTS_A_MM
    gap = half + 0.4
    near = half * 0.8
    spots = (
        (gap, 0.0, "left", "center"),
        (-gap, 0.0, "right", "center"),
        (0.0, gap, "center", "bottom"),
        (0.0, -gap, "center", "top"),
        (near, near, "left", "bottom"),
        (near, -near, "left", "top"),
        (-near, near, "right", "bottom"),
        (-near, -near, "right", "top"),
    )
    for shift, lift, across, up in spots:
        start = x + shift - {"left": 0.0, "right": wide, "center": wide / 2}[across]
        foot = y + lift - {"bottom": 0.0, "top": high, "center": high / 2}[up]
        yield (start, foot, start + wide, foot + high), shift, lift, across, up


def _crossed(box: Box, passed: np.ndarray) -> bool:
    x, y = passed[:, 0], passed[:, 1]
    return bool(((x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3])).any())


def _meet(one: Sequence[float], other: Sequence[float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _meets(one: Box, others: np.ndarray) -> bool:
    west, south, east, north = others.T
    return bool(((one[0] < east) & (west < one[2]) & (one[1] < north) & (south < one[3])).any())
