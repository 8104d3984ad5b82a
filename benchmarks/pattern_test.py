"""Claim: what a study asks of the spatial room takes seconds, exact p-values included.

Prints, for the bundled provinces: Moran's I of 96 variable-years with 9,999 permutations (at most
0.5 s), exact local p-values (0.1 s, and the first call in a fresh process), all local maps of a
study, and the pattern test of all groups over six years with the enumeration of contiguous sets
(at most 4 s).
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from geo_resilience import spatial
from geo_resilience.regions import read_boundaries, read_groups
from geo_resilience.spatial.autocorrelation._tables import global_table, local_table
from geo_resilience.spatial.groups._gaps import gaps_table
from geo_resilience.spatial.groups._patterns import pattern_table

_FRESH = """
import time, numpy as np, pandas as pd
from libpysal.graph import Graph
from geo_resilience import spatial
links = pd.read_csv({path!r}, dtype=str)
graph = Graph.from_arrays(links["focal"], links["neighbor"], np.ones(len(links))).transform("r")
y = pd.Series(np.random.default_rng(0).normal(size=31), graph.unique_ids)
import scipy.sparse, geo_resilience.spatial.autocorrelation
start = time.perf_counter()
spatial.local_moran(y, graph)
print(f"exact local p, first call of a fresh process beyond imports: "
      f"{{time.perf_counter() - start:.3f}} s")
"""


def timed(told: str, call: Callable[[], object], most: float) -> None:
    """Print the shortest of three timings; stop if it is above the claim."""
    best = np.inf
    for _ in range(3):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    print(f"{told}: {best:.3f} s")
    if best > most:
        raise SystemExit(f"{told}: {best:.3f} s, at most {most} s were claimed")


def main() -> None:
    """Print the times."""
    regions = read_boundaries()
    neighbors, groupings = spatial.queen(regions), read_groups()
    index = pd.MultiIndex.from_product([regions.keys, range(2018, 2024)], names=["adcode", "year"])
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.uniform(size=(186, 16)), index, [f"D{i}" for i in range(16)])
    some = frame[["D0", "D1", "D2", "D3"]]
    one = some[["D0"]]
    year = one["D0"].xs(2023, level="year")
    timed("Moran's I of 96 variable-years", lambda: global_table(frame, neighbors, rng=1), 0.5)
    timed("exact local p of one map", lambda: spatial.local_moran(year, neighbors), 0.1)
    timed("24 maps of local Moran and Gi*", lambda: local_table(some, neighbors), 1.0)
    timed(
        "pattern test of all groups, six years",
        lambda: pattern_table(one, groupings, neighbors, full=True, rng=1),
        4.0,
    )
    timed("gaps, both p", lambda: gaps_table(one["D0"], groupings, neighbors, rng=1), 2.0)
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/links.csv"
        links = neighbors.graph.adjacency.index.to_frame(index=False)
        links.to_csv(path, index=False)
        subprocess.run([sys.executable, "-c", _FRESH.format(path=path)], check=True)


if __name__ == "__main__":
    main()
