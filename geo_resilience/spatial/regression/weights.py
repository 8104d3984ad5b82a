"""The weight matrix of a graph, in the order of the data."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from geo_resilience.errors import Problems

__all__ = ["constant_row_sum", "scaled_symmetric", "weight_matrix"]


def weight_matrix(neighbors: Any, keys: Sequence[Hashable]) -> Any:
    """Give the sparse weight matrix of a graph, rows and columns in the order of the keys.

    Parameters
    ----------
    neighbors : libpysal.graph.Graph or object with ``.graph``
        The graph with the weights it carries.
    keys : sequence, shape (n,)
        Keys of the regions; the same set as the graph's.

    Returns
    -------
    scipy.sparse.csr_array, shape (n, n)
        Row i holds the weights of the neighbors of region i; an island has an empty row.

    Raises
    ------
    InputError
        If a key is not in the graph, the graph has a region that the data lack, or no region
        has a neighbor.
    """
    from scipy.sparse import csr_array

    graph = (
        neighbors if hasattr(neighbors, "unique_ids") else getattr(neighbors, "graph", neighbors)
    )
    known = {key: place for place, key in enumerate(graph.unique_ids)}
    unknown = [str(key) for key in keys if key not in known]
    present = set(keys)
    over = [str(key) for key in known if key not in present]
    problems = Problems()
    if unknown:
        problems.add("regression.not_in_graph", regions=unknown[:10], count=len(unknown))
    if over:
        problems.add("regression.only_in_graph", regions=over[:10], count=len(over))
    problems.raise_if_any()
    order = np.array([known[key] for key in keys])
    matrix = csr_array(graph.sparse, dtype=float)[order][:, order]
    matrix.eliminate_zeros()
    if matrix.nnz == 0:
        problems.add("regression.no_links", count=len(order))
        problems.raise_if_any()
    return csr_array(matrix)


def constant_row_sum(matrix: Any) -> float | None:
    """Give the sum of the rows when all are the same (1 when row-standardized), else None."""
    sums = np.asarray(matrix.sum(axis=1)).ravel()
    return float(sums[0]) if np.allclose(sums, sums[0], rtol=0, atol=1e-10) else None


def scaled_symmetric(matrix: Any) -> Any | None:
    """Give the symmetric matrix with the same eigenvalues, where the weights allow one.

    Row-standardizing symmetric links divides row i by a number d_i; then
    ``D^(1/2) W D^(-1/2)`` is symmetric and similar to W, so that eigenvalues are real and a
    factorization needs no pivoting.

    Parameters
    ----------
    matrix : scipy.sparse array, shape (n, n)

    Returns
    -------
    scipy.sparse.csr_array or None
        None when no positive diagonal makes ``D W`` symmetric (k nearest neighbors, say).
    """
    from scipy.sparse import csr_array, diags_array

    links = matrix.tocoo()
    if ((matrix != 0) != (matrix.T != 0)).nnz or (links.data <= 0).any():
        return None
    root = np.exp(_log_scale(csr_array(matrix)) / 2)
    scaled = csr_array(diags_array(root) @ matrix @ diags_array(1 / root))
    gap = abs(scaled - scaled.T)
    if gap.nnz and gap.max() > 1e-9 * abs(scaled).max():
        return None
    return csr_array((scaled + scaled.T) / 2)


def _log_scale(matrix: Any) -> np.ndarray:
    """Walk each connected part once: d_j / d_i = w_ij / w_ji along every link of a tree."""
    from scipy.sparse.csgraph import breadth_first_order

    size = matrix.shape[0]
    scale = np.zeros(size)
    seen = np.zeros(size, dtype=bool)
    rows = [
        dict(zip(matrix.indices[a:b], matrix.data[a:b], strict=True))
        for a, b in zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True)
    ]
    for start in range(size):
        if seen[start]:
            continue
        order, before = breadth_first_order(matrix, start, directed=False)
        for node in order[1:]:
            parent = before[node]
            scale[node] = scale[parent] + np.log(rows[parent][node] / rows[node][parent])
        seen[order] = True
    return scale
