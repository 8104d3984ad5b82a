"""The base map that a user supplies: what is drawn beside the regions that are counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo_resilience.text import Text
from geo_resilience.words import say

#: What a layer of a base map, or a row of its one layer, can be.
ROLES = ("units", "areas", "lines", "inset")

#: How a context layer is drawn: by its geometry, or as one of these.
STYLES = ("geometry", "lines", "areas", "points")

#: How a line of a base map is drawn.
STROKES = ("solid", "dashed", "dotted")


def no_shapes() -> gpd.GeoDataFrame:
    """Give a layer that holds nothing."""
    empty: dict[str, list[str]] = {"name": [], "name_zh": []}
    return gpd.GeoDataFrame(empty, geometry=gpd.GeoSeries([], crs=4326))


@dataclass(frozen=True, eq=False)
class ContextLayer:
    """Something laid over a map for orientation: rivers, railways, cities.

    - ``frame``: geometry, and names in a column ``name`` where it has one.
    - ``style``: one of `STYLES`.
    """

    name: Text
    frame: gpd.GeoDataFrame = field(repr=False)
    style: str = STYLES[0]


#: What stands on a base map in the words of the user.
TEXTS = ("caption", "note", "no_data_note")


@dataclass(frozen=True, eq=False)
class Base:
    """What a map holds beside the regions that are counted, as its user supplied it.

    Parameters
    ----------
    source : str
        Name of the file; empty where there is none.
    areas : GeoDataFrame
        Further areas, drawn as no data and never counted: ``name``, ``name_zh``, geometry.
    lines : GeoDataFrame
        Lines drawn as delivered: ``name``, ``name_zh``, ``style``, geometry.
    inset : GeoSeries, optional
        One polygon: what the inset shows. None: what lies far outside, where there is any.
    caption : Text
        Of the inset.
    review_number : str
        Under which the base map was reviewed.
    note, no_data_note : Text
        On the base map, and on what is drawn as no data, as the user words them.
    context : tuple of ContextLayer

    Examples
    --------
    >>> base = Base("base.gpkg", review_number="GS(2024)0001")
    >>> base.told("en")[1]
    'Map review number: GS(2024)0001.'
    >>> Base().told("zh"), Base().told("zh", handed_over=True)
    ([], ['底图未经审核（未提供审图号），不得公开出版。'])
    """

    source: str = ""
    areas: gpd.GeoDataFrame = field(default_factory=no_shapes, repr=False)
    lines: gpd.GeoDataFrame = field(default_factory=no_shapes, repr=False)
    inset: gpd.GeoSeries | None = field(default=None, repr=False)
    caption: Text = field(default_factory=Text)
    review_number: str = ""
    note: Text = field(default_factory=Text)
    no_data_note: Text = field(default_factory=Text)
    context: tuple[ContextLayer, ...] = ()

    @property
    def texts(self) -> dict[str, Any]:
        """Everything but geometry, as plain values."""
        worded = {name: dict(getattr(self, name)) for name in TEXTS}
        return {"source": self.source, "review_number": self.review_number, **worded}

    @property
    def layers(self) -> dict[str, gpd.GeoDataFrame]:
        """Give what is drawn, by the name of its layer in base.gpkg."""
        found = {"areas": self.areas, "lines": self.lines}
        if self.inset is not None:
            found["inset"] = gpd.GeoDataFrame(geometry=self.inset)
        found |= {f"context_{place}": each.frame for place, each in enumerate(self.context, 1)}
        return {name: frame for name, frame in found.items() if len(frame)}

    def name_of(self, place: int) -> Text:
        """Give the name of an area by its place."""
        return Text.of(self.areas.iloc[place], "name")

    def area_names(self, language: str) -> list[str]:
        """Name the areas that have a name."""
        names = (self.name_of(place)[language] for place in range(len(self.areas)))
        return list(filter(None, names))

    def told(self, language: str, *, handed_over: bool = False) -> list[str]:
        """Say in sentences what the user says of the base map, and whose it is.

        What is handed over says in Chinese, too, where no review number is given.
        """
        found = []
        if self.source:
            found.append(say("base.supplied", language, file=self.source))
        if self.review_number:
            found.append(say("base.review_number", language, number=self.review_number))
        elif handed_over and language in _REVIEWED:
            found.append(say("base.unreviewed", language))
        return found + [text[language] for text in (self.note, self.no_data_note) if text]


#: Languages in which maps are published under a review number.
_REVIEWED = ("zh",)


def parts_of(shapes: Any) -> np.ndarray:
    """Give the simple parts of shapes."""
    array = np.asarray(shapes, dtype=object)
    return np.asarray(shapely.get_parts(shapely.get_parts(array[~shapely.is_missing(array)])))
