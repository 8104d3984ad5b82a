"""What ``check`` tells: how rows matched, which figures are there, what would be changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from geo_resilience.notes import Note, by_seriousness
from geo_resilience.text import first_few
from geo_resilience.words import Phrase, joined, say
from geo_resilience.words._wrapping import columns_of

if TYPE_CHECKING:
    import pandas as pd

    from geo_resilience.indicators._joining import JoinReport
    from geo_resilience.study._inputs import Inputs
    from geo_resilience.study._preprocessing import Measured

#: Most regions, or groups of cells, named in a line.
_NAMED = 6

#: Year of a table that has none.
_NO_YEAR = 0


def joined_lines(inputs: Inputs, language: str) -> list[str]:
    """Tell, table by table, how rows matched regions, and which cells are empty."""
    joined, regions = inputs.joined, inputs.ground.studied
    report = joined.report
    scope = {"regions": len(regions.keys), "years": spans(joined.years, language)}
    lines = [say("check.scope" if any(joined.years) else "check.scope_no_year", language, **scope)]
    for file in dict.fromkeys(report.matched["file"]):
        lines.append(_matched(report, file, regions.keys, language))
    lines += _left_out(report, language)
    empty = _empty_cells(joined.frame, regions.names(language), language)
    if empty:
        lines += ["", say("check.empty", language)]
        lines += [f"  {say('check.empty_cells', language, **each)}" for each in empty]
    return lines


def _matched(report: JoinReport, file: str, keys: Sequence[str], language: str) -> str:
    matched = report.matched[report.matched["file"] == file]
    rows = matched[matched["adcode"].isin(keys)]  # excluded regions are told apart
    named = rows[rows["found"] != rows["adcode"]]
    spelled = list(dict.fromkeys(named["found"] + " = " + named["adcode"]))
    values = {"file": file, "found": rows["adcode"].nunique(), "all": len(keys)}
    line = say("check.matched", language, **values)
    if spelled:
        line += say("check.spelled", language, number=len(spelled), names=_some(spelled))
    return line


def _left_out(report: JoinReport, language: str) -> list[str]:
    """Tell which rows were left out, and why."""
    lines = []
    for (file, reason), rows in report.over.groupby(["file", "reason"], sort=False):
        names = list(dict.fromkeys(rows["found"]))
        values = {"file": file, "number": len(rows), "names": _some(names)}
        lines.append(say(f"check.over_{reason}", language, **values))
    return lines


def _some(names: Sequence[str]) -> list[str]:
    return first_few(names, _NAMED)


def _empty_cells(frame: pd.DataFrame, names: pd.Series, language: str) -> list[dict[str, object]]:
    """Group empty cells: columns that lack the same, then regions that lack the same years."""
    alike: dict[tuple[bytes, int], list[str]] = {}
    for column in frame.columns:
        gaps = frame[column].isna()
        if gaps.any():
            alike.setdefault((gaps.to_numpy().tobytes(), int(gaps.sum())), []).append(str(column))
    found = []
    for (_, number), columns in alike.items():
        gaps = frame[columns[0]].isna()
        where: object = _where(gaps[gaps].index, names, language)
        if number == len(frame):
            where = Phrase("check.everywhere")
        found.append({"columns": columns, "number": number, "all": len(frame), "where": where})
    return found


def _where(cells: pd.MultiIndex, names: pd.Series, language: str) -> str:
    """Say which regions in which years, regions that lack the same years together."""
    years_of: dict[str, list[int]] = {}
    for key, year in cells:
        years_of.setdefault(str(key), []).append(int(year))
    together: dict[str, list[str]] = {}
    for key, years in years_of.items():
        together.setdefault(spans(years, language), []).append(str(names[key]))
    parts = [
        say(
            "check.where" if years else "check.where_no_year",
            language,
            names=_some(named),
            years=years,
        )
        for years, named in together.items()
    ]
    return joined(_some(parts), language, "parts")


def spans(years: Iterable[int], language: str = "en") -> str:
    """Write years as spans, with the dash and the comma of the language."""
    found: list[list[int]] = []
    for year in sorted(year for year in years if year != _NO_YEAR):
        if found and year == found[-1][1] + 1:
            found[-1][1] = year
        else:
            found.append([year, year])
    dash = say("mark.span", language)
    told = [f"{first}{dash}{last}" if first < last else f"{first}" for first, last in found]
    return joined(told, language)


def measured_lines(inputs: Inputs, measured: Measured, language: str) -> list[str]:
    """Tell how many regions have each indicator in each year, and what would be changed."""
    trace = measured.panel.trace
    rows = [[say("check.indicator", language), *_headings(inputs.joined.years, language)]]
    rows[0].append(say("check.changes", language))
    counted = measured.raw.notna().groupby(level="year").sum()
    for indicator in inputs.framework.indicators:
        reasons = trace.loc[trace["indicator"] == indicator.code, "reason"].value_counts()
        changes = [
            say("check.change", language, number=reasons[reason], what=Phrase(f"trace.{reason}"))
            for reason in sorted(reasons.index)
        ]
        counts = [str(int(count)) for count in counted[indicator.code]]
        changed = joined(changes, language, "parts") or "-"
        code, name = indicator.code, indicator.called[language]
        rows.append([name if name == code else f"{code} {name}", *counts, changed])
    return ["", say("check.coverage", language), *_columns(rows)]


def _headings(years: Sequence[int], language: str) -> list[str]:
    return [str(year) if year != _NO_YEAR else say("check.regions", language) for year in years]


def _columns(rows: list[list[str]]) -> list[str]:
    """Set rows under each other; a Chinese character is two wide."""
    widths = [max(columns_of(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = []
    for row in rows:
        first, *middle, last = row
        cells = [first + " " * (widths[0] - columns_of(first))]
        cells += [
            " " * (width - columns_of(cell)) + cell
            for cell, width in zip(middle, widths[1:-1], strict=True)
        ]
        lines.append("  " + "  ".join([*cells, last]).rstrip())
    return lines


def note_lines(notes: Iterable[Note], language: str) -> list[str]:
    """Tell the judgement calls, each once, the most serious first."""
    told = by_seriousness(notes, language)
    return ["", say("check.notes", language), *(f"  - {each}" for each in told)] if told else []
