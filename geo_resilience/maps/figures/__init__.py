"""Figures for print and reports: each a function from results to a matplotlib Figure.

matplotlib is loaded when the first figure is asked for, never its pyplot state.
"""

from __future__ import annotations

from typing import Any

from geo_resilience.maps.figures._registry import FAMILIES, draw, figure_named, names

__all__ = ["choropleth_figure", "draw", "names", *FAMILIES]


def __getattr__(name: str) -> Any:
    if name == "choropleth_figure":
        from geo_resilience.maps.figures._plain_maps import choropleth_figure

        return choropleth_figure
    if name in FAMILIES:
        return figure_named(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *FAMILIES, "choropleth_figure"})
