"""Rasters averaged and summed: by hand, against cells cut fine, other programs, whole areas."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import box
from shapely.affinity import translate

from geo_resilience.cli._entry import answer
from geo_resilience.errors import InputError
from geo_resilience.indicators import zonal
from geo_resilience.regions import Regions, read_boundaries

rasterio = pytest.importorskip("rasterio")
pytest.importorskip("exactextract")
pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning:rasterio")

PLANE = "EPSG:6933"


def write(file, cells, *, west=0.0, north=4.0, cell=1.0, crs=PLANE, nodata=-1, upward=False):
    """Write bands of rows from the north as a GeoTIFF; upward with the rows from the south."""
    cells = np.asarray(cells)
    bands = cells if cells.ndim == 3 else cells[None]
    count, rows, columns = bands.shape
    grid = rasterio.transform.Affine(cell, 0, west, 0, -cell, north)
    if upward:
        bands = bands[:, ::-1]
        grid = rasterio.transform.Affine(cell, 0, west, 0, cell, north - cell * rows)
    told = {"width": columns, "height": rows, "count": count, "dtype": bands.dtype, "crs": crs}
    with rasterio.open(file, "w", **told, transform=grid, nodata=nodata) as raster:
        raster.write(bands)
    return file


def regions_of(shapes, crs=PLANE) -> Regions:
    keys = pd.Index(shapes, name="adcode", dtype="str")
    names = {"name": list(keys), "name_zh": list(keys)}
    frame = gpd.GeoDataFrame(names, index=keys, geometry=list(shapes.values()), crs=crs)
    return Regions(frame, "squares")


def row(found, key, year=2020):
    return found.set_index(["adcode", "year"]).loc[(key, year)].to_dict()


def told(call) -> str:
    with pytest.raises(InputError) as raised:
        call()
    return str(raised.value)


#: 1 2 3 4 in the first row, 13 to 16 in the last.
SIXTEEN = np.arange(1.0, 17).reshape(4, 4)


@pytest.mark.parametrize("upward", [False, True])
def test_half_covered_cells_count_by_half(tmp_path, upward):
    cells = SIXTEEN.copy()
    cells[0, 0], cells[0, 1] = -1, np.nan
    file = write(tmp_path / "lights_2020.tif", cells, west=10, upward=upward)
    shapes = {
        "whole": box(2, 0, 4, 2),  # 11 12 15 16
        "halves": box(0.5, 1, 1.5, 2),  # halves of 9 and 10
        "blank": box(0, 3, 1, 4),  # -1 alone
        "some": box(1, 2, 3, 4),  # no data, 3, 6, 7
        "edge": box(3, -1, 5, 1),  # 16, and three quarters beyond the raster
        "out": box(9, 9, 10, 10),
    }
    shapes = {key: translate(shape, 10) for key, shape in shapes.items()}
    found = zonal(file, regions_of(shapes), name="lights")
    assert list(found) == ["adcode", "year", "mean_lights", "sum_lights"]
    assert row(found, "whole") == {"mean_lights": 13.5, "sum_lights": 54}
    assert row(found, "halves") == pytest.approx({"mean_lights": 9.5, "sum_lights": 9.5})
    assert row(found, "some") == {"mean_lights": pytest.approx(16 / 3), "sum_lights": 16}
    assert row(found, "edge") == {"mean_lights": 16, "sum_lights": 16}
    assert (
        found.set_index("adcode").loc[["blank", "out"]].drop(columns="year").isna().all(axis=None)
    )
    report = found.attrs["report"].set_index(["adcode", "reason"])["share"].to_dict()
    assert report == {
        ("blank", "no_data"): 1,
        ("edge", "part"): 0.75,
        ("out", "outside"): 1,
        ("some", "no_data"): 0.25,
    }


def test_shares_of_land_cover_are_of_the_area_with_data(tmp_path):
    cells = np.array([[1, 1, 2, 9], [3, 3, 2, 0]], dtype="uint8")
    file = write(tmp_path / "cover_2020.tif", cells, north=2, nodata=0)
    asked = {"classes": {"farmed": [1, 2], "built": 3}}
    found = zonal(file, regions_of({"a": box(0, 0, 4, 2), "b": box(0, 0.5, 1, 2)}), **asked)
    assert list(found) == ["adcode", "year", "share_farmed", "share_built"]
    assert row(found, "a") == pytest.approx({"share_farmed": 4 / 7, "share_built": 2 / 7})
    assert row(found, "b") == pytest.approx({"share_farmed": 2 / 3, "share_built": 1 / 3})
    without = zonal(file, regions_of({"a": box(0, 0, 4, 2)}), no_data=[9], **asked)
    assert row(without, "a")["share_farmed"] == pytest.approx(4 / 6)


def test_stored_numbers_are_scaled(tmp_path):
    file = write(tmp_path / "t_2020.tif", np.array([[10, 30]], "int16"), north=1)
    with rasterio.open(file, "r+") as raster:
        raster.scales, raster.offsets = (0.1,), (5.0,)
    assert row(zonal(file, regions_of({"a": box(0, 0, 2, 1)})), "a") == pytest.approx(
        {"mean_value": 7.0, "sum_value": 14.0}
    )


corner = st.tuples(st.floats(-1, 5), st.floats(-1, 5))


#: Corners that hardly differ from a corner of the cells, and from each other.
NEAR = [(4.5, 0.75), (2.5, 2.6), (4.6e-266, -0.12), (-6.2e-90, 1.6e-24), (4.5, 0.3), (0.75, 1.29)]
EDGE = [(0.0, -1.0), (0.0, -0.5), (1.0, 4.8e-148)]


@pytest.mark.parametrize("corners", [NEAR, EDGE])
def test_corners_that_hardly_differ_end_nothing(tmp_path, corners):
    shape = shapely.convex_hull(shapely.multipoints(corners))
    file = write(tmp_path / "r_2020.tif", np.ones((4, 4)))
    found = row(zonal(file, regions_of({"a": shape, "all": box(0, 0, 4, 4)})), "a")
    within = shapely.intersection(shape, box(0, 0, 4, 4)).area
    assert np.nan_to_num(found["sum_value"]) == pytest.approx(within, rel=1e-6, abs=1e-6)


@given(st.lists(corner, min_size=3, max_size=7), st.integers(0, 2**32 - 1))
def test_any_polygon_is_as_cells_cut_by_shapely_have_it(tmp_path_factory, corners, seed):
    shape = shapely.convex_hull(shapely.multipoints(corners))
    if shape.geom_type != "Polygon" or shape.area < 1e-3:
        return
    rng = np.random.default_rng(seed)
    cells = rng.gamma(1, 3, (4, 4))
    cells[rng.random((4, 4)) < 0.2] = -1
    file = write(tmp_path_factory.mktemp("any") / "r_2020.tif", cells)
    part = np.array(
        [[box(x, 3 - y, x + 1, 4 - y).intersection(shape).area for x in range(4)] for y in range(4)]
    )
    held = part * (cells != -1)
    regions = regions_of({"a": shape, "all": box(0, 0, 4, 4)})
    if held.sum() < 1e-4:
        return
    found = row(zonal(file, regions), "a")
    assert found["sum_value"] == pytest.approx((held * cells).sum(), rel=1e-5, abs=1e-5)
    assert found["mean_value"] == pytest.approx((held * cells).sum() / held.sum(), rel=1e-4)


@pytest.fixture(scope="module")
def lights(tmp_path_factory):
    """Night lights of a generated kind over the bundled provinces, in two years."""
    folder = tmp_path_factory.mktemp("lights")
    rng = np.random.default_rng(1)
    for year in (2019, 2020):
        cells = rng.gamma(0.5, 8, (220, 260)).astype("float32")
        write(folder / f"lights_{year}.tif", cells, west=72, north=55, cell=0.25, crs="EPSG:4326")
    return folder


@pytest.fixture(scope="module")
def provinces():
    return read_boundaries()


def test_provinces_are_as_rasterio_has_them_in_fine_cells(lights, provinces):
    """rasterio puts every small cell to the region that holds its middle: 400 to each cell."""
    found = zonal(lights / "lights_2020.tif", provinces).set_index("adcode")
    fine, size = 20, 0.25
    with rasterio.open(lights / "lights_2020.tif") as raster:
        cells = np.kron(raster.read(1), np.ones((fine, fine), "float32"))
        grid = raster.transform @ rasterio.transform.Affine.scale(1 / fine)
    latitude = 55 - (np.arange(len(cells)) + 0.5) * size / fine
    areas = np.cos(np.radians(latitude))[:, None] * np.ones_like(cells)
    shapes = provinces.frame.geometry.to_crs("EPSG:4326")
    from rasterio.features import rasterize

    drawn = rasterize(zip(shapes, range(1, 32), strict=True), cells.shape, transform=grid)
    added = [np.bincount(drawn.ravel(), each.ravel())[1:] for each in (cells, cells * areas, areas)]
    assert found["sum_value"].to_numpy() == pytest.approx(added[0] / fine**2, rel=4e-3)
    assert found["mean_value"].to_numpy() == pytest.approx(added[1] / added[2], rel=4e-3)


def test_parts_add_up_to_the_whole(lights, provinces):
    whole = regions_of({"all": box(72.1, 0.3, 136.9, 54.7)}, "EPSG:4326")
    parts = regions_of(
        {f"{x}{y}": box(72.1 + 16.2 * x, 0.3 + 13.6 * y, 88.3 + 16.2 * x, 13.9 + 13.6 * y)
         for x in range(4) for y in range(4)},
        "EPSG:4326",
    )  # fmt: skip
    for asked in ({}, {"density": True}):
        one = row(zonal(lights, whole, **asked), "all")
        several = zonal(lights, parts, **asked).query("year == 2020")
        assert several["sum_value"].sum() == pytest.approx(one["sum_value"], rel=1e-6)


def test_a_density_of_one_comes_to_the_area_on_the_ellipsoid(tmp_path):
    file = write(
        tmp_path / "one_2020.tif", np.ones((180, 360)), west=-180, north=90, crs="EPSG:4326"
    )
    shapes = {"equator": box(100.3, -5, 110, 5), "north": box(10, 60, 30.6, 80)}
    found = zonal(file, regions_of(shapes, "EPSG:4326"), density=True).set_index("adcode")
    planar = gpd.GeoSeries(shapes, crs="EPSG:4326").segmentize(0.1).to_crs(PLANE).area / 1e6
    assert found["sum_value"].to_dict() == pytest.approx(planar.to_dict(), rel=1e-5)
    earth = zonal(file, regions_of({"earth": box(-180, -90, 180, 90)}, "EPSG:4326"), density=True)
    assert earth["sum_value"][0] == pytest.approx(510_065_622, rel=1e-6)  # Moritz 1980, GRS 80


def test_regions_are_brought_to_the_rasters_system(tmp_path):
    file = write(tmp_path / "u_2020.tif", SIXTEEN, west=500_000, north=4e6, cell=1000,
                 crs="EPSG:32650")  # fmt: skip
    square = gpd.GeoSeries([box(501_000, 3_997_000, 503_000, 3_999_000)], crs="EPSG:32650")
    there = square.segmentize(50).to_crs("EPSG:4326")
    found = zonal(file, regions_of({"a": there[0]}, "EPSG:4326"))
    expected = {"mean_value": 8.5, "sum_value": 34.0}  # 6 7 10 11
    assert row(found, "a") == pytest.approx(expected, rel=1e-5)


def test_tiles_of_a_year_are_one_raster(tmp_path):
    shapes = {"a": box(0.5, 0.5, 3.5, 3.2), "b": box(2.2, 1.2, 3, 2)}
    whole = zonal(write(tmp_path / "w_2020.tif", SIXTEEN), regions_of(shapes))
    (tmp_path / "tiles").mkdir()
    for column in range(0, 4, 2):
        part = SIXTEEN[:, column : column + 2]
        write(tmp_path / "tiles" / f"t{column}_2020.tif", part, west=column)
    tiles = zonal(tmp_path / "tiles", regions_of(shapes))
    pd.testing.assert_frame_equal(tiles, whole, rtol=1e-12)
    assert len(tiles.attrs["report"]) == 0
    write(tmp_path / "tiles" / "t9_2020.tif", SIXTEEN[:, :1], west=1)
    said = told(lambda: zonal(tmp_path / "tiles", regions_of(shapes)))
    assert "t0_2020.tif and t9_2020.tif are both of 2020 and cover the same ground" in said
    assert "t2_2020.tif" not in said


def test_memory_and_executor_change_no_figure(lights, provinces, monkeypatch):
    from geo_resilience.indicators.rasters import _cells

    first = zonal(lights, provinces)
    with ThreadPoolExecutor(2) as threads:
        beside = zonal(lights, provinces, executor=threads)
    pd.testing.assert_frame_equal(beside, first, check_exact=True)
    monkeypatch.setattr(_cells, "_CELLS", 999)
    pd.testing.assert_frame_equal(zonal(lights, provinces), first, rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "year", "expected"),
    [
        ("lights_2020.tif", None, 2020),
        ("VNL_v21_npp_2019_global_20220505.tif", None, 2019),
        ("n_201204-201303_x.tif", "n_{year}??-*.tif", 2012),
        ("annual[1]_2018.tif", "annual[1]_{year}.tif", 2018),
        ("a.tif", 2017, 2017),
    ],
)
def test_the_year_is_in_the_name_or_stated(tmp_path, name, year, expected):
    write(tmp_path / name, SIXTEEN)
    found = zonal(tmp_path, regions_of({"a": box(0, 0, 1, 1)}), year=year)
    assert found["year"].to_list() == [expected]


def test_a_band_is_a_year_or_named(tmp_path):
    file = write(tmp_path / "bands.tif", np.stack([SIXTEEN, SIXTEEN * 2]))
    regions = regions_of({"a": box(0, 0, 1, 1)})
    found = zonal(file, regions, band_years=[2012, 2015])
    assert found[["year", "sum_value"]].to_numpy().tolist() == [[2012, 13], [2015, 26]]
    assert zonal(file, regions, band=2, year=2020)["sum_value"].to_list() == [26]
    assert "has 2 bands" in told(lambda: zonal(file, regions, year=2020))
    assert "has no band 3; it has 2" in told(lambda: zonal(file, regions, band=3, year=2020))
    assert "not one a year of 2012" in told(lambda: zonal(file, regions, band_years=[2012]))


def test_what_is_wrong_with_any_file_is_told_at_once(tmp_path):
    regions = regions_of({"a": box(70, 20, 71, 21)}, "EPSG:4326")
    degrees = {"crs": "EPSG:4326", "west": 60.0, "north": 30.0}
    (tmp_path / "text_2020.tif").write_text("no raster")
    write(tmp_path / "nowhere_2020.tif", SIXTEEN, crs=None)
    write(tmp_path / "undated.tif", SIXTEEN, **degrees)
    turned = rasterio.transform.Affine(1, 0.5, 0, 0.5, -1, 0)
    with rasterio.open(write(tmp_path / "turned_2020.tif", SIXTEEN), "r+") as raster:
        raster.transform = turned
    said = told(lambda: zonal([tmp_path, tmp_path / "gone*.tif"], regions))
    for part in ("text_2020.tif cannot be read as a GeoTIFF", "nowhere_2020.tif names no reference",
                 "The name undated.tif does not tell one year", "The rows of turned_2020.tif",
                 "There are no rasters at"):  # fmt: skip
        assert part in said
    assert said.count("\n") == 4
    (tmp_path / "table.csv").touch()
    assert "table.csv is no raster" in told(lambda: zonal(tmp_path / "table.csv", regions))


def test_a_raster_elsewhere_or_with_exchanged_axes_is_told_with_both_extents(tmp_path, provinces):
    degrees = {"crs": "EPSG:4326", "cell": 10}
    write(tmp_path / "far_2019.tif", SIXTEEN, west=-60, **degrees)
    write(tmp_path / "swapped_2020.tif", np.ones((7, 5)), west=10, north=140, **degrees)
    said = told(lambda: zonal(tmp_path, provinces))
    assert "far_2019.tif lies over no region: its x runs from -60 to -20, y from -36 to 4" in said
    assert "swapped_2020.tif lies over no region, but would with its axes exchanged" in said
    assert "73.5065" in said and "53.5636" in said


def test_a_truncated_file_is_named(lights, tmp_path, provinces):
    for name in ("lights_2019.tif", "lights_2020.tif"):
        content = (lights / name).read_bytes()
        (tmp_path / name).write_bytes(content[: len(content) * 2 // 3])
    said = told(lambda: zonal(tmp_path, provinces))
    assert "lights_2019.tif cannot be read" in said and "lights_2020.tif cannot be read" in said


def test_a_density_is_refused_where_a_projection_changes_areas(tmp_path, provinces):
    file = write(tmp_path / "m_2020.tif", np.ones((9, 9)), west=8e6, north=8e6, cell=1e6,
                 crs="EPSG:3857")  # fmt: skip
    assert "changes areas by up to" in told(lambda: zonal(file, provinces, density=True))
    assert zonal(file, provinces)["mean_value"].to_list() == pytest.approx([1.0] * 31)


def test_nothing_but_no_data_is_an_error_and_so_is_an_unknown_statistic(tmp_path):
    file = write(tmp_path / "blank_2020.tif", np.full((4, 4), -1.0))
    regions = regions_of({"a": box(0, 0, 1, 1)})
    assert "all is no data" in told(lambda: zonal(file, regions))
    assert "Did you mean mean" in told(lambda: zonal(file, regions, statistics=["means"]))


def test_without_the_extra_one_sentence_says_what_to_install(monkeypatch, provinces, lights):
    monkeypatch.setitem(sys.modules, "exactextract", None)
    said = told(lambda: zonal(lights, provinces))
    assert said.endswith("pip install geo-resilience[raster].") and "\n" not in said


def test_what_stands_beside_a_file_is_not_read(tmp_path):
    file = write(tmp_path / "r_2020.tif", SIXTEEN)
    regions = regions_of({"a": box(0, 0, 4, 4)})
    before = zonal(file, regions)
    meta = '<PAMDataset><PAMRasterBand band="1"><NoDataValue>16</NoDataValue></PAMRasterBand>'
    Path(f"{file}.aux.xml").write_text(f"{meta}</PAMDataset>")
    pd.testing.assert_frame_equal(zonal(file, regions), before)


def test_the_command_writes_table_and_report(tmp_path, lights, provinces, capsys):
    out = tmp_path / "lights.csv"
    typed = ["zonal", str(lights / "lights_*.tif"), "--name", "lights", "--language", "en"]
    assert answer([*typed, "-o", str(out)]) == 0
    said = capsys.readouterr().out
    table = pd.read_csv(out, dtype={"adcode": str})
    pd.testing.assert_frame_equal(table, zonal(lights, provinces, name="lights"), check_like=False)
    report = pd.read_csv(tmp_path / "lights.report.csv", dtype={"adcode": str})
    assert list(report) == ["adcode", "year", "reason", "share"]
    for reason, count in report.groupby("reason")["adcode"].nunique().items():
        words = {"part": "beyond the edge of the raster", "no_data": "without data in the raster"}
        assert f"{words[reason]}: {count} region" in said
    assert "62 rows" in said
    assert answer([*typed, "--workers", "2", "-o", str(tmp_path / "again.csv")]) == 0
    assert (tmp_path / "again.csv").read_bytes() == out.read_bytes()


def test_the_command_takes_classes_and_years_of_bands(tmp_path, capsys):
    cover = np.stack([np.full((60, 70), code, "uint8") for code in (1, 2, 8)])
    degrees = {"west": 70, "north": 60, "crs": "EPSG:4326", "nodata": 0}
    file = write(tmp_path / "cover.tif", cover, **degrees)
    typed = ["zonal", str(file), "--band-years", "2018:2020", "--class", "farmed=1,2"]
    typed += ["--class", "built=8", "--language", "en", "-o", str(tmp_path / "cover.parquet")]
    assert answer(typed) == 0
    found = pd.read_parquet(tmp_path / "cover.parquet")
    assert list(found) == ["adcode", "year", "share_farmed", "share_built"]
    by_year = found.groupby("year")[["share_farmed", "share_built"]].mean()
    assert by_year.to_numpy().tolist() == [[1, 0], [1, 0], [0, 1]]
    capsys.readouterr()
    for wrong in (["--class", "built"], ["--band-years", "2018-2020"]):
        assert answer([*typed, *wrong]) == 2
        assert wrong[0] in capsys.readouterr().err
    assert answer(["zonal", str(file), "-o", str(tmp_path / "t.xls")]) == 2
