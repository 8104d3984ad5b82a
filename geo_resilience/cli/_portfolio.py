"""``portfolio``: many studies, each a change to one base study."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo_resilience.cli._console import (
    Session,
    check_interrupts,
    line_text,
    study_language,
    tell,
)
from geo_resilience.cli._options import PATH, CommandWords, debug, quiet
from geo_resilience.words import say

if TYPE_CHECKING:
    from geo_resilience.study._portfolio import Failure, Portfolio

_BASE = re.compile(r"""^[ \t]*base[ \t]*=[ \t]*["']([^"']+)["']""", re.MULTILINE)

#: Exit codes where a study has no results: by a fault of ours, or by wrong input.
_FAULT, _WRONG_INPUT = 1, 2

_WORDS = CommandWords("portfolio")


@_WORDS.command()
@click.argument("portfolio", type=PATH, metavar="PORTFOLIO.toml")
@_WORDS.option("-o", "--out", type=PATH, required=True, metavar="DIR")
@_WORDS.option("--workers", type=click.IntRange(1), default=1)
@_WORDS.option("--scheduler", metavar="ADDRESS")
@_WORDS.option("--replace", is_flag=True)
@quiet
@debug
@click.pass_obj
def portfolio(
    session: Session,
    portfolio: Path,
    out: Path,
    workers: int,
    scheduler: str | None,
    replace: bool,
    quiet: bool,
) -> int:
    """Run the studies of a portfolio and tell what was done."""
    session.interrupted = "cli.portfolio.interrupted"
    from geo_resilience.study import _portfolio as conductor
    from geo_resilience.study._portfolio_plan import read_portfolio

    session.language = _language(portfolio, session.language)
    asked = read_portfolio(portfolio)
    session.language = asked.language
    count = Count(asked.language, quiet=quiet)
    found = conductor.conduct(
        asked, out, workers=workers, scheduler=scheduler, replace=replace, progress=count
    )
    count.end()
    session.written = True
    if not quiet:
        for line in _lines(found):
            tell(line)
    return _tell_failures(found, session)


def _language(portfolio: Path, otherwise: str) -> str:
    """Find the base study's language without reading the rest, which may be wrong."""
    found = _BASE.search(line_text(portfolio) or "")
    return study_language(portfolio.parent / found[1], otherwise) if found else otherwise


class Count:
    """Shows on the standard error how many studies are done, and the time that is left."""

    def __init__(self, language: str, *, quiet: bool) -> None:
        self._language = language
        self._quiet = quiet or sys.stderr is None
        self._terminal = not self._quiet and sys.stderr.isatty()
        self._began, self._first, self._wide = time.monotonic(), -1, 0

    def __call__(self, done: int, total: int, study: str) -> None:
        """Say that so many studies are done."""
        check_interrupts()
        if self._first < 0:
            self._began, self._first = time.monotonic(), done
        if self._quiet:
            return
        line = say("cli.portfolio.progress", self._language, done=done, total=total)
        if study and not self._terminal:
            line += say("cli.portfolio.study", self._language, study=study)
        line += self._left(done, total)
        if not self._terminal:
            tell(line, error=True)
            return
        sys.stderr.write(f"\r  {line}{' ' * (self._wide - len(line))}")
        sys.stderr.flush()
        self._wide = max(self._wide, len(line))

    def _left(self, done: int, total: int) -> str:
        """Say how long the rest takes if it goes on like this."""
        if done == self._first or done == total:
            return ""
        seconds = (time.monotonic() - self._began) / (done - self._first) * (total - done)
        kind, unit = ("minutes", 60) if seconds >= 90 else ("seconds", 1)
        left = say(f"cli.portfolio.{kind}", self._language, count=max(1, round(seconds / unit)))
        return say("cli.portfolio.left", self._language, time=left)

    def end(self) -> None:
        """Begin a new line."""
        if self._terminal:
            tell("", error=True)


def _lines(found: Portfolio) -> list[str]:
    told = {"ran": len(found.ran), "unchanged": len(found.unchanged)}
    file = found.folder / "index.html"
    lines = [say("cli.portfolio.done", found.language, file=file, **told)]
    for kind in ("removed", "kept"):
        if studies := getattr(found, kind):
            lines.append(say(f"cli.portfolio.{kind}", found.language, studies=studies))
    return lines


def _tell_failures(found: Portfolio, session: Session) -> int:
    """Tell why studies have no results; give the exit code."""
    language, failures = found.language, found.failures
    if not failures:
        return 0
    tell(say("cli.portfolio.failed", language, count=len(failures)), error=True)
    for study, failure in failures.items():
        for line in _why(failure, session):
            tell(say("cli.portfolio.problem", language, study=study, problem=line), error=True)
    return _FAULT if any(failure.fault for failure in failures.values()) else _WRONG_INPUT


def _why(failure: Failure, session: Session) -> list[str]:
    """Word what is wrong with a study's input, or our own fault, whose traceback goes to a log."""
    from geo_resilience.cli._faults import fault_line
    from geo_resilience.errors import InputError

    if not failure.fault:
        return InputError(failure.problems).lines(session.language)
    return [fault_line(failure.fault, failure.trace, session)]
