"""Small drawings of a profile: where a region lies, its score over the years."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from markupsafe import Markup

from geo_resilience.maps.figures._regions import canvas_of
from geo_resilience.report._blocks import History
from geo_resilience.report.writers._look import Look

if TYPE_CHECKING:
    import geopandas as gpd

#: Steps across the map: a tenth of a millimetre where it is 60 mm wide.
STEPS = 600

#: A region smaller than this is ringed.
SMALL = 24


@dataclass(frozen=True)
class Locator:
    """Regions as paths of SVG on a sheet of so many steps.

    - ``rings``: where a region is too small to be seen: its middle.
    """

    width: int
    height: int
    paths: Mapping[str, str]
    rings: Mapping[str, tuple[int, int]]

    @property
    def ground(self) -> str:
        """All regions as one path."""
        return "".join(self.paths.values())


def located(frame: gpd.GeoDataFrame) -> Locator:
    """Draw regions small, parts outside the frame of the larger maps left out."""
    ground = canvas_of(frame).ground
    west, south, east, north = ground.frame
    scale = (STEPS - 4) / (east - west)
    height = round((north - south) * scale) + 4
    box = shapely.box(*ground.frame)
    paths, rings = {}, {}
    for key, shape in ground.shapes.items():
        parts = [part for part in shape.geoms if part.intersects(box)]
        paths[key] = "".join(_paths(parts, west, north, scale))
        low = shapely.total_bounds(parts) if parts else None
        if low is not None and max(low[2] - low[0], low[3] - low[1]) * scale < SMALL:
            middle = ((low[0] + low[2]) / 2 - west, north - (low[1] + low[3]) / 2)
            rings[key] = (round(middle[0] * scale) + 2, round(middle[1] * scale) + 2)
    return Locator(STEPS, height, paths, rings)


def _paths(parts: list[shapely.Polygon], west: float, north: float, scale: float) -> Iterator[str]:
    """Write the rings of polygons, each point as the way from the one before."""
    for part in parts:
        for ring in (part.exterior, *part.interiors):
            points = shapely.get_coordinates(ring)
            places = np.column_stack([points[:, 0] - west, north - points[:, 1]])
            steps = np.rint(places * scale).astype(int) + 2
            ways = np.diff(steps, axis=0)
            ways = ways[(ways != 0).any(axis=1)]
            if len(ways) < 3:
                continue
            told = "".join(f"{x}{'' if y < 0 else ' '}{y} " for x, y in ways.tolist()[:-1])
            yield f"M{steps[0, 0]} {steps[0, 1]}l{told.strip()}z"


#: Size of the drawing of a history, the room left of it, below and right of it, in its own steps.
WIDE, TALL, LEFT, BELOW, RIGHT = 300, 122, 22, 14, 26

#: Most years named below it.
NAMED_YEARS = 8


def history_drawn(history: History, look: Look, told: str) -> Markup:
    """Draw a score over the years with its interval beside the mean of all, as SVG."""
    known = [*history.values, *history.means, *history.lows, *history.highs]
    ticks = ticks_of([each for each in known if not math.isnan(each)])
    low, high = ticks[0], ticks[-1]
    count = len(history.years)
    gap = (WIDE - LEFT - RIGHT) / max(count - 1, 1)

    def across(place: int) -> float:
        return LEFT + gap * place if count > 1 else (LEFT + WIDE - RIGHT) / 2

    def up(value: float) -> float:
        return 6 + (TALL - BELOW - 6) * (high - value) / (high - low)

    def line(values: Sequence[float]) -> str:
        return " ".join(
            f"{across(place):.1f},{up(value):.1f}"
            for place, value in enumerate(values)
            if not math.isnan(value)
        )

    parts = [_grid(tick, up(tick), look) for tick in ticks]
    if history.lows:
        parts.append(_band(history, across, up, look))
    parts.append(
        Markup('<polyline points="{}" fill="none" stroke="{}" stroke-dasharray="3 2"/>').format(
            line(history.means), look.muted
        )
    )
    parts.append(
        Markup('<polyline points="{}" fill="none" stroke="{}" stroke-width="1.8"/>').format(
            line(history.values), look.accent
        )
    )
    step = math.ceil(count / NAMED_YEARS)
    for place, value in enumerate(history.values):
        if not math.isnan(value):
            parts.append(_dot(across(place), up(value), look))
        if (count - 1 - place) % step == 0:
            parts.append(_text(across(place), TALL - 3, history.years[place], look, "middle"))
    if not math.isnan(history.values[-1]):
        last = f"{history.values[-1]:.3f}"
        parts.append(_text(across(count - 1) + 5, up(history.values[-1]) + 3, last, look, "start"))
    return Markup(
        '<svg class="history" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(WIDE, TALL, told, Markup("").join(parts))


def ticks_of(values: Sequence[float]) -> list[float]:
    """Give even round values, at most six, that hold all values.

    Examples
    --------
    >>> ticks_of([0.24, 0.53, 0.74])
    [0.2, 0.4, 0.6, 0.8]
    """
    low, high = min(values), max(values)
    spread = max(high - low, 0.02)
    step = next(
        each * 10**power
        for power in range(-3, 9)
        for each in (1, 2, 5)
        if spread <= 4 * each * 10**power
    )
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(place * step, 6) for place in range(first, max(last, first + 1) + 1)]


def _grid(tick: float, height: float, look: Look) -> Markup:
    """Draw a line of the grid with its value."""
    line = Markup('<path d="M{} {:.1f}H{}" stroke="{}" stroke-width=".5"/>').format(
        LEFT - 4, height, WIDE - RIGHT + 4, look.rule
    )
    return line + _text(LEFT - 7, height + 3, f"{tick:g}".replace("-", "\u2212"), look, "end")


def _band(
    history: History, across: Callable[[int], float], up: Callable[[float], float], look: Look
) -> Markup:
    """Draw the interval: a band over the years, a bar where there is one."""
    ends = [
        (place, low, high)
        for place, (low, high) in enumerate(zip(history.lows, history.highs, strict=True))
        if not math.isnan(low + high)
    ]
    half = 4 if len(history.years) == 1 else 0
    upper = [f"{across(place) - half:.1f},{up(high):.1f}" for place, _, high in ends]
    lower = [f"{across(place) + half:.1f},{up(low):.1f}" for place, low, _ in reversed(ends)]
    if half and ends:
        (_, low, high) = ends[0]
        upper.append(f"{across(0) + half:.1f},{up(high):.1f}")
        lower.append(f"{across(0) - half:.1f},{up(low):.1f}")
    return Markup('<polygon points="{}" fill="{}"/>').format(" ".join(upper + lower), look.band)


def _dot(x: float, y: float, look: Look) -> Markup:
    return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="2" fill="{}"/>').format(x, y, look.accent)


def _text(x: float, y: float, text: str, look: Look, anchor: str) -> Markup:
    return Markup(
        '<text x="{:.1f}" y="{:.1f}" font-size="8" font-family="{}" fill="{}" text-anchor="{}">'
        "{}</text>"
    ).format(x, y, look.family.replace('"', "'"), look.muted, anchor, text)
