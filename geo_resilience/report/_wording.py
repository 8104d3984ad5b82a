"""What the lines of the summary are worded with: years, rows of tables, numbers, certainty."""

from __future__ import annotations

import pandas as pd

from geo_resilience import tables
from geo_resilience.results import Results
from geo_resilience.results._changes import holding, percent
from geo_resilience.statistics._certainty import certainty
from geo_resilience.words import say


def year_text(results: Results, year: int) -> str:
    """Write a year; a study without years has one period."""
    if not year:
        return say("summary.no_year", results.language)
    return say("summary.year", results.language, year=year)


def last_year(results: Results) -> str:
    """Write the last year."""
    return year_text(results, results.years[-1])


def last_rows(results: Results, stem: str, **where: str) -> pd.DataFrame:
    """Give the rows of a table for the last year; none where the study skips it."""
    return tables.of(results, stem, year=results.years[-1], **where)


def holds(results: Results, finding: str, item: str = "composite") -> float | None:
    """Give the share of the draws in which a finding of the last year holds; None if not asked."""
    return holding(results, results.years[-1], finding, item)


def signed(value: float, how: str = ".2f") -> str:
    """Write a number with a true minus sign; a dash where there is none."""
    return "-" if pd.isna(value) else f"{value:{how}}".replace("-", "\u2212")


def word_of(language: str, p: float | None, *shares: float | None) -> str:
    """Give the word of certainty of a finding."""
    return say(f"certainty.{certainty(p, *shares)}", language)


def held_share(language: str, share: float | None, key: str = "summary.held_share") -> str:
    """Say in how many other indices a finding holds; nothing where that was not asked."""
    if share is None or pd.isna(share):
        return ""
    return say(key, language, share=percent(share))


def sureness(
    p: float,
    rules: pd.DataFrame,
    statistic: str,
    language: str,
    measure: str = "",
    *shares: float | None,
) -> dict[str, str]:
    """Say how certain a finding is, and under how many other neighbor rules it holds.

    Rules are the rows of neighbors_sensitivity for the finding's year and variable; where there are
    none, or only the study's own rule counts, nothing is said of rules: that one does not vouch for
    itself. Further shares (of draws, of regions left out) take part in the certainty.
    """
    told, share = "", None
    if len(rules):
        rows = rules[(rules["statistic"] == statistic) & (rules["measure"].fillna("") == measure)]
        if len(rows) and rows["rules"].iloc[0] > 0:
            agree, asked = int(rows["agree"].iloc[0]), int(rows["rules"].iloc[0])
            told = say("summary.rules", language, agree=agree, rules=asked)
            share = agree / asked
    return {"rules": told, "certainty": word_of(language, p, share, *shares)}
