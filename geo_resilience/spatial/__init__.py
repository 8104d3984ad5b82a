"""Where strength gathers: neighbors, autocorrelation, specialization, inequality, patterns.

Every calculation takes plain Series or DataFrames by region key and a libpysal Graph (or our
Neighbors), and gives back the same keys. Names are loaded from their files when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_FILES = {
    "Neighbors": "neighbors",
    "queen": "neighbors",
    "rook": "neighbors",
    "k_nearest": "neighbors",
    "distance_band": "neighbors",
    "inverse_distance": "neighbors",
    "distances_km": "neighbor_rules",
    "economic": "neighbor_rules",
    "kernel": "neighbor_rules",
    "neighbors_by_rule": "neighbor_rules",
    "nested": "neighbor_rules",
    "read_neighbors": "neighbor_files",
    "write_neighbors": "neighbor_files",
    "describe_neighbors": "neighbor_reports",
    "neighbors_sensitivity": "neighbor_reports",
    "Links": "alignment",
    "GlobalStat": "autocorrelation",
    "bivariate_moran": "autocorrelation",
    "correlogram": "autocorrelation",
    "distance_correlogram": "autocorrelation",
    "geary": "autocorrelation",
    "getis_ord": "autocorrelation",
    "global_table": "autocorrelation",
    "moran": "autocorrelation",
    "join_counts": "autocorrelation",
    "LocalStat": "autocorrelation",
    "local_bivariate_moran": "autocorrelation",
    "local_g": "autocorrelation",
    "local_geary": "autocorrelation",
    "local_moran": "autocorrelation",
    "local_table": "autocorrelation",
    "moran_change": "autocorrelation",
    "moran_scatter": "autocorrelation",
    "moran_table": "autocorrelation",
    "herfindahl": "specialization",
    "hoover": "specialization",
    "krugman": "specialization",
    "location_quotient": "specialization",
    "locational_gini": "specialization",
    "shares": "specialization",
    "shift_share": "growth",
    "specialization_table": "specialization",
    "Dagum": "inequality",
    "Theil": "inequality",
    "coefficient_of_variation": "inequality",
    "dagum": "inequality",
    "gini": "inequality",
    "max_min_ratio": "inequality",
    "theil": "inequality",
    "esteban_ray": "inequality_tables",
    "inequality_table": "inequality_tables",
    "nested_theil": "inequality_tables",
    "concentration_ratio": "quotients",
    "ellison_glaeser": "quotients",
    "industry_entropy": "quotients",
    "standardized_quotient": "quotients",
    "symmetric_quotient": "quotients",
    "zone_shares": "quotients",
    "Gap": "gaps",
    "gap": "gaps",
    "gaps_table": "gaps",
    "gaps_trend": "gaps",
    "compare_groups": "patterns",
    "center_coordinates": "gradients",
    "gradient": "gradients",
    "adjusted_rand": "regionalization",
    "regionalization_table": "regionalization",
    "skater": "regionalization",
    "say_verdict": "verdicts",
    "overview": "overviews",
    "group_power": "power",
    "rejection_rates": "power",
    "simulated_fields": "power",
    "pattern_table": "patterns",
}

__all__ = sorted(_FILES)


def __getattr__(name: str) -> Any:
    if name in _FILES:
        return getattr(import_module(f"{__name__}.{_FILES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_FILES])
