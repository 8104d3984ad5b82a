"""Claim: the bundled tables are read and joined in 0.15 s, those of 2,875 counties in seconds.

Reading, matching and joining against pandas' own reader, which checks nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from _table import Row, shown, timed
from shapely import box

from geo_resilience.indicators import read_framework
from geo_resilience.indicators._joining import join_tables
from geo_resilience.indicators._sources import TableSource
from geo_resilience.regions import Regions, read_boundaries

COLUMNS, YEARS = 30, range(2018, 2024)
PEER = "pandas, unchecked"


def bundled() -> Row:
    """Time the bundled tables, and pandas reading them."""
    framework, regions = read_framework("high_tech"), read_boundaries()
    with as_file(files("geo_resilience") / "study" / "example") as folder:
        paths = sorted(path for path in folder.glob("*.csv") if not path.name.startswith("io_"))
        sources = [TableSource(path, region="adcode", year="year") for path in paths]
        ours, _ = timed(
            lambda: join_tables(sources, regions, needed_columns=framework.needed_columns), 7
        )
        plain, _ = timed(lambda: [pd.read_csv(path) for path in paths], 7)
        return Row("Bundled tables read and joined", len(paths), "files", ours, PEER, plain)


def counties(folder: Path, count: int) -> Row:
    """Time a table of many regions, and pandas reading it."""
    keys = [f"{100_000 + i}" for i in range(count)]
    frame = gpd.GeoDataFrame(
        {"name": keys, "name_zh": keys},
        index=pd.Index(keys, name="adcode", dtype="str"),
        geometry=[box(i, 0, i + 1, 1) for i in range(count)],
        crs="EPSG:3857",
    )
    rows = pd.MultiIndex.from_product([keys, YEARS], names=["code", "year"])
    values = np.random.default_rng(1).lognormal(size=(len(rows), COLUMNS)).round(4)
    table = pd.DataFrame(values, index=rows, columns=[f"c{i}" for i in range(COLUMNS)])
    table.to_csv(folder / "table.csv")
    sources = [TableSource(folder / "table.csv", region="code", year="year")]
    regions = Regions(frame, "made up")
    ours, _ = timed(lambda: join_tables(sources, regions, needed_columns=set(table.columns)), 3)
    plain, _ = timed(lambda: pd.read_csv(folder / "table.csv"), 3)
    subject = f"Table of {len(YEARS)} years x {COLUMNS} columns read and joined"
    return Row(subject, count, "regions", ours, PEER, plain)


def rows() -> Iterator[Row]:
    """Measure."""
    yield bundled()
    with tempfile.TemporaryDirectory() as folder:
        for count in (31, 370, 2_875):
            yield counties(Path(folder), count)


if __name__ == "__main__":
    shown(rows())
