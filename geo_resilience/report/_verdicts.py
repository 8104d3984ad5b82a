"""Verdicts of space in words: how certain they are, and under how many neighbor rules they hold."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from geo_resilience.results._changes import ends_told
from geo_resilience.statistics._certainty import certainty
from geo_resilience.words import say

#: Names shown of a long list.
NAMED = 6

#: In the order of a sentence; the first two are findings.
_VERDICTS = ("higher", "lower", "not significant", "cannot be tested", "not tested")
_FOUND = _VERDICTS[:2]


def p_text(value: float) -> str:
    """Write a p-value; a tiny one as a bound."""
    return "<0.0001" if value < 0.0001 else f"{value:.3g}"


def shortened(names: Iterable[str], language: str) -> list[str]:
    """Name a few of a long list, each once."""
    told = list(dict.fromkeys(names))
    if len(told) <= NAMED:
        return told
    return [*told[:NAMED], say("summary.more", language, count=len(told) - NAMED)]


def held_share(language: str, share: float | None, key: str = "summary.held_share") -> str:
    """Say in how many other indices a finding holds; nothing where that was not asked."""
    if share is None or pd.isna(share):
        return ""
    return say(key, language, share=percent(share))


def percent(share: float) -> str:
    """Write a share as a percentage without its sign; only what is whole is 100."""
    return str(min(round(100 * share), 99) if share < 1 else 100)


def sureness(
    p: float,
    rules: pd.DataFrame,
    statistic: str,
    language: str,
    measure: str = "",
    *shares: float | None,
) -> dict[str, str]:
    """Say how certain a finding is, and under how many neighbor rules it holds.

    Rules are the rows of neighbors_sensitivity for the finding's year and variable; where there are
    none, or only the study's own rule counts, nothing is said of rules. Further shares (of draws,
    of regions left out) take part in the certainty.
    """
    told, share = "", None
    if len(rules):
        rows = rules[(rules["statistic"] == statistic) & (rules["measure"].fillna("") == measure)]
        if len(rows) and rows["rules"].iloc[0] > 1:
            agree, asked = int(rows["agree"].iloc[0]), int(rows["rules"].iloc[0])
            told = say("summary.rules", language, agree=agree, rules=asked)
            share = agree / asked
    return {"rules": told, "certainty": say(f"certainty.{certainty(p, share, *shares)}", language)}


def gap_values(
    row: pd.Series,
    rules: pd.DataFrame,
    language: str,
    kind: str = "",
    digits: str = ".3f",
    held: float | None = None,
) -> dict[str, str]:
    """Write a gap with its interval (`_free`: that of independent regions), p and certainty.

    held is the share of other indices in which it is found.
    """
    p = row["p_value"]
    return {
        "value": f"{row['value']:{digits}}",
        **ends_told(row[f"low{kind}"], row[f"high{kind}"], language, digits),
        "p": p_text(p),
        "held": held_share(language, held, "summary.held_alone"),
        **sureness(p, rules, "gap", language, str(row["measure"]), held),
    }


def told_verdicts(
    rows: pd.DataFrame, language: str, rules: pd.DataFrame, *, only_found: bool = False
) -> list[str]:
    """Put the verdicts of one year in words, a part a verdict; each finding with its corrected p.

    Rows are those of pattern with a label, and the share of draws (holds) where it was asked; of
    groups that are not significant the one with the least p stands for all. `only_found` leaves out
    what is neither higher nor lower.
    """
    parts, count = [], rows["label"].nunique()
    for verdict in _FOUND if only_found else _VERDICTS:
        of_it = rows[rows["verdict"] == verdict].drop_duplicates("label")
        if of_it.empty:
            continue
        groups = shortened(of_it["label"], language)
        if len(of_it) == count:
            groups = [say("summary.all_of_them", language, count=count)]
        if verdict in _FOUND:
            groups = [_told(row, "summary.group", rules, language) for _, row in of_it.iterrows()]
        told = say(f"summary.verdict_{verdict.replace(' ', '_')}", language, groups=groups)
        if verdict == "not significant":
            least = of_it.loc[of_it["q_spatial"].idxmin()]
            told = f"{told}{_told(least, 'summary.least', rules, language)}"
        parts.append(told)
    return parts


def _told(row: pd.Series, key: str, rules: pd.DataFrame, language: str) -> str:
    # The draws are asked for the group's own p: that says something where a verdict is given.
    held = row.get("holds") if row["verdict"] in _FOUND else None
    sure = sureness(row["q_spatial"], rules, "group", language, str(row["group"]), held)
    p, difference = p_text(row["q_spatial"]), f"{row['difference']:+.3f}"
    return say(
        key,
        language,
        name=row["label"],
        difference=difference,
        p=p,
        held=held_share(language, held, "summary.held_alone"),
        **sure,
    )
