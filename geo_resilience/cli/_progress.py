"""Progress by stage: with elapsed time on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from geo_resilience.cli._console import check_interrupts, tell
from geo_resilience.words import has, say


class Progress:
    """Shows stages on the standard error as they begin; to be called with the name of each.

    - ``quiet``: show nothing.
    """

    def __init__(self, language: str, *, quiet: bool = False) -> None:
        self._language = language
        self._quiet = quiet or sys.stderr is None
        self._terminal = not self._quiet and sys.stderr.isatty()
        self._began = self._stage_began = time.perf_counter()
        self._label = ""

    def __call__(self, stage: str) -> None:
        """Say that a stage begins."""
        check_interrupts()
        if self._quiet:
            return
        self._end_stage()
        self._stage_began = time.perf_counter()
        key = f"stage.{stage}"
        self._label = say(key, self._language) if has(key) else stage
        if self._terminal:
            sys.stderr.write(f"  {self._label} ...")
            sys.stderr.flush()
        else:
            tell(self._label, error=True)

    def _end_stage(self, *, whole: bool = True) -> None:
        if self._terminal and self._label:
            elapsed = f"  {time.perf_counter() - self._stage_began:.1f} s" if whole else ""
            tell(f"\r  {self._label}{elapsed or ' ...'}     ", error=True)
        self._label = ""

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end_stage(whole=error is None)
        if error is None and self._terminal:
            elapsed = f"{time.perf_counter() - self._began:.1f}"
            tell(say("stage.done", self._language, seconds=elapsed), error=True)
