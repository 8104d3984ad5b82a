"""Which contiguous regions the data would draw themselves, and how far they agree with a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.spatial.concentration._membership import Groups, members_of
from geo_resilience.spatial.neighbors._alignment import Linked, align
from geo_resilience.statistics._arrays import Array, Whole


def skater(y: pd.Series | pd.DataFrame, neighbors: Linked, regions: int) -> pd.Series:
    """Cut a map into contiguous regions that are alike inside (SKATER).

    The links are thinned to a minimum spanning tree of squared differences; then, again and again,
    the link whose removal lowers the sum of squares within regions most is cut [1]_.

    Parameters
    ----------
    y : Series or DataFrame
        One or more variables by region key; each is standardized.
    neighbors : Neighbors or libpysal.graph.Graph
        Links, followed both ways.
    regions : int
        Regions wanted; at least as many as the map has parts that do not hang together.

    Returns
    -------
    Series of int
        Region of each key, 1, 2, ... in the order in which they first appear.

    References
    ----------
    .. [1] Assuncao, R. M., Neves, M. C., Camara, G. and Da Costa Freitas, C. (2006). Efficient
       regionalization techniques for socio-economic geographical units using minimum spanning
       trees. International Journal of Geographical Information Science 20(7), 797-811.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6)
    >>> skater(pd.Series([1.0, 1, 5, 6], list("abcd")), row, 2).tolist()
    [1, 1, 2, 2]
    """
    aligned = align(y, neighbors)
    values = aligned.values.reshape(len(y), -1)
    spread = values.std(axis=0)
    z = (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    tree = _spanning_tree(z, aligned.links.matrix)
    label = _components(tree, len(y))
    parts = int(label.max()) + 1
    if not parts <= regions <= len(y):
        raise InputError("spatial.regions_wrong", found=regions, least=parts, most=len(y))
    while parts < regions:
        best = max(
            (_best_cut(z, tree, label, part) for part in range(parts)), key=lambda cut: cut.gain
        )
        if best.gain < 0:
            break
        tree = [link for link in tree if link != best.link]
        label[best.side] = parts
        parts += 1
    codes, _ = pd.factorize(label)
    return pd.Series(codes + 1, index=y.index, name="region")


@dataclass(frozen=True)
class _Cut:
    gain: float
    link: tuple[int, int]
    side: Whole


def _spanning_tree(z: Array, matrix: Any) -> list[tuple[int, int]]:
    """Give the links of the minimum spanning forest."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import minimum_spanning_tree

    links = coo_array(matrix + matrix.T)
    one, other = (at.astype(np.int32) for at in links.coords)
    apart = np.square(z[one] - z[other]).sum(axis=1)
    # A zero would be no link at all; the place breaks ties the same way everywhere.
    cost = apart + 1e-9 * (1 + apart.max(initial=0.0)) * (1 + (one + other) / len(z))
    weighted = coo_array((cost, (one, other)), shape=links.shape).tocsr()
    tree = coo_array(minimum_spanning_tree(weighted))
    return sorted((int(min(a, b)), int(max(a, b))) for a, b in zip(*tree.coords, strict=True))


def _components(tree: list[tuple[int, int]], n: int) -> Whole:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ends = np.array(tree, dtype=np.int32).reshape(-1, 2)
    links = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(n, n))
    return connected_components(links, directed=False)[1].astype(np.int64)


def _best_cut(z: Array, tree: list[tuple[int, int]], label: Whole, part: int) -> _Cut:
    """Find the link of one part whose removal lowers the sum of squares most."""
    inside = np.flatnonzero(label == part)
    near: dict[int, list[int]] = {int(node): [] for node in inside}
    for a, b in tree:
        if a in near:
            near[a].append(b)
            near[b].append(a)
    order, parent = [int(inside[0])], {int(inside[0]): -1}
    for node in order:
        for other in near[node]:
            if other != parent[node]:
                parent[other] = node
                order.append(other)
    sums = {node: z[node].copy() for node in order}
    counts = dict.fromkeys(order, 1)
    best, gain = (-1, -1), -1.0
    total, n = z[inside].sum(axis=0), len(inside)
    for node in reversed(order[1:]):
        count, below = counts[node], sums[node]
        # Splitting lowers the sum of squares by that between the two sides.
        difference = below / count - (total - below) / (n - count)
        found = float(count * (n - count) / n * (difference @ difference))
        if found > gain + 1e-12:
            best, gain = (node, parent[node]), found
        counts[parent[node]] += count
        sums[parent[node]] += below
    if best[0] < 0:
        return _Cut(-1.0, best, inside[:0])
    side, front = {best[0]}, [best[0]]
    while front:
        node = front.pop()
        new = [other for other in near[node] if other != parent[node]]
        side.update(new)
        front += new
    link = (min(best), max(best))
    return _Cut(gain, link, np.array(sorted(side), dtype=np.int64))


def adjusted_rand(first: pd.Series, second: pd.Series) -> float:
    """Say how far two partitions agree: 1 = the same, 0 = as two dealt at random [1]_.

    Parameters
    ----------
    first, second : Series
        Labels by region, of the same regions.

    Returns
    -------
    float

    References
    ----------
    .. [1] Hubert, L. and Arabie, P. (1985). Comparing partitions. Journal of Classification
       2(1), 193-218.

    Examples
    --------
    >>> one, other = pd.Series([1, 1, 2, 2], list("abcd")), pd.Series([1, 2, 1, 2], list("abcd"))
    >>> adjusted_rand(one, one), round(adjusted_rand(one, other), 12)
    (1.0, -0.5)
    """
    missing = first.index.symmetric_difference(second.index)
    if len(missing):
        raise InputError(
            "spatial.keys_without_value", name="partition", regions=[str(k) for k in missing][:8]
        )
    table = pd.crosstab(first, second.loc[first.index]).to_numpy(dtype=float)

    def pairs(counts: Array) -> float:
        return float((counts * (counts - 1) / 2).sum())

    both, one, other = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    whole = len(first) * (len(first) - 1) / 2
    expected = one * other / whole if whole else 0.0
    most = (one + other) / 2
    return (both - expected) / (most - expected) if most != expected else 1.0


def regionalization_table(
    y: pd.Series, neighbors: Linked, groupings: Mapping[str, Any]
) -> pd.DataFrame:
    """Compare planned groupings with the regions that the data would draw: table regionalization.

    Of overlapping groups every combination of memberships is a part; the shares explained are of
    the sum of squares between parts.
    """
    rows = {}
    for name, grouping in groupings.items():
        plan = _parts_of(grouping, y.index)
        parts = plan.nunique()
        if not 1 < parts < len(y):
            continue
        drawn = skater(y, neighbors, parts)
        rows[name] = (parts, adjusted_rand(plan, drawn), _explained(y, plan), _explained(y, drawn))
    columns = ["parts", "adjusted_rand", "explained_by_plan", "explained_by_data"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("grouping")


def _parts_of(grouping: Groups, keys: pd.Index) -> pd.Series:
    """Label each key by the groups it belongs to."""
    found = pd.Series("", index=keys)
    for name, members in members_of(grouping).items():
        inside = keys.isin(members)
        found = found.mask(inside, found + "|" + name)
    return found


def _explained(y: pd.Series, parts: pd.Series) -> float:
    total = float(((y - y.mean()) ** 2).sum())
    within = float(((y - y.groupby(parts).transform("mean")) ** 2).sum())
    return 1 - within / total if total > 0 else float("nan")
