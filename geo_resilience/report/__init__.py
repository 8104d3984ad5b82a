"""Results told in words."""

from __future__ import annotations

from geo_resilience.report.summary import summary_lines

__all__ = ["summary_lines"]
