"""``compare``: what changed between two runs, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo_resilience.cli._console import Session, console_language, study_language, tell
from geo_resilience.errors import InputError
from geo_resilience.words import LANGUAGES, say

if TYPE_CHECKING:
    from geo_resilience.study import Comparison

_HERE = console_language()

_PATH = click.Path(path_type=Path)


def _told(name: str) -> str:
    return say(f"cli.compare.{name}", _HERE)


@click.command("compare", help=_told("help"), short_help=_told("short"))
@click.argument("old", type=_PATH, metavar="OLD|STUDY.toml")
@click.argument("new", type=_PATH, metavar="[NEW]", required=False)
@click.option("--change", "changes", multiple=True, metavar="KEY=VALUE", help=_told("change"))
@click.option("--crosswalk", type=_PATH, metavar="FILE", help=_told("crosswalk"))
@click.option("-o", "--out", type=_PATH, metavar="DIR", help=_told("out"))
@click.option("--language", type=click.Choice(LANGUAGES), help=say("cli.run.language", _HERE))
@click.option("--debug", is_flag=True, help=say("cli.debug", _HERE))
@click.pass_obj
def compare(
    session: Session,
    old: Path,
    new: Path | None,
    changes: tuple[str, ...],
    crosswalk: Path | None,
    out: Path | None,
    language: str | None,
    debug: bool,
) -> None:
    """Compare two runs, or a study with its alternatives."""
    session.debug |= debug
    own = study_language(old, session.language) if changes else session.language
    session.language = language or own
    from geo_resilience.study import compare as compared
    from geo_resilience.study.editions._alternatives import alternatives
    from geo_resilience.study.editions._writing import write

    found: Mapping[str, Comparison]

    if (new is None) == (not changes):
        given = [str(each) for each in (old, new) if each] + list(changes)
        raise InputError("compare.two", found=" ".join(given))
    if new is None:
        found = alternatives(
            old, changes, language=language, progress=lambda change: _running(session, change)
        )
    else:
        found = {"": compared(old, new, crosswalk=crosswalk, language=language)}
    first = next(iter(found.values()))
    session.language = language or first.new.language
    for line in _lines(found, session.language):
        tell(line)
    for note in (note for each in found.values() for note in each.notes):
        tell(note.say(session.language), error=True)
    if out is not None:
        write(found, out, session.language, {"command": "compare", "changes": list(changes)})
        tell(say("cli.compare.done", session.language, file=out / "index.html"))


def _running(session: Session, change: str) -> None:
    tell(say("cli.compare.running", session.language, change=change), error=True)


def _lines(found: Mapping[str, Comparison], language: str) -> Iterator[str]:
    """Tell one comparison in sentences, several in a line each."""
    from geo_resilience.report.chapters._editions import told
    from geo_resilience.study.editions._alternatives import sheet
    from geo_resilience.study.editions._writing import held_by

    if len(found) == 1:
        yield from told(held_by(found), language)
        return
    for row in sheet(found).itertuples():
        yield say(
            "cli.compare.alternative",
            language,
            change=row.alternative,
            moved=row.regions_moved,
            count=len(found[row.alternative].new.in_year()),
            shift=f"{row.mean_shift:.1f}",
            name=row.most_moved or "–",
            places=f"{row.places:+d}",
            grades=row.grades_changed,
            verdicts=row.verdicts_changed,
        )
