"""``check``: read, join and validate a study; nothing is written."""

from __future__ import annotations

from pathlib import Path

import click

from geo_resilience.cli._console import Session, quoted, study_language, tell
from geo_resilience.cli._options import PATH, CommandWords, debug
from geo_resilience.cli._progress import Progress
from geo_resilience.words import say

_WORDS = CommandWords("check")


@_WORDS.command()
@click.argument("study", type=PATH, metavar="STUDY.toml")
@debug
@click.pass_obj
def check(session: Session, study: Path) -> None:
    """Tell how the tables of a study match and what would be changed on the way."""
    session.language = study_language(study, session.language)
    with Progress(session) as progress:
        progress("start")
        from geo_resilience.cli import _findings as findings
        from geo_resilience.cli._base_map import base_lines
        from geo_resilience.study._inputs import read_inputs
        from geo_resilience.study._plan_reading import read_plan
        from geo_resilience.study._preprocessing import measure
        from geo_resilience.study._run import checked
        from geo_resilience.study._screening import screened

        plan = read_plan(study)
        session.language = plan.language
        inputs = read_inputs(plan, progress)
        # How rows matched and which cells are empty is told even when the indicators fail on it.
        lines = findings.joined_lines(inputs, plan.language)
        try:
            progress("index")
            inputs = screened(plan, inputs)
            found = checked(plan, inputs, measure(plan, inputs))
        except BaseException:
            for line in lines:
                tell(line)
            raise
    lines += base_lines(inputs.ground, plan.language)
    lines += findings.measured_lines(inputs, found.measured, plan.language)
    lines += findings.note_lines(found.notes, plan.language)
    for line in [*lines, "", say("check.can_run", plan.language, study=quoted(study))]:
        tell(line)
