"""The chain itself: lines of the summary."""

from __future__ import annotations

import pandas as pd

from geo_resilience import tables
from geo_resilience.report.telling import last_rows, year_text
from geo_resilience.results import Results
from geo_resilience.words import say

__all__ = ["chain_lines", "warning_lines"]

#: Names given of many, and suppositions told.
_NAMED = 5
_TOLD = 4
_WARNINGS = ("warning", "new_warning")


def chain_lines(results: Results) -> list[str]:
    """Tell key sectors, the most exposed one, resistance and recovery, warnings, what-ifs."""
    return [*_sectors(results), *_shock(results), *warning_lines(results), *_what_ifs(results)]


def _some(names: list[str], language: str, key: str = "summary.list_short") -> str:
    """Write the first few of many names."""
    shown = say(key, language).join(names[:_NAMED])
    more = len(names) - _NAMED
    return shown if more <= 0 else say("summary.and_more", language, names=shown, count=more)


def _sectors(results: Results) -> list[str]:
    if "io_linkages" not in results.tables:
        return []
    language, table = results.language, _of_last_year(results["io_linkages"])
    # Domestic technology where imports stand apart, else the only one there is.
    technology = table["technology"].iloc[0]
    key = table[(table["quadrant"] == "key") & (table["technology"] == technology)]
    # The most strongly linked first.
    key = key.assign(reach=key["backward"] + key["forward"])
    sectors = list(key.sort_values("reach", ascending=False, kind="stable")["name"])
    told = _some(sectors, language, "summary.list_end") or "-"
    year = table["year"].iloc[0]
    if pd.isna(year):
        lines = [say("summary.key_sectors_undated", language, sectors=told)]
    else:
        lines = [say("summary.key_sectors", language, year=int(year), sectors=told)]
    losses = _of_last_year(results["inoperability"])
    losses = losses[losses["exposure"].notna()]
    if len(losses):
        exposed = losses.loc[losses["exposure"].idxmax(), "name"]
        lines.append(say("summary.exposed", language, sector=exposed))
    return lines


def _of_last_year(table: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of the last input-output table; all of them where none has a year."""
    last = table["year"].max()
    return table if pd.isna(last) else table[table["year"] == last]


def _shock(results: Results) -> list[str]:
    language, table = results.language, tables.of(results, "shock", scope="region")
    zh = language == "zh"
    names = {each.code: each.name_zh if zh else each.name for each in results.framework.variables}
    lines = []
    for variable, rows in table.groupby("variable", sort=False):
        kinds = rows["type"].value_counts()
        lines.append(
            say(
                "summary.shock",
                language,
                variable=names.get(variable, variable),
                shock=rows["shock"].iloc[0],
                recovered=rows["recovered"].iloc[0],
                regions=len(rows),
                both=int(kinds.get("resistant, recovered", 0)),
                who=_named_of(rows, "resistant, recovered", language),
                neither=int(kinds.get("not resistant, not recovered", 0)),
                who_not=_named_of(rows, "not resistant, not recovered", language),
            )
        )
    return lines


def _named_of(rows: pd.DataFrame, kind: str, language: str) -> str:
    """Name the regions of a type, the ones furthest from the nation first."""
    found = rows[rows["type"] == kind]
    far = found["resistance"].abs() + found["recovery"].abs()
    far = far.sort_values(ascending=False, kind="stable")
    names = _some(list(found.loc[far.index, "name"]), language)
    return say("summary.named", language, names=names) if names else ""


def warning_lines(results: Results) -> list[str]:
    """Tell the levels of the last year, and of the one that is forecast."""
    rows = last_rows(results, "warnings")
    if rows.empty:
        return []
    language, lines = results.language, []
    year = year_text(results, results.years[-1])
    lines.append(say("summary.warnings", language, year=year, levels=_levels(rows, language)))
    table = results["warnings"]
    ahead = table[table["forecast"]]
    if len(ahead):
        lines.append(
            say(
                "summary.warnings_ahead",
                language,
                year=int(ahead["year"].iloc[0]),
                levels=_levels(ahead, language),
            )
        )
    return lines


def _levels(rows: pd.DataFrame, language: str) -> list[str]:
    counts = rows["level"].value_counts()
    return [
        say(
            "summary.level",
            language,
            count=int(counts[level]),
            level=say(f"chain.warning.{level}", language),
        )
        for level in ("red", "orange", "yellow", "blue", "none")
        if counts.get(level, 0)
    ]


def _what_ifs(results: Results) -> list[str]:
    """Tell the first few suppositions where they strike hardest."""
    language, table = results.language, tables.of(results, "what_if")
    lines: list[str] = []
    for scenario, rows in table.groupby("scenario", sort=False):
        if len(lines) == _TOLD:
            left = table["scenario"].nunique() - _TOLD
            lines.append(say("summary.what_if_more", language, count=left))
            break
        change = (rows["new_composite"] - rows["composite"]).abs()
        if rows["reason"].notna().any():
            change = change[rows["reason"].notna()]
        row = rows.loc[change.idxmax()]
        warning = ""
        if pd.notna(row["warning"]) and pd.notna(row["new_warning"]):
            levels = (say(f"chain.warning.{row[key]}", language) for key in _WARNINGS)
            before, after = levels
            warning = say("summary.what_if_warning", language, before=before, after=after)
        reason = "" if pd.isna(row["reason"]) else str(row["reason"])
        lines.append(
            say(
                "summary.what_if",
                language,
                scenario=scenario,
                region=row["name"],
                before=f"{row['composite']:.3f}",
                after=f"{row['new_composite']:.3f}",
                grade=say(f"grade.{row['grade']}", language),
                new_grade=say(f"grade.{row['new_grade']}", language),
                rank=int(row["rank"]),
                new_rank=int(row["new_rank"]),
                warning=warning,
                reason=say("summary.what_if_reason", language, reason=reason) if reason else "",
            )
        )
    return lines
