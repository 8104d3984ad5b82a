"""Claim: a raster of 20,000 x 20,000 cells is averaged and summed in seconds, within 0.5 GB.

Prints CPU seconds and peak memory of 31 provinces and of 2,880 cells of a grid over a generated
raster, and, on a smaller one, the ratio to rasterio.mask by region (whole cells by their middle)
after checking that both means agree. An argument gives another number of rows and columns.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from rasterio.mask import mask
from rasterio.windows import Window

from geo_resilience.indicators import zonal
from geo_resilience.regions import Regions, read_boundaries

WEST, SOUTH, EAST, NORTH = 73.0, 3.0, 136.0, 54.0
SIZE, SMALL, STRIP = 20_000, 2_000, 256


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


def seconds(task: Callable[[], Any]) -> tuple[float, Any]:
    """Give CPU seconds, and what the task gives."""
    begin = time.process_time()
    found = task()
    return time.process_time() - begin, found


def main() -> None:
    """Print the figures."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    provinces, cells = read_boundaries(), many()
    with tempfile.TemporaryDirectory() as folder:
        small = write_raster(Path(folder) / "small.tif", SMALL)
        for name, regions in (("31 provinces", provinces), ("2,880 rectangles", cells)):
            ours, found = seconds(lambda regions=regions: zonal(small, regions, year=2020))
            theirs, means = seconds(lambda regions=regions: masked(small, regions))
            assert np.allclose(found["mean_value"], means, rtol=0.1)
            print(f"{name}, {SMALL} x {SMALL}: {ours:.1f} s, rasterio.mask {theirs:.1f} s "
                  f"(ratio {theirs / ours:.1f})")  # fmt: skip
        large = write_raster(Path(folder) / "large.tif", size)
        for name, regions in (("31 provinces", provinces), ("2,880 rectangles", cells)):
            ours, _ = seconds(lambda regions=regions: zonal(large, regions, year=2020))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{name}, {size} x {size}: {ours:.1f} s, peak {peak:.0f} MB")


if __name__ == "__main__":
    main()
