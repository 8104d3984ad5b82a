"""Changes in words: the figure, its interval and p, and how certain it is."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geo_resilience import tables
from geo_resilience.statistics._certainty import certainty
from geo_resilience.words import say


def ends_told(low: float, high: float, language: str, digits: str = ".3f") -> dict[str, str]:
    """Write the ends of an interval; blank is without end."""
    return {
        name: say("change.endless", language) if pd.isna(end) else f"{end:{digits}}"
        for name, end in (("low", low), ("high", high))
    }


def change_told(
    results: Any, measure: str, language: str, *, minus: str = "-", short: bool = False
) -> str:
    """Tell whether the mean, a gap or Moran's I changed; empty where that was not tested.

    - ``measure``: one of the table gaps_trend, or ``moran`` (of the composite).
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
    sure = certainty(row["p_change"])
    answer = "open" if sure == "open" else _way(row, measure)
    subject = measure if measure in ("mean", "moran") else "gap"
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
        p=f"{row['p_change']:.3g}",
        answer=say(f"change.{answer}", language),
        certainty=say(f"certainty.{sure}", language),
    )


def _way(row: pd.Series, measure: str) -> str:
    """Say which way it went: a gap grows away from zero, whichever side is ahead."""
    if measure in ("mean", "moran"):
        return "rose" if row["change"] > 0 else "fell"
    return "grew" if abs(row["last"]) > abs(row["first"]) else "shrank"
