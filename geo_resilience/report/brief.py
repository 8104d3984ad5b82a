"""The end of a run on a terminal: at most fifteen lines as printed, chosen by importance."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from geo_resilience.report.chain_lines import warning_lines
from geo_resilience.report.space_lines import moran_rows, p_text, verdicts_of
from geo_resilience.report.summary import (
    UNSURE,
    grades_line,
    mean_lines,
    obstacle_lines,
    ranking_lines,
    scope_line,
    unsure_grades,
)
from geo_resilience.report.telling import last_rows, year_text
from geo_resilience.results import Results
from geo_resilience.words import say
from geo_resilience.words.wrapping import columns_of, wrapped

__all__ = ["brief_lines"]

#: Lines that a terminal shows at most.
MOST = 15

#: Regions named at either end of the ranking.
_NAMED = 3


def brief_lines(results: Results, folder: Path, *, width: int = 80) -> list[str]:
    """Tell the main findings and where the rest is, in the study's language.

    Parameters
    ----------
    results : Results
    folder : Path
        Where the files are.
    width : int
        Columns of the terminal.

    Returns
    -------
    list of str
        At most fifteen lines as printed: what is less important gives way.
    """
    parts = [(rank, wrapped(text, width)) for rank, tell in _PARTS for text in tell(results)]
    end = _end(results, folder)
    left = MOST - _printed(end, width)
    kept = set()
    for place in sorted(range(len(parts)), key=lambda each: parts[each][0]):
        taken = _printed(parts[place][1], width)
        if taken <= left:
            kept.add(place)
            left -= taken
    chosen = [line for place, (_, lines) in enumerate(parts) if place in kept for line in lines]
    return [*chosen, *end]


def _printed(lines: list[str], width: int) -> int:
    """Count the lines on the screen: a long path has no place to break."""
    return sum(max(1, -(-columns_of(line) // width)) for line in lines)


def _end(results: Results, folder: Path) -> list[str]:
    values = {"count": len(results.notes), "file": folder / "summary.txt"}
    return [
        say("brief.rest" if results.notes else "brief.rest_no_notes", results.language, **values),
        say("summary.files", results.language, folder=folder),
        say("summary.atlas", results.language, file=folder / "atlas.html"),
    ]


def _certainty(results: Results) -> list[str]:
    table = last_rows(results, "uncertainty")
    if table.empty:
        return []
    level = f"{UNSURE:.0%}".rstrip("%")
    counts = {"count": len(unsure_grades(results, table)), "regions": len(table)}
    return [say("brief.certainty", results.language, level=level, **counts)]


def _moran(results: Results) -> list[str]:
    rows = moran_rows(results)
    if rows.empty:
        return []
    last, year = rows.iloc[-1], year_text(results, int(rows.index[-1]))
    values = {"value": f"{last['value']:.3f}", "p": p_text(last["p_sim"])}
    return [say("brief.moran", results.language, year=year, **values)]


def _gap(results: Results) -> list[str]:
    rows = last_rows(results, "gaps", measure="east_west_gap")
    if rows.empty:
        return []
    last, year = rows.iloc[-1], year_text(results, results.years[-1])
    values = {name: f"{last[name]:.3f}" for name in ("value", "low", "high")}
    if pd.isna(last["p_value"]):
        return [say("summary.gap_plain", results.language, year=year, **values)]
    p = p_text(last["p_value"])
    return [say("brief.gap", results.language, year=year, p=p, **values)]


def _groups(results: Results) -> list[str]:
    """Name the groups that differ from the rest."""
    verdicts, language = verdicts_of(results), results.language
    if not verdicts:
        return []
    told = [
        say(f"summary.verdict_{verdict}", language, groups=verdicts[verdict])
        for verdict in ("higher", "lower")
        if verdict in verdicts
    ]
    groups = say("summary.list_end", language).join(told) or say("brief.none", language)
    counts = {"count": sum(map(len, verdicts.values())), "groups": groups}
    year = year_text(results, results.years[-1])
    return [say("brief.groups", language, year=year, **counts)]


#: What may be told, in the order of the lines, with its rank in importance.
_PARTS: tuple[tuple[int, Callable[[Results], list[str]]], ...] = (
    (0, lambda results: [results.title]),
    (3, lambda results: [scope_line(results)]),
    (1, lambda results: ranking_lines(results, named=_NAMED)),
    (1, lambda results: [grades_line(results)]),
    (2, _certainty),
    (5, mean_lines),
    (6, obstacle_lines),
    (2, _moran),
    (2, _gap),
    (2, _groups),
    (4, warning_lines),
)
