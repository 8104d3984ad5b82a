"""What was measured: tables and frameworks read, joined, checked, filled and scaled."""

from geo_resilience.indicators._derivation import deflate
from geo_resilience.indicators._expressions import calculate
from geo_resilience.indicators._framework import Dimension, Framework, Indicator, Variable
from geo_resilience.indicators._framework_files import read_framework
from geo_resilience.indicators._framework_writing import write_framework
from geo_resilience.indicators._imputation import fill_missing
from geo_resilience.indicators._joining import coverage
from geo_resilience.indicators._normalization import distance_to_target, minmax, rank_scale, zscore
from geo_resilience.indicators._outliers import winsorize
from geo_resilience.indicators._panel import Panel
from geo_resilience.indicators._screening import screen
from geo_resilience.indicators.rasters._zonal import zonal
from geo_resilience.indicators.records._tally import tally
from geo_resilience.indicators.yearbooks import Recipe, Yearbook, read_yearbook
from geo_resilience.tables._reading import read_table

__all__ = [
    "Dimension",
    "Framework",
    "Indicator",
    "Panel",
    "Recipe",
    "Variable",
    "Yearbook",
    "calculate",
    "coverage",
    "deflate",
    "distance_to_target",
    "fill_missing",
    "minmax",
    "rank_scale",
    "read_framework",
    "read_table",
    "read_yearbook",
    "screen",
    "tally",
    "winsorize",
    "write_framework",
    "zonal",
    "zscore",
]
