"""Where strength gathers: neighbors, autocorrelation, inequality, regressions, dynamics.

Names are loaded from their files when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_FILES = {
    "Clubs": "clubs",
    "LogT": "clubs",
    "convergence_clubs": "clubs",
    "log_t": "clubs",
    "BetaConvergence": "convergence",
    "SigmaConvergence": "convergence",
    "beta_convergence": "convergence",
    "sigma_convergence": "convergence",
    "Markov": "dynamics",
    "SpatialMarkov": "dynamics",
    "markov": "dynamics",
    "spatial_markov": "dynamics",
    "Ellipse": "ellipses",
    "ellipse": "ellipses",
    "ellipse_outlines": "ellipses",
    "ellipse_path": "ellipses",
    "LisaTransitions": "mobility",
    "lisa_transitions": "mobility",
    "rank_mobility": "mobility",
    "rank_theta": "mobility",
    "convergence_records": "records",
    "dynamic_records": "records",
    "ellipse_records": "records",
    "impact_notes": "records",
    "impact_records": "records",
    "lm_records": "records",
    "markov_records": "records",
    "model_records": "records",
    "power_records": "records",
    "regression_records": "records",
    "Choice": "regression",
    "ComparisonTable": "regression",
    "DynamicModel": "regression",
    "Hausman": "regression",
    "Model": "regression",
    "Moments": "regression",
    "Suite": "regression",
    "arellano_bond": "regression",
    "choose_model": "regression",
    "compare": "regression",
    "detectable_effects": "regression",
    "durbin_error_model": "regression",
    "durbin_model": "regression",
    "durbin_tests": "regression",
    "dynamic_model": "regression",
    "effects_tests": "regression",
    "error_model": "regression",
    "half_panel_jackknife": "regression",
    "hausman_test": "regression",
    "impacts": "regression",
    "lag_model": "regression",
    "likelihood_ratio": "regression",
    "lm_tests": "regression",
    "logs": "regression",
    "minimal_detectable_effect": "regression",
    "nickell_bias": "regression",
    "ols_model": "regression",
    "regression_suite": "regression",
    "slx_model": "regression",
    "wald_test": "regression",
    "with_lag": "regression",
}

__all__ = sorted(_FILES)


def __getattr__(name: str) -> Any:
    if name in _FILES:
        return getattr(import_module(f"{__name__}.{_FILES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_FILES])
