"""Where records come from: GeoParquet, queries, and files in which something is wrong."""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely

import geo_resilience
from geo_resilience.cli._entry import answer
from geo_resilience.errors import InputError
from geo_resilience.indicators import tally
from geo_resilience.indicators.records import _engines, _places
from geo_resilience.indicators.records._places import NOWHERE, Polygons
from geo_resilience.indicators.records._question import Question
from geo_resilience.indicators.records._tally import tallied
from geo_resilience.regions import read_boundaries

WHERE = {"longitude": "x", "latitude": "y", "year": "year"}
PLACE = ["tally", "--longitude", "x", "--latitude", "y", "--year", "year", "--sum", "sales"]


@pytest.fixture(scope="module")
def provinces():
    return read_boundaries()


@pytest.fixture(scope="module")
def firms():
    rng = np.random.default_rng(7)
    n = 3_000
    return pd.DataFrame(
        {
            "x": rng.uniform(100, 120, n),
            "y": rng.uniform(25, 38, n),
            "year": rng.integers(2020, 2023, n),
            "sales": rng.lognormal(0, 3, n),
            "code": [f"{each:03d}" for each in rng.integers(0, 90, n)],
        }
    )


@pytest.fixture(scope="module")
def expected(firms, provinces, tmp_path_factory):
    file = tmp_path_factory.mktemp("plain") / "firms.parquet"
    firms.to_parquet(file)
    return tally(file, provinces, **WHERE, sum=["sales"])


def _told(call) -> str:
    with pytest.raises(InputError) as raised:
        call()
    return str(raised.value)


def _same(found, expected):
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


# Where each lies


@pytest.mark.parametrize("crowd", [24, 0, 3])
@pytest.mark.parametrize("many", [False, True], ids=["large", "small"])
def test_polygons_hold_the_points_that_shapely_says(provinces, many, crowd, monkeypatch):
    monkeypatch.setattr(_places, "_CROWD", crowd)
    rng = np.random.default_rng(1)
    geometry = provinces.frame.geometry.to_crs(4326).to_numpy()
    if many:
        seeds = shapely.multipoints(rng.uniform((100, 25), (120, 38), (3_000, 2)))
        geometry = shapely.get_parts(shapely.voronoi_polygons(seeds))
    x, y = rng.uniform(98, 122, 2_000), rng.uniform(24, 40, 2_000)
    corners = shapely.get_coordinates(geometry)[:: max(1, len(geometry) // 20)][:300]
    x, y = np.append(x, corners[:, 0]), np.append(y, corners[:, 1])
    found = Polygons(geometry, "EPSG:4326", True).holding(x, y)
    region, point = shapely.STRtree(shapely.points(x, y)).query(geometry, predicate="intersects")
    first = pd.Series(region).groupby(point).min().reindex(range(len(x)), fill_value=NOWHERE)
    assert found.tolist() == first.tolist()
    assert len(corners) > 100 and (found == NOWHERE).sum() < len(found)


# GeoParquet


def _geo(firms, crs=4326):
    points = gpd.points_from_xy(firms.x, firms.y, crs=4326)
    return gpd.GeoDataFrame(firms.drop(columns=["x", "y"]), geometry=points).to_crs(crs)


@pytest.mark.parametrize("encoding", ["WKB", "geoarrow"])
def test_geoparquet_says_itself_where_records_lie(tmp_path, firms, provinces, expected, encoding):
    _geo(firms).to_parquet(tmp_path / "f.parquet", geometry_encoding=encoding)
    _same(tally(tmp_path, provinces, year="year", sum=["sales"]), expected)


def test_geoparquet_in_another_system_is_read_in_it(tmp_path, firms, provinces, expected):
    _geo(firms, 3857).to_parquet(tmp_path / "f.parquet")
    found = tally(tmp_path, provinces, year="year", sum=["sales"])
    pd.testing.assert_frame_equal(found, expected)


def test_places_that_are_no_points_are_none(tmp_path, firms, provinces):
    made = _geo(firms)
    made.loc[0, "geometry"] = None
    made.loc[1, "geometry"] = shapely.Point()
    line = shapely.LineString([(110, 30), (111, 31)])
    made.to_parquet(tmp_path / "f.parquet")
    report = tally(tmp_path, provinces, year="year").attrs["report"]
    assert report["no_place"] == 2
    made.loc[2, "geometry"] = line
    made.to_parquet(tmp_path / "f.parquet")
    told = _told(lambda: tally(tmp_path, provinces, year="year"))
    assert "f.parquet: column geometry holds LineString" in told
    table = pq.read_table(tmp_path / "f.parquet")
    geo = json.loads(table.schema.metadata[b"geo"])
    geo["columns"]["geometry"]["geometry_types"] = []
    pq.write_table(table.replace_schema_metadata({b"geo": json.dumps(geo)}), tmp_path / "f.parquet")
    report = tally(tmp_path, provinces, year="year").attrs["report"]
    assert report["no_place"] == 3


def test_systems_that_contradict_each_other_or_are_missing_are_told(tmp_path, firms, provinces):
    asked = {"year": "year"}
    _geo(firms).to_parquet(tmp_path / "a.parquet")
    told = _told(lambda: tally(tmp_path, provinces, **asked, crs="EPSG:32650"))
    assert "state their own reference system" in told
    _geo(firms, 3857).to_parquet(tmp_path / "b.parquet")
    assert "a.parquet, b.parquet" in _told(lambda: tally(tmp_path, provinces, **asked))
    firms.to_csv(tmp_path / "c.csv")
    assert "c.csv has no column of geometry" in _told(lambda: tally(tmp_path, provinces, **asked))
    made = gpd.GeoDataFrame(firms, geometry=gpd.points_from_xy(firms.x, firms.y))
    made.to_parquet(tmp_path / "d.parquet")
    told = _told(lambda: tally(tmp_path / "d.parquet", provinces, **asked))
    assert "states no reference system" in told
    found = tally(tmp_path / "d.parquet", provinces, **asked, crs="EPSG:4326")
    assert found["count"].sum() > 2_000
    told = _told(lambda: tally(tmp_path / "c.csv", provinces, **WHERE, crs="EPSG:999999"))
    assert "EPSG:999999 is no reference system" in told


# Queries


def test_a_query_gives_what_its_rows_give(tmp_path, firms, provinces, expected):
    pytest.importorskip("duckdb")
    firms[:1_000].to_csv(tmp_path / "a.csv", index=False)
    firms[1_000:].to_csv(tmp_path / "b.csv.gz", index=False)
    asked = {**WHERE, "sum": ["sales"]}
    _same(tally(tmp_path, provinces, **asked, sql="SELECT * FROM records"), expected)
    firms.to_parquet(tmp_path / "all.parquet")
    some = "SELECT x, y, year, 2 * sales AS sales FROM records WHERE code < '050'"
    found = tally(tmp_path / "all.parquet", provinces, **asked, sql=some)
    kept = firms[firms.code < "050"]
    kept.assign(sales=2 * kept.sales).to_parquet(tmp_path / "some.parquet")
    _same(found, tally(tmp_path / "some.parquet", provinces, **asked))
    out = ["-o", str(tmp_path / "t.csv"), "--workers", "2", "--sql", some]
    assert answer([*PLACE, str(tmp_path / "all.parquet"), *out]) == 0
    assert pd.read_csv(tmp_path / "t.csv")["sum_sales"].to_list() == found["sum_sales"].to_list()


def test_a_query_that_cannot_be_is_told_and_reads_and_writes_nothing_else(
    tmp_path, firms, provinces
):
    pytest.importorskip("duckdb")
    file, other = tmp_path / "f.parquet", tmp_path / "other.csv"
    firms.to_parquet(file)
    other.write_text("x\n1\n")
    before = file.read_bytes()

    def told(sql):
        return _told(lambda: tally(file, provinces, **WHERE, sql=sql))

    assert "syntax error" in told("SELEC 1")
    assert "cannot be carried out" in told("SELECT nothing FROM records")
    assert "gives no column y. Did you mean year" in told("SELECT x, year FROM records")
    for wrong in ("DROP VIEW records", "SELECT * FROM records; SELECT 1", ""):
        assert "must be one SELECT" in told(wrong)
    assert "must be one SELECT" in told(f"COPY (SELECT 1) TO '{file}'")
    for way in (f"read_csv('{other}')", f"'{other}'", "read_text('/etc/hostname')"):
        assert "cannot be carried out" in told(f"SELECT * FROM {way}")
    assert "cannot be carried out" in told("SELECT x, y, error('no') AS year FROM records")
    assert file.read_bytes() == before
    file.write_bytes(before[:-40])
    assert "f.parquet" in told("SELECT * FROM records")


def test_a_query_needs_its_extra(tmp_path, firms, provinces, monkeypatch):
    firms.to_csv(tmp_path / "f.csv")
    monkeypatch.setitem(sys.modules, "duckdb", None)
    told = _told(lambda: tally(tmp_path, provinces, **WHERE, sql="SELECT * FROM records"))
    assert "geo-resilience[duckdb]" in told


# What is wrong with places, years and codes


def _report(folder, frame, provinces, **asked):
    frame.to_parquet(folder / "f.parquet")
    found = tally(folder / "f.parquet", provinces, **{**WHERE, **asked})
    return found.attrs["report"]


def test_coordinates_exchanged_in_most_or_some_records_are_told(tmp_path, firms, provinces):
    inside = firms.query("104 < x < 114 and 27 < y < 34").reset_index(drop=True)
    turned = inside.rename(columns={"x": "y", "y": "x"})
    some = pd.concat([inside[50:], turned[:50]])
    report = _report(tmp_path, some, provinces)
    assert report == {"read": len(inside), "exchanged": 50}
    most = pd.concat([inside[:50], turned[50:]])
    told = _told(lambda: _report(tmp_path, most, provinces))
    count = len(inside) - 50
    assert f"{count} of {len(inside)} points lie in a region only with longitude" in told


def test_coordinates_of_another_system_are_told(tmp_path, firms, provinces):
    planar = _geo(firms, 32649).geometry
    moved = firms.assign(x=planar.x, y=planar.y)
    told = _told(lambda: _report(tmp_path, moved, provinces))
    assert "3000 of 3000 points are no degrees" in told and "EPSG:32650" in told
    mixed = pd.concat([firms, moved[:100]])
    assert _report(tmp_path, mixed, provinces)["no_degrees"] == 100
    assert "no_degrees" not in _report(tmp_path, moved, provinces, crs="EPSG:32649")


def test_records_at_the_origin_alone_are_in_no_region(tmp_path, firms, provinces):
    told = _told(lambda: _report(tmp_path, firms.assign(x=0.0, y=0.0), provinces))
    assert "None of 3000 records has a region and a year: 3000 at longitude 0, latitude 0" in told


def test_records_of_the_future_alone_are_in_no_year(tmp_path, firms, provinces):
    told = _told(lambda: _report(tmp_path, firms.assign(year=2999), provinces))
    assert "of years to come" in told


def test_codes_of_another_vintage_are_counted_and_named(tmp_path, provinces):
    file = tmp_path / "f.csv"
    file.write_text("code\n110000\n110000\n119900\n429000\n")
    found = tallied(file, provinces, Question(2020, region="code"))
    assert found.unknown == ("119900", "429000") and found.counted == 2
    assert dict(found.report.to_numpy()) == {"read": 4, "unknown_region": 2}
    file.write_text("code\n119900\n429000\n")
    told = _told(lambda: tally(file, provinces, region="code", year=2020))
    assert "119900" in told and "429000" in told


def test_a_file_of_another_schema_is_named_whatever_its_place(tmp_path, firms, provinces):
    firms.to_parquet(tmp_path / "a.parquet")
    firms.rename(columns={"sales": "turnover"}).to_parquet(tmp_path / "b.parquet")
    firms.drop(columns="year").to_csv(tmp_path / "c.csv", index=False)
    told = _told(lambda: tally(tmp_path, provinces, **WHERE, sum=["sales"]))
    assert [line[:9] for line in told.splitlines()] == ["b.parquet", "c.csv has"]


# Nothing half written, nothing lost


@pytest.mark.parametrize("fault", ["cut", "spoilt"])
def test_a_broken_file_is_named_and_nothing_is_written(tmp_path, firms, capsys, fault):
    folder = tmp_path / "records"
    folder.mkdir()
    firms.to_parquet(folder / "a.parquet", row_group_size=1_000)
    file = folder / "b.parquet"
    firms.to_parquet(file, row_group_size=1_000, compression="gzip")
    content = bytearray(file.read_bytes())
    if fault == "cut":
        file.write_bytes(content[: len(content) // 2])
    else:
        begins = pq.ParquetFile(file).metadata.row_group(2).column(0).data_page_offset
        content[begins : begins + 200] = bytes(200)
        file.write_bytes(content)
    (tmp_path / "t.csv").write_text("adcode,year\nbefore,1\n")
    for workers in ("1", "2"):
        out = ["--workers", workers, "-o", str(tmp_path / "t.csv")]
        assert answer([*PLACE, str(folder), *out, "--language", "en"]) == 2
        told = capsys.readouterr().err
        assert ("b.parquet, row group 3" if fault == "spoilt" else "b.parquet") in told
    assert (tmp_path / "t.csv").read_text() == "adcode,year\nbefore,1\n"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["records", "t.csv"]


def test_workers_of_another_version_are_refused(monkeypatch, scheduler):
    monkeypatch.setattr(geo_resilience, "__version__", "9.9.9")
    told = _told(lambda: _engines.Cluster(scheduler.scheduler_address))
    assert "The workers run geo_resilience" in told and "this is 9.9.9" in told


@dataclass(frozen=True, eq=False)
class Deadly(Question):
    """A question whose second piece ends the process that is asked it, once."""

    marker: str = ""

    def answer(self, piece):
        if piece.group == 1 and not Path(self.marker).exists():
            Path(self.marker).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().answer(piece)


@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
@pytest.mark.parametrize("engine", ["processes", "scheduler"])
def test_a_worker_killed_in_the_middle_changes_no_byte(tmp_path, firms, provinces, engine, request):
    file = tmp_path / "f.parquet"
    firms.to_parquet(file, row_group_size=500)
    asked = {"year": "year", "longitude": "x", "latitude": "y", "sums": ("sales",)}
    deadly = Deadly(**asked, marker=str(tmp_path / "killed"))
    there = {"workers": 2}
    if engine == "scheduler":
        there = {"scheduler": request.getfixturevalue("scheduler").scheduler_address}
    with _engines.engine(**there) as executor:
        found = tallied(file, provinces, deadly, executor=executor)
    assert (tmp_path / "killed").exists()
    expected = tallied(file, provinces, Question(**asked))
    assert found.table.to_csv().encode() == expected.table.to_csv().encode()
    assert found.report.equals(expected.report)
