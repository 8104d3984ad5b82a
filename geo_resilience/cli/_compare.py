"""``compare``: what changed between two runs, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo_resilience.cli._console import Session, study_language, tell
from geo_resilience.cli._options import PATH, SPOKEN, CommandWords, debug
from geo_resilience.errors import InputError
from geo_resilience.words import say

if TYPE_CHECKING:
    from geo_resilience.study import Comparison

_WORDS = CommandWords("compare")


@_WORDS.command()
@click.argument("old", type=PATH, metavar="OLD|STUDY.toml")
@click.argument("new", type=PATH, metavar="[NEW]", required=False)
@_WORDS.option("--change", "changes", multiple=True, metavar="KEY=VALUE")
@_WORDS.option("--crosswalk", type=PATH, metavar="FILE")
@_WORDS.option("-o", "--out", type=PATH, metavar="DIR")
@CommandWords("run").option("--language", type=SPOKEN)
@debug
@click.pass_obj
def compare(
    session: Session,
    old: Path,
    new: Path | None,
    changes: tuple[str, ...],
    crosswalk: Path | None,
    out: Path | None,
    language: str | None,
) -> None:
    """Compare two runs, or a study with its alternatives."""
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
        (only,) = found.values()
        yield from told(held_by(found), language)
        if count := int(only.tables["changes_in_findings"]["changed"].sum()):
            yield say("cli.compare.verdicts", language, verdicts=count)
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
