"""The part See Also of the API pages, made of related.toml; an extension of Sphinx."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def related() -> dict[str, list[str]]:
    """Give the names beside each public name, both by their room and name, both ways.

    >>> related()["geo_resilience.spatial.geary"]
    ['moran', 'local_geary']
    """
    rooms = tomllib.loads((Path(__file__).parent / "related.toml").read_text("utf-8"))
    return {
        f"geo_resilience.{room}.{name}": beside
        for room, lines in rooms.items()
        for name, beside in _both_ways(lines).items()
    }


def _both_ways(lines: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    for name, others in lines.items():
        for other in others.split():
            found.setdefault(name, {})[other] = None
            found.setdefault(other, {})[name] = None
    return {name: list(beside) for name, beside in found.items()}


def setup(app: Any) -> dict[str, bool]:
    """Add the part to docstrings before numpydoc reads them."""
    beside = related()

    def add(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
        if name in beside and "See Also" not in lines:
            lines += _part(beside[name])

    app.connect("autodoc-process-docstring", add, priority=1)
    return {"parallel_read_safe": True}


def _part(names: Iterable[str]) -> list[str]:
    return ["", "See Also", "--------", ", ".join(names), ""]
