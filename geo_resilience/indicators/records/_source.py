"""Records as one of the tables of a study."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from geo_resilience.indicators._sources import Keyed
from geo_resilience.indicators.records._question import Question
from geo_resilience.indicators.records._tally import Tally, tallied, told
from geo_resilience.notes import Note
from geo_resilience.regions import Regions
from geo_resilience.text import first_few

#: Share of the records from which on those left out change what may be concluded.
_MANY = 0.05

#: Most unknown names that are told.
_NAMED = 12


@dataclass(frozen=True, eq=False)
class RecordSource:
    """Records of a study: where they are, what is asked of them, how their columns are called.

    - ``label``: what notes and tables call them.
    - ``prefix``: begins the name of each column; empty where there are no others.
    """

    label: str
    files: tuple[Path, ...]
    question: Question
    sql: str | None = None
    prefix: str = ""


def count_records(
    source: RecordSource,
    regions: Regions,
    *,
    needed: Collection[str],
    aliases: Mapping[str, str] | None = None,
) -> tuple[Keyed, pd.DataFrame]:
    """Count and sum records into columns of a table; and tell what was left out, by reason."""
    found = tallied(
        source.files, regions, source.question, aliases=aliases, sql=source.sql, wide=True
    )
    names = {name: f"{source.prefix}{name}" for name in map(str, found.table.columns)}
    table = found.table.rename(columns=names).rename_axis(["adcode", "year"])
    keyed = Keyed.made(source.label, table, needed, _notes(source, found, regions))
    return keyed, _account(source.label, found)


def _account(label: str, found: Tally) -> pd.DataFrame:
    """List the records read and counted, and those left out by reason."""
    reasons = found.report["reason"].str.partition(" ")
    table = pd.DataFrame(
        {"records": label, "reason": reasons[0], "column": reasons[2], "rows": found.report["rows"]}
    )
    counted = pd.DataFrame(
        {"records": [label], "reason": ["counted"], "column": [""], "rows": [found.counted]}
    )
    return pd.concat([table.iloc[:1], counted, table.iloc[1:]], ignore_index=True)


def _notes(source: RecordSource, found: Tally, regions: Regions) -> list[Note]:
    where, notes = source.label, []
    report = found.report.set_index("reason")["rows"]
    read = int(report["read"])
    filled = found.table[found.table["count"] > 0].index.unique("region")
    counts = {"counted": found.counted, "found": len(filled), "all": len(regions.keys)}
    notes.append(Note("records.counted", where, {"read": read, **counts}))
    if lost := read - found.counted:
        share = lost / read
        key = "records.many_left_out" if share > _MANY else "records.left_out"
        values = {"count": lost, "read": read, "share": f"{100 * share:.3g}"}
        notes.append(Note(key, where, {**values, "reasons": told(found.report)}))
    if found.unknown:
        names = first_few(found.unknown, _NAMED)
        count = int(report["unknown_region"])
        notes.append(Note("records.unknown_names", where, {"count": count, "names": names}))
    for reason in (each for each in report.index if each.startswith("no_value")):
        column = reason.partition(" ")[2]
        count = int(report[reason])
        notes.append(Note("records.blank", where, {"count": count, "column": column}))
    return notes
