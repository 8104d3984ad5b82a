"""Regions as paths, and axes that show them: fills, borders, outlines, the inset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.path import Path

from geo_resilience.maps.drawing._geometry import Ground, draw_ground
from geo_resilience.maps.drawing._style import NO_DATA
from geo_resilience.maps.figures._style import HAIR, INK, MUTED, PAPER
from geo_resilience.regions import Base

#: Above so many regions borders are hairlines and nobody is named.
MANY = 120

#: Hatch of what is in doubt; what has no data is hatched the other way.
DOUBT = "\\" * 5

#: How much coarser the ground of small maps is.
COARSER = 3.0


@dataclass(frozen=True, eq=False)
class Canvas:
    """Ground of a map in the order of its regions."""

    ground: Ground
    keys: list[str]
    paths: list[Path]
    base: Base = field(default_factory=Base, repr=False)

    @property
    def shapes(self) -> list[shapely.MultiPolygon]:
        """Shapes in steps of the grid."""
        return list(self.ground.shapes.values())

    @cached_property
    def coast(self) -> shapely.Geometry:
        """Outer border of all regions together."""
        return shapely.boundary(union(self.shapes))

    def clipped(self, bounds: Sequence[float]) -> Canvas:
        """Give the ground of a part of the map alone."""
        shapes = dict(
            zip(self.keys, shapely.clip_by_rect(np.array(self.shapes), *bounds), strict=True)
        )
        held = {key: shape for key, shape in shapes.items() if not shape.is_empty}
        areas = tuple(shapely.clip_by_rect(np.array(self.ground.areas, dtype=object), *bounds))
        ground = replace(self.ground, shapes=held, areas=areas)
        return Canvas(ground, list(held), [path_of(shape) for shape in held.values()], self.base)

    def view(self, margin: float = 0.02) -> tuple[float, float, float, float]:
        """Give west, south, east, north of the frame with a margin around."""
        west, south, east, north = self.ground.frame
        pad = margin * max(east - west, north - south)
        return west - pad, south - pad, east + pad, north + pad

    @property
    def ratio(self) -> float:
        """Height of the view over its width."""
        west, south, east, north = self.view()
        return (north - south) / (east - west)


#: The last grounds, since the figures of a study all stand on the same one.
_LAST: list[tuple[gpd.GeoDataFrame, Base | None, bool, Canvas]] = []


def canvas_of(frame: gpd.GeoDataFrame, base: Base | None = None, *, small: bool = False) -> Canvas:
    """Prepare the regions and their base map for drawing; the same are prepared once."""
    for known, under, size, canvas in _LAST:
        if known is frame and under is base and size == small:
            return canvas
    ground = draw_ground(frame, base)
    if small and ground.tolerance:
        ground = draw_ground(frame, base, tolerance=ground.tolerance * COARSER)
    paths = [path_of(shape) for shape in ground.shapes.values()]
    canvas = Canvas(ground, list(ground.shapes), paths, base or Base())
    _LAST.append((frame, base, small, canvas))
    del _LAST[:-4]
    return canvas


def path_of(shape: shapely.Geometry) -> Path:
    """Turn polygons or lines into one path, holes included."""
    parts: list[np.ndarray] = []
    codes: list[np.ndarray] = []
    for part in shapely.get_parts(shape):
        closed = part.geom_type == "Polygon"
        for ring in [part.exterior, *part.interiors] if closed else [part]:
            points = shapely.get_coordinates(ring)
            steps = np.full(len(points), Path.LINETO, dtype=Path.code_type)
            steps[0] = Path.MOVETO
            if closed:
                steps[-1] = Path.CLOSEPOLY
            parts.append(points)
            codes.append(steps)
    if not parts:
        return Path(np.empty((0, 2)))
    return Path(np.concatenate(parts), np.concatenate(codes))


def frame_axes(axes: Axes, view: Sequence[float], *, framed: bool = True) -> None:
    """Let axes show a view of the ground without ticks."""
    west, south, east, north = view
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_aspect("equal", adjustable="box")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(framed)
        spine.set_linewidth(0.5)
        spine.set_color(HAIR)


def fill_regions(
    axes: Axes,
    canvas: Canvas,
    colors: Mapping[str, str | None],
    *,
    border: float | None = None,
    coast: bool = True,
    ink: str = "",
) -> None:
    """Fill the regions; those without a color, and areas, are gray and hatched; lines lie above."""
    line = (0.5 if len(canvas.keys) <= MANY else 0.12) if border is None else border
    told = [colors.get(key) for key in canvas.keys]
    known = [place for place, color in enumerate(told) if color is not None]
    blank = [place for place, color in enumerate(told) if color is None]
    bare = [path_of(area) for area in canvas.ground.areas if not area.is_empty]
    bare += [canvas.paths[place] for place in blank]
    if bare:
        look: dict[str, Any] = {"edgecolors": MUTED, "hatch": "////", "zorder": 2}
        _paths(axes, bare, NO_DATA, linewidths=line, **look)
    for each in canvas.ground.lines:
        look = {"linestyle": each.stroke, "linewidth": 0.9, "color": INK, "zorder": 3.2}
        axes.plot(*each.points.T, **look, scalex=False, scaley=False)
    if known:
        edges = ink or (PAPER if len(canvas.keys) <= MANY else MUTED)
        look = {"edgecolors": edges, "joinstyle": "round", "zorder": 2.1, "linewidths": line}
        fills = [told[place] for place in known]
        _paths(axes, [canvas.paths[place] for place in known], fills, **look)
    if coast:  # so that light classes stand out from the page
        look = {"edgecolors": MUTED, "linewidths": line, "zorder": 2.2}
        _paths(axes, [path_of(canvas.coast)], "none", **look)


def hatch_regions(axes: Axes, canvas: Canvas, members: Mapping[str, str]) -> None:
    """Hatch some of the regions over their fills, each in an ink of its own."""
    held = [place for place, key in enumerate(canvas.keys) if key in members]
    for ink in sorted({members[canvas.keys[place]] for place in held}):
        paths = [canvas.paths[place] for place in held if members[canvas.keys[place]] == ink]
        with rc_context({"hatch.color": ink}):
            _paths(axes, paths, "none", edgecolors=ink, hatch=DOUBT, linewidths=0, zorder=2.15)


def _paths(axes: Axes, paths: Sequence[Path], fills: Any, **look: Any) -> None:
    axes.add_collection(PathCollection(paths, facecolors=fills, **look), autolim=False)


def union(shapes: Sequence[shapely.Geometry]) -> shapely.Geometry:
    """Join shapes; neighbors that fit together are joined along their common border."""
    array = np.array(list(shapes), dtype=object)
    if shapely.coverage_is_valid(array):
        return shapely.coverage_union_all(array)
    return shapely.union_all(array)


def outline(
    axes: Axes, canvas: Canvas, members: Sequence[str], *, inner: bool = False, **look: Any
) -> None:
    """Draw a line around some of the regions together; with `inner` not along the coast."""
    shapes = [canvas.ground.shapes[key] for key in members if key in canvas.ground.shapes]
    if not shapes:
        return
    line = shapely.boundary(union(shapes))
    if inner:
        line = shapely.difference(line, canvas.coast)
        if line.is_empty:
            return
    _paths(axes, [path_of(line)], "none", **{"zorder": 3, **look})
