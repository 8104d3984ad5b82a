"""Studies of regions outside China: what their table, page and picture say of where they lie."""

import warnings

import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Transformer

from geo_resilience import maps, study
from geo_resilience.maps.figures._regions import canvas_of

gpd = pytest.importorskip("geopandas")

FRAMEWORK = """
[[dimensions]]
code = "B1"
name = "One"
[[dimensions]]
code = "B2"
name = "Two"
[[indicators]]
code = "D1"
name = "First"
dimension = "B1"
direction = "+"
column = "a"
[[indicators]]
code = "D2"
name = "Second"
dimension = "B2"
direction = "+"
column = "b"
"""
STUDY = """
title = "Elsewhere"
[boundaries]
file = "own.geojson"
key = "id"
name = "town"
[table]
file = "own.csv"
region = "id"
year = "year"
[framework]
file = "own.toml"
[weights]
method = "equal"
[output]
figures = []
report = false
[analyses]
skip = [{skip}]
"""

#: West, south, east, north and step of squares: like the United States, and around the pole.
EXTENTS = {"states": (-125, 25, -65, 50, 10), "pole": (-180, 60, 180, 90, 30)}


def run_elsewhere(folder, west, south, east, north, step):
    from geo_resilience.study._plan_sections import ANALYSES

    high = min(step, north - south)
    corners = [(x, y) for x in range(west, east, step) for y in range(south, north, high)]
    shapes = [shapely.box(x, y, x + step, min(y + high, north)) for x, y in corners]
    keys = [f"R{place:02d}" for place in range(len(shapes))]
    named = {"id": keys, "town": [f"Town {key}" for key in keys]}
    gpd.GeoDataFrame(named, geometry=shapes, crs=4326).to_file(folder / "own.geojson")
    rng = np.random.default_rng(8)
    rows = [(key, year, *rng.random(2) + 0.1) for key in keys for year in (2021, 2022, 2023)]
    pd.DataFrame(rows, columns=["id", "year", "a", "b"]).to_csv(folder / "own.csv", index=False)
    (folder / "own.toml").write_text(FRAMEWORK)
    skip = ", ".join(f'"{name}"' for name in ANALYSES if name != "ellipse")
    (folder / "study.toml").write_text(STUDY.format(skip=skip))
    return study.run(folder / "study.toml", folder / "results")


@pytest.fixture(scope="module", params=EXTENTS)
def elsewhere(request, tmp_path_factory):
    return run_elsewhere(tmp_path_factory.mktemp(request.param), *EXTENTS[request.param])


def weighted_ring(results, row):
    """Center and inverse covariance on the plane that the row names, from their definition."""
    scores = results["scores"].query("year == @row.year").set_index("adcode")["composite"]
    points = results.regions.frame.geometry.loc[scores.index].to_crs(row.projection).centroid
    share = (scores / scores.sum()).to_numpy()
    center = share @ np.column_stack([points.x, points.y])
    away = np.column_stack([points.x, points.y]) - center
    return center, np.linalg.inv((away.T * share) @ away)


def test_the_picture_shows_the_ellipse_of_the_regions_themselves(elsewhere):
    """The drawn line, taken back to the plane, is one standard deviation from the center."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        sheet = maps.figures.ellipse_map(elsewhere)
    ground = canvas_of(elsewhere.regions.frame).ground
    rows = list(elsewhere["ellipse"].itertuples())
    drawn = [line for axes in sheet.axes for line in axes.lines if len(line.get_xdata()) == 181]
    assert len(drawn) == 2
    for line, row in zip(drawn, (rows[0], rows[-1]), strict=True):
        x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
        back = Transformer.from_crs(ground.crs, row.projection, always_xy=True)
        points = np.column_stack(back.transform(x * ground.step, y * ground.step))
        center, inverse = weighted_ring(elsewhere, row)
        away = points - center
        assert np.abs(np.einsum("ij,jk,ik->i", away, inverse, away) - 1).max() < 1e-3


def test_the_sentence_says_west_for_the_west(elsewhere):
    row = elsewhere["ellipse"].iloc[-1]
    text = maps.figures.ellipse_map(elsewhere).alternative_text
    side = "W" if row["lon"] < 0 else "E"
    assert f"The center lies at {abs(row['lon']):.2f}".rstrip("0") in text
    assert f"°{side}, {row['lat']:.2f}".rstrip("0") in text and "-" not in text.split("at ")[1][:12]
    chinese = maps.figures.ellipse_map(elsewhere, language="zh").alternative_text
    assert ("西经" if side == "W" else "东经") in chinese and "公里" not in chinese


def test_the_page_draws_every_year_s_ellipse_without_a_warning(elsewhere):
    from geo_resilience.maps.atlas._ellipses import ellipse_content
    from geo_resilience.maps.drawing._geometry import draw_ground
    from geo_resilience.maps.drawing._series import Rows

    ground = draw_ground(elsewhere.regions.frame)
    rows = Rows(tuple(elsewhere.regions.keys), tuple(elsewhere.years))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (content,) = ellipse_content(elsewhere, rows, ground, {})
    assert content["years"] == [0, 1, 2]
    table = elsewhere["ellipse"]
    assert content["told"][0][:2] == [
        round(table["semi_major_km"][0]),
        round(table["semi_minor_km"][0]),
    ]


def test_the_table_is_finite_and_its_center_among_the_regions(elsewhere):
    table = elsewhere["ellipse"]
    west, south, east, north = elsewhere.regions.frame.total_bounds
    assert table["lon"].between(west, east).all() and table["lat"].between(south, north).all()
    numbers = table.select_dtypes("number").iloc[1:]
    assert np.isfinite(numbers.to_numpy()).all()
    assert table["projection"].str.contains("laea").all()
