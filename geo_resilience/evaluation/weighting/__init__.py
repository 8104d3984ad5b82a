"""How much each indicator counts: stated, judged in pairs, or found in the values."""

from geo_resilience.evaluation.weighting._ahp import ahp_weights
from geo_resilience.evaluation.weighting._ahp_hierarchy import hierarchy_weights
from geo_resilience.evaluation.weighting._combination import all_weights, combine_weights
from geo_resilience.evaluation.weighting._consistency import (
    circular_triads,
    judgement_sensitivity,
    random_index,
)
from geo_resilience.evaluation.weighting._contrast import (
    critic_weights,
    entropy_weights,
    variation_weights,
)
from geo_resilience.evaluation.weighting._improved_ahp import improved_ahp_weights
from geo_resilience.evaluation.weighting._judgements import judgement_template, read_judgements
from geo_resilience.evaluation.weighting._methods import WEIGHT_METHODS, WeightMethod
from geo_resilience.evaluation.weighting._pca import pca_weights
from geo_resilience.evaluation.weighting._weights import (
    Weights,
    equal_weights,
    own_weights,
    published_weights,
)

__all__ = [
    "WEIGHT_METHODS",
    "WeightMethod",
    "Weights",
    "ahp_weights",
    "all_weights",
    "circular_triads",
    "combine_weights",
    "critic_weights",
    "entropy_weights",
    "equal_weights",
    "hierarchy_weights",
    "improved_ahp_weights",
    "judgement_sensitivity",
    "judgement_template",
    "own_weights",
    "pca_weights",
    "published_weights",
    "random_index",
    "read_judgements",
    "variation_weights",
]
