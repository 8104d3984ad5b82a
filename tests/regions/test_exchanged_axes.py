"""Longitude and latitude, easting and northing that changed places are told where they show."""

import geopandas as gpd
import pytest
from shapely.geometry import box

from geo_resilience.regions import read_boundaries


def codes(folder, crs, *corners):
    shapes = [box(x, y, x + step, y + step) for x, y, step in corners]
    file = folder / "own.gpkg"
    keys = [f"k{number}" for number in range(len(shapes))]
    gpd.GeoDataFrame({"key": keys}, geometry=shapes, crs=crs).to_file(file)
    return [note.code for note in read_boundaries(file, "key").notes]


@pytest.mark.parametrize(
    "crs, right",
    [
        (4490, [(85.0, 30.0, 1.0), (86.0, 30.0, 1.0)]),  # CGCS2000, Tibet; China alone
        (4326, [(80.0, 42.0, 1.0), (81.0, 42.0, 1.0)]),  # Xinjiang; the whole earth
        (32649, [(400_000, 3_300_000, 50_000), (450_000, 3_300_000, 50_000)]),  # UTM 49 N
        (4547, [(450_000, 3_300_000, 50_000), (500_000, 3_300_000, 50_000)]),  # Gauss-Krueger
    ],
)
def test_exchanged_axes_are_suspected_and_right_ones_are_not(tmp_path, crs, right):
    assert "regions.axes_suspected" not in codes(tmp_path, crs, *right)
    (tmp_path / "own.gpkg").unlink()
    wrong = [(y, x, step) for x, y, step in right]
    assert "regions.axes_suspected" in codes(tmp_path, crs, *wrong)


def test_a_far_northern_archipelago_is_suspected_and_said_to_be_looked_at(tmp_path):
    # Svalbard itself lies beyond the 72nd parallel: a note, never an error.
    assert codes(tmp_path, 4326, (15.0, 78.0, 1.0)) == ["regions.axes_suspected"]


def test_the_bundled_provinces_are_not_suspected():
    assert [note.code for note in read_boundaries().notes] == []
