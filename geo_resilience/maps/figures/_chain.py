"""Figures of the chain: linkages of sectors, resistance and recovery, risks, gaps to targets."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from geo_resilience.chain._methods import RISK_CUTS
from geo_resilience.chain.inputoutput._leontief import keys_of_one
from geo_resilience.errors import InputError
from geo_resilience.maps.drawing._style import SHOCK_COLORS
from geo_resilience.maps.figures._charts import (
    chart_axes,
    fitting,
    legend_above,
    marked,
    name_rows,
    quiet_numbers,
    row_axes,
    scatter_axes,
    zero_line,
)
from geo_resilience.maps.figures._context import Scene, drawing, one_of, percent, some
from geo_resilience.maps.figures._figure import Sheet
from geo_resilience.maps.figures._names import label_points
from geo_resilience.maps.figures._style import MUTED, text_width
from geo_resilience.text import keys_of

QUADRANTS = {
    "key": ("o", "#b3203f"),
    "backward": ("^", "#2c6aaa"),
    "forward": ("s", "#3d9970"),
    "weak": ("o", "#aeb5bb"),
}

TYPES = {
    kind: (mark, color) for mark, (kind, color) in zip("os^v", SHOCK_COLORS.items(), strict=True)
}

#: What lies under the levels of risk.
GROUND = ("#fbfaf3", "#f7ece0", "#f0d9d9")

LEVELS = {"Low": ("o", "#f3e79c"), "Medium": ("s", "#f0a44f"), "High": ("D", "#b3203f")}


@drawing("io_linkages")
def linkage_quadrants(scene: Scene, *, technology: str = "domestic") -> Sheet:
    """Draw the sectors by backward and forward linkage, a quadrant a kind.

    technology : str
        ``domestic`` or ``total``.
    """
    title = scene.word("linkage_quadrants.title")
    table, title = scene.latest("io_linkages", title, technology=technology)
    table = table.drop_duplicates("sector", keep="last").set_index("sector")
    both, ghosh = table[table["forward_ghosh"].notna()], ""
    if len(both):
        told = {"count": keys_of_one(both), "sectors": len(both)}
        ghosh = scene.word("linkage_quadrants.ghosh", **told)
    table = table.rename(columns={"backward": "x", "forward": "y"})
    own = f"name_{scene.language}"
    table = table.assign(name=table[own].fillna(table["name"])) if own in table else table
    table = some(table[table[["x", "y"]].notna().all(axis=1)], "io_linkages", technology)
    body = min(max(0.62 * scene.layout.width, 72), 115)
    sheet = scene.sheet(body, title, scene.word("linkage_quadrants.note"), ghosh, source="io")
    axes = chart_axes(sheet, right=8, above=8)
    axes.set_xlim(min(float(table["x"].min()) * 0.9, 0.9), max(float(table["x"].max()) * 1.1, 1.1))
    axes.set_ylim(min(float(table["y"].min()) * 0.9, 0.9), max(float(table["y"].max()) * 1.12, 1.1))
    zero_line(axes, at=1.0)
    zero_line(axes, "y", at=1.0)
    marked(scene, axes, table, "quadrant", QUADRANTS, "chain.quadrant")
    scatter_axes(axes, scene.word("axis.backward"), scene.word("axis.forward"))
    legend_above(axes, sheet)
    order = table.assign(weak=table["quadrant"] == "weak", both=-(table["x"] + table["y"]))
    order = order.sort_values(["weak", "both"], kind="stable").head(40)
    reach_x, reach_y = axes.get_xlim(), axes.get_ylim()
    label_points(
        axes,
        sheet,
        order,
        table["name"].astype(str),
        size=scene.layout.text * 0.78,
        longest=0.27 * scene.layout.width,
        lines=[[(1, reach_y[0]), (1, reach_y[1])], [(reach_x[0], 1), (reach_x[1], 1)]],
    )
    keys = table[table["quadrant"] == "key"].sort_values("x", ascending=False, kind="stable")
    sheet.alternative_text = scene.word(
        "linkage_quadrants.alt",
        title=title,
        count=len(keys),
        total=len(table),
        names=scene.listed(keys["name"].astype(str).tolist()),
    )
    return sheet


@drawing("shock")
def recovery_scatter(scene: Scene, *, variable: str = "") -> Sheet:
    """Draw how regions withstood a shock and how they recovered from it.

    variable : str
        A variable of the table; its first by default.
    """
    table, chosen = _withstood(scene, variable)
    title = scene.word(
        "recovery_scatter.title",
        variable=scene.variable(chosen),
        shock=scene.span(str(table["shock"].iloc[0])),
        recovered=scene.span(str(table["recovered"].iloc[0])),
    )
    sheet = scene.sheet(
        min(max(0.62 * scene.layout.width, 72), 110), title, scene.word("recovery_scatter.note")
    )
    axes = chart_axes(sheet, right=8, above=8)
    for name in ("x", "y"):
        low, high = min(float(table[name].min()), 0), max(float(table[name].max()), 0)
        pad = 0.09 * (high - low) or 0.1
        (axes.set_xlim if name == "x" else axes.set_ylim)(low - pad, high + pad)
    zero_line(axes)
    zero_line(axes, "y")
    parts = marked(scene, axes, table, "type", TYPES, "chain.shock")
    scatter_axes(axes, scene.word("axis.resistance"), scene.word("axis.recovery"))
    legend_above(axes, sheet)
    far = -(table["x"].abs() / table["x"].abs().max() + table["y"].abs() / table["y"].abs().max())
    order = table.assign(far=far.fillna(0)).sort_values("far", kind="stable")
    mark = fitting(len(order))
    label_points(axes, sheet, order, scene.names, size=scene.layout.text * 0.82, mark=mark)
    sheet.alternative_text = scene.word(
        "recovery_scatter.alt", title=title, parts=parts, ends=scene.ends(table["x"], digits=2)
    )
    return sheet


def _withstood(scene: Scene, variable: str) -> tuple[pd.DataFrame, str]:
    """Give resistance (x) and recovery (y) by region, and the variable that they are of."""
    regions = scene.rows("shock", scope="region")
    table, chosen = one_of(regions, "shock", "variable", variable)
    table = table.set_index("adcode").rename(columns={"resistance": "x", "recovery": "y"})
    known = np.isfinite(table[["x", "y"]].to_numpy(dtype=float)).all(axis=1)
    return some(table[known], "shock", chosen), chosen


@drawing("risks")
def risk_matrix(scene: Scene) -> Sheet:
    """Draw the risks by probability and impact, a color a level."""
    table, label = _named_rows(scene, "risks", {"probability", "impact", "level"})
    table = table.assign(
        x=pd.to_numeric(table["probability"], errors="coerce"),
        y=pd.to_numeric(table["impact"], errors="coerce"),
    )
    table = some(table[table[["x", "y"]].notna().all(axis=1)], "risks")
    title = scene.word("risk_matrix.title")
    rule = scene.found.risk_rule
    note = scene.word(f"risk_matrix.note_{rule}", cuts=[f"{cut:g}" for cut in RISK_CUTS[rule]])
    sheet = scene.sheet(min(max(0.58 * scene.layout.width, 68), 105), title, note, source="")
    axes = chart_axes(sheet, right=8, above=8)
    axes.set_xlim(0, max(1.0, float(table["x"].max()) * 1.05))
    axes.set_ylim(0, max(1.0, float(table["y"].max()) * 1.05))
    _level_ground(axes, rule)
    parts = marked(scene, axes, table, "level", LEVELS, "chain.risk", size=6.5)
    scatter_axes(axes, scene.word("axis.risk_probability"), scene.word("axis.risk_impact"))
    legend_above(axes, sheet)
    names = {str(key): str(name) for key, name in table[label].items()}
    label_points(axes, sheet, table, names, size=scene.layout.text * 0.85, mark=8.0)
    sheet.alternative_text = scene.word("risk_matrix.alt", title=title, parts=parts)
    return sheet


def _level_ground(axes: Axes, rule: str) -> None:
    """Shade where each level lies under the study's rule, darker for higher ones."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    xs = np.linspace(max(left, 1e-6), right, 200)
    edges = [np.full_like(xs, low)]
    edges += [np.full_like(xs, cut) if rule == "impact" else cut / xs for cut in RISK_CUTS[rule]]
    edges.append(np.full_like(xs, high))
    for (before, after), color in zip(pairwise(edges), GROUND, strict=True):
        axes.fill_between(
            xs, np.clip(before, low, high), np.clip(after, low, high), color=color, zorder=0, lw=0
        )
    for edge in edges[1:-1]:
        axes.plot(xs, np.where(edge <= high, edge, np.nan), color=MUTED, linewidth=0.6, zorder=1)


def _named_rows(scene: Scene, stem: str, needed: set[str]) -> tuple[pd.DataFrame, str]:
    """Give a table of the user's own, and which of its columns names the rows."""
    table = scene.rows(stem).reset_index(drop=True)
    own = keys_of("name")[scene.language]
    known = [name for name in (own, "name", "risk", "code") if name in table]
    label = next((name for name in known if table[name].notna().any()), None)
    lacking = needed - set(table.columns)
    if label is None or lacking:
        raise InputError("figures.column_missing", table=stem, columns=sorted(lacking) or ["name"])
    return table, label


@drawing("targets")
def gap_bars(scene: Scene) -> Sheet:
    """Draw how far each measure lies from its target, as a share of the target."""
    table, label = _named_rows(scene, "targets", {"current", "target", "relative_gap", "met"})
    table = some(table[np.isfinite(table["relative_gap"].astype(float))], "targets")
    names, room = name_rows(scene, table[label].astype(str).tolist(), 0.36)
    title = scene.word("gap_bars.title")
    body = len(table) * scene.layout.line * 1.25 + 14
    sheet = scene.sheet(body, title, scene.word("gap_bars.note"), source="")
    told = [
        f"{current:g} / {target:g}"
        for current, target in zip(table["current"], table["target"], strict=True)
    ]
    size = scene.layout.text * 0.88
    aside = max(text_width(text, size) for text in told) + 3
    axes = row_axes(sheet, names, room, right=aside, above=3)
    rows, gaps = np.arange(len(table)), table["relative_gap"].to_numpy(dtype=float)
    met = table["met"].astype(str).isin(["True", "true", "1"]).to_numpy()
    for held, color, hatch in ((met, "#3d9970", ""), (~met, "#efc58c", "////")):
        look: dict[str, Any] = {"color": color, "hatch": hatch, "edgecolor": MUTED}
        axes.barh(rows[held], gaps[held], height=0.6, linewidth=0.4, **look)
    zero_line(axes)
    quiet_numbers(axes, "x", percent=True)
    axes.set_xlabel(scene.word("axis.gap"))
    right = axes.get_yaxis_transform()
    for row, text in enumerate(told):
        axes.text(1.015, row, text, transform=right, va="center", size=size)
    ordered = table.assign(gap=np.abs(gaps) * ~met).sort_values("gap", ascending=False)
    worst = ordered[ordered["gap"] > 0].head(3)
    names = [
        scene.word("name_value", name=str(row[label]), value=f"{row['relative_gap']:.0%}")
        for _, row in worst.iterrows()
    ]
    values = {"met": int(met.sum()), "total": len(table), "names": scene.listed(names)}
    sheet.alternative_text = scene.word("gap_bars.alt", title=title, **values)
    return sheet


@drawing("extraction")
def extraction_bars(scene: Scene, *, most: int = 20) -> Sheet:
    """Draw what total output would lose without each sector, its own part and that of others.

    most : int
        Sectors drawn, those whose loss costs most.
    """
    title = scene.word("extraction_bars.title")
    table, title = scene.latest("extraction", title, kind="total")
    table = some(table[table["share"].notna()], "extraction", "total")
    table = table.sort_values("share", ascending=False, kind="stable").head(most)
    whole = table["share"] / table["loss"]
    told = [_sector(scene, row) for row in table.itertuples(index=False)]
    names, room = name_rows(scene, told, 0.42)
    body = len(table) * scene.layout.line * 1.1 + 18
    sheet = scene.sheet(body, title, scene.word("extraction_bars.note"), source="io")
    axes = row_axes(sheet, names, room, above=7)
    rows = np.arange(len(table))
    own, others = (table["own"] * whole).to_numpy(float), (table["others"] * whole).to_numpy(float)
    parts: dict[str, Any] = {"height": 0.7, "linewidth": 0}
    axes.barh(rows, own, color="#1d4f7c", label=scene.word("extraction_bars.own"), **parts)
    label = scene.word("extraction_bars.others")
    axes.barh(rows, others, left=own, color="#9fd0d6", label=label, **parts)
    quiet_numbers(axes, "x", percent=True)
    legend_above(axes, sheet)
    first = [
        scene.word("name_value", name=name, value=percent(float(share), 1))
        for name, share in zip(told[:3], table["share"], strict=False)
    ]
    sheet.alternative_text = scene.word(
        "extraction_bars.alt", title=title, first=scene.listed(first)
    )
    return sheet


def _sector(scene: Scene, row: Any) -> str:
    """Name a sector in the language of the figure where the linkages know both names."""
    known = scene.results.tables.get("io_linkages")
    column = f"name_{scene.language}"
    if known is None or column not in known:
        return str(row.name)
    own = known.loc[known["sector"] == row.sector, column].dropna()
    return str(own.iloc[0]) if len(own) and own.iloc[0] else str(row.name)
