"""A map with all its furniture on a sheet: beside the map or below it, never on top of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geo_resilience.maps.figures._base_map import add_context, context_entries
from geo_resilience.maps.figures._charts import inside
from geo_resilience.maps.figures._context import Scene
from geo_resilience.maps.figures._figure import EDGE, Sheet
from geo_resilience.maps.figures._furniture import (
    Entry,
    add_graticule,
    add_inset_scale,
    add_legend,
    add_north,
    add_scale,
    legend_height,
    legend_width,
    millimetres,
)
from geo_resilience.maps.figures._names import add_names
from geo_resilience.maps.figures._regions import (
    Canvas,
    canvas_of,
    fill_regions,
    frame_axes,
    hatch_regions,
)
from geo_resilience.maps.figures._style import MUTED, Layout, shortened

#: Up to so many regions are named.
MOST_NAMED = 60

#: So few names find room on any map.
FEW_NAMED = 6

#: Millimetres left of the map for degrees, and below it.
DEGREES_LEFT, DEGREES_BELOW = 7.0, 4.0

#: Tallest map of a layout in millimetres.
TALLEST = {"half": 110.0, "journal": 170.0, "report": 150.0, "portrait": 200.0, "landscape": 135.0}


@dataclass(frozen=True)
class Captions:
    """What stands on a map: title of the legend, language, caption of the inset, names by key."""

    title: str
    language: str
    inset: str
    names: Mapping[str, str]


class Plate:
    """Where the parts of a map stand on a sheet."""

    def __init__(
        self,
        layout: Layout,
        canvas: Canvas,
        entries: Sequence[Entry],
        hatched: Mapping[str, str] | None = None,
    ) -> None:
        self.layout, self.canvas, self.entries = layout, canvas, list(entries)
        self.hatched = hatched or {}
        inner = layout.width - 2 * EDGE - DEGREES_LEFT
        self.label = legend_width(self.entries, layout) + 0.1
        side = max(0.24 * layout.width, 38.0, self.label) if layout.beside else 0.0
        self.side = min(side, 58.0)
        wide = inner - (self.side + 4 if layout.beside else 0)
        self.wide = min(wide, TALLEST[layout.name] / canvas.ratio)
        self.high = self.wide * canvas.ratio
        self.columns = 2 if layout.name == "portrait" else 1
        self.legend = legend_height(self.entries, layout, self.columns)
        inset = canvas.ground.inset
        self.inset_ratio = 0.0 if inset is None else (inset[3] - inset[1]) / (inset[2] - inset[0])
        if layout.beside:
            self.inset_wide = min(self.side - 2, 46 / self.inset_ratio) if inset else 0.0
            needed = self.legend + 16 + self.inset_wide * self.inset_ratio
            self.body = max(self.high + DEGREES_BELOW, needed)
        else:
            self.inset_wide = min(0.2 * layout.width, 30 / self.inset_ratio) if inset else 0.0
            below = max(self.legend + 13, self.inset_wide * self.inset_ratio)
            self.under = below + 2
            self.body = self.high + DEGREES_BELOW + self.under

    def free_beside(self) -> tuple[float, float, float, float] | None:
        """Give the room between legend and scale beside the map: left, bottom, width, height.

        Millimetres of the body; None where there is no room for one.
        """
        if not self.layout.beside:
            return None
        low = self.inset_wide * self.inset_ratio + 4 + 11 + 2.5
        high = min(self.body - self.legend - 2.5 - low, 30.0)
        left = EDGE + DEGREES_LEFT + self.wide + 4
        return (left, low, self.side - 2, high) if high >= 16 else None

    def draw(
        self,
        sheet: Sheet,
        colors: Mapping[str, str | None],
        words: Captions,
    ) -> Any:
        """Draw map, graticule, names, legend, scale, north and inset; give the map's axes."""
        layout, canvas = self.layout, self.canvas
        left = EDGE + DEGREES_LEFT
        bottom = self.body - self.high
        axes = sheet.room(left, bottom, self.wide, self.high)
        frame_axes(axes, canvas.view())
        add_graticule(axes, canvas, layout, words.language)
        fill_regions(axes, canvas, colors)
        hatch_regions(axes, canvas, self.hatched)
        add_context(axes, canvas, words.language, 0.75 * layout.text)
        self.unnamed = self._names(axes, colors, words.names)
        if layout.beside:
            self._beside(sheet, left, colors, words)
        else:
            self._below(sheet, colors, words)
        return axes

    @property
    def crowded(self) -> bool:
        """Whether there is no room for the names of all regions."""
        return len(self.canvas.keys) > MOST_NAMED or self.layout.name == "half"

    def _names(
        self, axes: Any, colors: Mapping[str, str | None], names: Mapping[str, str]
    ) -> list[str]:
        if not names or (len(names) > FEW_NAMED and self.crowded):
            return []
        west, _, east, _ = self.canvas.view()
        size = self.layout.text * (0.8 if len(self.canvas.keys) > 12 else 1.0)
        return add_names(
            axes,
            self.canvas,
            {
                key: shortened(names[key], 0.2 * self.wide, size)
                for key in self.canvas.keys
                if key in names
            },
            colors,
            halo=self.hatched,
            size=size,
            units_a_mm=(east - west) / self.wide,
        )

    def _beside(
        self, sheet: Sheet, left: float, colors: Mapping[str, str | None], words: Captions
    ) -> None:
        x, wide = left + self.wide + 4, self.layout.width - EDGE - (left + self.wide + 4)
        room = sheet.room(x, 0, wide, self.body)
        millimetres(room, wide, self.body)
        width = min(wide, max(6.2 * self.layout.text, self.label))
        look: dict[str, Any] = {"title": words.title, "top": self.body, "width": width}
        add_legend(room, self.entries, self.layout, **look)
        self._inset(sheet, x, colors, words)
        self._bar(sheet, (x, self.inset_wide * self.inset_ratio + 4, wide), wide - 4, 31.0, words)

    def _bar(
        self,
        sheet: Sheet,
        place: tuple[float, float, float],
        most: float,
        north: float,
        words: Captions,
    ) -> None:
        """Draw scale and north in a row of their own: left, bottom, width."""
        bar = sheet.room(*place, 11)
        millimetres(bar, place[2], 11)
        add_scale(bar, self.canvas, self.wide, self.layout, words.language)
        add_north(bar, self.canvas, min(most, north), 0.3, self.layout, words.language)

    def _below(self, sheet: Sheet, colors: Mapping[str, str | None], words: Captions) -> None:
        inner = self.layout.width - 2 * EDGE
        wide = inner - (self.inset_wide + 3 if self.inset_wide else 0)
        room = sheet.room(EDGE, 0, wide, self.under)
        millimetres(room, wide, self.under)
        width = min(wide, max(7.0 * self.layout.text, self.label) * self.columns)
        look: dict[str, Any] = {"title": words.title, "top": self.under - 2, "width": width}
        add_legend(room, self.entries, self.layout, columns=self.columns, **look)
        self._bar(sheet, (EDGE, 0, wide), wide - 5, 38.0, words)
        self._inset(sheet, self.layout.width - EDGE - self.inset_wide, colors, words)

    def _inset(
        self, sheet: Sheet, x: float, colors: Mapping[str, str | None], words: Captions
    ) -> None:
        bounds = self.canvas.ground.inset
        if bounds is None:
            return
        high = self.inset_wide * self.inset_ratio
        axes = sheet.room(x, 0, self.inset_wide, high)
        frame_axes(axes, bounds)
        part, size = self.canvas.clipped(bounds), self.layout.text * 0.8
        fill_regions(axes, part, colors, border=0.4, coast=False, ink=MUTED)
        hatch_regions(axes, part, self.hatched)
        inside(axes, 0.03, 0.02, words.inset, size=size, zorder=6)
        step = 0.03 + 1.2 * self.layout.line / high
        add_inset_scale(axes, bounds, self.canvas.ground.step, step, words.language, size)


def region_map(
    scene: Scene,
    title: str,
    legend: str,
    colors: Mapping[str, str | None],
    entries: Sequence[Entry],
    *notes: str,
    lines: Sequence[Entry] = (),
    named: bool = True,
    hatched: Mapping[str, str] | None = None,
    first: Sequence[str] = (),
) -> tuple[Sheet, Any, Plate]:
    """Draw regions in their colors, with what has no data in legend and note; lines come last.

    hatched are the inks of regions that are hatched over their color; first are named where there
    is no room for all.
    """
    base = scene.results.regions.base
    canvas = canvas_of(scene.results.regions.frame, base)
    blank = [key for key in canvas.keys if colors.get(key) is None]
    bare = [*map(scene.name, blank), *base.area_names(scene.language)]
    no_data = [Entry(scene.word("no_data"), None, len(blank) or None)] if bare else []
    rows = [*entries, *no_data, *lines, *context_entries(canvas, scene.language)]
    plate = Plate(scene.layout, canvas, rows, hatched)
    left = [scene.word("without", names=scene.listed(bare))] if bare else []
    sheet = scene.sheet(plate.body, title, *notes, *left, *base.told(scene.language))
    names = dict(scene.names) if named else {}
    if first and plate.crowded:
        names = {key: names[key] for key in first[:FEW_NAMED] if key in names}
    words = Captions(scene.word(f"legend.{legend}"), scene.language, scene.inset, names)
    return sheet, plate.draw(sheet, colors, words), plate
