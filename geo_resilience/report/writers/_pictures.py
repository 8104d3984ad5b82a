"""Figures of a report, each drawn once for all writers."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.maps.figures._registry import figure_named
from geo_resilience.report._blocks import Picture
from geo_resilience.results import Results
from geo_resilience.tables import CATALOG


@dataclass(frozen=True)
class Drawn:
    """A figure as files and words: its title, what it shows, its width and height in mm.

    - ``files``: of the results, those that it is drawn from.
    """

    title: str
    told: str
    width: float
    height: float
    data: bytes
    files: tuple[str, ...] = ()


class _Watched(Mapping[str, pd.DataFrame]):
    """Tables that note which of them are read."""

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        self.tables = tables
        self.read: dict[str, None] = {}

    def __getitem__(self, stem: str) -> pd.DataFrame:
        table = self.tables[stem]
        self.read[stem] = None
        return table

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)

    def __contains__(self, stem: object) -> bool:
        return stem in self.tables


@dataclass(frozen=True, eq=False)
class Pictures:
    """Figures of results in one language; what cannot be drawn is None."""

    results: Results
    language: str
    layout: str = "report"
    _sheets: dict[str, Any] = field(default_factory=dict)
    _files: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _drawn: dict[tuple[str, str], Drawn] = field(default_factory=dict)

    def drawn(self, picture: Picture, kind: str) -> Drawn | None:
        """Give a figure as ``svg`` or ``png``."""
        key = _key(picture)
        sheet = self._sheet(key, picture)
        if sheet is None:
            return None
        if (key, kind) not in self._drawn:
            buffer = io.BytesIO()
            sheet.savefig(buffer, format=kind)
            told = sheet.heading, sheet.alternative_text
            size = sheet.layout.width, sheet.tall
            self._drawn[key, kind] = Drawn(*told, *size, buffer.getvalue(), self._files[key])
        return self._drawn[key, kind]

    def files(self, picture: Picture) -> tuple[str, tuple[str, ...]]:
        """Give the title of a figure and the files that it is drawn from; none if it cannot be."""
        key = _key(picture)
        sheet = self._sheet(key, picture)
        return ("", ()) if sheet is None else (sheet.heading, self._files[key])

    def _sheet(self, key: str, picture: Picture) -> Any:
        if key not in self._sheets:
            function, tables = figure_named(picture.figure), _Watched(self.results.tables)
            results = replace(self.results, tables=tables)
            try:
                self._sheets[key] = function(
                    results, language=self.language, width=self.layout, **picture.options
                )
            except InputError:  # the study skips what this figure shows
                self._sheets[key] = None
            self._files[key] = tuple(
                CATALOG[stem].files(tables.tables[stem])[0] for stem in tables.read
            )
        return self._sheets[key]


def _key(picture: Picture) -> str:
    return f"{picture.figure} {sorted(picture.options.items())}"
