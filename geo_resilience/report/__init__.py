"""Results told in words."""

from __future__ import annotations

from geo_resilience.report._summary import brief_lines, summary_lines

__all__ = ["brief_lines", "summary_lines"]
