"""The sections of study.toml on what is looked into beside the index itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geo_resilience.evaluation import SOURCES
from geo_resilience.spatial.methods import (
    ALPHA,
    EFFECTS,
    GLOBAL_STATISTICS,
    LABELS,
    LOCAL_STATISTICS,
    NEIGHBOR_RULES,
    REGRESSIONS,
)
from geo_resilience.statistics.repetitions import BOOTSTRAP_DRAWS, NULL_DRAWS, UNCERTAINTY_DRAWS
from geo_resilience.study.analyses import chosen_by
from geo_resilience.study.plan_options import option
from geo_resilience.study.plan_what_if import WhatIfPlan

__all__ = [
    "ANALYSES",
    "DYNAMICS",
    "AnalysesPlan",
    "DynamicsPlan",
    "FurtherRegressionPlan",
    "FuzzyPlan",
    "RegressionPlan",
    "SpacePlan",
    "UncertaintyPlan",
    "WhatIfPlan",
]

#: What a run looks into beside the index itself.
ANALYSES = chosen_by("analyses.skip")

#: What a study can have beside the Markov chains.
DYNAMICS = chosen_by("dynamics.also")

_EFFECTS = ("choose", "none", *EFFECTS)
_MODELS = ("choose", *REGRESSIONS)


@dataclass(frozen=True)
class AnalysesPlan:
    """What is looked into beside the index itself."""

    skip: tuple[str, ...] = option("choices", default=(), allowed=ANALYSES)


@dataclass(frozen=True)
class UncertaintyPlan:
    """What the simulation lets vary, and how far."""

    draws: int = option("integer", default=UNCERTAINTY_DRAWS, least=100, most=1_000_000)
    weights: str = option("choice", default="dirichlet", allowed=("dirichlet", "uniform"))
    concentration: float = option(
        "number", default=100.0, least=1, most=1e6, only_with=("weights", ("dirichlet",))
    )
    sources: tuple[str, ...] = option(
        "choices", default=tuple(SOURCES), allowed=tuple(SOURCES), meanings="varied"
    )


@dataclass(frozen=True)
class SpacePlan:
    """Spatial statistics."""

    statistics: tuple[str, ...] = option(
        "choices",
        default=tuple(GLOBAL_STATISTICS),
        allowed=tuple(GLOBAL_STATISTICS),
    )
    local: tuple[str, ...] = option(
        "choices", default=("local_moran", "gi_star"), allowed=tuple(LOCAL_STATISTICS)
    )
    labels: str = option("choice", default=LABELS[0], allowed=LABELS)
    alpha: float = option("number", default=ALPHA, least=0.0001, most=0.5)
    draws: int = option("integer", default=NULL_DRAWS, least=99, most=99_999)
    gap_draws: int = option("integer", default=BOOTSTRAP_DRAWS, least=99, most=1_000_000)
    tested: str = option("choice", default="composite", allowed=("composite", "dimensions"))
    other_rules: tuple[str, ...] = option(
        "choices",
        default=("rook", "k_nearest", "inverse_distance"),
        allowed=tuple(name for name, rule in NEIGHBOR_RULES.items() if not rule.needs),
    )


@dataclass(frozen=True)
class RegressionPlan:
    """What is explained, by what, with which model."""

    dependent: str = option("text", default="composite")
    regressors: tuple[str, ...] = option("codes", default=(), example='["policy", "openness"]')
    averages: Mapping[str, tuple[str, ...]] | None = option(
        "lists_by_code", default=None, example='{ digitalization = ["broadband", "mobile"] }'
    )
    names: Mapping[str, str] | None = option(
        "texts_by_code", default=None, example='{ digitalization = "Digitalization" }'
    )
    names_zh: Mapping[str, str] | None = option(
        "texts_by_code", default=None, example='{ digitalization = "数字化水平" }'
    )
    interaction: str | None = option("text", default=None, example='"digitalization"')
    without: tuple[str, ...] = option("codes", default=(), example='["D112"]')
    effects: str = option("choice", default="choose", allowed=_EFFECTS)
    model: str = option("choice", default="choose", allowed=_MODELS)


@dataclass(frozen=True)
class FurtherRegressionPlan:
    """A further question: other regressors, and the composite without what they contain."""

    name: str = option("text", example='"innovation"')
    regressors: tuple[str, ...] = option("codes", example='["policy", "openness"]')
    dependent: str = option("text", default="composite")
    interaction: str | None = option("text", default=None, example='"policy"')
    without: tuple[str, ...] = option("codes", default=(), example='["D112"]')
    effects: str = option("choice", default="choose", allowed=_EFFECTS)
    model: str = option("choice", default="choose", allowed=_MODELS)


@dataclass(frozen=True)
class DynamicsPlan:
    """How the distribution moves."""

    classes: int = option("integer", default=4, least=2, most=10)
    also: tuple[str, ...] = option("choices", default=(), allowed=DYNAMICS)


@dataclass(frozen=True)
class FuzzyPlan:
    """How memberships of the grades are made and joined."""

    shape: str = option("choice", default="triangular", allowed=("triangular", "trapezoidal"))
    operator: str = option("choice", default="product_sum", allowed=("product_sum", "min_max"))
