"""Grades of regions alike in size: tiles for provinces, circles for any regions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Patch, Rectangle

from geo_resilience.maps.drawing._cartograms import circles, tile_places
from geo_resilience.maps.drawing._style import NO_DATA
from geo_resilience.maps.figures._context import Scene
from geo_resilience.maps.figures._figure import EDGE, Sheet
from geo_resilience.maps.figures._furniture import Entry, add_legend, legend_height, millimetres
from geo_resilience.maps.figures._map_plate import MOST_NAMED, TALLEST
from geo_resilience.maps.figures._regions import Canvas, frame_axes
from geo_resilience.maps.figures._style import INK, MUTED, PAPER, wrapped
from geo_resilience.results._ink import ink_on

#: Area of all circles together, as a share of that of the regions' extent.
SHARE = 0.4

#: Side of a tile, where one takes the room of 1.
SIDE = 0.94


def equal_shapes(
    canvas: Canvas, form: str, sizes: Mapping[str, float] | None
) -> tuple[str, dict[str, Patch]]:
    """Give a shape a region, and of which form they are: tiles where every region has one."""
    places = tile_places(canvas.keys)
    alike = not form and sizes is None and len(places) == len(canvas.keys)
    if form == "tiles" or alike:
        return "tiles", _tiles(places)
    return "circles", _circles(canvas, sizes)


def _tiles(places: Mapping[str, tuple[int, int]]) -> dict[str, Patch]:
    return {
        key: Rectangle((column - SIDE / 2, -row - SIDE / 2), SIDE, SIDE)
        for key, (column, row) in places.items()
    }


def _circles(canvas: Canvas, sizes: Mapping[str, float] | None) -> dict[str, Patch]:
    """Give a circle a region, near where it lies; none where its size is blank or 0."""
    largest = [max(shape.geoms, key=lambda part: part.area) for shape in canvas.shapes]
    points = np.array([shapely.point_on_surface(part).coords[0] for part in largest])
    west, south, east, north = canvas.ground.frame
    values = np.array([1.0 if sizes is None else sizes.get(key, 0.0) for key in canvas.keys])
    centers, radii = circles(points, values, SHARE * (east - west) * (north - south))
    drawn = zip(canvas.keys, centers, radii, strict=True)
    return {key: Circle(tuple(center), radius) for key, center, radius in drawn if radius > 0}


def equal_sheet(
    scene: Scene,
    shapes: Mapping[str, Patch],
    colors: Mapping[str, str | None],
    entries: list[Entry],
    note: str,
) -> Sheet:
    """Set the shapes beside their legend, or above it on a narrow sheet."""
    layout = scene.layout
    inner = layout.width - 2 * EDGE - 3.0 * layout.beside
    side = max(0.24 * layout.width, 50.0) if layout.beside else 0.0
    boxes = np.array([each.get_extents().extents for each in shapes.values()])
    low, far = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    pad = 0.01 * float(far[0] - low[0])
    view = tuple(float(each) for each in (*(low - pad), *(far + pad)))
    ratio = (view[3] - view[1]) / (view[2] - view[0])
    wide = min(inner - side, TALLEST[layout.name] / ratio)
    high, legend = wide * ratio, legend_height(entries, layout)
    body = max(high, legend) if layout.beside else high + legend + 2
    told = [note, *scene.results.regions.base.told(scene.language)]
    sheet = scene.sheet(body, scene.titled("graded_map"), *told)
    axes = sheet.room(EDGE, body - high, wide, high)
    frame_axes(axes, view, framed=False)
    _fill(axes, scene, shapes, colors, wide / (view[2] - view[0]))
    left = layout.width - EDGE - side if layout.beside else EDGE
    room = sheet.room(left, 0, side or inner, body if layout.beside else legend)
    millimetres(room, side or inner, body if layout.beside else legend)
    top = body if layout.beside else legend
    width = min(side or inner, 62.0)
    add_legend(room, entries, layout, title=scene.word("legend.grades"), top=top, width=width)
    return sheet


def _fill(
    axes: Axes,
    scene: Scene,
    shapes: Mapping[str, Patch],
    colors: Mapping[str, str | None],
    scale: float,
) -> None:
    """Color the shapes and name them, as far as a name fits; scale is millimetres a unit."""
    size = scene.layout.text * 0.8
    for key, shape in shapes.items():
        color = colors.get(key)
        shape.set(facecolor=color or NO_DATA, edgecolor=PAPER if color else MUTED, linewidth=0.5)
        shape.set_hatch("" if color else "////")
        west, south, east, north = shape.get_extents().extents  # before the axes' own transform
        axes.add_patch(shape)
        room = scale * (east - west)
        if len(shapes) > MOST_NAMED or room < size / 2:
            continue
        ink = ink_on(color or PAPER, INK)
        look: dict[str, Any] = {"ha": "center", "va": "center", "color": ink, "zorder": 5}
        name = "\n".join(wrapped(scene.name(key), 0.94 * room, size))
        axes.text((west + east) / 2, (south + north) / 2, name, size=size, **look)
