"""Maps: the interactive atlas of a study, and a choropleth of any table."""

from __future__ import annotations

from geo_resilience.maps import figures
from geo_resilience.maps.embedding import embed
from geo_resilience.maps.page import Page
from geo_resilience.maps.studies import atlas
from geo_resilience.maps.tables import choropleth

__all__ = ["Page", "atlas", "choropleth", "embed", "figures"]
