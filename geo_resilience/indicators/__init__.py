"""What was measured: tables and frameworks read, joined, checked, filled and scaled."""

from geo_resilience.indicators._derivation import deflate, evaluate
from geo_resilience.indicators._expressions import calculate
from geo_resilience.indicators._framework import Dimension, Framework, Indicator, Variable
from geo_resilience.indicators._framework_files import read_framework
from geo_resilience.indicators._imputation import fill_missing
from geo_resilience.indicators._joining import coverage, join_tables
from geo_resilience.indicators._normalization import distance_to_target, minmax, rank_scale, zscore
from geo_resilience.indicators._outliers import winsorize
from geo_resilience.indicators._panel import Panel, check_panel
from geo_resilience.indicators._sources import TableSource
from geo_resilience.tables._reading import read_table

__all__ = [
    "Dimension",
    "Framework",
    "Indicator",
    "Panel",
    "TableSource",
    "Variable",
    "calculate",
    "check_panel",
    "coverage",
    "deflate",
    "distance_to_target",
    "evaluate",
    "fill_missing",
    "join_tables",
    "minmax",
    "rank_scale",
    "read_framework",
    "read_table",
    "winsorize",
    "zscore",
]
