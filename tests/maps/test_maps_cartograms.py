"""Tiles and circles: apart, as large as they say, where the regions are, the same each time."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.patches import Circle, Rectangle
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr
from synthetic_results import synthetic_results

from geo_resilience.errors import InputError
from geo_resilience.maps import figures
from geo_resilience.maps.drawing._cartograms import circles, tile_places
from geo_resilience.maps.drawing._geometry import draw_ground
from geo_resilience.regions import read_boundaries
from geo_resilience.regions._provinces import PROVINCIAL_CODES


def test_every_provincial_code_has_a_tile_of_its_own_and_none_stands_alone():
    places = tile_places(PROVINCIAL_CODES)
    cells = set(places.values())
    assert len(cells) == len(places) == len(PROVINCIAL_CODES) == 34
    reached, ahead = set(), {min(cells)}
    while ahead:
        reached |= ahead
        ahead = {
            (c + x, r + y) for c, r in ahead for x in (-1, 0, 1) for y in (-1, 0, 1)
        } & cells - reached
    assert reached == cells


def test_tiles_lie_as_the_provinces_do():
    regions = read_boundaries()
    places = tile_places(regions.keys)
    centers = regions.frame.geometry.to_crs(draw_ground(regions.frame).crs).centroid
    columns, rows = np.array([places[key] for key in regions.keys]).T
    assert spearmanr(columns, centers.x).statistic > 0.9
    assert spearmanr(rows, -centers.y).statistic > 0.9
    near = [max(abs(np.subtract(places[one], places[two]))) for one, two in regions.links or ()]
    assert np.mean(np.array(near) == 1) > 0.75 and max(near) <= 5


def gaps(centers, radii):
    """Distance of every two circles that are there, beyond their radii."""
    seen = radii[radii > 0]
    one, two = np.triu_indices(len(seen), 1)
    return pdist(centers[radii > 0]) - seen[one] - seen[two]


sizes = st.lists(st.floats(0, 1e6), min_size=1, max_size=25)


@given(sizes, st.integers(0, 2**31), st.booleans())
def test_no_two_circles_overlap_and_areas_are_as_the_values(values, seed, on_a_point):
    rng = np.random.default_rng(seed)
    places = np.zeros((len(values), 2)) if on_a_point else rng.normal(size=(len(values), 2))
    values = np.array(values)
    centers, radii = circles(places, values, area=2.0)
    tiny = 1e-9 * max(radii.max(), 1e-300)
    assert (gaps(centers, radii) >= -tiny).all()
    if values.sum() > 0:
        assert np.pi * radii**2 * values.sum() == pytest.approx(2.0 * values, rel=1e-9, abs=1e-300)
    again, _ = circles(places, values, area=2.0)
    assert np.array_equal(centers, again)


def test_circles_of_2900_regions_stay_near_their_places_and_are_quick():
    rng = np.random.default_rng(3)
    places = rng.uniform(0, 100, (2900, 2))
    values = rng.lognormal(0, 1, 2900)
    begun = time.process_time()
    centers, radii = circles(places, values, area=0.5 * 100**2)
    assert time.process_time() - begun < 8
    assert (gaps(centers, radii) >= -1e-9).all()
    assert np.median(np.hypot(*(centers - places).T)) < 5
    assert spearmanr(centers[:, 0], places[:, 0]).statistic > 0.98


def test_a_blank_has_no_circle_and_a_negative_value_is_told():
    centers, radii = circles(np.array([[0.0, 0], [1, 1]]), np.array([np.nan, 2]), area=1.0)
    assert radii[0] == 0 and centers[0].tolist() == [0, 0]
    with pytest.raises(InputError, match="-3"):
        circles(np.zeros((1, 2)), np.array([-3.0]), area=1.0)


@pytest.mark.parametrize(("form", "count"), [("", 31), ("tiles", 31), ("circles", 31)])
def test_the_figure_has_a_shape_a_region_in_the_color_of_its_grade(form, count):
    results = synthetic_results()
    sheet = figures.equal_map(results, form=form)
    shapes = sheet.axes[0].patches
    assert len(shapes) == count
    assert all(isinstance(each, Circle if form == "circles" else Rectangle) for each in shapes)
    scores = results.tables["scores"]
    grades = scores[scores["year"] == 2023].set_index("adcode")["grade"].astype(str)
    wanted = sorted(results.found.grading.color(grade) for grade in grades)
    drawn = sorted(to_hex(each.get_facecolor()) for each in shapes if not each.get_hatch())
    assert drawn == sorted(color.lower() for color in wanted)
    assert sum(bool(each.get_hatch()) for each in shapes) == 1  # left out of the study
    names = {text.get_text() for text in sheet.axes[0].texts}
    assert {"Beijing", "Hainan"} <= names


def test_circles_are_as_large_as_the_sizes_that_are_given():
    keys = read_boundaries().keys
    sizes = dict(zip(keys, range(31), strict=True))
    sheet = figures.equal_map(synthetic_results(), sizes=sizes)
    areas = sorted(each.radius**2 for each in sheet.axes[0].patches)
    assert np.array(areas) / areas[0] == pytest.approx(range(1, 31))
