"""Verdicts of space in words: how certain they are, and under how many neighbor rules they hold."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from geo_resilience.regions import Grouping
from geo_resilience.report._wording import held_share, sureness, word_of
from geo_resilience.results._changes import ends_told, p_text
from geo_resilience.statistics._certainty import LIKELY_P
from geo_resilience.words import joined, say, shortened

#: In the order of a sentence; the first two are findings.
_VERDICTS = ("higher", "lower", "not significant", "cannot be tested", "not tested")

_FOUND = _VERDICTS[:2]


def labeled(rows: pd.DataFrame, groupings: Mapping[str, Grouping], language: str) -> pd.DataFrame:
    """Label the rows of a study's groups; one with the members of an earlier one counts with it."""
    known = {group.id: group for grouping in groupings.values() for group in grouping.groups}
    rows = rows[rows["group"].isin(list(known))]
    groups = [known[group] for group in rows["group"]]
    again = pd.Series([frozenset(group.members) for group in groups]).duplicated()
    rows = rows.assign(label=[group.name[language] for group in groups])
    return rows[~again.to_numpy()]


def gap_values(
    row: pd.Series,
    rules: pd.DataFrame,
    language: str,
    kind: str = "",
    digits: str = ".3f",
    held: float | None = None,
) -> dict[str, str]:
    """Write a gap with its interval (`_free`: that of independent regions), p and certainty.

    held is the share of other indices that give the same verdict: where the gap cannot be told from
    chance, those in which it cannot either.
    """
    p = row["p_value"]
    key = "summary.held_alone" if p <= LIKELY_P else "summary.held_untold"
    return {
        "value": f"{row['value']:{digits}}",
        **ends_told(row[f"low{kind}"], row[f"high{kind}"], language, digits),
        "p": p_text(p),
        "held": _apart(row, kind, language, digits) + held_share(language, held, key),
        **sureness(p, rules, "gap", language, str(row["measure"]), held),
    }


def _apart(row: pd.Series, kind: str, language: str, digits: str) -> str:
    """Say what the spatial model estimates where the difference of means is not in its interval."""
    low, high = row[f"low{kind}"], row[f"high{kind}"]
    if kind or not (row["value"] < low or row["value"] > high):
        return ""
    return say("summary.gap_apart", language, estimate=f"{row['estimate']:{digits}}")


def told_verdicts(
    rows: pd.DataFrame, language: str, rules: pd.DataFrame, *, only_found: bool = False
) -> list[str]:
    """Put the verdicts of one year in words, a part a verdict; each finding with its corrected p.

    Rows are those of pattern with a label, and the share of draws (holds) where it was asked; of
    groups that are not significant those with the least p stand for all. `only_found` leaves out
    what is neither higher nor lower.
    """
    parts, count = [], len(rows)
    for verdict in _FOUND if only_found else _VERDICTS:
        of_it = rows[rows["verdict"] == verdict]
        if of_it.empty:
            continue
        groups = shortened(of_it["label"], language)
        if len(of_it) == count:
            groups = [say("summary.all_of_them", language, count=count)]
        if verdict in _FOUND:
            groups = [_told(row, rules, language) for _, row in of_it.iterrows()]
        told = say(f"summary.verdict_{verdict.replace(' ', '_')}", language, groups=groups)
        if verdict == "not significant":
            told = f"{told}{_least(of_it, rules, language)}"
        parts.append(told)
    return parts


def _told(row: pd.Series, rules: pd.DataFrame, language: str) -> str:
    # The draws are asked for the group's own p: that says something where a verdict is given.
    held = row.get("holds")
    sure = sureness(row["q_spatial"], rules, "group", language, str(row["group"]), held)
    p, difference = p_text(row["q_spatial"]), f"{row['difference']:+.3f}"
    return say(
        "summary.group",
        language,
        name=row["label"],
        difference=difference,
        p=p,
        held=held_share(language, held, "summary.held_alone"),
        **sure,
    )


def _least(rows: pd.DataFrame, rules: pd.DataFrame, language: str) -> str:
    """Name the groups with the least corrected p, each with its p had it alone been asked."""
    least = rows["q_spatial"].min()
    names = []
    for _, row in rows[rows["q_spatial"] == least].iterrows():
        sure = sureness(least, rules, "group", language, str(row["group"]))
        alone = p_text(row["p_spatial"])
        names.append(
            say("summary.least_of", language, name=row["label"], alone=alone, rules=sure["rules"])
        )
    word = word_of(language, least)
    told = joined(names, language, "parts")
    return say("summary.least", language, p=p_text(least), names=told, certainty=word)
