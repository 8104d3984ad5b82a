"""What changed since an earlier run, and why: moves, their causes, findings, plans."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from geo_resilience.report._blocks import (
    Block,
    Bullets,
    ColumnHead,
    DataTable,
    Finding,
    Heading,
    Picture,
    Sentence,
)
from geo_resilience.report._teller import BLANK, Teller
from geo_resilience.results import Results
from geo_resilience.results._editions import CAUSES, last_changes
from geo_resilience.words import Cited

#: Regions told in sentences, and rows of the tables of plans and findings.
TOLD, SHOWN = 3, 20

#: Parts of a change of rank that are not told.
_SMALL = 0.05


def since(tell: Teller) -> list[Block]:
    """Tell what changed since the earlier run; nothing where there is none to compare with."""
    if len(tell.rows("alternatives")):
        return [_sheet(tell), _plans(tell)]
    ranks = last_changes(tell.results, "rank")
    if ranks.empty:
        return []
    moved = ranks[ranks["change"] != 0]
    blocks: list[Block] = [Sentence(_counted(tell, ranks, moved))]
    if len(moved):
        blocks += [Bullets([_move(tell, moved, label) for label in farthest(moved)[:TOLD]])]
    blocks += [
        Picture("edition_ranks", beside=True),
        Picture("edition_map", beside=True),
        *([Picture("edition_steps")] if len(moved) else []),
        _moves(tell, ranks),
        Picture("edition_causes", detail=True),
        _regraded(tell),
        *_undone(tell, moved),
    ]
    blocks += [Heading(tell.say("report.since.found")), _findings(tell), _plans(tell)]
    return [block for block in blocks if not isinstance(block, DataTable) or block.rows]


def moved(tell: Teller) -> Finding | None:
    """Find how many places were won and lost since the earlier run, and by whom most."""
    ranks = last_changes(tell.results, "rank")
    if ranks.empty:
        return None
    rows = ranks[ranks["change"] != 0]
    most = farthest(rows)
    numbers = _move(tell, rows, most[0]) if len(most) else ""
    return Finding(_counted(tell, ranks, rows), numbers, "", "since", "edition_map")


def farthest(moved: pd.DataFrame) -> pd.Index:
    """Give the rows of moves, the farthest first."""
    return moved["change"].abs().sort_values(ascending=False, kind="stable").index


def farthest_mover(tell: Teller) -> str | None:
    """Give the key of the region whose place changed most."""
    ranks = last_changes(tell.results, "rank")
    moved = ranks[ranks["change"] != 0]
    return None if moved.empty else str(moved.at[farthest(moved)[0], "adcode"])


def _sheet(tell: Teller) -> DataTable:
    """Give what each alternative does to ranks, grades and verdicts."""
    rows = tell.rows("alternatives")
    body = [
        [
            rows.at[label, "alternative"],
            tell.cite("alternatives", rows, label, "regions_moved", "whole"),
            tell.cite("alternatives", rows, label, "mean_shift", ".1f"),
            rows.at[label, "most_moved"] or BLANK,
            tell.cite("alternatives", rows, label, "places", "+.0f"),
            tell.cite("alternatives", rows, label, "correlation", ".3f"),
            tell.cite("alternatives", rows, label, "grades_changed", "whole"),
            tell.cite("alternatives", rows, label, "verdicts_changed", "whole"),
        ]
        for label in rows.index
    ]
    heads = ("alternative", "moved", "shift", "most_moved", "places", "agreement", "regraded")
    columns = [ColumnHead(tell.say(f"report.head.{head}"), head not in _TEXTS) for head in heads]
    columns.append(ColumnHead(tell.say("report.head.verdicts_changed"), True))
    return DataTable(tell.say("report.since.alternatives"), columns, body, wide=True)


_TEXTS = ("alternative", "most_moved")


def told(results: Results, language: str) -> list[str]:
    """Give the same in the sentences of a terminal."""
    lines: list[str] = []
    for block in since(Teller(results, language)):
        match block:
            case Sentence(text=text):
                lines.append(text)
            case Bullets(texts=texts):
                lines += [f"- {text}" for text in texts]
    return lines


def _counted(tell: Teller, ranks: pd.DataFrame, moved: pd.DataFrame) -> str:
    before, after = (int(ranks.iloc[0][name]) for name in ("year_before", "year"))
    years = tell.say(
        f"report.since.{'same_year' if before == after else 'years'}",
        before=tell.year(before),
        after=tell.year(after),
    )
    told = {"moved": tell.counted("changes", moved, "change"), "count": len(ranks)}
    kept = "study" if moved.empty else "moved"
    return tell.say(f"report.since.{kept}", **told, years=years)


def _move(tell: Teller, rows: pd.DataFrame, label: object) -> str:
    """Tell a region's move: from where, to where, by what, and how sure."""
    row = rows.loc[label]
    told = {
        "name": tell.name(row["adcode"]),
        "before": tell.cite("changes", rows, label, "before", ".0f"),
        "after": tell.cite("changes", rows, label, "after", ".0f"),
        "parts": _parts(tell, rows, label),
        "share": tell.cite("changes", rows, label, "holds", "percent"),
    }
    return tell.say(f"report.since.{'rose' if row['change'] < 0 else 'fell'}", **told)


def _parts(tell: Teller, rows: pd.DataFrame, label: object) -> str:
    """Name the causes, the largest first, each with the places that it brought."""
    parts = rows.loc[label, list(CAUSES)].astype(float)
    parts = parts[parts.abs() >= _SMALL]
    order = parts.abs().sort_values(ascending=False, kind="stable").index
    return tell.joined(
        [
            tell.say(
                f"report.since.{'up' if parts[cause] < 0 else 'down'}",
                cause=tell.say(f"cause.{cause}"),
                part=Cited(tell.number(abs(parts[cause]), ".1f")).cited(
                    tell.cell("changes", label, cause)
                ),
            )
            for cause in order
        ]
    )


def _moves(tell: Teller, ranks: pd.DataFrame) -> DataTable:
    """Give every region's change of rank with its causes, those that moved any alone."""
    active = [cause for cause in CAUSES if ranks[cause].abs().max() >= _SMALL]
    heads = ["region", "rank_before", "rank", "change"]
    columns = [ColumnHead(tell.say(f"report.head.{head}"), head != "region") for head in heads]
    columns += [ColumnHead(tell.say(f"cause.{cause}"), True) for cause in active]
    columns += [ColumnHead(tell.say("report.head.holds"), True)]
    body = [
        [
            tell.name(ranks.at[label, "adcode"]),
            *(tell.cite("changes", ranks, label, name, ".0f") for name in ("before", "after")),
            tell.cite("changes", ranks, label, "change", "+.0f"),
            *(tell.cite("changes", ranks, label, cause, "+.1f") for cause in active),
            tell.cite("changes", ranks, label, "holds", "percent"),
        ]
        for label in ranks.sort_values("after", kind="stable").index
    ]
    return DataTable(tell.say("report.since.moves"), columns, body, wide=True)


def _regraded(tell: Teller) -> DataTable:
    """Give the regions whose grade changed."""
    rows = last_changes(tell.results, "grade")
    rows = rows[rows["change"] != 0]
    names = tell.results.found.grading.names if tell.results.found.grading else ()
    body = [
        [
            tell.name(rows.at[label, "adcode"]),
            *(tell.grade(names[int(rows.at[label, side]) - 1]) for side in ("before", "after")),
        ]
        for label in rows.index
    ]
    heads = ("region", "grade_before", "grade")
    columns = [ColumnHead(tell.say(f"report.head.{head}")) for head in heads]
    return DataTable(tell.say("report.since.regraded"), columns, body)


def _undone(tell: Teller, moved: pd.DataFrame) -> list[Block]:
    """Give the least changes that would undo the largest moves."""
    rows = tell.rows("changes_undone")
    keys = moved.loc[farthest(moved)[: 2 * TOLD], "adcode"]
    rows = rows[rows["adcode"].isin(keys)]
    body = [
        [
            tell.name(rows.at[label, "adcode"]),
            tell.say(f"report.since.undone.{rows.at[label, 'by']}"),
            tell.variable(rows.at[label, "indicator"]),
            *(tell.cite("changes_undone", rows, label, name) for name in ("now", "needed")),
        ]
        for label in rows.index
    ]
    heads = ("region", "undone_by", "indicator", "now", "needed")
    columns = [ColumnHead(tell.say(f"report.head.{head}"), head in heads[3:]) for head in heads]
    return [DataTable(tell.say("report.since.undone"), columns, body)]


def _findings(tell: Teller) -> DataTable:
    """Give the findings whose verdict changed, and those whose change was tested."""
    rows = tell.rows("changes_in_findings")
    rows = rows[rows["changed"] | rows["p_change"].notna()]
    body = [
        [
            tell.say(f"choice.finding.{rows.at[label, 'finding']}"),
            _item(tell, rows.loc[label]),
            *(
                tell.cite("changes_in_findings", rows, label, name)
                for name in ("value_before", "value")
            ),
            *(
                _verdict(tell, rows.at[label, "finding"], rows.at[label, name])
                for name in ("verdict_before", "verdict")
            ),
            tell.cite("changes_in_findings", rows, label, "p_change", "p"),
        ]
        for label in rows.index
    ]
    heads = ("finding", "of", "value_before", "value", "verdict_before", "verdict", "p_change")
    numeric = ("value_before", "value", "p_change")
    columns = [ColumnHead(tell.say(f"report.head.{head}"), head in numeric) for head in heads]
    left = max(0, len(body) - SHOWN)
    return DataTable(tell.say("report.since.findings"), columns, body[:SHOWN], left=left, wide=True)


def _item(tell: Teller, row: pd.Series) -> str:
    finding, item = row["finding"], str(row["item"])
    if finding in ("cluster", "warning"):
        return tell.name(item)
    if finding == "gap":
        return tell.say(f"atlas_measure.{item}")
    if finding == "group":
        return _group(tell, item)
    return tell.variable(item)


def _group(tell: Teller, item: str) -> str:
    groups = (group for each in tell.results.groupings.values() for group in each.groups)
    return next((group.name[tell.language] for group in groups if group.id == item), item)


#: Where the words are for what is said of each kind of finding.
_VERDICTS = {"cluster": "cluster", "warning": "chain.warning"}


def _verdict(tell: Teller, finding: str, verdict: object) -> str:
    if not verdict:
        return tell.say("report.since.none")
    return tell.say(f"{_VERDICTS.get(finding, 'report.since')}.{verdict}")


def _plans(tell: Teller) -> DataTable:
    """Give the keys in which the plans differ."""
    rows = tell.rows("changes_in_plan")
    body = [
        [str(row.key), str(row.before or BLANK), str(row.after or BLANK)]
        for row in rows.itertuples()
    ]
    heads: Sequence[str] = ("key", "before", "after")
    columns = [ColumnHead(tell.say(f"report.head.{head}")) for head in heads]
    left = max(0, len(body) - SHOWN)
    return DataTable(tell.say("report.since.plans"), columns, body[:SHOWN], left=left, wide=True)
