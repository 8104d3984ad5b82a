"""Standard deviational ellipse: closed forms, invariants, true north, geodesic shifts."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.spatial.dynamics._ellipse import (
    ellipse,
    ellipse_outlines,
    ellipse_path,
    grid_convergence,
)
from geo_resilience.spatial.dynamics._tables import ellipse_records
from geo_resilience.spatial.neighbors._distances import ALBERS_CHINA, equal_area
from geo_resilience.tables import CATALOG


@pytest.mark.parametrize("azimuth", [0, 30, 60, 90, 135, 179])
def test_an_ellipse_of_points_is_found_again(azimuth):
    """Points at angles of equal step on an ellipse of axes 3 and 1: variances 9/2 and 1/2."""
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    turn = np.radians(azimuth)
    along, across = 3 * np.cos(angle), np.sin(angle)
    x = 5 + along * np.sin(turn) - across * np.cos(turn)
    y = -2 + along * np.cos(turn) + across * np.sin(turn)
    found = ellipse(x, y)
    assert found.center == pytest.approx((5, -2))
    assert found.semi_major == pytest.approx(3 / np.sqrt(2))
    assert found.semi_minor == pytest.approx(1 / np.sqrt(2))
    assert 0 <= found.azimuth < 180
    gap = (found.azimuth - azimuth) % 180
    assert min(gap, 180 - gap) < 1e-9
    assert found.area == pytest.approx(np.pi * 3 / 2)
    ring = found.outline(48)
    np.testing.assert_allclose(ring[0], ring[-1])
    shoelace = (ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1]).sum() / 2
    assert shoelace == pytest.approx(found.area, rel=0.01)


def test_weights_are_repetitions():
    rng = np.random.default_rng(0)
    x, y, w = rng.normal(size=20), rng.normal(size=20), rng.integers(0, 4, size=20)
    weighted = ellipse(x, y, w)
    repeated = ellipse(np.repeat(x, w), np.repeat(y, w))
    assert weighted.center == pytest.approx(repeated.center)
    assert weighted.semi_major == pytest.approx(repeated.semi_major)
    assert weighted.azimuth == pytest.approx(repeated.azimuth)


def test_axes_are_those_of_numpy():
    rng = np.random.default_rng(1)
    x, y, w = rng.normal(size=50), rng.normal(size=50), rng.random(50)
    values, vectors = np.linalg.eigh(np.cov(np.vstack([x, y]), aweights=w, ddof=0))
    found = ellipse(x, y, w)
    np.testing.assert_allclose([found.semi_minor, found.semi_major], np.sqrt(values), rtol=1e-12)
    direction = np.degrees(np.arctan2(vectors[0, 1], vectors[1, 1])) % 180
    assert found.azimuth == pytest.approx(direction)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.1, 3.1), st.floats(-1e3, 1e3), st.floats(0.1, 100), st.integers(0, 10_000))
def test_turning_moving_and_scaling(angle, shift, scale, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=12), 2 * rng.normal(size=12)
    base = ellipse(x, y)
    turned = ellipse(
        scale * (x * np.cos(angle) + y * np.sin(angle)) + shift,
        scale * (y * np.cos(angle) - x * np.sin(angle)) - shift,
    )
    assert turned.semi_major == pytest.approx(scale * base.semi_major, rel=1e-6)
    assert turned.semi_minor == pytest.approx(scale * base.semi_minor, rel=1e-6)
    gap = (turned.azimuth - base.azimuth - np.degrees(angle)) % 180
    assert min(gap, 180 - gap) < 1e-4


def test_series_are_aligned_by_index():
    x = pd.Series([0.0, 2.0, 1.0], index=list("abc"))
    y = pd.Series([1.0, 0.0, 5.0], index=list("bac"))
    w = pd.Series([1.0, 1.0, 2.0], index=list("abc"))
    assert ellipse(x, y, w).center == pytest.approx((1.0, 2.75))
    with pytest.raises(InputError, match="same places"):
        ellipse(x, y.drop("a"), w)


def test_what_has_no_ellipse():
    with pytest.raises(UndefinedError, match="one place"):
        ellipse([1, 1], [2, 2])
    with pytest.raises(InputError, match="negative"):
        ellipse([1, 2], [1, 2], [-1, 2])
    with pytest.raises(InputError, match="blank"):
        ellipse([1, np.nan], [1, 2])
    with pytest.raises(InputError, match="lengths"):
        ellipse([1, 2], [1, 2, 3])
    assert np.isnan(ellipse([1, -1, 0, 0], [0, 0, 1, -1]).azimuth)
    flat = ellipse([0, 1, 2], [0, 1, 2])
    assert flat.semi_minor == 0 and flat.azimuth == pytest.approx(45)


def test_grid_convergence_is_the_cone_constant_times_the_longitude():
    """Albers with parallels 25 and 47: n = (sin 25 + sin 47) / 2 on the sphere, 0.577."""
    n = (np.sin(np.radians(25)) + np.sin(np.radians(47))) / 2
    for lon in (80, 105, 115, 130):
        assert grid_convergence(lon, 35, ALBERS_CHINA) == pytest.approx(n * (lon - 105), abs=0.01)


def test_an_east_west_line_far_from_the_central_meridian_points_east():
    """Points along a parallel around 130 E lean on the grid, and do not from true north."""
    places = pd.DataFrame({"lon": [129.0, 130.0, 131.0], "lat": [45.0] * 3}, index=list("abc"))
    path = ellipse_path(places, pd.DataFrame({2020: [1.0] * 3}, index=list("abc")))
    assert path["azimuth"].iloc[0] == pytest.approx(90, abs=0.1)
    meridian = pd.DataFrame({"lon": [130.0] * 3, "lat": [44.0, 45.0, 46.0]}, index=list("abc"))
    path = ellipse_path(meridian, pd.DataFrame({2020: [1.0] * 3}, index=list("abc")))
    azimuth = path["azimuth"].iloc[0]
    assert min(azimuth, 180 - azimuth) < 0.1
    assert path["semi_major_km"].iloc[0] == pytest.approx(111.1 * np.sqrt(2 / 3), rel=0.02)


def test_shifts_are_geodesics_with_a_direction():
    places = pd.DataFrame({"lon": [110.0, 111.0], "lat": [30.0, 30.0]}, index=["a", "b"])
    panel = pd.DataFrame({2018: [1.0, 1.0], 2019: [1.0, 3.0], 2020: [1.0, 3.0]}, index=["a", "b"])
    path = ellipse_path(places, panel)
    assert np.isnan(path["shift_km"].iloc[0])
    # A quarter of a degree of longitude at 30 north: 24.1 km to the east.
    assert path["shift_km"].iloc[1] == pytest.approx(24.12, abs=0.05)
    assert path["direction"].tolist() == ["", "E", ""]
    assert path["shift_km"].iloc[2] == 0
    assert path["total_shift_km"].tolist() == pytest.approx([0, 24.12, 24.12], abs=0.05)


def test_polygons_stand_at_their_centroids():
    geopandas = pytest.importorskip("geopandas")
    from shapely.geometry import box

    frame = geopandas.GeoDataFrame(
        geometry=[box(100, 30, 101, 31), box(110, 30, 111, 31)], index=["a", "b"], crs="EPSG:4326"
    )
    panel = pd.DataFrame({2020: [1.0, 1.0]}, index=["b", "a"])
    path = ellipse_path(frame, panel)
    assert path["lon"].iloc[0] == pytest.approx(105.5, abs=0.01)
    assert path["lat"].iloc[0] == pytest.approx(30.5, abs=0.2)


def test_outlines_lie_one_standard_deviation_from_the_center():
    from pyproj import Transformer

    rng = np.random.default_rng(0)
    keys = [f"{i:02d}" for i in range(31)]
    places = pd.DataFrame(
        {"lon": rng.uniform(85, 130, 31), "lat": rng.uniform(20, 48, 31)}, index=keys
    )
    panel = pd.DataFrame(rng.random((31, 2)), index=keys, columns=[2018, 2019])
    path = ellipse_path(places, panel)
    rings = ellipse_outlines(path, points=60)
    assert path["projection"].unique().tolist() == [equal_area(places)]
    forward = Transformer.from_crs("EPSG:4326", equal_area(places), always_xy=True)
    for year, row in path.iterrows():
        x, y = forward.transform(*rings[year].T)
        cx, cy = forward.transform(row["lon"], row["lat"])
        away = np.hypot(x - cx, y - cy) / 1000
        assert away.max() == pytest.approx(row["semi_major_km"], rel=1e-6)
        assert away.min() == pytest.approx(row["semi_minor_km"], rel=1e-2)
        np.testing.assert_allclose(rings[year][0], rings[year][-1])
    table = ellipse_records(places, {"composite": panel, "B1": panel * 2})
    assert set(table) == set(CATALOG["ellipse"].names)
    assert len(table) == 4


def test_places_that_are_missing():
    panel = pd.DataFrame({2020: [1.0, 1.0]}, index=["a", "b"])
    with pytest.raises(InputError, match="no place: b"):
        ellipse_path(pd.DataFrame({"lon": [1.0], "lat": [1.0]}, index=["a"]), panel)
    with pytest.raises(InputError, match="lack the columns lat"):
        ellipse_path(pd.DataFrame({"lon": [1.0, 2.0]}, index=["a", "b"]), panel)


def _squares(west, south, east, north, step):
    from geopandas import GeoDataFrame
    from shapely.geometry import box

    corners = [(x, y) for x in range(west, east, step) for y in range(south, north, step)]
    shapes = [box(x, y, x + step, y + step) for x, y in corners]
    keys = [f"{place:02d}" for place in range(len(shapes))]
    return GeoDataFrame(geometry=shapes, index=keys, crs="EPSG:4326")


def _turned(first, second):
    """Degrees between two directions of an axis."""
    return abs((first - second + 90) % 180 - 90)


@pytest.mark.parametrize(
    "extent",
    [
        (-125, 25, -65, 50, 5),
        (-74, -55, -53, -22, 3),
        (113, -44, 154, -10, 4),
        (-60, 60, 20, 84, 8),
    ],
)
def test_centers_lie_among_their_regions_wherever_these_are(extent):
    """The United States on China's Albers once had their center at 77 degrees north."""
    frame = _squares(*extent)
    weights = np.random.default_rng(3).random((len(frame), 2))
    path = ellipse_path(frame, pd.DataFrame(weights, frame.index, [2020, 2021]))
    west, south, east, north = frame.total_bounds
    assert path["lon"].between(west, east).all() and path["lat"].between(south, north).all()
    assert (path["semi_major_km"] * 2 < 111.2 * np.hypot(east - west, north - south)).all()
    assert np.isfinite(path.drop(columns=["direction", "projection"]).iloc[1].astype(float)).all()


def test_forty_squares_over_europe_agree_with_the_projection_of_its_statistical_office():
    """EPSG:3035, Lambert azimuthal around 52 N 10 E: another program's choice of plane."""
    frame = _squares(-10, 36, 30, 66, 5).iloc[:40]
    panel = pd.DataFrame({2020: np.random.default_rng(5).random(len(frame))}, frame.index)
    own, office = ellipse_path(frame, panel), ellipse_path(frame, panel, projection="EPSG:3035")
    from pyproj import Geod

    here, there = own.iloc[0], office.iloc[0]
    apart = Geod(ellps="GRS80").inv(here["lon"], here["lat"], there["lon"], there["lat"])[2]
    assert apart < 3000
    assert here["semi_major_km"] == pytest.approx(there["semi_major_km"], rel=0.01)
    assert here["semi_minor_km"] == pytest.approx(there["semi_minor_km"], rel=0.01)
    assert _turned(here["azimuth"], there["azimuth"]) < 0.5


@pytest.mark.parametrize("south", [60, -90])
def test_around_a_pole_everything_is_finite_and_the_pole_has_no_direction(south):
    """Twelve like wedges weigh alike at the pole: a circle around it."""
    frame = _squares(-180, south, 180, south + 30, 30)
    even, uneven = np.ones(12), np.arange(1.0, 13.0)
    path = ellipse_path(frame, pd.DataFrame({2020: even, 2021: uneven, 2022: even}, frame.index))
    at = path.loc[2020]
    assert abs(at["lat"]) == pytest.approx(90, abs=1e-6) and at["lon"] == 0
    assert at["ratio"] == pytest.approx(1) and np.isnan(at["azimuth"])
    # The heavier wedges lie at 90 to 180 east: toward 90 east along the sums of their angles.
    heavy = np.radians(np.arange(-165, 180, 30))
    toward = np.degrees(np.arctan2(uneven @ np.sin(heavy), uneven @ np.cos(heavy)))
    assert path.loc[2021, "lon"] == pytest.approx(toward, abs=0.01)
    assert path["direction"].tolist() == ["", "", "S" if south < 0 else "N"]
    for ring in ellipse_outlines(path).values():
        assert np.isfinite(ring).all()


def test_the_date_line_is_no_border():
    from geopandas import GeoDataFrame
    from shapely.geometry import box

    shapes = [box(170, 0, 180, 5), box(-180, 0, -170, 5)]
    frame = GeoDataFrame(geometry=shapes, index=["a", "b"], crs="EPSG:4326")
    path = ellipse_path(frame, pd.DataFrame({2020: [1.0, 3.0]}, index=["a", "b"]))
    assert path["lon"].iloc[0] == pytest.approx(-177.5, abs=0.05)
    assert path["azimuth"].iloc[0] == pytest.approx(90, abs=0.5)


def test_a_globe_of_squares_has_a_center():
    frame = _squares(-180, -90, 180, 90, 30)
    path = ellipse_path(frame, pd.DataFrame({2020: np.ones(len(frame))}, frame.index))
    assert "eqearth" in path["projection"].iloc[0]
    assert path[["lon", "lat"]].iloc[0].abs().max() < 1e-6


def test_azimuths_of_paths_count_from_true_north_and_of_ellipses_from_the_grid():
    """A meridian 25 degrees off the middle leans on the plane; true north does not lean."""
    from pyproj import Transformer

    places = pd.DataFrame({"lon": [25.0] * 3, "lat": [49.0, 50.0, 51.0]}, index=list("abc"))
    panel = pd.DataFrame({2020: [1.0] * 3}, index=list("abc"))
    plane = "+proj=laea +lon_0=0 +lat_0=50 +datum=WGS84 +units=m"
    azimuth = ellipse_path(places, panel, projection=plane)["azimuth"].iloc[0]
    assert _turned(azimuth, 0) < 0.1
    forward = Transformer.from_crs("EPSG:4326", plane, always_xy=True)
    on_grid = ellipse(*forward.transform(places["lon"], places["lat"])).azimuth
    assert _turned(on_grid, 0) > 15
    assert _turned(on_grid + grid_convergence(25.0, 50.0, plane), 0) < 0.1
