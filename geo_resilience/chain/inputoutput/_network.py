"""The chain as a weighted directed graph: who is central, who depends on one supplier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_resilience.chain.inputoutput._flows import Matrix, aligned, flow_matrix
from geo_resilience.errors import InputError
from geo_resilience.statistics._arrays import Array
from geo_resilience.statistics._repetitions import REMOVAL_ORDERS, Rng

if TYPE_CHECKING:
    import networkx as nx

_MEASURES = ("strength", "out_strength", "in_strength", "betweenness", "pagerank")


def _links(Z: Array, least: float) -> Array:
    """Keep the links that carry at least a share of the buyer's purchases; no loops."""
    if not 0 <= least < 1:
        raise InputError("chain.share_range", found=least)
    others = Z.copy()
    np.fill_diagonal(others, 0.0)
    bought = others.sum(axis=0)
    keep = (others > 0) & (others >= least * bought)
    kept: Array = np.where(keep, others, 0.0)
    return kept


def chain_graph(Z: Matrix, *, least: float = 0.0) -> nx.DiGraph:
    """Give the chain as a networkx graph, edges from supplier to buyer.

    Parameters
    ----------
    Z : DataFrame or array_like, shape (n, n)
        Transactions, rows sell to columns; a sector's own use is left out.
    least : float
        Links below this share of what the buyer takes from others are left out.

    Returns
    -------
    networkx.DiGraph
        Edge attributes weight (the flow) and distance (its inverse, scaled so that the largest
        flow has distance 1).

    Examples
    --------
    >>> sorted(chain_graph([[5, 10], [0, 5]]).edges(data="weight"))
    [(0, 1, 10.0)]
    """
    import networkx as nx

    labels, values = flow_matrix(Z)
    kept = _links(values, least)
    graph = nx.DiGraph()
    graph.add_nodes_from(labels)
    largest = kept.max(initial=0.0)
    rows, columns = np.nonzero(kept)
    graph.add_edges_from(
        (labels[i], labels[j], {"weight": float(kept[i, j]), "distance": largest / kept[i, j]})
        for i, j in zip(rows, columns, strict=True)
    )
    return graph


def node_measures(Z: Matrix, *, least: float = 0.01, damping: float = 0.85) -> pd.DataFrame:
    """Give strength, betweenness and PageRank of every sector.

    Strengths count all flows to and from other sectors. Betweenness (share of the shortest paths
    of other pairs through a sector, a strong link being a short one) and PageRank (a walk from
    buyer to supplier: who is depended on, at last) are taken on the links of at least `least`.
    Betweenness takes a search a sector: milliseconds for a national table, minutes for a thousand
    sectors with many links.

    Parameters
    ----------
    Z, least
        As in `chain_graph`.
    damping : float
        Share of steps that follow a link; the rest start anew anywhere.

    Returns
    -------
    DataFrame
        A row a sector; columns in_strength, out_strength, strength, betweenness (0 to 1),
        pagerank (sum 1).

    References
    ----------
    .. [1] Freeman, L. C. (1977). A set of measures of centrality based on betweenness. Sociometry
       40(1), 35-41.
    .. [2] Blöchl, F., Theis, F. J., Vega-Redondo, F. and Fisher, E. O'N. (2011). Vertex
       centralities in input-output networks reveal the structure of modern economies. Physical
       Review E 83, 046127.

    Examples
    --------
    Raw material, part and product in a row; the part lies between:

    >>> table = node_measures([[0, 5, 0], [0, 0, 5], [0, 0, 0]])
    >>> table[["strength", "betweenness"]]
       strength  betweenness
    0       5.0          0.0
    1      10.0          0.5
    2       5.0          0.0
    """
    import networkx as nx

    labels, values = flow_matrix(Z)
    flows = _links(values, 0.0)
    graph = chain_graph(pd.DataFrame(values, index=labels, columns=labels), least=least)
    between = nx.betweenness_centrality(graph, weight="distance")
    ranks = nx.pagerank(graph.reverse(copy=False), alpha=damping, tol=1e-12, max_iter=1000)
    table = pd.DataFrame({"in_strength": flows.sum(axis=0), "out_strength": flows.sum(axis=1)})
    table.index = labels
    table["strength"] = table["in_strength"] + table["out_strength"]
    table["betweenness"] = [between[label] for label in labels]
    table["pagerank"] = [ranks[label] for label in labels]
    return table


def supplier_concentration(
    Z: Matrix, *, imports: Matrix | None = None, own: bool = False
) -> pd.DataFrame:
    """Give how concentrated each sector's purchases are on few supplying sectors.

    With ``s_ij`` the share of supplier i in what j buys: ``HHI_j = sum_i s_ij^2`` and CR3 the sum
    of the three largest.

    Parameters
    ----------
    Z : DataFrame or array_like, shape (n, n)
        Transactions, rows sell to columns.
    imports : DataFrame or array_like, shape (n, n), optional
        Imported transactions; each imported product then counts as a supplier of its own.
    own : bool
        Whether what a sector buys of itself counts.

    Returns
    -------
    DataFrame
        A row a buying sector; columns hhi, cr3, largest (supplier; an imported one is written
        "imports: label"), largest_share, suppliers (number with a sale). NaN without purchases.

    Examples
    --------
    >>> supplier_concentration([[0, 60, 1], [0, 0, 1], [0, 40, 0]]).round(3)
        hhi  cr3 largest  largest_share  suppliers
    0   NaN  NaN    <NA>            NaN          0
    1  0.52  1.0       0            0.6          2
    2  0.50  1.0       0            0.5          2
    """
    labels, values = flow_matrix(Z)
    sold = values.copy()
    if not own:
        np.fill_diagonal(sold, 0.0)
    names = [str(label) for label in labels]
    if imports is not None:
        sold = np.vstack([sold, aligned(imports, labels, what="imports")])
        names += [f"imports: {label}" for label in labels]
    bought = sold.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(bought > 0, sold / bought, np.nan)
    top = np.sort(shares, axis=0)[::-1]
    largest = pd.array([names[i] for i in sold.argmax(axis=0)], dtype="string")
    table = pd.DataFrame({"hhi": (shares**2).sum(axis=0), "cr3": top[:3].sum(axis=0)}, labels)
    table["largest"] = pd.Series(largest, index=labels).where(bought > 0)
    table["largest_share"] = top[0]
    table["suppliers"] = (sold > 0).sum(axis=0)
    return table


def single_points(Z: Matrix, *, least_share: float = 0.5, link: float = 0.05) -> pd.DataFrame:
    """Give single points of failure: suppliers a sector cannot do without.

    A pair is listed where one supplier has at least `least_share` of what the buyer takes from
    other sectors. `splits` says whether the supplier's removal cuts the chain apart: it is an
    articulation point of the graph of links of at least `link`, directions ignored.

    Parameters
    ----------
    Z : DataFrame or array_like, shape (n, n)
        Transactions, rows sell to columns.
    least_share : float
        Share in the buyer's purchases from which on a supplier is a single point.
    link : float
        Share in the buyer's purchases from which on a link counts for `splits`.

    Returns
    -------
    DataFrame
        Plain index, largest share first; columns supplier, buyer, share, splits.

    Examples
    --------
    >>> single_points([[0, 60, 1], [0, 0, 1], [0, 40, 0]])
       supplier  buyer  share  splits
    0         0      1    0.6   False
    1         0      2    0.5   False
    2         1      2    0.5   False
    """
    import networkx as nx

    if not 0 < least_share <= 1:
        raise InputError("chain.share_range", found=least_share)
    labels, values = flow_matrix(Z)
    sold = _links(values, 0.0)
    bought = sold.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(bought > 0, sold / bought, 0.0)
    graph = chain_graph(pd.DataFrame(values, index=labels, columns=labels), least=link)
    cuts = set(nx.articulation_points(graph.to_undirected()))
    rows = [
        {"supplier": labels[i], "buyer": labels[j], "share": shares[i, j]}
        for i, j in np.argwhere(shares >= least_share)
    ]
    table = pd.DataFrame(rows, columns=["supplier", "buyer", "share"])
    table = table.sort_values("share", ascending=False, kind="stable", ignore_index=True)
    return table.assign(splits=[supplier in cuts for supplier in table["supplier"]])


def _components(neighbors: list[list[int]], order: list[int]) -> list[int]:
    """Largest connected set as nodes are added from the last of the order to the first."""
    root = list(range(len(order)))
    size, there = [1] * len(order), [False] * len(order)

    def top(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    largest, found = 0, []
    for node in reversed(order):
        there[node] = True
        for other in neighbors[node]:
            one, two = top(node), top(other)
            if there[other] and one != two:
                small, big = sorted((one, two), key=size.__getitem__)
                root[small] = big
                size[big] += size[small]
        largest = max(largest, size[top(node)])
        found.append(largest)
    return found[::-1]


def _curve(
    values: Array, neighbors: list[list[int]], order: NDArray[np.intp], steps: int
) -> tuple[Array, Array]:
    """Flow and largest component that remain after each removal, as shares of the first."""
    turned = values[np.ix_(order, order)][::-1, ::-1]
    flow = turned.cumsum(axis=0).cumsum(axis=1).diagonal()[::-1][: steps + 1]
    size = np.array(_components(neighbors, order.tolist())[: steps + 1])
    return flow / flow[0], size / len(order)


def node_removal(
    Z: Matrix,
    *,
    measure: str | pd.Series = "strength",
    least: float = 0.05,
    steps: int | None = None,
    draws: int = REMOVAL_ORDERS,
    rng: Rng = None,
) -> pd.DataFrame:
    """Give what remains of the chain as sectors are removed, the central ones first or at random.

    Parameters
    ----------
    Z : DataFrame or array_like, shape (n, n)
        Transactions, rows sell to columns.
    measure : str or Series
        Column of `node_measures` by which sectors are targeted (largest first, in the order of the
        whole graph), or that column itself where it is at hand.
    least : float
        Links counted for the component, as in `chain_graph`.
    steps : int, optional
        How many sectors to remove; half of them if left out.
    draws : int
        Random orders.
    rng : None, int or Generator
        Source of the random orders.

    Returns
    -------
    DataFrame
        Index removed (0 to steps); columns sector (the one removed by target), flow and component
        (shares of the whole that remain: money between sectors, sectors in the largest connected
        set), random_flow, random_flow_low, random_flow_high (mean and 2.5 and 97.5 % quantiles),
        random_component, random_component_low, random_component_high.

    References
    ----------
    .. [1] Albert, R., Jeong, H. and Barabási, A.-L. (2000). Error and attack tolerance of complex
       networks. Nature 406, 378-382.

    Examples
    --------
    >>> hub = [[0, 9, 9, 9], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
    >>> curves = node_removal(hub, steps=1, draws=10, rng=1)
    >>> curves["flow"].tolist(), curves["component"].tolist()
    ([1.0, 0.0], [1.0, 0.25])
    """
    if isinstance(measure, str) and measure not in _MEASURES:
        raise InputError("chain.choice", option="measure", found=measure, known=_MEASURES)
    labels, values = flow_matrix(Z)
    n = len(labels)
    steps = n // 2 if steps is None else steps
    if not 0 <= steps < n or draws < 1:
        raise InputError("chain.removals", steps=steps, draws=draws, sectors=n)
    flows = _links(values, 0.0)
    if not flows.sum() > 0:
        raise InputError("chain.no_flow")
    links = _links(values, least) > 0
    neighbors = [np.flatnonzero(row).tolist() for row in links | links.T]
    generator = np.random.default_rng(rng)
    if isinstance(measure, str):
        measure = node_measures(pd.DataFrame(values, labels, labels), least=least)[measure]
    order = np.argsort(-measure.to_numpy(), kind="stable")
    flow, size = _curve(flows, neighbors, order, steps)
    drawn = [_curve(flows, neighbors, generator.permutation(n), steps) for _ in range(draws)]
    table = pd.DataFrame({"flow": flow, "component": size})
    removed = [pd.NA, *(str(label) for label in labels[order[:steps]])]
    table.insert(0, "sector", pd.array(removed, dtype="string"))
    for name, position in (("flow", 0), ("component", 1)):
        curves = np.array([pair[position] for pair in drawn])
        table[f"random_{name}"] = curves.mean(axis=0)
        low, high = np.quantile(curves, [0.025, 0.975], axis=0)
        table[f"random_{name}_low"], table[f"random_{name}_high"] = low, high
    return table.rename_axis("removed")
