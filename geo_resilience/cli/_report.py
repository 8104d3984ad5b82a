"""``report``: reports and a workbook from a finished folder of results."""

from __future__ import annotations

from pathlib import Path

import click

from geo_resilience.cli._console import Session, tell
from geo_resilience.cli._options import PATH, CommandWords, debug
from geo_resilience.words import LANGUAGES, say

_WORDS = CommandWords("report")


@_WORDS.command()
@click.argument("results", type=PATH, default=Path("results"), required=False)
@_WORDS.option("--language", type=click.Choice([*LANGUAGES, "both"]))
@_WORDS.option("--format", "formats", default="html", metavar="F,…")
@_WORDS.option("--audience", default="full", metavar="leader|full")
@_WORDS.option("--profiles", default="none", metavar="all|none|REGION,…")
@_WORDS.option("--template", type=PATH, metavar="FILE.docx")
@_WORDS.option("--trace", is_flag=True)
@_WORDS.option("-o", "--out", type=PATH, metavar="DIR")
@debug
@click.pass_obj
def report(
    session: Session,
    results: Path,
    language: str | None,
    formats: str,
    audience: str,
    profiles: str,
    template: Path | None,
    trace: bool,
    out: Path | None,
) -> None:
    """Write reports from a folder that a run wrote."""
    session.language = language if language in LANGUAGES else session.language

    from geo_resilience.report import write
    from geo_resilience.results._reading import read_results

    found = read_results(results)
    asked = [name.strip() for name in formats.split(",") if name.strip()]
    written = write(
        found,
        out or results,
        asked,
        language,
        audience,
        profiles=profiles,
        template=template,
        trace=trace,
    )
    session.language = language if language in LANGUAGES else found.language
    if template is not None:
        from geo_resilience.report.writers._word_base import read_template

        for note in read_template(template).notes:
            tell(note.say(session.language), error=True)
    for file in written:
        tell(say("cli.report.done", session.language, file=file))
