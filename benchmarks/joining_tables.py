"""Claim: the bundled tables are read and joined in 0.15 s, those of 2,875 counties in seconds.

Prints the seconds of reading and joining, and the ratio to pandas' own reader without any check.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import box

from geo_resilience.indicators import read_framework
from geo_resilience.indicators._joining import join_tables
from geo_resilience.indicators._sources import TableSource
from geo_resilience.regions import Regions, read_boundaries

COUNTIES, COLUMNS, YEARS = 2_875, 30, range(2018, 2024)


def best(task: Callable[[], object], times: int) -> float:
    """Give the shortest of several timings, in seconds."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        task()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def bundled() -> tuple[float, float]:
    """Time the bundled tables, and pandas reading them."""
    framework, regions = read_framework("high_tech"), read_boundaries()
    with as_file(files("geo_resilience") / "study" / "example") as folder:
        paths = sorted(path for path in folder.glob("*.csv") if not path.name.startswith("io_"))
        sources = [TableSource(path, region="adcode", year="year") for path in paths]
        ours = best(
            lambda: join_tables(sources, regions, needed_columns=framework.needed_columns), 7
        )
        return ours, best(lambda: [pd.read_csv(path) for path in paths], 7)


def counties(folder: Path) -> tuple[float, float]:
    """Time a table of many regions, and pandas reading it."""
    keys = [f"{100_000 + i}" for i in range(COUNTIES)]
    frame = gpd.GeoDataFrame(
        {"name": keys, "name_zh": keys},
        index=pd.Index(keys, name="adcode", dtype="str"),
        geometry=[box(i, 0, i + 1, 1) for i in range(COUNTIES)],
        crs="EPSG:3857",
    )
    rows = pd.MultiIndex.from_product([keys, YEARS], names=["code", "year"])
    values = np.random.default_rng(1).lognormal(size=(len(rows), COLUMNS)).round(4)
    table = pd.DataFrame(values, index=rows, columns=[f"c{i}" for i in range(COLUMNS)])
    table.to_csv(folder / "table.csv")
    sources = [TableSource(folder / "table.csv", region="code", year="year")]
    regions = Regions(frame, "made up")
    ours = best(lambda: join_tables(sources, regions, needed_columns=set(table.columns)), 3)
    return ours, best(lambda: pd.read_csv(folder / "table.csv"), 3)


def main() -> None:
    """Print the timings."""
    ours, plain = bundled()
    print(f"bundled tables: {ours:.3f} s (pandas' reader alone {plain:.3f} s)")
    with tempfile.TemporaryDirectory() as folder:
        ours, plain = counties(Path(folder))
    print(
        f"{COUNTIES} x {len(YEARS)} x {COLUMNS}: {ours:.2f} s (pandas' reader alone {plain:.2f} s)"
    )


if __name__ == "__main__":
    main()
