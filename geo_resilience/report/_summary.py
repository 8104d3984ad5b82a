"""The summary of a run: whole as summary.txt holds it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from geo_resilience.notes import by_seriousness
from geo_resilience.report._index_lines import (
    defined_text,
    fidelity_text,
    foretold_lines,
    mean_lines,
    regional_lines,
    weight_lines,
)
from geo_resilience.report._lines import (
    chain_lines,
    gap_told,
    holds,
    last_rows,
    moran_rows,
    rules_table,
    space_lines,
    verdict_rows,
    warning_lines,
    word_of,
    year_text,
)
from geo_resilience.report._verdicts import p_text, sureness, told_verdicts
from geo_resilience.results import Results
from geo_resilience.results._changes import percent
from geo_resilience.statistics._certainty import CERTAINTIES, FIRM_SHARE, certainty
from geo_resilience.words import joined, say
from geo_resilience.words._wrapping import columns_of, wrapped

#: Regions named at either end of the ranking.
NAMED = 5

#: A grade of less than this probability could as well be another.
UNSURE = 0.5

#: A standardized value below this weighs most under a geometric mean.
NEAR_ZERO = 0.05


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
        *_order(results),
        grades_line(results),
        *mean_lines(results),
        *foretold_lines(results),
        *_firmness(results),
        *weight_lines(results),
        *obstacle_lines(results),
        *space_lines(results),
        *chain_lines(results),
        *regional_lines(results),
        *_notes(results),
    ]


def scope_line(results: Results) -> str:
    """Say how many regions, years and indicators there are."""
    told = {**scope_of(results), "weights": _weights(results), "fidelity": fidelity_text(results)}
    return say("summary.scope", results.language, **told)


def scope_of(results: Results) -> dict[str, object]:
    """Count regions and indicators, and name the years."""
    years, language = results.years, results.language
    key = "summary.years" if len(years) > 1 else "summary.one_year"
    first, last = year_text(results, years[0]), year_text(results, years[-1])
    return {
        "regions": len(results.in_year()),
        "years": say(key, language, first=first, last=last),
        "indicators": len(results.framework.codes),
    }


def _weights(results: Results) -> str:
    """Name the weights used."""
    used = results.found.weights
    return "" if used is None else say(f"weights.{used.method}", results.language)


def ranking_lines(results: Results, *, named: int = NAMED) -> list[str]:
    """Name both ends of the ranking of the last year."""
    language, year = results.language, year_text(results, results.years[-1])
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

    named = min(named, len(scores) // 2) or len(scores)
    lines = [say("summary.top", language, year=year, regions=told(scores.head(named)))]
    if named < len(scores):
        ends = told(scores.tail(named)[::-1])
        lines.append(say("summary.bottom", language, year=year, regions=ends))
    return lines


def grades_line(results: Results) -> str:
    """Count the regions of each grade in the last year."""
    language, year = results.language, year_text(results, results.years[-1])
    scores = results.in_year()
    counts = scores["grade"].value_counts()
    grades = [
        say("summary.grade", language, count=count, grade=say(f"grade.{grade}", language))
        for grade in reversed(results.found.grading.names)
        if (count := int(counts.get(grade, 0)))
    ]
    return say("summary.grades", language, year=year, grades=grades)


def _order(results: Results) -> list[str]:
    """Say what the draws make of the order, and where the doubt comes from."""
    pairs, language = last_rows(results, "rank_pairs"), results.language
    if pairs.empty:
        return []
    doubt, source = last_rows(results, "sensitivity").dropna(subset=["total"]), ""
    if len(doubt):
        most = doubt.loc[doubt["total"].idxmax()]
        name = say(f"varied.{most['source']}.meaning", language)
        source = say("summary.doubt", language, source=name, share=percent(most["total"]))
    firm = sum(certainty(None, share) == "firm" for share in pairs["probability"])
    level = f"{100 * FIRM_SHARE:.0f}"
    held = say("summary.pairs_firm", language, pairs=len(pairs), firm=firm, level=level)
    told = joined([*reversed_pairs(results), held], language, "parts")
    draws = f"{results.found.draws or 0:,}"
    return [say("summary.order", language, draws=draws, told=told, source=source)]


def reversed_pairs(results: Results) -> list[str]:
    """Tell of neighbors among the first regions whose order most draws turn around."""
    pairs, language = last_rows(results, "rank_pairs"), results.language
    names = results.in_year()["name"]
    turned = pairs[(pairs["rank"] < NAMED) & (pairs["probability"] < 0.5)]
    return [
        say(
            "summary.turned",
            language,
            behind=names[row.upper],
            ahead=names[row.lower],
            share=percent(1 - row.probability),
            certainty=word_of(results, None, 1 - row.probability),
        )
        for row in turned.itertuples(index=False)
    ]


def _firmness(results: Results) -> list[str]:
    """Say how firm the top is, and whose grade could as well be another."""
    table, language = last_rows(results, "uncertainty"), results.language
    if table.empty:
        return []
    ranks = results.in_year()["rank"]
    top = table.assign(rank=table["adcode"].map(ranks)).nsmallest(NAMED, "rank")
    regions = [
        say(
            "summary.firm_region",
            language,
            name=row.name,
            share=percent(row.p_top_5),
            low=row.rank_low,
            high=row.rank_high,
            certainty=word_of(results, None, row.p_top_5),
        )
        for row in top.itertuples(index=False)
    ]
    firm = say(
        "summary.firm",
        language,
        count=len(top),
        draws=f"{results.found.draws or 0:,}",
        varied=[say(f"varied.{name}.meaning", language) for name in results.found.varied],
        means=_other_means(results, "summary.other_means"),
        regions=regions,
    )
    return [firm, *_driven(results, list(top["adcode"])), _unsure(results, table)]


def _other_means(results: Results, key: str) -> str:
    """Say how many of the draws take another mean than the study's; nothing where none do."""
    means, language = results.found.means, results.language
    if len(means) < 2:
        return ""
    count = len(means)
    share = say("summary.half" if count == 2 else "summary.one_in", language, count=count)
    return say(
        key, language, share=share, means=[say(f"mean.{name}", language) for name in means[1:]]
    )


def _driven(results: Results, keys: list[str]) -> list[str]:
    """Name the cells that alone decide the place of a region at the top."""
    table, language = last_rows(results, "driving_cells"), results.language
    found = table[table["drives"].eq(True) & table["adcode"].isin(keys)] if len(table) else table
    names = {each.code: each.name[language] for each in results.framework.indicators}
    near = _other_means(results, "summary.driving_mean")
    return [
        say(
            "summary.driving_cell",
            language,
            name=row.name,
            indicator=f"{row.indicator} {names[row.indicator]}",
            value=f"{row.value:.3f}",
            low=row.rank_low,
            high=row.rank_high,
            low_without=row.rank_low_without,
            high_without=row.rank_high_without,
            mean=near if row.value < NEAR_ZERO else "",
        )
        for row in found.itertuples(index=False)
    ]


def grade_chances(results: Results, table: pd.DataFrame) -> pd.DataFrame:
    """Give the share of draws (chance) in which each region has its grade, the least first."""
    grades = results.in_year()["grade"]
    own = table["adcode"].map(grades).str.lower()
    chance = [row[f"p_{grade}"] for grade, (_, row) in zip(own, table.iterrows(), strict=True)]
    return table.assign(chance=chance).sort_values("chance", kind="stable")


def grades_sure(results: Results, chances: pd.DataFrame) -> list[str]:
    """Count the grades that are firm, likely, and cannot be told."""
    words = [certainty(None, chance) for chance in chances["chance"]]
    return [
        say(
            "summary.grade",
            results.language,
            count=words.count(word),
            grade=say(f"certainty.{word}", results.language),
        )
        for word in CERTAINTIES
    ]


def _unsure(results: Results, table: pd.DataFrame) -> str:
    language, chances = results.language, grade_chances(results, table)
    unsure = chances[chances["chance"] < UNSURE]
    level, by = f"{UNSURE:.0%}".rstrip("%"), "_places" if results.found.skewed else ""
    told = {"level": level, "sure": grades_sure(results, chances)}
    if unsure.empty:
        year = year_text(results, results.years[-1])
        return say(f"summary.all_sure{by}", language, year=year, **told)
    named = list(unsure["name"].head(NAMED))
    if len(unsure) > NAMED:
        named.append(say("summary.more", language, count=len(unsure) - NAMED))
    counts = {"count": len(unsure), "regions": len(table)}
    return say(f"summary.unsure{by}", language, named=named, **told, **counts)


def obstacle_lines(results: Results) -> list[str]:
    """Name the indicators that are the largest obstacle of most regions."""
    rows, language = last_rows(results, "obstacles", level="indicator"), results.language
    if rows.empty:
        return []
    names = {each.code: each.name[language] for each in results.framework.indicators}
    common = rows.loc[rows["order"] == 1, "code"].value_counts().head(3)
    told = [
        say("summary.obstacle", language, name=f"{code} {names[code]}", count=count)
        for code, count in common.items()
    ]
    year = year_text(results, results.years[-1])
    return [say("summary.obstacles", language, year=year, obstacles=told)]


def _notes(results: Results) -> list[str]:
    if not results.notes:
        return []
    head = say("summary.notes", results.language)
    return ["", head, *(f"- {each}" for each in by_seriousness(results.notes, results.language))]


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


def _gap(results: Results) -> list[str]:
    rows = last_rows(results, "gaps", measure="east_west_gap")
    if rows.empty:
        return []
    last, year = rows.iloc[-1], year_text(results, results.years[-1])
    key = "summary.gap_plain" if pd.isna(last["p_value"]) else "brief.gap"
    return [say(key, results.language, year=year, **gap_told(results, last))]


def _groups(results: Results) -> list[str]:
    """Name the groups that differ from the rest."""
    rows, language = verdict_rows(results), results.language
    if rows.empty:
        return []
    told = told_verdicts(rows, language, rules_table(results), only_found=True)
    none = say("brief.none", language)
    word = word_of(results, rows["q_spatial"].min())
    none = say("summary.sure", language, told=none, certainty=word)
    groups = joined(told, language, "parts") or none
    year = year_text(results, results.years[-1])
    tested = int(rows["q_spatial"].notna().sum())
    return [say("brief.groups", language, year=year, count=tested, groups=groups)]


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
    (2, _gap),
    (2, _groups),
    (4, warning_lines),
)
