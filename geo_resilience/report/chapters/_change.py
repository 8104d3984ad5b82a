"""What changed over the years, and which indicators moved it."""

from __future__ import annotations

import pandas as pd

from geo_resilience.report._blocks import Block, ColumnHead, DataTable, Finding, Picture, Sentence
from geo_resilience.report._teller import Teller
from geo_resilience.results._changes import holding
from geo_resilience.statistics._certainty import certainty

#: Regions named that rose and fell most, and indicators that moved them.
MOVERS, MOVED_BY = 5, 3


def change(tell: Teller) -> list[Block]:
    """Show how the mean and the regions moved, and by which indicators."""
    first, last = tell.span
    if first == last:
        return []
    found = mean(tell)
    blocks: list[Block] = []
    if found:
        blocks.append(Sentence(tell.paired(found)))
    blocks += [
        Picture("change_map", turned(tell), beside=True),
        Picture("rank_lines", beside=True),
        movers(tell),
        Picture("change_bars"),
        Picture("yearly_maps"),
    ]
    return blocks


def turned(tell: Teller) -> str:
    """Count the regions whose composite rose and fell; nothing where none is known."""
    first, last = tell.span
    rows = tell.rows("contributions", **{"from": first, "to": last}, level="total")
    rows = rows[rows["adcode"].notna() & rows["contribution"].notna()]
    if rows.empty:
        return ""
    told = {
        "rose": tell.counted("contributions", rows[rows["contribution"] > 0], "adcode"),
        "fell": tell.counted("contributions", rows[rows["contribution"] < 0], "adcode"),
    }
    return tell.say("report.change.moved", count=len(rows), **told)


def mean(tell: Teller) -> Finding | None:
    """Find whether the mean of the regions rose or fell."""
    rows = tell.rows("gaps_trend", measure="mean")
    rows = rows[rows["p_change"].notna()]
    if rows.empty:
        return None
    label = rows.index[0]
    rose = rows.at[label, "change"] > 0
    alike = rows.at[label, "estimate"] * rows.at[label, "change"] > 0
    held = holding(tell.results, tell.span[1], "change", "mean")
    sure = certainty(rows.at[label, "p_change"], held) if alike else "open"
    told = {
        **{name: tell.cite("gaps_trend", rows, label, name) for name in ("first", "last")},
        "change": tell.cite("gaps_trend", rows, label, "change", "+.3f"),
        "p": tell.cite("gaps_trend", rows, label, "p_change", "p"),
        "from": tell.year(tell.span[0]),
        "to": tell.year(tell.span[1]),
    }
    way = ("rose" if rose else "fell") + ("_open" if sure == "open" else "")
    return Finding(
        tell.say(f"report.mean.{way}", **told),
        tell.say("report.mean.numbers", **told),
        sure,
        "change",
    )


def _changes(tell: Teller, level: str) -> pd.DataFrame:
    """Give the changes of the regions over all years, as a whole or by indicator."""
    first, last = tell.span
    parts = tell.rows("contributions", level=level, **{"from": first, "to": last})
    return parts[parts["adcode"].fillna("") != ""]


def totals(tell: Teller) -> pd.DataFrame:
    """Give the changes of the regions over all years, the greatest rise first."""
    return _changes(tell, "total").sort_values("contribution", ascending=False, kind="stable")


def moved(tell: Teller) -> Finding | None:
    """Find who rose most and who fell most."""
    whole = totals(tell)
    if len(whole) < 2 or tell.span[0] == tell.span[1]:
        return None
    ends = whole.index[[0, -1]]
    changes = [tell.cite("contributions", whole, label, "contribution", "+.3f") for label in ends]
    most, least = whole.loc[ends, "contribution"]
    names = [tell.name(whole.at[label, "adcode"]) for label in ends]
    single = _changes(tell, "indicator")
    told = {
        **dict(zip(("first", "last"), names, strict=True)),
        **dict(zip(("rise", "fall"), changes, strict=True)),
        "parts": moved_by(tell, single[single["adcode"] == whole.at[ends[0], "adcode"]]),
        "from": tell.year(tell.span[0]),
        "to": tell.year(tell.span[1]),
    }
    way = "rose" if least >= 0 else "fell" if most <= 0 else "both"
    claim = tell.say(f"report.moved.{way}", **told)
    return Finding(claim, tell.say("report.moved.numbers", **told), "", "change")


def movers(tell: Teller) -> DataTable:
    """Give the regions that rose and fell most, each with the indicators that moved it."""
    first, last = tell.span
    whole, single = totals(tell), _changes(tell, "indicator")
    count = min(MOVERS, len(whole) // 2)
    shown = pd.concat([whole.head(count), whole.tail(count)])
    body = [
        [
            tell.name(shown.at[label, "adcode"]),
            tell.cite("contributions", shown, label, "contribution", "+.3f"),
            moved_by(tell, single[single["adcode"] == shown.at[label, "adcode"]]),
        ]
        for label in shown.index
    ]
    columns = [
        ColumnHead(tell.say(f"report.head.{head}"), head == "change")
        for head in ("region", "change", "moved_by")
    ]
    return DataTable(tell.say("report.change.movers", first=first, last=last), columns, body)


def moved_by(tell: Teller, parts: pd.DataFrame) -> str:
    """Name the indicators that moved a region most, each with its part of the change."""
    order = parts["contribution"].abs().sort_values(ascending=False, kind="stable").index
    return tell.joined(
        [
            tell.say(
                "report.change.part",
                name=tell.variable(parts.at[label, "code"]),
                part=tell.cite("contributions", parts, label, "contribution", "+.3f"),
            )
            for label in order[:MOVED_BY]
        ]
    )
