"""Results told in words: the summary of a run, reports and a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geo_resilience.report._summary import brief_lines, summary_lines

if TYPE_CHECKING:
    from geo_resilience.report._writing import page_of as page_of
    from geo_resilience.report._writing import write as write
    from geo_resilience.report.chapters._findings import headline as headline
    from geo_resilience.report.chapters._profiles import profile_files as profile_files
    from geo_resilience.report.chapters._story import story as story

__all__ = ["brief_lines", "headline", "page_of", "profile_files", "story", "summary_lines", "write"]


def __getattr__(name: str) -> Any:
    if name == "write":
        from geo_resilience.report._writing import write

        return write
    if name == "page_of":
        from geo_resilience.report._writing import page_of

        return page_of
    if name == "headline":
        from geo_resilience.report.chapters._findings import headline

        return headline
    if name == "profile_files":
        from geo_resilience.report.chapters._profiles import profile_files

        return profile_files
    if name == "story":
        from geo_resilience.report.chapters._story import story

        return story
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
