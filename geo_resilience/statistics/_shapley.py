"""Shapley values: what each of some players adds, averaged over all orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import factorial

import numpy as np

from geo_resilience.statistics._arrays import Array, Whole


def subsets_of(count: int) -> Whole:
    """Give all subsets of some players, shape (2^count, count): 1 where a player is inside."""
    return (np.arange(2**count)[:, None] >> np.arange(count)) & 1


def shapley_values(scores: Array, members: Whole) -> Array:
    """Weigh the steps of each player over all subsets.

    - ``scores``, shape (subsets, rows), ``members`` as `subsets_of` gives them.

    Gives shape (rows, players); rows sum to the score of all players minus that of none.
    """
    count = members.shape[1]
    share = np.array(
        [factorial(size) * factorial(count - size - 1) / factorial(count) for size in range(count)]
    )
    sizes = members.sum(axis=1)
    parts = np.empty((scores.shape[1], count))
    for player in range(count):
        out = np.flatnonzero(members[:, player] == 0)
        steps = scores[out | (1 << player)] - scores[out]
        parts[:, player] = share[sizes[out]] @ steps
    return parts


def parts_of(players: Sequence[str], score: Callable[[frozenset[str]], Array]) -> dict[str, Array]:
    """Split what a score gains from no player to all of them into the part of each."""
    members = subsets_of(len(players))
    names = np.array(players, dtype=object)
    scores = np.array([score(frozenset(names[inside])) for inside in members.astype(bool)])
    return dict(zip(players, shapley_values(scores, members).T, strict=True))
