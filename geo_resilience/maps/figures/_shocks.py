"""Figures of shocks: courses beside the nation, what foretold them, what is left of a chain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from geo_resilience import tables
from geo_resilience.errors import InputError
from geo_resilience.maps.figures._charts import (
    chart_axes,
    dots,
    fitting,
    inside,
    label_ends,
    legend_above,
    looks,
    quiet_numbers,
    region_rows,
    scatter_axes,
    year_ticks,
    zero_line,
)
from geo_resilience.maps.figures._context import Scene, drawing, number, one_of, percent, some
from geo_resilience.maps.figures._figure import Sheet
from geo_resilience.maps.figures._moran import p_text
from geo_resilience.maps.figures._names import label_points
from geo_resilience.maps.figures._style import HAIR, INK, MUTED, shortened, text_width
from geo_resilience.statistics._certainty import ALPHA

#: Share of the regions that the axis must hold; single ones may run out of it.
HELD = (0.05, 0.95)

#: By what sectors are removed: a look each.
MEASURES: Mapping[str, dict[str, Any]] = {
    "strength": {"color": "#1d4f7c", "linestyle": "-", "marker": "o"},
    "betweenness": {"color": "#c2571a", "linestyle": (0, (5, 1.6)), "marker": "s"},
    "pagerank": {"color": "#3d9970", "linestyle": (0, (1.2, 1.2)), "marker": "^"},
}

#: Sectors that are named where their removal starts the curve.
FIRST_NAMED = 3


@drawing("shock_paths")
def recovery_curves(scene: Scene, *, variable: str = "") -> Sheet:
    """Draw how zones and regions went beside the nation around a shock.

    variable : str
        A variable of the table; its first by default.
    """
    table, chosen = one_of(scene.rows("shock_paths"), "shock_paths", "variable", variable)
    regions = _wide(table[table["scope"] == "region"], "adcode")
    zones = _wide(table[~table["scope"].isin(["region", "nation"])], "group")
    if regions.empty and zones.empty:
        raise InputError("figures.nothing", table="shock_paths", asked=[chosen])
    base = _base(table)
    title = scene.word("recovery_curves.title", variable=scene.variable(chosen))
    sheet, axes, room = _opened(scene, title, base, zones)
    lines = zones if len(zones) else _farthest(regions)
    _faint(axes, regions.drop(index=lines.index, errors="ignore"))
    ends = []
    for (name, row), look in zip(lines.iterrows(), looks(len(lines)), strict=True):
        axes.plot(row.index, row, linewidth=1.5, markersize=4, zorder=3, **look)
        label = scene.group(str(name)) if len(zones) else scene.name(str(name))
        ends.append((label, float(row.iloc[-1]), look["color"]))
    zero_line(axes, "y", at=100.0)
    ends.append((scene.word("recovery_curves.nation"), 100.0, MUTED))
    _limits(axes, regions, zones)
    _shock(axes, scene, base)
    year_ticks(axes, list(table["year"].drop_duplicates().sort_values()))
    quiet_numbers(axes)
    axes.set_ylabel(scene.word("axis.relative", base=base))
    low, high = axes.get_ylim()
    shown = [end for end in ends if low <= end[1] <= high]
    label_ends(axes, sheet, float(lines.columns[-1]), shown, room=room)
    sheet.alternative_text = _told_courses(scene, title, base, zones, regions)
    return sheet


def _wide(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """Give the courses over the nation's, a row a region or zone; those without any left out."""
    wide = rows.pivot(index=key, columns="year", values="relative")
    wide = wide.reindex(dict.fromkeys(rows[key]))
    return wide[wide.notna().any(axis=1)]


def _base(table: pd.DataFrame) -> int:
    """Find the year that is 100."""
    nation = table[table["scope"] == "nation"].set_index("year")["index"].astype(float).dropna()
    if nation.empty:
        return int(table["year"].min())
    return int(nation.index[int((nation - 100).abs().argmin())])


def _opened(scene: Scene, title: str, base: int, zones: pd.DataFrame) -> tuple[Sheet, Axes, float]:
    names = [scene.group(str(zone)) for zone in zones.index]
    size = scene.layout.text * 0.93
    widest = max([text_width(name, size) for name in names], default=14.0)
    room = min(max(widest, 14.0) + 7, 0.3 * scene.layout.width)
    note = scene.word("recovery_curves.note", base=base)
    sheet = scene.sheet(min(0.52 * scene.layout.width, 100), title, note)
    return sheet, chart_axes(sheet, right=room, below=6), room


def _farthest(regions: pd.DataFrame) -> pd.DataFrame:
    """Give the regions farthest from the nation at the end, where there are no zones."""
    last = (regions.iloc[:, -1] - 100).abs().sort_values(ascending=False, kind="stable")
    return regions.loc[last.index[:6]]


def _faint(axes: Axes, regions: pd.DataFrame) -> None:
    """Draw single regions: of many so thin that what most of them do stays to be seen."""
    thin = fitting(len(regions), 0.6)
    for _, row in regions.iterrows():
        axes.plot(row.index, row, color=HAIR, linewidth=thin, zorder=1.4)


def _limits(axes: Axes, regions: pd.DataFrame, zones: pd.DataFrame) -> None:
    """Hold the zones and most of the regions."""
    ends = [100.0, *zones.stack().tolist()]
    held = regions.stack()
    if len(held):
        ends += [float(held.quantile(share)) for share in HELD]
    low, high = min(ends), max(ends)
    pad = 0.08 * (high - low) or 5.0
    axes.set_ylim(max(low - pad, 0), high + pad)
    years = list(regions.columns if len(regions) else zones.columns)
    if len(years) == 1:
        axes.set_xlim(years[0] - 0.5, years[0] + 0.5)
    else:
        axes.set_xlim(years[0] - 0.15, years[-1] + 0.12)


def _shock(axes: Axes, scene: Scene, base: int) -> None:
    """Shade the time of the shock: from the year that is 100 to the next one asked for."""
    years = scene.found.shock or (base, base + 1)
    axes.axvspan(float(years[0]), float(years[-1]), color="#eef1f3", zorder=0)


def _told_courses(
    scene: Scene, title: str, base: int, zones: pd.DataFrame, regions: pd.DataFrame
) -> str:
    last = int((zones if len(zones) else regions).columns[-1])
    parts = [
        scene.word("name_value", name=scene.group(str(zone)), value=number(float(row.iloc[-1]), 1))
        for zone, row in zones.iterrows()
        if np.isfinite(row.iloc[-1])
    ]
    return scene.word(
        "recovery_curves.alt",
        title=title,
        base=base,
        last=last,
        zones=parts or [scene.word("none")],
        ends=scene.ends(regions.iloc[:, -1], digits=1) if len(regions) else scene.word("no_values"),
    )


@drawing("foretelling", "shock")
def foretelling_scatter(scene: Scene, *, variable: str = "", outcome: str = "recovery") -> Sheet:
    """Draw what came of a shock against the composite before it.

    variable : str
        A variable of the table; its first by default.
    outcome : str
        ``recovery`` or ``resistance``.
    """
    rows, chosen = one_of(scene.rows("foretelling"), "foretelling", "variable", variable)
    rows, _ = one_of(rows, "foretelling", "outcome", outcome)
    shock = scene.rows("shock", scope="region", variable=chosen).set_index("adcode")
    year = int(str(shock["shock"].iloc[0]).split("-")[0])
    came = shock[["composite_before", outcome]].astype(float).dropna()
    came.columns = pd.Index(["x", "y"])
    table = some(came, "foretelling", chosen).rank(ascending=False)
    values = {"variable": scene.variable(chosen), "year": year}
    title = scene.word(f"foretelling_scatter.title_{outcome}", **values)
    told = _foretold(scene, rows, year)
    body = min(max(0.62 * scene.layout.width, 72), 110)
    sheet = scene.sheet(body, title, told, scene.word("foretelling_scatter.note"))
    axes = chart_axes(sheet, right=8, above=4)
    pad = 0.06 * len(table)
    axes.set_xlim(len(table) + pad, 1 - pad)
    axes.set_ylim(len(table) + pad, 1 - pad)
    mark = fitting(len(table))
    dots(axes, table["x"], table["y"], "o", MEASURES["strength"]["color"], size=mark)
    across = scene.word("axis.rank_of_composite", year=year)
    scatter_axes(axes, across, scene.word(f"axis.rank_of_{outcome}"))
    for axis in (axes.xaxis, axes.yaxis):
        ticks = [tick for tick in axis.get_majorticklocs() if 1 < tick <= len(table)]
        axis.set_ticks([1, *ticks])
    far = -(table - table.mean()).abs().sum(axis=1)
    order = table.assign(far=far).sort_values("far", kind="stable")
    label_points(axes, sheet, order, scene.names, size=scene.layout.text * 0.82, mark=mark)
    ends = scene.ends(came["y"], digits=2)
    sheet.alternative_text = scene.word(
        "foretelling_scatter.alt", title=title, told=told, ends=ends
    )
    return sheet


def _foretold(scene: Scene, rows: pd.DataFrame, year: int) -> str:
    """Tell the correlation, its p and what the naive benchmark gives."""
    by_predictor = rows.set_index("predictor")
    own = by_predictor.loc["composite"]
    if pd.isna(own["p_holm"]):
        return ""
    key = "foretold" if own["p_holm"] <= ALPHA else "not_foretold"
    fields = {
        "value": number(own["spearman"], 2),
        "level": number(own["spearman_level"], 2),
        "p": p_text(own["p_holm"]),
        "year": year,
    }
    beside = [
        scene.word(
            "foretelling_scatter.beside",
            name=scene.variable(name),
            value=number(row["spearman"], 2),
        )
        for name, row in by_predictor.drop(index="composite").iterrows()
    ]
    return scene.word(f"foretelling_scatter.{key}", beside="".join(beside), **fields)


@drawing("regional_ranges")
def multiplier_ranges(scene: Scene) -> Sheet:
    """Draw for each region how far the methods leave its mean multiplier open."""
    title = scene.word("multiplier_ranges.title")
    table, title = scene.latest("regional_ranges", title)
    known = table[table[["multiplier_low", "multiplier_high"]].notna().all(axis=1)]
    table = some(known, "regional_ranges", "multiplier")
    ordered = table.sort_values(["multiplier_high", "adcode"], ascending=[False, True])
    ordered = ordered.set_index("adcode")
    note = scene.word("multiplier_ranges.note")
    sheet, axes, keys, _ = region_rows(
        scene, list(ordered.index), title, note, extra=12, source="io"
    )
    shown, rows = ordered.loc[keys], np.arange(len(keys))
    low, high = shown["multiplier_low"], shown["multiplier_high"]
    axes.hlines(rows, low, high, color=MEASURES["strength"]["color"], linewidth=2.4, zorder=2)
    for end in (low, high):
        axes.plot(end, rows, "|", color=INK, markersize=5.5, markeredgewidth=1.1, zorder=3)
    axes.set_xlim(min(1.0, float(low.min())), float(high.max()) * 1.03)
    quiet_numbers(axes, "x", most=8)
    axes.set_xlabel(scene.word("axis.multiplier"))
    width = ordered["multiplier_high"] - ordered["multiplier_low"]
    values = {"title": title, "median": number(float(width.median()), 2)}
    values["ends"] = scene.ends(width, digits=2)
    sheet.alternative_text = scene.word("multiplier_ranges.alt", **values)
    return sheet


@drawing("removal")
def removal_curves(scene: Scene, *, remains: str = "flow") -> Sheet:
    """Draw what is left of the chain as sectors leave it, by target and at random.

    remains : str
        ``flow``: the share of the flows between sectors; ``component``: the share of sectors in
        the largest connected part.
    """
    if remains not in ("flow", "component"):
        raise InputError(
            "figures.variable_unknown", table="removal", found=remains, known=["flow", "component"]
        )
    table, title = scene.latest("removal", scene.word(f"removal_curves.title_{remains}"))
    some(table[table[remains].notna()], "removal", remains)
    body = min(max(0.55 * scene.layout.width, 68), 105)
    sheet = scene.sheet(body, title, scene.word("removal_curves.note"), source="io")
    axes = chart_axes(sheet, right=6, above=4)
    chance = table.drop_duplicates("removed").sort_values("removed")
    _at_random(axes, scene, chance, remains)
    found = _by_measure(axes, scene, table, remains)
    if not found:
        raise InputError("figures.nothing", table="removal", asked=list(MEASURES))
    axes.set_xlim(0, int(chance["removed"].max()))
    axes.set_ylim(0, 1.02)
    quiet_numbers(axes, percent=True)
    quiet_numbers(axes, "x", most=9)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=9, integer=True))
    axes.set_xlabel(scene.word("axis.removed"))
    axes.set_ylabel(scene.word(f"axis.remains_{remains}"))
    legend_above(axes, sheet)
    first = next(iter(found.values()))
    _name_first(axes, scene, first, remains)
    sheet.alternative_text = _told_removal(scene, title, found, chance, remains)
    return sheet


def _at_random(axes: Axes, scene: Scene, chance: pd.DataFrame, remains: str) -> None:
    """Draw what random orders leave, and the band that holds most of them."""
    low, high = (chance[f"random_{remains}_{end}"].astype(float) for end in ("low", "high"))
    steps, label = chance["removed"], scene.word("removal_curves.random")
    axes.fill_between(steps, low, high, color="#dfe4e8", linewidth=0, zorder=1)
    look: dict[str, Any] = {"color": MUTED, "linewidth": 1.2, "linestyle": (0, (4, 1.5))}
    axes.plot(steps, chance[f"random_{remains}"], label=label, zorder=2, **look)


def _by_measure(
    axes: Axes, scene: Scene, table: pd.DataFrame, remains: str
) -> dict[str, pd.DataFrame]:
    """Draw what is left by each measure, and give its rows."""
    found = {}
    for measure, style in MEASURES.items():
        rows = table[table["measure"] == measure].sort_values("removed")
        if rows.empty:
            continue
        found[measure] = rows
        axes.plot(
            rows["removed"],
            rows[remains],
            linewidth=1.4,
            markersize=3.4,
            markevery=max(1, len(rows) // 14),
            label=scene.word(f"removal.{measure}"),
            zorder=3,
            **style,
        )
    return found


def _sector_names(scene: Scene) -> Mapping[str, str]:
    """Give names of sectors in the figure's language, where the linkages hold them."""
    table = tables.of(scene.results, "io_linkages").drop_duplicates("sector")
    own = f"name_{scene.language}"
    named = dict(zip(table["sector"], table[own if own in table else "name"], strict=True))
    return {code: name for code, name in named.items() if name}


def _name_first(axes: Axes, scene: Scene, rows: pd.DataFrame, remains: str) -> None:
    """List the sectors that leave first, in the corner that the curves leave free."""
    known = _sector_names(scene)
    first = rows[rows["removed"].between(1, FIRST_NAMED)]
    told = [scene.word("removal_curves.first")]
    for step, code, name in zip(first["removed"], first["sector"], first["name"], strict=True):
        text = scene.word("removal_curves.step", step=int(step), name=known.get(str(code), name))
        told.append(shortened(text, 0.45 * scene.layout.width, scene.layout.text * 0.88))
    spot = (0.985, 0.975) if remains == "flow" else (0.02, 0.03)
    look: dict[str, Any] = {"multialignment": "left", "color": INK, "linespacing": 1.35}
    inside(axes, *spot, "\n".join(told), size=scene.layout.text * 0.88, zorder=5, **look)


def _told_removal(
    scene: Scene,
    title: str,
    found: Mapping[str, pd.DataFrame],
    chance: pd.DataFrame,
    remains: str,
) -> str:
    step = max(1, round(int(chance["removed"].max()) / 4))
    known = _sector_names(scene)
    parts = []
    for measure, rows in found.items():
        left = float(rows[rows["removed"] == step][remains].iloc[0])
        parts.append(
            scene.word("name_value", name=scene.word(f"removal.{measure}"), value=percent(left))
        )
    left = float(chance[chance["removed"] == step][f"random_{remains}"].iloc[0])
    parts.append(
        scene.word("name_value", name=scene.word("removal_curves.random"), value=percent(left))
    )
    rows = next(iter(found.values()))
    first = rows[rows["removed"].between(1, FIRST_NAMED)]
    names = [
        known.get(str(code), str(name))
        for code, name in zip(first["sector"], first["name"], strict=True)
    ]
    return scene.word(
        "removal_curves.alt",
        title=title,
        step=step,
        parts=parts,
        names=scene.listed(names),
    )
