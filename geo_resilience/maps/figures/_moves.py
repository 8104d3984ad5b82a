"""Figures of what moved between the first and the last year: scores on a map, ranks as lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from geo_resilience.errors import InputError
from geo_resilience.maps.drawing._style import DIVERGING, class_colors, class_of
from geo_resilience.maps.figures._charts import (
    chart_axes,
    column_heads,
    dots,
    label_ends,
    name_rows,
    quiet_numbers,
    region_rows,
    row_axes,
    trimmed,
    year_ticks,
)
from geo_resilience.maps.figures._context import Scene, drawing, some
from geo_resilience.maps.figures._figure import Sheet
from geo_resilience.maps.figures._furniture import classed
from geo_resilience.maps.figures._map_plate import region_map
from geo_resilience.maps.figures._style import HAIR, MUTED, PAPER, text_width

#: Classes of a change on each side of no change.
_SIDES = 3

#: Regions whose lines are colored: those that rose and fell most.
_MOVERS = 3

#: Most indicators drawn in columns.
_COLUMNS = 16

#: Color of who rose, and of who fell.
ROSE, FELL = DIVERGING[-1], DIVERGING[0]


def _composites(scene: Scene) -> pd.DataFrame:
    """Give composites by region and year; an error where there is but one year."""
    if len(scene.years) < 2:
        raise InputError("figures.nothing", table="scores", asked=["year"])
    return scene.table("scores").pivot(index="adcode", columns="year", values="composite")


@drawing("scores")
def change_map(scene: Scene) -> Sheet:
    """Draw how each region's composite changed from the first year to the year asked for."""
    wide = _composites(scene)
    first, last = scene.years[0], scene.year
    change = some((wide[last] - wide[first]).dropna(), "scores", f"{last} - {first}")
    step = _step(float(change.abs().max()))
    edges = (step * np.arange(-_SIDES + 1, _SIDES)).tolist()
    colors = class_colors(2 * _SIDES, DIVERGING)
    labels = [_bounds(scene, *ends) for ends in pairwise([-np.inf, *edges, np.inf])]
    fills, entries = classed(change.index, class_of(change.to_numpy(), edges), labels, colors)
    title = scene.word("change_map.title", first=first, last=last)
    sheet, *_ = region_map(
        scene, title, "change", fills, entries[::-1], scene.word("change_map.note")
    )
    sheet.alternative_text = scene.word(
        "change_map.alt",
        title=title,
        rose=int((change > 0).sum()),
        fell=int((change < 0).sum()),
        ends=scene.ends(change),
    )
    return sheet


def _step(most: float) -> float:
    """Give a round width of classes by which the largest change lies in the last one."""
    raw = most / _SIDES or 0.01
    power = 10.0 ** np.floor(np.log10(raw))
    return float(
        next(power * each for each in (1, 2, 2.5, 5, 10) if power * each >= raw * (1 - 1e-9))
    )


def _bounds(scene: Scene, low: float, high: float) -> str:
    if np.isinf(low):
        return scene.word("change_map.below", value=f"{high:+g}".replace("-", "\u2212"))
    if np.isinf(high):
        return scene.word("change_map.above", value=f"{low:+g}".replace("-", "\u2212"))
    told = [f"{each:+g}".replace("-", "\u2212") if each else "0" for each in (low, high)]
    return scene.word("between", low=told[0], high=told[1])


@drawing("contributions", "scores")
def change_bars(scene: Scene) -> Sheet:
    """Draw by how much each indicator moved each region's composite, a column an indicator."""
    first, last = scene.years[0], scene.year
    asked = {"from": first, "to": last}
    rows = scene.rows("contributions", **asked)
    rows = some(
        rows[rows["adcode"].fillna("") != ""].dropna(subset=["contribution"]),
        "contributions",
        *(f"{name} = {year}" for name, year in asked.items()),
    )
    whole = rows[rows["level"] == "total"].set_index("adcode")["contribution"]
    parts = rows[rows["level"] == "indicator"].pivot(
        index="adcode", columns="code", values="contribution"
    )
    codes = _moving(parts, [code for code in scene.results.framework.codes if code in parts])
    ordered = whole.sort_values(ascending=False, kind="stable").index
    table = pd.concat([whole.rename("composite"), parts[codes]], axis=1)
    told = [scene.variable(code) for code in table]
    title = scene.word("change_bars.title", first=first, last=last)
    note = scene.word("change_bars.note")
    left = scene.word("change_bars.left", count=parts.shape[1] - len(codes))
    note = scene.joined([note, left]) if parts.shape[1] > len(codes) else note
    lines = 2 if scene.layout.width > 100 else 1
    sheet = columns_of_bars(scene, table.loc[ordered], told, title, note, lines)
    moved = parts[codes].abs().mean().sort_values(ascending=False, kind="stable")
    sheet.alternative_text = scene.word(
        "change_bars.alt",
        title=title,
        names=scene.listed([scene.variable(str(code)) for code in moved.index[:3]]),
        ends=scene.ends(whole),
    )
    return sheet


def _moving(parts: pd.DataFrame, codes: list[str]) -> list[str]:
    """Give the indicators to draw, those that moved most where there are many, in their order."""
    most = parts[codes].abs().mean().nlargest(_COLUMNS).index
    return [code for code in codes if code in most]


def columns_of_bars(
    scene: Scene, table: pd.DataFrame, told: Sequence[str], title: str, note: str, lines: int = 2
) -> Sheet:
    """Draw each column of a table as bars about a zero of its own, all to one scale."""
    heads, head = column_heads(told, lines, scene.layout.text * 0.9)
    sheet, axes, keys, _ = region_rows(
        scene, list(table.index), title, note, extra=head + 2, above=head, below=2
    )
    _bars(axes, table.loc[keys], heads, scene.layout.text * 0.72)
    return sheet


def _bars(axes: Axes, table: pd.DataFrame, heads: list[str], size: float) -> None:
    values = table.to_numpy(dtype=float)
    reach = float(np.nanmax(np.abs(values), initial=0.0)) or 1.0
    zeros, edge = [], 0.0
    for column in values.T:
        low, high = (
            max(float(np.nanmax(side * column, initial=0.0)), 0.17 * reach) for side in (-1, 1)
        )
        zeros.append(edge + low)
        edge += low + high + 0.1 * reach
    rows = np.arange(len(table))
    for zero, column in zip(zeros, values.T, strict=True):
        shown = np.isfinite(column)
        colors = [ROSE if value > 0 else FELL for value in column[shown]]
        axes.barh(rows[shown], column[shown], 0.72, left=zero, color=colors, zorder=3)
        axes.axvline(zero, color=HAIR, linewidth=0.6, zorder=2)
    axes.set_xlim(-0.05 * reach, edge)
    axes.set_xticks(zeros, heads, rotation=90, ma="left", linespacing=1.0)
    axes.tick_params(axis="x", top=True, bottom=False, labeltop=True, labelbottom=False, length=0)
    axes.spines["bottom"].set_visible(False)
    for row, value in enumerate(values[:, 0]):
        if np.isfinite(value):
            place = zeros[0] + max(value, 0.0) + 0.02 * reach
            axes.text(
                place,
                row,
                f"{value:+.3f}".replace("-", "\u2212"),
                va="center",
                size=size,
                color=MUTED,
            )


@drawing("scores")
def rank_lines(scene: Scene) -> Sheet:
    """Draw the rank of each region over the years, those colored that rose and fell most."""
    wide = _composites(scene)
    ranks = some(wide.rank(ascending=False, method="min").dropna(), "scores", "composite")
    sheet, axes = slopes(scene, "rank_lines", scene.spanned("rank_lines"), ranks)
    year_ticks(axes, list(ranks.columns))
    return sheet


def slopes(scene: Scene, name: str, title: str, ranks: pd.DataFrame) -> tuple[Sheet, Axes]:
    """Draw ranks as lines, a row a region and a column a place on the way."""
    years = list(ranks.columns)
    ranks = ranks.sort_values(years[-1], kind="stable")
    moved = ranks[years[0]] - ranks[years[-1]]
    order = moved.sort_values(kind="stable")
    fell = set(order[order < 0].index[:_MOVERS])
    rose = set(order[order > 0].index[-_MOVERS:])
    keys, left_out = trimmed([str(key) for key in ranks.index])
    names = {key: scene.name(key) for key in keys}
    size = scene.layout.text * 0.93
    room = min(max(text_width(name, size) for name in names.values()) + 6, 0.3 * scene.layout.width)
    note = scene.word(f"{name}.note")
    left = scene.word("rows_left_out", count=left_out) if left_out else ""
    sheet = scene.sheet(len(keys) * scene.layout.line * 0.9 + 14, title, note, left)
    axes = chart_axes(sheet, right=room, below=6)
    lowest = int(ranks.loc[keys].max(axis=None))
    axes.set_ylim(-lowest - 0.6, -0.4)
    marks = [1, *range(5, lowest + 1, max(5, lowest // 8 // 5 * 5))]
    axes.set_yticks([-mark for mark in marks], [f"{mark}" for mark in marks])
    axes.set_xlim(years[0], years[-1])
    ends = []
    for key in keys:
        color = ROSE if key in rose else FELL if key in fell else HAIR
        strong = color != HAIR
        axes.plot(
            years, -ranks.loc[key], color=color, linewidth=1.6 if strong else 1.0, zorder=2 + strong
        )
        ends.append((names[key], -float(ranks.at[key, years[-1]]), color))
    label_ends(axes, sheet, years[-1], ends, room=room)
    axes.set_ylabel(scene.word("axis.rank"))
    told = {
        way: scene.listed([_moved(scene, key, moved) for key in ranks.index if key in those])
        for way, those in (("rose", rose), ("fell", fell))
    }
    sheet.alternative_text = scene.word(f"{name}.alt", title=title, **told)
    return sheet, axes


@drawing("what_if", "scores")
def what_if_ranks(scene: Scene) -> Sheet:
    """Draw which ranks suppositions would change, a row a region that moves.

    A target that is out of reach moves nothing.
    """
    table = scene.table("what_if").dropna(subset=["rank", "new_rank"])
    moved = (table["rank"] != table["new_rank"]) & table["reason"].isna()
    table = some(table[moved], "what_if", "rank, new_rank")
    order = list(dict.fromkeys(table["scenario"]))
    table = table.assign(place=table["scenario"].map(order.index))
    table = table.sort_values(["place", "new_rank"], kind="stable").reset_index(drop=True)
    labels, left_out = trimmed([str(label) for label in table.index])
    table = table.loc[[int(label) for label in labels]]
    told = [
        scene.word("what_if_ranks.row", region=scene.name(row.adcode), scenario=row.scenario)
        for row in table.itertuples()
    ]
    names, room = name_rows(scene, told, 0.5)
    left = scene.word("rows_left_out", count=left_out) if left_out else ""
    title, note = scene.word("what_if_ranks.title"), scene.word("what_if_ranks.note")
    sheet = scene.sheet(len(table) * scene.layout.line * 1.15 + 12, title, note, left)
    axes = row_axes(sheet, names, room)
    rows = np.arange(len(table))
    before, after = table["rank"].to_numpy(float), table["new_rank"].to_numpy(float)
    rose = after < before
    for held, color in ((rose, ROSE), (~rose, FELL)):
        axes.hlines(rows[held], before[held], after[held], color=color, linewidth=1.6, zorder=2)
        dots(axes, after[held], rows[held], "o", color)
    dots(axes, before, rows, "o", PAPER)
    ends = np.concatenate([before, after])
    axes.set_xlim(ends.min() - 1, ends.max() + 1)
    quiet_numbers(axes, "x")
    axes.set_xlabel(scene.word("axis.rank"))
    parts = [
        scene.word("what_if_ranks.part", scenario=name, names=_told_ranks(scene, rows))
        for name, rows in table.groupby("scenario", sort=False)
    ]
    parts_told = scene.joined(parts)
    sheet.alternative_text = scene.word("what_if_ranks.alt", title=title, parts=parts_told)
    return sheet


def _told_ranks(scene: Scene, rows: pd.DataFrame) -> str:
    """Tell whose rank would change from which to which."""
    return scene.listed(
        [
            scene.word("what_if_ranks.moved", name=scene.name(key), rank=int(now), then=int(then))
            for key, now, then in zip(rows["adcode"], rows["rank"], rows["new_rank"], strict=True)
        ]
    )


def _moved(scene: Scene, key: str, moved: pd.Series) -> str:
    value = f"{int(moved[key]):+d}".replace("-", "\u2212")
    return scene.word("name_value", name=scene.name(key), value=value)
