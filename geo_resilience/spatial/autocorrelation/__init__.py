"""Spatial autocorrelation: of a whole map and around each region."""

from __future__ import annotations

from geo_resilience.spatial.autocorrelation.changes import moran_change
from geo_resilience.spatial.autocorrelation.correlograms import correlogram, distance_correlogram
from geo_resilience.spatial.autocorrelation.findings import GlobalStat
from geo_resilience.spatial.autocorrelation.global_statistics import (
    bivariate_moran,
    geary,
    getis_ord,
    moran,
)
from geo_resilience.spatial.autocorrelation.joins import join_counts
from geo_resilience.spatial.autocorrelation.local_findings import LocalStat
from geo_resilience.spatial.autocorrelation.local_statistics import (
    local_bivariate_moran,
    local_g,
    local_geary,
    local_moran,
)
from geo_resilience.spatial.autocorrelation.local_tables import local_table
from geo_resilience.spatial.autocorrelation.scatter import moran_scatter
from geo_resilience.spatial.autocorrelation.tables import global_table, moran_table

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
