"""Resilience of the industrial chains of regions: index, spatial statistics and maps.

Rooms are namespaces, loaded when first used::

    import geo_resilience as gr

    results = gr.study.run()          # the bundled study: 31 provinces, 2018-2023
    results["scores"].head()
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

__all__ = [
    *("chain", "errors", "evaluation", "indicators", "maps", "regions", "report", "results"),
    *("spatial", "study"),
]

_ROOMS = frozenset(__all__)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        try:
            return version("geo-resilience")
        except PackageNotFoundError:
            return "0+unknown"
    if name in _ROOMS:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_ROOMS, "__version__"])
