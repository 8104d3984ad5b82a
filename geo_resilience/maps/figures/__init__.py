"""Figures for print and reports: each a function from results to a matplotlib Figure.

matplotlib is loaded when the first figure is asked for, never its pyplot state.
"""

from __future__ import annotations

from geo_resilience.maps.figures.registry import (
    DEFAULT,
    FAMILIES,
    FORMATS,
    draw,
    figure_named,
    names,
)

__all__ = ["DEFAULT", "FORMATS", "draw", "figure_named", "names", *FAMILIES]


def __getattr__(name: str) -> object:
    if name in FAMILIES:
        return figure_named(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *FAMILIES})
