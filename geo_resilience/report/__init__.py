"""Results told in words."""

from __future__ import annotations

from geo_resilience.report.brief import brief_lines
from geo_resilience.report.summary import summary_lines

__all__ = ["brief_lines", "summary_lines"]
