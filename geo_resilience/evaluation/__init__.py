"""How resilient: weights, composite, grades and ranks, and how far they can be trusted."""

from geo_resilience.evaluation.aggregation import (
    above_zero,
    composite,
    dimension_scores,
    generalized_mean,
)
from geo_resilience.evaluation.grading import CUTS, GRADES, grade
from geo_resilience.evaluation.ranking import rank
from geo_resilience.evaluation.scores import Scores, group_means, score
from geo_resilience.evaluation.weighting import (
    Weights,
    ahp_weights,
    all_weights,
    circular_triads,
    combine_weights,
    entropy_weights,
    equal_weights,
    judgement_template,
    own_weights,
    published_weights,
    read_judgements,
)

__all__ = [
    "CUTS",
    "GRADES",
    "Scores",
    "Weights",
    "above_zero",
    "ahp_weights",
    "all_weights",
    "circular_triads",
    "combine_weights",
    "composite",
    "dimension_scores",
    "entropy_weights",
    "equal_weights",
    "generalized_mean",
    "grade",
    "group_means",
    "judgement_template",
    "own_weights",
    "published_weights",
    "rank",
    "read_judgements",
    "score",
]
