"""A choropleth of any table: values by region, one year or several, as an interactive page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo_resilience import words
from geo_resilience.errors import InputError
from geo_resilience.evaluation._grading import GRADE_COLORS
from geo_resilience.maps.atlas import _layers as layers
from geo_resilience.maps.atlas._columns import decimal_column, float_column
from geo_resilience.maps.atlas._content import (
    aliases_of,
    base_content,
    ground_content,
    names_content,
    outline_entries,
    page_words,
)
from geo_resilience.maps.atlas._forms import Sized
from geo_resilience.maps.drawing._classes import cut_points
from geo_resilience.maps.drawing._context import Overlays
from geo_resilience.maps.drawing._geometry import draw_ground
from geo_resilience.maps.drawing._series import Grid, read_grid
from geo_resilience.maps.drawing._style import QUALITATIVE, class_colors, palette
from geo_resilience.maps.drawing._texts import dated, names_by_language
from geo_resilience.maps.drawing._units import measure_of
from geo_resilience.regions import Grouping, Regions
from geo_resilience.text import Text

if TYPE_CHECKING:
    from geo_resilience.maps.atlas._document import Page


def choropleth(
    data: pd.Series | pd.DataFrame,
    regions: Regions | gpd.GeoDataFrame,
    *,
    classes: str | Sequence[float] = "quantile:5",
    colors: str | Sequence[str] | None = None,
    name: str | Mapping[str, str] = "",
    title: str | Mapping[str, str] = "",
    subtitle: str = "",
    unit: str = "",
    notes: str | Iterable[str] = (),
    source: str = "",
    groups: Mapping[str, Grouping | Sequence[str]] | None = None,
    context: Overlays = None,
    language: str = "en",
    path: str | Path | None = None,
) -> Page:
    """Draw values by region as an interactive page in one file that needs no network.

    Parameters
    ----------
    data : Series or DataFrame
        Series by region; Series by (region, year); or a DataFrame with a row a region and a
        column a year. Regions by key, or by name where `regions` is a Regions. Missing values are
        drawn as no data. Text is drawn as categories.
    regions : Regions or GeoDataFrame
        The regions to draw, by key; those without data are drawn as such and named in the notes.
    classes : str or sequence of float
        ``quantile``, ``equal``, ``jenks`` (natural breaks) or ``deviation``, with the number of
        classes behind a colon (``jenks:6``); or the inner cut points, ascending. A class holds its
        lower bound. Classes are the same in every year.
    colors : str or sequence of str, optional
        ``grades`` (the default), ``diverging``, ``oranges``, ``purples``, ``grays``,
        ``qualitative``, or hex colors, which are spread over the classes.
    name, title : str or mapping of str to str
        What the values are called, by default the Series' name; and the title, by default the
        name. A text, or one by language (``{"en": "Patents", "zh": "专利"}``).
    subtitle, unit, source : str
        Shown as text.
    notes : str or iterable of str
        Shown with the sources.
    groups : mapping, optional
        What can be outlined: as `geo_resilience.regions.read_groups` gives it, or lists of keys by
        name.
    context : GeoDataFrame or path, or a list or mapping by name of them, optional
        What can be laid over the map as thin lines and points: other boundaries, rivers, cities.
    language : str
        In which the page opens.
    path : str or Path, optional
        File to write.

    Returns
    -------
    Page

    Raises
    ------
    InputError
        For unknown or doubled regions, values that are no numbers, classes or colors that are not
        understood, regions without geometry; all that is wrong with the data at once.

    Examples
    --------
    >>> import pandas as pd
    >>> from geo_resilience.regions import read_boundaries
    >>> values = pd.Series({"110000": 3.0, "310000": 5.0, "440000": 4.0}, name="Patents")
    >>> page = choropleth(values, read_boundaries(), unit="per firm", classes=[4])
    >>> "Patents" in page.html
    True
    """
    from geo_resilience.maps.atlas._document import make_page

    based = regions if isinstance(regions, Regions) else None
    frame: gpd.GeoDataFrame = regions if based is None else based.frame
    frame = frame.set_axis([str(key) for key in frame.index]).sort_index()
    grid = read_grid(data, frame, based)
    opens_in = language if language in words.LANGUAGES else words.LANGUAGES[0]
    title_texts = Text(title or name or grid.name or words.say("atlas.value", language))
    year = grid.years[0] if len(grid.years) == 1 else None
    heading = {each: dated(text, year, each) for each, text in title_texts.items()}
    called = Text(name or grid.name) if name or grid.name else title_texts
    shown = _layers(grid, classes, colors, unit=unit, called=called)
    sized = _sized(grid, frame, called, unit)
    ground = draw_ground(frame, None if based is None else based.base)
    noted = [notes] if isinstance(notes, str) else list(notes)
    content = {
        **_without_study(),
        "language": opens_in,
        "title": heading,
        "subtitle": Text(subtitle) if subtitle else None,
        "years": grid.years,
        "main": "value",
        "grades": list(GRADE_COLORS),
        "tenths": layers.tenth_colors(),
        "keys": list(frame.index),
        "names": names_content(frame),
        "ground": ground_content(ground, based, context, sized),
        "base": base_content(based),
        "columns": {"value": (decimal_column if grid.labels else float_column)(grid.values).packed},
        "layers": shown,
        "outlines": outline_entries(groups, list(frame.index)),
        "aliases": aliases_of(frame),
        "notes": _notes(noted, grid, frame),
        "source": Text(source),
        "words": page_words(shown),
    }
    return make_page(content, ground, title=heading[opens_in], path=path)


def _without_study() -> dict[str, Any]:
    """Give what only a study has to tell: nothing."""
    lists = ("profiles", "story", "excluded", "ellipses", "dimensions", "indicators")
    kinds = ("gaps", "pattern", "moran")
    return {
        **{name: [] for name in lists},
        **{name: {} for name in kinds},
        "headline": None,
        "meaning": Text(),
        "links": None,
    }


def _sized(grid: Grid, frame: gpd.GeoDataFrame, called: Text, unit: str) -> Sized | None:
    """Give the values of the last year where they are totals: circles are drawn by them."""
    if grid.labels or measure_of(unit) != "total" or (grid.values < 0).any():
        return None
    last = pd.Series(grid.values.reshape(len(frame), -1)[:, -1], index=frame.index)
    name = Text.worded("atlas_form.of_year", name=called, year=grid.years[-1] if grid.years else "")
    return Sized(last, name if grid.years else called)


def _notes(noted: list[str], grid: Grid, frame: gpd.GeoDataFrame) -> dict[str, list[str]]:
    """Give the user's notes, and which regions have no value in any year."""
    bare = np.flatnonzero(np.isnan(grid.values).all(axis=1))
    names = names_by_language(frame)
    told = {language: list(map(str, noted)) for language in words.LANGUAGES}
    for language in words.LANGUAGES if len(bare) else ():
        without = [names[language][place] for place in bare]
        told[language].append(words.say("atlas_note.without", language, names=without))
    return told


def _layers(
    grid: Grid,
    classes: str | Sequence[float],
    colors: str | Sequence[str] | None,
    *,
    unit: str,
    called: Text,
) -> list[dict[str, Any]]:
    """Give the layer of the values, and that of their change where there are several years."""
    shown = [_layer(grid, classes, colors, unit=unit) | {"name": called}]
    if len(grid.years) > 1 and not grid.labels:
        shown.append(layers.change_layer("value", grid.values, called))
        shown[-1] |= {"digits": "any", "unit": Text(unit)}
    measure = measure_of(unit)
    for layer in shown if measure and not grid.labels else ():
        layer["measure"] = measure
    return shown


def _layer(
    grid: Grid,
    classes: str | Sequence[float],
    colors: str | Sequence[str] | None,
    *,
    unit: str,
) -> dict[str, Any]:
    if grid.labels:
        chosen = QUALITATIVE if colors is None else palette(colors)
        if len(chosen) < len(grid.labels):
            raise InputError("maps.colors_few", colors=len(chosen), classes=len(grid.labels))
        labels = [Text(label) for label in grid.labels]
        shown = chosen[: len(labels)]
        return layers.category_layer(
            "value", "value", Text(""), codes="value", labels=labels, colors=shown
        )
    cuts, read = cut_points(grid, classes)
    layer = layers.value_layer(
        "value", "value", cuts=cuts, read=read, unit=Text(unit) if unit else None
    )
    if colors is not None:
        layer["colors"] = class_colors(len(cuts) + 1, palette(colors))
    return layer
