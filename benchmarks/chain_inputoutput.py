"""Linkages, extraction and memory on 42 sectors and on 31 regions x 42 sectors (synthetic).

Run from the top of the project: python benchmarks/chain_inputoutput.py
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from geo_resilience import chain
from geo_resilience.chain.inputoutput._extraction import link_extraction
from geo_resilience.chain.inputoutput._flows import checked_flows
from geo_resilience.chain.inputoutput._tables import linkage_table

TABLE = Path(__file__).parents[1] / "geo_resilience" / "study" / "example" / "io_2020.csv"


def timed(work: Callable[[], object], repeats: int = 3) -> float:
    """Give the best of a few wall times, in seconds."""
    best = np.inf
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def synthetic(regions: int = 31, sectors: int = 42) -> tuple[pd.DataFrame, pd.Series]:
    """Make an interregional table with realistic input shares."""
    n = regions * sectors
    rng = np.random.default_rng(1)
    A = rng.random((n, n)) ** 6
    A *= rng.uniform(0.4, 0.75, n) / A.sum(axis=0)
    x = np.linalg.solve(np.eye(n) - A, rng.random(n) * 1000)
    labels = pd.MultiIndex.from_product([range(regions), range(sectors)])
    return pd.DataFrame(A * x, labels, labels), pd.Series(x, labels)


def by_inversion(Z: pd.DataFrame, x: pd.Series, count: int) -> np.ndarray:
    """Extract sectors the plain way: one system a sector."""
    A = (Z / x).to_numpy()
    final = (x - Z.sum(axis=1)).to_numpy()
    lost = []
    for j in range(count):
        left = np.delete(np.delete(A, j, 0), j, 1)
        output = np.linalg.inv(np.eye(len(left)) - left) @ np.delete(final, j)
        lost.append(x.sum() - output.sum())
    return np.array(lost)


def full_set(Z: pd.DataFrame, x: pd.Series) -> None:
    """Compute every linkage measure once, on one inverse."""
    flows = checked_flows(Z, x)
    chain.linkages(flows, x)
    chain.multipliers(flows, x, value_added=(x - Z.sum()).clip(lower=0))
    chain.upstreamness(flows, x)
    chain.downstreamness(flows, x)
    chain.extraction(flows, x)


def main() -> None:
    """Print the figures, one claim a line."""
    table = chain.read_io(TABLE)
    Z, x = table.transactions, table.output
    print(f"42 sectors, linkage set: {timed(lambda: full_set(Z, x)) * 1e3:.1f} ms")
    print(f"42 sectors, linkage_table: {timed(lambda: linkage_table(table)) * 1e3:.1f} ms")
    closed = timed(lambda: chain.extraction(Z, x))
    plain = timed(lambda: by_inversion(Z, x, len(x)))
    print(f"42 extractions: {closed * 1e3:.2f} ms, 42 inversions {plain * 1e3:.1f} ms")
    print(f"  ratio {plain / closed:.0f}")
    Z, x = synthetic()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{len(x)} sectors, linkage set: {timed(lambda: full_set(Z, x)):.2f} s")
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"  peak memory of the process {after / 1024:.0f} MB ({(after - before) / 1024:.0f} more)"
    )
    closed = timed(lambda: chain.extraction(Z, x))
    count = 5
    plain = timed(lambda: by_inversion(Z, x, count), 1) / count * len(x)
    print(f"{len(x)} extractions: {closed:.2f} s, as many inversions {plain:.0f} s (from {count})")
    print(f"  ratio {plain / closed:.0f}")
    same = chain.extraction(Z, x)["loss"].to_numpy()[:count]
    assert np.allclose(same, by_inversion(Z, x, count), rtol=1e-8)
    print(f"{len(x)} sectors, links: {timed(lambda: link_extraction(Z, x)):.2f} s")


if __name__ == "__main__":
    main()
