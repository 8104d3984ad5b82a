"""What hangs together: input-output linkages, shocks, risks, targets, priorities and warnings.

Names are loaded from their files when first used, so that importing the room costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NAMES = {
    "inputoutput._flows": "Flows checked_flows",
    "inputoutput._table": "IOTable balance checked_balance imports_apart set_apart",
    "inputoutput._reading": "read_io",
    "_records": "read_records",
    "inputoutput._concordance": "aggregate read_concordance",
    "inputoutput._leontief": "QUADRANTS coefficients ghosh leontief linkages multipliers",
    "inputoutput._upstreamness": (
        "downstreamness import_dependence imported_products propagation_lengths upstreamness"
    ),
    "inputoutput._decomposition": "structural_decomposition",
    "inputoutput._balancing": "gras ras",
    "inputoutput._regional": (
        "RegionalTable regional_coefficients regional_table regional_tables "
        "trading_coefficients read_sizes regional_linkage_table"
    ),
    "inputoutput._extraction": "exposure extraction group_extraction link_extraction supply_loss",
    "inputoutput._disruptions": "cut_loss cut_table import_loss link_loss",
    "inputoutput._inoperability": "inoperability dynamic_inoperability resilience_coefficients",
    "shocks._recovery": (
        "SHOCK_TYPES foretelling resistance_recovery shock_note vary_base_years years_to_regain"
    ),
    "inputoutput._network": (
        "chain_graph node_measures removal_curves single_points supplier_concentration"
    ),
    "_methods": "RISK_CUTS",
    "management._risks": "RISK_LEVELS compare_rules risk_grid risk_levels",
    "management._targets": "gaps_to_target paths_to_target",
    "management._priorities": "rank_priorities",
    "management._maturity": "digital_maturity",
    "management._early_warning": (
        "COLORS checked_thresholds quantile_thresholds WARNING_LEVELS combine_warnings "
        "response_plan warning_levels"
    ),
    "management._signals": "crises_ahead signal_thresholds",
    "management._forecasts": "forecast_next",
    "management._examples": "EXAMPLES example_table read_example",
    "inputoutput._linkage_tables": "extraction_table inoperability_table linkage_table",
    "inputoutput._network_tables": (
        "network_table propagation_table removal_table single_point_table"
    ),
    "shocks._tables": (
        "decomposition_table disruption_table shock_path_table shock_table shock_variation_table"
    ),
    "management._tables": (
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
