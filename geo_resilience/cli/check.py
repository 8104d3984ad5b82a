"""``check``: read, join and validate a study; nothing is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo_resilience.cli.console import (
    Session,
    console_language,
    quoted,
    study_language,
    tell,
)
from geo_resilience.cli.progress import Progress
from geo_resilience.words import say

if TYPE_CHECKING:
    from geo_resilience.study import Plan

__all__ = ["check"]

_HERE = console_language()

#: Permutations and draws of a rehearsal: whether a statistic can be had does not hang on them.
_FEW = 100


@click.command("check", help=say("cli.check.help", _HERE), short_help=say("cli.check.short", _HERE))
@click.argument("study", type=click.Path(path_type=Path), metavar="STUDY.toml")
@click.option("--debug", is_flag=True, help=say("cli.debug", _HERE))
@click.pass_obj
def check(session: Session, study: Path, debug: bool) -> None:
    """Tell how the tables of a study match and what would be changed on the way."""
    session.debug |= debug
    session.language = study_language(study, session.language)
    with Progress(session.language) as progress:
        progress("start")
        from geo_resilience.cli import findings
        from geo_resilience.study import run
        from geo_resilience.study.inputs import read_inputs
        from geo_resilience.study.measuring import measure
        from geo_resilience.study.plan_reading import read_plan

        plan = read_plan(study)
        session.language = plan.language
        inputs = read_inputs(plan, lambda stage: None)
        # How rows matched and which cells are empty is told even when the indicators fail on it.
        lines = findings.joined_lines(inputs, plan.language)
        try:
            measured = measure(plan, inputs)
            # That a study can run is known by running it, with few draws and no files.
            results = run(_rehearsal(plan), progress=progress)
        except BaseException:
            for line in lines:
                tell(line)
            raise
    lines += findings.measured_lines(inputs, measured, plan.language)
    lines += findings.note_lines(results.notes, plan.language)
    for line in [*lines, "", say("check.can_run", plan.language, study=quoted(study))]:
        tell(line)


def _rehearsal(plan: Plan) -> Plan:
    """Give the same study with as few permutations and draws as say whether it can run."""
    return replace(
        plan,
        permutations=_FEW,
        space=replace(plan.space, draws=_FEW),
        uncertainty=replace(plan.uncertainty, draws=_FEW),
    )
