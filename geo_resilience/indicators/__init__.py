"""What was measured: tables and frameworks read, joined, checked, filled and scaled."""

from __future__ import annotations

from geo_resilience.indicators.blanks import FILL_METHODS, FillMethod, fill_missing
from geo_resilience.indicators.checks import check_panel
from geo_resilience.indicators.definitions import SHIPPED, read_framework
from geo_resilience.indicators.derivation import Evaluated, evaluate
from geo_resilience.indicators.expressions import Expression, calculate, parse
from geo_resilience.indicators.framework import (
    FIDELITIES,
    ROLES,
    Dimension,
    Framework,
    Indicator,
    Variable,
)
from geo_resilience.indicators.joining import Joined, JoinReport, coverage, join_tables
from geo_resilience.indicators.outliers import OUTLIER_METHODS, OutlierMethod, winsorize
from geo_resilience.indicators.panel import Panel
from geo_resilience.indicators.prices import deflate, nominal_note
from geo_resilience.indicators.scaling import minmax
from geo_resilience.indicators.sources import TableSource
from geo_resilience.indicators.standardization import (
    SCALINGS,
    Scaling,
    bounded_target,
    bounded_zscore,
    distance_to_target,
    rank_scale,
    zscore,
)
from geo_resilience.indicators.templates import write_template
from geo_resilience.indicators.tracing import (
    NO_YEAR,
    empty_trace,
    say_cells,
)
from geo_resilience.tables._cells import MISSING
from geo_resilience.tables._reading import Table, read_raw, read_table

__all__ = [
    "bounded_target",
    "bounded_zscore",
    "distance_to_target",
    "empty_trace",
    "rank_scale",
    "say_cells",
    "zscore",
    "FIDELITIES",
    "FILL_METHODS",
    "MISSING",
    "NO_YEAR",
    "OUTLIER_METHODS",
    "ROLES",
    "SCALINGS",
    "SHIPPED",
    "Dimension",
    "Evaluated",
    "Expression",
    "FillMethod",
    "Framework",
    "Indicator",
    "JoinReport",
    "Joined",
    "OutlierMethod",
    "Panel",
    "Scaling",
    "Table",
    "TableSource",
    "Variable",
    "calculate",
    "check_panel",
    "coverage",
    "deflate",
    "evaluate",
    "fill_missing",
    "join_tables",
    "minmax",
    "nominal_note",
    "parse",
    "read_framework",
    "read_raw",
    "read_table",
    "winsorize",
    "write_template",
]
