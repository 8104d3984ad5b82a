"""A map of any table as a figure: the printed sister of the interactive choropleth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo_resilience import words
from geo_resilience.errors import InputError
from geo_resilience.evaluation._grading import GRADE_COLORS
from geo_resilience.maps.drawing._classes import cut_points
from geo_resilience.maps.drawing._series import Grid, read_grid
from geo_resilience.maps.drawing._style import (
    QUALITATIVE,
    class_colors,
    class_of,
    palette,
)
from geo_resilience.maps.drawing._texts import caption_of, dated, names_by_language
from geo_resilience.maps.figures._base_map import context_entries
from geo_resilience.maps.figures._context import MOST_NAMED
from geo_resilience.maps.figures._figure import Sheet
from geo_resilience.maps.figures._furniture import Entry, between, classed
from geo_resilience.maps.figures._map_plate import Captions, Plate
from geo_resilience.maps.figures._regions import canvas_of, outline
from geo_resilience.maps.figures._style import INK, layout_of, styled
from geo_resilience.regions import Base, Regions


def choropleth_figure(
    data: pd.Series | pd.DataFrame,
    regions: Regions | gpd.GeoDataFrame,
    *,
    classes: str | Sequence[float] = "quantile:5",
    colors: str | Sequence[str] | None = None,
    title: str = "",
    subtitle: str = "",
    unit: str = "",
    notes: str | Iterable[str] = (),
    source: str = "",
    groups: Mapping[str, Sequence[str]] | None = None,
    year: int | None = None,
    language: str = "en",
    width: str = "journal",
    labels: bool = True,
) -> Sheet:
    """Draw values by region as a map for print.

    Parameters
    ----------
    data, regions, classes, colors, title, subtitle, unit, notes, source
        As in `geo_resilience.maps.choropleth`.
    groups : mapping, optional
        Lists of keys by name, to draw lines around.
    year : int, optional
        Of data with several; the last one by default. The title bears it.
    language : str
    width : str
        ``half``, ``journal``, ``report``, ``portrait`` or ``landscape``.
    labels : bool
        Whether regions are named, where there are few enough.

    Returns
    -------
    Sheet
        A matplotlib Figure with `alternative_text`.

    Raises
    ------
    InputError
        As `geo_resilience.maps.choropleth`; for an unknown year, language or layout too.

    Examples
    --------
    >>> import pandas as pd
    >>> from geo_resilience.regions import read_boundaries
    >>> values = pd.Series({"110000": 3.0, "310000": 5.0, "440000": 4.0}, name="Patents")
    >>> sheet = choropleth_figure(values, read_boundaries(), classes=[4])
    >>> sheet.alternative_text
    'Map. Patents. highest Shanghai (5); lowest Beijing (3). No data: 28 regions.'
    """
    layout = layout_of(width)
    if language not in words.LANGUAGES:
        raise InputError("figures.language_unknown", found=language, known=words.LANGUAGES)
    based = regions if isinstance(regions, Regions) else None
    frame: gpd.GeoDataFrame = regions if based is None else based.frame
    ordered = frame.set_axis([str(key) for key in frame.index]).sort_index()
    grid = read_grid(data, ordered, based)
    year = grid.years[-1] if year is None and grid.years else year
    values = pd.Series(_of_year(grid, year), index=list(ordered.index))
    names = dict(zip(ordered.index, names_by_language(ordered)[language], strict=True))
    fills, entries, classed = _classed(grid, values, classes, colors, language)
    base = None if based is None else based.base
    canvas = canvas_of(frame if frame.index.equals(ordered.index) else ordered, base)
    lines = _outlines(groups or {})
    entries += [Entry(name, line=line) for name, _, line in lines]
    entries += context_entries(canvas, language)
    plate = Plate(layout, canvas, entries)
    heading = title or grid.name or words.say("atlas.value", language)
    heading = dated(heading, year if grid.years else None, language)
    said = [notes] if isinstance(notes, str) else list(notes)
    below = _below(values, names, said, classed, source, canvas.base, language)
    with styled(layout.text):
        sheet = Sheet(layout, plate.body, title=heading, subtitle=subtitle, notes=below)
        legend = words.say(f"figure.legend.{'unit' if unit else 'values'}", language, unit=unit)
        aside = caption_of(based)[language]
        captions = Captions(legend, language, aside, names if labels else {})
        axes = plate.draw(sheet, fills, captions)
        for _, members, look in lines:
            ink = {"edgecolors": INK, "linewidths": 1.2, "linestyles": look["linestyle"]}
            outline(axes, canvas, members, inner=False, **ink)
    sheet.alternative_text = _told(grid, values, names, heading, language)
    return sheet


def _outlines(
    groups: Mapping[str, Sequence[str]],
) -> list[tuple[str, list[str], dict[str, Any]]]:
    """Give each group's name, its members and the look of its line."""
    return [
        (
            str(name),
            [str(key) for key in members],
            {"color": INK, "linewidth": 1.2, "linestyle": ("-", "--", ":", "-.")[place % 4]},
        )
        for place, (name, members) in enumerate(groups.items())
    ]


def _of_year(grid: Grid, year: int | None) -> np.ndarray:
    if year is not None and grid.years and year not in grid.years:
        raise InputError("figures.year_unknown", found=year, known=grid.years)
    place = grid.years.index(year) if year is not None and grid.years else -1
    return np.asarray(grid.values[:, place], dtype=float)


def _classed(
    grid: Grid,
    values: pd.Series,
    classes: str | Sequence[float],
    colors: str | Sequence[str] | None,
    language: str,
) -> tuple[dict[str, str | None], list[Entry], str]:
    """Give each region's color, the legend with counts, and how the classes were found."""
    how = ""
    if grid.labels:
        shown = list(QUALITATIVE if colors is None else palette(colors))
        if len(shown) < len(grid.labels):
            raise InputError("maps.colors_few", colors=len(shown), classes=len(grid.labels))
        told = list(grid.labels)
        places = values.fillna(-1).astype(int).to_numpy()
    else:
        cuts, read = cut_points(grid, classes)
        first, last = (grid.years[0], grid.years[-1]) if grid.years else (0, 0)
        key = "figure.quantiles_over" if read == "quantile" else f"atlas_read.{read}"
        how = words.say(
            key, language, **({"first": first, "last": last} if read == "quantile" else {})
        )
        chosen = GRADE_COLORS if colors is None else palette(colors)
        shown = class_colors(len(cuts) + 1, chosen)
        told = between([figure_text(cut) for cut in cuts], language)
        places = class_of(values.to_numpy(), cuts)
    fills, entries = classed(values.index, places, told, shown[: len(told)])
    if not grid.labels:
        entries.reverse()
    missing = int((places < 0).sum())
    if missing:
        entries.append(Entry(words.say("figure.no_data", language), None, missing))
    return fills, entries, how


def figure_text(value: float) -> str:
    """Write a number with four digits that count, thousands apart, with a true minus."""
    size = abs(value)
    text = f"{value:,.0f}" if size >= 1000 else f"{value:.4g}"
    return text.replace("-", "\u2212")


#: What ends a sentence; another note may follow it.
_STOPS = tuple(".!?…。！？")


def _below(
    values: pd.Series,
    names: Mapping[str, str],
    notes: Iterable[str],
    classed: str,
    source: str,
    base: Base,
    language: str,
) -> list[str]:
    told = [
        note if note.endswith(_STOPS) else words.say("figure.sentence", language, text=note)
        for note in [*map(str, notes), classed]
        if note
    ]
    blank = [names[key] for key in values.index[values.isna()]] + base.area_names(language)
    if blank:
        many = len(blank) - MOST_NAMED
        if many > 1:
            blank = [*blank[:MOST_NAMED], words.say("figure.more", language, count=many)]
        told.append(words.say("figure.without", language, names=blank))
    told += base.told(language)
    told.append(words.say("figure.no_position", language))
    joined = words.joined(told, language, "sentences")
    lines = [words.say("figure.note", language, text=joined)]
    return [*lines, words.say("figure.source", language, text=source)] if source else lines


def _told(
    grid: Grid, values: pd.Series, names: Mapping[str, str], heading: str, language: str
) -> str:
    known = values.dropna()
    if grid.labels:
        counts = known.astype(int).value_counts().sort_index()
        parts = [
            words.say("figure.count_of", language, label=grid.labels[place], count=int(count))
            for place, count in counts.items()
        ]
        text = words.say("figure.list", language, names=parts)
    elif known.empty:
        text = words.say("figure.no_values", language)
    else:
        ranked = known.sort_values(ascending=False, kind="stable")
        most = min(3, max(1, len(ranked) // 2))

        def told(part: pd.Series) -> list[str]:
            return [
                words.say(
                    "figure.name_value", language, name=names[str(key)], value=figure_text(value)
                )
                for key, value in part.items()
            ]

        high, low = told(ranked.head(most)), told(ranked.tail(most)[::-1])
        text = words.say("figure.ends", language, high=high, low=low)
    missing = int(values.isna().sum())
    key = "figure.plain_alt_missing" if missing else "figure.plain_alt"
    values_told = {"title": heading, "text": text} | ({"count": missing} if missing else {})
    return words.say(key, language, **values_told)
