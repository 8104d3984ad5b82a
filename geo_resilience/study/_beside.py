"""Work done in a second process beside one's own, where one can be forked safely."""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn, TypeVar

T = TypeVar("T")

#: Of Linux's prctl: the signal that a process gets when its parent ends, however it ends.
_PARENT_DEATH = 1

#: Held back while a process is forked, so that none meets the child with the parent's handlers.
_ENDING = (signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if sys.platform != "win32" else []))


@contextmanager
def beside(work: Callable[[], T], *, apart: bool = True) -> Iterator[Callable[[], T]]:
    """Start work and give a function that waits for what it gave; nothing outlives the block.

    The work runs here, when it is asked for, where no process can or is to be forked, or where the
    one that was forked has failed: its errors are then raised as if it had always run here.
    """
    if not (apart and may_fork()):
        yield work
        return
    reading, writing = os.pipe()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    child = 0
    try:
        child = _forked()
        if child == 0:
            _answer(work, writing, before)
        os.close(writing)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        with os.fdopen(reading, "rb") as answers:

            def wait() -> T:
                try:
                    found: T = pickle.load(answers)
                except (EOFError, pickle.UnpicklingError):
                    return work()
                return found

            yield wait
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if child:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _forked() -> int:
    with warnings.catch_warnings():
        # Threads of libraries, which all look after themselves when a process is forked.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def may_fork() -> bool:
    """Whether there is a second processor, and no thread of Python's that a child would lack."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return False
    return len(os.sched_getaffinity(0)) > 1


def _answer(work: Callable[[], object], writing: int, mask: set[int | signal.Signals]) -> NoReturn:
    """Hand on what the work gives and end, without a word where it fails."""
    try:
        for each in _ENDING:
            signal.signal(each, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # of the terminal's: the parent ends it
        ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        found = pickle.dumps(work(), protocol=5)
        with os.fdopen(writing, "wb") as answers:
            answers.write(found)
    finally:
        os._exit(0)
