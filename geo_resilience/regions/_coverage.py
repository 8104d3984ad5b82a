"""Whether polygons cover the ground without overlaps and gaps, and which pairs do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod

from geo_resilience.errors import Problems
from geo_resilience.notes import Note
from geo_resilience.statistics._arrays import Truths
from geo_resilience.words import Phrase

#: Overlaps and gaps below this share of the smaller region are traces of drawing and rounding.
LEAST = 1e-4

#: A gap up to this share is a border drawn twice; a larger one may be a lake.
MOST_GAP = 0.01

#: Regions with more than this in common are not neighbors: one is drawn in place of the other.
MOST_OVERLAP = 0.1

#: Grid on which unequal borders are joined, as a share of the usual width of a region.
_GRID = 1e-5

#: Share of regions with unequal borders up to which these are joined as they are.
_FEW = 0.1

_AT_ONCE, _ENOUGH, _SHOWN = 20_000, 200, 6

Groups = list[tuple[tuple[int, ...], float, Any]]


def check_coverage(
    shapes: NDArray[Any], labels: Sequence[Any], crs: CRS, file: str, problems: Problems
) -> list[Note]:
    """Gather regions that lie on each other; note small overlaps and gaps between neighbors.

    Notes
    -----
    Shares are of the smaller (or smallest) region. From 0.01 % on, pairs are noted with their area;
    from 10 % on an overlap is an error. A gap is a hole between at least two regions of at most
    1 %. Polygons whose borders agree vertex by vertex are a valid coverage in the sense of GEOS and
    have no overlap; others are intersected pair by pair. Where many borders disagree, they are
    joined on a grid of a hundred-thousandth of a region's width.
    """
    usable = [
        place
        for place, shape in enumerate(shapes)
        if shape is not None and not shape.is_empty and shape.is_valid
    ]
    drawn = np.asarray(shapes, dtype=object)[usable]
    if len(drawn) < 2 or not np.isfinite(shapely.get_coordinates(drawn)).all():
        return []
    called = [labels[place] for place in usable]
    crossed = ~shapely.is_empty(shapely.coverage_invalid_edges(drawn))
    common = _overlaps(drawn, crossed) if crossed.any() else []
    large = [each for each in common if each[1] >= MOST_OVERLAP]
    for pair, share, shape in large:
        told = _told([(pair, share, shape)], called, crs)[0]
        problems.add("regions.overlap", file=file, pair=told)
    small = [each for each in common if each[1] < MOST_OVERLAP]
    gaps = [] if large else _gaps(drawn, exact=crossed.mean() < _FEW)
    return [
        Note(f"regions.{kind}", file, {"count": len(found), "pairs": _told(found, called, crs)})
        for kind, found in (("overlaps", small), ("gaps", gaps))
        if found
    ]


def _overlaps(shapes: NDArray[Any], crossed: Truths) -> Groups:
    """Give the pairs with ground in common, as a share of the smaller, the largest first.

    Of two that overlap, one at least has an edge inside the other.
    """
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    kept = (one < other) & (crossed[one] | crossed[other])
    one, other = one[kept], other[kept]
    area, found = shapely.area(shapes), []
    for start in range(0, len(one), _AT_ONCE):
        first, second = one[start : start + _AT_ONCE], other[start : start + _AT_ONCE]
        common = shapely.intersection(shapes[first], shapes[second])
        share = shapely.area(common) / np.minimum(area[first], area[second])
        found += [
            ((int(first[at]), int(second[at])), float(share[at]), common[at])
            for at in np.flatnonzero(share >= LEAST)
        ]
        if sum(each[1] >= MOST_OVERLAP for each in found) > _ENOUGH:
            break
    return sorted(found, key=lambda each: -each[1])


def _gaps(shapes: NDArray[Any], *, exact: bool) -> Groups:
    """Give the regions around each narrow hole between them, the largest first."""
    area = shapely.area(shapes)
    grid = _GRID * float(np.sqrt(np.median(area)))
    union = shapely.union_all(shapes, grid_size=None if exact else grid)
    frame = shapely.box(*(shapely.total_bounds(shapes) + grid * np.array([-9, -9, 9, 9])))
    # the rest of a frame, not the rings inside: two regions may meet at both ends of a gap alone
    holes = shapely.get_parts(shapely.difference(frame, union))
    holes = holes[~shapely.intersects(holes, frame.exterior)]
    holes = holes[shapely.area(holes) <= MOST_GAP * area.max()]
    if not len(holes):
        return []
    at, beside = shapely.STRtree(shapes).query(holes, predicate="dwithin", distance=2 * grid)
    ends = np.searchsorted(at, np.arange(1, len(holes)))
    between: dict[tuple[int, ...], list[Any]] = {}
    for hole, near in zip(holes, np.split(beside, ends), strict=True):
        around = tuple(sorted(near.tolist()))
        if len(around) > 1 and hole.area <= MOST_GAP * area[list(around)].min():
            between.setdefault(around, []).append(hole)
    found = []
    for around, parts in between.items():
        share = float(shapely.area(parts).sum() / area[list(around)].min())
        if share >= LEAST:
            found.append((around, share, shapely.multipolygons(parts)))
    return sorted(found, key=lambda each: -each[1])


def _told(found: Groups, called: Sequence[Any], crs: CRS) -> list[Phrase]:
    """Name the first pairs with their area and share."""
    few = found[:_SHOWN]
    degrees = gpd.GeoSeries([shape for _, _, shape in few], crs=crs).to_crs(4326)
    geod = Geod(ellps="WGS84")
    areas = [sum(_area(part, geod) for part in shapely.get_parts(shape)) for shape in degrees]
    return [
        Phrase(
            "note.regions.pair",
            {
                "regions": [called[place] for place in places],
                "area": f"{area:,.0f}" if area >= 100 else f"{area:.3g}",
                "share": f"{100 * share:.3g}",
            },
        )
        for (places, share, _), area in zip(few, areas, strict=True)
    ]


def _area(part: Any, geod: Geod) -> float:
    """Give the area on the ellipsoid in square kilometers; nothing for a line or point."""
    if part.geom_type != "Polygon":
        return 0.0
    return float(abs(geod.geometry_area_perimeter(shapely.orient_polygons(part))[0])) / 1e6
