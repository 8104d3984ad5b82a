"""What hangs together: input-output linkages, shocks, risks, targets, priorities and warnings.

Names are loaded from their files when first used, so that importing the room costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NAMES = {
    "accounts": "Flows checked_flows",
    "tables": "IOTable balance checked_balance imports_apart set_apart",
    "reading": "read_io",
    "cells": "read_records",
    "concordances": "aggregate read_concordance",
    "inputoutput": "QUADRANTS coefficients ghosh leontief linkages multipliers",
    "positions": (
        "downstreamness import_dependence imported_products propagation_lengths upstreamness"
    ),
    "decompositions": "structural_decomposition",
    "balancing": "gras ras",
    "regionalization": (
        "RegionalTable regional_coefficients regional_table regional_tables trading_coefficients"
    ),
    "extractions": "exposure extraction group_extraction link_extraction supply_loss",
    "cuts": "cut_loss cut_table import_loss link_loss",
    "inoperabilities": "inoperability",
    "recovery_paths": "dynamic_inoperability resilience_coefficients",
    "recoveries": (
        "SHOCK_TYPES foretelling resistance_recovery shock_note vary_base_years years_to_regain"
    ),
    "networks": "chain_graph node_measures removal_curves single_points supplier_concentration",
    "methods": "RISK_CUTS",
    "risks": "RISK_LEVELS compare_rules risk_grid risk_levels",
    "targets": "gaps_to_target paths_to_target",
    "priorities": "rank_priorities",
    "maturity": "digital_maturity",
    "thresholds": "COLORS checked_thresholds quantile_thresholds",
    "alerts": "WARNING_LEVELS combine_warnings response_plan warning_levels",
    "signals": "crises_ahead signal_thresholds",
    "forecasts": "forecast_next",
    "examples": "EXAMPLES example_table read_example",
    "outputs": "extraction_table inoperability_table linkage_table shock_table",
    "regional_linkages": "read_sizes regional_linkage_table",
    "network_tables": "network_table propagation_table removal_table single_point_table",
    "course_tables": (
        "decomposition_table disruption_table shock_path_table shock_variation_table"
    ),
    "registers": (
        "maturity_table priority_table risk_table target_table warning_table worked_example"
    ),
}
_FILES = {name: file for file, names in _NAMES.items() for name in names.split()}

__all__ = sorted(_FILES)


def __getattr__(name: str) -> Any:
    if name in _FILES:
        return getattr(import_module(f"{__name__}.{_FILES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
