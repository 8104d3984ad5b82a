"""Figures of what moved between two editions: places, where, by what."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.maps.drawing._style import DIVERGING, class_colors
from geo_resilience.maps.figures._charts import chart_axes
from geo_resilience.maps.figures._context import Scene, drawing, some
from geo_resilience.maps.figures._figure import Sheet
from geo_resilience.maps.figures._furniture import classed
from geo_resilience.maps.figures._map_plate import region_map
from geo_resilience.maps.figures._moves import FELL, ROSE, columns_of_bars, slopes
from geo_resilience.maps.figures._style import HAIR, MUTED
from geo_resilience.results._editions import CAUSES, MOVE_CUTS, last_changes
from geo_resilience.words import say


def _last(scene: Scene, measure: str) -> pd.DataFrame:
    """Give the changes of a measure between the last years, by region."""
    rows = last_changes(scene.results, measure)
    known = rows.dropna(subset=["before", "after"])
    return some(known, "changes", f"measure = {measure}").set_index("adcode")


def _cause(scene: Scene, cause: str) -> str:
    return say(f"cause.{cause}", scene.language)


def _years(scene: Scene, rows: pd.DataFrame) -> dict[str, str]:
    """Name the two editions: by their last years where these differ and both runs have years."""
    years = {"first": int(rows["year_before"].iloc[0]), "last": int(rows["year"].iloc[0])}
    if years["first"] == years["last"] or 0 in years.values():
        return {name: scene.word(f"edition_{name}") for name in years}
    return {name: scene.word("edition", year=year) for name, year in years.items()}


@drawing("changes")
def edition_ranks(scene: Scene) -> Sheet:
    """Draw each region's place in the earlier and the later edition, those colored that moved."""
    rows = _last(scene, "rank")
    ends = _years(scene, rows)
    ranks = rows[["before", "after"]].set_axis([0, 1], axis=1)
    title = scene.word("edition_ranks.title", **ends)
    sheet, axes = slopes(scene, "edition_ranks", title, ranks)
    axes.set_xticks([0, 1], list(ends.values()))
    return sheet


@drawing("changes")
def edition_map(scene: Scene) -> Sheet:
    """Draw by how many places each region rose or fell."""
    rows = _last(scene, "rank")
    moved = rows["change"]
    colors = class_colors(len(MOVE_CUTS) + 1, DIVERGING)[::-1]
    classes = np.searchsorted(MOVE_CUTS, moved.to_numpy(dtype=float))
    labels = [say(f"edition_move.{place}", scene.language) for place in range(len(colors))]
    fills, entries = classed(moved.index, classes, labels, colors)
    title = scene.word("edition_map.title", **_years(scene, rows))
    sheet, *_ = region_map(scene, title, "places", fills, entries, scene.word("edition_map.note"))
    sheet.alternative_text = scene.word(
        "edition_map.alt",
        title=title,
        rose=int((moved < 0).sum()),
        fell=int((moved > 0).sum()),
        kept=int((moved == 0).sum()),
    )
    return sheet


@drawing("changes")
def edition_causes(scene: Scene) -> Sheet:
    """Draw what moved each region's composite, a column a cause, the largest rise first."""
    rows = _last(scene, "composite")
    causes = [cause for cause in CAUSES if rows[cause].abs().max() > 0]
    ordered = rows["change"].sort_values(ascending=False, kind="stable").index
    table = rows[["change", *causes]]
    told = [scene.word("edition_causes.change"), *(_cause(scene, cause) for cause in causes)]
    title = scene.word("edition_causes.title", **_years(scene, rows))
    note = scene.word("edition_causes.note")
    sheet = columns_of_bars(scene, table.loc[ordered], told, title, note)
    most = rows[causes].abs().mean().sort_values(ascending=False, kind="stable")
    sheet.alternative_text = scene.word(
        "edition_causes.alt",
        title=title,
        names=scene.listed([_cause(scene, str(cause)) for cause in most.index[:3]]),
        ends=scene.ends(rows["change"]),
    )
    return sheet


@drawing("changes")
def edition_steps(scene: Scene, *, region: str = "") -> Sheet:
    """Draw a region's composite from the earlier to the later edition, a step a cause.

    region : str
        Its key; the one whose place changed most by default.
    """
    ranks, rows = _last(scene, "rank"), _last(scene, "composite")
    key = region or str(ranks["change"].abs().idxmax())
    if key not in rows.index:
        raise InputError("figures.nothing", table="changes", asked=[f"adcode = {key}"])
    row = rows.loc[key]
    steps = [(cause, float(row[cause])) for cause in CAUSES if abs(row[cause]) > 0]
    title = scene.word("edition_steps.title", name=scene.name(key), **_years(scene, rows))
    sheet = scene.sheet((len(steps) + 2) * scene.layout.line * 1.3 + 14, title)
    labels = [scene.word("edition_first"), *(_cause(scene, cause) for cause, _ in steps)]
    labels.append(scene.word("edition_last"))
    axes = chart_axes(sheet, left=0.34 * scene.layout.width, below=8, right=12)
    at = float(row["before"])
    ends = [at]
    axes.barh(0, at, 0.7, color=HAIR, zorder=3)
    _written(axes, at, 0, f"{at:.3f}", scene)
    for place, (_, step) in enumerate(steps, start=1):
        axes.barh(place, step, 0.7, left=at, color=ROSE if step > 0 else FELL, zorder=3)
        axes.plot([at, at], [place - 1.35, place + 0.35], color=MUTED, linewidth=0.6, zorder=2)
        at += step
        ends.append(at)
        _written(axes, max(at, at - step), place, f"{step:+.3f}".replace("-", "\u2212"), scene)
    axes.barh(len(steps) + 1, at, 0.7, color=HAIR, zorder=3)
    _written(axes, at, len(steps) + 1, f"{at:.3f}", scene)
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    span = max(ends) - min(ends) or 0.01
    axes.set_xlim(max(0.0, min(ends) - 0.6 * span), max(ends) + 0.35 * span)
    axes.set_xlabel(scene.variable("composite"))
    told = [f"{_cause(scene, cause)} {step:+.3f}".replace("-", "\u2212") for cause, step in steps]
    sheet.alternative_text = scene.word(
        "edition_steps.alt",
        title=title,
        before=f"{row['before']:.3f}",
        after=f"{row['after']:.3f}",
        steps=scene.listed(told),
        rank_before=int(ranks.at[key, "before"]),
        rank=int(ranks.at[key, "after"]),
    )
    return sheet


def _written(axes: object, x: float, y: float, text: str, scene: Scene) -> None:
    """Write a number behind a bar."""
    axes.annotate(  # type: ignore[attr-defined]
        text,
        (x, y),
        xytext=(3, 0),
        textcoords="offset points",
        va="center",
        size=scene.layout.text * 0.9,
        color=MUTED,
    )
