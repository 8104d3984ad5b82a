"""AHP down a tree: dimensions against each other, groups within a dimension, indicators within."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import pandas as pd

from geo_resilience.errors import Problems
from geo_resilience.evaluation.weighting._ahp import ahp_weights
from geo_resilience.evaluation.weighting._judgements import Judgements
from geo_resilience.evaluation.weighting._weights import Weights

#: What stands below a node: its children's judgements or weights, or its only child.
Node: TypeAlias = "Judgements | Sequence[Judgements] | Weights | str"


def hierarchy_weights(
    judgements: Mapping[str, Node],
    *,
    top: str,
    solution: str = "eigenvector",
    aggregate: str = "judgements",
) -> Weights:
    r"""Multiply AHP weights down a hierarchy.

    Parameters
    ----------
    judgements : mapping of str to judgements
        For each node its children's judgement matrix (or a list of matrices, one an expert), or
        Weights of its children already found, or a single child's code. What is no key is an
        indicator.
    top : str
        The key to start from.
    solution, aggregate : str
        As in `ahp_weights`.

    Returns
    -------
    Weights
        Of the indicators, in the order of the tree. Diagnostics: ``nodes`` (Weights by node),
        ``consistency_ratio`` of the whole, ``notes`` of all nodes.

    Raises
    ------
    InputError
        If a matrix is wrong, a node is its own descendant, a child has two parents, or a key is
        never reached.

    Notes
    -----
    An indicator's weight is the product of the weights on the way to it. The ratio of the whole
    sums each node's consistency index times the node's weight and divides by the like sum of
    random indices [1]_.

    References
    ----------
    .. [1] Saaty, T. L. (1980). The Analytic Hierarchy Process. McGraw-Hill.

    Examples
    --------
    >>> pair = pd.DataFrame([[1, 3], ["1/3", 1]], ["B1", "B2"], ["B1", "B2"])
    >>> inner = pd.DataFrame([[1, 1], [1, 1]], ["a", "b"], ["a", "b"])
    >>> tree = {"index": pair, "B1": inner, "B2": "c"}
    >>> hierarchy_weights(tree, top="index").values.round(6).to_dict()
    {'a': 0.375, 'b': 0.375, 'c': 0.25}
    """
    nodes = {str(key): _node(below, solution, aggregate) for key, below in judgements.items()}
    _check_tree(nodes, top)
    shares = _shares(nodes, top)
    leaves = {code: share for code, share in shares.items() if code not in nodes}
    means = [
        sum(shares[node] * found.diagnostics.get(name, 0.0) for node, found in nodes.items())
        for name in ("consistency_index", "random_index")
    ]
    diagnostics = {
        "nodes": nodes,
        "consistency_ratio": means[0] / means[1] if means[1] else 0.0,
        "notes": tuple(note for found in nodes.values() for note in found.notes),
    }
    return Weights(pd.Series(leaves), "ahp", diagnostics)


def _node(below: Node, solution: str, aggregate: str) -> Weights:
    if isinstance(below, Weights):
        return below
    if isinstance(below, str):
        return Weights(pd.Series({below: 1.0}), "single")
    return ahp_weights(below, solution=solution, aggregate=aggregate)


def _check_tree(nodes: Mapping[str, Weights], top: str) -> None:
    """Raise unless every node but the top has exactly one parent and all hang together."""
    problems = Problems()
    if top not in nodes:
        problems.unknown("evaluation.hierarchy_no_top", top, nodes)
    children = [code for found in nodes.values() for code in found.codes]
    for code in dict.fromkeys(code for code in children if children.count(code) > 1):
        problems.add("evaluation.hierarchy_two_parents", code=code)
    if top in children:
        problems.add("evaluation.hierarchy_circle", code=top)
    problems.raise_if_any()
    reached, waiting = {top}, [top]
    while waiting:
        below = [code for code in nodes[waiting.pop()].codes if code in nodes]
        reached.update(below)
        waiting.extend(below)
    for node in nodes:
        if node not in reached:
            problems.unknown(
                "evaluation.hierarchy_not_reached",
                node,
                [code for code in children if code not in nodes],
            )
    problems.raise_if_any()


def _shares(nodes: Mapping[str, Weights], top: str) -> dict[str, float]:
    """Share of the whole of every node and leaf, depth first, so that leaves keep their order."""
    shares: dict[str, float] = {}

    def descend(code: str, share: float) -> None:
        shares[code] = share
        if code in nodes:
            for child, weight in nodes[code].values.items():
                descend(str(child), share * float(weight))

    descend(top, 1.0)
    return shares
