"""What drives a score, and does it spill over to neighbors.

Least squares, lag, error and Durbin models of one year or of a balanced panel with fixed effects,
their tests, their impacts, and dynamic panels.
"""

from __future__ import annotations

from geo_resilience.spatial.regression._design import logs
from geo_resilience.spatial.regression._detectable import (
    detectable_effects,
    minimal_detectable_effect,
)
from geo_resilience.spatial.regression._diagnostics import lm_tests
from geo_resilience.spatial.regression._dynamic_panel import (
    DynamicModel,
    Moments,
    arellano_bond,
    dynamic_model,
    half_panel_jackknife,
    nickell_bias,
)
from geo_resilience.spatial.regression._impacts import impacts
from geo_resilience.spatial.regression._lags import with_lag
from geo_resilience.spatial.regression._least_squares import ols_model, slx_model
from geo_resilience.spatial.regression._model_choice import Choice, choose_model
from geo_resilience.spatial.regression._model_tests import (
    durbin_tests,
    effects_tests,
    likelihood_ratio,
    wald_test,
)
from geo_resilience.spatial.regression._models import Model
from geo_resilience.spatial.regression._random_effects import (
    Hausman,
    hausman_test,
    random_effects_model,
)
from geo_resilience.spatial.regression._side_by_side import ComparisonTable, compare
from geo_resilience.spatial.regression._spatial_models import (
    durbin_error_model,
    durbin_model,
    error_model,
    lag_model,
)
from geo_resilience.spatial.regression._suite import Suite, regression_suite

__all__ = [
    "Choice",
    "ComparisonTable",
    "DynamicModel",
    "Hausman",
    "Model",
    "Moments",
    "Suite",
    "arellano_bond",
    "choose_model",
    "compare",
    "detectable_effects",
    "durbin_error_model",
    "durbin_model",
    "durbin_tests",
    "dynamic_model",
    "effects_tests",
    "error_model",
    "half_panel_jackknife",
    "hausman_test",
    "impacts",
    "lag_model",
    "likelihood_ratio",
    "lm_tests",
    "logs",
    "minimal_detectable_effect",
    "nickell_bias",
    "ols_model",
    "random_effects_model",
    "regression_suite",
    "slx_model",
    "wald_test",
    "with_lag",
]
