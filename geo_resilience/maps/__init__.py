"""Maps: the interactive atlas of a study, and a choropleth of any table."""

from __future__ import annotations

from typing import Any

from geo_resilience.maps import figures
from geo_resilience.maps.embedding import embed
from geo_resilience.maps.studies import atlas
from geo_resilience.maps.tables import choropleth

__all__ = ["Page", "atlas", "choropleth", "embed", "figures"]


def __getattr__(name: str) -> Any:
    """Load what needs folium on first use."""
    if name != "Page":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from geo_resilience.maps.page.document import Page

    return Page
