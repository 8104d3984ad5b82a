"""The command line, one file a command; ``_entry`` turns what happens into an exit code."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["main"]


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
    try:
        from geo_resilience.cli import _entry as entry
    except KeyboardInterrupt:
        return 130
    return entry.answer(arguments)
