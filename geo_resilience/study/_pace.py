"""How long a run will still take, foreseen from what its steps cost and from how it goes so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

#: Seconds as expected that the measured costs count for beside what was seen on this machine.
_TRUST = 2.0


class Pace:
    """Tells of stages, and of the seconds left where whoever listens wants to know them.

    - ``tell``: called with each stage; where it has a method ``foresee``, that is called with the
      seconds left.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._foresee: Callable[[float], None] | None = getattr(tell, "foresee", None)
        self._left: dict[str, float] = {}
        self._whole = self._began = 0.0

    def expect(self, costs: Mapping[str, float]) -> None:
        """Begin with steps whose seconds are as expected, in any order."""
        self._left, self._whole = dict(costs), sum(costs.values())
        self._began = time.perf_counter()

    def __call__(self, stage: str) -> None:
        """Tell of a stage."""
        self._tell(stage)
        self._told()

    def done(self, step: str) -> None:
        """Take note that a step is over."""
        self._left.pop(step, None)
        self._told()

    @property
    def left(self) -> float:
        """Seconds left: those expected, as much slower or faster as the steps until now were."""
        left = sum(self._left.values())
        taken = time.perf_counter() - self._began
        return left * (taken + _TRUST) / (self._whole - left + _TRUST)

    def _told(self) -> None:
        if self._foresee is not None and self._left:
            self._foresee(self.left)
