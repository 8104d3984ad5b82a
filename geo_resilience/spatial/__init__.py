"""Where strength gathers: neighbors, autocorrelation, specialization, inequality, patterns.

Every calculation takes plain Series or DataFrames by region key and a libpysal Graph (or our
Neighbors), and gives back the same keys. Names are loaded from their files when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NAMES = {
    "neighbors._graph": "Neighbors",
    "neighbors._geographic": "distance_band inverse_distance k_nearest queen rook",
    "neighbors._rules": "distances_km economic kernel nested",
    "neighbors._files": "read_neighbors write_neighbors",
    "autocorrelation._results": "GlobalStat LocalStat",
    "autocorrelation._global": "bivariate_moran geary getis_ord moran moran_points",
    "autocorrelation._join_counts": "join_counts",
    "autocorrelation._correlogram": "correlogram distance_correlogram",
    "autocorrelation._local": (
        "local_bivariate_moran local_g local_geary local_moran local_statistic"
    ),
    "autocorrelation._tables": "describe_neighbors",
    "concentration._specialization": (
        "concentration_ratio ellison_glaeser herfindahl hoover industry_entropy krugman "
        "location_quotient locational_gini shift_share standardized_quotient symmetric_quotient"
    ),
    "concentration._inequality": "Dagum Theil coefficient_of_variation dagum gini theil",
    "groups._changes": "moran_change",
    "groups._gaps": "gap gap_interval",
    "groups._gradient": "gradient",
    "groups._patterns": "compare_groups",
    "groups._rank_association": "rank_association",
    "groups._regionalization": "adjusted_rand skater",
    "dynamics._clubs": "convergence_clubs log_t",
    "dynamics._convergence": "beta_convergence sigma_convergence",
    "dynamics._ellipse": "ellipse",
    "dynamics._markov": "Markov markov spatial_markov",
    "dynamics._mobility": "lisa_transitions rank_theta",
    "regression._models": "Model",
    "regression._least_squares": "ols_model slx_model",
    "regression._spatial_models": "durbin_error_model durbin_model error_model lag_model",
    "regression._random_effects": "hausman_test random_effects_model",
    "regression._dynamic_panel": "arellano_bond dynamic_model",
    "regression._diagnostics": "lm_tests",
    "regression._model_tests": "likelihood_ratio",
    "regression._model_choice": "choose_model",
    "regression._side_by_side": "compare",
}
_FILES = {name: file for file, names in _NAMES.items() for name in names.split()}

__all__ = sorted(_FILES)


def __getattr__(name: str) -> Any:
    if name in _FILES:
        return getattr(import_module(f"{__name__}.{_FILES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_FILES])
