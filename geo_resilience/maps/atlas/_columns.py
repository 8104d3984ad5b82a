"""Columns of numbers as short texts that the page reads back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from geo_resilience.maps.drawing._style import class_of
from geo_resilience.maps.drawing._topology import pack_bytes, pack_numbers

#: Billionths in one, and the number that stands for no value among them.
BILLION, NO_BILLIONTHS = 1e9, 2**32 - 1

#: What a score may be off by for being told in parts of others.
BILLIONTH = 1e-9

#: Beyond this numbers are told in 64 bits.
LARGEST_SINGLE = 1e37

#: Steps of a range that is told in 16 bits, and in 8.
SHARES, COARSE_SHARES = 65534, 254


def pack_column(values: np.ndarray, form: str) -> dict[str, Any]:
    """Pack a column, regions by years, in a form.

    n: whole numbers, -1 for none; d, f: floats of 64 and 32 bits; u: whole billionths, for numbers
    from 0 to 4; s, b: shares of the range in 16 bits, and in 8 for charts.
    """
    flat = np.asarray(values, dtype=float).ravel()
    if form == "n":
        whole = np.where(np.isnan(flat), -1, flat).astype(int)
        return {"form": form, "data": pack_numbers(whole.tolist())}
    if form in "df":
        return {"form": form, "data": pack_bytes(flat.astype("<f8" if form == "d" else "<f4"))}
    if form == "u":
        whole = np.round(flat * BILLION)
        packed = np.where(np.isnan(whole), NO_BILLIONTHS, whole).astype("<u4")
        return {"form": form, "data": pack_bytes(packed)}
    low, high = _range(flat)
    steps, kind = (SHARES, "<u2") if form == "s" else (COARSE_SHARES, "u1")
    shares = np.round((flat - low) / (high - low) * steps)
    packed = np.where(np.isnan(shares), steps + 1, shares).astype(kind)
    return {"form": form, "data": pack_bytes(packed), "low": low, "high": high}


def _range(values: np.ndarray) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    return low, high if high > low else low + 1.0


def classed_column(values: np.ndarray, cuts: Sequence[float]) -> dict[str, Any]:
    """Pack numbers in 16 bits where that leaves every class as it is, else as 32-bit floats."""
    column = pack_column(values, "s")
    same = np.array_equal(class_of(unpacked(values, column, None), cuts), class_of(values, cuts))
    return column if same else pack_column(values, "f")


def score_form(values: np.ndarray) -> str:
    """Give the form of scores: billionths where they lie in range, else 64-bit floats."""
    known = values[np.isfinite(values)]
    return "u" if len(known) and known.min() >= 0 and known.max() <= 4 else "d"


def measured_column(values: np.ndarray, scaled: np.ndarray | None, name: str) -> dict[str, Any]:
    """Pack an indicator as measured: from its scaled values where it is a line of them.

    Scaling is linear but where a value was capped or filled; those cells are listed (form l).
    Else the shortest form in which numbers keep three right digits.
    """
    line = None if scaled is None else _line(values.ravel(), scaled.ravel())
    if line is not None:
        low, high, exceptions = line
        places = np.flatnonzero(exceptions)
        return {
            "form": "l",
            "of": name,
            "low": low,
            "high": high,
            "places": pack_numbers(np.diff(places, prepend=0).tolist()),
            "data": pack_bytes(values.ravel()[places].astype("<f8")),
        }
    sizes = np.abs(values[np.isfinite(values) & (values != 0)])
    if len(sizes) and (sizes.max() > LARGEST_SINGLE or sizes.min() < 1 / LARGEST_SINGLE):
        return pack_column(values, "d")
    narrow = len(sizes) == 0 or np.nanmax(values) - np.nanmin(values) < 60 * sizes.min()
    return pack_column(values, "s" if narrow else "f")


def _line(values: np.ndarray, scaled: np.ndarray) -> tuple[float, float, np.ndarray] | None:
    """Fit values = low + (high - low) scaled; which cells lie off it; None when many do."""
    inner = np.flatnonzero(np.isfinite(values) & (scaled > 0) & (scaled < 1))
    if len(inner) < 3:
        return None
    order = inner[np.argsort(scaled[inner], kind="stable")]
    first, last = order[len(order) // 10], order[-1 - len(order) // 10]
    if scaled[first] == scaled[last]:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        return _fitted(values, scaled, first, last)


def _fitted(
    values: np.ndarray, scaled: np.ndarray, first: int, last: int
) -> tuple[float, float, np.ndarray] | None:
    """Lay the line through two cells."""
    slope = (values[last] - values[first]) / (scaled[last] - scaled[first])
    low = float(values[first] - slope * scaled[first])
    guess = low + slope * np.round(scaled * BILLION) / BILLION
    off = ~(np.abs(guess - values) <= 1e-7 * np.abs(values) + 1e-8 * abs(slope))
    off &= ~(np.isnan(values) & np.isnan(scaled))
    return None if off.mean() > 0.4 else (low, low + float(slope), off)


def unpacked(values: np.ndarray, column: dict[str, Any], scaled: np.ndarray | None) -> np.ndarray:
    """Give the numbers as the page reads them, so that classes are those of the page."""
    if column["form"] == "f":
        return values.astype("<f4").astype(float)
    if column["form"] == "u":
        return np.round(values * BILLION) / BILLION
    if column["form"] == "s":
        low, width = column["low"], column["high"] - column["low"]
        return low + np.round((values - low) / width * SHARES) / SHARES * width
    if column["form"] == "l" and scaled is not None:
        low, width = column["low"], column["high"] - column["low"]
        line = low + np.round(scaled * BILLION) / BILLION * width
        off = _line(values.ravel(), scaled.ravel())
        return line if off is None else np.where(off[2].reshape(values.shape), values, line)
    return values


def summed_column(
    values: np.ndarray,
    parts: dict[str, np.ndarray],
    weights: dict[str, float],
    cuts: Sequence[float],
) -> dict[str, Any] | None:
    """Pack scores as a weighted mean (form w) of columns as the page reads them.

    None where that is not the scores to a billionth, or gives another rank or class by the cuts.
    """
    if not weights or any(name not in parts for name in weights):
        return None
    total = sum(weights.values())
    found = np.zeros_like(values)
    for name, weight in weights.items():
        found = found + parts[name] * weight
    found = found / total
    if not np.allclose(found, values, rtol=0, atol=BILLIONTH, equal_nan=True):
        return None
    same_classes = np.array_equal(class_of(found, cuts), class_of(values, cuts))
    same_order = all(
        np.array_equal(_ranks(found[:, year]), _ranks(values[:, year]))
        for year in range(values.shape[1])
    )
    return {"form": "w", "weights": weights} if same_classes and same_order else None


def _ranks(values: np.ndarray) -> np.ndarray:
    """How many values lie below each; ties share."""
    known = values[np.isfinite(values)]
    return np.searchsorted(np.sort(known), known, side="left")
