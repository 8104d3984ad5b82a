"""Progress by stage: with elapsed time on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from geo_resilience.cli._console import Session, check_interrupts, tell
from geo_resilience.words import has, say
from geo_resilience.words._wrapping import columns_of

#: Stages in which files may be half written.
_WRITING = ("start", "atlas", "figures", "files", "report")

#: Seconds of a run beyond which the time left is shown.
_SHORT = 10.0


class Progress:
    """Shows stages on the standard error as they begin; to be called with the name of each.

    - ``quiet``: show nothing.
    """

    def __init__(self, session: Session, *, quiet: bool = False) -> None:
        self._session, self._language = session, session.language
        self._quiet = quiet or sys.stderr is None
        self._terminal = not self._quiet and sys.stderr.isatty()
        self._began = self._stage_began = time.perf_counter()
        self._label, self._wide = "", 0

    def __call__(self, stage: str) -> None:
        """Say that a stage begins."""
        check_interrupts()
        self._session.computing = stage not in _WRITING
        if self._quiet:
            return
        self._end_stage()
        self._stage_began = time.perf_counter()
        key = f"stage.{stage}"
        self._label = say(key, self._language) if has(key) else stage
        if self._terminal:
            self._show(f"{self._label} ...")
        else:
            tell(self._label, error=True)

    def foresee(self, seconds: float) -> None:
        """Show how long the run will still take, unless all of it is short."""
        check_interrupts()
        if self._terminal and time.perf_counter() - self._began + seconds >= _SHORT:
            self._show(f"{self._label} ...  {_left(seconds, self._language)}")

    def _show(self, text: str) -> None:
        """Write over the line that stands there."""
        start = "\r  " if self._wide else "  "
        sys.stderr.write(start + text + " " * (self._wide - columns_of(text)))
        sys.stderr.flush()
        self._wide = columns_of(text)

    def _end_stage(self, *, whole: bool = True) -> None:
        if self._terminal and self._label:
            elapsed = f"  {time.perf_counter() - self._stage_began:.1f} s" if whole else " ..."
            self._show(f"{self._label}{elapsed}")
            tell("", error=True)
        self._label, self._wide = "", 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session.computing = False
        self._end_stage(whole=error is None)
        if error is None and self._terminal:
            elapsed = f"{time.perf_counter() - self._began:.1f}"
            tell(say("stage.done", self._language, seconds=elapsed), error=True)


def _left(seconds: float, language: str) -> str:
    """Word the time left, as exactly as it is known: in steps of 5 seconds, then in minutes."""
    if seconds > 90:
        return say("stage.minutes_left", language, count=round(seconds / 60))
    return say("stage.seconds_left", language, count=max(5, 5 * round(seconds / 5)))
