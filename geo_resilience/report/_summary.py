"""The summary of a run: whole as summary.txt holds it, and in brief for a terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from geo_resilience.notes import by_seriousness
from geo_resilience.report._chain_lines import chain_lines, warning_lines
from geo_resilience.report._index_lines import (
    defined_text,
    firmness_lines,
    foretold_lines,
    grade_chances,
    grades_line,
    grades_sure,
    mean_lines,
    obstacle_lines,
    order_lines,
    ranking_lines,
    reversed_pairs,
    scope_line,
    scope_of,
    weight_lines,
)
from geo_resilience.report._space_lines import (
    gap_lines,
    moran_rows,
    rules_table,
    space_lines,
    verdict_rows,
)
from geo_resilience.report._verdicts import told_verdicts
from geo_resilience.report._wording import (
    holds,
    last_rows,
    last_year,
    sureness,
    word_of,
    year_text,
)
from geo_resilience.results import Results
from geo_resilience.results._changes import p_text
from geo_resilience.words import joined, say
from geo_resilience.words._wrapping import columns_of, wrapped

#: Lines that a terminal shows at most.
MOST = 15

#: Regions named at either end of the ranking.
_NAMED = 3


def summary_lines(results: Results) -> list[str]:
    """Tell the results in the study's language, a sentence a line, with every note.

    Parameters
    ----------
    results : Results

    Returns
    -------
    list of str
        Title, scope, both ends of the ranking, grades, how firm they are, obstacles, Moran's I,
        gaps, groups, regressions, the chain; then the notes, the most serious first.
    """
    return [
        results.title,
        scope_line(results),
        *ranking_lines(results),
        *order_lines(results),
        grades_line(results),
        *mean_lines(results),
        *foretold_lines(results),
        *firmness_lines(results),
        *weight_lines(results),
        *obstacle_lines(results),
        *space_lines(results),
        *chain_lines(results),
        *_notes(results),
    ]


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
        _first(results, folder),
        say("summary.atlas", results.language, file=folder / "atlas.html"),
    ]


def _first(results: Results, folder: Path) -> str:
    """Say which page to open first; where the run writes none, where the files are."""
    if results.found.handed_over:
        return say("summary.start", results.language, file=folder / "index.html")
    return say("summary.files", results.language, folder=folder)


def _notes(results: Results) -> list[str]:
    if not results.notes:
        return []
    head = say("summary.notes", results.language)
    return ["", head, *(f"- {each}" for each in by_seriousness(results.notes, results.language))]


def _scope(results: Results) -> list[str]:
    """Say what the study is of, and how much of the weight is measured as defined."""
    told = scope_of(results)
    return [say("brief.scope", results.language, **told, fidelity=defined_text(results))]


def _certainty(results: Results) -> list[str]:
    table = last_rows(results, "uncertainty")
    if table.empty:
        return []
    sure = grades_sure(results, grade_chances(results, table))
    turned = [say("brief.turned", results.language, pair=pair) for pair in reversed_pairs(results)]
    key = "brief.certainty_places" if results.found.skewed else "brief.certainty"
    return [say(key, results.language, sure=sure, turned="".join(turned[:1]))]


def _moran(results: Results) -> list[str]:
    rows = moran_rows(results)
    if rows.empty:
        return []
    last, year = rows.iloc[-1], year_text(results, int(rows.index[-1]))
    values = {"value": f"{last['value']:.3f}", "p": p_text(last["p_sim"])}
    held = holds(results, "moran")
    sure = sureness(last["p_sim"], rules_table(results), "moran", results.language, "", held)
    return [say("brief.moran", results.language, year=year, **values, **sure)]


def _groups(results: Results) -> list[str]:
    """Name the groups that differ from the rest."""
    rows, language = verdict_rows(results), results.language
    if rows.empty:
        return []
    told = told_verdicts(rows, language, rules_table(results), only_found=True)
    none = say("brief.none", language)
    word = word_of(language, rows["q_spatial"].min())
    none = say("summary.sure", language, told=none, certainty=word)
    groups = joined(told, language, "parts") or none
    counts = {"year": last_year(results), "count": int(rows["q_spatial"].notna().sum())}
    return [say("brief.groups", language, groups=groups, **counts)]


#: What may be told, in the order of the lines, with its rank in importance.
_PARTS: tuple[tuple[int, Callable[[Results], list[str]]], ...] = (
    (0, lambda results: [results.title]),
    (1, _scope),
    (1, lambda results: ranking_lines(results, named=_NAMED)),
    (1, lambda results: [grades_line(results)]),
    (2, _certainty),
    (5, mean_lines),
    (6, obstacle_lines),
    (2, _moran),
    (2, lambda results: gap_lines(results, "brief.gap")),
    (2, _groups),
    (4, warning_lines),
)
