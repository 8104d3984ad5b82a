"""A question to a test or an interval, and the worlds in which it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_resilience import spatial
from geo_resilience.regions import read_boundaries, read_groups
from geo_resilience.regions._groups import Grouping
from geo_resilience.spatial import Neighbors

Array = NDArray[np.float64]

#: What a share of hits means: of rejections where nothing is there, of finds where something is,
#: of intervals that hold the truth.
SIZE, POWER, COVERAGE = "size", "power", "coverage"


@dataclass(frozen=True)
class World:
    """Where the figures come from: dependence in space and time, and the true effect in sd."""

    sar: float = 0.0
    ar: float | None = None
    effect: float = 0.0


@dataclass(frozen=True)
class Question:
    """One claim that the tool prints.

    `ask(world, runs, rng)` simulates and gives the hits, shape (runs,) or (runs, comparisons);
    `low` and `high` bound the share that is defended in every one of the worlds (a size of .05
    within .03 to .07, say); None where the share is only told, as power is.
    """

    name: str
    kind: str
    ask: Callable[[World, int, np.random.Generator], Array]
    worlds: tuple[World, ...]
    low: float | None = None
    high: float | None = None
    runs: int = 400

    def answers(self, runs: int | None = None, seed: int = 1) -> Iterable[dict[str, object]]:
        """Give a row a world: share of hits and its Monte Carlo error."""
        for place, world in enumerate(self.worlds):
            rng = np.random.default_rng([seed, place])
            hits = np.asarray(self.ask(world, runs or self.runs, rng), float)
            each = hits.reshape(len(hits), -1).mean(axis=1)
            share = float(each.mean())
            error = float(np.sqrt(max(share * (1 - share), 1e-12) / len(each)))
            yield {
                "claim": self.name,
                "kind": self.kind,
                "sar": world.sar,
                "ar": world.ar,
                "effect": world.effect,
                "share": share,
                "error": error,
                "runs": len(each),
                "kept": self._kept(share, len(each)),
            }

    def _kept(self, share: float, runs: int) -> bool | None:
        """Tell whether the share lies in its bounds, three Monte Carlo errors allowed for."""
        bounds = [bound for bound in (self.low, self.high) if bound is not None]
        if not bounds:
            return None
        leeway = [
            3 * np.sqrt(bound * (1 - bound) / runs) for bound in (self.low, self.high) if bound
        ]
        low = -np.inf if self.low is None else self.low - leeway[0]
        high = np.inf if self.high is None else self.high + leeway[-1]
        return bool(low <= share <= high)


#: Space alone: none, middling, strong dependence.
SPACE = (World(0.0), World(0.5), World(0.8))


@cache
def provinces() -> tuple[Neighbors, dict[str, Grouping]]:
    """Give the neighbors of the bundled provinces, and the bundled zones, belts and areas."""
    return spatial.queen(read_boundaries()), read_groups()


def weights_matrix() -> Array:
    """Give the row-standardized weights of the bundled provinces, dense."""
    dense = provinces()[0].graph.sparse.toarray()
    return np.asarray(dense / dense.sum(axis=1, keepdims=True))


def keys() -> pd.Index:
    """Give the provinces' keys in the order of the weights."""
    return pd.Index(provinces()[0].graph.unique_ids)


def fields(sar: float, count: int, rng: np.random.Generator) -> Array:
    """Draw spatially autoregressive fields of unit mean variance, shape (n, count)."""
    return spread(sar) @ rng.standard_normal((len(keys()), count))


def panels(sar: float, ar: float, years: int, count: int, rng: np.random.Generator) -> Array:
    """Draw fields that persist: shape (years, n, count), each year of the variance of the first."""
    found = [fields(sar, count, rng)]
    for _ in range(years - 1):
        found.append(ar * found[-1] + np.sqrt(1 - ar**2) * fields(sar, count, rng))
    return np.array(found)


@cache
def spread(sar: float) -> Array:
    """Give (I - sar W)^-1, scaled so that the mean variance is 1."""
    weights = weights_matrix()
    spread = np.linalg.inv(np.eye(len(weights)) - sar * weights)
    return np.asarray(spread / np.sqrt(np.square(spread).sum(axis=1).mean()))
