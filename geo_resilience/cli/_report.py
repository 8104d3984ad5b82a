"""``report``: reports and a workbook from a finished folder of results."""

from __future__ import annotations

from pathlib import Path

import click

from geo_resilience.cli._console import Session, console_language, tell
from geo_resilience.words import LANGUAGES, say

_HERE = console_language()

_PATH = click.Path(path_type=Path)


def _told(name: str) -> str:
    return say(f"cli.report.{name}", _HERE)


@click.command("report", help=_told("help"), short_help=_told("short"))
@click.argument("results", type=_PATH, default=Path("results"), required=False)
@click.option("--language", type=click.Choice([*LANGUAGES, "both"]), help=_told("language"))
@click.option("--format", "formats", default="html", metavar="F,…", help=_told("format"))
@click.option("--audience", default="full", metavar="leader|full", help=_told("audience"))
@click.option("--profiles", default="none", metavar="all|none|REGION,…", help=_told("profiles"))
@click.option("--template", type=_PATH, metavar="FILE.docx", help=_told("template"))
@click.option("--trace", is_flag=True, help=_told("trace"))
@click.option("-o", "--out", type=_PATH, metavar="DIR", help=_told("out"))
@click.option("--debug", is_flag=True, help=say("cli.debug", _HERE))
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
    debug: bool,
) -> None:
    """Write reports from a folder that a run wrote."""
    session.debug |= debug
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
