"""What commands share about the screen: its language, its encoding, and saying things on it."""

from __future__ import annotations

import _thread
import os
import re
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TextIO

from geo_resilience.words import LANGUAGES

_LANGUAGE = re.compile(r"""^[ \t]*language[ \t]*=[ \t]*["']([A-Za-z_-]+)["']""", re.MULTILINE)


@dataclass
class Session:
    """What one call of the command line knows.

    - ``language``: language to speak; a command that reads a study takes the study's.
    - ``debug``: show tracebacks.
    - ``written``: whether the results stand where they were asked for.
    - ``computing``: whether nothing is being written, so that the program may end at any point.
    - ``interrupted``: key of the words that say what an interrupt leaves.
    - ``by_options``: whether the command is asked by options, so that no message may speak of a
      study file.
    """

    language: str
    debug: bool = False
    written: bool = False
    computing: bool = False
    interrupted: str = "cli.interrupted"
    by_options: bool = False


def prepare() -> None:
    """Let no console fail on a sign that its encoding lacks (cp936, ASCII): escape it."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def console_language() -> str:
    """Give the language of the console's locale where there are words in it, else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            language = re.split(r"[_.@-]", value)[0].lower()
            return language if language in LANGUAGES else LANGUAGES[0]
    return LANGUAGES[0]


def study_language(path: Path | None, otherwise: str) -> str:
    """Find a study's language without reading the rest of it, which may be wrong."""
    if path is None:
        return otherwise
    text = line_text(path)
    if text is None:
        return otherwise
    found = _LANGUAGE.search(text)
    language = found[1] if found else LANGUAGES[0]
    return language if language in LANGUAGES else LANGUAGES[0]


def line_text(path: Path) -> str | None:
    """Give the text of a file of which only a line is sought; None where it cannot be read."""
    from geo_resilience.tables._textfiles import legible

    try:
        return legible(path.read_bytes())
    except (OSError, ValueError):
        return None


def quoted(path: Path) -> str:
    """Write a path as a shell takes it; quotation marks only where they are needed."""
    text = str(path)
    return text if re.fullmatch(r"[\w./\\:~+@%-]+", text) else f'"{text}"'


def tell(text: str, *, error: bool = False) -> None:
    """Print a line on the standard output, or error; a reader that has left is no fault.

    What is wrong with the standard error can be told nowhere: it is passed over.
    """
    stream: TextIO | None = sys.stderr if error else sys.stdout
    if stream is None:  # pythonw has none
        return
    try:
        stream.write(text + "\n")
        stream.flush()
    except OSError as failed:
        forsake(stream)
        if not error and not isinstance(failed, BrokenPipeError):
            raise


def forsake(stream: TextIO | None) -> None:
    """Let what a stream still holds, and whatever else is written to it, go nowhere."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # type: ignore[union-attr]


_POLITE = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
_asked = threading.Event()

#: Seconds in which Python hears of a signal unless a library calculates without it.
_PATIENCE = 0.6


def _stop(number: int, frame: FrameType | None) -> None:
    _asked.set()
    raise KeyboardInterrupt


@contextmanager
def stoppable(give_up: Callable[[], None]) -> Iterator[None]:
    """Answer Ctrl-C, SIGTERM and a closed terminal with KeyboardInterrupt.

    A signal that the caller ignores (nohup, say) stays ignored. Where a library calculates so long
    that Python does not hear of it, ``give_up`` is called, beside the calculation.
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
        with _overheard(frozenset(before), give_up):
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _overheard(numbers: frozenset[int], give_up: Callable[[], None]) -> Iterator[None]:
    """Listen for signals in a thread: Python tells of them at once, but handles them in its own.

    The thread is none of `threading`, so that processes are forked as if it were not there.
    """
    ear, mouth = socket.socketpair()
    mouth.setblocking(False)
    before = signal.set_wakeup_fd(mouth.fileno(), warn_on_full_buffer=False)

    def listen() -> None:
        with ear:
            while (told := ear.recv(1)) not in (b"", b"\0"):
                time.sleep(_PATIENCE)
                if told[0] in numbers and not _asked.is_set():
                    give_up()

    _thread.start_new_thread(listen, ())
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        with mouth, suppress(OSError):
            mouth.send(b"\0")


def check_interrupts() -> None:
    """Stop if an interrupt was asked for and a library swallowed the exception."""
    if _asked.is_set():
        raise KeyboardInterrupt
