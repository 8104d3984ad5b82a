"""Changes in words: the figure, its interval and p, and how certain it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geo_resilience import tables
from geo_resilience.statistics._certainty import certainty
from geo_resilience.words import say

if TYPE_CHECKING:
    from geo_resilience.results._results import Results


def ends_told(low: float, high: float, language: str, digits: str = ".3f") -> dict[str, str]:
    """Write the ends of an interval; blank is without end."""
    return {
        name: say("change.endless", language) if pd.isna(end) else f"{end:{digits}}"
        for name, end in (("low", low), ("high", high))
    }


def holding(results: Results, year: int, finding: str, item: str = "composite") -> float | None:
    """Give the share of the draws in which a finding of a year holds; None if not asked."""
    rows = tables.of(results, "holds", year=year, finding=finding, item=item)
    share = rows["holds"].iloc[0] if len(rows) else float("nan")
    return None if pd.isna(share) else float(share)


def change_told(
    results: Results, measure: str, language: str, *, minus: str = "-", short: bool = False
) -> str:
    """Tell whether a gap or Moran's I changed; empty where that was not tested.

    - ``measure``: a gap of the table gaps_trend, or ``moran`` (of the composite).
    - ``minus``: the sign of numbers below zero.
    - ``short``: without the values of both years and how it was tested.
    """
    moran = measure == "moran"
    chosen = {"variable": "composite"} if moran else {"measure": measure}
    found = tables.of(results, "moran_change" if moran else "gaps_trend", **chosen)
    found = found[found["p_change"].notna()]
    if found.empty:
        return ""
    row = found.iloc[0]
    interval = ""
    if not moran:
        ends = ends_told(row["low"], row["high"], language)
        interval = say("change.interval", language, **ends)
    held = holding(results, int(row["last_year"]), "change", measure)
    sure = certainty(row["p_change"], held)
    answer = "open" if sure == "open" else _way(row, moran)
    subject = "moran" if moran else "gap"
    numbers = {
        **{value: f"{row[value]:.3f}" for value in ("first", "last")},
        "change": f"{row['change']:+.3f}",
        "interval": interval,
    }
    return say(
        "change.short" if short else "change.told",
        language,
        question=say(f"change.{subject}", language),
        **{year: int(row[year]) for year in ("first_year", "last_year")},
        **{name: text.replace("-", minus) for name, text in numbers.items()},
        p=p_text(row["p_change"]),
        answer=say(f"change.{answer}", language),
        certainty=say(f"certainty.{sure}", language),
    )


def mean_change_told(results: Results, language: str) -> str:
    """Tell how the mean changed, in how many regions, and whether that can be told from chance.

    The test is of the spatial model's constant: what regions have in common beyond swings that
    neighbors share. It may be far from the arithmetic change, which is told first.
    """
    found = tables.of(results, "gaps_trend", measure="mean")
    found = found[found["p_change"].notna()]
    if found.empty:
        return ""
    row = found.iloc[0]
    years = {year: int(row[year]) for year in ("first_year", "last_year")}
    by_region = results.tables["scores"].pivot(index="adcode", columns="year", values="composite")
    rose = row["change"] > 0
    moved = by_region[years["last_year"]] - by_region[years["first_year"]]
    held = holding(results, years["last_year"], "change", "mean")
    alike = row["estimate"] * row["change"] > 0
    sure = certainty(row["p_change"], held) if alike else "open"
    answer = "apart" if not alike else "open" if sure == "open" else "sure"
    share = "" if held is None else say("change.mean_held", language, share=percent(held))
    return say(
        "change.mean_told",
        language,
        **years,
        **{value: f"{row[value]:.3f}" for value in ("first", "last")},
        moved=say(
            f"change.mean_{'rose' if rose else 'fell'}",
            language,
            size=f"{abs(row['change']):.3f}",
            same=int((moved > 0 if rose else moved < 0).sum()),
            regions=len(moved),
            held=share,
        ),
        answer=say(f"change.mean_{answer}", language),
        estimate=f"{row['estimate']:+.3f}",
        interval=say("change.interval", language, **ends_told(row["low"], row["high"], language)),
        p=p_text(row["p_change"]),
        certainty=say(f"certainty.{sure}", language),
    )


def p_text(value: float) -> str:
    """Write a p-value; a tiny one as a bound."""
    return "<0.0001" if value < 0.0001 else f"{value:.3g}"


def percent(share: float) -> str:
    """Write a share as a percentage without its sign; only what is whole is 100."""
    return str(min(round(100 * share), 99) if share < 1 else 100)


def _way(row: pd.Series, moran: bool) -> str:
    """Say which way it went: a gap grows away from zero, whichever side is ahead."""
    if moran:
        return "rose" if row["change"] > 0 else "fell"
    return "grew" if abs(row["last"]) > abs(row["first"]) else "shrank"
