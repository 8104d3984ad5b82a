"""What was measured: tables and frameworks read, joined, checked, filled and scaled.

What reads boundaries is loaded when first used: formulas need no geometry.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from geo_resilience.indicators._derivation import deflate
from geo_resilience.indicators._expressions import calculate
from geo_resilience.indicators._framework import Dimension, Framework, Indicator, Variable
from geo_resilience.indicators._framework_files import read_framework
from geo_resilience.indicators._framework_writing import write_framework
from geo_resilience.indicators._imputation import fill_missing
from geo_resilience.indicators._normalization import distance_to_target, minmax, rank_scale, zscore
from geo_resilience.indicators._outliers import winsorize
from geo_resilience.indicators._panel import Panel
from geo_resilience.indicators._screening import screen
from geo_resilience.tables._reading import read_table

if TYPE_CHECKING:
    from geo_resilience.indicators._joining import coverage
    from geo_resilience.indicators.rasters._zonal import zonal
    from geo_resilience.indicators.records._tally import tally
    from geo_resilience.indicators.yearbooks import Recipe, Yearbook, read_yearbook

_LATER = {
    "coverage": "_joining",
    "tally": "records._tally",
    "zonal": "rasters._zonal",
    **dict.fromkeys(("Recipe", "Yearbook", "read_yearbook"), "yearbooks"),
}

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


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_LATER])
