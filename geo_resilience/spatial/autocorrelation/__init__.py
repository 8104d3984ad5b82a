"""Spatial autocorrelation: of a whole map and around each region."""

from __future__ import annotations

from geo_resilience.spatial.autocorrelation.global_statistics import GlobalStat, moran, moran_table

__all__ = ["GlobalStat", "moran", "moran_table"]
