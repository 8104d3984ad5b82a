"""Sums that do not depend on the order of what is added: exact, and rounded once at the end.

A double is a whole number of 53 bits times a power of two. Cut into pieces of 32 bits on a fixed
grid of powers, its pieces add up without error in 64-bit integers, in any order and in any parts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

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

#: Places that a double holds with all bits of a piece.
_USUAL = 28


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


def all_rounded(places: Sequence[int], parts: NDArray[np.int64]) -> Array:
    """Give the double nearest to each row's sum of pieces, a column a place.

    Two doubles hold what the first pieces come to without error, as Knuth's TwoSum shows, and
    their sum is rounded once; rows for which two are too few are added up as whole numbers.
    """
    total, rest = np.zeros(len(parts)), np.zeros(len(parts))
    sure = (np.abs(parts) < 1 << 53).all(axis=1)
    sure &= all(abs(place) < _USUAL for place in places)
    for at in np.argsort(places)[::-1]:
        number = np.ldexp(parts[:, at].astype(float), _BITS * places[at] if sure.any() else 0)
        total, left = _two_sum(total, number)
        rest, lost = _two_sum(rest, left)
        sure &= lost == 0
    found = total + rest
    for row in np.flatnonzero(~sure):
        found[row] = rounded(zip(places, parts[row], strict=True))
    return found


def _two_sum(one: Array, two: Array) -> tuple[Array, Array]:
    """Give the rounded sums, and what rounding took from them (Knuth 1998, section 4.2.2)."""
    total = one + two
    part = total - one
    return total, (one - (total - part)) + (two - part)


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
