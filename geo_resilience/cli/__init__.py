"""The command line: ``run``, ``check``, ``init`` and ``map``, one file each."""

from __future__ import annotations

from geo_resilience.cli.entry import main

__all__ = ["main"]
