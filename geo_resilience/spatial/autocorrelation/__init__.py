"""Spatial autocorrelation: of a whole map and around each region."""

from __future__ import annotations

from geo_resilience.spatial.autocorrelation._correlogram import correlogram, distance_correlogram
from geo_resilience.spatial.autocorrelation._global import (
    bivariate_moran,
    geary,
    getis_ord,
    moran,
    moran_scatter,
)
from geo_resilience.spatial.autocorrelation._join_counts import join_counts
from geo_resilience.spatial.autocorrelation._local import (
    local_bivariate_moran,
    local_g,
    local_geary,
    local_moran,
)
from geo_resilience.spatial.autocorrelation._moran_change import moran_change
from geo_resilience.spatial.autocorrelation._results import GlobalStat, LocalStat
from geo_resilience.spatial.autocorrelation._tables import global_table, local_table, moran_table

__all__ = [
    "GlobalStat",
    "LocalStat",
    "bivariate_moran",
    "correlogram",
    "distance_correlogram",
    "geary",
    "getis_ord",
    "global_table",
    "join_counts",
    "local_bivariate_moran",
    "local_g",
    "local_geary",
    "local_moran",
    "local_table",
    "moran",
    "moran_change",
    "moran_scatter",
    "moran_table",
]
