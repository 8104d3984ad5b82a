"""Claim: what a study asks of the spatial room takes seconds, exact p-values included.

For the bundled provinces: Moran's I of 96 variable-years with 9,999 permutations (at most 0.5 s),
exact local p-values (0.1 s), all local maps of a study, the pattern test of all groups over six
years with the enumeration of contiguous sets (at most 4 s), and gaps. CPU seconds; stops where one
takes longer than is claimed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pandas as pd
from _table import Row, shown, timed

from geo_resilience import spatial
from geo_resilience.regions import read_boundaries, read_groups
from geo_resilience.spatial.autocorrelation._tables import global_table, local_table
from geo_resilience.spatial.groups._gaps import gaps_table
from geo_resilience.spatial.groups._patterns import pattern_table


def rows() -> Iterator[Row]:
    """Measure, and hold the claims."""
    regions = read_boundaries()
    neighbors, groupings = spatial.queen(regions), read_groups()
    index = pd.MultiIndex.from_product([regions.keys, range(2018, 2024)], names=["adcode", "year"])
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.uniform(size=(186, 16)), index, [f"D{i}" for i in range(16)])
    some, one = frame.iloc[:, :4], frame[["D0"]]
    year = one["D0"].xs(2023, level="year")
    tasks = (
        ("Moran's I, 9,999 permutations", 96, lambda: global_table(frame, neighbors, rng=1), 0.5),
        ("Exact local p", 1, lambda: spatial.local_moran(year, neighbors), 0.1),
        ("Local Moran and Gi*", 24, lambda: local_table(some, neighbors), 1.0),
        (
            "Pattern test of all groups",
            6,
            lambda: pattern_table(one, groupings, neighbors, full=True, rng=1),
            4.0,
        ),
        ("Gaps, both p", 6, lambda: gaps_table(one["D0"], groupings, neighbors, rng=1), 2.0),
    )
    for subject, maps, task, most in tasks:
        seconds, _ = timed(task, 3, time.process_time)
        if seconds > most:
            raise SystemExit(f"{subject}: {seconds:.3f} s, at most {most} s were claimed")
        yield Row(
            f"{subject}, 31 regions, CPU seconds", maps, "maps" if maps > 1 else "map", seconds
        )


if __name__ == "__main__":
    shown(rows())
