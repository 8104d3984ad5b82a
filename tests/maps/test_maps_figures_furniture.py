"""Furniture of printed maps: a scale that is as long as it says, an arrow that points north."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.patches import Polygon, Rectangle
from matplotlib.text import Text
from pyproj import Geod
from synthetic_results import synthetic_results

from geo_resilience.maps import figures
from geo_resilience.maps.figures._furniture import _transforms
from geo_resilience.maps.figures._regions import canvas_of
from geo_resilience.maps.figures._style import LAYOUTS

GEOD = Geod(ellps="WGS84")


def scale_of(sheet):
    """Axes of the scale bar, its length on paper in millimetres, and what it says."""
    for axes in sheet.axes:
        told = [t.get_text() for t in axes.texts if t.get_text().endswith(" km")]
        bars = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
        halves = [bar for bar in bars if bar.get_height() == 1.0]
        if told and len(halves) == 2:
            across = sum(bar.get_width() for bar in halves)
            place = axes.get_position()
            mm = place.width * sheet.layout.width / (axes.get_xlim()[1] - axes.get_xlim()[0])
            return across * mm, float(told[0].removesuffix(" km"))
    raise AssertionError("no scale bar")


def kilometres_a_millimetre(sheet, canvas, at):
    """Geodesic kilometres that a millimetre of the map stands for, eastward and northward."""
    axes = sheet.axes[0]
    west, east = axes.get_xlim()
    mm = axes.get_position().width * sheet.layout.width
    units = (east - west) / mm
    degrees, grid = _transforms(canvas.ground)
    (x,), (y,) = grid([at[0]], [at[1]])
    found = []
    for dx, dy in ((units, 0), (0, units)):
        lon, lat = degrees([x - dx / 2, x + dx / 2], [y - dy / 2, y + dy / 2])
        found.append(GEOD.inv(lon[0], lat[0], lon[1], lat[1])[2] / 1000)
    return found


@pytest.mark.parametrize("width", LAYOUTS)
def test_the_scale_bar_agrees_with_geodesic_distances(width):
    results = synthetic_results()
    sheet = figures.graded_map(results, width=width)
    canvas = canvas_of(results.regions.frame)
    paper, told = scale_of(sheet)
    for at in ((105, 36), (90, 40), (118, 30), (110, 22)):
        for km in kilometres_a_millimetre(sheet, canvas, at):
            assert told / paper == pytest.approx(km, rel=0.045), at
    product = np.prod(kilometres_a_millimetre(sheet, canvas, (105, 36)))
    assert (told / paper) ** 2 == pytest.approx(product, rel=0.005), "areas are true"


@pytest.mark.parametrize("place", [(2, 48), (-70, -50), (25, 68), (140, -30)])
def test_the_scale_bar_of_boundaries_elsewhere(place):
    lon, lat = place
    shapes = [shapely.box(lon + n, lat, lon + n + 1, lat + 1) for n in range(4)]
    frame = gpd.GeoDataFrame(
        {"name": list("abcd"), "name_zh": ""},
        geometry=shapes,
        index=pd.Index(list("abcd"), name="key"),
        crs=4326,
    )
    values = pd.Series([1.0, 2, 3, 4], list("abcd"))
    sheet = figures.choropleth_figure(values, frame, classes=[2])
    paper, told = scale_of(sheet)
    for km in kilometres_a_millimetre(sheet, canvas_of(frame), (lon + 2, lat + 0.5)):
        assert told / paper == pytest.approx(km, rel=0.02)
    texts = " ".join(text.get_text() for text in sheet.findobj(Text))
    assert ("°S" in texts) == (lat < 0) and ("°W" in texts) == (lon < 0)


def test_the_arrow_points_along_the_middle_meridian():
    results = synthetic_results()
    sheet = figures.graded_map(results)
    canvas = canvas_of(results.regions.frame)
    degrees, grid = _transforms(canvas.ground)
    west, south, east, north = canvas.view()
    (lon,), (lat,) = degrees([(west + east) / 2], [(south + north) / 2])
    (x0, x1), (y0, y1) = grid([lon, lon], [lat, lat + 0.5])
    expected = np.degrees(np.arctan2(x1 - x0, y1 - y0))
    arrows = [p for axes in sheet.axes for p in axes.patches if isinstance(p, Polygon)]
    corners = arrows[0].get_xy()
    tip, notch = corners[0], corners[2]
    drawn = np.degrees(np.arctan2(*(tip - notch)))
    assert drawn == pytest.approx(expected, abs=0.2)
