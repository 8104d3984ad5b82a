"""Maps of the index: the grades of a year, of every year, and how sure a grade is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from geo_resilience import tables
from geo_resilience.errors import InputError
from geo_resilience.maps.drawing._style import class_colors, class_of, palette
from geo_resilience.maps.figures._context import Scene, drawing
from geo_resilience.maps.figures._equal import equal_shapes, equal_sheet
from geo_resilience.maps.figures._figure import EDGE, Sheet
from geo_resilience.maps.figures._furniture import Entry, add_legend, classed, millimetres
from geo_resilience.maps.figures._map_plate import region_map
from geo_resilience.maps.figures._regions import (
    DOUBT,
    canvas_of,
    fill_regions,
    frame_axes,
    outline,
)
from geo_resilience.maps.figures._style import INK, MUTED, PAPER, wrapped
from geo_resilience.results._ink import ink_on
from geo_resilience.words import Phrase, joined

#: Looks of outlines, by their order: lines that differ in gray print too.
OUTLINES = (
    {"edgecolors": INK, "linewidths": 1.0, "linestyles": "solid"},
    {"edgecolors": "#9c2f2f", "linewidths": 1.2, "linestyles": "dashed"},
    {"edgecolors": "#6b4a12", "linewidths": 1.3, "linestyles": "dotted"},
    {"edgecolors": "#444b9c", "linewidths": 1.2, "linestyles": "dashdot"},
)

#: Shares at which the probability of a grade is cut into classes.
SURE = (0.5, 0.6, 0.7, 0.8, 0.9)

#: A grade with which a smaller share of the draws agrees is in doubt.
DOUBTFUL = SURE[0]


@drawing("scores")
def graded_map(scene: Scene, *, outlines: Sequence[str] = ("zones",)) -> Sheet:
    """Draw the grades of one year as a map; a grade with which few draws agree is hatched.

    outlines : sequence of str
        Names of groupings (``zones``) or ids of groups (``coastal_belt``) to draw lines around.
    """
    table = scene.of_year("scores")
    grades = table.set_index("adcode")["grade"].astype(object)
    lines, colors, doubted = _lines(scene, outlines), _grade_colors(scene, grades), _doubted(scene)
    entries = _grade_entries(scene, grades)
    if doubted:
        label = scene.word("graded_map.doubted")
        entries.append(Entry(label, PAPER, len(doubted), hatch=DOUBT))
    sheet, axes, plate = region_map(
        scene,
        scene.titled("graded_map"),
        "grades",
        colors,
        entries,
        _relative_note(scene),
        scene.word("graded_map.doubted_note") if doubted else "",
        scene.word("graded_map.note", cuts=[f"{cut:g}" for cut in scene.found.grading.cuts]),
        lines=[Entry(name, line=_legend_line(look)) for name, _, look in lines],
        hatched={key: ink_on(colors[key] or PAPER, INK) for key in doubted},
        first=_ends(table),
    )
    for _, groups, look in lines:
        for members in groups:
            outline(axes, plate.canvas, members, inner=len(groups) > 1, **look)
    sheet.alternative_text = _told_grades(scene, grades, table, doubted)
    return sheet


def _doubted(scene: Scene) -> list[str]:
    """Give the regions whose grade less than half of the draws agree with, the least sure first."""
    if tables.of(scene.results, "uncertainty", year=scene.year).empty:
        return []
    sure = sureness(scene)
    return [str(key) for key in sure[sure < DOUBTFUL].sort_values(kind="stable").index]


def _ends(table: pd.DataFrame) -> list[str]:
    """Give the three regions that stand highest and the three that stand lowest."""
    ordered = table.sort_values("composite", ascending=False, kind="stable")["adcode"].astype(str)
    return [*ordered.head(3), *ordered.tail(min(3, max(len(ordered) - 3, 0)))]


def _relative_note(scene: Scene) -> str:
    """Say by which method the scores themselves were parted; nothing where cuts were given."""
    grading = scene.found.grading
    method = Phrase(f"grades.{grading.method}")
    return scene.word("relative_grades", method=method) if grading.relative else ""


def _grade_colors(scene: Scene, grades: pd.Series) -> dict[str, str | None]:
    return {str(key): scene.found.grading.color(str(grade)) for key, grade in grades.items()}


def _grade_entries(scene: Scene, grades: pd.Series) -> list[Entry]:
    counts, grading = grades.value_counts(), scene.found.grading
    ends = [0.0, *grading.cuts, 1.0]
    entries = []
    for grade, low, high in reversed(list(zip(grading.names, ends, ends[1:], strict=False))):
        bounds = scene.word("between", low=f"{low:g}", high=f"{high:g}")
        label = scene.word("labelled", label=scene.grade(grade), bounds=bounds)
        entries.append(Entry(label, grading.color(grade), int(counts.get(grade, 0))))
    return entries


def _lines(
    scene: Scene, outlines: Sequence[str]
) -> list[tuple[str, list[tuple[str, ...]], Mapping[str, object]]]:
    """Find what is to be outlined: a name, its groups' members and a look."""
    groupings = scene.results.groupings or {}
    found: list[tuple[str, list[tuple[str, ...]]]] = []
    for asked in outlines:
        if asked in groupings:
            name = scene.word(f"outline.{asked}") if asked in ("zones", "north_south") else asked
            found.append((name, [group.members for group in groupings[asked].groups]))
            continue
        own = [
            (group.name[scene.language], [group.members])
            for grouping in groupings.values()
            for group in grouping.groups
            if group.id == asked
        ]
        if not own and asked not in ("zones", "north_south"):
            ids = [group.id for each in groupings.values() for group in each.groups]
            raise InputError("figures.group_unknown", found=asked, known=[*groupings, *ids])
        found += own
    return [
        (name, groups, OUTLINES[place % len(OUTLINES)])
        for place, (name, groups) in enumerate(found)
    ]


def _legend_line(look: Mapping[str, object]) -> dict[str, object]:
    return {
        "color": look["edgecolors"],
        "linewidth": look["linewidths"],
        "linestyle": look["linestyles"],
    }


def _told_grades(
    scene: Scene, grades: pd.Series, table: pd.DataFrame, doubted: Sequence[str]
) -> str:
    ranked = table.sort_values("composite", ascending=False, kind="stable")
    parts = []
    for grade in reversed(scene.found.grading.names):
        held = [scene.name(key) for key in ranked["adcode"] if grades.get(key) == grade]
        if held:
            parts.append(told_part(scene, scene.grade(grade), held))
    if doubted:
        names = [scene.name(key) for key in doubted]
        parts.append(told_part(scene, scene.word("graded_map.doubted_alt"), names))
    return scene.word(
        "graded_map.alt",
        title=scene.titled("graded_map"),
        parts=scene.joined(parts),
        ends=scene.ends(table.set_index("adcode")["composite"]),
    )


def told_part(scene: Scene, label: str, names: Sequence[str]) -> str:
    """Tell which regions a class of a map holds."""
    listed = scene.listed(names)
    return scene.word("graded_map.part", grade=label, count=len(names), names=listed)


@drawing("scores")
def yearly_maps(scene: Scene) -> Sheet:
    """Draw the grades of every year as small maps side by side."""
    table = scene.table("scores")
    years = scene.years
    base = scene.results.regions.base
    canvas = canvas_of(scene.results.regions.frame, base, small=True)
    columns = min(len(years), 2 if scene.layout.width < 100 else 3)
    rows = math.ceil(len(years) / columns)
    inner = scene.layout.width - 2 * EDGE
    wide = min((inner - 3 * (columns - 1)) / columns, 80.0)
    high = wide * canvas.ratio
    grades = {
        year: rows.set_index("adcode")["grade"].astype(object)
        for year, rows in table.groupby("year")
    }
    counts = {year: _counted(scene, grades[year]) for year in years}
    told = {year: wrapped(scene.listed(counts[year]), wide, _small(scene)) for year in years}
    lines = max(map(len, told.values()))
    head = (1.1 + lines) * scene.layout.line + 1.2
    legend = (2.2 if scene.layout.width > 100 else 4.4) * scene.layout.line + 2
    body = rows * (high + head) + legend
    title = scene.spanned("graded_map")
    drawn = len(canvas.keys) + len(base.areas)
    blank = not table["grade"].notna().all() or drawn > table["adcode"].nunique()
    notes = [_relative_note(scene), scene.word("yearly_maps.note"), *base.told(scene.language)]
    sheet = scene.sheet(body, title, *notes)
    parts = []
    for place, year in enumerate(years):
        row, column = divmod(place, columns)
        bottom = body - (row + 1) * (high + head)
        axes = sheet.room(EDGE + column * (wide + 3), bottom, wide, high)
        frame_axes(axes, canvas.view(), framed=False)
        fill_regions(axes, canvas, _grade_colors(scene, grades[year]), border=0.25)
        _head(sheet, scene, axes, year, told[year])
        part = scene.word("yearly_maps.part", year=year, counts=counts[year])
        parts.append(part if scene.dated else scene.listed(counts[year]))
    _shared_legend(scene, sheet, legend, blank=blank)
    joined = scene.joined(parts)
    sheet.alternative_text = scene.word("yearly_maps.alt", title=title, parts=joined)
    return sheet


def _small(scene: Scene) -> float:
    """Size of the counts above a small map."""
    return scene.layout.text * 0.82


def _head(sheet: Sheet, scene: Scene, axes: Axes, year: int, told: list[str]) -> None:
    """Write the year and the lines of the counts of its grades above a small map."""
    place, size = axes.get_position(), _small(scene)
    line = scene.layout.line / sheet.tall
    low, text = place.y1 + 0.6 / sheet.tall, "\n".join(told)
    sheet.text(place.x0, low, text, size=size, color=MUTED, va="bottom")
    if scene.dated:
        top, bold = low + 0.85 * len(told) * line, scene.layout.text
        sheet.text(place.x0, top, str(year), size=bold, weight="bold", va="bottom")


def _shared_legend(scene: Scene, sheet: Sheet, legend: float, *, blank: bool) -> None:
    """Draw the one legend of several maps below them."""
    inner = scene.layout.width - 2 * EDGE
    grading = scene.found.grading.by_name
    entries = [Entry(scene.grade(name), color) for name, color in reversed(grading.items())]
    entries += [Entry(scene.word("no_data"))] if blank else []
    room = sheet.room(EDGE, 0, inner, legend)
    millimetres(room, inner, legend)
    per_row = len(entries) if scene.layout.width > 100 else 2
    look: dict[str, Any] = {"title": "", "top": legend - 2.0, "width": inner, "columns": per_row}
    add_legend(room, entries, scene.layout, **look)


def _counted(scene: Scene, grades: pd.Series) -> list[str]:
    counts = grades.value_counts()
    return [
        scene.word("count_of", label=scene.grade(grade), count=int(counts[grade]))
        for grade in reversed(scene.found.grading.names)
        if counts.get(grade, 0)
    ]


@drawing("scores", "uncertainty")
def probability_map(scene: Scene) -> Sheet:
    """Draw how probable the grade of each region is under other choices of method."""
    sure = sureness(scene)
    colors = class_colors(len(SURE) + 1, palette("purples"))
    labels = [
        scene.word("between", low=f"{low:.0%}", high=f"{high:.0%}")
        for low, high in pairwise((0.0, *SURE, 1.0))
    ]
    fills, entries = classed(sure.index, class_of(sure.to_numpy(), SURE), labels, colors)
    title, note = scene.titled("probability_map"), scene.word("probability_map.note")
    sheet, *_ = region_map(scene, title, "probability", fills, entries[::-1], note)
    unsure = sure[sure < DOUBTFUL].sort_values(kind="stable")
    sheet.alternative_text = scene.word(
        "probability_map.alt",
        title=title,
        ends=scene.ends(sure * 100, digits=0),
        count=len(unsure),
        names=scene.listed([scene.name(key) for key in unsure.index]),
    )
    return sheet


def sureness(scene: Scene) -> pd.Series:
    """Give the probability of the grade that the study gives, by key."""
    grades = scene.of_year("scores").set_index("adcode")["grade"].astype(object)
    table = scene.of_year("uncertainty").set_index("adcode")
    values = {
        key: float(table.at[key, f"p_{str(grade).lower()}"])
        for key, grade in grades.items()
        if key in table.index and grade in scene.found.grading.names
    }
    return pd.Series(values, dtype=float)


@drawing("scores")
def equal_map(scene: Scene, *, form: str = "", sizes: Mapping[str, float] | None = None) -> Sheet:
    """Draw the grades of one year on regions alike in size, so that small ones are seen.

    form : str
        ``tiles`` (provincial units alone) or ``circles``; tiles where every region has one, unless
        named.
    sizes : mapping of key to number, optional
        How large circles are, in proportion; alike without it.
    """
    table = scene.of_year("scores")
    grades = table.set_index("adcode")["grade"].astype(object)
    canvas = canvas_of(scene.results.regions.frame, scene.results.regions.base)
    form, shapes = equal_shapes(canvas, form, sizes)
    bare = [key for key in shapes if key not in grades.index]
    entries = _grade_entries(scene, grades)
    entries += [Entry(scene.word("no_data"), None, len(bare))] if bare else []
    notes = [form, *(["alike"] if form == "circles" and sizes is None else [])]
    told = [scene.word(f"equal_map.note_{each}") for each in notes]
    note = joined(told, scene.language, "sentences")
    sheet = equal_sheet(scene, shapes, _grade_colors(scene, grades), entries, note)
    sheet.alternative_text = _told_grades(scene, grades, table, ())
    return sheet
