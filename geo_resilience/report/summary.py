"""The summary at the end of a run: a dozen lines for the terminal."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geo_resilience.results import Results
from geo_resilience.words import say

__all__ = ["summary_lines"]

#: Regions named at either end of the ranking.
NAMED = 5

#: A grade of less than this probability could as well be another.
UNSURE = 0.5


def summary_lines(results: Results, *, folder: Path | None = None) -> list[str]:
    """Tell the results in a dozen lines, in the study's language.

    Parameters
    ----------
    results : Results
    folder : Path, optional
        Where the files are; without it no line speaks of files.

    Returns
    -------
    list of str
        Title, scope, both ends of the ranking, grades, Moran's I, the gap, notes, files.
    """
    lines = [results.title, _scope(results), *_ranking(results), *_means(results)]
    lines += [
        *_firmness(results),
        *_obstacles(results),
        *_moran(results),
        *_gap(results),
        *_pattern(results),
        *_notes(results),
    ]
    if folder is not None:
        lines.append(say("summary.files", results.language, folder=folder))
        lines.append(say("summary.atlas", results.language, file=folder / "atlas.html"))
    return lines


def _year(results: Results, year: int) -> str:
    if not year:
        return say("summary.no_year", results.language)
    return say("summary.year", results.language, year=year)


def _scope(results: Results) -> str:
    years, language = results.years, results.language
    key = "summary.years" if len(years) > 1 else "summary.one_year"
    span = say(key, language, first=_year(results, years[0]), last=_year(results, years[-1]))
    return say(
        "summary.scope",
        language,
        regions=len(results.in_year()),
        years=span,
        indicators=len(results.framework.codes),
        weights=say(f"weights.{results.plan['weights']['method']}", language),
    )


def _ranking(results: Results) -> list[str]:
    language, year = results.language, _year(results, results.years[-1])
    scores = results.in_year().sort_values(["composite"], ascending=False, kind="stable")

    def told(part: pd.DataFrame) -> list[str]:
        return [
            say(
                "summary.region",
                language,
                name=row.name,
                score=f"{row.composite:.3f}",
                grade=say(f"grade.{row.grade}", language),
            )
            for row in part.itertuples(index=False)
        ]

    named = min(NAMED, len(scores) // 2) or len(scores)
    lines = [say("summary.top", language, year=year, regions=told(scores.head(named)))]
    if named < len(scores):
        ends = told(scores.tail(named)[::-1])
        lines.append(say("summary.bottom", language, year=year, regions=ends))
    counts = scores["grade"].value_counts()
    grades = [
        say("summary.grade", language, count=count, grade=say(f"grade.{grade}", language))
        for grade in ("High", "Strong", "Medium", "Weaker", "Low")
        if (count := int(counts.get(grade, 0)))
    ]
    lines.append(say("summary.grades", language, year=year, grades=grades))
    return lines


def _means(results: Results) -> list[str]:
    means = results["scores"].groupby("year")["composite"].mean()
    if len(means) < 2:
        return []
    first, last = (_year(results, int(year)) for year in (means.index[0], means.index[-1]))
    values = {"first_mean": f"{means.iloc[0]:.3f}", "last_mean": f"{means.iloc[-1]:.3f}"}
    return [say("summary.mean", results.language, first=first, last=last, **values)]


def _last_year(results: Results, stem: str) -> pd.DataFrame:
    """Give the rows of a table for the last year; none where the study skips it."""
    if stem not in results.tables:
        return pd.DataFrame()
    table = results[stem]
    return table[table["year"] == results.years[-1]]


def _firmness(results: Results) -> list[str]:
    """Say how firm the top is, and whose grade could as well be another."""
    table, language = _last_year(results, "uncertainty"), results.language
    if table.empty:
        return []
    ranks = results.in_year()["rank"]
    top = table.assign(rank=table["adcode"].map(ranks)).nsmallest(NAMED, "rank")
    regions = [
        say(
            "summary.firm_region",
            language,
            name=row.name,
            share=f"{row.p_top_5:.0%}".rstrip("%"),
            low=row.rank_low,
            high=row.rank_high,
        )
        for row in top.itertuples(index=False)
    ]
    draws = f"{results.plan['uncertainty']['draws']:,}"
    firm = say("summary.firm", language, count=len(top), draws=draws, regions=regions)
    return [firm, _unsure(results, table)]


def _unsure(results: Results, table: pd.DataFrame) -> str:
    language, grades = results.language, results.in_year()["grade"]
    own = table["adcode"].map(grades).str.lower()
    chance = [row[f"p_{grade}"] for grade, (_, row) in zip(own, table.iterrows(), strict=True)]
    unsure = table.assign(chance=chance)
    unsure = unsure[unsure["chance"] < UNSURE].sort_values("chance", kind="stable")
    level = f"{UNSURE:.0%}".rstrip("%")
    if unsure.empty:
        year = _year(results, results.years[-1])
        return say("summary.all_sure", language, year=year, level=level)
    named = list(unsure["name"].head(NAMED))
    if len(unsure) > NAMED:
        named.append(say("summary.more", language, count=len(unsure) - NAMED))
    counts = {"count": len(unsure), "regions": len(table)}
    return say("summary.unsure", language, level=level, named=named, **counts)


def _obstacles(results: Results) -> list[str]:
    table, language = _last_year(results, "obstacles_by_zone"), results.language
    if table.empty:
        return []
    common = table[table["group"] == "all"].sort_values("order")
    names = {
        each.code: each.name_zh if language == "zh" else each.name
        for each in results.framework.indicators
    }
    told = [
        say(
            "summary.obstacle",
            language,
            name=f"{row.code} {names[row.code]}",
            count=row.first_in,
        )
        for row in common.itertuples(index=False)
    ]
    return [
        say(
            "summary.obstacles",
            language,
            year=_year(results, results.years[-1]),
            obstacles=told,
        )
    ]


def _of_composite(results: Results, stem: str, **where: str) -> pd.DataFrame:
    table = results[stem]
    for column, value in where.items():
        table = table[table[column] == value]
    return table.set_index("year").sort_index()


def _moran(results: Results) -> list[str]:
    rows = _of_composite(results, "global", variable="composite", statistic="moran")
    rows = rows[rows["value"].notna()]
    if rows.empty:
        return []
    last, language = rows.iloc[-1], results.language
    before = ""
    if len(rows) > 1:
        value = f"{rows['value'].iloc[0]:.3f}"
        year = _year(results, int(rows.index[0]))
        before = say("summary.moran_before", language, value=value, year=year)
    return [
        say(
            "summary.moran",
            language,
            value=f"{last['value']:.3f}",
            year=_year(results, int(rows.index[-1])),
            p=f"{last['p_sim']:.4f}",
            permutations=f"{int(last['permutations']):,}",
            before=before,
        )
    ]


def _gap(results: Results) -> list[str]:
    rows = _of_composite(results, "gaps", measure="east_west_gap")
    if rows.empty:
        return []
    last = rows.iloc[-1]
    values = {name: f"{last[name]:.3f}" for name in ("value", "low", "high")}
    year = _year(results, int(rows.index[-1]))
    return [say("summary.gap", results.language, year=year, **values)]


def _pattern(results: Results) -> list[str]:
    if results["pattern"].empty:
        return []
    count = len(results.in_year())
    few = [say("summary.few", results.language, regions=count)] if count < 50 else []
    return [say("summary.pattern", results.language), *few]


def _notes(results: Results) -> list[str]:
    if not results.notes:
        return []
    head = say("summary.notes", results.language) + ":"
    return [head, *(f"  - {note.say(results.language)}" for note in results.notes)]
