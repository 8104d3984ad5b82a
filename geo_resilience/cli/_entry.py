"""The way in and out: arguments to a command, whatever happens to an exit code and a sentence."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress

import click

from geo_resilience.cli._chain import chain
from geo_resilience.cli._check import check
from geo_resilience.cli._compare import compare
from geo_resilience.cli._console import Session, console_language, forsake, prepare, stoppable, tell
from geo_resilience.cli._faults import fault_line
from geo_resilience.cli._figure import figure
from geo_resilience.cli._framework import framework
from geo_resilience.cli._import import import_yearbook
from geo_resilience.cli._init import init
from geo_resilience.cli._map import map_table
from geo_resilience.cli._options import HERE, debug
from geo_resilience.cli._portfolio import portfolio
from geo_resilience.cli._report import report
from geo_resilience.cli._run import run
from geo_resilience.cli._space import space
from geo_resilience.cli._tally import tally
from geo_resilience.cli._translation import click_speaks
from geo_resilience.cli._zonal import zonal
from geo_resilience.errors import InputError, OutputError, Problem, UndefinedError, named
from geo_resilience.words import has, say

_NAME = "geo-resilience"

#: What the system answers when the text that is told cannot be written, as to a full disk.
_NO_SCREEN = {errno.ENOSPC, errno.EDQUOT, errno.EIO}

#: Exit codes that scripts rely on.
_DONE, _FAULT, _WRONG_INPUT, _INTERRUPTED = 0, 1, 2, 130


@click.group(_NAME, help=say("cli.help", HERE))
@click.version_option(
    package_name=_NAME,
    prog_name=_NAME,
    message="%(prog)s %(version)s",
    help=say("click.version", HERE),
)
@debug
def _program() -> None:
    """Hold the commands."""


for _command in (run, check, init, map_table, figure, report, space, chain):
    _program.add_command(_command)
for _command in (framework, import_yearbook, tally, zonal, portfolio, compare):
    _program.add_command(_command)


def answer(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments ask and give the exit code."""
    prepare()
    session = Session(language=console_language())
    try:
        with click_speaks(console_language()), stoppable(lambda: _give_up(session)):
            done = _program.main(
                list(arguments) if arguments is not None else None,
                prog_name=_NAME,
                standalone_mode=False,
                obj=session,
            )
        return done if isinstance(done, int) else _DONE
    except click.ClickException as error:
        with click_speaks(console_language()), suppress(OSError):
            error.show()
        return _WRONG_INPUT
    except (KeyboardInterrupt, click.Abort):
        return _interrupted(session)
    except (InputError, OutputError, UndefinedError) as error:
        if session.debug:
            traceback.print_exc()
        _list_problems(error, session)
        return _WRONG_INPUT
    except Exception as error:
        if isinstance(error, OSError) and error.filename is None and error.errno in _NO_SCREEN:
            forsake(sys.stdout)
            key = "cli.screen_written" if session.written else "cli.screen"
            tell(say(key, session.language, reason=error.strerror), error=True)
            return _WRONG_INPUT
        told = fault_line(named(error), traceback.format_exc(), session)
        tell(told, error=True)
        return _FAULT


def _interrupted(session: Session) -> int:
    """Say how an interrupt leaves the results."""
    key = "cli.interrupted_late" if session.written else session.interrupted
    tell(say(key, session.language), error=True)
    return _INTERRUPTED


def _give_up(session: Session) -> None:
    """End the process where it stands; while files are written it comes to its own end."""
    if session.computing:
        os._exit(_interrupted(session))


def _list_problems(error: InputError | OutputError | UndefinedError, session: Session) -> None:
    """Tell every problem on a line of its own, their number first when there are several."""
    if session.by_options:
        error = InputError([_by_options(problem) for problem in error.problems])
    if len(error.problems) > 1:
        tell(say("cli.problems", session.language, number=len(error.problems)), error=True)
    for line in error.lines(session.language):
        tell(f"- {line}", error=True)


def _by_options(problem: Problem) -> Problem:
    """Word a way out by the command's options where the usual words speak of a study file."""
    key = f"options.{problem.key}"
    return Problem(key, problem.values) if has(f"problem.{key}") else problem
