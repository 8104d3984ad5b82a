"""Ctrl-C and the polite ways of being ended: all of them unwind, so that nothing is left behind."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["check_interrupts", "stoppable"]

_POLITE = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")

_asked = threading.Event()


def _stop(number: int, frame: FrameType | None) -> None:
    _asked.set()
    raise KeyboardInterrupt


@contextmanager
def stoppable() -> Iterator[None]:
    """Answer Ctrl-C, SIGTERM and a closed terminal with KeyboardInterrupt.

    A signal that the caller ignores (nohup, say) stays ignored.
    """
    _asked.clear()
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {}
    for number in (getattr(signal, name) for name in _POLITE if hasattr(signal, name)):
        handler = signal.getsignal(number)
        if handler not in (signal.SIG_IGN, None):
            before[number] = signal.signal(number, _stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def check_interrupts() -> None:
    """Stop if an interrupt was asked for and a library swallowed the exception."""
    if _asked.is_set():
        raise KeyboardInterrupt
