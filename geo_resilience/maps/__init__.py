"""Maps: the atlas of a study, a choropleth of any table, both in other pages, figures for print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo_resilience.maps import figures
from geo_resilience.maps.atlas._atlas import Headline, atlas
from geo_resilience.maps.atlas._choropleth import choropleth
from geo_resilience.maps.atlas._embedding import embed

if TYPE_CHECKING:
    from geo_resilience.maps.atlas._document import Page

__all__ = ["Headline", "Page", "atlas", "choropleth", "embed", "figures"]


def __getattr__(name: str) -> object:
    """Load what needs folium on first use."""
    if name != "Page":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from geo_resilience.maps.atlas._document import Page

    return Page
