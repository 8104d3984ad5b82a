"""The uncertainty simulation of a study: its own choices first, then what else could be chosen."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

from geo_resilience import evaluation
from geo_resilience.evaluation import Uncertainty
from geo_resilience.evaluation._aggregation import Aggregation
from geo_resilience.evaluation.robustness._simulation import ALTERNATIVES
from geo_resilience.evaluation.robustness._variants import (
    Variant,
    doubted,
    drawn_fillings,
    panel_variants,
    scaling_variants,
)
from geo_resilience.indicators import Framework
from geo_resilience.indicators._framework import FIDELITIES
from geo_resilience.indicators._normalization import SCALINGS
from geo_resilience.indicators._outliers import OUTLIER_METHODS
from geo_resilience.statistics._repetitions import UNCERTAINTY_DRAWS, draws_over
from geo_resilience.study._index import Index
from geo_resilience.study._plan import Plan
from geo_resilience.study._plan_sections import CleaningPlan
from geo_resilience.study._preprocessing import Measured, median_groups, sets_limits
from geo_resilience.study._regions import StudyRegions

#: Scalings, treatments of outliers and fillings that stand beside the study's own.
_SCALINGS = ("pooled", "zscore", "rank")
_OUTLIERS: tuple[dict[str, Any], ...] = (
    {"method": "none"},
    {"method": "quantile", "lower": 0.02, "upper": 0.98},
    {"method": "iqr", "fence": 3.0},
)
_FILLINGS = (("interpolate", "nearest", "median"), ("median",))

#: Share of the weight that must stay for an index without its weaker measures.
_MOST_OF_IT = 0.5


def simulate(plan: Plan, ground: StudyRegions, measured: Measured, index: Index) -> Uncertainty:
    """Draw weights, means, scalings, cleanings, fillings and errors around those of the study."""
    asked, own = plan.uncertainty, index.mean
    means: list[str | Aggregation] = [own, *(mean for mean in ALTERNATIVES if mean != own.name)]
    return evaluation.uncertainty(
        measured.panel.values,
        index.scores.weights,
        draws=draws_of(plan, len(measured.panel.values)),
        rng=stream(plan.seed, "uncertainty"),
        among=asked.sources,
        variants=_variants(plan, ground, measured),
        proxies=weaker_measures(measured.framework, index.scores.weights.values),
        aggregations=means,
        concentration=asked.concentration,
        uniform=asked.weights == "uniform",
        cuts=index.cuts,
    )


def draws_of(plan: Plan, rows: int) -> int:
    """Give the draws that a study asks for, or else as many as its rows allow."""
    asked = plan.uncertainty.draws
    return draws_over(rows) if asked == UNCERTAINTY_DRAWS else asked


def weaker_measures(framework: Framework, weights: Any) -> list[list[str]]:
    """Give what may be left out for being no true measure: substitutes, then proxies with them.

    An index without them is one to defend as long as half of the weight stays.
    """
    found: list[list[str]] = []
    left: list[str] = []
    for fidelity in reversed(FIDELITIES[1:]):
        left = [*left, *(each.code for each in framework.indicators if each.fidelity == fidelity)]
        if left and weights[left].sum() <= _MOST_OF_IT and left not in found:
            found.append(left)
    return found


def _variants(plan: Plan, ground: StudyRegions, measured: Measured) -> list[Variant]:
    """Prepare the panel as the study did, then as it could have been, with its doubts."""
    values, scaling = measured.panel.values, plan.scaling.method
    cleaning, raw = plan.cleaning, measured.raw
    groups = median_groups(cleaning, ground)
    if SCALINGS[scaling].needs:
        variants = scaling_variants(values)
    else:
        variants = panel_variants(
            raw,
            measured.framework.directions,
            scaling=_own_first(scaling, _SCALINGS),
            outliers=_own_outliers(cleaning),
            missing=cleaning.missing,
            groups=groups,
            reference=sets_limits(cleaning, raw, ground.everywhere),
        )
        variants = [Variant(variants[0].choices, values), *variants[1:]]
    fills = drawn_fillings(
        raw,
        _own_first(cleaning.missing, _FILLINGS),
        groups=groups,
        rng=stream(plan.seed, "fillings"),
    )
    return doubted(
        variants,
        raw,
        fills=fills,
        errors=measured.errors,
        within_year=[each.name for each in SCALINGS.values() if each.within_year],
    )


def _own_first(own: Any, others: tuple[Any, ...]) -> list[Any]:
    return [own, *(other for other in others if other != own)]


def _own_outliers(cleaning: CleaningPlan) -> list[dict[str, Any]]:
    own: dict[str, Any] = {"method": cleaning.outliers}
    if cleaning.outliers in OUTLIER_METHODS:
        used = OUTLIER_METHODS[cleaning.outliers].options
        own |= {name: getattr(cleaning, name) for name in used}
    return _own_first(own, _OUTLIERS)


def stream(seed: int, subject: str) -> np.random.Generator:
    """Give the random numbers of one subject of a study.

    They follow from the study's seed and the subject's name alone, so that a further analysis
    changes no other.
    """
    return np.random.default_rng([seed, zlib.crc32(subject.encode())])
