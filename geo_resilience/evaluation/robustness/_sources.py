"""Which choices are let vary, and how a random number picks one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from geo_resilience.errors import InputError, nearest
from geo_resilience.evaluation._aggregation import LOWEST, Aggregation
from geo_resilience.evaluation.robustness._draws import Draws, without
from geo_resilience.evaluation.robustness._variants import Variant
from geo_resilience.statistics._arrays import Array, Truths, Whole


@dataclass(frozen=True)
class Source:
    """A choice behind the index, or a doubt about its figures, that can be let vary.

    - ``name``: as a study file has it.
    - ``prepares``: whether it changes how all standardized values are made, so that it needs
      variants of them.
    """

    name: str
    prepares: bool = False


#: What can be let vary, by name.
SOURCES: Mapping[str, Source] = {
    each.name: each
    for each in (
        Source("weights"),
        Source("concentration"),
        Source("aggregation"),
        Source("floor"),
        Source("omission"),
        Source("proxies"),
        Source("scaling", prepares=True),
        Source("outliers", prepares=True),
        Source("imputation"),
        Source("errors"),
    )
}

#: Choices that change how all standardized values are made.
PREPARATIONS: tuple[str, ...] = tuple(each.name for each in SOURCES.values() if each.prepares)

#: What 0 may become for means that need values above it; the study's own first.
FLOORS: tuple[float, ...] = (LOWEST, 0.001, 0.003, 0.03, 0.1, 0.2)

#: How close drawn weights may lie to those used, times the concentration asked for.
CLOSENESS: tuple[float, ...] = (1.0, 0.25, 0.5, 2.0, 4.0)

#: Weight vectors among which the points of a sensitivity analysis pick.
_VECTORS = 1024


@dataclass(frozen=True, eq=False)
class Choices:
    """The sources of uncertainty and what each can be.

    - ``sources``: those that vary.
    - ``variants``: the study's own first; only those that can come up.
    - ``grid``: for each preparation that varies, its options; together they number ``variants``.
    - ``kept``, shape (options, m): which indicators stay when proxies are left out; all in the
      first option.
    - ``used``: the used weights.
    - ``concentrations``: of the Dirichlet distribution around them; none: drawn uniformly on the
      simplex.
    """

    sources: tuple[str, ...]
    variants: tuple[Variant, ...]
    grid: dict[str, tuple[str, ...]]
    aggregations: tuple[Aggregation, ...]
    floors: tuple[float, ...]
    kept: Truths
    used: Array
    concentrations: tuple[float, ...]

    @classmethod
    def of(
        cls,
        sources: Sequence[str] | None,
        among: Sequence[str],
        variants: Sequence[Variant],
        aggregations: Sequence[Aggregation],
        used: Array,
        kept: Truths,
        concentrations: Sequence[float],
    ) -> Choices:
        """Settle what varies; None for everything among some that can."""
        own, options = variants[0].choices, _options(variants)
        kept = np.unique(np.vstack([np.ones((1, len(used)), bool), kept]), axis=0)[::-1]
        possible = {
            "weights": True,
            "concentration": len(concentrations) > 0 and "weights" in (sources or among),
            "aggregation": len(aggregations) > 1,
            "floor": any(each.needs_positive for each in aggregations),
            "omission": len(used) > 1,
            "proxies": len(kept) > 1,
            **{name: len(options.get(name, ())) > 1 for name in PREPARATIONS},
            "imputation": len(variants[0].fills) > 1,
            "errors": variants[0].nodes is not None,
        }
        if sources is None:
            sources = [name for name in SOURCES if possible[name] and name in among]
        _refuse_impossible(sources, possible)
        chosen = tuple(name for name in SOURCES if name in sources)
        grid = {name: options[name] for name in PREPARATIONS if name in chosen}
        fixed = {name: own[name] for name in options if name not in grid}
        return cls(
            chosen,
            _gridded(variants, grid, fixed),
            grid,
            tuple(aggregations) if "aggregation" in chosen else tuple(aggregations[:1]),
            FLOORS if "floor" in chosen else FLOORS[:1],
            kept if "proxies" in chosen else kept[:1],
            used,
            tuple(concentrations) if "concentration" in chosen else tuple(concentrations[:1]),
        )

    @property
    def means(self) -> list[tuple[Aggregation, float]]:
        """Every mean with every floor that it can have, in the order in which they number."""
        return [
            (mean, floor)
            for mean in self.aggregations
            for floor in (self.floors if mean.needs_positive else self.floors[:1])
        ]

    @property
    def fillings(self) -> int:
        """How many fillings a variant has; 0 where the study's own stays."""
        return len(self.variants[0].fills) if "imputation" in self.sources else 0

    def shapes(self, level: Whole) -> Array:
        """Give the shapes of the gamma numbers that make the weights, by concentration."""
        if not self.concentrations:
            return np.ones((len(level), len(self.used)))
        return np.asarray(self.concentrations)[level][:, None] * self.used

    def drawn(self, points: Array, rng: np.random.Generator, vectors: int) -> Draws:
        """Turn points (N, sources), uniform on [0, 1), into draws, each with weights of its own."""

        def weights(level: Whole, _: Whole) -> Array:
            shape = self.shapes(level if len(self.concentrations) > 1 else level[:1])
            shape = np.broadcast_to(shape, (len(level), len(self.used)))
            return _normalized(rng.standard_gamma(shape), self.used)

        return self._draws(points, weights, vectors, np.arange(len(points)))

    def looked_up(self, rng: np.random.Generator, vectors: int) -> Callable[[Array], Draws]:
        """Give what turns points into draws; the number for ``weights`` picks among vectors.

        The vectors are those of one set of random numbers under every concentration, so that
        another concentration moves them closer or apart but does not draw them anew.
        """
        from scipy.special import gammaincinv

        levels = np.arange(max(1, len(self.concentrations)))
        chance = rng.random((_VECTORS, len(self.used)))
        table = np.stack(
            [_normalized(gammaincinv(shape, chance), self.used) for shape in self.shapes(levels)]
        )

        def weights(level: Whole, vector: Whole) -> Array:
            return np.asarray(table[level, vector])

        return lambda points: self._draws(points, weights, vectors, None)

    def _draws(
        self,
        points: Array,
        weights: Callable[[Whole, Whole], Array],
        vectors: int,
        each: Whole | None,
    ) -> Draws:
        column = dict(zip(self.sources, points.T, strict=True))
        count = len(points)

        def pick(name: str, options: int) -> Whole:
            if name not in column:
                return np.zeros(count, dtype="int64")
            return np.minimum((column[name] * options).astype("int64"), options - 1)

        if "weights" in column:
            level = pick("concentration", len(self.concentrations))
            own = weights(level, pick("weights", _VECTORS))
        else:
            own = np.broadcast_to(self.used, (count, len(self.used)))
        kept = self.kept[pick("proxies", len(self.kept))]
        if "omission" in column:
            everyone = np.arange(len(self.used))
            kept = kept & (everyone != pick("omission", len(self.used) + 1)[:, None] - 1)
        if not kept.all():
            own = without(own, kept)
        table = np.zeros(count, dtype="int64")
        for name, options in self.grid.items():
            table = table * len(options) + pick(name, len(options))
        if self.fillings:
            table = table * self.fillings + pick("imputation", self.fillings)
        error = pick("errors", vectors)
        if each is not None and "errors" in column:
            error = each % vectors
        return Draws(own, table, self._mean(pick), error)

    def _mean(self, pick: Callable[[str, int], Whole]) -> Whole:
        """Give the number of the mean with its floor."""
        floors = np.array([len(self.floors) if a.needs_positive else 1 for a in self.aggregations])
        mean = pick("aggregation", len(self.aggregations))
        floor = np.minimum(pick("floor", len(self.floors)), floors[mean] - 1)
        return np.asarray((np.cumsum(floors) - floors)[mean] + floor)


def _normalized(raw: Array, used: Array) -> Array:
    sums = raw.sum(axis=1, keepdims=True)
    # With a tiny concentration every gamma of a draw may underflow to 0: all on the largest.
    raw[sums[:, 0] == 0, int(np.argmax(used))] = 1.0
    return np.asarray(raw / raw.sum(axis=1, keepdims=True))


def _options(variants: Sequence[Variant]) -> dict[str, tuple[str, ...]]:
    """Give what each preparation can be, where every variant says it."""
    return {
        name: tuple(dict.fromkeys(variant.choices[name] for variant in variants))
        for name in PREPARATIONS
        if all(name in variant.choices for variant in variants)
    }


def _refuse_impossible(sources: Sequence[str], possible: Mapping[str, bool]) -> None:
    for name in sources:
        if name not in SOURCES:
            known = nearest(name, SOURCES) or list(SOURCES)
            raise InputError("evaluation.unknown_option", option="sources", found=name, known=known)
        if not possible[name]:
            raise InputError("evaluation.source_without_options", source=name)


def _gridded(
    variants: Sequence[Variant], grid: dict[str, tuple[str, ...]], fixed: dict[str, str]
) -> tuple[Variant, ...]:
    """Give the variants in the order of the grid, the others as fixed."""
    kept = []
    for combination in product(*grid.values()):
        wanted = {**fixed, **dict(zip(grid, combination, strict=True))}
        found = [
            variant
            for variant in variants
            if all(variant.choices[name] == value for name, value in wanted.items())
        ]
        if not found:
            raise InputError("evaluation.variant_missing", choices=list(wanted.values()))
        kept.append(found[0])
    return tuple(kept)
