"""From measured values to standardized ones and back, by the ends that a study has found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo_resilience.statistics._arrays import Array

#: Where a value counts as capped, and how straight a line has to be.
_NEAR = 1e-9


@dataclass(frozen=True, eq=False)
class Scale:
    """How one indicator was standardized: a line between its ends, or a staircase of what was seen.

    - ``measured``, ``standardized``: pairs in rising order of measured.
    - ``low``, ``high``: ends of the standardized values.
    - ``line``: slope and intercept where all that is not capped lies on one line.
    """

    measured: Array
    standardized: Array
    low: float
    high: float
    line: tuple[float, float] | None

    def value(self, measured: float) -> float:
        """Give the standardized value, capped at the ends."""
        if self.line is not None:
            raw = self.line[0] * measured + self.line[1]
        else:
            raw = float(np.interp(measured, self.measured, self.standardized))
        return float(min(max(raw, self.low), self.high))

    def measured_at(self, value: float) -> float:
        """Give the measured value that has a standardized one; NaN where none is known."""
        if self.line is not None and self.line[0] != 0:
            return float((value - self.line[1]) / self.line[0])
        order = np.argsort(self.standardized, kind="stable")
        inside = self.standardized[order[0]] <= value <= self.standardized[order[-1]]
        if not inside:
            return float("nan")
        return float(np.interp(value, self.standardized[order], self.measured[order]))


def scales_of(raw: pd.DataFrame, standardized: pd.DataFrame, *, low: float) -> dict[str, Scale]:
    """Find how each indicator was standardized, from what went in and what came out."""
    found = {}
    for code in standardized.columns:
        pairs = pd.DataFrame({"x": raw[code], "z": standardized[code]}).dropna()
        pairs = pairs.sort_values("x", kind="stable").drop_duplicates("x")
        x, z = pairs["x"].to_numpy(dtype=float), pairs["z"].to_numpy(dtype=float)
        inside = (z > low + _NEAR) & (z < 1.0 - _NEAR)
        found[code] = Scale(x, z, low, 1.0, _line(x[inside], z[inside]))
    return found


def _line(x: Array, z: Array) -> tuple[float, float] | None:
    """Give slope and intercept where all pairs lie on one line."""
    if len(x) < 2 or x[-1] == x[0]:
        return None
    slope = (z[-1] - z[0]) / (x[-1] - x[0])
    intercept = z[0] - slope * x[0]
    straight = np.allclose(slope * x + intercept, z, atol=1e-7)
    return (float(slope), float(intercept)) if straight else None
