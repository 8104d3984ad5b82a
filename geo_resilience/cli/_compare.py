"""``compare``: what changed between two runs, and why."""

from __future__ import annotations

from pathlib import Path

import click

from geo_resilience.cli._console import Session, console_language, tell
from geo_resilience.errors import InputError
from geo_resilience.words import LANGUAGES, say

_HERE = console_language()

_PATH = click.Path(path_type=Path)


def _told(name: str) -> str:
    return say(f"cli.compare.{name}", _HERE)


@click.command("compare", help=_told("help"), short_help=_told("short"))
@click.argument("old", type=_PATH, metavar="OLD|STUDY.toml")
@click.argument("new", type=_PATH, metavar="[NEW]", required=False)
@click.option("--change", "changes", multiple=True, metavar="KEY=VALUE", help=_told("change"))
@click.option("-o", "--out", type=_PATH, metavar="DIR", help=_told("out"))
@click.option("--language", type=click.Choice(LANGUAGES), help=say("cli.run.language", _HERE))
@click.option("--debug", is_flag=True, help=say("cli.debug", _HERE))
@click.pass_obj
def compare(
    session: Session,
    old: Path,
    new: Path | None,
    changes: tuple[str, ...],
    out: Path | None,
    language: str | None,
    debug: bool,
) -> None:
    """Compare two runs, or a study with its alternatives."""
    session.debug |= debug
    session.language = language or session.language
    from geo_resilience.report.chapters._editions import told
    from geo_resilience.study import compare as compared
    from geo_resilience.study.editions._writing import held_by, write

    if (new is None) == (not changes):
        found = " ".join([str(each) for each in (old, new) if each] + list(changes))
        raise InputError("compare.two", found=found)
    assert new is not None
    found = compared(old, new, language=language)
    session.language = language or found.new.language
    for line in told(held_by(found), session.language):
        tell(line)
    for note in found.notes:
        tell(note.say(session.language), error=True)
    if out is not None:
        write(found, out, session.language, {"command": "compare"})
        tell(say("cli.compare.done", session.language, file=out / "index.html"))
