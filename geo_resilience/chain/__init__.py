"""What hangs together: input-output linkages, shocks, risks, targets, priorities and warnings.

Names are loaded from their files when first used, so that importing the room costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NAMES = {
    "inputoutput._table": "IOTable",
    "inputoutput._reading": "read_io",
    "inputoutput._concordance": "aggregate read_concordance",
    "inputoutput._leontief": "coefficients ghosh leontief linkages multipliers",
    "inputoutput._upstreamness": (
        "downstreamness imported_products propagation_lengths upstreamness"
    ),
    "inputoutput._decomposition": "structural_decomposition",
    "inputoutput._balancing": "gras ras",
    "inputoutput._regional": "regional_tables",
    "inputoutput._extraction": "extraction",
    "inputoutput._disruptions": "cut_loss import_loss link_loss",
    "inputoutput._inoperability": "dynamic_inoperability inoperability resilience_coefficients",
    "inputoutput._network": (
        "chain_graph node_measures node_removal single_points supplier_concentration"
    ),
    "shocks._recovery": "foretelling resistance_recovery vary_base_years years_to_regain",
    "management._risks": "risk_grid risk_levels",
    "management._targets": "gaps_to_target paths_to_target",
    "management._priorities": "rank_priorities",
    "management._maturity": "digital_maturity",
    "management._early_warning": (
        "combine_warnings quantile_thresholds response_plan warning_levels"
    ),
    "management._signals": "signal_thresholds",
    "management._forecasts": "forecast_next",
    "management._examples": "example_table read_example",
}
_FILES = {name: file for file, names in _NAMES.items() for name in names.split()}

__all__ = sorted(_FILES)


def __getattr__(name: str) -> Any:
    if name in _FILES:
        return getattr(import_module(f"{__name__}.{_FILES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
