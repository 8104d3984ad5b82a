"""The regions of a local statistic, and the arrangements counted around each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_resilience.spatial.alignment import Links, align
from geo_resilience.spatial.autocorrelation.global_statistics import deviations, linked
from geo_resilience.spatial.autocorrelation.local_findings import Significance
from geo_resilience.spatial.effort import SECONDS
from geo_resilience.spatial.methods import Counted
from geo_resilience.statistics.conditional import (
    MEMORY,
    counted_arrangements,
    sampled_arrangements,
)
from geo_resilience.statistics.counting import counting_cost
from geo_resilience.statistics.repetitions import PERMUTATIONS

__all__ = [
    "Ground",
    "conditional_moments",
    "countable",
    "ground_of",
    "significance_of",
    "standardized",
]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Ground:
    """The regions that take part (all but unlinked islands), and which of them are tested."""

    index: pd.Index
    kept: NDArray[np.int64]
    values: Array
    links: Links

    @property
    def tested(self) -> NDArray[np.bool_]:
        """Regions with at least one neighbor."""
        return self.links.counts > 0

    def spread(self, values: Any, empty: Any = np.nan) -> NDArray[Any]:
        """Lay values of the tested regions out over all of them."""
        laid = np.full(len(self.index), empty, dtype=object if isinstance(empty, str) else float)
        laid[self.kept[self.tested]] = np.asarray(values)[self.tested]
        return laid


def ground_of(y: pd.Series | pd.DataFrame, neighbors: Any) -> Ground:
    """Bring values and neighbors together, unlinked islands aside."""
    aligned = align(y, neighbors)
    kept = linked(aligned)
    return Ground(y.index, np.flatnonzero(~aligned.links.alone), kept.values, kept.links)


def standardized(values: Array) -> Array:
    """Give z with the population standard deviation."""
    z, _ = deviations(values)
    return z / z.std(axis=0)


def countable(links: Links, times: int = 1, listings: int = 1) -> bool:
    """Whether every arrangement is counted: rows of equal weights, and few enough regions."""
    n = len(links.keys)
    if n > 50 or not links.equal_rows.all() or (links.matrix.data <= 0).any():
        return False
    cost = counting_cost(n, links.counts.tolist()) + (listings - 1) * counting_cost(n)
    return times * cost <= SECONDS


def significance_of(
    values: Array,
    links: Links,
    permutations: int | None,
    rng: Any,
    of: Counted = "sum",
    *,
    times: int = 1,
    memory: int = MEMORY,
) -> Significance:
    """Count or draw the arrangements of the neighbors' values around each region."""
    listings = 1 if of == "sum" else len(values)
    if permutations is None and countable(links, times, listings):
        return Significance(*counted_arrangements(values, links.matrix, of), exact=True)
    draws = PERMUTATIONS if permutations is None else permutations
    above, below = sampled_arrangements(values, links.matrix, draws, rng, of, memory)
    return Significance(above, below, np.full(len(values), draws), exact=False)


def conditional_moments(z: Array, links: Links) -> tuple[Array, Array]:
    """Give mean and variance of the lag when all others are dealt to the neighbors."""
    n = len(z)
    rows = np.asarray(links.matrix.sum(axis=1)).ravel()
    squares = np.asarray(links.matrix.power(2).sum(axis=1)).ravel()
    mean = (z.sum() - z) / (n - 1)
    spread = (np.square(z).sum() - z**2) / (n - 1) - mean**2
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = spread * ((n - 1) * squares - rows**2) / (n - 2)
    return rows * mean, np.maximum(variance, 0.0)
