"""Figures of inequality between regions: the Lorenz curve, and Dagum's parts of the Gini."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from geo_resilience.errors import InputError
from geo_resilience.maps.figures._charts import chart_axes, legend_above, quiet_numbers
from geo_resilience.maps.figures._context import Scene, drawing, number, percent, some
from geo_resilience.maps.figures._figure import Sheet
from geo_resilience.maps.figures._style import INK, MUTED, PAPER

#: Parts of the Gini coefficient from below, with a color and a hatching of their own.
PARTS = {
    "between": ("#1d4f7c", ""),
    "transvariation": ("#8fbcd0", "...."),
    "within": ("#f0c98a", "////"),
}


@drawing("scores")
def lorenz_curves(scene: Scene, *, variable: str = "composite") -> Sheet:
    """Draw the Lorenz curve of the regions, in the first and in the last year.

    variable : str
        ``composite`` or a dimension's code.

    Every region counts the same, whatever its population. The Gini coefficient in the figure is
    ``sum((2 i - n - 1) y_i) / (n sum(y))`` for values in ascending order.
    """
    scores = scene.table("scores")
    years = sorted({scene.years[0], scene.year})
    found = {year: _curve(scores, year, variable) for year in years}
    curves = {year: curve for year, curve in found.items() if curve is not None}
    if not curves:
        raise InputError("figures.nothing", table="scores", asked=[variable])
    title = scene.titled("lorenz_curves", variable=scene.variable(variable))
    side = min(0.6 * scene.layout.width, 105)
    sheet = scene.sheet(side, title, scene.word("lorenz_curves.note"))
    aside = scene.layout.width - side - 10
    axes = chart_axes(sheet, right=max(4, aside))
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, label=scene.word("lorenz_curves.equal"))
    looks = ({"color": "#7f8a94", "linestyle": (0, (4, 2))}, {"color": "#1d4f7c"})
    told = []
    for (year, (xs, ys, gini)), look in zip(curves.items(), looks[-len(curves) :], strict=True):
        name = scene.word("lorenz_curves.line", year=year, gini=number(gini))
        axes.plot(xs, ys, linewidth=1.6, label=name, **look)
        told.append(name)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    quiet_numbers(axes, percent=True)
    quiet_numbers(axes, "x", percent=True)
    axes.set_xlabel(scene.word("axis.share_regions"))
    axes.set_ylabel(scene.word("axis.share_total"))
    if aside > 45:
        _read_off(sheet, axes, scene, curves)
    else:
        legend_above(axes, sheet)
    sheet.alternative_text = scene.word("lorenz_curves.alt", title=title, told=told)
    return sheet


def _read_off(sheet: Sheet, axes: Axes, scene: Scene, curves: Mapping[int, Any]) -> None:
    """Put the legend beside the curves, and below it what can be read off them."""
    place = axes.get_position()
    x = place.x1 + 8 / scene.layout.width
    size = scene.layout.text
    handles = axes.get_legend_handles_labels()[0]
    spot = (x - 1.5 / scene.layout.width, place.y1)
    sheet.legend(handles=handles, loc="upper left", bbox_to_anchor=spot, frameon=False,
                 fontsize=size, borderaxespad=0, handlelength=2.4)  # fmt: skip
    y = place.y1 - (len(handles) + 1.4) * scene.layout.line * 1.15 / sheet.tall
    for key, share in (("lorenz_curves.lower", 0.5), ("lorenz_curves.upper", 0.8)):
        sheet.text(x, y, scene.word(key), size=size, va="top", weight="bold")
        for year, (xs, ys, _) in curves.items():
            y -= scene.layout.line * 1.05 / sheet.tall
            held = float(np.interp(share, xs, ys))
            part = held if key.endswith("lower") else 1 - held
            told = scene.word("lorenz_curves.part", year=year, share=f"{part:.1%}")
            sheet.text(x, y, told if scene.dated else f"{part:.1%}", size=size, va="top")
        y -= scene.layout.line * 1.7 / sheet.tall


def _curve(
    scores: pd.DataFrame, year: int, variable: str
) -> tuple[np.ndarray, np.ndarray, float] | None:
    values = scores[scores["year"] == year][variable].dropna().to_numpy(dtype=float)
    if len(values) == 0 or values.sum() <= 0 or values.min() < 0:
        return None
    ordered = np.sort(values)
    count = len(ordered)
    shares = np.r_[0, np.cumsum(ordered)] / ordered.sum()
    places = np.arange(1, count + 1)
    gini = float(((2 * places - count - 1) * ordered).sum() / (count * ordered.sum()))
    return np.linspace(0, 1, count + 1), shares, gini


@drawing("inequality")
def dagum_bars(scene: Scene, *, grouping: str = "zones") -> Sheet:
    """Draw the Gini coefficient by year as between, within and overlap of zones (Dagum).

    grouping : str
        Name of the partition.
    """
    table = scene.rows("inequality", measure="dagum", grouping=grouping)
    table = table[table["component"].isin(PARTS)]
    wide = table.pivot(index="year", columns="component", values="value")
    some(wide, "inequality", "dagum")
    parts = [part for part in PARTS if part in wide.columns]
    title = scene.spanned("dagum_bars")
    body = min(0.5 * scene.layout.width, 95)
    sheet = scene.sheet(body, title, scene.word("dagum_bars.note"))
    axes = chart_axes(sheet, above=8, below=6)
    places = np.arange(len(wide))
    total = wide[parts].sum(axis=1).to_numpy()
    _stack(axes, scene, wide[parts], total)
    axes.set_xticks(places, [str(year) if scene.dated else "" for year in wide.index])
    axes.set_ylim(0, float(total.max()) * 1.12 or 1)
    quiet_numbers(axes)
    axes.set_ylabel(scene.word("axis.gini"))
    legend_above(axes, sheet)
    last = wide.iloc[-1]
    told = [
        scene.word(
            "name_value",
            name=scene.word(f"dagum.{part}"),
            value=percent(last[part] / total[-1]) if total[-1] else "–",
        )
        for part in parts
    ]
    ends = {"first": number(float(total[0])), "last": number(float(total[-1]))}
    sheet.alternative_text = scene.word("dagum_bars.alt", title=title, parts=told, **ends)
    return sheet


def _stack(axes: Axes, scene: Scene, wide: pd.DataFrame, total: np.ndarray) -> None:
    """Stack the parts of every year, each with its share, the sum on top."""
    places, start = np.arange(len(wide)), np.zeros(len(wide))
    for part in wide.columns:
        color, hatch = PARTS[part]
        heights = wide[part].to_numpy(dtype=float)
        dark, label = part == "between", scene.word(f"dagum.{part}")
        look: dict[str, Any] = {"color": color, "hatch": hatch, "linewidth": 0.4, "width": 0.62}
        edge = PAPER if dark else MUTED
        axes.bar(places, heights, bottom=start, edgecolor=edge, label=label, **look)
        box = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.8, "alpha": 0.85}
        ink: dict[str, Any] = {"color": PAPER} if dark else {"color": INK, "bbox": box}
        ink |= {"ha": "center", "va": "center", "size": scene.layout.text * 0.88}
        for place, (height, low) in enumerate(zip(heights, start, strict=True)):
            if total[place] > 0 and height / total[place] > 0.1:
                axes.text(place, low + height / 2, f"{height / total[place]:.0%}", **ink)
        start = start + heights
    bold: dict[str, Any] = {"size": scene.layout.text * 0.93, "weight": "bold"}
    above: dict[str, Any] = {
        "xytext": (0, 2),
        "textcoords": "offset points",
        "ha": "center",
        "va": "bottom",
    }
    for place, height in enumerate(total):
        axes.annotate(number(float(height)), (place, height), **above, **bold)
