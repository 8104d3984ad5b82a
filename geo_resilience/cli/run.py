"""``run``: the whole study, from tables and boundaries to index, space and map."""

from __future__ import annotations

import gc
from pathlib import Path

import click

from geo_resilience.cli.console import Session, console_language, study_language, tell
from geo_resilience.cli.progress import Progress
from geo_resilience.words import say

__all__ = ["run"]

_HERE = console_language()

#: A run makes many small tables and few cycles; looking for garbage less often saves a twentieth.
_SELDOM = (100_000, 20, 50)


@click.command("run", help=say("cli.run.help", _HERE), short_help=say("cli.run.short", _HERE))
@click.argument("study", required=False, type=click.Path(path_type=Path), metavar="[STUDY.toml]")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("results"),
    show_default=True,
    metavar="DIR",
    help=say("cli.run.out", _HERE),
)
@click.option("--quiet", is_flag=True, help=say("cli.run.quiet", _HERE))
@click.option("--debug", is_flag=True, help=say("cli.debug", _HERE))
@click.pass_obj
def run(session: Session, study: Path | None, out: Path, quiet: bool, debug: bool) -> None:
    """Run a study and tell its results."""
    session.debug |= debug
    session.language = study_language(study, session.language)
    gc.set_threshold(*_SELDOM)
    with Progress(session.language, quiet=quiet) as progress:
        progress("start")
        from geo_resilience import study as conductor

        results = conductor.run(study, out, progress=progress)
        session.written = True
    session.language = results.language
    if not quiet:
        from geo_resilience.report import summary_lines

        for line in summary_lines(results, folder=out):
            tell(line)
