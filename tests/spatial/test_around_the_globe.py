"""Neighbors on a globe: turned about its axis, regions keep them; at a pole all meet."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, box

from geo_resilience.spatial import distance_band, inverse_distance, k_nearest, queen, rook


def drawn(west_ends, south_ends, *, turn=0, size=10, crs=4326):
    """Boxes whose longitudes, turned, lie within the 180th meridians as files have them."""
    west = [(each + turn + 180) % 360 - 180 for each in west_ends]
    boxes = [box(x, y, x + size, y + size) for x, y in zip(west, south_ends, strict=True)]
    keys = [f"R{place:03d}" for place in range(len(boxes))]
    return gpd.GeoDataFrame(index=keys, geometry=boxes, crs=crs)


def links(neighbors):
    weights = neighbors.adjacency
    return {tuple(sorted(pair)) for pair in weights.index[weights > 0]}


@settings(max_examples=40, deadline=None)
@given(
    st.sets(st.tuples(st.integers(0, 5), st.integers(-3, 3)), min_size=2, max_size=20),
    st.integers(0, 35),
    st.sampled_from([4326, 4490]),
)
def test_who_touches_whom_does_not_hang_on_where_the_map_is_cut(cells, turn, crs):
    """Squares on a lattice touch by their row and column, wherever the 180th meridian runs."""
    cells = sorted(cells)
    west, south = [10 * x for x, _ in cells], [10 * y for _, y in cells]
    turned = drawn(west, south, turn=10 * turn, crs=crs)
    apart = {
        (f"R{i:03d}", f"R{j:03d}"): (abs(a[0] - b[0]), abs(a[1] - b[1]))
        for i, a in enumerate(cells)
        for j, b in enumerate(cells)
        if i < j
    }
    by_border = {pair for pair, (x, y) in apart.items() if x + y == 1}
    by_point = {pair for pair, (x, y) in apart.items() if max(x, y) == 1}
    assert links(rook(turned, islands="leave")) == by_border
    assert links(queen(turned, islands="leave")) == by_point


def test_a_ring_around_the_globe_closes():
    ring = drawn(range(-180, 180, 10), [40] * 36)
    assert set(rook(ring, standardize=False).graph.cardinalities) == {2}
    assert ("R000", "R035") in links(queen(ring))


@pytest.mark.parametrize("south", [60, -90])
def test_wedges_meet_at_a_pole(south):
    """All of them in a point; along a border only the next ones."""
    wedges = drawn(range(-180, 180, 30), [south] * 12, size=30)
    assert len(links(queen(wedges))) == 12 * 11 / 2
    assert len(links(rook(wedges))) == 12
    # short of the pole they do not
    below = wedges.assign(geometry=wedges.geometry.intersection(box(-180, -89, 180, 89)))
    assert len(links(queen(below))) == 12


@pytest.mark.parametrize("turn", [30, 65, 68])
def test_distances_do_not_hang_on_where_the_map_is_cut(turn):
    west, south = [110, 120, 110, 120, 130, 140], [10, 10, 20, 20, 20, 40]
    here = drawn(west, south)
    shapes = []
    for shape in here.geometry:
        moved = translate(shape, turn)
        cut = [moved.intersection(box(-180, -90, 180, 90)), translate(moved, -360)]
        cut[1] = cut[1].intersection(box(-180, -90, 180, 90))
        parts = [part for part in cut if part.area > 0]
        shapes.append(parts[0] if len(parts) == 1 else MultiPolygon(parts))
    turned = here.assign(geometry=gpd.GeoSeries(shapes, index=here.index, crs=4326))
    for rule in (
        lambda each: queen(each, islands="leave"),
        lambda each: rook(each, islands="leave"),
        lambda each: k_nearest(each, 2),
        lambda each: distance_band(each, 1300),
        inverse_distance,
    ):
        one, other = rule(here).adjacency, rule(turned).adjacency
        assert one.index.equals(other.index)
        # a cut square has two parts, which moves the plane of the centers a little
        np.testing.assert_allclose(one, other, rtol=1e-6 if turn == 30 else 5e-3)


def test_longitudes_beyond_180_are_the_same_places():
    shapes = [box(170, 0, 180, 9), box(180, 0, 190, 9), box(-170, 0, -160, 9), box(200, 0, 210, 9)]
    frame = gpd.GeoDataFrame(index=list("abcd"), geometry=shapes, crs=4326)
    expected = {("a", "b"), ("b", "c"), ("c", "d")}
    assert links(queen(frame)) == expected == links(rook(frame))
    near = k_nearest(frame, 1).adjacency.index.to_list()
    assert ("a", "b") in near and ("d", "c") in near


def test_a_border_within_a_tenth_of_a_meter_of_the_meridian_is_on_it():
    shapes = [box(170, 0, 179.9999999, 10), box(-179.9999999, 0, -170, 10)]
    frame = gpd.GeoDataFrame(index=list("ab"), geometry=shapes, crs=4326)
    assert links(rook(frame, islands="leave")) == {("a", "b")}
    # a projection has no such line
    flat = frame.set_crs(3857, allow_override=True)
    assert links(rook(flat, islands="leave")) == set()
