"""GeoParquet and GeoJSON of the regions say what the results say, as their standards ask."""

from __future__ import annotations

import json
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pyproj
import pytest
import shapely
from pyarrow import parquet

import geo_resilience as gr
from geo_resilience.regions import Regions
from geo_resilience.study.output._layers import write_geojson, write_geoparquet


@pytest.fixture
def placed(bundled_run):
    """Results of the bundled study with other ground under its regions."""

    def of(shapes, crs):
        frame = bundled_run.results.regions.frame[["name", "name_zh"]].copy()
        ground = gpd.GeoDataFrame(frame, geometry=shapes, crs=crs)
        return replace(bundled_run.results, regions=Regions(ground, "own.gpkg"))

    return of


def squares(count=31, west=170.5, south=-20.0, step=1.0):
    """Squares from west to east, drawn clockwise, as GeoJSON wants no outer ring."""
    corners = [(0, 0), (0, 1), (1, 1), (1, 0)]
    return [
        shapely.Polygon([(west + (n + x) * step, south + y * step) for x, y in corners])
        for n in range(count)
    ]


def same_scores(layer, results):
    layer, last = layer.set_index("adcode"), results.in_year()
    assert list(layer.index) == results.regions.keys
    for name in ("B1", "composite", "rank"):
        pd.testing.assert_series_equal(
            layer.loc[last.index, name].astype(float), last[name].astype(float), rtol=0, atol=0
        )
    assert layer.loc[last.index, "grade"].tolist() == last["grade"].astype(str).tolist()
    assert layer["name"].tolist() == results.regions.names(results.language).tolist()


def test_geoparquet_holds_geometry_and_scores_exactly(placed, tmp_path):
    results = placed([each.buffer(0) for each in squares(west=400_000, step=1000)], 4547)
    write_geoparquet(results, tmp_path)
    file = tmp_path / "regions.parquet"
    layer = gpd.read_parquet(file)
    same_scores(layer, results)
    assert layer.geometry.geom_equals(results.regions.frame.reset_index().geometry).all()
    geo = json.loads(parquet.read_schema(file).metadata[b"geo"])
    column = geo["columns"][geo["primary_column"]]
    assert (geo["version"], column["encoding"]) == ("1.1.0", "WKB")
    assert pyproj.CRS.from_json_dict(column["crs"]).to_epsg() == 4547
    told = parquet.read_schema(file).field("composite").metadata
    assert told[b"title"].decode() == "Composite index"
    assert told[b"description"].decode().startswith("The composite of the year, in [0, 1]")
    east = gpd.read_parquet(file, bbox=(428_500, -20, 428_600, 900))  # by the box of each region
    assert len(east) == 1


def test_geojson_is_as_rfc_7946_has_it(placed, tmp_path):
    results = placed(squares(), 4490)
    write_geojson(results, tmp_path)
    text = (tmp_path / "regions.geojson").read_text(encoding="utf-8")
    assert "crs" not in json.loads(text)
    layer = gpd.read_file(tmp_path / "regions.geojson")
    same_scores(layer, results)
    parts = shapely.get_parts(layer.geometry.to_numpy())
    assert shapely.is_ccw(shapely.get_exterior_ring(parts)).all()
    wide = [part.bounds[2] - part.bounds[0] for part in parts]
    assert len(parts) == 32 and max(wide) <= 1  # the one over 180 degrees is cut in two
    assert shapely.area(layer.geometry.to_numpy()).sum() == pytest.approx(31)


def test_geojson_turns_meters_to_degrees_within_a_centimeter(placed, tmp_path):
    flat = squares(west=400_000, south=3_000_000, step=1000)
    results = placed(flat, 32650)
    write_geojson(results, tmp_path)
    found = gpd.read_file(tmp_path / "regions.geojson").to_crs(32650)
    far = found.geometry.hausdorff_distance(gpd.GeoSeries(flat, crs=32650))
    assert 0 < far.max() < 0.02


def test_excluded_regions_keep_their_place_and_hold_nothing(bundled_run, tmp_path):
    scores = bundled_run.results["scores"].query("adcode != '540000'")
    results = replace(bundled_run.results, tables={"scores": scores}, excluded=("540000",))
    write_geojson(results, tmp_path)
    write_geoparquet(results, tmp_path)
    read = (
        gpd.read_file(tmp_path / "regions.geojson"),
        gpd.read_parquet(tmp_path / "regions.parquet"),
    )
    for layer in read:
        row = layer.set_index("adcode").loc["540000"]
        assert row["name_zh"] == "西藏"
        assert row[["year", "composite", "grade", "rank"]].isna().all()
        assert shapely.area(row["geometry"]) > 0


def test_the_same_results_give_the_same_bytes(bundled_run, tmp_path):
    written = []
    for name in ("first", "again"):
        (folder := tmp_path / name).mkdir()
        results = gr.study.read_results(bundled_run.folder)
        write_geoparquet(results, folder)
        write_geojson(results, folder)
        written.append([(folder / f"regions.{end}").read_bytes() for end in ("parquet", "geojson")])
    assert written[0] == written[1]
