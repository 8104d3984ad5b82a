"""Neighbors: against hand-drawn maps, against libpysal, and where maps are bad."""

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from libpysal.graph import Graph
from pyproj import Geod
from shapely.geometry import MultiPolygon, Polygon, box

from geo_resilience.errors import InputError
from geo_resilience.regions import Regions, read_boundaries
from geo_resilience.spatial.neighbors._contiguity import (
    shared_edges,
    shared_vertices,
    touching_pairs,
)
from geo_resilience.spatial.neighbors._distances import great_circle_km, nearest_by_border
from geo_resilience.spatial.neighbors._geographic import (
    distance_band,
    inverse_distance,
    k_nearest,
    queen,
    rook,
)

PROVINCES = read_boundaries()


def frame_of(shapes, keys=None, crs=32650):
    index = pd.Index(keys or list("abcdefghijklmnopqrstuvwxyz"[: len(shapes)]), name="adcode")
    return gpd.GeoDataFrame(geometry=list(shapes), index=index, crs=crs)


def links(neighbors):
    adjacency = neighbors.graph.adjacency
    return {(a, b) for (a, b), weight in adjacency.items() if weight > 0}


def undirected(*pairs):
    return {tuple(pair) for pair in pairs} | {tuple(pair[::-1]) for pair in pairs}


def squares(rows, columns, size=1.0):
    return [
        box(c * size, r * size, (c + 1) * size, (r + 1) * size)
        for r in range(rows)
        for c in range(columns)
    ]


# ab
# cd
BLOCK = frame_of(squares(2, 2))


def test_queen_links_corners_and_rook_does_not():
    assert links(queen(BLOCK)) == undirected("ab", "ac", "ad", "bc", "bd", "cd")
    assert links(rook(BLOCK)) == undirected("ab", "ac", "bd", "cd")
    assert queen(BLOCK).rule == "queen" and rook(BLOCK).rule == "rook"
    assert queen(BLOCK).added == () and queen(BLOCK).islands == () and queen(BLOCK).notes == ()


def test_rows_sum_to_one_or_hold_ones():
    keys, weights = queen(BLOCK).dense()
    assert keys.to_list() == list("abcd")
    assert weights == pytest.approx((np.ones((4, 4)) - np.eye(4)) / 3)
    assert queen(BLOCK).graph.transformation == "R"
    assert rook(BLOCK, standardize=False).dense()[1].sum() == 8


def test_ids_stand_in_the_order_of_the_regions_with_islands_among_them():
    frame = frame_of([box(90, 0, 91, 1), *squares(1, 2), box(50, 0, 51, 1)], ["z", "c", "a", "b"])
    neighbors = queen(frame, islands="leave")
    assert list(neighbors.graph.unique_ids) == ["z", "c", "a", "b"]
    assert neighbors.islands == ("z", "b") == tuple(neighbors.graph.isolates)
    assert "z, b" in str(neighbors.notes[-1])
    assert links(neighbors) == undirected("ca")


def test_islands_are_tied_to_the_nearest_border_both_ways():
    # c lies 3 from b and 9 from a; d lies alone, nearest to c
    shapes = [box(0, 0, 4, 1), box(4, 0, 10, 1), box(13, 0, 14, 1), box(20, 0, 21, 1)]
    neighbors = queen(frame_of(shapes))
    assert neighbors.added == (("c", "b"), ("d", "c")) and neighbors.islands == ()
    assert links(neighbors) == undirected("ab", "bc", "cd")
    assert [note.code for note in neighbors.notes] == ["neighbors.linked_to_nearest"] * 2
    assert neighbors.dense()[1].sum(axis=1) == pytest.approx([1, 1, 1, 1])


def test_of_equally_near_regions_the_first_is_taken():
    shapes = [box(0, 0, 1, 1), box(4, 0, 5, 1), box(2, 0, 3, 1)]
    assert queen(frame_of(shapes)).added == (("a", "c"), ("b", "c"), ("c", "a"))
    assert links(queen(frame_of(shapes))) == undirected("ac", "bc")


def test_a_region_by_itself_stays_an_island():
    neighbors = queen(frame_of(squares(1, 1)))
    assert neighbors.islands == ("a",) and neighbors.added == ()


def test_hainan_goes_with_guangdong_by_the_stated_rule():
    neighbors = queen(PROVINCES)
    assert neighbors.added == (("460000", "440000"),)
    assert [note.code for note in neighbors.notes] == ["neighbors.linked_by_rule"]
    english, chinese = (neighbors.notes[0].say(language) for language in ("en", "zh"))
    assert "460000 (Hainan)" in english and "440000 (Guangdong)" in english
    assert "460000（海南）" in chinese and "440000（广东）" in chinese and "Hainan" not in chinese
    found = links(neighbors)
    assert len(found) == 2 * 69 and {("460000", "440000"), ("440000", "460000")} <= found
    assert found == undirected(*PROVINCES.links, ("440000", "460000"))
    assert neighbors.graph["440000"].to_dict() == pytest.approx(
        dict.fromkeys(["350000", "360000", "430000", "450000", "460000"], 0.2)
    )
    left = queen(PROVINCES, islands="leave")
    assert left.islands == ("460000",) and len(links(left)) == 2 * 68


def test_what_exclusion_makes_an_island_is_linked_too():
    # without Guangdong the nearest border to Hainan is Guangxi's; without Hebei and Tianjin,
    # Beijing touches no one
    without = queen(PROVINCES.without(["440000"]))
    assert without.added == (("460000", "450000"),)
    capital = queen(PROVINCES.without(["120000", "130000"]))
    assert [island for island, _ in capital.added] == ["110000", "460000"]
    assert queen(PROVINCES.without(["120000", "130000"]), islands="leave").islands == (
        "110000",
        "460000",
    )


def test_shipped_links_are_used_rather_than_the_drawing():
    few = Regions(PROVINCES.frame, "x", links=frozenset({("110000", "650000")}))
    assert links(queen(few, islands="leave")) == undirected(("110000", "650000"))


def test_the_shipped_links_are_those_of_the_polygons_by_our_rule_and_by_libpysal():
    drawn = queen(PROVINCES.frame, islands="leave")
    assert links(drawn) == undirected(*PROVINCES.links)
    theirs = Graph.build_contiguity(PROVINCES.frame, rook=False)
    assert {pair for pair, weight in theirs.adjacency.items() if weight > 0} == links(drawn)
    # every one of the 68 borders is longer than a point
    assert links(rook(PROVINCES, islands="leave")) == undirected(*PROVINCES.links)


def test_asked_links_are_added_both_ways_and_listed():
    neighbors = queen(PROVINCES, link={"460000": "450000", "310000": ["210000"]})
    assert neighbors.added == (("460000", "450000"), ("310000", "210000"))
    assert undirected(("460000", "450000"), ("210000", "310000")) <= links(neighbors)
    assert ("460000", "440000") not in links(neighbors)
    assert queen(PROVINCES, link={"110000": "130000"}).added == (("460000", "440000"),)


def test_borders_that_touch_without_sharing_vertices():
    # the long side of a has no vertex where b and c meet; d touches a in the middle of a side
    shapes = [
        box(0, 0, 10, 1),
        box(0, 1, 4, 2),
        box(4, 1, 10, 2),
        Polygon([(5, 0), (4, -1), (6, -1)]),
    ]
    assert shared_edges(np.array(shapes)).tolist() == [[1, 2]]
    assert links(queen(frame_of(shapes))) == undirected("ab", "ac", "bc", "ad")
    assert links(rook(frame_of(shapes), islands="leave")) == undirected("ab", "ac", "bc")


def test_overlaps_count_as_contact():
    shapes = [box(0, 0, 1, 1), box(1 - 1e-9, 0, 2, 1)]
    assert links(queen(frame_of(shapes))) == undirected("ab") == links(rook(frame_of(shapes)))


def test_a_gap_of_a_hair_is_no_contact_but_is_said():
    shapes = [box(0, 0, 1000, 1000), box(1000 + 1e-6, 0, 2000, 1000), box(0, 1000, 1000, 2000)]
    neighbors = queen(frame_of(shapes), islands="leave")
    assert links(neighbors) == undirected("ac")
    slivers = [note for note in neighbors.notes if note.code == "neighbors.slivers"]
    assert len(slivers) == 1
    # b misses a by a millionth of a meter, and c at the corner likewise
    assert slivers[0].values["count"] == 2 and slivers[0].values["meters"] == "0.001"
    assert "a - b" in str(slivers[0]) and "tolerance" in str(slivers[0])


def test_a_tolerance_closes_gaps_and_says_so():
    shapes = [box(0, 0, 1000, 1000), box(1005, 0, 2000, 1000), box(2100, 0, 3000, 1000)]
    neighbors = queen(frame_of(shapes), tolerance=10, islands="leave")
    assert links(neighbors) == undirected("ab")
    assert neighbors.notes[0].code == "neighbors.tolerated" and "a - b" in str(neighbors.notes[0])
    assert links(queen(frame_of(shapes), tolerance=0, islands="leave")) == set()
    assert links(rook(frame_of(shapes), tolerance=200, islands="leave")) == undirected("ab", "bc")


def test_a_tolerance_in_meters_on_degrees():
    # 0.01 degrees of longitude at 60 north are 558 m
    shapes = [box(10, 60, 11, 61), box(11.01, 60, 12, 61)]
    degrees = frame_of(shapes, crs=4326)
    assert links(queen(degrees, tolerance=500, islands="leave")) == set()
    assert links(queen(degrees, tolerance=600, islands="leave")) == undirected("ab")


def test_the_nearest_border_is_found_across_the_date_line():
    shapes = [box(178, -18, 179, -17), box(-179, -18, -178, -17), box(170, -18, 175, -17)]
    assert queen(frame_of(shapes, crs=4326)).added == (("a", "b"), ("b", "a"), ("c", "a"))
    both_sides = MultiPolygon([box(179, -18, 180, -17), box(-180, -18, -179, -17)])
    east, west = box(-170, -18, -169, -17), box(160, -18, 163, -17)
    assert queen(frame_of([both_sides, east, west], crs=4326)).added[0] == ("a", "b")


def test_a_part_inside_another_region_is_contact():
    ring = Polygon(box(0, 0, 3, 3).exterior.coords, [box(1, 1, 2, 2).exterior.coords[::-1]])
    enclave = MultiPolygon([box(1, 1, 2, 2), box(9, 9, 10, 10)])
    assert links(queen(frame_of([ring, enclave]))) == undirected("ab")


# k nearest, bands, inverse distances -----------------------------------------------------------

# centers 100, 200 and 300 km apart along the equator
EQUATOR = [
    box(lon - 0.01, -0.01, lon + 0.01, 0.01)
    for lon in np.degrees(np.array([0, 100, 300, 600]) / 6371.0088)
]


def test_k_nearest_by_hand():
    row = frame_of(EQUATOR, crs=4326)
    nearest = k_nearest(row, 1)
    assert links(nearest) == {("a", "b"), ("b", "a"), ("c", "b"), ("d", "c")}
    assert nearest.rule == "k_nearest(1)"
    two = k_nearest(row, 2)
    assert links(two) == {tuple(pair) for pair in ("ab", "ac", "ba", "bc", "cb", "ca", "dc", "db")}
    assert two.dense()[1].sum(axis=1) == pytest.approx([1, 1, 1, 1])


def test_k_nearest_agrees_with_libpysal_in_the_plane():
    # a small window at the equator is as good as flat
    rng = np.random.default_rng(3)
    points = rng.uniform(0, 0.5, (60, 2))
    frame = frame_of([shapely.Point(p).buffer(1e-4) for p in points], list(range(60)), crs=4326)
    theirs = Graph.build_knn(points, k=5)
    assert links(k_nearest(frame, 5)) == {pair for pair, w in theirs.adjacency.items() if w > 0}


def test_great_circles_by_published_coordinates():
    # Beijing 39.9042 N 116.4074 E, Shanghai 31.2304 N 121.4737 E: 1,067 km
    away = great_circle_km(
        np.array([[116.4074, 39.9042], [121.4737, 31.2304], [-63.5926, -39.9042]])
    )
    assert away[0, 1] == pytest.approx(1067, abs=1)
    assert away[0, 2] == pytest.approx(np.pi * 6371.0088)  # the antipode
    assert np.allclose(away, away.T) and not away.diagonal().any()


def test_a_distance_band_by_hand():
    row = frame_of(EQUATOR, crs=4326)
    assert links(distance_band(row, 250, islands="leave")) == undirected("ab", "bc")
    band = distance_band(row, 250)
    assert band.added == (("d", "c"),) and links(band) == undirected("ab", "bc", "cd")
    assert distance_band(row, 250, islands="leave").islands == ("d",)


def test_inverse_distances_by_hand():
    row = frame_of(EQUATOR, crs=4326)
    _, weights = inverse_distance(row, standardize=False).dense()
    assert weights[0, 1] == pytest.approx(1 / 100) and weights[3, 0] == pytest.approx(1 / 600)
    _, squared = inverse_distance(row, power=2).dense()
    assert squared[1] == pytest.approx(
        np.array([1 / 1e4, 0, 1 / 4e4, 1 / 25e4]) / (1 / 1e4 + 1 / 4e4 + 1 / 25e4)
    )
    assert inverse_distance(row, km=150).islands == ("c", "d")


# bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call, sentence",
    [
        (lambda: queen("provinces"), "Regions or a GeoDataFrame; found str"),
        (lambda: queen(BLOCK, islands="drop"), "islands is drop"),
        (lambda: queen(BLOCK, tolerance=-1), "tolerance is -1"),
        (lambda: queen(BLOCK, tolerance=float("nan")), "tolerance is nan"),
        (lambda: queen(BLOCK, link={"a": "x"}), "names x"),
        (lambda: queen(BLOCK, link={"a": "a"}), "ties a to itself"),
        (lambda: queen(frame_of(squares(1, 2), ["a", "a"])), "more than once: a"),
        (
            lambda: queen(frame_of([box(0, 0, 1, 1), None])),
            "without geometry cannot have neighbors: b",
        ),
        (lambda: queen(frame_of([Polygon(), box(0, 0, 1, 1)])), "neighbors: a"),
        (lambda: k_nearest(BLOCK, 4), "k is 4"),
        (lambda: k_nearest(BLOCK, 0), "k is 0"),
        (lambda: k_nearest(BLOCK, 1.5), "k is 1.5"),
        (lambda: distance_band(BLOCK, 0), "km is 0"),
        (lambda: distance_band(BLOCK, 9, islands="x"), "islands is x"),
        (lambda: inverse_distance(BLOCK, power=-1), "power is -1"),
        (lambda: inverse_distance(frame_of([box(0, 0, 2, 2), box(0, 0, 2, 2)])), "a = b"),
        (lambda: k_nearest(frame_of(squares(1, 2), crs=None), 1), "coordinate reference system"),
    ],
)
def test_wrong_input_is_named(call, sentence):
    with pytest.raises(InputError) as caught:
        call()
    assert sentence in str(caught.value) and caught.value.say("zh")


@given(
    st.lists(
        st.tuples(*[st.integers(0, 60)] * 2, *[st.integers(1, 8)] * 2), min_size=2, max_size=40
    ),
    st.data(),
)
@settings(deadline=None)
def test_the_nearest_border_is_that_of_trying_them_all(corners, data):
    shapes = gpd.GeoSeries([box(x, y, x + dx, y + dy) for x, y, dx, dy in corners])
    position = data.draw(st.integers(0, len(shapes) - 1))
    away = shapely.distance(np.asarray(shapes.array), shapes.iloc[position]).round(3)
    away[position] = np.inf
    assert nearest_by_border(shapes, position) == (int(np.argmin(away)), away.min())


def test_the_nearest_border_on_the_globe_is_a_geodesic():
    # the south of Africa and the coast of Antarctica, with a point every tenth of a degree
    boxes = [box(19, -34, 21, -33), box(0, -75, 40, -70), box(-60, -75, -50, -70)]
    shapes = gpd.GeoSeries(boxes, crs=4326).segmentize(0.1)
    meters = Geod(ellps="WGS84").inv(20, -34, 20, -70)[2]
    other, away = nearest_by_border(shapes, 0)
    assert other == 1 and away == pytest.approx(meters, rel=1e-4)


# invariants -----------------------------------------------------------------------------------


@st.composite
def cell_maps(draw):
    """A lattice whose cells are shared out among regions: valid coverages of odd shapes."""
    rows, columns = draw(st.integers(2, 6)), draw(st.integers(2, 6))
    owners = draw(st.lists(st.integers(0, 7), min_size=rows * columns, max_size=rows * columns))
    cells = squares(rows, columns, 100.0)
    shapes = [
        shapely.union_all([cell for cell, o in zip(cells, owners, strict=True) if o == owner])
        for owner in sorted(set(owners))
    ]
    return frame_of(shapes), np.array(owners).reshape(rows, columns)


def cell_links(owners, steps):
    """Links counted on the lattice itself."""
    found = set()
    rows, columns = owners.shape
    names = {owner: "abcdefgh"[i] for i, owner in enumerate(sorted(set(owners.ravel().tolist())))}
    for r in range(rows):
        for c in range(columns):
            for dr, dc in steps:
                if 0 <= r + dr < rows and 0 <= c + dc < columns:
                    one, two = owners[r, c], owners[r + dr, c + dc]
                    if one != two:
                        found |= undirected((names[one], names[two]))
    return found


@given(cell_maps())
@settings(deadline=None)
def test_contiguity_is_what_counting_cells_gives(drawn):
    frame, owners = drawn
    assert links(queen(frame, islands="leave")) == cell_links(
        owners, [(0, 1), (1, 0), (1, 1), (1, -1)]
    )
    assert links(rook(frame, islands="leave")) == cell_links(owners, [(0, 1), (1, 0)])


@given(cell_maps(), st.randoms())
@settings(deadline=None)
def test_the_order_of_the_regions_never_changes_a_link(drawn, random):
    frame, _ = drawn
    order = list(frame.index)
    random.shuffle(order)
    shuffled = frame.loc[order]
    for rule in (queen, rook):
        assert links(rule(frame, islands="leave")) == links(rule(shuffled, islands="leave"))
    assert list(queen(shuffled).graph.unique_ids) == order


@given(cell_maps())
@settings(deadline=None)
def test_contiguity_is_symmetric_and_no_region_is_its_own_neighbor(drawn):
    frame, _ = drawn
    for neighbors in (queen(frame), rook(frame)):
        found = links(neighbors)
        assert found == {(b, a) for a, b in found} and not any(a == b for a, b in found)
        sums = neighbors.dense()[1].sum(axis=1)
        assert np.allclose(sums[sums > 0], 1)
        assert links(rook(frame, islands="leave")) <= links(queen(frame, islands="leave"))


@given(cell_maps())
@settings(deadline=None, max_examples=40)
def test_libpysal_finds_the_same_links(drawn):
    frame, _ = drawn
    theirs = Graph.build_contiguity(frame, rook=False)
    assert links(queen(frame, islands="leave")) == {
        pair for pair, weight in theirs.adjacency.items() if weight > 0
    }


@given(st.integers(2, 40), st.integers(2, 40))
@settings(deadline=None, max_examples=30)
def test_links_of_a_lattice_by_formula(rows, columns):
    shapes = np.array(squares(rows, columns, 0.1))
    across = rows * (columns - 1) + columns * (rows - 1)
    diagonal = 2 * (rows - 1) * (columns - 1)
    assert len(touching_pairs(shapes, edges=True)) == across
    assert len(touching_pairs(shapes)) == across + diagonal


def test_many_regions_at_one_point_and_zeros_of_both_signs():
    turn = np.linspace(0, 2 * np.pi, 41)
    slices = [
        Polygon([(0.0, 0.0), (np.cos(a), np.sin(a)), (np.cos(b), np.sin(b)), (-0.0, -0.0)])
        for a, b in pairwise(turn)
    ]
    assert len(shared_vertices(np.array(slices))) == 40 * 39 / 2


def test_many_islands_are_one_note_with_the_way_out():
    boxes = [shapely.box(i * 2_000, 0, i * 2_000 + 1_000, 1_000) for i in range(12)]
    keys = pd.Index([f"{place:02d}" for place in range(12)], name="adcode")
    frame = gpd.GeoDataFrame(geometry=boxes, index=keys, crs=32633)
    found = queen(frame)
    (note,) = found.notes
    assert note.code == "neighbors.many_linked" and note.values["count"] == 12
    assert "tolerance" in note.say("en") and "tolerance" in note.say("zh")
    assert len(found.added) == 12
    apart = frame.assign(geometry=[shapely.box(i * 4e5, 0, i * 4e5 + 1e3, 1e3) for i in range(12)])
    assert "to 400,000 m." in queen(apart).notes[0].say("en")  # no 4e+05
    few = queen(frame.iloc[:3])
    assert [each.code for each in few.notes] == ["neighbors.linked_to_nearest"] * 3
