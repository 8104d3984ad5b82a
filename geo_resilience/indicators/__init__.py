"""What was measured: tables and frameworks read, joined, checked, filled and scaled."""

from __future__ import annotations

from geo_resilience.indicators.definitions import SHIPPED, read_framework
from geo_resilience.indicators.expressions import Expression, calculate, parse
from geo_resilience.indicators.framework import (
    FIDELITIES,
    ROLES,
    Dimension,
    Framework,
    Indicator,
    Variable,
)
from geo_resilience.indicators.panel import NO_YEAR, TRACE_COLUMNS, Panel

__all__ = [
    "FIDELITIES",
    "NO_YEAR",
    "ROLES",
    "SHIPPED",
    "TRACE_COLUMNS",
    "Dimension",
    "Expression",
    "Framework",
    "Indicator",
    "Panel",
    "Variable",
    "calculate",
    "parse",
    "read_framework",
]
