"""An index as a tree: indicators in groups, these in dimensions, and what each weighs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

#: Codes on the way to a node, the dimension first; the index itself is ``()``.
Path: TypeAlias = tuple[str, ...]


def chain_of(group: str, parents: Mapping[str, str]) -> Path:
    """Give a group and those above it, the outermost first; a circle is cut where it closes.

    >>> chain_of("ideas", {"ideas": "science", "science": ""})
    ('science', 'ideas')
    """
    chain: dict[str, None] = {}
    while group and group not in chain:
        chain[group] = None
        group = parents.get(group, "")
        if group and group not in parents:  # a dimension
            break
    return tuple(reversed(chain))


def paths_of(framework: Any) -> dict[str, Path]:
    """Give the dimension and the groups of every indicator, the outermost first, by its code."""
    parents = {each.code: each.parent for each in framework.groups}
    return {
        each.code: (each.dimension, *chain_of(each.group, parents)) for each in framework.indicators
    }


def siblings_of(leaves: Iterable[Path]) -> dict[Path, list[Path]]:
    """Give what stands directly below every node, in order; parents before their children."""
    below: dict[Path, dict[Path, None]] = {}
    for leaf in leaves:
        for depth in range(len(leaf)):
            below.setdefault(leaf[:depth], {})[leaf[: depth + 1]] = None
    return {parent: list(children) for parent, children in below.items()}


def shares_down(
    paths: Mapping[str, Path], weights: Mapping[Path, float | None] | None = None
) -> dict[str, float] | None:
    r"""Multiply weights down a tree: what each indicator weighs in the whole.

    - ``paths``: dimension and groups of every indicator, by its code.
    - ``weights``: of dimensions, groups and indicators, by their full path (that of an indicator
      ends in its code). Without them all that stand side by side share alike.

    Returns None where some that stand side by side have a weight and others none, or all have 0.

    Notes
    -----
    .. math:: w_j = \prod_{a \in \text{path}(j)} v_a / \sum_{b \sim a} v_b

    over the indicator and all above it, b being what stands beside a.

    >>> shares_down({"a": ("A",), "b": ("A",), "c": ("B",)})
    {'a': 0.25, 'b': 0.25, 'c': 0.5}
    """
    given = weights or {}
    leaves = {code: (*path, code) for code, path in paths.items()}
    shares: dict[Path, float] = {(): 1.0}
    for parent, children in siblings_of(leaves.values()).items():
        own = [given.get(child) for child in children]
        if all(weight is None for weight in own):
            own = [1.0] * len(children)
        numbers = [weight for weight in own if weight is not None]
        if len(numbers) < len(own) or sum(numbers) <= 0:
            return None
        for child, weight in zip(children, numbers, strict=True):
            shares[child] = shares[parent] * weight / sum(numbers)
    return {code: shares[leaf] for code, leaf in leaves.items()}
