"""Measure everything and write the tables of the page on performance.

`python benchmarks/performance.py [NAME ...]` runs the benchmarks named, or all, and writes
docs/performance.csv (the rows) and docs/performance_machine.csv (on what, with what, when). Rows of
benchmarks that were not asked for stay as they are.
"""

from __future__ import annotations

import csv
import datetime
import importlib
import os
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from _table import shown, write

DOCS = Path(__file__).parents[1] / "docs"
NAMES = (
    *("uncertainty_draws", "local_permutation", "pattern_test", "queen_contiguity"),
    *("spatial_panel", "chain_inputoutput", "joining_tables", "tally", "zonal", "figures"),
    *("studies", "atlas_size_and_speed"),
)
LIBRARIES = (
    *("geo-resilience", "numpy", "pandas", "scipy", "geopandas", "shapely", "libpysal"),
    *("esda", "numba", "pygeoda", "duckdb", "sedonadb", "rasterio", "plotly"),
)


def machine() -> Iterator[tuple[str, str]]:
    """Say on what was measured; no name of the machine and no path."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8") if os.name == "posix" else ""
    models = [line.split(":", 1)[1] for line in info.splitlines() if line.startswith("model name")]
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    yield "processor", models[0].strip() if models else platform.machine()
    yield "cores", str(os.cpu_count())
    yield "memory", f"{pages / 2**30:.0f} GiB"
    yield "system", f"{platform.system()} {platform.machine()}"
    yield "load at the start", " ".join(f"{load:.2f}" for load in os.getloadavg())
    yield "date", datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    yield "Python", platform.python_version()
    for name in LIBRARIES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            yield name, "not installed"


def main() -> None:
    """Measure and write."""
    asked = sys.argv[1:] or list(NAMES)
    described = list(machine())
    rows, path = [], DOCS / "performance.csv"
    for name in asked:
        print(f"\n{name}")
        rows += shown(importlib.import_module(name).rows())
    if sys.argv[1:] and path.is_file():
        new = {row.subject for row in rows}
        with path.open(encoding="utf-8", newline="") as file:
            kept = [row for row in csv.DictReader(file) if row["subject"] not in new]
    else:
        kept = []
    write([*kept, *(row.cells() for row in rows)], path)
    with (DOCS / "performance_machine.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("what", "found"), *described])


if __name__ == "__main__":
    main()
