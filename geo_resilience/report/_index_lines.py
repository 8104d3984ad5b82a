"""Lines of the summary on the index: ranking, grades, how firm they are, what it is made of."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geo_resilience import tables
from geo_resilience.report._wording import (
    last_rows,
    last_year,
    signed,
    word_of,
    year_text,
)
from geo_resilience.results import Results
from geo_resilience.results._changes import p_text, percent
from geo_resilience.statistics._certainty import CERTAINTIES, FIRM_SHARE, certainty
from geo_resilience.words import joined, say, shortened

#: Relative changes of the weights within which places are counted.
CHANGES = (0.05, 0.2)

#: Indicators named that move the index most.
MOVERS = 3

#: Regions named at either end of the ranking.
NAMED = 5

#: A grade of less than this probability could as well be another.
UNSURE = 0.5

#: A standardized value below this weighs most under a geometric mean.
NEAR_ZERO = 0.05


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


def _fidelity(results: Results) -> dict[str, str]:
    """Give the shares of the weight by how it is measured; none where nobody says."""
    used = results.found.weights
    kinds = {each.code: each.fidelity for each in results.framework.indicators}
    if used is None or not all(kinds.values()):
        return {}
    shares = used.values.groupby(pd.Series(kinds)).sum()
    return {kind: percent(share) for kind, share in shares.items()}


def fidelity_text(results: Results) -> str:
    """Say how the weight is measured; nothing where nobody says."""
    told = [
        say(f"summary.fidelity_{kind.replace(' ', '_')}", results.language, share=share)
        for kind, share in _fidelity(results).items()
    ]
    return say("summary.fidelity", results.language, told=told) if told else ""


def defined_text(results: Results) -> str:
    """Say how much of the weight is measured as defined; nothing where nobody says."""
    shares = _fidelity(results)
    share = shares.get("as defined", "0")
    return say("brief.fidelity", results.language, share=share) if shares else ""


def ranking_lines(results: Results, *, named: int = NAMED) -> list[str]:
    """Name both ends of the ranking of the last year."""
    language, year = results.language, last_year(results)
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
    language, year = results.language, last_year(results)
    scores = results.in_year()
    counts = scores["grade"].value_counts()
    grades = [
        say("summary.grade", language, count=count, grade=say(f"grade.{grade}", language))
        for grade in reversed(results.found.grading.names)
        if (count := int(counts.get(grade, 0)))
    ]
    return say("summary.grades", language, year=year, grades=grades)


def mean_lines(results: Results) -> list[str]:
    """Give the mean composite of the first and the last year, and what prices may have done."""
    means = results["scores"].groupby("year")["composite"].mean()
    if len(means) < 2:
        return []
    first, last = (year_text(results, int(year)) for year in (means.index[0], means.index[-1]))
    told = {"first": first, "last": last, "prices": _prices(results), **_ends(means)}
    return [say("summary.mean", results.language, **told)]


def _ends(means: pd.Series) -> dict[str, str]:
    return {"first_mean": f"{means.iloc[0]:.3f}", "last_mean": f"{means.iloc[-1]:.3f}"}


def _prices(results: Results) -> str:
    """Say what comes from indicators at current prices, or what the index is without a deflator."""
    language, beside = results.language, tables.of(results, "nominal")
    if len(beside):
        means = beside.groupby("year")["nominal"].mean()
        return say("summary.mean_nominal", language, **_ends(means))
    codes, years = list(results.found.nominal), results.years
    span = {"from": years[0], "to": years[-1], "group": "all", "level": "indicator"}
    parts = tables.of(results, "contributions", **span)
    if not codes or parts.empty:
        return ""
    parts = parts.set_index("code")["contribution"]
    told = [f"{code} {signed(parts[code], '+.3f')}" for code in codes]
    whole, part = signed(parts.sum(), "+.3f"), signed(parts[codes].sum(), "+.3f")
    priced = results.found.priced
    key = "summary.mean_price_columns" if priced else "summary.mean_no_prices"
    unread = say(key, language, columns=list(priced))
    return say("summary.mean_prices", language, codes=told, part=part, whole=whole, unread=unread)


def foretold_lines(results: Results) -> list[str]:
    """Tell whether the index foretold resistance and recovery, beside the naive benchmark."""
    table, language = tables.of(results, "foretelling"), results.language
    asked = table[(table["predictor"] == "composite") & table["p_holm"].notna()]
    if asked.empty:
        return []
    beside = table[table["predictor"] != "composite"].set_index(["outcome", "variable"])
    year, lines = year_text(results, results.found.shock[0]), []
    for variable, rows in asked.groupby("variable", sort=False):
        told = [
            say(
                "summary.foretold_outcome",
                language,
                outcome=say(f"summary.foretold_{row.outcome}", language),
                value=signed(row.spearman),
                beside=_beside(beside, row, results),
                level=_level(row, language),
                p=p_text(row.p_holm),
                certainty=word_of(language, _weaker(row.p_holm, row.p_level)),
            )
            for row in rows.itertuples(index=False)
        ]
        named = results.framework.called(variable)[language]
        parts = joined(told, language, "parts")
        lines.append(say("summary.foretold", language, year=year, variable=named, told=parts))
    return [*lines, say("summary.foretold_how", language, count=len(asked))]


def _beside(beside: pd.DataFrame, row: Any, results: Results) -> str:
    """Say what the naive benchmark gives; nothing where the study names none."""
    at = (row.outcome, row.variable)
    if at not in beside.index or pd.isna(beside.at[at, "spearman"]):
        return ""
    name = results.framework.called(beside.at[at, "predictor"])[results.language]
    value, p = signed(beside.at[at, "spearman"]), p_text(beside.at[at, "p_holm"])
    return say("summary.foretold_beside", results.language, name=name, value=value, p=p)


def _weaker(p: float, at_equal_level: float) -> float:
    """Give the larger p; none where the index is all that is known of the earlier level."""
    return at_equal_level if pd.isna(at_equal_level) else max(p, at_equal_level)


def _level(row: Any, language: str) -> str:
    """Say what it is at an equal earlier level, with its own p; nothing where that is unknown."""
    if pd.isna(row.spearman_level):
        return ""
    value, p = signed(row.spearman_level), p_text(row.p_level)
    return say("summary.foretold_level", language, value=value, p=p)


def order_lines(results: Results) -> list[str]:
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
            certainty=word_of(language, None, 1 - row.probability),
        )
        for row in turned.itertuples(index=False)
    ]


def firmness_lines(results: Results) -> list[str]:
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
            certainty=word_of(language, None, row.p_top_5),
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
    near = _other_means(results, "summary.driving_mean")
    return [
        say(
            "summary.driving_cell",
            language,
            name=row.name,
            indicator=_labelled(results, row.indicator),
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
    unsure, by = chances[chances["chance"] < UNSURE], "_places" if results.found.skewed else ""
    told = {"level": percent(UNSURE), "sure": grades_sure(results, chances)}
    if unsure.empty:
        return say(f"summary.all_sure{by}", language, year=last_year(results), **told)
    named = shortened(unsure["name"], language, NAMED)
    counts = {"count": len(unsure), "regions": len(table)}
    return say(f"summary.unsure{by}", language, named=named, **told, **counts)


def weight_lines(results: Results) -> list[str]:
    """Tell how far weights may move, and what the indicators move."""
    return [*_margins(results), *_effects(results)]


def _margins(results: Results) -> list[str]:
    table, language = last_rows(results, "weight_margins"), results.language
    if table.empty:
        return []
    names = dict(zip(results["scores"]["adcode"], results["scores"]["name"], strict=True))
    near = table[table["against"] == "neighbor"]
    within = [int((near["margin"] < change).sum()) for change in CHANGES]
    first = near.iloc[0]
    top = {"first": names[first["upper"]], "second": names[first["lower"]]}
    if pd.isna(first["margin"]):
        held = say("summary.margin_always", language, **top)
    else:
        held = say("summary.margin_first", language, margin=f"{first['margin']:.1%}"[:-1], **top)
    return [
        say(
            "summary.margins",
            language,
            year=last_year(results),
            pairs=len(near),
            few=within[0],
            change=percent(CHANGES[0]),
            many=within[1],
            wide=percent(CHANGES[1]),
            held=held,
        )
    ]


def _effects(results: Results) -> list[str]:
    table, language = last_rows(results, "effective_weights"), results.language
    if table.empty:
        return []
    ordered = table.sort_values("effective", ascending=False, kind="stable")
    against = ordered[ordered["effective"] < 0]

    def told(part: pd.DataFrame) -> list[str]:
        return [
            say(
                "summary.effect",
                language,
                name=_labelled(results, row.code),
                share=f"{100 * row.effective:.0f}".replace("-", "\u2212"),
                weight=percent(row.stated),
            )
            for row in part.itertuples(index=False)
        ]

    year = last_year(results)
    end = say("summary.effects_against", language, told=told(against)) if len(against) else ""
    first = told(ordered.head(MOVERS))
    return [say("summary.effects", language, year=year, told=first, against=end)]


def obstacle_lines(results: Results) -> list[str]:
    """Name the indicators that are the largest obstacle of most regions."""
    rows, language = last_rows(results, "obstacles", level="indicator"), results.language
    if rows.empty:
        return []
    common = rows.loc[rows["order"] == 1, "code"].value_counts().head(3)
    told = [
        say("summary.obstacle", language, name=_labelled(results, code), count=count)
        for code, count in common.items()
    ]
    return [say("summary.obstacles", language, year=last_year(results), obstacles=told)]


def _labelled(results: Results, code: str) -> str:
    name = results.framework.called(code)[results.language]
    return name if name == code else f"{code} {name}"
