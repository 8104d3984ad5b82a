"""Claim: a million records are counted and summed by region in one to two CPU seconds.

For 31 provinces (29,484 corners) and for 40,000 small cells; 100 million within 0.5 GB. CPU seconds
of all threads against geopandas.sjoin with groupby, DuckDB with its spatial extension and SedonaDB,
after checking that all count the same. Numbers of records as arguments are counted for provinces,
each in a process of its own.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from _table import Row, apart, shown, timed

from geo_resilience.indicators import tally
from geo_resilience.regions import Regions, read_boundaries

ROWS, CELLS, GROUP = 1_000_000, 40_000, 1_000_000
GROWTH = (100_000, 1_000_000, 5_000_000)
WEST, SOUTH, EAST, NORTH = 75.0, 18.0, 135.0, 53.0
KEYS = ["adcode", "year"]


def write_records(file: Path, rows: int, seed: int = 1) -> Path:
    """Generate records: places even over a box around China, six years, a lognormal value.

    A row group of a million at a time, so that any number of rows fits into memory.
    """
    rng = np.random.default_rng(seed)
    kinds = [
        ("x", pa.float64()),
        ("y", pa.float64()),
        ("year", pa.int16()),
        ("value", pa.float64()),
    ]
    with pq.ParquetWriter(file, pa.schema(kinds)) as writer:
        for begin in range(0, rows, GROUP):
            count = min(GROUP, rows - begin)
            columns = {
                "x": rng.uniform(WEST, EAST, count),
                "y": rng.uniform(SOUTH, NORTH, count),
                "year": rng.integers(2018, 2024, count).astype(np.int16),
                "value": rng.lognormal(3, 2, count).round(2),
            }
            writer.write_table(pa.table(columns, schema=writer.schema))
    return file


def provinces() -> Regions:
    """Give few large polygons."""
    regions = read_boundaries()
    return Regions(regions.frame.to_crs(4326), "bundled")


def cells(number: int = CELLS, seed: int = 2) -> Regions:
    """Give many small polygons: the cells around scattered places, which fill the box."""
    rng = np.random.default_rng(seed)
    seeds = shapely.multipoints(rng.uniform((WEST, SOUTH), (EAST, NORTH), (number, 2)))
    made = shapely.voronoi_polygons(seeds, extend_to=shapely.box(WEST, SOUTH, EAST, NORTH))
    keys = pd.Index([f"{place:06d}" for place in range(number)], name="adcode", dtype="str")
    frame = gpd.GeoDataFrame(
        {"name": keys, "name_zh": keys}, index=keys, geometry=shapely.get_parts(made), crs=4326
    )
    return Regions(frame, "generated")


def by_tally(file: Path, regions: Regions) -> pd.DataFrame:
    """Count and sum by our own way."""
    found = tally(file, regions, longitude="x", latitude="y", year="year", sum=["value"])
    return found[found["count"] > 0].rename(columns={"count": "n", "sum_value": "total"})


def by_geopandas(file: Path, regions: Regions) -> pd.DataFrame:
    """Count and sum by a spatial join and groupby."""
    records = pd.read_parquet(file)
    points = gpd.GeoDataFrame(records, geometry=gpd.points_from_xy(records.x, records.y, crs=4326))
    joined = points.sjoin(regions.frame[["geometry"]].reset_index())
    return joined.groupby(KEYS)["value"].agg(n="size", total="sum").reset_index()


def _query(place: str) -> str:
    return f"""
        SELECT adcode, year, count(*) AS n, sum(value) AS total
        FROM records JOIN regions ON ST_Intersects({place}, ST_Point(x, y)) GROUP BY adcode, year
    """


def _polygons(regions: Regions) -> pa.Table:
    geometry = shapely.to_wkb(regions.frame.geometry.to_numpy())
    return pa.table({"adcode": list(regions.keys), "wkb": list(geometry)})


def by_duckdb(file: Path, regions: Regions) -> pd.DataFrame:
    """Count and sum by DuckDB with its spatial extension."""
    import duckdb
    from duckdb_extensions import import_extension

    with duckdb.connect() as connection:
        import_extension("spatial", con=connection)
        connection.load_extension("spatial")
        polygons = _polygons(regions)
        connection.register("given", polygons)
        connection.execute(
            "CREATE TABLE regions AS SELECT adcode, ST_GeomFromWKB(wkb) AS place FROM given"
        )
        connection.execute(f"CREATE VIEW records AS SELECT * FROM read_parquet('{file}')")
        return connection.execute(_query("place")).df()


def by_sedona(file: Path, regions: Regions) -> pd.DataFrame:
    """Count and sum by SedonaDB."""
    import sedonadb

    engine = sedonadb.connect()
    engine.create_data_frame(_polygons(regions)).to_view("regions", True)
    engine.read_parquet(str(file)).to_view("records", True)
    found = engine.sql(_query("ST_GeomFromWKB(wkb)"))
    return pa.RecordBatchReader.from_stream(found).read_all().to_pandas()


def sorted_counts(found: pd.DataFrame) -> pd.DataFrame:
    """Put a table into the one form in which all can be compared."""
    found = found[[*KEYS, "n", "total"]].astype({"year": int, "n": int, "adcode": "str"})
    return found.sort_values(KEYS, ignore_index=True)


OTHERS: dict[str, Callable[[Path, Regions], pd.DataFrame]] = {
    "geopandas": by_geopandas,
    "DuckDB": by_duckdb,
    "SedonaDB": by_sedona,
}


def compare(file: Path, regions: Regions) -> Iterator[Row]:
    """Measure what every program that is installed takes for the same records."""
    by_tally(file, regions)
    ours, found = timed(lambda: by_tally(file, regions), clock=time.process_time)
    subject = f"{ROWS:,} records counted, CPU seconds"
    for called, way in OTHERS.items():
        with suppress(ImportError):
            theirs, other = timed(lambda way=way: way(file, regions), clock=time.process_time)
            pd.testing.assert_frame_equal(sorted_counts(found), sorted_counts(other), rtol=1e-9)
            yield Row(subject, len(regions.keys), "regions", ours, called, theirs)


def count_many(file: str) -> float:
    """Give the CPU seconds of the records of a file."""
    return float(timed(lambda: by_tally(Path(file), provinces()), clock=time.process_time)[0])


def rows(growth: tuple[int, ...] = GROWTH) -> Iterator[Row]:
    """Measure."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "records.parquet"
        for records in growth:
            write_records(file, records)
            seconds, held = apart(count_many, str(file))
            subject = "Records counted in 31 provinces, CPU seconds"
            yield Row(subject, records, "records", seconds, megabytes=held)
        if growth is GROWTH:
            write_records(file, ROWS)
            for regions in (provinces(), cells()):
                yield from compare(file, regions)


if __name__ == "__main__":
    asked = tuple(int(number.replace("_", "")) for number in sys.argv[1:])
    shown(rows(asked or GROWTH))
