"""``framework``: an index system as a workbook to fill in, and back as TOML."""

from __future__ import annotations

from pathlib import Path

import click

from geo_resilience.cli._console import Session, console_language, tell
from geo_resilience.words import LANGUAGES, say

_HERE = console_language()

_PATH = click.Path(path_type=Path)


def _told(name: str) -> str:
    return say(f"cli.framework.{name}", _HERE)


@click.group("framework", help=_told("help"), short_help=_told("short"))
def framework() -> None:
    """Write frameworks in another form."""


@framework.command("to-xlsx", help=_told("to_xlsx"), short_help=_told("to_xlsx_short"))
@click.argument("source", metavar="FRAMEWORK")
@click.option("-o", "--out", type=_PATH, required=True, metavar="FILE", help=_told("out"))
@click.option("--language", type=click.Choice(LANGUAGES), default=_HERE, help=_told("language"))
@click.option("--debug", is_flag=True, help=say("cli.debug", _HERE))
@click.pass_obj
def _to_xlsx(session: Session, source: str, out: Path, language: str, debug: bool) -> None:
    _write(session, source, out, ".xlsx", language, debug)


@framework.command("to-toml", help=_told("to_toml"), short_help=_told("to_toml_short"))
@click.argument("source", metavar="FRAMEWORK")
@click.option("-o", "--out", type=_PATH, required=True, metavar="FILE", help=_told("out"))
@click.option("--debug", is_flag=True, help=say("cli.debug", _HERE))
@click.pass_obj
def _to_toml(session: Session, source: str, out: Path, debug: bool) -> None:
    _write(session, source, out, ".toml", session.language, debug)


def _write(
    session: Session, source: str, out: Path, ending: str, language: str, debug: bool
) -> None:
    """Read a framework of any form and write it in another."""
    session.debug |= debug
    session.language = language
    from geo_resilience.indicators import read_framework, write_framework

    if out.suffix.lower() != ending:
        raise click.BadParameter(say("cli.framework.ending", language, ending=ending, file=out))
    found = read_framework(source)
    write_framework(found, out, language=language)
    counts = {"indicators": len(found.indicators), "variables": len(found.variables)}
    tell(say("cli.framework.done", language, file=out, **counts))
