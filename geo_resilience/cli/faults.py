"""A log file for a fault of our own: what a person who mends it needs to know."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

__all__ = ["write_log"]


def write_log(error: BaseException, arguments: Sequence[str]) -> Path | None:
    """Write a traceback with its circumstances into the system's temporary folder.

    Parameters
    ----------
    error : BaseException
    arguments : sequence of str
        The command line.

    Returns
    -------
    Path or None
        The file; None when it cannot be written.
    """
    import geo_resilience

    lines = [
        f"geo-resilience {geo_resilience.__version__}",
        f"Python {sys.version}",
        f"{platform.platform()}, {sys.stdout.encoding if sys.stdout else 'no console'}",
        f"command: {' '.join(arguments)}",
        f"folder: {Path.cwd()}",
        "",
        *traceback.format_exception(error),
    ]
    try:
        handle, name = tempfile.mkstemp(prefix="geo-resilience-", suffix=".log")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write("\n".join(lines))
    except OSError:
        return None
    return Path(name)
