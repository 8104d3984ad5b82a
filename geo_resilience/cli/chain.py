"""``chain``: linkages, extraction and inoperability of one input-output table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo_resilience.cli.console import Session, console_language, tell
from geo_resilience.words import LANGUAGES, say

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["chain"]

_HERE = console_language()
_PATH = click.Path(path_type=Path)

#: Columns shown on the screen; the files hold all.
_SHOWN = ["sector", "name", "multiplier", "backward", "forward", "quadrant", "upstreamness"]


def _told(name: str) -> str:
    return say(f"cli.chain.{name}", _HERE)


@click.command("chain", help=_told("help"), short_help=_told("short"))
@click.argument("io_table", type=_PATH)
@click.option("--year", type=int, metavar="Y", help=_told("year"))
@click.option("--sheet", metavar="NAME", help=say("cli.map.sheet", _HERE))
@click.option("--concordance", type=_PATH, metavar="FILE", help=_told("concordance"))
@click.option("--out", type=_PATH, metavar="DIR", help=_told("out"))
@click.option("--language", type=click.Choice(LANGUAGES), default=_HERE, help=_told("language"))
@click.option("--debug", is_flag=True, help=say("cli.debug", _HERE))
@click.pass_obj
def chain(
    session: Session,
    io_table: Path,
    year: int | None,
    sheet: str | None,
    concordance: Path | None,
    out: Path | None,
    language: str,
    debug: bool,
) -> None:
    """Tell what hangs together in an input-output table."""
    session.debug |= debug
    session.language, session.by_options = language, True
    from geo_resilience import chain as room
    from geo_resilience.study.files import write_tables

    table = room.read_io(io_table, year=year, sheet=sheet)
    inputs = {io_table.name: io_table}
    if concordance is not None:
        table = room.aggregate(table, room.read_concordance(concordance))
        inputs[concordance.name] = concordance
    tables = {
        "io_linkages": room.linkage_table(table, language=language),
        "extraction": room.extraction_table(table, language=language),
        "inoperability": room.inoperability_table(table, language=language),
    }
    _show(tables["io_linkages"])
    for note in table.notes:
        tell(note.say(language))
    if out is not None:
        asked = {"command": "chain", "year": year, "sheet": sheet}
        write_tables(tables, out, asked=asked, inputs=inputs, notes=table.notes, language=language)
        tell(say("cli.chain.done", language, folder=out, files=[f"{stem}.csv" for stem in tables]))


def _show(linkages: pd.DataFrame) -> None:
    """Print the linkages of each technology, the strongest multiplier first."""
    for technology, rows in linkages.groupby("technology", sort=False):
        tell(f"[{technology}]")
        shown = rows.sort_values("multiplier", ascending=False)[_SHOWN]
        shown = shown.assign(name=shown["name"].str.slice(0, 40))
        tell(shown.to_string(index=False, float_format=lambda value: f"{value:.3f}"))
