"""How resilient: weights, composite, grades and ranks, and how far they can be trusted."""

from geo_resilience.evaluation._aggregation import (
    composite,
    dimension_scores,
    generalized_mean,
    power_mean,
)
from geo_resilience.evaluation._benefit_of_the_doubt import benefit_of_the_doubt
from geo_resilience.evaluation._contributions import decompose_change, shapley_change
from geo_resilience.evaluation._correlation_flags import correlation_flags
from geo_resilience.evaluation._coupling import coordination_stages, coupling_coordination
from geo_resilience.evaluation._diagnostics import method_card
from geo_resilience.evaluation._effective_weights import effective_weights, weights_for_effects
from geo_resilience.evaluation._fuzzy import FuzzyEvaluation, fuzzy_evaluation, grade_memberships
from geo_resilience.evaluation._grading import grade, grade_cuts
from geo_resilience.evaluation._group_scores import group_scores
from geo_resilience.evaluation._kmo_bartlett import bartlett_sphericity, kmo
from geo_resilience.evaluation._mazziotta_pareto import mazziotta_pareto
from geo_resilience.evaluation._obstacles import obstacle_degrees, top_obstacles
from geo_resilience.evaluation._other_rankings import grey_relation, rankings, topsis
from geo_resilience.evaluation._peers import compare_with_peers, similar_regions
from geo_resilience.evaluation._principal_components import pca_loadings
from geo_resilience.evaluation._reliability import cronbach_alpha
from geo_resilience.evaluation._scores import Scores, group_means, rank, score
from geo_resilience.evaluation._trends import growth_and_trend, rank_changes, score_distribution
from geo_resilience.evaluation._weight_margins import WeightMargin, weight_margin
from geo_resilience.evaluation._weights_comparison import compare_weights
from geo_resilience.evaluation._what_if import needed_value, what_if
from geo_resilience.evaluation.robustness._simulation import Uncertainty, uncertainty
from geo_resilience.evaluation.weighting._ahp import ahp_weights
from geo_resilience.evaluation.weighting._ahp_hierarchy import hierarchy_weights
from geo_resilience.evaluation.weighting._combination import combine_weights
from geo_resilience.evaluation.weighting._consistency import judgement_sensitivity
from geo_resilience.evaluation.weighting._contrast import (
    critic_weights,
    entropy_weights,
    variation_weights,
)
from geo_resilience.evaluation.weighting._improved_ahp import improved_ahp_weights
from geo_resilience.evaluation.weighting._judgements import judgement_template, read_judgements
from geo_resilience.evaluation.weighting._pca import pca_weights
from geo_resilience.evaluation.weighting._weights import (
    Weights,
    equal_by_level,
    equal_weights,
    own_weights,
    published_weights,
)

__all__ = [
    "FuzzyEvaluation",
    "Scores",
    "Uncertainty",
    "WeightMargin",
    "Weights",
    "ahp_weights",
    "bartlett_sphericity",
    "benefit_of_the_doubt",
    "combine_weights",
    "compare_weights",
    "compare_with_peers",
    "composite",
    "coordination_stages",
    "correlation_flags",
    "coupling_coordination",
    "critic_weights",
    "cronbach_alpha",
    "decompose_change",
    "dimension_scores",
    "effective_weights",
    "entropy_weights",
    "equal_by_level",
    "equal_weights",
    "fuzzy_evaluation",
    "generalized_mean",
    "grade",
    "grade_cuts",
    "grade_memberships",
    "grey_relation",
    "group_means",
    "group_scores",
    "growth_and_trend",
    "hierarchy_weights",
    "improved_ahp_weights",
    "judgement_sensitivity",
    "judgement_template",
    "kmo",
    "mazziotta_pareto",
    "method_card",
    "needed_value",
    "obstacle_degrees",
    "own_weights",
    "pca_loadings",
    "pca_weights",
    "power_mean",
    "published_weights",
    "rank",
    "rank_changes",
    "rankings",
    "read_judgements",
    "score",
    "score_distribution",
    "shapley_change",
    "similar_regions",
    "top_obstacles",
    "topsis",
    "uncertainty",
    "variation_weights",
    "weight_margin",
    "weights_for_effects",
    "what_if",
]
