"""Claim: a raster of 20,000 x 20,000 cells is averaged and summed in seconds, within 0.5 GB.

CPU seconds and peak memory of 31 provinces and of 2,880 rectangles over generated rasters, and, on
the smallest, rasterio.mask by region (whole cells by their middle), after checking that both
means agree. Arguments are other numbers of rows and columns.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from _table import Row, apart, shown, timed
from rasterio.mask import mask
from rasterio.windows import Window

from geo_resilience.indicators import zonal
from geo_resilience.regions import Regions, read_boundaries

WEST, SOUTH, EAST, NORTH = 73.0, 3.0, 136.0, 54.0
SIZES, STRIP = (2_000, 5_000, 10_000), 256


def write_raster(file: Path, size: int) -> Path:
    """Generate lights of a gamma distribution, packed, in strips of rows."""
    rng = np.random.default_rng(1)
    cells = rng.gamma(0.3, 4, (STRIP, size)).round(1).astype("float32")
    grid = rasterio.transform.from_bounds(WEST, SOUTH, EAST, NORTH, size, size)
    told: dict[str, Any] = {"width": size, "height": size, "count": 1, "dtype": "float32"}
    told |= {"crs": "EPSG:4326", "transform": grid, "nodata": -1, "compress": "deflate"}
    with rasterio.open(file, "w", driver="GTiff", zlevel=1, **told) as raster:
        for row in range(0, size, STRIP):
            rows = min(STRIP, size - row)
            raster.write(np.roll(cells, row, 1)[:rows], 1, window=Window(0, row, size, rows))
    return file


def many() -> Regions:
    """Give 2,880 rectangles over the raster."""
    x, y = np.linspace(WEST, EAST, 61), np.linspace(SOUTH, NORTH, 49)
    boxes = [shapely.box(a, c, b, d) for a, b in pairwise(x) for c, d in pairwise(y)]
    keys = pd.Index([f"{i:04d}" for i in range(len(boxes))], name="adcode", dtype="str")
    names = {"name": list(keys), "name_zh": list(keys)}
    return Regions(gpd.GeoDataFrame(names, index=keys, geometry=boxes, crs="EPSG:4326"), "grid")


def masked(file: Path, regions: Regions) -> list[float]:
    """Average the cells whose middle is in each region, by rasterio alone."""
    means = []
    with rasterio.open(file) as raster:
        for shape in regions.frame.geometry.to_crs("EPSG:4326"):
            cells, _ = mask(raster, [shape], crop=True, filled=False)
            means.append(float(cells.mean()))
    return means


GROUNDS = {"31 provinces": read_boundaries, "2,880 rectangles": many}


def averaged(file: str, ground: str) -> float:
    """Give the CPU seconds of a raster."""
    regions = GROUNDS[ground]()
    return float(timed(lambda: zonal(Path(file), regions, year=2020), clock=time.process_time)[0])


def compare(file: Path, size: int, ground: str) -> Row:
    """Measure both; stop unless the means agree."""
    regions = GROUNDS[ground]()
    ours, found = timed(lambda: zonal(file, regions, year=2020), clock=time.process_time)
    theirs, means = timed(lambda: masked(file, regions), clock=time.process_time)
    assert np.allclose(found["mean_value"], means, rtol=0.1)
    return Row(f"Raster averaged, {ground}", size**2, "cells", ours, "rasterio.mask", theirs)


def rows(sizes: tuple[int, ...] = SIZES) -> Iterator[Row]:
    """Measure."""
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            file = write_raster(Path(folder) / "raster.tif", size)
            for ground in GROUNDS:
                if size == SIZES[0]:
                    yield compare(file, size, ground)
                else:
                    seconds, held = apart(averaged, str(file), ground)
                    subject = f"Raster averaged, {ground}"
                    yield Row(subject, size**2, "cells", seconds, megabytes=held)


if __name__ == "__main__":
    shown(rows(tuple(map(int, sys.argv[1:])) or SIZES))
