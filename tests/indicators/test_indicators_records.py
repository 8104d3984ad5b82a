"""Records counted and summed: against other programs, in any order, over any engine."""

from __future__ import annotations

import gzip
import math
import os
import signal
import sys
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_resilience.cli._entry import answer
from geo_resilience.errors import InputError
from geo_resilience.indicators import tally
from geo_resilience.indicators.records import _batches, _engines
from geo_resilience.indicators.records._exact import pieces, rounded
from geo_resilience.indicators.records._partial import Partial
from geo_resilience.regions import read_boundaries

WHERE = {"longitude": "x", "latitude": "y", "year": "year"}


@pytest.fixture(scope="module")
def provinces():
    return read_boundaries()


@pytest.fixture(scope="module")
def firms():
    rng = np.random.default_rng(5)
    n = 6_000
    return pd.DataFrame(
        {
            "x": rng.uniform(75, 135, n),
            "y": rng.uniform(18, 53, n),
            "year": rng.integers(2018, 2021, n),
            "sales": rng.lognormal(0, 4, n) * rng.choice([-1, 1], n),
            "firm": rng.integers(0, 40, n),
            "industry": rng.choice(["C27", "C39"], n),
        }
    )


@pytest.fixture(scope="module")
def joined(firms, provinces):
    """The same records placed by geopandas."""
    points = gpd.GeoDataFrame(
        firms, geometry=gpd.points_from_xy(firms.x, firms.y, crs="EPSG:4326"), crs="EPSG:4326"
    )
    frame = provinces.frame[["geometry"]].to_crs("EPSG:4326").rename_axis("adcode").reset_index()
    return points.sjoin(frame, predicate="within")


finite = st.floats(allow_nan=False, allow_infinity=False)
usual = st.floats(-1e6, 1e6)


@given(
    st.lists(finite, max_size=40) | st.lists(usual, max_size=40),
    st.randoms(use_true_random=False),
)
def test_sums_are_those_of_fsum_in_any_order_and_any_parts(values, random):
    try:
        expected = math.fsum(values)
    except OverflowError:
        return
    shuffled = random.sample(values, len(values))
    cut = random.randint(0, len(values))
    frames = []
    for part in (shuffled[:cut], shuffled[cut:]):
        groups = pd.DataFrame({"region": np.zeros(len(part)), "year": np.full(len(part), 2020.0)})
        frames.append(Partial.of(groups, {"v": np.array(part, float)}, {}, {}))
    found = (frames[0] + frames[1]).sums("v").to_list()
    assert found == ([expected] if values else [])


def test_pieces_that_outgrow_their_place_are_carried():
    groups = pd.DataFrame({"region": [0.0], "year": [2020.0]})
    one = Partial.of(groups, {"v": np.array([2.0**31 - 1.0])}, {}, {})
    found, expected = one, 2.0**31 - 1.0
    for _ in range(60):
        found, expected = found + found, expected * 2
    assert found.sums("v").to_list() == [expected]
    assert found.added.abs().to_numpy().max() < 2**62


def test_a_sum_beyond_any_double_is_infinite():
    parts = pieces(np.zeros(3, int), np.full(3, 1.7e308), 1)
    assert rounded((place, int(part[0])) for place, part in parts.items()) == math.inf


def test_tables_are_those_of_geopandas(tmp_path, firms, provinces, joined):
    firms.to_parquet(tmp_path / "firms.parquet")
    found = tally(
        tmp_path, provinces, **WHERE, sum=["sales"], mean=["sales"], distinct=["firm"]
    ).set_index(["adcode", "year"])
    groups = joined.groupby(["adcode", "year"])
    there = found[found["count"] > 0]
    assert there["count"].to_dict() == groups.size().to_dict()
    assert there["sum_sales"].to_dict() == groups["sales"].agg(math.fsum).to_dict()
    assert there["distinct_firm"].to_dict() == groups["firm"].nunique().to_dict()
    assert there["mean_sales"].to_numpy() == pytest.approx(groups["sales"].mean().to_numpy())
    assert len(found) == 31 * 3
    report = tally(tmp_path, provinces, **WHERE).attrs["report"]
    assert report == {"read": 6000, "outside": 6000 - len(joined)}


def test_the_largest_holders_share_is_that_of_a_sum_by_holder(tmp_path, firms, provinces, joined):
    firms.assign(sales=firms.sales.abs()).to_parquet(tmp_path / "firms.parquet")
    found = tally(
        tmp_path, provinces, **WHERE, industry="industry", top=[("sales", "firm", 4)], count=False
    )
    held = joined.assign(sales=joined.sales.abs())
    by_firm = held.groupby(["adcode", "year", "industry", "firm"])["sales"].sum()
    levels = ["adcode", "year", "industry"]
    share = by_firm.groupby(level=levels).apply(lambda sums: sums.nlargest(4).sum() / sums.sum())
    assert list(found) == [*levels, "top4_sales"]
    assert found.set_index(levels)["top4_sales"].to_numpy() == pytest.approx(share.to_numpy())


def test_order_batches_files_and_engine_change_no_bit(tmp_path, firms, provinces, monkeypatch):
    shuffled = firms.sample(frac=1, random_state=3)
    (tmp_path / "one").mkdir()
    (tmp_path / "many").mkdir()
    firms.to_parquet(tmp_path / "one" / "all.parquet")
    shuffled[:2500].to_csv(tmp_path / "many" / "a.csv", index=False)
    shuffled[2500:].to_parquet(tmp_path / "many" / "b.parquet", row_group_size=700)
    asked = {**WHERE, "sum": ["sales"], "distinct": ["firm"], "industry": "industry"}
    first = tally(tmp_path / "one", provinces, **asked)
    monkeypatch.setattr(_batches, "BATCH", 97)
    pd.testing.assert_frame_equal(tally(tmp_path / "many", provinces, **asked), first)
    with ThreadPoolExecutor(2) as threads:
        other = tally(tmp_path / "many", provinces, **asked, executor=threads)
    pd.testing.assert_frame_equal(other, first, check_exact=True)


def test_a_point_on_a_border_is_of_one_region(tmp_path):
    squares = gpd.GeoDataFrame(
        {"code": ["b", "a"]},
        geometry=gpd.GeoSeries.from_wkt(
            ["POLYGON((0 0,1 0,1 1,0 1,0 0))", "POLYGON((1 0,2 0,2 1,1 1,1 0))"]
        ),
        crs="EPSG:4326",
    )
    squares.to_file(tmp_path / "squares.gpkg")
    regions = read_boundaries(tmp_path / "squares.gpkg", "code")
    file = tmp_path / "points.csv"
    file.write_text("x,y\n1,0.5\n0.5,0.5\n1,1\n1.5,0\n3,3\n")
    found = tally(file, regions, longitude="x", latitude="y", year=2020)
    assert found[["adcode", "count"]].to_numpy().tolist() == [["a", 3], ["b", 1]]
    assert found.attrs["report"] == {"read": 5, "outside": 1}


def test_texts_are_read_as_tables_are(tmp_path, provinces):
    beijing = '北京,2020-05-01,"1,200.5"\n北京市,20200607,３\n'
    rows = f"省份,日期,收入\n{beijing}全国,2020,4\n上海,2020/3/4,\n广东省,,1\n"
    (tmp_path / "g.csv").write_bytes(rows.encode("gb18030"))
    with gzip.open(tmp_path / "u.csv.gz", "wt", encoding="utf-8") as packed:
        packed.write(rows)
    found = tally(tmp_path, provinces, region="省份", year="日期", sum=["收入"])
    by_key = found.set_index("adcode")
    assert by_key.loc["110000"].to_dict() == {"year": 2020, "count": 4, "sum_收入": 2407.0}
    assert by_key.loc["310000"].to_dict() == {"year": 2020, "count": 2, "sum_收入": 0.0}
    assert found.attrs["report"] == {
        "read": 10,
        "no_value 收入": 2,
        "no_year": 2,
        "unknown_region": 2,
    }


@pytest.mark.parametrize(
    ("column", "years"),
    [
        (pa.array([2020, 2021, None]), [2020, 2021]),
        (pa.array([2020.0, 2021.0, np.nan]), [2020, 2021]),
        (pa.array(["2020-01-31", "2021年5月", "soon"]), [2020, 2021]),
        (pa.array(["20200131", "202105", "5"]), [2020, 2021]),
        (pa.array(["2020.5.1", "2021", "2020.5"]), [2020, 2021]),
        (pa.array([20200131.0, 2021.0, 2020.5]), [2020, 2021]),
        (pa.array(pd.to_datetime(["2020-12-31 23:59", "2021-01-01 00:00", None])), [2020, 2021]),
    ],
)
def test_years_are_found_in_years_dates_and_times(tmp_path, provinces, column, years):
    pq.write_table(pa.table({"at": column, "where": ["北京"] * 3}), tmp_path / "t.parquet")
    found = tally(tmp_path, provinces, region="where", year="at")
    assert found.query("count > 0")["year"].to_list() == years
    assert found.attrs["report"]["no_year"] == 1


def test_years_to_come_and_the_origin_are_left_out(tmp_path, provinces):
    frame = pd.DataFrame({"x": [116.4, 0, 116.4], "y": [39.9, 0, 39.9], "year": [2020, 2020, 2920]})
    frame.to_parquet(tmp_path / "f.parquet")
    found = tally(tmp_path, provinces, **WHERE)
    assert found["count"].sum() == 1
    assert found.attrs["report"] == {"read": 3, "origin": 1, "future": 1}


def _told(call) -> str:
    with pytest.raises(InputError) as raised:
        call()
    return str(raised.value)


def _blank(folder: Path) -> Path:
    (folder / "blank.csv").write_text("x,y,year\n")
    return folder / "blank.csv"


def test_what_cannot_be_right_is_said(tmp_path, firms, provinces):
    inside = firms[:50].assign(x=np.linspace(113, 114, 50), y=np.linspace(30, 31, 50))
    inside.to_parquet(tmp_path / "f.parquet")
    asked = {"year": "year"}
    file = tmp_path / "f.parquet"
    assert "exchanged" in _told(
        lambda: tally(file, provinces, longitude="y", latitude="x", **asked)
    )
    planar = {**WHERE, "crs": "EPSG:3857"}
    assert "EPSG:3857" in _told(lambda: tally(file, provinces, **planar))
    assert "Did you mean sales" in _told(lambda: tally(file, provinces, **WHERE, sum=["sale"]))
    assert "There are no records" in _told(lambda: tally(tmp_path / "no*", provinces, **WHERE))
    assert "There is no record in blank.csv" in _told(
        lambda: tally(_blank(tmp_path), provinces, **WHERE)
    )
    words = {**WHERE, "sum": ["industry"]}
    assert "Column industry holds no number" in _told(lambda: tally(file, provinces, **words))
    (tmp_path / "blank.csv").unlink()
    assert "Name the two columns" in _told(lambda: tally(file, provinces, longitude="x", year=1))
    inside[["x", "y"]].to_csv(tmp_path / "other.csv", index=False)
    assert "other.csv has no column year" in _told(lambda: tally(tmp_path, provinces, **WHERE))
    (tmp_path / "other.csv").unlink()
    file.write_bytes(file.read_bytes()[:-40])
    assert "f.parquet cannot be read" in _told(lambda: tally(file, provinces, **WHERE))


def test_a_spoilt_row_group_is_named(tmp_path, firms, provinces):
    file = tmp_path / "f.parquet"
    firms.to_parquet(file, row_group_size=2000, compression="gzip")
    start = pq.ParquetFile(file).metadata.row_group(1).column(0).data_page_offset
    content = bytearray(file.read_bytes())
    content[start : start + 400] = bytes(400)
    file.write_bytes(content)
    assert "f.parquet, row group 2" in _told(lambda: tally(file, provinces, **WHERE))


def _slain_once(marker: Path) -> Path:
    if not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return marker


@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
def test_the_work_of_a_killed_process_is_done_again(tmp_path):
    with _engines.Processes(1) as processes:
        found = list(_engines.each_of(_slain_once, [tmp_path / "a", tmp_path / "b"], processes))
    assert sorted(found) == [tmp_path / "a", tmp_path / "b"]


def test_another_executor_that_breaks_is_not_tried_again():
    class Broken(Executor):
        def submit(self, fn, /, *args, **kwargs):
            future: Future = Future()
            future.set_exception(ZeroDivisionError())
            return future

    with pytest.raises(ZeroDivisionError):
        list(_engines.each_of(str, [1], Broken()))


def test_the_command_writes_table_and_report(tmp_path, firms, capsys):
    firms.to_parquet(tmp_path / "firms.parquet", row_group_size=1500)
    out = tmp_path / "towns.csv"
    arguments = ["tally", str(tmp_path / "firms.parquet"), "--longitude", "x", "--latitude", "y"]
    arguments += ["--year", "year", "--sum", "sales", "--count", "--language", "en"]
    assert answer([*arguments, "-o", str(out)]) == 0
    told = capsys.readouterr().out
    table = pd.read_csv(out, dtype={"adcode": str})
    report = pd.read_csv(tmp_path / "towns.report.csv")
    assert list(table) == ["adcode", "year", "count", "sum_sales"]
    assert report["rows"].iloc[0] == 6000 == table["count"].sum() + report["rows"].iloc[1]
    assert "records read: 6,000" in told and "93 rows" in told
    assert answer([*arguments, "--workers", "2", "-o", str(tmp_path / "again.csv")]) == 0
    assert (tmp_path / "again.csv").read_bytes() == out.read_bytes()
    assert answer([*arguments, "-o", str(tmp_path / "again.xls")]) == 2
    assert "again.xls" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_neither_records_nor_other_files_are_replaced(tmp_path, firms, capsys, kind):
    records, other = tmp_path / f"firms.{kind}", tmp_path / f"other.{kind}"
    for file in (records, other):
        firms.to_csv(file, index=False) if kind == "csv" else firms.to_parquet(file)
    arguments = ["tally", str(records), "--longitude", "x", "--latitude", "y", "--year", "year"]
    before = records.read_bytes()
    for file in (records, other):
        assert answer([*arguments, "-o", str(file)]) == 2
        assert file.name in capsys.readouterr().err and file.read_bytes() == before
    for _ in range(2):
        assert answer([*arguments, "-o", str(tmp_path / f"table.{kind}")]) == 0
    (tmp_path / "third.report.csv").write_text("mine\n")
    assert answer([*arguments, "-o", str(tmp_path / f"third.{kind}")]) == 2
    assert "third.report.csv" in capsys.readouterr().err


def test_whole_numbers_are_the_same_texts_however_they_are_stored(tmp_path, provinces):
    for name, values in (("a", [1, 2]), ("b", [1.0, 2.5]), ("c", ["1", None])):
        table = pa.table({"where": ["北京"] * 2, "firm": values})
        pq.write_table(table, tmp_path / f"{name}.parquet")
    found = tally(tmp_path, provinces, region="where", year=2020, distinct=["firm"])
    assert found.set_index("adcode").loc["110000", "distinct_firm"] == 3


def test_a_scheduler_s_workers_give_the_same_bytes(tmp_path, firms, scheduler):
    firms.to_parquet(tmp_path / "firms.parquet", row_group_size=1500)
    arguments = ["tally", str(tmp_path / "firms.parquet"), "--longitude", "x", "--latitude", "y"]
    arguments += ["--year", "year", "--sum", "sales", "--distinct", "firm"]
    assert answer([*arguments, "-o", str(tmp_path / "here.csv")]) == 0
    there = ["--scheduler", scheduler.scheduler_address, "-o", str(tmp_path / "there.csv")]
    assert answer([*arguments, *there]) == 0
    assert (tmp_path / "there.csv").read_bytes() == (tmp_path / "here.csv").read_bytes()


def test_a_worker_that_is_lost_loses_nothing(tmp_path, scheduler):
    with _engines.Cluster(scheduler.scheduler_address) as cluster:
        found = list(_engines.each_of(_slain_once, [tmp_path / "a", tmp_path / "b"], cluster))
    assert sorted(found) == [tmp_path / "a", tmp_path / "b"]


def test_a_scheduler_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(_engines, "_ANSWER", 1)
    told = _told(lambda: _engines.Cluster("tcp://127.0.0.1:9"))
    assert "No scheduler answers at tcp://127.0.0.1:9" in told
