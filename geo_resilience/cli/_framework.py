"""``framework``: an index system as a workbook to fill in, and back as TOML."""

from __future__ import annotations

from pathlib import Path

import click

from geo_resilience.cli._console import Session, tell
from geo_resilience.cli._options import HERE, PATH, SPOKEN, CommandWords, debug
from geo_resilience.words import say

_WORDS = CommandWords("framework")


@click.group("framework", help=_WORDS("help"), short_help=_WORDS("short"))
def framework() -> None:
    """Write frameworks in another form."""


@framework.command("to-xlsx", help=_WORDS("to_xlsx"), short_help=_WORDS("to_xlsx_short"))
@click.argument("source", metavar="FRAMEWORK")
@_WORDS.option("-o", "--out", type=PATH, required=True, metavar="FILE")
@_WORDS.option("--language", type=SPOKEN, default=HERE)
@debug
@click.pass_obj
def _to_xlsx(session: Session, source: str, out: Path, language: str) -> None:
    _write(session, source, out, ".xlsx", language)


@framework.command("to-toml", help=_WORDS("to_toml"), short_help=_WORDS("to_toml_short"))
@click.argument("source", metavar="FRAMEWORK")
@_WORDS.option("-o", "--out", type=PATH, required=True, metavar="FILE")
@debug
@click.pass_obj
def _to_toml(session: Session, source: str, out: Path) -> None:
    _write(session, source, out, ".toml", session.language)


def _write(session: Session, source: str, out: Path, ending: str, language: str) -> None:
    """Read a framework of any form and write it in another."""
    session.language = language
    from geo_resilience.indicators import read_framework, write_framework

    if out.suffix.lower() != ending:
        raise click.BadParameter(say("cli.framework.ending", language, ending=ending, file=out))
    found = read_framework(source)
    write_framework(found, out, language=language)
    counts = {"indicators": len(found.indicators), "variables": len(found.variables)}
    tell(say("cli.framework.done", language, file=out, **counts))
