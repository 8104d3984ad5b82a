"""Strengths and obstacles: what holds regions back, and who does it best."""

from __future__ import annotations

import pandas as pd

from geo_resilience.report._blocks import Block, ColumnHead, DataTable, Finding, Picture, Sentence
from geo_resilience.report._teller import Teller

#: Obstacles named in a sentence, and told of each zone.
NAMED = 3

#: Largest obstacles that the finding counts.
LED = 2


def strengths(tell: Teller) -> list[Block]:
    """Show the indicators that hold most regions back, and those of each zone."""
    found = obstacle(tell)
    if found is None:
        return []
    blocks: list[Block] = [Sentence(tell.paired(found)), Picture("heat_table", means(tell))]
    if tell.audience == "full":
        blocks += [*_by_zone(tell), Picture("obstacle_bars")]
    return blocks


def obstacle(tell: Teller) -> Finding | None:
    """Find the indicator that is the largest obstacle of most regions."""
    rows = tell.last("obstacles", level="indicator", order=1)
    if rows.empty or len(tell.results.framework.indicators) == 1:
        return None
    counts = rows["code"].value_counts()
    order = _commonest(counts)
    first = [tell.variable(code) for code in order if counts[code] == counts.iloc[0]]
    told = [
        tell.say(
            "report.strengths.obstacle",
            name=tell.variable(code),
            count=tell.counted("obstacles", rows[rows["code"] == code], "code"),
        )
        for code in order
    ]
    claim = (
        tell.say("report.strengths.claim", name=first[0])
        if len(first) == 1
        else tell.say("report.strengths.tied", names=first)
    )
    numbers = tell.say("report.strengths.numbers", year=tell.year(tell.span[1]), told=told)
    numbers = tell.joined([numbers, *_against(tell, order[0])], "sentences")
    return Finding(claim, numbers, "", "strengths")


def _commonest(counts: pd.Series) -> list[str]:
    """Give the first codes by count: of those that share a count all or, if too many, none.

    Where even the first share theirs with many, the first by their codes.
    """
    order = sorted(counts.index, key=lambda code: (-counts[code], code))
    least = counts[order[:LED][-1]]
    all_of_it = [code for code in order if counts[code] >= least]
    above = [code for code in order if counts[code] > least]
    return all_of_it if len(all_of_it) <= 2 * LED else above or order[:LED]


def _against(tell: Teller, code: str) -> list[str]:
    """Say where the commonest obstacle is an indicator that works against the index."""
    rows = tell.last("effective_weights", code=code)
    rows = rows[rows["effective"] < 0]
    if rows.empty:
        return []
    effect = tell.cite("effective_weights", rows, rows.index[0], "effective", "points")
    return [tell.say("report.strengths.against", effect=effect)]


def means(tell: Teller) -> str:
    """Name the indicators in which regions stand highest and lowest on average."""
    values = tell.last("indicators")
    codes = [code for code in tell.results.framework.codes if code in values]
    order = values[codes].mean().dropna().sort_values(kind="stable")
    count = min(NAMED, len(order) // 2)
    if not count:
        return ""
    low, high = (
        [
            tell.say("report.strengths.mean", name=tell.variable(code), value=tell.number(value))
            for code, value in part.items()
        ]
        for part in (order.head(count), order.tail(count)[::-1])
    )
    return tell.say("report.strengths.means", low=low, high=high)


def _by_zone(tell: Teller) -> list[DataTable]:
    """Give the largest obstacles of each zone; nothing where a study has none."""
    rows = tell.last("obstacles_by_zone")
    if rows["group"].nunique() < 2:
        return []
    rows = rows[rows["order"] <= NAMED]
    known = {
        group.id: group.name[tell.language]
        for grouping in tell.results.groupings.values()
        for group in grouping.groups
    }
    body = [
        [
            known.get(group, tell.say("report.all_regions")),
            _worst(tell, rows[rows["group"] == group]),
        ]
        for group in dict.fromkeys(rows["group"])
    ]
    heads = [ColumnHead(tell.say(f"report.head.{head}")) for head in ("group", "obstacles")]
    caption = tell.say("report.strengths.zones", year=tell.year(tell.span[1]))
    return [DataTable(caption, heads, body)]


def _worst(tell: Teller, rows: pd.DataFrame) -> str:
    """Name obstacles in their order, each with its degree."""
    return tell.joined(
        [
            tell.say(
                "report.profile.obstacle",
                name=tell.variable(rows.at[label, "code"]),
                degree=tell.cite("obstacles_by_zone", rows, label, "degree", "percent"),
            )
            for label in rows.sort_values("order", kind="stable").index
        ]
    )
