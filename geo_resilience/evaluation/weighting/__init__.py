"""How much each indicator counts: stated, judged in pairs, or found in the values."""

from geo_resilience.evaluation.weighting.ahp import ahp_weights
from geo_resilience.evaluation.weighting.combination import all_weights, combine_weights
from geo_resilience.evaluation.weighting.consistency import circular_triads
from geo_resilience.evaluation.weighting.entropy import entropy_weights
from geo_resilience.evaluation.weighting.judgements import judgement_template, read_judgements
from geo_resilience.evaluation.weighting.weights import (
    Weights,
    equal_weights,
    own_weights,
    published_weights,
)

__all__ = [
    "Weights",
    "ahp_weights",
    "all_weights",
    "circular_triads",
    "combine_weights",
    "entropy_weights",
    "equal_weights",
    "judgement_template",
    "own_weights",
    "published_weights",
    "read_judgements",
]
