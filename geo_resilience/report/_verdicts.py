"""Verdicts of space in words: how certain they are, and under how many neighbor rules they hold."""

from __future__ import annotations

import pandas as pd

from geo_resilience.report._wording import held_share, p_text, sureness
from geo_resilience.results._changes import ends_told
from geo_resilience.words import say, shortened

#: In the order of a sentence; the first two are findings.
_VERDICTS = ("higher", "lower", "not significant", "cannot be tested", "not tested")

_FOUND = _VERDICTS[:2]


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
