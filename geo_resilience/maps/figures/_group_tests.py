"""Figure of groups against the rest: the difference found, over what chance would make of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from geo_resilience import tables
from geo_resilience.errors import InputError
from geo_resilience.maps.figures._charts import (
    legend_above,
    name_rows,
    quiet_numbers,
    row_axes,
    zero_line,
)
from geo_resilience.maps.figures._context import Scene, drawing, number, some
from geo_resilience.maps.figures._figure import EDGE, Sheet
from geo_resilience.maps.figures._style import HAIR, INK, MUTED, PAPER, shortened, text_width
from geo_resilience.statistics._certainty import ALPHA
from geo_resilience.words import joined

#: Each null: its offset from the middle of the row, and its colors from the tails to the middle.
NULLS: dict[str, tuple[float, tuple[str, str, str]]] = {
    "free": (-0.2, ("#b9bfc4", "#d3d8dc", "#a9b1b7")),
    "spatial": (0.2, ("#5b87ad", "#8fb4d3", "#3f719f")),
}

#: Ranges that hold 99, 95 and 50 percent of the draws, and how thick they are drawn in points.
RANGES = (("q005", "q995", 0.8), ("q025", "q975", 2.6), ("q250", "q750", 4.2))

#: Columns of p-values beside the rows, where there are.
P_COLUMNS = ("p_free", "p_spatial", "q_spatial")

#: Verdicts on groups of which nothing can be told.
UNTESTED = ("cannot be tested", "not tested")


@drawing("pattern")
def pattern_test(scene: Scene, *, variable: str = "composite") -> Sheet:
    """Draw how far each group lies from the rest, over the differences that both nulls bring.

    variable : str
        ``composite`` or a dimension's code.
    """
    if not scene.results.groupings:
        raise InputError("figures.no_groups")
    table = scene.of_year("pattern", variable=variable)
    table = table[table["difference"].notna()].drop_duplicates("group").reset_index(drop=True)
    some(table, "pattern", variable)
    # Beside a group that cannot be tested no p stands.
    tests = [column for column in P_COLUMNS if column in table]
    table[tests] = table[tests].mask(table["verdict"].isin(UNTESTED))
    nulls = _nulls(scene, variable)
    shown = [column for column in tests if table[column].notna().any()]
    limit, size = 0.36 * scene.layout.width, scene.layout.text * 0.93
    labels = []
    for group, n in zip(table["group"], table["n"], strict=True):
        count = text_width(scene.word("count_in", name="", count=int(n)), size) + 1
        name = shortened(scene.group(str(group)), limit - count, size)
        labels.append(scene.word("count_in", name=name, count=int(n)))
    names, room = name_rows(scene, labels, 0.36)
    column = 3.4 * scene.layout.text * 0.9
    wide = column * len(shown) if scene.layout.width > 100 else 0.0
    title = scene.titled("pattern_test", variable=scene.variable(variable))
    body = len(names) * scene.layout.line * (1.45 if nulls else 1.12) + 19
    notes = [scene.word("pattern_test.note")]
    notes += [scene.word("pattern_test.ranges")] if nulls else []
    notes += [scene.word("pattern_test.nulls")] if wide else []
    sheet = scene.sheet(body, title, *notes)
    axes = row_axes(sheet, names, room, right=wide + 3, above=8)
    for null, ranges in nulls.items():
        _ranges(axes, table["group"], ranges, null)
    _observed(axes, table, bare=not nulls)
    _limits(axes, table, nulls)
    axes.set_xlabel(scene.word("axis.difference"))
    legend_above(axes, sheet, _handles(scene, list(nulls)))
    if wide:
        _p_columns(sheet, scene, table, shown, column, axes)
    sheet.alternative_text = _told(scene, title, table, nulls)
    return sheet


def _nulls(scene: Scene, variable: str) -> dict[str, pd.DataFrame]:
    """Give the quantiles of each null by group, where the results hold them."""
    table = tables.of(scene.results, "pattern_null", year=scene.year, variable=variable)
    found = {}
    for null in NULLS:
        rows = table[table["null"] == null].drop_duplicates("group").set_index("group")
        if len(rows):
            found[null] = rows
    return found


def _ranges(axes: Axes, groups: pd.Series, ranges: pd.DataFrame, null: str) -> None:
    """Draw the ranges of one null in every row, thicker towards the middle."""
    shift, colors = NULLS[null]
    there = groups.isin(ranges.index).to_numpy()
    rows = np.flatnonzero(there) + shift
    held = ranges.loc[groups[there]]
    for (low, high, thick), color in zip(RANGES, colors, strict=True):
        axes.hlines(rows, held[low], held[high], color=color, linewidth=thick, zorder=2)


def _observed(axes: Axes, table: pd.DataFrame, *, bare: bool) -> None:
    """Mark the differences found; filled where they are beyond what dependence explains."""
    rows = np.arange(len(table))
    values = table["difference"].to_numpy(dtype=float)
    beyond = table["verdict"].isin(["higher", "lower"]).to_numpy()
    zero_line(axes)
    if bare:
        axes.hlines(rows, 0, values, color=MUTED, linewidth=0.9)
    look: dict[str, Any] = {"markeredgecolor": INK, "markeredgewidth": 0.9, "markersize": 5}
    for held, fill in ((beyond, INK), (~beyond, PAPER)):
        axes.plot(values[held], rows[held], "D", color=fill, zorder=4, **look)
    kinds = table["kind"].astype(str).to_numpy()
    for row in np.flatnonzero(kinds[1:] != kinds[:-1]):
        axes.axhline(row + 0.5, color=HAIR, linewidth=0.5, zorder=1)


def _limits(axes: Axes, table: pd.DataFrame, nulls: dict[str, pd.DataFrame]) -> None:
    reach = float(table["difference"].abs().max())
    for ranges in nulls.values():
        reach = max(reach, float(ranges[["q005", "q995"]].abs().to_numpy().max()))
    reach = max(reach * 1.05, 0.01)
    axes.set_xlim(-reach, reach)
    quiet_numbers(axes, "x", most=7)


def _handles(scene: Scene, nulls: list[str]) -> list[Any]:
    """Give the rows of the legend: what was found, and each null."""
    look: dict[str, Any] = {"marker": "D", "linestyle": "", "color": PAPER, "markeredgecolor": INK}
    found = Line2D([], [], markersize=4.5, label=scene.word("pattern_test.found"), **look)
    bands = [Patch(color=NULLS[null][1][1], label=scene.word(f"null.{null}")) for null in nulls]
    return [found, *bands]


def _p_columns(
    sheet: Sheet,
    scene: Scene,
    table: pd.DataFrame,
    shown: list[str],
    column: float,
    axes: Axes,
) -> None:
    """Write the p-values beside the rows, a column a null."""
    layout, size = scene.layout, scene.layout.text * 0.88
    start = layout.width - EDGE - column * len(shown)
    place = axes.get_position()
    for number_, name in enumerate(shown):
        x = (start + (number_ + 1) * column - 0.5) / layout.width
        head = place.y1 + 1.2 / sheet.tall
        told = scene.word(f"null.{name}")
        sheet.text(x, head, told, ha="right", va="bottom", size=size, color=MUTED)
        for row, p in enumerate(table[name]):
            y = place.y0 + place.height * (1 - (row + 0.5) / len(table))
            told = "–" if pd.isna(p) else ("<0.001" if p < 0.001 else f"{p:.3f}")
            weight = "bold" if name == "q_spatial" and pd.notna(p) and p <= ALPHA else "normal"
            sheet.text(x, y, told, ha="right", va="center", size=size, weight=weight)


def _told(scene: Scene, title: str, table: pd.DataFrame, nulls: dict[str, pd.DataFrame]) -> str:
    found = table[table["verdict"].isin(["higher", "lower"])]
    names = [scene.group(str(group)) for group in found["group"]]
    ordered = table.sort_values("difference", kind="stable")

    def told(row: pd.Series) -> str:
        value = number(float(row["difference"]))
        return scene.word("name_value", name=scene.group(str(row["group"])), value=value)

    text = scene.word(
        "pattern_test.alt",
        title=title,
        high=told(ordered.iloc[-1]),
        low=told(ordered.iloc[0]),
        count=len(found),
        names=scene.listed(names),
    )
    parts = [
        scene.word(
            f"pattern_test.alt_{null}",
            names=scene.listed([scene.group(group) for group in _outside(table, ranges)]),
        )
        for null, ranges in nulls.items()
    ]
    return joined([text, *parts], scene.language, "sentences")


def _outside(table: pd.DataFrame, ranges: pd.DataFrame) -> list[str]:
    """Give the groups tested whose difference lies outside the 95 percent range of a null."""
    judged = table["group"].isin(ranges.index) & ~table["verdict"].isin(UNTESTED)
    rows = table[judged].set_index("group")["difference"]
    held = ranges.loc[rows.index]
    outside = (rows < held["q025"]) | (rows > held["q975"])
    return [str(group) for group in rows.index[outside]]
