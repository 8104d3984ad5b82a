"""Resilience of the industrial chains of regions: index, spatial statistics and maps.

Rooms are namespaces, loaded when first used::

    import geo_resilience as gr

    results = gr.study.run()          # the bundled study: 31 provinces, 2018-2023
    results["scores"].head()
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from geo_resilience._doors import door

_room, __dir__, __all__ = door(__name__)


def __getattr__(name: str) -> object:
    if name == "__version__":
        try:
            return version("geo-resilience")
        except PackageNotFoundError:
            return "0+unknown"
    return _room(name)
