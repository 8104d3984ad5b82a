"""The heat table: every region's scaled indicators in the colors of the index."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.colors import ListedColormap

from geo_resilience.maps.drawing._style import class_colors
from geo_resilience.maps.figures._charts import column_heads, region_rows
from geo_resilience.maps.figures._context import Scene, drawing, some
from geo_resilience.maps.figures._figure import Sheet
from geo_resilience.maps.figures._style import PAPER

#: Steps of the color ramp, and the value above which figures are written light on dark.
_STEPS, _DARK = 10, 0.6

#: Most indicators of which the value is written in the cell.
_WRITTEN = 16


@drawing("indicators", "scores")
def heat_table(scene: Scene) -> Sheet:
    """Draw regions in rows, the best first, and indicators in columns; darker is better."""
    scores = scene.of_year("scores").set_index("adcode")["composite"]
    table = scene.of_year("indicators").set_index("adcode").drop(columns="year")
    table = some(table.dropna(how="all"), "indicators", f"year = {scene.year}")
    codes = [code for code in scene.results.framework.codes if code in table]
    ordered = [
        key
        for key in scores.sort_values(ascending=False, kind="stable").index
        if key in table.index
    ]
    size = scene.layout.text * 0.9
    told = [scene.variable(code) for code in codes]
    names, head = column_heads(told, 2 if len(codes) <= _WRITTEN else 1, size)
    title, note = scene.titled("heat_table"), scene.word("heat_table.note")
    sheet, axes, keys, _ = region_rows(
        scene, ordered, title, note, extra=head + 2, above=head, below=2
    )
    values = table.loc[keys, codes].to_numpy(dtype=float)
    colors = ListedColormap(class_colors(_STEPS))
    axes.imshow(values, cmap=colors, vmin=0, vmax=1, aspect="auto", interpolation="nearest")
    axes.set_ylim(len(keys) - 0.5, -0.5)
    axes.set_xticks(range(len(codes)), names, rotation=90, ma="left", linespacing=1.0)
    axes.tick_params(axis="x", top=True, bottom=False, labeltop=True, labelbottom=False, length=0)
    axes.set_xticks(np.arange(len(codes) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color=PAPER, linewidth=1.2)
    axes.grid(which="major", visible=False)
    axes.tick_params(which="minor", length=0)
    if len(codes) <= _WRITTEN:
        for row, column in np.argwhere(np.isfinite(values)):
            value = values[row, column]
            ink = PAPER if value >= _DARK else "#1b1f23"
            axes.text(
                column, row, f"{value:.2f}", ha="center", va="center", size=size * 0.8, color=ink
            )
    means = pd.DataFrame(values, columns=codes).mean().dropna().sort_values(kind="stable")
    sheet.alternative_text = scene.word(
        "heat_table.alt",
        title=title,
        low=scene.listed([scene.variable(code) for code in means.index[:3]]),
        high=scene.listed([scene.variable(code) for code in means.index[:-4:-1]]),
    )
    return sheet
