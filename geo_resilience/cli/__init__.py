"""The command line, one file a command; ``_entry`` turns what happens into an exit code."""

from __future__ import annotations

import atexit
import gc
import os
from collections.abc import Sequence

__all__ = ["main"]

#: Read by the libraries of linear algebra when they are loaded. A study's matrices are so small
#: that further threads wait more than they work; who sets one of these is heard.
_THREADS = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process when left out.

    Returns
    -------
    int
        0 done; 2 wrong input, with every problem listed on the standard error; 1 a fault of this
        program, with a log file named; 130 interrupted.
    """
    for name in _THREADS:
        os.environ.setdefault(name, "1")
    atexit.register(gc.freeze)  # or Python looks for garbage once more as it ends, for a second
    try:
        from geo_resilience.cli import _entry as entry
    except KeyboardInterrupt:
        return 130
    return entry.answer(arguments)
