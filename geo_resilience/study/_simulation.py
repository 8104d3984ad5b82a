"""The uncertainty simulation of a study: its own choices first, then what else could be chosen."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

from geo_resilience import evaluation
from geo_resilience.evaluation import Uncertainty
from geo_resilience.evaluation._aggregation import Aggregation
from geo_resilience.evaluation.robustness._simulation import ALTERNATIVES
from geo_resilience.evaluation.robustness._sources import SOURCES
from geo_resilience.evaluation.robustness._variants import Variant, panel_variants, scaling_variants
from geo_resilience.indicators._normalization import SCALINGS
from geo_resilience.indicators._outliers import OUTLIER_METHODS
from geo_resilience.study._index import Index
from geo_resilience.study._inputs import Inputs
from geo_resilience.study._plan import Plan
from geo_resilience.study._plan_sections import CleaningPlan
from geo_resilience.study._preprocessing import Measured, median_groups, sets_limits

#: Scalings, treatments of outliers and fillings that stand beside the study's own.
_SCALINGS = ("pooled", "zscore", "rank")
_OUTLIERS: tuple[dict[str, Any], ...] = (
    {"method": "none"},
    {"method": "quantile", "lower": 0.02, "upper": 0.98},
    {"method": "iqr", "fence": 3.0},
)
_FILLINGS = (("interpolate", "nearest", "median"), ("median",))


def simulate(plan: Plan, inputs: Inputs, measured: Measured, index: Index) -> Uncertainty:
    """Draw weights, means, scalings and cleanings around those of the study."""
    asked, own = plan.uncertainty, index.mean
    means: list[str | Aggregation] = [own, *(mean for mean in ALTERNATIVES if mean != own.name)]
    variants = _variants(plan, inputs, measured)
    possible = _varied(variants) | _ALWAYS
    return evaluation.uncertainty(
        measured.panel.values,
        index.scores.weights,
        draws=asked.draws,
        rng=stream(plan.seed, "uncertainty"),
        sources=[name for name in SOURCES if name in possible and name in asked.sources],
        variants=variants,
        aggregations=means,
        concentration=asked.concentration,
        uniform=asked.weights == "uniform",
        cuts=index.cuts,
    )


def _variants(plan: Plan, inputs: Inputs, measured: Measured) -> list[Variant]:
    """Prepare the panel as the study did, then as it could have been."""
    values, scaling = measured.panel.values, plan.scaling.method
    if SCALINGS[scaling].needs:
        return scaling_variants(values)
    cleaning, ground = plan.cleaning, inputs.ground
    variants = panel_variants(
        measured.raw,
        inputs.framework.directions,
        scaling=_own_first(scaling, _SCALINGS),
        outliers=_own_outliers(cleaning),
        imputation=_own_first(cleaning.missing, _FILLINGS),
        groups=median_groups(cleaning, ground),
        reference=sets_limits(cleaning, measured.raw, ground.everywhere),
    )
    return [Variant(variants[0].choices, values), *variants[1:]]


_ALWAYS = {"weights", "aggregation", "omission"}


def _own_first(own: Any, others: tuple[Any, ...]) -> list[Any]:
    return [own, *(other for other in others if other != own)]


def _own_outliers(cleaning: CleaningPlan) -> list[dict[str, Any]]:
    own: dict[str, Any] = {"method": cleaning.outliers}
    if cleaning.outliers in OUTLIER_METHODS:
        used = OUTLIER_METHODS[cleaning.outliers].options
        own |= {name: getattr(cleaning, name) for name in used}
    return _own_first(own, _OUTLIERS)


def _varied(variants: list[Variant]) -> set[str]:
    """Give the choices in which the variants differ."""
    names = {name for variant in variants for name in variant.choices}
    return {name for name in names if len({v.choices.get(name) for v in variants}) > 1}


def stream(seed: int, subject: str) -> np.random.Generator:
    """Give the random numbers of one subject of a study.

    They follow from the study's seed and the subject's name alone, so that a further analysis
    changes no other.
    """
    return np.random.default_rng([seed, zlib.crc32(subject.encode())])
