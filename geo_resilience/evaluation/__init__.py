"""How resilient: weights, composite, grades and ranks, and how far they can be trusted."""

from geo_resilience.evaluation.adequacy import (
    bartlett_sphericity,
    kmo,
)
from geo_resilience.evaluation.aggregation import (
    AGGREGATIONS,
    Aggregation,
    above_zero,
    aggregation,
    composite,
    dimension_scores,
    generalized_mean,
    power_mean,
)
from geo_resilience.evaluation.alternatives import (
    compare_weights,
)
from geo_resilience.evaluation.card import (
    MethodCard,
    method_card,
    reliability_table,
)
from geo_resilience.evaluation.components import (
    pca_loadings,
)
from geo_resilience.evaluation.contributions import (
    contribution_table,
    decompose_change,
    shapley_change,
)
from geo_resilience.evaluation.coupling import (
    STAGES,
    coordination_stages,
    coupling_coordination,
)
from geo_resilience.evaluation.development import (
    density_curves,
    growth_and_trend,
    rank_mobility,
    score_distribution,
)
from geo_resilience.evaluation.envelopment import (
    Envelopment,
    benefit_of_the_doubt,
)
from geo_resilience.evaluation.fuzziness import (
    FuzzyEvaluation,
    fuzzy_evaluation,
    grade_memberships,
)
from geo_resilience.evaluation.grading import (
    CODES,
    CUTS,
    GRADE_COLORS,
    GRADES,
    GRADINGS,
    Grade,
    Grading,
    GradingMethod,
    grade,
    grade_cuts,
)
from geo_resilience.evaluation.obstacles import (
    dimension_obstacles,
    obstacle_degrees,
    obstacle_table,
    top_obstacles,
)
from geo_resilience.evaluation.orderings import (
    grey_relation,
    ordering_correlations,
    rankings,
    topsis,
)
from geo_resilience.evaluation.peers import (
    compare_with_peers,
    similar_regions,
)
from geo_resilience.evaluation.ranking import (
    rank,
)
from geo_resilience.evaluation.reliability import (
    column_correlations,
    cronbach_alpha,
)
from geo_resilience.evaluation.robustness import (
    ALTERNATIVES,
    SOURCES,
    Source,
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
from geo_resilience.evaluation.suppositions import (
    needed_value,
    what_if,
)
from geo_resilience.evaluation.unevenness import (
    mazziotta_pareto,
)
from geo_resilience.evaluation.weighting import (
    WEIGHT_METHODS,
    WeightMethod,
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
    "AGGREGATIONS",
    "ALTERNATIVES",
    "Aggregation",
    "CODES",
    "CUTS",
    "Envelopment",
    "FuzzyEvaluation",
    "GRADES",
    "GRADE_COLORS",
    "GRADINGS",
    "Grade",
    "Grading",
    "GradingMethod",
    "MethodCard",
    "SOURCES",
    "STAGES",
    "Scores",
    "Source",
    "Uncertainty",
    "Variant",
    "WEIGHT_METHODS",
    "WeightMethod",
    "Weights",
    "above_zero",
    "aggregation",
    "ahp_weights",
    "all_weights",
    "bartlett_sphericity",
    "benefit_of_the_doubt",
    "circular_triads",
    "column_correlations",
    "combine_weights",
    "compare_weights",
    "compare_with_peers",
    "composite",
    "contribution_table",
    "coordination_stages",
    "coupling_coordination",
    "critic_weights",
    "cronbach_alpha",
    "decompose_change",
    "density_curves",
    "dimension_obstacles",
    "dimension_scores",
    "entropy_weights",
    "equal_weights",
    "fuzzy_evaluation",
    "generalized_mean",
    "grade",
    "grade_cuts",
    "grade_memberships",
    "grey_relation",
    "group_means",
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
    "obstacle_table",
    "ordering_correlations",
    "own_weights",
    "panel_variants",
    "pca_loadings",
    "pca_weights",
    "power_mean",
    "published_weights",
    "random_index",
    "rank",
    "rank_mobility",
    "rankings",
    "read_judgements",
    "reliability_table",
    "scaling_variants",
    "score",
    "score_distribution",
    "shapley_change",
    "similar_regions",
    "top_obstacles",
    "topsis",
    "uncertainty",
    "variation_weights",
    "what_if",
]
