"""Regions: who they are, where they lie, who touches whom."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo_resilience.errors import InputError, Problems
from geo_resilience.notes import Note
from geo_resilience.regions._base import Base
from geo_resilience.text import Text, keys_of
from geo_resilience.words import LANGUAGES, Phrase


@dataclass(frozen=True, eq=False)
class Regions:
    """Polygons by key, valid and with a known coordinate reference system.

    Parameters
    ----------
    frame : GeoDataFrame, shape (n, columns)
        Index ``adcode``: the keys as text, unique and sorted. Columns ``name``, ``name_zh`` and
        ``geometry``; the bundled provinces also have ``name_zh_full``, ``iso``, ``area_km2``,
        ``label_lon`` and ``label_lat``.
    source : str
        ``"bundled"`` or the name of the file.
    bundled : bool
        Whether these are the provinces that come with the package.
    notes : tuple of Note
        What was repaired or assumed while reading.
    links : frozenset of pairs of keys, optional
        Regions that touch, each pair once and in order, where this came with the boundaries; None
        where it has to be computed from the geometry.
    base : Base
        What maps draw and say beside the regions.

    Examples
    --------
    >>> from geo_resilience.regions import read_boundaries
    >>> regions = read_boundaries()
    >>> len(regions.keys), len(regions.links)
    (31, 68)
    >>> regions.names("zh")["460000"]
    '海南'
    >>> len(regions.without(["540000"]).keys)
    30
    """

    frame: gpd.GeoDataFrame
    source: str
    bundled: bool = False
    notes: tuple[Note, ...] = ()
    links: frozenset[tuple[str, str]] | None = field(default=None, repr=False)
    base: Base = field(default_factory=Base, repr=False)

    @property
    def keys(self) -> list[str]:
        """Keys of the regions, sorted."""
        return self.frame.index.to_list()

    @property
    def of_base(self) -> bool:
        """Whether these are the units of a base map."""
        return bool(self.base.source) and self.source == self.base.source

    def names(self, language: str = "en") -> pd.Series:
        """Give the name of every region in a language, by key."""
        column = keys_of("name").get(language, "name")
        return self.frame[column if column in self.frame.columns else "name"].rename("name")

    def name(self, key: str) -> Text:
        """Give the name of one region."""
        return Text.of(self.frame.loc[key], "name")

    @property
    def spelled(self) -> list[str]:
        """Their names in every language, one language after the other."""
        return [name for language in LANGUAGES for name in self.names(language)]

    @property
    def spellings(self) -> dict[str, tuple[str, ...]]:
        """Every name that the frame holds of each region, by key."""
        wanted = (*keys_of("name").values(), "name_zh_full")
        rows = self.frame[[each for each in wanted if each in self.frame]].itertuples(name=None)
        return {key: tuple(dict.fromkeys(filter(None, called))) for key, *called in rows}

    def without(self, keys: Iterable[str]) -> Regions:
        """Leave regions out, and the links that they have.

        Parameters
        ----------
        keys : iterable of str
            Keys of the regions to leave out.

        Returns
        -------
        Regions

        Raises
        ------
        InputError
            If a key is none of the regions.
        """
        out = set(keys)
        problems = Problems()
        for key in sorted(out - set(self.frame.index)):
            problems.unknown("regions.key_unknown", key, self.keys)
        problems.raise_if_any()
        links = self.links
        if links is not None:
            links = frozenset(pair for pair in links if not out.intersection(pair))
        return replace(self, frame=self.frame.drop(index=sorted(out)), links=links)


def region_label(regions: Regions, key: str) -> str | Phrase:
    """Call a region by its name and key, in the language of the sentence; a past unit by itself."""
    name = regions.name(key) if key in regions.frame.index else Text(key)
    if name == Text(key):
        return key
    return Phrase("problem.indicators.region", {"name": name, "key": key})


def boundaries_folder() -> Path:
    """Give the folder with the bundled boundaries: inside an installed package or a checkout."""
    package = Path(__file__).resolve().parent.parent
    places = [package / "boundaries", package.parent / "boundaries"]
    for place in places:
        if (place / "provinces.geojson").is_file():
            return place
    raise InputError("regions.no_bundled", places=places)


def bundled_regions() -> Regions:
    """Read the 31 provincial units that come with the package, and their links."""
    folder = boundaries_folder()
    frame = gpd.read_file(folder / "provinces.geojson", engine="pyogrio")
    frame = frame.set_index("adcode").sort_index()
    with (folder / "neighbors.csv").open(encoding="utf-8", newline="") as file:
        links = frozenset((row["adcode"], row["neighbor"]) for row in csv.DictReader(file))
    return Regions(frame, "bundled", bundled=True, links=links)
