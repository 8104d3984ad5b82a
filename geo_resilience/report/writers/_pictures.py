"""Figures of a report, each drawn once for all writers."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

from geo_resilience.errors import InputError
from geo_resilience.maps.figures._registry import figure_named
from geo_resilience.report._blocks import Picture
from geo_resilience.results import Results


@dataclass(frozen=True)
class Drawn:
    """A figure as files and words: its title, what it shows, its width and height in mm."""

    title: str
    told: str
    width: float
    height: float
    data: bytes


@dataclass(frozen=True, eq=False)
class Pictures:
    """Figures of results in one language; what cannot be drawn is None."""

    results: Results
    language: str
    layout: str = "report"
    _sheets: dict[str, Any] = field(default_factory=dict)
    _drawn: dict[tuple[str, str], Drawn] = field(default_factory=dict)

    def shows(self, picture: Picture) -> bool:
        """Whether the results hold what a figure shows."""
        return self._sheet(picture) is not None

    def drawn(self, picture: Picture, kind: str) -> Drawn | None:
        """Give a figure as ``svg`` or ``png``."""
        key, sheet = _key(picture), self._sheet(picture)
        if sheet is None:
            return None
        if (key, kind) not in self._drawn:
            buffer = io.BytesIO()
            sheet.savefig(buffer, format=kind)
            told = sheet.heading, sheet.alternative_text
            size = sheet.layout.width, sheet.tall
            self._drawn[key, kind] = Drawn(*told, *size, buffer.getvalue())
        return self._drawn[key, kind]

    def _sheet(self, picture: Picture) -> Any:
        key = _key(picture)
        if key not in self._sheets:
            function = figure_named(picture.figure)
            try:
                self._sheets[key] = function(
                    self.results, language=self.language, width=self.layout, **picture.options
                )
            except InputError:  # the study skips what this figure shows
                self._sheets[key] = None
        return self._sheets[key]


def _key(picture: Picture) -> str:
    return f"{picture.figure} {sorted(picture.options.items())}"
