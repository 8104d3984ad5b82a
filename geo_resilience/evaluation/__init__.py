"""How resilient: weights, composite, grades and ranks, and how far they can be trusted."""

from geo_resilience.evaluation.adequacy import bartlett_sphericity, kmo
from geo_resilience.evaluation.aggregation import (
    above_zero,
    composite,
    dimension_scores,
    generalized_mean,
)
from geo_resilience.evaluation.alternatives import compare_weights
from geo_resilience.evaluation.components import (
    pca_loadings,
)
from geo_resilience.evaluation.grading import (
    CUTS,
    GRADES,
    grade,
)
from geo_resilience.evaluation.ranking import (
    rank,
)
from geo_resilience.evaluation.reliability import column_correlations, cronbach_alpha
from geo_resilience.evaluation.robustness import (
    SOURCES,
    Uncertainty,
    Variant,
    panel_variants,
    scaling_variants,
    uncertainty,
)
from geo_resilience.evaluation.scores import (
    Scores,
    group_means,
    score,
)
from geo_resilience.evaluation.unevenness import (
    mazziotta_pareto,
)
from geo_resilience.evaluation.weighting import (
    Weights,
    ahp_weights,
    all_weights,
    circular_triads,
    combine_weights,
    critic_weights,
    entropy_weights,
    equal_weights,
    hierarchy_weights,
    improved_ahp_weights,
    judgement_sensitivity,
    judgement_template,
    own_weights,
    pca_weights,
    published_weights,
    random_index,
    read_judgements,
    variation_weights,
)

__all__ = [
    "SOURCES",
    "Uncertainty",
    "Variant",
    "panel_variants",
    "scaling_variants",
    "uncertainty",
    "bartlett_sphericity",
    "kmo",
    "column_correlations",
    "cronbach_alpha",
    "CUTS",
    "GRADES",
    "Scores",
    "Weights",
    "above_zero",
    "ahp_weights",
    "all_weights",
    "circular_triads",
    "combine_weights",
    "compare_weights",
    "composite",
    "critic_weights",
    "dimension_scores",
    "entropy_weights",
    "equal_weights",
    "generalized_mean",
    "grade",
    "group_means",
    "hierarchy_weights",
    "improved_ahp_weights",
    "judgement_sensitivity",
    "judgement_template",
    "mazziotta_pareto",
    "own_weights",
    "pca_loadings",
    "pca_weights",
    "published_weights",
    "random_index",
    "rank",
    "read_judgements",
    "score",
    "variation_weights",
]
