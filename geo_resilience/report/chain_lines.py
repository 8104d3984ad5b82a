"""The chain itself: lines of the summary."""

from __future__ import annotations

from geo_resilience.report.telling import last_rows, year_text
from geo_resilience.results import Results
from geo_resilience.words import say

__all__ = ["chain_lines"]


def chain_lines(results: Results) -> list[str]:
    """Tell key sectors, the most exposed one, resistance and recovery, and warnings."""
    return [*_sectors(results), *_shock(results), *_warnings(results)]


def _sectors(results: Results) -> list[str]:
    if "io_linkages" not in results.tables:
        return []
    language, table = results.language, results["io_linkages"]
    year = table["year"].max()
    last = table[(table["year"] == year) & (table["quadrant"] == "key")]
    # Domestic technology where imports stand apart, else the only one there is.
    technology = table.loc[table["year"] == year, "technology"].iloc[0]
    sectors = list(last.loc[last["technology"] == technology, "name"])
    lines = [
        say(
            "summary.key_sectors",
            language,
            year=int(year),
            sectors=say("summary.list_end", language).join(sectors) or "-",
        )
    ]
    losses = results["inoperability"]
    losses = losses[(losses["year"] == year) & losses["exposure"].notna()]
    if len(losses):
        exposed = losses.loc[losses["exposure"].idxmax(), "name"]
        lines.append(say("summary.exposed", language, sector=exposed))
    return lines


def _shock(results: Results) -> list[str]:
    if "shock" not in results.tables:
        return []
    language, table = results.language, results["shock"]
    zh = language == "zh"
    names = {each.code: each.name_zh if zh else each.name for each in results.framework.variables}
    lines = []
    for variable, rows in table[table["scope"] == "region"].groupby("variable", sort=False):
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
                neither=int(kinds.get("not resistant, not recovered", 0)),
            )
        )
    return lines


def _warnings(results: Results) -> list[str]:
    rows = last_rows(results, "warnings")
    if rows.empty:
        return []
    language = results.language
    counts = rows["level"].value_counts()
    levels = [
        say(
            "summary.level",
            language,
            count=int(counts[level]),
            level=say(f"chain.warning.{level}", language),
        )
        for level in ("red", "orange", "yellow", "blue", "none")
        if counts.get(level, 0)
    ]
    year = year_text(results, results.years[-1])
    return [say("summary.warnings", language, year=year, levels=levels)]
