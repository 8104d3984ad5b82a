"""Figures of early warning: the levels of a year on a map, and over the years as a strip."""

from __future__ import annotations

from typing import Any

from matplotlib.patches import Rectangle

from geo_resilience import words
from geo_resilience.chain.management._early_warning import WARNING_LEVELS
from geo_resilience.maps.drawing._style import WARNING_COLORS
from geo_resilience.maps.figures._charts import region_rows, year_ticks
from geo_resilience.maps.figures._context import Scene, drawing, some
from geo_resilience.maps.figures._figure import Sheet
from geo_resilience.maps.figures._furniture import Entry
from geo_resilience.maps.figures._map_plate import region_map
from geo_resilience.maps.figures._style import PAPER

#: Levels from none to the gravest, each with its color.
LEVELS = dict(zip(WARNING_LEVELS, WARNING_COLORS, strict=True))


def _level(scene: Scene, level: str) -> str:
    return words.say(f"chain.warning.{level}", scene.language)


@drawing("warnings")
def warning_map(scene: Scene) -> Sheet:
    """Draw the warning level of each region in a year."""
    table = scene.of_year("warnings", forecast=False).set_index("adcode")
    levels = table["level"].dropna().astype(str)
    counts = levels.value_counts()
    fills: dict[str, str | None] = {str(key): LEVELS[level] for key, level in levels.items()}
    entries = [
        Entry(_level(scene, level), color, int(counts.get(level, 0)))
        for level, color in reversed(LEVELS.items())
    ]
    title = scene.titled("warning_map")
    sheet, *_ = region_map(scene, title, "warning", fills, entries, scene.word("warning_map.note"))
    told = [
        scene.word(
            "warning_map.part",
            level=_level(scene, level),
            names=scene.listed([scene.name(key) for key in levels.index[levels == level]]),
        )
        for level in reversed(LEVELS)
        if level != "none" and counts.get(level, 0)
    ]
    parts = scene.joined(told) or scene.word("none")
    sheet.alternative_text = scene.word("warning_map.alt", title=title, parts=parts)
    return sheet


@drawing("warnings")
def warning_strip(scene: Scene) -> Sheet:
    """Draw the warning level of each region over the years, forecast years apart."""
    table = some(scene.table("warnings").dropna(subset=["level"]), "warnings", "level")
    wide = table.pivot(index="adcode", columns="year", values="level").astype(object)
    forecast = set(table.loc[table["forecast"].eq(True), "year"])
    grave = wide[scene.year].map({level: place for place, level in enumerate(LEVELS)})
    ordered = grave.sort_values(ascending=False, kind="stable").index
    title, note = scene.word("warning_strip.title"), scene.word("warning_strip.note")
    sheet, axes, keys, _ = region_rows(scene, list(ordered), title, note, extra=12)
    years = [int(year) for year in wide.columns]
    for place, year in enumerate(years):
        for row, key in enumerate(keys):
            level = wide.at[key, year]
            if isinstance(level, str):
                look: dict[str, Any] = {
                    "facecolor": LEVELS[level],
                    "edgecolor": PAPER,
                    "linewidth": 0.6,
                }
                hatch = "////" if year in forecast else None
                axes.add_patch(Rectangle((place - 0.5, row - 0.45), 1, 0.9, hatch=hatch, **look))
    axes.set_xlim(-0.5, len(years) - 0.5)
    year_ticks(axes, [])
    axes.set_xticks(range(len(years)), [str(year) for year in years])
    red = int((wide[scene.year] == "red").sum())
    sheet.alternative_text = scene.word(
        "warning_strip.alt", title=title, count=int((wide[scene.year] != "none").sum()), red=red
    )
    return sheet
