"""Which choices are let vary, and how a random number picks one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from geo_resilience.errors import InputError, nearest
from geo_resilience.evaluation._aggregation import Aggregation
from geo_resilience.evaluation.robustness._draws import Draws, Floats, Whole, drawn_weights, without
from geo_resilience.evaluation.robustness._variants import Variant


@dataclass(frozen=True)
class Source:
    """A choice behind the index that can be let vary.

    Parameters
    ----------
    name : str
        As a study file has it.
    prepares : bool
        Whether it changes the standardized values themselves, so that it needs variants of them.
    """

    name: str
    prepares: bool = False


#: What can be let vary, by name.
SOURCES: Mapping[str, Source] = {
    each.name: each
    for each in (
        Source("weights"),
        Source("aggregation"),
        Source("omission"),
        Source("scaling", prepares=True),
        Source("outliers", prepares=True),
        Source("imputation", prepares=True),
    )
}

#: Choices that change the standardized values themselves.
PREPARATIONS: tuple[str, ...] = tuple(each.name for each in SOURCES.values() if each.prepares)


@dataclass(frozen=True)
class Choices:
    """The sources of uncertainty and what each can be.

    Parameters
    ----------
    sources : tuple of str
        Those that vary.
    variants : tuple of Variant
        The study's own first; only those that can come up.
    grid : dict
        For each preparation that varies, its options; together they number ``variants``.
    aggregations : tuple of Aggregation
    used : ndarray
        The used weights.
    """

    sources: tuple[str, ...]
    variants: tuple[Variant, ...]
    grid: dict[str, tuple[str, ...]]
    aggregations: tuple[Aggregation, ...]
    used: Floats

    @classmethod
    def of(
        cls,
        sources: Sequence[str] | None,
        variants: Sequence[Variant],
        aggregations: Sequence[Aggregation],
        used: Floats,
    ) -> Choices:
        """Settle what varies; None for everything that can."""
        own = variants[0].choices
        options = {
            name: tuple(dict.fromkeys(variant.choices[name] for variant in variants))
            for name in PREPARATIONS
            if all(name in variant.choices for variant in variants)
        }
        possible = {
            "weights": True,
            "aggregation": len(aggregations) > 1,
            "omission": len(used) > 1,
            **{name: len(options.get(name, ())) > 1 for name in PREPARATIONS},
        }
        if sources is None:
            sources = [name for name in SOURCES if possible[name]]
        _refuse_impossible(sources, possible)
        chosen = tuple(name for name in SOURCES if name in sources)
        grid = {name: options[name] for name in PREPARATIONS if name in chosen}
        fixed = {name: own[name] for name in options if name not in grid}
        kept = _gridded(variants, grid, fixed)
        means = tuple(aggregations) if "aggregation" in chosen else tuple(aggregations[:1])
        return cls(chosen, kept, grid, means, used)

    def weights(
        self, count: int, rng: np.random.Generator, *, concentration: float, uniform: bool
    ) -> Floats:
        """Draw weights, or repeat the used ones where weights do not vary."""
        if "weights" not in self.sources:
            return np.broadcast_to(self.used, (count, len(self.used)))
        return drawn_weights(self.used, count, rng, concentration=concentration, uniform=uniform)

    def draws(self, points: Floats, weights: Floats) -> Draws:
        """Turn points (N, sources), uniform on [0, 1), into draws.

        The number for ``weights`` picks one of the drawn weight vectors.
        """
        column = dict(zip(self.sources, points.T, strict=True))
        count = len(points)

        def pick(name: str, options: int) -> Whole:
            if name not in column:
                return np.zeros(count, dtype="int64")
            return np.minimum((column[name] * options).astype("int64"), options - 1)

        own = weights[pick("weights", len(weights))]
        if "omission" in column:
            own = without(own, pick("omission", len(self.used) + 1) - 1)
        variant = np.zeros(count, dtype="int64")
        for name, options in self.grid.items():
            variant = variant * len(options) + pick(name, len(options))
        return Draws(own, variant, pick("aggregation", len(self.aggregations)))


def _refuse_impossible(sources: Sequence[str], possible: dict[str, bool]) -> None:
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
