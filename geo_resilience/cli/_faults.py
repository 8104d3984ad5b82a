"""A fault of ours: one sentence on the screen, its traceback in a log file."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from geo_resilience.cli._console import Session, tell
from geo_resilience.words import say


def fault_line(kind: str, trace: str, session: Session) -> str:
    """Word a fault in one sentence that says where its traceback is."""
    file = None if session.debug else write_log(trace, sys.argv)
    if file is not None:
        return say("cli.fault_logged", session.language, kind=kind, file=file)
    tell(trace.rstrip(), error=True)
    return say("cli.fault", session.language, kind=kind)


def write_log(trace: str, arguments: Sequence[str]) -> Path | None:
    """Write a traceback with its circumstances into the system's temporary folder."""
    import geo_resilience

    lines = [
        f"geo-resilience {geo_resilience.__version__}",
        f"Python {sys.version}",
        f"{platform.platform()}, {sys.stdout.encoding if sys.stdout else 'no console'}",
        f"command: {' '.join(arguments)}",
        f"folder: {Path.cwd()}",
        "",
        trace,
    ]
    try:
        handle, name = tempfile.mkstemp(prefix="geo-resilience-", suffix=".log")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write("\n".join(lines))
    except OSError:
        return None
    return Path(name)
