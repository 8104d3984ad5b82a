"""Linkages, extraction and memory on 42 sectors and on 31 regions x 42 sectors (synthetic)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from _table import Row, apart, shown, timed

from geo_resilience import chain
from geo_resilience.chain.inputoutput._extraction import link_extraction
from geo_resilience.chain.inputoutput._flows import checked_flows
from geo_resilience.chain.inputoutput._tables import linkage_table

TABLE = Path(__file__).parents[1] / "geo_resilience" / "study" / "example" / "io_2020.csv"


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


def linkage_set(regions: int) -> float:
    """Give the seconds of every linkage measure of an interregional table."""
    Z, x = synthetic(regions)
    return float(timed(lambda: full_set(Z, x), 3)[0])


def extraction(Z: pd.DataFrame, x: pd.Series, inverted: int) -> Row:
    """Measure extraction against one inversion a sector, some of them and scaled up."""
    ours, found = timed(lambda: chain.extraction(Z, x), 3)
    theirs, lost = timed(lambda: by_inversion(Z, x, inverted))
    assert np.allclose(found["loss"].to_numpy()[:inverted], lost, rtol=1e-8)
    peer = "an inversion a sector"
    return Row("Extraction", len(x), "sectors", ours, peer, theirs / inverted * len(x))


def rows() -> Iterator[Row]:
    """Measure."""
    table = chain.read_io(TABLE)
    Z, x = table.transactions, table.output
    seconds, _ = timed(lambda: linkage_table(table), 3)
    yield Row("Table of linkages", len(x), "sectors", seconds)
    for regions in (1, 10, 31):
        seconds, held = apart(linkage_set, regions)
        yield Row("All linkages", 42 * regions, "sectors", seconds, megabytes=held)
    yield extraction(Z, x, len(x))
    Z, x = synthetic()
    yield extraction(Z, x, 5)
    yield Row("Extraction of links", len(x), "sectors", timed(lambda: link_extraction(Z, x))[0])


if __name__ == "__main__":
    shown(rows())
