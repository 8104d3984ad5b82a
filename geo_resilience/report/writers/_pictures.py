"""Figures of a report, each drawn once for all writers."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.maps.figures._figure import ROOM
from geo_resilience.maps.figures._registry import figure_named
from geo_resilience.report._blocks import Picture
from geo_resilience.report.writers._drawings import Locator, located
from geo_resilience.results import Results
from geo_resilience.tables import CATALOG

#: The layout of a figure as wide as the text, and of one beside text.
WIDE, BESIDE = "report", "half"


@dataclass(frozen=True)
class Drawn:
    """A figure as files and words: its title, what it shows, its width and height in mm.

    - ``note``: how to read it.
    - ``files``: files of the results that it is drawn from.
    """

    title: str
    told: str
    width: float
    height: float
    data: bytes
    note: str = ""
    files: tuple[str, ...] = ()


class _Asked(Mapping[str, pd.DataFrame]):
    """Tables that remember of which of them rows were asked (`tables.of` asks by ``get``)."""

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        self.tables = tables
        self.stems: dict[str, None] = {}

    def get(self, stem: str, default: Any = None) -> Any:
        if stem in self.tables:
            self.stems[stem] = None
        return self.tables.get(stem, default)

    def __getitem__(self, stem: str) -> pd.DataFrame:
        return self.tables[stem]

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)


@dataclass(frozen=True, eq=False)
class Pictures:
    """Figures of results in one language; what cannot be drawn is None."""

    results: Results
    language: str
    _sheets: dict[str, Any] = field(default_factory=dict)
    _files: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _drawn: dict[tuple[str, str], Drawn] = field(default_factory=dict)

    def shows(self, picture: Picture) -> bool:
        """Whether the results hold what a figure shows."""
        return self._sheet(picture, BESIDE if picture.beside else WIDE) is not None

    def files(self, picture: Picture) -> tuple[str, ...]:
        """Name the files of the results that a figure is drawn from."""
        self.shows(picture)
        return self._files[_key(picture)]

    def drawn(self, picture: Picture, kind: str, layout: str = WIDE) -> Drawn | None:
        """Give a figure as ``svg`` or ``png``, without the title and notes of its sheet."""
        key, sheet = f"{layout} {_key(picture)}", self._sheet(picture, layout)
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
                self._files[_key(picture)],
            )
        return self._drawn[key, kind]

    @cached_property
    def locator(self) -> Locator:
        """The regions as a small map."""
        return located(self.results.regions.frame)

    def _sheet(self, picture: Picture, layout: str) -> Any:
        key = f"{layout} {_key(picture)}"
        if key not in self._sheets:
            function = figure_named(picture.figure)
            asked = _Asked(self.results.tables)
            results = replace(self.results, tables=asked)
            try:
                self._sheets[key] = function(
                    results, language=self.language, width=layout, **picture.options
                )
            except InputError:  # the study skips what this figure shows
                self._sheets[key] = None
            held, formats = self.results.tables, self.results.found.form.formats
            self._files[_key(picture)] = tuple(
                CATALOG[stem].files(held[stem], formats)[0] for stem in asked.stems
            )
        return self._sheets[key]


def _key(picture: Picture) -> str:
    return f"{picture.figure} {sorted(picture.options.items())}"
