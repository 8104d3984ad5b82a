"""What the steps of a run cost by the number of rows: seconds and memory, as they were measured.

`costs.csv` is what benchmarks/costs.py prints: for each analysis and stage the seconds that it took
and the most megabytes that the process held in it, at several numbers of rows (regions x years).
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

import numpy as np

from geo_resilience.statistics._arrays import Array

#: By how much more memory is asked for than was measured: other data, other libraries.
_MARGIN = 1.2


def seconds(step: str, rows: float) -> float:
    """Give the seconds that a step is expected to take; 0 for one that was not measured."""
    return _at(step, 0, rows)


def megabytes(steps: Iterable[str], rows: float) -> float:
    """Give the memory that a run of these steps is expected to hold at most, with a margin."""
    return _MARGIN * max((_at(step, 1, rows) for step in steps), default=0.0)


def _at(step: str, column: int, rows: float) -> float:
    """Read a cost off between measured numbers of rows, and beyond them as it last grew."""
    found = _measured().get(step)
    if found is None:
        return 0.0
    known, costs = np.log(found[:, 0]), np.log(found[:, 1 + column])
    at = math.log(max(rows, found[0, 0]))
    if at > known[-1] and len(known) > 1:
        slope = max(0.0, (costs[-1] - costs[-2]) / (known[-1] - known[-2]))
        return math.exp(costs[-1] + slope * (at - known[-1]))
    return math.exp(float(np.interp(at, known, costs)))


@cache
def _measured() -> Mapping[str, Array]:
    """Read costs by step: rows, seconds, megabytes, a line a number of rows."""
    found: dict[str, list[list[float]]] = {}
    text = (files(__package__) / "costs.csv").read_text(encoding="utf-8")
    for line in csv.DictReader(text.splitlines()):
        numbers = [float(line[name]) for name in ("rows", "seconds", "megabytes")]
        found.setdefault(line["step"], []).append(numbers)
    return {step: np.array(sorted(rows)) for step, rows in found.items()}
