"""Figures of a report, each drawn once for all writers."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from geo_resilience.errors import InputError
from geo_resilience.maps.figures._figure import ROOM
from geo_resilience.maps.figures._registry import figure_named
from geo_resilience.report._blocks import Picture
from geo_resilience.report.writers._drawings import Locator, located
from geo_resilience.results import Results

#: The layout of a figure as wide as the text, and of one beside text.
WIDE, BESIDE = "report", "half"


@dataclass(frozen=True)
class Drawn:
    """A figure as files and words: its title, what it shows, its width and height in mm.

    note: how to read it.
    """

    title: str
    told: str
    width: float
    height: float
    data: bytes
    note: str = ""


@dataclass(frozen=True, eq=False)
class Pictures:
    """Figures of results in one language; what cannot be drawn is None."""

    results: Results
    language: str
    _sheets: dict[str, Any] = field(default_factory=dict)
    _drawn: dict[tuple[str, str], Drawn] = field(default_factory=dict)

    def drawn(self, picture: Picture, kind: str, layout: str = WIDE) -> Drawn | None:
        """Give a figure as ``svg`` or ``png``, without the title and notes of its sheet."""
        key = f"{picture.figure} {layout} {sorted(picture.options.items())}"
        sheet = self._sheet(key, picture, layout)
        if sheet is None:
            return None
        if (key, kind) not in self._drawn:
            buffer = io.BytesIO()
            sheet.savefig(buffer, format=kind, bare=True)
            self._drawn[key, kind] = Drawn(
                sheet.heading,
                sheet.alternative_text,
                sheet.layout.width,
                sheet.body + 2 * ROOM,
                buffer.getvalue(),
                sheet.note,
            )
        return self._drawn[key, kind]

    @cached_property
    def locator(self) -> Locator:
        """The regions as a small map."""
        return located(self.results.regions.frame)

    def _sheet(self, key: str, picture: Picture, layout: str) -> Any:
        if key not in self._sheets:
            function = figure_named(picture.figure)
            try:
                self._sheets[key] = function(
                    self.results, language=self.language, width=layout, **picture.options
                )
            except InputError:  # the study skips what this figure shows
                self._sheets[key] = None
        return self._sheets[key]
