"""``run``: the whole study, from tables and boundaries to index, space and map."""

from __future__ import annotations

import dataclasses
import gc
import shutil
from pathlib import Path

import click

from geo_resilience.cli._console import Session, study_language, tell
from geo_resilience.cli._options import PATH, SPOKEN, CommandWords, debug, quiet
from geo_resilience.cli._progress import Progress
from geo_resilience.words import say

_WORDS = CommandWords("run")

#: A run makes many small tables and few cycles; looking for garbage less often saves a twentieth.
_SELDOM = (100_000, 20, 50)

#: Columns below which lines are not made narrower.
_NARROW = 40

#: The study that is run where none is named and it is there.
_STUDY = Path("study.toml")


@_WORDS.command()
@click.argument("study", required=False, type=PATH, metavar="[STUDY.toml]")
@_WORDS.option("--out", type=PATH, metavar="DIR")
@_WORDS.option("--language", type=SPOKEN)
@_WORDS.option("--replace", is_flag=True)
@quiet
@debug
@click.pass_obj
def run(
    session: Session,
    study: Path | None,
    out: Path | None,
    language: str | None,
    replace: bool,
    quiet: bool,
) -> None:
    """Run a study and tell its results."""
    found = study is None and _STUDY.is_file()
    study = _STUDY if found else study
    session.language = language or study_language(study, session.language)
    if found and not quiet:
        tell(say("cli.run.found", session.language, study=study), error=True)
    folder = out or (study.parent if study else Path()) / "results"
    gc.set_threshold(*_SELDOM)
    with Progress(session, quiet=quiet) as progress:
        progress("start")
        import pandas as pd

        from geo_resilience.study import _run as conductor
        from geo_resilience.study import read_plan

        plan = read_plan(study, language=session.language if study is None else language)
        if study is None and language is None:  # the system's, so the browser's opens the atlas
            plan = dataclasses.replace(plan, opens_in=None)
        with pd.option_context("mode.string_storage", "python"):  # quicker where tables are small
            results = conductor.run(plan, folder, replace=replace, progress=progress)
        session.written = True
    session.language = results.language
    if not quiet:
        from geo_resilience.report import brief_lines

        width = max(shutil.get_terminal_size().columns, _NARROW)
        for line in brief_lines(results, folder, width=width):
            tell(line)
