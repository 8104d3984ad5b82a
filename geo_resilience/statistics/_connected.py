"""All connected sets of nodes of a graph, as bit masks, none generated twice.

A set is grown from its smallest node. A node enters from the list of those that may still enter
(its extension); those passed over never come back, and a node joins the extension only when the
node that brings it is the first of the set to touch it. So every connected set is reached in one
way only [1]_. Whole levels (all sets of one size) are grown at once as arrays.

References
----------
.. [1] Wernicke, S. (2006). Efficient detection of network motifs. IEEE/ACM Transactions on
   Computational Biology and Bioinformatics 3(4), 347-359.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo_resilience.statistics._arrays import Truths, Whole
from geo_resilience.statistics._repetitions import Rng

#: A mask is one unsigned integer of 64 bits.
MOST_NODES = 62

#: Sets of one size that are listed; beyond it a sample of about `SAMPLE` is grown.
CAP = 1_500_000
SAMPLE = 100_000

Masks = NDArray[np.uint64]


@dataclass(frozen=True)
class Level:
    """Connected sets of one size: bit b of a mask is set where node b belongs to the set.

    ``cuts`` are the links from each set to the rest. If not ``complete``, an even sample: each is
    as likely as any other, although sets that share most of their nodes come together.
    """

    size: int
    masks: Masks
    cuts: NDArray[np.int16]
    complete: bool

    def sums(self, values: Whole) -> Whole:
        """Sum integer values of the nodes of each set."""
        total = np.zeros(len(self.masks), dtype=np.int64)
        for start in range(0, len(values), 16):
            table = np.zeros(1, dtype=np.int64)
            for value in values[start : start + 16]:
                table = np.concatenate([table, table + value])
            part = (self.masks >> np.uint64(start)) & np.uint64(len(table) - 1)
            total += table[part.astype(np.intp)]
        return total


def bit_counts(masks: Masks) -> NDArray[np.int16]:
    """Count the bits of each mask."""
    if hasattr(np, "bitwise_count"):
        return np.bitwise_count(masks).astype(np.int16)
    octets = masks.astype("<u8").view(np.uint8).reshape(-1, 8)  # NumPy 1
    return _OCTETS[octets].sum(axis=1, dtype=np.int16)


_OCTETS = np.array([bin(octet).count("1") for octet in range(256)], dtype=np.int16)


def _neighbor_masks(adjacency: Truths) -> Masks:
    linked = adjacency | adjacency.T
    np.fill_diagonal(linked, False)
    powers = np.uint64(1) << np.arange(len(linked), dtype=np.uint64)
    return np.where(linked, powers[None, :], np.uint64(0)).sum(axis=1, dtype=np.uint64)


def is_connected(adjacency: ArrayLike, members: Iterable[int]) -> bool:
    """Whether some nodes hang together by links among themselves."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    at = np.fromiter(members, dtype=np.int64)
    inside = np.asarray(adjacency, dtype=bool)[np.ix_(at, at)]
    return bool(connected_components(csr_array(inside), directed=False)[0] == 1)


def connected_sets(
    adjacency: ArrayLike,
    sizes: Iterable[int],
    *,
    cap: int = CAP,
    sample: int = SAMPLE,
    rng: Rng = None,
) -> dict[int, Level]:
    """List all connected sets of some sizes of at most 62 nodes, links followed both ways.

    Where there are more than ``cap`` of a size, the sets of the size below are thinned at random to
    about ``sample``.
    """
    linked = np.asarray(adjacency, dtype=bool)
    n = len(linked)
    if n > MOST_NODES:
        raise ValueError(f"{n} nodes, at most {MOST_NODES} fit into a mask")
    wanted = sorted({size for size in sizes if 0 < size <= n})
    generator = np.random.default_rng(rng)
    near = _neighbor_masks(linked)
    grown = _Growth.from_nodes(near)
    found = {}
    for size in range(1, (wanted[-1] if wanted else 0) + 1):
        if size > 1:
            grown = grown.thinned(cap, sample, generator).next()
        if size in wanted:
            found[size] = Level(size, grown.sets, grown.cuts, grown.complete)
    return found


@dataclass(frozen=True)
class _Growth:
    """All sets of one size while they grow: who may enter, and who was seen."""

    near: Masks
    sets: Masks
    entering: Masks
    seen: Masks
    cuts: NDArray[np.int16]
    complete: bool

    @classmethod
    def from_nodes(cls, near: Masks) -> _Growth:
        ones = np.uint64(1) << np.arange(len(near), dtype=np.uint64)
        up_to = (ones - np.uint64(1)) | ones
        return cls(near, ones, near & ~up_to, near | up_to, bit_counts(near), True)

    def thinned(self, cap: int, sample: int, rng: np.random.Generator) -> _Growth:
        """Keep a random part where the next level would hold more sets than the cap."""
        following = int(bit_counts(self.entering).sum(dtype=np.int64))
        if following <= (cap if self.complete else sample):
            return self
        kept = max(1, len(self.sets) * sample // following)
        at = np.sort(rng.choice(len(self.sets), kept, replace=False))
        parts = (self.sets[at], self.entering[at], self.seen[at], self.cuts[at])
        return _Growth(self.near, *parts, complete=False)

    def next(self) -> _Growth:
        """Let each node that may enter enter; sets one larger come out, none twice."""
        parts = []
        for node in range(len(self.near)):
            bit, near = np.uint64(1) << np.uint64(node), self.near[node]
            at = np.flatnonzero(self.entering & bit)
            if not len(at):
                continue
            sets, seen = self.sets[at], self.seen[at]
            higher = ~((bit << np.uint64(1)) - np.uint64(1))
            degree = np.int16(int(near).bit_count())
            parts.append(
                (
                    sets | bit,
                    (self.entering[at] & higher) | (near & ~seen),
                    seen | near,
                    self.cuts[at] + degree - 2 * bit_counts(near & sets),
                )
            )
        if not parts:
            empty = np.zeros(0, dtype=np.uint64)
            none = np.zeros(0, dtype=np.int16)
            return _Growth(self.near, empty, empty, empty, none, self.complete)
        sets, entering, seen, cuts = (
            np.concatenate(columns) for columns in zip(*parts, strict=True)
        )
        return _Growth(self.near, sets, entering, seen, cuts, self.complete)
