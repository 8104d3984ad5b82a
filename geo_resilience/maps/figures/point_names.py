"""Names of points in a chart: beside them where there is room, away from lines where that goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from geo_resilience.maps.figures.sheets import Sheet
from geo_resilience.maps.figures.style import INK, POINTS_A_MM, shortened, text_width

__all__ = ["label_points"]

Box = tuple[float, float, float, float]

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

    Parameters
    ----------
    axes : Axes
        Its limits must be final.
    sheet : Sheet
    points : DataFrame
        In the order of importance: who finds no room stays unnamed.
    names : mapping
    size : float
        Points of text.
    mark : float
        Size of the marks in points.
    longest : float
        Millimetres after which a name is cut.
    lines : sequence of lines
        Drawn lines that names avoid where they can.
    """
    place = axes.get_position()
    wide, tall = place.width * sheet.layout.width, place.height * sheet.tall
    spots = _millimetres(axes, points[["x", "y"]].to_numpy(dtype=float), wide, tall)
    on_lines = [_stepped(_millimetres(axes, np.array(line), wide, tall)) for line in lines]
    passed = np.concatenate(on_lines) if on_lines else np.empty((0, 2))
    half = mark / POINTS_A_MM / 2
    taken: list[Box] = [(x - half, y - half, x + half, y + half) for x, y in spots]
    for own, (key, (x, y)) in enumerate(zip(points.index, spots, strict=True)):
        name = shortened(str(names.get(str(key), key)), longest, size)
        others = [box for number, box in enumerate(taken) if number != own]
        free = [
            (box, shift, lift, across, up)
            for box, shift, lift, across, up in _choices(name, x, y, size, half)
            if box[0] >= 0
            and box[2] <= wide + 3
            and box[1] >= 0
            and box[3] <= tall
            and not any(_meet(box, other) for other in others)
        ]
        if not free:
            continue
        clear = [choice for choice in free if not _crossed(choice[0], passed)]
        box, shift, lift, across, up = (clear or free)[0]
        taken.append(box)
        axes.annotate(
            name,
            points.loc[key, ["x", "y"]].to_numpy(dtype=float),
            xytext=(shift * POINTS_A_MM, lift * POINTS_A_MM),
            textcoords="offset points",
            ha=across,
            va=up,
            size=size,
            color=INK,
        )


def _millimetres(axes: Axes, points: NDArray[np.float64], wide: float, tall: float) -> np.ndarray:
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
