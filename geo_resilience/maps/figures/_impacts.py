"""Figure of what drives the index: impacts of the spatial models with their intervals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geo_resilience import words
from geo_resilience.maps.figures._charts import quiet_numbers, row_axes, zero_line
from geo_resilience.maps.figures._context import Scene, drawing, number, one_of, some
from geo_resilience.maps.figures._figure import EDGE, Sheet
from geo_resilience.maps.figures._moran import p_text
from geo_resilience.maps.figures._style import INK, PAPER, shortened, text_width
from geo_resilience.statistics._certainty import LIKELY_P

EFFECTS = {"direct": ("o", "#2c6aaa"), "indirect": ("s", "#e2a03f"), "total": ("D", "#23282d")}


@drawing("impacts")
def impact_intervals(scene: Scene, *, model: str = "") -> Sheet:
    """Draw direct, indirect and total impacts of each driver with 95 percent intervals.

    model : str
        A model of the table; the one that the study takes by default.

    The intervals are those of the calibrated p, each impact by itself.
    """
    table = scene.rows("impacts")
    own, chosen = one_of(table, "impacts", "model", model, _taken(scene))
    rows = some(own[own["estimate"].notna()].reset_index(drop=True), "impacts", chosen)
    scaled, factors = _comparable(rows)
    names, room = _rows(scene, scaled, factors)
    title = scene.word("impact_intervals.title", model=_called(scene, chosen))
    body = len(rows) * scene.layout.line * 1.25 + 13
    units = scene.word("impact_intervals.scaled") if set(factors.values()) != {1} else ""
    sheet = scene.sheet(body, title, scene.word("impact_intervals.note"), units)
    aside = 27.0 if scene.layout.width > 100 else 3.0
    axes = row_axes(sheet, names, room, right=aside, above=3)
    zero_line(axes)
    for place, row in enumerate(scaled.itertuples(index=False)):
        mark, color = EFFECTS.get(str(row.effect), ("o", INK))
        beyond = row.p_holm <= LIKELY_P
        axes.plot([row.low_null, row.high_null], [place, place], color=color, linewidth=1.5)
        look: dict[str, Any] = {"markeredgecolor": color, "markeredgewidth": 1.1, "markersize": 5}
        axes.plot([row.estimate], [place], mark, color=color if beyond else PAPER, **look)
    quiet_numbers(axes, "x")
    axes.set_xlabel(scene.word("axis.impact"))
    if aside > 20:
        _write_estimates(sheet, scene, rows)
    sheet.alternative_text = _told(scene, title, rows)
    return sheet


def _taken(scene: Scene) -> str:
    """Name the model that the study takes, of its own question where there is one."""
    taken = [
        kind if question == "main" else f"{question}: {kind}"
        for question, kind in scene.found.models.items()
    ]
    return taken[0] if taken else ""


def _called(scene: Scene, model: str) -> str:
    """Name a model, with its question where that is a further one."""
    question, _, kind = model.rpartition(": ")
    name = scene.word(f"model.{kind}")
    if not question:
        return name
    return words.say("summary.regression_named", scene.language, name=question, model=name)


def _comparable(rows: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, float]]:
    """Divide each variable by a power of ten where its intervals would dwarf the others."""
    reach = (
        rows[["low_null", "high_null", "estimate"]]
        .abs()
        .max(axis=1)
        .groupby(rows["variable"])
        .max()
    )
    usable = reach[reach > 0]
    least = float(usable.min()) if len(usable) else 1.0
    factors = {
        name: 10.0 ** np.floor(np.log10(value / least)) if value > 0 else 1.0
        for name, value in reach.items()
    }
    by_row = rows["variable"].map(factors)
    divided = ("estimate", "low_null", "high_null")
    scaled = rows.assign(**{name: rows[name] / by_row for name in divided})
    return scaled, {str(name): float(factor) for name, factor in factors.items()}


def _rows(scene: Scene, rows: pd.DataFrame, factors: dict[str, float]) -> tuple[list[str], float]:
    """Name the rows by variable and effect; a long variable is cut, never the effect."""
    size, limit = scene.layout.text * 0.93, 0.42 * scene.layout.width
    names = []
    for variable, effect in zip(rows["variable"], rows["effect"], strict=True):
        told = scene.word(f"effect.{effect}")
        factor = factors[str(variable)]
        divided = "" if factor == 1 else f" (÷{factor:g})"
        most = limit - text_width(f"{divided}, {told}", size)
        name = shortened(scene.variable(str(variable)), most, size) + divided
        names.append(scene.word("impact_intervals.row", variable=name, effect=told))
    return names, max(text_width(name, size) for name in names) + 2.5


def _write_estimates(sheet: Sheet, scene: Scene, rows: pd.DataFrame) -> None:
    size = scene.layout.text * 0.88
    high = sheet.body - 9 - 3
    for place, row in enumerate(rows.itertuples(index=False)):
        y = (sheet.below + 9 + high * (1 - (place + 0.5) / len(rows))) / sheet.tall
        p = "" if pd.isna(row.p_holm) else f"  {p_text(float(row.p_holm))}"
        digits = 3 if abs(row.estimate) >= 0.001 else 5
        told = f"{number(float(row.estimate), digits)}{p}"
        sheet.text(1 - EDGE / scene.layout.width, y, told, ha="right", va="center", size=size)


def _told(scene: Scene, title: str, rows: pd.DataFrame) -> str:
    sure = rows[rows["p_holm"] <= LIKELY_P]
    parts = [
        scene.word(
            "impact_intervals.part",
            variable=scene.variable(str(row.variable)),
            effect=scene.word(f"effect.{row.effect}"),
            value=number(float(row.estimate)),
            low=number(float(row.low_null)),
            high=number(float(row.high_null)),
        )
        for row in sure.itertuples(index=False)
    ]
    told = scene.joined(parts) or scene.word("none")
    return scene.word(
        "impact_intervals.alt", title=title, count=len(sure), total=len(rows), parts=told
    )
