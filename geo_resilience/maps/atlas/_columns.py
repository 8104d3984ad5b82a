"""Columns of numbers as short texts that the page reads back.

A column holds regions by years, as decimals of a fixed number of digits (0 unless said) or in a
form: ``d``, 64-bit floats; ``l``, a line of another column; ``w``, a weighted mean of others. What
the page says of a cell (its text, its class, its rank among the scores) is what the table says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from geo_resilience.maps.drawing._style import class_of
from geo_resilience.maps.drawing._topology import pack_bytes, pack_numbers

#: Digits of scores behind the point: sums of them keep the order of all but a few.
SCORE_DIGITS = 9

#: What a score may be off by for being told in parts of others.
BILLIONTH = 1e-9

#: The page writes numbers from 1e-6 to 1e15 in full, with three figures and six decimals at most.
SMALLEST, LARGEST, FIGURES, MOST_DECIMALS = 1e-6, 1e15, 3, 6

#: Figures that are kept of what was measured, so that small changes can be told too.
KEPT_FIGURES = 7

#: A column of which more cells than this are exceptions is told by itself.
MOST_EXCEPTIONS = 0.4


#: A share of a step that is only how numbers are held in two's powers.
NOTHING = 1e-6


class PackedColumn(NamedTuple):
    """A column as it is written into the page, and the numbers that the page reads from it."""

    packed: dict[str, Any]
    told: np.ndarray


def float_column(values: np.ndarray) -> PackedColumn:
    """Pack numbers as 64-bit floats."""
    return PackedColumn({"form": "d", "data": pack_bytes(values.astype("<f8"))}, values)


def decimal_column(
    values: np.ndarray,
    digits: int = 0,
    *,
    shown: int | np.ndarray | None = None,
    cuts: Sequence[float] = (),
) -> PackedColumn:
    """Pack numbers rounded to so many digits, as differences from cell to cell.

    Where rounding twice would give another text (of `shown` digits) or class (by the cuts), the
    number goes one step towards its value.

    >>> decimal_column(np.array([[0.12449, np.nan]]), 3, shown=2).told
    array([[0.124,   nan]])
    >>> decimal_column(np.array([[0.19999]]), 3, cuts=[0.2]).told
    array([[0.199]])
    """
    steps = np.asarray(values, dtype=float) * 10.0**digits
    missing = np.isnan(steps)
    whole = np.where(missing, 0, np.round(steps))
    toward = np.where(missing | (np.abs(steps - whole) < NOTHING), 0, np.sign(steps - whole))
    if shown is not None:
        unit = 10.0 ** (digits - np.asarray(shown))
        between = (unit > 1) & (np.abs(whole) % unit == unit / 2)
        whole = np.where(between, whole + toward, whole)
    if len(cuts):
        known = np.nan_to_num(values)
        other = ~missing & (class_of(whole / 10.0**digits, cuts) != class_of(known, cuts))
        whole = np.where(other, whole + np.sign(known - whole / 10.0**digits), whole)
    moves = np.zeros(whole.size, dtype=np.int64)
    moves[~missing.ravel()] = np.diff(whole[~missing].astype(np.int64), prepend=0)
    packed: dict[str, Any] = {"digits": digits} if digits else {}
    packed["data"] = pack_numbers(moves, missing.ravel())
    return PackedColumn(packed, np.where(missing, np.nan, whole / 10.0**digits))


def score_column(values: np.ndarray) -> PackedColumn:
    """Pack scores to the billionth; as floats where they are none."""
    known = values[np.isfinite(values)]
    is_score = len(known) and np.abs(known).max() <= 4
    return decimal_column(values, SCORE_DIGITS, shown=3) if is_score else float_column(values)


def figure_column(
    values: np.ndarray, cuts: Sequence[float] = (), figures: int = FIGURES
) -> PackedColumn:
    """Pack numbers of any size with as many digits as the page writes, or so many figures."""
    sizes = np.abs(values[np.isfinite(values) & (values != 0)])
    if len(sizes) and (sizes.min() < SMALLEST or sizes.max() >= LARGEST):
        return float_column(values)
    shown = decimals(values)
    large = sizes.max() if len(sizes) else 1.0
    digits = int(max(np.max(shown, initial=0), figures - 1 - np.floor(np.log10(large))))
    if large * 10.0**digits > 2**53:
        return float_column(values)
    return decimal_column(values, digits, shown=shown, cuts=cuts)


def decimals(values: np.ndarray) -> np.ndarray:
    """Give the digits behind the point that the page writes of each number.

    >>> decimals(np.array([1234.5, 12.3, 0.0123, 0.0])).tolist()
    [0, 1, 4, 0]
    """
    sizes = np.abs(values)
    known = np.isfinite(sizes) & (sizes > 0)
    power = np.floor(np.log10(np.where(known, sizes, 1e9)))
    return np.clip(FIGURES - 1 - power, 0, MOST_DECIMALS).astype(int)


def _written(values: np.ndarray, digits: np.ndarray) -> np.ndarray:
    """Give numbers in steps of the last digit that is written, halves away from zero."""
    steps = np.round(np.abs(values) * 10.0**digits, 9)
    return np.sign(values) * np.floor(steps + 0.5)


def measured_column(values: np.ndarray, scaled: np.ndarray | None, name: str) -> PackedColumn:
    """Pack an indicator as measured: from its scaled values where it is a line of them.

    Scaling is linear but where a value was capped or filled; those cells are listed (form l).
    """
    found = None if scaled is None else _line(values, scaled)
    if found is None:
        return figure_column(values, figures=KEPT_FIGURES)
    low, high, line, off = found
    listed = figure_column(values[off], figures=KEPT_FIGURES)
    packed = {"form": "l", "of": name, "low": low, "high": high}
    return _but_for(PackedColumn(packed, line), off, listed)


def _but_for(column: PackedColumn, off: np.ndarray, listed: PackedColumn) -> PackedColumn:
    """Tell some cells of a column apart: their places, and their numbers as a column."""
    if not off.any():
        return column
    moves = pack_numbers(np.diff(np.flatnonzero(off), prepend=0))
    told = column.told.copy()
    told[off] = listed.told
    return PackedColumn({**column.packed, "places": moves, "listed": listed.packed}, told)


def _line(
    values: np.ndarray, scaled: np.ndarray
) -> tuple[float, float, np.ndarray, np.ndarray] | None:
    """Fit values = low + (high - low) scaled; which cells lie off it; None when many do."""
    inner = np.flatnonzero(np.isfinite(values.ravel()) & ((scaled > 0) & (scaled < 1)).ravel())
    if len(inner) < 3:
        return None
    order = inner[np.argsort(scaled.ravel()[inner], kind="stable")]
    ends = order[[len(order) // 10, -1 - len(order) // 10]]
    (first, last), (start, end) = scaled.ravel()[ends], values.ravel()[ends]
    if first == last:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        slope = (end - start) / (last - first)
        low = float(start - slope * first)
        high = low + float(slope)
        line = low + scaled * (high - low)
        off = ~(np.abs(line - values) <= 1e-7 * np.abs(values) + 1e-8 * abs(slope))
        off |= decimals(line) != decimals(values)
        off |= _written(line, decimals(values)) != _written(values, decimals(values))
    off &= ~(np.isnan(values) & np.isnan(scaled))
    return None if off.mean() > MOST_EXCEPTIONS else (low, high, line, off)


def summed_column(
    values: np.ndarray,
    parts: dict[str, np.ndarray],
    weights: dict[str, float],
    cuts: Sequence[float],
) -> PackedColumn | None:
    """Pack scores as a weighted mean (form w) of columns as the page reads them.

    Cells that would get another class by the cuts, or another place in their year, are listed.
    None where the mean is not the scores to a billionth.
    """
    if not weights or any(name not in parts for name in weights):
        return None
    found = np.zeros_like(values)
    for name, weight in weights.items():
        found = found + parts[name] * weight
    found = found / sum(weights.values())
    if not np.allclose(found, values, rtol=0, atol=BILLIONTH, equal_nan=True):
        return None
    off = class_of(found, cuts) != class_of(values, cuts)
    while True:
        told = np.where(off, values, found)
        moved = _out_of_order(told, values) & ~off
        if not moved.any():
            break
        off |= moved
    if off.mean() > MOST_EXCEPTIONS:
        return None
    column = PackedColumn({"form": "w", "weights": weights}, found)
    return _but_for(column, off, float_column(values[off]))


def _out_of_order(told: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Which cells do not stand to the next of their year, in the order of values, as these do."""
    out = np.zeros(values.shape, dtype=bool)
    for year in range(values.shape[1]):
        known = np.flatnonzero(np.isfinite(values[:, year]))
        order = known[np.argsort(values[known, year], kind="stable")]
        steps, right = np.diff(told[order, year]), np.diff(values[order, year])
        wrong = np.flatnonzero(np.sign(steps) != np.sign(right))
        out[order[wrong], year] = out[order[wrong + 1], year] = True
    return out
