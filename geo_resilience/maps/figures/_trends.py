"""Figures over the years: means of zones, and the distribution of the index."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from geo_resilience import words
from geo_resilience.errors import InputError
from geo_resilience.maps.drawing._style import class_colors
from geo_resilience.maps.figures._charts import (
    chart_axes,
    dots,
    label_ends,
    looks,
    quiet_numbers,
    year_ticks,
    zero_line,
)
from geo_resilience.maps.figures._context import Scene, drawing, number, some
from geo_resilience.maps.figures._figure import Sheet
from geo_resilience.maps.figures._style import INK, PAPER, text_width
from geo_resilience.results._changes import change_told

#: Most years of which a density is drawn; of more, some in between are left out.
MOST_CURVES = 6

#: Colors of a gap's line and of its intervals.
LINE, BAND = "#1d4f7c", "#bcd4e6"


@drawing("scores")
def zone_trends(scene: Scene, *, variable: str = "composite", grouping: str = "") -> Sheet:
    """Draw the mean of each zone over the years.

    variable : str
        ``composite`` or a dimension's code.
    grouping : str
        Name of the partition; the zones by default.
    """
    means, overall = _means(scene, variable, grouping)
    if not means.notna().any(axis=None):
        raise InputError("figures.nothing", table="scores", asked=[variable])
    title = scene.spanned("zone_trends", variable=scene.variable(variable))
    names = [
        scene.word("count_in", name=scene.group(zone), count=count)
        for zone, count in means.attrs["counts"].items()
    ]
    everyone = scene.word("all_regions")
    size = scene.layout.text * 0.93
    room = min(
        max(text_width(name, size) for name in [*names, everyone]) + 6, 0.3 * scene.layout.width
    )
    body = min(0.52 * scene.layout.width, 100)
    sheet = scene.sheet(body, title, scene.word("zone_trends.note"))
    axes = chart_axes(sheet, right=room, below=6)
    years = list(means.columns)
    ends = []
    for row, look, name in zip(means.to_numpy(), looks(len(means)), names, strict=True):
        axes.plot(years, row, linewidth=1.4, markersize=4, **look)
        ends.append((name, float(row[-1]), look["color"]))
    axes.plot(years, overall, color=INK, linewidth=1.0, linestyle=(0, (1, 1.5)))
    ends.append((everyone, float(overall.iloc[-1]), INK))
    low, high = float(np.nanmin(means)), float(np.nanmax(means))
    pad = 0.08 * (high - low) or 0.05
    axes.set_ylim(max(low - pad, 0) if low >= 0 else low - pad, high + pad)
    if len(years) == 1:
        axes.set_xlim(years[0] - 0.5, years[0] + 0.5)
    year_ticks(axes, years if scene.dated else [])
    quiet_numbers(axes)
    axes.set_ylabel(scene.variable(variable))
    label_ends(axes, sheet, years[-1], [end for end in ends if np.isfinite(end[1])], room=room)
    sheet.alternative_text = _told_trends(scene, title, means)
    return sheet


def _means(scene: Scene, variable: str, grouping: str) -> tuple[pd.DataFrame, pd.Series]:
    groupings = scene.results.groupings or {}
    if grouping and grouping not in groupings:
        raise InputError("figures.group_unknown", found=grouping, known=list(groupings))
    zones = groupings.get(grouping) if grouping else scene.zones()
    if zones is None:
        raise InputError("figures.no_zones")
    scores = scene.table("scores")
    if variable not in scores.columns:
        known = ["composite", *(each.code for each in scene.results.framework.dimensions)]
        raise InputError("figures.variable_unknown", table="scores", found=variable, known=known)
    wide = scores.pivot(index="adcode", columns="year", values=variable)
    held = {group.id: [key for key in group.members if key in wide.index] for group in zones.groups}
    held = {zone: keys for zone, keys in held.items() if keys}
    if not held:
        raise InputError("figures.no_zones")
    means = pd.DataFrame({zone: wide.loc[keys].mean() for zone, keys in held.items()}).T
    means.attrs["counts"] = {zone: len(keys) for zone, keys in held.items()}
    return means, wide.mean()


def _told_trends(scene: Scene, title: str, means: pd.DataFrame) -> str:
    first, last = means.columns[0], means.columns[-1]
    parts = [
        scene.word(
            "zone_trends.part",
            name=scene.group(str(zone)),
            first=number(float(row[first])),
            last=number(float(row[last])),
        )
        for zone, row in means.iterrows()
    ]
    return scene.word("zone_trends.alt", title=title, parts=scene.joined(parts))


@drawing("scores")
def region_history(scene: Scene, *, region: str = "") -> Sheet:
    """Draw a region's composite over the years with its interval, beside the mean of all.

    region : str
        Its key; the one with the highest composite by default.
    """
    scores = scene.table("scores")
    region = region or str(scene.of_year("scores").nlargest(1, "composite")["adcode"].iloc[0])
    own = some(scores[scores["adcode"] == region], "scores", f"adcode = {region}")
    own = own.sort_values("year")
    years = own["year"].to_numpy(dtype=int)
    values = own["composite"].to_numpy(dtype=float)
    mean = scores.groupby("year")["composite"].mean().reindex(years).to_numpy(dtype=float)
    title = scene.spanned("region_history", region=scene.name(region))
    sheet = scene.sheet(
        min(0.34 * scene.layout.width, 60), title, scene.word("region_history.note")
    )
    axes = chart_axes(sheet, below=6)
    if "uncertainty" in scene.results.tables:
        doubt = scene.rows("uncertainty", adcode=region).set_index("year").reindex(years)
        axes.vlines(
            years, doubt["composite_low"], doubt["composite_high"], color=BAND, linewidth=6.0
        )
    axes.plot(years, mean, color=INK, linewidth=1.0, linestyle=(0, (1, 1.5)))
    axes.plot(years, values, color=LINE, linewidth=1.4)
    dots(axes, years, values, "o", LINE)
    _by_year(scene, axes, years)
    told = {"first": number(float(values[0])), "last": number(float(values[-1]))}
    sheet.alternative_text = scene.word(
        "region_history.alt", title=title, mean=number(float(mean[-1])), **told
    )
    return sheet


def _by_year(scene: Scene, axes: Axes, years: np.ndarray) -> None:
    axes.set_xlim(years[0] - 0.5, years[-1] + 0.5)
    year_ticks(axes, list(years) if scene.dated else [])
    quiet_numbers(axes)
    axes.set_ylabel(scene.variable("composite"))


@drawing("gaps")
def gap_trends(scene: Scene, *, measure: str = "east_west_gap") -> Sheet:
    """Draw a gap over the years with its interval, and say whether it changed.

    measure : str
        A gap of the table gaps.

    The interval is that of the test which allows for spatial dependence; a year's mark is filled
    where the interval excludes 0.
    """
    table = scene.rows("gaps", measure=measure).sort_values("year")
    years, values = table["year"].to_numpy(dtype=int), table["value"].to_numpy(dtype=float)
    low, high = (table[name].to_numpy(dtype=float) for name in ("low", "high"))
    name = words.say(f"atlas_measure.{measure}", scene.language)
    title = scene.spanned("gap_trends", measure=name)
    change = change_told(scene.results, measure, scene.language, minus="\u2212", short=True)
    body = min(0.45 * scene.layout.width, 85)
    sheet = scene.sheet(body, title, scene.word("gap_trends.note"), change)
    axes = chart_axes(sheet, below=6)
    axes.vlines(years, low, high, color=BAND, linewidth=6.0, zorder=2)
    axes.plot(years, values, color=LINE, linewidth=1.2, zorder=3)
    apart = (low > 0) | (high < 0)
    dots(axes, years[apart], values[apart], "o", LINE)
    dots(axes, years[~apart], values[~apart], "o", PAPER)
    zero_line(axes, "y")
    _by_year(scene, axes, years)
    parts = [
        scene.word("gap_trends.part", year=year, value=number(value), low=number(a), high=number(b))
        for year, value, a, b in zip(years, values, low, high, strict=True)
        if np.isfinite([value, a, b]).all()
    ]
    told = {"parts": scene.joined(parts) or scene.word("none"), "change": change}
    sheet.alternative_text = scene.word("gap_trends.alt", title=title, **told).strip()
    return sheet


@drawing("density")
def kernel_density(scene: Scene) -> Sheet:
    """Draw how the index is distributed over the regions, a curve a year."""
    known = scene.rows("density").dropna(subset=["score", "density"])
    table = some(known, "density", "density")
    years = sorted({int(year) for year in table["year"]})
    if len(years) > MOST_CURVES:
        places = np.linspace(0, len(years) - 1, MOST_CURVES).round().astype(int)
        years = [years[place] for place in places]
    title = scene.spanned("kernel_density")
    sheet = scene.sheet(min(0.5 * scene.layout.width, 95), title, scene.word("kernel_density.note"))
    axes = chart_axes(sheet, right=6)
    colors = class_colors(max(len(years), 2), ("#b9c7d0", "#4f86b0", "#1d2f52"))[-len(years) :]
    peaks = []
    for place, (year, color) in enumerate(zip(years, colors, strict=True)):
        rows = table[table["year"] == year].sort_values("score")
        last = place == len(years) - 1
        axes.plot(
            rows["score"],
            rows["density"],
            color=color,
            linewidth=2.0 if last else 1.1,
            linestyle="-" if last or place == 0 else looks(len(years))[place]["linestyle"],
            label=str(year) if scene.dated else "",
        )
        top = rows.loc[rows["density"].idxmax()]
        peaks.append((year, float(top["score"]), float(top["density"])))
    _score_limits(axes, table)
    axes.set_ylim(bottom=0)
    quiet_numbers(axes)
    quiet_numbers(axes, "x", most=8)
    axes.set_xlabel(scene.variable("composite"))
    axes.set_ylabel(scene.word("axis.density"))
    if scene.dated:
        axes.legend(frameon=False, fontsize=scene.layout.text, handlelength=2.6, loc="upper right")
    parts = [
        scene.word("kernel_density.part", year=year, score=f"{score:.2f}", height=f"{height:.2f}")
        for year, score, height in (peaks[0], peaks[-1])[: len(peaks)]
    ]
    told = scene.joined(parts)
    sheet.alternative_text = scene.word("kernel_density.alt", title=title, parts=told)
    return sheet


def _score_limits(axes: Axes, table: pd.DataFrame) -> None:
    """Show the range in which there is density at all."""
    seen = table[table["density"] > 0.002 * table["density"].max()]["score"]
    low, high = float(seen.min()), float(seen.max())
    axes.set_xlim(*((low, high) if high > low else (low - 0.1, high + 0.1)))
