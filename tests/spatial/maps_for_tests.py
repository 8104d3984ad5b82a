"""Small maps that the tests of this room share."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from libpysal.graph import Graph

ROOT = Path(__file__).parents[2]


def graph_of(pairs, transform="r", alone=()):
    """Link pairs of keys both ways; keys in order."""
    both = sorted({*pairs, *((b, a) for a, b in pairs)} | {(key, key) for key in alone})
    focal, other = [a for a, _ in both], [b for _, b in both]
    weights = [float(a != b) for a, b in both]
    return Graph.from_arrays(focal, other, weights).transform(transform)


def lattice(rows, columns, transform="r"):
    """Rook neighbors of a lattice; keys are r000, r001, ... row by row."""
    at = np.arange(rows * columns).reshape(rows, columns)
    across = np.column_stack([at[:, :-1].ravel(), at[:, 1:].ravel()])
    down = np.column_stack([at[:-1].ravel(), at[1:].ravel()])
    pairs = [(f"r{a:03d}", f"r{b:03d}") for a, b in np.vstack([across, down])]
    return graph_of(pairs, transform)


def row_of(*keys, transform="b"):
    """Regions in a row, each linked to the next."""
    return graph_of(list(pairwise(keys)), transform)


def provinces(transform="r", island=False):
    """Queen neighbors of the 31 provincial units; Hainan linked to Guangdong or left alone."""
    links = pd.read_csv(ROOT / "boundaries" / "neighbors.csv", dtype=str)
    pairs = list(zip(links["adcode"], links["neighbor"], strict=True))
    if island:
        return graph_of(pairs, transform, alone=["460000"])
    return graph_of([*pairs, ("440000", "460000")], transform)


def reference():
    """Give the figures R's spdep and spatialreg printed, by (test, item)."""
    table = pd.read_csv(ROOT / "tests" / "reference" / "spatial" / "spdep.csv", dtype=str)
    return table.set_index(["test", "item"])["value"].astype(float)


def province_figures():
    """Give the figures that R worked on, by key."""
    path = ROOT / "tests" / "reference" / "spatial" / "provinces.csv"
    return pd.read_csv(path, dtype={"adcode": str}).set_index("adcode")
