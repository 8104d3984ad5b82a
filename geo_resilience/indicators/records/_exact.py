"""Sums that do not depend on the order of what is added: exact, and rounded once at the end.

A double is a whole number of 53 bits times a power of two. Cut into pieces of 32 bits on a fixed
grid of powers, its pieces add up without error in 64-bit integers, in any order and in any parts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

_BITS = 32
_MASK = np.int64((1 << _BITS) - 1)

#: Rows whose pieces add up within the 53 bits of a double.
MOST_ROWS = 1 << 20

#: Bits of a whole number that surely turns into a double, and more than one holds.
_ENOUGH = 512


def pieces(groups: Whole, values: Array, count: int) -> dict[int, Whole]:
    """Add at most MOST_ROWS finite values up by group: by place, whole numbers of shape (count,).

    Groups are numbers below count; a piece at a place counts 2^(32 place).
    """
    fraction, power = np.frexp(values)
    whole = np.ldexp(fraction, 53).astype(np.int64)
    place, shift = np.divmod(power.astype(np.int64) - 53, _BITS)
    low, high = (whole & _MASK) << shift, (whole >> _BITS) << shift
    parts = ((0, low & _MASK), (1, (low >> _BITS) & _MASK), (1, high & _MASK), (2, high >> _BITS))
    found: dict[int, Whole] = {}
    for start in np.unique(place):
        here = np.flatnonzero(place == start)
        for offset, part in parts:
            at = int(start) + offset
            added = np.bincount(groups[here], part[here], count).astype(np.int64)
            found[at] = found.get(at, 0) + added
    return found


def carried(part: Whole) -> tuple[Whole, Whole]:
    """Part pieces into what stays at their place and what the next one takes."""
    return part & _MASK, part >> _BITS


def rounded(parts: Iterable[tuple[int, int]]) -> float:
    """Give the double nearest to a sum of (place, piece)."""
    found = [(place, int(piece)) for place, piece in parts if piece]
    if not found:
        return 0.0
    lowest = min(place for place, _ in found)
    total = sum(piece << _BITS * (place - lowest) for place, piece in found)
    spare = max(total.bit_length() - _ENOUGH, 0)
    # Whatever is cut off counts as one more bit, which is all that rounding asks of it.
    kept = total >> spare
    kept |= total != kept << spare
    try:
        return math.ldexp(kept, _BITS * lowest + spare)
    except OverflowError:
        return math.copysign(math.inf, total)
