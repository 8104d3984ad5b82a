"""Overlaps and gaps between regions: named with pair and area, silent where there is none."""

from __future__ import annotations

import time
from itertools import combinations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from shapely.geometry import Polygon, box

from geo_resilience.errors import InputError, Problems
from geo_resilience.regions import read_boundaries
from geo_resilience.regions._coverage import check_coverage

#: A projection whose unit is the meter: areas are those of the numbers, close to its middle.
METERS = CRS("+proj=laea +lat_0=30 +lon_0=110 +datum=WGS84 +units=m")
KM = 1000.0


def checked(shapes, crs=METERS):
    problems = Problems()
    shapes = np.array(shapes, dtype=object)
    labels = [f"R{place}" for place in range(len(shapes))]
    notes = check_coverage(shapes, labels, crs, "own.gpkg", problems)
    return {note.code.split(".")[1]: note for note in notes}, list(problems)


def squares(*moves, size=10 * KM):
    """Squares in a row, each moved to the east by its share of their size."""
    return [box((i + move) * size, 0, (i + 1 + move) * size, size) for i, move in enumerate(moves)]


def test_squares_that_meet_are_silent():
    assert checked(squares(0, 0, 0)) == ({}, [])
    # meeting along a border of which only one has the vertices
    assert checked([box(0, 0, 1, 2), box(1, 0, 2, 1), box(1, 1, 2, 2)]) == ({}, [])


def test_an_overlap_is_noted_with_its_pair_area_and_share():
    notes, problems = checked(squares(0, -0.05, 0))
    assert problems == [] and list(notes) == ["overlaps"]
    # 5 % of 100 km²; the other pair has a gap that is no hole
    assert "1 pair of regions overlaps: R0, R1 (5 km², 5 % of the smaller)" in notes[
        "overlaps"
    ].say("en")
    assert "R0、R1（5 km²，占较小者的5%）" in notes["overlaps"].say("zh")


def test_the_share_is_of_the_smaller_region():
    inside = [box(0, 0, 100 * KM, 100 * KM), box(99.5 * KM, 0, 109.5 * KM, 10 * KM)]
    notes, problems = checked(inside)
    assert problems == [] and "(5 km², 5 % of the smaller)" in notes["overlaps"].say("en")


@pytest.mark.parametrize("move", [-0.5, -1.0])
def test_regions_that_lie_on_each_other_are_an_error(move):
    notes, problems = checked(squares(0, move))
    (problem,) = problems
    assert f"R0, R1 ({-100 * move:g} km², {-100 * move:g} % of the smaller)" in problem.say("en")
    assert notes == {} and "R0、R1" in problem.say("zh")


def test_regions_within_a_region_are_named_one_by_one():
    _, problems = checked([box(0, 0, 4, 4), box(0, 0, 1, 1), box(1, 0, 2, 1)])
    assert ["R0, R1" in str(each) or "R0, R2" in str(each) for each in problems] == [True, True]
    assert all("100 % of the smaller" in str(each) for each in problems)


def test_a_gap_is_noted_with_its_regions_and_area():
    """A lens between two squares, closed at both ends: 10 km long, 0.1 km wide in the middle."""
    side = 10 * KM
    west = Polygon([(0, 0), (side, 0), (side, side), (0, side)])
    bent = (side + 0.1 * KM, side / 2)
    east = Polygon([(side, 0), (2 * side, 0), (2 * side, side), (side, side), bent])
    notes, problems = checked([west, east])
    assert problems == [] and list(notes) == ["gaps"]
    assert "1 gap lies between regions" in notes["gaps"].say("en")
    assert "R0, R1 (0.5 km², 0.503 % of the smaller)" in notes["gaps"].say("en")
    assert "tolerance" in notes["gaps"].say("zh")


def test_many_holes_take_no_time():
    """A lattice with a slit at every second corner, each between two regions."""
    cells = []
    for i in range(60):
        for j in range(60):
            west = (i, j + 0.5), (i + 0.01 * (i > 0), j + 0.4)
            cells.append(Polygon([(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1), *west]))
    start = time.process_time()
    notes, problems = checked(cells)
    assert problems == [] and notes["gaps"].values["count"] == 59 * 60
    assert time.process_time() - start < 3


def test_lakes_and_holes_of_one_region_are_no_gaps():
    ring = box(0, 0, 10, 10).difference(box(4, 4, 4.2, 4.2))
    assert checked([ring, box(10, 0, 20, 10)]) == ({}, [])
    lake = box(9, 4, 11, 6)  # 4 % of each of the two
    assert checked([box(0, 0, 10, 10) - lake, box(10, 0, 20, 10) - lake]) == ({}, [])


@pytest.mark.parametrize("crs", [4326, 4490])
def test_areas_in_degrees_are_those_on_the_ellipsoid(crs):
    """A cell of 0.01 by 1 degree at the equator: 1.1132 by 110.574 km, about 123.1 km²."""
    notes, _ = checked([box(0, 0, 1, 1), box(0.99, 0, 2, 1)], CRS(crs))
    assert "(123 km², 1 % of the smaller)" in notes["overlaps"].say("en")


@pytest.mark.parametrize("noise", [0.0, 1e-9, 1e-7])
def test_rounding_of_coordinates_is_silent(tmp_path, noise):
    provinces = read_boundaries().frame
    rng = np.random.default_rng(1)
    moved = [
        shapely.transform(shape, lambda points: points + rng.uniform(-noise, noise, 2))
        for shape in provinces.geometry
    ]
    file = tmp_path / "own.parquet"
    gpd.GeoDataFrame({"code": provinces.index}, geometry=moved, crs=4326).to_parquet(file)
    assert read_boundaries(file, "code").notes == ()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 30))
def test_any_coverage_is_silent_and_any_doubled_cell_is_found(seed, count):
    rng = np.random.default_rng(seed)
    frame = box(0, 0, 100 * KM, 100 * KM)
    points = shapely.multipoints(rng.uniform(0, 100 * KM, (count, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=frame))
    cells = shapely.intersection(cells, frame)
    assert checked(cells) == ({}, [])
    again = int(rng.integers(count))
    _, problems = checked([*cells, cells[again]])
    assert len(problems) == 1 and f"R{again}, R{count}" in str(problems[0])


def test_twelve_squares_half_on_the_next_are_refused_with_all_that_is_wrong(tmp_path):
    shapes = squares(*(-0.5 * place for place in range(12)))
    codes = [f"R{place:02d}" for place in range(12)]
    codes[3] = "R02"
    file = tmp_path / "own.parquet"
    gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs=METERS).to_parquet(file)
    with pytest.raises(InputError) as caught:
        read_boundaries(file, "code")
    assert sum(each.key == "regions.overlap" for each in caught.value.problems) == 11
    assert any(each.key == "regions.key_twice" for each in caught.value.problems)


def test_borders_that_differ_in_the_last_digits_are_silent_and_quick():
    """Cells with long borders, drawn one by one; 2,875 of them take four times as long."""
    rng = np.random.default_rng(0)
    frame = box(0, 0, 60, 60)
    points = shapely.multipoints(rng.uniform(0, 60, (800, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=frame))
    cells = shapely.segmentize(shapely.intersection(cells, frame), 0.02)
    noisy = shapely.transform(cells, lambda at: at + 1e-9 * np.sin(1e6 * at[:, ::-1]))
    start = time.process_time()
    assert checked(noisy, CRS(4326)) == ({}, [])
    assert time.process_time() - start < 9


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(*[st.integers(0, 8)] * 2, *[st.integers(1, 5)] * 2), min_size=2, max_size=9)
)
def test_the_pairs_are_those_of_every_pair_intersected(places):
    shapes = [box(x, y, x + wide, y + high) for x, y, wide, high in places]
    small, large = 0, []
    for (i, one), (j, other) in combinations(enumerate(shapes), 2):
        share = one.intersection(other).area / min(one.area, other.area)
        small += 0 < share < 0.1
        large += [f"R{i}, R{j} "] if share >= 0.1 else []
    notes, problems = checked(shapes)
    assert len(problems) == len(large)
    assert all(any(pair in str(each) for each in problems) for pair in large)
    assert (notes["overlaps"].values["count"] if "overlaps" in notes else 0) == small
