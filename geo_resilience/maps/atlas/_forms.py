"""Other forms of the map that the page holds: tiles alike in size, and circles that stand apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_resilience import words
from geo_resilience.indicators import Indicator, Variable
from geo_resilience.maps.drawing._cartograms import circles, tile_letters, tile_places
from geo_resilience.maps.drawing._geometry import Ground
from geo_resilience.maps.drawing._topology import pack_numbers
from geo_resilience.maps.drawing._units import measure_of
from geo_resilience.results import Results
from geo_resilience.text import Text

#: Of more regions circles are too small to be told apart, and take seconds to lay.
MOST = 600

#: Area of all circles together, as a share of that of the map's frame.
SHARE = 0.4

#: Map units of half a tile's side.
HALF = 25


@dataclass(frozen=True)
class Sized:
    """A total by region that circles are drawn by.

    - ``name``: what it is, with its year.
    """

    values: pd.Series
    name: Text


def sized_by(results: Results) -> Sized | None:
    """Give the total that a study's circles are drawn by, in its last year.

    Population where the study has it, else what it produces, else any other variable or indicator
    whose unit sums over regions; None where the results hold no such numbers, as those that were
    read back from a folder.
    """
    framework = results.framework
    roles = ("population", "output")
    first = [each for role in roles for each in framework.variables if each.role == role]
    others: list[Indicator | Variable] = [*framework.variables, *framework.indicators]
    summed = [each for each in others if measure_of(each.unit) == "total"]
    for table in (getattr(results.panel, "variables", None), results.raw):
        for each in [*first, *summed]:
            if table is None or each.code not in table.columns:
                continue
            values = table[each.code].dropna()
            if values.empty or (values < 0).any():
                continue
            year = values.index.get_level_values("year").max()
            name = Text.worded("atlas_form.of_year", name=each.name, year=year)
            return Sized(values.xs(year, level="year").rename(str), name if year else each.name)
    return None


def forms_content(
    ground: Ground, anchors: NDArray[np.float64], scale: float, sized: Sized | None
) -> dict[str, Any]:
    """Give the forms that regions can be drawn in: the middle and half the width of each shape."""
    keys = [str(key) for key in ground.shapes]
    if len(keys) > MOST:
        return {}
    places = tile_places(keys)
    forms: dict[str, Any] = {}
    if len(places) == len(keys):
        cells = np.array([(2 * column, -2 * row, 1) for column, row in places.values()])
        forms["tiles"] = {
            **_form(cells, HALF, Text.worded("figure.equal_map.note_tiles")),
            "letters": {words.LANGUAGES[0]: list(tile_letters(keys).values())},
        }
    values, told = _sizes(keys, sized)
    west, south, east, north = ground.frame
    centers, radii = circles(anchors[:, :2], values, SHARE * (east - west) * (north - south))
    # In whole steps: a step less of radius than there is, so that rounding lays none on another.
    cells = np.column_stack([np.round(centers), np.maximum(np.floor(radii) - 1, 1)]).astype(int)
    forms["circles"] = _form(cells, scale, told)
    return forms


def _form(cells: NDArray[np.int_], scale: float, said: Text) -> dict[str, Any]:
    steps = np.diff(cells, axis=0, prepend=0).ravel()
    return {"at": pack_numbers(steps), "scale": scale, "said": said}


def _sizes(keys: list[str], sized: Sized | None) -> tuple[NDArray[np.float64], Text]:
    """Give how large the circles are and what is said of it; alike where most have no total."""
    pushed = Text.worded("figure.equal_map.note_circles")
    values = np.full(len(keys), np.nan)
    if sized is not None:
        values = sized.values.reindex(keys).to_numpy(dtype=float)
    known = values > 0
    if 2 * known.sum() <= len(keys):
        return np.ones(len(keys)), _joined(pushed, Text.worded("atlas_form.alike"))
    told = [pushed, Text.worded("atlas_form.sized", name=sized.name if sized else "")]
    if not known.all():
        told.append(Text.worded("atlas_form.unsized"))
    return np.where(known, values, values[known].min()), _joined(*told)


def _joined(*told: Text) -> Text:
    """Give sentences as one text."""
    return Text.each(
        lambda language: words.joined([t[language] for t in told], language, "sentences")
    )
