"""Where strength gathers: neighbors, autocorrelation, inequality, regressions, dynamics."""

from __future__ import annotations

from geo_resilience.spatial.clubs import Clubs, LogT, convergence_clubs, log_t
from geo_resilience.spatial.convergence import (
    BetaConvergence,
    SigmaConvergence,
    beta_convergence,
    sigma_convergence,
)
from geo_resilience.spatial.dynamics import Markov, SpatialMarkov, markov, spatial_markov
from geo_resilience.spatial.ellipses import Ellipse, ellipse, ellipse_outlines, ellipse_path
from geo_resilience.spatial.mobility import (
    LisaTransitions,
    lisa_transitions,
    rank_mobility,
    rank_theta,
)
from geo_resilience.spatial.regression import (
    choose_model,
    compare,
    durbin_error_model,
    durbin_model,
    dynamic_model,
    error_model,
    hausman_test,
    impacts,
    lag_model,
    lm_tests,
    ols_model,
    regression_suite,
    slx_model,
)

__all__ = [
    "BetaConvergence",
    "Clubs",
    "Ellipse",
    "LisaTransitions",
    "LogT",
    "Markov",
    "SigmaConvergence",
    "SpatialMarkov",
    "beta_convergence",
    "choose_model",
    "compare",
    "convergence_clubs",
    "durbin_error_model",
    "durbin_model",
    "dynamic_model",
    "ellipse",
    "ellipse_outlines",
    "ellipse_path",
    "error_model",
    "hausman_test",
    "impacts",
    "lag_model",
    "lisa_transitions",
    "lm_tests",
    "log_t",
    "markov",
    "ols_model",
    "rank_mobility",
    "rank_theta",
    "regression_suite",
    "sigma_convergence",
    "slx_model",
    "spatial_markov",
]
