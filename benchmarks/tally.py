"""Claim: a million records are counted and summed by region in one to two CPU seconds.

For 31 provinces (29,484 corners) and for 40,000 small cells; 100 million within 0.5 GB. Prints CPU
seconds and the ratio to geopandas.sjoin with groupby, to DuckDB with its spatial extension and to
SedonaDB, in one run, after checking that all count the same. With a number of records as argument
it generates and counts as many, for provinces, and prints seconds and peak memory instead.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geo_resilience.indicators import tally
from geo_resilience.regions import Regions, read_boundaries

ROWS, CELLS, GROUP = 1_000_000, 40_000, 1_000_000
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


def timed(way: Callable[[Path, Regions], pd.DataFrame], file: Path, regions: Regions) -> tuple:
    """Give CPU seconds of all threads, the seconds that passed, and the counts."""
    cpu, clock = time.process_time(), time.perf_counter()
    found = way(file, regions)
    return time.process_time() - cpu, time.perf_counter() - clock, sorted_counts(found)


def compare(folder: Path) -> None:
    """Print what every program takes for a million records."""
    file = write_records(folder / "records.parquet", ROWS)
    for name, regions in (("31 provinces", provinces()), (f"{CELLS} cells", cells())):
        timed(by_tally, file, regions)
        cpu, clock, ours = timed(by_tally, file, regions)
        print(f"{ROWS} records, {name}: {cpu:.2f} CPU s ({clock:.2f} s)")
        for called, way in OTHERS.items():
            try:
                other, passed, found = timed(way, file, regions)
            except ImportError as missing:
                print(f"  {called}: {missing}")
                continue
            pd.testing.assert_frame_equal(ours, found, rtol=1e-9)
            print(f"  {called}: {other:.2f} CPU s ({passed:.2f} s), {other / cpu:.1f} times ours")


def count_many(folder: Path, rows: int) -> None:
    """Print what a large number of records takes."""
    file = write_records(folder / "records.parquet", rows)
    print(f"{rows} records in {file.stat().st_size / 1e9:.2f} GB of Parquet")
    cpu, clock, found = timed(by_tally, file, provinces())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{found['n'].sum()} in 31 provinces: {cpu:.0f} CPU s ({clock:.0f} s), peak {peak:.2f} GB"
    )


def main() -> None:
    """Print the timings."""
    with tempfile.TemporaryDirectory() as folder:
        if len(sys.argv) > 1:
            count_many(Path(folder), int(sys.argv[1].replace("_", "")))
        else:
            compare(Path(folder))


if __name__ == "__main__":
    main()
