"""Drawing geometry: nothing is lost, borders stay shared, every kind of ground works."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_resilience.errors import InputError
from geo_resilience.maps import choropleth
from geo_resilience.maps.drawing._geometry import draw_ground, projection
from geo_resilience.maps.drawing._topology import arcs_of, pack_numbers
from geo_resilience.regions import read_boundaries


def drawn(ground):
    return np.array(list(ground.shapes.values()), dtype=object)


def touching(shapes):
    tree = shapely.STRtree(shapes)
    left, right = tree.query(shapes, predicate="intersects")
    return {(a, b) for a, b in zip(left.tolist(), right.tolist(), strict=True) if a < b}


@pytest.fixture(scope="module")
def provinces():
    return read_boundaries()


@pytest.fixture(scope="module")
def ground(provinces):
    return draw_ground(provinces.frame)


def test_provinces_are_a_valid_coverage_with_the_same_neighbors(provinces, ground):
    shapes = drawn(ground)
    assert shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes)
    assert ground.tolerance == 3000
    keys = list(ground.shapes)
    pairs = {(keys[a], keys[b]) for a, b in touching(shapes)}
    assert pairs == set(provinces.links)


def test_no_province_loses_its_largest_part_or_its_area(provinces, ground):
    area = provinces.frame["area_km2"].to_numpy(dtype=float)
    found = shapely.area(drawn(ground)) * (ground.step / 1000) ** 2
    lost = pd.Series(np.abs(found / area - 1), index=provinces.keys)
    assert lost.drop("460000").max() < 0.02 and lost["460000"] < 0.05  # reefs
    for key, shape in ground.shapes.items():
        largest = max(part.area for part in shape.geoms) * (ground.step / 1000) ** 2
        assert largest > 0.5 * provinces.frame.loc[key, "area_km2"]


def test_far_south_is_in_the_inset_and_out_of_the_frame(ground):
    west, south, east, north = ground.frame
    hainan = ground.shapes["460000"]
    largest = max(hainan.geoms, key=lambda part: part.area)
    assert south <= largest.bounds[1]
    assert ground.inset[1] < south
    assert shapely.box(*ground.inset).covers(hainan)
    assert (east - west) / (north - south) > 1


def test_arcs_give_the_shapes_back(ground):
    shapes = drawn(ground)
    packed = arcs_of(shapes)
    arcs = read_arcs(packed["arcs"])
    for shape, parts in zip(shapes, packed["shapes"], strict=True):
        polygons = []
        for rings in parts:
            shell, *holes = [ring_of(arcs, numbers) for numbers in rings]
            polygons.append(shapely.Polygon(shell, holes))
        assert shapely.MultiPolygon(polygons).equals(shape)


def test_borders_are_kept_once(ground):
    packed = arcs_of(drawn(ground))
    points = sum(len(arc) for arc in read_arcs(packed["arcs"]))
    assert points < 0.75 * shapely.get_num_coordinates(drawn(ground)).sum()


ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def read_numbers(text):
    numbers, value, shift = [], 0, 0
    for letter in text:
        digit = ALPHABET.index(letter)
        value |= (digit & 31) << shift
        shift += 5
        if digit < 32:
            numbers.append(-(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    return numbers


def read_arcs(text):
    numbers, arcs, x, y = iter(read_numbers(text)), [], 0, 0
    for length in numbers:
        arc = []
        for _ in range(length):
            x, y = x + next(numbers), y + next(numbers)
            arc.append((x, y))
        arcs.append(arc)
    return arcs


def ring_of(arcs, numbers):
    ring = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[-1 - number][::-1]
        ring += arc if not ring else arc[1:]
    return ring


@given(st.lists(st.integers(-(2**40), 2**40)))
def test_numbers_are_read_back(numbers):
    assert read_numbers(pack_numbers(numbers)) == numbers


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 6))
def test_arcs_of_random_coverages_give_them_back(seed, cells):
    rng = np.random.default_rng(seed)
    points = shapely.MultiPoint(rng.integers(0, 1000, (cells * 4, 2)))
    pieces = shapely.get_parts(shapely.voronoi_polygons(points))
    frame = shapely.box(0, 0, 1000, 1000)
    pieces = shapely.set_precision(shapely.intersection(pieces, frame), 1)
    pieces = [piece for piece in pieces if piece.geom_type == "Polygon" and piece.area > 0]
    groups = [shapely.union_all(pieces[start::cells], grid_size=1) for start in range(cells)]
    shapes = [
        shape if shape.geom_type == "MultiPolygon" else shapely.MultiPolygon([shape])
        for shape in groups
        if shape.area > 0
    ]
    packed = arcs_of(shapes)
    arcs = read_arcs(packed["arcs"])
    for shape, parts in zip(shapes, packed["shapes"], strict=True):
        back = shapely.MultiPolygon(
            [
                shapely.Polygon(shell, holes)
                for shell, *holes in (
                    [ring_of(arcs, numbers) for numbers in rings] for rings in parts
                )
            ]
        )
        assert back.area == shape.area and back.equals(shape)


def squares(*boxes, crs=4326):
    keys = [f"{number:02d}" for number in range(len(boxes))]
    names = [f"Region {key}" for key in keys]
    return gpd.GeoDataFrame(
        {"name": names}, index=keys, geometry=[shapely.box(*box) for box in boxes], crs=crs
    )


def test_one_region_alone():
    ground = draw_ground(squares((10, 50, 11, 51)))
    assert len(ground.shapes) == 1 and ground.inset is None
    assert ground.shapes["00"].area > 0


def test_enclave_and_hole():
    outer = shapely.box(0, 40, 6, 44).difference(shapely.box(2, 41, 3, 42))
    frame = squares((0, 0, 1, 1), (2, 41, 3, 42)).set_geometry(
        [outer, shapely.box(2, 41, 3, 42)], crs=4326
    )
    shapes = drawn(draw_ground(frame))
    assert len(shapes[0].geoms[0].interiors) == 1
    assert shapely.coverage_is_valid(shapes)
    packed = arcs_of(shapes)
    assert packed["shapes"][1][0][0] in ([-2], [1])


def test_projected_input_gives_the_same_drawing(provinces, ground):
    turned = draw_ground(provinces.frame.to_crs(3857))
    same = [
        shapely.symmetric_difference(a, b).area / a.area
        for a, b in zip(drawn(ground), drawn(turned), strict=True)
    ]
    assert max(same) < 0.005


def test_third_dimension_is_let_go(provinces):
    frame = provinces.frame.copy()
    frame["geometry"] = shapely.force_3d(frame.geometry.array, 7.0)
    assert not shapely.has_z(drawn(draw_ground(frame))).any()


def test_both_sides_of_the_antimeridian_lie_together():
    ground = draw_ground(squares((175, 60, 180, 65), (-180, 60, -175, 65)))
    west, south, east, north = ground.frame
    assert (east - west) < 3 * (north - south)
    assert shapely.coverage_is_valid(drawn(ground))
    shapes = drawn(ground)
    assert shapely.distance(shapes[0], shapes[1]) <= 1


@pytest.mark.parametrize(
    ("bounds", "kind"),
    [
        ((73, 18, 135, 53), "aea"),
        ((-125, 25, -66, 49), "aea"),
        ((-74, -34, -34, 5), "aea"),
        ((34, -5, 42, 5), "laea"),
        ((110, -44, 154, -10), "aea"),
        ((6, 45.8, 10.5, 47.8), "laea"),
        ((-180, -60, 180, 80), "eqearth"),
        ((-50, 60, -20, 88), "laea"),
    ],
)
def test_projection_suits_the_extent(bounds, kind):
    chosen = projection(gpd.GeoSeries([shapely.box(*bounds)], crs=4326))
    assert f"+proj={kind} " in chosen


@pytest.mark.parametrize("bounds", [(73, 18, 135, 53), (110, -44, 154, -10), (-74, -34, -34, 5)])
def test_projection_keeps_areas(bounds):
    west, south, east, north = bounds
    cells = [
        shapely.segmentize(shapely.box(x, y, x + 2, y + 2), 0.1)
        for x, y in ((west, south), (west, north - 2), (east - 2, south), (east - 2, north - 2))
    ]
    series = gpd.GeoSeries(cells, crs=4326)
    chosen = projection(gpd.GeoSeries([shapely.box(*bounds)], crs=4326))
    equal = series.to_crs("+proj=cea +datum=WGS84")
    np.testing.assert_allclose(series.to_crs(chosen).area, equal.area, rtol=1e-3)


def test_a_thousand_islands_keep_their_largest_and_the_far_ones():
    rng = np.random.default_rng(1)
    islets = [shapely.Point(*rng.uniform((0, 0), (5, 5))).buffer(0.002, 4) for _ in range(1000)]
    far = shapely.Point(3, -12).buffer(0.05, 4)
    whole = shapely.union_all([shapely.box(0, 0, 5, 5), *islets, far])
    frame = squares((0, 0, 1, 1), (6, 0, 9, 5)).set_geometry(
        [whole, shapely.box(6, 0, 9, 5)], crs=4326
    )
    ground = draw_ground(frame)
    assert ground.inset is not None and len(ground.shapes["00"].geoms) >= 2


def test_a_part_overseas_neither_shrinks_the_map_nor_turns_it():
    home = ((0, 44, 6, 50), (6, 44, 14, 50), (0, 50, 14, 56))
    plain = squares(*home)
    overseas = plain.copy()
    # an eighth of the first region
    whole = [overseas.geometry.iloc[0], shapely.box(-54, 3, -53, 6)]
    overseas.loc[overseas.index[0], "geometry"] = shapely.union_all(whole)
    expected, found = draw_ground(plain), draw_ground(overseas)
    assert found.crs == expected.crs and expected.inset is None
    wide = np.array(expected.frame) * expected.step
    assert np.array(found.frame) * found.step == pytest.approx(wide, rel=0.01, abs=2e4)
    far = min(found.shapes["00"].geoms, key=lambda part: part.bounds[0])
    assert shapely.box(*found.inset).covers(far)


def test_an_island_as_large_as_the_mainland_stays_in_the_frame():
    frame = squares((0, 44, 6, 50), (6, 44, 14, 50))
    whole = [frame.geometry.iloc[0], shapely.box(40, 44, 45, 50)]
    frame.loc[frame.index[0], "geometry"] = shapely.union_all(whole)
    ground = draw_ground(frame)
    far = max(ground.shapes["00"].geoms, key=lambda part: part.bounds[2])
    assert ground.inset is None and shapely.box(*ground.frame).covers(far)


def test_tiny_region_beside_a_large_one_is_still_drawn():
    ground = draw_ground(squares((0, 0, 60, 40), (60, 0, 60.0001, 0.0001)))
    assert ground.shapes["01"].area > 0


def test_overlapping_input_is_drawn_all_the_same():
    ground = draw_ground(squares((0, 0, 2, 2), (1, 1, 3, 3), (3, 0, 4, 1)))
    assert shapely.is_valid(drawn(ground)).all()


def test_bow_tie_is_repaired():
    frame = squares((0, 40, 1, 41), (2, 40, 3, 41))
    tie = shapely.Polygon([(2, 40), (3, 41), (3, 40), (2, 41)])
    frame = frame.set_geometry([frame.geometry.iloc[0], tie], crs=4326)
    assert shapely.is_valid(drawn(draw_ground(frame))).all()


@pytest.mark.parametrize("bare", [None, shapely.Polygon(), shapely.LineString([(0, 0), (1, 1)])])
def test_regions_without_area_are_named(bare):
    frame = squares((0, 0, 1, 1), (1, 0, 2, 1))
    frame = frame.set_geometry([frame.geometry.iloc[0], bare], crs=4326)
    with pytest.raises(InputError, match="01 Region 01"):
        draw_ground(frame)


def test_regions_without_reference_system_are_refused():
    frame = squares((0, 0, 1, 1)).set_crs(None, allow_override=True)
    with pytest.raises(InputError, match="coordinate reference system"):
        draw_ground(frame)


def test_other_ground_makes_a_page(tmp_path):
    frame = squares((-4, 40, -2, 42), (-2, 40, 0, 42), (-4, 42, 0, 43))
    page = choropleth(pd.Series({"00": 1.0, "01": 2.0}), frame, path=tmp_path / "map.html")
    assert page.path.stat().st_size < 390_000
    assert "Region 02" in page.html
