"""``tally``: records of firms, patents or trade, counted and summed by region and year."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo_resilience.cli._console import Session, tell
from geo_resilience.cli._drawings import refuse_nowhere
from geo_resilience.cli._map import regions_asked
from geo_resilience.cli._options import (
    HERE,
    PATH,
    SPOKEN,
    CommandWords,
    boundaries,
    boundary_columns,
    debug,
    scheduler,
    workers,
)
from geo_resilience.errors import OutputError
from geo_resilience.files import put_in_place
from geo_resilience.text import first_few
from geo_resilience.words import joined, say

if TYPE_CHECKING:
    from geo_resilience.indicators.rasters._zonal import Zonal
    from geo_resilience.indicators.records._tally import Tally

#: Most unknown names that are told.
_NAMED = 12

_KINDS = (".csv", ".parquet")

#: First columns of the table, and those of the report.
_TABLE, _REPORT = ("adcode", "year"), ("reason", "rows")

_WORDS = CommandWords("tally")


@_WORDS.command()
@click.argument("records", nargs=-1, required=True)
@boundaries
@boundary_columns
@_WORDS.option("--longitude", metavar="COL")
@_WORDS.option("--latitude", metavar="COL")
@_WORDS.option("--crs", metavar="CRS")
@_WORDS.option("--region", metavar="COL")
@_WORDS.option("--year", required=True, metavar="COL|Y")
@_WORDS.option("--industry", metavar="COL")
@_WORDS.option("--sql", metavar="QUERY")
@_WORDS.option("--concordance", type=PATH, metavar="FILE")
@_WORDS.option("--count", is_flag=True)
@_WORDS.option("--sum", "sums", multiple=True, metavar="COL")
@_WORDS.option("--mean", "means", multiple=True, metavar="COL")
@_WORDS.option("--distinct", multiple=True, metavar="COL")
@_WORDS.option("--top", multiple=True, type=(str, str, click.IntRange(1)), metavar="COL HOLDER N")
@workers
@scheduler
@_WORDS.option("-o", "--out", type=PATH, required=True, metavar="FILE")
@_WORDS.option("--language", type=SPOKEN, default=HERE)
@debug
@click.pass_obj
def tally(session: Session, /, records: tuple[str, ...], out: Path, **asked: Any) -> None:
    """Count and sum records; write the table, and what was left out of it."""
    session.language = language = asked["language"]
    refuse_table(out, records)
    from geo_resilience.indicators.records._engines import engine
    from geo_resilience.indicators.records._question import question_of
    from geo_resilience.indicators.records._tally import tallied

    regions = regions_asked(asked)
    question = question_of(asked)
    with engine(asked["workers"], asked["scheduler"]) as executor:
        found = tallied(records, regions, question, sql=asked["sql"], executor=executor)
    write_table(found, out)
    for line in _lines(found, language):
        tell(line)
    tell(say("cli.tally.done", language, file=out, rows=len(found.table)))


def refuse_table(out: Path, records: Sequence[str], report: tuple[str, ...] = _REPORT) -> None:
    """Raise when no table can stand there, before anything is read.

    No record is replaced, and no file but an earlier table or report of ours.
    """
    if out.suffix.casefold() not in _KINDS:
        raise OutputError("cli.tally_out_kind", file=out, known=_KINDS)
    refuse_nowhere(out, "table.csv")
    given = [Path(each).resolve() for each in records]
    for file, begin in ((out, _TABLE), (_report(out), report)):
        if file.resolve() in given:
            raise OutputError("cli.map_out_is_input", file=file)
        if file.exists() and file.stat().st_size and not _begins(file, begin):
            raise OutputError("cli.tally_out_not_ours", file=file)


def _begins(file: Path, names: tuple[str, ...]) -> bool:
    """Whether the first columns of a table are these."""
    if file.suffix.casefold() == ".parquet":
        from pyarrow import ArrowException
        from pyarrow.parquet import read_schema

        try:
            return tuple(read_schema(file).names[: len(names)]) == names
        except ArrowException:
            return False
    with file.open("rb") as content:
        return content.readline().strip().startswith(",".join(names).encode())


def _report(out: Path) -> Path:
    return out.with_suffix(".report.csv")


def write_table(found: Tally | Zonal, out: Path) -> None:
    """Write a table, and the report of what was left out of it beside."""
    with put_in_place(out) as beside:
        if out.suffix.casefold() == ".csv":
            found.table.to_csv(beside, index=False, lineterminator="\n")
        else:
            found.table.to_parquet(beside, index=False)
    with put_in_place(_report(out)) as beside:
        found.report.to_csv(beside, index=False, lineterminator="\n")


def _lines(found: Tally, language: str) -> list[str]:
    """Tell how many records were read, and how many went into nothing, by reason."""
    told = []
    for reason, rows in found.report.itertuples(index=False, name=None):
        key, _, column = reason.partition(" ")
        why = say(f"left_out.{key}", language)
        told.append(f"{column and f'{column}: '}{why}: {rows:,}")
    if found.unknown:
        names = first_few(found.unknown, _NAMED)
        told.append(say("cli.tally.unknown", language, names=joined(names, language)))
    return told
